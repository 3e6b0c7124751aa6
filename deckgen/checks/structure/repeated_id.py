"""M08: a card has no id, or one that another card has

Anki's guid is made from the id. Learners keep their progress as long as the id
stays the same, whatever happens to the text, the order or the file. So every card
has its own id, which never changes.

Bad:   two cards with `id: reward-model`
Good:  `id: reward-model`, `id: reward-model-limits`

Mend:  give the newer card another id. Keep the id of the older one.
"""

from __future__ import annotations

from collections.abc import Iterator

from deckgen.checks.proof import Proof
from deckgen.finding import Finding
from deckgen.written import Text

CODE = "M08"
WIDE = True


def check(proof: Proof) -> Iterator[Finding]:
    """Find ids that occur a second time in the deck."""
    seen: dict[str, Text] = {}
    for card in proof.deck.cards:
        first = seen.setdefault(card.id.value, card.id)
        if first is not card.id:
            message = f"the id `{card.id.value}` is already used at {first.place.path}:{first.place.line}"
            yield Finding(card.id.whole, CODE, message, "give the newer card another id", card.id.value)
