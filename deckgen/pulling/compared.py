"""Compare each note that a learner has otherwise with the versions of it that were shipped, and decide."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from deckgen.building.steps import Ready
from deckgen.deck import Deck
from deckgen.lock.advance import text_hash
from deckgen.lock.history import Memory
from deckgen.lock.lines import MERGED, NoteLine, reach
from deckgen.notes.own_types import ID
from deckgen.pulling import bases
from deckgen.pulling.bases import Shipments, Version, Wanted
from deckgen.pulling.decide import Judge
from deckgen.pulling.decision import Decision
from deckgen.pulling.found import Asked
from deckgen.pulling.learner import Held, State, Theirs


def shipped(
    item: Ready, judge: Judge, has: Held, wanted: Sequence[Theirs], asked: Asked, memory: Memory
) -> Shipments:
    """What was shipped of the notes `wanted`. Raises collection.Unreadable for a package that was named."""
    notes = {one.note.guid: _wanted(item, judge, one) for one in wanted}
    stamps = {one.note.guid: one.stamp for one in has.notes if one.state is not State.OTHER_TYPE}
    found = bases.find(
        item.deck, judge.lang, asked.output_dir, memory, notes, stamps, judge.own_tags, asked.shipped
    )
    for one in wanted:
        if one.line is not None and one.line.home:
            found.made_of(one.note.guid, one.line.home)
    return found


def _wanted(item: Ready, judge: Judge, one: Theirs) -> Wanted:
    known = one.older or one.state is State.EDITED
    texts = one.line.texts if one.line is not None and known else ()
    key = one.name, judge.lang
    given = item.deck.past.notes.get(key)
    if given is None or one.line is None:
        return Wanted(one.stamp, texts, judge.own_tags(one.tags))
    had = tuple(given.lines[name].value if name in given.lines else "" for name in one.note_type.field_names)
    before = (lock.notes[key].stamp for lock in item.held.given if key in lock.notes)
    begun = min([one.line.stamp, *before])
    return Wanted(one.stamp, texts, judge.own_tags(one.tags), had, begun)


def decided(
    judge: Judge, wanted: Sequence[Theirs], there: Shipments, older: list[Theirs]
) -> Iterator[Decision]:
    """What becomes of the notes; those that may be back at an older text or tags are added to `older`."""
    shared = _shared_tags(judge.deck) if any(one.is_own for one in wanted) else {}
    for one in (_with_before(each, there) for each in wanted):
        if one.is_own and one.line is not None:
            yield _own(one, one.line, there, judge, shared)
            continue
        is_of_texts = judge.is_decided(one) and _has_clashes(one, there, judge)
        newer = [] if is_of_texts else _newer(one, there, judge)
        if newer and judge.is_decided(one):
            yield judge.decide(one, newer)
            continue
        decisions: list[Decision] = []
        if one.state is State.EDITED:
            lacking = there.lacks(one.note.guid, one.stamp, one.line)
            knows_tags = there.knows_tags(one.note.guid)
            versions = there.of(one.note.guid)
            versions = versions if is_of_texts else _with_undone(one, versions, judge)
            decisions.append(judge.decide(one, versions, lacking=lacking, knows_tags=knows_tags))
        elif one.state is State.TAGS:
            decisions += _tagged(one, there, judge)
        yield from decisions
        if (newer and one.older) or (not _asks(decisions) and (newer or _has_undone(one, judge))):
            older.append(one)


def _asks(decisions: Iterable[Decision]) -> bool:
    """Whether a person is asked about a whole note, or told of its tags, or these come home."""
    return any(
        one.reason or one.clashes or one.tells_tags or (one.is_open and one.is_behind) for one in decisions
    )


def _has_clashes(one: Theirs, there: Shipments, judge: Judge) -> bool:
    """Whether it is texts that a person decides about; of tags that may be older, nobody was told yet."""
    if one.state is not State.EDITED:
        return False
    undecided = replace(judge, theirs=frozenset(), ours=frozenset())
    return bool(undecided.decide(one, there.of(one.note.guid)).clashes)


def leave_vanished(judge: Judge, has: Held, decisions: Iterable[Decision]) -> dict[str, list[str]]:
    """Take out no text that Anki has emptied, unless a person named the card; gives the cards by text.

    Who deletes a field of a note type has it back, empty in all notes, after an import with “Merge note
    types”, and Anki gives all of them the time of that import (measured with 26.9). Nobody changes two notes
    in one second by hand. Whose note type was changed, and changed back, has lost all that the other one has
    no field for: the id, or of an adopted type that has none, several texts at once.
    """
    notes = [one for one in has.notes if one.state is not State.OTHER_TYPE]
    counts = Counter((one.note.role, one.stamp) for one in notes)
    filled = {
        (one.note.role, one.stamp, field)
        for one in notes
        for field, html in zip(one.note_type.field_names, one.fields, strict=True)
        if html
    }
    decisions = [*decisions]
    emptied = {
        (one.theirs.note.role, one.theirs.stamp, spot.field) for one in decisions for spot in one.emptied
    }
    vanished = {(role, field) for role, stamp, field in emptied - filled if counts[role, stamp] > 1}
    found: dict[str, list[str]] = {}
    for decision in decisions:
        one, several = decision.theirs, len(decision.emptied) > 1
        is_stripped = several if ID not in one.note_type.field_names else one.is_stripped
        names = {
            spot.name for spot in decision.emptied if is_stripped or (one.note.role, spot.field) in vanished
        }
        if names and one.name not in judge.theirs:
            decision.leave_vanished(names)
            for name in sorted(names):
                found.setdefault(name, []).append(one.name)
    return found


def leave_settled(judge: Judge, decisions: Iterable[Decision]) -> None:
    """Decide no text a second time that came home before, unless a person named the card."""
    for decision in decisions:
        if decision.theirs.is_settled and decision.theirs.name not in judge.theirs:
            decision.settle()


def _with_before(one: Theirs, there: Shipments) -> Theirs:
    stamps = [each.stamp for each in there.of(one.note.guid) if each.stamp < one.stamp]
    return replace(one, before=max(stamps, default=None))


def _newer(one: Theirs, there: Shipments, judge: Judge) -> list[Version]:
    """The versions from which a learner may have gone back to an older text, or to older tags."""
    all_versions = there.versions.get(one.note.guid, {})
    if any(each.stamp == one.stamp and each.fields == one.fields for each in all_versions):
        return []  # as it was shipped
    if one.older:
        newer = there.newer(one.note.guid, one.line, one.fields, one.stamp)
        return [each for each in newer if not judge.says(one, each.fields)]
    if judge.own_tags(one.tags) == judge.own_tags(one.note.tags):
        return []
    return there.newer_tags(one.note.guid, one.fields, one.tags, one.stamp)


def _tagged(one: Theirs, there: Shipments, judge: Judge) -> Iterator[Decision]:
    """What becomes of a note with a text that was shipped, or is home, and with other tags than here."""
    line, guid = one.line, one.note.guid
    is_home = line is not None and text_hash(one.fields) in line.home
    versions = there.tagged(guid)
    same = [each for each in versions if each.fields == one.fields]
    if not judge.is_decided(one):
        if is_home and _is_answered(one):
            return
        # As it was shipped: but tags that the deck lacked then did not go out with the learner's text.
        if any(each.stamp == one.stamp for each in same):
            decision = judge.decide(one, versions)
            yield from [decision] if decision.writes or decision.tags_unknown else []
            return
    # Who wrote what was shipped later, too, has the tags of an earlier text.
    tags = there.tags_before(guid, one.stamp, one.fields, one.tags)
    knows_tags = there.knows_tags(guid) and tags is not None
    if not same:
        same = [Version(0, one.fields, one.note.tags if tags is None else tags)]
    yield judge.decide(one, _with_undone(one, same, judge), knows_tags=knows_tags)


def _with_undone(one: Theirs, versions: Sequence[Version], judge: Judge) -> list[Version]:
    """The versions; if a person decided, with what came home of the tags and was undone, as we have it."""
    undone = _undone(one, judge) if judge.is_decided(one) else frozenset()
    ours = tuple(tag for tag in one.note.tags if judge.own_tags([tag]) & undone)
    return [
        replace(each, tags=(*(tag for tag in each.tags if not judge.own_tags([tag]) & undone), *ours))
        if undone and each.tags is not None
        else each
        for each in versions
    ]


def _is_answered(one: Theirs) -> bool:
    """Whether the next build sends the author's text, tags and all, to who has this note."""
    line = one.line
    return line is not None and line.digest == MERGED and one.stamp <= reach(line)


def _has_undone(one: Theirs, judge: Judge) -> bool:
    """Whether a learner has otherwise what came home of the tags, and nobody has decided about it yet."""
    return not judge.is_decided(one) and not _is_answered(one) and bool(_undone(one, judge))


def _undone(one: Theirs, judge: Judge) -> frozenset[str]:
    """The tags that came home, or went, and that a later note has otherwise, before a build ships them."""
    differ = judge.own_tags(one.tags) ^ judge.own_tags(one.note.tags)
    return frozenset(tag for tag in differ if tag in judge.deck.tags and one.is_unbuilt(tag))


def _own(
    one: Theirs, line: NoteLine, there: Shipments, judge: Judge, shared: Mapping[str, frozenset[str]]
) -> Decision:
    """What becomes of a note that came home as a new one, and that no import has changed since.

    Nothing knows which tags it had then, so they are told. What it lacks is the author's doing where it is
    untouched since, and where all cards of the file have that tag. Until the first build, its text was that
    of the card, unless the author changed that.
    """
    lacks: frozenset[str] = frozenset()
    if not _is_untouched(one, line, there):
        lacks = judge.own_tags(one.note.tags) - shared.get(one.card.id.file.shown, frozenset())
    before = tuple(tag for tag in one.note.tags if tag in one.tags or judge.own_tags([tag]) <= lacks)
    if one.state is State.TAGS:
        return judge.decide(one, [Version(0, one.fields, before)], knows_tags=False)
    versions = [replace(each, tags=before) for each in there.of(one.note.guid)]
    came, text, _ = line.edit
    if not versions and text == text_hash(one.note.fields):
        versions = [Version(came, one.note.fields, before)]
    lacking = there.lacks(one.note.guid, one.stamp, line)
    return judge.decide(one, versions, lacking=lacking, knows_tags=False)


def _is_untouched(one: Theirs, line: NoteLine, there: Shipments) -> bool:
    """Whether a note that came home as a new one is as it was then, or went out; no edit of it waits."""
    # It went out under its own stamp, and the line has a second less until then.
    stamps = {line.stamp + line.is_unbuilt, *(each.stamp for each in there.of(one.note.guid))}
    is_waiting = (one.stamp, text_hash(one.fields)) in line.waits
    return not is_waiting and (one.stamp <= line.edit[0] or one.stamp in stamps)


def _shared_tags(deck: Deck) -> dict[str, frozenset[str]]:
    """The tags that all cards of a card file have, if it has several, by the file."""
    tags: dict[str, list[frozenset[str]]] = {}
    for card in deck.cards:
        tags.setdefault(card.id.file.shown, []).append(frozenset(tag.value for tag in card.tags))
    return {path: frozenset.intersection(*own) for path, own in tags.items() if len(own) > 1}
