"""What was shipped, so that only what changed looks newer to Anki.

Anki takes a note of a package only when its modification stamp is newer than
the learner's (rslib/src/import_export/package/apkg/import/notes.rs). A stamp
that moves without need overwrites the learner's own edits; one that does not
move holds the update back. So a stamp is the time of the build in which the
note's rendered content last changed, and the lock remembers it: one line a
note, in `deck.lock` beside the source, written by `build` and committed.

    deckgen-lock 1
    deck <key>
    package <lang> <schema> <title as JSON>
    notetype <lang> <role> <hash> <stamp>
    note <lang> <card> <kind> <hash> <stamp> <note id> [<item>=<number>,…]

A deck of one language writes `-` for the language. Stamps are seconds, note ids
milliseconds since 1970.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from deckgen.deck import Content, Deck, ItemList, Kind
from deckgen.diagnostic import Diagnostic, Place
from deckgen.notetypes import SCHEMA, NoteType
from deckgen.render import Note, Rendered

FILE = "deck.lock"
_HEADER = "deckgen-lock 1"
_NO_LANGUAGE = "-"

#: Room between note ids, so that note id + card ordinal can be the card's id.
ID_STEP = 500
# A clock that is far behind must not give ids near 0, to which Anki gives a meaning.
_EARLIEST = 1_500_000_000


@dataclass(frozen=True, slots=True)
class PackageLine:
    schema: str
    title: str


@dataclass(frozen=True, slots=True)
class TypeLine:
    digest: str
    stamp: int


@dataclass(frozen=True, slots=True)
class NoteLine:
    kind: Kind
    digest: str
    stamp: int
    note_id: int
    items: Mapping[str, int] = field(default_factory=dict)
    line: int = field(default=1, compare=False)


@dataclass(frozen=True, slots=True)
class Lock:
    """Packages by language, note types by (language, role), notes by (language, card id)."""

    deck: str
    packages: Mapping[str, PackageLine] = field(default_factory=dict)
    note_types: Mapping[tuple[str, str], TypeLine] = field(default_factory=dict)
    notes: Mapping[tuple[str, str], NoteLine] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Changes:
    """What a package brings to those who have the one before: card ids in study order."""

    new: tuple[str, ...]
    changed: tuple[str, ...]
    unchanged: int
    note_types: tuple[str, ...]


# -- the file ----------------------------------------------------------------------


def parse(text: str, shown: str) -> tuple[Lock | None, list[Diagnostic]]:
    """Read the text of a lock; a line that can't be read is a finding (R01) and gives None."""
    deck = ""
    packages: dict[str, PackageLine] = {}
    note_types: dict[tuple[str, str], TypeLine] = {}
    notes: dict[tuple[str, str], NoteLine] = {}
    lines = text.splitlines()
    if not lines or lines[0] != _HEADER:
        return None, [_unreadable(shown, 1, f"is not `{_HEADER}`")]
    for index, line in enumerate(lines[1:], start=2):
        try:
            match line.split(" "):
                case ["deck", key]:
                    deck = key
                case ["package", lang, schema, *title]:
                    packages[_from_lock(lang)] = PackageLine(schema, str(json.loads(" ".join(title))))
                case ["notetype", lang, role, digest, stamp]:
                    note_types[_from_lock(lang), role] = TypeLine(digest, int(stamp))
                case ["note", lang, card, kind, digest, stamp, note_id, *items]:
                    if (_from_lock(lang), card) in notes:
                        return None, [_unreadable(shown, index, f"is a second one for `{card}`")]
                    notes[_from_lock(lang), card] = NoteLine(
                        Kind(kind), digest, int(stamp), int(note_id), _parse_items(items), index
                    )
                case _:
                    return None, [_unreadable(shown, index, "can't be read")]
        except ValueError:
            return None, [_unreadable(shown, index, "can't be read")]
    if not deck:
        return None, [_unreadable(shown, 1, "is not followed by `deck <key>`")]
    return Lock(deck, packages, note_types, notes), []


def _parse_items(words: Sequence[str]) -> dict[str, int]:
    pairs = (pair.partition("=") for word in words for pair in word.split(","))
    return {key: int(number) for key, _, number in pairs}


def _unreadable(shown: str, line: int, what: str) -> Diagnostic:
    hint = "take the file back from git (`git checkout -- deck.lock`); after a merge, keep one side and build"
    return Diagnostic(Place(shown, line), "R01", f"this line of the lock {what}", hint)


def dump(lock: Lock) -> str:
    """The lock as text: sorted, so that branches that touch other cards touch other lines."""
    lines = [_HEADER, f"deck {lock.deck}"]
    lines += [
        f"package {_to_lock(lang)} {line.schema} {json.dumps(line.title, ensure_ascii=False)}"
        for lang, line in sorted(lock.packages.items())
    ]
    lines += [
        f"notetype {_to_lock(lang)} {role} {line.digest} {line.stamp}"
        for (lang, role), line in sorted(lock.note_types.items())
    ]
    for (lang, card), note in sorted(lock.notes.items()):
        items = ",".join(f"{key}={number}" for key, number in note.items.items())
        words = ["note", _to_lock(lang), card, note.kind, note.digest, str(note.stamp), str(note.note_id)]
        lines.append(" ".join(words + ([items] if items else [])))
    return "\n".join(lines) + "\n"


def _to_lock(lang: str) -> str:
    return lang or _NO_LANGUAGE


def _from_lock(lang: str) -> str:
    return "" if lang == _NO_LANGUAGE else lang


# -- what must not change ----------------------------------------------------------


def frozen(deck: Deck, lock: Lock, shown: str) -> list[Diagnostic]:
    """Findings (R02 to R06, R10) about what was shipped and can't be changed by an import.

    `shown` is the lock's name.
    """
    if lock.deck != deck.key.value:
        message = f"the deck's key was `{lock.deck}` when it was built, and is `{deck.key.value}` now"
        hint = f"write `deck: {lock.deck}` again; a new key is a new deck, in a new folder"
        return [Diagnostic(deck.key.place, "R02", message, hint)]
    findings: list[Diagnostic] = []
    for lang, package in lock.packages.items():
        findings += _frozen_package(deck, lang, package, shown)
    cards = {card.id.value: card for card in deck.cards}
    for (lang, card_id), line in lock.notes.items():
        if lang in deck.languages:
            content = cards[card_id].contents.get(lang) if card_id in cards else None
            findings += _frozen_note(deck, lang, card_id, content, line, shown)
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


def _frozen_note(
    deck: Deck, lang: str, card: str, content: Content | None, line: NoteLine, shown: str
) -> Iterator[Diagnostic]:
    place = Place(shown, line.line)
    if content is None and deck.complete:
        message = f"the card `{card}` was built and is gone from the source"
        hint = "put it back under its id, or keep it with `retired: {since: …, reason: …}`"
        yield Diagnostic(place, "R05", message, hint, card, lang)
    elif content is not None and content.kind != line.kind:
        message = f"the card `{card}` was built as {line.kind.words} and is {content.kind.words} now"
        hint = "take it back, retire it, and write the other kind under a new id"
        yield Diagnostic(place, "R04", message, hint, card, lang)


def item_numbers(deck: Deck, lang: str, lock: Lock) -> dict[str, dict[str, int]]:
    """Cloze numbers of the list cards' items: card id → key → number from 1.

    A key keeps its number for ever, also when its item is gone; a new key gets
    the next one, wherever it stands in the list.
    """
    numbers: dict[str, dict[str, int]] = {}
    for card in deck.cards:
        content = card.contents.get(lang)
        if isinstance(content, ItemList):
            line = lock.notes.get((lang, card.id.value))
            given = dict(line.items) if line else {}
            for item in content.items:
                given.setdefault(item.key.value, max(given.values(), default=0) + 1)
            numbers[card.id.value] = given
    return numbers


# -- the next build ----------------------------------------------------------------


def advance(
    lock: Lock,
    deck: Deck,
    packages: Iterable[tuple[Rendered, Sequence[NoteType], Mapping[str, Mapping[str, int]]]],
    now: int,
) -> tuple[Lock, dict[str, Changes]]:
    """The lock after a build at `now` (seconds since 1970), and what changed by language.

    `packages` gives for each language its notes, note types and item numbers.
    What is not among them keeps its lines. A stamp never goes back, whatever the
    clock says.
    """
    shipped, note_types, notes = dict(lock.packages), dict(lock.note_types), dict(lock.notes)
    ids = _IdSource((line.note_id for line in notes.values()), now)
    changes: dict[str, Changes] = {}
    for rendered, types, numbers in packages:
        lang = rendered.lang
        shipped[lang] = PackageLine(SCHEMA, deck.title[lang].value)
        changed_types = []
        for note_type in types:
            old_type = note_types.get((lang, note_type.role))
            digest = _type_digest(note_type)
            if old_type is None or old_type.digest != digest:
                note_types[lang, note_type.role] = TypeLine(digest, _later(now, old_type))
                changed_types.append(note_type.name)
        new, changed = [], []
        for note in rendered.notes:
            digest, old = _note_digest(note), notes.get((lang, note.card))
            items = numbers.get(note.card, {})
            if old is None:
                new.append((note.card, NoteLine(note.kind, digest, now, 0, items)))
            elif old.digest != digest:
                notes[lang, note.card] = replace(old, digest=digest, stamp=_later(now, old), items=items)
                changed.append(note.card)
        for (card, line), note_id in zip(new, ids.take(len(new)), strict=True):
            notes[lang, card] = replace(line, note_id=note_id)
        changes[lang] = Changes(
            new=tuple(card for card, _ in new),
            changed=tuple(changed),
            unchanged=len(rendered.notes) - len(new) - len(changed),
            note_types=tuple(changed_types),
        )
    return Lock(deck.key.value, shipped, note_types, notes), changes


def _later(now: int, old: NoteLine | TypeLine | None) -> int:
    return now if old is None else max(now, old.stamp + 1)


class _IdSource:
    """Note ids: milliseconds in the past, unique in the lock, ascending in study order."""

    def __init__(self, used: Iterable[int], now: int) -> None:
        self._used = {note_id // ID_STEP for note_id in used}
        self._slot = max(now, _EARLIEST) * 1000 // ID_STEP

    def take(self, count: int) -> list[int]:
        slots: list[int] = []
        while len(slots) < count:
            self._slot -= 1
            if self._slot not in self._used:
                slots.append(self._slot)
        return [slot * ID_STEP for slot in reversed(slots)]


def _note_digest(note: Note) -> str:
    """Of all that Anki stores for a note. Media are in it by their names, which are hashes."""
    return _digest("\x1f".join(note.fields), " ".join(note.tags))


def _type_digest(note_type: NoteType) -> str:
    parts = [note_type.name, note_type.css]
    parts += [f"{field.name}\x1f{field.number}" for field in note_type.fields]
    parts += [f"{t.name}\x1f{t.number}\x1f{t.front}\x1f{t.back}" for t in note_type.templates]
    return _digest(*parts)


def _digest(*parts: str) -> str:
    return hashlib.blake2b("\x1e".join(parts).encode(), digest_size=8).hexdigest()
