"""L04: a note is too long

In a review you read the note after the answer, in a second or two, for the reason or an
example. Nobody reads a page there forty times. What is worth recalling deserves
a card (Wozniak: one thing a card); the rest can stay in the source.

Bad:
    - en: {q: "Why is bread dough kneaded?", a: "To line up the gluten into a net that holds gas.", note: "Gluten forms when two proteins of flour meet water. At first its strands lie in all directions. Kneading pulls them into line, so that they stick to each other and make sheets. The sheets enclose the gas that yeast gives off. Bakers test this with the window: a piece of dough is pulled thin until light shines through. When it tears, they knead on. Time can do the same work as hands, and that is why wet doughs are left alone for a night. Salt makes the net firmer, and fat makes it softer."}
    - zh: {q: "面团为什么要揉？", a: "使面筋排列成网，兜住气体。", note: "面粉中的两种蛋白质遇水就形成面筋。起初面筋的走向杂乱无章。揉面把它们拉直，彼此粘连成薄片，薄片再把酵母放出的气体包住。面包师用“拉膜”来检验：把一小块面团慢慢扯薄，直到透光。如果一扯就破，就得继续揉。时间也能代替双手，所以很湿的面团常常放上一夜，不用再揉。盐让面筋网更结实，油脂则让它更柔软。"}

Good:
    - en: {q: "Why is bread dough kneaded?", a: "To line up the gluten into a net that holds gas.", note: "Time can do the same work: a wet dough is often left for a night."}
    - zh: {q: "面团为什么要揉？", a: "使面筋排列成网，兜住气体。", note: "时间也能代替双手：很湿的面团常常放上一夜。"}

Limits: 80 words, 130 Chinese characters, counted without markup.

Mend:  keep the one reason, example or contrast that helps you remember. Make cards
of anything else that you have to know.
"""

from __future__ import annotations

from collections.abc import Iterator

from deckgen.checks.proof import Limits, Proof
from deckgen.finding import Finding

CODE = "L04"
STOPS = True
LIMITS = {"en": Limits(80), "zh": Limits(130)}


def check(proof: Proof) -> Iterator[Finding]:
    """Find notes above the limits."""
    hint = "keep one reason, example or contrast; make cards of anything else that you have to know"
    for side in proof.sides:
        if side.note is not None:
            yield from proof.too_long(CODE, LIMITS, side.note, "note", hint)
