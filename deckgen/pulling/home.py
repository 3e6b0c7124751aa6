"""Write what was decided: into the card files, byte by byte, and into the lock."""

from __future__ import annotations

import os
import time
from collections.abc import Container, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from deckgen import checks
from deckgen.building.steps import Ready
from deckgen.checks import baseline
from deckgen.checks.proof import Proof
from deckgen.checks.structure import parts_differ
from deckgen.deck import Card, Deck
from deckgen.editing.changes import AddCard, Change, changed
from deckgen.editing.edit import CantEdit
from deckgen.finding import Finding, Severity
from deckgen.lock import adopted, frozen
from deckgen.lock.advance import note_digest, text_hash
from deckgen.lock.inherit import known
from deckgen.lock.limits import EARLIEST, LATEST, MAX_TEXTS
from deckgen.lock.lines import MERGED, Lock, NoteLine
from deckgen.lock.merge import waiting
from deckgen.lock.states import reach
from deckgen.markup.asked import asked
from deckgen.notes.render import Note, Rendered, render_deck
from deckgen.pulling import keys
from deckgen.pulling.decide import Clash, Decision, Judge, looks_alike
from deckgen.pulling.fresh import Fresh, additions, new_file
from deckgen.pulling.learner import State
from deckgen.pulling.merge import with_blanks
from deckgen.pulling.spots import MASKS, Trouble
from deckgen.reading import tree
from deckgen.reading.card_file import card_file
from deckgen.reading.values import Enough, Values
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
        """Make the changes; those that can't be made become clashes of their decisions.

        Raises CantEdit when cards that a learner added can't be put in.
        """
        kept: list[Change] = [*self.more]
        wanted = [(decision, many) for decision, many in self.wanted if decision.writes]
        try:
            self.new = changed(self.text, self.root, [*kept, *(one for _, many in wanted for one in many)])
            return
        except CantEdit:
            self.new = self._with_new_cards(kept)
        for decision, changes in wanted:
            try:
                self.new = changed(self.text, self.root, [*kept, *changes])
                kept += changes
            except CantEdit as error:
                refuse(decision, str(error))

    def _with_new_cards(self, kept: list[Change]) -> str:
        try:
            return changed(self.text, self.root, kept)
        except CantEdit as error:
            raise CantEdit(f"{self.path.as_posix()}: {error}; name a new file") from None


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
    faults: dict[str, str] = field(default_factory=dict)

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

    def cards(self) -> dict[str, Card]:
        """The cards that changes are about, as they are now; `faults` say by card what can't be read."""
        found: dict[str, Card] = {}
        for path, text in self.texts().items():
            about = (
                {one.theirs.card.id.value for one, _ in self.file(path).wanted} if path.exists() else set()
            )
            root, _ = tree.parse(text.removeprefix("\ufeff"), path.as_posix())
            _keep(root, about | self.fresh)
            values = Values()
            with suppress(Enough):
                found |= {card.id.value: card for card in card_file(values, root, path.as_posix(), self.deck)}
            errors = [one for one in values.findings if one.severity is Severity.ERROR]
            self.faults |= {one.card: f"{one.message} ({one.code})" for one in errors}
            self.faults |= dict.fromkeys(about - {*found, *self.faults}, "it can't be read as a card")
        return found


def _keep(root: tree.Node | None, names: Container[str]) -> None:
    """Leave only the named cards in a file that was read."""
    listed = root.get("cards") if isinstance(root, tree.Mapping) else None
    if isinstance(listed, tree.Sequence):
        listed.items = [node for node in listed.items if _id(node) in names]


def _id(node: tree.Node) -> str:
    name = node.get("id") if isinstance(node, tree.Mapping) else None
    return name.value if isinstance(name, Text) else ""


# -- what a build makes of it ---------------------------------------------------------------


def made(item: Ready, judge: Judge, cards: Iterable[Card], lock: Lock) -> Rendered:
    """The notes of some cards as the next build makes them. Raises OSError when a file can't be read."""
    lang = judge.lang
    alone = tuple(replace(card, after=()) for card in cards if lang in card.contents)
    deck = replace(adopted.with_cards(item.deck, alone), media={**item.deck.media, **judge.names.new})
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


def refuse_unfit(
    item: Ready,
    judge: Judge,
    decisions: Iterable[Decision],
    after: Mapping[str, Card],
    faults: Mapping[str, str],
) -> bool:
    """Refuse what no build would take, such as a mistake in a formula; tells whether something was."""
    wanted = [one for one in decisions if one.writes]
    names = [one.theirs.card.id.value for one in wanted]
    before = {card.id.value: card for card in item.deck.cards}
    was = {*map(_fault, _errors(item, judge, [before[name] for name in names]))} if names else set()
    found = _errors(item, judge, [after[name] for name in names]) if names else []
    new = {
        one.card: f"{one.message} ({one.code})"
        for one in found
        if one.lang in ("", judge.lang) and _fault(one) not in was
    }
    unfit = [one for one in wanted if one.theirs.card.id.value in {*new, *faults}]
    for decision in unfit:
        name = decision.theirs.card.id.value
        refuse(decision, f"no build would take it: {faults.get(name) or new[name]}")
    return bool(unfit)


def _fault(finding: Finding) -> tuple[str, ...]:
    return finding.code, finding.card, finding.lang, finding.message


def _errors(item: Ready, judge: Judge, cards: Iterable[Card]) -> list[Finding]:
    """The errors of some cards, without what cards or languages demand of each other."""
    alone = tuple(replace(card, after=(), see=()) for card in cards)
    deck = replace(adopted.with_cards(item.deck, alone), media={**item.deck.media, **judge.names.new})
    given = frozen.given_numbers(item.held.lock)
    found, _ = baseline.of_texts(deck, checks.demanded(Proof(deck, given)))
    return [one for one in found if one.severity is Severity.ERROR and one.code != parts_differ.CODE]


def refuse_parted(
    judge: Judge, decisions: Iterable[Decision], before: Mapping[str, Card], after: Mapping[str, Card]
) -> bool:
    """Refuse what would ask in one language something else than in the others (B07), and is not forced.

    Tells whether something was refused.
    """
    refused = False
    for decision in decisions:
        name = decision.theirs.card.id.value
        old, new = (cards[name].contents.get(judge.lang) for cards in (before, after))
        if decision.writes and name not in judge.theirs and old and new and asked(old) != asked(new):
            for lang, message in parts_differ.differences(after[name]):
                reason = f"then `{lang}` would not have the same parts as the other language (B07): {message}"
                refuse(decision, reason)
                refused = True
    return refused


def _is_right(judge: Judge, decision: Decision, note: Note) -> bool:
    """Whether each field that changes is seen as the learner has it, where the author had changed nothing."""
    theirs = decision.theirs
    look, cloze = judge.look(note.role), theirs.note_type.is_cloze
    sides = zip(theirs.note_type.field_names, theirs.note.fields, note.fields, theirs.fields, strict=True)
    # What deckgen makes of the answer, and fields of which only a part could be taken.
    others = {"Typed", *decision.ours, *(trouble.field for trouble in decision.troubles)}
    for name, before, after, has in sides:
        if before != after and name not in others:
            wanted = judge.names.plain(judge.names.brought(has, before, []))
            wanted = with_blanks(judge.names.plain(before), wanted)
            if not looks_alike([judge.names.plain(after)], [wanted], look, cloze=cloze):
                return False
    return True


def is_theirs(judge: Judge, decision: Decision, note: Note) -> bool:
    """Whether a learner's note says already what the next build would ship."""
    theirs = decision.theirs
    if not decision.is_home or decision.tags_left:
        return False
    if not judge.own_tags(note.tags) <= judge.own_tags(theirs.tags):
        return False
    one, two = (list(map(judge.names.plain, fields)) for fields in (note.fields, theirs.fields))
    two = list(map(with_blanks, one, two))
    cloze = theirs.note_type.is_cloze
    return looks_alike(one, two, judge.look(note.role), cloze=cloze)


def with_numbers(lock: Lock, lang: str, decisions: Iterable[Decision]) -> Lock:
    """The lock in which masks that a learner added have the numbers that they have there."""
    lines = dict(lock.notes)
    for decision in decisions:
        new = {move.number: move.key for move in decision.moves if move.old is None}
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
            line = _with_waits(line, decision, notes.get(key[0]))
            if decision.is_home and not decision.tags_unknown:
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
        return _pulled(line, stamp, text_hash(note.fields))
    if not (decision.is_home or decision.restamp):
        is_new = note is not None and line.digest != note_digest(note) and line.stamp < stamp
        return _pulled(line, stamp, text_hash(note.fields)) if note and is_new and decision.writes else line
    if decision.restamp or decision.takes or decision.moves:
        before = line.pulled or (0, "")
        line = _above(line, stamp, before[0] if before[1] in line.home else 0)
        # With a later stamp beside it, no build gives the text this time: it only tells what came home.
        is_known = note is not None and not decision.restamp and stamp <= reach(line)
        line = replace(line, pulled=(stamp, text_hash(note.fields)) if note and is_known else None)
    return replace(line, digest=MERGED) if decision.restamp else line


def _with_waits(line: NoteLine, decision: Decision, note: Note | None) -> NoteLine:
    """The line that says whether an edit waits for a person, so that a build leaves it alone, or tells.

    Where only tags are undecided, none but a new text is held back from the learner.
    """
    theirs = decision.theirs
    text = text_hash(theirs.fields)
    if decision.is_home or decision.restamp:
        return replace(line, waits=tuple(one for one in line.waits if one[1] != text))
    if theirs.state is State.TAGS and note is not None and text_hash(note.fields) in line.texts[:1]:
        return line
    if not max(line.stamp, EARLIEST) <= theirs.stamp <= LATEST:
        return line
    return replace(line, waits=waiting([*line.waits, (theirs.stamp, text)]))


def _pulled(line: NoteLine, stamp: int, text: str) -> NoteLine:
    """The line from which the next build gives a text the time of an edit.

    Of several learners with one text, none is updated if the stamp is the first one's. Who wrote another one
    that came home before is to get this text, and may have edited the note later.
    """
    if not EARLIEST <= stamp <= LATEST:  # no build gives such a stamp, and no lock knows it
        return line
    before = line.pulled or (0, "")
    if before[1] == text:
        return replace(line, pulled=(min(stamp, before[0]) if before[0] > reach(line) else stamp, text))
    waits = {time for time, _ in line.waits}
    if before[0] not in waits and (before[0] > stamp or before[1] in line.home):
        line = _above(line, before[0])
    return replace(line, pulled=(stamp, text))


def _above(line: NoteLine, *edits: int) -> NoteLine:
    """The line from which the next stamp is above these edits; one of a clock that was ahead is too high."""
    late = [stamp for stamp in edits if max(line.stamp, EARLIEST) < stamp <= time.time()]
    return replace(line, above=max([line.above, *late]))
