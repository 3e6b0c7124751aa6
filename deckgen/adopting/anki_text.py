"""Read what Anki exports as “Notes in Plain Text”: a row for each note, and lines that tell its columns.

Its writer is rslib/src/import_export/text/csv/export.rs. It has the names of note types, but not of their
fields, and neither templates nor numbers nor stamps.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from deckgen.adopting import anki_types, collected, plain
from deckgen.adopting.foreign import Foreign, ForeignField, ForeignNote, ForeignTemplate, ForeignType
from deckgen.packing.collection import MAX_NOTES, Unreadable

ONLY_NAMES = "note types of which it has only the name"
_CLOZE = re.compile(r"\{\{c\d+::")
#: What a deck needs of each note: what it is, and what to tick so that Anki exports it.
_NEEDED = {
    "guid": ("unique identifier", "Include unique identifier"),
    "notetype": ("note type", "Include note type name"),
    "tags": ("tags", "Include tags"),
}


@dataclass(frozen=True, slots=True)
class _Row:
    guid: str
    notetype: str
    deck: str
    tags: str
    fields: tuple[str, ...]


def is_one(header: dict[str, str]) -> bool:
    """Whether the lines at the beginning say that it is an export of Anki, or a file for its import."""
    return bool(header.keys() & {"separator", "html", "guid column", "notetype column", "columns"})


def read(written: str, path: Path) -> Foreign:
    """What an export says. Raises Unreadable, also for one without what a deck needs."""
    header, count, body = plain.headers(written)
    columns = _columns(header, path)
    found: list[_Row] = []
    for line, row in plain.rows(body, plain.separator(header, path) or "\t", path, count):
        if len(row) < max(columns.values()):
            raise Unreadable(f"the row that ends in line {line} of {path.as_posix()} has too few columns")
        if len(found) == MAX_NOTES:
            raise Unreadable(f"{path.as_posix()} has more than {MAX_NOTES} notes")
        found.append(_row(row, columns, header, path))
    if not found:
        raise Unreadable(f"{path.as_posix()} has no notes")
    return _foreign(found)


def _columns(header: dict[str, str], path: Path) -> dict[str, int]:
    """The columns, from 1, by what is in them."""
    name = path.as_posix()
    if header.get("html", "").strip().lower() != "true":
        tick = "Include HTML and media references"
        raise Unreadable(f"{name} has no HTML: export “Notes in Plain Text” with “{tick}” ticked")
    found = {}
    for key in ("guid", "notetype", "deck", "tags"):
        number = header.get(f"{key} column", "").strip()
        if re.fullmatch(r"[1-9][0-9]{0,3}", number):
            found[key] = int(number)
        elif key in _NEEDED and not header.get(key):
            lost, tick = _NEEDED[key]
            raise Unreadable(
                f"{name} doesn't say each note's {lost}: export “Notes in Plain Text” with “{tick}” ticked"
            )
    if len(set(found.values())) < len(found):
        raise Unreadable(f"{name} says twice what is in the same column")
    return found


def _row(row: list[str], columns: dict[str, int], header: dict[str, str], path: Path) -> _Row:
    given = {key: row[number - 1] for key, number in columns.items()}
    special = set(columns.values())
    fields = tuple(value for number, value in enumerate(row, start=1) if number not in special)
    deck = given.get("deck") or header.get("deck") or path.stem
    notetype = given.get("notetype") or header.get("notetype", "")
    tags = f"{header.get('tags', '')} {given.get('tags', '')}"
    return _Row(given.get("guid", ""), notetype, deck, tags, fields)


def _foreign(rows: list[_Row]) -> Foreign:
    """All rows are as long as the type with the most fields needs; other types leave columns empty."""
    widths: Counter[str] = Counter()
    clozes = set()
    for row in rows:
        filled = max((place for place, text in enumerate(row.fields, start=1) if text), default=0)
        widths[row.notetype] = max(widths[row.notetype], filled)
        if row.fields and _CLOZE.search(row.fields[0]):
            clozes.add(row.notetype)
    names = list(widths)
    types = {
        number: _named_only(name, max(2, widths[name]), is_cloze=name in clozes)
        for number, name in enumerate(names)
    }
    numbers = {name: number for number, name in enumerate(names)}
    makes = {number: anki_types.cards(kind) for number, kind in types.items()}
    left: Counter[str] = Counter({ONLY_NAMES: len(types)})
    notes = []
    for row in rows:
        if not row.guid:
            left[collected.NO_GUID] += 1
            continue
        number = numbers[row.notetype]
        width = len(types[number].fields)
        fields = (row.fields + ("",) * width)[:width]
        tags, dropped = collected.tags(row.tags)
        left[collected.DROPPED_TAGS] += dropped
        cards = dict.fromkeys(makes[number](fields, tags), row.deck)
        notes.append(ForeignNote(row.guid, number, fields, tags, cards))
    return Foreign(
        types=types,
        notes=notes,
        left_out={said: count for said, count in left.items() if count},
        named={ONLY_NAMES: tuple(names)},
    )


def _named_only(name: str, width: int, *, is_cloze: bool) -> ForeignType:
    """A note type with fields and templates as Anki's own have them: the file says nothing of them."""
    fields = tuple(ForeignField(f"Field {number}") for number in range(1, width + 1))
    more = "<br>\n".join(f"{{{{{field.name}}}}}" for field in fields[1:])
    first = "{{cloze:Field 1}}" if is_cloze else "{{Field 1}}"
    back = f"{first}<br>\n{more}" if is_cloze else f"{{{{FrontSide}}}}\n\n<hr id=answer>\n\n{more}"
    return ForeignType(name, is_cloze, fields, (ForeignTemplate("Card 1", first, back),), css="")
