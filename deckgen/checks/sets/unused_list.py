"""S03: a list stands alone

A list card asks "which member is missing?", once for each member. That teaches the series, but not
what the members are for. Soon the empty place alone calls up the word. Wozniak advises
you to let cards overlap, so that each member comes up in another question too: what it does,
what tells it from its neighbour, an example to be sorted.

Bad:
    - en: {q: "Through which stages does a butterfly pass?", list: {egg: "Egg", larva: "Larva", pupa: "Pupa", adult: "Adult"}}
    - zh: {q: "蝴蝶一生要经过哪些阶段？", list: {egg: "卵", larva: "幼虫", pupa: "蛹", adult: "成虫"}}

Good:
    - id: butterfly-stages
      en: {q: "Through which stages does a butterfly pass?", list: {egg: "Egg", larva: "Larva", pupa: "Pupa", adult: "Adult"}}
      zh: {q: "蝴蝶一生要经过哪些阶段？", list: {egg: "卵", larva: "幼虫", pupa: "蛹", adult: "成虫"}}
    - id: caterpillar
      after: [butterfly-stages]
      en: {q: "Which word do biologists use for a caterpillar?", a: "Larva"}
      zh: {q: "毛毛虫在生物学上叫作什么？", a: "幼虫"}

Limits: lists of at least three members that no `after:` or `see:` links to another card,
in either direction. A card on a member may exist without a link, so this is only information.

Mend:  write a card that uses a member, and link it with `after:` or `see:`.
"""

from __future__ import annotations

from collections.abc import Iterator

from deckgen.checks.proof import Proof
from deckgen.finding import Finding, Severity
from deckgen.kinds import Kind

CODE = "S03"
STOPS = False
WIDE = True

_ENOUGH = 3


def check(proof: Proof) -> Iterator[Finding]:
    """Find lists without a link, in a deck that was read completely."""
    if not proof.deck.complete:
        return
    cards = [card for card in proof.deck.cards if card.retired is None]
    given = {card.id.value for card in cards}
    linked = set()
    for card in cards:
        for other in (*card.after, *card.see):
            if other.value in given:
                linked |= {card.id.value, other.value}
    seen = set()
    for side in proof.sides:
        name = side.card.id.value
        if side.card.kind is not Kind.LIST or name in linked or name in seen:
            continue
        seen.add(name)
        if len(side.answers) >= _ENOUGH:
            message = f"no other card uses the {len(side.answers)} members of this list"
            hint = "ask what a member is for, or what tells it apart, and link that card with `after:`"
            yield side.front.finding(CODE, message, hint, severity=Severity.INFO)
