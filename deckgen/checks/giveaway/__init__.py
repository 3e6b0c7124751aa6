"""Answers that the card itself gives away."""

from types import ModuleType

RULES: tuple[ModuleType, ...] = ()
