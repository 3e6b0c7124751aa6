"""L02: an answer is too long

In a review you compare your answer with the card's at a glance. In a long answer the
point is buried, and you mark "half right" differently each day. Ask for one thing
(Wozniak's minimum information principle) and put the explanation into `note:`. In a
public deck of 150 cards on podcasts, where answer and explanation share a field, 59 %
of the answers are longer than 30 words.

Bad:
    - en: {q: "Why is bread dough kneaded?", a: "When flour meets water its proteins join to gluten, and kneading pulls the strands into line so that they form a stretchy net, which holds the gas that the yeast gives off, so the dough can rise instead of letting the gas escape."}
    - zh: {q: "面团为什么要揉？", a: "面粉遇水之后，其中的蛋白质会结合成面筋，揉面则把面筋拉直并排列成有弹性的网，这张网能兜住酵母放出的气体，面团才能发起来，而不是让气体白白跑掉。"}

Good:
    - en: {q: "Why is bread dough kneaded?", a: "To line up the gluten into a net that holds gas.", note: "Gluten forms when the proteins of flour meet water."}
    - zh: {q: "面团为什么要揉？", a: "使面筋排列成网，兜住气体。", note: "面粉中的蛋白质遇水形成面筋。"}

Limits: 30 words, 48 Chinese characters; above 50 and 80 an error. Words are counted
without markup; a formula or span of code counts as one.

Mend:  keep what has to be recalled, and move the reason or example to `note:`; or make two
cards of it.
"""

from __future__ import annotations

from collections.abc import Iterator

from deckgen.checks.proof import Limits, Proof
from deckgen.finding import Finding

CODE = "L02"
STOPS = True
LIMITS = {"en": Limits(30, 50), "zh": Limits(48, 80)}


def check(proof: Proof) -> Iterator[Finding]:
    """Find answers, and items of lists, above the limits."""
    hint = "keep what should be recalled; move the explanation to `note:`, or make two cards"
    for side in proof.sides:
        for answer in side.answers:
            yield from proof.too_long(CODE, LIMITS, answer, str(answer.role), hint)
