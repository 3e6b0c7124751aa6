"""Join the lines of a lock that a merge of two branches left for one note or note type."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import replace

from deckgen.deck import NO_LANGUAGE
from deckgen.lock import edited
from deckgen.lock.lines import MERGED, LineError, Lock, NoteLine, PackageLine, TypeLine, last_settled, newest
from deckgen.notes.layouts import Layout


def merge_types(left: TypeLine, right: TypeLine) -> TypeLine:
    """The line of a note type that two branches changed."""
    same = left.digest == right.digest
    return TypeLine(
        max(left.stamp, right.stamp),
        left.digest if same else MERGED,
        max(left.above, right.above),
        merge_layouts(left.layout, right.layout),
        left.fronts if left.fronts == right.fronts else MERGED,
        left.grown or right.grown,
        are_split(left, right),
    )


def are_split(one: TypeLine, two: TypeLine) -> bool:
    """Whether branches first built a type with other fields or templates, so that Anki takes it for two."""
    first = [line.layout and replace(line.layout, woken=(), woken_templates=()) for line in (one, two)]
    return one.split or two.split or (None not in first and first[0] != first[1])


def merge_layouts(one: Layout | None, two: Layout | None) -> Layout | None:
    """What two branches made of a note type of the deck's own.

    Where both gave a spare to something else, the second takes the next one. Anki then renames the field
    that learners of the other branch have, and each note with a text in it is stamped anew.
    """
    if one is None or two is None:
        return one or two
    fields = tuple(name for name in two.all_fields if name not in one.all_fields)
    templates = tuple(name for name in two.all_templates if name not in one.all_templates)
    return replace(one, woken=one.woken + fields, woken_templates=one.woken_templates + templates)


def merge_notes(left: NoteLine, right: NoteLine) -> NoteLine:
    """The line of a note that two branches changed. Raises LineError when they don't go together."""
    if (left.kind, left.guid, left.type) != (right.kind, right.guid, right.type):
        is_another = left.guid and right.guid and left.guid != right.guid
        hint = "write another id in one of the two lines, and give its card that id" if is_another else ""
        raise LineError("is a second one of another kind or guid for this card", hint)
    cards, gone = {**left.cards, **right.cards}, {**left.gone, **right.gone}
    if left.kind.facts.named:
        _expect_one_item_a_number(left, right)
    same = left.digest == right.digest
    home = _of_both(left.home, right.home)
    return replace(
        left,
        stamp=max(left.stamp, right.stamp),
        digest=left.digest if same else MERGED,
        texts=_of_both(left.texts, right.texts),
        cards=cards,
        gone=gone,
        was=tuple(dict.fromkeys((*left.was, *right.was))),
        says=left.says if left.says == right.says else (),
        of=left.of or right.of,
        adopted=left.adopted or right.adopted,
        above=max(left.above, right.above, edited.of_two_at_once(left, right)),
        pulled=edited.last_home(left, right),
        home=home,
        # What one branch took or answered waits no longer.
        waits=edited.earliest(one for one in (*left.waits, *right.waits) if one[1] not in home),
        settled=last_settled(*left.settled, *right.settled),
    )


def _expect_one_item_a_number(left: NoteLine, right: NoteLine) -> None:
    """Raises LineError where two branches gave one number to two items or masks, or one of them did."""
    known = {**left.gone, **left.cards}
    for number, key in (*left.gone.items(), *right.gone.items(), *right.cards.items()):
        if (other := known.setdefault(number, key)) != key:
            raise LineError(
                f"gives the number {number} to `{key}`, and a line before it to `{other}`",
                f"take one of both out of its line, such as `{number}:{key}`: it gets another number, and "
                f"what learners reviewed as c{number} counts for the other one from then on",
            )


def _of_both(left: Iterable[str], right: Iterable[str]) -> tuple[str, ...]:
    """The texts that two branches remember, in the order of both; of those of one alone each in its turn."""
    sides, found = (deque(left), deque(right)), []
    while any(sides):
        alone = [one for one, other in (sides, sides[::-1]) if one and one[0] not in other]
        found += [one.popleft() for one in alone]
        if not alone:
            found.append(sides[0][0])
            for one in sides:
                one.remove(found[-1])
    return newest(*found)


def under_the_heir(lock: Lock) -> Lock:
    """The lock, with lines from before the deck had languages moved to the language that has their guids.

    A merge leaves both sorts of lines when one branch gave the deck languages and the other changed a card.
    """
    heir = _heir(lock.packages)
    if not heir:
        return lock
    packages, types, notes = dict(lock.packages), dict(lock.note_types), dict(lock.notes)
    packages.pop(NO_LANGUAGE, None)
    for lang, role in [key for key in types if key[0] == NO_LANGUAGE]:
        line = types.pop((lang, role))
        types[heir, role] = merge_types(types.get((heir, role), line), line)
    for card, lang in [key for key in notes if key[1] == NO_LANGUAGE]:
        note = notes.pop((card, lang))
        notes[card, heir] = merge_notes(notes.get((card, heir), note), note)
    return Lock(lock.deck, packages, types, notes)


def _heir(packages: Mapping[str, PackageLine]) -> str:
    """The language that has the guids of a deck that had none before; empty when there is none."""
    derived = (lang for lang, line in packages.items() if lang and not line.namespace.partition("#")[0])
    return next(derived, NO_LANGUAGE)
