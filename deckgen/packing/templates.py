"""Which templates the note types of a collection have, and which of them are ours.

A learner can move, rename, remove and add templates, and a card is known only by the place of its template
(`ord`). From Anki 23.10 on a template also has an id, which stays when it is moved or renamed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from deckgen.notes.note_types import NoteType
from deckgen.packing import collection
from deckgen.packing.collection import Named
from deckgen.packing.tables import Tables


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
    found = collection.note_types(tables)
    return {number: Templates(one.is_cloze, one.templates) for number, one in found.items()}


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
