"""The cards of a page without a browser, for tests that look at thousands of texts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from deckgen.notes.faces import sides
from deckgen.notes.note_types import Field, NoteType, Template
from deckgen.notes.template import Fault


@dataclass(frozen=True, slots=True)
class Card:
    """An Anki card, as `sideOf` and `toType` of the page's script make it."""

    id: str
    number: int
    front: str
    back: str
    typed: str


def without_copies(html: str) -> str:
    """HTML without the copy that Anki keeps of what a deletion hides: the page's script makes none."""
    return re.sub(r' data-cloze="[^"]*"', "", html)


def of_page(data: Mapping[str, Any]) -> Iterator[Card]:
    """The cards of a page in their order, from what its script reads."""
    types = {
        role: NoteType(
            role,
            0,
            "",
            one["cloze"],
            tuple(Field(name, 0) for name in one["fields"]),
            tuple(Template("", 0, template["front"], template["back"]) for template in one["templates"]),
            one["css"],
        )
        for role, one in data["types"].items()
    }
    for note in data["notes"]:
        for number in note["numbers"]:
            made = sides(types[note["type"]], note["fields"], number - 1)
            assert not isinstance(made, Fault), made
            yield Card(note["id"], number, without_copies(made.front), without_copies(made.back), made.typed)
