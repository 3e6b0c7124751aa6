"""Words of English that several rules look for, as patterns or parts of patterns."""

from __future__ import annotations

import re

from deckgen.patterns import lazy

#: Parts of patterns: words that ask, and verbs that begin a question.
WH = r"(?:what|which|who|whom|whose|why|how|when|where)"
AUXILIARY = (
    r"(?:(?:is|are|was|were|do|does|did|could|would|should|might|must|has|have|had)(?:n['’]t)?"
    r"|can(?:['’]t|not)?|will|won['’]t|shall|may)"
)

#: What says that a claim is a guess or qualified.
HEDGE = lazy(
    r"\b(?:may|might|maybe|could|perhaps|possibl[ey]|probabl[ey]|likely|roughly|(?:about|around) \d+"
    r"|approximately|guess(?:es|ed)?|suggest(?:s|ed)?|speculat\w+|expect(?:s|ed)?|hop(?:e|es|ed|ing)"
    r"|thinks?|thought|believe[sd]?|seem(?:s|ed)?|suspect(?:s|ed)?|tends? to|(?:un|not |how )sure"
    r"|uncertain|unclear|sketch(?:es|y)?"
    r"|tentative(?:ly)?|in theory|in many cases|to some extent|mostly|somewhat|often|usually)\b",
    re.IGNORECASE,
)
