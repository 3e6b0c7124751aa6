"""What gives an answer away."""

from types import ModuleType

from deckgen.checks.giveaway import answer_in_question, answer_in_sibling, answer_shown

RULES: tuple[ModuleType, ...] = (answer_in_question, answer_in_sibling, answer_shown)
