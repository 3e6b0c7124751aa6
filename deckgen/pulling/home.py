"""Write what was decided: into the card files, byte by byte, and into the lock."""

from __future__ import annotations

import os
import time
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from deckgen.building.steps import Ready
from deckgen.deck import Card, Deck
from deckgen.editing.changes import Add, AddCard, AddItem, Change, Drop, DropItem, Set, changed
from deckgen.editing.edit import CantEdit
from deckgen.editing.scalars import quoted
from deckgen.kinds import Shape
from deckgen.lock.advance import text_hash
from deckgen.lock.inherit import known
from deckgen.lock.limits import MAX_TEXTS
from deckgen.lock.lines import MERGED, Lock, NoteLine
from deckgen.notes.render import Note, Rendered, render_deck
from deckgen.pulling.decide import Clash, Decision, Judge, Take, looks_alike
from deckgen.pulling.fresh import Fresh, additions, new_file
from deckgen.pulling.learner import own_tags
from deckgen.pulling.merge import with_blanks
from deckgen.pulling.shapes import Moved
from deckgen.pulling.spots import MASKS, Trouble
from deckgen.reading import tree
from deckgen.reading.card_file import card_file
from deckgen.reading.keys import CONTENT_KEYS
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

    def node(self, card: str) -> tree.Mapping:
        """The keys of a card. Raises CantEdit when it is not found."""
        if card not in self.cards:
            raise CantEdit(f"the card is not found in {self.path.as_posix()}")
        return self.cards[card]

    def make(self) -> None:
        """Make the changes; those that can't be made become clashes of their decisions."""
        kept: list[Change] = [*self.more]
        wanted = [(decision, many) for decision, many in self.wanted if decision.writes]
        try:
            self.new = changed(self.text, self.root, [*kept, *(one for _, many in wanted for one in many)])
            return
        except CantEdit:
            self.new = changed(self.text, self.root, kept)
        for decision, changes in wanted:
            try:
                self.new = changed(self.text, self.root, [*kept, *changes])
                kept += changes
            except CantEdit as error:
                refuse(decision, str(error))


def refuse(decision: Decision, reason: str) -> None:
    """Leave a note as it is after all."""
    decision.clashes += [Clash(take.spot, reason) for take in decision.takes]
    if decision.tags_come or decision.tags_go:
        decision.troubles.append(Trouble("Tags", reason, "P04"))
    if decision.moves:
        decision.troubles.append(Trouble(MASKS, reason))
    decision.takes.clear()
    decision.moves.clear()
    decision.tags_come = decision.tags_go = ()


@dataclass(slots=True)
class Home:
    """The card files of a deck into which edits come."""

    deck: Deck
    files: dict[str, CardFile] = field(default_factory=dict)
    made: dict[Path, str] = field(default_factory=dict)
    fresh: set[str] = field(default_factory=set)

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

    def want(self, decision: Decision, judge: Judge) -> None:
        """Note down the changes of a decision; what can't be written becomes a clash."""
        if not decision.writes:
            return
        card = decision.theirs.card
        file = self.file(Path(card.id.file.shown))
        try:
            node = file.node(card.id.value)
            _leave_shared_tags(node, decision)
            changes: list[Change] = [_change(node, take) for take in decision.takes]
            changes += _tags(node, decision, judge.deck)
            changes += _masks(node, decision)
        except CantEdit as error:
            refuse(decision, str(error))
            return
        file.wanted.append((decision, changes))

    def make(self) -> None:
        """Make all changes."""
        for file in self.files.values():
            file.make()

    def texts(self) -> dict[Path, str]:
        """The new texts of the files that change."""
        return self.made | {
            file.path: file.new for file in self.files.values() if file.new not in ("", file.text)
        }

    def cards(self) -> Iterator[Card]:
        """The cards that changes are about, as they are now."""
        about = {decision.theirs.card.id.value for file in self.files.values() for decision, _ in file.wanted}
        for path, text in self.texts().items():
            root, _ = tree.parse(text.removeprefix("\ufeff"), path.as_posix())
            _keep(root, about | self.fresh)
            yield from card_file(Values(), root, path.as_posix(), self.deck)


def _keep(root: tree.Node | None, names: Container[str]) -> None:
    """Leave only the named cards in a file that was read."""
    listed = root.get("cards") if isinstance(root, tree.Mapping) else None
    if isinstance(listed, tree.Sequence):
        listed.items = [node for node in listed.items if _id(node) in names]


def _id(node: tree.Node) -> str:
    name = node.get("id") if isinstance(node, tree.Mapping) else None
    return name.value if isinstance(name, Text) else ""


def _change(node: tree.Mapping, take: Take) -> Change:
    """The change of a card's mapping that gives a text its value."""
    text, name = take.spot.text, take.spot.keys[-1]
    if text is None:
        tag = f"{tree.HTML_TAG} " if take.html else ""
        inner = _inside(node, take.spot.keys[:-1])
        behind = next((key for key in reversed(inner.entries) if key in CONTENT_KEYS), "")
        return Add(inner, name, f"{tag}{quoted(take.value or '')}", behind)
    for inner, key, found, flow in _found(node, flow=node.flow):
        if (found.line, found.column) == (text.line, text.column):
            if take.value is None:
                return Drop(inner, key)
            if found.html != take.html:
                raise CantEdit(f"`{name}:` would become HTML, or no longer be HTML: change it yourself")
            return Set(found, take.value, flow)
    raise CantEdit(f"`{name}:` is written in a way that can't be edited safely")


def _inside(node: tree.Mapping, keys: Iterable[str]) -> tree.Mapping:
    for key in keys:
        found = node.get(key)
        if not isinstance(found, tree.Mapping):
            raise CantEdit(f"there is no `{key}:` to write into")
        node = found
    return node


def _found(node: tree.Mapping, *, flow: bool) -> Iterator[tuple[tree.Mapping, str, Text, bool]]:
    """The texts in a mapping, and in those below it, each with its key."""
    for key, (_, value) in node.entries.items():
        if isinstance(value, Text):
            yield node, key, value, flow
        elif isinstance(value, tree.Mapping):
            yield from _found(value, flow=flow or value.flow)


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


def _leave_shared_tags(node: tree.Mapping, decision: Decision) -> None:
    """Tell of tags that went, but that the whole file has: nothing of this card can take them out."""
    listed = node.get("tags")
    items = listed.items if isinstance(listed, tree.Sequence) else ()
    own = {item.value for item in items if isinstance(item, Text)}
    for tag in decision.tags_go:
        if tag not in own:
            reason = f"all cards of the file have the tag `{tag}`, which the learner took out"
            decision.troubles.append(Trouble("Tags", reason, "P04"))
    decision.tags_go = tuple(tag for tag in decision.tags_go if tag in own)


def _masks(node: tree.Mapping, decision: Decision) -> Iterator[Change]:
    if not decision.moves:
        return
    masks = node.get("masks")
    if not isinstance(masks, tree.Mapping):
        raise CantEdit("`masks:` is written in a way that can't be edited safely")
    for move in decision.moves:
        if move.old is None:
            yield Add(masks, mask_key(move), _shape(move))
            continue
        shapes = masks.get(move.old.key.value)
        listed = shapes.get(move.mask.shape) if isinstance(shapes, tree.Mapping) else None
        old = [] if listed is None else list(_texts(listed))
        if len(old) != len(move.mask.numbers):
            raise CantEdit(f"the mask `{move.old.key.value}` got another shape: change `masks:` yourself")
        for text, number in zip(old, move.mask.numbers, strict=True):
            if round(float(text.value) * 100) != number:
                yield Set(text, f"{number / 100:g}", True)


def mask_key(move: Moved) -> str:
    """The key of a mask that a learner added."""
    return f"mask-{move.number}"


def _shape(move: Moved) -> str:
    numbers = [f"{number / 100:g}" for number in move.mask.numbers]
    if move.mask.shape is Shape.POLYGON:
        pairs = zip(numbers[::2], numbers[1::2], strict=True)
        numbers = [f"[{across}, {down}]" for across, down in pairs]
    return f"{{{move.mask.shape}: [{', '.join(numbers)}]}}"


def _texts(node: tree.Node) -> Iterator[Text]:
    for item in node.items if isinstance(node, tree.Sequence) else ():
        if isinstance(item, Text):
            yield item
        else:
            yield from _texts(item)


# -- what a build makes of it ---------------------------------------------------------------


def made(item: Ready, judge: Judge, cards: Iterable[Card], lock: Lock) -> Rendered:
    """The notes of some cards as the next build makes them. Raises OSError when a file can't be read."""
    lang = judge.lang
    alone = tuple(replace(card, after=()) for card in cards if lang in card.contents)
    deck = replace(item.deck, cards=alone, media={**item.deck.media, **judge.names.new})
    return render_deck(deck, lang, known(deck, lang, lock))


def settle(judge: Judge, decisions: Iterable[Decision], notes: Mapping[str, Note]) -> bool:
    """Refuse what a build would not make as the learner has it; tells whether something was refused."""
    refused = False
    for decision in decisions:
        note = notes.get(decision.theirs.card.id.value)
        if decision.writes and note is None:
            refuse(decision, "with this text it could not be read as a card")
            refused = True
        elif note is not None and not _is_right(judge, decision, note):
            refuse(decision, "a build would make something else of it")
            refused = True
    return refused


def _is_right(judge: Judge, decision: Decision, note: Note) -> bool:
    """Whether each field that changes is seen as the learner has it, where the author had changed nothing."""
    if not decision.takes or any(take.spot.now != take.spot.base for take in decision.takes):
        return True
    theirs = decision.theirs
    look, cloze = judge.look(note.role), theirs.note_type.is_cloze
    sides = zip(theirs.note_type.field_names, theirs.note.fields, note.fields, theirs.fields, strict=True)
    for name, before, after, has in sides:
        if before != after and name != "Typed":  # which follows the answer
            wanted = judge.names.plain(judge.names.brought(has, before, []))
            wanted = with_blanks(judge.names.plain(before), wanted)
            if not looks_alike([judge.names.plain(after)], [wanted], look, cloze=cloze):
                return False
    return True


def is_theirs(judge: Judge, decision: Decision, note: Note) -> bool:
    """Whether a learner's note says already what the next build would ship."""
    theirs = decision.theirs
    if not decision.is_home:
        return False
    prefix = f"{judge.deck.key.value}::"
    if not {*own_tags(note.tags, prefix)} <= {*own_tags(theirs.tags, prefix)}:
        return False
    one, two = (list(map(judge.names.plain, fields)) for fields in (note.fields, theirs.fields))
    two = list(map(with_blanks, one, two))
    cloze = theirs.note_type.is_cloze
    return looks_alike(one, two, judge.look(note.role), cloze=cloze)


def with_numbers(lock: Lock, lang: str, decisions: Iterable[Decision]) -> Lock:
    """The lock in which masks that a learner added have the numbers that they have there."""
    lines = dict(lock.notes)
    for decision in decisions:
        new = {move.number: mask_key(move) for move in decision.moves if move.old is None}
        key = decision.theirs.card.id.value, lang
        if new and key in lines:
            lines[key] = replace(lines[key], cards={**lines[key].cards, **new})
    return replace(lock, notes=lines)


def with_pulled(
    lock: Lock, lang: str, judge: Judge, decisions: Iterable[Decision], notes: Mapping[str, Note]
) -> Lock:
    """The lock from which the next build stamps a note with the time of its edit, if it ships that text.

    A text of a learner that is all at home is kept, so that no pull looks at it again.
    """
    lines = dict(lock.notes)
    for decision in decisions:
        key = decision.theirs.card.id.value, lang
        if key in lines:
            line = _with_stamp(lines[key], judge, decision, notes.get(key[0]))
            if decision.is_home:
                known = text_hash(decision.theirs.fields), *line.home
                line = replace(line, home=tuple(dict.fromkeys(known))[:MAX_TEXTS])
            elif decision.writes and key[0] in notes:
                # No version is like the learner's note: this is the hash of none.
                known = text_hash((*notes[key[0]].fields, "")), *line.home
                line = replace(line, home=tuple(dict.fromkeys(known))[:MAX_TEXTS])
            lines[key] = line
    return replace(lock, notes=lines)


def _with_stamp(line: NoteLine, judge: Judge, decision: Decision, note: Note | None) -> NoteLine:
    stamp = decision.theirs.stamp
    if not decision.restamp and note is not None and line.stamp < stamp and is_theirs(judge, decision, note):
        text, before = text_hash(note.fields), line.pulled
        # Of several learners with one text, none is updated if the stamp is the first one's.
        first = min(stamp, before[0]) if before is not None and before[1] == text else stamp
        return replace(line, pulled=(first, text))
    if not (decision.is_home or decision.restamp):
        return _held(line, stamp, note)
    if decision.restamp or decision.takes or decision.moves:
        # The next stamp must be above the edit; one from a clock that was ahead would be too high.
        above = stamp if line.stamp < stamp <= time.time() else 0
        line = replace(line, above=max(line.above, above), pulled=None)
    return replace(line, digest=MERGED) if decision.restamp else line


def _held(line: NoteLine, stamp: int, note: Note | None) -> NoteLine:
    """The line with which a text goes to all but a learner, of whose edit something is undecided."""
    text = text_hash(note.fields) if note is not None else ""
    if not text or text in line.texts[:1] or line.stamp >= stamp:
        return line
    before = line.pulled
    first = min(stamp, before[0]) if before is not None and before[1] == text else stamp
    return replace(line, pulled=(first, text))
