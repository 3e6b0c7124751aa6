"""Cards that are taken for each other."""

from types import ModuleType

RULES: tuple[ModuleType, ...] = ()
