"""What git and this machine remember of a lock. The only module that asks git.

A revert, a reset or an old checkout takes deck.lock back together with the cards, but learners
keep what they imported. So not only the lock that lies there counts as given out, but also its
states in the commits that this branch has or had, and the last one that was built here on this
branch (docs/regeneration.md, "What counts as given out").

A branch *has* its ancestors and, until a merge is committed, those of the other side. It *had*
the commits that its reflog names: those from before a reset, an amend or a rebase
(https://git-scm.com/docs/git-reflog). The last lock that was built here is kept in git's own
folder, where no checkout takes it back.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import chain
from pathlib import Path
from typing import IO

from deckgen.fixed import fixed
from deckgen.lock.limits import MAX_BYTES
from deckgen.lock.parse import packages
from deckgen.lock.words import language
from deckgen.reading import files

#: At most so many states of a lock are read, the newest first, and together no more than BYTES.
MOST, BYTES = 200, 64_000_000
#: Only so many of the newest commits in a branch's reflog count, and of the newest branches and tags.
REFLOG, REFS = 300, 100
_FOLDER = "deckgen"
#: What git calls a HEAD that is no branch.
DETACHED = "HEAD"
_SECONDS = 30
# Paths that a caller, such as a hook of git, may set for git: https://git-scm.com/docs/git#_environment_variables
_PATHS = ("GIT_DIR", "GIT_WORK_TREE", "GIT_COMMON_DIR", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY")


@fixed
class Past:
    """Texts of a lock: those that this branch gave out, and those of other branches and tags by name.

    The newest come first. `trouble` says why git could not be asked, when it could not.
    """

    given: tuple[str, ...] = ()
    others: tuple[tuple[str, str], ...] = ()
    trouble: str = ""


class _Failed(Exception):
    """Says in a line why git gives no answer."""


class Memory:
    """What is remembered of the locks of all decks in a folder; git is asked once for each.

    Outside a repository nothing is remembered. `lasting` is for what asks again later (`holds`).
    """

    def __init__(self, decks_dir: Path, *, lasting: bool = False) -> None:
        self._trouble = ""
        self._repository: _Repository | None = None
        self._pasts: dict[tuple[Path, str], Past] = {}
        if _in_repository(decks_dir):
            try:
                self._repository = _open(decks_dir, lasting)
            except _Failed as error:
                self._trouble = str(error)

    @property
    def is_on_no_branch(self) -> bool:
        """Whether what is committed next is on no branch, so that no other one knows of it."""
        return self._repository is not None and self._repository.branch == DETACHED

    def past(self, lock: Path) -> Past:
        """What is remembered of the lock of a deck, which need not be there itself."""
        if self._repository is None:
            return Past(trouble=self._trouble)
        known = lock, _blob_of(lock)
        if known not in self._pasts:
            self._pasts[known] = self._ask(self._repository, *known)
        return self._pasts[known]

    def blobs(self, path: Path) -> tuple[list[tuple[str, int]], str]:
        """The states of a file, such as a package, that git knows of any branch; this one's come first.

        They come with their sizes in bytes, and with what to do where git may not know all of them.
        """
        mend = "git can't be asked for older packages ({}): mend that, and pull again"
        folder, _ = _standing(path)
        if self._repository is None or not _in_repository(folder):
            return [], mend.format(self._trouble) if self._trouble else ""
        try:
            known = [*_states(self._repository, path), *_others(self._repository, path)]
            found = list(_sizes(folder, list(dict.fromkeys(known))))
        except _Failed as error:
            return [], mend.format(error)
        shallow = "this clone is shallow: `git fetch --unshallow`, and pull again"
        return found, shallow if (self._repository.common / "shallow").is_file() else ""

    @staticmethod
    def write(path: Path, blob: str, target: Path) -> bool:
        """Write one of those `blobs` of a file to `target`; tells whether git gave it. Raises OSError."""
        try:
            with target.open("wb") as out:
                _run(_standing(path)[0], "cat-file", "blob", blob, out=out)
        except _Failed:
            return False
        return True

    def holds(self) -> bool:
        """Whether it is certain, without asking git, that git would say the same again."""
        return self._repository is not None and self._repository.seen == _seen(self._repository.folders)

    @staticmethod
    def _ask(repository: _Repository, lock: Path, now: str) -> Past:
        try:
            states = _states(repository, lock)
            others = _others(repository, lock)
            texts = _contents(lock, [blob for blob in dict.fromkeys([*states, *others]) if blob != now])
        except _Failed as error:
            return Past(trouble=str(error))
        branch, built = repository.branch, _built(repository, lock)
        # A build on no branch may have been of any commit, so it counts like those of other branches.
        given = [text for name, text in built if name == branch != DETACHED]
        given += [texts.get(blob, "") for blob in states]
        elsewhere = [(name, text) for name, text in built if name != branch or name == DETACHED]
        rest = ((ref, blob) for blob, ref in others.items() if blob in texts and blob not in states)
        elsewhere += [(ref, texts[blob]) for ref, blob in rest]
        return Past(tuple(text for text in given if text), tuple(elsewhere))

    def knows(self, lock: Path) -> bool:
        """Whether the lock was ever committed on this branch, even if it is gone now."""
        try:
            return self._repository is not None and bool(_states(self._repository, lock))
        except _Failed:
            return False

    def remember(self, lock: Path, text: bytes) -> None:
        """Keep the text of a lock that was built here, where git can't take it back. Raises OSError."""
        self._pasts.clear()
        if self._repository is not None:
            place = _place(self._repository, lock, text)
            place.parent.mkdir(exist_ok=True)
            for left in place.parent.glob(f"{place.stem}.*[0-9]"):  # by a run that was killed
                left.unlink(missing_ok=True)
            temporary = place.with_suffix(f".{os.getpid()}")
            temporary.write_bytes(f"{self._repository.branch}\n".encode() + text)
            temporary.replace(place)

    @property
    def state(self) -> str:
        """A hash of all that `past` depends on: while it is the same, `past` gives the same answers."""
        if self._repository is None:
            return self._trouble
        one = self._repository
        words = [
            one.head,
            one.branch,
            *one.before,
            *(f"{name} {commit}" for name, commit in one.tips.items()),
        ]
        words += [f"{file.name} {file.stat().st_mtime_ns}" for file in (one.common / _FOLDER).glob("*.txt")]
        return hashlib.sha256("\n".join(sorted(words)).encode()).hexdigest()


# -- git ---------------------------------------------------------------------------

#: Time of change, size and inode number of files by path.
_Seen = dict[str, tuple[int, int, int]]


@fixed
class _Repository:
    """A repository as seen from a folder in it, whose path is `inside`.

    `head` is empty before the first commit; `branch` is DETACHED on no branch. `before` are the commits
    that count besides HEAD: those that its branch was at before, and the other sides of a merge that is
    not committed. `tips` are the commits of other branches and of tags by name. `seen` is what lay
    in git's own `folders` when it was asked, if that is to be compared later.
    """

    inside: str
    folders: tuple[Path, Path]
    seen: _Seen
    head: str
    branch: str
    before: tuple[str, ...]
    tips: dict[str, str]

    @property
    def common(self) -> Path:
        """The folder that all work trees of the repository share."""
        return self.folders[1]


def _seen(folders: Iterable[Path]) -> _Seen:
    """The files in git's folders that say what commits there are, and what was built here."""
    found: _Seen = {}
    for folder in folders:
        inside = [folder.joinpath(name).rglob("*") for name in ("info", "logs", "refs", "reftable", _FOLDER)]
        for path in chain(folder.glob("*"), *inside):
            with suppress(OSError):  # it has just been removed
                state = path.stat()
                found[str(path)] = state.st_mtime_ns, state.st_size, state.st_ino
    return found


def _in_repository(folder: Path) -> bool:
    """Whether a folder lies in a repository, found without git, which takes a while to start."""
    place = Path(os.path.realpath(folder))  # also of a link to itself
    return "GIT_DIR" in os.environ or any((above / ".git").exists() for above in (place, *place.parents))


def _standing(path: Path) -> tuple[Path, str]:
    """The folder of a file and its path from there, or of a folder above while that one is not there.

    git is run in it, and knows files of folders that were taken away.
    """
    folder = next((above for above in path.parents if above.is_dir()), path.parent)
    return folder, path.relative_to(folder).as_posix()


def _open(folder: Path, lasting: bool) -> _Repository:
    """The repository around a folder."""
    wanted = ("--git-dir", "--git-common-dir", "--show-prefix", "--revs-only", "HEAD")
    git_dir, common, inside, *heads = _lines(folder, "rev-parse", *wanted, "--symbolic-full-name", "HEAD")
    folders = folder / git_dir, folder / common
    seen = _seen(folders) if lasting else {}
    head, branch = heads or ("", _unborn(folder))
    before = []
    if head and branch != DETACHED:
        # A branch may have no reflog; then git prints nothing.
        before = _lines(folder, "log", "-g", f"-n{REFLOG}", "--format=%H", branch, "--")
    merging = folders[0] / "MERGE_HEAD"
    if merging.is_file():
        before += merging.read_text(encoding="ascii", errors="replace").split()
    form = "--format=%(objectname) %(refname)"
    refs = _lines(folder, "for-each-ref", f"--count={REFS}", "--sort=-creatordate", form)
    tips = {name: commit for commit, _, name in (line.partition(" ") for line in refs) if name != branch}
    return _Repository(inside, folders, seen, head, branch, tuple(dict.fromkeys(before)), tips)


def _unborn(folder: Path) -> str:
    """The branch that the first commit will make."""
    return _lines(folder, "symbolic-ref", "HEAD")[0]


def _states(repository: _Repository, lock: Path) -> list[str]:
    """The blobs of a lock in the commits that this branch has or had, the newest first."""
    # Without --full-history, a merge that took one side's lock would hide the other side's.
    options = ("-m", "--raw", "--no-abbrev", "--no-renames", "--full-history", "--format=")
    if not repository.head:
        return []
    folder, name = _standing(lock)
    asked = (repository.head, *repository.before, "--", name)
    lines = _lines(folder, "log", f"-n{MOST}", *options, "--stdin", asked=asked)
    # Both sides of each change count: the oldest change that is read may have removed something.
    changes = (change for line in lines for change in _changed(line))
    blobs = dict.fromkeys(blob for before, after in changes for blob in (after, before))
    return [blob for blob in blobs if set(blob) != {"0"}]


def _changed(line: str) -> Iterator[tuple[str, str]]:
    """The blobs before and after the change that a line of `--raw` describes.

    Such a line is `:100644 100644 <blob> <blob> M` and then the path: https://git-scm.com/docs/git-diff#_raw_output_format
    """
    match line.partition("\t")[0].split(" "):
        case [mode, _, before, after, _] if mode.startswith(":"):
            yield before, after


def _others(repository: _Repository, lock: Path) -> dict[str, str]:
    """The blobs of a lock that are only in commits of other branches and tags, each with one of their names.

    The newest come first. Older commits count as well as the tips: somebody may have imported what was
    taken back there.
    """
    if not repository.tips:
        return {}
    options = ("-m", "--raw", "--no-abbrev", "--no-renames", "--full-history", "--source", "--format=@%S")
    asked = [f"^{commit}" for commit in (repository.head, *repository.before) if commit]
    refs = ("--branches", "--tags", "--remotes")
    folder, path = _standing(lock)
    lines = _lines(folder, "log", f"-n{MOST}", *options, *refs, "--stdin", asked=[*asked, "--", path])
    name = ""
    found: dict[str, str] = {}
    for line in lines:
        if line.startswith("@"):
            name = line[1:]
        for _, after in _changed(line):
            found.setdefault(after, name)
    return {blob: ref for blob, ref in found.items() if set(blob) != {"0"}}


def _blob_of(lock: Path) -> str:
    """The name of a file's blob in a repository that uses SHA-1, so that git need not read it again."""
    content = lock.read_bytes() if lock.is_file() else b""
    return hashlib.sha1(b"blob %d\0%b" % (len(content), content), usedforsecurity=False).hexdigest()


def _contents(lock: Path, blobs: list[str]) -> dict[str, str]:
    """The texts of blobs. `git cat-file --batch` prints a header, the content and a line end for each.

    A stranger may have committed locks of any size: the newest are read, together no more than BYTES.
    """
    wanted, room = [], BYTES
    for name, length in _sizes(lock.parent, blobs):
        if length <= min(room, MAX_BYTES):
            room -= length
            wanted.append(name)
    answer, at, texts = _run(lock.parent, "cat-file", "--batch", asked=wanted) if wanted else b"", 0, {}
    while at < len(answer):
        end = answer.index(b"\n", at)
        name, kind, size = (*answer[at:end].decode("ascii", "replace").split(" "), "0")[:3]
        at = end + 1
        if kind == "blob":
            texts[name] = answer[at : at + int(size)].decode("utf-8", "replace")
            at += int(size) + 1
    return texts


def _sizes(folder: Path, blobs: list[str]) -> Iterator[tuple[str, int]]:
    """Those of the blobs that git has, each with its size in bytes. Raises _Failed."""
    for line in _lines(folder, "cat-file", "--batch-check", asked=blobs) if blobs else ():
        name, kind, size = (*line.split(" "), "0")[:3]
        if kind == "blob":
            yield name, int(size)


def _place(repository: _Repository, lock: Path, text: bytes) -> Path:
    """Where the last lock that was built here is kept: a file for each deck, branch and set of namespaces.

    So `--new-major`, or a new language, does not overwrite what was built before.
    """
    written = sorted(language(line.namespace) for line in packages(text.decode()).values())
    # Written as Python shows a list of bytes, because files with such names lie on people's machines.
    listed = ", ".join(f"b'{namespace}'" for namespace in written)
    built = _hash(f"{repository.branch}\n[{listed}]")
    return repository.common / _FOLDER / f"{_hash(_inside(repository, lock))}-{built}.txt"


def _inside(repository: _Repository, lock: Path) -> str:
    return f"{repository.inside}{lock.parent.name}"


def _hash(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()[:16]


def _built(repository: _Repository, lock: Path) -> list[tuple[str, str]]:
    """The locks of a deck that were built here last, each with its branch, for branches that still exist."""
    found = []
    for place in sorted((repository.common / _FOLDER).glob(f"{_hash(_inside(repository, lock))}-*.txt")):
        with suppress(OSError):
            name, _, text = files.read(place, MAX_BYTES).decode("utf-8", "replace").partition("\n")
            if name in (DETACHED, repository.branch) or name in repository.tips:
                found.append((name, text))
    return found


def _lines(folder: Path, *arguments: str, asked: Iterable[str] = ()) -> list[str]:
    return _run(folder, *arguments, asked=asked).decode("utf-8", "replace").split("\n")[:-1]


def _run(folder: Path, *arguments: str, asked: Iterable[str] = (), out: IO[bytes] | None = None) -> bytes:
    """What git prints when it is `asked` these lines, unless it goes to `out`. Raises _Failed."""
    environment = {**os.environ, "LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0"}
    if environment.get("GIT_DIR"):  # then git takes the folder where it is run for the work tree's root
        environment.setdefault("GIT_WORK_TREE", os.curdir)
    for name in _PATHS:
        if environment.get(name):  # relative to our working folder, but git runs in another one
            environment[name] = os.path.abspath(environment[name])  # noqa: PTH100  # as git reads it
    try:
        done = subprocess.run(  # noqa: S603
            ["git", *arguments],  # noqa: S607
            cwd=folder,
            env=environment,
            input="".join(f"{line}\n" for line in asked).encode(),
            stdout=out or subprocess.PIPE,
            stderr=subprocess.PIPE,
            check=False,
            timeout=_SECONDS,
        )
    except subprocess.TimeoutExpired:
        raise _Failed(f"git {arguments[0]} did not answer within {_SECONDS} seconds") from None
    except OSError as error:
        raise _Failed(f"git can't be run: {error.strerror}") from None
    if done.returncode != 0:
        told = done.stderr.decode("utf-8", "replace").strip().partition("\n")[0]
        raise _Failed(f"git {arguments[0]}: {told[:200] or f'exit {done.returncode}'}")
    return done.stdout or b""
