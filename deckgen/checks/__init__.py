"""Rules about the content of a deck: one rule a file, named for the problem it finds.

The docstring of a rule is its page, printed by `deckgen explain CODE`. A rule is
a module with `CODE` and `check(proof)`. It only notices; levels, limits and silence
are for `settings`. To add one, write the module and put it into the `RULES` of its group.
"""

from __future__ import annotations

from types import ModuleType

from deckgen.checks import (
    attribution,
    deletions,
    giveaway,
    languages,
    length,
    question,
    sets,
    settings,
    structure,
    twins,
    typography,
)
from deckgen.checks.proof import Proof
from deckgen.deck import Deck
from deckgen.diagnostic import Diagnostic

#: Rules of craft: a deck may lower them, a card may silence them.
CRAFT: tuple[ModuleType, ...] = (
    *attribution.RULES,
    *deletions.RULES,
    *giveaway.RULES,
    *languages.RULES,
    *length.RULES,
    *question.RULES,
    *sets.RULES,
    *twins.RULES,
    *typography.RULES,
)


def run(deck: Deck, *, craft: bool = True) -> list[Diagnostic]:
    """The findings of all rules about one deck; without `craft`, only of those that the format demands."""
    proof = Proof(deck)
    found = [finding for rule in structure.RULES for finding in rule.check(proof)]
    if craft:
        unseen = {rule.CODE for rule in CRAFT} if not deck.complete else set()
        if proof.original is None:
            unseen |= {"A04", "M02"}
        judged = [finding for rule in CRAFT for finding in rule.check(proof)]
        found += settings.settle(deck, judged, CRAFT, unseen)
    return found
