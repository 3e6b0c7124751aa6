"""Whether the languages of a card say the same."""

from types import ModuleType

from deckgen.checks.languages import (
    glossary_term_missing,
    hedge_on_one_side,
    mixed_scripts,
    negation_on_one_side,
    note_on_one_side,
    numbers_differ,
    question_type_differs,
    unlike_lengths,
    unlike_short_texts,
    untranslated_text,
)

RULES: tuple[ModuleType, ...] = (
    glossary_term_missing,
    hedge_on_one_side,
    mixed_scripts,
    negation_on_one_side,
    note_on_one_side,
    numbers_differ,
    question_type_differs,
    unlike_lengths,
    unlike_short_texts,
    untranslated_text,
)
