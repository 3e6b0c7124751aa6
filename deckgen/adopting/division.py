"""Which notes of an existing deck go into which folder: one for all, or one for each root deck."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from deckgen.adopting.foreign import Foreign, ForeignNote
from deckgen.adopting.names import Unique, slug
from deckgen.deck import deck_key
from deckgen.patterns import lazy

#: What Anki calls the deck that it keeps for itself: no deck of ours can have this title (K16).
DEFAULT = "Default"
_DROPPED = lazy(r'[\x00-\x1f\x7f-\x9f"]')


@dataclass(frozen=True, slots=True)
class Division:
    """The notes that become one folder, in the order of study.

    `title` is Anki's name of the deck, `key` that of the folder; `named` says that `--as` gave it.
    """

    title: str
    key: str
    notes: list[ForeignNote] = field(default_factory=list)

    def below(self, note: ForeignNote) -> str:
        """The path below the title at which a note lies: that of its first card."""
        name = home(note)
        if len(name) > len(self.title) and name.startswith(f"{self.title}::"):
            return name[len(self.title) + 2 :]
        return ""


def home(note: ForeignNote) -> str:
    """The deck of the first card of a note."""
    return note.cards[min(note.cards)]


def divide(foreign: Foreign, name: str, key: str | None) -> list[Division]:
    """The notes of `foreign` by folders; notes without cards are in none.

    The parent of all decks is the title; without one there is a folder for each root deck. `name` is that
    of the file, for the deck that has no name of its own. `key` names the folder if there is only one.
    """
    notes = _as_anki_names_decks([note for note in foreign.notes if note.cards])
    decks = dict.fromkeys(home(note) for note in notes)
    decks |= dict.fromkeys(deck for note in notes for deck in note.cards.values())
    common = _parent(decks)
    roots = {deck: "::".join(common) or deck.split("::")[0] for deck in decks}
    keys = Unique()
    made: dict[str, Division] = {}
    for root in dict.fromkeys(roots.values()):
        title = (name or "Adopted") if deck_key(root) == deck_key(DEFAULT) else root
        alone = key is not None and len(set(roots.values())) == 1
        made[root] = Division(title, key if alone and key else keys.give(slug(title) or "deck"))
    for note in notes:
        made[roots[home(note)]].notes.append(note)
    return [one for one in made.values() if one.notes]


def _as_anki_names_decks(notes: Sequence[ForeignNote]) -> list[ForeignNote]:
    """The notes with the names of decks that Anki makes of theirs, when it imports them."""
    names = {deck: anki_name(deck) for note in notes for deck in note.cards.values()}
    if all(deck == name for deck, name in names.items()):
        return [*notes]
    return [replace(note, cards={one: names[deck] for one, deck in note.cards.items()}) for note in notes]


def anki_name(deck: str) -> str:
    """The name that Anki makes of a deck's (rslib/src/decks/name.rs): programs write others into packages."""
    parts = (
        _DROPPED.sub("", unicodedata.normalize("NFC", part)).strip().strip(":").strip()
        for part in deck.split("::")
    )
    return "::".join(part or "blank" for part in parts)


def _parent(decks: Mapping[str, object]) -> list[str]:
    """The parts of the name of the deck that all `decks` are, or lie below."""
    names = [deck.split("::") for deck in decks]
    common: list[str] = []
    for parts in zip(*names, strict=False):
        if len(set(parts)) > 1:
            break
        common.append(parts[0])
    return common


def across(notes: Iterable[ForeignNote]) -> list[ForeignNote]:
    """The notes whose cards lie in several decks."""
    return [note for note in notes if len(set(note.cards.values())) > 1]


def is_default(deck: str) -> bool:
    """Whether a deck is the one that Anki keeps for itself."""
    return deck_key(deck.split("::", maxsplit=1)[0]) == deck_key(DEFAULT)
