"""F06: a question begins with a pronoun that stands for nothing

“Why does it rise?” was clear while you read about dough. In a year, between cards on
other things, nobody knows what “it” is (Bjornstad: a card should be understandable to
a stranger without context). A question has to name what it is about.

Bad:
    - en: {q: "Why does it rise in a warm kitchen?", a: "Yeast gives off gas faster in the warmth."}
    - zh: {q: "它在温暖的厨房里为什么会膨胀？", a: "温度高，酵母产气更快。"}

Good:
    - en: {q: "Why does bread dough rise faster in a warm kitchen?", a: "Yeast gives off gas faster in the warmth."}
    - zh: {q: "面团在温暖的厨房里为什么膨胀得更快？", a: "温度高，酵母产气更快。"}

The rule looks at the first word, and at the word after “why does”, “what is” and the like. Left
out: an “it” that stands for nothing (“Why is it cold …”, “How long does it take …”), pronouns
whose name follows (“What did his friends call Erasmus?”), riddles (“This metal is liquid. Which is it?”), and
questions that point at code, a formula or a picture.

Mend:  write the name instead of the pronoun.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from deckgen.checks.proof import Passage, Proof
from deckgen.checks.words.english import AUXILIARY
from deckgen.checks.words.tongue import Tongue
from deckgen.finding import Finding, Severity
from deckgen.markup.shown import OBJECT
from deckgen.patterns import lazy

CODE = "F06"
STOPS = True

_WH = r"(?:why|how(?: (?:many|much|long|often|far|fast|old|big|deep|high|large|tall|well))?|when|where|what|which|who|whom)"
_ENGLISH = lazy(
    rf"\s*(?:(?:in|to|at|by|for|on|from|of) )?(?:{_WH}(?:['’]s| {AUXILIARY}) |{AUXILIARY} )?"
    r"\b(it|its|they|their|he|she|his|her|this|that|these|those|the former|the latter)\b(?!['’](?:d|ll))",
)
# What follows "it" where it stands for nothing, or for what the sentence goes on to say.
_EMPTY_IT = lazy(
    r"\s*(?:is |was |be |would be |has been )?(?:not |so |often |still |sometimes |usually |now |only |always |ever |more |most |less |very |too |generally )*"
    r"(?:called|said|that\b|true|possible|impossible|important|necessary|hard|difficult|easy|better|best|wrong|useful|useless|dangerous"
    r"|harmful|safe|risky|unwise|wise|common|rare|unusual|considered|likely|unlikely|known|thought|believed|worth|a good|a bad|good|bad|cold|hot|warm"
    r"|dark|light|helpful|sensible|legal|illegal|customary|crucial|vital|critical|acceptable|advisable|preferable|advantageous|beneficial|reasonable|fair|enough|clear|unclear|odd|strange|surprising"
    r"|takes?\b|took|costs?\b|means?\b|meant|rains?\b|snow|hail|matters?\b|follow|seems?\b|appears?\b|happen|come|help|pay|make (?:no )?sense|makes (?:no )?sense"
    r"|get (?:dark|cold|warm|hot|light)|feel|hurt to|harm to)"
)
_EASY_TO = lazy(r"\s*(?:(?!\w+(?:ed|ing)\b)[\w-]+ ){1,4}(?:to|that|for|if)\b")
_CLEFT = lazy(r"\s*(?:is|was)\b.*\b(?:who|that|which|when|where|to)\b", re.DOTALL)
# A demonstrative is bare, or its noun follows.
_VERB = lazy(
    rf"\s*(?:\?|{AUXILIARY}\b|be\b|mean|happen|work|called|known|important|necessary|possible|true|so\b|different|useful|matter|done|used|cause|help|lead|\w+ed(?:\?| (?:in|at|by|to|with|from|on|as|for)\b))"
)
# “She Loves You”, “They Might Be Giants” are names.
_TITLE = lazy(r"[A-Z][a-z]+ [A-Z][a-z]+")
_NAME_LATER = lazy(r"\b[A-Z][a-z]+")
_POINTED = lazy(r"[:：]|“|\"|!\[")
_CHINESE = lazy(
    r"\s*(?:请问)?(?:为什么|为何|怎么|怎样|如何|何时|什么时候|在哪里)?(?:说|让|把|要?用)?"
    r"(它们?(?!山堰)|[他她]们|他(?![人者乡律国杀汀信他]|山之石|莫昔芬|克莫司|加禄)|她|其(?![他它实中余次乐])|上述|前者|后者|这些(?!年)|那些(?!年)"
    r"|这(?![么世])|那(?![么不曲拉英达吒烂]|霸|须)"
    r"|该(?=[书文国人片病词字句诗城河岛州省县镇校]|公司|理论|方法|算法|组织|模型|定理|作品|作者|建筑|动物|植物|元素|事件|战役|条约|协议|函数|过程|现象|机构|系统|技术|地区|物质|反应|公式)"
    r"|此(?=[种类书诗文图题案战法处句人]))"
)
_RIDDLE = lazy(
    r"(?:是谁|是什么|叫什么|叫做什么|指什么|指的是|是哪|是何|名叫|称为什么|称作什么|什么名字)[^，。]{0,8}[?？]?\s*\Z"
)


def check(proof: Proof) -> Iterator[Finding]:
    """Find questions that begin with a pronoun."""
    for side in proof.sides:
        found = None
        if side.tongue is Tongue.ENGLISH:
            found = _english(side.front)
        elif side.tongue is Tongue.CHINESE:
            found = _chinese(side.front)
        if found is not None:
            word = side.front.quote(found)
            message = f"“{word}” stands for nothing that the question names"
            hint = "write the name instead of the pronoun"
            yield side.front.finding(CODE, message, hint, found, Severity.ERROR)


def _english(passage: Passage) -> tuple[int, int] | None:
    found = _ENGLISH.match(passage.folded)
    if found is None or _TITLE.match(passage.shown, found.start(1)):
        return None
    word, rest, start = found[1], passage.folded[found.end() :], found.start(1)
    before = found[0][: start - found.start()]
    asked = bool(before.strip())
    if word == "it":
        easy = before.endswith((" is ", " was ", "'s ", "’s ")) and _EASY_TO.match(rest)
        dangles = not (easy or _EMPTY_IT.match(rest) or (not asked and _CLEFT.match(rest)))
    elif word in ("its", "their", "his", "her"):
        dangles = not _NAME_LATER.search(passage.shown, found.end())
    elif word in ("this", "that", "these", "those"):
        dangles = bool(_VERB.match(rest)) and not _points(passage, 0)
    else:
        dangles = not rest.lstrip().startswith(("who ", "say ", "former ", "latter "))
    return found.span(1) if dangles else None


def _points(passage: Passage, start: int) -> bool:
    """Whether something is shown that a pronoun may stand for."""
    return bool(_POINTED.search(passage.text.value, start)) or OBJECT in passage.shown[start:]


def _chinese(passage: Passage) -> tuple[int, int] | None:
    found = _CHINESE.match(passage.shown)
    if found is None or _points(passage, found.end()):
        return None
    pointing = found[1][0] in "这那该此"
    return None if pointing and _RIDDLE.search(passage.shown) else found.span(1)
