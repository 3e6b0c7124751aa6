"""Decide what becomes of a learner's edit of a note: texts for the YAML, or why a person must decide."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from deckgen.adopting.convert import Markdown, render, to_markdown
from deckgen.adopting.look import Look
from deckgen.deck import Deck
from deckgen.kinds import Occlusion
from deckgen.lock.advance import text_hash
from deckgen.markup import cloze, raw
from deckgen.notes import faces
from deckgen.notes.own_types import ID
from deckgen.pulling.bases import Version, candidates, has_all
from deckgen.pulling.decision import Clash, Decision, Take, mask_clash
from deckgen.pulling.learner import OwnTags, Theirs
from deckgen.pulling.merge import Conflict, Making, are_alike, is_blank, merge, taken, with_blanks
from deckgen.pulling.names import Names
from deckgen.pulling.shapes import changes
from deckgen.pulling.spots import MASKS, Sides, Spot, Trouble, cloze_fault, made_fields, spots, unsaid
from deckgen.written import Text

#: Why a person must decide, where nothing is known of what was shipped.
NO_BASE = "no package that was shipped has the text that was edited"
LACKING = "it may be of a text that was shipped, but is in no package here"
_GONE = "it may be of a text that came home from a learner, and was changed here before it was built"
_SEVERAL = "two versions that were shipped may be the one that was edited, and the results would differ"


@dataclass(frozen=True, slots=True)
class Judge:
    """Decides about the notes of one package."""

    deck: Deck
    lang: str
    names: Names
    numbers: Mapping[str, Mapping[str, int]]
    look: Callable[[str], Look]
    own_tags: OwnTags
    theirs: frozenset[str] = frozenset()
    ours: frozenset[str] = frozenset()

    def is_decided(self, note: Theirs) -> bool:
        """Whether a person has named the card behind `--theirs` or `--ours`."""
        return note.name in self.theirs | self.ours

    def decide(
        self, note: Theirs, versions: Iterable[Version], *, lacking: bool = False, knows_tags: bool = True
    ) -> Decision:
        """What becomes of a note of which these versions were shipped, and, if `lacking`, others.

        Unless all shipped tags are known (`knows_tags`), tags are only told.
        """
        decision = self._decided(note, list(versions), lacking=lacking)
        if note.name not in self.theirs:
            tags = {*decision.tags_come, *decision.tags_go}
            left = {tag for tag in tags if note.is_answered(tag)} if knows_tags else tags
            decision.leave_tags(come=left, go=left)
            if decision.clashes:
                decision.wait()
        return decision

    def _decided(self, note: Theirs, versions: list[Version], *, lacking: bool) -> Decision:
        # An adopted note type may have had other fields when it was shipped.
        versions = [one for one in versions if len(one.fields) == len(note.fields)]
        forced = note.name in self.theirs
        if note.name in self.ours:
            return Decision(note, restamp=True)
        # With the stamp of a version, it is that version, also where it came from this learner.
        exact = [one for one in versions if one.stamp == note.stamp and self.says(note, one.fields)]
        if exact and not forced:
            decision = Decision(note)
            self._take_tags(decision, self._as_answered(note, exact[0], versions))
            return decision
        if note.is_settled and not forced:
            return self._settled(note, versions)
        # What came home before makes a version like the learner's note, also one that the learner never had:
        # what the learner did have may be in no package.
        texts = {text_hash(one.fields) for one in versions if one.stamp < note.stamp}
        home = {*note.line.home, *(one.text for one in note.line.settled)} if note.line is not None else set()
        came = not (note.is_settled or home <= texts)
        found = candidates(versions, note.stamp, note.fields, note.tags, self.own_tags, every=came)
        if not found and forced:
            found = [Version(0, note.note.fields, note.note.tags)]
        elif not forced and (unclear := self._unclear(note, versions, found, lacking=lacking)):
            return unclear
        return self._of(note, found, forced=forced)

    def _settled(self, note: Theirs, versions: list[Version]) -> Decision:
        """What is left of an edit that came home as far as it can: troubles, and tags, which are told.

        Texts that differ now are the author's doing; those that Anki has emptied are told elsewhere (see
        `compared.leave_vanished`).
        """
        found = candidates(versions, note.stamp, note.fields, note.tags, self.own_tags)
        found = self._as_made(note, found)
        base = max(found, key=lambda one: one.stamp, default=Version(0, note.note.fields, note.note.tags))
        decision = self._from(note, self._as_answered(note, base, versions))
        has, was, now = map(self.own_tags, (note.tags, base.tags or (), note.note.tags))
        decision.tags_go = tuple(sorted((was - has) & now))
        sides = zip(note.fields, base.fields, note.note.fields, strict=True)
        new = {tag for tag in now - has - was if not note.is_answered(tag)}
        decision.is_behind = bool(new) or any(theirs == base != ours for theirs, base, ours in sides)
        decision.leave_tags(come=() if found else decision.tags_come, go=decision.tags_go)
        return decision

    def _unclear(
        self, note: Theirs, versions: list[Version], found: list[Version], *, lacking: bool
    ) -> Decision | None:
        """That a person must decide, as what was edited may be in no package; None if it is among them."""
        if lacking or not found:
            reason = LACKING if lacking and found else NO_BASE
            return Decision(note, reason="" if self.says(note, note.note.fields) else reason)
        return Decision(note, reason=_GONE) if _may_begin_with_a_gone_text(note, versions) else None

    def _of(self, note: Theirs, found: list[Version], *, forced: bool) -> Decision:
        """What becomes of a note of which any of these versions may be the one that was edited."""
        found = self._as_made(note, found)
        decisions = [self._from(note, version) for version in found]
        newest = max(found, key=lambda one: one.stamp)
        if all(decisions[0].same_as(other) for other in decisions[1:]):
            # What may be the learner's doing is told, also if it is only by one of the versions.
            decision = max(decisions[found.index(newest)], *decisions, key=_told)
            decision.troubles = [
                one if all(one in other.troubles for other in decisions) else _in_doubt(one)
                for one in decision.troubles
            ]
            return decision
        if all(self._says_newer(note, one, newest) for one in found):
            return _with_tags_of(decisions[found.index(newest)], decisions, forced=forced)
        # By another one, a mask that the learner added would take the place of somebody else's.
        added = next((one for one in decisions if one.masks_of_both), None)
        if not forced:
            return added.or_changed() if added is not None else Decision(note, reason=_SEVERAL)
        decision = self._from(note, _whole(note, found))
        if added is not None:
            decision.clashes += added.or_changed().masks_of_both.values()
            decision.moves = [one for one in decision.moves if one.key not in added.masks_of_both]
        # By none of them did the learner take out what the author added since.
        told = {trouble for one in decisions for trouble in one.troubles}
        decision.troubles = [trouble for trouble in decision.troubles if trouble in told]
        return decision

    def _as_made(self, note: Theirs, found: list[Version]) -> list[Version]:
        """The versions, with what deckgen makes as the learner has it where one has it so: no edit."""
        made = made_fields(self.deck, note.card, self.lang, note.note_type)
        had = {
            place
            for place, (name, has) in enumerate(zip(note.note_type.field_names, note.fields, strict=True))
            if name in made and any(one.fields[place] == has for one in found)
        }
        return [
            replace(
                one, fields=tuple(note.fields[at] if at in had else was for at, was in enumerate(one.fields))
            )
            for one in found
        ]

    def _says_newer(self, note: Theirs, older: Version, newer: Version) -> bool:
        """Whether a learner's note has all by which the texts of the newer of two versions differ.

        So has the note of who edited a text twice, where the first edit was shipped meanwhile. With other
        tags it may be somebody who wrote the same words in the older one: what the author did to them since
        is no answer to that.
        """
        tags = [None if one.tags is None else self.own_tags(one.tags) for one in (older, newer)]
        is_later = older.stamp < newer.stamp and tags[0] == tags[1]
        return older.fields == newer.fields or (is_later and has_all(note.fields, older, newer))

    def says(self, note: Theirs, fields: Sequence[str]) -> bool:
        """Whether a learner's note says what these fields say, apart from what deckgen makes itself."""
        version = Version(0, tuple(fields), note.tags)
        sides, _ = self._sides(note, version, Decision(note))
        sides = replace(sides, now=sides.base)
        numbers = self.numbers.get(note.name, {})
        look = self.look(note.note.role)
        for one in spots(self.deck, note.card, self.lang, note.note_type, sides, numbers):
            if isinstance(one, Trouble):
                if not faces.is_empty(sides.theirs[one.field]):
                    return False
            elif not are_alike(one.now, one.theirs, look, cloze=one.cloze):
                return False
        return sides.theirs.get(MASKS) == sides.base.get(MASKS)

    def _from(self, note: Theirs, base: Version) -> Decision:
        decision = Decision(note)
        sides, without = self._sides(note, base, decision)
        decision.ours = frozenset(name for name, html in sides.now.items() if html != sides.base[name])
        decision.edited = frozenset(name for name, html in sides.theirs.items() if html != sides.base[name])
        numbers = self.numbers.get(note.name, {})
        for spot in spots(self.deck, note.card, self.lang, note.note_type, sides, numbers, without):
            if isinstance(spot, Trouble):
                decision.troubles.append(spot)
                continue
            made = self._taken(spot, note)
            if isinstance(made, Clash):
                decision.clashes.append(made)
                continue
            if made is not None:
                decision.takes.append(made)
            if lost := unsaid(spot, self.look(note.note.role), _html_of(made)):
                decision.troubles.append(lost)
        content = note.card.contents[self.lang]
        if isinstance(content, Occlusion):
            for move in changes(note.card, content, sides, numbers, note.line):
                if isinstance(move, Trouble):
                    decision.troubles.append(move)
                elif move.clash and move.old and (move.is_another or note.name not in self.theirs):
                    decision.clashes.append(mask_clash(move, move.old, by_hand=move.is_another))
                else:
                    decision.moves.append(move)
        self._take_tags(decision, base)
        return decision

    def _as_answered(self, note: Theirs, exact: Version, versions: Iterable[Version]) -> Version:
        """A version that is a learner's note, with those tags by which the learner's tell what is left to do.

        What only the learner has waited when this was built, unless an earlier version brought it. What only
        the version has was answered before, or the author added it.
        """
        if note.is_own:  # which have tags that tell so already
            return exact
        older = (one.tags for one in versions if one.stamp < note.stamp and one.tags is not None)
        known = self.own_tags(tag for tags in (exact.tags or (), *older) for tag in tags)
        return replace(exact, tags=tuple(tag for tag in note.tags if self.own_tags([tag]) <= known))

    def _take_tags(self, decision: Decision, base: Version) -> None:
        """What becomes of the tags that were changed in a version."""
        if base.tags is None:
            return
        note = decision.theirs
        before, after, present = map(self.own_tags, (base.tags, note.tags, note.note.tags))
        come = sorted(after - before - present)
        decision.tags_come = tuple(tag for tag in come if tag in self.deck.tags)
        decision.tags_unknown = tuple(tag for tag in come if tag not in self.deck.tags)
        decision.tags_left = not before & after <= present
        decision.tags_go = tuple(sorted((before - after) & present))
        if note.name not in self.theirs:
            # What came home from that learner, perhaps, and is not here any more, was taken out since.
            decision.leave_tags(come={tag for tag in come if note.came_after(base.stamp, tag)}, go=())

    def _sides(self, note: Theirs, base: Version, decision: Decision) -> tuple[Sides, set[str]]:
        """The fields of a note, and the names of those that show a file which can't come home."""
        names, has, without = note.note_type.field_names, {}, set()
        hint = (
            "ask the learner for a `.colpkg` with media; or put the file into `media/`, and the text into "
            f"the card, yourself: then `--ours {note.name}` brings that to the learner"
        )
        for name, theirs, was, now in zip(names, note.fields, base.fields, note.note.fields, strict=True):
            troubles: list[str] = []
            html = self.names.brought(theirs, was, troubles, now) if theirs != was else theirs
            decision.troubles += [Trouble(name, words, "P08", hint) for words in troubles]
            without |= {name} if troubles else set()
            has[name] = with_blanks(self.names.plain(was), self.names.plain(html))
        ours, shipped = (
            dict(zip(names, map(self.names.plain, fields), strict=True))
            for fields in (note.note.fields, base.fields)
        )
        line = note.line
        if line is not None and has.get(ID) in line.was:
            has[ID] = shipped[ID]  # the card's own id, from before it was renamed
        return Sides(ours, shipped, has, own=note.is_own), without

    def _taken(self, spot: Spot, note: Theirs) -> Take | Clash | None:
        """What becomes of one text; None when the source says it already."""
        look = self.look(note.note.role)
        if are_alike(spot.now, spot.theirs, look, cloze=spot.cloze):
            return None
        force = note.name in self.theirs
        if is_blank(spot.theirs):
            return self._emptied(spot, force=force)
        if spot.text is None:
            if not faces.is_empty(spot.base) and not force:
                return Clash(spot, "it was taken out here")
            return self._anew(spot, look)
        return self._merged(spot, spot.text, note, force=force)

    def _merged(self, spot: Spot, text: Text, note: Theirs, *, force: bool) -> Take | Clash | None:
        """What becomes of the `text` that a card has in a spot."""
        look = self.look(note.note.role)
        making = Making(look, spot.cloze, self.deck.trusted is not None, finish=spot.finish)
        merged = merge(text, spot.base, spot.theirs, making)
        if isinstance(merged, Conflict):
            forced = taken(text, spot.theirs, making)
            if not force or isinstance(forced, Conflict):
                return Clash(spot, merged.reason, isinstance(forced, Conflict))
            merged = forced
        if spot.cloze and not force:
            # A number may be free for ever, because it was given out: only a build knows.
            given, own = range(1, cloze.MAX_NUMBER + 1), note.note_type.layout is not None
            if fault := cloze_fault(replace(text, value=merged.text), given, own=own):
                return Clash(spot, fault, by_hand=cloze.scan(merged.text) == ([], []))
        return Take(spot, merged.text, text.html) if merged.text != text.value else None

    def _anew(self, spot: Spot, look: Look) -> Take | Clash:
        """A text where the card had none: Markdown, or HTML where that can't say it."""
        found = to_markdown(spot.theirs, look, cloze=spot.cloze)
        if isinstance(found, Markdown):
            return Take(spot, found.text)
        if raw.faults(spot.theirs, is_latex=self.deck.trusted is not None):
            return Clash(spot, f"Markdown can't say {found.reason}", by_hand=True)
        return Take(spot, spot.theirs, html=True)

    @staticmethod
    def _emptied(spot: Spot, *, force: bool) -> Take | Clash:
        if not spot.optional:
            return Clash(spot, "the learner emptied it, and the card can't do without it", by_hand=True)
        if spot.now != spot.base and not force:
            return Clash(spot, "the learner emptied it, and it was changed here")
        return Take(spot, None)


def _with_tags_of(decision: Decision, decisions: Sequence[Decision], *, forced: bool) -> Decision:
    """A decision with the tags that come or go by any of several; what is not so by all is told, not done."""
    come, go = [{*one.tags_come} for one in decisions], [{*one.tags_go} for one in decisions]
    any_come, any_go = frozenset[str]().union(*come), frozenset[str]().union(*go)
    decision.tags_come, decision.tags_go = tuple(sorted(any_come)), tuple(sorted(any_go))
    decision.tags_unknown = tuple(sorted({tag for one in decisions for tag in one.tags_unknown}))
    decision.tags_left = any(one.tags_left for one in decisions)
    if not forced:
        decision.leave_tags(
            come=any_come.difference(any_come.intersection(*come)),
            go=any_go.difference(any_go.intersection(*go)),
        )
    return decision


def _told(decision: Decision) -> tuple[int, bool]:
    """How much is told of an edit, and whether the learner is to lose a tag."""
    return len(decision.troubles) + len(decision.tags_unknown), decision.tags_left


def _in_doubt(trouble: Trouble) -> Trouble:
    words = "unless the learner has an older version of the note, in which it was so"
    return replace(trouble, reason=f"{trouble.reason}, {words}")


def _may_begin_with_a_gone_text(note: Theirs, versions: Iterable[Version]) -> bool:
    """Whether an earlier edit came home and was changed here, and no package has what it was in between.

    If this learner made that edit as well, all that the author took out of it would come again.
    """
    line = note.line
    if line is None or line.pulled is None or not (line.home or line.settled):
        return False
    stamp, text, _ = line.pulled
    known = {text_hash(note.note.fields), *(text_hash(version.fields) for version in versions)}
    is_edited = all(version.fields != note.fields for version in versions)
    return stamp < note.stamp and text not in known and is_edited


def _whole(note: Theirs, found: Sequence[Version]) -> Version:
    """A version from which all is taken that the learner may have edited, whichever of several it was."""
    fields = [
        has if all(one.fields[place] == has for one in found) else now
        for place, (has, now) in enumerate(zip(note.fields, note.note.fields, strict=True))
    ]
    return Version(0, tuple(fields), found[0].tags)


def _html_of(take: Take | None) -> str:
    """A text that comes home, as HTML, as far as it can be told."""
    if take is None:
        return ""
    return (take.value if take.html else render(take.value or "", cloze=take.spot.cloze)) or ""
