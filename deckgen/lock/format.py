"""What was shipped, so that only what changed looks newer to Anki.

Anki takes a note of a package only when its modification stamp is newer than
the learner's (rslib/src/import_export/package/apkg/import/notes.rs). A stamp
that moves without need overwrites the learner's own edits; one that does not
move holds the update back. So a stamp is the time of the build in which the
note's rendered content last changed, and the lock remembers it: one line a
note, in `deck.lock` beside the source, written by `build` and committed.

    deckgen-lock 1
    deck <key> [<seed>]
    package <lang> <schema> <namespace> <title as JSON>
    notetype <lang> <role> <stamp> <hash> [above=<stamp>]
    note <card> <lang> <kind> <stamp> <note id> <hash> <source hash> <texts> <cards> [<more>]

A deck of one language writes `-` for the language. Stamps are seconds, note ids
milliseconds since 1970. <texts> are hashes of what the fields said, the newest
first: they tell an older text of ours from a learner's own. <cards> are the numbers
of the Anki cards, from 1, each with what it asks: `1:encoding,2:storage` by the keys
of a list, `1:<hash>` by what a cloze hides. <more> are `gone=<cards>` for items that
a list once had, `guid=<guid>` and `was=<ids>` for a card that was renamed, `says=` and
`of=` for translations (see `translation`), and `retired`. Empty lines
keep the cards of a deck apart, so that git can merge branches that changed different
ones.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Container, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TypedDict

from deckgen.deck import NO_LANGUAGE
from deckgen.finding import Finding, Place
from deckgen.kinds import Kind

FILE = "deck.lock"
_HEADER = "deckgen-lock 1"
_NO_LANGUAGE = "-"
_NUMBER = re.compile(r"[0-9]{1,14}")
_NAMESPACE = re.compile(r"[A-Za-z0-9-]*(#[0-9]{1,6})?")
_IDS = re.compile(r"[a-z0-9-]+(,[a-z0-9-]+)*")
_SAYS = re.compile(r"[0-9a-f]{8}(\.[0-9a-f]{8}){2}")
_GUID = re.compile(r"[a-z2-7]{16}")
# Stands for a hash where two branches met: the next build stamps the note anew.
MERGED = "merged"

#: How many texts of a note the lock remembers.
MAX_TEXTS = 8
#: Room between note ids, so that note id + card ordinal can be the card's id.
ID_STEP = 500
#: No stamp is newer: 2100-01-01.
LATEST = 4_102_444_800
#: No stamp is older, whatever the clock says: learners would never get it.
EARLIEST = 1_500_000_000
#: In bytes: a note takes about a hundred.
MAX_BYTES = 40_000_000
#: The shortest line of a note has some hundred characters; of 20 million lines a list takes gigabytes.
MAX_LINES = 1_000_000
#: In characters: the line of a list with 499 keys of the longest ones, and more, has half of it.
MAX_LINE = 100_000
#: So many branches may meet in a lock before the next build makes one line of theirs.
MAX_BRANCHES = 20


@dataclass(frozen=True, slots=True)
class PackageLine:
    """`namespace` is the language from which guids derive: mostly its own."""

    schema: str
    namespace: str
    title: str


@dataclass(frozen=True, slots=True)
class TypeLine:
    """`above` is a later stamp that learners may have: the next one must be later still."""

    stamp: int
    digest: str
    above: int = 0


# Nearly all notes have lost no card: they share it.
_NONE: Mapping[int, str] = {}


@dataclass(frozen=True, slots=True)
class NoteLine:
    """`cards` are those of the last build that shipped any; `gone` are those that the note had before.

    `guid` is empty where it derives from the card's id; `was` are the ids it had before. `above`
    is a later stamp that learners may have: the next one must be later still. What has `left`
    is retired, and in no package any more.
    """

    kind: Kind
    stamp: int
    note_id: int
    digest: str
    source: str
    texts: tuple[str, ...] = ()
    cards: Mapping[int, str] = field(default_factory=dict)
    gone: Mapping[int, str] = field(default_factory=lambda: _NONE)
    guid: str = ""
    was: tuple[str, ...] = ()
    says: tuple[str, ...] = ()
    of: tuple[str, ...] = ()
    above: int = 0
    retired: bool = False
    left: bool = False
    line: int = field(default=1, compare=False)


@dataclass(frozen=True, slots=True)
class Lock:
    """Packages by language, note types by (language, role), notes by (card id, language).

    `deck` is what guids derive from (`Deck.identity`): the deck's key, and its seed behind it.
    """

    deck: str
    packages: Mapping[str, PackageLine] = field(default_factory=dict)
    note_types: Mapping[tuple[str, str], TypeLine] = field(default_factory=dict)
    notes: Mapping[tuple[str, str], NoteLine] = field(default_factory=dict)

    def namespace(self, lang: str) -> str:
        """From what the guids of a language derive."""
        package = self.packages.get(lang)
        if package:
            return package.namespace
        # A language that comes later belongs to the major of the others.
        majors = (line.namespace.partition("#")[2] for line in self.packages.values())
        major = max(filter(None, majors), key=int, default="")
        return f"{lang}#{major}" if major else lang

    def only(self, lang: str) -> Lock:
        """The lines of one language, without what they wait for in another."""
        return Lock(
            self.deck,
            {lang: self.packages[lang]},
            {key: line for key, line in self.note_types.items() if key[0] == lang},
            {
                key: replace(line, of=()) if line.of else line
                for key, line in self.notes.items()
                if key[1] == lang
            },
        )


# -- reading -----------------------------------------------------------------------


def parse(text: str, shown: str) -> tuple[Lock | None, list[Finding]]:
    """Read the text of a lock; a line that can't be read is a finding (R01) and gives None.

    Two lines for one note, as a merge of two branches leaves them, become one
    that the next build stamps anew. Such a merge may also leave one note id for two
    notes, as both branches built within seconds of each other, or two lines with one guid, as one
    renamed the card: the next build mends that too (see `carry`). All of it as often as MAX_BRANCHES
    branches may. A finding is what neither a build nor a merge writes: a stamp before EARLIEST, a
    note id that is no step of ID_STEP, or of a time at which no build can have been, and more than that.
    """
    reader = _Reader()
    if text.count("\n") > MAX_LINES:
        return None, [_unreadable(shown, MAX_LINES, f"is followed by others: at most {MAX_LINES} are read")]
    lines = text.split("\n")
    if lines[0].rstrip("\r") != _HEADER:
        return None, [_unreadable(shown, 1, f"is not `{_HEADER}`")]
    for index, line in enumerate(lines[1:], start=2):
        if len(line) > MAX_LINE:
            return None, [_unreadable(shown, index, "is longer than any that a build writes")]
        words = line.rstrip("\r").split(" ")
        if words == [""]:
            continue
        try:
            reader.line(words, index)
        except LineError as error:
            return None, [_unreadable(shown, index, str(error))]
    try:
        return reader.lock(shown)
    except LineError as error:
        return None, [_unreadable(shown, 1, f"is followed by a line that {error}")]


def other_state(text: str, known: Container[str]) -> Lock:
    """What another state of a lock says in lines that are not `known`.

    A state that git remembers may hold conflict marks or be damaged: lines that can't be read
    are passed over.
    """
    reader = _Reader()
    for line in text.split("\n") if text.count("\n") <= MAX_LINES else ():
        words = line.rstrip("\r").split(" ")
        if words[0] in ("deck", "package") or (words[0] in ("note", "notetype") and line not in known):
            with suppress(LineError):
                reader.line(words, 1)
    return reader.as_it_is()


class LineError(Exception):
    """Says what is wrong with a line."""


class _Reader:
    """Collects the lines of a lock. Raises LineError for one that can't be read."""

    def __init__(self) -> None:
        self._deck = ""
        self._packages: dict[str, PackageLine] = {}
        self._types: dict[tuple[str, str], TypeLine] = {}
        self._notes: dict[tuple[str, str], NoteLine] = {}
        self._more: Counter[tuple[str, str]] = Counter()

    def line(self, words: list[str], index: int) -> None:
        match words:
            case ["deck", *names] if self._deck in ("", " ".join(names)) and len(names) in (1, 2):
                self._deck = " ".join(names)
            case ["package", lang, schema, namespace, *title]:
                self._package(_from_lock(lang), schema, _from_lock(namespace), " ".join(title))
            case ["notetype", lang, role, stamp, digest, *more] if len(more) <= 1:
                note_type = TypeLine(_stamp(stamp), digest, *map(_above, more))
                place = (_from_lock(lang), role)
                self._types[place] = _merge_types(self._types.get(place, note_type), note_type)
            case ["note", card, lang, kind, stamp, note_id, digest, source, texts, cards, *more]:
                note = NoteLine(
                    _kind(kind),
                    _stamp(stamp),
                    _note_id(note_id),
                    digest,
                    source,
                    tuple(texts.split(",")),
                    _cards(cards),
                    **_more(more),
                    line=index,
                )
                self._note((card, _from_lock(lang)), note)
            case _:
                raise LineError("can't be read")

    def _package(self, lang: str, schema: str, namespace: str, title: str) -> None:
        if not _NAMESPACE.fullmatch(namespace):
            raise LineError("can't be read")
        line = PackageLine(schema, namespace, _title(title))
        if self._packages.setdefault(lang, line) != line:
            raise LineError("is a second one for this language")

    def _note(self, name: tuple[str, str], note: NoteLine) -> None:
        if name in self._notes:
            # Each line that is joined is written anew, so that their number may not grow.
            self._more[name] += 1
            if self._more[name] >= MAX_BRANCHES:
                raise LineError(f"is one of more than {MAX_BRANCHES} for this note")
            note = merge_notes(self._notes[name], note)
        self._notes[name] = note

    def as_it_is(self) -> Lock:
        """What was read, whether or not it goes together."""
        return Lock(self._deck, self._packages, self._types, self._notes)

    def lock(self, shown: str) -> tuple[Lock | None, list[Finding]]:
        if not self._deck:
            return None, [_unreadable(shown, 1, "is not followed by `deck <key>`")]
        heir = _heir(self._packages)
        if heir:
            self._move_to(heir)
        shared: Counter[object] = Counter()
        for (_, lang), line in self._notes.items():
            if lang not in self._packages:
                hint = "take the lock back from git, and build"
                return None, [_unreadable(shown, line.line, "has no `package` line for its language", hint)]
            for what, value in (("note id", line.note_id), ("guid", (lang, line.guid))):
                shared[value] += value != (lang, "")
                if shared[value] > MAX_BRANCHES:
                    told = f"has the {what} of {MAX_BRANCHES} other notes"
                    return None, [_unreadable(shown, line.line, told)]
        return Lock(self._deck, self._packages, self._types, self._notes), []

    def _move_to(self, heir: str) -> None:
        """Put the lines of a deck without languages under the language that took over its guids.

        A merge leaves both: one branch gave the deck languages, the other changed a card.
        """
        self._packages.pop(NO_LANGUAGE, None)
        for lang, role in [key for key in self._types if key[0] == NO_LANGUAGE]:
            line = self._types.pop((lang, role))
            self._types[heir, role] = _merge_types(self._types.get((heir, role), line), line)
        for card, lang in [key for key in self._notes if key[1] == NO_LANGUAGE]:
            note = self._notes.pop((card, lang))
            self._notes[card, heir] = merge_notes(self._notes.get((card, heir), note), note)


def _heir(packages: Mapping[str, PackageLine]) -> str:
    """The language that has the guids of a deck that had none before; empty when there is none."""
    derived = (lang for lang, line in packages.items() if lang and not line.namespace.partition("#")[0])
    return next(derived, NO_LANGUAGE)


def _above(word: str) -> int:
    name, _, stamp = word.partition("=")
    if name != "above":
        raise LineError("can't be read")
    return _stamp(stamp)


def _number(word: str) -> int:
    if not _NUMBER.fullmatch(word):
        raise LineError("can't be read")
    return int(word)


def _note_id(word: str) -> int:
    note_id = _number(word)
    if note_id % ID_STEP or not EARLIEST * 500 <= note_id <= LATEST * 1000:
        raise LineError("has a note id that no build gives")
    return note_id


def _stamp(word: str) -> int:
    stamp = _number(word)
    if stamp < EARLIEST:
        raise LineError("has a stamp that no build gives: with it, learners would never get the note")
    if stamp > LATEST:
        raise LineError(
            "has a stamp of the far future, which would overwrite learners' edits at every import"
        )
    return stamp


def _kind(word: str) -> Kind:
    if word not in list(Kind):
        raise LineError("can't be read")
    return Kind(word)


def _title(text: str) -> str:
    if not text.startswith('"'):
        raise LineError("can't be read")
    try:
        title = str(json.loads(text))
        title.encode()  # an escape may be half of a surrogate pair, which no file can hold
    except ValueError:
        raise LineError("can't be read") from None
    return title


@lru_cache(maxsize=64)
def _cards(word: str) -> Mapping[int, str]:
    """The cards that a word names. Most notes have the same few: they share what nobody changes."""
    cards = {}
    for part in word.split(",") if word != _NO_LANGUAGE else ():
        number, _, label = part.partition(":")
        if not 1 <= _number(number) < ID_STEP or int(number) in cards:
            raise LineError("gives one number to two cards, or a number beyond 499")
        cards[int(number)] = label
    return cards


class _More(TypedDict, total=False):
    gone: Mapping[int, str]
    guid: str
    was: tuple[str, ...]
    says: tuple[str, ...]
    of: tuple[str, ...]
    above: int
    retired: bool
    left: bool


def _more(words: list[str]) -> _More:
    more: _More = {}
    for word in words:
        name, _, value = word.partition("=")
        if name == "gone":
            more["gone"] = _cards(value)
        elif name == "guid" and _GUID.fullmatch(value):
            more["guid"] = value
        elif name == "was" and _IDS.fullmatch(value):
            more["was"] = tuple(value.split(","))
        elif name == "says" and _SAYS.fullmatch(value):
            more["says"] = tuple(value.split("."))
        elif name == "of" and _SAYS.fullmatch(value):
            more["of"] = tuple(value.split("."))
        elif name == "above":
            more["above"] = _above(word)
        elif word == "retired":
            more["retired"] = True
        elif word == "left":
            more["left"] = True
        else:
            raise LineError("can't be read")
    return more


def _merge_types(left: TypeLine, right: TypeLine) -> TypeLine:
    same = left.digest == right.digest
    return TypeLine(
        max(left.stamp, right.stamp), left.digest if same else MERGED, max(left.above, right.above)
    )


def merge_notes(left: NoteLine, right: NoteLine) -> NoteLine:
    if (left.kind, left.guid) != (right.kind, right.guid):
        raise LineError("is a second one of another kind or guid for this card")
    cards, gone = {**left.cards, **right.cards}, {**left.gone, **right.gone}
    if left.kind.facts.named:
        known = {**left.gone, **right.gone, **left.cards, **right.cards}
        for line in (left, right):
            if any(known[number] != key for number, key in {**line.cards, **line.gone}.items()):
                raise LineError("gives a number to another item than the line before")
    same = left.digest == right.digest
    return replace(
        left,
        stamp=max(left.stamp, right.stamp),
        digest=left.digest if same else MERGED,
        texts=tuple(dict.fromkeys((*left.texts, *right.texts))),
        cards=cards,
        gone=gone,
        was=tuple(dict.fromkeys((*left.was, *right.was))),
        says=left.says if left.says == right.says else (),
        of=left.of or right.of,
        above=max(left.above, right.above),
    )


_AFTER_A_MERGE = (
    "after a merge delete only the lines `<<<<<<<`, `=======`, `>>>>>>>`; see `deckgen explain R01`"
)


def _unreadable(shown: str, line: int, what: str, hint: str = _AFTER_A_MERGE) -> Finding:
    return Finding(Place(shown, line), "R01", f"this line of the lock {what}", hint)


# -- writing -----------------------------------------------------------------------


def dump(lock: Lock) -> str:
    """The lock as text, sorted by card."""
    blocks = [f"{_HEADER}\ndeck {lock.deck}"]
    for lang, package in sorted(lock.packages.items()):
        title = json.dumps(package.title, ensure_ascii=False)
        blocks.append(f"package {_to_lock(lang)} {package.schema} {_to_lock(package.namespace)} {title}")
    for (lang, role), line in sorted(lock.note_types.items()):
        above = f" above={line.above}" if line.above else ""
        blocks.append(f"notetype {_to_lock(lang)} {role} {line.stamp} {line.digest}{above}")
    cards: dict[str, list[str]] = {}
    for (card, lang), note in sorted(lock.notes.items()):
        cards.setdefault(card, []).append(_note_line(card, lang, note))
    blocks += ["\n".join(lines) for lines in cards.values()]
    return "\n\n".join(blocks) + "\n"


def refused(text: str, shown: str) -> list[Finding]:
    """Findings (R01) when the next run would refuse this text of a lock: then it must not be written."""
    if len(text.encode()) > MAX_BYTES:
        message, place = f"the lock would have more than {MAX_BYTES // 1_000_000} MB", Place(shown)
    else:
        _, findings = parse(text, shown)
        if not findings:
            return []
        message, place = findings[0].message, findings[0].place
    hint = "nothing was changed: take the lock back from git, as it was before its stamps or lines went wrong"
    return [Finding(place, "R01", f"the next build could not read it: {message}", hint)]


def _note_line(card: str, lang: str, note: NoteLine) -> str:
    words = [
        "note", card, _to_lock(lang), note.kind, str(note.stamp), str(note.note_id), note.digest, note.source,
        ",".join(note.texts),
        _join(note.cards) or _NO_LANGUAGE,
    ]  # fmt: skip
    more = [
        ("gone=" + _join(note.gone), note.gone),
        ("guid=" + note.guid, note.guid),
        ("was=" + ",".join(note.was), note.was),
        ("says=" + ".".join(note.says), note.says),
        ("of=" + ".".join(note.of), note.of),
        (f"above={note.above}", note.above),
        ("retired", note.retired),
        ("left", note.left),
    ]
    return " ".join([*words, *(word for word, given in more if given)])


def _join(cards: Mapping[int, str]) -> str:
    return ",".join(f"{number}:{label}" if label else str(number) for number, label in sorted(cards.items()))


def _to_lock(lang: str) -> str:
    return lang or _NO_LANGUAGE


def _from_lock(lang: str) -> str:
    return NO_LANGUAGE if lang == _NO_LANGUAGE else lang
