"""K32: the name of a deck is too long or too deep, or there are too many

Anki shows decks as a tree beside their numbers, on phones in a few centimetres, and refuses to import decks that lie
within more than ten others.

A name has at most 200 characters and ten parts, those of the title included; a package has at most 1,000 decks.

Mend:  shorten the names, or have fewer decks: tags such as `region::coast` make a tree, too.
"""

from __future__ import annotations

from collections.abc import Iterator

from deckgen.checks.proof import Proof
from deckgen.finding import Finding

CODE = "K32"
WIDE = True

#: Of the whole name: characters, and names with `::` between them. Of a package: decks.
LONGEST, DEEPEST, MOST = 200, 10, 1_000


def check(proof: Proof) -> Iterator[Finding]:
    """Find subdecks whose whole names are too long or too deep, and the first that is too many."""
    seen: dict[str, set[str]] = {}
    for card, lang, text in proof.deck.placed():
        name = proof.deck.named(lang, proof.deck.subdeck(card, lang))
        depth = name.count("::") + 1
        known = seen.setdefault(lang, set())
        fresh = _with_those_above(name) - known
        if len(name) > LONGEST:
            message = (
                f"the deck's name has {len(name)} characters with the title, at most {LONGEST} are allowed"
            )
        elif depth > DEEPEST:
            message = (
                f"the deck's name has {depth} parts with those of the title, at most {DEEPEST} are allowed"
            )
        elif len(known) <= MOST < len(known) + len(fresh):
            message = f"the package has more than {MOST:,} decks, those above others included"
        else:
            known |= fresh
            continue
        known |= fresh
        yield Finding(
            text.whole, CODE, message, "shorten it, or put more cards into one", card.id.value, lang
        )


def _with_those_above(name: str) -> set[str]:
    """A deck and the decks that it lies in, which Anki makes as well."""
    parts = name.split("::")
    return {"::".join(parts[:depth]) for depth in range(1, len(parts) + 1)}
