"""How a text is set."""

from types import ModuleType

from deckgen.checks.typography import (
    shown_stars,
)

RULES: tuple[ModuleType, ...] = (shown_stars,)
