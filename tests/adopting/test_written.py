"""Texts and names as adopted decks have them: whatever a text is, the reader of card files reads it again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deckgen.adopting.names import Unique, of_field, slug
from deckgen.adopting.scalars import listed, scalar, word
from deckgen.reading import tree
from deckgen.reading.keys import is_name
from deckgen.written import Text

#: Any text without half a surrogate pair; those that mean something in YAML more often.
SIGNS = st.one_of(
    st.sampled_from("a b#:-'\"\\|>&*!%@`{}[],?~\n\t\u00a0\u2028\u0085\ufeff水é1"),
    st.characters(exclude_categories=["Cs"], exclude_characters="\r"),
)
#: What the reader of a text refuses by itself, as Anki drops it.
TEXTS = st.text(SIGNS, min_size=1).map(lambda text: text.strip("\n")).filter(lambda text: text.strip())


@given(TEXTS, st.booleans(), st.sampled_from([0, 4, 6]))
def test_a_text_is_read_as_it_was_written(text: str, html: bool, column: int) -> None:
    indent = " " * column
    file = f'{indent}q:{scalar(text, column, html=html)}\n{indent}next: "x"\n'
    root, findings = tree.parse(file, "cards.yaml")
    # An escape that people mean as TeX can only be of a text that YAML can't show as it is.
    assert [one.code for one in findings if one.code != "Y08"] == []
    assert isinstance(root, tree.Mapping)
    read = root.get("q")
    assert isinstance(read, Text)
    assert (read.value.removesuffix("\n") if read.style == "|" else read.value) == text
    assert read.html is html
    assert "next" in root


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("What is it?", ' "What is it?"'),
        ("it's", ' "it\'s"'),
        ('say "hi"', ' say "hi"'),
        ('"hi"', " '\"hi\"'"),
        (r"$\frac12$", r" '$\frac12$'"),
        (r"the $\frac12$ of it", r" the $\frac12$ of it"),
        (r"it's $\pi$: 3", " |\n  it's $\\pi$: 3"),
        ("two\nlines", " |\n  two\n  lines"),
        ("  in\nout", " |2\n    in\n  out"),
        ("水是什么？", ' "水是什么？"'),
        ("a\u2028b", ' "a\\u2028b"'),
    ],
)
def test_a_text_is_written_as_a_person_writes_it(text: str, written: str) -> None:
    assert scalar(text, 0) == written


@given(st.lists(st.text(SIGNS, min_size=1), min_size=1, max_size=30))
def test_a_list_of_names_is_read_as_it_was_written(names: list[str]) -> None:
    root, findings = tree.parse(f"{listed('tags', names)}\nx: 1\n", "deck.yaml")
    assert [one.code for one in findings if one.code != "Y08"] == []
    assert isinstance(root, tree.Mapping)
    read = root.get("tags")
    assert isinstance(read, tree.Sequence)
    assert [one.value for one in read.items if isinstance(one, Text)] == names


@given(st.text(SIGNS, min_size=1))
def test_a_name_of_a_field_is_read_as_it_was_written(name: str) -> None:
    root, findings = tree.parse(f"{word(name)}: question\n", "note_type.yaml")
    assert [one.code for one in findings if one.code != "Y08"] == []
    assert isinstance(root, tree.Mapping)
    assert [*root.entries] == [name]


@pytest.mark.parametrize(
    ("html", "name"),
    [
        ("What is <b>osmosis</b>?", "what-is-osmosis"),
        ("¿Qu&eacute; hora es?<br>Es la una", "que-hora-es-es-la-una"),
        ("It's the Straße of Œuvre", "its-the-strasse-of-oeuvre"),
        ("Yo {{c1::soy::be}} de {{c2::España}}", "yo-soy-de-espana"),
        ("[sound:x.mp3]<div>one</div><div>two</div>", "one-two"),
        ("漢字", ""),
        ("42", ""),
        ("漢字 kanji", "kanji"),
        ("Привет", ""),
        ("a" * 100, "a" * 56),
        ("one two three four five six seven eight nine", "one-two-three-four-five-six-seven"),
    ],
)
def test_an_id_is_made_of_the_first_words(html: str, name: str) -> None:
    assert of_field(html) == name


@given(st.lists(st.text(), max_size=20))
def test_ids_are_names_and_each_is_given_once(fields: list[str]) -> None:
    ids = Unique(["what", "card-1"])
    given = [ids.card([field], number) for number, field in enumerate(fields, start=1)]
    assert all(map(is_name, given))
    assert len({*given, "what", "card-1"}) == len(given) + 2


def test_the_next_free_number_stands_behind_a_name() -> None:
    ids = Unique()
    assert [ids.card([text], 5) for text in ("What?", "what-2", "What?", "水", "水")] == [
        "what", "what-2", "what-3", "card-5", "card-5-2",
    ]  # fmt: skip


def test_a_name_is_cut_between_words() -> None:
    assert slug("Geography of the World", 12) == "geography-of"
    assert slug("CON") == "con"
