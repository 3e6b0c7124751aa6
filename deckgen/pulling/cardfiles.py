"""Write what comes home into the card files, byte by byte."""

from __future__ import annotations

import os
from collections.abc import Container, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from deckgen.deck import Card, Deck
from deckgen.editing.changes import AddCard, Change, changed
from deckgen.editing.edit import CantEdit
from deckgen.finding import Severity
from deckgen.pulling import keys
from deckgen.pulling.decision import Decision
from deckgen.pulling.fresh import Fresh, additions, new_file
from deckgen.reading import tree
from deckgen.reading.card_file import card_file
from deckgen.reading.values import Enough, Values
from deckgen.written import Text, lines_of


@dataclass(slots=True)
class CardFile:
    """A card file as it is, and the changes that are to be made to it, with the decision that each is of."""

    path: Path
    text: str
    root: tree.Mapping
    cards: Mapping[str, tree.Mapping]
    wanted: list[tuple[Decision, list[Change]]] = field(default_factory=list)
    more: list[AddCard] = field(default_factory=list)
    new: str = ""

    @staticmethod
    def read(path: Path) -> CardFile:
        """Raises CantEdit when it can't be read, and OSError."""
        text = path.read_bytes().decode("utf-8")
        root, findings = tree.parse(text.removeprefix("\ufeff"), path.as_posix())
        if findings or not isinstance(root, tree.Mapping):
            raise CantEdit(f"{path.as_posix()} can't be read; `deckgen check` tells why")
        listed = root.get("cards")
        cards = {}
        for node in listed.items if isinstance(listed, tree.Sequence) else ():
            name = node.get("id") if isinstance(node, tree.Mapping) else None
            if isinstance(node, tree.Mapping) and isinstance(name, Text):
                cards[name.value] = node
        return CardFile(path, text, root, cards)

    @property
    def is_changed(self) -> bool:
        return self.new not in ("", self.text)

    def node(self, card: str) -> tree.Mapping:
        """The keys of a card. Raises CantEdit when it is not found."""
        if card not in self.cards:
            raise CantEdit(f"the card is not found in {self.path.as_posix()}")
        return self.cards[card]

    def make(self) -> None:
        """Make the changes; those that can't be made become clashes of their decisions.

        Raises CantEdit when cards that a learner added can't be put in.
        """
        try:
            self.new = changed(self.text, self.root, self.more) if self.more else self.text
        except CantEdit as error:
            raise CantEdit(f"{self.path.as_posix()}: {error}; name a new file") from None
        self._make([one for one in self.wanted if one[0].writes], [*self.more])

    def _make(self, wanted: Sequence[tuple[Decision, list[Change]]], kept: list[Change]) -> None:
        """Make changes beside those that are `kept`: all at once, or, where that fails, each half of them."""
        if not wanted:
            return
        anew = [*kept, *(change for _, changes in wanted for change in changes)]
        try:
            self.new = changed(self.text, self.root, anew)
            kept[:] = anew
        except CantEdit as error:
            if len(wanted) == 1:
                wanted[0][0].refuse(str(error), by_hand=True)
                return
            middle = len(wanted) // 2
            self._make(wanted[:middle], kept)
            self._make(wanted[middle:], kept)


@dataclass(slots=True)
class CardFiles:
    """The card files of a deck into which edits come."""

    deck: Deck
    files: dict[str, CardFile] = field(default_factory=dict)
    made: dict[Path, str] = field(default_factory=dict)
    fresh: set[str] = field(default_factory=set)
    faults: dict[tuple[str, str], str] = field(default_factory=dict)

    def file(self, path: Path) -> CardFile:
        """A card file of the deck. Raises CantEdit when it can't be read, and OSError."""
        shown = path.as_posix()
        if shown not in self.files:
            self.files[shown] = CardFile.read(path)
        return self.files[shown]

    def add(self, path: Path, cards: list[Fresh]) -> None:
        """Note down cards that a learner added. Raises CantEdit."""
        self.fresh |= {card.id for card in cards}
        if os.path.lexists(path) or path.as_posix() in self.files:
            file = self.file(path)
            file.more.append(additions(file.root, cards))
        else:
            self.made[path] = new_file(cards)

    def want(self, decision: Decision) -> None:
        """Note down the changes of a decision; what can't be written becomes a clash."""
        if not decision.writes:
            return
        card = decision.theirs.card
        file = self.file(Path(card.id.file.shown))
        try:
            node = file.node(card.id.value)
            changes = keys.changes(node, decision)
        except CantEdit as error:
            decision.refuse(str(error), by_hand=True)
            return
        file.wanted.append((decision, changes))

    def make(self) -> None:
        """Make all changes."""
        for file in self.files.values():
            file.make()

    def refuse_newer(self) -> None:
        """Raises CantEdit when somebody wrote to one of the files since the deck was read, and OSError."""
        read = {card.id.file.shown: card.id.file for card in self.deck.cards}
        for shown, file in self.files.items():
            if not file.is_changed:
                continue
            before = read[shown].lines if shown in read else lines_of(file.text.removeprefix("\ufeff"))
            now = file.path.read_bytes().decode("utf-8", "replace").removeprefix("\ufeff")
            if lines_of(now) != list(before):
                raise written_meanwhile(shown)

    def texts(self) -> dict[Path, str]:
        """The new texts of the files that change."""
        return self.made | {file.path: file.new for file in self.files.values() if file.is_changed}

    def cards(self) -> dict[str, Card]:
        """The cards that changes are about, as they are now.

        Then `faults` say what can't be read, by card and language; what all languages have is of "".
        """
        found: dict[str, Card] = {}
        self.faults = {}
        for path, text in self.texts().items():
            about = {one.theirs.name for one, _ in self.file(path).wanted} if path.exists() else set()
            root, _ = tree.parse(text.removeprefix("\ufeff"), path.as_posix())
            _keep(root, about | self.fresh)
            values = Values()
            with suppress(Enough):
                found |= {card.id.value: card for card in card_file(values, root, path.as_posix(), self.deck)}
            errors = [one for one in values.findings if one.severity is Severity.ERROR]
            self.faults |= {(one.card, one.lang): f"{one.message} ({one.code})" for one in errors}
            lost = about - {*found, *(card for card, _ in self.faults)}
            self.faults |= {(card, ""): "it can't be read as a card" for card in lost}
        return found


def written_meanwhile(shown: str) -> CantEdit:
    """The error about a file to which somebody wrote since it was read."""
    return CantEdit(f"{shown} was written to while it was pulled into: nothing changed; pull again")


def _keep(root: tree.Node | None, names: Container[str]) -> None:
    """Leave only the named cards in a file that was read."""
    listed = root.get("cards") if isinstance(root, tree.Mapping) else None
    if isinstance(listed, tree.Sequence):
        listed.items = [node for node in listed.items if _id(node) in names]


def _id(node: tree.Node) -> str:
    name = node.get("id") if isinstance(node, tree.Mapping) else None
    return name.value if isinstance(name, Text) else ""
