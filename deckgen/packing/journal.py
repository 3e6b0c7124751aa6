"""Finish the work of a run that was stopped while it moved several files into place.

Before the first move, a run writes down all its moves; after the last, it deletes the list. If a list is
left, the next run makes the remaining moves. Lists lie in the user's own cache folder or, when there is
none, in the folder for temporary files, where no stranger's deck can put one. A list has the size and time
of each file: a file that was changed since is left alone, and the user is told.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import stat
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from deckgen.fixed import fixed
from deckgen.terminal import visible

#: Names of files that `stage` puts beside others: it appends the number of the process, and new or old.
LEFT = re.compile(r"\..+\.[0-9]+\.deckgen-(new|old)", re.DOTALL)
#: A name of more bytes has no room for what is appended: most systems allow 255.
_LONG = 200
#: A message names at most so many files.
_SHOWN = 4

_State = list[int] | None


@fixed
class Move:
    """A new file that waits beside its place, and the name under which the old file is kept meanwhile."""

    temporary: Path
    target: Path
    kept: Path


@fixed
class _Step:
    """A move, with the state of the file before and after it; None where there is no file."""

    move: Move
    old: _State
    new: _State

    def is_done(self) -> bool:
        return state(self.move.target) == self.new

    def can_go_on(self) -> bool:
        waits = state(self.move.temporary) == self.new and state(self.move.target) == self.old
        return waits or (self.is_done() and not self.move.temporary.exists())

    def can_go_back(self) -> bool:
        kept = self.old is None or state(self.move.kept) == self.old
        return state(self.move.target) == self.old or (self.is_done() and kept)


class Journal:
    """The list of moves for one folder of decks. Only a run that works alone there may call its methods."""

    def __init__(self, decks_dir: Path) -> None:
        name = f"deckgen-{key(decks_dir)}"
        folders = (cache(), Path(tempfile.gettempdir()))
        self._lists = [folder / f"{name}.moves" for folder in folders]
        #: What the user should know about a stopped run that was finished.
        self.told: list[str] = []

    def begin(self, moves: Sequence[Move]) -> None:
        """Write the moves down. A single move needs no list: it is either done or not.

        If the list can't be written, the files are moved all the same, each of them whole.
        """
        if len(moves) < 2:
            return
        rows = [[*_names(move), state(move.target), state(move.temporary)] for move in moves]
        text = json.dumps(rows)
        for path in self._lists:
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
                written = path.with_name(f"{path.name}.{os.getpid()}")
                with written.open("x", encoding="utf-8") as file:
                    file.write(text)
                written.replace(path)
            except OSError:
                continue
            return

    def turn(self) -> None:
        """Note that from now on the moves are being taken back."""
        for path in self._lists:
            if is_own(path):
                path.replace(_back(path))

    def end(self) -> None:
        """Delete the list: all moves are done, or taken back."""
        for path in self._lists:
            for place in (path, _back(path)):
                if is_own(place):
                    place.unlink()

    def is_open(self) -> bool:
        """Whether a run was stopped between its first move and its last."""
        return any(is_own(path) or is_own(_back(path)) for path in self._lists)

    def left(self) -> list[Path]:
        """Lists of this folder that were only partly written."""
        ending = re.compile(r"\.moves\.[0-9]+")
        found = (place for path in self._lists for place in _found(path.parent, f"{path.name}.*"))
        return [place for place in found if ending.fullmatch("".join(place.suffixes)) and is_own(place)]

    def finish(self) -> None:
        """Finish the work of a stopped run, and say so in `told`.

        Raises OSError when a file can't be put in place; the next run then tries again.
        """
        if not self.is_open():
            return
        for path in self._lists:
            for place, forward in ((_back(path), False), (path, True)):
                steps = _read(place)
                self.told += [_finish(steps, forward)] if steps else []
        self.end()


def key(decks_dir: Path) -> str:
    """A key that is the same for one user and one folder, whatever path is used: users don't share lists."""
    user = os.getuid() if hasattr(os, "getuid") else os.environ.get("USERNAME", "")
    place = f"{user}\n{os.path.realpath(decks_dir)}"
    return hashlib.sha256(place.encode("utf-8", "surrogateescape")).hexdigest()[:16]


def needed() -> set[str]:
    """The files that this user's lists still need: new files that wait, and old files that are kept."""
    found: set[str] = set()
    for folder in (cache(), Path(tempfile.gettempdir())):
        for ending in ("moves", "back"):
            for place in _found(folder, f"deckgen-*.{ending}"):
                found |= {name for step in _read(place) for name in _names(step.move)[::2]}
    return found


def waiting(target: Path) -> Path:
    """The file in which this run writes what will be moved to `target`."""
    return target.with_name(f"{aside(target)}{os.getpid()}.deckgen-new")


def aside(target: Path) -> str:
    """How the names of files that wait or are kept beside `target` begin; with a hash if its name is long."""
    name = target.name
    if len(os.fsencode(name)) > _LONG:
        name = hashlib.sha256(os.fsencode(name)).hexdigest()[:16]
    return f".{name}."


def cache() -> Path:
    """https://specifications.freedesktop.org/basedir-spec/latest/ and its like on Windows."""
    return _of_user(("XDG_CACHE_HOME", "LOCALAPPDATA"), ".cache")


def kept() -> Path:
    """The same for what should outlive the cache, and is not to be copied with it."""
    return _of_user(("XDG_STATE_HOME", "APPDATA"), ".local/state")


def _of_user(variables: Sequence[str], below_home: str) -> Path:
    for variable in variables:
        # By the specification a path that is not absolute does not count: it would lie in every folder.
        if (folder := Path(os.environ.get(variable, ""))).is_absolute():
            return folder / "deckgen"
    home = os.path.expanduser("~")  # noqa: PTH111  # Path.home() fails for a user without a home
    return Path(os.devnull if home == "~" else home) / below_home / "deckgen"


def _found(folder: Path, pattern: str) -> list[Path]:
    """What is in a folder; nothing where it can't be read, or no system takes its name."""
    try:
        return [*folder.glob(pattern)]
    except OSError:
        return []


def _names(move: Move) -> list[str]:
    return [str(path) for path in (move.temporary, move.target, move.kept)]


def _back(path: Path) -> Path:
    return path.with_suffix(".back")


def is_own(path: Path, kind: Callable[[int], bool] = stat.S_ISREG) -> bool:
    """Whether a file (or another `kind`) is there and is this user's: others may put theirs there too."""
    try:
        found = path.lstat()
    except OSError:
        return False
    return kind(found.st_mode) and (not hasattr(os, "getuid") or found.st_uid == os.getuid())


def state(path: Path) -> _State:
    """Size and time of a plain file: a move changes neither."""
    try:
        found = path.lstat()
    except OSError:
        return None
    return [found.st_size, found.st_mtime_ns] if stat.S_ISREG(found.st_mode) else []


def _read(path: Path) -> list[_Step]:
    """The steps of a list; none when there is no list, or it can't be read."""
    try:
        rows = json.loads(path.read_text(encoding="utf-8")) if is_own(path) else []
        steps = [_Step(Move(*map(Path, row[:3])), row[3], row[4]) for row in rows]
    except (OSError, ValueError, TypeError, IndexError, KeyError, AttributeError):
        return []
    return steps if all(_is_plain(step.move) for step in steps) else []


def _is_plain(move: Move) -> bool:
    """Whether a move has the names that `stage` would give: beside the target, and made from its name."""
    return all(
        path.parent == move.target.parent
        and LEFT.fullmatch(path.name)
        and path.name.startswith(aside(move.target))
        for path in (move.temporary, move.kept)
    )


def _finish(steps: list[_Step], forward: bool) -> str:
    names = _listed([step.move.target for step in steps])
    possible = all(step.can_go_on() if forward else step.can_go_back() for step in steps)
    if not possible:
        return (
            f"a run was stopped while it wrote {names}, and one of them has changed since: "
            "they are left as they are; compare them, for example with `git diff`"
        )
    for step in steps:
        if forward and not step.is_done():
            step.move.temporary.replace(step.move.target)
        elif not forward and step.is_done() and step.old is None:
            step.move.target.unlink()
        elif not forward and step.is_done():
            step.move.kept.replace(step.move.target)
        step.move.kept.unlink(missing_ok=True)
    done = "finished what a stopped run had begun" if forward else "took back what a stopped run had begun"
    return f"{done}: {names}"


def _listed(paths: Sequence[Path]) -> str:
    shown = [visible(_near(path)) for path in paths[:_SHOWN]]
    return ", ".join(shown) + (f" and {len(paths) - _SHOWN} more" if len(paths) > _SHOWN else "")


def _near(path: Path) -> str:
    """A path relative to the working folder."""
    try:
        return Path(os.path.relpath(path)).as_posix()
    except (OSError, ValueError):  # the folder is gone, or on another drive
        return path.as_posix()
