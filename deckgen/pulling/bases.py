"""What was shipped to learners: the versions of a note in packages that git knows, and that lie there.

A learner's edit is compared with these, never with today's source. Which of them it was is told by what was
not edited: of the versions from before the edit, those that have the fewest fields otherwise.
"""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
from collections.abc import Container, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from deckgen.deck import NO_LANGUAGE, Deck
from deckgen.lock.advance import text_hash
from deckgen.lock.history import Memory
from deckgen.lock.limits import LATEST_ADOPTED, MAX_TEXTS
from deckgen.lock.lines import NoteLine
from deckgen.packing import collection
from deckgen.packing.stage import scratch
from deckgen.pulling.edits import keeps
from deckgen.pulling.learner import OwnTags
from deckgen.pulling.tokens import of_html

#: At most so many packages of each name are read, the newest first, each of at most so many bytes, and
#: together no more than these: a stranger may have committed any.
MOST, LARGEST, BYTES = 100, 500_000_000, 2_000_000_000
#: At most so many fields and tags of a note are split.
_PARTS = 1_000
#: Where the tags stand among the fields of a note.
_TAGS = -1


@dataclass(frozen=True, slots=True)
class Version:
    """A note as a package had it. `stamp` is in seconds; `fields` are in the order of the note type.

    The `tags` are None where nobody knows them any more.
    """

    stamp: int
    fields: tuple[str, ...]
    tags: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """A note whose versions are wanted: the learner's stamp and tags, and hashes of what the lock knows.

    `given` are the fields that learners had before the deck was adopted, with the stamp `begun`.
    """

    stamp: int
    texts: tuple[str, ...] = ()
    tags: frozenset[str] = frozenset()
    given: tuple[str, ...] = ()
    begun: int = 0


@dataclass(slots=True)
class Seen:
    """What the notes of a package tell of a learner who may have imported it.

    That is not `likely` if a note is newer in it than the learner's: Anki takes each note that is newer.
    `same` is the latest stamp in it that the learner's note has as well, `lacking` that of a note which the
    learner does not have.
    """

    likely: bool = True
    same: int = 0
    lacking: int = 0

    def note(self, stamp: int, has: int | None) -> None:
        """Take in the stamp of a note, and that of the learner's."""
        if has is None:
            self.lacking = max(self.lacking, stamp)
        elif stamp == has:
            self.same = max(self.same, stamp)
        elif stamp > has:
            self.likely = False


@dataclass(slots=True)
class Shipments:
    """The versions of some notes by guid, each with the packages that have it, the newest first.

    Those that were `made` are of learners (see `made_of`).
    `read` is the number of packages, and `earliest` their first stamp of any note. `trouble` says what
    to do where git may not know all packages.
    """

    stamps: Mapping[str, int]
    wanted: Mapping[str, Wanted]
    own_tags: OwnTags
    versions: dict[str, dict[Version, list[Seen]]] = field(default_factory=dict)
    made: dict[str, dict[Version, list[Seen]]] = field(default_factory=dict)
    read: int = 0
    earliest: int = LATEST_ADOPTED
    trouble: str = ""

    def __post_init__(self) -> None:
        for guid, one in self.wanted.items():
            if one.given:
                self._had_before(guid, None)

    def _had_before(self, guid: str, tags: tuple[str, ...] | None) -> None:
        """Take in what any learner may have of an adopted note: no package of ours need have brought it."""
        others = {one: seen for one, seen in self.versions.get(guid, {}).items() if one.stamp}
        self.versions[guid] = {Version(0, self.wanted[guid].given, tags): [Seen()], **others}

    def add(self, package: Path) -> None:
        """Take in the notes of a package. Raises collection.Unreadable."""
        found, seen = {}, Seen()
        with collection.opened(package) as tables:
            for guid, stamp, tags, fields in tables.rows("notes", "guid", "mod", "tags", "flds"):
                has = self.stamps.get(guid)
                if stamp != has or stamp > seen.same:  # which is seldom
                    seen.note(int(stamp), has)
                if stamp < self.earliest:
                    self.earliest = int(stamp)
                if guid in self.wanted:
                    words = tuple(sorted(str(tags).split(maxsplit=_PARTS)))
                    found[str(guid)] = Version(int(stamp), tuple(str(fields).split("\x1f", _PARTS)), words)
        self.read += 1
        for guid, version in found.items():
            given = self.wanted[guid]
            if version.fields == given.given and version.stamp <= given.begun:
                self._had_before(guid, version.tags)
            self.versions.setdefault(guid, {}).setdefault(version, []).append(seen)

    def made_of(self, guid: str, home: Container[str]) -> None:
        """Take in that a learner's text was there before it came home, with the tags of what it was made of.

        `home` are the hashes of such texts. The package that brought one may have other tags.
        """
        versions = self.versions.get(guid, {})
        for text in [each for each in versions if text_hash(each.fields) in home]:
            for each, packages in versions.items():
                if each.stamp < text.stamp and each.tags != text.tags:
                    made = self.made.setdefault(guid, {})
                    made.setdefault(replace(each, fields=text.fields), []).extend(packages)

    def had(self, guid: str) -> list[Version]:
        """The versions of a note in packages that the learner may have imported."""
        return _likely(self.versions.get(guid, {}))

    def of(self, guid: str) -> list[Version]:
        """The versions of a note that the learner may have had; all, if by the packages there were none."""
        return self.had(guid) or [*self.versions.get(guid, {})]

    def tagged(self, guid: str) -> list[Version]:
        """The same, and what was `made` of them: by these, the tags of a text that is shipped are told."""
        return [*_likely(self.made.get(guid, {})), *self.of(guid)]

    def newer(self, guid: str, line: NoteLine | None, fields: Sequence[str], stamp: int) -> list[Version]:
        """Those with newer texts than these fields that the learner may have had before the time `stamp`.

        What came with a version, or after it, has no older stamp. If there is such a note, and the learner
        lacks it, but has none of them as it was shipped, the learner has no package with that version.
        """
        texts, own = line.texts if line is not None else (), text_hash(fields)
        above = texts[: texts.index(own) if own in texts else 1]  # of what was never shipped, the last one
        before = _before(self.versions.get(guid, {}), stamp)
        return [each for each in before if text_hash(each.fields) in above]

    def newer_tags(
        self, guid: str, fields: Sequence[str], tags: tuple[str, ...], stamp: int
    ) -> list[Version]:
        """The same of versions with these fields and other tags, after the last one that had these tags.

        Where none has these fields, of those that were edited to get them: who edits a text, and goes back to
        older tags, differs in less from the version that had those.
        """
        every = {**self.made.get(guid, {}), **self.versions.get(guid, {})}
        texts = {(*fields,)}
        if all(each.fields != (*fields,) for each in every):
            found = candidates(self.tagged(guid), stamp, fields, tags, self.own_tags)
            texts = {one.fields for one in found}
        before, newer = [*_before(every, stamp)], []
        for text in texts:
            same = [each for each in before if each.fields == text and each.tags is not None]
            last = max((each.stamp for each in same if self._are_own(each, tags)), default=stamp)
            later = [each for each in same if each.stamp > last]
            if not later:
                return []
            newer += later
        return newer

    def _are_own(self, version: Version, tags: tuple[str, ...]) -> bool:
        """Whether a version has these tags, of those that are the deck's own."""
        return self.own_tags(version.tags or ()) == self.own_tags(tags)

    def lacks(self, guid: str, stamp: int, line: NoteLine | None) -> bool:
        """Whether a text that no package here has may be the one that was edited at the time `stamp`.

        The lock has the texts that were shipped, the newest first. Those from after the edit don't count,
        nor those that are older than all that the lock has.
        """
        if line is None:
            return False
        stamps: dict[str, int] = {}
        for version in self.versions.get(guid, {}):
            text = text_hash(version.fields)
            stamps[text] = min(version.stamp, stamps.get(text, version.stamp))
        later = [place for place, text in enumerate(line.texts) if stamps.get(text, 0) >= stamp]
        later += [0] if line.stamp >= stamp else []
        return any(text not in stamps for text in line.texts[max(later, default=-1) + 1 :])

    def knows_tags(self, guid: str) -> bool:
        """Whether tags that differ are the learner's doing, and not of a package that lies nowhere.

        The lock tells nothing of older tags. With one package alone, it is certain of those notes only that
        have not changed since the deck's first build.
        """
        return self.read > 1 or any(one.stamp <= self.earliest for one in self.versions.get(guid, {}))

    def tags_before(
        self, guid: str, stamp: int, fields: Sequence[str], tags: tuple[str, ...]
    ) -> tuple[str, ...] | None:
        """The tags of the text that was edited to get these fields and tags; None if they are in doubt.

        What was `made` tells of texts that were shipped since. Others came home by what was shipped.
        """
        versions = self.of(guid)
        kinds = [self.tagged(guid)]
        if all(each.fields != (*fields,) for each in versions):
            kinds.append(versions)
        every = [candidates(each, stamp, fields, tags, self.own_tags) for each in kinds]
        found = {one.tags for each in every for one in each}
        own = {None if one is None else self.own_tags(one) for one in found}
        return next(iter(found)) if len(own) == 1 else None

    def is_complete(self) -> bool:
        """Whether all texts of the wanted notes were found that the lock knows of, or the very notes."""
        for guid, wanted in self.wanted.items():
            had = self.had(guid)
            # With other tags or texts, the stamp alone tells nothing: what went to all others while an edit
            # waited has that of the edit (see `advance`).
            if not wanted.texts and any(
                version.stamp == wanted.stamp and wanted.tags == self.own_tags(version.tags or ())
                for version in had
            ):
                continue
            if not wanted.texts or len(wanted.texts) >= MAX_TEXTS:
                return False
            if not {*wanted.texts} <= {text_hash(version.fields) for version in had}:
                return False
            # The lock tells nothing of tags: an older package may have those of the learner, or those that a
            # note had when its deck was adopted.
            tags = [version.tags for version in had]
            if None in tags or not any(wanted.tags == self.own_tags(one) for one in tags if one is not None):
                return False
        return True


def _likely(versions: Mapping[Version, Sequence[Seen]]) -> list[Version]:
    return [version for version, packages in versions.items() if any(one.likely for one in packages)]


def _before(versions: Mapping[Version, Sequence[Seen]], stamp: int) -> Iterator[Version]:
    """Those of the versions that the learner may have had before the time `stamp`."""
    for version, packages in versions.items():
        if version.stamp < stamp and any(
            one.likely and (one.same >= version.stamp or one.lacking < version.stamp) for one in packages
        ):
            yield version


def find(
    deck: Deck,
    lang: str,
    output_dir: Path,
    memory: Memory,
    wanted: Mapping[str, Wanted],
    stamps: Mapping[str, int],
    own_tags: OwnTags,
    more: Iterable[Path] = (),
) -> Shipments:
    """The versions of the notes `wanted`, by guid, in all packages of one language.

    `stamps` are those of all notes of the deck that the learner has. `more` are packages that were named.
    Once all texts are found that the lock knows of, no older package is read. Raises collection.Unreadable
    when one of those that were named can't be read, and OSError when there is no room to unpack one.
    """
    found = Shipments(stamps, wanted, own_tags)
    for path in more:
        found.add(path)
    troubles: list[str] = []
    with closing(packages(deck, lang, output_dir, memory, troubles)) as known:
        for package in known:
            if found.is_complete():
                break
            with suppress(collection.Unreadable):  # damaged, or a pointer to where large files are kept
                found.add(package)
    found.trouble = next(iter(troubles), "")
    return found


def packages(deck: Deck, lang: str, output_dir: Path, memory: Memory, troubles: list[str]) -> Generator[Path]:
    """All packages of a deck in one language: what lies there, and what git knows, the newest first.

    Those of git are unpacked into a temporary folder, each in the place of the one before. What to do where
    git may not know all is added to `troubles`. Raises OSError when there is no room for one.
    """
    names = {deck.package_name(lang), deck.package_name(NO_LANGUAGE)}
    with scratch() as folder:
        for path in (output_dir / name for name in sorted(names)):
            yield from _packages(path, memory, troubles, folder / "package.apkg")


def _packages(path: Path, memory: Memory, troubles: list[str], target: Path) -> Iterator[Path]:
    """The package that lies there, and those that git knows, each at `target` until the next one."""
    here = ""
    if path.is_file() and path.stat().st_size <= LARGEST:
        here = _blob(path)
        yield path
    blobs, trouble = memory.blobs(path)
    troubles += filter(None, [trouble])
    room = BYTES
    for blob, size in blobs[:MOST]:
        if blob == here or size > min(room, LARGEST):
            continue
        if shutil.disk_usage(target.parent).free < size:  # git would only say that it failed
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), target.parent.as_posix())
        if memory.write(path, blob, target):
            room -= size
            yield target


def _blob(path: Path) -> str:
    """The name of a file's blob in a repository that uses SHA-1."""
    digest = hashlib.sha1(b"blob %d\0" % path.stat().st_size, usedforsecurity=False)
    with path.open("rb") as file:
        while piece := file.read(1 << 20):
            digest.update(piece)
    return digest.hexdigest()


def candidates(
    versions: Iterable[Version],
    stamp: int,
    fields: Sequence[str],
    tags: tuple[str, ...],
    own_tags: OwnTags,
    *,
    every: bool = False,
) -> list[Version]:
    """The versions that a learner may have edited at the time `stamp` to get these fields and tags.

    They are older, and, unless `every` such is asked for, no other one differs in less, all of which this
    one differs in, too. Of the tags, the deck's own count, all as one field; where that alone makes the
    difference, the words must say so too, as tags may have come home before. One with the very stamp of the
    edit is none: a build gives that to what all others get while the edit waits (see `advance`).
    """
    older: dict[Version, frozenset[int]] = {}
    own = own_tags(tags)
    for version in versions:
        if version.stamp < stamp and len(version.fields) == len(fields):
            pairs = enumerate(zip(version.fields, fields, strict=True))
            edited = {place for place, (one, two) in pairs if one != two}
            if version.tags is not None and own_tags(version.tags) != own:
                edited.add(_TAGS)
            older[version] = frozenset(edited)

    def is_nearer(other: Version, version: Version) -> bool:
        more = older[version] - older[other]
        return older[other] < older[version] and (more != {_TAGS} or has_all(fields, version, other))

    return [one for one in older if every or not any(is_nearer(other, one) for other in older)]


def has_all(fields: Sequence[str], version: Version, other: Version) -> bool:
    """Whether these fields have all by which the texts of another version differ from those of a version."""
    sides = zip(version.fields, other.fields, fields, strict=True)
    return all(keeps(*map(of_html, side)) for side in sides if side[0] != side[1])
