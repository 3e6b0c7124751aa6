"""A package that deckgen built, as it was packed: notes by card, note types, and its lines of the lock."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from deckgen.adopting import anki_types, collected
from deckgen.adopting.anki_types import whole
from deckgen.adopting.folder import CantAdopt
from deckgen.adopting.foreign import ForeignType
from deckgen.lock.lines import Lock, NoteLine
from deckgen.lock.parse import parse
from deckgen.notes.identity import guid, number
from deckgen.notes.note_types import SCHEMA
from deckgen.packing import attached, collection
from deckgen.packing.tables import Tables
from deckgen.reading.keys import LANGUAGE, RESERVED, is_name

# The name of a file in a package: that of the author's, and a hash of its content (reading/media.py). One
# that a style sheet or a template shows has `_` before it.
_STORED = re.compile(r"(_?)(.+)-([0-9a-f]{16})\.([^.]+)")
# The same where a text or a style sheet shows it.
_WRITTEN = re.compile(r"_?[a-z0-9]+(?:-[a-z0-9]+)*-[0-9a-f]{16}\.[a-z0-9]+")


@dataclass(frozen=True, slots=True)
class OurNote:
    """A note of the card `id`, with its line of the lock.

    `role` is that of its note type, or the name of one of the deck's own; `fields` are HTML by name. A note
    without `cards`, whose numbers are from 0, is that of a retired card.
    """

    id: str
    line: NoteLine
    role: str
    fields: Mapping[str, str]
    tags: tuple[str, ...]
    cards: frozenset[int]


@dataclass(frozen=True, slots=True)
class Ours:
    """What a package of ours says of its deck in the one language that it has.

    `notes` are in the order of study, and `types` by role. `media` opens each file by the name that its
    author may have given it; `stored` are the names in the package by that name, and `named` the reverse.
    `gone` are the cards of the lock that have no note in the package.
    """

    lang: str
    lock: Lock
    notes: Sequence[OurNote]
    types: Mapping[str, ForeignType]
    description: str = ""
    media: Mapping[str, Callable[[], IO[bytes]]] = field(default_factory=dict)
    stored: Mapping[str, str] = field(default_factory=dict)
    named: Mapping[str, str] = field(default_factory=dict)
    gone: Mapping[str, NoteLine] = field(default_factory=dict)

    @property
    def key(self) -> str:
        return self.lock.deck.partition(" ")[0]

    @property
    def seed(self) -> str:
        return self.lock.deck.partition(" ")[2]

    @property
    def title(self) -> str:
        return self.lock.packages[self.lang].title

    def as_named(self, text: str) -> str:
        """HTML or CSS with the names of files as their author may have given them."""
        return _WRITTEN.sub(lambda found: self.named.get(found[0], found[0]), text)

    def shown(self, html: str) -> set[str]:
        """The names in the package of the files that HTML shows."""
        return {name for name in _WRITTEN.findall(html) if name in self.named}


def is_ours(file: Path) -> bool:
    """Whether it is a package of deckgen's; what can't be read is none."""
    try:
        return file.is_file() and collection.read_lock(file) is not None
    except collection.Unreadable:
        return False  # whoever reads it says what it is


@contextmanager
def read(path: Path) -> Iterator[Ours]:
    """What a package of ours holds; its media can be opened until the end.

    Raises CantAdopt for one that can't become source, and collection.Unreadable.
    """
    lang, lock = _lock(path)
    with collection.opened(path) as tables:
        types = _types(tables, lock, lang)
        notes = _notes(tables, lock, lang, types, path)
        decks = collected.older_decks(tables)
    title = lock.packages[lang].title
    description = next((deck.description for deck in decks.values() if deck.name == title), "")
    there = {note.id for note in notes}
    gone = {card: line for (card, _), line in lock.notes.items() if card not in there}
    with attached.opened(path) as found:
        names = _named(found.media, lang)
        yield Ours(
            lang,
            lock,
            notes,
            dict(types.values()),
            description,
            {names[stored]: opener for stored, opener in found.media.items()},
            {name: stored for stored, name in names.items() if not stored.startswith("_")},
            names,
            gone,
        )


def _lock(path: Path) -> tuple[str, Lock]:
    """The only language of the package, and its lines of the lock."""
    shown = path.as_posix()
    text = collection.read_lock(path)
    lock, findings = parse(text or "", f"the lock in {shown}")
    if lock is None:
        raise CantAdopt(
            f"the lock in {shown} can't be read: line {findings[0].place.line} {findings[0].message}"
        )
    if any(line.adopted for line in lock.notes.values()) or any(
        line.layout is not None and line.layout.number for line in lock.note_types.values()
    ):
        raise CantAdopt(
            f"{shown} was built by deckgen from a deck that had been adopted, and its adopted.html is in no "
            "package: take its source from where its author keeps it, such as git"
        )
    if not _is_safe(lock):
        raise CantAdopt(f"the lock in {shown} is none that deckgen puts into a package")
    return next(iter(lock.packages)), lock


def _is_safe(lock: Lock) -> bool:
    """Whether it has one language, and its names, which become those of files and keys, are names."""
    roles = {role for _, role in lock.note_types}
    labels = (label for line in lock.notes.values() for label in (*line.cards.values(), *line.gone.values()))
    key, _, seed = lock.deck.partition(" ")
    names = {key, seed or key, *roles, *(card for card, _ in lock.notes), *filter(None, labels)}
    languages = {*lock.packages, *(lang for lang, _ in lock.note_types), *(lang for _, lang in lock.notes)}
    return (
        len(languages) == len(lock.packages) == 1
        and all(not lang or LANGUAGE.fullmatch(lang) for lang in languages)
        and all(map(is_name, names))
        and RESERVED.isdisjoint({key, *roles})
    )


def _types(tables: Tables, lock: Lock, lang: str) -> dict[int, tuple[str, ForeignType]]:
    """The note types of the package by number, each with its role."""
    names = (lock.deck, lock.namespace(lang), SCHEMA)
    roles = {number("notetype", *names, role): role for of, role in lock.note_types if of == lang}
    models = collection.older(tables, "models")
    found = {whole(key): anki_types.from_json(model, {}) for key, model in models.items()}
    return {key: (roles[key], found[key]) for key in found if key in roles}


def _notes(
    tables: Tables, lock: Lock, lang: str, types: Mapping[int, tuple[str, ForeignType]], path: Path
) -> list[OurNote]:
    """The notes in the order of study. Those of retired cards have no place, and take those that are free."""
    namespace = lock.namespace(lang)
    cards = {line.guid or guid(lock.deck, namespace, card): card for (card, _), line in lock.notes.items()}
    places: dict[int, int] = {}
    ordinals: dict[int, set[int]] = {}
    for note, ordinal, due in tables.rows("cards", "nid", "ord", "due"):
        places[note] = whole(due)
        ordinals.setdefault(note, set()).add(whole(ordinal))
    rows = []
    for note, own, mid, tags, fields in tables.rows("notes", "id", "guid", "mid", "tags", "flds"):
        if own not in cards or mid not in types:
            raise CantAdopt(
                f"{path.as_posix()} was built by deckgen and changed since: its lock does not know {own}"
            )
        role, kind = types[mid]
        texts = anki_types.words(fields).split("\x1f", collection.MOST_PARTS)
        if len(texts) != len(kind.fields):
            raise CantAdopt(f"{path.as_posix()} is damaged: the note {own} does not fit its note type")
        named = {one.name: text for one, text in zip(kind.fields, texts, strict=True)}
        card = cards[own]
        made = OurNote(
            card, lock.notes[card, lang], role, named,
            tuple(anki_types.words(tags).split()), frozenset(ordinals.get(note, ())),
        )  # fmt: skip
        rows.append((whole(note), made))
    rows.sort(key=lambda row: row[0])
    taken = set(places.values())
    free = iter([place for place in range(1, len(rows) + len(taken) + 1) if place not in taken])
    return [
        made
        for _, made in sorted(
            ((places[note] if note in places else next(free), made) for note, made in rows),
            key=lambda row: row[0],
        )
    ]


def _named(media: Mapping[str, object], lang: str) -> dict[str, str]:
    """Names as their author may have given them, by those in the package: they get the same there again.

    A file of one language is mostly called like `map.en.svg`.
    """
    made: dict[str, str] = {}
    owners: dict[str, str] = {}
    for stored in sorted(media, key=lambda name: name.removeprefix("_")):
        found = _STORED.fullmatch(stored)
        stem, ending, content = (found[2], found[4], found[3]) if found else (stored, "", "")
        if lang and stem.endswith(f"-{lang.lower()}"):
            stem = f"{stem[: -len(lang) - 1]}.{lang}"
        stem = f"{stem}_" if stem in RESERVED else stem
        name = f"{stem}.{ending}" if found else stored
        while owners.setdefault(name, content) != content:
            stem = f"{stem}_"  # as a name in the package it is the same
            name = f"{stem}.{ending}"
        made[stored] = name
    return made
