"""D01: two cards ask the same question

When you see the question, you can't tell which of the cards is meant. If the answers differ, you mark a right
one as wrong. If they are the same, one card is superfluous, and they come up on different
days. Questions count as the same when they differ only in case, punctuation and spaces.
It happens: a public deck of 150 cards has such a pair.

Bad:
    - en: {q: "Which gas makes bread dough rise?", a: "Carbon dioxide"}
    - en: {q: "Which gas makes Bread Dough rise?", a: "The one that yeast gives off"}
Bad:
    - zh: {q: "让面团发起来的是哪种气体？", a: "二氧化碳"}
    - zh: {q: "让面团发起来的，是哪种气体？", a: "酵母放出的气体"}

Good:
    - en: {q: "Which gas makes bread dough rise?", a: "Carbon dioxide"}
    - en: {q: "From where does yeast take its energy?", a: "From the sugar in the flour"}
Good:
    - zh: {q: "让面团发起来的是哪种气体？", a: "二氧化碳"}
    - zh: {q: "酵母的能量从哪里来？", a: "来自面粉中的糖"}

Code, formulas, numbers and pictures count exactly as written. Two clozes of one sentence, or two cards of one
picture, that hide different parts are taken as intended. Only the cards of one deck are compared.

Mend:  delete the newer card, or make its question say what only this card asks.
"""

from __future__ import annotations

from collections.abc import Iterator

from deckgen.checks.proof import Proof, alike, wording
from deckgen.checks.proof.wording import Front
from deckgen.finding import Finding, Severity

CODE = "D01"
STOPS = True
WIDE = True


def check(proof: Proof) -> Iterator[Finding]:
    """Find questions, and clozes with the same deletions, that occur a second time."""
    seen: dict[tuple[str, str, str], Front] = {}
    for front in wording.fronts(proof):
        side, key = front.side, front.words.key
        if key:
            hidden = "" if side.answers else front.answer.key
            first = seen.setdefault((side.lang, key, hidden), front)
            if first is not front:
                what = "question" if side.question is not None else "cloze"
                message = f"this is the same {what} as that of {alike.name(first)}"
                hint = "delete the newer card, or say what only this card asks"
                twin = first.side.card.id.value
                yield side.front.finding(CODE, message, hint, severity=Severity.ERROR, twin=twin)
