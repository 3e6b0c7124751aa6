"""B08: the languages ask different questions

"Why" on one side and "what" on the other, or a question that wants yes or no against one that
wants a name: one card then tests two different things, and what counts as the right answer
depends on the language. Only what the wording shows beyond doubt is compared.

Bad:
    - en: {q: "Why does bread go stale in an open bag?", a: "Its starch crystallises again."}
      zh: {q: "面包放在敞开的袋子里会怎样？", a: "淀粉重新结晶。"}
    - en: {q: "Who measured the size of the Earth with a shadow?", a: "Eratosthenes of Cyrene."}
      zh: {q: "用影子测量地球大小是在什么时候？", a: "公元前三世纪的古希腊。"}

Good:
    - en: {q: "What makes bread go stale in an open bag?", a: "Its starch crystallises again."}
      zh: {q: "面包放在敞开的袋子里为什么会变硬？", a: "淀粉重新结晶。"}

“为什么”, "for what reason", "what makes", “原因是什么” are the same, and “怎么” may be any of them.
Between who, when, where and how many only a clear difference counts.

Mend:  ask the same on both sides; correct the one that doesn't suit the answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from deckgen.checks.proof import Passage, Proof
from deckgen.checks.proof.pairs import english_chinese
from deckgen.checks.words.text import unquoted
from deckgen.checks.words.tongue import Tongue
from deckgen.finding import Finding
from deckgen.patterns import lazy

CODE = "B08"
STOPS = False

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
_KINDS = {Tongue.ENGLISH: _ENGLISH, Tongue.CHINESE: _CHINESE}


def check(proof: Proof) -> Iterator[Finding]:
    """Compare what kind of question the two sides ask."""
    for english, chinese, second in english_chinese(proof):
        if english.question is None or chinese.question is None:
            continue
        ours, theirs = (
            (chinese.question, english.question)
            if second is chinese
            else (english.question, chinese.question)
        )
        kind = _differs(ours, theirs)
        other = "" if kind else _differs(theirs, ours)
        if kind or other:
            there = (english if second is chinese else chinese).lang
            message = (
                f"this asks “{kind}”, but `{there}` doesn't"
                if kind
                else f"`{there}` asks “{other}”, but this doesn't"
            )
            yield ours.finding(CODE, message, "ask the same on both sides")


def _differs(question: Passage, other: Passage) -> str:
    """The kind of `question`, when it is clear and the other can't be of that kind."""
    asked = unquoted(question.shown)
    for kind, (clear, _) in _KINDS[question.tongue].items():
        if clear.search(asked):
            return "" if _KINDS[other.tongue][kind][1].search(other.shown) else kind
    return ""
