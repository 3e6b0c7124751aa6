"""C02: a cloze asks for many things

Each number in a cloze is a card of its own. Five cards from one sentence come up on the
same days with nearly the same text, and each shows the answers of the others. If a sentence
holds five facts, make several sentences of it (Wozniak's minimum information principle).

Bad:
    - en: {cloze: "The {{c1::swift}} eats, {{c2::drinks}} and even {{c3::sleeps}} in the air, and it comes down only to {{c4::breed}}."}
    - zh: {cloze: "{{c1::雨燕}}捕食、{{c2::喝水}}甚至{{c3::睡觉}}都在空中，只有{{c4::繁殖}}的时候才落下来。"}

Good:
    - en: {cloze: "A swift eats, drinks and even sleeps in the air, and it comes down only to {{c1::breed}}."}
    - zh: {cloze: "雨燕捕食、喝水甚至睡觉都在空中，只有{{c1::繁殖}}的时候才落下来。"}

Limits: 3 numbers; above 5 an error. Deletions with the same number are hidden together
and count once.

Mend:  keep the deletions that carry the idea, and put the other facts into cards of
their own. For a fixed series there is `list:`.
"""

from __future__ import annotations

from collections.abc import Iterator

from deckgen.checks.proof import Limits, Proof, hidden
from deckgen.finding import Finding

CODE = "C02"
STOPS = True
LIMITS = {"en": Limits(3, 5), "zh": Limits(3, 5)}


def check(proof: Proof) -> Iterator[Finding]:
    """Find clozes with more numbers than the limits."""
    for passage, deletions in hidden.clozes(proof):
        limits = proof.limits(CODE, LIMITS, passage)
        numbers = {deletion.number for deletion in deletions}
        severity = limits.severity(len(numbers))
        if severity is not None:
            message = f"the cloze makes {len(numbers)} cards, more than {limits.passed(len(numbers))}"
            hint = "keep the deletions that carry the idea; make several sentences, or a `list:`"
            yield passage.finding(CODE, message, hint, severity=severity)
