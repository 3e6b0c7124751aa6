"""What a learner's collection has of our notes, compared with what a build makes of them now."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path

from deckgen.building.steps import Ready
from deckgen.deck import RETIRED_TAG, Card, Deck, deck_key
from deckgen.lock.advance import text_hash
from deckgen.lock.inherit import guids
from deckgen.lock.lines import MERGED, Lock, NoteLine, Settled
from deckgen.markup import markdown
from deckgen.notes.identity import guid
from deckgen.notes.note_types import NoteType
from deckgen.notes.own_types import ID
from deckgen.notes.render import Note, Rendered
from deckgen.packing import collection, unlike
from deckgen.packing.collection import Shipped, ShippedNote


class State(Enum):
    """What is known of a note without asking which version of it the learner had."""

    SAME = "same"
    TAGS = "tags"
    EDITED = "edited"
    OTHER_TYPE = "other type"


def first_text(text: str) -> str:
    """The hash by which the line of a note knows the text, by its hash, that came home with a new note."""
    return text_hash((text, ""))


def part(name: str, *, tag: bool = False) -> str:
    """The hash by which the line of a note knows a part of an edit: a field, a text of a card, or a tag."""
    return text_hash(("tag", name) if tag else (name,))


class OwnTags:
    """Which tags of a note are the deck's, and how its cards have them; all others are the learner's own.

    They stand under the deck's key. An adopted deck has its tags without it, so there they are those of
    deck.yaml. Anki keeps any spelling.
    """

    def __init__(self, deck: Deck) -> None:
        self._above = f"{deck.key.value}::"
        self._names = {tag.casefold(): tag for tag in deck.tags} if deck.adopted else None

    def __call__(self, tags: Iterable[str]) -> frozenset[str]:
        names = [tag.casefold() for tag in tags]
        if self._names is not None:
            return frozenset(self._names[name] for name in names if name in self._names)
        parts = [name.partition(self._above) for name in names]
        return frozenset(rest for before, key, rest in parts if key and not before and rest != RETIRED_TAG)


@dataclass(frozen=True, slots=True)
class Theirs:
    """A note of ours as a learner has it. `fields` are in the order of our note type.

    It is `older` if it has a text that was shipped, or came home, before the last one, but a stamp from after
    that: the learner went back to it, or did something else with the note before the newer one could come.
    Unless its note type `is_ours`, by the number, no import changes it. It `came` home as a new note if no
    build made its guid. `before` is the stamp of the last version that may have been edited, if one is known.
    """

    card: Card
    note: Note
    note_type: NoteType
    line: NoteLine | None
    stamp: int
    fields: tuple[str, ...]
    tags: tuple[str, ...]
    state: State
    older: bool = False
    is_ours: bool = True
    came: bool = False
    before: int | None = None

    @property
    def is_own(self) -> bool:
        """Whether it came home as a new note, and is still without what a build makes of it: the id."""
        ids = (self._id(self.note.fields), *(self.line.was if self.line is not None else ()))
        return self.came and self._id(self.fields) not in ids

    @property
    def settled(self) -> list[Settled]:
        """What is remembered of this edit, if it came home as far as it could (see `remember.with_pulled`).

        Who marks the note later still has that edit, but not who wrote it once more over a newer text.
        """
        if self.line is None or not self.line.settled:
            return []
        text = text_hash(self.fields)
        times = {self.stamp, *(time for time, waiting in self.line.waits if waiting == text)}
        return [
            one
            for one in self.line.settled
            if one.text == text
            and (one.stamp in times or (one.before is not None and one.before == self.before))
        ]

    @property
    def is_settled(self) -> bool:
        """Whether its texts came home as far as they could; what was shipped never did."""
        return self.state is State.EDITED and bool(self.settled)

    def may_come(self, name: str) -> bool:
        """Whether this text of a settled edit did not come with the others, and may do so later."""
        return any(part(name) in one.parts for one in self.settled)

    def is_answered(self, tag: str) -> bool:
        """Whether this tag came home, or went, before: with this text, at whatever time."""
        text = text_hash(self.fields)
        return any(edit.text == text for edit in self._edits_of(tag))

    def came_after(self, stamp: int, tag: str) -> bool:
        """Whether this tag came home, or went, with an edit that is later than the stamp of a version."""
        return any(edit.stamp > stamp for edit in self._edits_of(tag))

    def is_unbuilt(self, tag: str) -> bool:
        """Whether this tag came home, or went, before this edit was made, and no build ships that yet.

        Who has a text that was shipped did not edit the one with which it came, if that never was.
        """
        if self.line is None or self.line.pulled is None:
            return False
        built, texts = self.line.stamp, self.line.texts
        edits = [edit for edit in self._edits_of(tag) if built < edit.stamp < self.stamp]
        return any(edit.text in texts or text_hash(self.fields) not in texts for edit in edits)

    def _edits_of(self, tag: str) -> Iterator[Settled]:
        for edit in self.line.settled if self.line is not None else ():
            if part(tag, tag=True) in edit.parts:
                yield edit

    @property
    def is_stripped(self) -> bool:
        """Whether it may have been of a note type without our fields for a while: what a build makes is gone.

        A note that came home as a new one lacks that, too, until a build has another text than the first.
        """
        if self._id(self.fields) or not self._id(self.note.fields):
            return False
        if not self.came or self.line is None:
            return True
        return any(first_text(text) not in self.line.home for text in self.line.texts)

    def _id(self, fields: Sequence[str]) -> str:
        names = self.note_type.field_names
        return fields[names.index(ID)] if ID in names else ""

    @property
    def name(self) -> str:
        """The card's id."""
        return self.card.id.value


@dataclass(frozen=True, slots=True)
class Held:
    """What a collection has of one package: our notes, those that the learner made, cards that it lacks.

    The fields of what is `new` are in the order of our note type, but for the guids that are `odd`: there it
    has other fields. `beside` are the names of the learner's own fields that a new note fills, by guid.
    `left` are cards with an edit that are in no package any more. What came home `elsewhere`, but not here,
    are new notes by guid, each with its card and the name of the other branch or tag.
    """

    notes: tuple[Theirs, ...]
    new: tuple[ShippedNote, ...]
    odd: frozenset[str]
    beside: Mapping[str, tuple[str, ...]]
    gone: tuple[str, ...]
    left: tuple[str, ...]
    elsewhere: Mapping[str, tuple[str, str]]


def read(files: Iterable[Path], decks: tuple[Ready, ...]) -> Shipped:
    """Read what the files of one learner hold of these decks. Raises collection.Unreadable."""
    wanted, types = set(), set()
    for item in decks:
        for rendered in item.rendered:
            wanted |= {note.guid for note in rendered.notes}
            types |= {note_type.number for note_type in rendered.note_types.values()}
    return collection.joined(collection.read(file, wanted, types) for file in files)


def compare(item: Ready, rendered: Rendered, there: Shipped, own_tags: OwnTags) -> Held:
    """Compare the notes of one package with those of a collection."""
    cards = {card.id.value: card for card in item.deck.cards}
    lines, lang = item.lock.notes, rendered.lang
    targets = {role: unlike.taken_for(one, there.note_types) for role, one in rendered.note_types.items()}
    found, gone = [], []
    for note in rendered.notes:
        old = there.notes.get(note.guid)
        line = lines.get((note.card, lang))
        if old is not None:
            note_type = rendered.note_types[note.role]
            one = _theirs(cards[note.card], note, note_type, line, old, there, own_tags, targets[note.role])
            found.append(replace(one, came=line is not None and _came(item.lock, lang, line)))
        elif line is not None and not (note.retired or line.is_unbuilt):
            gone.append(note.card)
    own = {note_type.number: note_type for note_type in rendered.note_types.values()}
    known = {note.guid for note in rendered.notes}
    known |= guids(item.lock, lang, (card for card, of in lines if of == lang))
    for state in item.held.given:
        built = (card for (card, of), line in state.notes.items() if of == lang and not line.is_unbuilt)
        known |= guids(state, lang, built)
    elsewhere = {
        line.guid: (card, name)
        for name, state in reversed(item.held.others)  # of several the newest
        for (card, of), line in state.notes.items()
        if of == lang and line.guid in there.notes and line.guid not in known and _came(state, lang, line)
    }
    for state in item.held.elsewhere:
        known |= guids(state, lang, (card for card, of in state.notes if of == lang))
    new, odd = _new(item, lang, there, own, known)
    beside = {one.guid: _beside(own[one.note_type], one.guid, there) for one in new if one.guid not in odd}
    left = tuple(_left(item, rendered, there))
    return Held(tuple(found), new, odd, beside, tuple(gone) if found else (), left, elsewhere)


def _new(
    item: Ready, lang: str, there: Shipped, own: Mapping[int, NoteType], known: Container[str]
) -> tuple[tuple[ShippedNote, ...], frozenset[str]]:
    """The notes of our types that the learner made, and the guids of those with other fields."""
    new, odd = [], set()
    for old in there.notes.values():
        if old.guid in known or old.note_type not in own:
            continue
        note_type = own[old.note_type]
        if note_type.adopted and not _lies_in(old, item.deck.title[lang].value):
            continue
        fields = _in_our_order(note_type, old, there)
        if fields is None:
            odd.add(old.guid)
            new.append(old)
        elif not _is_of_deck(item, lang, old.guid, note_type, fields):
            new.append(replace(old, fields=fields))
    return tuple(new), frozenset(odd)


def _beside(note_type: NoteType, guid: str, there: Shipped) -> tuple[str, ...]:
    """The names of the fields that a learner added to a note type and filled in a note."""
    old = there.notes[guid]
    fields = there.note_types[old.note_type].named_fields
    ours = {at for found in unlike.matches(note_type.fields, fields) for at in found}
    filled = enumerate(zip(fields, old.fields, strict=True))
    if len(fields) == len(note_type.fields):
        return ()
    return tuple(name for at, ((name, _), html) in filled if at not in ours and not markdown.is_blank(html))


def _left(item: Ready, rendered: Rendered, there: Shipped) -> Iterator[str]:
    """The cards that have left the package, and of which the learner has a text that was never shipped."""
    shipped = {note.card for note in rendered.notes}
    for (card, lang), line in item.lock.notes.items():
        if lang != rendered.lang or card in shipped:
            continue
        (known,) = guids(item.lock, lang, [card])
        old = there.notes.get(known)
        note_type = rendered.note_types.get(line.type or line.kind.facts.role)
        if old is None or note_type is None:
            continue
        fields = _in_our_order(note_type, old, there)
        if fields is not None and text_hash(fields) not in line.known:
            yield card


def _lies_in(old: ShippedNote, title: str) -> bool:
    """Whether a card of a note lies in the deck or below: other decks may have Anki's `Basic`, too."""
    return any(f"{deck_key(name)}::".startswith(f"{deck_key(title)}::") for name in old.decks)


def _is_of_deck(item: Ready, lang: str, known: str, note_type: NoteType, fields: Sequence[str]) -> bool:
    """Whether a build made a note, perhaps of another branch: its guid derives from the id in it."""
    names = note_type.field_names
    name = fields[names.index(ID)] if ID in names else ""
    return bool(name) and guid(item.deck.identity, item.lock.namespace(lang), name) == known


def _came(lock: Lock, lang: str, line: NoteLine) -> bool:
    """Whether a note came home as a new one: that of a renamed card has a guid from an older id."""
    if not line.guid or line.adopted:
        return False
    namespace = lock.namespace(lang)
    return all(guid(lock.deck, namespace, name) != line.guid for name in line.was)


def _theirs(
    card: Card,
    note: Note,
    note_type: NoteType,
    line: NoteLine | None,
    old: ShippedNote,
    there: Shipped,
    own_tags: OwnTags,
    taken_for: int,
) -> Theirs:
    fields = _in_our_order(note_type, old, there)
    texts, older = line.known if line is not None else (), False
    if fields is None:
        state, fields = State.OTHER_TYPE, old.fields
    elif fields != note.fields and text_hash(fields) not in texts:
        state = State.EDITED
    else:
        same = own_tags(old.tags) == own_tags(note.tags)
        state = State.SAME if same else State.TAGS
        if line is not None and fields != note.fields and old.stamp > line.stamp:
            is_built = line.pulled is None and line.digest != MERGED  # else a build brings what is newer
            home = line.home if is_built else ()
            older = text_hash(fields) in (*line.texts[1:], *home)
    is_ours = old.note_type in (note_type.number, taken_for)
    return Theirs(card, note, note_type, line, old.stamp, fields, old.tags, state, older, is_ours)


def _in_our_order(note_type: NoteType, old: ShippedNote, there: Shipped) -> tuple[str, ...] | None:
    """The fields of a note in the order of our note type; None when it lacks some, or nobody can tell.

    Those that the learner added are left out. Newer Ankis have numbers for the fields. Without them, a field
    that the learner gave another name is known by its place, and one that was moved by its name; where some
    were renamed and others moved, nobody knows which is which, nor where one number is there twice. A note
    type with another number counts if it has all the fields: where a deck was adopted from a file without
    numbers, learners have such.
    """
    other = there.note_types.get(old.note_type)
    if other is None or len(other.fields) != len(old.fields):
        return None
    found = unlike.matches(note_type.fields, other.named_fields)
    places = [at for several in found for at in several]
    if max(map(len, found)) > 1 or len({*places}) < len(places):
        return None
    if len(places) == len(found):
        return tuple(old.fields[at] for at in places)
    if old.note_type != note_type.number:
        by_name = dict(zip(other.fields, old.fields, strict=True))
        has_all = by_name.keys() >= {*note_type.field_names}
        return tuple(by_name[name] for name in note_type.field_names) if has_all else None
    numbers = [field.number for field in note_type.fields] + [number for _, number in other.named_fields]
    has_numbers = None not in numbers
    moved = any(
        name != has and name in other.fields
        for name, has in zip(note_type.field_names, other.fields, strict=False)
    )
    is_renamed = len(old.fields) == len(note_type.fields) and not (has_numbers or moved)
    return old.fields if is_renamed else None
