"""What the user asks of a run, beyond the folders and the names of the decks."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from deckgen.checks import Craft
from deckgen.deck import Deck
from deckgen.finding import Finding, Place
from deckgen.fixed import fixed

#: Called with (notes rendered, notes in all).
Progress = Callable[[int, int], None]


@fixed
class Wishes:
    """What the user asks of a run beyond the choice of decks.

    With `lang`, only packages in that language are built. Cards in `accepted` may lose an Anki card or
    move its history (R11, R12), or go before they were built (R05); cards in `restamp` get a new stamp
    although nothing changed. Both are named by id, or by `deck/id` where several decks have that id. With
    `new_major`, the decks begin anew, and nothing that was built binds them. With `fronts`, changed fronts
    are delivered also where Anki may then make cards a second time (K29). With `retitle`, decks may have
    another title than they were built with (R03). `craft` is how much of the craft of cards is judged
    besides what the format demands.
    """

    lang: str | None = None
    accepted: frozenset[str] = frozenset()
    restamp: frozenset[str] = frozenset()
    new_major: bool = False
    fronts: bool = False
    retitle: bool = False
    craft: Craft = Craft.STOPPING


def languages(deck: Deck, wishes: Wishes) -> list[str]:
    """The languages of a deck that packages are wanted in."""
    return [lang for lang in deck.languages if wishes.lang in (None, lang)]


def meant(names: Iterable[str], deck: Deck) -> frozenset[str]:
    """The ids of a deck's cards among names such as `id` and `deck/id`."""
    parts = (name.rpartition("/") for name in names)
    return frozenset(card for folder, _, card in parts if folder in ("", deck.folder.name))


def unknown_language(decks: Sequence[Deck], lang: str, shown: str) -> list[Finding]:
    """A finding (K07) when none of `decks` has the language; `shown` is the folder that they lie in."""
    known = sorted({code for deck in decks for code in deck.languages if code})
    if lang in known or not decks:
        return []
    hint = f"there are: {', '.join(known)}" if known else "a deck without `languages:` needs no --lang"
    return [Finding(Place(shown), "K07", f"no deck has the language `{lang}`", hint)]


def unknown_cards(
    decks: Iterable[Deck], wishes: Wishes, shown: str, unbuilt: Mapping[str, Collection[str]]
) -> list[Finding]:
    """Findings (K12) about cards that were named and that no deck has, or several decks have.

    `unbuilt` are cards of each folder that came home from a learner, and may be gone from the card files.
    """
    findings = []
    holders: dict[str, list[str]] = {}
    for deck in decks:
        for card in {*(card.id.value for card in deck.cards), *unbuilt.get(deck.folder.name, ())}:
            holders.setdefault(card, []).append(deck.folder.name)
    for name in sorted(wishes.accepted | wishes.restamp):
        folder, _, wanted = name.rpartition("/")
        holding = holders.get(wanted, [])
        if not holding or (folder and folder not in holding):
            findings.append(Finding(Place(shown), "K12", f"no deck has a card `{name}`", "correct the id"))
        elif not folder and len(holding) > 1:
            message = f"{len(holding)} decks have a card `{name}`"
            hint = f"say which one: `{holding[0]}/{name}`, or name the deck as well"
            findings.append(Finding(Place(shown), "K12", message, hint))
    return findings


def day(now: int) -> str:
    """The date of a time in seconds since 1970, such as 2026-01-31; the same in every time zone."""
    return time.strftime("%Y-%m-%d", time.gmtime(now))
