"""Cards that are taken for each other."""

from types import ModuleType

from deckgen.checks.twins import (
    near_duplicate,
    near_twin,
    repeated_answer,
    same_beginning,
    same_question,
)

RULES: tuple[ModuleType, ...] = (
    near_duplicate,
    near_twin,
    repeated_answer,
    same_beginning,
    same_question,
)
