"""Read the JSON that the add-on CrowdAnki writes: a deck with its children, notes and note types.

Its form is that of `flatten` in CrowdAnki's own classes (crowd_anki/representation/): Anki's JSON of note
types and decks, without ids and stamps. A note stands in each deck in which it has a card.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from unicodedata import normalize

from deckgen.adopting import anki_types, collected
from deckgen.adopting.anki_types import words
from deckgen.adopting.foreign import Foreign, ForeignNote
from deckgen.packing import collection
from deckgen.packing.collection import Unreadable
from deckgen.reading import files

#: A deck may have so many times more JSON than the note types of a collection.
_TIMES = 5


def place(path: Path) -> Path:
    """The JSON of a folder: `deck.json`, or the file with its name. Raises Unreadable without one."""
    for found in (path / "deck.json", path / f"{path.resolve().name}.json"):
        if found.is_file():
            if files.leaves(found, path):
                raise Unreadable(f"{found.as_posix()} is a link out of its folder")
            return found
    raise Unreadable(f"{path.as_posix()} is a folder without the file deck.json, which CrowdAnki writes")


def read(text: str, path: Path) -> tuple[Foreign, tuple[str, ...]]:
    """What the file at `path` says, and the names of the media that it needs. Raises Unreadable."""
    with collection.refusing(f"{path.as_posix()} is not a file of CrowdAnki"):
        deck = collection.loaded(text, "notes", _TIMES)
        if not isinstance(deck, dict) or not {"notes", "children", "note_models"} <= deck.keys():
            raise ValueError("a deck with `notes`, `children` and `note_models` is expected")
        named = {
            normalize("NFC", words(name))
            for _, each in _decks(deck, "")
            for name in each.get("media_files", ())
        }
        return _read(deck), tuple(sorted(named))


def _read(whole: Mapping[str, Any]) -> Foreign:
    numbers: dict[str, int] = {}
    types = {}
    for model in whole["note_models"]:
        number = numbers.setdefault(words(model["crowdanki_uuid"]), len(numbers))
        types[number] = anki_types.from_json({**model, "id": 0, "mod": 0}, {})
    makes = {number: anki_types.cards(kind) for number, kind in types.items()}
    notes: dict[tuple[str, tuple[str, ...]], ForeignNote] = {}
    left: Counter[str] = Counter()
    descriptions: dict[str, str] = {}
    markdown = set()
    for name, deck in _decks(whole, ""):
        if words(deck.get("desc") or ""):
            descriptions[name] = deck["desc"]
            if deck.get("md") is True:
                markdown.add(name)
        for note in deck["notes"]:
            number = numbers.get(note["note_model_uuid"], -1)
            fields = tuple(anki_types.field(each) for each in note["fields"])
            if number < 0 or len(fields) != len(types[number].fields):
                left[collected.MISFITS] += 1
                continue
            tags, dropped = collected.tags(" ".join(words(tag) for tag in note.get("tags", ())))
            cards = dict.fromkeys(makes[number](fields, tags), name)
            key = (words(note["guid"]), fields)
            if not key[0]:
                left[collected.NO_GUID] += 1
            elif key in notes:
                left["notes in several decks, which come into the first"] += 1
            else:
                left[collected.DROPPED_TAGS] += dropped
                notes[key] = ForeignNote(key[0], number, fields, tags, cards)
    if len(notes) > collection.MAX_NOTES:
        raise ValueError(f"it has more than {collection.MAX_NOTES} notes")
    left["presets of deck options"] = len(whole.get("deck_configurations") or ())
    used = {note.type for note in notes.values()}
    return Foreign(
        types={number: kind for number, kind in types.items() if number in used},
        notes=list(notes.values()),
        decks=descriptions,
        left_out={said: count for said, count in left.items() if count},
        markdown=frozenset(markdown),
    )


def _decks(deck: Mapping[str, Any], parent: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Each deck with its whole name; of a child only the last part of the name is written."""
    name = collected.deck_name(parent + words(deck["name"]))
    yield name, deck
    for child in deck["children"]:
        yield from _decks(child, f"{name}::")
