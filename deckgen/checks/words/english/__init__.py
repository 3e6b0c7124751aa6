"""Words of English that several rules look for, as patterns or parts of patterns."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache

from deckgen.checks.words import lists
from deckgen.patterns import lazy

#: Parts of patterns: words that ask, and verbs that begin a question.
WH = r"(?:what|which|who|whom|whose|why|how|when|where)"
AUXILIARY = (
    r"(?:(?:is|are|was|were|do|does|did|could|would|should|might|must|has|have|had)(?:n['’]t)?"
    r"|can(?:['’]t|not)?|will|won['’]t|shall|may)"
)

#: What says that a claim is a guess or qualified.
HEDGE = lazy(
    r"\b(?:may|might|maybe|could|perhaps|possibl[ey]|probabl[ey]|likely|roughly|(?:about|around) \d+"
    r"|approximately|guess(?:es|ed)?|suggest(?:s|ed)?|speculat\w+|expect(?:s|ed)?|hop(?:e|es|ed|ing)"
    r"|thinks?|thought|believe[sd]?|seem(?:s|ed)?|suspect(?:s|ed)?|tends? to|(?:un|not |how )sure"
    r"|uncertain|unclear|sketch(?:es|y)?"
    r"|tentative(?:ly)?|in theory|in many cases|to some extent|mostly|somewhat|often|usually)\b",
    re.IGNORECASE,
)


@cache
def function_words(code: str) -> frozenset[str]:
    """The words that say little by themselves, those that the rule with this code passes over."""
    return frozenset(
        word for word, codes in lists.table("english/function_words").items() if code in codes.split()
    )


@cache
def small_words() -> frozenset[str]:
    """The words of more than a letter by which an English sentence is told."""
    table = lists.table("english/function_words")
    return frozenset(word for word, codes in table.items() if len(word) > 1 and codes != "M04")


@cache
def misspellings() -> dict[str, str]:
    """The right spelling by the wrong one, in lower case, with the forms in -s and -d."""
    pairs = lists.table("english/misspellings")
    return {
        wrong + ending: right + ending
        for ending in ("", "s", "d")
        for wrong, right in pairs.items()
        if not ending
        or (ending == "s" and not wrong.endswith(("s", "y", "h")) and not right.endswith(("s", "y", "h")))
        or (ending == "d" and wrong.endswith("e") and right.endswith("e"))
    }


@cache
def number_parts() -> dict[str, int]:
    """Words that are part of a number, with their values."""
    return {**lists.numbers("english/cardinals"), **lists.numbers("english/ordinals")}


def multiples() -> dict[str, int]:
    """Words that multiply the number before them."""
    return lists.numbers("english/multiples")


@cache
def number_readings() -> dict[str, tuple[Decimal, ...]]:
    """Words from which a number may be read, with all that it may be; months also by their first three letters."""
    months = {word: (Decimal(value),) for word, value in lists.numbers("english/months").items()}
    return {
        **lists.values("english/readings"),
        **months,
        **{word[:3]: value for word, value in months.items()},
    }


def count() -> str:
    """A pattern for what is a count beyond doubt. “One” and “second” are often none, “march” and “may” no months."""
    cardinals = lists.numbers("english/cardinals")
    tens = lists.alternatives(word for word, value in cardinals.items() if value > 1)
    ones = lists.alternatives([*(word for word, value in cardinals.items() if 0 < value < 10), *multiples()])
    months = lists.alternatives(
        month for month in lists.numbers("english/months") if month not in ("march", "may")
    )
    return rf"\b(?:{tens})(?:[\s-]+(?:{ones}))*\b|\b(?:{months})\b"
