"""What was shipped to learners: the versions of a note in packages that git knows, and that lie there.

A learner's edit is compared with these, never with today's source. Which of them it was is told by what was
not edited: of the versions from before the edit, those that have the fewest fields otherwise.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from deckgen.deck import NO_LANGUAGE, Deck
from deckgen.lock.advance import text_hash
from deckgen.lock.history import Memory
from deckgen.lock.limits import MAX_TEXTS
from deckgen.packing import collection
from deckgen.packing.stage import scratch

#: At most so many packages of each name are read, the newest first, each of at most so many bytes, and
#: together no more than these: a stranger may have committed any.
MOST, LARGEST, BYTES = 100, 500_000_000, 2_000_000_000


@dataclass(frozen=True, slots=True)
class Version:
    """A note as a package had it. `stamp` is in seconds; `fields` are in the order of the note type."""

    stamp: int
    fields: tuple[str, ...]
    tags: tuple[str, ...]


@dataclass(slots=True)
class Shipments:
    """The versions of some notes by guid. `trouble` says why git could not be asked, when it could not."""

    versions: dict[str, list[Version]] = field(default_factory=dict)
    packages: int = 0
    trouble: str = ""

    def add(self, notes: Mapping[str, collection.ShippedNote]) -> None:
        """Take in the notes of a package."""
        self.packages += 1
        for guid, note in notes.items():
            version = Version(note.stamp, note.fields, note.tags)
            known = self.versions.setdefault(guid, [])
            if version not in known:
                known.append(version)


def find(
    deck: Deck,
    lang: str,
    output_dir: Path,
    memory: Memory,
    wanted: Mapping[str, Sequence[str]],
    more: Iterable[Path] = (),
) -> Shipments:
    """The versions of the notes `wanted` in all packages of one language.

    With each guid come the hashes of the texts that were shipped, as far as the lock knows them: once all of
    them are found, no older package is read. `more` are packages that an author names. Raises
    collection.Unreadable when one of those can't be read.
    """
    found = Shipments()
    guids = wanted.keys()
    for path in more:
        found.add(collection.read(path, guids).notes)
    names = {deck.package_name(lang), deck.package_name(NO_LANGUAGE)}
    with scratch() as folder:
        for path in (output_dir / name for name in sorted(names)):
            for package in _packages(path, memory, found, folder / "package.apkg"):
                if _is_complete(found, wanted):
                    return found
                _read(package, guids, found)
    return found


def _packages(path: Path, memory: Memory, found: Shipments, target: Path) -> Iterator[Path]:
    """The package that lies there, and those that git knows, each at `target` until the next one."""
    here = ""
    if path.is_file() and path.stat().st_size <= LARGEST:
        here = _blob(path)
        yield path
    blobs, trouble = memory.blobs(path) if path.parent.is_dir() else ([], "")
    found.trouble = found.trouble or trouble
    room = BYTES
    for blob, size in blobs[:MOST]:
        if blob != here and size <= min(room, LARGEST) and memory.write(path, blob, target):
            room -= size
            yield target


def _blob(path: Path) -> str:
    """The name of a file's blob in a repository that uses SHA-1."""
    digest = hashlib.sha1(b"blob %d\0" % path.stat().st_size, usedforsecurity=False)
    with path.open("rb") as file:
        while piece := file.read(1 << 20):
            digest.update(piece)
    return digest.hexdigest()


def _read(path: Path, guids: Iterable[str], found: Shipments) -> None:
    try:
        found.add(collection.read(path, {*guids}).notes)
    except collection.Unreadable:
        return  # one that was damaged, or a pointer to where large files are kept


def _is_complete(found: Shipments, wanted: Mapping[str, Sequence[str]]) -> bool:
    """Whether all texts of the wanted notes were found that the lock knows of."""
    for guid, texts in wanted.items():
        if len(texts) >= MAX_TEXTS or not texts:
            return False
        if not {*texts} <= {text_hash(version.fields) for version in found.versions.get(guid, ())}:
            return False
    return True


def candidates(versions: Iterable[Version], stamp: int, fields: Sequence[str]) -> list[Version]:
    """The versions that a learner may have edited at the time `stamp` to get these fields.

    They are older, and no other version differs in fewer fields, all of which this one differs in, too.
    """
    older = {}
    for version in versions:
        if version.stamp < stamp and len(version.fields) == len(fields):
            pairs = enumerate(zip(version.fields, fields, strict=True))
            older[version] = frozenset(place for place, (one, two) in pairs if one != two)
    return [
        version
        for version, edited in older.items()
        if len(edited) < len(fields) and not any(other < edited for other in older.values())
    ]
