"""What a push does by the add-on besides an import: moves, tags, suspended cards, deletes.

Each question names cards and notes by their numbers, and only such as are ours (see `difference`).
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from deckgen.deck import deck_key
from deckgen.pushing.connection import Anki, Denied, NoAnswer
from deckgen.pushing.difference import Move
from deckgen.pushing.sign import Package
from deckgen.pushing.there import There, patience
from deckgen.terminal import counted

#: So many cards or notes are changed by one question: Anki stands still meanwhile.
_AT_ONCE = 500
#: Decks for which no search by name can ask.
_UNASKABLE = ("filtered", "current")
#: The number of the options that every new deck has.
_NEW = 1

Tell = Callable[[str], None]
Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Hand:
    """Does what differences say, one package after the other.

    `tell` is called with what goes on, `done` gets what was done, and `told` what a person should know. With
    `deletes`, decks that a push emptied are deleted. Methods raise NoAnswer.
    """

    anki: Anki
    now: int
    deletes: bool
    tell: Tell
    done: list[str]
    told: list[str]

    def did(self, one: Package, words: str) -> None:
        """Remember what was done, here and in the journal of the deck, and tell it."""
        self.done.append(words)
        self.tell(words)
        one.record.tell(time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(self.now)), [words])

    def carry_out(self, one: Package, before: There) -> None:
        """Do all; `before` is what was there before the import."""
        self._move(one, before)
        self._tag(one)
        self._suspend(one)
        self._delete(one)

    def _move(self, one: Package, before: There) -> None:
        moves = one.difference.moves
        for move in moves:
            self._expect_normal(move.deck)
            if not before.has_deck(move.deck) or not self._has_cards(move.deck):
                self._make(move)
            for cards in self._portions(move.cards, "cards moved"):
                self.anki.ask("changeDeck", patience(len(cards)), cards=cards, deck=move.deck)
            self.did(one, f"moved {counted(len(move.cards), 'card')} from “{move.was}” to “{move.deck}”")
        emptied = {move.was for move in moves} | set(one.difference.emptied)
        for deck in sorted(emptied, reverse=True):  # those below others first
            self._emptied(one, deck)
            one.record.emptied.discard(deck)

    def _decks(self) -> dict[str, str]:
        """The names of all decks as Anki writes them, by what it takes for one name."""
        return {deck_key(name): name for name in self.anki.ask("deckNames")}

    def _expect_normal(self, deck: str) -> None:
        """Refuse a filtered deck: the add-on would put cards there without a home (tried, 4064fa1)."""
        held = self._decks().get(deck_key(deck))
        options = self.anki.ask("getDeckConfig", deck=held) if held is not None else None
        if isinstance(options, dict) and options.get("dyn"):
            raise NoAnswer(
                f"“{deck}” is a filtered deck in Anki, so no card was moved there: give it another name "
                "there, and push again"
            )

    def _make(self, move: Move) -> None:
        """Make a deck with the options of the deck that its cards come from."""
        self.anki.ask("createDeck", deck=move.deck)
        try:
            options, own = (self.anki.ask("getDeckConfig", deck=deck)["id"] for deck in (move.was, move.deck))
            is_alike = int(own) != _NEW or int(options) == _NEW
            if not is_alike:
                is_alike = self.anki.ask("setDeckConfigId", decks=[move.deck], configId=options)
        except (Denied, TypeError, KeyError, ValueError):
            is_alike = False
        if not is_alike:
            self.told.append(f"the deck “{move.deck}” has Anki's own options: choose yours there")

    def _emptied(self, one: Package, deck: str) -> None:
        """Name a deck that is empty now, or delete it when that is wanted and it has no decks below."""
        decks = self._decks()
        below = any(name.startswith(f"{deck_key(deck)}::") for name in decks)
        if deck_key(deck) not in decks or below or self._has_cards(deck):
            return
        if not self.deletes:
            self.told.append(f"the deck “{deck}” is empty now: delete it in Anki if you like")
            return
        self.anki.ask("deleteDecks", decks=[decks[deck_key(deck)]], cardsToo=True)
        self.did(one, f"deleted the empty deck “{deck}”")

    def _has_cards(self, deck: str) -> bool:
        """Whether cards lie there, or are at home there while a filtered deck has them; true if none can say.

        In a search, `deck:filtered` and `deck:current` mean other decks (rslib/src/search/sqlwriter.rs). The
        add-on tells numbers of decks by an action that may make decks (tried, 4064fa1).
        """
        if deck_key(deck) in _UNASKABLE:
            return True
        return bool(self.anki.ask("findCards", patience(0), query=f"deck:{_quoted(deck)}"))

    def _tag(self, one: Package) -> None:
        for tagged in one.difference.tags:
            action = "removeTags" if tagged.taken else "addTags"
            for notes in self._portions(tagged.note_ids, "notes tagged"):
                self.anki.ask(action, patience(len(notes)), notes=notes, tags=tagged.tag)
            did = "took {} from {}" if tagged.taken else "gave {} to {}"
            self.did(one, did.format(tagged.tag, counted(len(tagged.notes), "note")))

    def _suspend(self, one: Package) -> None:
        for back in (False, True):
            found = [each for each in one.difference.suspended if each.back is back]
            cards = [card for each in found for card in each.cards]
            if not cards:
                continue
            # Whose they are, what is seen afterwards says: an answer may be wrong, or never come.
            one.record.suspended -= set(cards)
            one.record.begun |= set(cards)
            one.record.keep()
            for portion in self._portions(cards, "cards suspended"):
                self.anki.ask("unsuspend" if back else "suspend", patience(len(portion)), cards=portion)
            names = ", ".join(each.note for each in found)
            self.did(
                one, f"{'took up again' if back else 'suspended'} {counted(len(cards), 'card')} of {names}"
            )

    def _delete(self, one: Package) -> None:
        deleted = one.difference.deleted
        if not deleted:
            return
        for notes in self._portions([each.note_id for each in deleted], "notes deleted"):
            self.anki.ask("deleteNotes", patience(len(notes)), notes=notes)
        names = ", ".join(each.note for each in deleted)
        self.did(one, f"deleted {counted(len(deleted), 'note')}: {names}; their reviews stay in Anki's log")

    def _portions(self, items: Sequence[Item], what: str) -> Iterator[list[Item]]:
        """The items in portions, telling how many are done when there are several."""
        for start in range(0, len(items), _AT_ONCE):
            yield list(items[start : start + _AT_ONCE])
            if len(items) > _AT_ONCE:
                self.tell(f"{min(start + _AT_ONCE, len(items))} of {len(items)} {what}")


def _quoted(deck: str) -> str:
    """A name in a search of Anki's, where some signs have a meaning."""
    escaped = re.sub(r'[\\"*_:]', r"\\\g<0>", deck).replace("\\:\\:", "::")
    return f'"{escaped}"'
