"""How long texts are."""

from types import ModuleType

from deckgen.checks.length import long_answer, long_median, long_note, long_question, short_question

RULES: tuple[ModuleType, ...] = (long_answer, long_median, long_note, long_question, short_question)
