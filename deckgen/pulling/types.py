"""Note types that a learner changed: their templates and style sheet, shown as a diff and never taken."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from deckgen.adopting import anki_types
from deckgen.adopting.foreign import ForeignType
from deckgen.building.steps import Ready
from deckgen.lock.advance import type_digest
from deckgen.lock.lines import Lock
from deckgen.notes.note_types import NoteType
from deckgen.notes.render import Rendered
from deckgen.packing import collection

#: At most so many lines of a diff are shown, each of at most so many characters; so many lines are compared.
_LINES, _LONGEST, _COMPARED = 40, 200, 3_000


@dataclass(frozen=True, slots=True)
class Restyled:
    """A note type that the learner changed: its name, and what changed, as lines of a diff."""

    name: str
    lines: tuple[str, ...]


def read(file: Path) -> Mapping[int, ForeignType]:
    """The note types of a file by number. Raises collection.Unreadable."""
    with collection.opened(file) as tables:
        if "notetypes" in tables:
            return anki_types.newer(tables, {})
        models = collection.older(tables, "models")
        return {int(number): anki_types.from_json(model, {}) for number, model in models.items()}


def changed(item: Ready, rendered: Rendered, there: Mapping[int, ForeignType]) -> Iterator[Restyled]:
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


def _as_ours(ours: NoteType, theirs: ForeignType) -> NoteType:
    templates = tuple(
        replace(one, front=other.front, back=other.back)
        for one, other in zip(ours.templates, theirs.templates, strict=True)
    )
    return replace(ours, css=theirs.css, templates=templates)


def _diff(ours: NoteType, theirs: ForeignType) -> Iterator[str]:
    parts = [("style", ours.css, theirs.css)]
    for one, other in zip(ours.templates, theirs.templates, strict=True):
        parts += [(f"{one.name}, front", one.front, other.front), (f"{one.name}, back", one.back, other.back)]
    for name, left, right in parts:
        before, after = (text.splitlines()[:_COMPARED] for text in (left, right))
        for line in difflib.unified_diff(before, after, f"ours: {name}", f"theirs: {name}", n=1, lineterm=""):
            yield line[:_LONGEST]
