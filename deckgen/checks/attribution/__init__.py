"""Where a claim comes from, who holds it, and how sure."""

from types import ModuleType

from deckgen.checks.attribution import (
    absent_source,
    missing_hedge,
    missing_locator,
    unknown_speaker,
    wrong_locator,
)

RULES: tuple[ModuleType, ...] = (
    absent_source,
    missing_hedge,
    missing_locator,
    unknown_speaker,
    wrong_locator,
)
