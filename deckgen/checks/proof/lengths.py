"""How lengths are measured: what the rules of length judge, and `stats` shows."""

from __future__ import annotations

import re
from collections.abc import Sequence

from deckgen.checks.proof import Passage
from deckgen.patterns import lazy

_OPTION = lazy(r"^[ \t]*(?:[-*+][ \t]+)?[(*_]{0,3}[A-Fa-f][.):：、．）][^\n]*", re.MULTILINE)


def of_question(question: Passage) -> int:
    """The length of a question in its unit. What is offered to choose from is for F04 to judge."""
    options = sum(
        question.size_of(question.shown[slice(*match.span())])
        for match in _OPTION.finditer(question.text.value)
    )
    return question.size - options


def middle(sizes: Sequence[int]) -> int:
    """The length in the middle of sorted `sizes`; of two in the middle, the shorter."""
    return sizes[(len(sizes) - 1) // 2]


def nine_tenths(sizes: Sequence[int]) -> int:
    """The length that nine tenths of sorted `sizes` do not exceed."""
    return sizes[(len(sizes) * 9 - 1) // 10]
