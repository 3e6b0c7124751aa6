"""M01: a card does not say where in the source it stands

A claim without a place can't be checked, and nobody can correct it when the source is
corrected (Wozniak: note your sources). A deck that declares `source:` has one text
from which its cards are drawn. Each card then names the section, or a few
characters to search for. Cards of general knowledge (`speaker: general`) need neither.

Bad:
    cards:
      - en: {q: "What moved the water in a Roman aqueduct?", a: "Gravity: the channel fell all the way."}
      - source: {section: "1", find: "in layers"}
        en: {q: "Why were Roman roads built in layers?", a: "To let the rain run off."}
    source: {title: "Lecture 4"}

Good:
    cards:
      - source: {section: "2", find: "channel fell"}
        en: {q: "What moved the water in a Roman aqueduct?", a: "Gravity: the channel fell all the way."}
    source: {title: "Lecture 4"}

It is a warning. Where `source:` names a `file` it is an error, because then every card needs a
place to be looked up. Without a `file`, nothing is reported until one card has a place. `find:`
has at most 12 characters: enough to find a passage, too few to copy one.

Mend:  add `source: {section: "…", find: "…"}`.
"""

from __future__ import annotations

from collections.abc import Iterator

from deckgen.checks.proof import NOBODY, Proof
from deckgen.finding import Finding, Severity

CODE = "M01"
STOPS = True
WIDE = True


def check(proof: Proof) -> Iterator[Finding]:
    """Find cards without a place, in a deck with a source."""
    source = proof.deck.source
    cited = any(card.citation.section or card.citation.find for card in proof.cards)
    if source is None or not (cited or source.file):
        return
    severity = Severity.ERROR if source.file is not None else Severity.WARNING
    for card in proof.cards:
        nobody = card.speaker is not None and card.speaker.value == NOBODY
        if card.citation.section is None and card.citation.find is None and not nobody:
            message = "the card does not say where in the source its claim is"
            hint = 'add `source: {section: "…", find: "…"}`'
            yield Finding(card.id.whole, CODE, message, hint, card.id.value, severity=severity)
