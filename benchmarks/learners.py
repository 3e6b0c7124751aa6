"""What somebody has in Anki: notes, cards, reviews and note types; and how that somebody studies."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.real_anki import Learner

#: On each of so many days, in each deck: how many cards, and with which button they are answered.
_DAYS, _ANSWERS = 3, ((6, 3), (2, 1), (2, 4), (2, 2))
#: What a note type is for learners, by Anki's names.
_OF_TYPE = ("name", "css", "type", "sortf", "latexPre", "latexPost", "latexsvg")
_OF_FIELD = ("name", "id", "font", "size", "rtl")
_OF_TEMPLATE = ("name", "id", "qfmt", "afmt", "bqfmt", "bafmt")


@dataclass(frozen=True, slots=True)
class OneNote:
    """A note; `cards` are the names of the decks of its cards, by number."""

    type: int
    fields: tuple[str, ...]
    tags: tuple[str, ...]
    cards: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class Held:
    """All that somebody has: notes by guid, their note types by Anki's number, the content of files by name."""

    notes: Mapping[str, OneNote]
    types: Mapping[int, dict[str, Any]]
    media: Mapping[str, bytes]


def held(learner: Learner) -> Held:
    """What a learner has now."""
    col = learner.col
    assert col.db is not None  # noqa: S101  # for mypy
    decks = {deck.id: deck.name for deck in col.decks.all_names_and_ids()}
    cards: dict[int, dict[int, str]] = {}
    for note, number, deck in col.db.all("select nid, ord, did from cards"):
        cards.setdefault(note, {})[number] = decks.get(deck, "")
    notes = {
        guid: OneNote(kind, tuple(fields.split("\x1f")), tuple(sorted(tags.split())), cards.get(note, {}))
        for note, guid, kind, tags, fields in col.db.all("select id, guid, mid, tags, flds from notes")
    }
    types: dict[int, dict[str, Any]] = {one["id"]: one for one in col.models.all()}
    used = {note.type for note in notes.values()}
    media = {path.name: path.read_bytes() for path in Path(col.media.dir()).iterdir()}
    return Held(notes, {number: types[number] for number in used}, media)


def study(learner: Learner) -> None:
    """Some days of reviews in all decks."""
    roots = {deck.name.partition("::")[0] for deck in learner.col.decks.all_names_and_ids()}
    for _ in range(_DAYS):
        for root in sorted(roots):
            for count, ease in _ANSWERS:
                learner.study(root, count, ease)
        learner.sleep()


def rows(learner: Learner, without: Collection[str] = ()) -> dict[str, set[tuple[Any, ...]]]:
    """Every row of notes, cards and reviews, but for the notes with these guids."""
    notes = learner.rows("notes")
    left = {row[0] for row in notes if row[1] in without}
    cards = learner.rows("cards")
    gone = {row[0] for row in cards if row[1] in left}
    return {
        "notes": {row for row in notes if row[0] not in left},
        "cards": {row for row in cards if row[0] not in gone},
        "revlog": {row for row in learner.rows("revlog") if row[1] not in gone},
    }


def types(learner: Learner) -> dict[int, dict[str, Any]]:
    """All note types as Anki keeps them, by number."""
    return {one["id"]: {**one, "usn": 0} for one in learner.col.models.all()}


def import_all(learner: Learner, output: Path) -> dict[str, int]:
    """Import the packages of a folder; what Anki counts afterwards, without what it counts none of."""
    counts: Counter[str] = Counter()
    for package in sorted(output.glob("*.apkg")):
        log = learner.import_package(package)
        counts.update(new=log.new, updated=log.updated, conflicting=log.conflicting)
    return dict(+counts)


def unlike(one: Mapping[str, Any], other: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """In what two note types are not the same for learners, with an example."""
    for key in _OF_TYPE:
        if one.get(key) != other.get(key):
            yield key, f"{one.get(key)!r} → {other.get(key)!r}"
    for key, names in (("flds", _OF_FIELD), ("tmpls", _OF_TEMPLATE)):
        before, after = ([[part.get(name) for name in names] for part in kind[key]] for kind in (one, other))
        if before != after:
            yield key, f"{before} → {after}"
