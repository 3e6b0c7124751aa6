"""Whether the languages of a card say the same."""

from types import ModuleType

RULES: tuple[ModuleType, ...] = ()
