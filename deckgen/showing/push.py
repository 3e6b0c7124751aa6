"""A push for people: what it would do, what it leaves and why, and what it did."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from deckgen.pushing.difference import Deleted, Difference, Move, Tagged
from deckgen.pushing.push import Push
from deckgen.pushing.sign import Package
from deckgen.showing.plan import against_lines
from deckgen.terminal import counted, visible

#: So many names are shown.
_SHOWN = 10


def plan_text(push: Push) -> str:
    """What a push would do, one paragraph a package, in the words of `plan --against`."""
    lines = [f"Anki has the profile “{push.profile}” open"] if push.profile else []
    if push.last:
        lines.append(f"  ! the last push of this deck went into another profile, “{push.last}”")
    if push.selected:
        lines.append("  ! Anki's browser is open: close it, or its editor may write an old text back")
    for one in push.packages:
        lines += _package(one)
    return "\n".join(map(visible, lines))


def done_text(push: Push) -> str:
    """What is left after a push, and where the copies lie; what was done is told while it is done."""
    lines = list(push.told)
    for one in push.left:
        name, left = one.wanted.package.name, one.difference
        if left.waits:
            what = ", ".join(_short(left.waits))
            lines.append(f"{name}: did not arrive: {what}; Anki's import log says why")
        if left.changes:
            lines += [f"{name}: is not as it should be:", *_changes(left)]
    if push.stopped:
        lines.append(push.stopped)
    elif not push.is_left:
        lines.append("all is there")
    if push.done and any(push.copies.iterdir()):
        lines.append(f"the decks as they were before: {push.copies.as_posix()}")
    return "\n".join(map(visible, lines))


def _package(one: Package) -> list[str]:
    found, notes = one.difference, one.wanted.rendered.notes
    lines = [f"{one.wanted.package.as_posix()}  {counted(len(notes), 'note')}"]
    # Which cards lie elsewhere is told below, with what becomes of them.
    lines += against_lines(tuple(group for group in found.groups if group.name != "in another deck"))
    lines += _looks(found)
    lines += _changes(found)
    lines += _left(found)
    if one.record.merged:
        lines.append("  stamps the next looks later than the import without the window that was stopped")
    return lines if one.pending else [*lines, "  nothing to do"]


def _looks(found: Difference) -> Iterator[str]:
    for name in found.looks:
        yield f"  ~ {name} (note type: new look)"


def _changes(found: Difference) -> Iterator[str]:
    for move in found.moves:
        yield f"  {_move(move)}"
    for deck in found.emptied:
        yield f"  looks whether the deck “{deck}” is empty, as a push that was stopped would have done"
    for deck in found.made:
        yield f"  makes the deck “{deck}”, with the options of the deck its cards come from"
    for tagged in found.tags:
        what = "takes {} from" if tagged.taken else "gives {} to"
        yield f"  {what.format(tagged.tag)} {_notes(tagged)}"
    for one in found.suspended:
        what, why = ("takes up again", "returned") if one.back else ("suspends", "retired")
        yield f"  {what} {counted(len(one.cards), 'card')} of {one.note} ({why})"
    for deleted in found.deleted:
        yield f"  deletes {deleted.note}, which has {counted(deleted.reviews, 'review')}"


def _left(found: Difference) -> Iterator[str]:
    """What a push leaves as it is, and why."""
    for move in found.kept:
        names = ", ".join(_short(move.notes))
        cards = counted(len(move.cards), "card")
        yield f"  leaves {cards} in “{move.was}”, where this deck never put them: {names}"
    for tagged in found.strange:
        yield f"  leaves {tagged.tag} on {_notes(tagged)}: this machine does not know it as ours"
    for one in found.empty:
        yield f"  {counted(len(one.cards), 'card')} of {one.note}: empty; in Anki choose Tools > Empty Cards"
    for card in found.doubled:
        yield f"  leaves {card}: two notes there have its guid, and nobody can say which is ours"
    if found.too_many:
        names = _deletes(found.too_many)
        yield f"  deletes none of {names}: more than a tenth of the deck; `--delete all` does"


def _deletes(found: Iterable[Deleted]) -> str:
    return ", ".join(_short([f"{one.note} ({counted(one.reviews, 'review')})" for one in found]))


def _move(move: Move) -> str:
    names = ", ".join(_short(move.notes))
    return f"moves {counted(len(move.cards), 'card')} from “{move.was}” to “{move.deck}”: {names}"


def _notes(tagged: Tagged) -> str:
    return f"{counted(len(tagged.notes), 'note')}: {', '.join(_short(tagged.notes))}"


def _short(names: Iterable[str]) -> list[str]:
    shown = list(names)
    return shown[:_SHOWN] + (["…"] if len(shown) > _SHOWN else [])
