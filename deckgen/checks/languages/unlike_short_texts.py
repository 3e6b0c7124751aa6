"""B03: a short text says more than in the other language

Below 8 English words, the number of characters a word says little, so B02 leaves such texts alone.
But if a Chinese text has fewer characters than the English has words that carry meaning, it
has lost something. And if it is more than 10 characters longer than usual, it says something
that the other learners don't get. Both sides should test the same.

Bad:
    - en: {q: "Where does most rain of the Amazon come from?", a: "Moist trade winds from the Atlantic."}
      zh: {q: "亚马孙的雨大多从哪里来？", a: "海上。"}

Good:
    - en: {q: "Where does most rain of the Amazon come from?", a: "Moist trade winds from the Atlantic."}
      zh: {q: "亚马孙的雨大多从哪里来？", a: "大西洋吹来的湿润信风。"}

Left out: texts with fewer than 4 words of meaning, and texts that are equal on both sides.

Mend:  say the same on both sides; an explanation belongs in `note:`, in both languages.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from deckgen.checks.proof import Passage, Proof
from deckgen.checks.proof.pairs import english_chinese, same_keys
from deckgen.checks.words import lists
from deckgen.checks.words.english import function_words
from deckgen.finding import Finding
from deckgen.patterns import lazy

CODE = "B03"
STOPS = False

_LONGEST = 7
_USUAL = 1.5
_MORE = 10
_LEAST = 4
_WORD = lazy(
    lambda: rf"\b(?!(?:{lists.alternatives(sorted(function_words(CODE)))})\b)[^\W\d_][\w'\u2019-]*",
    re.IGNORECASE,
)


def check(proof: Proof) -> Iterator[Finding]:
    """Compare short English texts with the Chinese ones."""
    for english, chinese, second in english_chinese(proof):
        for words, characters in same_keys(english, chinese):
            if words.size > _LONGEST or words.shown == characters.shown:
                continue
            message = _difference(words, characters)
            if message:
                passage = characters if second is chinese else words
                hint = "say the same on both sides; an explanation belongs in `note:`"
                yield passage.finding(CODE, message, hint)


def _difference(words: Passage, characters: Passage) -> str:
    if characters.size > _USUAL * words.size + _MORE:
        return f"{characters.size} Chinese characters say more than {words.size} English words"
    if characters.size < words.size:
        meaning = len(_WORD.findall(words.shown))
        if meaning >= _LEAST and characters.size < meaning:
            return f"{words.size} English words say more than {characters.size} Chinese characters"
    return ""
