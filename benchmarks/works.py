"""What is measured, by name: each work gives the costs of its trials and the bars they are held to."""

from __future__ import annotations

import os
import shutil
import statistics
import sys
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks import sight, sources
from benchmarks.bars import MB, Bar, faster, ratio, times
from benchmarks.measure import Cost, Failed, Trial, in_turn, once
from benchmarks.peers import FORGE, PLAIN, Peer

_ROOT = Path(__file__).parent.parent
_FLOOR = Path(__file__).parent / "floor.py"
# As a person types it, from where this Python's programs lie.
_PROGRAM = shutil.which("deckgen", path=Path(sys.executable).parent)
DECKGEN = (_PROGRAM,) if _PROGRAM else (sys.executable, "-m", "deckgen")
_UNLINTED = (*DECKGEN, "build", "--no-lint")


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much of everything: numbers of notes, of pictures and of clozes, and the bytes of a picture."""

    notes: int
    many: int
    pictures: int
    picture: int
    clozes: int


FULL = Sizes(notes=10_000, many=100_000, pictures=5_000, picture=200_000, clozes=16_000)
QUICK = Sizes(notes=40, many=80, pictures=5, picture=1_000, clozes=40)


@dataclass(frozen=True, slots=True)
class Bench:
    """Where and how a work runs: an empty folder, sizes, rounds, and the peers by their folders of programs."""

    folder: Path
    sizes: Sizes
    runs: int
    peers: tuple[tuple[Peer, Path], ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    costs: dict[str, Cost]
    bars: list[Bar]


def _ready() -> None:
    """Nothing to prepare: the folder stays as the last run left it."""


def _afresh(source: Path, target: Path) -> Callable[[], None]:
    """Prepares a copy of a folder, without what any run left. Pictures are links: nothing writes them."""

    def link_pictures(old: str, new: str) -> None:
        (os.link if old.endswith(".jpg") else shutil.copyfile)(old, new)

    def prepare() -> None:
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(source, target, copy_function=link_pictures)

    return prepare


def _edit(path: Path) -> Callable[[], None]:
    """Puts a word into the first answer of a card file, or takes it out again."""

    def prepare() -> None:
        text = path.read_text(encoding="utf-8")
        before, after = ' a: "', ' a: "Mostly: '
        old, new = (after, before) if after in text else (before, after)
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    return prepare


def _count(packages: Sequence[Path], scratch: Path) -> int:
    """How many cards the real Anki has after it imported the packages into an empty collection."""
    # Anki is needed after the runs only, and takes its time to load.
    from tests.real_anki import Learner

    with Learner(scratch / "collection") as learner:
        for package in packages:
            learner.import_package(package)
        count: int = learner.col.card_count()
    shutil.rmtree(scratch / "collection")
    return count


def hold(name: str, output: Path, scratch: Path, cards: int) -> None:
    """Raises Failed unless Anki finds that many cards in the packages of a folder."""
    found = _count(sorted(output.glob("*.apkg")), scratch)
    if found != cards:
        raise Failed(f"{name}: Anki finds {found} cards, not {cards}")


# -- starting ----------------------------------------------------------------------


def starting(bench: Bench) -> Outcome:
    """Help and one page, against the import of click alone."""
    python = (sys.executable, "-c")
    commands = {
        '`python -c "import click"`': (*python, "import click"),
        "`deckgen --help`": (*DECKGEN, "--help"),
        "`deckgen explain L02`": (*DECKGEN, "explain", "L02"),
    }
    trials = {name: Trial(command, bench.folder, _ready) for name, command in commands.items()}
    costs = in_turn(trials, bench.runs)
    base, *others = costs
    return Outcome(costs, [times(name, costs[name], costs[base], 1.3, base) for name in others])


# -- the shipped deck --------------------------------------------------------------

# Shares are those of profiles of 28 November 2026 (Python 3.11).
_IN_THE_WAY_OF_SMALL = (
    "click, YAML and genanki take a quarter of the time, loading deckgen's own modules and rules a sixth, compiling"
    " regular expressions a tenth, asking git what it remembers of the lock a sixth, rules another sixth; reading,"
    " notes, the lock and the packages the rest."
)


_IN_THE_WAY_OF_SMALL_EDITS = (
    "click, YAML and genanki take three tenths of the time; our own modules, the patterns of the rules that look at the edited"
    " file, and git most of the rest. What is taken over is a tenth of a cold build, because the deck is small."
)


def shipped(bench: Bench) -> Outcome:
    """The deck of this repository in both languages, with its lock and history: cold, again, and edited."""
    source, folder = bench.folder / "source", bench.folder / "work"
    for part in ("cards_source", ".git"):  # a build asks git what it remembers of the lock
        if (_ROOT / part).is_dir():
            shutil.copytree(_ROOT / part, source / part)
    base = '`python -c "import click, yaml, genanki"`'
    build, again = "the shipped deck, `deckgen build`", "the shipped deck, `deckgen build` without a change"
    edited = "the shipped deck, `deckgen build`, one card edited"
    first = next(path.relative_to(source) for path in sorted((source / "cards_source").glob("*/[0-9]*.yaml")))
    command = (*DECKGEN, "build")
    costs = in_turn(
        {
            base: Trial((sys.executable, "-c", "import click, yaml, genanki"), bench.folder, _ready),
            build: Trial(command, folder, _afresh(source, folder)),
            again: Trial(command, folder, _ready),
            edited: Trial(command, folder, _edit(folder / first)),
        },
        bench.runs,
    )
    return Outcome(
        costs,
        [
            times(edited, costs[edited], costs[base], 1.8, base, _IN_THE_WAY_OF_SMALL_EDITS),
            times(build, costs[build], costs[base], 2.5, base, _IN_THE_WAY_OF_SMALL),
            Bar(again, ratio(costs[again], costs[base]), "×", against=f"of {base}"),
        ],
    )


# -- many notes --------------------------------------------------------------------

_FLOOR_NAME = "floor"
_COLD = "`deckgen build --no-lint`"
_CHECKED = "`deckgen build`"
_AGAIN = "`deckgen build --no-lint` without a change"
_EDITED = f"`deckgen build`, one of {sources.FILES} files edited"
_LOOK = "`deckgen check`"
_LOOK_AGAIN = f"`deckgen check`, one of {sources.FILES} files edited"


def _deckgen_trials(source: Path, folder: Path) -> dict[str, Trial]:
    """Builds and checks of fresh folders; the same again; and with an edited file."""
    plain, checked, looked = folder / "plain", folder / "checked", folder / "looked"
    first = "cards_source/bench/000.yaml"
    return {
        _CHECKED: Trial((*DECKGEN, "build"), checked, _afresh(source, checked)),
        _EDITED: Trial((*DECKGEN, "build"), checked, _edit(checked / first)),
        _COLD: Trial(_UNLINTED, plain, _afresh(source, plain)),
        _AGAIN: Trial(_UNLINTED, plain, _ready),
        _LOOK: Trial((*DECKGEN, "check"), looked, _afresh(source, looked)),
        _LOOK_AGAIN: Trial((*DECKGEN, "check"), looked, _edit(looked / first)),
    }


def _floor_trial(source: Path, folder: Path) -> Trial:
    """The floor for cards, with the database that deckgen makes of them (not timed)."""
    from genanki.apkg_schema import APKG_SCHEMA

    cards = folder / "cards"
    _afresh(source, cards)()
    once(Trial(_UNLINTED, cards, _ready))
    (folder / "schema.sql").write_text(APKG_SCHEMA, encoding="utf-8")
    with zipfile.ZipFile(cards / "output" / "bench.apkg") as package:
        package.extract("collection.anki2", folder)
    read = str(cards / "cards_source" / "bench")
    command = (sys.executable, str(_FLOOR), "schema.sql", "collection.anki2", read, "floor.zip")
    return Trial(command, folder, _ready)


def _peer_trial(peer: Peer, programs: Path, folder: Path, some: Sequence[sources.Note]) -> Trial:
    (folder / "input").mkdir(parents=True)
    peer.write(folder / "input", some)

    def prepare() -> None:
        shutil.rmtree(folder / "output", ignore_errors=True)
        (folder / "output").mkdir()

    if peer.before:
        program, *arguments = peer.before
        once(Trial((str(programs / program), *arguments), folder, prepare))
    program, *arguments = peer.command
    return Trial((str(programs / program), *arguments), folder, prepare)


def notes(bench: Bench) -> Outcome:
    """Notes with Markdown: deckgen cold, with checks, again and after an edit; its peers; the floor."""
    count = bench.sizes.notes
    some = sources.notes(count)
    source = bench.folder / "source"
    sources.write_deckgen(source, some)
    (bench.folder / "floor").mkdir()
    trials = {_FLOOR_NAME: _floor_trial(source, bench.folder / "floor")}
    trials |= _deckgen_trials(source, bench.folder / "deckgen")
    for peer, programs in bench.peers:
        trials[peer.name] = _peer_trial(peer, programs, bench.folder / peer.name, some)
    costs = in_turn(trials, bench.runs)
    bars = _note_bars(count, costs)
    for name in (_COLD, _CHECKED, *(peer.name for peer, _ in bench.peers)):
        output = trials[name].folder / "output"
        hold(name, output, bench.folder, count)
        size = sum(path.stat().st_size for path in output.glob("*.apkg"))
        bars.append(Bar(f"{count:,} notes, {name}: the package", size / MB, "MB"))
    return Outcome({f"{count:,} notes, {name}": cost for name, cost in costs.items()}, bars)


_IN_THE_WAY_OF_COLD = (
    "no step stands out. Python, the libraries and our modules take 12 % of the time, YAML and its places 13 %, cards and"
    " what the format demands of them 16 %, Markdown 6 %, notes, their hashes and a last look at them 25 %, the lock"
    " 8 %, rows and deflating 15 %. The floor does the first half of the YAML, the rows and the deflating; ankiforge does"
    " all but the YAML in Rust, and makes neither places nor a lock. A second process would save little: to hand over"
    " half of the cards and notes takes more than half as long as to make them."
)
_IN_THE_WAY_OF_CHECKED = (
    "the rules take two fifths of the time: a third of that lays out what learners read of each text, a third takes"
    " questions and answers apart into words, the rest is patterns."
)
_IN_THE_WAY_OF_EDITED = (
    "start and modules take a sixth of the time, what is taken over a sixth, the lock a fifth, rows and deflating a quarter,"
    " the edited file and the rules that compare cards the rest. The floor has the rows, the deflating and YAML."
)

#: How many times faster than each peer a cold build without checks should be.
FASTER = {"ankcompiler": 20.0, "markdown-anki-decks": 8.0, "anki-yaml-tool": 2.0}


def _note_bars(count: int, costs: dict[str, Cost]) -> list[Bar]:
    cold, floor = costs[_COLD], costs[_FLOOR_NAME]
    work = f"{count:,} notes, {_COLD}"
    bars = [
        faster(work, cold, costs[name], limit, name, _IN_THE_WAY_OF_COLD)
        for name, limit in FASTER.items()
        if name in costs
    ]
    if FORGE.name in costs:
        bars.append(times(work, cold, costs[FORGE.name], 1.0, f"the {FORGE.name}", _IN_THE_WAY_OF_COLD))
    if PLAIN.name in costs:
        figure = ratio(costs[PLAIN.name], cold)
        bars.append(Bar(work, figure, "×", against=f"faster than the {PLAIN.name}"))
    return [
        *bars,
        times(work, cold, floor, 2.0, "the floor", _IN_THE_WAY_OF_COLD),
        times(
            f"{count:,} notes, {_CHECKED}", costs[_CHECKED], floor, 4.0, "the floor", _IN_THE_WAY_OF_CHECKED
        ),
        times(f"{count:,} notes, {_AGAIN}", costs[_AGAIN], cold, 0.3, "cold"),
        times(f"{count:,} notes, {_EDITED}", costs[_EDITED], floor, 2.0, "the floor", _IN_THE_WAY_OF_EDITED),
        times(f"{count:,} notes, {_LOOK_AGAIN}", costs[_LOOK_AGAIN], costs[_LOOK], 0.3, "the first"),
    ]


# -- very many notes ---------------------------------------------------------------


def many(bench: Bench) -> Outcome:
    """Ten times as many notes, in files of the same size, against the fewer."""
    few, count = bench.sizes.notes, bench.sizes.many
    trials = {}
    for number in (few, count):
        source, folder = bench.folder / f"source-{number}", bench.folder / f"work-{number}"
        sources.write_deckgen(source, sources.notes(number), sources.FILES * number // few)
        trials[f"{number:,} notes by themselves, {_COLD}"] = Trial(_UNLINTED, folder, _afresh(source, folder))
    costs = in_turn(trials, bench.runs)
    fewer, more = costs.values()
    cards = _count([bench.folder / f"work-{count}" / "output" / "bench.apkg"], bench.folder)
    work = f"{count:,} notes, {_COLD}"
    return Outcome(
        costs,
        [
            times(work, more, fewer, 10.5 * (count / few) / 10, f"that of {few:,} notes"),
            Bar(work, more.peak / MB, "MB", 500, "at its peak"),
            Bar(work, cards, "cards", count, "in Anki", at_least=True),
        ],
    )


# -- pictures ----------------------------------------------------------------------


def pictures(bench: Bench) -> Outcome:
    """As many notes as pictures: memory against the same notes without, and what a second build reads."""
    sizes = bench.sizes
    some = sources.notes(sizes.pictures)
    without, having = bench.folder / "without", bench.folder / "having"
    sources.write_deckgen(without, some)
    sources.write_deckgen(having, sources.with_pictures(some))
    sources.write_pictures(having, some, sizes.picture)
    trials = {}
    for name, source in (("without pictures", without), ("with pictures", having)):
        folder = bench.folder / f"work-{source.name}"
        trials[name] = Trial(_UNLINTED, folder, _afresh(source, folder))
        trials[f"{name}, again"] = Trial(_UNLINTED, folder, _ready)
    costs = in_turn(trials, bench.runs)
    plain, plain_again, full, full_again = costs.values()
    hold("pictures", bench.folder / "work-having" / "output", bench.folder, sizes.pictures)
    total = sizes.pictures * sizes.picture
    work = f"{sizes.pictures:,} notes with a picture each, {total / MB:,g} MB in all"
    return Outcome(
        {f"{sizes.pictures:,} notes {name}, {_COLD}": cost for name, cost in costs.items()},
        [
            Bar(work, (full.peak - plain.peak) / MB, "MB", 200, "at its peak above those without"),
            # What is left of it: the package's list of members, under 1 MB for 5,000.
            Bar(
                f"{work}, without a change",
                100 * (full_again.read - plain_again.read) / total,
                "%",
                1.0,
                "of the pictures read again",
            ),
        ],
    )


# -- pages -------------------------------------------------------------------------

_DELETIONS = 12


_RULES_OF_DELETIONS = (
    "the rules take half of the time, for 192,000 deletions and the 61,500 findings about them: each cloze is taken apart seven"
    " times, as what that gives would take 27 MB to keep. Notes take a seventh, the numbers of the study plan, which lay the texts out"
    " once more, a tenth, matplotlib a twentieth."
)


def previewing(bench: Bench) -> Outcome:
    """The page of a deck of long clozes, with all that the rules say of them, against a quarter of it."""
    few, many = bench.sizes.clozes // 4, bench.sizes.clozes
    trials = {}
    for number in (few, many):
        source, folder = bench.folder / f"source-{number}", bench.folder / f"work-{number}"
        sources.write_clozes(source, number, _DELETIONS)
        name = f"`deckgen preview` of {number:,} cards with {_DELETIONS} deletions each"
        trials[name] = Trial((*DECKGEN, "preview"), folder, _afresh(source, folder))
    costs = in_turn(trials, bench.runs)
    (fewer, _), (work, more) = costs.items()
    return Outcome(
        costs,
        [
            Bar(work, more.peak / MB, "MB", 400, "at its peak"),
            Bar(work, more.cpu, "s", 10, "of the processor", obstacle=_RULES_OF_DELETIONS),
            Bar(work, more.cpu / costs[fewer].cpu, "×", 4.4, f"of {few:,} cards"),
        ],
    )


def serving(bench: Bench) -> Outcome:
    """From the save of a card of the shipped deck to the page's data that hold it."""
    folder = bench.folder / "work"
    for part in ("cards_source", "output", ".git"):
        if (_ROOT / part).is_dir():
            shutil.copytree(_ROOT / part, folder / part)
    seconds = sight.seconds(folder, bench.runs)
    work = "`deckgen serve`, the shipped deck: from a save to its sight"
    return Outcome({}, [Bar(work, statistics.median(seconds), "s", 0.15, "on the clock")])


WORKS: dict[str, Callable[[Bench], Outcome]] = {
    "starting": starting,
    "shipped": shipped,
    "notes": notes,
    "many": many,
    "pictures": pictures,
    "previewing": previewing,
    "serving": serving,
}
