"""Notes of our types that a learner added become cards, with an id from their words and with their guid."""

from __future__ import annotations

import os
from collections.abc import Callable, Container, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import chain, count
from pathlib import Path

from deckgen.adopting.convert import Markdown, to_markdown
from deckgen.adopting.look import Look
from deckgen.adopting.scalars import scalar, word
from deckgen.checks.proof.empty import says_nothing
from deckgen.deck import NO_LANGUAGE, Deck
from deckgen.editing.changes import AddCard
from deckgen.editing.edit import CantEdit
from deckgen.editing.scalars import as_key
from deckgen.finding import Severity
from deckgen.kinds import Kind, Role
from deckgen.lock.advance import hashes_of, text_hash
from deckgen.lock.held import Held
from deckgen.lock.limits import EARLIEST, ID_STEP, LATEST
from deckgen.lock.lines import MERGED, Lock, NoteLine
from deckgen.markup import markdown, raw
from deckgen.notes import deletions
from deckgen.notes.identity import short_hash
from deckgen.notes.note_types import NoteType
from deckgen.notes.own_types import ID
from deckgen.notes.render import Note, Rendered
from deckgen.packing.collection import ShippedNote
from deckgen.pulling.learner import OwnTags, first_text
from deckgen.pulling.merge import are_alike, with_blanks
from deckgen.pulling.names import Names
from deckgen.pulling.spots import cloze_fault
from deckgen.reading import tree
from deckgen.reading.card_file import card_file as read_cards
from deckgen.reading.keys import MAX_NAME, near_name
from deckgen.reading.load import DECK_FILE
from deckgen.reading.values import Enough, Values
from deckgen.written import File, Text

#: In characters. Anki's own have about ten (rslib/src/notes/mod.rs, base91_u64), those of add-ons more.
_LONGEST_GUID = 500
#: So many texts of a note are compared also where the learner has none.
_TEXTS = 2
#: An id from a text has at most so many characters, so that it can be typed.
_ID = 40


@dataclass(frozen=True, slots=True)
class Fresh:
    """A note that becomes the card `id`, whose lines in the file are `rows`; none where it is there already.

    `left` are fields not taken, and `tags_unknown` tags under the deck's key that the deck does not have.
    """

    id: str
    note: ShippedNote
    rows: tuple[str, ...]
    left: tuple[str, ...] = ()
    tags_unknown: tuple[str, ...] = ()


class Unbound:
    """The cards of a package that no lock knows.

    When deck.lock was taken back after a pull, and the file of the new cards was not, they are among them.
    """

    def __init__(self, rendered: Rendered, held: Held, writer: Writer) -> None:
        self._writer = writer
        self._types = {one.number: one for one in rendered.note_types.values()}
        self._cards: dict[tuple[str, str], list[Note]] = {}
        built = held.built
        for note in rendered.notes:
            if (note.card, rendered.lang) not in held.lock.notes and note.card not in built:
                texts = self._texts(rendered.note_types[note.role], note.fields)
                self._cards.setdefault(_key(note.role, texts), []).append(note)

    def take(self, old: ShippedNote) -> Fresh | None:
        """The card that says what a learner's note says, once for each; None if there is none."""
        note_type = self._types[old.note_type]
        has = self._texts(note_type, old.fields)
        found = self._cards.get(_key(note_type.role, has), [])
        for note in found:
            pairs = zip(has, self._texts(note_type, note.fields), strict=True)
            if all(
                self._are_alike(note_type, now, html)
                for place, (html, now) in enumerate(pairs)
                if html or place < _TEXTS
            ):
                found.remove(note)
                return Fresh(note.card, old, (), (), self._writer.unknown_tags(old))
        return None

    def _texts(self, note_type: NoteType, fields: Sequence[str]) -> list[str]:
        """The fields without what a build makes beside the texts, and no learner writes."""
        own = self._writer.deck.note_types.get(note_type.role)
        made = {ID, own.source, own.speaker} if own is not None else {ID}
        return [html for name, html in zip(note_type.field_names, fields, strict=True) if name not in made]

    def _are_alike(self, note_type: NoteType, now: str, has: str) -> bool:
        plain = self._writer.names.plain
        one, two, look = plain(now), with_blanks("", plain(has)), self._writer.look(note_type.role)
        return are_alike(one, two, look, cloze=note_type.is_cloze)


def _key(role: str, texts: Sequence[str]) -> tuple[str, str]:
    """What a card and a learner's note of it have in common, whatever blanks and lines Anki wrote."""
    return role, "".join(markdown.plain(texts[0]).split())


class _No(Exception):
    """Why a note can't be a card."""


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes notes of one package as cards."""

    deck: Deck
    lang: str
    names: Names
    own_tags: OwnTags
    look: Callable[[str], Look]

    def card(self, note: ShippedNote, note_type: NoteType, taken: Container[str]) -> Fresh | str:
        """The card of a note, or why it can be none."""
        if not 0 < len(note.guid) <= _LONGEST_GUID:
            return "it has a guid that Anki never gives: make a copy of it there"
        fields = dict(zip(note_type.field_names, note.fields, strict=True))
        filled = {name: html for name, html in fields.items() if not markdown.is_blank(html.lower())}
        try:
            content, used = self._content(note_type, filled)
        except _No as reason:
            return str(reason)
        card_id = _id(next(iter(filled.values())), note, taken)
        tags = [word(tag) for tag in sorted(self.own_tags(note.tags)) if tag in self.deck.tags]
        rows = [f"id: {card_id}"]
        if note_type.layout is not None:
            rows.append(f"type: {note_type.role}")
        rows += [f"tags: [{', '.join(tags)}]"] if tags else []
        rows += [
            f"{name}: true"
            for name in ("reverse", "typed")
            if name.title() in filled and name.title() in used
        ]
        if self.deck.languages != (NO_LANGUAGE,):
            content = [f"{self.lang}:", *(f"  {row}" for row in content)]
            rows += [f"only: [{self.lang}]"] if len(self.deck.languages) > 1 else []
        left = tuple(name for name in filled if name not in used and name not in ("Id", "Status"))
        fresh = Fresh(card_id, note, (*rows, *content), left, self.unknown_tags(note))
        return self._fault(fresh) or fresh

    def unknown_tags(self, note: ShippedNote) -> tuple[str, ...]:
        """The tags of a note under the deck's key that the deck does not have."""
        return tuple(tag for tag in sorted(self.own_tags(note.tags)) if tag not in self.deck.tags)

    def _fault(self, fresh: Fresh) -> str:
        """Why the lines of a card can't be read again, such as a text that is too long; empty if they can."""
        root, findings = tree.parse(new_file([fresh]), "")
        values = Values()
        if root is not None and not findings:
            with suppress(Enough):
                [*read_cards(values, root, "", self.deck)]
        errors = [one for one in (*findings, *values.findings) if one.severity is Severity.ERROR]
        return f"{errors[0].message} ({errors[0].code})" if errors else ""

    def _content(self, note_type: NoteType, filled: Mapping[str, str]) -> tuple[list[str], set[str]]:
        """The rows of the content, and the fields in them. Raises _No."""
        role = note_type.role
        if note_type.layout is not None:
            return self._own(role, filled)
        if role == Kind.QA.facts.role:
            needed = {"Question": "q", "Answer": "a"}
            switches = {"Reverse", "Typed"}
        elif role == Kind.CLOZE.facts.role and "List" not in filled:
            needed, switches = {"Text": "cloze"}, set()
        else:
            raise _No("only questions, clozes and notes of the deck's own types can be taken")
        lacking = [name for name in needed if name not in filled]
        if lacking:
            raise _No(f"its field {lacking[0]} is empty")
        names = needed | {"Note": "note", "Hint": "hint"}
        rows = [
            row
            for name, key in names.items()
            if name in filled
            for row in self._rows(key, filled[name], role, cloze=key == "cloze")
        ]
        return rows, {*names, *switches}

    def _own(self, role: str, filled: Mapping[str, str]) -> tuple[list[str], set[str]]:
        own = self.deck.note_types[role]
        rows, note, used = [], [], set()
        for field in own.fields:
            name = field.name.value
            if name not in filled or name in (own.source, own.speaker):
                continue
            used.add(name)
            is_cloze = field.meaning is Role.CLOZE
            if name == own.note:
                note += self._rows("note", filled[name], role, cloze=is_cloze)
            else:
                found = self._rows(as_key(name), filled[name], role, cloze=is_cloze)
                rows += [f"  {row}" for row in found]
        if not rows:
            raise _No("none of its fields is filled")
        return ["fields:", *rows, *note], used

    def _rows(self, key: str, html: str, role: str, *, cloze: bool) -> list[str]:
        """A field as lines of YAML under a key. Raises _No."""
        troubles: list[str] = []
        html = with_blanks("", self.names.plain(self.names.brought(html, "", troubles)))
        if troubles:
            raise _No(troubles[0])
        found = to_markdown(html, self.look(role), cloze=cloze)
        if not isinstance(found, Markdown) and raw.faults(html, is_latex=self.deck.trusted is not None):
            raise _No(f"Markdown can't say {found.reason}")
        is_html = not isinstance(found, Markdown)
        text = Text(found.text if isinstance(found, Markdown) else html, File(""), html=is_html)
        if says_nothing(text):
            raise _No(f"it only says “{text.value}”")
        # Anki keeps clozes that no deck can have.
        if cloze and (fault := cloze_fault(text, own=role in self.deck.note_types)):
            raise _No(fault)
        return f"{key}:{scalar(text.value, 0, html=is_html, chomped=True)}".split("\n")


def _id(html: str, note: ShippedNote, taken: Container[str]) -> str:
    """A free id from the first words of a note, or from its guid."""
    words = markdown.plain(deletions.with_all_shown(html))
    near = near_name(words)
    name = near if len(near) <= _ID else near[: _ID + 1].rpartition("-")[0] or near[:_ID]
    is_said = any(one.isascii() and one.isalnum() for one in words)  # not so of a picture, or of `?!`
    if not is_said or sum(map(str.isascii, words)) < len(words) / 2:  # of Chinese, a few letters say nothing
        name = f"note-{short_hash(note.guid)}"
    tries = chain([name], (f"{name[: MAX_NAME - 9]}-{number}" for number in count(2)))
    return next(one for one in tries if one not in taken)


# -- where ---------------------------------------------------------------------------------


def card_file(deck: Deck, named: Path) -> Path | None:
    """The card file of a deck that `--new` names; None when it lies in another folder.

    Raises CantEdit when it can't be a card file.
    """
    if named.suffix != ".yaml" or named.name == DECK_FILE or named.name.startswith("."):
        raise CantEdit(f"{named.as_posix()} can't be a card file: name one such as 02-new.yaml")
    if named.parent == Path() or os.path.realpath(named.parent) == os.path.realpath(deck.folder):
        return deck.folder / named.name
    return None


def new_file(cards: list[Fresh]) -> str:
    """The text of a card file that has only these cards."""
    rows = ["cards:"]
    for card in cards:
        rows += [f"  - {card.rows[0]}", *(f"    {row}" if row.strip() else "" for row in card.rows[1:])]
    return "\n".join(rows) + "\n"


def additions(root: tree.Node, cards: list[Fresh]) -> AddCard:
    """The change that puts the cards into a file. Raises CantEdit when it has no cards."""
    listed = root.get("cards") if isinstance(root, tree.Mapping) else None
    if not isinstance(listed, tree.Sequence):
        raise CantEdit("the file has no list `cards:`")
    return AddCard(listed, tuple(card.rows for card in cards))


def with_lines(lock: Lock, lang: str, cards: list[tuple[Fresh, Note]], now: int) -> Lock:
    """The lock in which these cards are the learner's notes: others get them, and the learner's stay."""
    lines, last = dict(lock.notes), LATEST * 1000
    used = {line.note_id for line in lines.values()}
    # Anki gives notes of a table numbers a millisecond apart; in a lock they are further: the last stays.
    for fresh, note in reversed(cards):
        stamp = max(EARLIEST, min(fresh.note.stamp, now, LATEST) - 1)
        # A card that was there already may say more by now, so the learner is to get it.
        is_theirs = bool(fresh.rows) and stamp < fresh.note.stamp <= LATEST
        note_id = fresh.note.note_id // ID_STEP * ID_STEP
        if not EARLIEST * 500 <= note_id <= LATEST * 1000:
            note_id = stamp * 1000 // ID_STEP * ID_STEP
        note_id = min(note_id, last)
        while note_id in used:
            note_id -= ID_STEP
        used.add(note_id)
        last = note_id
        lines[note.card, lang] = NoteLine(
            note.kind, stamp, note_id, MERGED, note.authored, (), note.cards,
            guid=fresh.note.guid, deck=note.deck, type=note.role if note.kind is Kind.OWN else "",
            pulled=(fresh.note.stamp, *hashes_of(note)) if is_theirs else None,
            home=(text_hash(fresh.note.fields), *([first_text(text_hash(note.fields))] if is_theirs else [])),
        )  # fmt: skip
    return replace(lock, notes=lines)
