"""A foreign note type as one of the deck's own: its folder, and the keys under which cards fill it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from deckgen.adopting.foreign import ForeignType
from deckgen.adopting.look import Look, look_of, raw_fields
from deckgen.adopting.names import Unique, slug
from deckgen.adopting.scalars import quoted, word
from deckgen.deck import Deck
from deckgen.kinds import Role
from deckgen.notes import template
from deckgen.reading.anki_json import FILE as OPTIONS
from deckgen.reading.anki_json import fitting
from deckgen.reading.note_type_file import FOLDER
from deckgen.reading.sheets import FILE, STYLE

#: Names that deckgen's own note types have (reading/note_type_file.py).
_TAKEN = ("qa", "questions", "cloze", "occlusion")


@dataclass(frozen=True, slots=True)
class Form:
    """A note type of an adopted deck.

    `name` is its folder. `keys` gives for fields the key of a card that fills them; cards that have
    all of these leave out `type:` if the form is `bare`. `raw` are the fields in scripts and tags.
    """

    name: str
    of: ForeignType
    keys: Mapping[str, str]
    meanings: tuple[Role, ...]
    look: Look
    raw: frozenset[str]
    reverse: bool = False
    bare: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(field.name for field in self.of.fields)

    @property
    def sides(self) -> Iterator[tuple[str, str]]:
        """The names of the files of its sides, with their texts."""
        for number, one in enumerate(self.of.templates, start=1):
            yield f"card-{number}.front.html", one.front
            yield f"card-{number}.back.html", one.back

    @property
    def left(self) -> list[str]:
        """The settings of add-ons, which are left out. What `originalId` tells is of no other collection."""
        return [key for key in fitting(self.of.options)[1] if key != "originalId"]

    def files(self) -> dict[str, str]:
        """Its files by their paths in the deck's folder."""
        folder = f"{FOLDER}/{self.name}"
        made = {f"{folder}/{FILE}": self._described()} | {
            f"{folder}/{name}": text for name, text in self.sides
        }
        made[f"{folder}/{STYLE}"] = self.of.css
        made[f"{folder}/{OPTIONS}"] = (
            json.dumps(fitting(self.of.options)[0], ensure_ascii=False, indent=1) + "\n"
        )
        return made

    def _described(self) -> str:
        lines = [f"adopted: {quoted(self.of.name)}"]
        lines += ["kind: cloze"] if self.of.is_cloze else []
        lines += ["fields:"]
        lines += [f"  {word(name)}: {role}" for name, role in zip(self.names, self.meanings, strict=True)]
        lines += [f"sort: {word(self.names[self.of.sort])}"] if self.of.sort else []
        if self.bare:
            lines += [f"{key}: {word(name)}" for name, key in self.keys.items()]
            lines += ["reverse: true"] if self.reverse else []
        lines += ["templates:"]
        for number, one in enumerate(self.of.templates, start=1):
            sides = f"front: card-{number}.front.html, back: card-{number}.back.html"
            lines.append(f"  - {{name: {quoted(one.name)}, {sides}}}")
        return "\n".join(lines) + "\n"


def forms(
    types: Mapping[int, ForeignType], used: Mapping[int, int], deck: Deck | None = None
) -> dict[int, Form]:
    """The forms of the types that are `used`, which says by how many notes.

    Of types that take the same keys of a card, the one with most notes has them; but none that takes keys
    of a type that the `deck` has already.
    """
    there = deck.note_types if deck is not None else {}
    names = Unique((*_TAKEN, *there))
    made: dict[int, Form] = {}
    for key in types:
        if used.get(key):
            name = slug(types[key].name) or "type"
            made[key] = _form(names.give(f"{name}-type" if name in _TAKEN else name), types[key])
    seen = {(own.reverse, frozenset(own.keys)) for own in there.values()}
    for key, form in sorted(made.items(), key=lambda item: -used[item[0]]):
        takes = (form.reverse, frozenset(form.keys.values()) - {"note"})
        if form.keys and takes not in seen:
            seen.add(takes)
            made[key] = replace(form, bare=True)
    return made


def _form(name: str, of: ForeignType) -> Form:
    sides = [side for one in of.templates for side in (one.front, one.back)]
    keys, reverse = _keys(of)
    meanings = tuple(_meaning(of, one.name, keys) for one in of.fields)
    return Form(name, of, keys, meanings, look_of(of.css, sides), frozenset(raw_fields(sides)), reverse)


def _keys(of: ForeignType) -> tuple[Mapping[str, str], bool]:
    """The keys of a card for the fields of a type that fits them, and whether it asks both ways round."""
    names = [one.name for one in of.fields]
    fronts = [_shown(one.front) for one in of.templates]
    if of.is_cloze:
        hidden = [name for name in names if name in _clozes(of)]
        if len(hidden) != 1 or len(names) > 2:
            return {}, False
        others = {name: "note" for name in names if name != hidden[0]}
        return {hidden[0]: "cloze"} | others, False
    if len(names) == 2 and fronts and names[0] in fronts[0] and names[1] not in fronts[0]:
        keys = {names[0]: "q", names[1]: "a"}
        if len(fronts) == 1:
            return keys, False
        if len(fronts) == 2 and names[1] in fronts[1] and names[0] not in fronts[1]:
            return keys, True
    return {}, False


def _shown(side: str) -> set[str]:
    """The fields that a side shows; where a learner types one, it is not shown."""
    parts = template.replacements(template.parse(side))
    return {one.name for one in parts if "type" not in one.filters}


def _clozes(of: ForeignType) -> set[str]:
    """The fields in which a cloze type hides something."""
    found = (one for side in of.templates for one in template.replacements(template.parse(side.front)))
    return {one.name for one in found if "cloze" in one.filters}


def _meaning(of: ForeignType, name: str, keys: Mapping[str, str]) -> Role:
    if of.is_cloze and name in _clozes(of):
        return Role.CLOZE
    return {"q": Role.QUESTION, "a": Role.ANSWER, "note": Role.NOTE}.get(keys.get(name, ""), Role.OTHER)
