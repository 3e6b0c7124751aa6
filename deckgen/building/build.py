"""From folders to packages. Everything is computed before anything is written."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import field
from functools import partial
from pathlib import Path

from deckgen.building import steps
from deckgen.building.moves import ways
from deckgen.building.steps import Asked, Batch, Ready, unwritable
from deckgen.building.wishes import Progress, Wishes, day, meant
from deckgen.finding import Finding, Place, has_errors
from deckgen.fixed import fixed
from deckgen.lock import edited, held, states, undelivered
from deckgen.lock.advance import Changes, next_lock
from deckgen.lock.dump import dump, refused
from deckgen.lock.history import Memory
from deckgen.lock.lines import Lock
from deckgen.packing.journal import Journal
from deckgen.packing.stage import Stage, alone, staging
from deckgen.reading.original import place


@fixed
class Package:
    """What a build did, or would do, to one package. `cards` counts what Anki will study.

    `moved` tells of cards that an import leaves in the decks where learners have them.
    """

    path: str
    lang: str
    notes: int
    cards: int
    changes: Changes
    written: bool
    moved: tuple[str, ...] = ()


@fixed
class Result:
    """All findings, the packages, and the files of sources that were read to judge the cards.

    `leaves` is the date on which the next retired card reaches its `until:`, if there is one.
    """

    findings: list[Finding]
    packages: list[Package] = field(default_factory=list)
    texts: list[Path] = field(default_factory=list)
    leaves: str = ""


@fixed
class Checked:
    """All findings, and how many texts of the decks are HTML.

    `untold` are further findings, about adopted cards that nobody has touched.
    """

    findings: list[Finding]
    html_texts: int = 0
    untold: list[Finding] = field(default_factory=list)


@fixed
class Step(Ready):
    """A deck with its notes, the next lock, also as text, and what changes by language."""

    next: Lock
    text: str
    changes: Mapping[str, Changes]


def check(decks_dir: Path, output_dir: Path, names: Iterable[str] = (), wishes: Wishes = Wishes()) -> Checked:
    """Find all that is wrong with the decks in `decks_dir`, in the order of their files.

    Raises load.NoDecks when there is nothing to check.
    """
    opened = steps.read(Asked(decks_dir, output_dir, tuple(names), wishes))
    checked = steps.check(opened)
    ready = steps.render(steps.inherit(checked))
    html_texts = sum(item.deck.html_texts for item in opened.decks)
    return Checked(sorted(ready.findings), html_texts, checked.untold)


def build(
    decks_dir: Path,
    output_dir: Path,
    *,
    now: int,
    names: Iterable[str] = (),
    wishes: Wishes = Wishes(),
    locked: bool = False,
    progress: Progress = lambda *_: None,
    recall: Callable[[Path], Memory] = Memory,
) -> Result:
    """Build the packages of all decks, or of those in `names`.

    `now` is the time in seconds since 1970 that changed notes are stamped with. With
    `locked`, nothing is written, and a lock or package that would change is a
    finding (R08). With any error nothing is written. `recall` gives what is remembered of the
    decks. Raises load.NoDecks when there is nothing to build, and stage.Busy when another run is at work
    on the same decks.
    """
    today = None if locked else day(now)
    asked = Asked(decks_dir, output_dir, tuple(names), wishes, today, progress, recall, anew=locked)
    if locked:
        return _build(asked, now, None)
    with alone(decks_dir, output_dir) as journal:
        return _build(asked, now, journal)


def _build(asked: Asked, now: int, journal: Journal | None) -> Result:
    """Read, check, inherit from the lock, render, advance the lock, pack: these are a build's steps."""
    opened = steps.read(asked)
    checked = steps.check(opened)
    heirs = steps.inherit(checked)
    ready = steps.render(heirs)
    if has_errors(ready.findings):
        return Result(sorted(ready.findings))
    advanced = advance(ready, now)
    if has_errors(advanced.findings):
        return Result(sorted(advanced.findings))
    try:
        with staging(journal) as stage:
            packages = pack(advanced, stage)
            told = _finish(advanced, stage, journal)
    except OSError as error:
        return Result(sorted([*advanced.findings, unwritable(error, asked.output_dir)]))
    texts = [path for item in advanced.decks if (path := place(item.deck))]
    return Result(sorted(advanced.findings + told), packages, texts, _next_to_leave(advanced, day(now)))


# -- advance the lock --------------------------------------------------------------


def advance(batch: Batch[Ready], now: int) -> Batch[Step]:
    """The decks with the locks that a build at `now`, in seconds since 1970, leaves to the next build.

    Findings are about what learners who have other states will not get, and about locks that no run
    would read (R01).
    """
    decks, findings = [], list(batch.findings)
    for item in batch.decks:
        cards = meant(batch.asked.wishes.restamp, item.deck)
        lock = states.above_others(item.lock, item.held.elsewhere, cards) if cards else item.lock
        made, changes = next_lock(lock, item.deck, item.rendered, now, cards)
        step = Step(item.deck, item.held, item.rendered, made, dump(made), changes)
        path = held.path_of(item.deck)
        findings += _refused(made, step.text, path)
        findings += edited.replaced(item.deck, lock, made)
        findings += undelivered.undelivered(step.next, item.held, int(time.time()), path.as_posix())
        decks.append(step)
    return Batch(batch.asked, tuple(decks), findings)


def _refused(lock: Lock, text: str, path: Path) -> list[Finding]:
    """Findings when no run would accept the next lock, which is to be written to `path` as `text`."""
    before = ""
    with suppress(FileNotFoundError):
        before = path.read_bytes().decode("utf-8", "replace")
    return refused(lock, text, path.as_posix(), before)


# -- pack --------------------------------------------------------------------------


def pack(batch: Batch[Step], stage: Stage) -> list[Package]:
    """Stage the locks and the packages of all decks; gives what becomes of the packages.

    A deck's lock goes first: a package follows from the cards and the lock, so a build
    that is cut off in between is completed by the next one. Raises OSError.
    """
    return [package for item in batch.decks for package in _pack(item, batch.asked.output_dir, stage)]


def _pack(item: Step, output_dir: Path, stage: Stage) -> list[Package]:
    # genanki takes 20 ms to import, and `check` does without.
    from deckgen.building import package
    from deckgen.packing import apkg

    deck, lock, text = item.deck, item.next, item.text
    stage.add(
        held.path_of(deck),
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
            own=text if own == lock else dump(own),
        )
        packages.append(
            Package(
                path=target.as_posix(),
                lang=rendered.lang,
                notes=len(rendered.notes),
                cards=sum(len(note.ordinals) for note in rendered.notes),
                changes=item.changes[rendered.lang],
                written=stage.add(target, write, apkg.same),
                moved=tuple(message for _, message in ways(deck, rendered, item.lock)),
            )
        )
    return packages


def _finish(batch: Batch[Step], stage: Stage, journal: Journal | None) -> list[Finding]:
    """Move the waiting files into place, or report them when nothing may be written (R08)."""
    if journal is None:
        return [_not_up_to_date(path) for path in stage.waiting()]
    stage.finish()
    return _remember(batch)


def _remember(batch: Batch[Step]) -> list[Finding]:
    """Keep copies of the built locks where git can't take them back; findings (R18) when that fails."""
    findings = []
    for item in batch.decks:
        path = held.path_of(item.deck)
        try:
            batch.asked.memory.remember(path, path.read_bytes())
        except OSError as error:
            trouble = f"{error.filename} can't be written: {error.strerror}"
            findings.append(undelivered.not_asked(trouble, path.as_posix()))
    return findings


def _next_to_leave(batch: Batch[Step], today: str) -> str:
    retired = (card.retired for item in batch.decks for card in item.deck.cards)
    ends = (one.until.value for one in retired if one is not None and one.until is not None)
    return min((end for end in ends if end > today), default="")


def _not_up_to_date(path: Path) -> Finding:
    hint = "run `deckgen build` and commit the lock and the packages"
    return Finding(Place(path.as_posix()), "R08", "is not up to date", hint)
