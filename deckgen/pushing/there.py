"""What a running Anki has of some note types: a copy that it exports itself, with decks and reviews.

AnkiConnect tells no guids, so that nothing could be known as ours without such a copy.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Set
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from deckgen.deck import deck_key
from deckgen.packing import collection
from deckgen.packing.journal import cache, key
from deckgen.packing.stage import scratch
from deckgen.pushing.connection import Anki, Denied, NoAnswer

#: The queue of a suspended card (`CardQueue` in rslib/src/card/mod.rs).
_SUSPENDED = -1


@dataclass(frozen=True, slots=True)
class HeldCard:
    """A card of a note: `number` counts from 0, `deck` names its home, also while a filtered deck has it."""

    card_id: int
    number: int
    deck: str
    suspended: bool
    reviews: int


@dataclass(frozen=True, slots=True)
class HeldLook:
    """How a note type looks there, and when that last changed, in seconds since 1970."""

    name: str
    stamp: int
    css: str
    sides: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class There:
    """What Anki has: notes by guid, cards by the id of their note, looks by that of the type, all decks.

    `doubled` are guids that several notes have: nobody can say which of these is ours.
    """

    held: collection.Shipped = field(default_factory=collection.Shipped)
    cards: Mapping[int, tuple[HeldCard, ...]] = field(default_factory=dict)
    looks: Mapping[int, HeldLook] = field(default_factory=dict)
    decks: tuple[str, ...] = ()
    doubled: frozenset[str] = frozenset()

    def has_deck(self, name: str) -> bool:
        """Whether Anki has a deck of this name; it compares without capitals."""
        return deck_key(name) in {deck_key(one) for one in self.decks}

    def reviews(self, note_id: int) -> int:
        return sum(card.reviews for card in self.cards.get(note_id, ()))


class Way:
    """How files go between us and Anki: by path where both see one disk, else through Anki's media folder."""

    def __init__(self, anki: Anki) -> None:
        self.anki = anki
        #: None until a file has shown it.
        self.shared: bool | None = None
        self._swept = False

    def fetch(self, deck: str, target: Path, seconds: float) -> None:
        """Let Anki export a deck with its scheduling to `target`. Raises NoAnswer."""
        if self.shared is not False:
            try:
                done = self.anki.ask(
                    "exportPackage", seconds, deck=deck, path=target.as_posix(), includeSched=True
                )
            except Denied:  # Anki can't write there: it runs elsewhere, or in a sandbox
                done = None
            if done is False:
                raise NoAnswer(
                    f"Anki does not find the deck “{deck}” by its name: if it is still there, rename it, "
                    "and try again"
                )
            self.shared = target.is_file()
            if self.shared:
                return
        self._fetch_by_media(deck, target, seconds)

    def _fetch_by_media(self, deck: str, target: Path, seconds: float) -> None:
        name = self._name(target)
        try:
            self.anki.ask(
                "exportPackage", seconds, deck=deck, path=f"{self.place()}/{name}", includeSched=True
            )
            told = self.anki.ask("retrieveMediaFile", seconds, filename=name)
        finally:
            self.clear(name)
        try:
            target.write_bytes(base64.b64decode(told, validate=True))
        except (TypeError, ValueError, binascii.Error):
            raise NoAnswer("Anki gave no copy of the deck, so nothing can be known as ours") from None

    def send(self, package: Path, seconds: float) -> tuple[str, str]:
        """A path under which Anki can open a package, and the name of the media file to delete then."""
        if self.shared is None:
            self._try()
        if self.shared:
            return package.resolve().as_posix(), ""
        name = self._name(package)
        data = base64.b64encode(package.read_bytes()).decode()
        self.anki.ask("storeMediaFile", seconds, filename=name, data=data)
        return f"{self.place()}/{name}", name

    def _try(self) -> None:
        """Find out whether Anki reads where we write, by a file of a few bytes."""
        with scratch() as folder:
            file = folder / "way.txt"
            file.write_text("deckgen", encoding="utf-8")
            name = self._name(file)
            try:
                self.anki.ask("storeMediaFile", filename=name, path=file.resolve().as_posix())
                self.shared = True
            except Denied:
                self.shared = False
            finally:
                self.clear(name)

    def clear(self, name: str) -> None:
        """Delete a file of ours in the media folder. What can't be deleted now, the next push deletes."""
        with suppress(NoAnswer):
            self.anki.ask("deleteMediaFile", filename=name)

    def _name(self, path: Path) -> str:
        """A name in the media folder that only this user of this machine gives, after what stopped runs left.

        Such files would travel to AnkiWeb.
        """
        mine = hashlib.sha256(key(cache()).encode()).hexdigest()[:12]
        if not self._swept:
            self._swept = True
            for left in self.anki.ask("getMediaFilesNames", pattern=f"_deckgen-{mine}-*"):
                if str(left).startswith(f"_deckgen-{mine}-"):
                    self.clear(left)
        return f"_deckgen-{mine}-{path.name}"

    def place(self) -> str:
        """The media folder of the profile that is open. Raises NoAnswer."""
        return str(self.anki.ask("getMediaDirPath")).replace("\\", "/")


def look(way: Way, guids: Set[str], types: Set[int], titles: Set[str], folder: Path) -> There:
    """What Anki has of notes with these guids or note types; the copies that it exports go into `folder`.

    A note with our guid and another note type is found only in a deck that has cards of these types, or one
    of these `titles`. Raises NoAnswer, and collection.Unreadable when a copy can't be read.
    """
    names = tuple(way.anki.ask("deckNames"))
    merged = There(decks=names)
    keys = {deck_key(title) for title in titles}
    for copy in _export(way, _homes(way, types), folder, [name for name in names if deck_key(name) in keys]):
        merged = _joined(merged, _read(copy, guids, types), names)
    return merged


def copies(way: Way, types: Set[int], folder: Path) -> list[Path]:
    """Copies of all decks in which cards of these note types lie, with scheduling.

    What is answered or edited between two copies is in the later one only. Raises NoAnswer, also when cards
    were moved, or another profile was opened, meanwhile.
    """
    before = way.place(), _homes(way, types)
    found = list(_export(way, before[1], folder))
    if (way.place(), _homes(way, types)) != before:
        raise NoAnswer(
            "while Anki gave copies of its decks, cards were moved, made or deleted, or another profile was "
            "opened: the copies may lack some, so nothing was read. Try again"
        )
    return found


def _export(
    way: Way, homes: Mapping[str, Set[int]], folder: Path, also: Iterable[str] = ()
) -> Iterator[Path]:
    """Copies of these decks with scheduling, and of the decks `also`, each when it is there."""
    seconds = patience(sum(map(len, homes.values())))
    for count, deck in enumerate(_roots({*homes, *also}), start=1):
        target = folder / f"{count}.apkg"
        way.fetch(deck, target, seconds)
        yield target


def _homes(way: Way, types: Set[int]) -> Mapping[str, Set[int]]:
    """The decks in which cards of these note types lie now, each with those cards. Raises NoAnswer."""
    query = " OR ".join(f"mid:{number}" for number in sorted(types))
    cards = way.anki.ask("findCards", query=query) if types else []
    homes = way.anki.ask("getDecks", patience(len(cards)), cards=cards) if cards else {}
    return {deck: frozenset(held) for deck, held in homes.items()}


def patience(notes: int) -> float:
    """Seconds that Anki may take for so many notes or cards: a tenth of one for each, and two minutes."""
    return 120.0 + notes / 10


def _roots(names: Iterable[str]) -> list[str]:
    """Those decks that lie in no other of them: an export has the decks below with it."""
    kept: list[str] = []
    for name in sorted(names, key=deck_key):
        if not any(deck_key(name).startswith(f"{deck_key(one)}::") for one in kept):
            kept.append(name)
    return kept


def _joined(one: There, two: There, names: tuple[str, ...]) -> There:
    notes = {**one.held.notes, **two.held.notes}
    types = {**one.held.note_types, **two.held.note_types}
    cards = dict(one.cards)
    for number, held in two.cards.items():
        # A copy of a filtered deck may not name the home of a card; that of its home does.
        both = sorted((*cards.get(number, ()), *held), key=lambda card: bool(card.deck))
        known = {card.card_id: card for card in both}
        cards[number] = tuple(known[card] for card in sorted(known))
    for guid, note in notes.items():
        own = cards.get(note.note_id, ())
        decks = tuple(sorted({card.deck for card in own}))
        notes[guid] = collection.ShippedNote(
            note.note_id, note.guid, note.note_type, note.stamp, note.tags, note.fields, decks,
            frozenset(card.number for card in own),
        )  # fmt: skip
    # One copy has each note of its decks, so that a note may be in two; but then it is the same.
    twice = {
        guid
        for guid in one.held.notes.keys() & two.held.notes.keys()
        if one.held.notes[guid].note_id != two.held.notes[guid].note_id
    }
    return There(
        collection.Shipped(notes, types), cards, {**one.looks, **two.looks}, names,
        one.doubled | two.doubled | twice,
    )  # fmt: skip


def _read(path: Path, guids: Set[str], types: Set[int]) -> There:
    held = collection.read(path, guids, types)
    notes = {note.note_id for note in held.notes.values()}
    with collection.opened(path) as tables:
        models, decks = collection.older(tables, "models"), collection.older(tables, "decks")
        names = {int(number): str(deck["name"]) for number, deck in decks.items()}
        has = Counter(guid for (guid,) in tables.rows("notes", "guid") if guid in held.notes)
        rows = [
            row for row in tables.rows("cards", "id", "nid", "ord", "did", "odid", "queue") if row[1] in notes
        ]
        wanted = {row[0] for row in rows}
        reviews = Counter(card for (card,) in tables.rows("revlog", "cid") if card in wanted)
        looks = {int(number): _look(model) for number, model in models.items() if int(number) in types}
    cards: dict[int, list[HeldCard]] = {}
    for card_id, note, number, deck, home, queue in rows:
        held_card = HeldCard(
            card_id, number, names.get(home or deck, ""), queue == _SUSPENDED, reviews[card_id]
        )
        cards.setdefault(note, []).append(held_card)
    return There(
        held,
        {note: tuple(sorted(own, key=_id)) for note, own in cards.items()},
        looks,
        doubled=frozenset(guid for guid, count in has.items() if count > 1),
    )


def _id(card: HeldCard) -> int:
    return card.card_id


def _look(model: Mapping[str, Any]) -> HeldLook:
    sides = tuple((str(one["qfmt"]), str(one["afmt"])) for one in model["tmpls"])
    return HeldLook(str(model["name"]), int(model["mod"]), str(model["css"]), sides)
