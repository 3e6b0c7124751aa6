"""Answers that the card itself gives away."""

from types import ModuleType

from deckgen.checks.giveaway import copied_run

RULES: tuple[ModuleType, ...] = (copied_run,)
