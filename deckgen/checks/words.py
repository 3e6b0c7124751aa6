"""Words that several rules look for, and words that a text only mentions."""

from __future__ import annotations

import re

from deckgen.checks.proof import Tongue
from deckgen.patterns import lazy

#: Parts of patterns: words that ask, and verbs that begin a question.
WH = r"(?:what|which|who|whom|whose|why|how|when|where)"
AUXILIARY = (
    r"(?:(?:is|are|was|were|do|does|did|could|would|should|might|must|has|have|had)(?:n['’]t)?"
    r"|can(?:['’]t|not)?|will|won['’]t|shall|may)"
)

_ENGLISH_HEDGE = lazy(
    r"\b(?:may|might|maybe|could|perhaps|possibl[ey]|probabl[ey]|likely|roughly|(?:about|around) \d+"
    r"|approximately|guess(?:es|ed)?|suggest(?:s|ed)?|speculat\w+|expect(?:s|ed)?|hop(?:e|es|ed|ing)"
    r"|thinks?|thought|believe[sd]?|seem(?:s|ed)?|suspect(?:s|ed)?|tends? to|(?:un|not |how )sure"
    r"|uncertain|unclear|sketch(?:es|y)?"
    r"|tentative(?:ly)?|in theory|in many cases|to some extent|mostly|somewhat|often|usually)\b",
    re.IGNORECASE,
)
_CHINESE_HEDGE = lazy(
    r"可能|也许|或许|大概|大约|约|左右|猜|推测|估计|预计|预期|希望|认为|觉得|似乎|看来|不确定|把握|不清楚|尚无定论"
    r"|理论上|多数情况下|一定程度上|某种程度|大部分|大多|往往|通常|未必|不一定|粗略|倾向于"
)

#: What says that a claim is a guess or qualified.
HEDGES = {Tongue.ENGLISH: _ENGLISH_HEDGE, Tongue.CHINESE: _CHINESE_HEDGE}

# Of the scripts that part words by blanks.
_LETTER = "[A-Za-z0-9\u00c0-\u024f\u0370-\u04ff]"

# No pair holds another opening mark: so a text of nothing but opening marks is read once.
_QUOTED = lazy(r"“[^“”]*”|\"[^\"]*\"|‘[^‘’]*’(?!\w)|「[^「」]*」|『[^『』]*』|《[^《》]*》")


def whole(words: str, text: str, start: int = 0) -> tuple[int, int] | None:
    """Where `words` stand in `text` as words of their own; blanks, and marks of emphasis, count as one blank."""
    parts = words.split()
    if not all(part in text for part in parts):
        return None
    written = r"\s+".join(map(re.escape, parts))
    found = re.compile(rf"(?<!{_LETTER}){written}(?!{_LETTER})").search(text, start)
    return found.span() if found else None


def unquoted(shown: str) -> str:
    """The text, as long as before, with every quotation and title of a work covered."""
    return _QUOTED.sub(lambda match: "\ufffc" * len(match[0]), shown)
