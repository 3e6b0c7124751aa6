"""How a push sees that an import is done: in the window, nobody tells."""

from __future__ import annotations

from dataclasses import dataclass

from deckgen.notes.render import Note
from deckgen.packing.collection import ShippedNote
from deckgen.pushing.connection import Anki
from deckgen.pushing.difference import Difference
from deckgen.pushing.record import Record
from deckgen.pushing.there import There, patience
from deckgen.pushing.wanted import Wanted


@dataclass(frozen=True, slots=True)
class Package:
    """What a push does to one package."""

    wanted: Wanted
    record: Record
    difference: Difference

    @property
    def pending(self) -> bool:
        """Whether there is anything to do, also when that is only the end of a push that was stopped."""
        return self.difference.pending or self.record.merged


class Sign:
    """What changes in Anki when a package arrives, asked in a few cheap questions.

    An import is one step: when one of its notes is there, all are. It `is_blind` when the package has only
    newer stamps for what is there already, which no question shows.
    """

    def __init__(self, anki: Anki, one: Package, before: There) -> None:
        self._anki = anki
        wanted, held = one.wanted, before.held.notes
        self._query = " OR ".join(f"mid:{number}" for number in sorted(wanted.types))
        brings = frozenset(one.difference.brings)
        coming = [(held.get(guid), note) for guid, note in wanted.notes.items() if note.card in brings]
        others = (old for old, note in coming if old is not None and not _says(old, note))
        self._notes = [old.note_id for old in others][:1]
        looks = frozenset(one.difference.looks)
        numbers = (number for number, look in wanted.types.items() if look.name in looks)
        self._types = [before.looks[number].name for number in numbers]
        self._seconds = patience(len(wanted.rendered.notes))
        self.is_blind = not (self._notes or self._types or any(old is None for old, _ in coming))

    def seen(self) -> tuple[object, ...]:
        count = len(self._anki.ask("findNotes", self._seconds, query=self._query))
        texts = self._anki.ask("notesInfo", self._seconds, notes=self._notes) if self._notes else None
        looks = [
            [self._anki.ask(action, modelName=name) for action in ("modelStyling", "modelTemplates")]
            for name in self._names()
        ]
        return count, texts, looks

    def _names(self) -> list[str]:
        """The note types whose look is awaited, while their names last: an import may bring others."""
        if not self._types:
            return []
        names = self._anki.ask("modelNames", self._seconds)
        return [name for name in self._types if name in names]


def _says(old: ShippedNote, note: Note) -> bool:
    """Whether a note says there what the package says, in whatever order Anki has its fields."""
    return (sorted(old.fields), sorted(old.tags)) == (sorted(note.fields), sorted(note.tags))
