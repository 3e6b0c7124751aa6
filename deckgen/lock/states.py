"""What counts as given out: a lock together with other states of it.

docs/regeneration.md says which states count; `history` finds them. The newest line of every note
and note type counts. They are matched by guid and number, whatever the card or language is called now.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from dataclasses import replace

from deckgen.lock import edited
from deckgen.lock.lines import MERGED, Lock, NoteLine, TypeLine, newest, reach
from deckgen.lock.merge import are_split, merge_layouts
from deckgen.notes.identity import guid


def given_out(lock: Lock, states: Iterable[Lock]) -> Lock:
    """The lock as learners may have it: for every note and note type, the newest line that was given out.

    `states` are other locks that count as given out (see `history`). Where the lock was taken back, the
    build then compares with what learners have, and gives new stamps to what differs. A card that only
    another state knows gets its line back: it can't vanish, and its numbers stay taken. Notes of a
    language or major that this lock does not have are skipped.
    """
    notes, types = dict(lock.notes), dict(lock.note_types)
    seen = Sight(lock)
    for state in states:
        for key, type_line in seen.note_types(state):
            types[key] = _newer_type(types.get(key, type_line), type_line)
        for key, line in seen.notes(state):
            if key in notes or not line.is_unbuilt:  # nobody has such a card but the learner
                notes[key] = _newer(notes.get(key, line), line)
    return replace(lock, note_types=types, notes=notes)


def recalled(lock: Lock, languages: Container[str], states: Iterable[Lock]) -> Lock:
    """The lock, with those of the deck's `languages` added that it lacks and one of `states` gave out.

    `states` come newest first. So a language that was removed and added again, or that only one side of
    a merge has, keeps its past. What `--new-major` left behind does not come back.
    """
    packages = dict(lock.packages)
    for state in states:
        known = {line.namespace for line in packages.values()}
        given = {line.namespace for line in state.packages.values()}
        if state.deck == lock.deck and known & given:  # it is of the same major
            packages |= {
                lang: line
                for lang, line in state.packages.items()
                if lang in languages and lang not in packages and line.namespace not in known
            }
    return replace(lock, packages=packages)


class Sight:
    """Reads other states of a lock, and gives their lines under the lock's own keys.

    Lines of another deck, and of languages and majors that the lock does not have, are skipped.
    """

    def __init__(self, lock: Lock) -> None:
        self._lock = lock
        self._langs = {lock.namespace(lang): lang for lang in lock.packages}
        self._by_guid: dict[tuple[str, str], tuple[str, str]] = {}
        self._names: dict[str, str] = {}

    def note_types(self, state: Lock) -> Iterator[tuple[tuple[str, str], TypeLine]]:
        """The note types of another state by language and role."""
        for (old, role), line in state.note_types.items():
            lang = self._langs.get(state.namespace(old))
            if lang is not None and state.deck == self._lock.deck:
                yield (lang, role), line

    def notes(self, state: Lock) -> Iterator[tuple[tuple[str, str], NoteLine]]:
        """The notes of another state by card and language. A note that the lock lacks keeps its own card id.

        But when the lock has the card under another id in another language, that id is used: the lock may
        be from before a rename, and from before this language was added.
        """
        lost = []
        for (card, old), line in state.notes.items():
            lang = self._langs.get(state.namespace(old))
            if lang is not None and state.deck == self._lock.deck:
                written = line.guid or guid(state.deck, state.namespace(old), card)
                key = self._key(card, lang, written)
                if key in self._lock.notes:
                    self._names[card] = key[0]
                    yield key, _without_place(line)
                else:
                    lost.append((key, written, line))
        for (card, lang), written, line in lost:
            name = self._names.get(card, card)
            if name != card and (name, lang) not in self._lock.notes:
                was = tuple(former for former in (*line.was, card) if former != name)
                yield (name, lang), replace(line, guid=written, was=was, line=1)
            else:
                yield (card, lang), _without_place(line)

    def _key(self, card: str, lang: str, written: str) -> tuple[str, str]:
        """Where the lock has the note of this guid, which another state has under `card`."""
        here = self._lock.notes.get((card, lang))
        if here is not None and self._guid(card, lang, here) == written:
            return card, lang
        if not self._by_guid:  # this takes a while, and only a renamed card or a lost line needs it
            self._by_guid = {
                (own, self._guid(name, own, line)): (name, own)
                for (name, own), line in self._lock.notes.items()
            }
        return self._by_guid.get((lang, written), (card, lang))

    def _guid(self, card: str, lang: str, line: NoteLine) -> str:
        return line.guid or guid(self._lock.deck, self._lock.namespace(lang), card)


def _without_place(line: NoteLine) -> NoteLine:
    return line if line.line == 1 else replace(line, line=1)  # a copy takes a while, and few need one


def is_ahead(other: NoteLine | TypeLine, here: NoteLine | TypeLine) -> bool:
    """Whether somebody may have another text or look than `here`, with a stamp that is no older.

    That includes a text that was given out between two stamps of the same text: the line of a note
    remembers the texts that it had. The line of a note type remembers none, so for looks this case can't
    be told from one look that two branches stamped, as when they use different versions of deckgen.
    """
    if other.digest != here.digest:
        return reach(other) >= here.stamp
    if isinstance(other, TypeLine) or isinstance(here, TypeLine):
        return False
    return reach(other) > here.stamp and not set(other.texts) <= set(here.texts)


def _newer_type(one: TypeLine, two: TypeLine) -> TypeLine:
    if reach(one) == reach(two) and one.digest != two.digest:
        newer = replace(one, digest=MERGED, fronts=one.fronts if one.fronts == two.fronts else MERGED)
    else:
        newer = two if (reach(two), two.above) > (reach(one), one.above) else one
    if (one.layout, one.grown, one.split) == (two.layout, two.grown, two.split):
        return newer
    older = one if newer is two else two
    layout = merge_layouts(newer.layout, older.layout)
    return replace(newer, layout=layout, grown=one.grown or two.grown, split=are_split(one, two))


def _newer(here: NoteLine, other: NoteLine) -> NoteLine:
    """Join what two states say of one note: the newer text, and all cards that were given out.

    When two branches leave two texts with one stamp, the next build gives the note a new stamp. What
    belongs to the deck's files here (the state of a translation, what came home to them) or to nobody (the
    note's id) stays. A learner's edit waits, whoever forgot it.
    """
    if here == other or here.kind != other.kind:
        return here
    # Of two lines with one stamp, the newer one is the one that was mended (see `lowered`).
    is_newer = (reach(other), other.above) > (reach(here), here.above)
    newer, older = (other, here) if is_newer else (here, other)
    same = reach(here) == reach(other) and here.digest != other.digest
    # A card that the newer line neither has nor gave up came from another branch.
    cards = {n: label for n, label in older.cards.items() if n not in newer.gone} | dict(newer.cards)
    gone = {**older.gone, **newer.gone}
    return replace(
        here,
        stamp=newer.stamp,
        above=newer.above,
        digest=MERGED if same else newer.digest,
        authored=newer.authored,
        texts=newest(*newer.texts, *older.texts),
        waits=edited.wait_still(here, other.waits, newer.stamp),
        cards=cards,
        gone={number: label for number, label in gone.items() if number not in cards},
        retired=newer.retired,
        left=newer.left,
    )


def lowered(lock: Lock, states: Iterable[Lock], clock: int) -> Lock:
    """The lock with every stamp that lies ahead of `clock` lowered as far as it can be.

    Such stamps were made under a wrong clock, and until their time has come, every import overwrites
    what learners edit. Those who have the high stamp have the same text, so a lower one does them no
    harm. But the stamp of the next change must be above the high one, so that is kept (`above`). Where
    this lock or one of `states` gave out another text ahead of the clock, the stamp must stay above that.
    """
    floors: dict[tuple[str, str], int] = {}
    type_floors: dict[tuple[str, str], int] = {}
    seen = Sight(lock)
    for state in states:
        for key, line in seen.notes(state):
            if key in lock.notes and lock.notes[key].digest != line.digest:
                floors[key] = max(floors.get(key, 0), reach(line) + 1)
        for key, type_line in seen.note_types(state):
            if key in lock.note_types and lock.note_types[key].digest != type_line.digest:
                type_floors[key] = max(type_floors.get(key, 0), reach(type_line) + 1)
    notes, types = dict(lock.notes), dict(lock.note_types)
    for key, line in lock.notes.items():
        floor = max(clock, floors.get(key, 0), line.above + 1)
        if floor < line.stamp:
            notes[key] = replace(line, stamp=floor, above=line.stamp)
    for key, type_line in lock.note_types.items():
        floor = max(clock, type_floors.get(key, 0), type_line.above + 1)
        if floor < type_line.stamp:
            types[key] = replace(type_line, stamp=floor, above=type_line.stamp)
    return replace(lock, note_types=types, notes=notes)


def above_others(lock: Lock, states: Iterable[Lock], cards: Container[str]) -> Lock:
    """The lock with which `cards`, and the look, next get stamps above those of other branches.

    `states` are those branches' locks. A look that is the same here and there needs no new stamp.
    """
    notes, types, seen = dict(lock.notes), dict(lock.note_types), Sight(lock)
    for state in states:
        for key, line in seen.notes(state):
            if key in notes and key[0] in cards:
                notes[key] = replace(notes[key], above=max(notes[key].above, reach(line)))
        for type_key, other in seen.note_types(state):
            here = types.get(type_key)
            if here is not None and is_ahead(other, here):
                types[type_key] = replace(here, above=max(here.above, reach(other)), digest=MERGED)
    return replace(lock, notes=notes, note_types=types)
