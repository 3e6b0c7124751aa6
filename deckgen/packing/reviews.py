"""What a learner's collection tells about the reviews of some notes: counts by card, and nothing else.

What counts as a review is what Anki itself counts; each rule names the place in Anki's source. Anki's log
has a row for each answer. Rows are counted while they pass, so that memory does not grow with the log.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Set
from dataclasses import dataclass, field
from pathlib import Path

from deckgen.packing import collection
from deckgen.packing.tables import Tables

#: In days: a card with this interval is mature (`MATURE_IVL` in rslib/src/stats/graphs/retention.rs).
MATURE = 21
_DAY = 86_400
#: A log with more rows is refused. Somebody who answers 500 cards a day has as many after 50 years.
MAX_REVIEWS = 10_000_000
#: The kinds of rows of the log that matter here (`RevlogReviewKind` in rslib/src/revlog/mod.rs).
_REVIEW, _FILTERED = 1, 3
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
    FSRS, from 1 to 10. `first` is the time of the first review in milliseconds, by which one learner's
    history is known again.
    """

    reviews: int = 0
    millis: int = 0
    young: Answers = field(default_factory=Answers)
    mature: Answers = field(default_factory=Answers)
    lapses: int = 0
    leeches: int = 0
    learners: int = 0
    difficulties: list[float] = field(default_factory=list)
    first: int = 0

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


#: Cards by the guid of their note and their number from 1.
Key = tuple[str, int]


def read(path: Path, wanted: Set[Key]) -> dict[Key, Studied]:
    """Those of the `wanted` cards that a package or collection has, also those without a review.

    Nothing of any other card is kept. Raises collection.Unreadable.
    """
    with collection.opened(path) as tables:
        if not ("notes" in tables and "cards" in tables and "revlog" in tables):
            raise ValueError("it has no tables of notes, cards and reviews")
        found: dict[Key, Studied] = {}
        cards: dict[int, Studied] = {}
        for key, number, card in _cards(tables, wanted):
            cards[number] = found[key] = card
        if cards:
            _count(tables, cards)
    for card in found.values():
        card.learners = int(card.reviews > 0)
    return found


def _cards(tables: Tables, wanted: Set[Key]) -> Iterator[tuple[Key, int, Studied]]:
    """The wanted cards, each with its number in the collection."""
    guids = {guid for guid, _ in wanted}
    notes: dict[int, str] = {}
    leeches = set()
    for number, guid, tags in tables.rows("notes", "id", "guid", "tags"):
        if guid in guids:
            guids.remove(guid)  # Anki has each once
            notes[number] = guid
            if _LEECH in str(tags).casefold().split():
                leeches.add(guid)
    found: dict[Key, tuple[int, Studied]] = {}
    most: dict[str, int] = {}
    for number, note, ordinal, lapses, data in tables.rows("cards", "id", "nid", "ord", "lapses", "data"):
        if note not in notes:
            continue
        if not (isinstance(ordinal, int) and isinstance(lapses, int)):
            raise ValueError("a card has something else in the place of a number")
        key = (notes[note], ordinal + 1)
        if key in wanted:
            card = Studied(lapses=max(0, lapses), difficulties=list(_difficulty(data)))
            found.setdefault(key, (number, card))
            most[key[0]] = max(most.get(key[0], 1), card.lapses)
    # The tag is the note's: of its cards, the leech is the one that was forgotten most often.
    for key, (number, card) in found.items():
        card.leeches = int(key[0] in leeches and card.lapses == most[key[0]])
        yield key, number, card


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


def _count(tables: Tables, cards: dict[int, Studied]) -> None:
    """Count the log of these cards.

    Left out is what Anki leaves out of its statistics (`has_rating_and_affects_scheduling` in
    rslib/src/revlog/mod.rs): rows without a button, which are due dates that were set and resets, and
    cramming, which are answers in a filtered deck that doesn't reschedule (kind 3 with a factor of 0).

    Recalled or forgotten is what Anki's true retention counts (rslib/src/stats/graphs/retention.rs): answers
    to cards in review, and others to cards with an interval of a day or more (positive numbers are days,
    negative ones seconds). Button 1 (Again) means forgotten.
    """
    columns = ("id", "cid", "ease", "lastIvl", "factor", "time", "type")
    for moment, number, button, interval, factor, millis, kind in tables.numbers(
        "revlog", *columns, most=MAX_REVIEWS
    ):
        card = cards.get(number)
        if card is None or button <= 0 or (kind == _FILTERED and factor == 0):
            continue
        card.reviews += 1
        if millis > 0:
            card.millis += millis
        if not card.first or moment < card.first:
            card.first = moment
        if kind == _REVIEW or interval >= 1 or interval <= -_DAY:
            answers = card.young if interval < MATURE else card.mature
            if button == 1:
                answers.forgotten += 1
            else:
                answers.recalled += 1
