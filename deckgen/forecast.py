"""How long a deck takes a learner: the shape of the result, until the simulation is merged."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Band:
    """One figure over all simulated learners."""

    low: float
    middle: float
    high: float


@dataclass(frozen=True, slots=True)
class Forecast:
    cards: int
    new_per_day: int
    retention: float
    days: int
    learners: int
    minutes: tuple[Band, ...]
    reviews: tuple[Band, ...]
    new: tuple[float, ...]
    peak: Band
    seen: Band | None
    mature: Band | None
    hours: Band
