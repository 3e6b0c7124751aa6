"""Which cards learners forget: the reviews of one or several learners, card by card, the worst first.

Only counts. A card is ranked by the least rate of forgetting that its reviews leave plausible, so that one
unlucky answer puts no card on top.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from math import exp, lgamma, log, log1p
from pathlib import Path
from statistics import fmean, median

from deckgen.building.steps import Batch, Ready, about
from deckgen.deck import Deck
from deckgen.finding import Finding, Place, Severity
from deckgen.notes.note_types import NoteType
from deckgen.notes.render import Note, Rendered
from deckgen.packing import collection, reviews, templates
from deckgen.packing.reviews import Answers, Found, Held, Key, Studied, Wanted
from deckgen.terminal import counted, shorten, visible

#: Of 1,000 cards that are forgotten at a given rate, the bound of at most 25 lies above that rate.
_TAIL = 0.025
#: Cards with fewer answers are not ranked: fewer can't tell that a card is forgotten more often than it is
#: recalled. At a rate of one half, 6 of 6 are forgotten 16 times in 1,000, and 5 of 5 31 times.
FEWEST = 6


@cache
def least_rate(forgotten: int, answers: int) -> float:
    """The lower bound of the exact interval (95 %) for the rate of forgetting; `answers` must be positive.

    At any lower rate, so many answers or more would be forgotten less than 25 times in 1,000: Clopper and
    Pearson, The use of confidence or fiducial limits illustrated in the case of the binomial, Biometrika
    26, 1934. Wilson's interval, narrower and often recommended, keeps its promise only on average and for
    both ends together: with 6 answers and a rate of 3 %, its lower end is above the rate 167 times in 1,000.
    """
    if not forgotten:
        return 0.0
    low, high = 0.0, forgotten / answers
    for _ in range(30):  # exact to a billionth
        middle = (low + high) / 2
        if _as_many(forgotten, answers, middle) < _TAIL:
            low = middle
        else:
            high = middle
    return low


def _as_many(forgotten: int, answers: int, rate: float) -> float:
    """How likely so many are forgotten, or more; `rate` must be below the observed one, and positive."""
    ways = lgamma(answers + 1) - lgamma(forgotten + 1) - lgamma(answers - forgotten + 1)
    term = exp(ways + forgotten * log(rate) + (answers - forgotten) * log1p(-rate))
    total = 0.0
    for count in range(forgotten, answers + 1):
        total += term
        term *= (answers - count) / (count + 1) * rate / (1 - rate)
        if term < total * 1e-12:  # each term is smaller than the one before
            break
    return total


@dataclass(frozen=True, slots=True)
class Source:
    """A learner's file: how many cards of the decks it has, and how many reviews of them it adds."""

    path: Path
    cards: int
    reviews: int


@dataclass(frozen=True, slots=True)
class History:
    """What learners did with the cards of some decks. Cards that nobody has reviewed are not among them."""

    sources: tuple[Source, ...]
    studied: Mapping[Key, Studied]


@dataclass(frozen=True, slots=True)
class Reviewed:
    """An Anki card: `name` is how an author knows it, and `number` which card of its note it is, from 1.

    `least` is the rate of forgetting by which it is ranked; None when it is not, because it has too few
    answers or is retired. `often` says that it is forgotten more often than a card of its deck is on
    average, by more than chance. `findings` is what `check` says about it, and `twins` are the cards for
    which it is easily taken.
    """

    card: str
    number: int
    name: str
    place: Place
    retired: bool
    studied: Studied
    least: float | None
    often: bool
    findings: tuple[Finding, ...]
    twins: tuple[str, ...]

    @property
    def answers(self) -> Answers:
        """Those that were recalled or forgotten, young and mature."""
        return together(self.studied)


@dataclass(frozen=True, slots=True)
class Medians:
    """Of the cards in the deck that have been reviewed; None where no card has such a figure."""

    reviews: float | None
    lapses: float | None
    young: float | None
    mature: float | None
    seconds: float | None
    difficulty: float | None


@dataclass(frozen=True, slots=True)
class PackageReviews:
    """The cards of one package: first those that are ranked, the worst first, then others, then retired ones.

    `rate` is the mean of the rates of forgetting of its cards, retired ones left out; None without an
    answer. Each card counts once: of all answers together, too many are about the worst cards, which
    come most often.
    """

    deck: str
    lang: str
    package: str
    cards: tuple[Reviewed, ...]
    medians: Medians
    rate: float | None


def difficulty(studied: Studied) -> float | None:
    """The learners' mean difficulty, from 0 to 1, as Anki shows it in percent (rslib/src/card/mod.rs)."""
    found = studied.difficulties
    return (sum(found) / len(found) - 1) / 9 if found else None


def seconds(studied: Studied) -> float | None:
    """How long an answer took on average, as Anki's card info tells it (rslib/src/stats/card.rs)."""
    return studied.millis / studied.reviews / 1000 if studied.reviews else None


def together(studied: Studied) -> Answers:
    """Young and mature."""
    both = Answers()
    both.add(studied.young)
    both.add(studied.mature)
    return both


# -- learners ----------------------------------------------------------------------


class Learners:
    """Learners' files, which are read again only when the decks have other cards."""

    def __init__(self, files: Iterable[Path]) -> None:
        self._files = tuple(files)
        self._wanted: Mapping[str, Wanted] | None = None
        self._known = History((), {}), list[Finding]()

    def history(self, decks: Iterable[Ready]) -> tuple[History, list[Finding]]:
        """What the files tell of these decks, and findings (R20, R21) about the files."""
        wanted = cards_of(decks)
        if self._wanted is None or not wanted.items() <= self._wanted.items():
            self._known = history(self._files, wanted)
            self._wanted = wanted
        return self._known


def history(files: Iterable[Path], wanted: Mapping[str, Wanted]) -> tuple[History, list[Finding]]:
    """What the files tell of the wanted cards, added up, and findings (R20, R21) about the files.

    Files that have a row of the log in common are one learner's, and so are files that a third one joins.
    Each row counts once: it is added by the first file that has it.
    """
    paths = tuple(files)
    held: list[Mapping[Key, Held]] = []
    findings: list[Finding] = []
    for path in paths:
        try:
            found = reviews.read(path, wanted)
        except collection.Unreadable as error:
            findings.append(_unreadable(path, str(error)))
            found = Found({}, ())
        else:
            findings += _doubts(path, found) if wanted else ()  # else the decks are what is wrong
        held.append(found.cards)
    having: dict[Key, list[int]] = {}
    for index, cards in enumerate(held):
        for key, card in cards.items():
            if card.reviews:
                having.setdefault(key, []).append(index)
    added, common = _compared(held, having)
    findings += [_same(paths[index], paths[other], count) for (index, other), count in common.items()]
    learners = _learners(len(paths), common)
    total: dict[Key, Studied] = {}
    for key, indices in having.items():
        by_learner: dict[int, list[Held]] = {}
        for index in indices:
            by_learner.setdefault(learners[index], []).append(held[index][key])
        total[key] = Studied()
        for own in by_learner.values():
            total[key].add(reviews.joined(own))
    sources = (Source(path, len(held[index]), added[index]) for index, path in enumerate(paths))
    return History(tuple(sources), total), findings


def _compared(
    held: Sequence[Mapping[Key, Held]], having: Mapping[Key, Sequence[int]]
) -> tuple[Counter[int], Counter[tuple[int, int]]]:
    """How many rows each file adds, and of how many cards it has rows of a file before it."""
    added, common = Counter[int](), Counter[tuple[int, int]]()
    for key, indices in having.items():
        if len(indices) == 1:
            added[indices[0]] += held[indices[0]][key].reviews
            continue
        seen: dict[reviews.Row, int] = {}
        for index in indices:
            firsts = Counter(seen.setdefault(row, index) for row in held[index][key].rows)
            added[index] += firsts.pop(index, 0)
            common.update((index, other) for other in firsts)
    return added, common


def _learners(files: int, common: Iterable[tuple[int, int]]) -> list[int]:
    """A number for each file, the same for those of one learner; `common` are pairs of such files."""
    found = list(range(files))
    for pair in common:
        one, other = (found[index] for index in pair)
        found = [other if each == one else each for each in found] if one != other else found
    return found


def cards_of(decks: Iterable[Ready]) -> Mapping[str, Wanted]:
    """All Anki cards of the decks by the guids of their notes, also of retired cards, in every language."""
    found = {}
    for rendered in (each for item in decks for each in item.rendered):
        types = {role: (one.number, templates.of(one)) for role, one in rendered.note_types.items()}
        for note in rendered.notes:
            found[note.guid] = Wanted(note.card, *types[note.role], frozenset(note.cards))
    return found


_EXPORT = "a learner's collection.anki2, or a .colpkg or .apkg exported with scheduling information"


def _called(path: Path) -> str:
    """A name from the command line as a finding repeats it."""
    return shorten(path.as_posix(), 200)


def _unreadable(path: Path, why: str) -> Finding:
    """A finding about a file that can't be read; the place names it, so the message need not."""
    for name in (path.as_posix(), shorten(visible(path.as_posix()), 200)):
        why = why.removeprefix(f"{name} ").replace(f"there is no file {name}", "there is no such file")
    return Finding(Place(_called(path)), "R20", why, f"give {_EXPORT}")


def _doubts(path: Path, found: Found) -> Iterator[Finding]:
    """Findings about a file that has no card, or no review, of the decks, or cards that are not counted."""
    place = Place(_called(path))
    cards, unclear = found.cards, len(found.unclear)
    if unclear:
        message = (
            f"has {counted(unclear, 'note')} whose templates or note type the learner changed so that nobody "
            f"can tell which card is which, such as {visible(shorten(found.unclear[0], 40))}: nothing of "
            f"{'it' if unclear == 1 else 'them'} is counted"
        )
        hint = "in Anki, take the change back: our note type, and templates with our names"
        yield Finding(place, "R21", message, hint, severity=Severity.WARNING)
    elif not cards:
        yield Finding(place, "R20", "has no card of these decks", f"give {_EXPORT}, of somebody who has them")
    if cards and not any(card.reviews for card in cards.values()):
        message = f"has {counted(len(cards), 'card')} of these decks, and no review of them"
        hint = "if they were reviewed, export them again with scheduling information"
        yield Finding(place, "R21", message, hint, severity=Severity.WARNING)


def _same(path: Path, other: Path, count: int) -> Finding:
    message = (
        f"has reviews of {counted(count, 'card')} that {_called(other)} has too: both are one learner's, and "
        "each review counts once"
    )
    hint = "of each learner give one file, the newest, unless an older one has reviews that it lacks"
    return Finding(Place(_called(path)), "R21", message, hint, severity=Severity.WARNING)


# -- cards -------------------------------------------------------------------------


def survey(batch: Batch[Ready], history: History) -> list[PackageReviews]:
    """The packages of the decks, with the reviews of their cards and what was found on them."""
    return [
        of_package(item.deck, rendered, history, batch.findings)
        for item in batch.decks
        for rendered in item.rendered
    ]


def of_package(
    deck: Deck, rendered: Rendered, history: History, findings: Iterable[Finding]
) -> PackageReviews:
    """The cards of one package; `findings` may be about other decks and languages too."""
    by_card: dict[str, list[Finding]] = {}
    twins: dict[str, list[str]] = {}
    for one in about(deck, rendered.lang, findings):
        by_card.setdefault(one.card, []).append(one)
        if one.twin:
            twins.setdefault(one.card, []).append(one.twin)
            twins.setdefault(one.twin, []).append(one.card)
    given = [(note.guid, number) for note in rendered.notes if not note.retired for number in note.cards]
    seen = [history.studied[key] for key in given if key in history.studied]
    rates = [found.forgotten / found.total for found in map(together, seen) if found.total]
    rate = fmean(rates) if rates else None
    places = {card.id.value: card.id.place for card in deck.cards}
    cards = []
    for note in rendered.notes:
        known = (places[note.card], note.retired)
        found = (tuple(by_card.get(note.card, ())), tuple(dict.fromkeys(twins.get(note.card, ()))))
        for number in sorted(note.cards):
            name = _named(note, number, rendered.note_types[note.role])
            studied = history.studied.get((note.guid, number)) or Studied()
            ranked = _ranked(note, studied, rate)
            cards.append(Reviewed(note.card, number, name, *known, studied, *ranked, *found))
    cards.sort(key=lambda one: (one.retired, one.least is None, -(one.least or 0)))  # else as in the deck
    package = deck.package_name(rendered.lang)
    return PackageReviews(deck.key.value, rendered.lang, package, tuple(cards), _medians(seen), rate)


def _ranked(note: Note, studied: Studied, rate: float | None) -> tuple[float | None, bool]:
    """The least rate of forgetting, and whether it is above that of the deck."""
    answers = together(studied)
    if note.retired or answers.total < FEWEST or rate is None:
        return None, False
    least = least_rate(answers.forgotten, answers.total)
    return least, least > rate


def _named(note: Note, number: int, note_type: NoteType) -> str:
    """How an author knows an Anki card of a note."""
    if len(note.cards) == 1:
        return note.card
    cloze = f"c{number}" if note_type.is_cloze else str(number)
    return f"{note.card} {note.cards[number] if note.kind.facts.named else cloze}"


def _medians(studied: Sequence[Studied]) -> Medians:
    def of(figures: Iterable[float | None]) -> float | None:
        found = [figure for figure in figures if figure is not None]
        return median(found) if found else None

    return Medians(
        reviews=of(one.reviews for one in studied),
        lapses=of(one.lapses for one in studied),
        young=of(one.young.retention for one in studied),
        mature=of(one.mature.retention for one in studied),
        seconds=of(map(seconds, studied)),
        difficulty=of(map(difficulty, studied)),
    )
