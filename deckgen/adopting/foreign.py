"""What an existing deck has, wherever it was read from: plain values, in Anki's terms, before they become source."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import IO, Any


@dataclass(frozen=True, slots=True)
class ForeignField:
    """A field; `number` is the id that newer Ankis give it, if it has one."""

    name: str
    number: int | None = None


@dataclass(frozen=True, slots=True)
class ForeignTemplate:
    """A card template; `number` as for fields."""

    name: str
    front: str
    back: str
    number: int | None = None


@dataclass(frozen=True, slots=True)
class ForeignType:
    """A note type as Anki has it; `sort` is the place of the sort field, from 0.

    `number` and `stamp` (seconds since 1970) are 0 where the file has none, as CrowdAnki's. `options` is what
    else Anki keeps of it, by the keys of its JSON of schema 11 (`latexPre`, `originalStockKind`, and lists
    `flds` and `tmpls` with fonts and the like), without what the other attributes say.
    """

    name: str
    is_cloze: bool
    fields: tuple[ForeignField, ...]
    templates: tuple[ForeignTemplate, ...]
    css: str
    sort: int = 0
    number: int = 0
    stamp: int = 0
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ForeignNote:
    """A note. `fields` are HTML; `cards` are its cards by number, from 0, each with the name of its deck.

    `number` is Anki's id of the note; `stamp` is in seconds. Both are 0 where the file has none.
    """

    guid: str
    type: int
    fields: tuple[str, ...]
    tags: tuple[str, ...]
    cards: Mapping[int, str]
    number: int = 0
    stamp: int = 0


@dataclass(frozen=True, slots=True)
class Foreign:
    """All that was read of a file, in the order in which new learners study it.

    `types` are by a key of their own, which notes name: Anki's id where there is one. `decks` are the
    descriptions (HTML) by the decks' names. `media` gives by name a function that opens the file.
    `left_out` counts, by words for people ("reviews", "cards' scheduling", "notes without cards"), what is
    in the file and never comes over.
    """

    types: Mapping[int, ForeignType]
    notes: Sequence[ForeignNote]
    decks: Mapping[str, str] = field(default_factory=dict)
    media: Mapping[str, Callable[[], IO[bytes]]] = field(default_factory=dict)
    left_out: Mapping[str, int] = field(default_factory=dict)
