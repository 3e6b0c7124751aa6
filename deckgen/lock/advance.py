"""Make the lock that a build leaves to the next one: stamps, note ids, and what each note said.

A stamp moves only when what Anki stores of a note changes; an id is given once and stays.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from deckgen.deck import Deck
from deckgen.fixed import fixed
from deckgen.kinds import Kind
from deckgen.lock import edited
from deckgen.lock.limits import EARLIEST, ID_STEP
from deckgen.lock.lines import MERGED, Lock, NoteLine, PackageLine, TypeLine, newest, reach
from deckgen.lock.translation import follow
from deckgen.notes.identity import short_hash
from deckgen.notes.note_types import SCHEMA, NoteType
from deckgen.notes.render import Note, Rendered


@fixed
class Changes:
    """What a package brings to those who have the one before: card ids in study order.

    `retired` and `returned` are among the `changed`; `left` are retired cards that this package no
    longer has; `let_go` are cards that came home from a learner and went again before they were built;
    `restyled` are the changed ones where only deckgen's rendering differs, and nothing that the author wrote.
    `looks` are those of `note_types` that learners have in another look.
    """

    new: tuple[str, ...]
    changed: tuple[str, ...]
    unchanged: int
    note_types: tuple[str, ...]
    retired: tuple[str, ...] = ()
    returned: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    restyled: tuple[str, ...] = ()
    looks: tuple[str, ...] = ()
    let_go: tuple[str, ...] = ()


def next_lock(
    lock: Lock,
    deck: Deck,
    packages: Iterable[Rendered],
    now: int,
    restamp: Container[str] = (),
) -> tuple[Lock, dict[str, Changes]]:
    """The lock after a build at `now` (seconds since 1970), and what changed by language.

    `packages` are the notes of each language that is built. Notes that are not among them keep their
    lines. A stamp never goes back, whatever the clock says. Cards in `restamp` get a new stamp
    although nothing changed.
    """
    now = max(now, EARLIEST)
    shipped, note_types = dict(lock.packages), dict(lock.note_types)
    ids = _IdSource(now, deck.identity)
    notes = ids.mend(lock.notes)
    changes: dict[str, Changes] = {}
    # A new note has the guid of its id, unless there was no lock (see `known`).
    was = {} if lock.packages else {card.id.value: card.was.value for card in deck.cards if card.was}
    for rendered in packages:
        lang = rendered.lang
        shipped[lang] = PackageLine(SCHEMA, lock.namespace(lang), deck.title[lang].value)
        growing = {*_growing(rendered, lock), *_growing_elsewhere(rendered, lock, notes)}
        # The learner has such a card, and nobody else.
        let_go = [
            card
            for card in rendered.lost(card for card, own in notes if own == lang)
            if notes[card, lang].is_unbuilt
        ]
        notes = {key: line for key, line in notes.items() if key[1] != lang or key[0] not in let_go}
        new, changed = _advance_notes(rendered, notes, now, restamp)
        for (note, digest), note_id in zip(new, ids.take(len(new)), strict=True):
            notes[note.card, lang] = _first(note, digest, now, note_id, was.get(note.card, ""))
        left = [
            card for card in sorted(rendered.left) if (card, lang) in notes and not notes[card, lang].left
        ]
        notes |= {(card, lang): replace(notes[card, lang], left=True) for card in left}
        types_changed = _advance_types(lang, rendered.note_types.values(), note_types, now, growing)
        made = _changes(rendered, new, changed, types_changed, tuple(left))
        # The lock keeps also those types that no note has; the package does not.
        packed = {rendered.note_types[note.role].name for note in rendered.notes}
        looks = tuple(name for name in made.looks if name in packed)
        changes[lang] = replace(made, looks=looks, let_go=tuple(let_go))
    notes = follow(deck, lock.notes, notes, changes)
    return Lock(deck.identity, shipped, note_types, notes), changes


def _advance_notes(
    rendered: Rendered, lines: dict[tuple[str, str], NoteLine], now: int, restamp: Container[str]
) -> tuple[list[tuple[Note, str]], list[tuple[Note, NoteLine]]]:
    """Bring `lines` up to date.

    Gives the notes that have no line yet with their digests, and those that changed with their old lines.
    """
    new: list[tuple[Note, str]] = []
    changed: list[tuple[Note, NoteLine]] = []
    for note in rendered.notes:
        key = note.card, rendered.lang
        old = lines.get(key)
        digest = note_digest(note)
        if old is not None and old.waits and old.waits[0][0] < old.stamp:  # another branch built over it
            old = lines[key] = replace(old, waits=edited.left(old, old.stamp))
        if old is None:
            new.append((note, digest))
        elif old.digest != digest or note.card in restamp:
            # Whoever asks for a new stamp wants everybody to get the note, the learner of an edit as well.
            known = replace(old, pulled=None, waits=()) if note.card in restamp else old
            lines[key] = _changed(known, note, digest, now)
            changed.append((note, old))
        elif (
            old.authored != note.authored or old.left or old.deck != note.deck or _has_other_cards(old, note)
        ):
            lines[key] = _unstamped(old, note)
    return new, changed


def _has_other_cards(old: NoteLine, note: Note) -> bool:
    """Whether cards of a note that stays as it is are gone, or came by a template of an own type."""
    return bool(old.cards.keys() - note.cards.keys()) or bool(
        note.kind is Kind.OWN and not note.retired and note.cards.keys() - old.cards.keys()
    )


def _growing(rendered: Rendered, lock: Lock) -> Iterator[str]:
    """The deck's own note types of which Anki itself makes cards of notes that learners have.

    It does so when a front changes, and such a card has an id of its own time, far from those of its
    siblings. A card that comes in a package has the next id after them, whenever it comes. Check Database
    does so with a retired note that has no card: what comes when it returns is far from that one.
    """
    fronts = {role: one.fronts_hash for role, one in rendered.note_types.items() if one.layout is not None}
    for note in rendered.notes if fronts else ():
        old = lock.notes.get((note.card, rendered.lang))
        line = lock.note_types.get((rendered.lang, note.role))
        if old is None or line is None or note.role not in fronts:
            continue
        # The lock has no cards of a note that was retired from the start.
        returns = old.retired and not note.retired and len(note.cards) > 1
        if (line.fronts != fronts[note.role] or returns) and note.cards.keys() - old.cards.keys():
            yield note.role


def _growing_elsewhere(
    rendered: Rendered, lock: Lock, mended: Mapping[tuple[str, str], NoteLine]
) -> Iterator[str]:
    """The same of notes that no package has any more, and of those that got another id in a merge."""
    several = {role: one for role, one in rendered.note_types.items() if one.layout and not one.is_cloze}
    for key, line in lock.notes.items() if several else ():
        note_type, known = several.get(line.type), lock.note_types.get((rendered.lang, line.type))
        if key[1] != rendered.lang or note_type is None or known is None:
            continue
        is_changed = known.fronts != note_type.fronts_hash
        more = len(line.cards) < len(note_type.layout.all_templates) if note_type.layout else False
        if (line.left and is_changed and more) or mended[key].note_id != line.note_id:
            yield line.type


def _advance_types(
    lang: str,
    types: Iterable[NoteType],
    lines: dict[tuple[str, str], TypeLine],
    now: int,
    growing: Container[str],
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Give note types that changed new stamps in `lines`; gives their names, and those not new."""
    changed, looks = [], []
    for note_type in types:
        old = lines.get((lang, note_type.role))
        digest = type_digest(note_type)
        grown = note_type.role in growing or (old is not None and old.grown)
        if old is not None and old.digest == digest:
            lines[lang, note_type.role] = replace(old, grown=grown)
        else:
            stamp = _later(now, old)
            above = reach(old) if old and stamp > now else 0
            fronts = note_type.fronts_hash if note_type.layout is not None else ""
            split = old is not None and old.split
            lines[lang, note_type.role] = TypeLine(
                stamp, digest, above, note_type.layout, fronts, grown, split
            )
            changed.append(note_type.name)
            if old is not None:
                looks.append(note_type.name)
    return tuple(changed), tuple(looks)


def _changes(
    rendered: Rendered,
    new: list[tuple[Note, str]],
    changed: list[tuple[Note, NoteLine]],
    types: tuple[tuple[str, ...], tuple[str, ...]],
    left: tuple[str, ...],
) -> Changes:
    # What came home from a learner is new to all others.
    added = {note.card for note, _ in new} | {note.card for note, old in changed if old.is_unbuilt}
    changed = [one for one in changed if one[0].card not in added]
    return Changes(
        new=tuple(note.card for note in rendered.notes if note.card in added),
        changed=tuple(note.card for note, _ in changed),
        unchanged=len(rendered.notes) - len(added) - len(changed),
        note_types=types[0],
        retired=tuple(note.card for note, old in changed if note.retired and not old.retired),
        returned=tuple(note.card for note, old in changed if old.retired and not note.retired),
        left=left,
        # Where branches or learners had other texts, a person has decided for this one.
        restyled=tuple(
            note.card for note, old in changed if note.authored == old.authored and old.digest != MERGED
        ),
        looks=types[1],
    )


def _first(note: Note, digest: str, now: int, note_id: int, was: str) -> NoteLine:
    cards = {} if note.retired else note.cards
    texts = (text_hash(note.fields),)
    line = NoteLine(
        note.kind, now, note_id, digest, note.authored, texts, cards,
        deck=note.deck, type=note.role if note.kind is Kind.OWN else "", retired=note.retired,
    )  # fmt: skip
    return replace(line, guid=note.guid, was=(was,)) if was else line


def _unstamped(old: NoteLine, note: Note) -> NoteLine:
    """The new line of a note in which nothing changed that Anki stores."""
    if note.retired:
        return replace(old, authored=note.authored, left=False)
    gone = {n: label for n, label in {**old.gone, **old.cards}.items() if n not in note.cards}
    return replace(old, authored=note.authored, cards=note.cards, gone=gone, deck=note.deck, left=False)


def _changed(old: NoteLine, note: Note, digest: str, now: int) -> NoteLine:
    # A retired note keeps the cards that learners have, where they are: they count again when it returns.
    cards, deck = (old.cards, old.deck) if note.retired else (note.cards, note.deck)
    gone = {n: label for n, label in {**old.gone, **old.cards}.items() if n not in cards}
    stamp = edited.next_stamp(old, *hashes_of(note), now)
    # A stamp ahead of the clock may not be lowered below the stamp of another text (see `lowered`).
    above = reach(old) if digest != old.digest else old.above
    return replace(
        old,
        stamp=stamp,
        above=above if stamp > now else 0,
        digest=digest,
        authored=note.authored,
        texts=newest(text_hash(note.fields), *old.texts),
        cards=cards,
        gone=gone,
        deck=deck,
        retired=note.retired,
        left=False,
        pulled=None,
        waits=tuple(one for one in edited.left(old, stamp) if one[1] != text_hash(note.fields)),
    )


def _later(now: int, old: NoteLine | TypeLine | None) -> int:
    return now if old is None else max(now, reach(old) + 1)


#: Note ids lie at most so many steps further back than they must, which is 6 days.
_SPREAD = 1 << 20


class _IdSource:
    """Note ids: milliseconds in the past, unique in the lock, ascending in study order.

    Each deck has its own distance from now, so that the ids of decks that are built at once differ. Else Anki
    gives the cards of the second deck other ids, each far from its siblings (apkg/import/cards.rs,
    uniquify_card_id), and may make them a second time when a front changes (see `frozen.other_fronts`).
    """

    def __init__(self, now: int, deck: str) -> None:
        self._used: set[int] = set()
        self._slot = now * 1000 // ID_STEP - int(short_hash(deck), 16) % _SPREAD

    def mend(self, notes: Mapping[tuple[str, str], NoteLine]) -> dict[tuple[str, str], NoteLine]:
        """Give each note an id of its own: one that two branches gave to two notes stays with the first.

        Branches that build within seconds of each other count back over the same ids. Anki
        recognises notes by their guid, so another id harms nobody.
        """
        mended = dict(notes)
        doubtful = []
        for key, line in sorted(notes.items()):
            slot = line.note_id // ID_STEP
            if slot in self._used:
                doubtful.append(key)
            self._used.add(slot)
        for key, note_id in zip(doubtful, self.take(len(doubtful)), strict=True):
            mended[key] = replace(notes[key], note_id=note_id)
        return mended

    def take(self, count: int) -> list[int]:
        slots: list[int] = []
        while len(slots) < count:
            self._slot -= 1
            if self._slot not in self._used:
                slots.append(self._slot)
        return [slot * ID_STEP for slot in reversed(slots)]


def text_hash(fields: Sequence[str]) -> str:
    """A hash of the fields, without the tags, which learners change as well."""
    return short_hash("\x1f".join(fields))


def hashes_of(note: Note) -> tuple[str, str]:
    """The hash of a note's text, and one of its tags."""
    return text_hash(note.fields), short_hash(" ".join(sorted(note.tags)))


def note_digest(note: Note) -> str:
    """A hash of all that Anki stores for a note. It covers media by their names, which contain hashes."""
    return _digest("\x1f".join(note.fields), " ".join(note.tags))


def type_digest(note_type: NoteType) -> str:
    parts = [note_type.name, note_type.role, note_type.css]
    parts += [f"{field.name}\x1f{field.number}" for field in note_type.fields]
    parts += [f"{t.name}\x1f{t.number}\x1f{t.front}\x1f{t.back}" for t in note_type.templates]
    if note_type.options:
        parts.append(json.dumps(note_type.options, sort_keys=True))
    return _digest(*parts)


def _digest(*parts: str) -> str:
    # A learner's note type may have half a character in it, as JSON can.
    text = "\x1e".join(parts).encode("utf-8", "surrogatepass")
    return hashlib.blake2b(text, digest_size=8).hexdigest()
