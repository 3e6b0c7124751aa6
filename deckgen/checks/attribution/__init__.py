"""Where a claim comes from, who holds it, and how sure."""

from types import ModuleType

from deckgen.checks.attribution import (
    absent_source,
    lone_card,
    missing_hedge,
    missing_locator,
    position_without_holder,
    rare_tag,
    undated_forecast,
    unknown_speaker,
    wrong_locator,
)

RULES: tuple[ModuleType, ...] = (
    absent_source,
    lone_card,
    missing_hedge,
    missing_locator,
    position_without_holder,
    rare_tag,
    undated_forecast,
    unknown_speaker,
    wrong_locator,
)
