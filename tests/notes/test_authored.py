"""What the hash of an author's words in deck.lock is made of: its text may never change."""

from __future__ import annotations

import unicodedata
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deckgen.deck import Card
from deckgen.fixed import fixed
from deckgen.kinds import (
    ClozeText,
    Content,
    Item,
    ItemList,
    Mask,
    Occlusion,
    OwnFields,
    OwnText,
    QuestionAnswer,
    Role,
    Shape,
)
from deckgen.notes.authored import FIRST, PRINTED, authored, is_printed, quoted, switches
from deckgen.notes.identity import short_hash
from deckgen.written import File, Text

HERE = File("cards.yaml")


def _text(value: str) -> Text:
    return Text(value, HERE, '"', 3, 4, 3, 9)


#: One of each kind, with what the hash in a lock is made of, as deckgen 0.1.0 made it under Python 3.11.
GOLDEN: list[tuple[Content, str]] = [
    (
        QuestionAnswer(_text("What's “up”?"), _text('He said "no".\nIt\'s late.')),
        r"""QuestionAnswer(question=Text(value="What's “up”?"), answer=Text(value='He said "no".\nIt\'s late.'), note=None)""",
    ),
    (
        QuestionAnswer(_text(""), _text("\\frac{1}{2} \\\\ \\n"), _text("50 %")),
        r"QuestionAnswer(question=Text(value=''), answer=Text(value='\\frac{1}{2} \\\\ \\n'), note=Text(value='50 %'))",
    ),
    (
        ClozeText(_text("{{c1::水}}在 100 °C 沸腾。"), _text("“壶”\u3000里")),
        r"ClozeText(text=Text(value='{{c1::水}}在 100 °C 沸腾。'), note=Text(value='“壶”\u3000里'))",
    ),
    (
        ItemList(_text("Which?"), (Item(_text("one"), _text("1")), Item(_text("two"), _text('"2"')))),
        """ItemList(question=Text(value='Which?'), items=(Item(key=Text(value='one'), text=Text(value='1')), Item(key=Text(value='two'), text=Text(value='"2"'))), note=None)""",
    ),
    (
        ItemList(_text("Which?"), (Item(_text("one"), _text("1")),), _text("n")),
        "ItemList(question=Text(value='Which?'), items=(Item(key=Text(value='one'), text=Text(value='1')),), note=Text(value='n'))",
    ),
    (ItemList(_text("?"), ()), "ItemList(question=Text(value='?'), items=(), note=None)"),
    (
        OwnFields(_text("verse"), (OwnText(_text("My line"), _text("{{c1::x}}"), Role.CLOZE),)),
        "OwnFields(type=Text(value='verse'), texts=(OwnText(name=Text(value='My line'), text=Text(value='{{c1::x}}'), role='cloze'),))",
    ),
    (
        Occlusion(_text("Which?"), _text("a.png"), (Mask(_text("one"), Shape.RECT, (0, 25, 100, 5)),)),
        "Occlusion(question=Text(value='Which?'), picture=Text(value='a.png'), masks=(Mask(key=Text(value='one'), shape='rect', numbers=(0, 25, 100, 5)),))",
    ),
    (
        Occlusion(_text("?"), _text("a.png"), (), _text("n"), alone=True),
        "Occlusion(question=Text(value='?'), picture=Text(value='a.png'), note=Text(value='n'), alone=True)",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("content", "written"), GOLDEN)
def test_what_an_author_wrote_is_written_as_ever(content: Content, written: str) -> None:
    assert authored(content) == written


def test_every_kind_of_card_has_its_text_here() -> None:
    assert {type(content) for content, _ in GOLDEN} == set(get_args(Content))


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("plain", "'plain'"),
        ("it's", '"it\'s"'),
        ('"so"', "'\"so\"'"),
        ("it's \"so\"", "'it\\'s \"so\"'"),
        ("’‘“”«»「」", "'’‘“”«»「」'"),
        ("\\", "'\\\\'"),
        ("\t\n\r", "'\\t\\n\\r'"),
        ("\x00\x1b\x7f\x80\x9f", "'\\x00\\x1b\\x7f\\x80\\x9f'"),
        ("\xa0\xad", "'\\xa0\\xad'"),  # a blank that does not break, a hyphen that is not seen
        ("中文，。", "'中文，。'"),
        ("e\u0301 é \u0301", "'e\u0301 é \u0301'"),  # combining characters stay as they are
        ("\u200b\u200d\u202e\u2028\u2029\ufeff", "'\\u200b\\u200d\\u202e\\u2028\\u2029\\ufeff'"),
        ("\u3000", "'\\u3000'"),
        ("\ue000\uf8ff", "'\\ue000\\uf8ff'"),  # private use
        ("\ud800 \udfff", "'\\ud800 \\udfff'"),  # halves of surrogate pairs
        ("😀𠀀", "'😀𠀀'"),
        ("\U000e0041\U0010fffd", "'\\U000e0041\\U0010fffd'"),
        ("\u0378\ufffe\U0001ffff", "'\\u0378\\ufffe\\U0001ffff'"),  # assigned to nothing
        # Assigned after Unicode 14.0: letters of 15.0 and 16.0, an ideograph of 15.0, an emoji of 15.0.
        ("\U00011f04\U000105c0\U00031350\U0001fae8", r"'\U00011f04\U000105c0\U00031350\U0001fae8'"),
    ],
)  # fmt: skip
def test_text_is_quoted_alike_under_every_python(text: str, written: str) -> None:
    assert quoted(text) == written


def test_characters_are_those_that_this_python_prints() -> None:
    """But for what Unicode assigned after 14.0: this Python may know of it, the table never will."""
    other = {code for code in range(0x110000) if is_printed(chr(code)) != chr(code).isprintable()}
    assert not any(is_printed(chr(code)) for code in other)
    assert other == set() or unicodedata.unidata_version > "14.0.0"


def test_characters_that_need_not_be_looked_up_are_printed() -> None:
    assert all(is_printed(chr(code)) for code in range(0x110000) if PRINTED.fullmatch(chr(code)))


@given(st.text(st.characters(exclude_categories=[]).filter(lambda c: is_printed(c) == c.isprintable())))
def test_text_is_quoted_as_python_quotes_it(text: str) -> None:
    assert quoted(text) == repr(text)


@fixed
class Later(QuestionAnswer):
    """A question of a deckgen to come, with optional fields that 0.1.0 did not have."""

    hint: Text | None = None
    rows: tuple[Text, ...] = ()
    shown: bool = False


def test_a_field_that_no_card_uses_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if it had been added to the class itself: the text is that of before, until a card uses it."""
    monkeypatch.setitem(FIRST, Later, FIRST[QuestionAnswer])
    question, answer = _text("Q"), _text("A")
    before = "QuestionAnswer(question=Text(value='Q'), answer=Text(value='A'), note=None"
    assert authored(Later(question, answer)) == f"{before})"
    assert authored(Later(question, answer, None, _text(""))) == f"{before}, hint=Text(value=''))"
    later = Later(question, answer, None, _text("H"), (_text("x"),), shown=True)
    assert authored(later) == f"{before}, hint=Text(value='H'), rows=(Text(value='x'),), shown=True)"


@fixed
class Song:
    """A kind of a deckgen to come."""

    words: Text
    tune: object = None


def test_a_kind_that_comes_later_is_written_by_its_names() -> None:
    song: Any = Song(_text("la"))
    assert authored(song) == "Song(words=Text(value='la'))"


@pytest.mark.parametrize("value", [0.5, {"a": "b"}, ["a"]])
def test_what_has_no_form_of_its_own_is_a_mistake_of_ours(value: object) -> None:
    song: Any = Song(_text("la"), value)
    with pytest.raises(TypeError):
        authored(song)


@pytest.mark.parametrize(
    ("reverse", "typed", "written"), [(False, True, "FalseTrue"), (True, False, "TrueFalse")]
)
def test_switches_are_written_as_ever(reverse: bool, typed: bool, written: str) -> None:
    assert switches(Card(_text("id"), {}, reverse=reverse, typed=typed)) == written


def test_hashes_are_those_of_the_locks_that_there_are() -> None:
    content, written = GOLDEN[2]
    assert short_hash(authored(content)) == short_hash(written) == "d3b68ace"
