"""Note types that a learner changed: their templates and style sheet, shown as a diff and never taken."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from deckgen.building.steps import Ready
from deckgen.lock.advance import type_digest
from deckgen.lock.lines import Lock
from deckgen.notes.note_types import NoteType
from deckgen.notes.render import Rendered
from deckgen.packing import collection
from deckgen.packing.protobuf import Message
from deckgen.packing.tables import Tables

#: At most so many lines of a diff are shown, each of at most so many characters; so many lines are compared.
_LINES, _LONGEST, _COMPARED = 40, 200, 3_000


@dataclass(frozen=True, slots=True)
class Restyled:
    """A note type that the learner changed: its name, and what changed, as lines of a diff."""

    name: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Looks:
    """The style sheet of a note type, and the front and back of each of its templates."""

    css: str
    templates: tuple[tuple[str, str], ...]


def read(files: Iterable[Path]) -> Mapping[int, Looks]:
    """How the note types of one learner look, by number. Raises collection.Unreadable."""
    return {number: looks for file in files for number, looks in _read(file).items()}


def _read(file: Path) -> Mapping[int, Looks]:
    with collection.opened(file) as tables:
        if "notetypes" in tables:
            return _newer(tables)
        return {
            int(number): Looks(
                str(model.get("css", "")),
                tuple((str(one.get("qfmt", "")), str(one.get("afmt", ""))) for one in model["tmpls"]),
            )
            for number, model in collection.older(tables, "models").items()
        }


def _newer(tables: Tables) -> dict[int, Looks]:
    """The same of schema 18; the numbers of the values stand in proto/anki/notetypes.proto."""
    templates: dict[int, list[tuple[int, tuple[str, str]]]] = {}
    for number, place, config in collection.few(tables, "templates", "ntid", "ord", "config"):
        message = Message(config)
        templates.setdefault(number, []).append((int(place), (message.text(1), message.text(2))))
    return {
        number: Looks(Message(config).text(3), tuple(sides for _, sides in sorted(templates.get(number, []))))
        for number, config in collection.few(tables, "notetypes", "id", "config")
    }


def changed(item: Ready, rendered: Rendered, there: Mapping[int, Looks]) -> Iterator[Restyled]:
    """The note types of a package that a learner has otherwise than any build is known to have made them."""
    for role, ours in rendered.note_types.items():
        theirs = there.get(ours.number)
        if theirs is None or len(theirs.templates) != len(ours.templates):
            continue
        given = {lock.note_types[rendered.lang, role].digest for lock in _locks(item, rendered.lang, role)}
        if type_digest(_as_ours(ours, theirs)) not in {type_digest(ours), *given}:
            lines = tuple(islice(_diff(ours, theirs), _LINES))
            if lines:
                yield Restyled(ours.name, lines)


def _locks(item: Ready, lang: str, role: str) -> Iterator[Lock]:
    yield from (
        lock
        for lock in (item.lock, *item.held.given, *item.held.elsewhere)
        if (lang, role) in lock.note_types
    )


def _as_ours(ours: NoteType, theirs: Looks) -> NoteType:
    templates = tuple(
        replace(one, front=front, back=back)
        for one, (front, back) in zip(ours.templates, theirs.templates, strict=True)
    )
    return replace(ours, css=theirs.css, templates=templates)


def _diff(ours: NoteType, theirs: Looks) -> Iterator[str]:
    parts = [("style", ours.css, theirs.css)]
    for one, (front, back) in zip(ours.templates, theirs.templates, strict=True):
        parts += [(f"{one.name}, front", one.front, front), (f"{one.name}, back", one.back, back)]
    for name, left, right in parts:
        before, after = (text.splitlines()[:_COMPARED] for text in (left, right))
        for line in difflib.unified_diff(before, after, f"ours: {name}", f"theirs: {name}", n=1, lineterm=""):
            yield line[:_LONGEST]
