"""C04: a deletion hides a word that grammar supplies

Anybody who knows the language can fill in "the", "of", 的 or 是, whatever the card
is about. The review costs time and teaches nothing; you wanted to recall what the sentence
says (Matuschak: prompts should be effortful).

Bad:
    - en: {cloze: "Steel is an alloy {{c1::of}} iron with a little carbon."}
    - zh: {cloze: "钢{{c1::是}}铁与少量碳组成的合金。"}

Good:
    - en: {cloze: "Steel is an alloy of iron with a little {{c1::carbon}}."}
    - zh: {cloze: "钢是铁与少量{{c1::碳}}组成的合金。"}

Limits: the rule has a list of articles, prepositions and forms of "to be", and of particles such as 的,
了, 是, 在. Left out: "and", "or" and "not", 或 and 不, which may change the sense; single
Chinese characters in general, because 铁 or 唐 are whole terms; and deletions with a hint. A
deck that teaches grammar turns the rule off: `lint: {C04: off}`.

Mend:  hide the word that carries the idea.
"""

from __future__ import annotations

from collections.abc import Iterator

from deckgen.checks.proof import Proof, hidden
from deckgen.checks.words.english import function_words
from deckgen.checks.words.text import fold
from deckgen.checks.words.tongue import Tongue
from deckgen.finding import Finding
from deckgen.patterns import lazy

CODE = "C04"
STOPS = False

_CHINESE = lazy(r"[的了是在地得着也就都和与及之其而于以所这那]|一个|一种|因为|所以|以及")


def check(proof: Proof) -> Iterator[Finding]:
    """Find deletions of nothing but small words."""
    for passage, deletions in hidden.clozes(proof):
        for deletion in deletions[: hidden.MOST]:
            if _are_small(hidden.words(passage, deletion), passage.tongue) and not deletion.hint:
                span = hidden.span(passage, deletion)
                message = f"c{deletion.number} hides “{passage.quote(span)}”, which anybody can fill in"
                hint = "hide the word that carries the idea"
                yield passage.finding(CODE, message, hint, span)


def _are_small(words: str, tongue: Tongue) -> bool:
    if tongue is Tongue.ENGLISH:
        return bool(words) and function_words(CODE).issuperset(fold(words).split())
    return tongue is Tongue.CHINESE and _CHINESE.fullmatch(words) is not None
