"""How a text is set."""

from types import ModuleType

from deckgen.checks.typography import (
    misspelling,
    shown_stars,
)

RULES: tuple[ModuleType, ...] = (misspelling, shown_stars)
