"""Sets and enumerations."""

from types import ModuleType

RULES: tuple[ModuleType, ...] = ()
