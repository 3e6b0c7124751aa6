"""How a text is set."""

from types import ModuleType

from deckgen.checks.typography import (
    misspelling,
    mixed_spacing,
    shown_stars,
    stray_spaces,
    turned_text,
    unbalanced_marks,
    wrong_width_punctuation,
)

RULES: tuple[ModuleType, ...] = (
    misspelling,
    mixed_spacing,
    shown_stars,
    stray_spaces,
    turned_text,
    unbalanced_marks,
    wrong_width_punctuation,
)
