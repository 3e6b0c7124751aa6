"""M10: a tag is used on one or two cards, or on none

A tag brings together cards that are learnt or found together. A tag on two cards brings nothing
together: the deck says too little about it, or the tag is too narrow. Knowledge that stands
alone is forgotten first (Nielsen: no orphan questions).

Example: a deck of sixty cards on bread has the tags `flour` on thirty, `heat` on twenty-eight and
`salt` on two. The two cards go under `flour`, or the deck gets a few more on salt.

A tag needs at least 3 cards. Decks of fewer than ten
cards are left alone, and retired cards don't count. A card with the tag `region::coast` counts for `region` as well.

Mend:  merge the tag with a broader one, or write more cards on it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from deckgen.checks.proof import Proof
from deckgen.finding import Finding, Severity

CODE = "M10"
STOPS = False
WIDE = True

#: Decks with fewer cards are only begun.
SMALL = 10
#: Tags on fewer cards gather nothing.
FEW = 3


def check(proof: Proof) -> Iterator[Finding]:
    """Find tags with few cards, at their meaning in deck.yaml."""
    deck = proof.deck
    cards = [card for card in deck.cards if card.retired is None]
    if len(cards) < SMALL or not deck.complete:
        return
    uses: Counter[str] = Counter()
    for card in cards:
        uses.update(card.found_by)
    for tag, meaning in deck.tags.items():
        if uses[tag] < FEW:
            count = ("no card", "one card", "two cards")[uses[tag]]
            message = f"the tag `{tag}` is on {count}"
            hint = "merge it with a broader tag, or write more cards on it"
            yield Finding(meaning.place, CODE, message, hint, severity=Severity.WARNING)
