"""What deckgen has to say about a deck's files: a place, a code, a message and what to do.

A mistake of the user is a value, never an exception: every step returns its
findings and goes on, so that one run shows all of them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import field
from enum import IntEnum
from itertools import islice
from operator import attrgetter
from typing import NamedTuple

from deckgen.fixed import fixed

#: At most so many findings of one kind are made: a stranger's file could have 100,000.
MOST = 1_000
#: A message or a hint has at most so many characters; the longest of our own have half as many.
MOST_SHOWN = 600
#: The name of a card has at most so many characters; only a damaged lock has longer ones.
MOST_NAMED = 64


#: Codes whose errors a card may silence, because a good card may look like a bad one.
SILENCEABLE = frozenset({"A02", "F02", "F06", "F09", "M05", "S01"})


class Refused(Exception):
    """What was asked for can't be done, and nothing was changed; the message says why, and what to do."""


class Severity(IntEnum):
    """How much a finding matters: an error stops a build, the others do not."""

    INFO = 1
    WARNING = 2
    ERROR = 3

    def __str__(self) -> str:
        return self.name.lower()


class Place(NamedTuple):
    """Where something stands: a path with forward slashes, line and column from 1.

    `width` is how many characters on that line are meant; 0 when only the beginning is known.
    """

    path: str
    line: int = 1
    column: int = 1
    width: int = 0


@fixed
class Finding:
    """One finding. Findings sort in the order of the files.

    `fix` is what to write instead of the characters at `place`, when that mends it. `twin` is the card
    that `card` is like, where a rule compares two.
    """

    place: Place
    code: str
    message: str
    hint: str = ""
    card: str = ""
    lang: str = ""
    severity: Severity = field(default=Severity.ERROR, compare=False)
    fix: str | None = field(default=None, compare=False)
    twin: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        """Shorten what is too long: findings repeat what stands in a file, which may be a megabyte."""
        longest = max(len(self.message), len(self.hint))
        if longest > MOST_SHOWN or max(len(self.card), len(self.lang)) > MOST_NAMED:
            bounded = (
                ("message", self.message, MOST_SHOWN),
                ("hint", self.hint, MOST_SHOWN),
                ("card", self.card, MOST_NAMED),
                ("lang", self.lang, MOST_NAMED),
            )
            for name, words, most in bounded:
                object.__setattr__(self, name, short(words, most))

    def __lt__(self, other: Finding) -> bool:
        return _ORDER(self) < _ORDER(other)


# Findings sort in the order of the files; at one place, in that of the alphabet.
_ORDER = attrgetter("place", "code", "message", "hint", "card", "lang")


def short(words: str, most: int = MOST_SHOWN) -> str:
    """`words` in at most `most` characters: longer ones keep their beginning and end, with `…` in between.

    Everything that deckgen repeats of its input is shortened here. What is wrong is mostly said
    after the repeated words, so the end is kept.
    """
    if len(words) <= most:
        return words
    tail = most // 3
    return f"{words[: most - tail - 1]}…{words[len(words) - tail :]}"


def more(place: Place) -> Finding:
    """The finding (Y10) that stands for all findings left out from `place` on."""
    message = f"after {MOST:,} findings of a kind, the others are left out"
    return Finding(place, "Y10", message, "mend these, and look again")


def first(findings: Iterable[Finding]) -> list[Finding]:
    """The first `MOST` findings of one kind, and Y10 instead of the others."""
    found = list(islice(findings, MOST + 1))
    return [*found[:MOST], *(more(finding.place) for finding in found[MOST:])]


def has_errors(findings: Iterable[Finding]) -> bool:
    """Whether at least one of `findings` stops a build."""
    return any(finding.severity is Severity.ERROR for finding in findings)


@fixed
class Choice:
    """Chooses findings whose code begins with one of `select` (if empty, any code) and none of `ignore`."""

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()

    def of(self, findings: Iterable[Finding]) -> list[Finding]:
        """The chosen ones of `findings`."""
        return [
            finding
            for finding in findings
            if (not self.select or finding.code.startswith(self.select))
            and not (self.ignore and finding.code.startswith(self.ignore))
        ]
