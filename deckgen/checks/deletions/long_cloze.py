"""C06: a cloze is too long

The sentence around a gap is read in every review. When it is long, the eye learns to
jump to the gap, and its odd neighbours become the cue, not the sense (Matuschak on pattern
matching). One sentence with one idea is enough.

Bad:
    - en: {cloze: "When a block of ice is put into a glass of warm water it melts quickly at first and then more and more slowly, and all that time the ice itself keeps a temperature of {{c1::zero}} degrees Celsius."}
    - zh: {cloze: "把一大块冰放进一杯温水里，它起初融化得很快，后来越来越慢，而在冰全部化完之前的这整段时间里，冰块本身的温度始终保持在{{c1::零}}摄氏度。"}

Good:
    - en: {cloze: "A melting block of ice keeps a temperature of {{c1::zero}} degrees Celsius until all of it is water."}
    - zh: {cloze: "冰块在全部融化之前，温度始终保持在{{c1::零}}摄氏度。"}

Limits: 30 words, 48 Chinese characters, hidden words included. Words are counted
without markup; a formula or span of code counts as one.

Mend:  cut the words that the gap does not need, or move them to `note:`.
"""

from __future__ import annotations

from collections.abc import Iterator

from deckgen.checks.proof import Limits, Proof
from deckgen.finding import Finding

CODE = "C06"
STOPS = True
LIMITS = {"en": Limits(30), "zh": Limits(48)}


def check(proof: Proof) -> Iterator[Finding]:
    """Find clozes above the limits."""
    hint = "cut the words that the gap does not need, or move them to `note:`"
    for side in proof.sides:
        if side.cloze is not None:
            yield from proof.too_long(CODE, LIMITS, side.cloze, "cloze", hint)
