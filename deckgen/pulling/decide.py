"""What becomes of a learner's edit of a note: texts for the YAML, or why a person must decide."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from deckgen.adopting.convert import Markdown, to_markdown
from deckgen.adopting.lines import alike
from deckgen.adopting.look import Look
from deckgen.adopting.seen import seen
from deckgen.adopting.unsayable import Unsayable
from deckgen.deck import Deck
from deckgen.kinds import Occlusion
from deckgen.lock.advance import text_hash
from deckgen.markup import raw
from deckgen.notes import faces
from deckgen.pulling.bases import Version, candidates
from deckgen.pulling.learner import Theirs, own_tags
from deckgen.pulling.merge import Conflict, Making, merge, taken
from deckgen.pulling.names import Names
from deckgen.pulling.shapes import Moved, changes
from deckgen.pulling.spots import MASKS, Sides, Spot, Trouble, spots

#: Why a person must decide, where nothing is known of what was shipped.
NO_BASE = "no package that was shipped has the text that was edited"
LACKING = "it may be of a text that was shipped, but is in no package here"
_GONE = "it may be of a text that came home from a learner, and was changed here before it was built"
_SEVERAL = "two versions that were shipped may be the one that was edited, and they would merge otherwise"


@dataclass(frozen=True, slots=True)
class Take:
    """A text that is to get another value; None takes it out. `html` says whether it is written as HTML."""

    spot: Spot
    value: str | None
    html: bool = False


@dataclass(frozen=True, slots=True)
class Clash:
    """A text that a person must decide about, and why."""

    spot: Spot
    reason: str


@dataclass(slots=True)
class Decision:
    """What becomes of one note: texts, masks, tags that come and go, clashes, edits that no text can take.

    `reason` is why nothing can be done without a person; `restamp` says that the learner is to get the
    author's text.
    """

    theirs: Theirs
    takes: list[Take] = field(default_factory=list)
    clashes: list[Clash] = field(default_factory=list)
    troubles: list[Trouble] = field(default_factory=list)
    moves: list[Moved] = field(default_factory=list)
    tags_come: tuple[str, ...] = ()
    tags_go: tuple[str, ...] = ()
    reason: str = ""
    restamp: bool = False

    @property
    def writes(self) -> bool:
        """Whether something is to be written for it."""
        return bool(self.takes or self.moves or self.tags_come or self.tags_go)

    @property
    def is_home(self) -> bool:
        """Whether nothing of the edit is left that is not written, or decided."""
        return not (self.clashes or self.troubles or self.reason)

    def same_as(self, other: Decision) -> bool:
        """Whether both would write the same."""
        return (
            [(one.spot.keys, one.value) for one in self.takes]
            == [(one.spot.keys, one.value) for one in other.takes]
            and len(self.clashes) == len(other.clashes)
            and (self.moves, self.tags_come, self.tags_go) == (other.moves, other.tags_come, other.tags_go)
        )


@dataclass(frozen=True, slots=True)
class Judge:
    """Decides about the notes of one package."""

    deck: Deck
    lang: str
    names: Names
    numbers: Mapping[str, Mapping[str, int]]
    look: Callable[[str], Look]
    theirs: frozenset[str] = frozenset()
    ours: frozenset[str] = frozenset()

    def decide(self, note: Theirs, versions: Iterable[Version], *, lacking: bool = False) -> Decision:
        """What becomes of a note of which these versions were shipped, and, if `lacking`, others."""
        versions = list(versions)
        forced = note.card.id.value in self.theirs
        if note.card.id.value in self.ours:
            return Decision(note, restamp=True)
        # With the stamp of a version, it is that version, also where it came from this learner.
        if any(one.stamp == note.stamp and self._says(note, one.fields) for one in versions):
            return Decision(note)
        prefix = f"{self.deck.key.value}::"
        # What came home before makes a version like the learner's note, also one that the learner never had.
        came = note.line is not None and bool(note.line.home)
        found = candidates(versions, note.stamp, note.fields, note.tags, prefix, every=came)
        if not found and forced:
            found = [Version(0, note.note.fields, note.note.tags)]
        elif not forced and (lacking or not found):
            reason = LACKING if lacking and found else NO_BASE
            return Decision(note, reason="" if self._says(note, note.note.fields) else reason)
        if not forced and _may_begin_with_a_gone_text(note, versions):
            return Decision(note, reason=_GONE)
        decisions = [self._from(note, version) for version in found]
        if all(decisions[0].same_as(other) for other in decisions[1:]):
            return decisions[0]
        return self._from(note, _whole(note, found)) if forced else Decision(note, reason=_SEVERAL)

    def _says(self, note: Theirs, fields: Sequence[str]) -> bool:
        """Whether a learner's note says what these fields say, apart from what deckgen makes itself."""
        version = Version(0, tuple(fields), note.tags)
        sides, _ = self._sides(note, version, Decision(note))
        sides = Sides(sides.base, sides.base, sides.theirs)
        numbers = self.numbers.get(note.card.id.value, {})
        look = self.look(note.note.role)
        for one in spots(self.deck, note.card, self.lang, note.note_type, sides, numbers):
            if isinstance(one, Trouble):
                if not faces.is_empty(sides.theirs[one.field]):
                    return False
            elif not _alike(one.now, one.theirs, look, cloze=one.cloze):
                return False
        return sides.theirs.get(MASKS) == sides.base.get(MASKS)

    def _from(self, note: Theirs, base: Version) -> Decision:
        decision = Decision(note)
        sides, without = self._sides(note, base, decision)
        numbers = self.numbers.get(note.card.id.value, {})
        for spot in spots(self.deck, note.card, self.lang, note.note_type, sides, numbers, without):
            if isinstance(spot, Trouble):
                decision.troubles.append(spot)
                continue
            made = self._taken(spot, note)
            if isinstance(made, Clash):
                decision.clashes.append(made)
            elif made is not None:
                decision.takes.append(made)
        content = note.card.contents[self.lang]
        if isinstance(content, Occlusion):
            for move in changes(content, sides.now[MASKS], sides.base[MASKS], sides.theirs[MASKS], numbers):
                (decision.troubles if isinstance(move, Trouble) else decision.moves).append(move)  # type: ignore[arg-type]
        prefix = f"{self.deck.key.value}::"
        before, after = set(own_tags(base.tags, prefix)), set(own_tags(note.tags, prefix))
        present = set(own_tags(note.note.tags, prefix))
        decision.tags_come = tuple(sorted(after - before - present))
        decision.tags_go = tuple(sorted((before - after) & present))
        return decision

    def _sides(self, note: Theirs, base: Version, decision: Decision) -> tuple[Sides, set[str]]:
        """The fields of a note, and the names of those that show a file which can't come home."""
        names, has, without = note.note_type.field_names, {}, set()
        for name, theirs, was in zip(names, note.fields, base.fields, strict=True):
            troubles: list[str] = []
            html = self.names.brought(theirs, was, troubles) if theirs != was else theirs
            decision.troubles += [Trouble(name, words, "P08") for words in troubles]
            without |= {name} if troubles else set()
            has[name] = self.names.plain(html)
        now, shipped = (
            dict(zip(names, map(self.names.plain, fields), strict=True))
            for fields in (note.note.fields, base.fields)
        )
        return Sides(now, shipped, has), without

    def _taken(self, spot: Spot, note: Theirs) -> Take | Clash | None:
        """What becomes of one text; None when the source says it already."""
        look = self.look(note.note.role)
        if _alike(spot.now, spot.theirs, look, cloze=spot.cloze):
            return None
        force = note.card.id.value in self.theirs
        if faces.is_empty(spot.theirs):
            return self._emptied(spot, force=force)
        if spot.text is None:
            return Clash(spot, "it was taken out here") if spot.base and not force else _anew(spot, look)
        making = Making(look, spot.cloze, finish=spot.finish)
        merged = merge(spot.text, spot.base, spot.theirs, making)
        if isinstance(merged, Conflict) and force:
            merged = taken(spot.text, spot.theirs, making)
        if isinstance(merged, Conflict):
            return Clash(spot, merged.reason)
        return Take(spot, merged.text, spot.text.html) if merged.text != spot.text.value else None

    @staticmethod
    def _emptied(spot: Spot, *, force: bool) -> Take | Clash:
        if not spot.optional:
            return Clash(spot, "the learner emptied it, and the card can't do without it")
        if spot.now != spot.base and not force:
            return Clash(spot, "the learner emptied it, and it was changed here")
        return Take(spot, None)


def _may_begin_with_a_gone_text(note: Theirs, versions: Iterable[Version]) -> bool:
    """Whether an earlier edit came home and was changed here, and no package has what it was in between.

    If this learner made that edit as well, all that the author took out of it would come again.
    """
    line = note.line
    if line is None or line.pulled is None or not line.home:
        return False
    stamp, text = line.pulled
    known = {text_hash(note.note.fields), *(text_hash(version.fields) for version in versions)}
    return stamp < note.stamp and text not in known


def _whole(note: Theirs, found: Sequence[Version]) -> Version:
    """A version from which all is taken that the learner may have edited, whichever of several it was."""
    fields = [
        has if all(one.fields[place] == has for one in found) else now
        for place, (has, now) in enumerate(zip(note.fields, note.note.fields, strict=True))
    ]
    return Version(0, tuple(fields), found[0].tags)


def _anew(spot: Spot, look: Look) -> Take | Clash:
    """A text where the card had none: Markdown, or HTML where that can't say it."""
    found = to_markdown(spot.theirs, look, cloze=spot.cloze)
    if isinstance(found, Markdown):
        return Take(spot, found.text)
    if raw.faults(spot.theirs):
        return Clash(spot, f"Markdown can't say {found.reason}")
    return Take(spot, spot.theirs, html=True)


def _alike(one: str, other: str, look: Look, *, cloze: bool) -> bool:
    """Whether a learner sees two fields alike."""
    if one == other:
        return True
    if faces.is_empty(one) != faces.is_empty(other):
        return False
    try:
        return alike(seen(one, look, cloze=cloze), seen(other, look, cloze=cloze))
    except Unsayable:
        return False


def looks_alike(one: Sequence[str], other: Sequence[str], look: Look, *, cloze: bool) -> bool:
    """Whether all fields of two notes are seen alike."""
    return all(_alike(left, right, look, cloze=cloze) for left, right in zip(one, other, strict=True))
