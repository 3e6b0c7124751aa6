"""D04: many cards have the same answer

If one answer is right again and again, you learn to give it at the mere look of a
question. You may want this: an idea seen from several sides is learnt better (Wozniak:
redundancy is allowed). Then leave it. From the fourth card on, it is worth a look.

Bad:
    - en: {q: "Which gas do plants take from the air to grow?", a: "Carbon dioxide"}
    - en: {q: "What makes the bubbles in sparkling water?", a: "Carbon dioxide."}
    - en: {q: "Into which gas does burning charcoal turn?", a: "Carbon dioxide"}
    - en: {q: "Dry ice is the frozen form of what?", a: "Carbon dioxide"}
Bad:
    - zh: {q: "植物生长时从空气中吸收哪种气体？", a: "二氧化碳"}
    - zh: {q: "汽水里的气泡是什么气体？", a: "二氧化碳"}
    - zh: {q: "木炭充分燃烧后变成哪种气体？", a: "二氧化碳。"}
    - zh: {q: "干冰由什么物质凝固而成？", a: "二氧化碳"}

Good:
    - en: {q: "Which gas do plants take from the air to grow?", a: "Carbon dioxide"}
    - en: {q: "What makes the bubbles in sparkling water?", a: "Carbon dioxide."}
    - en: {q: "Into which gas does burning charcoal turn?", a: "Carbon dioxide"}
    - en: {q: "Why does dry ice leave no puddle behind?", a: "It turns straight into gas."}
Good:
    - zh: {q: "植物生长时从空气中吸收哪种气体？", a: "二氧化碳"}
    - zh: {q: "汽水里的气泡是什么气体？", a: "二氧化碳"}
    - zh: {q: "木炭充分燃烧后变成哪种气体？", a: "二氧化碳。"}
    - zh: {q: "干冰融化后为什么不留水迹？", a: "它直接变成气体。"}

Answers count as the same when they differ only in case, punctuation and spaces. The
finding is about the fourth card. Clozes and lists are left out.

Mend:  ask some of the cards the other way round, or delete those that add nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from deckgen.checks.proof import Passage, Proof, wording
from deckgen.finding import Finding, Severity

CODE = "D04"
STOPS = False
WIDE = True

_MOST = 3


def check(proof: Proof) -> Iterator[Finding]:
    """Find answers that more than three cards have."""
    groups: dict[tuple[str, str], list[Passage]] = defaultdict(list)
    for front in wording.fronts(proof):
        answer = front.side.answer
        if answer is not None:
            groups[answer.lang, front.answer.key].append(answer)
    for (_, key), answers in groups.items():
        if key and len(answers) > _MOST:
            first = answers[0].card.id.value
            message = f"{len(answers)} cards have this answer, the first is `{first}`"
            hint = "ask some of them the other way round, or delete those that add nothing"
            yield answers[_MOST].finding(CODE, message, hint, severity=Severity.INFO, twin=first)
