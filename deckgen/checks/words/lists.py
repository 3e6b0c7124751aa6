"""Lists of words: text files with a word or phrase a line, or a word, a colon and what is said of it; `#` begins a comment.

They are read when a rule first needs them. Their order is that of the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from functools import cache
from pkgutil import get_data


@cache
def words(name: str) -> tuple[str, ...]:
    """The words of a list, such as `english/capitals`."""
    text = (get_data("deckgen.checks.words", f"{name}.txt") or b"").decode("utf-8")
    lines = (line.partition("#")[0].strip() for line in text.splitlines())
    return tuple(line for line in lines if line)


@cache
def table(name: str) -> dict[str, str]:
    """What a list says of each word."""
    return {word: said.strip() for word, _, said in (line.partition(":") for line in words(name))}


@cache
def numbers(name: str) -> dict[str, int]:
    """The number that a list gives for each word."""
    return {word: int(said) for word, said in table(name).items()}


@cache
def values(name: str) -> dict[str, tuple[Decimal, ...]]:
    """The numbers that a list gives for each word."""
    return {word: tuple(map(Decimal, said.split())) for word, said in table(name).items()}


def alternatives(some: Iterable[str]) -> str:
    """A part of a pattern that finds one of the words, the first that fits."""
    return "|".join(map(re.escape, some))
