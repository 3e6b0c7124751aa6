"""What keeps Anki from taking a learner's note type for ours: then no import changes its notes.

Fields and templates must be the same, one by one (`Notetype::equal_schema`): the same number where both have
one, else the same name (`is_match`, rslib/src/notetype/merge.rs). So a new name does no harm.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from deckgen.notes.note_types import Field, NoteType, Template
from deckgen.packing.collection import Named, ShippedType


@dataclass(frozen=True, slots=True)
class Unlike:
    """How the fields or the templates, by `what` they are, differ from ours.

    `added` are those that only the learner has, and `lost` those that only we have. `renamed` are those
    without a number that have another name there: that one, and ours. `moved` are the names of ours in their
    order where those of both are in another one there, else none.
    """

    what: str
    added: tuple[str, ...]
    lost: tuple[str, ...]
    renamed: tuple[tuple[str, str], ...]
    moved: tuple[str, ...]


def unlike(ours: NoteType, theirs: ShippedType) -> tuple[Unlike, ...]:
    """How a note type differs from ours in Anki's eyes: nothing, or its fields, its templates, or both."""
    both = (
        _compared("field", ours.fields, theirs.named_fields),
        _compared("template", ours.templates, theirs.templates),
    )
    return tuple(one for one in both if one.added or one.lost or one.renamed or one.moved)


def taken_for(ours: NoteType, theirs: Mapping[int, ShippedType]) -> int:
    """The number of the type of a collection whose notes an import changes with those of ours.

    It is that of our own number, or, where that is unlike ours, one that an import made in its place
    (`get_target_notetype` and `notetype_id_map`, rslib/src/import_export/package/apkg/import/notes.rs).
    """
    own = theirs.get(ours.number)
    if own is None or not unlike(ours, own):
        return ours.number
    instead = (
        number for number, one in theirs.items() if one.instead_of == ours.number and not unlike(ours, one)
    )
    return next(instead, ours.number)


def _compared(what: str, parts: Sequence[Field | Template], theirs: tuple[Named, ...]) -> Unlike:
    ours = [(part.name, part.number) for part in parts]
    places = [next(iter(found), None) for found in matches(parts, theirs)]
    # What lies where ours is missing is ours by another name, unless numbers say that it is something else.
    renamed = [
        at
        for at, (own, one) in enumerate(zip(ours, theirs, strict=False))
        if places[at] is None and at not in places and None in (own[1], one[1])
    ]
    there = [at for at in places if at is not None]
    return Unlike(
        what,
        tuple(name for at, (name, _) in enumerate(theirs) if at not in (*there, *renamed)),
        tuple(name for at, (name, _) in enumerate(ours) if places[at] is None and at not in renamed),
        tuple((theirs[at][0], ours[at][0]) for at in renamed),
        tuple(name for name, _ in ours) if there != sorted(there) else (),
    )


def matches(parts: Sequence[Field | Template], theirs: tuple[Named, ...]) -> tuple[tuple[int, ...], ...]:
    """Where a learner has each of our fields or templates; nowhere, or several times where one is copied."""
    return _matches(tuple((part.name, part.number) for part in parts), theirs)


@lru_cache(maxsize=64)
def _matches(ours: tuple[Named, ...], theirs: tuple[Named, ...]) -> tuple[tuple[int, ...], ...]:
    return tuple(tuple(at for at, one in enumerate(theirs) if _is_match(one, own)) for own in ours)


def _is_match(one: Named, two: Named) -> bool:
    if one[1] is not None and two[1] is not None:
        return one[1] == two[1]
    return one[0] == two[0]
