"""From folders to packages: source → deck → check → render → lock → apkg.

Everything is computed before anything is written.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from pathlib import Path

from deckgen import checks
from deckgen.checks.proof import Proof
from deckgen.deck import Deck
from deckgen.finding import Finding, Place, Severity, first, has_errors
from deckgen.lock import carry, frozen, states, translation, undelivered
from deckgen.lock import format as locks
from deckgen.lock.history import Memory
from deckgen.notes import guard, render
from deckgen.packing.journal import Journal
from deckgen.packing.stage import Stage, alone, staging
from deckgen.reading import files
from deckgen.reading.keys import LANGUAGE
from deckgen.reading.load import choose, find_folders, load, read_head
from deckgen.reading.original import place

#: Called with (notes rendered, notes in all).
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Package:
    """What a build did, or would do, to one package. `cards` counts what Anki will study."""

    path: str
    lang: str
    notes: int
    cards: int
    changes: carry.Changes
    written: bool


@dataclass(frozen=True, slots=True)
class Result:
    """All findings, the packages, and the texts of sources that were read to judge the cards.

    `leaves` is the date on which the next retired card comes to its `until:`, if one does.
    """

    findings: list[Finding]
    packages: list[Package] = field(default_factory=list)
    texts: list[Path] = field(default_factory=list)
    leaves: str = ""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a person asks of a run beyond the choice of decks.

    Only packages in `lang`, when it is given. Cards in `accepted` may lose a card or move its history
    (R11, R12); cards in `restamp` get a new stamp although nothing changed: both by their ids, or
    `deck/id` where several decks have one. With `new_major`, the decks begin anew: nothing that was
    built binds them. `craft` is how much of the craft of cards is judged beside what the format demands.
    """

    lang: str | None = None
    accepted: frozenset[str] = frozenset()
    restamp: frozenset[str] = frozenset()
    new_major: bool = False
    craft: checks.Craft = checks.Craft.STOPPING


@dataclass(frozen=True, slots=True)
class Held:
    """The lock that a build starts from, and what else was given out.

    `lock` is that of the deck's folder, with what is newer in states that this branch `given` out;
    `others` are the locks of other branches and tags by name; `trouble` says why git does not tell.
    """

    lock: locks.Lock
    given: tuple[locks.Lock, ...] = ()
    others: tuple[tuple[str, locks.Lock], ...] = ()
    trouble: str = ""

    @property
    def elsewhere(self) -> list[locks.Lock]:
        """The locks of other branches and tags, without their names."""
        return [lock for _, lock in self.others]


@dataclass(frozen=True, slots=True)
class _Loaded:
    deck: Deck
    held: Held


@dataclass(frozen=True, slots=True)
class Ready:
    """A deck, its lock, and its notes in the wanted languages."""

    deck: Deck
    held: Held
    rendered: list[render.Rendered]

    @property
    def lock(self) -> locks.Lock:
        """What the build starts from."""
        return self.held.lock


def check(
    source_dir: Path, output_dir: Path, names: Iterable[str] = (), wishes: Wishes = Wishes()
) -> list[Finding]:
    """All findings of the decks in `source_dir`, in the order of the source.

    Raises load.NoDecks when there is nothing to check.
    """
    return prepare(source_dir, output_dir, names, wishes)[1]


def build(
    source_dir: Path,
    output_dir: Path,
    *,
    now: int,
    names: Iterable[str] = (),
    wishes: Wishes = Wishes(),
    locked: bool = False,
    progress: Progress = lambda *_: None,
) -> Result:
    """Build the packages of all decks, or of those in `names`.

    `now` is the time in seconds since 1970 that changed notes are stamped with. With
    `locked`, nothing is written, and a lock or package that would change is a
    finding (R08). With any error nothing is written. Raises load.NoDecks when there
    is nothing to build, and stage.Busy when another run is at work on the same decks.
    """
    if locked:
        return _build(source_dir, output_dir, now, names, wishes, None, progress)
    with alone(source_dir, output_dir) as journal:
        return _build(source_dir, output_dir, now, names, wishes, journal, progress)


def _build(
    source_dir: Path,
    output_dir: Path,
    now: int,
    names: Iterable[str],
    wishes: Wishes,
    journal: Journal | None,
    progress: Progress,
) -> Result:
    today = day(now) if journal is not None else None
    memory = Memory(source_dir)
    ready, findings = prepare(source_dir, output_dir, names, wishes, progress, today, memory)
    if has_errors(findings):
        return Result(findings)
    packages: list[Package] = []
    try:
        with staging(journal) as stage:
            for item in ready:
                step = next_lock(item, now, wishes.restamp)
                findings += step.refused(item.deck.folder / locks.FILE)
                packages += _pack(item, step, output_dir, stage)
                findings += undelivered_by(item, step.lock)
            if has_errors(findings):
                return Result(sorted(findings))
            if journal is None:
                findings += [_not_up_to_date(path) for path in stage.waiting()]
            stage.finish()
    except OSError as error:
        return Result(sorted([*findings, _unwritable(error, output_dir)]))
    if journal is not None:
        findings += _remember(ready, memory)
    texts = [path for item in ready if (path := place(item.deck))]
    return Result(sorted(findings), packages, texts, _next_to_leave(ready, day(now)))


# -- load and check ----------------------------------------------------------------


def prepare(
    source_dir: Path,
    output_dir: Path,
    names: Iterable[str] = (),
    wishes: Wishes = Wishes(),
    progress: Progress = lambda *_: None,
    today: str | None = None,
    memory: Memory | None = None,
) -> tuple[list[Ready], list[Finding]]:
    """The chosen decks with their notes, and all findings, sorted.

    `today`, such as 2026-01-31, tells which retired cards leave; without it the lock does. `memory`
    is what is remembered of the decks in `source_dir`.

    A deck with errors of its own files is not among them; one whose errors are about
    craft or about what learners would lose is. Raises load.NoDecks when there is nothing to do.
    """
    loaded, findings = _load(source_dir, output_dir, names, wishes, memory or Memory(source_dir))
    if wishes.lang is not None:
        findings += _unknown_language(loaded, wishes.lang, source_dir)
    if not has_errors(findings):
        findings += _unknown_cards(loaded, wishes, source_dir)
    ready, found = _render(loaded, output_dir, wishes, progress, today)
    return ready, sorted(findings + found)


def _load(
    source_dir: Path, output_dir: Path, names: Iterable[str], wishes: Wishes, memory: Memory
) -> tuple[list[_Loaded], list[Finding]]:
    """The chosen decks that can be rendered, and the findings of all chosen ones."""
    folders = find_folders(source_dir)
    chosen = choose(folders, names)
    shared = _Shared(filter(None, map(read_head, folders.values())))
    loaded: list[_Loaded] = []
    findings = [_stray(path) for path in sorted(source_dir.glob("*.y*ml"))]
    packages = _packages(output_dir)
    for folder in chosen.values():
        deck, found = load(folder)
        if deck is not None:
            held, lock_findings = _read_lock(deck, source_dir, output_dir, memory)
            lock = held.lock if held is not None else None
            proof = Proof(deck, frozen.given_numbers(lock) if lock is not None else {})
            found += checks.demanded(proof)
            judged = checks.judged(proof, wishes.craft)
            found += shared.clashes(deck)
            found += lock_findings
            if lock is not None:
                found += _left_over(deck, lock, output_dir, packages.get(deck.key.value, ()))
            if lock is not None and wishes.new_major:
                lock = carry.next_major(lock, deck, held.given if held is not None else ())
            if lock is not None:
                shown = (folder / locks.FILE).as_posix()
                lock, renamed = carry.rename(lock, deck, shown)
                found += renamed + frozen.frozen(deck, lock, shown)
                judged += _waiting(deck, lock, wishes.craft)
            if held is not None and lock is not None and not has_errors(found):
                loaded.append(_Loaded(deck, replace(held, lock=lock)))
            found += judged
        findings += found
    return loaded, findings


def _waiting(deck: Deck, lock: locks.Lock, craft: checks.Craft) -> list[Finding]:
    """Translations that wait for an edit, as the deck wants them."""
    from deckgen.checks import settings

    waiting = translation.stale(deck, lock) if craft is not checks.Craft.NONE else []
    return settings.tune(deck, waiting) if waiting else []


def _stray(path: Path) -> Finding:
    message = "is not read: card files lie in the folder of a deck"
    return Finding(Place(path.as_posix()), "K10", message, "move it into a deck's folder")


def _packages(output_dir: Path) -> dict[str, list[str]]:
    """The names of packages that lie in the output folder, by the deck's key with which they begin."""
    names: dict[str, list[str]] = {}
    with suppress(OSError):
        for path in sorted(output_dir.glob("*.apkg")):
            names.setdefault(path.name.partition(".")[0], []).append(path.name)
    return names


def _left_over(deck: Deck, lock: locks.Lock, output_dir: Path, names: Iterable[str]) -> Iterator[Finding]:
    """Findings (K22) about packages that a build wrote before the deck's languages were others.

    Not about those of a language that was built and is missing now: that one should come back (R06).
    """
    built = [deck.package_name(lang) for lang in deck.languages]
    for name in names:
        lang = name.removeprefix(deck.key.value).removesuffix(".apkg").removeprefix(".")
        if name not in built and lang not in lock.packages and (not lang or LANGUAGE.fullmatch(lang)):
            shown = ", ".join(built[:3]) + (", …" if len(built) > 3 else "")
            message = f"is left over: the deck is built as {shown} now"
            hint = "delete it, so that nobody imports it by mistake"
            place = Place((output_dir / name).as_posix())
            yield Finding(place, "K22", message, hint, severity=Severity.WARNING)


class _Shared:
    """What a deck must not share with another one: its key, and its name in Anki."""

    def __init__(self, decks: Iterable[Deck]) -> None:
        self._keys: dict[str, list[Path]] = {}
        self._titles: dict[str, list[Path]] = {}
        for deck in decks:
            self._keys.setdefault(deck.key.value, []).append(deck.folder)
            for title in {text.value.casefold() for text in deck.title.values()}:
                self._titles.setdefault(title, []).append(deck.folder)

    def clashes(self, deck: Deck) -> Iterator[Finding]:
        """Findings (K11, K16) that name the first other deck with the same key, or else a title of `deck`."""
        other = _other(self._keys, deck.key.value, deck)
        if other:
            message = f"the deck's key `{deck.key.value}` is also that of {other}"
            yield Finding(deck.key.whole, "K11", message, "give the newer deck another key")
            return
        for text in deck.title.values():
            other = _other(self._titles, text.value.casefold(), deck)
            if other:
                message = (
                    f"the title “{text.value}” is also that of {other}: Anki would make one deck of both"
                )
                yield Finding(text.whole, "K16", message, "give the newer deck another title")


def _other(folders: Mapping[str, list[Path]], name: str, deck: Deck) -> str:
    """The first of the folders under `name` that is not the deck's own; nothing without one."""
    return next((folder.as_posix() for folder in folders.get(name, ())[:2] if folder != deck.folder), "")


def _read_lock(
    deck: Deck, source_dir: Path, output_dir: Path, memory: Memory
) -> tuple[Held | None, list[Finding]]:
    path = deck.folder / locks.FILE
    shown = path.as_posix()
    try:
        text = files.beside(path, locks.MAX_BYTES).decode("utf-8")
    except FileNotFoundError:
        for folder in (output_dir, source_dir.parent / "output"):
            packages = packages_of(deck, folder)
            if packages:
                message = f"is missing, but {packages[0].as_posix()} was built with one"
                words = " ".join(f"--from {package.as_posix()}" for package in packages)
                hint = f"take it back from git, or from the packages: `deckgen lock {words}`"
                hint += frozen.start_over(deck.folder.name)
                return None, [Finding(Place(shown), "R07", message, hint)]
        if memory.knows(path):
            hint = f"take it back: `git checkout HEAD -- {shown}`" + frozen.start_over(deck.folder.name)
            return None, [Finding(Place(shown), "R07", "is missing, but git knows it", hint)]
        return Held(locks.Lock(deck.identity)), []
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        return None, [Finding(Place(shown), "R01", f"can't be read: {reason}", "take it back from git")]
    lock, findings = locks.parse(text, shown)
    if lock is None:
        return None, findings
    return held_of(carry.adopt(lock, deck), text, path, memory, deck.languages), findings


def held_of(lock: locks.Lock, text: str, path: Path, memory: Memory, languages: Container[str] = ()) -> Held:
    """A lock that was read from `text` at `path`, with what is remembered of it and of `languages`."""
    past = memory.past(path)
    seen = set(text.split("\n")) if past.given or past.others else set()
    given = []
    for state in past.given:
        given.append(locks.other_state(state, seen))
        seen.update(state.split("\n"))
    others = tuple((name, locks.other_state(state, seen)) for name, state in past.others)
    lock = states.recalled(lock, languages, given)
    return Held(states.given_out(lock, given), tuple(given), others, past.trouble)


def packages_of(deck: Deck, folder: Path) -> list[Path]:
    """What lies in a folder under the names of a deck's packages, in any language."""
    key = deck.key.value  # of letters, digits and hyphens
    found = [path for name in (f"{key}.apkg", f"{key}.*.apkg") for path in sorted(folder.glob(name))]
    return [
        path for path in found if path.name == f"{key}.apkg" or LANGUAGE.fullmatch(path.name.split(".")[1])
    ]


def _render(
    loaded: list[_Loaded], output_dir: Path, wishes: Wishes, progress: Progress, today: str | None
) -> tuple[list[Ready], list[Finding]]:
    """The notes of the decks in the wanted languages, and what they would do to learners."""
    lang = wishes.lang
    total = sum(
        len(item.deck.cards) for item in loaded for code in item.deck.languages if lang in (None, code)
    )
    count = itertools.count(1)
    ready, findings = [], []
    for item in loaded:
        rendered = []
        for code in item.deck.languages:
            if lang not in (None, code):
                continue
            lock = item.held.lock
            known = carry.known(item.deck, code, lock, today)
            try:
                notes = render.render(item.deck, code, known, lambda: progress(next(count), total))
            except OSError as error:
                findings.append(_unwritable(error, item.deck.folder))
                break
            shown = (item.deck.folder / locks.FILE).as_posix()
            package = output_dir / item.deck.package_name(code)
            accepted = _meant(wishes.accepted, item.deck)
            findings += frozen.gone(notes, lock, shown, partial(shipped_words, package))
            findings += frozen.moved(item.deck, notes, lock, accepted)
            findings += frozen.twice(item.deck, notes)
            findings += first(guard.findings(item.deck, notes))
            rendered.append(notes)
        if rendered:
            ready.append(Ready(item.deck, item.held, rendered))
    return ready, findings


# -- pack and write ----------------------------------------------------------------


def shipped_words(package: Path, guids: Container[str]) -> dict[str, str]:
    """The words of the notes `guids` in a package; nothing when there is no readable one."""
    # Only needed when a card is gone.
    from deckgen.packing import collection as shipped

    try:
        notes = shipped.read(package, guids).notes
    except shipped.Unreadable:
        return {}
    return {guid: render.words_of(note.fields) for guid, note in notes.items()}


@dataclass(frozen=True)
class Step:
    """What a build makes of a deck: the next lock, and what changes by language."""

    lock: locks.Lock
    changes: Mapping[str, carry.Changes]

    @cached_property
    def text(self) -> str:
        """The next lock as it is written."""
        return locks.dump(self.lock)

    def refused(self, path: Path) -> list[Finding]:
        """Findings when the next lock, to be written at `path`, is one that no run would take."""
        with suppress(FileNotFoundError):
            if path.read_bytes() == self.text.encode():  # a quarter of the time of reading its lines
                return []
        return locks.refused(self.text, path.as_posix())


def next_lock(item: Ready, now: int, restamp: Iterable[str] = ()) -> Step:
    """What a build of a deck at `now` makes, with new stamps for the cards in `restamp` (see `Wishes`)."""
    cards = _meant(restamp, item.deck)
    lock = states.above_others(item.lock, item.held.elsewhere, cards) if cards else item.lock
    return Step(*carry.advance(lock, item.deck, item.rendered, now, cards))


def undelivered_by(item: Ready, lock: locks.Lock) -> list[Finding]:
    """Findings about what learners of other states of a deck will not get, when `lock` is its next one."""
    shown = (item.deck.folder / locks.FILE).as_posix()
    held = item.held
    found = undelivered.undelivered(lock, held.given, held.others, int(time.time()), shown)
    return [*found, undelivered.not_asked(held.trouble, shown)] if held.trouble else found


def _remember(ready: Iterable[Ready], memory: Memory) -> list[Finding]:
    """Keep the locks that were built where git can't take them back; findings (R18) when that fails."""
    findings = []
    for item in ready:
        path = item.deck.folder / locks.FILE
        try:
            memory.remember(path, path.read_bytes())
        except OSError as error:
            trouble = f"{error.filename} can't be written: {error.strerror}"
            findings.append(undelivered.not_asked(trouble, path.as_posix()))
    return findings


def _next_to_leave(ready: Iterable[Ready], today: str) -> str:
    retired = (card.retired for item in ready for card in item.deck.cards)
    ends = (one.until.value for one in retired if one is not None and one.until is not None)
    return min((end for end in ends if end > today), default="")


def day(now: int) -> str:
    """The date of a time in seconds since 1970, such as 2026-01-31, wherever one is."""
    return time.strftime("%Y-%m-%d", time.gmtime(now))


def _pack(item: Ready, step: Step, output_dir: Path, stage: Stage) -> list[Package]:
    """Stage the lock and the packages of a deck.

    The lock goes first: a package is a function of source and lock, so a build
    that is cut in between is completed by the next one.
    """
    # genanki takes 20 ms to import, and `check` does without.
    from deckgen.building import package
    from deckgen.packing import apkg

    deck, lock = item.deck, step.lock
    text = step.text
    stage.add(
        deck.folder / locks.FILE,
        lambda path: path.write_bytes(text.encode()),
        lambda _, old: old.is_file() and old.read_text(encoding="utf-8") == text,
    )
    packages = []
    for rendered in item.rendered:
        target = output_dir / deck.package_name(rendered.lang)
        own = lock.only(rendered.lang)
        write = partial(
            package.write,
            deck=deck,
            rendered=rendered,
            lock=lock,
            own=text if own == lock else locks.dump(own),
        )
        packages.append(
            Package(
                path=target.as_posix(),
                lang=rendered.lang,
                notes=len(rendered.notes),
                cards=sum(len(note.ordinals) for note in rendered.notes),
                changes=step.changes[rendered.lang],
                written=stage.add(target, write, apkg.same),
            )
        )
    return packages


def _unknown_language(loaded: list[_Loaded], lang: str, source_dir: Path) -> list[Finding]:
    languages = sorted({code for item in loaded for code in item.deck.languages if code})
    if lang in languages or not loaded:
        return []
    hint = (
        f"there are: {', '.join(languages)}" if languages else "a deck without `languages:` needs no --lang"
    )
    return [Finding(Place(source_dir.as_posix()), "K07", f"no deck has the language `{lang}`", hint)]


def _unknown_cards(loaded: list[_Loaded], wishes: Wishes, source_dir: Path) -> list[Finding]:
    """Findings (K12) about cards that were asked for by name and do not exist, or in several decks."""
    place, findings = Place(source_dir.as_posix()), []
    holders: dict[str, list[str]] = {}
    for item in loaded:
        for card in item.deck.cards:
            holders.setdefault(card.id.value, []).append(item.deck.folder.name)
    for name in sorted(wishes.accepted | wishes.restamp):
        folder, _, wanted = name.rpartition("/")
        decks = holders.get(wanted, [])
        if not decks or (folder and folder not in decks):
            findings.append(Finding(place, "K12", f"no deck has a card `{name}`", "correct the id"))
        elif not folder and len(decks) > 1:
            message = f"{len(decks)} decks have a card `{name}`"
            hint = f"say which one: `{decks[0]}/{name}`, or name the deck as well"
            findings.append(Finding(place, "K12", message, hint))
    return findings


def _meant(names: Iterable[str], deck: Deck) -> frozenset[str]:
    """The ids of a deck's cards among names such as `id` and `deck/id`."""
    parts = (name.rpartition("/") for name in names)
    return frozenset(card for folder, _, card in parts if folder in ("", deck.folder.name))


def _not_up_to_date(path: Path) -> Finding:
    hint = "run `deckgen build` and commit the lock and the packages"
    return Finding(Place(path.as_posix()), "R08", "is not up to date", hint)


def _unwritable(error: OSError, folder: Path) -> Finding:
    place = Place(Path(error.filename).as_posix() if error.filename else folder.as_posix())
    message = f"can't be read or written: {error.strerror or error}"
    return Finding(place, "R09", message, "nothing was changed; check rights and free space")
