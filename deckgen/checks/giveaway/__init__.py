"""Answers that the card itself, a sibling or the source gives away."""

from types import ModuleType

from deckgen.checks.giveaway import answer_in_question, answer_in_sibling, answer_shown, copied_run

RULES: tuple[ModuleType, ...] = (answer_in_question, answer_in_sibling, answer_shown, copied_run)
