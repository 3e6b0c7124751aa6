"""C09: many cards of a deck are clozes

Clozes are quick to make, above all from sentences that you have already. But a gap is often filled by
the look of the words around it, without the thought behind them (Matuschak on pattern
matching). A question has to be understood. Some clozes are fine; a deck of little
else is a sign that sentences were copied.

Bad:   a deck of forty cards, thirty of which are clozes
Good:  a deck of forty cards, eight of which are clozes, where the exact word matters

Limits: 30 % of the cards that are given out, in decks of at least 20 such cards. It is only information.

Mend:  turn the clozes that hold a reason, a contrast or a consequence into questions, and
keep those that teach a term.
"""

from __future__ import annotations

from collections.abc import Iterator

from deckgen.checks.proof import Limits, Proof
from deckgen.finding import Finding, Severity
from deckgen.kinds import Kind

CODE = "C09"
STOPS = False
WIDE = True
LIMITS = {"en": Limits(30), "zh": Limits(30)}

_ENOUGH = 20


def check(proof: Proof) -> Iterator[Finding]:
    """Measure the deck."""
    kinds = [card.kind for card in proof.deck.cards if card.retired is None]
    limit = proof.limit(CODE, LIMITS["en"].warning)
    if len(kinds) >= _ENOUGH and 100 * kinds.count(Kind.CLOZE) > limit * len(kinds):
        message = f"{kinds.count(Kind.CLOZE)} of {len(kinds)} cards are clozes, more than {limit:g} %"
        hint = "ask for reasons, contrasts and consequences with questions"
        yield Finding(proof.deck.key.place, CODE, message, hint, severity=Severity.INFO)
