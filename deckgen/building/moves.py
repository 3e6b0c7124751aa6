"""Cards that lie in another deck than when they were built: an import moves nothing, so learners must."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from deckgen.deck import Deck
from deckgen.lock.lines import Lock
from deckgen.notes.render import Rendered
from deckgen.terminal import counted, visible

#: Characters with a meaning in a search of Anki's.
_SPECIAL = re.compile(r"[\\*_]")


def ways(deck: Deck, rendered: Rendered, lock: Lock) -> Iterator[tuple[Sequence[str], str]]:
    """The ids of the cards that moved from one deck to another, and what learners do about them.

    `lock` is that of the build before.
    """
    lang, found = rendered.lang, defaultdict[tuple[str, str], list[str]](list)
    title = lock.packages[lang].title if lang in lock.packages else deck.title[lang].value
    for note in rendered.notes:
        line = lock.notes.get((note.card, lang))
        if line is None or not line.cards or note.retired:
            continue
        was = f"{title}::{line.deck}" if line.deck else title
        if was != (now := deck.named(lang, note.deck)):
            found[was, now].append(note.card)
    for (was, now), cards in found.items():
        # What a terminal can't show, such as a full-width space, is found by Anki's sign for any character.
        name = "".join(sign if visible(sign) == sign else "_" for sign in _SPECIAL.sub(r"\\\g<0>", was))
        ids = " OR ".join(f"Id:{card}" for card in cards)
        search = f'deck:"{name}" -deck:"{name}::*" ({ids})'
        message = (
            f"{counted(len(cards), 'note')} moved from “{was}” to “{now}”: new learners get them there, but "
            f"an import moves nothing; those who have them search `{search}` in Anki's browser, and choose "
            "Cards > Change Deck"
        )
        yield cards, message
