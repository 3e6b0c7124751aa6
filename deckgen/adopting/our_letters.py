"""What HTML does not tell and the lock knows: it has a hash of what the author typed for each card.

So what looks alike can be tried out: whether a text of several lines ends in a line break, and what the
fields of the deck's own note types are for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import product
from math import prod
from typing import Any

from deckgen.adopting.ours import OurNote, Ours
from deckgen.deck import Card, Deck
from deckgen.kinds import Content, ItemList, OwnFields, Role
from deckgen.notes.authored import authored, switches
from deckgen.notes.identity import short_hash
from deckgen.written import Text

#: So many ways are tried for a card, and so many cards of a note type.
_MOST_WAYS, _MOST_CARDS = 1 << 14, 20
_ROLES = (Role.OTHER, Role.QUESTION, Role.ANSWER, Role.NOTE)


@dataclass
class Letters:
    """Cards in whose texts no block ends in a line break, and what the fields of note types are for."""

    chomped: set[str] = field(default_factory=set)
    roles: dict[str, dict[str, Role]] = field(default_factory=dict)


def find(ours: Ours, deck: Deck) -> Letters:
    """What the hashes of the lock tell of a deck that was read as it was first written."""
    found = Letters()
    notes = {note.id: note for note in ours.notes}
    tried: dict[str, int] = {}
    for card in deck.cards:
        note, content = notes.get(card.id.value), card.contents.get(ours.lang)
        if note is None or content is None:
            continue
        known = found.roles.get(note.role, {})
        if isinstance(content, OwnFields) and not known.keys() >= {one.name.value for one in content.texts}:
            tried[note.role] = tried.get(note.role, 0) + 1
            if tried[note.role] > _MOST_CARDS:
                known = dict.fromkeys((one.name.value for one in content.texts), Role.OTHER) | known
        about = _about(ours, note)
        for way, chomped in _ways(content, known):
            if _hash(way, about, card) == note.line.authored:
                found.chomped |= {note.id} if chomped else set()
                if isinstance(way, OwnFields):
                    found.roles[note.role] = known | {one.name.value: one.role for one in way.texts}
                break
    return found


def _about(ours: Ours, note: OurNote) -> tuple[str, ...]:
    """What else is in the hash, as `render` has it: what is cited, and the files that the note shows."""
    shown = sorted(ours.shown("".join(note.fields.values())))
    fields = ("", "") if note.line.type else (note.fields.get("Source", ""), note.fields.get("See", ""))
    return (*fields, note.fields.get("Status", ""), *note.tags, *shown)


def _hash(content: Content, about: tuple[str, ...], card: Card) -> str:
    return short_hash("\x1f".join((authored(content), *about, switches(card))))


def _ways(content: Content, known: Mapping[str, Role]) -> Iterator[tuple[Content, bool]]:
    """What the author may have typed, and whether no block ends in a line break."""
    forms = [(content, False)]
    if (short := _chomped(content)) != content:
        forms.append((short, True))
    for form, chomped in forms:
        if not isinstance(form, OwnFields):
            yield form, chomped
            continue
        choices = [
            (one.role,) if one.role is Role.CLOZE else (known[name],) if name in known else _ROLES
            for name, one in ((one.name.value, one) for one in form.texts)
        ]
        for roles in product(*choices) if prod(map(len, choices)) <= _MOST_WAYS else ():
            texts = (replace(one, role=role) for one, role in zip(form.texts, roles, strict=True))
            yield OwnFields(form.type, tuple(texts)), chomped


def _chomped(content: Content) -> Content:
    """The same content, without the line breaks at the end of its texts."""

    def chomped(text: Text) -> Text:
        value = text.value.removesuffix("\n")
        return replace(text, value=value) if value != text.value else text

    if isinstance(content, OwnFields):
        return OwnFields(content.type, tuple(replace(one, text=chomped(one.text)) for one in content.texts))
    texts: dict[str, Any] = {
        name: chomped(text) for name in _TEXTS if (text := getattr(content, name, None)) is not None
    }
    if isinstance(content, ItemList):
        items = tuple(replace(item, text=chomped(item.text)) for item in content.items)
        return replace(content, items=items, **texts)
    return replace(content, **texts)


_TEXTS = ("question", "answer", "text", "note", "hint")
