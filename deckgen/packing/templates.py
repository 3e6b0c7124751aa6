"""Which templates the note types of a collection have, and which of them are ours.

A learner can move, rename, remove and add templates, and a card is known only by the place of its template
(`ord`). From Anki 23.10 on a template also has an id, which stays when it is moved or renamed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from deckgen.notes.note_types import NoteType
from deckgen.packing import collection
from deckgen.packing.protobuf import Message
from deckgen.packing.tables import Tables

#: A template by its name and its id, which old ones lack.
Named = tuple[str, int | None]
#: `Kind` of a note type whose cards are the deletions of its notes (proto/anki/notetypes.proto).
_CLOZE = 1


@dataclass(frozen=True, slots=True)
class Templates:
    """Those of a note type in their order; those of a cloze say nothing of its cards."""

    is_cloze: bool
    named: tuple[Named, ...]


@dataclass(frozen=True, slots=True)
class Matched:
    """Our numbers of cards, from 1, by the learner's, from 0; `doubtful` are numbers that may be ours."""

    numbers: Mapping[int, int]
    doubtful: frozenset[int]


def of(note_type: NoteType) -> Templates:
    """Those of one of our note types."""
    return Templates(note_type.is_cloze, tuple((one.name, one.number) for one in note_type.templates))


def read(tables: Tables) -> Mapping[int, Templates]:
    """Those of all note types by number. Raises ValueError, and what json and SQLite raise."""
    if "notetypes" in tables:
        return _newer(tables)
    return {
        int(number): Templates(
            model.get("type") == _CLOZE, tuple((str(one.get("name", "")), _id(one)) for one in model["tmpls"])
        )
        for number, model in collection.older(tables, "models").items()
    }


def _id(template: Mapping[str, object]) -> int | None:
    found = template.get("id")
    return found if isinstance(found, int) else None


def _newer(tables: Tables) -> Mapping[int, Templates]:
    """The same of schema 18; the numbers of the values stand in proto/anki/notetypes.proto."""
    found: dict[int, list[tuple[int, Named]]] = {}
    for number, place, name, config in collection.few(tables, "templates", "ntid", "ord", "name", "config"):
        found.setdefault(number, []).append((int(place), (str(name), Message(config).optional(8))))
    return {
        number: Templates(
            Message(config).number(1) == _CLOZE,
            tuple(named for _, named in sorted(found.get(number, ()), key=lambda one: one[0])),
        )
        for number, config in collection.few(tables, "notetypes", "id", "config")
    }


def matched(ours: Templates, theirs: Templates) -> Matched:
    """Match templates by their ids, and by their names where one of both has none.

    Where one of ours is left, one of theirs that is left may be it, with another name, or be the learner's.
    """
    by_id = {number: place for place, (_, number) in enumerate(theirs.named) if number is not None}
    by_name = {name: (place, number) for place, (name, number) in enumerate(theirs.named)}
    found: dict[int, int] = {}
    left = []
    for card, (name, number) in enumerate(ours.named, start=1):
        place = by_id.get(number) if number is not None else None
        if place is None:
            left.append((card, name, number))
        else:
            found.setdefault(place, card)
    for card, name, number in left:
        place, other = by_name.get(name, (None, None))
        if place is not None and None in (number, other):
            found.setdefault(place, card)
    missing = len(found) < len(ours.named)
    others = range(len(theirs.named)) if missing else ()
    return Matched(found, frozenset(place for place in others if place not in found))
