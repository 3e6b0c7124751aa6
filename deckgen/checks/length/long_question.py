"""L01: a question is too long

A long question is learnt by its shape: after some reviews you know the answer from the
odd opening words, and no longer read what is asked (Matuschak warns of this). Ask for one
thing, and put the setting into `note:` or into a card of its own. In a public deck
of 150 cards on podcasts half of the questions have at most 17 words; 19 % have more
than 25, and 3 % more than 40.

Bad:
    - en: {q: "When you have kneaded a dough and left it in a bowl in a warm corner of the kitchen for an hour or so, which gas made by yeast is it that makes it rise?", a: "Carbon dioxide"}
    - zh: {q: "把面团揉好放进碗里，盖上一块湿布，再搁到厨房里比较暖和的角落等上一个小时左右，让它慢慢膨胀起来的是酵母放出的哪种气体？", a: "二氧化碳"}

Good:
    - en: {q: "Which gas made by yeast lets a dough rise?", a: "Carbon dioxide"}
    - zh: {q: "面团发酵时，酵母放出的哪种气体使它膨胀？", a: "二氧化碳"}

Limits: 25 words, 40 Chinese characters; above 40 and 65 an error. Words are counted
without markup; a formula or span of code counts as one, and options A, B, C don't count. For
clozes see C06.

Mend:  leave out what the answer does not depend on. If a case needs its story,
raise the limit for the deck, or ignore the finding with a reason.
"""

from __future__ import annotations

from collections.abc import Iterator

from deckgen.checks.proof import Limits, Proof
from deckgen.checks.proof.lengths import of_question
from deckgen.finding import Finding

CODE = "L01"
STOPS = True
LIMITS = {"en": Limits(25, 40), "zh": Limits(40, 65)}


def check(proof: Proof) -> Iterator[Finding]:
    """Find questions above the limits."""
    hint = "leave out what the answer does not depend on, or move it to `note:`"
    for side in proof.sides:
        if side.question is not None:
            yield from proof.too_long(
                CODE, LIMITS, side.question, "question", hint, of_question(side.question)
            )
