"""Adopting into a deck that is there: what is new comes in, what differs is told, nothing is overwritten."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from deckgen.adopting import uses
from deckgen.adopting.convert import Markdown, to_markdown
from deckgen.adopting.division import Division, home, is_default
from deckgen.adopting.drafts import Draft
from deckgen.adopting.folder import CantAdopt
from deckgen.adopting.foreign import Foreign, ForeignNote, ForeignType
from deckgen.adopting.forms import Form
from deckgen.adopting.look import look_of, raw_fields
from deckgen.adopting.report import Differs
from deckgen.adopting.scalars import listed, word
from deckgen.deck import NO_LANGUAGE, Card, Deck, OwnType, deck_key
from deckgen.finding import has_errors, short
from deckgen.kinds import OwnFields, Role
from deckgen.lock import adopted
from deckgen.lock.limits import FILE as LOCK
from deckgen.lock.limits import MAX_BYTES
from deckgen.lock.lines import Lock
from deckgen.lock.parse import parse
from deckgen.reading import files, tree
from deckgen.reading.load import DECK_FILE, NoDecks, find_folders, load, read_head
from deckgen.reading.media import content_digest, stream_digest
from deckgen.reading.note_type_file import FOLDER as TYPES

_NUMBER = re.compile(r"([0-9]+)")


@dataclass(frozen=True, slots=True)
class Known:
    """A folder with a deck: what its deck.yaml says, and the guids of its lock that were adopted."""

    folder: Path
    head: Deck
    guids: frozenset[str]

    def is_same(self, part: Division) -> bool:
        """Whether it is the deck of a file, by key and title, whatever notes that has now."""
        titles = [text.value for text in self.head.title.values()]
        return self.head.adopted is not None and self.head.key.value == part.key and titles == [part.title]


@dataclass(frozen=True, slots=True)
class There:
    """A deck that was adopted before: as it is read now, with its lock and the bytes that learners have."""

    deck: Deck
    lock: Lock

    @property
    def seed(self) -> str:
        return self.deck.seed.value if self.deck.seed else ""

    @property
    def title(self) -> str:
        return self.deck.title[NO_LANGUAGE].value

    @property
    def ids(self) -> set[str]:
        """All ids that no other card may have."""
        former = {name for line in self.lock.notes.values() for name in line.was}
        return {card.id.value for card in self.deck.cards} | {card for card, _ in self.lock.notes} | former

    @property
    def next_file(self) -> int:
        """A number behind those of all card files."""
        found = (_NUMBER.match(path.name) for path in self.deck.folder.glob("*.yaml"))
        return max((int(one[1]) for one in found if one is not None and len(one[1]) < 6), default=0) + 1

    def below(self, note: ForeignNote) -> str:
        """The path below the title at which a new note lies."""
        name = home(note)
        return name.removeprefix(f"{self.title}::") if name.startswith(f"{self.title}::") else ""

    def outside(self, drafts: Iterable[Draft]) -> list[str]:
        """What is to be told of new cards that lie elsewhere in the file than in this deck."""
        homes = ((draft.id, home(draft.note)) for draft in drafts)
        ids = [
            card
            for card, deck in homes
            if not f"{deck}::".startswith(f"{self.title}::") and not is_default(deck)
        ]
        if not ids:
            return []
        shown = ", ".join(ids[:8]) + (", …" if len(ids) > 8 else "")
        what = f"a note outside of “{self.title}” in the file: new learners get it in that deck"
        return [f"{len(ids)} × {what}: {shown}"]

    def with_tags(self, tags: Iterable[str]) -> dict[str, str]:
        """deck.yaml with those tags that it lacks, by its name; none if it has all. Raises CantAdopt."""
        new = [tag for tag in tags if tag not in self.deck.tags]
        if not new:
            return {}
        path = self.deck.folder / DECK_FILE
        text = path.read_bytes().decode("utf-8")
        for way in (_at_end, _in_list, _in_brackets):
            changed = way(text, new)
            if changed is not None and _adds_only(text, changed, new):
                return {DECK_FILE: changed}
        raise CantAdopt(f"{path.as_posix()}: add these tags to `tags:` first: {', '.join(new[:20])}")

    def with_lines(self, of_files: Iterable[str], notes: Iterable[Sequence[str]]) -> str:
        """adopted.html with more lines."""
        path = self.deck.folder / adopted.FILE
        old = path.read_bytes().decode("utf-8") if path.exists() else adopted.dump([], [])
        known = set(old.split("\n"))
        new = [line for line in of_files if line not in known]
        blocks = [*(["\n".join(new)] if new else []), *("\n".join(note) for note in notes)]
        return old.rstrip("\n") + "\n\n" + "\n\n".join(blocks) + "\n"


def _at_end(text: str, new: Sequence[str]) -> str | None:
    return None if re.search(r"^tags:", text, re.MULTILINE) else f"{text.rstrip()}\n{listed('tags', new)}\n"


def _in_list(text: str, new: Sequence[str]) -> str | None:
    """With more items behind the last one of a list of lines."""
    found = re.search(
        r"^tags:[ \t]*(?:#.*)?\n((?:[ \t]*(?:#.*)?\n)*(?:[ \t]*- .*(?:\n|\Z)|[ \t]*#.*\n)+)",
        text,
        re.MULTILINE,
    )
    if found is None:
        return None
    items = [line for line in found[1].split("\n") if line.lstrip().startswith("- ")]
    indent = items[-1][: len(items[-1]) - len(items[-1].lstrip())]
    more = "".join(f"{indent}- {word(tag)}\n" for tag in new)
    before = text[: found.end()]
    return (before if before.endswith("\n") else before + "\n") + more + text[found.end() :]


def _in_brackets(text: str, new: Sequence[str]) -> str | None:
    """With more items before the bracket that ends a list."""
    found = re.search(r"^tags:[ \t]*\[[^\]]*", text, re.MULTILINE)
    if found is None:
        return None
    begin = found[0].rstrip()
    sign = "" if begin.endswith(("[", ",")) else ", "
    return text[: found.start()] + begin + sign + ", ".join(map(word, new)) + text[found.end() :]


def _adds_only(old: str, changed: str, new: Sequence[str]) -> bool:
    """Whether deck.yaml then says the same, with these tags besides."""
    before, after = (tree.parse(one.removeprefix("\ufeff"), DECK_FILE) for one in (old, changed))
    if after[1] or not isinstance(before[0], tree.Mapping) or not isinstance(after[0], tree.Mapping):
        return False
    one, two = before[0].entries, after[0].entries
    if {**one, "tags": None}.keys() != {**two, "tags": None}.keys():
        return False
    same = all(_plain(one[key][1]) == _plain(two[key][1]) for key in one if key != "tags")
    tags = _plain(one["tags"][1]) if "tags" in one else []
    return same and isinstance(tags, list) and _plain(two["tags"][1]) == [*tags, *new]


def _plain(node: tree.Node) -> object:
    if isinstance(node, tree.Sequence):
        return [_plain(one) for one in node.items]
    if isinstance(node, tree.Mapping):
        return {key: _plain(value) for key, (_, value) in node.entries.items()}
    return node.value


def known(decks_dir: Path) -> list[Known]:
    """The decks that are there.

    Raises CantAdopt for an adopted one whose notes nobody can tell: a file of it would come in twice.
    """
    try:
        folders = find_folders(decks_dir)
    except NoDecks:
        return []
    found = []
    for folder in folders.values():
        head, lock = read_head(folder), _lock(folder)
        is_adopted = head.adopted is not None if head is not None else (folder / adopted.FILE).exists()
        if is_adopted and (head is None or lock is None):
            lost = DECK_FILE if head is None else LOCK
            raise CantAdopt(
                f"{(folder / lost).as_posix()} is missing or can't be read, so that nobody knows which notes "
                "this adopted deck has: `deckgen check` tells more; take it back from git first"
            )
        if head is not None:
            lines = lock.notes.values() if lock is not None else ()
            found.append(Known(folder, head, frozenset(line.guid for line in lines if line.adopted)))
    return found


def _lock(folder: Path) -> Lock | None:
    try:
        text = files.beside(folder / LOCK, MAX_BYTES).decode("utf-8")
    except (OSError, UnicodeDecodeError):
        return None
    return parse(text, (folder / LOCK).as_posix())[0]


def find(decks: Sequence[Known], part: Division) -> There | None:
    """The deck that has notes of `part` already, or is the same by key and title, if there is one.

    Raises CantAdopt when that can't be read, and when another deck has this key or title.
    """
    guids = {note.guid for note in part.notes} - {""}
    best = max(decks, key=lambda one: (len(guids & one.guids), one.folder.name == part.key), default=None)
    if best is None or not guids & best.guids:
        best = next((one for one in decks if one.is_same(part)), None)
    if best is not None:
        return _read(best.folder)
    for one in decks:
        place = one.folder.as_posix()
        if one.head.key.value == part.key:
            raise CantAdopt(
                f"{place} has the key `{part.key}`, and none of these notes: name a folder with `--as`"
            )
        if any(deck_key(text.value) == deck_key(part.title) for text in one.head.title.values()):
            raise CantAdopt(
                f"{place} has the title “{part.title}” as well, and none of these notes: Anki would make one "
                "deck of both. Give one of them another name in Anki, export it, and adopt that"
            )
    return None


def _read(folder: Path) -> There:
    lock = _lock(folder)
    deck, findings = load(folder)
    if deck is not None and lock is not None:
        deck, found = adopted.bind(deck, lock)
        findings += found
    if deck is None or lock is None or has_errors(findings):
        message = f"{folder.as_posix()} has this deck already, and can't be read: `deckgen check` tells why"
        raise CantAdopt(message)
    lost = {line.type for line in lock.notes.values() if line.adopted} - {"", *deck.note_types}
    if lost:
        place = f"{folder.as_posix()}/{TYPES}/{min(lost)}"
        raise CantAdopt(f"{place} is missing, and cards are of this note type: take it back from git first")
    return There(deck, lock)


def compare(
    there: There, notes: Sequence[ForeignNote], foreign: Foreign
) -> tuple[list[ForeignNote], list[Differs]]:
    """The notes that are new; and what the others say otherwise than the deck."""
    owners = {line.guid: card for (card, _), line in there.lock.notes.items() if line.guid}
    cards = {card.id.value: card for card in there.deck.cards}
    # A note without a guid can only be known by what it says.
    contents = {tuple(line.value for line in one.lines.values()) for one in there.deck.past.notes.values()}
    new, differs = [], []
    for note in notes:
        card = owners.get(note.guid) if note.guid else None
        if not note.guid and tuple(filter(None, note.fields)) in contents:
            continue
        if card is None:
            new.append(note)
        elif card in cards and _has_fields(there, cards[card], foreign.types[note.type]):
            differs += _differences(there, cards[card], note, foreign.types[note.type])
    return new, differs


def _has_fields(there: There, card: Card, of: ForeignType) -> bool:
    """Whether a type of the file has all fields that the type of a card has here."""
    content = card.contents[NO_LANGUAGE]
    own = there.deck.note_types.get(content.type.value) if isinstance(content, OwnFields) else None
    return own is not None and {*own.field_names} <= {one.name for one in of.fields}


def _differences(there: There, card: Card, note: ForeignNote, of: ForeignType) -> list[Differs]:
    given = there.deck.past.notes.get((card.id.value, NO_LANGUAGE))
    content = card.contents[NO_LANGUAGE]
    texts = {one.name.value: one.text for one in content.texts} if isinstance(content, OwnFields) else {}
    found = []
    for field, html in zip((one.name for one in of.fields), note.fields, strict=False):
        had = given.lines[field].value if given is not None and field in given.lines else ""
        if html == had:
            continue
        text = texts.get(field)
        is_cloze = (
            any(one.role is Role.CLOZE for one in content.texts if one.name.value == field)
            if isinstance(content, OwnFields)
            else False
        )
        sides = [side for one in of.templates for side in (one.front, one.back)]
        now = to_markdown(html, look_of(of.css, sides), cloze=is_cloze)
        said = now.text.strip() if isinstance(now, Markdown) else html.strip()
        if text is not None and text.value.strip() == said:
            continue  # both have the same new text
        place = text.place if text is not None else card.id.place
        found.append(Differs(place, card.id.value, field, short(had, 200), short(html, 200)))
    tags = {tag.value for tag in card.tags}
    if {tag.casefold() for tag in note.tags} != {tag.casefold() for tag in tags}:
        found.append(
            Differs(card.id.place, card.id.value, "tags", " ".join(sorted(tags)), " ".join(sorted(note.tags)))
        )
    return found


def forms_of(there: There, foreign: Foreign) -> tuple[dict[int, Form], dict[int, str]]:
    """The note types of the file that the deck has already, as forms; and names of those that changed since.

    A type whose fields or templates changed can't take new notes: Anki would refuse them.
    """
    by_name = {own.adopted.value: own for own in there.deck.note_types.values() if own.adopted}
    lines = there.lock.note_types.items()
    numbers = {line.layout.number: role for (_, role), line in lines if line.layout and line.layout.number}
    found, changed = {}, {}
    for key, of in foreign.types.items():
        own = there.deck.note_types.get(numbers.get(of.number, "")) if of.number else by_name.get(of.name)
        if own is not None and _fits(own, of):
            found[key] = _form(own, of)
        elif own is not None:
            changed[key] = own.name
    return found, changed


def _fits(own: OwnType, of: ForeignType) -> bool:
    """Whether the type of the file has the fields and so many templates as that of the deck."""
    same = own.field_names == tuple(one.name for one in of.fields) and own.is_cloze == of.is_cloze
    return same and len(own.templates) == len(of.templates)


def differing(there: There, part: Division, foreign: Foreign) -> list[str]:
    """What is to be told of note types and media that the file has otherwise than the deck.

    Raises OSError, and packing.collection.Unreadable for a picture that is damaged.
    """
    used = Counter(note.type for note in part.notes)
    known, changed = forms_of(there, foreign)
    remarks = [
        f"the note type “{foreign.types[key].name}” has other fields or templates in the file than "
        f"{TYPES}/{name}: who has it as in the file gets no new texts of its {used[key]} notes"
        for key, name in changed.items()
        if used[key]
    ]
    remarks += [
        f"the note type “{form.of.name}” has another look in the file than {TYPES}/{form.name}; nothing was "
        "changed"
        for key, form in known.items()
        if used[key] and not _looks_alike(there.deck.note_types[form.name], form.of)
    ]
    names = uses.used(foreign.media, [foreign.types[key] for key in used], part.notes)
    other = sorted(name for name in names if _is_other(there, name, foreign))
    if other:
        what = "1 file of media/ has" if len(other) == 1 else f"{len(other)} files of media/ have"
        shown = ", ".join(other[:8]) + (", …" if len(other) > 8 else "")
        remarks.append(f"{what} another content in the file; nothing was changed: {shown}")
    return remarks + _uncompared(there, part, foreign)


def _uncompared(there: There, part: Division, foreign: Foreign) -> list[str]:
    """How many notes are there with other fields in the file."""
    here = {line.guid: card for (card, _), line in there.lock.notes.items()}
    cards = {card.id.value: card for card in there.deck.cards}
    both = [(cards[here[note.guid]], note) for note in part.notes if here.get(note.guid) in cards]
    count = sum(not _has_fields(there, card, foreign.types[note.type]) for card, note in both)
    what = "a note whose note type has other fields here: its texts were not compared"
    return [f"{count} × {what}"] if count else []


def _looks_alike(own: OwnType, of: ForeignType) -> bool:
    sides = [[sheet.text for sheet in (*one.front.values(), *one.back.values())] for one in own.templates]
    style = own.style.text if own.style else ""
    return style == of.css and sides == [[one.front, one.back] for one in of.templates]


def _is_other(there: There, name: str, foreign: Foreign) -> bool:
    """Whether the file called `name` is in the deck's folder with another content."""
    file = next((own for own, (stored, _) in there.deck.past.files.items() if stored == name), name)
    path = there.deck.media.get(file)
    if path is None:
        return False
    with foreign.media[name]() as source:
        return stream_digest(source) != content_digest(path)


def _form(own: OwnType, of: ForeignType) -> Form:
    sides = [side for one in of.templates for side in (one.front, one.back)]
    keys = {field: key for key, field in own.keys.items()} | ({own.note: "note"} if own.note else {})
    meanings = tuple(field.meaning for field in own.fields)
    look = look_of(of.css, sides)
    return Form(
        own.name, of, keys, meanings, look, frozenset(raw_fields(sides)), own.reverse, bare=bool(own.keys)
    )
