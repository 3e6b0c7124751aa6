"""K33: the path of a deck begins with the title in another spelling, or twice

`deck:` names what lies below the title. The title may stand before it, as Anki shows it: in a deck with the title
“Rivers”, `Asia` and `Rivers::Asia` are the same. In another spelling it would be a deck of this name within the deck.

Bad:   `deck: "rivers::Asia"`, `deck: "Rivers::Rivers::Asia"`
Good:  `deck: "Asia"`

Mend:  write only what lies below the title.
"""

from __future__ import annotations

from collections.abc import Iterator

from deckgen.checks.proof import Proof
from deckgen.deck import deck_key
from deckgen.finding import Finding

CODE = "K33"


def check(proof: Proof) -> Iterator[Finding]:
    """Find paths that begin with the title where it was not taken for it."""
    for card, lang, text in proof.deck.placed():
        title = deck_key(proof.deck.title[lang].value)
        if f"{deck_key(proof.deck.subdeck(card, lang))}::".startswith(f"{title}::"):
            message = f"“{text.value}” begins with the title in another spelling, or twice"
            yield Finding(text.whole, CODE, message, "write only what lies below it", card.id.value, lang)
