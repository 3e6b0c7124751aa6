"""Rules about the content of a deck: one rule a file, named for the problem it finds.

The docstring of a rule is its page, which `deckgen explain CODE` prints; `rule` says what else
it has. To add one, write the module into the folder of its group.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import IntEnum
from itertools import chain, islice
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

    return [one for found in _found(proof, demanded_rules(), MOST + 1) for one in first(found)]


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
    found = chain.from_iterable(_found(proof, asked))
    return settings.settle(proof.deck, found, rules, unseen)


def _found(proof: Proof, rules: Sequence[Rule], most: int | None = None) -> Iterator[tuple[Finding, ...]]:
    """What each rule finds, of each file at most `most` findings.

    Rules that look at cards one by one do so file by file, and not again where they looked before.
    """
    from deckgen.checks.rule import WideRule

    alone = [rule for rule in rules if not isinstance(rule, WideRule)]
    for part in proof.parts:
        if new := [rule for rule in alone if rule.CODE not in part.found]:
            cards = proof.alone(part)
            for rule in new:
                found = (one for one in rule.check(cards) if one.place.path == part.shown)
                part.found[rule.CODE] = tuple(islice(found, most))
    head = proof.alone(None)
    for rule in rules:
        if isinstance(rule, WideRule):
            yield tuple(islice(rule.check(proof), most))
        else:
            of_parts = (part.found[rule.CODE] for part in proof.parts)
            yield tuple(chain(islice(rule.check(head), most), *of_parts))
