"""A forecast for people and for machines."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from deckgen.studying.forecast import LEARNERS, Assumptions, Band, Forecast, Outlook, Peak, Setting

# How many times as many hours a year takes with the parameters of real people as with the defaults: 10th and
# 90th percentile of the first 40 users in open-spaced-repetition/srs-benchmark, result/FSRS-6-recency.jsonl;
# docs/study.md has the measurement.
_PEOPLE = (0.4, 4)


def text(outlooks: Iterable[Outlook], defaults: Assumptions) -> str:
    """A block for each package, what other settings would cost, and what the figures assume."""
    shown: dict[int, str] = {}
    blocks: list[str] = []
    for outlook in outlooks:
        made = outlook.forecast
        if made is None:
            blocks.append(f"{outlook.path}: no cards to study")
        elif made.cards in shown:
            blocks.append(f"{outlook.path}: has as many cards as {shown[made.cards]}, so takes the same")
        else:
            blocks += ["\n".join(_block(outlook.path, made)), "\n".join(_settings(made, outlook.settings))]
            shown[made.cards] = outlook.path
    if shown:
        blocks.append("\n".join(assumed(defaults)))
    return "\n\n".join(blocks)


def as_json(outlooks: Iterable[Outlook], defaults: Assumptions) -> str:
    """The same numbers and those of every day; docs/study.md names the keys."""
    packages = [
        {
            "path": outlook.path,
            "lang": outlook.lang,
            "forecast": outlook.forecast and _forecast(outlook.forecast),
            "settings": [
                {
                    "new_per_day": one.new_per_day,
                    "retention": one.retention,
                    "seen": one.seen,
                    "peak": _number(one.peak),
                    "hours": _number(one.hours),
                }
                for one in outlook.settings
            ],
        }
        for outlook in outlooks
    ]
    document = {"assumptions": _assumed(defaults), "packages": packages}
    return json.dumps(document, ensure_ascii=False, indent=2)


def too_much(peak: Peak, limit: float) -> str:
    """Why a package fails `--max-minutes`, with its figure."""
    return f"{peak.path}: {peak.minutes:.1f} minutes a day in the worst 7 days, more than {limit:g}"


# -- for people --------------------------------------------------------------------


def _block(path: str, made: Forecast) -> Iterator[str]:
    noun = "card" if made.cards == 1 else "cards"
    goal = f"{made.new_per_day} new a day, {percent(made.retention)} to be recalled, {made.days} days"
    yield f"{path}: {made.cards} {noun}, {goal}"
    yield ""
    yield f"{'':16}  {'minutes a day':18}  reviews a day"
    for one in made.periods:
        days = f"day {one.first}" if one.first == one.last else f"days {one.first}–{one.last}"
        yield f"{days:16}  {_range(one.minutes):18}  {_range(one.reviews)}"
    yield f"{f'worst {min(7, made.days)} days':16}  {_range(made.peak)}"
    yield ""
    yield f"{'all cards seen':16}  {_day(made.seen, made.days)}"
    yield f"{'90 % mature':16}  {_day(made.mature, made.days)}"
    minutes = made.hours.middle * 60 / made.cards
    yield f"{'in all':16}  {_range(made.hours)} hours, {short(minutes)} minutes a card"


def _settings(made: Forecast, settings: Sequence[Setting]) -> Iterator[str]:
    """A row for each number of new cards a day, a column for each retention."""
    rows = [list(group) for _, group in groupby(settings, key=lambda one: one.new_per_day)]
    yield "other settings: minutes a day in the worst 7 days / hours in all; in brackets, the one above"
    yield ""
    heads = "".join(f"{percent(one.retention) + ' ':>14}" for one in rows[0])
    yield f"{'new a day':>9}  {'all seen':>8}{heads}".rstrip()
    for row in rows:
        seen = "later" if row[0].seen is None else f"day {row[0].seen}"
        cells = "".join(f"{_cell(made, one):>14}" for one in row)
        yield f"{row[0].new_per_day:9}  {seen:>8}{cells}".rstrip()


def _cell(made: Forecast, one: Setting) -> str:
    cell = f"{short(one.peak)} / {short(one.hours)}"
    asked = (one.new_per_day, one.retention) == (made.new_per_day, made.retention)
    return f"[{cell}]" if asked else f"{cell} "


def assumed(defaults: Assumptions) -> Iterator[str]:
    """What the figures assume, in lines."""
    first = ", ".join(f"{100 * share:.0f}" for share in defaults.first_ratings)
    less, more = _PEOPLE
    yield f"Ranges: 8 in 10 of {LEARNERS} simulated learners, who differ only in luck. People differ more:"
    yield f"with the memories of 40 users of Anki, 8 in 10 would need {less:g} to {more:g} times the hours"
    yield "in a year. Someone who answers half as fast needs twice the minutes."
    yield ""
    yield f"Assumed, by the defaults of {defaults.library}, whose simulator is Anki's:"
    yield "- memory: the default parameters of FSRS-6"
    yield "- seconds for an answer of again, hard, good, easy (medians of 10,000 collections):"
    yield (
        f"  {_seconds(defaults.learning_seconds)} when new, {_seconds(defaults.review_seconds)} in reviews, "
        f"{_seconds(defaults.relearning_seconds)} when relearned"
    )
    yield f"- first answers: {first} % again, hard, good, easy"
    yield "- no day is missed, reviews have no limit, cards of one note may come on the same day"


def _range(one: Band) -> str:
    return f"{short(one.middle)} ({short(one.low)}–{short(one.high)})"


def _day(one: Band | None, days: int) -> str:
    """Such as `day 105 (84–133)`."""
    if one is None:
        return f"not within {days} days"
    if one.low == one.high:
        return f"day {one.middle:.0f}"
    spread = f"{one.low:.0f} to after {days}" if math.isinf(one.high) else f"{one.low:.0f}–{one.high:.0f}"
    return f"day {one.middle:.0f} ({spread})"


def short(value: float) -> str:
    """A number with two significant digits, or with all before the point."""
    return f"{value:.1f}" if round(value, 1) < 10 else f"{value:.0f}"


def percent(share: float) -> str:
    """Such as `90 %`."""
    return f"{100 * share:g} %"


def _seconds(values: Iterable[float]) -> str:
    return " ".join(f"{value:.0f}" for value in values)


# -- for machines ------------------------------------------------------------------


def _forecast(made: Forecast) -> dict[str, object]:
    return {
        "cards": made.cards,
        "new_per_day": made.new_per_day,
        "retention": made.retention,
        "days": made.days,
        "learners": made.learners,
        "peak": _band(made.peak),
        "hours": _band(made.hours),
        "seen": made.seen and _band(made.seen),
        "mature": made.mature and _band(made.mature),
        "periods": [
            {
                "first": one.first,
                "last": one.last,
                "minutes": _band(one.minutes),
                "reviews": _band(one.reviews),
            }
            for one in made.periods
        ],
        "minutes": [_band(day) for day in made.minutes],
        "reviews": [_band(day) for day in made.reviews],
        "new": made.new,
    }


def _band(one: Band) -> dict[str, float | None]:
    return {"low": _number(one.low), "middle": _number(one.middle), "high": _number(one.high)}


def _number(value: float) -> float | None:
    """A number with three digits after the point; null for what never happens."""
    return None if math.isinf(value) else round(value, 3)


def _assumed(assumed: Assumptions) -> dict[str, object]:
    return {
        "library": assumed.library,
        "parameters": assumed.parameters,
        "seconds": {
            "learning": assumed.learning_seconds,
            "review": assumed.review_seconds,
            "relearning": assumed.relearning_seconds,
        },
        "first_ratings": assumed.first_ratings,
        "recalled": assumed.recalled,
        "learning_steps": assumed.learning_steps,
        "relearning_steps": assumed.relearning_steps,
        "longest_interval": assumed.longest_interval,
    }
