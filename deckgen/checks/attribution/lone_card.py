"""M11: a card hangs together with no other

This card shares no tag with another card, and no `after:` or `see:` links it. So it is reviewed
for years with nothing to tie it to. Isolated facts are forgotten first
(Nielsen: no orphan questions; Wozniak: refer to other memories).

Example: in a deck on bread thirty cards have the tag `flour` and twenty the tag `heat`. A card on the price of salt has the tag
`trade`, which no other has, and no links. It needs a sister card, a link, or another deck.

Decks of fewer than ten cards are left alone. So are decks in which more than half of the
cards would be found, because they don't use tags and links to tie cards together. Retired cards don't count.

Mend:  give the card a tag that others have, link it with `after:` or `see:`, or leave it out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from deckgen.checks.proof import Proof
from deckgen.finding import Finding, Severity

CODE = "M11"
STOPS = False
WIDE = True

#: Decks with fewer cards are only begun.
SMALL = 10


def check(proof: Proof) -> Iterator[Finding]:
    """Find cards without a tag or a link in common with others."""
    cards = [card for card in proof.deck.cards if card.retired is None]
    if len(cards) < SMALL or not proof.deck.complete:
        return
    uses: Counter[str] = Counter()
    linked: set[str] = set()
    ids = {card.id.value for card in cards}
    for card in cards:
        uses.update(card.found_by)
        targets = {link.value for link in (*card.after, *card.see)} & ids
        linked |= targets
        if targets:
            linked.add(card.id.value)
    lone = [
        card
        for card in cards
        if card.id.value not in linked and not any(uses[tag] > 1 for tag in card.found_by)
    ]
    for card in lone if 2 * len(lone) <= len(cards) else ():
        message = "the card shares no tag with another, and no card links it"
        hint = "give it a tag that others have, or link it with `after:` or `see:`"
        yield Finding(card.id.place, CODE, message, hint, card.id.value, severity=Severity.WARNING)
