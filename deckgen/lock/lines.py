"""The lines of a lock as plain values, one class for each sort of line. docs/lock.md says what each means.

Anki takes a note of a package only when its modification stamp is newer than
the learner's (rslib/src/import_export/package/apkg/import/notes.rs). A stamp
that moves without need overwrites the learner's own edits; one that fails to
move holds the update back. So a stamp is the time of the last build that changed
what Anki stores for the note, or of a learner's edit that came home; the lock remembers it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, replace
from typing import NamedTuple

from deckgen.fixed import fixed
from deckgen.kinds import Kind
from deckgen.lock.limits import MAX_TEXTS, MAX_WAITING
from deckgen.notes.layouts import Layout

# Stands instead of a hash where two branches met: the next build gives the note a new stamp.
MERGED = "merged"

# Nearly all notes have lost no card; they share this mapping.
_NONE: Mapping[int, str] = {}


class LineError(Exception):
    """Says what is wrong with a line, and with a `hint`, what to do."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


@fixed
class PackageLine:
    """`namespace` is the language that guids derive from, mostly the package's own."""

    schema: str
    namespace: str
    title: str


@fixed
class TypeLine:
    """`above` is a later stamp that learners may have: the next one must be later still.

    A note type of the deck's own has a `layout`: what learners have of it, which only grows; and
    a hash of its `fronts`. It has `grown` when Anki made cards of notes that learners had already: then
    other fronts may make it make cards a second time (see `frozen.other_fronts`). It is `split` when two
    branches first built it with different fields or templates: learners of one of them get no updates.
    """

    stamp: int
    digest: str
    above: int = 0
    layout: Layout | None = None
    fronts: str = ""
    grown: bool = False
    split: bool = False


class Settled(NamedTuple):
    """A learner's edit of a note that came home as far as it could.

    It was made at the time `stamp`, of a version with the stamp `before`, if that is known; `text` is a hash
    of the learner's fields. `parts` are hashes of texts that did not come, and may do so later, and of tags
    that came or went.
    """

    stamp: int
    text: str
    before: int | None
    parts: tuple[str, ...] = ()


@fixed
class NoteLine:
    """`cards` are those of the last build that shipped any; `gone` are those that the note had before.

    `guid` is empty where it derives from the card's id; `was` are the ids it had before. `above`
    is a later stamp that learners may have: the next one must be later still. `deck` is the path below
    the title where the last build that shipped its cards put them. `type` is the deck's own note type that
    it has, if it has one. `adopted` is a hash of its lines in adopted.html, if learners had it before its
    deck was source; then the stamp may be older. `pulled` is the time of a learner's edit that came home, and
    hashes of the text and the tags with it (see `advance`), the latter empty in older locks. `home` are
    hashes of texts of learners of which nothing is left to bring home, and that were never shipped. `waits`
    are the times of edits about which a person must decide, the earliest first, and hashes of the texts with
    them; those that are `settled`, the newest first, are not decided again. What has `left` is retired, and
    in no package any more.
    """

    kind: Kind
    stamp: int
    note_id: int
    digest: str
    authored: str
    texts: tuple[str, ...] = ()
    cards: Mapping[int, str] = field(default_factory=dict)
    gone: Mapping[int, str] = field(default_factory=lambda: _NONE)
    guid: str = ""
    was: tuple[str, ...] = ()
    says: tuple[str, ...] = ()
    of: tuple[str, ...] = ()
    above: int = 0
    deck: str = ""
    type: str = ""
    adopted: str = ""
    pulled: tuple[int, str, str] | None = None
    home: tuple[str, ...] = ()
    waits: tuple[tuple[int, str], ...] = ()
    settled: tuple[Settled, ...] = ()
    retired: bool = False
    left: bool = False
    line: int = field(default=1, compare=False)

    @property
    def known(self) -> tuple[str, ...]:
        """Hashes of the texts that a learner may have without anything in it that is not in the source."""
        return (*self.texts, *self.home)

    @property
    def edit(self) -> tuple[int, str, str]:
        """The edit that came home; of the time 0 if there is none."""
        return self.pulled or (0, "", "")

    @property
    def is_unbuilt(self) -> bool:
        """Whether a learner added the note, it came home, and no build knows it yet (`fresh.with_lines`)."""
        return not self.texts


def reach(line: NoteLine | TypeLine) -> int:
    """The latest stamp that learners may have."""
    return max(line.stamp, line.above)


def newest(*texts: str) -> tuple[str, ...]:
    """Hashes of texts, the newest first, each once and no more than the line of a note keeps."""
    return tuple(dict.fromkeys(texts))[:MAX_TEXTS]


def last_settled(*edits: Settled) -> tuple[Settled, ...]:
    """Edits that came home, the newest first, each once with all its parts, and no more than a line keeps."""
    found: dict[tuple[int, str], Settled] = {}
    for edit in edits:
        key = edit.stamp, edit.text
        known = found.setdefault(key, edit)
        found[key] = known._replace(parts=tuple(dict.fromkeys((*known.parts, *edit.parts)))[:MAX_WAITING])
    return tuple(found.values())[:MAX_WAITING]


@fixed
class Lock:
    """Packages by language, note types by (language, role), notes by (card id, language).

    `deck` is what guids derive from (`Deck.identity`): the deck's key, and its seed behind it.
    """

    deck: str
    packages: Mapping[str, PackageLine] = field(default_factory=dict)
    note_types: Mapping[tuple[str, str], TypeLine] = field(default_factory=dict)
    notes: Mapping[tuple[str, str], NoteLine] = field(default_factory=dict)

    def namespace(self, lang: str) -> str:
        """What the guids of a language derive from."""
        package = self.packages.get(lang)
        if package:
            return package.namespace
        # A language that is added later belongs to the major of the others.
        majors = (line.namespace.partition("#")[2] for line in self.packages.values())
        major = max(filter(None, majors), key=int, default="")
        return f"{lang}#{major}" if major else lang

    def only(self, lang: str) -> Lock:
        """The lines of one language, without what its translations and learners' edits wait for."""
        return Lock(
            self.deck,
            {lang: self.packages[lang]},
            {key: line for key, line in self.note_types.items() if key[0] == lang},
            {
                key: replace(line, of=(), waits=(), settled=())
                if line.of or line.waits or line.settled
                else line
                for key, line in self.notes.items()
                if key[1] == lang
            },
        )
