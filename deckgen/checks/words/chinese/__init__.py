"""Words of Chinese that several rules look for, as patterns or parts of patterns."""

from __future__ import annotations

from decimal import Decimal

from deckgen.checks.words import lists
from deckgen.patterns import lazy

#: What says that a claim is a guess or qualified.
HEDGE = lazy(lambda: lists.alternatives(lists.words("chinese/hedges")))


def number_readings() -> dict[str, tuple[Decimal, ...]]:
    """Characters from which a number may be read, with all that it may be."""
    return lists.values("chinese/readings")
