"""The cards of a page without a browser, for tests that look at thousands of texts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from deckgen.kinds import Kind
from deckgen.notes.faces import sides
from deckgen.notes.note_types import Field, NoteType, Template
from deckgen.notes.render import Note


@dataclass(frozen=True, slots=True)
class Card:
    """An Anki card, as `sideOf` and `toType` of the page's script make it."""

    id: str
    number: int
    front: str
    back: str
    typed: str


def of_page(data: Mapping[str, Any]) -> Iterator[Card]:
    """The cards of a page in their order, from what its script reads."""
    types = [
        NoteType(
            role,
            0,
            "",
            tuple(Field(name, 0) for name in one["fields"]),
            tuple(Template("", 0, template["front"], template["back"]) for template in one["templates"]),
            "",
        )
        for role, one in data["types"].items()
    ]
    for note in data["notes"]:
        cards = dict.fromkeys(note["numbers"], "")
        made = Note(note["id"], "", Kind(note["kind"]), tuple(note["fields"]), (), cards, "")
        for one in sides(made, types):
            yield Card(note["id"], one.number, one.front, one.back, one.typed)
