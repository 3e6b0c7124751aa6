"""B07: the languages of a card do not have the same parts

All languages of a card ask the same: they are of the same kind, their lists have the same
keys in the same order, their clozes hide as many deletions, and of a note type of your own
they fill the same fields. Otherwise learners of one
language miss a card that the others get.

Bad:   `en: {q: …, list: {users: …, platform: …}}`, `zh: {q: …, list: {users: …}}`
Good:  the same keys on both sides

Mend:  add the missing part, or list in `only:` the languages that the card has.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from deckgen.checks.proof import Proof
from deckgen.deck import Card
from deckgen.finding import Finding
from deckgen.kinds import Content, parts
from deckgen.markup.asked import asked

CODE = "B07"


def check(proof: Proof) -> Iterator[Finding]:
    """Compare each language of a card with its first."""
    for card in proof.deck.cards:
        for lang, message in differences(card):
            place = next(parts(card.contents[lang])).text.whole
            yield Finding(place, CODE, message, "give both sides the same parts", card.id.value, lang)


def differences(card: Card) -> Iterator[tuple[str, str]]:
    """The languages of a card that ask something else than its first one, each with what that is."""
    (first, primary), *others = card.contents.items()
    for lang, content in others:
        if message := _difference(first, primary, content):
            yield lang, message


def _difference(first: str, primary: Content, content: Content) -> str:
    if content.kind != primary.kind:
        return f"this is {content.kind.facts.words}, but `{first}` is {primary.kind.facts.words}"
    here, there = asked(content), asked(primary)
    if here == there:
        return ""
    card = content.kind.facts.compared or content.kind.facts.card
    mine, theirs = (_named(card, names) for names in (here, there))
    return f"this has {mine}, but `{first}` has {theirs}"


def _named(card: str, names: Sequence[str]) -> str:
    """Such as `the items one, two`, or `no item`."""
    return f"the {card}{'s' if len(names) > 1 else ''} {', '.join(names)}" if names else f"no {card}"
