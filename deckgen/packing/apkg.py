"""Pack notes into an `.apkg` file. The only module that imports genanki.

genanki 0.13.1 makes the collection: its tables, note types and deck. Three of its habits
are overridden, because Anki's importer punishes them: it stamps everything with the build
time (every build then overwrites learners' edits), works out cards by rules that differ
from Anki's, and writes a zip that differs from run to run.

The container is the "legacy" one (SQLite, schema 11): every Anki since 2.1 reads
it, and it loses nothing that a package of new cards needs.
"""

from __future__ import annotations

import functools
import json
import shutil
import sqlite3
import sys
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import field
from pathlib import Path
from typing import Any, NamedTuple

from deckgen.fixed import fixed
from deckgen.notes.faces import needs
from deckgen.notes.note_types import NoteType
from deckgen.packing import zips

# genanki takes one function from this package, which Python has by now; the package loads asyncio (12 ms).
sys.modules.setdefault("cached_property", functools)
import genanki  # noqa: E402

if sys.modules["cached_property"] is functools:
    del sys.modules["cached_property"]

_COLLECTION = "collection.anki2"
_MEDIA_LIST = "media"
# The earliest date that a zip can hold, so that no build time is in the file.
_DATE = (1980, 1, 1, 0, 0, 0)
# zlib's level, from 1 to 9: 10,000 notes are packed in half the time that its usual 6 takes, and 5 % larger.
_LEVEL = 4
_COMPRESSED = (
    ".apkg",
    ".avif",
    ".flac",
    ".gif",
    ".jpeg",
    ".jpg",
    ".m4a",
    ".mp3",
    ".mp4",
    ".ogg",
    ".png",
    ".webm",
    ".webp",
)


# The rows that genanki would write for notes and new cards, but written in one call, with our own stamps.
_NOTE = "INSERT INTO notes VALUES(?,?,?,?,-1,?,?,?,0,0,'')"
_CARD = "INSERT INTO cards VALUES(?,?,?,?,?,-1,0,0,?,0,0,0,0,0,0,0,0,'')"


@fixed
class PackedDeck:
    """A deck; the name of a deck inside another one is written `Rivers::Asia`. `description` is HTML."""

    number: int
    name: str
    description: str = ""


@fixed
class PackedType:
    """A note type and the time of its last change, in seconds since 1970."""

    note_type: NoteType
    stamp: int


class PackedNote(NamedTuple):
    """A note of the note type and in the deck with these numbers; `ordinals` are its new cards, from 0."""

    number: int
    guid: str
    note_type: int
    deck: int
    stamp: int
    fields: tuple[str, ...]
    tags: tuple[str, ...]
    ordinals: tuple[int, ...]


@fixed
class Contents:
    """What goes into a package: notes in the order of study, media files by the names in their texts.

    `members` are files beside the collection, which Anki passes over.
    """

    decks: Sequence[PackedDeck]
    note_types: Sequence[PackedType]
    notes: Sequence[PackedNote]
    media: Mapping[str, Path] = field(default_factory=dict)
    members: Mapping[str, bytes] = field(default_factory=dict)


class _Model(genanki.Model):  # type: ignore[misc]  # genanki has no types
    """A note type with its own modification stamp."""

    def __init__(self, packed: PackedType) -> None:
        note_type = packed.note_type
        super().__init__(
            model_id=note_type.number,
            name=note_type.name,
            fields=_fields(note_type),
            templates=_templates(note_type),
            css=note_type.css,
            model_type=self.CLOZE if note_type.is_cloze else self.FRONT_BACK,
            sort_field_index=note_type.sort_field,
        )
        self._stamp = packed.stamp
        stock = {"originalStockKind": note_type.stock} if note_type.stock else {}
        self._more = stock | {
            key: value for key, value in note_type.options.items() if not isinstance(value, list)
        }
        self._adopted = note_type.adopted
        self._needs = needs(note_type)

    @property
    def _req(self) -> list[tuple[int, str, list[int]]]:
        """Which fields a card needs, for Anki before 2.1.28."""
        return self._needs

    def to_json(self, timestamp: float, deck_id: int) -> dict[str, Any]:  # noqa: ARG002  # genanki's signature
        made = {**super().to_json(self._stamp, deck_id), "did": None, **self._more}
        if self._adopted:  # what Anki left behind long ago, it would keep among the options of the type
            made = {key: value for key, value in made.items() if key not in ("tags", "vers")}
            made["flds"] = [{k: v for k, v in one.items() if k != "media"} for one in self.fields]
        return made


def _fields(note_type: NoteType) -> list[dict[str, Any]]:
    """The fields of a note type in Anki's JSON; genanki adds what is missing."""
    if note_type.adopted:
        # Anki's own fields begin with this font (rslib/src/notetype/fields.rs); genanki's with another.
        more = _options(note_type, "flds", len(note_type.fields))
        return [
            {"font": "Arial", **its, "name": one.name, **_id(one.number)}
            for one, its in zip(note_type.fields, more, strict=True)
        ]
    return [
        {"name": field.name, "id": field.number, "preventDeletion": True}
        | ({"tag": field.tag} if field.tag is not None else {})
        for field in note_type.fields
    ]


def _templates(note_type: NoteType) -> list[dict[str, Any]]:
    more = _options(note_type, "tmpls", len(note_type.templates))
    return [
        {"name": one.name, **_id(one.number), "qfmt": one.front, "afmt": one.back, **its}
        for one, its in zip(note_type.templates, more, strict=True)
    ]


def _options(note_type: NoteType, key: str, count: int) -> list[dict[str, Any]]:
    """What else Anki keeps of each field or template of an adopted type."""
    given: list[dict[str, Any]] = note_type.options.get(key, [])
    return given if len(given) == count else [{} for _ in range(count)]


def _id(number: int | None) -> dict[str, int]:
    return {} if number is None else {"id": number}


def write(target: Path, contents: Contents) -> None:
    """Write one package to `target`: the same contents give the same bytes.

    Raises OSError when a media file or the target fails.
    """
    database = _database(contents)
    with zipfile.ZipFile(target, "w") as package:
        _add(package, _COLLECTION, database)
        for name, content in contents.members.items():
            _add(package, name, content)
        names = {str(index): name for index, name in enumerate(contents.media)}
        _add(package, _MEDIA_LIST, json.dumps(names, ensure_ascii=False).encode())
        for index, name in names.items():
            _add_file(package, index, contents.media[name], name)


def same(left: Path, right: Path) -> bool:
    """Whether two packages hold the same, however their zips are compressed.

    zlib and its successors compress to different bytes, so a package built on
    another machine is compared by what is in it.
    """
    try:
        with zips.opened(left) as one, zips.opened(right) as two:
            return _members(one) == _members(two) and all(
                zips.alike(one, two, name) for name in one.namelist()
            )
    except zips.DAMAGED:
        # A package that can't be read, for whatever reason, is to be written anew.
        return False


def _members(package: zipfile.ZipFile) -> list[tuple[str, int, int]]:
    return [(info.filename, info.file_size, info.CRC) for info in package.infolist()]


def _database(contents: Contents) -> bytearray:
    decks = [genanki.Deck(deck.number, deck.name, deck.description) for deck in contents.decks]
    for note_type in contents.note_types:
        decks[0].add_model(_Model(note_type))
    with closing(sqlite3.connect(":memory:")) as connection:
        # Without this, versions of SQLite leave different bytes in unused space.
        connection.execute("PRAGMA secure_delete = ON")
        cursor = connection.cursor()
        genanki.Package(decks).write_to_db(cursor, 0, iter(()))
        sorts = {one.note_type.number: one.note_type.sort_field for one in contents.note_types}
        cursor.executemany(_NOTE, _note_rows(contents.notes, sorts))
        cursor.executemany(_CARD, _card_rows(contents.notes))
        connection.commit()
        connection.execute("VACUUM")
        database = connection.serialize()
    # By now SQLite holds nothing: 100,000 notes take 50 MB, and there would be four of them.
    return _normalised(database)


def _note_rows(notes: Sequence[PackedNote], sorts: Mapping[int, int]) -> Iterator[tuple[object, ...]]:
    """The values for `_NOTE`, one note at a time: 100,000 notes at once would take 100 MB.

    `sorts` are the places of the sort fields by note type.
    """
    for number, guid, note_type, _, stamp, fields, tags, _ in notes:
        yield (
            number,
            guid,
            note_type,
            stamp,
            f" {' '.join(tags)} ",
            "\x1f".join(fields),
            fields[sorts[note_type]],
        )


def _card_rows(notes: Sequence[PackedNote]) -> Iterator[tuple[int, ...]]:
    """The values for `_CARD`. A card is due at its note's position."""
    for position, (number, _, _, deck, stamp, _, _, ordinals) in enumerate(notes, start=1):
        for ordinal in ordinals:
            yield number + ordinal, number, deck, ordinal, stamp, position


def _normalised(database: bytes) -> bytearray:
    """Clear what SQLite writes about itself: change counters and its own version.

    Bytes 24-27 and 92-99 of the header, https://www.sqlite.org/fileformat2.html
    """
    mended = bytearray(database)
    mended[24:28] = b"\0\0\0\1"
    mended[92:100] = b"\0" * 8
    return mended


def _info(name: str, stored_as: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, _DATE)
    info.create_system = 3
    info.external_attr = 0o100644 << 16
    info.compress_type = (
        zipfile.ZIP_STORED if stored_as.lower().endswith(_COMPRESSED) else zipfile.ZIP_DEFLATED
    )
    return info


def _add(package: zipfile.ZipFile, name: str, content: bytes | bytearray) -> None:
    package.writestr(_info(name, name), content, compresslevel=_LEVEL)


def _add_file(package: zipfile.ZipFile, name: str, path: Path, stored_as: str) -> None:
    info = _info(name, stored_as)
    info.file_size = path.stat().st_size
    with path.open("rb") as source, package.open(info, "w") as member:
        shutil.copyfileobj(source, member, 1 << 20)
