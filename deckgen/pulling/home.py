"""Write what was decided: into the card files, byte by byte, and into the lock."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from deckgen.building.steps import Ready
from deckgen.deck import Card, Deck
from deckgen.editing.changes import Add, AddItem, Change, Drop, DropItem, Set, changed
from deckgen.editing.edit import CantEdit
from deckgen.editing.scalars import quoted
from deckgen.lock.advance import text_hash
from deckgen.lock.inherit import known
from deckgen.lock.lines import MERGED, Lock
from deckgen.notes.render import Note, render_deck
from deckgen.pulling.decide import Clash, Decision, Judge, Take, looks_alike
from deckgen.pulling.learner import own_tags
from deckgen.pulling.spots import Spot
from deckgen.reading import tree
from deckgen.reading.card_file import card_file
from deckgen.reading.values import Values
from deckgen.written import Text


@dataclass(slots=True)
class CardFile:
    """A card file as it is, and the changes that are to be made to it, with the decision that each is of."""

    path: Path
    text: str
    root: tree.Mapping
    cards: Mapping[str, tree.Mapping]
    wanted: list[tuple[Decision, list[Change]]] = field(default_factory=list)
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

    def make(self) -> None:
        """Make the changes; those that can't be made become clashes of their decisions."""
        try:
            self.new = changed(self.text, self.root, [one for _, many in self.wanted for one in many])
            return
        except CantEdit:
            kept: list[Change] = []
        for decision, changes in self.wanted:
            try:
                self.new = changed(self.text, self.root, [*kept, *changes])
                kept += changes
            except CantEdit as error:
                refuse(decision, str(error))


def refuse(decision: Decision, reason: str) -> None:
    """Leave a note as it is after all."""
    decision.clashes += [Clash(take.spot, reason) for take in decision.takes]
    decision.takes.clear()
    decision.tags_come = decision.tags_go = ()


@dataclass(slots=True)
class Home:
    """The card files of a deck into which edits come."""

    deck: Deck
    files: dict[str, CardFile] = field(default_factory=dict)

    def want(self, decision: Decision, judge: Judge) -> None:
        """Note down the changes of a decision; what can't be written becomes a clash."""
        if not (decision.takes or decision.tags_come or decision.tags_go):
            return
        card = decision.theirs.card
        shown = card.id.file.shown
        if shown not in self.files:
            self.files[shown] = CardFile.read(Path(shown))
        file = self.files[shown]
        try:
            node = file.cards[card.id.value]
            changes: list[Change] = [_change(node, take) for take in decision.takes]
            changes += _tags(node, decision, judge.deck)
        except (CantEdit, KeyError) as error:
            refuse(decision, str(error))
            return
        file.wanted.append((decision, changes))

    def make(self) -> None:
        """Make all changes."""
        for file in self.files.values():
            file.make()

    def texts(self) -> dict[Path, str]:
        """The new texts of the files that change."""
        return {file.path: file.new for file in self.files.values() if file.new not in ("", file.text)}

    def cards(self) -> Iterator[Card]:
        """The cards of the changed files that changes are about, as they are now."""
        for file in self.files.values():
            root, _ = tree.parse((file.new or file.text).removeprefix("\ufeff"), file.path.as_posix())
            about = {decision.theirs.card.id.value for decision, _ in file.wanted}
            for card in card_file(Values(), root, file.path.as_posix(), self.deck):
                if card.id.value in about:
                    yield card


def _change(node: tree.Mapping, take: Take) -> Change:
    """The change of a card's mapping that gives a text its value."""
    inner, flow = node, node.flow
    for key in take.spot.keys[:-1]:
        found = inner.get(key)
        if key == "fields" and take.spot.text is not None and not _has(found, take.spot):
            found = node.get(key)  # those of all languages
        if not isinstance(found, tree.Mapping):
            raise CantEdit(f"there is no `{key}:` to write into")
        inner, flow = found, flow or found.flow
    name = take.spot.keys[-1]
    text = inner.get(name)
    if take.value is None:
        return Drop(inner, name)
    if take.spot.text is None:
        tag = f"{tree.HTML_TAG} " if take.html else ""
        return Add(inner, name, f"{tag}{quoted(take.value)}")
    if not isinstance(text, Text) or text.html != take.html:
        raise CantEdit(f"`{name}:` is written in a way that can't be edited safely")
    return Set(text, take.value, flow)


def _has(node: tree.Node | None, spot: Spot) -> bool:
    return isinstance(node, tree.Mapping) and spot.keys[-1] in node


def _tags(node: tree.Mapping, decision: Decision, deck: Deck) -> Iterator[Change]:
    listed = node.get("tags")
    come = [tag for tag in decision.tags_come if tag in deck.tags]
    if listed is None and come:
        yield Add(node, "tags", f"[{', '.join(come)}]", behind="id")
    elif come and not isinstance(listed, tree.Sequence):
        raise CantEdit("`tags:` is written in a way that can't be edited safely")
    elif isinstance(listed, tree.Sequence):
        yield from (AddItem(listed, tag) for tag in come)
    items = listed.items if isinstance(listed, tree.Sequence) else []
    own = {item.value for item in items if isinstance(item, Text)}
    go = [tag for tag in decision.tags_go if tag in own]
    if go and own == {*go}:
        yield Drop(node, "tags")
    elif isinstance(listed, tree.Sequence):
        yield from (DropItem(listed, tag) for tag in go)


# -- what a build makes of it ---------------------------------------------------------------


def made(item: Ready, lang: str, cards: Iterable[Card]) -> dict[str, Note]:
    """The notes of some cards as the next build makes them. Raises OSError when a file can't be read."""
    alone = [replace(card, after=()) for card in cards if lang in card.contents]
    deck = replace(item.deck, cards=tuple(alone))
    rendered = render_deck(deck, lang, known(deck, lang, item.lock))
    return {note.card: note for note in rendered.notes}


def settle(decisions: Iterable[Decision], notes: Mapping[str, Note]) -> bool:
    """Refuse what a build would not make as the learner has it; tells whether something was refused."""
    refused = False
    for decision in decisions:
        note = notes.get(decision.theirs.card.id.value)
        if decision.takes and note is None:
            refuse(decision, "with this text it could not be read as a card")
            refused = True
    return refused


def is_theirs(judge: Judge, decision: Decision, note: Note) -> bool:
    """Whether a learner's note says already what the next build would ship."""
    theirs = decision.theirs
    if decision.clashes or decision.troubles or decision.reason:
        return False
    prefix = f"{judge.deck.key.value}::"
    if not {*own_tags(note.tags, prefix)} <= {*own_tags(theirs.tags, prefix)}:
        return False
    one, two = (list(map(judge.plain, fields)) for fields in (note.fields, theirs.fields))
    cloze = theirs.note_type.is_cloze
    return looks_alike(one, two, judge.look(note.role), cloze=cloze)


def with_pulled(
    lock: Lock, lang: str, judge: Judge, decisions: Iterable[Decision], notes: Mapping[str, Note]
) -> Lock:
    """The lock from which the next build stamps a note with the time of its edit, if it ships that text."""
    lines = dict(lock.notes)
    for decision in decisions:
        key = decision.theirs.card.id.value, lang
        line, note = lines.get(key), notes.get(key[0])
        if line is None:
            continue
        stamp = decision.theirs.stamp
        if decision.restamp or decision.takes:
            # The next stamp must be above the edit; one from a clock that was ahead would be too high.
            above = stamp if line.stamp < stamp <= time.time() else 0
            line = lines[key] = replace(line, above=max(line.above, above), pulled=None)
        if decision.restamp:
            lines[key] = replace(line, digest=MERGED)
        elif note is not None and line.stamp < stamp and is_theirs(judge, decision, note):
            lines[key] = replace(lock.notes[key], pulled=(stamp, text_hash(note.fields)))
    return replace(lock, notes=lines)
