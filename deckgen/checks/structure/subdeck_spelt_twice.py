"""K31: two spellings of one deck

Anki takes two names for one deck when they differ only in capitals, or in how a letter and its accent are stored. It would
call the second one `asia_`, and learners would have both.

Bad:   `deck: "Asia"` in one file, `deck: "asia::East"` in another one
Good:  `deck: "Asia"`, `deck: "Asia::East"`

Mend:  spell each deck alike everywhere. A card that was built stays in the deck in which learners have it.
"""

from __future__ import annotations

from collections.abc import Iterator

from deckgen.checks.proof import Proof
from deckgen.checks.structure.deep_subdeck import DEEPEST
from deckgen.deck import deck_key
from deckgen.finding import Finding

CODE = "K31"
WIDE = True


def check(proof: Proof) -> Iterator[Finding]:
    """Find paths, or beginnings of them, that were spelt otherwise before."""
    spelt: dict[tuple[str, str], str] = {}
    for card, lang, text in proof.deck.placed():
        parts = proof.deck.subdeck(card, lang).split("::")[:DEEPEST]  # what is deeper has K32
        for path in ("::".join(parts[:depth]) for depth in range(1, len(parts) + 1)):
            first = spelt.setdefault((lang, deck_key(path)), path)
            if first != path:
                message = f"“{path}” and “{first}” are one deck to Anki"
                yield Finding(text.whole, CODE, message, f"write “{first}” here, too", card.id.value, lang)
                break
