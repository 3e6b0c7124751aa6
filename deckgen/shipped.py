"""What an Anki package or collection holds: packages of ours, exports, a learner's own file.

Both container formats are read: the older one (SQLite with JSON, schema 11) and
the newer one (zstd, schema 18). Nothing is written, and a file is read from a copy,
so that an open Anki is not disturbed.
"""

from __future__ import annotations

import json
import lzma
import shutil
import sqlite3
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from deckgen.lock import MAX_BYTES as MAX_LOCK_BYTES
from deckgen.stage import scratch

#: A collection may be large, but a package must not fill the disk with what it unpacks to.
MAX_BYTES = 4 << 30
#: SQLite's pages shrink to a tenth at most; what unpacks to more than a hundredfold, and this, is a trap.
_PLAUSIBLE = 256 << 20
_MOST_SHRUNK = 100
#: Bytes of a value in a database. The longest are the models of all note types.
_MOST_OF_VALUE = 100_000_000
_LOCK = "deckgen.lock"
# The newest format first: exports carry an older one beside it that only asks for an update.
_COLLECTIONS = ("collection.anki21b", "collection.anki21", "collection.anki2")
_CHUNK = 1 << 20


# Whatever a damaged or hostile archive or database makes the libraries raise.
_DAMAGED = (
    OSError, EOFError, RuntimeError, ValueError, TypeError, KeyError, AttributeError, OverflowError,
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, sqlite3.Error, struct.error,
)  # fmt: skip


class Unreadable(Exception):
    """The file is no package or collection; the message says why."""


@contextmanager
def _refusing(told: str) -> Iterator[None]:
    """Whatever a damaged or hostile file makes the libraries raise becomes Unreadable: `told`, and why."""
    try:
        yield
    except _DAMAGED as error:
        raise Unreadable(f"{told}: {error}") from None
    except Exception as error:
        # zstandard, and from 3.14 on zipfile, have a class of this name, which stands where it was imported.
        if type(error).__name__ != "ZstdError":
            raise
        raise Unreadable(f"{told}: {error}") from None


@dataclass(frozen=True, slots=True)
class ShippedType:
    """A note type; `templates` counts its card templates."""

    name: str
    fields: tuple[str, ...]
    templates: int


@dataclass(frozen=True, slots=True)
class ShippedNote:
    """`decks` are the names of the decks in which its cards lie; `stamp` is in seconds."""

    note_id: int
    guid: str
    note_type: int
    stamp: int
    tags: tuple[str, ...]
    fields: tuple[str, ...]
    decks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Shipped:
    """Notes by guid, note types by number, and descriptions by deck name.

    Descriptions are read in the older format only, which packages of deckgen have.
    """

    notes: Mapping[str, ShippedNote] = field(default_factory=dict)
    note_types: Mapping[int, ShippedType] = field(default_factory=dict)
    descriptions: Mapping[str, str] = field(default_factory=dict)


def read(path: Path) -> Shipped:
    """Read a package (`.apkg`, `.colpkg`) or a collection (`collection.anki2`).

    Raises Unreadable when it is none.
    """
    _expect_file(path)
    with (
        _unpacked(path) as database,
        _refusing(f"{path.as_posix()} can't be read as a collection of Anki"),
        closing(sqlite3.connect(f"{database.as_uri()}?mode=ro&immutable=1", uri=True)) as connection,
    ):
        # Anki's own collation, without which some of its tables can't be read.
        connection.create_collation("unicase", _unicase)
        connection.execute("PRAGMA trusted_schema = OFF")
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _MOST_OF_VALUE)
        return _read(connection)


def read_lock(path: Path) -> str | None:
    """The text of the lock that a package of deckgen carries, if it does.

    Raises Unreadable when the file is no package.
    """
    _expect_file(path)
    with _opened(path) as package:
        if _LOCK not in package.namelist():
            return None
        if package.getinfo(_LOCK).file_size > MAX_LOCK_BYTES:
            raise Unreadable(f"the lock in {path.as_posix()} is too large")
        with _refusing(f"the lock in {path.as_posix()} can't be read"):
            return package.read(_LOCK).decode("utf-8")


def _expect_file(path: Path) -> None:
    """A pipe would keep a run waiting, and a device never ends."""
    if path.exists() and not path.is_file():
        raise Unreadable(f"{path.as_posix()} is no file")


def _unicase(left: str, right: str) -> int:
    one, two = left.casefold(), right.casefold()
    return (one > two) - (one < two)


@contextmanager
def _opened(path: Path) -> Iterator[zipfile.ZipFile]:
    with _refusing(f"{path.as_posix()} is no package"):
        package = zipfile.ZipFile(path)
    with package:
        yield package


@contextmanager
def _unpacked(path: Path) -> Iterator[Path]:
    """The SQLite database of a package or collection, in a folder that goes away."""
    with scratch() as folder:
        target = folder / "collection.db"
        with _refusing(f"{path.as_posix()} can't be read"):
            if zipfile.is_zipfile(path):
                with _opened(path) as package:
                    _extract(package, target, path)
            else:
                shutil.copyfile(path, target)
                journal = path.with_name(path.name + "-wal")
                if journal.exists():
                    shutil.copyfile(journal, target.with_name(target.name + "-wal"))
                    # Take what Anki has not yet written back into the copy.
                    with closing(sqlite3.connect(target)) as connection:
                        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        yield target


def _extract(package: zipfile.ZipFile, target: Path, path: Path) -> None:
    names = set(package.namelist())
    name = next((name for name in _COLLECTIONS if name in names), None)
    if name is None:
        raise Unreadable(f"{path.as_posix()} holds no collection of Anki")
    most = min(MAX_BYTES, max(_PLAUSIBLE, _MOST_SHRUNK * package.getinfo(name).compress_size))
    with package.open(name) as member, target.open("wb") as out:
        stream: IO[bytes] = member
        if name.endswith("b"):
            # 8 ms to import, and few packages need it.
            import zstandard

            stream = zstandard.ZstdDecompressor(max_window_size=1 << 27).stream_reader(member)
        written = 0
        while chunk := stream.read(_CHUNK):
            written += out.write(chunk)
            if written > most:
                raise Unreadable(f"{path.as_posix()} unpacks to more than {most >> 20} MB")


def _read(connection: sqlite3.Connection) -> Shipped:
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if not {"notes", "cards"} <= tables:
        # A view of the name could be made to go on for ever.
        raise ValueError("it has no tables of notes and cards")
    newer = "notetypes" in tables
    note_types = _newer_types(connection) if newer else _older_types(connection)
    decks = _newer_decks(connection) if newer else _older_decks(connection)
    places: dict[int, set[str]] = {}
    # A card in a filtered deck belongs to the deck in odid.
    for note_id, deck_id, home in connection.execute("SELECT nid, did, odid FROM cards"):
        places.setdefault(note_id, set()).add(decks.get(home or deck_id, ""))
    notes = {}
    for note_id, guid, mid, mod, tags, fields in connection.execute(
        "SELECT id, guid, mid, mod, tags, flds FROM notes"
    ):
        notes[str(guid)] = ShippedNote(
            note_id=int(note_id),
            guid=str(guid),
            note_type=int(mid),
            stamp=int(mod),
            tags=tuple(sorted(str(tags).split())),
            fields=tuple(str(fields).split("\x1f")),
            decks=tuple(sorted(places.get(note_id, ()))),
        )
    return Shipped(notes, note_types, {} if newer else _descriptions(connection))


def _older_types(connection: sqlite3.Connection) -> dict[int, ShippedType]:
    ((models,),) = connection.execute("SELECT models FROM col").fetchall()
    return {
        int(number): ShippedType(
            str(model["name"]), tuple(str(field["name"]) for field in model["flds"]), len(model["tmpls"])
        )
        for number, model in json.loads(models).items()
    }


def _older_decks(connection: sqlite3.Connection) -> dict[int, str]:
    ((decks,),) = connection.execute("SELECT decks FROM col").fetchall()
    return {int(number): str(deck["name"]) for number, deck in json.loads(decks).items()}


def _descriptions(connection: sqlite3.Connection) -> dict[str, str]:
    ((decks,),) = connection.execute("SELECT decks FROM col").fetchall()
    return {str(deck["name"]): str(deck.get("desc", "")) for deck in json.loads(decks).values()}


def _newer_types(connection: sqlite3.Connection) -> dict[int, ShippedType]:
    fields: dict[int, list[tuple[int, str]]] = {}
    for number, position, name in connection.execute("SELECT ntid, ord, name FROM fields"):
        fields.setdefault(number, []).append((position, name))
    templates: dict[int, int] = {}
    for (number,) in connection.execute("SELECT ntid FROM templates"):
        templates[number] = templates.get(number, 0) + 1
    return {
        number: ShippedType(
            str(name),
            tuple(str(field) for _, field in sorted(fields.get(number, []))),
            templates.get(number, 0),
        )
        for number, name in connection.execute("SELECT id, name FROM notetypes")
    }


def _newer_decks(connection: sqlite3.Connection) -> dict[int, str]:
    rows = connection.execute("SELECT id, name FROM decks")
    return {number: str(name).replace("\x1f", "::") for number, name in rows}
