"""K15: a list is too long

A list has one Anki card for each member, and Anki numbers cards only up to 499. But nobody can learn a list
that long: at most 99 members are allowed.

Bad:   a list of all chemical elements
Good:  one card for each question about them

Mend:  make several cards of it.
"""

from __future__ import annotations

from collections.abc import Iterator

from deckgen.checks.proof import Proof
from deckgen.finding import Finding
from deckgen.kinds import ItemList

CODE = "K15"

LIMIT = 99


def check(proof: Proof) -> Iterator[Finding]:
    """Find lists above the limit."""
    for card in proof.deck.cards:
        for lang, content in card.contents.items():
            if isinstance(content, ItemList) and len(content.items) > LIMIT:
                message = f"this list has {len(content.items)} members, at most {LIMIT} are allowed"
                yield Finding(
                    content.question.whole, CODE, message, "make several cards", card.id.value, lang
                )
