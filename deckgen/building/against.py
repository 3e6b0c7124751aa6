"""What an import would do in a learner's collection."""

from __future__ import annotations

import difflib
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from deckgen.building.steps import Ready
from deckgen.deck import Deck
from deckgen.lock.advance import text_hash
from deckgen.lock.inherit import guids
from deckgen.lock.lines import Lock, NoteLine
from deckgen.notes.note_types import NoteType
from deckgen.notes.render import Note, Rendered, words_of
from deckgen.packing import collection
from deckgen.packing.unlike import taken_for, unlike

#: Only so many characters of a text are compared; our own texts are shorter.
_LONGEST = 100_000


@dataclass(frozen=True, slots=True)
class Group:
    """Notes of a collection that an import treats alike.

    `search` finds them in Anki's browser; it is empty for notes that are not there.
    """

    name: str
    explanation: str
    cards: tuple[str, ...]
    search: str


_EXPLANATIONS = {
    "missing": "not there yet; the import adds all of these as new",
    "updated": "an older text is there; the import replaces it",
    "edit replaced": "a text is there that deck.lock doesn't know as ours, so it is most likely the "
    "learner's own; it is older than this build, and the import replaces it",
    "unchanged": "the same text is there",
    "held back": "an older text of ours is there with a newer stamp (it was tagged, marked, a leech, or its "
    "note type was changed); the import leaves it. `deckgen restamp` brings the change, and takes the "
    "learner's tags away",
    "edited locally": "a text of the learner's own is there, newer than this build; the import leaves it",
    "waits": "an edit of the learner's is there that waits for your decision (P01); the import leaves it",
    "came home": "the learner's text, as a pull took it, stands there in another form; the import leaves it",
    "same stamp": "another text with the same stamp is there; the import leaves it. `deckgen restamp` helps",
    "blocked": "fields or templates of the note type were changed there; Anki refuses every update. `deckgen "
    "pull` says what it is, and what mends it (P07)",
    "other note type": "they have another note type there; Anki refuses every update",
    "in another deck": "their cards stay in another deck there; new ones come where this package has them",
    "foreign": "they have this deck's note types, and are not in this package",
    "not ours": "they have our guids but texts that were never ours: another deck has this key, and each "
    "replaces the other's texts. Whoever gave out the newer deck should run `deckgen fork` on it",
    "empty card": "they get one more card, but its text is held back; it stays empty until the text arrives",
    "missing media": "a picture or sound that they use is gone there, and the import doesn't bring it; "
    "`deckgen restamp` does",
    "sorted otherwise": "these note types have another sort field there; the next new look sets it back, "
    "holds back the texts of that import, and asks for a full sync",
}
#: The fates of notes that the import leaves as they are, and a newer stamp would update.
_LEFT = ("held back", "edited locally", "waits", "came home", "same stamp")
#: Two texts of a note that are less alike than this (0 to 1) are not taken for edits of each other.
_STRANGE = 0.3


@dataclass(frozen=True, slots=True)
class Collection:
    """What a learner has: notes and note types, and the names of media files where they are known."""

    held: collection.Shipped
    media: frozenset[str] | None


def read(file: Path, ready: Iterable[Ready]) -> Collection:
    """Read what a file holds of these decks. A collection may have others. Raises collection.Unreadable."""
    guids, types = set(), set()
    for item in ready:
        for rendered in item.rendered:
            guids |= {note.guid for note in rendered.notes}
            types |= {note_type.number for note_type in rendered.note_types.values()}
    return Collection(collection.read(file, guids, types), _media_beside(file))


def _media_beside(file: Path) -> frozenset[str] | None:
    """The names of a collection's media files when it lies where Anki keeps it; None for any other file."""
    folder = file.with_suffix(".media")
    if file.suffix != ".anki2" or not folder.is_dir():
        return None
    return frozenset(path.name for path in folder.iterdir())


def compare(deck: Deck, rendered: Rendered, lock: Lock, collection: Collection) -> tuple[Group, ...]:
    """Group the notes of a package by what an import with default options does to them.

    `lock` is the lock of the package's build.
    """
    there, lang = collection.held, rendered.lang
    groups: dict[str, list[tuple[str, int]]] = {name: [] for name in _EXPLANATIONS}
    strange = _strangers(rendered, lang, lock, there)
    targets = {one.number: taken_for(one, there.note_types) for one in rendered.note_types.values()}
    seen = _Seen(deck, lang, there, collection.media, tuple(rendered.media), strange, targets)
    for note in rendered.notes:
        old = there.notes.get(note.guid)
        line, note_type = lock.notes[note.card, lang], rendered.note_types[note.role]
        for name in _groups_of(note, line, note_type, old, seen):
            groups[name].append((note.card, old.note_id if old is not None else 0))
    own = {note_type.number: note_type for note_type in rendered.note_types.values()}
    groups["sorted otherwise"] = [
        (one.name, 0)
        for number, one in own.items()
        if number in there.note_types and there.note_types[number].sorted_by != one.sort_field
    ]
    known = {note.guid for note in rendered.notes} | guids(lock, lang, rendered.left)
    foreign = (old for old in there.notes.values() if old.note_type in own and old.guid not in known)
    groups["foreign"] = [(old.guid, old.note_id) for old in foreign]
    return tuple(
        Group(name, _EXPLANATIONS[name], tuple(card for card, _ in members), _search(members))
        for name, members in groups.items()
        if members
    )


@dataclass(frozen=True, slots=True)
class _Seen:
    """A learner's collection, to be compared with a package of `deck` in the language `lang`.

    `media` are the names of the learner's files, where they are known; `ours` are the package's;
    `strange` are the cards whose guids another deck has; `targets` are the types that an import takes for
    ours.
    """

    deck: Deck
    lang: str
    there: collection.Shipped
    media: Container[str] | None
    ours: tuple[str, ...]
    strange: frozenset[str]
    targets: Mapping[int, int]


def _groups_of(
    note: Note, line: NoteLine, note_type: NoteType, old: collection.ShippedNote | None, seen: _Seen
) -> Iterator[str]:
    """The groups that a note belongs to; `old` is the learner's note, or None when it is missing."""
    if old is None:
        if not note.retired:  # a retired card is of no interest to those who never had it
            yield "missing"
        return
    fate = _fate(note, line, note_type, old, seen)
    yield fate
    # The import adds cards even to a note whose fields it leaves as they are.
    if fate in _LEFT and set(note.ordinals) - old.cards:
        yield "empty card"
    # The files of a note that is updated come with it.
    text = "".join(old.fields) if fate in ("unchanged", *_LEFT) else ""
    if seen.media is not None and any(name not in seen.media and name in text for name in seen.ours):
        yield "missing media"
    home = seen.deck.named(seen.lang, note.deck).casefold()
    if any(name.casefold() != home for name in old.decks):
        yield "in another deck"


def _search(members: list[tuple[str, int]]) -> str:
    ids = ",".join(str(note_id) for _, note_id in sorted(members, key=lambda member: member[1]) if note_id)
    return f"nid:{ids}" if ids else ""


def _fate(  # noqa: PLR0911  # one a fate
    note: Note,
    line: NoteLine,
    note_type: NoteType,
    old: collection.ShippedNote,
    seen: _Seen,
) -> str:
    """The group of a note that is there: what an import with default options does to it."""
    if old.note_type != seen.targets[note_type.number]:
        return "blocked" if old.note_type == note_type.number else "other note type"
    other = seen.there.note_types.get(old.note_type)
    if other is None or unlike(note_type, other):
        return "blocked"
    if note.card in seen.strange:
        return "not ours"
    text = text_hash(old.fields)
    known = text in line.known
    if old.stamp < line.stamp:
        return "updated" if known else "edit replaced"
    if old.fields == note.fields:
        # An author's tag that is missing there waits for a newer stamp, like a text.
        has = {tag.casefold() for tag in old.tags}  # Anki keeps the spelling that it met first
        return "unchanged" if {tag.casefold() for tag in note.tags} <= has else "held back"
    if text in line.home and text not in line.texts:
        return "came home" if words_of(old.fields) == note.text else "held back"
    if (old.stamp, text) in line.waits:
        return "waits"
    if old.stamp == line.stamp:
        return "same stamp"
    return "held back" if known else "edited locally"


def _strangers(rendered: Rendered, lang: str, lock: Lock, there: collection.Shipped) -> frozenset[str]:
    """The cards whose guids belong to another deck; none unless most notes there say what was never ours."""
    present = [(note, there.notes[note.guid]) for note in rendered.notes if note.guid in there.notes]
    strange = [
        note.card
        for note, old in present
        if text_hash(old.fields) not in lock.notes[note.card, lang].known and _is_strange(note, old)
    ]
    return frozenset(strange if 2 * len(strange) > len(present) else ())


def _is_strange(note: Note, old: collection.ShippedNote) -> bool:
    """Whether a text is too unlike ours to be a learner's edit of it."""
    if old.fields == note.fields:
        return False
    one, two = words_of(old.fields)[:_LONGEST], note.text[:_LONGEST]
    matcher = difflib.SequenceMatcher(None, one, two, autojunk=False)
    return matcher.quick_ratio() < _STRANGE or matcher.ratio() < _STRANGE
