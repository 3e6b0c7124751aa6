"""The lock that a build starts from, and what git and this machine remember of it."""

from __future__ import annotations

from collections.abc import Container, Mapping
from pathlib import Path

from deckgen.deck import Deck
from deckgen.finding import Finding, Place
from deckgen.fixed import fixed
from deckgen.lock import inherit, states
from deckgen.lock.frozen import start_over
from deckgen.lock.history import Memory
from deckgen.lock.limits import FILE, MAX_BYTES
from deckgen.lock.lines import Lock, NoteLine
from deckgen.lock.parse import other_state, parse
from deckgen.reading import files
from deckgen.reading.keys import LANGUAGE


@fixed
class Held:
    """The lock that a build starts from, and what else was given out.

    `lock` is the lock in the deck's folder, updated with what is newer in the states that this branch gave
    out (`given`); `others` are the locks of other branches and tags by name; `trouble` says why git can't
    be asked.
    """

    lock: Lock
    given: tuple[Lock, ...] = ()
    others: tuple[tuple[str, Lock], ...] = ()
    trouble: str = ""

    @property
    def unbuilt(self) -> frozenset[str]:
        """The cards that came home from a learner, and that no build knows in any language or branch."""
        if not any(line.is_unbuilt for line in self.lock.notes.values()):
            return frozenset()
        built = self.built
        guids = {line.guid for lines in built.values() for line in lines} - {""}
        return frozenset(
            name
            for (name, _), line in self.lock.notes.items()
            if name not in built and line.guid not in guids
        )

    @property
    def built(self) -> Mapping[str, list[NoteLine]]:
        """The lines of all cards that any build knows, in any language or branch, by the card."""
        found: dict[str, list[NoteLine]] = {}
        for state in (self.lock, *self.given, *self.elsewhere):
            for (name, _), line in state.notes.items():
                if line.texts:
                    found.setdefault(name, []).append(line)
        return found

    @property
    def elsewhere(self) -> list[Lock]:
        """The locks of other branches and tags, without their names."""
        return [lock for _, lock in self.others]


def path_of(deck: Deck) -> Path:
    """Where the lock of a deck lies."""
    return deck.folder / FILE


def read(deck: Deck, package_folders: tuple[Path, ...], memory: Memory) -> tuple[Held | None, list[Finding]]:
    """The lock that binds a deck, and findings (R01, R07); None when the lock can't be read, or is lost.

    It is lost when git, or packages in one of `package_folders`, show that there was one.
    """
    path = path_of(deck)
    shown = path.as_posix()
    try:
        text = files.beside(path, MAX_BYTES).decode("utf-8")
    except FileNotFoundError:
        lost = _lost(deck, shown, package_folders, memory.knows(path))
        return (None, [lost]) if lost else (Held(Lock(deck.identity)), [])
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        return None, [Finding(Place(shown), "R01", f"can't be read: {reason}", "take it back from git")]
    lock, findings = parse(text, shown)
    if lock is None:
        return None, findings
    return remembered(inherit.adopt(lock, deck), text, path, memory, deck.languages), findings


def _lost(deck: Deck, shown: str, package_folders: tuple[Path, ...], in_git: bool) -> Finding | None:
    """The finding about a lock that is missing although the deck was built; None if it was never built."""
    anew = start_over(deck)
    for folder in package_folders:
        packages = packages_of(deck, folder)
        if packages:
            message = f"is missing, but {packages[0].as_posix()} was built with one"
            words = " ".join(f"--from {package.as_posix()}" for package in packages)
            hint = f"take it back from git, or from the packages: `deckgen lock {words}`{anew}"
            return Finding(Place(shown), "R07", message, hint)
    if in_git:
        hint = f"take it back: `git checkout HEAD -- {shown}`{anew}"
        return Finding(Place(shown), "R07", "is missing, but git knows it", hint)
    return None


def remembered(lock: Lock, text: str, path: Path, memory: Memory, languages: Container[str] = ()) -> Held:
    """A lock that was read from `text` at `path`, with what is remembered of it and of `languages`."""
    past = memory.past(path)
    seen = set(text.split("\n")) if past.given or past.others else set()
    given = []
    for state in past.given:
        given.append(other_state(state, seen))
        seen.update(state.split("\n"))
    others = tuple((name, other_state(state, seen)) for name, state in past.others)
    lock = states.recalled(lock, languages, given)
    return Held(states.given_out(lock, given), tuple(given), others, past.trouble)


def packages_of(deck: Deck, folder: Path) -> list[Path]:
    """The files in a folder that have the names of a deck's packages, in any language."""
    key = deck.key.value  # of letters, digits and hyphens
    found = [path for name in (f"{key}.apkg", f"{key}.*.apkg") for path in sorted(folder.glob(name))]
    return [
        path for path in found if path.name == f"{key}.apkg" or LANGUAGE.fullmatch(path.name.split(".")[1])
    ]
