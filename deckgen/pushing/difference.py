"""The difference between what Anki has and what is wanted, as values. Nothing is asked or changed here."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum

from deckgen.building.against import Collection, Group, compare
from deckgen.deck import deck_key
from deckgen.notes.render import Note
from deckgen.packing.collection import ShippedNote
from deckgen.pushing.record import Record
from deckgen.pushing.there import HeldCard, There
from deckgen.pushing.wanted import Wanted

#: Without `all`, no more than one of so many notes is deleted.
DELETED = 10
#: What an import brings, what it can't, and notes that are not ours, in the words of a plan.
_BROUGHT = ("missing", "updated", "edit replaced")
_ALIEN = ("not ours", "other note type")


class Delete(Enum):
    """Which retired notes are deleted whose date has passed: none, those of a tenth of the deck, or all."""

    NONE = "none"
    FEW = "few"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Move:
    """Cards that go from one deck to another; `notes` are the ids of their notes in the source."""

    was: str
    deck: str
    cards: tuple[int, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tagged:
    """A tag that notes get, or lose when `taken`; `notes` are their ids in the source."""

    tag: str
    taken: bool
    note_ids: tuple[int, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Suspended:
    """The cards of a note that are suspended, or studied again when `back`."""

    note: str
    cards: tuple[int, ...]
    back: bool = False


@dataclass(frozen=True, slots=True)
class Deleted:
    """A note that is deleted, with how many reviews it has."""

    note: str
    note_id: int
    reviews: int


@dataclass(frozen=True, slots=True)
class Difference:
    """What a push does to one package's notes, and what it leaves.

    `groups` say what an import does. `brings` are the ids of notes that wait for an import, and `looks` the
    names of note types that do. `made` are decks that are not there yet. `kept` are cards that learners put
    into decks of their own, `strange` tags under the deck's key that it never gave as far as this machine
    knows, and `empty` cards whose front shows nothing: a push leaves all of these, and notes that are
    `doubled`: others have their guids there. `emptied` are decks from which a stopped push took cards.
    """

    groups: tuple[Group, ...] = ()
    brings: tuple[str, ...] = ()
    looks: tuple[str, ...] = ()
    moves: tuple[Move, ...] = ()
    tags: tuple[Tagged, ...] = ()
    suspended: tuple[Suspended, ...] = ()
    deleted: tuple[Deleted, ...] = ()
    too_many: tuple[Deleted, ...] = ()
    kept: tuple[Move, ...] = ()
    strange: tuple[Tagged, ...] = ()
    empty: tuple[Suspended, ...] = ()
    made: tuple[str, ...] = ()
    doubled: tuple[str, ...] = ()
    emptied: tuple[str, ...] = ()

    @property
    def waits(self) -> tuple[str, ...]:
        """What an import is to bring."""
        return (*self.brings, *self.looks)

    @property
    def pending(self) -> bool:
        """Whether there is anything to do."""
        return bool(self.waits or self.changes)

    @property
    def changes(self) -> bool:
        """Whether there is anything to do besides an import."""
        return bool(self.moves or self.emptied or self.tags or self.suspended or self.deleted)


@dataclass(frozen=True, slots=True)
class _Ours:
    """A note of ours that is there: `note` is None when it has left all packages."""

    card: str
    held: ShippedNote
    cards: tuple[HeldCard, ...]
    note: Note | None


def difference(
    wanted: Wanted, there: There, record: Record, delete: Delete = Delete.NONE, *, everywhere: bool = False
) -> Difference:
    """What there is to do. With `everywhere`, cards are moved from decks that learners chose, too."""
    groups = compare(wanted.deck, wanted.rendered, wanted.lock, Collection(there.held, None))
    named = {group.name: frozenset(group.cards) for group in groups}
    ours = list(_ours(wanted, there, frozenset().union(*(named.get(name, ()) for name in _ALIEN))))
    doubled = tuple(sorted(filter(None, (_card(wanted, guid) for guid in there.doubled))))
    brought = frozenset().union(*(named.get(name, ()) for name in _BROUGHT)) - set(doubled)
    moves, kept = _moves(wanted, ours, record, everywhere)
    deleted, too_many = _deleted(ours, delete)
    gone = frozenset(one.note for one in deleted)
    tags, strange = _tags(wanted, ours, record, brought | gone)
    decks = dict.fromkeys(move.deck for move in moves)
    return Difference(
        groups,
        tuple(note.card for note in wanted.rendered.notes if note.card in brought),
        tuple(_looks(wanted, there)),
        moves,
        tags,
        tuple(_suspended(ours, record, gone)),
        deleted,
        too_many,
        kept,
        strange,
        tuple(_empty(ours, named.get("unchanged", frozenset()))),
        tuple(deck for deck in decks if not there.has_deck(deck)),
        doubled,
        tuple(sorted(deck for deck in record.emptied - {move.was for move in moves} if there.has_deck(deck))),
    )


def _card(wanted: Wanted, guid: str) -> str | None:
    """The id of the card whose note has a guid, if it is one of ours."""
    note = wanted.notes.get(guid)
    return note.card if note is not None else wanted.left.get(guid)


def _ours(wanted: Wanted, there: There, alien: Container[str]) -> Iterator[_Ours]:
    """The notes that are ours: a guid that the lock knows, under its note type, with its id if it has one."""
    for guid, held in there.held.notes.items():
        note, card = wanted.notes.get(guid), _card(wanted, guid)
        is_known = card is not None and card not in alien and guid not in there.doubled
        if card is None or not is_known or held.note_type not in _types(wanted, card, note):
            continue
        fields = there.held.note_types[held.note_type].fields
        known = dict(zip(fields, held.fields, strict=False)).get("Id", card)
        if known in wanted.ids(card):
            yield _Ours(card, held, there.cards.get(held.note_id, ()), note)


def _types(wanted: Wanted, card: str, note: Note | None) -> Container[int]:
    """The numbers of the note types that a note of ours may have; of one that has left, the lock knows it."""
    if note is not None:
        return {wanted.rendered.note_types[note.role].number}
    line = wanted.line(card)
    role = line.type or line.kind.facts.role
    return {number for number, one in wanted.types.items() if one.role == role}


def _moves(
    wanted: Wanted, ours: list[_Ours], record: Record, everywhere: bool
) -> tuple[tuple[Move, ...], tuple[Move, ...]]:
    """Cards that lie where we put them once and belong elsewhere now; and those that a learner moved."""
    found: dict[tuple[bool, str, str], list[tuple[int, str]]] = {}
    for one in ours:
        if one.note is None or one.note.retired:
            continue
        home, gave = wanted.home(one.note), None
        for card in one.cards:
            if deck_key(card.deck) == deck_key(home) or not card.deck:
                continue
            if gave is None:
                gave = {deck_key(name) for name in wanted.homes(one.card)}
            owed = record.owed.get(card.card_id) == card.deck
            moves = everywhere or owed or deck_key(card.deck) in gave
            found.setdefault((moves, card.deck, home), []).append((card.card_id, one.card))
    made = {
        (moves, was, deck): Move(
            was,
            deck,
            tuple(card for card, _ in cards),
            tuple(dict.fromkeys(name for _, name in cards)),
        )
        for (moves, was, deck), cards in found.items()
    }
    return tuple(m for key, m in made.items() if key[0]), tuple(m for key, m in made.items() if not key[0])


def _tags(
    wanted: Wanted, ours: list[_Ours], record: Record, leave: Container[str]
) -> tuple[tuple[Tagged, ...], tuple[Tagged, ...]]:
    """Tags to give and take, and tags under our key of which nobody knows that we gave them.

    A note whose text is still to come gets its tags with it: a tag given now would make the note newer than
    the text, and hold that back. In a deck that learners had before deckgen, tags stand under no key, and a
    learner may give any of them: there, those are taken that this very note had from us.
    """
    gave = wanted.tags | {tag.casefold() for tag in record.tags}
    key = wanted.prefix.casefold()
    found: dict[tuple[str, str], list[_Ours]] = {}
    for one in ours:
        if one.card in leave:
            continue
        has = {tag.casefold(): tag for tag in one.held.tags}
        # One that has left all packages keeps its tags, and says that it is retired.
        tags = one.note.tags if one.note is not None else (wanted.retired_tag, *one.held.tags)
        wants = {tag.casefold(): tag for tag in tags}
        for name, tag in wants.items():
            if name not in has:
                found.setdefault(("add", tag), []).append(one)
        bare = _bare(wanted, record, one)
        for name, tag in has.items():
            if name not in wants and (name.startswith(key) or name in bare):
                found.setdefault(("take" if name in gave else "strange", tag), []).append(one)
    made = {
        (what, tag): Tagged(
            tag, what == "take", tuple(one.held.note_id for one in notes), tuple(one.card for one in notes)
        )
        for (what, tag), notes in found.items()
    }
    return (
        tuple(one for (what, _), one in made.items() if what != "strange"),
        tuple(one for (what, _), one in made.items() if what == "strange"),
    )


def _bare(wanted: Wanted, record: Record, one: _Ours) -> Container[str]:
    """The tags without the deck's key that a note had from us, in small letters."""
    if not wanted.deck.adopted:
        return ()
    gave = (*wanted.before.get(one.held.guid, ()), *record.taken.get(one.held.note_id, ()))
    return {tag.casefold() for tag in gave}


def _suspended(ours: list[_Ours], record: Record, gone: Container[str]) -> Iterator[Suspended]:
    """Retired cards to suspend, once; and cards that came back, when it was a push that suspended them."""
    for one in ours:
        retired = one.note is None or one.note.retired
        if retired and one.card not in gone:
            cards = [c.card_id for c in one.cards if not c.suspended and c.card_id not in record.suspended]
        elif not retired:
            cards = [c.card_id for c in one.cards if c.suspended and c.card_id in record.suspended]
        else:
            continue
        if cards:
            yield Suspended(one.card, tuple(cards), back=not retired)


def _deleted(ours: list[_Ours], delete: Delete) -> tuple[tuple[Deleted, ...], tuple[Deleted, ...]]:
    """Retired notes whose date has passed, when they may be deleted; and those that are too many for it."""
    found = tuple(
        Deleted(one.card, one.held.note_id, sum(card.reviews for card in one.cards))
        for one in ours
        if one.note is None
    )
    if delete is Delete.NONE:
        return (), ()
    if delete is Delete.FEW and len(found) * DELETED > len(ours):
        return (), found
    return found, ()


def _looks(wanted: Wanted, there: There) -> Iterator[str]:
    """Note types that look otherwise there, and older: the next import gives them our look.

    A package has only those types of which it has notes.
    """
    for role in dict.fromkeys(note.role for note in wanted.rendered.notes):
        one = wanted.rendered.note_types[role]
        held, line = there.looks.get(one.number), wanted.lock.note_types.get((wanted.lang, role))
        if held is None or line is None or held.stamp >= line.stamp:
            continue
        sides = tuple((template.front, template.back) for template in one.templates)
        if (held.css, held.sides, held.name) != (one.css, sides, one.name):
            yield one.name


def _empty(ours: list[_Ours], unchanged: Container[str]) -> Iterator[Suspended]:
    """Cards of notes with our text that this text does not have: their front is empty."""
    for one in ours:
        if one.note is not None and not one.note.retired and one.card in unchanged:
            cards = tuple(card.card_id for card in one.cards if card.number + 1 not in one.note.cards)
            if cards:
                yield Suspended(one.card, cards)


def suspended(there: There) -> Mapping[int, bool]:
    """The cards that are suspended there."""
    return {card.card_id: True for cards in there.cards.values() for card in cards if card.suspended}
