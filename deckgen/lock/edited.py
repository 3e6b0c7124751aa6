"""Edits of learners, as the line of a note has them, and the stamps that they ask for.

Anki takes a note from a package if its stamp is later than that of the learner's note
(apkg/import/notes.rs), and an edit has the time at which it was made. So an edit that came home (`pulled`)
goes out under its own time, which leaves that learner's note alone; one that waits for a person (`waits`) is
kept from being replaced as long as nobody else needs a later stamp.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from deckgen.deck import Deck
from deckgen.finding import Finding, Severity
from deckgen.lock.limits import EARLIEST, LATEST, MAX_WAITING, SKEW
from deckgen.lock.lines import Lock, NoteLine, reach

# -- at a build --------------------------------------------------------------------------


def next_stamp(old: NoteLine, text: str, tags: str, now: int) -> int:
    """The stamp with which a text and its tags, of both of which these are hashes, go to all others.

    With the time at which a learner made it what it is now, the learner's note, which says so already, is
    left alone. So are the notes of those whose edits wait for a person, if nobody else needs a later stamp.
    """
    least = least_stamp(old, text, tags, now)
    edited = old.edit[0]
    stamp = edited if _is_home(old, text, tags) and least <= edited <= now else max(now, least)
    return min([stamp, *(time for time, _ in old.waits if time >= least)])


def least_stamp(line: NoteLine, text: str, tags: str, now: int) -> int:
    """The least stamp that a text needs: above those that were given out, and that of an edit that came home.

    Whose edit came home, and was changed here since, is to get this text as well.
    """
    edited = line.edit[0]
    is_changed = not _is_home(line, text, tags) and all(edited != time for time, _ in line.waits)
    return max(reach(line), edited if is_changed and edited <= now else 0) + 1


def _is_home(line: NoteLine, text: str, tags: str) -> bool:
    """Whether the learner whose edit came home has this text with these tags, as far as the lock knows."""
    return _say_the_same(line.edit, (0, text, tags))


def _say_the_same(one: tuple[int, str, str], other: tuple[int, str, str]) -> bool:
    """Whether two edits have one text and its tags, of which locks from before have no hash."""
    return one[1] == other[1] and (one[2] == other[2] or "" in (one[2], other[2]))


def left(line: NoteLine, stamp: int) -> tuple[tuple[int, str], ...]:
    """The edits that still wait after a build gave a note this stamp: an import replaces all older ones."""
    return tuple(one for one in line.waits if one[0] >= stamp)


def replaced(deck: Deck, before: Lock, after: Lock) -> Iterator[Finding]:
    """Findings (P01) about edits that wait in the lock `before` a build, and no longer in that `after` it."""
    cards = {card.id.value: card for card in deck.cards}
    for (name, lang), line in before.notes.items():
        if line.waits and name in cards and _are_replaced(line, after.notes[name, lang]):
            message = "the next import replaces a learner's edit that still waits for your decision"
            hint = (
                f"before you give the package out: `deckgen pull FILE --theirs {name}` takes what a card "
                f"file can say of it, and tells the rest; `--ours {name}` keeps yours"
            )
            yield Finding(cards[name].id.whole, "P01", message, hint, name, lang, Severity.WARNING)


def _are_replaced(before: NoteLine, after: NoteLine) -> bool:
    """Whether an edit waits no longer, did not come home, and is not the text that is shipped."""
    settled = *after.texts[:1], *after.home
    return any(one not in after.waits and one[1] not in settled for one in before.waits)


# -- at a pull ---------------------------------------------------------------------------


def came_home(line: NoteLine, stamp: int, text: str, tags: str, now: int) -> NoteLine:
    """The line from which the next build gives a text, with these tags, the time of an edit.

    Of several learners with one text, none is updated if the stamp is the first one's. Who wrote another one
    that came home before is to get this text, and may have edited the note later.
    """
    if not EARLIEST <= stamp <= LATEST:  # no build gives such a stamp, and no lock knows it
        return line
    before = line.edit
    if _is_home(line, text, tags):
        first = min(stamp, before[0]) if before[0] > reach(line) else stamp
        return replace(line, pulled=(first, text, tags))
    waits = {time for time, _ in line.waits}
    if before[0] not in waits and (before[0] > stamp or before[1] in line.home):
        line = above(line, now, before[0])
    return replace(line, pulled=(stamp, text, tags))


def above(line: NoteLine, now: int, *edits: int) -> NoteLine:
    """The line from which the next stamp is above these edits; one of a clock that was ahead is too high."""
    late = [stamp for stamp in edits if max(line.stamp, EARLIEST) < stamp <= now + SKEW]
    return replace(line, above=max([line.above, *late]))


# -- of branches, and of other states ------------------------------------------------------


def earliest(edits: Iterable[tuple[int, str]]) -> tuple[tuple[int, str], ...]:
    """Edits that wait for a person, as the line of a note has them: of too many the earliest."""
    return tuple(sorted({*edits})[:MAX_WAITING])


def last_home(*lines: NoteLine) -> tuple[int, str, str] | None:
    """When a learner's edit was made that came home: of one text and its tags the first time, else the later.

    The text that is shipped may be none of them; then the next stamp is above the later edit (see `advance`).
    """
    found = sorted(line.pulled for line in lines if line.pulled is not None)
    if not found:
        return None
    first, last = found[0], found[-1]
    return (*first[:2], first[2] or last[2]) if _say_the_same(first, last) else last


def of_two_at_once(left: NoteLine, right: NoteLine) -> int:
    """The second in which two learners made different texts, so that each gets the other's; else 0."""
    one, two = left.edit, right.edit
    return one[0] if one[0] == two[0] and not _say_the_same(one, two) else 0


def wait_still(here: NoteLine, others: Iterable[tuple[int, str]], stamp: int) -> tuple[tuple[int, str], ...]:
    """The edits that wait here or in another state, without what was answered here, or replaced since."""
    lost = [one for one in others if one not in here.waits and one[0] >= stamp and one[1] not in here.home]
    return earliest([*here.waits, *lost]) if lost else here.waits
