"""Words that ask: what kind of question they make, in each language that the rules know."""

from __future__ import annotations

import re

from deckgen.checks.words.tongue import Tongue
from deckgen.patterns import lazy

#: What a question asks for, and whether it is negated.
ASKING = {
    "why": "why", "how": "how", "when": "when", "where": "where", "who": "who", "many": "many",
    "not": "not", "no": "not", "never": "not", "without": "not", "cannot": "not",
}  # fmt: skip
# The same in Chinese; these words part the runs of ideographs.
CHINESE_ASKING = {
    "为什么": "why", "为何": "why", "何以": "why", "如何": "how", "怎样": "how", "怎么": "how", "何时": "when",
    "什么时候": "when", "哪里": "where", "哪儿": "where", "何处": "where", "谁": "who", "多少": "many", "几": "many",
    "不": "not", "没": "not", "未": "not",
}  # fmt: skip

#: By kind of question: what shows it beyond doubt, and what may stand for it.
_Kinds = dict[str, tuple[re.Pattern[str], re.Pattern[str]]]

_ENGLISH: _Kinds = {
    "yes or no": (
        lazy(
            r"^\s*(?:is|are|was|were|do|does|did|can|could|will|would|has|have|had|should|must)\b(?!.*\b(?:or|what|which|who|why|how|when|where)\b)",
            re.IGNORECASE,
        ),
        lazy(
            r"\b(?:whether|(?:is|are|was|were|do|does|did|can|could|will|would|has|have|had|should|must|may|might|\w+n['’]t) )",
            re.IGNORECASE,
        ),
    ),
    "why": (
        lazy(r"\b(?:why|for what reason|how come)\b", re.IGNORECASE),
        lazy(
            r"\b(?:why|how|reasons?|what (?:\w+ ){0,2}(?:for|makes?|made|causes?|caused|lets?|led|leads|gives?|drives?|drove|keeps?|kept|stops?|allows?|brings?)"
            r"|causes?|caused|purpose|explain\w*|explanation|account\w*|justif\w+|grounds?|motive|rationale|argument|because|owing|due to|in what"
            r"|advantage|benefit|drawback|use)\b",
            re.IGNORECASE,
        ),
    ),
    "how many": (
        lazy(r"\bhow (?:many|much)\b", re.IGNORECASE),
        lazy(
            r"\bhow\b|\b(?:number|share|percent\w*|proportion|fraction|amount|size|length|height|speed|rate|what (?:is|are|was|were)|count"
            r"|value|temperature|figure|by what|at what|to what|what|which)\b",
            re.IGNORECASE,
        ),
    ),
    "who": (
        lazy(r"^\s*who(?:m|se)?\b", re.IGNORECASE),
        lazy(r"\b(?:who|whom|whose|which|what|name)\b", re.IGNORECASE),
    ),
    "when": (
        lazy(
            r"^\s*(?:when|(?:in|on) (?:which|what) (?:year|month|decade|century|day|date))\b", re.IGNORECASE
        ),
        lazy(
            r"\b(?:when|how (?:long|old|early|late|soon|many)|what|which|year|month|decade|century|day|date|time|point|age)\b",
            re.IGNORECASE,
        ),
    ),
    "where": (
        lazy(r"^\s*where\b", re.IGNORECASE),
        lazy(r"\b(?:where|which|what|place|how far)\b", re.IGNORECASE),
    ),
}
_CHINESE: _Kinds = {
    "yes or no": (
        lazy(r"^(?!.*(?:什么|哪|谁|怎|何|多少|几|还是)).*(?:吗|是不是|能不能|会不会|有没有|是否)"),
        lazy(r"吗|是不是|能不能|会不会|有没有|是否|能否|可否|对不对|还是|对错|[吧呢么]"),
    ),
    "why": (
        lazy(r"为什么|为何(?!物)|缘何|何故|为啥"),
        lazy(
            r"为什么|为何|缘何|何故|为啥|何以|原因|缘由|理由|怎|如何|因何|因为|由于|凭|靠|依据|导致|造成|引起|使|让|令|何种机制|目的|作用|用途|道理|意义|好处|什么用|用来|用于|干什么|做什么|怕"
        ),
    ),
    "how many": (
        lazy(r"多少|几(?=[个种类条项次年天位人名座颗台辆只张本层步])"),
        lazy(r"多|几|数|比例|率|占|百分|倍|量|何|什么|哪"),
    ),
    "who": (lazy(r"谁"), lazy(r"谁|哪|何人|什么人|什么|何")),
    "when": (
        lazy(r"什么时候|何时|哪一?[年月天日]|几[月号日点]|何年"),
        lazy(r"什么时|何时|哪|几|何年|时间|年|月|日|时|什么|多久|多长|多少|阶段|何"),
    ),
    "where": (
        lazy(r"哪里|哪儿|何处|在哪(?!个|些|种|一|两|几|[二三四])"),
        lazy(r"哪|何|什么|处|地"),
    ),
}
KINDS = {Tongue.ENGLISH: _ENGLISH, Tongue.CHINESE: _CHINESE}
