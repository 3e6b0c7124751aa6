"""How long texts are."""

from types import ModuleType

from deckgen.checks.length import long_answer

RULES: tuple[ModuleType, ...] = (long_answer,)
