"""Take over what earlier runs worked out of card files that are as they were.

Most runs follow one edit of one file. What was read of the others, what rules found that look at cards one by
one, and their notes lie in the user's cache folder, an entry for each card file. It counts as long as all
that it was made of is the same: the file, deck.yaml and the note types, deckgen and its libraries. Findings
and notes depend on more (media, the source's text, what the lock says of these cards), and count by
themselves. A run with entries gives what one without them gives. They may be deleted at any time; one that
is damaged does not count.
"""

from __future__ import annotations

import hashlib
import io
import pickle
import zlib
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, is_dataclass
from enum import Enum
from importlib import import_module
from pathlib import Path

from deckgen.building.tools import tools
from deckgen.checks.proof.part import Part, parts_of
from deckgen.deck import Card, Deck
from deckgen.finding import Place
from deckgen.notes.render import Known, Note
from deckgen.packing.journal import cache, key, waiting
from deckgen.reading import files, original

#: The entries of all decks together take at most so many bytes; those of 10,000 notes take eight million.
MOST = 400_000_000
_SIZE = 16


@dataclass(slots=True)
class Entry:
    """What was worked out of a card file whose content, with all that it is read by, has this `digest`.

    What was found in `part` counts for `about`, and the notes of a language for the digest beside them.
    """

    digest: bytes
    part: Part
    about: bytes = b""
    notes: dict[str, tuple[bytes, list[Note]]] = field(default_factory=dict)
    #: How much of it is written; less than nothing when what is written does not count any more.
    saved: int = -1

    def judge_by(self, about: bytes) -> None:
        """Forget what was found by something else."""
        if self.about != about:
            self.about, self.saved = about, -1
            self.part.found.clear()

    def keep(self, lang: str, digest: bytes, notes: list[Note]) -> None:
        """Keep the notes that were made of these cards."""
        before, kept = self.notes.get(lang, (b"", []))
        if (before, [*map(id, kept)]) != (digest, [*map(id, notes)]):
            self.notes[lang], self.saved = (digest, notes), -1


class Shelves:
    """The entries of all decks in a folder; without `is_used` there are none, and none are written."""

    def __init__(self, decks_dir: Path, *, is_used: bool) -> None:
        self._place = cache() / "cards" if is_used else None
        self._decks_dir = decks_dir
        self._shelves: dict[Path, Shelf] = {}

    def of(self, folder: Path) -> Shelf:
        """The entries of one deck."""
        if folder not in self._shelves:
            name = _digest(key(self._decks_dir), folder.as_posix()).hex()
            self._shelves[folder] = Shelf(self._place / name if self._place is not None else None)
        return self._shelves[folder]

    def save(self) -> None:
        """Write what is new. That it can't be written does no harm."""
        with suppress(OSError):
            written = [shelf.save() for shelf in self._shelves.values()]
            if self._place is not None and any(written):
                _keep_newest(self._place)


class Shelf:
    """The entries of one deck, by the names of their files; they lie in the folder `place`."""

    def __init__(self, place: Path | None) -> None:
        self._place = place
        self._head = b""
        self._entries: dict[str, Entry] = {}

    def begin(self, deck: Deck) -> None:
        """Say what card files are read by: a deck with its note types, and without cards."""
        self._head = _digest(tools(), deck) if self._place is not None else b""

    def find(self, shown: str, content: bytes) -> tuple[Card, ...] | None:
        """The cards of a file, if they were read from the same content before."""
        if self._place is None:
            return None
        entry = _read(self._place / _name(shown), _digest(self._head, shown, content))
        if entry is None:
            return None
        self._entries[shown] = entry
        return entry.part.cards

    def put(self, shown: str, content: bytes, cards: Iterable[Card]) -> None:
        """Keep the cards that were read from a file in which nothing was found."""
        if self._place is not None:
            for part in parts_of(cards):
                self._entries[shown] = Entry(_digest(self._head, shown, content), part)

    def parts(self, deck: Deck, given: Mapping[tuple[str, str], Collection[int]]) -> list[Part]:
        """The deck in its parts, with what was found in them; `given` is as in `Proof`."""
        found_by = _digest(sorted(deck.media), deck.style, _of_source(deck)) if self._entries else b""
        parts = parts_of(deck.cards)
        for index, part in enumerate(parts):
            if entry := self._entries.get(part.shown):
                keys = [(card.id.value, lang) for card in part.cards for lang in card.contents]
                entry.judge_by(_digest(found_by, [(key, sorted(given[key])) for key in keys if key in given]))
                parts[index] = entry.part
        return parts

    def made(self, deck: Deck, lang: str, known: Known) -> dict[str, Note]:
        """By card, the notes that were made of the same cards with the same that is `known`."""
        made: dict[str, Note] = {}
        for entry in () if deck.adopted else self._entries.values():
            digest, notes = entry.notes.get(lang, (b"", []))
            if notes and digest == _known_of(entry, known):
                made |= {note.card: note for note in notes}
        return made

    def keep(self, deck: Deck, lang: str, known: Known, notes: Iterable[Note]) -> None:
        """Keep notes that were made. Those of adopted decks follow from more, and are made each time."""
        by_card = {note.card: note for note in notes} if self._entries else {}
        for entry in () if deck.adopted else self._entries.values():
            of_file = [by_card[card.id.value] for card in entry.part.cards if card.id.value in by_card]
            entry.keep(lang, _known_of(entry, known), of_file)

    def save(self) -> bool:
        """Write the new entries; gives whether there are any. Raises OSError."""
        new = {name: one for name, one in self._entries.items() if one.saved != one.part.size}
        if self._place is None or not new:
            return False
        self._place.mkdir(parents=True, exist_ok=True)
        for name, entry in new.items():
            entry.saved = entry.part.size
            content = pickle.dumps(entry, pickle.HIGHEST_PROTOCOL)
            target = self._place / _name(name)
            temporary = waiting(target)
            temporary.write_bytes(entry.digest + _checksum(content) + content)
            temporary.replace(target)
        needed = {_name(name) for name in self._entries}
        for path in self._place.iterdir():
            if path.name not in needed:
                path.unlink(missing_ok=True)
        return True


def _known_of(entry: Entry, known: Known) -> bytes:
    """A digest of what is known of the cards of a file."""
    cards = [card.id.value for card in entry.part.cards]
    numbers = [(card, known.numbers[card]) for card in cards if card in known.numbers]
    guids = [(card, known.guids[card]) for card in cards if card in known.guids]
    return _digest(known.namespace, numbers, guids, known.layouts)


def _of_source(deck: Deck) -> bytes:
    """A digest of the text of a deck's source; nothing when there is none that can be read."""
    path = original.place(deck)
    with suppress(OSError, ValueError):
        return _digest(files.read(path, original.MAX_BYTES)) if path is not None else b""
    return b""


def _name(shown: str) -> str:
    return _digest(shown).hex()


def _digest(*of: object) -> bytes:
    digest = hashlib.blake2b(digest_size=_SIZE)
    for one in of:
        content = one if isinstance(one, bytes) else repr(one).encode("utf-8", "surrogatepass")
        digest.update(b"%d:" % len(content))
        digest.update(content)
    return digest.digest()


def _checksum(content: bytes | memoryview) -> bytes:
    """Four bytes by which damage is told."""
    return zlib.crc32(content).to_bytes(4, "big")


class _Reader(pickle.Unpickler):
    """Reads values of deckgen's own classes, and nothing else: an entry runs no code."""

    def find_class(self, module: str, name: str) -> type:
        found = getattr(import_module(module), name, None) if module.startswith("deckgen.") else None
        if isinstance(found, type) and (is_dataclass(found) or issubclass(found, Enum | Place)):
            return found
        raise pickle.UnpicklingError(f"{module}.{name} is no value of a card")


def _read(path: Path, digest: bytes) -> Entry | None:
    """The entry in a file, if it is whole, and of what has this digest."""
    # A damaged entry has another digest; what a foreign one makes the reader raise, nobody knows.
    with suppress(Exception):
        content = memoryview(path.read_bytes())
        head, content = content[: _SIZE + 4], content[_SIZE + 4 :]
        if head == digest + _checksum(content):
            entry = _Reader(io.BytesIO(content)).load()
            return entry if isinstance(entry, Entry) and entry.digest == digest else None
    return None


def _keep_newest(place: Path) -> None:
    """Delete the oldest entries of all decks until the rest takes no more than MOST. Raises OSError."""
    entries = [(path, path.stat()) for path in place.glob("*/*")]
    left = sum(found.st_size for _, found in entries)
    for path, found in sorted(entries, key=lambda one: one[1].st_mtime_ns):
        if left <= MOST:
            return
        path.unlink(missing_ok=True)
        left -= found.st_size
