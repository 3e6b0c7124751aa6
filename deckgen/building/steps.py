"""The first steps of every run: read, check, inherit from the lock, render.

Each step takes the decks of the step before and drops those that can't go further. All findings
are passed on, so that a run reports them together.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from pathlib import Path
from typing import Generic, TypeVar

from deckgen import checks
from deckgen.building.shelf import Shelves
from deckgen.building.wishes import Progress, Wishes, languages, meant, unknown_cards, unknown_language
from deckgen.checks import baseline
from deckgen.checks.proof import Proof
from deckgen.deck import Deck, deck_key
from deckgen.finding import Finding, Place, Severity, first, has_errors
from deckgen.fixed import fixed
from deckgen.lock import adopted, frozen, held, translation
from deckgen.lock.held import Held
from deckgen.lock.history import Memory
from deckgen.lock.inherit import known, next_major, rename
from deckgen.lock.lines import Lock
from deckgen.notes import guard, look
from deckgen.notes.render import Rendered, Tick, render_deck, words_of
from deckgen.reading.keys import LANGUAGE
from deckgen.reading.load import choose, find_folders, load, read_head
from deckgen.reading.note_type_file import FOLDER


@dataclass(frozen=True)
class Asked:
    """What a run works on: folders, names of decks (none means all), and what the user wishes of it.

    `today`, such as 2026-01-31, decides which retired cards leave; without it the lock decides.
    `recall` gives the memory of a folder of decks; the server keeps one from run to run. A run that works
    `anew` takes nothing over that earlier runs worked out of the card files.
    """

    decks_dir: Path
    output_dir: Path
    names: tuple[str, ...] = ()
    wishes: Wishes = Wishes()
    today: str | None = None
    progress: Progress = lambda *_: None
    recall: Callable[[Path], Memory] = Memory
    anew: bool = False

    @cached_property
    def shelves(self) -> Shelves:
        """What earlier runs worked out of the card files."""
        return Shelves(self.decks_dir, is_used=not self.anew)

    @cached_property
    def memory(self) -> Memory:
        """What git and this machine remember of the decks; asked for once a run."""
        return self.recall(self.decks_dir)


@fixed
class Opened:
    """A deck, and the earlier builds that bind it; not `sound` when it can't be rendered."""

    deck: Deck
    held: Held | None
    sound: bool


@fixed
class Heir:
    """A deck, and the lock from which its build starts."""

    deck: Deck
    held: Held

    @property
    def lock(self) -> Lock:
        """The lock that the build starts from."""
        return self.held.lock


@fixed
class Ready(Heir):
    """A deck with its notes in the wanted languages."""

    rendered: tuple[Rendered, ...]


Item = TypeVar("Item")


@fixed
class Batch(Generic[Item]):
    """The decks of a run after one of its steps, and all findings so far.

    `untold` are those that `check` found about adopted cards that nobody has touched.
    """

    asked: Asked
    decks: tuple[Item, ...]
    findings: list[Finding] = field(default_factory=list)
    untold: list[Finding] = field(default_factory=list)


def prepare(asked: Asked) -> Batch[Ready]:
    """The chosen decks with their notes, and all findings, sorted.

    A deck whose files have errors is not among them; a deck whose errors are only about
    craft, or about what learners would lose, is. Raises load.NoDecks when there is nothing to do.
    """
    ready = render(inherit(check(read(asked))))
    return replace(ready, findings=sorted(ready.findings))


def dropped(batch: Batch[Ready]) -> list[Finding]:
    """The findings that are about none of the decks of a batch: about those that were dropped, or the run."""
    folders = tuple(f"{item.deck.folder.as_posix()}/" for item in batch.decks)
    return [one for one in batch.findings if not one.place.path.startswith(folders)]


def about(deck: Deck, lang: str, findings: Iterable[Finding]) -> list[Finding]:
    """Those findings that are about a deck in one language, or about all its languages."""
    folder = f"{deck.folder.as_posix()}/"
    return [one for one in findings if one.place.path.startswith(folder) and one.lang in ("", lang)]


# -- read --------------------------------------------------------------------------


def read(asked: Asked) -> Batch[Opened]:
    """The chosen decks that have a usable deck.yaml, each with its lock."""
    folders = find_folders(asked.decks_dir)
    chosen = choose(folders, asked.names)
    loaded = {name: load(folder, asked.shelves.of(folder)) for name, folder in chosen.items()}
    heads = [loaded[name][0] if name in loaded else read_head(folder) for name, folder in folders.items()]
    shared = Shared(filter(None, heads))
    packages = _packages(asked.output_dir)
    beside = (asked.output_dir, asked.decks_dir.parent / "output")
    decks = []
    findings = [_stray(path) for path in sorted(asked.decks_dir.glob("*.y*ml"))]
    for deck, found in loaded.values():
        findings += found
        if deck is None:
            continue
        held_by, about_lock = held.read(deck, beside, asked.memory)
        about = [*shared.clashes(deck), *about_lock]
        bound = deck
        if held_by is not None:
            bound, about_past = adopted.bind(deck, held_by.lock)
            about += about_past
            about += _left_over(deck, held_by.lock, asked.output_dir, packages.get(deck.key.value, ()))
        findings += about
        decks.append(Opened(bound, held_by, not has_errors([*found, *about])))
    return Batch(asked, tuple(decks), findings)


def _stray(path: Path) -> Finding:
    message = "is not read: card files lie in the folder of a deck"
    return Finding(Place(path.as_posix()), "K10", message, "move it into a deck's folder")


def _packages(output_dir: Path) -> dict[str, list[str]]:
    """The names of the packages in the output folder, by the deck's key that they begin with."""
    names: dict[str, list[str]] = {}
    with suppress(OSError):
        for path in sorted(output_dir.glob("*.apkg")):
            names.setdefault(path.name.partition(".")[0], []).append(path.name)
    return names


def _left_over(deck: Deck, lock: Lock, output_dir: Path, names: Iterable[str]) -> Iterator[Finding]:
    """Findings (K22) about packages that were written before the deck's languages changed.

    A package of a language that was built and is missing now is not reported: the language should come
    back (R06).
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


class Shared:
    """What a deck must not share with another one: its key, and its name in Anki."""

    def __init__(self, decks: Iterable[Deck]) -> None:
        self._keys: dict[str, list[Path]] = {}
        self._titles: dict[str, list[Path]] = {}
        for deck in decks:
            self._keys.setdefault(deck.key.value, []).append(deck.folder)
            for title in {deck_key(text.value) for text in deck.title.values()}:
                self._titles.setdefault(title, []).append(deck.folder)

    def clashes(self, deck: Deck) -> Iterator[Finding]:
        """Findings (K11, K16) that name the first other deck with the same key, or else the same title."""
        other = _other(self._keys, deck.key.value, deck)
        if other:
            message = f"the deck's key `{deck.key.value}` is also that of {other}"
            yield Finding(deck.key.whole, "K11", message, "give the newer deck another key")
            return
        for text in deck.title.values():
            other = _other(self._titles, deck_key(text.value), deck)
            if other:
                message = f"{other} has the title “{text.value}” as well: Anki would make one deck of both"
                yield Finding(text.whole, "K16", message, "give the newer deck another title")
        for card, lang, text in deck.placed():
            name = deck.named(lang, deck.subdeck(card, lang))
            if other := _other(self._titles, deck_key(name), deck):
                message = f"the deck “{name}” is also that of {other}: Anki would make one deck of both"
                yield Finding(text.whole, "K16", message, "give it another name", card.id.value, lang)


def _other(folders: Mapping[str, list[Path]], name: str, deck: Deck) -> str:
    """The first folder under `name` that is not the deck's own; empty when there is none."""
    return next((folder.as_posix() for folder in folders.get(name, ())[:2] if folder != deck.folder), "")


# -- check -------------------------------------------------------------------------


def check(batch: Batch[Opened]) -> Batch[Opened]:
    """Check the same decks: all that the format demands, and as much of the craft as was asked for."""
    decks, findings = [], list(batch.findings)
    untold: list[Finding] = []
    for item in batch.decks:
        given = frozen.given_numbers(item.held.lock) if item.held is not None else {}
        proof = Proof(item.deck, given, batch.asked.shelves.of(item.deck.folder).parts(item.deck, given))
        demanded, old = baseline.of_texts(item.deck, [*checks.demanded(proof), *_of_own_types(item.deck)])
        craft, of_craft = baseline.of_cards(item.deck, checks.judged(proof, batch.asked.wishes.craft))
        findings += demanded + craft
        untold += old + of_craft
        decks.append(replace(item, sound=item.sound and not has_errors(demanded)))
    return Batch(batch.asked, tuple(decks), findings, untold)


def _of_own_types(deck: Deck) -> Iterator[Finding]:
    """Findings about note types of the deck's own and about speech, as the deck wants them."""
    from deckgen.checks import settings

    for finding in _found_of_own_types(deck):
        yield from settings.tune(deck, [finding]) if finding.code in settings.OF_DECK else [finding]


def _found_of_own_types(deck: Deck) -> Iterator[Finding]:
    """Most decks have neither note types of their own nor speech, and do without these modules."""
    if deck.note_types or deck.trusted is not None:
        from deckgen.notes import own_checks

        as_they_were = tuple(f"{deck.folder.as_posix()}/{FOLDER}/{name}/" for name in deck.past.types)
        for finding in own_checks.findings(deck):
            if finding.code != "K25" or not finding.place.path.startswith(as_they_were):
                yield finding
    if deck.note_types or deck.tts:
        from deckgen.notes import speech

        yield from speech.findings(deck)


# -- inherit from the lock ---------------------------------------------------------


def inherit(batch: Batch[Opened]) -> Batch[Heir]:
    """The sound decks, with what they take over from the builds before."""
    decks, findings = [], list(batch.findings)
    wishes = batch.asked.wishes
    for item in batch.decks:
        if item.held is None:
            continue
        deck, lock, shown = item.deck, item.held.lock, held.path_of(item.deck).as_posix()
        if wishes.new_major and (refused := frozen.never_anew(deck, lock)):
            findings.append(refused)
            continue
        if wishes.new_major:
            lock = next_major(lock, deck, item.held.given)
        lock, found = rename(lock, deck, shown)
        kept = frozen.frozen(deck, lock, shown)
        found += [one for one in kept if one.code != "R03" or not wishes.retitle]
        findings += found + _waiting(deck, lock, wishes.craft)
        if item.sound and not has_errors(found):
            decks.append(Heir(deck, replace(item.held, lock=lock)))
    return Batch(batch.asked, tuple(decks), findings)


def _waiting(deck: Deck, lock: Lock, craft: checks.Craft) -> list[Finding]:
    """Findings about translations that wait for an edit, at the level that the deck sets."""
    from deckgen.checks import settings

    waiting = translation.stale(deck, lock) if craft is not checks.Craft.NONE else []
    return settings.tune(deck, waiting) if waiting else []


# -- render ------------------------------------------------------------------------


def render(batch: Batch[Heir]) -> Batch[Ready]:
    """The decks with their notes in the wanted languages, and findings about what learners would lose."""
    asked, wishes = batch.asked, batch.asked.wishes
    decks, shown = [item.deck for item in batch.decks], asked.decks_dir.as_posix()
    findings = list(batch.findings)
    if wishes.lang is not None:
        findings += unknown_language(decks, wishes.lang, shown)
    if not has_errors(findings):
        unbuilt = {item.deck.folder.name: item.held.unbuilt for item in batch.decks}
        findings += unknown_cards(decks, wishes, shown, unbuilt)
    total = sum(len(deck.cards) * len(languages(deck, wishes)) for deck in decks)
    count = itertools.count(1)
    ready = []
    for item in batch.decks:
        notes, found = _notes(item, asked, lambda: asked.progress(next(count), total))
        findings += [*found, *look.findings(item.deck)]
        if notes:
            ready.append(Ready(item.deck, item.held, tuple(notes)))
    asked.shelves.save()
    return Batch(asked, tuple(ready), findings)


def _notes(item: Heir, asked: Asked, tick: Tick) -> tuple[list[Rendered], list[Finding]]:
    """The notes of one deck, and findings about them; stops at the first language with an unreadable file."""
    rendered: list[Rendered] = []
    findings: list[Finding] = []
    deck, lock, shown = item.deck, item.lock, held.path_of(item.deck).as_posix()
    shelf = asked.shelves.of(deck.folder)
    for lang in languages(deck, asked.wishes):
        taken_over = known(deck, lang, lock, asked.today)
        try:
            notes = render_deck(deck, lang, taken_over, tick, shelf.made(deck, lang, taken_over))
        except OSError as error:
            return rendered, [*findings, unwritable(error, deck.folder)]
        shelf.keep(deck, lang, taken_over, notes.notes)
        package = asked.output_dir / deck.package_name(lang)
        accepted = meant(asked.wishes.accepted, deck)
        words = partial(_shipped_words, package)
        findings += frozen.gone(deck, notes, lock, shown, words, item.held.unbuilt, accepted)
        findings += frozen.moved(deck, notes, lock, accepted)
        findings += frozen.twice(deck, notes)
        findings += first(itertools.chain(guard.findings(deck, notes), _joined(deck, notes)))
        rendered.append(notes)
    findings += frozen.other_fronts(deck, rendered, lock, asked.wishes.fronts)
    return rendered, findings


def _joined(deck: Deck, notes: Rendered) -> Iterator[Finding]:
    if deck.note_types:
        from deckgen.notes import joined

        yield from joined.findings(deck, notes)


def _shipped_words(package: Path, guids: Container[str]) -> dict[str, str]:
    """The words of the notes with these guids in a package; none when there is no readable package."""
    # This import is only needed when a card is gone.
    from deckgen.packing import collection

    try:
        notes = collection.read(package, guids).notes
    except collection.Unreadable:
        return {}
    return {guid: words_of(note.fields) for guid, note in notes.items()}


def unwritable(error: OSError, folder: Path) -> Finding:
    """The finding (R09) about a file that can't be read or written, in `folder` when the error names none."""
    place = Place(Path(error.filename).as_posix() if error.filename else folder.as_posix())
    message = f"can't be read or written: {error.strerror or error}"
    return Finding(place, "R09", message, "nothing was changed; check permissions and free space")
