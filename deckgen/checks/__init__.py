"""Rules about the content of a deck: one rule a file, named for the problem it finds.

The docstring of a rule is its page, which `deckgen explain CODE` prints; `rule` says what else
it has. To add one, write the module into the folder of its group.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
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


def _found(proof: Proof, rules: Iterable[Rule], most: int | None = None) -> Iterator[tuple[Finding, ...]]:
    """What each rule finds, in the order of the files; enough for `most` findings.

    Rules that look at cards one by one look at the parts of the deck where they did not look before.
    """
    alone = proof.alone([])
    for rule in rules:
        if hasattr(rule, "WIDE"):  # asked of a module, `isinstance` takes as long as a rule
            yield tuple(islice(rule.check(proof), most))
            continue
        new = [part for part in proof.parts if rule.CODE not in part.found]
        if new != alone.parts:
            alone = proof.alone(new)
        found: dict[str, list[Finding]] = {part.shown: [] for part in new}
        elsewhere: list[Finding] = []  # in deck.yaml and its like
        seen = list(islice(rule.check(alone), most))
        for one in seen:
            found.get(one.place.path, elsewhere).append(one)
        if len(seen) != most:  # else it may not have looked at all of them
            for part in new:
                part.found[rule.CODE] = tuple(found[part.shown])
        of_parts = (part.found.get(rule.CODE, found.get(part.shown, ())) for part in proof.parts)
        yield tuple(chain(elsewhere, *of_parts))
