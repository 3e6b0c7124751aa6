"""Files are written whole or not at all, several of them together.

New files wait beside their places under other names, and are moved into place only when all
of them are written. When a move fails, those before it are taken back; when the run is stopped
in between, the next run makes the remaining moves (see `journal`).
"""

from __future__ import annotations

import errno
import os
import re
import shutil
import stat
import tempfile
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, nullcontext, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from deckgen.finding import Refused
from deckgen.packing.journal import LEFT, Journal, Move, cache, is_own, key, needed, state, waiting
from deckgen.reading import files
from deckgen.terminal import visible

if TYPE_CHECKING:
    from filelock import FileLock

#: How long a run waits for another one that writes the same decks, in seconds.
PATIENCE = 10.0
#: How the name of a temporary folder begins, and how that of the empty file ends that marks it as ours.
_SCRATCH, _MARK = "deckgen-run-", ".held"
_MARKED = re.compile(rf"{_SCRATCH}[a-z0-9_]{{8}}{re.escape(_MARK)}")  # as `tempfile` names them


#: The folders of a deck in which `adopt` writes, and in the folders of which it does.
_BELOW = ("media", "note_types")


class Busy(Refused):
    """Another run is at work on the same decks."""


class Unfinished(Busy):
    """What a stopped run left unfinished can't be finished until something else is mended."""


@contextmanager
def alone(
    decks_dir: Path, output_dir: Path | None = None, patience: float | None = None
) -> Iterator[Journal]:
    """Keep other runs from reading and writing the same decks meanwhile; gives the journal of the decks.

    What a stopped run left unfinished is finished first. The system releases the locks when
    the process ends, however it ends. Raises Busy when another run does not finish within
    PATIENCE, and Unfinished.
    """
    folders = {key(folder): folder for folder in (decks_dir, output_dir) if folder is not None}
    with ExitStack() as held:
        for name, folder in sorted(folders.items()):
            path = Path(tempfile.gettempdir()) / f"deckgen-{name}.lock"
            busy = f"another deckgen is at work on {folder.as_posix()}; try again when it is done"
            held.enter_context(locked(path, PATIENCE if patience is None else patience, busy))
        journal = Journal(decks_dir)
        try:
            journal.finish()
        except OSError as error:
            message = f"a run was stopped half-way, and {error.filename} can't be written: {error.strerror}"
            raise Unfinished(message) from None
        yield journal


@contextmanager
def locked(path: Path, patience: float, busy: str) -> Iterator[None]:
    """Hold a lock that the system releases when the process ends, however it ends.

    Raises Busy, with the words `busy` when another process holds it for `patience` seconds.
    """
    # This takes 10 ms to import, and only commands that write need it.
    from filelock import FileLock, Timeout

    held = FileLock(path, timeout=patience)
    try:
        held.acquire()
    except Timeout:
        raise Busy(busy) from None
    except OSError as error:
        raise Busy(f"can't open {path}: {error.strerror}") from None
    try:
        yield
    finally:
        held.release()


def resume(decks_dir: Path, output_dir: Path) -> list[str]:
    """Finish or take back what a stopped run left unfinished, and remove the files that it left behind.

    Gives what the user should know about it. Nothing is done while another run is at work, because
    the files may belong to that run. Raises Unfinished.
    """
    _sweep_scratches()
    if not Journal(decks_dir).is_open() and not any(_leftovers(decks_dir, output_dir)):
        return []
    try:
        with alone(decks_dir, output_dir, patience=0) as journal:
            return journal.told + [
                words for path in _leftovers(decks_dir, output_dir) for words in _sweep(path)
            ]
    except Unfinished:
        raise
    except Busy:
        return []


def _leftovers(decks_dir: Path, output_dir: Path) -> list[Path]:
    """Files that a stopped run left in the folders of the decks and packages, and in the cache.

    Projects and users may share a folder, so files that another list needs don't count, nor do files
    of another user.
    """
    inside = _folders(decks_dir)
    below = [
        path for folder in inside for name in _BELOW for path in (folder / name, *_folders(folder / name))
    ]
    found = [
        Path(entry.path)
        for folder in (decks_dir, *inside, *below, output_dir, cache())
        for entry in _entries(folder)
        if LEFT.fullmatch(entry.name) and is_own(Path(entry.path))
    ]
    kept = needed() if found else ()
    found = [path for path in found if str(Path(os.path.realpath(path.parent), path.name)) not in kept]
    return found + Journal(decks_dir).left()


def _folders(folder: Path) -> list[Path]:
    return [Path(entry.path) for entry in _entries(folder) if entry.is_dir(follow_symlinks=False)]


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as found:
            return list(found)
    except OSError:
        return []


def _sweep(path: Path) -> Iterator[str]:
    """Remove a leftover; reports a file that had been replaced, with others, when no journal knew of it."""
    target = path.with_name(path.name.rsplit(".", 2)[0].removeprefix("."))
    with suppress(OSError):
        replaced = path.suffix == ".deckgen-old" and state(target) != state(path)
        path.unlink()
        if replaced:
            name = visible(target.as_posix())
            yield f"a run was stopped while it wrote {name} and others: compare them, as with `git diff`"


@contextmanager
def scratch() -> Iterator[Path]:
    """A temporary folder that is removed afterwards; if this run is killed, the next one removes it.

    A file marks it as ours. The mark is made and locked first: no run removes a folder without a mark.
    """
    folder, mark, held = _marked()
    try:
        yield folder
    finally:
        _remove(folder, mark, held)


def _marked() -> tuple[Path, Path, FileLock]:
    """Make a folder and its mark; gives both, and the lock on the mark. Raises OSError."""
    from filelock import FileLock, Timeout

    while True:
        number, name = tempfile.mkstemp(prefix=_SCRATCH, suffix=_MARK)
        mark = Path(name)
        folder, held = mark.with_suffix(""), FileLock(mark, timeout=0)
        try:
            # Another run may take the mark for a leftover, or somebody's folder may have this name.
            with suppress(Timeout, FileNotFoundError, FileExistsError):
                held.acquire()
                if os.path.samestat(os.fstat(number), mark.stat()):
                    folder.mkdir(0o700)
                    return folder, mark, held
        finally:
            os.close(number)
        held.release()
        with suppress(OSError):
            mark.unlink()


def _sweep_scratches() -> None:
    """Remove the folders of runs that were killed: those whose mark nobody has locked."""
    entries = _entries(Path(tempfile.gettempdir()))
    for mark in [Path(entry.path) for entry in entries if _MARKED.fullmatch(entry.name)]:
        if not is_own(mark) or (state(mark) or [1])[0]:
            continue  # not one of ours
        from filelock import FileLock, Timeout

        held = FileLock(mark, timeout=0)
        with suppress(Timeout, OSError):
            held.acquire()
            _remove(mark.with_suffix(""), mark, held)


def _remove(folder: Path, mark: Path, held: FileLock) -> None:
    """Remove a folder of ours, and then its mark; Windows wants the lock on the mark released first."""
    if is_own(folder, stat.S_ISDIR):
        shutil.rmtree(folder, ignore_errors=True)
    held.release()
    if not os.path.lexists(folder):
        with suppress(OSError):
            mark.unlink()


class Stage:
    """Files waiting to be put in place, in the order in which they were added.

    Without a journal, they wait in the folder `spare` instead and are never put in place.
    """

    def __init__(self, journal: Journal | None, spare: Path | None) -> None:
        self._journal = journal
        self._spare = spare
        self._made: list[Path] = []
        self._moves: list[Move] = []
        self._shown: dict[Path, Path] = {}
        self._half_way = False

    def add(self, target: Path, write: Callable[[Path], object], same: Callable[[Path, Path], bool]) -> bool:
        """Write a file that is to be put at `target`, unless it is the `same` as the file there.

        Tells whether it differs. Raises OSError when it can't be written, or when a link at
        `target` leads out of the folder above its own, or to a file of another kind.
        """
        if files.leaves(target, Path(os.path.realpath(target.parent)).parent):
            raise OSError(errno.EPERM, "it is a link that leads elsewhere", str(target))
        if target.exists() and not target.is_file():
            raise OSError(errno.EINVAL, "something that is not a file is there", str(target))
        shown, target = target, Path(os.path.realpath(target))  # a link stays one
        self._shown[target] = shown
        temporary = self._beside(target, shown)
        try:
            write(temporary)
        except OSError as error:
            # A disk that is full within a file names none.
            named = shown if error.filename in (None, str(temporary)) else error.filename
            raise OSError(error.errno, error.strerror, str(named)) from error
        if target.exists():
            shutil.copymode(target, temporary)
        if same(temporary, target):
            temporary.unlink()
            return False
        self._moves.append(Move(temporary, target, temporary.with_suffix(".deckgen-old")))
        return True

    def waiting(self) -> list[Path]:
        """The places of the files that differ from what is there."""
        return [self._shown[move.target] for move in self._moves]

    def finish(self) -> None:
        """Put everything in place, or nothing. Raises OSError with the file that failed."""
        if self._journal is None or not self._moves:
            return
        begun: list[Move] = []
        before = {move.target for move in self._moves if move.target.exists()}
        self._half_way = True
        self._journal.begin(self._moves)
        try:
            for move in self._moves:
                if move.target in before and len(self._moves) > 1:
                    _keep(move)
                begun.append(move)
                move.temporary.replace(move.target)
        except BaseException as error:
            if len(self._moves) > 1:
                self._take_back(self._journal, begun, before)
            self._half_way = False
            if isinstance(error, OSError):
                raise OSError(error.errno, error.strerror, str(self._shown[move.target])) from error
            raise
        for move in self._moves:
            move.kept.unlink(missing_ok=True)
        self._journal.end()
        self._half_way = False

    def clean(self) -> None:
        """Remove the files that wait or are kept, unless the next run needs them to finish."""
        for move in self._moves if not self._half_way else ():
            move.kept.unlink(missing_ok=True)
        for path in self._made if not self._half_way else ():
            path.unlink(missing_ok=True)

    @staticmethod
    def _take_back(journal: Journal, begun: Iterable[Move], before: Container[Path]) -> None:
        journal.turn()
        for move in reversed([*begun]):
            if move.target not in before:
                move.target.unlink(missing_ok=True)
            else:
                move.kept.replace(move.target)
        journal.end()

    def _beside(self, target: Path, shown: Path) -> Path:
        """Where the new file waits. Raises OSError when something that is not a folder is in the way."""
        folder = self._spare or target.parent
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except FileExistsError:
            raise OSError(errno.ENOTDIR, "it is not a folder", str(shown.parent)) from None
        path = folder / waiting(target).name
        self._made.append(path)
        return path


def _keep(move: Move) -> None:
    """Keep the file that is at the target under another name."""
    move.kept.unlink(missing_ok=True)
    try:
        os.link(move.target, move.kept)
    except OSError:  # a file system without links
        shutil.copy2(move.target, move.kept)


@contextmanager
def staging(journal: Journal | None) -> Iterator[Stage]:
    """A stage that leaves nothing behind; without a journal it never puts anything in place."""
    with scratch() if journal is None else nullcontext() as spare:
        stage = Stage(journal, spare)
        try:
            yield stage
        finally:
            stage.clean()


def write_texts(texts: Mapping[Path, str | Iterator[str]], journal: Journal) -> list[Path]:
    """Write files of text, whole or in pieces, all or none; gives their paths. Raises OSError."""

    def writer(text: str | Iterator[str]) -> Callable[[Path], object]:
        pieces = [text] if isinstance(text, str) else text

        def write(path: Path) -> None:
            with path.open("wb") as file:
                file.writelines(piece.encode() for piece in pieces)

        return write

    with staging(journal) as stage:
        for path, text in texts.items():
            stage.add(path, writer(text), lambda *_: False)
        stage.finish()
    return list(texts)
