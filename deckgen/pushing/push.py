"""Push decks into a running Anki: look, compare, and do what there is to do; then look again.

Every push asks first what is there. So one that was stopped anywhere is finished by the next one, and a
push after a push finds nothing. Texts come by Anki's own import window, where the learner decides; all else
by questions that name cards and notes by their numbers, and only such as are ours (see `difference`).
"""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from deckgen.building.build import advance
from deckgen.building.plan import LOSSES
from deckgen.building.steps import Asked, prepare
from deckgen.building.wishes import Wishes, day
from deckgen.deck import deck_key
from deckgen.finding import Finding, has_errors
from deckgen.pushing import record
from deckgen.pushing.connection import Anki, Denied, NoAnswer
from deckgen.pushing.difference import Delete, Difference, Move, difference, suspended
from deckgen.pushing.sign import Package, Sign
from deckgen.pushing.stamps import rise
from deckgen.pushing.there import There, Way, look, patience
from deckgen.pushing.wanted import Wanted, wanted
from deckgen.terminal import counted

#: Seconds between two looks whether the import is done, and how many looks there are.
PAUSE, PATIENCE = 1.0, 600
#: At one look of so many, Anki's own copy is read where nothing else shows that the import is done.
_BLIND = 10
#: So many cards or notes are changed by one question: Anki stands still meanwhile.
_AT_ONCE = 500
#: The number of the options that every new deck has.
_NEW = 1

Tell = Callable[[str], None]
Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Choices:
    """What a person chose of a push. `wait` is how many seconds it waits for the import window."""

    delete: Delete = Delete.NONE
    everywhere: bool = False
    unattended: bool = False
    wait: int = PATIENCE


@dataclass
class Push:
    """A push: what was found, what it would do, and what it did.

    `copies` is the folder with the decks as Anki exported them first. `left` are packages after the push
    with what is still to do; `stopped` says why a push ended before its end. `risen` says that locks have
    other stamps than before, so that the packages must be built anew.
    """

    findings: list[Finding]
    profile: str = ""
    selected: int = 0
    there: There = field(default_factory=There)
    packages: list[Package] = field(default_factory=list)
    copies: Path = Path()
    done: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    left: list[Package] = field(default_factory=list)
    stopped: str = ""
    risen: bool = False
    begun: bool = False

    @property
    def last(self) -> str:
        """The profile of the last push where it was another one."""
        names = [one.record.last for one in self.packages if one.record.last not in ("", self.profile)]
        return names[0] if names else ""

    @property
    def pending(self) -> bool:
        return any(one.difference.pending for one in self.packages)

    @property
    def is_left(self) -> bool:
        """Whether something is still to do after a push."""
        return bool(self.stopped) or any(one.difference.pending for one in self.left)

    @property
    def exit_code(self) -> int:
        """That of a plan: 0 nothing to do, 1 errors, 3 changes pending."""
        if has_errors(self.findings):
            return 1
        return 3 if self.pending else 0


class Pusher:
    """Does one push of the decks in `decks_dir` into `anki`, at `now` in seconds since 1970."""

    def __init__(self, anki: Anki, decks_dir: Path, output_dir: Path, now: int, choices: Choices) -> None:
        self._anki, self._way = anki, Way(anki)
        self._decks_dir, self._output_dir, self.now = decks_dir, output_dir, now
        self._choices = choices
        self._tell: Tell = lambda _: None
        self._push = Push([])

    def plan(self, names: Iterable[str] = (), wishes: Wishes = Wishes()) -> Push:
        """What there is to do. Nothing is changed, here or in Anki, which exports copies of the decks.

        Raises load.NoDecks, NoAnswer, and collection.Unreadable when a copy can't be read.
        """
        ready = prepare(Asked(self._decks_dir, self._output_dir, tuple(names), wishes, day(self.now)))
        if has_errors(finding for finding in ready.findings if finding.code not in LOSSES):
            return Push(ready.findings)
        advanced = advance(ready, self.now)
        items = list(wanted(advanced.decks, self._output_dir))
        self._push = push = Push(advanced.findings, _profile(self._anki))
        push.copies = record.fresh(self.now)
        push.selected = self._selected()
        push.there = self._look(items, push.copies)
        there = suspended(push.there)
        for item in items:
            held = record.read(self._decks_dir, item.deck.identity, item.lang, push.profile)
            held.settle(there)
            push.packages.append(self._compared(Package(item, held, Difference()), push.there))
        return push

    def forget(self) -> None:
        """Delete the copies when nothing was changed."""
        if not self._push.begun and self._push.copies != Path():
            shutil.rmtree(self._push.copies, ignore_errors=True)

    def begin(self) -> None:
        """Remember what the last build gave before the next one replaces it: this push may be stopped."""
        self._push.begun = True
        record.sweep()
        for one in self._push.packages:
            one.record.tags |= one.wanted.tags
            moves = one.difference.moves
            one.record.owed = {card: move.was for move in moves for card in move.cards}
            one.record.keep()

    def carry_out(self, tell: Tell) -> Push:
        """Do what the plan says; `tell` is called with what goes on. The packages must be built.

        What Anki refuses, or does not answer, ends the push and stands in `stopped`.
        """
        push, self._tell = self._push, tell
        try:
            self._carry_out()
        except NoAnswer as error:
            push.stopped = str(error)
        return push

    # -- the parts of a push, in order ----------------------------------------------

    def _carry_out(self) -> None:
        push = self._push
        before, packages = push.there, push.packages
        there = before
        for one in packages:
            if one.difference.waits:
                there = self._bring(one, there)
        if self._choices.unattended and there is not before:
            items = [one.wanted for one in packages]
            push.risen = rise(items, there, self._decks_dir, self._output_dir)
        packages = [self._compared(one, there) for one in packages]
        for one in packages:
            self._move(one, before)
            self._tag(one)
            self._suspend(one)
            self._delete(one)
        if any(one.difference.changes for one in packages):
            there = self._look_again()
        push.left = [self._compared(one, there) for one in packages]
        for one in push.left:
            if not one.difference.moves:
                one.record.owed = {}
                one.record.keep()

    def _compared(self, one: Package, there: There) -> Package:
        choices = self._choices
        found = difference(one.wanted, there, one.record, choices.delete, everywhere=choices.everywhere)
        return Package(one.wanted, one.record, found)

    def _look(self, items: Iterable[Wanted], folder: Path) -> There:
        guids, types = set[str](), set[int]()
        for item in items:
            guids |= item.notes.keys() | item.left.keys()
            types |= item.types.keys()
        return look(self._way, guids, types, folder)

    def _look_again(self) -> There:
        self._tell("looking at what is there now")
        from deckgen.packing.stage import scratch

        with scratch() as folder:
            return self._look([one.wanted for one in self._push.packages], folder)

    def _selected(self) -> int:
        """How many notes are selected in Anki's browser; none when it is closed, or the add-on can't tell."""
        try:
            return len(self._anki.ask("guiSelectedNotes"))
        except Denied:
            return 0

    def _did(self, one: Package, words: str) -> None:
        self._push.done.append(words)
        self._tell(words)
        one.record.tell(time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(self.now)), [words])

    # -- texts, by an import ------------------------------------------------------------

    def _bring(self, one: Package, there: There) -> There:
        """Let Anki import the package; gives what is there when it has come."""
        notes = len(one.wanted.rendered.notes)
        path, name = self._way.send(one.wanted.package, patience(notes))
        try:
            if self._choices.unattended:
                self._anki.ask("importPackage", patience(notes), path=path)
                there = self._look_again()
            else:
                there = self._by_window(one, path, there)
        finally:
            if name:
                self._anki.ask("deleteMediaFile", filename=name)
        self._did(one, f"imported {one.wanted.package.name}")
        return there

    def _by_window(self, one: Package, path: str, there: There) -> There:
        """Open Anki's import window, and wait until something of the package is there."""
        sign, waits, name = Sign(self._anki, one, there), one.difference.waits, one.wanted.package.name
        was = sign.seen()
        self._anki.ask("guiImportFile", path=path)
        self._tell(f"Anki shows its import window for {name}: press Import there, and leave its options")
        for count in range(self._choices.wait):
            time.sleep(PAUSE)
            now = sign.seen()
            if now == was and not (sign.is_blind and count % _BLIND == 0):
                continue
            was, there = now, self._look_again()  # it may be the learner who changed something
            if len(self._compared(one, there).difference.waits) < len(waits):
                return there
        raise NoAnswer(
            f"nothing of {name} has come within {self._choices.wait} seconds: press Import in Anki's window, "
            "or close it, and push again. If you did press it, its options left out what this push brings"
        )

    # -- what an import can't bring --------------------------------------------------

    def _move(self, one: Package, before: There) -> None:
        moves = one.difference.moves
        for move in moves:
            if not before.has_deck(move.deck) or not self._has_cards(move.deck):
                self._make(move)
            for cards in self._portions(move.cards, "cards moved"):
                self._anki.ask("changeDeck", patience(len(cards)), cards=cards, deck=move.deck)
            self._did(one, f"moved {counted(len(move.cards), 'card')} from “{move.was}” to “{move.deck}”")
        for deck in sorted({move.was for move in moves}, reverse=True):  # those below others first
            self._emptied(one, deck)

    def _make(self, move: Move) -> None:
        """Make a deck with the options of the deck that its cards come from."""
        self._anki.ask("createDeck", deck=move.deck)
        try:
            options, own = (
                self._anki.ask("getDeckConfig", deck=deck)["id"] for deck in (move.was, move.deck)
            )
            if int(own) == _NEW != int(options):
                self._anki.ask("setDeckConfigId", decks=[move.deck], configId=options)
        except (Denied, TypeError, KeyError, ValueError):
            self._push.told.append(f"the deck “{move.deck}” has Anki's own options: choose yours there")

    def _emptied(self, one: Package, deck: str) -> None:
        """Name a deck that is empty now, or delete it when that is wanted and it has no decks below."""
        names = self._anki.ask("deckNames")
        below = [name for name in names if deck_key(name).startswith(f"{deck_key(deck)}::")]
        if deck not in names or below or self._has_cards(deck):
            return
        if self._choices.delete is Delete.NONE:
            self._push.told.append(f"the deck “{deck}” is empty now: delete it in Anki if you like")
            return
        self._anki.ask("deleteDecks", decks=[deck], cardsToo=True)
        self._did(one, f"deleted the empty deck “{deck}”")

    def _has_cards(self, deck: str) -> bool:
        return bool(self._anki.ask("findCards", patience(0), query=f"deck:{_quoted(deck)}"))

    def _tag(self, one: Package) -> None:
        for tagged in one.difference.tags:
            action = "removeTags" if tagged.taken else "addTags"
            for notes in self._portions(tagged.note_ids, "notes tagged"):
                self._anki.ask(action, patience(len(notes)), notes=notes, tags=tagged.tag)
            did = "took {} from {}" if tagged.taken else "gave {} to {}"
            self._did(one, did.format(tagged.tag, counted(len(tagged.notes), "note")))

    def _suspend(self, one: Package) -> None:
        for back in (False, True):
            found = [each for each in one.difference.suspended if each.back is back]
            cards = [card for each in found for card in each.cards]
            if not cards:
                continue
            if not back:
                one.record.begun = set(cards)
                one.record.keep()
            for portion in self._portions(cards, "cards suspended"):
                self._anki.ask("unsuspend" if back else "suspend", patience(len(portion)), cards=portion)
            one.record.suspended = (
                one.record.suspended - set(cards) if back else one.record.suspended | set(cards)
            )
            one.record.begun = set()
            names = ", ".join(each.note for each in found)
            self._did(
                one, f"{'took up again' if back else 'suspended'} {counted(len(cards), 'card')} of {names}"
            )

    def _delete(self, one: Package) -> None:
        deleted = one.difference.deleted
        if not deleted:
            return
        for notes in self._portions([each.note_id for each in deleted], "notes deleted"):
            self._anki.ask("deleteNotes", patience(len(notes)), notes=notes)
        names = ", ".join(each.note for each in deleted)
        self._did(one, f"deleted {counted(len(deleted), 'note')}: {names}; their reviews stay in Anki's log")

    def _portions(self, items: Sequence[Item], what: str) -> Iterator[list[Item]]:
        """The items in portions, telling how many are done when there are several."""
        for start in range(0, len(items), _AT_ONCE):
            yield list(items[start : start + _AT_ONCE])
            if len(items) > _AT_ONCE:
                self._tell(f"{min(start + _AT_ONCE, len(items))} of {len(items)} {what}")


def _profile(anki: Anki) -> str:
    """The name of the open profile. Older add-ons tell only its folder."""
    try:
        return str(anki.ask("getActiveProfile"))
    except Denied as error:
        if error.reason != "unsupported action":
            raise
    parts = re.split(r"[\\/]", str(anki.ask("getMediaDirPath")).rstrip("\\/"))
    return parts[-2] if len(parts) > 1 else ""


def _quoted(deck: str) -> str:
    """A name in a search of Anki's, where some signs have a meaning."""
    escaped = re.sub(r'[\\"*_:]', r"\\\g<0>", deck).replace("\\:\\:", "::")
    return f'"{escaped}"'
