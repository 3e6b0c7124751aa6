"""Note types that a learner changed: their templates and style sheet, shown as a diff."""

from __future__ import annotations

import difflib
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from deckgen.building.steps import Ready
from deckgen.deck import NO_LANGUAGE
from deckgen.editing.author import lock_as_built
from deckgen.lock.advance import type_digest
from deckgen.notes.note_types import NoteType, Template
from deckgen.notes.render import Rendered
from deckgen.packing import collection
from deckgen.packing.collection import ShippedType
from deckgen.packing.protobuf import Message
from deckgen.packing.tables import Tables
from deckgen.packing.unlike import Unlike, unlike

#: At most so many lines of a diff are shown, each of at most so many characters.
LINES, _LONGEST = 40, 200
#: At most so many lines are compared, which takes as many steps as the square of it.
COMPARED = 3_000


@dataclass(frozen=True, slots=True)
class Restyled:
    """A note type that the learner changed: its role and name, and what changed, as lines of a diff.

    If its fields or templates are `unlike` ours, no import changes its notes. Of one that a person named,
    `files` are those into which the change came. `reason` is why it can't come, and `hint` what helps.
    """

    role: str
    name: str
    lines: tuple[str, ...]
    unlike: tuple[Unlike, ...] = ()
    files: tuple[str, ...] | None = None
    reason: str = ""
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Looks:
    """A note type of a collection: its style sheet, the name, front and back of each template, its fields.

    It was changed at the time `stamp`, in seconds.
    """

    name: str
    css: str
    templates: tuple[tuple[str, str, str], ...]
    fields: tuple[str, ...]
    stamp: int

    @property
    def sheets(self) -> tuple[str, ...]:
        """The style sheet, then the front and back of each template."""
        return (self.css, *(side for _, *sides in self.templates for side in sides))


def read(files: Iterable[Path]) -> Mapping[int, Looks]:
    """How the note types of one learner look, by number. Raises collection.Unreadable."""
    return {number: looks for file in files for number, looks in _read(file).items()}


def _read(file: Path) -> Mapping[int, Looks]:
    with collection.opened(file) as tables:
        if "notetypes" in tables:
            return _newer(tables)
        return {
            int(number): Looks(
                str(model.get("name", "")),
                str(model.get("css", "")),
                tuple(
                    (str(one.get("name", "")), str(one.get("qfmt", "")), str(one.get("afmt", "")))
                    for one in model["tmpls"]
                ),
                tuple(str(one.get("name", "")) for one in model["flds"]),
                int(model.get("mod", 0)),
            )
            for number, model in collection.older(tables, "models").items()
        }


def _newer(tables: Tables) -> dict[int, Looks]:
    """The same of schema 18; the numbers of the values stand in proto/anki/notetypes.proto."""
    templates: dict[int, list[tuple[int, tuple[str, str, str]]]] = {}
    for number, place, name, config in collection.few(tables, "templates", "ntid", "ord", "name", "config"):
        message = Message(config)
        sides = str(name), message.text(1), message.text(2)
        templates.setdefault(number, []).append((int(place), sides))
    fields: dict[int, list[tuple[int, str]]] = {}
    for number, place, name in collection.few(tables, "fields", "ntid", "ord", "name"):
        fields.setdefault(number, []).append((int(place), str(name)))
    return {
        number: Looks(
            str(name),
            Message(config).text(3),
            tuple(sides for _, sides in sorted(templates.get(number, []))),
            tuple(field for _, field in sorted(fields.get(number, []))),
            int(stamp),
        )
        for number, name, stamp, config in collection.few(
            tables, "notetypes", "id", "name", "mtime_secs", "config"
        )
    }


def changed(
    item: Ready,
    rendered: Rendered,
    there: Mapping[int, Looks],
    shipped: Mapping[int, ShippedType],
    named: Container[str] = (),
) -> Iterator[Restyled]:
    """The note types of a package that a learner has otherwise than any build is known to have made them.

    Of those that a person `named`, also such as an older build made: the learner may have gone back to it.
    """
    for role, ours in rendered.note_types.items():
        theirs = there.get(ours.number)
        if theirs is None:
            continue
        digests, given = _digests(ours, theirs), _given(item, rendered.lang, role)
        is_named = role in named or ours.name in named
        is_known = type_digest(ours) in digests or (
            not is_named and any(digest in digests for digest in given)
        )
        lines = () if is_known else tuple(islice(_diff(ours, theirs), LINES))
        parts = unlike(ours, shipped[ours.number]) if ours.number in shipped else ()
        if lines or parts:
            yield Restyled(role, ours.name, lines, parts)


def _given(item: Ready, lang: str, role: str) -> Iterator[str]:
    """The hashes of all that a build is known to have made of a type, also before the deck had languages.

    The lock in the folder is asked at last: after a build that was taken back, it is not the one that counts.
    """
    keys = (lang, role), (NO_LANGUAGE, role)
    for lock in (item.lock, *item.held.given, *item.held.elsewhere):
        yield from (lock.note_types[key].digest for key in keys if key in lock.note_types)
    lock = lock_as_built(item.deck.folder, item.deck)
    yield from (lock.note_types[key].digest for key in keys if key in lock.note_types)


def _digests(ours: NoteType, theirs: Looks) -> set[str]:
    """The hashes of the learner's templates and style under our names, and under those that it has there.

    An older build may have called the type, its spare fields or its templates otherwise, and have had fewer
    templates; what has one that we lack is of no build.
    """
    pairs = [(one, sides) for one, sides in _pairs(ours, theirs) if sides is not None]
    templates = tuple(
        replace(one, front=front, back=back) for one, (_, front, back) in pairs if one is not None
    )
    if len(templates) < len(pairs):
        return set()
    seen = replace(ours, css=theirs.css, templates=templates)
    if len(theirs.fields) != len(ours.fields):
        return {type_digest(seen)}
    named = tuple(replace(one, name=name) for one, name in zip(ours.fields, theirs.fields, strict=True))
    called = tuple(replace(one, name=name) for one, (_, (name, _, _)) in zip(templates, pairs, strict=True))
    older = replace(seen, name=theirs.name, fields=named, templates=called)
    return {type_digest(seen), type_digest(older)}


def _pairs(ours: NoteType, theirs: Looks) -> Iterator[tuple[Template | None, tuple[str, str, str] | None]]:
    """Our templates, each with the learner's in its place, or, where one of both has more, of its name."""
    if len(ours.templates) == len(theirs.templates):
        yield from zip(ours.templates, theirs.templates, strict=True)
        return
    left = {sides[0]: sides for sides in theirs.templates}
    yield from ((one, left.pop(one.name, None)) for one in ours.templates)
    yield from ((None, sides) for sides in left.values())


def typed(text: str) -> str:
    """A template or style sheet as Anki's window for them writes it: with plain blanks."""
    return text.replace("\xa0", " ")


def _diff(ours: NoteType, theirs: Looks) -> Iterator[str]:
    """What is otherwise than here; of a template that only one of both has, all."""
    parts = [("style", ours.css, theirs.css)]
    for one, sides in _pairs(ours, theirs):
        name, front, back = sides or ("", "", "")
        here = one or Template(name, None, "", "")
        parts += [(f"{here.name}, front", here.front, front), (f"{here.name}, back", here.back, back)]
    for name, left, right in parts:
        yield from diff(left, right, f"ours: {name}", f"theirs: {name}")


def diff(left: str, right: str, one: str, two: str) -> Iterator[str]:
    """What is otherwise in two texts with the names `one` and `two`; nobody sees lines without anything."""
    before, after = (typed(text).splitlines()[:COMPARED] for text in (left, right))
    if [*filter(str.strip, before)] != [*filter(str.strip, after)]:
        for line in difflib.unified_diff(before, after, one, two, n=1, lineterm=""):
            yield line[:_LONGEST]
