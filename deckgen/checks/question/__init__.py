"""How questions are put."""

from types import ModuleType

from deckgen.checks.question import vague_command

RULES: tuple[ModuleType, ...] = (vague_command,)
