"""Take numbers and stamps from a package of the same deck, where a file has none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

from deckgen.adopting.anki_text import ONLY_NAMES
from deckgen.adopting.foreign import Foreign, ForeignNote, ForeignType


def take(found: Foreign, like: Foreign, named: str) -> Foreign:
    """`found` with what `like`, the package called `named`, knows of types by name and of notes by guid.

    A type takes the numbers when its fields are the same, and the stamp when its templates and style are,
    too; of a type that is only a name, all is taken. A note takes the stamp when its type took the numbers
    and its fields are the same. Other stamps stay 0. What didn't match is counted in `left_out`.
    """
    only_names = frozenset(found.named.get(ONLY_NAMES, ()))
    theirs = {note.guid: note for note in reversed(like.notes)}
    alike = _same_names(found, like, theirs)
    types = {
        number: _type(kind, alike.get(number), only_name=kind.name in only_names)
        for number, kind in found.types.items()
    }
    left = Counter(found.left_out)
    missing = tuple(kind.name for kind in types.values() if not kind.number)
    left[f"note types that {named} doesn't have with these fields"] = len(missing)
    left[ONLY_NAMES] = len(only_names & {*missing})
    notes = []
    for note in found.notes:
        notes.append(_note(note, types[note.type], theirs.get(note.guid)))
        if note.guid not in theirs:
            left[f"notes that {named} doesn't have"] += 1
        elif not notes[-1].stamp:
            left[f"notes that differ in {named}"] += 1
    left[f"notes that only {named} has"] = len(theirs.keys() - {note.guid for note in found.notes})
    more = {f"note types that {named} doesn't have with these fields": missing}
    more[ONLY_NAMES] = tuple(name for name in missing if name in only_names)
    return replace(
        found,
        types=types,
        notes=notes,
        left_out={said: count for said, count in left.items() if count},
        named={said: names for said, names in {**found.named, **more}.items() if names},
    )


def _same_names(found: Foreign, like: Foreign, theirs: Mapping[str, ForeignNote]) -> dict[int, ForeignType]:
    """For each type that of `like` with its name; of several, the one that most of the same notes have."""
    votes = Counter((note.type, theirs[note.guid].type) for note in found.notes if note.guid in theirs)
    named: dict[str, list[int]] = {}
    for number, kind in like.types.items():
        named.setdefault(kind.name, []).append(number)
    return {
        number: like.types[max(named[kind.name], key=lambda other: votes[number, other])]
        for number, kind in found.types.items()
        if kind.name in named
    }


def _type(kind: ForeignType, other: ForeignType | None, *, only_name: bool) -> ForeignType:
    if other is None:
        return kind
    if only_name:
        return other if len(other.fields) >= len(kind.fields) else kind
    if [field.name for field in kind.fields] != [field.name for field in other.fields]:
        return kind
    if kind.is_cloze != other.is_cloze:
        return kind
    looks = [(one.name, one.front, one.back) for one in kind.templates]
    same = looks == [(one.name, one.front, one.back) for one in other.templates] and kind.css == other.css
    if same:
        return replace(other, options=kind.options, sort=kind.sort)
    numbers = {one.name: one.number for one in other.templates}
    return replace(
        kind,
        fields=other.fields,
        templates=tuple(replace(one, number=numbers.get(one.name)) for one in kind.templates),
        number=other.number,
    )


def _note(note: ForeignNote, kind: ForeignType, other: ForeignNote | None) -> ForeignNote:
    """With its type's fields: a file may not say how many the type has."""
    fields = note.fields + ("",) * (len(kind.fields) - len(note.fields))
    if other is None:
        return replace(note, fields=fields)
    deck = next(iter(note.cards.values()))
    stays = deck in other.cards.values()
    cards = other.cards if stays else dict.fromkeys(other.cards, deck)
    same = fields == other.fields and kind.number == other.type and kind.number != 0
    return replace(note, fields=fields, cards=cards, number=other.number, stamp=other.stamp if same else 0)
