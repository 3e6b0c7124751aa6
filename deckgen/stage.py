"""Files are written whole or not at all.

What a build makes waits beside its place under another name. Only when all of it
is there does it move in; when a move fails, those before it are taken back.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from deckgen import files

# What this module appends to a name: the number of the process and the use.
_LEFT = re.compile(r"\.[0-9]+\.(deckgen-new|deckgen-old)")

#: How long a run waits for another one that writes the same decks, in seconds.
PATIENCE = 10.0


class Busy(Exception):
    """Another run is at work on the same decks."""


@contextmanager
def alone(source_dir: Path) -> Iterator[None]:
    """Keep other runs from reading and writing the same decks meanwhile.

    The system lets go of the lock when the process ends, however it ends. Raises Busy
    when another run does not finish within PATIENCE.
    """
    # 10 ms to import, and only what writes needs it.
    from filelock import FileLock, Timeout

    # Each user has a lock file of their own: nobody else's may be opened for writing.
    user = os.getuid() if hasattr(os, "getuid") else os.environ.get("USERNAME", "")
    place = f"{user}\n{source_dir.resolve()}"
    name = hashlib.sha256(place.encode("utf-8", "surrogateescape")).hexdigest()[:16]
    lock = FileLock(Path(tempfile.gettempdir()) / f"deckgen-{name}.lock", timeout=PATIENCE)
    try:
        lock.acquire()
    except Timeout:
        raise Busy(
            f"another deckgen is at work on {source_dir.as_posix()}; try again when it is done"
        ) from None
    except OSError as error:
        raise Busy(f"can't open {lock.lock_file}: {error.strerror}") from None
    try:
        yield
    finally:
        lock.release()


class Stage:
    """Files waiting to be put in place, in the order in which they were added.

    With `spare` they wait there instead, and are never put in place.
    """

    def __init__(self, spare: Path | None) -> None:
        self._spare = spare
        self._made: list[Path] = []
        self._moves: list[tuple[Path, Path]] = []
        self._shown: dict[Path, Path] = {}

    def add(self, target: Path, write: Callable[[Path], object], same: Callable[[Path, Path], bool]) -> bool:
        """Write a file, to be put at `target` unless it says the `same` as what is there.

        Gives whether it differs. Raises OSError when it can't be written, or when a link at
        `target` leads out of the folder above, or to a file of another kind.
        """
        if files.leaves(target, target.parent.resolve().parent):
            raise OSError(errno.EPERM, "it is a link that leads elsewhere", str(target))
        if target.exists() and not target.is_file():
            raise OSError(errno.EINVAL, "something else than a file is there", str(target))
        shown, target = target, Path(os.path.realpath(target))  # a link stays one
        self._shown[target] = shown
        temporary = self._beside(target, "deckgen-new")
        write(temporary)
        if target.exists():
            shutil.copymode(target, temporary)
        if same(temporary, target):
            temporary.unlink()
            return False
        self._moves.append((temporary, target))
        return True

    def waiting(self) -> list[Path]:
        """The places of the files that differ from what is there."""
        return [self._shown[target] for _, target in self._moves]

    def finish(self) -> None:
        """Put everything in place, or nothing: raises OSError with the place that failed."""
        done: list[tuple[Path, Path | None]] = []
        for temporary, target in self._moves if self._spare is None else ():
            try:
                done.append((target, self._keep(target)))
                temporary.replace(target)
            except OSError as error:
                for place, kept in reversed(done):
                    _take_back(place, kept)
                raise OSError(error.errno, error.strerror, str(self._shown[target])) from error

    def clean(self) -> None:
        """Remove what lies beside the files."""
        for path in self._made:
            path.unlink(missing_ok=True)

    def _keep(self, target: Path) -> Path | None:
        """The file that is at `target` under another name, if there is one."""
        if not target.exists():
            return None
        kept = self._beside(target, "deckgen-old")
        kept.unlink(missing_ok=True)
        try:
            os.link(target, kept)
        except OSError:  # a file system without links
            shutil.copy2(target, kept)
        return kept

    def _beside(self, target: Path, suffix: str) -> Path:
        folder = self._spare or target.parent
        folder.mkdir(parents=True, exist_ok=True)
        for stale in folder.iterdir():
            # A run that was killed left it; none other is at work (see `alone`).
            if stale not in self._made and _LEFT.fullmatch(stale.name.removeprefix(f".{target.name}")):
                stale.unlink(missing_ok=True)
        path = folder / f".{target.name}.{os.getpid()}.{suffix}"
        self._made.append(path)
        return path


def _take_back(place: Path, kept: Path | None) -> None:
    if kept is not None:
        kept.replace(place)
    else:
        place.unlink(missing_ok=True)


@contextmanager
def staging(locked: bool) -> Iterator[Stage]:
    """A stage that leaves nothing behind; when `locked`, it never puts anything in place."""
    with tempfile.TemporaryDirectory(prefix="deckgen-") as spare:
        stage = Stage(Path(spare) if locked else None)
        try:
            yield stage
        finally:
            stage.clean()


def write_texts(texts: Mapping[Path, str]) -> list[Path]:
    """Write files of text, all or none; gives their paths. Raises OSError."""

    def writer(text: str) -> Callable[[Path], object]:
        return lambda path: path.write_bytes(text.encode())

    with staging(locked=False) as stage:
        for path, text in texts.items():
            stage.add(path, writer(text), lambda *_: False)
        stage.finish()
    return list(texts)
