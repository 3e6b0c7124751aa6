"""The notes, cards and decks of a package or collection, in the order in which new learners study them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from typing import Any

from deckgen.adopting import anki_types
from deckgen.adopting.anki_types import whole, words
from deckgen.adopting.foreign import Foreign, ForeignNote, ForeignType
from deckgen.notes import deletions
from deckgen.packing import collection, reviews
from deckgen.packing.protobuf import Message
from deckgen.packing.tables import Tables
from deckgen.terminal import shorten, visible

#: Tags that Anki itself gives to a learner's notes; they say nothing of the deck.
_LEARNERS_TAGS = frozenset({"leech", "marked"})
#: What is left out, in words for people, of files of any kind.
DROPPED_TAGS, MISFITS = (
    "tags `leech` and `marked`",
    "notes with another number of fields than their note type",
)
NO_GUID = "notes without a guid"
LENT = "places in filtered decks; their cards come over where they belong"
#: The deck into which Anki puts cards whose deck is missing.
_DEFAULT = "Default"
#: Parts decks from those within them.
_INSIDE = "::"
#: Longer and deeper names of decks are refused: each of their parts is a deck of its own.
_LONGEST, _DEEPEST = 2_000, 100
#: So many names of decks are looked through for one that is like what was typed.
_MOST_NEAR = 1_000


@dataclass(slots=True)
class _Deck:
    """A deck: `preset` is the number of its options; 1 are those that each collection has."""

    name: str
    description: str = ""
    preset: int = 1
    markdown: bool = False


@dataclass(slots=True)
class _Cards:
    """The cards of a note by number, each with its deck, and the place among new cards if it has one.

    `lent` are the filtered decks in which they are now, once for each card.
    """

    decks: dict[int, str] = field(default_factory=dict)
    lent: list[str] = field(default_factory=list)
    place: int | None = None
    numbers: list[int] = field(default_factory=list)


def of(tables: Tables, wanted: Sequence[str]) -> Foreign:
    """All of a collection but media; with `wanted` decks, only notes that have a card in these or below.

    Raises Unreadable for a deck that is not there, and what is raised on damage.
    """
    if not ("notes" in tables and "cards" in tables):
        raise ValueError("it has no tables of notes and cards")
    newer = "notetypes" in tables
    decks = _newer_decks(tables) if newer else older_decks(tables)
    names = {number: deck.name for number, deck in decks.items()}
    types = anki_types.newer(tables, names) if newer else _older_types(tables, names)
    chosen = _chosen(names.values(), wanted)
    left: Counter[str] = Counter()
    cards = _cards(tables, names, chosen, left)
    notes = _notes(tables, types, cards, left, is_whole=not wanted)
    if "revlog" in tables:
        taken = {number for note in notes for number in cards[note.number].numbers}
        rows = tables.numbers("revlog", "cid", most=reviews.MAX_REVIEWS)
        left["reviews"] = sum(number in taken for (number,) in rows)
    lent = [name for note in notes for name in cards[note.number].lent]
    left[LENT] = len(lent)
    homes = {name for note in notes for name in note.cards.values()}
    around = _with_parents(homes)
    shown = {deck.name: deck for deck in decks.values() if deck.name in around}
    left["decks with options of their own"] = sum(shown[name].preset != 1 for name in homes & shown.keys())
    return Foreign(
        types={number: types[number] for number in dict.fromkeys(note.type for note in notes)},
        notes=notes,
        decks={name: deck.description for name, deck in shown.items() if deck.description},
        left_out={said: count for said, count in left.items() if count},
        named={LENT: tuple(sorted({*lent}))} if lent else {},
        markdown=frozenset(name for name, deck in shown.items() if deck.description and deck.markdown),
    )


def chosen(found: Foreign, wanted: Sequence[str]) -> Foreign:
    """Only the notes that have a card in one of the `wanted` decks or below. Raises as `of` does."""
    names = {name for note in found.notes for name in note.cards.values()} | found.decks.keys()
    among = _chosen(names, wanted)
    if among is None:
        return found
    notes = [note for note in found.notes if not among.isdisjoint(note.cards.values())]
    around = _with_parents({name for note in notes for name in note.cards.values()})
    return replace(
        found,
        types={number: found.types[number] for number in dict.fromkeys(note.type for note in notes)},
        notes=notes,
        decks={name: text for name, text in found.decks.items() if name in around},
    )


def _chosen(names: Iterable[str], wanted: Sequence[str]) -> frozenset[str] | None:
    """The wanted decks and those below them; None for all."""
    if not wanted:
        return None
    known = sorted(set(names))
    found = set()
    for name in wanted:
        below = {other for other in known if _is_in(other, name)}
        if not below:
            near = get_close_matches(name, known[:_MOST_NEAR], n=3, cutoff=0.4) or known[:5]
            listed = ", ".join(f"`{shorten(visible(one), 60)}`" for one in near)
            raise collection.Unreadable(
                f"there is no deck `{shorten(visible(name), 60)}` in it; it has {listed}"
            )
        found |= below
    return frozenset(found)


def _is_in(name: str, parent: str) -> bool:
    return name == parent or name.startswith(parent + _INSIDE)


def _with_parents(names: Iterable[str]) -> set[str]:
    found = set()
    for name in names:
        parts = name.split(_INSIDE)
        found |= {_INSIDE.join(parts[:count]) for count in range(1, len(parts) + 1)}
    return found


def deck_name(value: object) -> str:
    """The name of a deck. Raises ValueError for one that no real deck has, and as `words` does."""
    found = words(value)
    if len(found) > _LONGEST or found.count(_INSIDE) > _DEEPEST:
        raise ValueError("the name of a deck is longer or deeper than any real one")
    return found


def _cards(
    tables: Tables, names: Mapping[int, str], chosen: frozenset[str] | None, left: Counter[str]
) -> dict[int, _Cards]:
    """The cards by note, of notes that have at least one in the chosen decks.

    A card in a filtered deck belongs to `odid`, where its place is in `odue`.
    """
    found: dict[int, _Cards] = {}
    columns = ("id", "nid", "ord", "did", "odid", "type", "due", "odue", "flags", "data")
    told: dict[int, Counter[str]] = {}
    for number, note, ordinal, deck, home, kind, due, old_due, flags, data in tables.rows("cards", *columns):
        card = found.setdefault(note, _Cards())
        card.decks[whole(ordinal)] = names.get(home or deck, _DEFAULT)
        card.numbers.append(number)
        if home:
            card.lent.append(names.get(deck, _DEFAULT))
        place = whole(old_due if home else due) if kind == 0 else _old_place(data)
        if place is not None and (card.place is None or place < card.place):
            card.place = place
        if kind or flags or data not in ("", "{}", None):
            seen = told.setdefault(note, Counter())
            seen["cards with scheduling"] += kind != 0
            seen["cards with a flag"] += bool(whole(flags or 0) & 7)
            seen["cards with data of add-ons"] += isinstance(data, str) and '"cd"' in data
    if chosen is not None:
        found = {note: card for note, card in found.items() if not chosen.isdisjoint(card.decks.values())}
    for note in found.keys() & told.keys():
        left.update(told[note])
    return found


def _old_place(data: object) -> int | None:
    """The place that a studied card had when it was new, if Anki kept it (rslib/src/storage/card/data.rs)."""
    if not isinstance(data, str) or '"pos"' not in data or len(data) > 10_000:
        return None
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        return None
    place = found.get("pos") if isinstance(found, dict) else None
    return place if isinstance(place, int) else None


def _notes(
    tables: Tables,
    types: Mapping[int, ForeignType],
    cards: Mapping[int, _Cards],
    left: Counter[str],
    *,
    is_whole: bool,
) -> list[ForeignNote]:
    """The notes in order: those that nobody knows a place of first, by their age; they were studied first."""
    found: list[ForeignNote] = []
    for number, guid, mid, stamp, tagged, fields, data in tables.rows(
        "notes", "id", "guid", "mid", "mod", "tags", "flds", "data"
    ):
        card = cards.get(number)
        if card is None:
            left["notes without cards"] += is_whole
            continue
        kind = types.get(mid)
        texts = tuple(_stored(fields).split("\x1f", collection.MOST_PARTS))
        if kind is None or len(texts) != len(kind.fields):
            left[MISFITS] += 1
            continue
        made = _made(kind, card.decks)
        left["cards without a template"] += len(card.decks) - len(made)
        if not made:
            left["notes without cards"] += 1
            continue
        if guid in ("", None):
            left[NO_GUID] += 1
            continue
        kept, dropped = tags(_stored(tagged))
        left[DROPPED_TAGS] += dropped
        left["notes with data of add-ons"] += bool(data)
        found.append(ForeignNote(_stored(guid), mid, texts, kept, made, whole(number), max(0, whole(stamp))))
    found.sort(key=lambda note: _order(note, cards[note.number].place))
    if len(found) > collection.MAX_NOTES:
        raise ValueError(f"it has more than {collection.MAX_NOTES} notes: choose a deck")
    return found


def _stored(value: object) -> str:
    """A text as SQLite keeps it: what looks like a number may have become one. Raises TypeError for bytes."""
    return str(value) if isinstance(value, int | float) else words(value)


def _order(note: ForeignNote, place: int | None) -> tuple[bool, int, int]:
    return place is not None, place or 0, note.number


def _made(kind: ForeignType, cards: Mapping[int, str]) -> dict[int, str]:
    """The cards that the note type can have: others Anki removes when it checks the database."""
    most = deletions.LAST if kind.is_cloze else len(kind.templates)
    return {number: cards[number] for number in sorted(cards) if 0 <= number < most}


def tags(text: str) -> tuple[tuple[str, ...], int]:
    """The tags of a note, each once, and how many were dropped."""
    each = dict.fromkeys(text.split(maxsplit=collection.MOST_PARTS))
    if len(each) > collection.MOST_PARTS:
        raise ValueError(f"a note has more than {collection.MOST_PARTS:,} tags")
    kept = tuple(tag for tag in each if tag.casefold() not in _LEARNERS_TAGS)
    return kept, len(each) - len(kept)


# -- decks ---------------------------------------------------------------------------------------


def _older_types(tables: Tables, names: Mapping[int, str]) -> dict[int, ForeignType]:
    models = collection.older(tables, "models")
    return {
        int(number): replace(anki_types.from_json(model, names), number=whole(number))
        for number, model in models.items()
    }


def older_decks(tables: Tables) -> dict[int, _Deck]:
    """The decks of the older format by number; keys as in DeckSchema11 (rslib/src/decks/schema11.rs)."""
    return {
        whole(number): _Deck(
            deck_name(deck["name"]),
            words(deck.get("desc") or ""),
            _number(deck.get("conf", 1)),
            deck.get("md") is True,
        )
        for number, deck in collection.older(tables, "decks").items()
    }


def _number(value: Any) -> int:
    return value if isinstance(value, int) else 1


def _newer_decks(tables: Tables) -> dict[int, _Deck]:
    """The numbers are those of KindContainer and Normal in proto/anki/decks.proto; filtered ones differ."""
    found = {}
    for number, name, kind in collection.few(tables, "decks", "id", "name", "kind"):
        normal = Message(Message(kind).bytes(1))
        found[whole(number)] = _Deck(
            deck_name(words(name).replace("\x1f", _INSIDE)),
            words(normal.text(4)),
            normal.number(1) or 1,
            bool(normal.number(5)),
        )
    return found
