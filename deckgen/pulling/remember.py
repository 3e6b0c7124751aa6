"""What the lock remembers of a pull, for the next build and the next pull."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from deckgen.lock import edited
from deckgen.lock.advance import hashes_of, note_digest, text_hash
from deckgen.lock.limits import EARLIEST, LATEST, LATEST_ADOPTED
from deckgen.lock.lines import MERGED, Lock, NoteLine, Settled, last_settled, newest, reach
from deckgen.notes.render import Note
from deckgen.pulling.decide import Judge
from deckgen.pulling.decision import Decision
from deckgen.pulling.learner import State, part
from deckgen.pulling.made import is_theirs


def with_numbers(lock: Lock, lang: str, decisions: Iterable[Decision]) -> Lock:
    """The lock in which masks that a learner added have the numbers that they have there."""
    lines = dict(lock.notes)
    for decision in decisions:
        new = {move.number: move.key for move in decision.moves if move.old is None}
        key = decision.theirs.name, lang
        if new and key in lines:
            lines[key] = replace(lines[key], cards={**lines[key].cards, **new})
    return replace(lock, notes=lines)


def with_pulled(
    lock: Lock, lang: str, judge: Judge, decisions: Iterable[Decision], notes: Mapping[str, Note], now: int
) -> Lock:
    """The lock from which the next build stamps a note with the time of its edit, if it ships that text.

    A text of a learner that is all at home is kept, so that no pull looks at it again. Decisions are told
    whether the next import replaces the learner's note nevertheless.
    """
    lines = dict(lock.notes)
    for decision in decisions:
        key = decision.theirs.name, lang
        if key in lines:
            line = _with_stamp(lines[key], judge, decision, notes.get(key[0]), now)
            line = _with_waits(line, decision, notes.get(key[0]))
            is_home = decision.is_home and not decision.tags_unknown
            if is_home:
                line = _with_home(line, decision.theirs.fields)
            if (decision.writes or decision.tags_with) and (decision.parts or not is_home):
                line = _with_settled(line, decision)
            lines[key] = line
            decision.is_late = _is_late(line, decision.theirs.stamp, notes.get(key[0]), now)
    return replace(lock, notes=lines)


def _is_late(line: NoteLine, stamp: int, note: Note | None, now: int) -> bool:
    """Whether a text that was built, or that the next build makes, has a stamp above that of an edit."""
    if max(line.stamp, EARLIEST) > stamp or note is None:
        return max(line.stamp, EARLIEST) > stamp
    return line.digest != note_digest(note) and edited.next_stamp(line, *hashes_of(note), now) > stamp


def _with_home(line: NoteLine, fields: Sequence[str]) -> NoteLine:
    """The line that knows a text which came home; what was shipped never did."""
    text = text_hash(fields)
    return line if text in line.texts else replace(line, home=newest(text, *line.home))


def _with_settled(line: NoteLine, decision: Decision) -> NoteLine:
    """The line that knows an edit which came home as far as it can, and the parts of it that matter later."""
    theirs = decision.theirs
    if not 0 <= theirs.stamp <= LATEST_ADOPTED:  # no lock knows such a stamp
        return line
    came = {part(name) for one in decision.takes for name in (one.spot.field, one.spot.name)}
    before = [one for edit in theirs.settled for one in edit.parts if one not in came]
    parts = tuple(dict.fromkeys((*decision.parts, *before)))
    edit = Settled(theirs.stamp, text_hash(theirs.fields), theirs.before, parts)
    return replace(line, settled=last_settled(edit, *(one for one in line.settled if one[:2] != edit[:2])))


def _with_stamp(line: NoteLine, judge: Judge, decision: Decision, note: Note | None, now: int) -> NoteLine:
    stamp = decision.theirs.stamp
    if not decision.restamp and note is not None and line.stamp < stamp and is_theirs(judge, decision, note):
        return edited.came_home(line, stamp, *hashes_of(note), now)
    if decision.is_open and not decision.restamp:
        is_new = note is not None and line.digest != note_digest(note) and line.stamp < stamp
        return (
            edited.came_home(line, stamp, *hashes_of(note), now)
            if note and is_new and decision.writes
            else line
        )
    if decision.restamp or decision.takes or decision.moves:
        before = line.edit
        line = edited.above(line, now, stamp, before[0] if before[1] in line.home else 0)
        # With a later stamp beside it, no build gives the text this time: it only tells what came home.
        is_known = note is not None and not decision.restamp and stamp <= reach(line)
        line = replace(line, pulled=(stamp, *hashes_of(note)) if note and is_known else None)
    return replace(line, digest=MERGED) if decision.restamp else line


def _with_waits(line: NoteLine, decision: Decision, note: Note | None) -> NoteLine:
    """The line that says whether an edit waits for a person, so that a build leaves it alone, or tells.

    Where only tags are undecided, none but a new text is held back from the learner.
    """
    theirs = decision.theirs
    text = text_hash(theirs.fields)
    if decision.restamp or not (decision.is_open or decision.tags_unknown):
        return replace(line, waits=tuple(one for one in line.waits if one[1] != text))
    last = line.texts[:1] or line.edit[1:2]
    if theirs.state is State.TAGS and note is not None and text_hash(note.fields) in last:
        return line
    if not max(line.stamp, EARLIEST) <= theirs.stamp <= LATEST:
        return line
    return replace(line, waits=edited.earliest([*line.waits, (theirs.stamp, text)]))
