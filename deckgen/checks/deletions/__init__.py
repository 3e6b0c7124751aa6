"""What a cloze hides."""

from types import ModuleType

from deckgen.checks.deletions import (
    bare_number,
    empty_hint,
    guessable_deletion,
    hides_a_function_word,
    hides_too_much,
    long_cloze,
    long_deletion,
    many_deletions,
    mostly_clozes,
)

RULES: tuple[ModuleType, ...] = (
    bare_number,
    empty_hint,
    guessable_deletion,
    hides_a_function_word,
    hides_too_much,
    long_cloze,
    long_deletion,
    many_deletions,
    mostly_clozes,
)
