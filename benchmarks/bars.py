"""Figures and the bars that they are held to."""

from __future__ import annotations

import statistics
from collections.abc import Iterable
from dataclasses import dataclass

from benchmarks.measure import Cost

MB = 1_000_000


@dataclass(frozen=True, slots=True)
class Bar:
    """A figure of some `work`, and the limit that it should stay within, both in `unit`.

    `against` says what it is a multiple of, or more than. Without a limit it is only
    reported. With `at_least`, the figure should reach the limit; else it should not exceed it.
    `obstacle` is what stands in the way when it does not.
    """

    work: str
    figure: float
    unit: str
    limit: float | None = None
    against: str = ""
    at_least: bool = False
    obstacle: str = ""

    @property
    def verdict(self) -> str:
        """Whether the figure, unrounded, is within its limit, or by how much of the limit it is not."""
        if self.limit is None:
            return "–"
        if not self.limit:
            return f"missed by {self.figure:,.0f}" if self.figure > 0 else "met"
        over = (self.limit - self.figure if self.at_least else self.figure - self.limit) / self.limit
        return "met" if over <= 0 else f"missed by {over:{'.1%' if over < 0.1 else ',.0%'}}"

    def wanted(self) -> str:
        """The limit, in words."""
        if self.limit is None:
            return self.against
        sign = "≥" if self.at_least else "≤"
        return f"{sign} {_number(self.limit)} {self.unit} {self.against}".rstrip()


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}" if value == round(value, 2) else f"{value:.2f}"


def row(bar: Bar, *, judged: bool) -> str:
    """A row of the table of bars, with the verdict when it is `judged`."""
    whole = bar.figure >= 100 or isinstance(bar.figure, int)
    figure = f"{bar.figure:,.0f}" if whole else f"{bar.figure:.2f}"
    return f"| {bar.work} | {bar.wanted()} | {figure} {bar.unit} | {bar.verdict if judged else ''} |"


def obstacles(bars: Iterable[Bar]) -> list[str]:
    """What stands in the way of the bars that are missed: each thing once, with the works it stands before."""
    works: dict[str, list[str]] = {}
    for bar in bars:
        if bar.verdict.startswith("missed") and bar.obstacle:
            works.setdefault(bar.obstacle, []).append(f"{bar.work} ({bar.wanted()})")
    return [f"- {'; '.join(missed)}: {obstacle}" for obstacle, missed in works.items()]


def ratio(cost: Cost, base: Cost) -> float:
    """How many times the processor time of `base`: the median over rounds, as a machine may change its speed."""
    return statistics.median(one / other for one, other in zip(cost.cpus, base.cpus, strict=True))


def times(work: str, cost: Cost, base: Cost, limit: float, against: str, obstacle: str = "") -> Bar:
    """How many times as long it takes as something else."""
    return Bar(work, ratio(cost, base), "×", limit, against, obstacle=obstacle)


def faster(work: str, cost: Cost, other: Cost, limit: float, name: str, obstacle: str = "") -> Bar:
    """How many times as long another program takes."""
    against = f"faster than {name}"
    return Bar(work, ratio(other, cost), "×", limit, against, at_least=True, obstacle=obstacle)
