"""K06: an option has no meaning for this kind of card

`reverse: true` makes a second card that shows the answer and asks for the
question. A cloze and a list have no answer to turn round.

Bad:   `reverse: true` beside `cloze:`
Good:  `reverse: true` beside `q:` and `a:`

Mend:  remove the option.
"""

from __future__ import annotations

from collections.abc import Iterator

from deckgen.deck import Deck, Kind
from deckgen.diagnostic import Diagnostic

CODE = "K06"


def check(deck: Deck) -> Iterator[Diagnostic]:
    """Find `reverse:` on cards that are not question and answer."""
    for card in deck.cards:
        if card.reverse and card.kind is not Kind.QA:
            message = "`reverse:` is only for a question with an answer"
            yield Diagnostic(card.id.place, CODE, message, "remove it", card.id.value)
