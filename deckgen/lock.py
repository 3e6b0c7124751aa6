"""What was shipped, so that only what changed looks newer to Anki.

Anki takes a note of a package only when its modification stamp is newer than
the learner's (rslib/src/import_export/package/apkg/import/notes.rs). A stamp
that moves without need overwrites the learner's own edits; one that does not
move holds the update back. So a stamp is the time of the build in which the
note's rendered content last changed, and the lock remembers it: one line a
note, in `deck.lock` beside the source, written by `build` and committed.

    deckgen-lock 1
    deck <key>
    package <lang> <schema> <namespace> <title as JSON>
    notetype <lang> <role> <stamp> <hash>
    note <card> <lang> <kind> <stamp> <note id> <hash> <source hash> <texts> <cards> [<more>]

A deck of one language writes `-` for the language. Stamps are seconds, note ids
milliseconds since 1970. <texts> are hashes of what the fields said, the newest
first: they tell an older text of ours from a learner's own. <cards> are the numbers
of the Anki cards, from 1, each with what it asks: `1:encoding,2:storage` by the keys
of a list, `1:<hash>` by what a cloze hides. <more> are `gone=<cards>` for items that
a list once had, `guid=<guid>` for a card that was renamed, and `retired`. Empty lines
keep the cards of a deck apart, so that git can merge branches that changed different
ones.
"""

from __future__ import annotations

import difflib
import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypedDict

from deckgen.deck import NO_LANGUAGE, Content, Deck, ItemList, Kind
from deckgen.diagnostic import Diagnostic, Place
from deckgen.identity import guid, short_hash
from deckgen.notetypes import SCHEMA, NoteType
from deckgen.render import Known, Note, Rendered

FILE = "deck.lock"
_HEADER = "deckgen-lock 1"
_NO_LANGUAGE = "-"
_NUMBER = re.compile(r"[0-9]{1,14}")
_GUID = re.compile(r"[a-z2-7]{16}")
# A damaged or forged stamp of the far future must not come back from git.
_LATEST = 1 << 33
# Stands for a hash where two branches met: the next build stamps the note anew.
_MERGED = "merged"

#: Room between note ids, so that note id + card ordinal can be the card's id.
ID_STEP = 500
#: No stamp is older, whatever the clock says: learners would never get it.
EARLIEST = 1_500_000_000
#: How many texts of a note the lock remembers.
MAX_TEXTS = 8
#: From which likeness on, 0 to 1, a new card may be a renamed one; git's default for files is 0.5.
SIMILAR = 0.6
#: Items that a list gets after its first build have numbers from here on (see `item_numbers`).
FIRST_LATE_NUMBER = 100


@dataclass(frozen=True, slots=True)
class PackageLine:
    """`namespace` is the language from which guids derive: mostly its own."""

    schema: str
    namespace: str
    title: str


@dataclass(frozen=True, slots=True)
class TypeLine:
    stamp: int
    digest: str


@dataclass(frozen=True, slots=True)
class NoteLine:
    """`cards` are those of the last build that shipped any; `gone` are items that a list once had.

    `guid` is empty where it derives from the card's id.
    """

    kind: Kind
    stamp: int
    note_id: int
    digest: str
    source: str
    texts: tuple[str, ...] = ()
    cards: Mapping[int, str] = field(default_factory=dict)
    gone: Mapping[int, str] = field(default_factory=dict)
    guid: str = ""
    retired: bool = False
    line: int = field(default=1, compare=False)


@dataclass(frozen=True, slots=True)
class Lock:
    """Packages by language, note types by (language, role), notes by (card id, language)."""

    deck: str
    packages: Mapping[str, PackageLine] = field(default_factory=dict)
    note_types: Mapping[tuple[str, str], TypeLine] = field(default_factory=dict)
    notes: Mapping[tuple[str, str], NoteLine] = field(default_factory=dict)

    def namespace(self, lang: str) -> str:
        """From what the guids of a language derive."""
        package = self.packages.get(lang)
        return package.namespace if package else lang

    def only(self, lang: str) -> Lock:
        """The lines of one language."""
        return Lock(
            self.deck,
            {lang: self.packages[lang]},
            {key: line for key, line in self.note_types.items() if key[0] == lang},
            {key: line for key, line in self.notes.items() if key[1] == lang},
        )


@dataclass(frozen=True, slots=True)
class Changes:
    """What a package brings to those who have the one before: card ids in study order.

    `retired` and `returned` are among the changed ones; `restyled` are those of
    them in which only deckgen's way to render differs, nothing of the author.
    """

    new: tuple[str, ...]
    changed: tuple[str, ...]
    unchanged: int
    note_types: tuple[str, ...]
    retired: tuple[str, ...] = ()
    returned: tuple[str, ...] = ()
    restyled: tuple[str, ...] = ()


# -- reading -----------------------------------------------------------------------


def parse(text: str, shown: str) -> tuple[Lock | None, list[Diagnostic]]:
    """Read the text of a lock; a line that can't be read is a finding (R01) and gives None.

    Two lines for one note, as a merge of two branches leaves them, become one
    that the next build stamps anew.
    """
    reader = _Reader()
    lines = text.split("\n")
    if lines[0].rstrip("\r") != _HEADER:
        return None, [_unreadable(shown, 1, f"is not `{_HEADER}`")]
    for index, line in enumerate(lines[1:], start=2):
        words = line.rstrip("\r").split(" ")
        if words == [""]:
            continue
        try:
            reader.line(words, index)
        except _LineError as error:
            return None, [_unreadable(shown, index, str(error))]
    return reader.lock(shown)


class _LineError(Exception):
    """Says what is wrong with a line."""


class _Reader:
    """Collects the lines of a lock. Raises _LineError for one that can't be read."""

    def __init__(self) -> None:
        self._deck = ""
        self._packages: dict[str, PackageLine] = {}
        self._types: dict[tuple[str, str], TypeLine] = {}
        self._notes: dict[tuple[str, str], NoteLine] = {}

    def line(self, words: list[str], index: int) -> None:
        match words:
            case ["deck", key] if self._deck in ("", key):
                self._deck = key
            case ["package", lang, schema, namespace, *title]:
                self._package(_from_lock(lang), schema, _from_lock(namespace), " ".join(title))
            case ["notetype", lang, role, stamp, digest]:
                note_type = TypeLine(_number(stamp), digest)
                place = (_from_lock(lang), role)
                self._types[place] = _merge_types(self._types.get(place, note_type), note_type)
            case ["note", card, lang, kind, stamp, note_id, digest, source, texts, cards, *more]:
                note = NoteLine(
                    _kind(kind),
                    _number(stamp),
                    _number(note_id),
                    digest,
                    source,
                    tuple(texts.split(",")),
                    _cards(cards),
                    **_more(more),
                    line=index,
                )
                name = (card, _from_lock(lang))
                self._notes[name] = _merge_notes(self._notes.get(name, note), note)
            case _:
                raise _LineError("can't be read")

    def _package(self, lang: str, schema: str, namespace: str, title: str) -> None:
        line = PackageLine(schema, namespace, _title(title))
        if self._packages.setdefault(lang, line) != line:
            raise _LineError("is a second one for this language")

    def lock(self, shown: str) -> tuple[Lock | None, list[Diagnostic]]:
        if not self._deck:
            return None, [_unreadable(shown, 1, "is not followed by `deck <key>`")]
        for (_, lang), line in self._notes.items():
            if lang not in self._packages:
                return None, [_unreadable(shown, line.line, "has no `package` line for its language")]
        return Lock(self._deck, self._packages, self._types, self._notes), []


def _number(word: str) -> int:
    if not _NUMBER.fullmatch(word):
        raise _LineError("can't be read")
    return int(word)


def _kind(word: str) -> Kind:
    if word not in list(Kind):
        raise _LineError("can't be read")
    return Kind(word)


def _title(text: str) -> str:
    if not text.startswith('"'):
        raise _LineError("can't be read")
    try:
        return str(json.loads(text))
    except ValueError:
        raise _LineError("can't be read") from None


def _cards(word: str) -> dict[int, str]:
    cards = {}
    for part in word.split(",") if word != _NO_LANGUAGE else ():
        number, _, label = part.partition(":")
        if not 1 <= _number(number) < ID_STEP or int(number) in cards:
            raise _LineError("gives one number to two cards, or a number beyond 499")
        cards[int(number)] = label
    return cards


class _More(TypedDict, total=False):
    gone: Mapping[int, str]
    guid: str
    retired: bool


def _more(words: list[str]) -> _More:
    more: _More = {}
    for word in words:
        name, _, value = word.partition("=")
        if name == "gone":
            more["gone"] = _cards(value)
        elif name == "guid" and _GUID.fullmatch(value):
            more["guid"] = value
        elif word == "retired":
            more["retired"] = True
        else:
            raise _LineError("can't be read")
    return more


def _merge_types(left: TypeLine, right: TypeLine) -> TypeLine:
    same = left.digest == right.digest
    return TypeLine(max(left.stamp, right.stamp), left.digest if same else _MERGED)


def _merge_notes(left: NoteLine, right: NoteLine) -> NoteLine:
    if (left.kind, left.guid) != (right.kind, right.guid):
        raise _LineError("is a second one of another kind or guid for this card")
    cards, gone = {**left.cards, **right.cards}, {**left.gone, **right.gone}
    if left.kind is Kind.LIST:
        known = {**left.gone, **right.gone, **left.cards, **right.cards}
        for line in (left, right):
            if any(known[number] != key for number, key in {**line.cards, **line.gone}.items()):
                raise _LineError("gives a number to another item than the line before")
        gone = {number: key for number, key in gone.items() if number not in cards}
    same = left.digest == right.digest
    return replace(
        left,
        stamp=max(left.stamp, right.stamp),
        digest=left.digest if same else _MERGED,
        cards=cards,
        gone=gone,
    )


def _unreadable(shown: str, line: int, what: str) -> Diagnostic:
    hint = "after a merge delete only the lines `<<<<<<<`, `=======`, `>>>>>>>`; see `deckgen explain R01`"
    return Diagnostic(Place(shown, line), "R01", f"this line of the lock {what}", hint)


# -- writing -----------------------------------------------------------------------


def dump(lock: Lock) -> str:
    """The lock as text, sorted by card."""
    blocks = [f"{_HEADER}\ndeck {lock.deck}"]
    for lang, package in sorted(lock.packages.items()):
        title = json.dumps(package.title, ensure_ascii=False)
        blocks.append(f"package {_to_lock(lang)} {package.schema} {_to_lock(package.namespace)} {title}")
    for (lang, role), line in sorted(lock.note_types.items()):
        blocks.append(f"notetype {_to_lock(lang)} {role} {line.stamp} {line.digest}")
    cards: dict[str, list[str]] = {}
    for (card, lang), note in sorted(lock.notes.items()):
        cards.setdefault(card, []).append(_note_line(card, lang, note))
    blocks += ["\n".join(lines) for lines in cards.values()]
    return "\n\n".join(blocks) + "\n"


def _note_line(card: str, lang: str, note: NoteLine) -> str:
    words = [
        "note", card, _to_lock(lang), note.kind, str(note.stamp), str(note.note_id), note.digest, note.source,
        ",".join(note.texts),
        _join(note.cards) or _NO_LANGUAGE,
    ]  # fmt: skip
    more = [
        ("gone=" + _join(note.gone), note.gone),
        ("guid=" + note.guid, note.guid),
        ("retired", note.retired),
    ]
    return " ".join([*words, *(word for word, given in more if given)])


def _join(cards: Mapping[int, str]) -> str:
    return ",".join(f"{number}:{label}" if label else str(number) for number, label in sorted(cards.items()))


def _to_lock(lang: str) -> str:
    return lang or _NO_LANGUAGE


def _from_lock(lang: str) -> str:
    return NO_LANGUAGE if lang == _NO_LANGUAGE else lang


# -- what must not change ----------------------------------------------------------


def adopt(lock: Lock, deck: Deck) -> Lock:
    """The lock of a deck that had one language and now declares several.

    What was built then belongs to the deck's first language, which keeps the old
    guids: learners keep their progress.
    """
    first = deck.languages[0]
    if NO_LANGUAGE not in lock.packages or first == NO_LANGUAGE or first in lock.packages:
        return lock

    def lang(old: str) -> str:
        return first if old == NO_LANGUAGE else old

    return Lock(
        lock.deck,
        {lang(old): line for old, line in lock.packages.items()},
        {(lang(old), role): line for (old, role), line in lock.note_types.items()},
        {(card, lang(old)): line for (card, old), line in lock.notes.items()},
    )


def rename(lock: Lock, deck: Deck) -> tuple[Lock, list[Diagnostic]]:
    """The lock with the lines of renamed cards under their new ids, and findings (R13, R14) about `was:`.

    A renamed card keeps the guid of its first name, and with it the learners' history.
    """
    cards = {card.id.value: card for card in deck.cards}
    built = {card for card, _ in lock.notes}
    notes = dict(lock.notes)
    findings = []
    for card in deck.cards:
        new, old = card.id, card.was
        if old is None or old.value == new.value:
            continue
        if old.value in cards:
            message = f"`was:` names `{old.value}`, which is still a card of this deck"
            findings.append(Diagnostic(old.place, "R13", message, "remove one of them", new.value))
        elif old.value not in built and new.value not in built and deck.complete:
            message = f"`was:` names `{old.value}`, which was never built"
            findings.append(Diagnostic(old.place, "R13", message, "remove `was:`", new.value))
        for lang in deck.languages:
            line = notes.get((old.value, lang))
            if line is not None and old.value not in cards and (new.value, lang) not in notes:
                del notes[old.value, lang]
                kept = line.guid or guid(lock.deck, lock.namespace(lang), old.value)
                notes[new.value, lang] = replace(line, guid=kept)
    return replace(lock, notes=notes), findings + _reused(deck, lock, notes)


def _reused(deck: Deck, lock: Lock, notes: Mapping[tuple[str, str], NoteLine]) -> list[Diagnostic]:
    """Findings (R14) about new cards under an id that a renamed card had before."""
    taken = {(lang, line.guid): card for (card, lang), line in notes.items() if line.guid}
    findings = []
    for card in deck.cards if taken else ():
        for lang in card.contents:
            owner = taken.get((lang, guid(lock.deck, lock.namespace(lang), card.id.value)))
            if owner not in (None, card.id.value) and (card.id.value, lang) not in notes:
                message = f"the id `{card.id.value}` was that of `{owner}` before it was renamed"
                hint = "ids are never used again: choose another one"
                findings.append(Diagnostic(card.id.place, "R14", message, hint, card.id.value, lang))
    return findings


def raised(lock: Lock, stamps: Mapping[tuple[str, str], int]) -> Lock:
    """The lock in which no note is older than it once was.

    `stamps` are by card and language as the lock writes it. Where the lock was taken
    back, the next build stamps the note anew, so that the older text reaches those
    who have the newer one.
    """
    notes = dict(lock.notes)
    for (card, lang), line in lock.notes.items():
        stamp = stamps.get((card, _to_lock(lang)), 0)
        if line.stamp < stamp < _LATEST:
            notes[card, lang] = replace(line, stamp=stamp, digest=_MERGED)
    return replace(lock, notes=notes)


def next_major(lock: Lock, deck: Deck) -> Lock:
    """A lock under which the deck begins anew: with other guids, note types and no past."""
    major = (
        max((int(line.namespace.partition("#")[2] or 1) for line in lock.packages.values()), default=1) + 1
    )
    packages = {
        lang: PackageLine(SCHEMA, f"{lang}#{major}", deck.title[lang].value) for lang in deck.languages
    }
    return Lock(deck.key.value, packages)


def frozen(deck: Deck, lock: Lock, shown: str) -> list[Diagnostic]:
    """Findings (R02, R03, R04, R06, R10) about what was shipped and can't be changed by an import.

    `shown` is the lock's name.
    """
    if lock.deck != deck.key.value:
        message = f"the deck's key was `{lock.deck}` when it was built, and is `{deck.key.value}` now"
        hint = f"write `deck: {lock.deck}` again; if this folder is a copy, delete the copied {FILE}"
        return [Diagnostic(deck.key.place, "R02", message, hint)]
    findings: list[Diagnostic] = []
    for lang, package in lock.packages.items():
        findings += _frozen_package(deck, lang, package, shown)
    cards = {card.id.value: card for card in deck.cards}
    for (card_id, lang), line in lock.notes.items():
        content = cards[card_id].contents.get(lang) if card_id in cards else None
        if content is not None:
            findings += _frozen_kind(card_id, lang, content, line, shown)
    return findings


def _frozen_package(deck: Deck, lang: str, line: PackageLine, shown: str) -> Iterator[Diagnostic]:
    if lang not in deck.languages:
        message = f"the language `{lang}` was built and is not in `languages:` now"
        yield Diagnostic(deck.key.place, "R06", message, "put it back", lang=lang)
        return
    title = deck.title[lang]
    if title.value != line.title:
        message = f"the title was “{line.title}” when it was built, and is “{title.value}” now"
        hint = f"write “{line.title}” again: an import can't rename a deck, learners rename it themselves"
        yield Diagnostic(title.place, "R03", message, hint, lang=lang)
    if line.schema != SCHEMA:
        message = f"the deck was built with note types of schema {line.schema}, this deckgen has {SCHEMA}"
        hint = "use the deckgen that built it: Anki would refuse every update of its notes"
        yield Diagnostic(Place(shown), "R10", message, hint, lang=lang)


def _frozen_kind(card: str, lang: str, content: Content, line: NoteLine, shown: str) -> Iterator[Diagnostic]:
    if content.kind != line.kind:
        message = f"the card `{card}` was built as {line.kind.words} and is {content.kind.words} now"
        hint = "take it back, retire it, and write the other kind under a new id"
        yield Diagnostic(Place(shown, line.line), "R04", message, hint, card, lang)


def gone(
    deck: Deck, rendered: Rendered, lock: Lock, shown: str, shipped: Callable[[], Mapping[str, str]]
) -> list[Diagnostic]:
    """Findings (R05) about cards that were built and are gone from the source.

    When a new card looks like one of them, the finding proposes the rename. `shipped`
    gives the text of the notes in the last package by guid; it is called only when
    there is something to compare.
    """
    lang = rendered.lang
    present = {note.card for note in rendered.notes}
    lost = {card: line for (card, own), line in lock.notes.items() if own == lang and card not in present}
    if not lost or not deck.complete:
        return []
    fresh = [note for note in rendered.notes if (note.card, lang) not in lock.notes]
    texts = shipped() if fresh else {}
    findings = []
    for card, line in lost.items():
        old_guid = line.guid or guid(lock.deck, lock.namespace(lang), card)
        twin = _twin(line, texts.get(old_guid, ""), fresh)
        message = f"the card `{card}` was built and is gone from the source"
        hint = f"put it back under its id, or keep it with `deckgen retire {card} --reason …`"
        if twin:
            message += f"; the new card `{twin}` looks like it"
            hint = (
                f"if it was renamed: `deckgen rename {card} {twin}` writes `was: {card}` into it; else {hint}"
            )
        findings.append(Diagnostic(Place(shown, line.line), "R05", message, hint, card, lang))
    return findings


def _twin(line: NoteLine, text: str, fresh: Sequence[Note]) -> str:
    """The new card that says the same as a lost one, or nearly so, as git finds renamed files."""
    for note in fresh:
        if note.kind == line.kind and note.source == line.source:
            return note.card
    best, twin = SIMILAR, ""
    for note in fresh if text else ():
        matcher = difflib.SequenceMatcher(None, text, note.text, autojunk=False)
        if note.kind == line.kind and matcher.real_quick_ratio() > best and matcher.ratio() > best:
            best, twin = matcher.ratio(), note.card
    return twin


def moved(deck: Deck, rendered: Rendered, lock: Lock, accepted: Iterable[str]) -> list[Diagnostic]:
    """Findings about cards of a note that vanish (R11) or would ask what another one asked (R12).

    Cards whose id is in `accepted` are passed over.
    """
    places = {card.id.value: card.id.place for card in deck.cards}
    skipped = set(accepted)
    findings = []
    for note in rendered.notes:
        line = lock.notes.get((note.card, rendered.lang))
        if line is None or note.retired or note.card in skipped:
            continue
        place, about = places[note.card], (note.card, rendered.lang)
        lost = sorted(line.cards.keys() - note.cards.keys())
        if lost:
            numbers = ", ".join(
                line.cards[number] if note.kind is Kind.LIST else str(number) for number in lost
            )
            message = (
                f"the card `{note.card}` was built with {_PARTS[note.kind]} {numbers}, which is gone now"
            )
            hint = f"put it back, or let learners keep an empty card: `deckgen build --accept {note.card}`"
            findings.append(Diagnostic(place, "R11", message, hint, *about))
        for number, label in line.cards.items() if note.kind is Kind.CLOZE else ():
            other = _moved_to(number, label, note, line)
            if other is not None:
                message = f"what c{number} of `{note.card}` hid is under c{other} now, without its history"
                hint = f"number it {number} again, or accept it: `deckgen build --accept {note.card}`"
                findings.append(Diagnostic(place, "R12", message, hint, *about))
    return findings


_PARTS = {Kind.QA: "the card number", Kind.CLOZE: "the deletion", Kind.LIST: "the item"}


def _moved_to(number: int, label: str, note: Note, line: NoteLine) -> int | None:
    """Under which other number a note hides what `number` hid before, if it does."""
    if note.cards.get(number) == label:
        return None
    others = (other for other, new in note.cards.items() if new == label and line.cards.get(other) != label)
    return next(others, None)


def known(deck: Deck, lang: str, lock: Lock) -> Known:
    """What the notes of a language take over from earlier builds."""
    guids = {card: line.guid for (card, own), line in lock.notes.items() if own == lang and line.guid}
    return Known(lock.namespace(lang), item_numbers(deck, lang, lock), guids)


def item_numbers(deck: Deck, lang: str, lock: Lock) -> dict[str, dict[str, int]]:
    """Cloze numbers of the list cards' items: card id → key → number from 1.

    A key keeps its number for ever, also when its item is gone. The items of a new
    card are counted; an item that comes later gets a number made from its key, so
    that two branches which each add one agree after a merge, whichever lines of
    the lock survive it.
    """
    numbers: dict[str, dict[str, int]] = {}
    for card in deck.cards:
        content = card.contents.get(lang)
        if isinstance(content, ItemList):
            keys = [item.key.value for item in content.items]
            line = lock.notes.get((card.id.value, lang))
            if line is None:
                numbers[card.id.value] = {key: number for number, key in enumerate(keys, start=1)}
                continue
            given = {key: number for number, key in {**line.gone, **line.cards}.items()}
            for key in sorted(set(keys) - given.keys()):
                given[key] = _late_number(key, set(given.values()))
            numbers[card.id.value] = {key: given[key] for key in keys}
    return numbers


def _late_number(key: str, taken: set[int]) -> int:
    room = ID_STEP - FIRST_LATE_NUMBER
    start = int(hashlib.blake2b(key.encode(), digest_size=4).hexdigest(), 16)
    candidates = (FIRST_LATE_NUMBER + (start + step) % room for step in range(room))
    return next(number for number in candidates if number not in taken)


# -- the next build ----------------------------------------------------------------


def advance(
    lock: Lock,
    deck: Deck,
    packages: Iterable[tuple[Rendered, Sequence[NoteType]]],
    now: int,
    restamp: Iterable[str] = (),
) -> tuple[Lock, dict[str, Changes]]:
    """The lock after a build at `now` (seconds since 1970), and what changed by language.

    `packages` gives for each language its notes and note types. What is not among
    them keeps its lines. A stamp never goes back, whatever the clock says. Cards in
    `restamp` get a new stamp although nothing changed.
    """
    now = max(now, EARLIEST)
    shipped, note_types = dict(lock.packages), dict(lock.note_types)
    ids = _IdSource(now)
    notes = ids.mend(lock.notes)
    forced = set(restamp)
    changes: dict[str, Changes] = {}
    for rendered, types in packages:
        lang = rendered.lang
        shipped[lang] = PackageLine(SCHEMA, lock.namespace(lang), deck.title[lang].value)
        new: list[Note] = []
        changed: list[tuple[Note, NoteLine]] = []
        for note in rendered.notes:
            old = notes.get((note.card, lang))
            digest = _note_digest(note)
            if old is None:
                new.append(note)
            elif old.digest != digest or note.card in forced:
                notes[note.card, lang] = _changed(old, note, digest, now)
                changed.append((note, old))
            elif old.source != note.source:
                notes[note.card, lang] = replace(old, source=note.source)
        for note, note_id in zip(new, ids.take(len(new)), strict=True):
            notes[note.card, lang] = replace(_first(note, _note_digest(note), now), note_id=note_id)
        changes[lang] = _changes(rendered, new, changed, _advance_types(lang, types, note_types, now))
    return Lock(deck.key.value, shipped, note_types, notes), changes


def _advance_types(
    lang: str, types: Sequence[NoteType], lines: dict[tuple[str, str], TypeLine], now: int
) -> tuple[str, ...]:
    """Stamp the note types that changed anew in `lines`; gives their names."""
    changed = []
    for note_type in types:
        old = lines.get((lang, note_type.role))
        digest = _type_digest(note_type)
        if old is None or old.digest != digest:
            lines[lang, note_type.role] = TypeLine(_later(now, old), digest)
            changed.append(note_type.name)
    return tuple(changed)


def _changes(
    rendered: Rendered, new: list[Note], changed: list[tuple[Note, NoteLine]], types: tuple[str, ...]
) -> Changes:
    return Changes(
        new=tuple(note.card for note in new),
        changed=tuple(note.card for note, _ in changed),
        unchanged=len(rendered.notes) - len(new) - len(changed),
        note_types=types,
        retired=tuple(note.card for note, old in changed if note.retired and not old.retired),
        returned=tuple(note.card for note, old in changed if old.retired and not note.retired),
        restyled=tuple(note.card for note, old in changed if note.source == old.source),
    )


def _first(note: Note, digest: str, now: int) -> NoteLine:
    cards = {} if note.retired else note.cards
    texts = (text_hash(note.fields),)
    return NoteLine(note.kind, now, 0, digest, note.source, texts, cards, retired=note.retired)


def _changed(old: NoteLine, note: Note, digest: str, now: int) -> NoteLine:
    # A retired note keeps the cards that learners have: they count again when it returns.
    cards = old.cards if note.retired else note.cards
    gone = dict(old.gone)
    if note.kind is Kind.LIST:
        gone = {n: key for n, key in {**old.gone, **old.cards}.items() if n not in cards}
    return replace(
        old,
        stamp=_later(now, old),
        digest=digest,
        source=note.source,
        texts=tuple(dict.fromkeys((text_hash(note.fields), *old.texts)))[:MAX_TEXTS],
        cards=cards,
        gone=gone,
        retired=note.retired,
    )


def _later(now: int, old: NoteLine | TypeLine | None) -> int:
    return now if old is None else max(now, old.stamp + 1)


class _IdSource:
    """Note ids: milliseconds in the past, unique in the lock, ascending in study order."""

    def __init__(self, now: int) -> None:
        self._used: set[int] = set()
        self._slot = now * 1000 // ID_STEP

    def mend(self, notes: Mapping[tuple[str, str], NoteLine]) -> dict[tuple[str, str], NoteLine]:
        """The notes with usable ids; one that two branches gave to two notes stays with the first.

        Anki knows notes by their guid, so another id harms nobody.
        """
        mended = dict(notes)
        doubtful = []
        for key, line in sorted(notes.items()):
            slot, rest = divmod(line.note_id, ID_STEP)
            if rest or slot in self._used or line.note_id < EARLIEST * 500:  # ms: before 1994
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
        self._used.update(slots)
        return [slot * ID_STEP for slot in reversed(slots)]


def text_hash(fields: Sequence[str]) -> str:
    """Of the fields of a note alone: tags are the learner's as well."""
    return short_hash("\x1f".join(fields))


def _note_digest(note: Note) -> str:
    """Of all that Anki stores for a note. Media are in it by their names, which are hashes."""
    return _digest("\x1f".join(note.fields), " ".join(note.tags))


def _type_digest(note_type: NoteType) -> str:
    parts = [note_type.name, note_type.role, note_type.css]
    parts += [f"{field.name}\x1f{field.number}" for field in note_type.fields]
    parts += [f"{t.name}\x1f{t.number}\x1f{t.front}\x1f{t.back}" for t in note_type.templates]
    return _digest(*parts)


def _digest(*parts: str) -> str:
    return hashlib.blake2b("\x1e".join(parts).encode(), digest_size=8).hexdigest()
