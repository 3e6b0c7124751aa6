"""Where a claim comes from, who holds it, and how sure."""

from types import ModuleType

from deckgen.checks.attribution import (
    missing_hedge,
)

RULES: tuple[ModuleType, ...] = (missing_hedge,)
