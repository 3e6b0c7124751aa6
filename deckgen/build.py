"""From folders to packages: source → deck → check → render → lock → apkg.

Everything is computed before anything is written. Files are written under other
names first and then put in place, the lock before the packages: a package is a
function of source and lock, so a build that is cut in between is completed by
the next one.
"""

from __future__ import annotations

import itertools
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from deckgen import checks
from deckgen import lock as locks
from deckgen.deck import Deck
from deckgen.diagnostic import Diagnostic, Place, has_errors
from deckgen.load import find_folders, load

#: Called with (notes rendered, notes in all).
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Package:
    """What a build did, or would do, to one package. `cards` counts what Anki will study."""

    path: str
    lang: str
    notes: int
    cards: int
    changes: locks.Changes
    written: bool


@dataclass(frozen=True, slots=True)
class Result:
    findings: list[Diagnostic]
    packages: list[Package] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Checked:
    """A deck without errors, and its lock."""

    deck: Deck
    lock: locks.Lock


def check(source_dir: Path, output_dir: Path, names: Iterable[str] = ()) -> list[Diagnostic]:
    """All findings of the decks in `source_dir`, in the order of the source.

    Raises load.NoDecks when there is nothing to check.
    """
    findings: list[Diagnostic] = []
    for _ in _checked(source_dir, output_dir, names, findings):
        pass
    return sorted(findings)


def build(
    source_dir: Path,
    output_dir: Path,
    *,
    now: int,
    names: Iterable[str] = (),
    lang: str | None = None,
    locked: bool = False,
    progress: Progress = lambda *_: None,
) -> Result:
    """Build the packages of all decks, or of those in `names`, in all languages or in `lang`.

    `now` is the time in seconds since 1970 that changed notes are stamped with.
    With `locked`, nothing is written, and a lock or package that would change is
    a finding (R08). With any error nothing is written. Raises load.NoDecks when
    there is nothing to build.
    """
    findings: list[Diagnostic] = []
    decks = list(_checked(source_dir, output_dir, names, findings))
    if (
        lang is not None
        and not any(lang in item.deck.languages for item in decks)
        and not has_errors(findings)
    ):
        languages = sorted({code for item in decks for code in item.deck.languages if code})
        message = f"no deck has the language `{lang}`"
        findings.append(
            Diagnostic(
                Place(source_dir.as_posix()), "K07", message, f"there are: {', '.join(languages) or 'none'}"
            )
        )
    if has_errors(findings):
        return Result(sorted(findings))
    packages: list[Package] = []
    try:
        with _staging(locked) as stage:
            tick = _ticker(decks, lang, progress)
            for item in decks:
                packages += _build_deck(item, output_dir, lang, now, stage, tick)
            findings += stage.finish()
    except OSError as error:
        place = Place(Path(error.filename).as_posix() if error.filename else output_dir.as_posix())
        message = f"can't be read or written: {error.strerror or error}"
        findings.append(Diagnostic(place, "R09", message, "nothing was changed; check rights and free space"))
        return Result(sorted(findings))
    return Result(sorted(findings), packages)


def _checked(
    source_dir: Path, output_dir: Path, names: Iterable[str], findings: list[Diagnostic]
) -> Iterator[_Checked]:
    """Load and check each deck; add to `findings`, and give the decks that can be built."""
    keys: dict[str, str] = {}
    for folder in find_folders(source_dir, names):
        deck, found = load(folder)
        if deck is None:
            findings += found
            continue
        key = deck.key.value
        if key in keys:
            message = f"the deck's key `{key}` is also that of {keys[key]}"
            found.append(Diagnostic(deck.key.place, "K11", message, "give each deck its own key"))
        keys[key] = folder.as_posix()
        found += checks.run(deck)
        lock, lock_findings = _read_lock(deck, output_dir)
        found += lock_findings
        if lock is not None:
            found += locks.frozen(deck, lock, (folder / locks.FILE).as_posix())
        findings += found
        if lock is not None and not has_errors(found):
            yield _Checked(deck, lock)


def _read_lock(deck: Deck, output_dir: Path) -> tuple[locks.Lock | None, list[Diagnostic]]:
    path = deck.folder / locks.FILE
    shown = path.as_posix()
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        shipped = [output_dir / deck.package_name(lang) for lang in deck.languages]
        for package in shipped:
            if package.exists():
                message = f"is missing, but {package.as_posix()} was built with one"
                hint = "take the lock back from git; without it every note would look changed"
                return None, [Diagnostic(Place(shown), "R07", message, hint)]
        return locks.Lock(deck.key.value), []
    except (OSError, UnicodeDecodeError) as error:
        return None, [Diagnostic(Place(shown), "R01", f"can't be read: {error}", "take it back from git")]
    return locks.parse(text, shown)


def _ticker(decks: Iterable[_Checked], lang: str | None, progress: Progress) -> Callable[[], None]:
    """A function to call once a note."""
    total = sum(
        len(item.deck.cards) for item in decks for code in item.deck.languages if lang in (None, code)
    )
    count = itertools.count(1)
    return lambda: progress(next(count), total)


def _build_deck(
    item: _Checked, output_dir: Path, lang: str | None, now: int, stage: _Stage, tick: Callable[[], None]
) -> list[Package]:
    # Rendering and packing are imported here, because `check` needs neither.
    from deckgen import apkg
    from deckgen.notetypes import note_types
    from deckgen.render import render

    deck = item.deck
    parts = []
    for code in deck.languages:
        if lang is None or code == lang:
            numbers = locks.item_numbers(deck, code, item.lock)
            parts.append((render(deck, code, numbers, tick), note_types(deck, code), numbers))
    if not parts:
        return []
    lock, changes = locks.advance(item.lock, deck, parts, now)
    stage.text(deck.folder / locks.FILE, locks.dump(lock))
    packages = []
    for rendered, types, _ in parts:
        target = output_dir / deck.package_name(rendered.lang)
        written = stage.package(target, lambda path, r=rendered, t=types: apkg.write(path, deck, r, t, lock))  # type: ignore[misc]
        cards = sum(len(note.ordinals) for note in rendered.notes)
        packages.append(
            Package(
                target.as_posix(), rendered.lang, len(rendered.notes), cards, changes[rendered.lang], written
            )
        )
    return packages


class _Stage:
    """Files waiting to be put in place, in the order in which they were added."""

    def __init__(self, locked: bool, spare: Path) -> None:
        self._locked = locked
        self._spare = spare
        self._made: list[Path] = []
        self._moves: list[tuple[Path, Path]] = []

    def text(self, target: Path, text: str) -> None:
        """Stage a text file, unless `target` says the same already."""
        try:
            if target.read_text(encoding="utf-8") == text:
                return
        except FileNotFoundError:
            pass
        temporary = self._temporary(target)
        temporary.write_text(text, encoding="utf-8", newline="\n")
        self._moves.append((temporary, target))

    def package(self, target: Path, write: Callable[[Path], None]) -> bool:
        """Stage a package, unless `target` holds the same already; says whether it did."""
        from deckgen import apkg

        temporary = self._temporary(target)
        write(temporary)
        if apkg.same(temporary, target):
            temporary.unlink()
            return False
        self._moves.append((temporary, target))
        return True

    def finish(self) -> list[Diagnostic]:
        """Put everything in place; when locked, report what would have changed instead."""
        if self._locked:
            hint = "run `deckgen build` and commit the lock and the packages"
            return [
                Diagnostic(Place(path.as_posix()), "R08", "is not up to date", hint)
                for _, path in self._moves
            ]
        for temporary, target in self._moves:
            temporary.replace(target)
        return []

    def clean(self) -> None:
        """Remove what was not put in place."""
        for temporary in self._made:
            temporary.unlink(missing_ok=True)

    def _temporary(self, target: Path) -> Path:
        folder = self._spare if self._locked else target.parent
        folder.mkdir(parents=True, exist_ok=True)
        temporary = folder / f".{target.name}.{os.getpid()}.tmp"
        self._made.append(temporary)
        return temporary


@contextmanager
def _staging(locked: bool) -> Iterator[_Stage]:
    with tempfile.TemporaryDirectory(prefix="deckgen-") as spare:
        stage = _Stage(locked, Path(spare))
        try:
            yield stage
        finally:
            stage.clean()
