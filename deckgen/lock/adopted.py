r"""adopted.html: the bytes that learners had before a deck became source. docs/lock.md describes the format.

`deckgen adopt` writes the file; builds only read it. Each note's line in the lock has a hash of the lines
that the note has here, so that none is lost, or changed, without a word. A field's line holds a hash of its
text in the card files, too: as long as the text is that one, its note gets exactly these bytes.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import NamedTuple

from deckgen.deck import NO_LANGUAGE, Card, Deck, Given, OwnType, Past, Sheet
from deckgen.finding import Finding, Place
from deckgen.kinds import OwnFields
from deckgen.lock import inherit, words
from deckgen.lock.limits import FILE as LOCK
from deckgen.lock.lines import LineError, Lock, NoteLine
from deckgen.notes.identity import guid, short_hash
from deckgen.reading import files
from deckgen.written import File, Text

FILE = "adopted.html"
HEADER = "deckgen-adopted 1"
#: In bytes, lines, and characters of a line. A text in a card file has at most 10,000 characters.
MAX_BYTES, MAX_LINES, MAX_LINE = 100_000_000, 1_000_000, 1_000_000
#: At most so many findings about one file: a person's screen holds no more.
MOST = 8

_CODE = "R22"
_BACK = f"take {FILE} and {LOCK} back from git"
_CONFLICT = re.compile(r"(<{7}|={7}|>{7}|\|{7})( |$)")
_ESCAPED = re.compile(r"\\(?:([\\nr])|x([0-9a-f]{2}))")
# What ends a line, and what no text has: Anki drops it.
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f]")
_SIGNS = {"\\": "\\", "n": "\n", "r": "\r"}
_NUMBERS = re.compile(r"[1-9][0-9]{0,2}(,[1-9][0-9]{0,2})*|-")
_SHORT, _LONG = re.compile(r"[0-9a-f]{8}"), re.compile(r"[0-9a-f]{16}")


# -- write -------------------------------------------------------------------------


def dump(lines: Iterable[str], notes: Iterable[Sequence[str]]) -> str:
    """The file as text: `lines` of media and note types, then those of each note, as `note_lines` gives them.

    Empty lines keep the notes apart, so that git can merge branches that adopted different ones.
    """
    blocks = ["\n".join([HEADER, *lines]), *("\n".join(note) for note in notes)]
    return "\n\n".join(blocks) + "\n"


def media_line(name: str, digest: str, file: str = "") -> str:
    """The line of a file that Anki calls `name`; `file` is its name in `media/` where that is another one.

    `digest` is its `media.content_digest`.
    """
    return " ".join(
        ["media", words.escaped(name), digest, *([words.escaped(file)] if file not in ("", name) else [])]
    )


def type_line(own: OwnType) -> str:
    """The line of a note type as it is now."""
    return f"type {own.name} {type_digest(own)}"


def note_lines(
    card: str, fields: Iterable[tuple[str, Text, str]], cards: Iterable[int] | None = None
) -> list[str]:
    """The lines of a note: for each filled field its name, its text in the card file, and the HTML in Anki.

    `cards` are the numbers of its cards, from 1, where Anki makes others of these fields.
    """
    first = [] if cards is None else [f"cards {card} {','.join(map(str, sorted(cards))) or words.NOTHING}"]
    return first + [
        f"field {card} {words.escaped(name)} {typed_hash(text)} {_escaped(html)}"
        for name, text, html in fields
    ]


def note_hash(lines: Iterable[str]) -> str:
    """What `adopted=` of the note's line in the lock says of its lines."""
    return short_hash("\n".join(lines))


def typed_hash(text: Text) -> str:
    """A hash of a text as it is typed in a card file."""
    return short_hash(f"!html {text.value}" if text.html else text.value)


#: That of a text that is not there.
_EMPTY = short_hash("")


def type_digest(own: OwnType) -> str:
    """A hash of the names, templates and style of a note type."""
    parts = [*own.field_names, "\x1e", own.style.text if own.style else "\x1e"]
    for one in own.templates:
        sides = (*_by_language(one.front), *_by_language(one.back))
        parts += [one.name.value, *(text for lang, sheet in sides for text in (lang, sheet.text))]
    # A package of somebody else's may have half a character in it.
    text = "\x1f".join(parts).encode("utf-8", "surrogatepass")
    return hashlib.blake2b(text, digest_size=8).hexdigest()


def _by_language(side: Mapping[str, Sheet]) -> list[tuple[str, Sheet]]:
    """A side in all languages; one file for all is the side of a deck that declares none."""
    if len({sheet.shown for sheet in side.values()}) == 1:
        return [(NO_LANGUAGE, next(iter(side.values())))]
    return sorted(side.items())


def _escaped(html: str) -> str:
    html = html.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r")
    html = _CONTROL.sub(lambda found: f"\\x{ord(found[0]):02x}", html)
    # Some editors and hooks take blanks away from the ends of lines.
    return f"{html[:-1]}\\x{ord(html[-1]):02x}" if html[-1:] in (" ", "\t", "\xa0") else html


#: Names of fields, of which there are few.
_read_name = lru_cache(maxsize=256)(words.read_escaped)


def _read_escaped(written: str) -> str:
    """Raises LineError for what `_escaped` does not write."""
    if "\\" not in written:
        return written
    if written.count("\\") != sum(2 if one == "\\" else 1 for one, _ in _ESCAPED.findall(written)):
        raise LineError("has a `\\` before a sign that needs none")
    return _ESCAPED.sub(lambda found: _SIGNS[found[1]] if found[1] else chr(int(found[2], 16)), written)


# -- read --------------------------------------------------------------------------


class Line(NamedTuple):
    """A field's line: the hash of its text, the HTML, and where that stands, by line and column from 0."""

    typed: str
    html: str
    number: int
    column: int


@dataclass(slots=True)
class Lines:
    """The lines of a note: all as they are written, in order; those of its fields by name; its cards."""

    number: int
    raw: dict[str, None] = field(default_factory=dict)
    fields: dict[str, Line] = field(default_factory=dict)
    cards: tuple[int, ...] | None = None


@dataclass(slots=True)
class Read:
    """What a file says, and its `rows`. `files` are names in Anki and hashes, by names in `media/`."""

    rows: list[str]
    files: dict[str, tuple[str, str]] = field(default_factory=dict)
    types: dict[str, str] = field(default_factory=dict)
    notes: dict[str, Lines] = field(default_factory=dict)


def parse(text: str, shown: str) -> tuple[Read, list[Finding]]:
    """Read the text of a file; a line that can't be read is a finding (R22), and left out."""
    if text.count("\n") > MAX_LINES:
        return Read([]), [_finding(Place(shown, MAX_LINES), f"has more than {MAX_LINES:,} lines", _BACK)]
    # Only these end a line: a text may have others, such as U+2028. A checkout on Windows has CRLF.
    rows = [row.removesuffix("\r") for row in text.removeprefix("\ufeff").split("\n")]
    if rows[0] != HEADER:
        return Read([]), [_finding(Place(shown), f"this line is not `{HEADER}`", _BACK)]
    read = Read(rows)
    return read, _few(_reading(read, shown))


def _reading(read: Read, shown: str) -> Iterator[Finding]:
    for number, row in enumerate(read.rows):
        if not row or not number:
            continue
        if _CONFLICT.match(row):
            hint = "delete only the lines `<<<<<<<`, `=======`, `>>>>>>>`, and keep all lines between them"
            yield _finding(Place(shown, number + 1), "this line was left by a merge", hint)
            continue
        try:
            _line(read, row, number)
        except LineError as error:
            yield _finding(Place(shown, number + 1), f"this line {error}", _BACK)


def _line(read: Read, row: str, number: int) -> None:
    if len(row) > MAX_LINE:
        raise LineError(f"has more than {MAX_LINE:,} characters")
    match row.split(" ", 4):
        case ["field", card, name, typed, html] if _SHORT.fullmatch(typed):
            if _CONTROL.search(html):
                raise LineError("has a control character")
            lines = read.notes.get(card) or read.notes.setdefault(card, Lines(number))
            line = Line(typed, _read_escaped(html), number, len(row) - len(html))
            _once(lines.fields.setdefault(_read_name(name), line)[:2], line[:2])
        case ["cards", card, numbers] if _NUMBERS.fullmatch(numbers):
            lines = read.notes.setdefault(card, Lines(number))
            found = () if numbers == words.NOTHING else tuple(map(int, numbers.split(",")))
            _once(found if lines.cards is None else lines.cards, found)
            lines.cards = found
        case ["type", role, digest] if _LONG.fullmatch(digest):
            _once(read.types.setdefault(role, digest), digest)
            return
        case ["media", name, digest, *other] if _LONG.fullmatch(digest) and len(other) < 2:
            stored = words.read_escaped(name)
            file = words.read_escaped(other[0]) if other else stored
            _once(read.files.setdefault(file, (stored, digest)), (stored, digest))
            return
        case _:
            raise LineError("can't be read")
    lines.raw[row] = None  # once, though a merge may leave it twice


def _once(known: object, here: object) -> None:
    if known != here:
        raise LineError("says something else than a line above it")


def _few(findings: Iterable[Finding]) -> list[Finding]:
    """The first findings, and of the others how many there are."""
    found = list(findings)
    if len(found) <= MOST:
        return found
    message = f"so are {len(found) - MOST} more lines from here on"
    return [*found[:MOST], _finding(found[MOST].place, message, found[MOST].hint)]


def _finding(place: Place, message: str, hint: str, card: str = "") -> Finding:
    return Finding(place, _CODE, message, hint, card)


# -- bind to the lock --------------------------------------------------------------


def bind(deck: Deck, lock: Lock) -> tuple[Deck, list[Finding]]:
    """The deck with what learners have of it since before it was source, and findings (R22).

    `lock` is the one in its folder, as it was read.
    """
    path = deck.folder / FILE
    shown = path.as_posix()
    try:
        text = files.beside(path, MAX_BYTES).decode("utf-8")
    except FileNotFoundError:
        findings = list(_missing(deck, lock, shown))
        return (_broken(deck) if findings else deck), findings
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        return _broken(deck), [_finding(Place(shown), f"can't be read: {reason}", _BACK)]
    read, findings = parse(text, shown)
    if not findings:
        lock, _ = inherit.rename(lock, deck, "")
        findings = _few(_unbound(deck, lock, read, shown)) + list(_begun_without(deck))
    if findings:
        return _broken(deck), findings
    lines = {
        key: found
        for key, line in lock.notes.items()
        if line.adopted and (found := _of(key[0], line, read)) is not None
    }
    # Without any, the deck began anew, and what the file says is of no learner.
    return (_with_past(deck, read, lines, shown) if lines else deck), []


def fresh(deck: Deck, text: str) -> tuple[Deck, list[Finding]]:
    """The deck as a build sees it with this text of adopted.html, before it has a lock, and findings (R22).

    From it `deckgen adopt` makes the first lock.
    """
    shown = (deck.folder / FILE).as_posix()
    read, findings = parse(text, shown)
    lines = {(card, lang): found for card, found in read.notes.items() for lang in deck.languages}
    return _with_past(deck, read, lines, shown), findings


def _with_past(deck: Deck, read: Read, lines: Mapping[tuple[str, str], Lines], shown: str) -> Deck:
    """`lines` are those of notes by card id and language."""
    file = File(shown, read.rows)
    notes = {
        (card.id.value, lang): _of_note(content, lines[card.id.value, lang], file)
        for card in deck.cards
        for lang, content in card.contents.items()
        if isinstance(content, OwnFields) and (card.id.value, lang) in lines
    }
    there = {own.name: type_digest(own) for own in deck.note_types.values() if own.name in read.types}
    same = frozenset(name for name, digest in there.items() if read.types[name] == digest)
    changed = {name: read.types[name] for name in there if name not in same}
    return replace(deck, past=Past(notes, read.files, same, changed))


def with_cards(deck: Deck, cards: tuple[Card, ...]) -> Deck:
    """The deck with these cards for its own, whose texts may be others: as a build would bind them."""
    notes = {
        (card.id.value, lang): _bound(content, given.lines, given.typed, given.cards)
        for card in cards
        for lang, content in card.contents.items()
        if isinstance(content, OwnFields) and (given := deck.past.notes.get((card.id.value, lang)))
    }
    return replace(deck, cards=cards, past=replace(deck.past, notes=notes))


def _broken(deck: Deck) -> Deck:
    return replace(deck, past=Past(broken=True))


def _missing(deck: Deck, lock: Lock, shown: str) -> Iterator[Finding]:
    count = sum(1 for line in lock.notes.values() if line.adopted)
    if count:
        message = f"is missing: it holds what learners have of {count} notes"
        yield _finding(Place(shown), message, f"take it back: `git checkout HEAD -- {shown}`")
    yield from _begun_without(deck)


def _begun_without(deck: Deck) -> Iterator[Finding]:
    if deck.adopted and not (deck.folder / LOCK).exists():
        message = (
            f"learners had this deck before, and {LOCK} is missing: they would get every note a second time"
        )
        hint = (
            f"take {LOCK} back from git; if nobody has the deck, take out `adopted: true` and delete {FILE}"
        )
        yield _finding(deck.adopted.whole, message, hint)


def _of(card: str, line: NoteLine | None, read: Read) -> Lines | None:
    """The lines of a note, under its id or one that it had before."""
    ids = (card, *reversed(line.was)) if line is not None else (card,)
    return next((read.notes[one] for one in ids if one in read.notes), None)


def _unbound(deck: Deck, lock: Lock, read: Read, shown: str) -> Iterator[Finding]:
    """Findings about notes whose lines are not those of which the lock tells."""
    some = {card for (card, _), line in lock.notes.items() if line.adopted}
    for card in deck.cards:
        for lang in card.contents:
            line = lock.notes.get((card.id.value, lang))
            lines = _of(card.id.value, line, read)
            if line is not None and line.adopted:
                yield from _unlike(card, line, lines, shown)
            elif card.id.value in some:  # in another language, which learners had not
                continue
            elif lines is not None and (some if line is None else _is_foreign(card, lang, line, lock)):
                message = f"this line is of `{card.id.value}`, and {LOCK} does not know that it was adopted"
                yield _finding(Place(shown, lines.number + 1), message, _BACK, card.id.value)


def _unlike(card: Card, line: NoteLine, lines: Lines | None, shown: str) -> Iterator[Finding]:
    if lines is None:
        message = f"has no lines of `{card.id.value}`, of which {LOCK} tells"
        yield _finding(Place(shown), message, _BACK, card.id.value)
    elif note_hash(lines.raw) != line.adopted:
        message = (
            f"the lines of `{card.id.value}` are not those of which {LOCK} tells: one is gone, or changed"
        )
        yield _finding(Place(shown, lines.number + 1), message, _BACK, card.id.value)


def _is_foreign(card: Card, lang: str, line: NoteLine, lock: Lock) -> bool:
    """Whether the guid is none of ours: not of a card of a deck that began anew."""
    space = lock.namespace(lang)
    own = (guid(lock.deck, space, one) for one in (card.id.value, *line.was))
    return line.guid != "" and line.guid not in own


def _of_note(content: OwnFields, lines: Lines, file: File) -> Given:
    html = {name: _as_text(one, file) for name, one in lines.fields.items()}
    return _bound(content, html, {name: one.typed for name, one in lines.fields.items()}, lines.cards)


def _bound(
    content: OwnFields, html: Mapping[str, Text], typed: Mapping[str, str], cards: tuple[int, ...] | None
) -> Given:
    texts = {one.name.value: one.text for one in content.texts}
    # A field that shows nothing, such as `<br>`, has no text in the card file.
    now = {name: typed_hash(texts[name]) if name in texts else _EMPTY for name in html}
    kept = frozenset(name for name in html if now[name] == typed[name])
    return Given(html, typed, kept, len(kept) == len(html) and texts.keys() <= html.keys(), cards)


def _as_text(line: Line, file: File) -> Text:
    end = len(file.lines[line.number])
    return Text(line.html, file, "", line.number, line.column, line.number, end, html=True)
