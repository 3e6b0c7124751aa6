"""What an Anki package or collection holds: packages of ours, exports, a learner's own file.

Both container formats are read: the older one (SQLite with JSON, schema 11) and
the newer one (zstd, schema 18). A package's collection is unpacked into a temporary
folder, and nothing else is written; a learner's collection is read where it lies (see `tables`).
"""

from __future__ import annotations

import errno
import json
import sqlite3
import stat
import tempfile
from collections.abc import Container, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from deckgen.finding import Refused
from deckgen.lock.limits import MAX_BYTES as MAX_LOCK_BYTES
from deckgen.packing import tables, zips
from deckgen.packing.protobuf import Message
from deckgen.packing.stage import scratch
from deckgen.packing.tables import Tables
from deckgen.reading import files
from deckgen.terminal import shorten, visible

#: A collection may be large, but a package must not fill the disk with what it unpacks to.
MAX_BYTES = 4 << 30
#: SQLite's pages shrink to a tenth at most; a file that unpacks to more than a hundredfold and more than this
#: is a trap.
_PLAUSIBLE = 256 << 20
_MOST_SHRUNK = 100
#: A deck can't have more notes than this, because its lock would be too large.
MAX_NOTES = MAX_LOCK_BYTES // 100
#: At most so many decks, note types, fields and templates are read.
_MOST_THINGS = 100_000
#: At most so many fields and tags of a note are split; the rest stays in the last one.
MOST_PARTS = 1_000
#: The most characters of JSON for note types or decks, and the most values in it: each takes over 60 bytes.
_MOST_OF_JSON, _MOST_IN_JSON = 20_000_000, 1_000_000
#: The newest format first: exports carry an older one beside it that only asks for an update.
NEWEST = "collection.anki21b"
COLLECTIONS = (NEWEST, "collection.anki21", "collection.anki2")


#: What the library for zips says of a file without the list of members that ends a zip, as when it was cut
#: off, and SQLite of one that is shorter than its first page says.
_NO_ZIP, _MALFORMED = "File is not a zip file", "database disk image is malformed"


#: What the system says of a disk without room, of a quota, and of a file that is too large for it.
_FULL = (errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC))
# All that the libraries raise on a damaged or hostile archive or database.
_DAMAGED = (*zips.DAMAGED, TypeError, AttributeError, sqlite3.Error)


class Unreadable(Refused):
    """The file is no package or collection; the message says why."""


@contextmanager
def refusing(told: str) -> Iterator[None]:
    """Turn what the libraries raise on a damaged or hostile file into Unreadable: `told`, and the reason.

    Raises OSError when the disk has no room to unpack it: that tells nothing of the file.
    """
    try:
        yield
    except _DAMAGED as error:
        if isinstance(error, OSError) and error.errno in _FULL:
            raise OSError(error.errno, error.strerror, tempfile.gettempdir()) from None
        raise Unreadable(f"{told}: {_said(error)}") from None
    except Exception as error:
        # zstandard, and zipfile from Python 3.14 on, each have a class of this name.
        if type(error).__name__ != "ZstdError":
            raise
        raise Unreadable(f"{told}: {_said(error)}") from None


def _said(error: Exception) -> str:
    """The message of a library's error, made safe: it may repeat a stranger's words."""
    said = str(error)
    if said == _NO_ZIP:
        said = "it may be cut off, as after a download that stopped half-way, or be another kind of file"
    elif said == _MALFORMED:
        said = "it is damaged or cut off, as after a copy that stopped half-way: get it again"
    elif isinstance(error, KeyError) and said.strip("'").isidentifier():
        said = f"`{error.args[0]}` is missing"
    elif isinstance(error, TypeError | AttributeError) and "object" in said:
        said = "something in it is not what Anki writes"
    return shorten(visible(said), 200)


#: A field or template by its name and the number by which Anki knows it when it was moved or got another
#: name; None where Anki gave none, as before 23.10.
Named = tuple[str, int | None]
#: `Kind` of a note type whose cards are the deletions of its notes (proto/anki/notetypes.proto).
_CLOZE = 1


@dataclass(frozen=True, slots=True)
class ShippedType:
    """A note type, its fields and templates in their order; `sorted_by` is the index of the sort field.

    `instead_of` is the number of the type in whose place an import made it, as that had another shape.
    """

    name: str
    named_fields: tuple[Named, ...]
    templates: tuple[Named, ...]
    sorted_by: int
    is_cloze: bool
    instead_of: int | None = None

    @property
    def fields(self) -> tuple[str, ...]:
        """The names of its fields."""
        return tuple(name for name, _ in self.named_fields)


@dataclass(frozen=True, slots=True)
class ShippedNote:
    """`decks` are the names of the decks in which its cards lie; `stamp` is in seconds.

    `cards` are the numbers of its cards, from 0.
    """

    note_id: int
    guid: str
    note_type: int
    stamp: int
    tags: tuple[str, ...]
    fields: tuple[str, ...]
    decks: tuple[str, ...] = ()
    cards: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Shipped:
    """Notes by guid, note types by number, and descriptions by deck name.

    Descriptions are read in the older format only, which packages of deckgen have.
    """

    notes: Mapping[str, ShippedNote] = field(default_factory=dict)
    note_types: Mapping[int, ShippedType] = field(default_factory=dict)
    descriptions: Mapping[str, str] = field(default_factory=dict)


def read(path: Path, guids: Container[str] | None = None, types: Container[int] = ()) -> Shipped:
    """Read a package (`.apkg`, `.colpkg`) or a collection (`collection.anki2`).

    With `guids`, only notes that are among them or of one of the note types in `types` are kept:
    a learner's collection may hold a hundred other decks. Raises Unreadable when the file is neither.
    """
    with opened(path) as collection:
        return _read(collection, guids, types)


def guids(path: Path) -> frozenset[str]:
    """The guids of all notes of a package or collection. Raises Unreadable when the file is neither."""
    with opened(path) as tables:
        return frozenset(str(guid) for (guid,) in tables.rows("notes", "guid"))


def joined(parts: Iterable[Shipped]) -> Shipped:
    """What several packages of one learner hold: a note may have cards in decks of more than one."""
    notes: dict[str, ShippedNote] = {}
    types: dict[int, ShippedType] = {}
    descriptions: dict[str, str] = {}
    for part in parts:
        types |= part.note_types
        descriptions |= part.descriptions
        for guid, note in part.notes.items():
            known = notes.get(guid, note)
            decks = tuple(sorted({*known.decks, *note.decks}))
            notes[guid] = replace(note, decks=decks, cards=known.cards | note.cards)
    return Shipped(notes, types, descriptions)


@contextmanager
def opened(path: Path) -> Iterator[Tables]:
    """The tables of a package or collection.

    Raises Unreadable when the file is neither, and for all that a reader of its tables raises on damage.
    """
    expect_file(path)
    with (
        refusing(f"{path.as_posix()} can't be read as a collection of Anki"),
        _collection(path) as collection,
    ):
        yield collection


def read_lock(path: Path) -> str | None:
    """The text of the lock that a package of deckgen carries, if it does.

    Raises Unreadable when the file is no package.
    """
    expect_file(path)
    with refusing(f"{path.as_posix()} is no package"), zips.opened(path) as package:
        if zips.LOCK not in package.namelist():
            return None
        with (
            refusing(f"the lock in {path.as_posix()} can't be read"),
            zips.member(package, zips.LOCK) as member,
        ):
            return b"".join(zips.pieces(member, MAX_LOCK_BYTES)).decode("utf-8")


def expect_file(path: Path) -> None:
    """Refuse a pipe, which would keep a run waiting, and a device, which never ends. Raises Unreadable."""
    name = shorten(visible(path.as_posix()), 200)
    try:
        found = path.stat()
    except FileNotFoundError:
        raise Unreadable(f"there is no file {name}") from None
    except OSError as error:  # such as a name that is too long
        raise Unreadable(f"{name} can't be read: {error.strerror}") from None
    if not stat.S_ISREG(found.st_mode):
        raise Unreadable(f"{name} is not a file")


@contextmanager
def _collection(path: Path) -> Iterator[Tables]:
    """The collection that a file is or holds; a package's is unpacked into a temporary folder."""
    if files.head(path, len(tables.MAGIC)) == tables.MAGIC:
        with tables.opened(path) as found:
            yield found
        return
    with scratch() as folder:
        target = folder / "collection.db"
        with refusing(f"{path.as_posix()} is no package or collection"), zips.opened(path) as package:
            _extract(package, target, path)
        with tables.opened(target) as found:
            yield found


def _extract(package: zips.Package, target: Path, path: Path) -> None:
    names = set(package.namelist())
    name = next((name for name in COLLECTIONS if name in names), None)
    if name is None:
        raise Unreadable(f"{path.as_posix()} holds no collection of Anki")
    most = min(MAX_BYTES, max(_PLAUSIBLE, _MOST_SHRUNK * package.getinfo(name).compress_size))
    with zips.member(package, name, zstd=name == NEWEST) as stream, target.open("wb") as out:
        try:
            out.writelines(zips.pieces(stream, most))
        except OverflowError:
            raise Unreadable(f"{path.as_posix()} unpacks to more than {most >> 20} MB") from None


def _read(collection: Tables, guids: Container[str] | None, types: Container[int]) -> Shipped:
    if not ("notes" in collection and "cards" in collection):
        raise ValueError("it has no tables of notes and cards")
    descriptions: Mapping[str, str] = {}
    if "notetypes" in collection:
        decks = _newer_decks(collection)
    else:
        decks, descriptions = _older_decks(collection)
    notes = {}
    for row in collection.rows("notes", "guid", "mid", "id", "mod", "tags", "flds"):
        guid, note_type = str(row[0]), int(row[1])
        if guids is None or guid in guids or note_type in types:
            notes[guid] = _note(row)
        if len(notes) > MAX_NOTES:
            raise ValueError(f"it has more than {MAX_NOTES} notes of one deck")
    return Shipped(_placed(collection, notes, decks), note_types(collection), descriptions)


def _note(row: tuple[Any, ...]) -> ShippedNote:
    guid, note_type, note_id, stamp, tags, fields = row
    return ShippedNote(
        note_id=int(note_id),
        guid=str(guid),
        note_type=int(note_type),
        stamp=int(stamp),
        tags=tuple(sorted(str(tags).split(maxsplit=MOST_PARTS))),
        fields=tuple(str(fields).split("\x1f", MOST_PARTS)),
    )


def _placed(
    collection: Tables, notes: Mapping[str, ShippedNote], decks: Mapping[int, str]
) -> dict[str, ShippedNote]:
    """The notes with their cards and the cards' decks. A card in a filtered deck belongs to odid."""
    places: dict[int, set[str]] = {note.note_id: set() for note in notes.values()}
    cards: dict[int, set[int]] = {note.note_id: set() for note in notes.values()}
    for note_id, number, deck, home in collection.rows("cards", "nid", "ord", "did", "odid"):
        if note_id in places:
            places[note_id].add(decks.get(home or deck, ""))
            cards[note_id].add(int(number))
    return {
        guid: replace(note, decks=tuple(sorted(places[note.note_id])), cards=frozenset(cards[note.note_id]))
        for guid, note in notes.items()
    }


def older(collection: Tables, column: str) -> dict[str, Any]:
    """The note types (`models`) or decks (`decks`) of the older format: JSON in the only row of a table.

    Raises ValueError when there is more of it than in any real collection, and what json raises.
    """
    ((text,),) = collection.rows("col", column)
    found: dict[str, Any] = loaded(text, column)
    return found


def loaded(text: str, named: str, times: int = 1) -> Any:
    """A stranger's JSON. Raises ValueError when it is longer than any real one, and what json raises.

    `times` is how much more it may have than note types and decks.
    """
    if len(text) > _MOST_OF_JSON * times or text.count("[") + text.count("{") > _MOST_IN_JSON * times:
        raise ValueError(f"its {named} are longer than in any real collection")
    return json.loads(text)


def note_types(collection: Tables) -> dict[int, ShippedType]:
    """All note types by number. Raises ValueError, and what json and SQLite raise."""
    if "notetypes" in collection:
        return _newer_types(collection)
    return {
        int(number): ShippedType(
            str(model.get("name", "")),
            _named(model["flds"]),
            _named(model["tmpls"]),
            int(model.get("sortf", 0)),
            model.get("type") == _CLOZE,
            _number(model.get("originalId")),
        )
        for number, model in older(collection, "models").items()
    }


def _named(parts: Iterable[Mapping[str, object]]) -> tuple[Named, ...]:
    return tuple((str(part.get("name", "")), _number(part.get("id"))) for part in parts)


def _number(value: object) -> int | None:
    return value if isinstance(value, int) else None


def _older_decks(collection: Tables) -> tuple[dict[int, str], dict[str, str]]:
    """The names of the decks by number, and their descriptions by name."""
    decks = older(collection, "decks")
    names = {int(number): str(deck["name"]) for number, deck in decks.items()}
    return names, {str(deck["name"]): str(deck.get("desc", "")) for deck in decks.values()}


def few(collection: Tables, table: str, *columns: str) -> Iterator[tuple[Any, ...]]:
    """The rows of a table that has few in any real collection. Raises ValueError when it has many."""
    for count, row in enumerate(collection.rows(table, *columns)):
        if count >= _MOST_THINGS:
            raise ValueError(f"it has more than {_MOST_THINGS} {table}")
        yield row


def _newer_types(collection: Tables) -> dict[int, ShippedType]:
    """The same of schema 18; the numbers of the values stand in proto/anki/notetypes.proto."""
    fields = _newer_parts(collection, "fields", 9)
    templates = _newer_parts(collection, "templates", 8)
    found = {}
    for number, name, config in few(collection, "notetypes", "id", "name", "config"):
        settings = Message(config)
        found[number] = ShippedType(
            str(name),
            tuple(fields.get(number, ())),
            tuple(templates.get(number, ())),
            settings.number(2),
            settings.number(1) == _CLOZE,
            settings.optional(10),
        )
    return found


def _newer_parts(collection: Tables, table: str, value: int) -> dict[int, list[Named]]:
    """The fields or templates of all note types, in order; `value` is that of a part's number."""
    parts: dict[int, dict[int, Named]] = {}
    for number, place, name, config in few(collection, table, "ntid", "ord", "name", "config"):
        parts.setdefault(number, {})[int(place)] = str(name), Message(config).optional(value)
    return {number: [named for _, named in sorted(of.items())] for number, of in parts.items()}


def _newer_decks(collection: Tables) -> dict[int, str]:
    rows = few(collection, "decks", "id", "name")
    return {number: str(name).replace("\x1f", "::") for number, name in rows}
