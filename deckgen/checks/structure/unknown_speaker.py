"""M03: the speaker is not one of the deck's

`speaker:` says who holds a claim. When deck.yaml lists `speakers:`, only those may
be named: a question's premise must not pass for the guest's opinion because of a
typing error.

Bad:   `speaker: shulman`
Good:  `speaker: schulman`, and in deck.yaml `speakers: {schulman: "John Schulman"}`

Mend:  correct the name, or add it to deck.yaml.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from deckgen.checks.proof import Proof
from deckgen.diagnostic import Diagnostic

CODE = "M03"


def check(proof: Proof) -> Iterator[Diagnostic]:
    """Find speakers that a deck with `speakers:` does not list."""
    if proof.deck.speakers is None:
        return
    for card in proof.deck.cards:
        if card.speaker is not None and card.speaker.value not in proof.deck.speakers:
            name = card.speaker.value
            near = difflib.get_close_matches(name, proof.deck.speakers, n=1)
            hint = f"did you mean `{near[0]}`?" if near else f"there are: {', '.join(proof.deck.speakers)}"
            yield Diagnostic(
                card.speaker.place, CODE, f"the speaker `{name}` is not in deck.yaml", hint, card.id.value
            )
