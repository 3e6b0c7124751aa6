"""K30: a path that can't be the name of a deck in Anki

`deck:` names a deck below the title: `Asia`, or `Asia::East`. Anki changes a name that it can't use: it fills an empty
part with the word “blank”, drops blanks, colons and quotation marks, and puts letters and their accents together.
Another name is another deck.

Bad:   `deck: "::Asia"`, `deck: "Asia::"`, `deck: "Asia::::East"`, `deck: "Asia:: East"`
Good:  `deck: "Asia::East"`

Mend:  write names with `::` between them, and nothing before the first or behind the last one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from deckgen.checks.proof import Proof
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
        else:
            continue
        yield Finding(
            text.whole, CODE, f"Anki would change the deck's name “{path}”", hint, card.id.value, lang
        )


def _is_visible(part: str) -> bool:
    return any(unicodedata.category(character)[0] not in "CZ" for character in part)
