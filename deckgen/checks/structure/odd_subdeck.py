"""K30: a path that can't be the name of a deck in Anki

`deck:` names a deck below the title: `Asia`, or `Asia::East`. Anki changes a name that it can't use: it fills an empty
part with the word “blank”, drops blanks, colons and quotation marks, and puts letters and their accents together.
Another name is another deck. The title may stand before the path, as Anki shows it: in a deck with the title “Rivers”,
`Asia` and `Rivers::Asia` are the same. In another spelling it would be a deck of this name within the deck.

Bad:   `deck: "::Asia"`, `deck: "Asia::"`, `deck: "Asia::::East"`, `deck: "Asia:: East"`, `deck: "rivers::Asia"`
Good:  `deck: "Asia::East"`

Mend:  write names with `::` between them, and nothing before the first or behind the last one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from deckgen.checks.proof import Proof
from deckgen.deck import Card, Deck, deck_key
from deckgen.finding import Finding

CODE = "K30"

# What Anki drops (rslib/src/decks/name.rs); other control characters are in no text (Y07).
_DROPPED = re.compile(r'[\t\n"]')


def check(proof: Proof) -> Iterator[Finding]:
    """Find paths of subdecks that Anki would change."""
    for card, lang, text in proof.deck.placed():
        path = text.value
        parts = path.split("::")
        if not all(parts):
            hint = "write a name on each side of `::`, and nothing before the first or behind the last one"
        elif any(part != part.strip().strip(":") for part in parts) or _DROPPED.search(path):
            hint = "drop blanks and single colons at the ends of names, line breaks, tabs and quotation marks"
        elif not all(map(_is_visible, parts)):
            hint = "give each part a name that can be seen"
        elif not unicodedata.is_normalized("NFC", path):
            hint = "type letters with their accents as one character"
        elif _begins_with_title(proof.deck, card, lang):
            message = f"“{path}” begins with the title in another spelling, or twice"
            yield Finding(text.whole, CODE, message, "write only what lies below it", card.id.value, lang)
            continue
        else:
            continue
        yield Finding(
            text.whole, CODE, f"Anki would change the deck's name “{path}”", hint, card.id.value, lang
        )


def _begins_with_title(deck: Deck, card: Card, lang: str) -> bool:
    """Whether it still does where it was taken away."""
    below, title = deck_key(deck.subdeck(card, lang)), deck_key(deck.title[lang].value)
    return f"{below}::".startswith(f"{title}::")


def _is_visible(part: str) -> bool:
    return any(unicodedata.category(character)[0] not in "CZ" for character in part)
