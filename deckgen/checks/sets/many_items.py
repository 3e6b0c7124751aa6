"""S01: an answer lists many items

Nobody learns a long list in one piece: you recall five members but not the sixth,
and the whole answer counts as forgotten. (Wozniak advises against sets and enumerations,
and says that sets of more than five can hardly be memorised.) A card that you answer
half right each time is repeated for ever.

Bad:
    - en: {q: "What does a green plant need to grow well?", a: "Light, water, air, minerals, warmth, space and time"}
    - zh: {q: "绿色植物要长得好，需要哪些条件？", a: "光照、水分、空气、矿物质、温度、空间和时间"}

Good:
    - en: {q: "Which gas does a green plant take from the air to make sugar?", a: "Carbon dioxide"}
    - zh: {q: "绿色植物制造糖时，从空气中吸收哪种气体？", a: "二氧化碳"}

Limits: 3 items; above 6 an error. The rule counts the items of a Markdown list, the parts
between 、 or semicolons, and in English the parts between the commas of one clause,
if they are short and the last follows "and" or "or". It counts only in sentences that make
up at least half of the answer. In other languages only Markdown lists count. Asides in
brackets, examples after "such as", and quotations don't count. `list:` is left out, because there each member is
asked alone. An error may be ignored on a card, with a reason.

Mend:  ask for each item on its own card, or for what the items have in common; or make it a
`list:`, which hides one member at a time.
"""

from __future__ import annotations

from collections.abc import Iterator

from deckgen.checks.proof import Limits, Proof, items
from deckgen.finding import Finding

CODE = "S01"
STOPS = True
LIMITS = {"en": Limits(3, 6), "zh": Limits(3, 6)}


def check(proof: Proof) -> Iterator[Finding]:
    """Find answers that list more items than the limits."""
    for side in proof.sides:
        answer = side.answer
        run = items.longest(answer) if answer else None
        if answer is None or run is None:
            continue
        limits = proof.limits(CODE, LIMITS, answer)
        severity = limits.severity(run.total)
        if severity is not None:
            message = f"the answer lists {run.total} items, more than {limits.passed(run.total)}"
            hint = "make a card of each, or a `list:`, which hides one member at a time"
            yield answer.finding(CODE, message, hint, items.trim(answer, run), severity)
