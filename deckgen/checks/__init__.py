"""Rules about the content of a deck: one rule a file, named for the problem it finds.

The docstring of a rule is its page, which `deckgen explain CODE` prints; `rule` says what else
it has. To add one, write the module into the folder of its group.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import IntEnum
from itertools import islice
from typing import TYPE_CHECKING

from deckgen.checks.proof import Proof
from deckgen.deck import Deck
from deckgen.finding import MOST, Finding, Severity, first

if TYPE_CHECKING:
    from deckgen.checks.rule import Rule


class Craft(IntEnum):
    """How much of the craft of cards is judged: nothing, what would stop a build, or all."""

    NONE = 0
    STOPPING = 1
    ALL = 2


def run(deck: Deck, craft: Craft = Craft.ALL) -> list[Finding]:
    """The findings about one deck: what the format demands, and as much of the craft as is asked for."""
    proof = Proof(deck)
    return demanded(proof) + judged(proof, craft)


def demanded(proof: Proof) -> list[Finding]:
    """The findings about what the format demands."""
    from deckgen.checks.rule import demanded_rules

    return [finding for rule in demanded_rules() for finding in first(_found(proof, rule, MOST + 1))]


def judged(proof: Proof, craft: Craft) -> list[Finding]:
    """The findings about the craft of cards, as the deck and its cards want them."""
    if craft is Craft.NONE:
        return []
    from deckgen.checks import settings
    from deckgen.checks.rule import craft_rules

    rules = craft_rules()
    raised = {setting.code.value for setting in proof.deck.lint if setting.level is Severity.ERROR}
    asked = [
        rule for rule in rules if craft is Craft.ALL or rule.STOPS or rule.CODE.startswith(tuple(raised))
    ]
    # Of rules that did not look, or could not, it is not known what they would find.
    unseen = {rule.CODE for rule in rules if rule not in asked or not proof.deck.complete}
    if proof.original is None:
        unseen |= {"A04", "M02"}
    found = [finding for rule in asked for finding in _found(proof, rule)]
    return settings.settle(proof.deck, found, rules, unseen)


def _found(proof: Proof, rule: Rule, most: int | None = None) -> Iterator[Finding]:
    """What a rule finds: in deck.yaml and its like, and then file by file, of each `most` findings.

    Where it looked before, it does not look again.
    """
    from deckgen.checks.rule import WideRule

    if isinstance(rule, WideRule):
        yield from rule.check(proof)
        return
    yield from rule.check(proof.alone(None))
    for part in proof.parts:
        if rule.CODE not in part.found:
            found = (one for one in rule.check(proof.alone(part)) if one.place.path == part.shown)
            part.found[rule.CODE] = tuple(islice(found, most))
        yield from part.found[rule.CODE]
