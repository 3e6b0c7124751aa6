"""How a text is set."""

from types import ModuleType

from deckgen.checks.typography import (
    mixed_spacing,
    shown_stars,
    stray_spaces,
    unbalanced_marks,
    wrong_width_punctuation,
)

RULES: tuple[ModuleType, ...] = (
    mixed_spacing,
    shown_stars,
    stray_spaces,
    unbalanced_marks,
    wrong_width_punctuation,
)
