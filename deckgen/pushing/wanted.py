"""What is wanted of Anki: the notes of the decks as a build at this moment makes them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from deckgen.building.build import Step
from deckgen.deck import RETIRED_TAG, Deck
from deckgen.lock.inherit import guids
from deckgen.lock.lines import Lock, NoteLine
from deckgen.notes.note_types import NoteType
from deckgen.notes.render import Note, Rendered
from deckgen.packing import collection


@dataclass(frozen=True)
class Wanted:
    """A deck in one language. `before` are the tags that the last package gave, by guid.

    `given` are earlier locks.
    """

    deck: Deck
    rendered: Rendered
    lock: Lock
    given: tuple[Lock, ...]
    package: Path
    before: Mapping[str, frozenset[str]]

    @property
    def lang(self) -> str:
        return self.rendered.lang

    @property
    def title(self) -> str:
        return self.deck.title[self.lang].value

    @cached_property
    def notes(self) -> Mapping[str, Note]:
        """By guid."""
        return {note.guid: note for note in self.rendered.notes}

    @cached_property
    def left(self) -> Mapping[str, str]:
        """The guids of retired notes that no package has any more, each with the id of its card."""
        found = {card: guids(self.lock, self.lang, [card]) for card in self.rendered.left}
        return {guid: card for card, held in found.items() for guid in held}

    @cached_property
    def types(self) -> Mapping[int, NoteType]:
        return {one.number: one for one in self.rendered.note_types.values()}

    def line(self, card: str) -> NoteLine:
        return self.lock.notes[card, self.lang]

    def ids(self, card: str) -> frozenset[str]:
        """The ids that a card has and had."""
        return frozenset((card, *self.line(card).was))

    def home(self, note: Note) -> str:
        """The name of the deck in which the cards of a note belong."""
        return self.deck.named(self.lang, note.deck)

    def homes(self, card: str) -> set[str]:
        """The names of all decks in which we ever put a card, as far as the lock and git remember."""
        paths = {
            line.deck
            for state in (self.lock, *self.given)
            for name in self.ids(card)
            if (line := state.notes.get((name, self.lang))) is not None
        }
        return {f"{title}::{path}" if path else title for title in self.titles for path in paths}

    @cached_property
    def titles(self) -> frozenset[str]:
        """The titles that the deck has and had, as far as the lock and git remember."""
        states = [state for state in self.given if self.lang in state.packages]
        return frozenset((self.title, *(state.packages[self.lang].title for state in states)))

    @cached_property
    def tags(self) -> frozenset[str]:
        """The tags that this deck gives or gave, in small letters."""
        own = {tag for note in self.rendered.notes for tag in note.tags}
        before = frozenset().union(*self.before.values())
        return frozenset(tag.casefold() for tag in own | before | {self.retired_tag})

    @property
    def retired_tag(self) -> str:
        return f"{self.prefix}{RETIRED_TAG}"

    @property
    def prefix(self) -> str:
        """How all tags of the deck begin."""
        return f"{self.deck.key.value}::"


def wanted(steps: Iterable[Step], output_dir: Path) -> Iterator[Wanted]:
    """What is wanted of each package, with the tags of the package that is there from the build before."""
    for step in steps:
        given = (step.held.lock, *step.held.given)
        for rendered in step.rendered:
            package = output_dir / step.deck.package_name(rendered.lang)
            yield Wanted(step.deck, rendered, step.next, given, package, _tags(package))


def _tags(package: Path) -> dict[str, frozenset[str]]:
    try:
        notes = collection.read(package).notes
    except collection.Unreadable:
        return {}
    return {guid: frozenset(note.tags) for guid, note in notes.items()}
