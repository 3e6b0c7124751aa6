"""Read the tables of a stranger's SQLite database, but nothing else, and no more than the file can hold.

A database may hold things that SQLite computes when they are read: views, virtual tables, generated
columns. Its pages may lead to each other in any way, so that a small file has endless rows. That is why
only plain columns of plain tables are read, and what comes is counted.

A collection is read where it lies. A file that nobody writes to is opened as `immutable`
(https://www.sqlite.org/uri.html): SQLite then takes no lock, and makes no file beside it. While Anki
is open, its newest changes are in the file `-wal`, and Anki holds a lock under which nobody else may
read. In that case both files are copied, which disturbs nobody, and the copies are read.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from time import thread_time
from typing import Any
from urllib.parse import quote

from deckgen.packing.stage import scratch
from deckgen.reading import files

#: The first bytes of a database, and of a journal that is still to be rolled back, https://www.sqlite.org/fileformat2.html
MAGIC = b"SQLite format 3\0"
_JOURNAL = bytes.fromhex("d9d505f920a163d7")
#: A larger collection is not copied, only read where it lies.
MAX_COPY = 4 << 30
#: The most bytes of a value. The longest value is the JSON of all note types.
_MOST_OF_VALUE = 100_000_000
#: The most characters of a `CREATE TABLE`, and the most columns of a table. Anki's have up to 500 and 20.
_MOST_OF_SQL, _MOST_COLUMNS = 100_000, 200
#: SQLite may take so many steps to read the list of tables and indexes, of which Anki has 30.
_SCHEMA_STEPS = 20_000
#: After so many steps, which is about ten rows, SQLite asks whether to go on.
_TURN = 100
#: Reading a file may take so many seconds of processor time, and one more for each so many bytes; it needs a
#: tenth of that.
SECONDS, _SPEED = 5, 50_000_000
#: A file may claim a terabyte of which the disk holds a page. A file system that compresses may shrink a
#: collection to a half or a third, so a size is believed up to so many times what the disk holds.
_MOST_SHRUNK = 3
_PIECE = 1 << 20


class Tables:
    """The tables of a database that has `size` bytes, including its journal."""

    def __init__(self, connection: sqlite3.Connection, size: int) -> None:
        self._connection = connection
        self._size = size
        self._end = thread_time() + SECONDS + size / _SPEED
        self._steps = _SCHEMA_STEPS
        connection.set_progress_handler(self._stops, _TURN)
        # The first statement makes SQLite read the list of tables.
        self._columns = {name: self._plain(name) for name in self._names()}
        self._steps = size  # for a row SQLite takes fewer steps than the row has bytes

    def __contains__(self, table: str) -> bool:
        return table in self._columns

    def rows(self, table: str, *columns: str) -> Iterator[tuple[Any, ...]]:
        """These columns of a table, row by row.

        Raises ValueError when there is no such plain table or column, or when there are more rows than
        a file of this size can hold; also raises what SQLite raises.
        """
        if not self._columns.get(table, set()).issuperset(columns) or table not in self._columns:
            raise ValueError(f"it has no table `{table}` with {', '.join(columns)}")
        room = self._size
        for row in self._connection.execute(f"SELECT {', '.join(columns)} FROM {table}"):  # noqa: S608  # our words
            # A row takes a pointer, and a header with a byte for each column.
            room -= 3 + len(row) + sum(len(value) for value in row if isinstance(value, str | bytes))
            if room < 0:
                raise ValueError(f"`{table}` has rows that the file can't hold")
            yield row

    def _names(self) -> list[str]:
        """The plain tables: those that have pages of their own and were made by `CREATE TABLE`."""
        listed = self._connection.execute("SELECT type, name, rootpage, sql FROM sqlite_master")
        return [
            name
            for kind, name, root, sql in listed
            if kind == "table"
            and root
            and str(sql)[:13].upper() == "CREATE TABLE "
            and str(name).isidentifier()
        ]

    def _plain(self, table: str) -> set[str]:
        """The columns of a table that are stored."""
        # The name of an add-on's table may be a word of SQL, such as `order`.
        found = self._connection.execute(f'PRAGMA table_xinfo("{table}")')
        return {name for _, name, _, _, _, _, hidden in found if not hidden}

    def _stops(self) -> bool:
        self._steps -= _TURN
        return self._steps < -_TURN or thread_time() > self._end


@contextmanager
def opened(path: Path) -> Iterator[Tables]:
    """The tables of the database at `path`, as they are now.

    Nothing is written beside it. Raises OSError, ValueError and sqlite3.Error when it can't be read, or
    when it was written to meanwhile.
    """
    path = path.resolve()
    if _companion(path, "-journal", len(_JOURNAL)) == _JOURNAL:
        raise ValueError("a change to it was stopped half-way: open it in Anki once")
    if _companion(path, "-wal", 1):
        with scratch() as folder:
            copy = folder / "collection.db"
            with _unchanged(path, "-wal"):
                _copy(path, copy, "-wal")
                _copy(path, copy, "")
            with _connected(copy, "mode=ro") as connection:
                yield Tables(connection, _size(copy) + _size(_beside(copy, "-wal")))
        return
    with _unchanged(path, ""), _connected(path, "mode=ro&immutable=1") as connection:
        yield Tables(connection, _size(path))


@contextmanager
def _connected(path: Path, how: str) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(f"{address(path.as_posix())}?{how}", uri=True)) as connection:
        # This is Anki's own collation, without which some of its tables can't be read.
        connection.create_collation("unicase", _unicase)
        for pragma in ("trusted_schema = OFF", "cell_size_check = ON"):
            connection.execute(f"PRAGMA {pragma}")
        for limit, most in (
            (sqlite3.SQLITE_LIMIT_LENGTH, _MOST_OF_VALUE),
            (sqlite3.SQLITE_LIMIT_SQL_LENGTH, _MOST_OF_SQL),
            (sqlite3.SQLITE_LIMIT_COLUMN, _MOST_COLUMNS),
            (sqlite3.SQLITE_LIMIT_ATTACHED, 0),
        ):
            connection.setlimit(limit, most)
        yield connection


def address(place: str) -> str:
    """The URI of a file, without the name of a machine: https://www.sqlite.org/uri.html"""
    whole = place if place.startswith("/") else f"/{place}"
    return f"file://{quote(whole.encode('utf-8', 'surrogateescape'), safe='/:')}"


def _unicase(left: str, right: str) -> int:
    one, two = left.casefold(), right.casefold()
    return (one > two) - (one < two)


# -- a file, and what SQLite puts beside it ------------------------------------------------


def _beside(path: Path, ending: str) -> Path:
    return path.with_name(path.name + ending)


def _companion(path: Path, ending: str, most: int) -> bytes:
    """The first bytes of a file beside the database; nothing when there is none. Raises OSError."""
    place = _beside(path, ending)
    return files.head(place, most) if place.exists() else b""


@contextmanager
def _unchanged(path: Path, ending: str) -> Iterator[None]:
    """Raise ValueError when the file, or the header of its journal, has changed by the end.

    Anki adds to its journal all the time. It writes to the file only when it merges the journal into it, and
    then begins the journal anew, with another header.
    """

    def seen() -> tuple[object, ...]:
        found = path.stat()
        return found.st_size, found.st_mtime_ns, found.st_ino, _companion(path, ending, 32) if ending else b""

    before = seen()
    try:
        yield
    finally:
        if seen() != before:
            raise ValueError("it was written to meanwhile: try again, or close Anki first")


def _size(path: Path) -> int:
    """How many bytes a file can really hold."""
    found = path.stat()
    held = getattr(found, "st_blocks", 0) * 512  # not on every system, and 0 on some networks
    return min(found.st_size, _MOST_SHRUNK * held) if held else found.st_size


def _copy(path: Path, target: Path, ending: str) -> None:
    """Copy a database or its journal, without its empty parts. Raises OSError."""
    source = _beside(path, ending)
    if source.stat().st_size > MAX_COPY:
        raise OSError(0, f"{source.name} is too large to be copied while Anki is open: close Anki first")
    with source.open("rb") as old, _beside(target, ending).open("wb") as new:
        while piece := old.read(_PIECE):
            if piece.count(0) == len(piece):
                new.seek(len(piece), 1)
            else:
                new.write(piece)
        new.truncate()
