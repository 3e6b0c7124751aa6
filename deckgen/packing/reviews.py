"""What a learner's collection tells about the reviews of some notes: counts by card, and nothing else.

What counts as a review is what Anki itself counts; each rule names the place in Anki's source. Anki's log
has a row for each answer. What matters of a row is kept in two numbers, which are 16 bytes, because two files
of one learner have rows in common, and others that only one of them has.
"""

from __future__ import annotations

import json
from array import array
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from deckgen.packing import collection, templates
from deckgen.packing.tables import Tables
from deckgen.packing.templates import Matched, Templates

#: In days: a card with this interval is mature (`MATURE_IVL` in rslib/src/stats/graphs/retention.rs).
MATURE = 21
_DAY = 86_400
#: A log with more rows is refused. Somebody who answers 500 cards a day has as many after 50 years.
MAX_REVIEWS = 10_000_000
#: The kinds of rows of the log that matter here (`RevlogReviewKind` in rslib/src/revlog/mod.rs).
_REVIEW, _FILTERED = 1, 3
#: What an answer to a card in review tells; a number below `_ROOM`, beside the milliseconds that it took.
_FORGOTTEN, _YOUNG, _MATURE, _ROOM = 1, 2, 4, 8
#: No answer took longer, in milliseconds; a stranger's file may say so.
_LONGEST = 1 << 50
#: A card with more rows is refused: two such logs are compared in memory.
_MOST_OF_CARD = 1_000_000
#: The tag that Anki gives to the note of a leech (`add_leech_tag` in rslib/src/scheduler/answering/mod.rs).
_LEECH = "leech"
#: The longest JSON of a card that is read. Anki's own has 100 characters, and add-ons may add 100.
_MOST_OF_DATA = 10_000


@dataclass(slots=True)
class Answers:
    """Answers to cards whose interval was a day or more; the others belong to learning."""

    recalled: int = 0
    forgotten: int = 0

    @property
    def total(self) -> int:
        return self.recalled + self.forgotten

    @property
    def retention(self) -> float | None:
        """The share that was recalled; None without an answer."""
        return self.recalled / self.total if self.total else None

    def add(self, other: Answers) -> None:
        self.recalled += other.recalled
        self.forgotten += other.forgotten


@dataclass(slots=True)
class Studied:
    """One card of a learner, or the same card of several learners added up.

    `reviews` counts all answers that count, those in learning steps too; `millis` is the time that they
    took. `lapses` is how often a card in review was forgotten, as Anki itself counts it
    (rslib/src/scheduler/states/review.rs): unlike the log, that count can be reset. `leeches` and
    `learners` are how many learners have it as a leech, and have reviewed it. `difficulties` are those of
    FSRS, from 1 to 10.
    """

    reviews: int = 0
    millis: int = 0
    young: Answers = field(default_factory=Answers)
    mature: Answers = field(default_factory=Answers)
    lapses: int = 0
    leeches: int = 0
    learners: int = 0
    difficulties: list[float] = field(default_factory=list)

    def add(self, other: Studied) -> None:
        """Add what another learner did with this card."""
        self.reviews += other.reviews
        self.millis += other.millis
        self.young.add(other.young)
        self.mature.add(other.mature)
        self.lapses += other.lapses
        self.leeches += other.leeches
        self.learners += other.learners
        self.difficulties += other.difficulties


#: A row of the log: its time in milliseconds, and what matters of the answer (see `_told`).
Row = tuple[int, int]


@dataclass(slots=True)
class Held:
    """One card as a file has it: its state, and its rows of the log that count, in two arrays."""

    lapses: int
    is_leech: bool
    difficulties: list[float]
    moments: array[int] = field(default_factory=lambda: array("q"))
    answers: array[int] = field(default_factory=lambda: array("q"))

    @property
    def reviews(self) -> int:
        return len(self.moments)

    @property
    def rows(self) -> Iterator[Row]:
        return zip(self.moments, self.answers, strict=True)


def joined(held: Sequence[Held]) -> Studied:
    """A card that one learner has reviewed, from all the learner's files that have it.

    A row that several files have counts once. The state is that of the newest file: the one with the latest
    review, and of those the one with the most.
    """
    newest = max(held, key=lambda one: (max(one.moments), one.reviews))
    one_file = len(held) == 1
    answers = newest.answers if one_file else [row[1] for row in {row for one in held for row in one.rows}]
    told = Counter(answer % _ROOM for answer in answers)
    return Studied(
        reviews=len(answers),
        millis=sum(answer // _ROOM for answer in answers),
        young=Answers(told[_YOUNG], told[_YOUNG | _FORGOTTEN]),
        mature=Answers(told[_MATURE], told[_MATURE | _FORGOTTEN]),
        lapses=newest.lapses,
        leeches=int(newest.is_leech),
        learners=1,
        difficulties=newest.difficulties,
    )


#: Cards by the guid of their note and their number from 1.
Key = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Wanted:
    """The cards of a note that are looked for, by their numbers from 1; `card` is its id in the source."""

    card: str
    note_type: int
    templates: Templates
    cards: frozenset[int]


@dataclass(frozen=True, slots=True)
class Found:
    """The cards of a learner, and the ids of notes of which nobody can tell which card is which."""

    cards: Mapping[Key, Held]
    unclear: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Card:
    """A row of the table of cards; `ordinal` is the place of its template, or a deletion, from 0."""

    number: int
    ordinal: int
    lapses: int
    data: object


def read(path: Path, wanted: Mapping[str, Wanted]) -> Found:
    """Those of the `wanted` cards, by the guid of their note, that a package or collection has.

    Also those without a review. Nothing of any other card is kept. Raises collection.Unreadable.
    """
    with collection.opened(path) as tables:
        if not ("notes" in tables and "cards" in tables and "revlog" in tables):
            raise ValueError("it has no tables of notes, cards and reviews")
        notes = _Notes(tables, wanted)
        found: dict[Key, Held] = {}
        cards: dict[int, Held] = {}
        for key, number, card in notes.cards():
            cards[number] = found[key] = card
        if cards:
            _read_log(tables, cards)
    return Found(found, tuple(notes.unclear))


class _Notes:
    """The notes of a collection that are wanted."""

    def __init__(self, tables: Tables, wanted: Mapping[str, Wanted]) -> None:
        self._wanted = wanted
        self._types: dict[int, tuple[str, int]] = {}
        self._leeches = set()
        self.unclear: list[str] = []
        known = set()
        for number, guid, note_type, tags in tables.rows("notes", "id", "guid", "mid", "tags"):
            if guid in wanted and guid not in known:  # Anki has each once
                known.add(guid)
                self._types[number] = guid, note_type
                if _LEECH in str(tags).casefold().split():
                    self._leeches.add(guid)
        self._rows: dict[int, list[_Card]] = {number: [] for number in self._types}
        for number, note, ordinal, lapses, data in tables.rows("cards", "id", "nid", "ord", "lapses", "data"):
            if note in self._rows:
                if not (isinstance(ordinal, int) and isinstance(lapses, int)):
                    raise ValueError("a card has something else in the place of a number")
                self._rows[note].append(_Card(number, ordinal, max(0, lapses), data))
        self._theirs = templates.read(tables) if self._types else {}
        self._matched: dict[tuple[int, Templates], Matched] = {}

    def cards(self) -> Iterator[tuple[Key, int, Held]]:
        """The wanted cards, each with its number in the collection."""
        for number, (guid, note_type) in self._types.items():
            rows = self._rows[number]
            numbers = self._numbers(self._wanted[guid], note_type, rows)
            if numbers is None:
                self.unclear.append(self._wanted[guid].card)
                continue
            found: dict[int, _Card] = {}
            for one in rows:
                if one.ordinal in numbers:
                    found.setdefault(numbers[one.ordinal], one)
            # The tag is the note's: of its cards, the leech is the one that was forgotten most often.
            most = max((1, *(one.lapses for one in found.values())))
            for card, one in found.items():
                is_leech = guid in self._leeches and one.lapses == most
                difficulties = list(_difficulty(one.data))
                yield (guid, card), one.number, Held(one.lapses, is_leech, difficulties)

    def _numbers(self, wanted: Wanted, note_type: int, rows: list[_Card]) -> Mapping[int, int] | None:
        """Our numbers of the cards of a note by the learner's; None where nobody can tell them.

        Whoever gives a note another note type says which of its cards becomes which, and the collection
        does not tell it: so several cards of such a note are unclear whatever their templates are called.
        """
        theirs = self._theirs.get(note_type)
        if theirs is None or theirs.is_cloze != wanted.templates.is_cloze:
            return None
        if theirs.is_cloze:
            return {card - 1: card for card in wanted.cards}
        if note_type != wanted.note_type and len(wanted.cards) > 1:
            return None
        key = note_type, wanted.templates
        if key not in self._matched:
            self._matched[key] = templates.matched(wanted.templates, theirs)
        found = self._matched[key]
        if any(one.ordinal in found.doubtful for one in rows):
            return None
        numbers = {place: card for place, card in found.numbers.items() if card in wanted.cards}
        if note_type != wanted.note_type:  # where the history may lie at a card that the deck does not have
            is_clear = all(one.ordinal in numbers for one in rows)
        else:
            is_clear = not rows or any(one.ordinal in found.numbers for one in rows)
        return numbers if is_clear else None


def _difficulty(data: object) -> Iterator[float]:
    """The difficulty of FSRS, if the card has one: `d` in a JSON of its own (rslib/src/storage/card/data.rs).

    Anki takes JSON that it can't read for none.
    """
    if not isinstance(data, str) or '"d"' not in data or len(data) > _MOST_OF_DATA:
        return
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        return
    value = found.get("d") if isinstance(found, dict) else None
    if isinstance(value, int | float) and 1 <= value <= 10:
        yield float(value)


def _read_log(tables: Tables, cards: Mapping[int, Held]) -> None:
    """Keep the rows of these cards.

    Left out is what Anki leaves out of its statistics (`has_rating_and_affects_scheduling` in
    rslib/src/revlog/mod.rs): rows without a button, which are due dates that were set and resets, and
    cramming, which are answers in a filtered deck that doesn't reschedule (kind 3 with a factor of 0).
    """
    columns = ("id", "cid", "ease", "lastIvl", "factor", "time", "type")
    for moment, number, button, interval, factor, millis, kind in tables.numbers(
        "revlog", *columns, most=MAX_REVIEWS
    ):
        card = cards.get(number)
        if card is None or button <= 0 or (kind == _FILTERED and factor == 0):
            continue
        card.moments.append(moment)
        card.answers.append(min(max(0, millis), _LONGEST) * _ROOM + _told(kind, interval, button))
    if any(card.reviews > _MOST_OF_CARD for card in cards.values()):
        raise ValueError(f"a card has more than {_MOST_OF_CARD:,} reviews")


def _told(kind: int, interval: int, button: int) -> int:
    """What an answer tells: 0 in learning steps, else of which age the card was, and if it was forgotten.

    That is what Anki's true retention counts (rslib/src/stats/graphs/retention.rs): answers to cards in
    review, and others to cards with an interval of a day or more (positive numbers are days, negative ones
    seconds). Button 1 (Again) means forgotten.
    """
    if not (kind == _REVIEW or interval >= 1 or interval <= -_DAY):
        return 0
    return (_YOUNG if interval < MATURE else _MATURE) | (_FORGOTTEN if button == 1 else 0)
