"""The cards of one file, and what was worked out of them alone: a later run may take it over."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import groupby
from typing import TypeVar, cast

from deckgen.deck import Card
from deckgen.finding import Finding

Result = TypeVar("Result")


@dataclass(slots=True, eq=False)
class Part:
    """Cards of one file, at least one.

    `found` has by the code of each rule that looked at these cards alone what it found in their file.
    """

    cards: tuple[Card, ...]
    found: dict[str, tuple[Finding, ...]] = field(default_factory=dict)
    _kept: dict[str, object] = field(default_factory=dict)

    @property
    def shown(self) -> str:
        """The name of the file in findings."""
        return self.cards[0].id.file.shown

    def once(self, work: Callable[[Part], Result]) -> Result:
        """What `work` makes of these cards and nothing else: worked out once, for later runs as well."""
        name = f"{work.__module__}.{work.__qualname__}"
        if name not in self._kept:
            self._kept[name] = work(self)
        return cast(Result, self._kept[name])

    @property
    def size(self) -> int:
        """How much was worked out: it grows with each rule that looked, and each work."""
        return len(self.found) + len(self._kept)


def parts_of(cards: Iterable[Card]) -> list[Part]:
    """The cards of a deck by the files in which they stand one after the other."""
    return [Part(tuple(group)) for _, group in groupby(cards, key=lambda card: card.id.file.shown)]
