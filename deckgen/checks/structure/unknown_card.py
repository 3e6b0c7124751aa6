"""K12: a name of a card that the deck does not have

`after:` and `see:`, and the options `--accept` and `restamp`, name cards by id.

Bad:   `after: [reward-modell]`
Good:  `after: [reward-model]`

Mend:  correct the id, or remove it.
"""

from __future__ import annotations

from collections.abc import Iterator

from deckgen.checks.proof import Proof
from deckgen.finding import Finding
from deckgen.reading.keys import Nearest, in_brackets

CODE = "K12"
WIDE = True


def check(proof: Proof) -> Iterator[Finding]:
    """Find references to unknown ids, in a deck that was read completely."""
    if not proof.deck.complete:
        return
    ids = {card.id.value for card in proof.deck.cards}
    nearest = Nearest(ids)
    for card in proof.deck.cards:
        for key, references in (("after", card.after), ("see", card.see)):
            for text in references:
                if text.value not in ids:
                    near = nearest.to(text.value)
                    hint = in_brackets(text.value) or (f"did you mean `{near}`?" if near else "remove it")
                    message = f"`{key}:` names `{text.value}`, which is not a card of this deck"
                    yield Finding(text.whole, CODE, message, hint, card.id.value)
