"""Edits of learners that wait for a person, and that a build would replace."""

from __future__ import annotations

from collections.abc import Iterator

from deckgen.deck import Deck
from deckgen.finding import Finding, Severity
from deckgen.lock.lines import Lock, NoteLine


def replaced(deck: Deck, before: Lock, after: Lock) -> Iterator[Finding]:
    """Findings (P01) about edits that wait in the lock `before` a build, and no longer in that `after` it."""
    cards = {card.id.value: card for card in deck.cards}
    for (name, lang), line in before.notes.items():
        if line.waits and name in cards and _are_replaced(line, after.notes[name, lang]):
            message = "the next import replaces a learner's edit that still waits for your decision"
            hint = (
                f"before you give the package out: `deckgen pull FILE --theirs {name}` takes the learner's "
                f"texts of the card, `--ours {name}` keeps yours"
            )
            yield Finding(cards[name].id.whole, "P01", message, hint, name, lang, Severity.WARNING)


def _are_replaced(before: NoteLine, after: NoteLine) -> bool:
    """Whether an edit waits no longer, did not come home, and is not the text that is shipped."""
    settled = *after.texts[:1], *after.home
    return any(one not in after.waits and one[1] not in settled for one in before.waits)
