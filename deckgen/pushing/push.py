"""Push decks into a running Anki: look, compare, and do what there is to do; then look again.

Every push asks first what is there. So one that was stopped anywhere is finished by the next one, and a
push after a push finds nothing. Texts come by Anki's own import window, where the learner decides; all else
by questions that name cards and notes by their numbers, and only such as are ours (see `difference`).
"""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import TracebackType

from deckgen.building.build import advance
from deckgen.building.plan import LOSSES
from deckgen.building.steps import Asked, prepare
from deckgen.building.wishes import Wishes, day
from deckgen.finding import Finding, Refused, has_errors
from deckgen.lock import held
from deckgen.lock.dump import dump
from deckgen.packing.journal import key
from deckgen.pushing import record
from deckgen.pushing.connection import Anki, Denied, NoAnswer
from deckgen.pushing.difference import Delete, Difference, difference, suspended
from deckgen.pushing.hand import Hand, Tell
from deckgen.pushing.sign import Package, Sign
from deckgen.pushing.stamps import expect_ids, rise
from deckgen.pushing.there import There, Way, look, patience
from deckgen.pushing.turn import turn
from deckgen.pushing.wanted import Wanted, wanted
from deckgen.terminal import counted

#: Seconds between two looks whether the import is done, and how many looks there are.
PAUSE, PATIENCE = 1.0, 600
#: At one look of so many, Anki's own copy is read where nothing else shows that the import is done.
_BLIND = 10


@dataclass(frozen=True, slots=True)
class Choices:
    """What a person chose of a push. `wait` is how many seconds it waits for the import window."""

    delete: Delete = Delete.NONE
    everywhere: bool = False
    unattended: bool = False
    wait: int = PATIENCE
    dry_run: bool = False


@dataclass
class Push:
    """A push: what was found, what it would do, and what it did.

    `copies` is the folder with the decks as Anki exported them first. `left` are packages after the push
    with what is still to do; `stopped` says why a push ended before its end, and `interrupted` that a person
    ended it. `risen` says that locks have other stamps than before, so that the packages must be built anew.
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
    interrupted: bool = False
    begun: bool = False

    @property
    def last(self) -> str:
        """The profile of the last push where it was another one."""
        names = [one.record.last for one in self.packages if one.record.last not in ("", self.profile)]
        return names[0] if names else ""

    @property
    def pending(self) -> bool:
        return any(one.pending for one in self.packages)

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
    """Does one push of the decks in `decks_dir` into `anki`, at `now` in seconds since 1970.

    Until it is left, no other push of this user may use the same decks or the same profile.
    """

    def __init__(self, anki: Anki, decks_dir: Path, output_dir: Path, now: int, choices: Choices) -> None:
        self._anki, self._way = anki, Way(anki)
        self._decks_dir, self._output_dir, self.now = decks_dir, output_dir, now
        self._choices = choices
        self._push = Push([])
        self._hand = self._with(lambda _: None)
        self._held = ExitStack()
        self._asked: tuple[tuple[str, ...], Wishes] = ((), Wishes())

    def __enter__(self) -> Pusher:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._forget()
        self._held.close()

    def plan(self, names: Iterable[str] = (), wishes: Wishes = Wishes()) -> Push:
        """What there is to do. Nothing is changed, here or in Anki, which exports copies of the decks.

        Raises load.NoDecks, stage.Busy, NoAnswer, collection.Unreadable when a copy can't be read, and
        Refused for what may not be imported without Anki's window.
        """
        self._asked = tuple(names), wishes
        if not self._choices.dry_run:
            self._held.enter_context(turn(f"from {key(self._decks_dir)}", "of these decks"))
            into = self._anki.ask("getMediaDirPath")
            self._held.enter_context(turn(f"into {into}", "into this Anki"))
        return self._plan()

    def _plan(self) -> Push:
        names, wishes = self._asked
        ready = prepare(Asked(self._decks_dir, self._output_dir, names, wishes, day(self.now)))
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
        if self._choices.unattended:
            expect_ids(push.packages)
        return push

    def _forget(self) -> None:
        """Delete the copies when nothing was changed."""
        if not self._push.begun and self._push.copies != Path():
            shutil.rmtree(self._push.copies, ignore_errors=True)

    def begin(self) -> None:
        """Remember what the last build gave before the next one replaces it: this push may be stopped.

        After an import without the window whose end nobody saw, note types get later stamps first. Raises
        what `plan` does, CantEdit, and OSError.
        """
        if any(one.record.merged for one in self._push.packages):
            self._rise(self._push.there)
            self._forget()
            self._plan()
        for one in self._push.packages:
            one.record.tags |= one.wanted.tags
            moves = one.difference.moves
            one.record.owed = {card: move.was for move in moves for card in move.cards}
            one.record.taken = {}
            for tagged in (each for each in one.difference.tags if each.taken):
                for note in tagged.note_ids:
                    one.record.taken.setdefault(note, []).append(tagged.tag)
            one.record.emptied |= {move.was for move in moves}
            one.record.keep()

    def carry_out(self, tell: Tell) -> Push:
        """Do what the plan says; `tell` is called with what goes on. The packages must be built.

        What Anki refuses, or does not answer, ends the push and stands in `stopped`; so does Ctrl-C.
        """
        push = self._push
        self._hand = self._with(tell)
        try:
            self._expect_built()
            push.begun = True
            record.sweep()
            self._carry_out()
        except KeyboardInterrupt:
            push.interrupted, push.stopped = True, "stopped half-way: push again, and the rest is done"
        except Refused as error:
            push.stopped = str(error)
        except OSError as error:
            if error.filename is None:  # the output itself is broken: `__main__` tells
                raise
            push.stopped = f"can't read or write {error.filename}: {error.strerror}"
        return push

    def _with(self, tell: Tell) -> Hand:
        push = self._push
        return Hand(self._anki, self.now, self._choices.delete is not Delete.NONE, tell, push.done, push.told)

    def _expect_built(self) -> None:
        """Refuse packages that are not those of the plan: a person saw that, and said yes to it."""
        for item in (one.wanted for one in self._push.packages):
            path = held.path_of(item.deck)
            if path.read_text(encoding="utf-8") != dump(item.lock):
                raise Refused(
                    f"{item.deck.folder.as_posix()} was changed or built since the plan was made, so nothing "
                    "was pushed: push again"
                )

    # -- the parts of a push, in order ----------------------------------------------

    def _carry_out(self) -> None:
        push = self._push
        before = there = push.there
        for one in push.packages:
            if one.difference.waits:
                there = self._bring(one, there)
        if there is before:  # while a person read the plan, the learner may have gone on
            there = self._look_again()
        if any(one.record.merged for one in push.packages):
            push.risen = self._rise(there)
        packages = [self._shown(one, there) for one in push.packages]
        for one in packages:
            self._hand.carry_out(one, before)
        if any(one.difference.changes for one in packages):
            there = self._look_again()
            seen = suspended(there)
            for one in packages:
                one.record.settle(seen)
                one.record.keep()
        push.left = [self._compared(one, there) for one in packages]
        for one in push.left:
            if not one.difference.changes:
                one.record.owed, one.record.taken = {}, {}
                one.record.keep()

    def _rise(self, there: There) -> bool:
        """Give the next looks later stamps than those that note types have; tells whether locks changed."""
        packages = self._push.packages
        risen = rise([one.wanted for one in packages], there, self._decks_dir, self._output_dir)
        for one in packages:
            one.record.merged = False
            one.record.keep()
        return risen

    def _shown(self, one: Package, there: There) -> Package:
        """What there is to do now; of notes to delete only those that the plan named."""
        named = {each.note_id for each in one.difference.deleted}
        found = self._compared(one, there)
        deleted = tuple(each for each in found.difference.deleted if each.note_id in named)
        return replace(found, difference=replace(found.difference, deleted=deleted))

    def _compared(self, one: Package, there: There) -> Package:
        choices = self._choices
        found = difference(one.wanted, there, one.record, choices.delete, everywhere=choices.everywhere)
        return Package(one.wanted, one.record, found)

    def _look(self, items: Iterable[Wanted], folder: Path) -> There:
        guids, types, titles = set[str](), set[int](), set[str]()
        for item in items:
            guids |= item.notes.keys() | item.left.keys()
            types |= item.types.keys()
            titles |= item.titles
        return look(self._way, guids, types, titles, folder)

    def _look_again(self) -> There:
        self._hand.tell("looking at what is there now")
        from deckgen.packing.stage import scratch

        if (now := _profile(self._anki)) != self._push.profile:
            raise NoAnswer(
                f"Anki has the profile “{now}” open, and had “{self._push.profile}” when this push began: "
                "nothing more was done. Open that one, and push again"
            )
        with scratch() as folder:
            return self._look([one.wanted for one in self._push.packages], folder)

    def _selected(self) -> int:
        """How many notes are selected in Anki's browser; none when it is closed, or the add-on can't tell."""
        try:
            return len(self._anki.ask("guiSelectedNotes"))
        except Denied:
            return 0

    # -- texts, by an import ------------------------------------------------------------

    def _bring(self, one: Package, there: There) -> There:
        """Let Anki import the package; gives what is there when it has come."""
        notes = len(one.wanted.rendered.notes)
        path, name = self._way.send(one.wanted.package, patience(notes))
        try:
            if self._choices.unattended:
                one.record.merged = True
                one.record.keep()
                self._anki.ask("importPackage", patience(notes), path=path)
                there = self._look_again()
            else:
                there = self._by_window(one, path, there)
        finally:
            if name:
                self._way.clear(name)
        self._hand.did(one, f"imported {one.wanted.package.name}")
        return there

    def _by_window(self, one: Package, path: str, there: There) -> There:
        """Open Anki's import window, and wait until something of the package is there."""
        sign, waits, name = Sign(self._anki, one, there), one.difference.waits, one.wanted.package.name
        was = sign.seen()
        self._anki.ask("guiImportFile", path=path)
        self._hand.tell(f"Anki shows its import window for {name}: press Import there, and leave its options")
        for count in range(self._choices.wait):
            time.sleep(PAUSE)
            now = sign.seen()
            if now == was and not (sign.is_blind and count % _BLIND == 0):
                continue
            was, there = now, self._look_again()  # it may be the learner who changed something
            if len(self._compared(one, there).difference.waits) < len(waits):
                return there
        raise NoAnswer(
            f"nothing of {name} has come within {counted(self._choices.wait, 'second')}: press Import in "
            "Anki's window, or close it, and push again. If you did press it, its options left out what this "
            "push brings"
        )


def _profile(anki: Anki) -> str:
    """The name of the open profile. Older add-ons tell only its folder."""
    try:
        return str(anki.ask("getActiveProfile"))
    except Denied as error:
        if error.reason != "unsupported action":
            raise
    parts = re.split(r"[\\/]", str(anki.ask("getMediaDirPath")).rstrip("\\/"))
    return parts[-2] if len(parts) > 1 else ""
