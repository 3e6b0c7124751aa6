"""Notes become an `.apkg` file. The only module that imports genanki.

genanki 0.13.1 packs; three of its habits are overridden, because Anki's importer
punishes them: it stamps everything with the build time (every build then
overwrites learners' edits), works out cards by rules that differ from Anki's,
and writes a zip that differs from run to run.

The container is the "legacy" one (SQLite, schema 11): every Anki since 2.1 reads
it, and it loses nothing that a package of new cards needs.
"""

from __future__ import annotations

import json
import lzma
import shutil
import sqlite3
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import genanki

from deckgen.deck import Deck
from deckgen.identity import number
from deckgen.lock import Lock, dump
from deckgen.notetypes import NoteType, role_of
from deckgen.render import Note, Rendered

_COLLECTION = "collection.anki2"
_MEDIA_LIST = "media"
# Anki passes over other members. With its own lock, a package tells all that is needed to go on from it.
_LOCK = "deckgen.lock"
# The earliest date that a zip can hold: no build time in the file.
_DATE = (1980, 1, 1, 0, 0, 0)
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


class _Model(genanki.Model):  # type: ignore[misc]  # genanki has no types
    """A note type with its own modification stamp."""

    def __init__(self, note_type: NoteType, stamp: int) -> None:
        super().__init__(
            model_id=note_type.number,
            name=note_type.name,
            fields=[
                {"name": field.name, "id": field.number, "preventDeletion": True}
                for field in note_type.fields
            ],
            templates=[
                {"name": template.name, "id": template.number, "qfmt": template.front, "afmt": template.back}
                for template in note_type.templates
            ],
            css=note_type.css,
            model_type=self.CLOZE if note_type.role == "cloze" else self.FRONT_BACK,
        )
        self._stamp = stamp

    @property
    def _req(self) -> list[object]:
        """Which fields a card needs: left to Anki, which works it out on import."""
        return []

    def to_json(self, timestamp: float, deck_id: int) -> dict[str, Any]:  # noqa: ARG002  # genanki's signature
        return {**super().to_json(self._stamp, deck_id), "did": None}


class _Note(genanki.Note):  # type: ignore[misc]
    """A note that knows its stamp, its id and its cards."""

    def __init__(self, note: Note, model: _Model, stamp: int, note_id: int, position: int) -> None:
        super().__init__(model=model, fields=list(note.fields), tags=note.tags, guid=note.guid, due=position)
        self._ordinals = note.ordinals
        self._stamp = stamp
        self._note_id = note_id

    def write_to_db(
        self,
        cursor: sqlite3.Cursor,
        timestamp: float,  # noqa: ARG002  # genanki's signature
        deck_id: int,
        id_gen: Iterator[int],  # noqa: ARG002
    ) -> None:
        row = (
            self._note_id, self.guid, self.model.model_id, self._stamp, -1,
            self._format_tags(), self._format_fields(), self.fields[0], 0, 0, "",
        )  # fmt: skip
        cursor.execute("INSERT INTO notes VALUES(?,?,?,?,?,?,?,?,?,?,?)", row)
        for ordinal in self._ordinals:
            card_id = iter((self._note_id + ordinal,))
            genanki.Card(ordinal).write_to_db(cursor, self._stamp, deck_id, self._note_id, card_id, self.due)


def write(target: Path, deck: Deck, rendered: Rendered, note_types: Sequence[NoteType], lock: Lock) -> None:
    """Write one package to `target`.

    `lock` must have a line for every note and note type: stamps and ids come
    from there, so the same source and lock give the same bytes. Raises OSError
    when a media file or the target fails.
    """
    database = _database(deck, rendered, note_types, lock)
    with zipfile.ZipFile(target, "w") as package:
        _add(package, _COLLECTION, database)
        _add(package, _LOCK, dump(lock.only(rendered.lang)).encode())
        names = {str(index): name for index, name in enumerate(rendered.media)}
        _add(package, _MEDIA_LIST, json.dumps(names, ensure_ascii=False).encode())
        for index, name in names.items():
            _add_file(package, index, rendered.media[name], name)


def same(left: Path, right: Path) -> bool:
    """Whether two packages hold the same, however their zips are compressed.

    zlib and its successors compress to different bytes, so a package built on
    another machine is compared by what is in it.
    """
    try:
        with zipfile.ZipFile(left) as one, zipfile.ZipFile(right) as two:
            if _members(one) != _members(two):
                return False
            return all(one.read(name) == two.read(name) for name in (_COLLECTION, _LOCK, _MEDIA_LIST))
    except (
        OSError,
        zipfile.BadZipFile,
        KeyError,
        ValueError,
        RuntimeError,
        NotImplementedError,
        EOFError,
        zlib.error,
        lzma.LZMAError,
    ):
        # What can't be read, for whatever reason, is to be written anew.
        return False


def _members(package: zipfile.ZipFile) -> list[tuple[str, int, int]]:
    return [(info.filename, info.file_size, info.CRC) for info in package.infolist()]


def _database(deck: Deck, rendered: Rendered, note_types: Sequence[NoteType], lock: Lock) -> bytearray:
    lang = rendered.lang
    models = {item.role: _Model(item, lock.note_types[lang, item.role].stamp) for item in note_types}
    packed = genanki.Deck(
        number("deck", deck.key.value, lock.namespace(lang)), deck.title[lang].value, rendered.description
    )
    for model in models.values():
        packed.add_model(model)
    connection = sqlite3.connect(":memory:")
    try:
        # Without it, versions of SQLite leave different bytes in unused space.
        connection.execute("PRAGMA secure_delete = ON")
        cursor = connection.cursor()
        genanki.Package(packed).write_to_db(cursor, 0, iter(()))
        # One by one: 100,000 notes at once would take 100 MB.
        for position, note in enumerate(rendered.notes, start=1):
            line = lock.notes[note.card, lang]
            one = _Note(note, models[role_of(note.kind)], line.stamp, line.note_id, position)
            one.write_to_db(cursor, 0, packed.deck_id, iter(()))
        connection.commit()
        connection.execute("VACUUM")
        return _normalised(connection.serialize())
    finally:
        connection.close()


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
    package.writestr(_info(name, name), content)


def _add_file(package: zipfile.ZipFile, name: str, path: Path, stored_as: str) -> None:
    info = _info(name, stored_as)
    info.file_size = path.stat().st_size
    with path.open("rb") as source, package.open(info, "w") as member:
        shutil.copyfileobj(source, member, 1 << 20)
