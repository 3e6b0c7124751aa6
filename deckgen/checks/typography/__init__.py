"""How a text is set."""

from types import ModuleType

from deckgen.checks.typography import (
    html_habits,
    lost_backslash,
    misspelling,
    mistaken_marks,
    mixed_spacing,
    pasted_quotes,
    shown_stars,
    stray_spaces,
    turned_text,
    unbalanced_marks,
    unseen_text,
    wrong_width_punctuation,
)

RULES: tuple[ModuleType, ...] = (
    html_habits,
    lost_backslash,
    misspelling,
    mistaken_marks,
    mixed_spacing,
    pasted_quotes,
    shown_stars,
    stray_spaces,
    turned_text,
    unbalanced_marks,
    unseen_text,
    wrong_width_punctuation,
)
