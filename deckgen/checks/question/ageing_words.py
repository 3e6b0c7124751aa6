"""F08: a card says “today” and doesn't say when

“The latest version”, “this year” and “currently” mean another time in each review. A
card that ages needs a year, so that you see when to doubt it (Wozniak: date stamps).

Bad:
    - en: {q: "Which country currently grows the most olives?", a: "Spain."}
    - zh: {q: "目前哪个国家的橄榄产量最高？", a: "西班牙。"}

Good:
    - en: {q: "Which country grew the most olives in 2020?", a: "Spain."}
    - zh: {q: "2020 年哪个国家的橄榄产量最高？", a: "西班牙。"}

The rule looks at question, answer and cloze. A year anywhere on the card, even in the note,
is enough. Left out: “what is now Turkey”, which ages over centuries; “the current state”
and “the currently selected file”, which are times within the question; “the most
recently used page”.

Mend:  put the year into the question, or into the note (“as of 2026”).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from deckgen.checks.proof import Passage, Proof, Side
from deckgen.checks.words.text import unquoted
from deckgen.checks.words.tongue import Tongue
from deckgen.finding import Finding
from deckgen.markup.shown import OBJECT
from deckgen.patterns import lazy

CODE = "F08"
STOPS = False

_NOT_OF_A_THING = r"(?! (?:\w+ing\b|selected|active|open|loaded|visible|logged|focused|checked|in use|available|allocated|held|holds|on\b|set))"
_NOT_OF_A_STATE = r"(?! (?:\w+(?:ing|ed)|active|open|visible|in use|available|held|holds|on|set)\b)"
# A look back stands behind its word: a pattern whose alternatives begin with letters is three times as quick.
_ENGLISH = lazy(
    r"\b(?:today\b(?!['’]s? (?:sentence|lesson))|nowadays\b|at present\b|these days\b|right now\b|as of now\b"
    r"|(?:until|up to|till) now\b"
    r"|(?:is|are|has|have) now\b(?<!what is now)(?<!what are now)(?! (?:called|known|named|part|in\b))"
    rf"|(?:is|are|was|were|be|has|have|do|does)\s+currently\b{_NOT_OF_A_THING}|currently(?=\s*(?:[.?!]|\Z))"
    r"|at the moment(?=\s*(?:[.,;?!]|\Z))(?<!not at the moment)"
    r"|the current (?:president|prime minister|chancellor|monarch|king|queen|pope|champion|record|world record|holder|population)\b"
    r"|recently\b(?<!most recently)(?<!least recently)(?! used)|in recent (?:years|decades|months)\b"
    r"|(?:this|last|next)(?<!the \w{4})(?<!that \w{4})(?<!of \w{4}) (?:year|month|decade|century)\b(?! of\b)"
    r"|(?:the|its|their|whose) latest\b(?<!at the latest)(?<!at its latest)(?<!at their latest)"
    r"(?! (?:time|point|moment|date|day|start|possible|at|by|of|value|state|commit|input|\w+ (?:time|date))))"
    # At the beginning, or with a verb behind it: "Who currently leads France?"
    rf"|(?:\A|[,.:;?!])\s*(?:(currently)\b{_NOT_OF_A_THING}"
    rf"|(?:who|(?:which|what|how many|how much)(?: [\w'\u2019-]+){{0,4}}) (currently)\b{_NOT_OF_A_STATE})"
)
# One of these stands in whatever the pattern finds, and to look for them alone is ten times as quick.
_CUES = (
    "now", "today", "current", "present", "recent", "latest", "these days", "moment",
    "year", "month", "decade", "century",
)  # fmt: skip
_CHINESE = lazy(
    r"(?<![表体出呈实发显展浮再涌重])现在(?!时|完成|进行|分词|将来|的位置)|目前|(?<!位于)(?<!在)(?<!是)(?<!即)(?<!属于)今天|今年|去年|明年"
    r"|如今|近年|迄今|眼下|时至今日"
    r"|(?<![离距])最近(?=几年|几十年|[，,]|十年|两年|新|发布|推出|出现|发现|流行|在)"
    r"|(?:(?<=[，。；\s])|\A)当前(?=[，,]|世界|全球|我国|中国|国际|社会|市场|最|主流|多数|学界)"
)
_PATTERNS = {Tongue.ENGLISH: _ENGLISH, Tongue.CHINESE: _CHINESE}
_YEAR = lazy(
    r"(?<!\d)(?:1\d|20|21)\d\d(?!\d)|[一二][〇零一二三四五六七八九]{3}年|\d\d?(?:st|nd|rd|th)[ -][Cc]entury|世[纪紀]"
)
_SPAN = lazy(r"\b(?:thousand|million|[\d,]{4,}) years\b")
# In a made-up case "now" is a time of the case.
_LATER = lazy(r"\b(?:later|tomorrow|yesterday)\b|明天|昨天|日后")
_CASE = lazy(r"\b(?:if|suppose|imagine|you|your|given)\b|如果|假设|假如|设想|若")


def check(proof: Proof) -> Iterator[Finding]:
    """Find words for the present on cards without a year."""
    for side in proof.sides:
        pattern = _PATTERNS.get(side.tongue)
        if pattern is None:
            continue
        for passage in side.asked:
            if pattern is _ENGLISH and not any(cue in passage.folded for cue in _CUES):
                continue
            found = pattern.search(passage.folded)
            if found and "ecent" in found[0] and any(_spans_ages(other) for other in side.passages):
                continue
            if found and not _is_dated(side, passage, pattern) and not _is_of_case(side, found):
                span = found.span(found.lastindex or 0)
                message = f"“{passage.quote(span)}” ages, and the card names no year"
                hint = "write the year into the question or into the note"
                yield passage.finding(CODE, message, hint, span)
                break


def _spans_ages(passage: Passage) -> bool:
    """Whether a text counts in spans of years: then “recently” is a part of one."""
    return _SPAN.search(passage.folded) is not None


def _is_of_case(side: Side, found: re.Match[str]) -> bool:
    """Whether it is a time of the case that the card tells of: a made-up one, or a run of code."""
    if found[0].endswith(("now", "现在")) and OBJECT in side.front.shown:
        return True
    return bool(_CASE.search(side.front.folded) or _LATER.search(found.string, found.end()))


def _is_dated(side: Side, passage: Passage, pattern: re.Pattern[str]) -> bool:
    if any(_YEAR.search(other.text.value) for other in side.passages):
        return True
    return pattern.search(unquoted(passage.folded)) is None
