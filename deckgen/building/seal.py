"""Leave out a build that would have nothing to do, because nothing has changed since the last one.

A seal records what a finished build depended on and what it printed. As long as none of
that has changed, another build would write nothing and print the same. Seals lie in the
user's cache folder, where no stranger's deck can put one; they may be deleted at any time.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from deckgen.building.tools import tools
from deckgen.fixed import fixed
from deckgen.lock.history import Memory
from deckgen.lock.limits import FILE
from deckgen.packing.journal import cache, waiting
from deckgen.reading import files, media

if TYPE_CHECKING:
    from deckgen.building.build import Result

#: Files up to this size are compared by their content. Larger files, and all media, are compared by size,
#: times and inode number, as in git's index, and by their ends: the end of a package lists all its members.
HASHED = 2_000_000
ENDS = 4096
#: A file's times are trusted once it has been left alone for so many nanoseconds: some file systems keep
#: times only to 2 s.
SETTLED = 2_000_000_000

#: Size, times of change, inode number and content of a file; None for what is not a file.
_Entry = list[object] | None


@fixed
class Said:
    """What a build that has nothing to do prints on stdout and on stderr."""

    out: str
    err: str


@fixed
class Look:
    """The files of a source folder before a build, without their content."""

    files: dict[str, tuple[int, ...] | None]


def look(decks_dir: Path) -> Look:
    """The files in the source folder now; none when they can't be read."""
    try:
        paths = decks_dir.rglob("*")
        return Look({path.as_posix(): _stat(path) if path.is_file() else None for path in paths})
    except OSError:
        return Look({})


class Seal:
    """What is remembered of a build of the decks in `decks_dir` with these options.

    It is made before the build, so that a file saved during the build is noticed.
    """

    def __init__(self, decks_dir: Path, options: Sequence[str]) -> None:
        self._source_dir = decks_dir
        self._before = look(decks_dir)
        words = [os.getcwd(), decks_dir.as_posix(), *options]  # noqa: PTH109  # a string
        name = hashlib.sha256("\n".join(words).encode("utf-8", "surrogateescape")).hexdigest()[:32]
        #: There is one file for each folder, as it was named, with each set of options.
        self.path = cache() / f"{name}.json"

    @cached_property
    def memory(self) -> Memory:
        """What is remembered of the decks: for the build as well, so that git is asked once."""
        return Memory(self._source_dir)

    def find(self, today: str) -> Said | None:
        """What the build would print, if it is known to have nothing to do; else None.

        `today` is the date of the build, such as 2026-01-31.
        """
        try:
            kept = json.loads(self.path.read_text(encoding="utf-8"))
            if not _holds(kept, today) or kept["git"] != self.memory.state:
                return None
            if {path.as_posix() for path in self._source_dir.rglob("*")} != set(kept["source"]):
                return None
            entries = {**kept["source"], **kept["others"]}
            if all(_same(Path(name), entry, kept["at"]) for name, entry in entries.items()):
                return Said(kept["out"], kept["err"])
        except (OSError, ValueError, KeyError, TypeError, IndexError, RecursionError):
            pass  # there is no seal, or it can't be read
        return None

    def put(self, result: Result, said: Said) -> None:
        """Seal the build that gave `result`; another one would print what is in `said`.

        deck.lock is expected to have changed. Nothing is sealed when any other file changed meanwhile,
        or when the cache can't be written. Nor is a build sealed that found something about learners
        (R…), which is said only once, a package that is left over (K22), which is not watched, or note
        types that load or do something, or look otherwise than they did (K27, K28, K39): each build says so.
        """
        if any(one.code.startswith(("R", "K22", "K27", "K28", "K39")) for one in result.findings):
            return
        others = [*(Path(package.path) for package in result.packages), *result.texts]
        at = time.time_ns()
        try:
            now = look(self._source_dir)
            if _without_locks(now) != _without_locks(self._before):
                return
            seal = {
                "at": at,
                "leaves": result.leaves,
                "tools": tools(),
                "git": self.memory.state,
                "source": {name: _entry(Path(name)) for name in now.files},
                "others": {path.as_posix(): _entry(path) for path in others},
                "out": said.out,
                "err": said.err,
            }
            self.path.parent.mkdir(parents=True, exist_ok=True)
            temporary = waiting(self.path)
            temporary.write_text(json.dumps(seal), encoding="utf-8")
            temporary.replace(self.path)
        except OSError:
            pass  # the build is just as good without a seal


def _holds(kept: dict[str, Any], today: str) -> bool:
    """Whether everything but the files is as it was when the build was sealed."""
    # A build under a clock that was ahead could not warn about stamps that lie ahead.
    is_over = bool(kept["leaves"]) and kept["leaves"] <= today
    return not is_over and kept["at"] <= time.time_ns() and kept["tools"] == tools()


def _without_locks(seen: Look) -> Look:
    return Look({name: file for name, file in seen.files.items() if Path(name).name != FILE})


def _stat(path: Path) -> tuple[int, ...]:
    found = path.stat()
    return found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino


def _entry(path: Path) -> _Entry:
    if not path.is_file():
        return None
    return [*_stat(path), _content(path)]


def _same(path: Path, entry: _Entry, at: int) -> bool:
    """Whether a file is unchanged since the build was sealed at the time `at`."""
    if entry is None or not path.is_file():
        return entry is None and not path.is_file()
    *before, content = entry
    now = list(_stat(path))
    if now == before and max(now[1], now[2]) + SETTLED < at:
        return True
    return (now == before or _is_small(path, now[0])) and now[0] == before[0] and _content(path) == content


def _is_small(path: Path, size: int) -> bool:
    return size <= HASHED and path.parent.name != media.FOLDER


def _content(path: Path) -> str:
    """A hash of a file, or of its ends."""
    size = path.stat().st_size
    if _is_small(path, size):
        return hashlib.sha256(files.read(path, HASHED)).hexdigest()
    with path.open("rb") as file:
        digest = hashlib.sha256(file.read(ENDS))
        file.seek(-min(ENDS, size), os.SEEK_END)
        digest.update(file.read(ENDS))
    return digest.hexdigest()
