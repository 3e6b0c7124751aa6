"""K13: cards wait for each other

`after:` says which cards come first. When it leads in a circle, no
card can come first.

Bad:   card `a` has `after: [b]`, card `b` has `after: [a]`
Good:  only one of them waits

Mend:  remove one `after:` of the cycle that the message shows.
"""

from __future__ import annotations

from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter

from deckgen.checks.proof import Proof
from deckgen.finding import Finding

CODE = "K13"
WIDE = True


def check(proof: Proof) -> Iterator[Finding]:
    """Find one cycle of `after:`, if there is any."""
    cards = {card.id.value: card for card in proof.deck.cards}
    graph = {
        name: [text.value for text in card.after if text.value in cards]
        for name, card in cards.items()
        if card.after
    }
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        path: list[str] = error.args[1]
        card = cards[path[0]]
        # graphlib gives the path from a card to those that wait for it.
        message = "these cards wait for each other: " + " → ".join(path)
        place = card.after[0].whole
        yield Finding(place, CODE, message, "remove one of these from an `after:`", card.id.value)
