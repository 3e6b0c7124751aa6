"""What the next build will refuse of the cards that came home, by the rules of craft that may stop one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from deckgen import checks
from deckgen.building.steps import Ready
from deckgen.checks.proof import Proof
from deckgen.deck import Card
from deckgen.finding import Finding, Place, Severity
from deckgen.lock import adopted
from deckgen.pulling.decide import Judge
from deckgen.pulling.found import Package


def errors(item: Ready, judge: Judge, package: Package, after: Mapping[str, Card]) -> Iterator[Finding]:
    """Warnings about texts that came home and that `check` would call an error, such as a long list (S01).

    `after` are the cards of the files that changed. Each is looked at by itself: no rule that may stop a
    build compares cards, but one that compares them with their source, which is looked at.
    """
    places = {one.theirs.card.id.value: one.theirs.card.id.whole for one in package.decisions if one.writes}
    places |= {one.id: Place(after[one.id].id.file.shown) for one in package.fresh}
    before = {card.id.value: card for card in item.deck.cards if card.id.value in places}
    if not places:
        return
    was = {*map(_fault, _errors(item, judge, before.values()))}
    for one in _errors(item, judge, [after[name] for name in places]):
        if one.card in places and one.lang in ("", judge.lang) and _fault(one) not in was:
            message = f"the next build will refuse what came home: {one.message}"
            yield replace(one, place=places[one.card], message=message, severity=Severity.WARNING)


def _fault(finding: Finding) -> tuple[str, ...]:
    return finding.code, finding.card, finding.lang, finding.message


def _errors(item: Ready, judge: Judge, cards: Iterable[Card]) -> list[Finding]:
    alone = tuple(replace(card, after=(), see=()) for card in cards)
    deck = replace(adopted.with_cards(item.deck, alone), media={**item.deck.media, **judge.names.new})
    found = checks.judged(Proof(deck), checks.Craft.STOPPING)
    return [one for one in found if one.severity is Severity.ERROR]
