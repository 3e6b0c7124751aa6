"""M03: the speaker is missing, or not one of the deck's

`speaker:` says who holds a claim. When deck.yaml lists `speakers:`, a card may name only
those, so that no typing error gives a claim to the wrong person. A card without a speaker
gets a warning: who says it? The speaker
`general` stands for general knowledge, which nobody needs to hold.

Bad:
    cards:
      - speaker: mayer
        en: {q: "What did the mayor say about the trams?", a: "They lose money."}
      - en: {q: "When was the first tram line opened?", a: "In 1807."}
    speakers: {mayor: {en: "The mayor"}, general: {en: "General knowledge"}}

Good:
    cards:
      - speaker: mayor
        en: {q: "What did the mayor say about the trams?", a: "They lose money."}
      - speaker: general
        en: {q: "When was the first tram line opened?", a: "In 1807."}
    speakers: {mayor: {en: "The mayor"}, general: {en: "General knowledge"}}

Mend:  correct the name, add it to deck.yaml, or add `speaker:` to the card.
"""

from __future__ import annotations

from collections.abc import Iterator

from deckgen.checks.proof import Proof
from deckgen.finding import Finding, Severity
from deckgen.reading.keys import Nearest, some

CODE = "M03"
STOPS = True


def check(proof: Proof) -> Iterator[Finding]:
    """Find speakers that a deck with `speakers:` does not list, and cards without one."""
    speakers = proof.deck.speakers
    nearest, there = Nearest(speakers or ()), some(speakers or ())
    there = f"there are: {there}" if there else "deck.yaml has none that can be read: mend its `speakers:`"
    for card in proof.cards if speakers is not None else ():
        if card.speaker is None:
            message = "the card does not say who holds its claim"
            hint = f"add `speaker:`; {there}"
            yield Finding(card.id.whole, CODE, message, hint, card.id.value, severity=Severity.WARNING)
        elif card.speaker.value not in (speakers or ()):
            name = card.speaker.value
            near = nearest.to(name)
            hint = f"did you mean `{near}`?" if near else there
            message = f"the speaker `{name}` is not in deck.yaml"
            yield Finding(card.speaker.span(0, len(name)), CODE, message, hint, card.id.value)
