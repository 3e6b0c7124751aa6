"""The lock of an adopted deck as a first build would leave it, with guids, numbers and stamps of learners."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from deckgen.adopting.drafts import Draft, Said
from deckgen.adopting.folder import CantAdopt
from deckgen.adopting.foreign import ForeignType
from deckgen.building import steps
from deckgen.building.steps import Asked, Batch, Opened
from deckgen.building.wishes import Wishes
from deckgen.checks import Craft
from deckgen.deck import NO_LANGUAGE, Card, Deck
from deckgen.finding import Finding
from deckgen.kinds import Kind, OwnFields
from deckgen.lock import adopted
from deckgen.lock.advance import next_lock
from deckgen.lock.held import Held
from deckgen.lock.limits import EARLIEST, ID_STEP, LATEST_ADOPTED
from deckgen.lock.lines import Lock, NoteLine, PackageLine, TypeLine
from deckgen.lock.states import lowered
from deckgen.notes import faces, own_types
from deckgen.notes.identity import number
from deckgen.notes.layouts import Layout
from deckgen.notes.note_types import SCHEMA, NoteType
from deckgen.notes.render import Rendered
from deckgen.written import File, Text

_NOTHING = Text("", File(""))


def lines(deck: Deck, drafts: list[Draft]) -> dict[str, list[str]]:
    """The lines of adopted.html of each card, by id: the bytes that learners have of its filled fields."""
    cards = {card.id.value: card for card in deck.cards}
    types = own_types.plain(deck, NO_LANGUAGE)
    return {
        one.id: adopted.note_lines(one.id, _fields(cards[one.id], one.said), _other_cards(one, types))
        for one in drafts
    }


def _fields(card: Card, said: tuple[Said, ...]) -> list[tuple[str, Text, str]]:
    content = card.contents[NO_LANGUAGE]
    texts = {one.name.value: one.text for one in content.texts} if isinstance(content, OwnFields) else {}
    return [(one.field, texts.get(one.field, _NOTHING), one.source) for one in said]


def _other_cards(draft: Draft, types: Mapping[str, NoteType]) -> list[int] | None:
    """The numbers of the cards of a note, from 1, if they are not those that Anki makes of its fields."""
    made = faces.cards(types[draft.form.name], draft.note.fields, draft.tags)
    given = sorted(draft.note.cards)
    return None if [*made] == given else [ordinal + 1 for ordinal in given]


def begun(deck: Deck, drafts: list[Draft], of: Mapping[str, list[str]], before: Lock) -> Lock:
    """The lock with what learners have of these cards, for the first render; that gives the rest of it."""
    packages = before.packages or {
        NO_LANGUAGE: PackageLine(SCHEMA, NO_LANGUAGE, deck.title[NO_LANGUAGE].value)
    }
    names = {one.form.name: one.form.of for one in drafts}
    types = {(NO_LANGUAGE, name): _type_line(deck, name, of) for name, of in names.items()}
    notes = {
        (one.id, NO_LANGUAGE): NoteLine(
            Kind.OWN, one.note.stamp, ID_STEP * place, "0", "0", (), {},
            guid=one.note.guid, type=one.form.name, adopted=adopted.note_hash(of[one.id]),
        )
        for place, one in enumerate(drafts, start=1)
    }  # fmt: skip
    return Lock(deck.identity, packages, types | dict(before.note_types), notes)


def _type_line(deck: Deck, name: str, of: ForeignType) -> TypeLine:
    """The line of a type with what learners have of it; one without a number in the file gets ours."""
    layout = Layout(
        tuple(field.name for field in of.fields),
        tuple(one.name for one in of.templates),
        of.fields[of.sort].name,
        of.is_cloze,
        number=of.number or number("notetype", deck.identity, NO_LANGUAGE, SCHEMA, name),
        field_numbers=tuple(one.number for one in of.fields),
        template_numbers=tuple(one.number for one in of.templates),
    )
    stamp = min(max(of.stamp, 0), LATEST_ADOPTED) if of.number else EARLIEST
    return TypeLine(stamp, "0", layout=layout)


def render(deck: Deck, lock: Lock, folder: Path) -> tuple[Rendered | None, list[Finding]]:
    """All notes as a build makes them, and all that a build finds; no notes if there is an error."""
    asked = Asked(folder.parent, folder.parent / "output", wishes=Wishes(craft=Craft.NONE))
    ready = steps.render(steps.inherit(steps.check(Batch(asked, (Opened(deck, Held(lock), True),), []))))
    return (ready.decks[0].rendered[0] if ready.decks else None), ready.findings


def finished(
    deck: Deck, drafts: list[Draft], begun: Lock, before: Lock, rendered: Rendered, now: int
) -> Lock:
    """The lock after `before` with these cards. A build that comes next leaves it as it is."""
    start = Lock(deck.identity, begun.packages, begun.note_types, before.notes)
    made, _ = next_lock(start, deck, [rendered], now)
    types = {
        key: replace(made.note_types[key], stamp=line.stamp, above=0, grown=_may_have_several(line))
        for key, line in begun.note_types.items()
        if key not in before.note_types
    }
    notes = {
        (one.id, NO_LANGUAGE): replace(
            made.notes[one.id, NO_LANGUAGE], stamp=line.stamp, guid=line.guid, adopted=line.adopted
        )
        for one in drafts
        if (line := begun.notes[one.id, NO_LANGUAGE])
    }
    # A package with a stamp of the future would overwrite what learners edit until then.
    new = lowered(Lock(deck.identity, made.packages, types, notes), (), now)
    kept = {**made.note_types, **before.note_types}
    lock = replace(new, note_types=kept | dict(new.note_types), notes={**made.notes, **new.notes})
    after, _ = next_lock(lock, deck, [rendered], now)
    # A look that its author changed since the last build is none of ours.
    if replace(after, note_types={**after.note_types, **before.note_types}) != lock:
        raise CantAdopt("a build would change its notes: please report this, with the file if you may")
    return lock


def _may_have_several(line: TypeLine) -> bool:
    """Whether notes of a type may have several cards in learners' collections."""
    return line.layout is not None and not line.layout.is_cloze and len(line.layout.templates) > 1
