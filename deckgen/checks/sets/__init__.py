"""Answers with several members."""

from types import ModuleType

from deckgen.checks.sets import many_items, reordered_list, unused_list, wrong_count

RULES: tuple[ModuleType, ...] = (many_items, reordered_list, unused_list, wrong_count)
