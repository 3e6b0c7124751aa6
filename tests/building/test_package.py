"""A package of any notes, note types and decks, as the real Anki takes it; and which cards our own notes have."""

from __future__ import annotations

from pathlib import Path
from typing import assert_never

import pytest

from deckgen.building.steps import Asked, prepare
from deckgen.building.wishes import Wishes
from deckgen.checks import Craft
from deckgen.deck import Card
from deckgen.kinds import ClozeText, Content, ItemList, Occlusion, OwnFields, QuestionAnswer
from deckgen.markup import cloze
from deckgen.notes import faces
from deckgen.notes.note_types import Field, NoteType, Template
from deckgen.notes.render import Note
from deckgen.packing import apkg, collection
from tests.real_anki import Learner

ROOT = Path(__file__).parents[2]


def note_type(number: int, *fields: str, is_cloze: bool, sides: tuple[tuple[str, str], ...]) -> NoteType:
    return NoteType(
        role=f"type{number}",
        number=number,
        name=f"Type {number}",
        is_cloze=is_cloze,
        fields=tuple(Field(name, number + place) for place, name in enumerate(fields, start=1)),
        templates=tuple(
            Template(f"T{place}", number + place, *side) for place, side in enumerate(sides, start=1)
        ),
        css=f".card {{ color: #{number % 1000} }}",
    )


FLAGS = note_type(
    1 << 41,
    "Country",
    "Capital",
    is_cloze=False,
    sides=(("{{Country}}", "{{Capital}}"), ("{{Capital}}", "{{FrontSide}} {{Country}}")),
)
GAPS = note_type(1 << 42, "Text", is_cloze=True, sides=(("{{cloze:Text}}", "{{cloze:Text}}"),))
WORDS = note_type(1 << 43, "Word", "Sense", is_cloze=False, sides=(("{{Word}}", "{{Sense}}"),))


def packed(
    number: int, own: NoteType, deck: int, *fields: str, tags: tuple[str, ...] = ()
) -> apkg.PackedNote:
    ordinals = tuple(faces.cards(own, fields, tags))
    return apkg.PackedNote(
        number * 500, f"guid{number}", own.number, deck, 1_700_000_000, fields, tags, ordinals
    )


CONTENTS = apkg.Contents(
    decks=[
        apkg.PackedDeck(1 << 44, "Rivers", "About <b>rivers</b>"),
        apkg.PackedDeck(1 << 45, "Rivers::Asia"),
        apkg.PackedDeck(1 << 46, "Rivers::Asia::East"),
    ],
    note_types=[apkg.PackedType(own, 1_700_000_000) for own in (FLAGS, GAPS, WORDS)],
    notes=[
        packed(3_400_000_000, FLAGS, 1 << 44, "France", "Paris", tags=("a::b",)),
        packed(3_400_000_001, FLAGS, 1 << 45, "Nowhere", ""),
        packed(3_400_000_002, GAPS, 1 << 46, "{{c1::a}} {{c3::b {{c2::c}}}}"),
        packed(3_400_000_003, WORDS, 1 << 45, "word", "sense"),
    ],
    members={"other": b"passed over"},
)


def test_package_has_any_number_of_decks_and_note_types(learner: Learner, tmp_path: Path) -> None:
    target = tmp_path / "any.apkg"
    apkg.write(target, CONTENTS)
    log = learner.import_package(target)
    assert (log.new, log.conflicting) == (4, 0)
    assert {"Type 2199023255552", "Type 4398046511104", "Type 8796093022208"} <= learner.note_types()
    names = {deck.id: deck.name for deck in learner.col.decks.all_names_and_ids()}
    cards = [learner.col.get_card(found) for found in learner.col.find_cards("")]
    assert sorted((names[card.did], card.note().fields[0], card.ord) for card in cards) == [
        ("Rivers", "France", 0),
        ("Rivers", "France", 1),
        ("Rivers::Asia", "Nowhere", 0),
        ("Rivers::Asia", "word", 0),
        ("Rivers::Asia::East", "{{c1::a}} {{c3::b {{c2::c}}}}", 0),
        ("Rivers::Asia::East", "{{c1::a}} {{c3::b {{c2::c}}}}", 1),
        ("Rivers::Asia::East", "{{c1::a}} {{c3::b {{c2::c}}}}", 2),
    ]
    learner.is_sound()
    assert learner.import_package(target).duplicate == 4


def test_package_can_be_read_again(tmp_path: Path) -> None:
    target = tmp_path / "any.apkg"
    apkg.write(target, CONTENTS)
    found = collection.read(target)
    assert {note.guid: (note.fields, note.decks, note.cards) for note in found.notes.values()} == {
        note.guid: (
            note.fields,
            tuple(deck.name for deck in CONTENTS.decks if deck.number == note.deck),
            frozenset(note.ordinals),
        )
        for note in CONTENTS.notes
    }
    assert {number: own.fields for number, own in found.note_types.items() if number > 1 << 40} == {
        own.number: own.field_names for own in (FLAGS, GAPS, WORDS)
    }
    assert found.descriptions["Rivers"] == "About <b>rivers</b>"


def test_same_contents_give_the_same_bytes(tmp_path: Path) -> None:
    for name in "ab":
        apkg.write(tmp_path / name, CONTENTS)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def means(card: Card, content: Content, note: Note) -> bool:
    """Whether a note has the Anki cards that its author means."""
    match content:
        case QuestionAnswer():
            return note.cards == ({1: "", 2: ""} if card.reverse else {1: ""})
        case ClozeText(text=text):
            numbers = {deletion.number for deletion in cloze.scan(text.value)[0]}
            return set(note.cards) == numbers and all(note.cards.values())
        case ItemList(items=items):
            return sorted(note.cards.values()) == sorted(item.key.value for item in items)
        case Occlusion(masks=masks):
            return sorted(note.cards.values()) == sorted(mask.key.value for mask in masks)
        case OwnFields():
            return bool(note.cards)
        case _:
            assert_never(content)


@pytest.mark.parametrize(
    ("source", "names"),
    [("cards_source", ()), ("tests/golden", ("chinese", "kinds", "look", "markdown"))],
)
def test_cards_by_the_rules_of_anki_are_those_that_the_author_means(
    source: str, names: tuple[str, ...], tmp_path: Path
) -> None:
    ready = prepare(Asked(ROOT / source, tmp_path, names, Wishes(craft=Craft.NONE)))
    seen = 0
    for item in ready.decks:
        cards = {card.id.value: card for card in item.deck.cards}
        for rendered in item.rendered:
            for note in rendered.notes:
                card = cards[note.card]
                assert means(card, card.contents[rendered.lang], note), note.card
                ordinals = faces.cards(rendered.note_types[note.role], note.fields)
                assert tuple(sorted(number - 1 for number in note.cards)) == ordinals
                seen += 1
    assert seen >= 30
