"""Where a claim comes from, who holds it, and how sure."""

from types import ModuleType

from deckgen.checks.attribution import (
    lone_card,
    missing_hedge,
    position_without_holder,
    rare_tag,
    undated_forecast,
)

RULES: tuple[ModuleType, ...] = (
    lone_card,
    missing_hedge,
    position_without_holder,
    rare_tag,
    undated_forecast,
)
