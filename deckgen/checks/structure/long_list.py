"""K15: a list is too long

A list has one Anki card for each member, a picture one for each mask, and Anki numbers cards only up to 499. But nobody
can learn a list that long: at most 99 members, or masks, are allowed.

Bad:   a list of all chemical elements
Good:  one card for each question about them

Mend:  make several cards of it.
"""

from __future__ import annotations

from collections.abc import Iterator

from deckgen.checks.proof import Proof
from deckgen.finding import Finding
from deckgen.kinds import parts
from deckgen.markup.asked import asked

CODE = "K15"

LIMIT = 99


def check(proof: Proof) -> Iterator[Finding]:
    """Find lists, and pictures, above the limit."""
    for card in proof.deck.cards:
        for lang, content in card.contents.items():
            facts = content.kind.facts
            count = len(asked(content)) if facts.named else 0
            if count > LIMIT:
                message = f"this card has {count} {facts.card}s, at most {LIMIT} are allowed"
                place = next(parts(content)).text.whole
                yield Finding(place, CODE, message, "make several cards", card.id.value, lang)
