"""What becomes of one note that a learner edited."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from deckgen.kinds import Mask
from deckgen.pulling.learner import Theirs, part
from deckgen.pulling.shapes import Moved, written
from deckgen.pulling.spots import MASKS, Spot, Trouble

#: At most so many masks are named.
_MOST_NAMED = 10


@dataclass(frozen=True, slots=True)
class Take:
    """A text that is to get another value; None takes it out. `html` says whether it is written as HTML."""

    spot: Spot
    value: str | None
    html: bool = False


@dataclass(frozen=True, slots=True)
class Clash:
    """A text that a person must decide about, and why; only `by_hand` if no text is made of the learner's."""

    spot: Spot
    reason: str
    by_hand: bool = False


@dataclass(frozen=True, slots=True)
class Coming:
    """What comes home of an edit: texts, masks, tags that come and go."""

    takes: Sequence[Take] = ()
    moves: Sequence[Moved] = ()
    tags_come: tuple[str, ...] = ()
    tags_go: tuple[str, ...] = ()

    @property
    def names(self) -> list[str]:
        """How findings call it."""
        tags = ["tags"] if self.tags_come or self.tags_go else []
        return [*(one.spot.name for one in self.takes), *(["masks"] if self.moves else []), *tags]


@dataclass(slots=True)
class Decision:
    """What becomes of one note: texts, masks, tags that come and go, clashes, edits that no text can take.

    Tags in `tags_with` come or go in this language, too, and are written with another one.
    `tags_unknown` would come, but the deck lacks them; with `tags_left`, the learner still has some that the
    author took out. `edited` are the fields that the learner changed, `ours` those that the author changed as
    well, or that same learner otherwise in another language.
    `reason` is why nothing can be done without a person; `restamp` says that the learner is to get the
    author's text. What could come home is `waiting` for the clashes. It `is_late` if the next import replaces
    the learner's note all the same. What `has_vanished` was emptied by Anki: the learner is to get it again.
    Who `is_behind` lacks what the author changed since another part of the edit came home.
    """

    theirs: Theirs
    takes: list[Take] = field(default_factory=list)
    clashes: list[Clash] = field(default_factory=list)
    troubles: list[Trouble] = field(default_factory=list)
    moves: list[Moved] = field(default_factory=list)
    tags_come: tuple[str, ...] = ()
    tags_go: tuple[str, ...] = ()
    tags_with: tuple[str, ...] = ()
    tags_unknown: tuple[str, ...] = ()
    tags_left: bool = False
    edited: frozenset[str] = frozenset()
    ours: frozenset[str] = frozenset()
    reason: str = ""
    restamp: bool = False
    waiting: Coming = Coming()
    is_late: bool = False
    has_vanished: bool = False
    is_behind: bool = False

    def leave_tags(self, *, come: Container[str], go: Container[str]) -> None:
        """Only tell of these tags: they may differ because the author changed them since."""
        one, name = self.theirs, self.theirs.name
        either = f"`--ours {name}` sends yours to the learner; or take theirs: `--theirs {name}`"
        is_told = one.is_own or one.is_settled  # of which no package tells more
        package = "" if is_told else "name the package that the learner had: `--shipped FILE`; or "
        for has, tags, words, is_answered in (
            ("has", filter(come.__contains__, self.tags_come), "was taken out", partial(one.came_after, 0)),
            ("lacks", filter(go.__contains__, self.tags_go), "was added", one.is_answered),
        ):
            for tag in tags:
                reason = f"the learner {has} the tag `{tag}`, which perhaps {words} here since"
                hint = either if is_answered(tag) else f"{package}{either}"
                self.troubles.append(Trouble("Tags", reason, "P04", hint))
        self.tags_come = tuple(tag for tag in self.tags_come if tag not in come)
        self.tags_go = tuple(tag for tag in self.tags_go if tag not in go)

    def wait(self) -> None:
        """Write nothing of the note until its clashes are decided: a learner has all of a text or none."""
        self.waiting = self.coming
        self.takes, self.moves, self.tags_come, self.tags_go = [], [], (), ()

    def refuse(self, reason: str, *, by_hand: bool = False) -> None:
        """Leave the note as it is after all; `by_hand` where what is forced would be refused as well."""
        self.clashes += [Clash(take.spot, reason, by_hand) for take in self.takes]
        if self.tags_come or self.tags_go:
            self.troubles.append(Trouble("Tags", reason, "P04"))
        if self.moves:
            names = ", ".join(f"`{one.key}`" for one in self.moves[:_MOST_NAMED])
            self.troubles.append(Trouble(MASKS, f"{reason}; nothing was written of {names}"))
        self.takes.clear()
        self.moves.clear()
        self.tags_come = self.tags_go = ()

    @property
    def coming(self) -> Coming:
        """What comes home as things stand."""
        return Coming(self.takes, self.moves, self.tags_come, self.tags_go)

    @property
    def writes(self) -> bool:
        """Whether something is to be written for it."""
        return bool(self.coming.names)

    def leave_vanished(self, names: Container[str]) -> None:
        """Take out no text that Anki has emptied; `names` are those of such texts."""
        emptied = [one for one in self.emptied if one.name in names]
        self._go_on()
        self.takes = [one for one in self.takes if one.spot not in emptied]
        self.clashes = [one for one in self.clashes if one.spot not in emptied]
        self.has_vanished = bool(emptied)
        if self.clashes:
            self.wait()

    def settle(self) -> None:
        """Write no text of an edit that came home before: what the author has changed in it since, stays.

        Those that did not come then may do so now.
        """
        self._go_on()
        takes, clashes = self.takes, self.clashes
        self.takes = [one for one in takes if self._may_come(one.spot)]
        self.clashes = [one for one in clashes if self._may_come(one.spot)]
        left = len(takes) + len(clashes) + len(self.moves) - len(self.takes) - len(self.clashes)
        self.is_behind |= left > 0
        self.moves = []
        if self.clashes:
            self.wait()

    def _may_come(self, spot: Spot) -> bool:
        return self.theirs.may_come(spot.field) or self.theirs.may_come(spot.name)

    def _go_on(self) -> None:
        """Write what has waited."""
        if self.waiting.names:
            self.takes, self.moves = [*self.waiting.takes], [*self.waiting.moves]
            self.tags_come, self.tags_go = self.waiting.tags_come, self.waiting.tags_go
            self.waiting = Coming()

    @property
    def emptied(self) -> list[Spot]:
        """The texts that are empty there, and were not when they were shipped."""
        spots = [one.spot for one in (*self.takes, *self.waiting.takes)]
        spots += [one.spot for one in self.clashes]
        return [one for one in spots if not one.theirs and one.base]

    @property
    def masks_of_both(self) -> dict[str, Clash]:
        """The clashes about masks that the learner added, and somebody else with the same number, by key."""
        return {one.spot.keys[1]: one for one in self.clashes if one.by_hand and one.spot.keys[0] == "masks"}

    def or_changed(self) -> Decision:
        """The same, where the learner may instead have changed what somebody else added."""
        words = "unless it is this one, which the learner changed"
        both = [*self.masks_of_both.values()]
        clashes = [
            replace(one, reason=f"{one.reason}, {words}") if one in both else one for one in self.clashes
        ]
        return replace(self, clashes=clashes)

    @property
    def is_open(self) -> bool:
        """Whether a person must decide about something."""
        return bool(self.clashes or self.troubles or self.reason)

    @property
    def tells_tags(self) -> bool:
        """Whether tags come or go, or are told."""
        return bool(self.tags_come or self.tags_go) or any(one.field == "Tags" for one in self.troubles)

    @property
    def parts(self) -> list[str]:
        """What is to be known of the edit: texts that may come later, and tags that come or go now."""
        files = [one.field for one in self.troubles if one.code == "P08"]
        texts = [part(name) for name in (*files, *(one.spot.name for one in self.clashes))]
        return [*texts, *(part(tag, tag=True) for tag in (*self.tags_come, *self.tags_go, *self.tags_with))]

    @property
    def is_home(self) -> bool:
        """Whether nothing of the edit is left that is not written, or decided."""
        return not (self.is_open or self.has_vanished)

    def same_as(self, other: Decision) -> bool:
        """Whether both would write the same."""
        return (
            [(one.spot.keys, one.value, one.html) for one in self.takes]
            == [(one.spot.keys, one.value, one.html) for one in other.takes]
            and len(self.clashes) == len(other.clashes)
            and (self.moves, self.tags_come, self.tags_go) == (other.moves, other.tags_come, other.tags_go)
        )


def mask_clash(move: Moved, old: Mask, *, by_hand: bool) -> Clash:
    """That a person must decide about a mask, shown as it stands in the card file."""
    ours = replace(old.key, value=written(old))
    shipped = written(move.shipped) if move.shipped is not None else ""
    spot = Spot(("masks", move.key), ours, ours.value, shipped, written(move.mask))
    return Clash(spot, move.clash, by_hand)
