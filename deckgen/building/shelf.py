"""Take over what earlier runs worked out of card files that are as they were.

Most runs follow one edit of one file. What was read of the others, what rules found that look at cards one by
one, and their notes lie in the user's cache folder, an entry for each card file. It counts as long as all
that it was made of is the same: the file, deck.yaml and the note types, deckgen and its libraries. Findings
and notes depend on more (media, the source's text, what the lock says of these cards), and count by
themselves. A run with entries gives what one without them gives. They may be deleted at any time.

Entries are pickles, which may do harm when a stranger made them, so each is signed with a secret of this
account. One that is damaged, or that somebody else wrote, does not count, and is not read.
"""

from __future__ import annotations

import hashlib
import hmac
import io
import os
import pickle
import re
import secrets
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
from deckgen.packing.journal import cache, is_own, kept, key, waiting
from deckgen.reading import files, original

#: The entries of all decks together have at most so many bytes, and are so many; those of 10,000 notes in 20
#: files take eight million. A larger one than `_LARGEST` is not read.
MOST, MOST_ENTRIES, _LARGEST = 400_000_000, 20_000, 100_000_000
#: In bytes: of digests and signatures, and of the secret.
_SIZE, _SECRET = 16, 32
_NAME = re.compile(r"[0-9a-f]{32}")


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
        self._place = cache() / "cards"
        self._secret = _secret() if is_used else b""
        self._decks_dir = decks_dir
        self._shelves: dict[Path, Shelf] = {}

    def of(self, folder: Path) -> Shelf:
        """The entries of one deck."""
        if folder not in self._shelves:
            name = _digest(key(self._decks_dir), folder.as_posix()).hex()
            self._shelves[folder] = Shelf(self._place / name, self._secret)
        return self._shelves[folder]

    def save(self) -> None:
        """Write what is new. That it can't be written does no harm."""
        written = [shelf.save() for shelf in self._shelves.values()]
        if any(written):
            _keep_newest(self._place)


class Shelf:
    """The entries of one deck, by the names of their files; they lie in the folder `place`.

    Without a `secret` there are none.
    """

    def __init__(self, place: Path, secret: bytes) -> None:
        self._place = place
        self._secret = secret
        self._head = b""
        self._entries: dict[str, Entry] = {}

    def begin(self, deck: Deck) -> None:
        """Say what card files are read by: a deck with its note types, and without cards."""
        self._head = _digest(tools(), deck) if self._secret else b""

    def find(self, shown: str, content: bytes) -> tuple[Card, ...] | None:
        """The cards of a file, if they were read from the same content before."""
        if not self._secret:
            return None
        entry = _read(self._place / _name(shown), _digest(self._head, shown, content), self._secret)
        if entry is None:
            return None
        self._entries[shown] = entry
        return entry.part.cards

    def put(self, shown: str, content: bytes, cards: Iterable[Card]) -> None:
        """Keep the cards that were read from a file in which nothing was found."""
        if self._secret:
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
        space = _digest(known.namespace, known.layouts)
        for entry in () if deck.adopted else self._entries.values():
            digest, notes = entry.notes.get(lang, (b"", []))
            if notes and digest == _known_of(entry, known, space):
                made |= {note.card: note for note in notes}
        return made

    def keep(self, deck: Deck, lang: str, known: Known, notes: Iterable[Note]) -> None:
        """Keep notes that were made. Those of adopted decks follow from more, and are made each time."""
        by_card = {note.card: note for note in notes} if self._entries else {}
        space = _digest(known.namespace, known.layouts)
        for entry in () if deck.adopted else self._entries.values():
            of_file = [by_card[card.id.value] for card in entry.part.cards if card.id.value in by_card]
            entry.keep(lang, _known_of(entry, known, space), of_file)

    def save(self) -> bool:
        """Write the new entries, and delete those of files that are gone; gives whether any is new."""
        new = {name: one for name, one in self._entries.items() if one.saved != one.part.size}
        if not new:
            return False
        with suppress(OSError):
            if self._place.is_symlink():
                return False
            self._place.mkdir(parents=True, exist_ok=True)
            for name, entry in new.items():
                entry.saved = entry.part.size
                _write(self._place / _name(name), entry, self._secret)
        with suppress(OSError):
            needed = {_name(name) for name in self._entries}
            _delete(path for path in self._place.iterdir() if path.name not in needed)
        return True


def _known_of(entry: Entry, known: Known, space: bytes) -> bytes:
    """A digest of what is known of the cards of a file; `space` is one of what is known of all."""
    cards = [card.id.value for card in entry.part.cards]
    numbers = [(card, known.numbers[card]) for card in cards if card in known.numbers]
    guids = [(card, known.guids[card]) for card in cards if card in known.guids]
    return _digest(space, numbers, guids)


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


def _secret() -> bytes:
    """What signs this account's entries; nothing where it can't be kept.

    It lies apart from them, so that who gets or gives a cache with entries does not get or give it.
    """
    path = kept() / "secret"
    with suppress(OSError):
        if not is_own(path) or path.stat().st_size != _SECRET:
            path.parent.mkdir(parents=True, exist_ok=True)
            made = path.with_name(f"{path.name}.{os.getpid()}")
            made.unlink(missing_ok=True)
            made.touch(0o600, exist_ok=False)
            made.write_bytes(secrets.token_bytes(_SECRET))
            made.replace(path)
        return files.read(path, _SECRET)
    return b""


def _signed(content: bytes | memoryview, secret: bytes) -> bytes:
    return hashlib.blake2b(content, key=secret, digest_size=_SIZE).digest()


def _write(target: Path, entry: Entry, secret: bytes) -> None:
    """Raises OSError, and then leaves the entry that was there."""
    content = entry.digest + pickle.dumps(entry, pickle.HIGHEST_PROTOCOL)
    temporary = waiting(cache() / target.name)  # there the next run sweeps what a stopped one left
    try:
        temporary.write_bytes(content + _signed(content, secret))
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)


class _Reader(pickle.Unpickler):
    """Reads values of deckgen's own classes, and nothing else: an entry runs no code."""

    def find_class(self, module: str, name: str) -> type:
        found = getattr(import_module(module), name, None) if module.startswith("deckgen.") else None
        if isinstance(found, type) and (is_dataclass(found) or issubclass(found, Enum | Place)):
            return found
        raise pickle.UnpicklingError(f"{module}.{name} is no value of a card")


def _read(path: Path, digest: bytes, secret: bytes) -> Entry | None:
    """The entry in a file, if it is ours and whole, and of what has this digest."""
    # What is no pickle may raise many errors (docs.python.org/3/library/pickle.html, UnpicklingError).
    with suppress(
        OSError, pickle.UnpicklingError, ValueError, TypeError, LookupError, EOFError, AttributeError
    ):
        whole = memoryview(files.read(path, _LARGEST))
        content, signature = whole[:-_SIZE], whole[-_SIZE:]
        if content[:_SIZE] == digest and hmac.compare_digest(signature, _signed(content, secret)):
            entry = _Reader(io.BytesIO(content[_SIZE:])).load()
            return entry if isinstance(entry, Entry) else None
    return None


def _keep_newest(place: Path) -> None:
    """Delete the oldest entries of all decks until the rest are no more than MOST."""
    with suppress(OSError):
        entries = sorted((path.stat().st_mtime_ns, path.stat().st_size, path) for path in place.glob("*/*"))
        left, count = sum(size for _, size, _ in entries), len(entries)
        for _, size, path in entries:
            if left <= MOST and count <= MOST_ENTRIES:
                return
            _delete([path])
            left, count = left - size, count - 1


def _delete(paths: Iterable[Path]) -> None:
    """Delete entries, and nothing else."""
    for path in paths:
        if _NAME.fullmatch(path.name):
            with suppress(OSError):
                path.unlink()
