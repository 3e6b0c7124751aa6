"""What a rule is, and where all are found: each module in the folder of a group is one.

So a rule is listed nowhere but by its file. Groups are loaded when they are asked for: importing
them takes a while, and not every command does.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Protocol, cast, runtime_checkable

from deckgen.checks.proof import Limits, Proof
from deckgen.finding import Finding

#: The group of what the format demands: its findings can be neither silenced nor lowered.
DEMANDED = "structure"
#: The groups of rules of craft: a deck may lower them, a card may silence them.
CRAFT = (
    "attribution", "deletions", "giveaway", "languages", "length", "question", "sets", "twins", "typography",
)  # fmt: skip


class Rule(Protocol):
    """A module that looks for one problem; its docstring is the page of its code."""

    CODE: str

    def check(self, proof: Proof) -> Iterator[Finding]:
        """The findings about one deck, in any order. It only notices: level and silence are for `settings`."""


@runtime_checkable
class WideRule(Rule, Protocol):
    """A rule that compares the cards of a deck, or looks at more than texts and deck.yaml.

    All others look at each card by itself: what they find in one file does not change with the others.
    """

    WIDE: bool


class CraftRule(Rule, Protocol):
    """A rule of craft. `STOPS` when it may find errors: a build asks only those."""

    STOPS: bool


@runtime_checkable
class Limited(CraftRule, Protocol):
    """A rule of craft whose limits a deck may set. They are given by "en" (words) and "zh" (characters)."""

    LIMITS: dict[str, Limits]


@cache
def demanded_rules() -> tuple[Rule, ...]:
    """The rules about what the format demands, in the order of their names."""
    return tuple(cast(Rule, import_module(name)) for name in _names(DEMANDED))


@cache
def craft_rules() -> tuple[CraftRule, ...]:
    """The rules of craft, in the order of their names."""
    return tuple(cast(CraftRule, import_module(name)) for group in CRAFT for name in _names(group))


def _names(group: str) -> list[str]:
    package = import_module(f"deckgen.checks.{group}")
    return sorted(f"{package.__name__}.{module.name}" for module in iter_modules(package.__path__))
