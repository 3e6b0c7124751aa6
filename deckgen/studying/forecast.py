"""What a deck costs a learner who starts it from the beginning: minutes and reviews by day.

fsrs-rs, the library of Anki's own simulator, simulates the learner. Its defaults describe
the learner; none of them is repeated here.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import fsrs_rs_python as fsrs

from deckgen.building.steps import Ready

#: How many learners are simulated. Learner 0 has the seed 0, and so on: every run gives the same figures.
LEARNERS = 50
#: So many of them are simulated for each setting of a sweep; an odd number has a learner in the middle.
SWEEP_LEARNERS = 11
#: What a sweep tries besides the settings that were asked for.
NEW_PER_DAY = (5, 10, 20, 40)
RETENTIONS = (0.8, 0.85, 0.9, 0.95)
#: Anki calls a card mature when its interval has at least so many days (`ivl >= 21` in anki/stats.py).
MATURE_DAYS = 21
#: A deck counts as mature when this share of its cards is.
MATURE_SHARE = 0.9
#: The days that are averaged together: the first and last of each period.
PERIODS = ((1, 7), (8, 30), (31, 90), (91, 365), (366, 3650))


@dataclass(frozen=True, slots=True)
class Band:
    """One figure over all simulated learners: 10th percentile, median, 90th percentile."""

    low: float
    middle: float
    high: float


@dataclass(frozen=True, slots=True)
class Period:
    """Means over the days from `first` to `last`: minutes and reviews a day."""

    first: int
    last: int
    minutes: Band
    reviews: Band


@dataclass(frozen=True, slots=True)
class Forecast:
    """What `cards` Anki cards cost in `days` days.

    `minutes`, `reviews` and `new` go by day, from the first. A review is a card that
    comes back on a later day; its repetitions on the same day count only as minutes.
    `peak` is minutes a day in the worst seven days in a row. `seen` is the day on which
    the last new card was shown. `mature` is the end of the first week after which 90 %
    of the cards were mature; it is exact for every learner, and infinite for one who did
    not get so far. Both are None when most learners did not get so far within the span.
    """

    cards: int
    new_per_day: int
    retention: float
    days: int
    learners: int
    minutes: tuple[Band, ...]
    reviews: tuple[Band, ...]
    new: tuple[int, ...]
    peak: Band
    seen: Band | None
    mature: Band | None
    hours: Band
    periods: tuple[Period, ...]


@dataclass(frozen=True, slots=True)
class Setting:
    """What a deck costs in one setting: the medians of minutes a day in the worst week, and of all hours."""

    new_per_day: int
    retention: float
    seen: int | None
    peak: float
    hours: float


@dataclass(frozen=True, slots=True)
class Outlook:
    """The forecast of a package; there is none when it has no Anki cards to study."""

    path: str
    lang: str
    title: str
    forecast: Forecast | None
    settings: tuple[Setting, ...]


@dataclass(frozen=True, slots=True)
class Peak:
    """The package with the worst week, and its minutes a day in that week for the median learner."""

    path: str
    minutes: float


@dataclass(frozen=True, slots=True)
class Assumptions:
    """What the simulated learners have in common, as the library gives it.

    Seconds and shares are by rating: again, hard, good, easy. `recalled` are the shares
    of hard, good and easy among the reviews that were recalled.
    """

    library: str
    parameters: tuple[float, ...]
    learning_seconds: tuple[float, ...]
    review_seconds: tuple[float, ...]
    relearning_seconds: tuple[float, ...]
    first_ratings: tuple[float, ...]
    recalled: tuple[float, ...]
    learning_steps: int
    relearning_steps: int
    longest_interval: int


@dataclass(frozen=True, slots=True)
class _Learner:
    """What one simulated learner did, by day."""

    minutes: list[float]
    reviews: list[int]
    new: list[int]


def forecast(cards: int, new_per_day: int = 10, retention: float = 0.9, days: int = 365) -> Forecast:
    """What a deck of `cards` Anki cards costs, over LEARNERS learners who differ only in luck.

    `cards` is at least 1, `retention` the share of reviews that the learner wants to
    recall. The same arguments give the same forecast: each learner has a seed of its own.
    """
    learners = [_study(cards, new_per_day, retention, days, seed) for seed in range(LEARNERS)]
    matured = [_matured(cards, new_per_day, retention, days, seed) for seed in range(LEARNERS)]
    seen = seen_after(cards, new_per_day, days)
    mature = band(matured)
    return Forecast(
        cards=cards,
        new_per_day=new_per_day,
        retention=retention,
        days=days,
        learners=LEARNERS,
        minutes=tuple(band(day) for day in zip(*(one.minutes for one in learners), strict=True)),
        reviews=tuple(band(day) for day in zip(*(one.reviews for one in learners), strict=True)),
        # No learner misses a day, so all see the same number.
        new=tuple(learners[0].new),
        peak=_peak(learners),
        seen=None if seen is None else Band(seen, seen, seen),
        mature=None if math.isinf(mature.middle) else mature,
        hours=_hours(learners),
        periods=tuple(_periods(learners, days)),
    )


def sweep(asked: Forecast) -> list[Setting]:
    """The usual settings and the setting of `asked`, by new cards a day, then by retention.

    For the usual settings, the medians are those of SWEEP_LEARNERS learners.
    """
    cards, days = asked.cards, asked.days
    settings = []
    for new in sorted({*NEW_PER_DAY, asked.new_per_day}):
        seen = seen_after(cards, new, days)
        for share in sorted({*RETENTIONS, asked.retention}):
            peak, hours = asked.peak, asked.hours
            if (new, share) != (asked.new_per_day, asked.retention):
                learners = [_study(cards, new, share, days, seed) for seed in range(SWEEP_LEARNERS)]
                peak, hours = _peak(learners), _hours(learners)
            settings.append(Setting(new, share, seen, peak.middle, hours.middle))
    return settings


def outlooks(
    ready: Iterable[Ready], output_dir: Path, new_per_day: int, retention: float, days: int
) -> list[Outlook]:
    """The forecast and the sweep of every package; packages with as many cards are simulated only once."""
    made: dict[int, tuple[Forecast | None, tuple[Setting, ...]]] = {0: (None, ())}
    found = []
    for item in ready:
        for notes in item.rendered:
            cards = sum(len(note.ordinals) for note in notes.notes)
            if cards not in made:
                asked = forecast(cards, new_per_day, retention, days)
                made[cards] = asked, tuple(sweep(asked))
            path = output_dir / item.deck.package_name(notes.lang)
            title = item.deck.title[notes.lang].value
            found.append(Outlook(path.as_posix(), notes.lang, title, *made[cards]))
    return found


def worst(found: Iterable[Outlook]) -> Peak | None:
    """The package that takes most in its worst week; None when there is nothing to study."""
    peaks = [Peak(one.path, one.forecast.peak.middle) for one in found if one.forecast is not None]
    return max(peaks, key=lambda peak: peak.minutes, default=None)


def assumptions() -> Assumptions:
    """The defaults of the library that the simulation uses."""
    config = fsrs.default_simulator_config()
    learning, review, relearning = config.state_rating_costs
    return Assumptions(
        library=f"fsrs-rs-python {version('fsrs-rs-python')}",
        parameters=_rounded(fsrs.DEFAULT_PARAMETERS),
        learning_seconds=_rounded(learning),
        review_seconds=_rounded(review),
        relearning_seconds=_rounded(relearning),
        first_ratings=_rounded(config.first_rating_prob),
        recalled=_rounded(config.review_rating_prob),
        learning_steps=config.learning_step_count,
        relearning_steps=config.relearning_step_count,
        longest_interval=int(config.max_ivl),
    )


def band(values: Sequence[float]) -> Band:
    """10th percentile, median and 90th percentile, each a value of `values` itself (nearest rank)."""
    ranked = sorted(values)
    low, middle, high = (ranked[math.ceil(tenths * len(ranked) / 10) - 1] for tenths in (1, 5, 9))
    return Band(low, middle, high)


def peak_week(minutes: Sequence[float]) -> float:
    """The mean of the worst seven days in a row, or of all when there are fewer."""
    days = min(7, len(minutes))
    return max(sum(minutes[first : first + days]) for first in range(len(minutes) - days + 1)) / days


def seen_after(cards: int, new_per_day: int, days: int) -> int | None:
    """The day on which the last new card is shown; None when it is not within `days` days."""
    day = math.ceil(cards / new_per_day)
    return day if day <= days else None


def _rounded(values: Sequence[float]) -> tuple[float, ...]:
    """The values as they were written in the library, which keeps them with 7 digits."""
    return tuple(float(f"{value:.6g}") for value in values)


def _simulate(cards: int, new_per_day: int, retention: float, days: int, seed: int) -> fsrs.SimulationResult:
    """Simulate a learner who misses no day and has no limit except for new cards.

    A shorter span with the same seed gives the same first days.
    """
    config = fsrs.default_simulator_config()
    config.deck_size = cards
    config.learn_limit = new_per_day
    config.learn_span = days
    # The library would stop each day after 1800 seconds; Anki lifts that limit too.
    config.max_cost_perday = math.inf
    return fsrs.simulate(fsrs.DEFAULT_PARAMETERS, retention, config, seed)


def _study(cards: int, new_per_day: int, retention: float, days: int, seed: int) -> _Learner:
    result = _simulate(cards, new_per_day, retention, days, seed)
    minutes = [seconds / 60 for seconds in result.cost_per_day]
    return _Learner(minutes, result.review_cnt_per_day, result.learn_cnt_per_day)


def _matured(cards: int, new_per_day: int, retention: float, days: int, seed: int) -> float:
    """The end of the first week, in days, after which MATURE_SHARE of the cards were mature; or infinite.

    A card becomes mature only on a day when it is due, so the weeks before enough of the other
    cards come due are skipped; no other week is.
    """
    wanted = math.ceil(MATURE_SHARE * cards)
    day = _week(math.ceil(wanted / new_per_day))
    while day <= days:
        found = _simulate(cards, new_per_day, retention, day, seed).cards
        due = sorted(card.due for card in found if card.interval < MATURE_DAYS)
        missing = wanted - (cards - len(due))
        if missing <= 0:
            return day
        # A card that is due on day 20, counted from 0, is studied in a span of 21 days.
        day = _week(max(day, int(due[missing - 1])) + 1)
    return math.inf


def _peak(learners: Iterable[_Learner]) -> Band:
    return band([peak_week(one.minutes) for one in learners])


def _hours(learners: Iterable[_Learner]) -> Band:
    return band([sum(one.minutes) / 60 for one in learners])


def _week(day: int) -> int:
    """The last day of a day's week."""
    return math.ceil(day / 7) * 7


def _periods(learners: Sequence[_Learner], days: int) -> Iterator[Period]:
    for first, last in PERIODS:
        if first > days:
            return
        span = slice(first - 1, min(last, days))
        length = span.stop - span.start
        yield Period(
            first,
            span.stop,
            band([sum(one.minutes[span]) / length for one in learners]),
            band([sum(one.reviews[span]) / length for one in learners]),
        )
