"""What became of an existing deck, for people and programs: counts, places and reasons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from deckgen.finding import Place


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A note that did not come over: its guid, how its first field begins, and why."""

    guid: str
    words: str
    reason: str


@dataclass(frozen=True, slots=True)
class StaysHtml:
    """A field that Markdown can't say, where its text stands, and why it can't."""

    place: Place
    card: str
    field: str
    reason: str


@dataclass(frozen=True, slots=True)
class Differs:
    """A field of a card that the file has otherwise than what was adopted before; `here` is that."""

    place: Place
    card: str
    field: str
    here: str
    there: str


@dataclass(frozen=True, slots=True)
class Twice:
    """A guid that several notes have; `texts` are how their fields begin."""

    guid: str
    texts: tuple[str, ...]


@dataclass
class Folder:
    """A deck that was written, or would be.

    Fields are `exact`, or look `alike`, or stay `html`; `files` are those of `media/` that were left out,
    each with the reason; `paths` are the files that are new or changed. It
    is `again` when there was a deck already, to which `cards` were added. A build refuses what is told under
    `security` where it `needs_trust` and is not `trusted`.
    """

    path: str
    title: str
    cards: int = 0
    exact: int = 0
    alike: int = 0
    html: list[StaysHtml] = field(default_factory=list)
    differs: list[Differs] = field(default_factory=list)
    security: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    files: dict[str, str] = field(default_factory=dict)
    paths: list[str] = field(default_factory=list)
    again: bool = False
    trusted: bool = False
    needs_trust: bool = False


@dataclass
class Report:
    """All that became of a file.

    `left_out` counts what never comes over, by words; `notes` are those that did not come, and `twice`
    the guids with several contents; `named` are names of what is counted. It is `dry` when nothing was
    written. Without `has_numbers`, learners must merge note types once.
    """

    folders: list[Folder] = field(default_factory=list)
    left_out: dict[str, int] = field(default_factory=dict)
    notes: list[LeftOut] = field(default_factory=list)
    twice: list[Twice] = field(default_factory=list)
    dry: bool = False
    has_numbers: bool = True
    named: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def is_new(self) -> bool:
        """Whether any file is new or changed."""
        return any(folder.paths for folder in self.folders)
