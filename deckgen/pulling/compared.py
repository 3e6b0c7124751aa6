"""Compare each note that a learner has otherwise with the versions of it that were shipped, and decide."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from deckgen.building.steps import Ready
from deckgen.lock.advance import text_hash
from deckgen.lock.history import Memory
from deckgen.lock.lines import MERGED, reach
from deckgen.pulling import bases
from deckgen.pulling.bases import Shipments, Version, Wanted
from deckgen.pulling.decide import Judge
from deckgen.pulling.decision import Decision
from deckgen.pulling.found import Asked
from deckgen.pulling.learner import Held, State, Theirs


def shipped(
    item: Ready, judge: Judge, has: Held, wanted: Iterable[Theirs], asked: Asked, memory: Memory
) -> Shipments:
    """What was shipped of the notes `wanted`. Raises collection.Unreadable for a package that was named."""
    notes = {one.note.guid: _wanted(item, judge, one) for one in wanted}
    stamps = {one.note.guid: one.stamp for one in has.notes if one.state is not State.OTHER_TYPE}
    return bases.find(
        item.deck, judge.lang, asked.output_dir, memory, notes, stamps, judge.own_tags, asked.shipped
    )


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
    judge: Judge, wanted: Iterable[Theirs], there: Shipments, older: list[Theirs]
) -> Iterator[Decision]:
    """What becomes of the notes; those that may be back at an older text or tags are added to `older`."""
    for one in wanted:
        versions = there.of(one.note.guid)
        if newer := _newer(one, there):
            if judge.is_decided(one):
                yield judge.decide(one, newer)
                continue
            older.append(one)
        if one.state is State.EDITED:
            lacking = there.lacks(one.note.guid, one.stamp, one.line)
            knows_tags = there.knows_tags(one.note.guid)
            yield judge.decide(one, versions, lacking=lacking, knows_tags=knows_tags)
        elif one.state is State.TAGS:
            yield from _tagged(one, versions, there, judge)


def leave_vanished(judge: Judge, has: Held, decisions: Iterable[Decision]) -> dict[str, list[str]]:
    """Take out no text that Anki has emptied, unless a person named the card; gives the cards by text.

    Who deletes a field of a note type has it back, empty in all notes, after an import with “Merge note
    types”, and Anki gives all of them the time of that import (measured with 26.9). Nobody empties two notes
    in one second by hand, and leaves the field empty in all that changed then. One that never had a text
    there counts for nothing; where the card has none any more, it had one if the learner's edit is home.
    """
    times: dict[tuple[str, int, str], list[bool]] = {}
    for note in has.notes:
        is_home = note.line is not None and text_hash(note.fields) in note.line.home
        sides = zip(note.note_type.field_names, note.fields, note.note.fields, strict=False)
        for field, html, now in sides:
            if html or now or is_home:
                times.setdefault((note.note.role, note.stamp, field), []).append(not html)
    decisions = [*decisions]
    emptied = {
        (one.theirs.note.role, one.theirs.stamp, spot.field) for one in decisions for spot in one.emptied
    }
    vanished = {
        (role, field)
        for role, stamp, field in emptied
        if len(empty := times.get((role, stamp, field), [])) > 1 and all(empty)
    }
    decisions = [one for one in decisions if one.theirs.name not in judge.theirs]
    found: dict[str, list[str]] = {}
    for one in decisions:
        names = {spot.name for spot in one.emptied if (one.theirs.note.role, spot.field) in vanished}
        for name in sorted(names):
            found.setdefault(name, []).append(one.theirs.name)
        if names:
            one.leave_vanished(names)
    return found


def _newer(one: Theirs, there: Shipments) -> list[Version]:
    """The versions from which a learner may have gone back to an older text, or to older tags."""
    all_versions = there.versions.get(one.note.guid, {})
    if any(each.stamp == one.stamp and each.fields == one.fields for each in all_versions):
        return []  # as it was shipped
    if one.older:
        return there.newer(one.note.guid, one.line, one.fields, one.stamp)
    if one.state is not State.TAGS:
        return []
    return there.newer_tags(one.note.guid, one.fields, one.tags, one.stamp)


def _tagged(one: Theirs, versions: list[Version], there: Shipments, judge: Judge) -> Iterator[Decision]:
    """What becomes of a note with a text that was shipped, or is home, and with other tags than here."""
    line, guid = one.line, one.note.guid
    is_home = line is not None and text_hash(one.fields) in line.home
    same = [each for each in versions if each.fields == one.fields]
    if not judge.is_decided(one):
        # Who is to get the author's text was answered, tags and all.
        if is_home and line is not None and line.digest == MERGED and one.stamp <= reach(line):
            return
        # As it was shipped: but tags that the deck lacked then did not go out with the learner's text.
        # Those that the learner lacks were taken out before that, and that was answered.
        if exact := [each for each in same if each.stamp == one.stamp]:
            both = [replace(each, tags=_of_both(each.tags, one.tags)) for each in exact]
            decision = judge.decide(one, both)
            yield from [decision] if decision.writes or decision.tags_unknown else []
            return
    knows_tags = there.knows_tags(guid)
    if one.is_own:
        yield _own(one, judge)
        return
    if not same:
        tags = there.tags_before(guid, one.stamp, one.fields, one.tags)
        # Where a text is home, so were its tags: the author may have taken them out since.
        knows_tags = knows_tags and tags is not None and not is_home
        same = [Version(0, one.fields, one.note.tags if tags is None else tags)]
    yield judge.decide(one, same, knows_tags=knows_tags)


def _own(one: Theirs, judge: Judge) -> Decision:
    """What becomes of the tags of a note that came home as a new one: told, as no package has it.

    Those that all cards of its file have, the learner never had.
    """
    shared = _of_file(judge, one)
    before = tuple(tag for tag in one.note.tags if tag in one.tags or not judge.own_tags([tag]) <= shared)
    decision = judge.decide(one, [Version(0, one.fields, before)])
    if one.name not in judge.ours:
        decision.tags_go = tuple(sorted(judge.own_tags(before) - judge.own_tags(one.tags)))
        if one.name not in judge.theirs:
            decision.leave_tags()
    return decision


def _of_file(judge: Judge, one: Theirs) -> frozenset[str]:
    """The tags that all cards of a card's file have."""
    path = one.card.id.file.shown
    tags = [{tag.value for tag in card.tags} for card in judge.deck.cards if card.id.file.shown == path]
    return frozenset(set.intersection(*tags)) if len(tags) > 1 else frozenset()


def _of_both(tags: tuple[str, ...] | None, others: tuple[str, ...]) -> tuple[str, ...] | None:
    return tuple(tag for tag in tags if tag in others) if tags is not None else None
