"""K16: the title can't be the name of a deck in Anki

Anki finds a deck by its name, and changes a name that it can't use. It drops spaces
and line breaks at the ends, fills empty parts between `::`, and keeps “Default” for
itself. Two packages with one title end up in one deck, and so do two languages of which one has a
subdeck with the name of the other.

Bad:   `title: "Default"`, `title: "Memory::"`, `title: {en: "Memory", zh: "Memory"}`
Good:  `title: {en: "Memory", zh: "Memory (Chinese)"}`

Mend:  give every language a title of its own; after the first build it can't change.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from deckgen.checks.proof import Proof
from deckgen.deck import Deck, deck_key
from deckgen.finding import Finding

CODE = "K16"
WIDE = True


def check(proof: Proof) -> Iterator[Finding]:
    """Find titles that Anki would change, and a title that two languages share."""
    seen: dict[str, str] = {}
    for lang, title in proof.deck.title.items():
        name = title.value
        parts = name.split("::")
        if not name.strip():
            continue
        if any(part != part.strip() or not part for part in parts) or not _usable(name):
            message = f"Anki would change the title “{name}”"
            yield Finding(title.whole, CODE, message, "drop spaces, breaks and empty parts", lang=lang)
        first = seen.setdefault(name.casefold(), lang)
        if first != lang:
            message = f"`{first}` has the same title: Anki would make one deck of both"
            yield Finding(title.whole, CODE, message, "give each language its own title", lang=lang)
    yield from _shared(proof.deck)


def _shared(deck: Deck) -> Iterator[Finding]:
    """Find subdecks whose whole name is that of another language's deck or subdeck, once for each name."""
    owners = {deck_key(title.value): lang for lang, title in deck.title.items()}
    for card, lang, text in deck.placed():
        name = deck.named(lang, deck.subdeck(card, lang))
        if owners.setdefault(deck_key(name), lang) != lang:
            message = f"`{owners[deck_key(name)]}` has the deck “{name}” as well: Anki would make one of both"
            yield Finding(text.whole, CODE, message, "give it another name", card.id.value, lang)


def _usable(name: str) -> bool:
    visible = any(unicodedata.category(character)[0] not in "CZ" for character in name)
    composed = unicodedata.is_normalized("NFC", name)
    return visible and composed and "\n" not in name and name.casefold() != "default"
