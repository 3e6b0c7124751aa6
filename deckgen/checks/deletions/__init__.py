"""What a cloze hides."""

from types import ModuleType

RULES: tuple[ModuleType, ...] = ()
