"""C08: a gap does not say that it wants a number

"The Suez Canal opened in […]": in 1869, in Egypt, in November, in peace? All are right. When a
number or date stands alone after a small word, nobody knows what is asked for. A
unit, a noun or a hint tells (Wozniak's optimal wording; Matuschak: precise).

Bad:
    - en: {cloze: "After ten years of digging, the Suez Canal was opened in {{c1::1869}}."}
    - zh: {cloze: "经过十年的开挖，苏伊士运河终于通航于{{c1::1869年}}。"}

Good:
    - en: {cloze: "After ten years of digging, the Suez Canal was opened in {{c1::1869::year}}."}
    - zh: {cloze: "经过十年的开挖，苏伊士运河终于在{{c1::1869}}年通航。"}

Limits: the rule looks at deletions that hide only digits (in Chinese, also with 年, 月 or 日
inside), directly after "in", "by", "since", "until", "before", "after", "around" or "at", 于, 在, 自
or 到, with no hint, and no unit or noun after them. Left out: other numbers, as in "has {{c1::8}}
legs" or "the atomic number is {{c1::6}}", where the sentence says what is counted; and a
year after a place, as in "shown in Berlin in {{c1::1879}}".

Mend:  give a hint, as in `{{c1::1869::year}}`, or leave the unit outside of the gap.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from deckgen.checks.proof import Passage, Proof, hidden
from deckgen.checks.words.tongue import Tongue
from deckgen.finding import Finding
from deckgen.markup import cloze
from deckgen.markup.shown import COVER
from deckgen.patterns import lazy

CODE = "C08"
STOPS = False

_NUMBER = {
    Tongue.ENGLISH: lazy(r"\d[\d,.]*"),
    Tongue.CHINESE: lazy(r"\d[\d,.]*|(?:公元前?)?\s?\d+\s?年(?:\s?\d+\s?月)?(?:\s?\d+\s?日)?"),
}
_BEFORE = {
    Tongue.ENGLISH: lazy(r"\b(?:in|by|since|until|before|after|around|at)\s$", re.IGNORECASE),
    Tongue.CHINESE: lazy(r"[于在自到]\s?$"),
}
# The place is told, so the time is asked: "shown in Berlin in".
_TOLD = lazy(r"\b(?:in|at)(?:\s[^\s,]+){1,3}\s(?:in|by|before|after|around)\s$", re.IGNORECASE)
# What follows when the sentence is over, or goes on without a unit or noun.
_NOTHING = {
    Tongue.ENGLISH: lazy(
        r"\s*(?:$|[.,;:!?)](?!\s*when)|(?:the|an?|and|but|by|to|in|at|on|when|as|after|with|it|he|she|they|was|were|is)\b)",
        re.IGNORECASE,
    ),
    Tongue.CHINESE: lazy(r"\s*(?:$|[。，；：！？）])"),
}


def check(proof: Proof) -> Iterator[Finding]:
    """Find deletions of numbers that nothing announces."""
    for passage, deletions in hidden.clozes(proof):
        number = _NUMBER.get(passage.tongue)
        for deletion in deletions[: hidden.MOST] if number else ():
            words = hidden.words(passage, deletion)
            if number and number.fullmatch(words) and not deletion.hint and _is_bare(passage, deletion):
                message = f"nothing says that c{deletion.number} asks for a number or date"
                hint = f"give a hint, `{{{{c{deletion.number}::{words}::year}}}}`, or leave the unit outside the gap"
                yield passage.finding(CODE, message, hint, hidden.span(passage, deletion))


def _is_bare(passage: Passage, deletion: cloze.Deletion) -> bool:
    before = passage.shown[: deletion.start].replace(COVER, "")
    after = passage.shown[deletion.end :].replace(COVER, "")
    if _BEFORE[passage.tongue].search(before[-12:]) is None or _TOLD.search(before[-80:]):
        return False
    return _NOTHING[passage.tongue].match(after) is not None
