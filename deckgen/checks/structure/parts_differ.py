"""B07: the languages of a card do not have the same parts

Both sides of a card ask the same: they are of the same kind, a list has the same
keys in the same order, a cloze hides as many deletions. Otherwise learners of one
language miss a card that the others get.

Bad:   `en: {q: …, list: {users: …, platform: …}}`, `zh: {q: …, list: {users: …}}`
Good:  the same keys on both sides

Mend:  add the missing part, or say `only:` with the languages that the card has.
"""

from __future__ import annotations

from collections.abc import Iterator

from deckgen.checks.proof import Proof
from deckgen.deck import ClozeText, Content, ItemList
from deckgen.finding import Finding
from deckgen.markup import cloze
from deckgen.written import Text

CODE = "B07"


def check(proof: Proof) -> Iterator[Finding]:
    """Compare each language of a card with its first."""
    for card in proof.deck.cards:
        (first, primary), *others = card.contents.items()
        for lang, content in others:
            message = _difference(first, primary, content)
            if message:
                yield Finding(
                    _first_text(content).whole,
                    CODE,
                    message,
                    "give both sides the same parts",
                    card.id.value,
                    lang,
                )


def _difference(first: str, primary: Content, content: Content) -> str:
    if content.kind != primary.kind:
        return f"this is {content.kind.words}, but `{first}` is {primary.kind.words}"
    if isinstance(content, ItemList) and isinstance(primary, ItemList):
        keys, wanted = ([item.key.value for item in side.items] for side in (content, primary))
        if keys != wanted:
            return f"the list has the keys {', '.join(keys)}, but `{first}` has {', '.join(wanted)}"
    if isinstance(content, ClozeText) and isinstance(primary, ClozeText):
        here, there = (
            sorted({d.number for d in cloze.scan(side.text.value)[0]}) for side in (content, primary)
        )
        if here != there:
            return f"this hides {len(here)} numbered parts, but `{first}` hides {len(there)}"
    return ""


def _first_text(content: Content) -> Text:
    return content.text if isinstance(content, ClozeText) else content.question
