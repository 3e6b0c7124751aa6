"""Changes to card files: the text says what it should, and every other byte stays."""

from __future__ import annotations

import json
import re

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from deckgen.editing.changes import Add, AddCard, AddItem, Change, Drop, DropItem, Set, changed
from deckgen.editing.edit import CantEdit
from deckgen.editing.scalars import quoted
from deckgen.reading import tree
from deckgen.written import Text

WORDS = st.text(
    st.sampled_from([*"ab Z9é中文'\"\\#:,-*_[]{}&!|>%@`?\n\t", "\u00a0", "\u2028", "\x85", "😀"]), max_size=30
)
BEFORE = "# head\nfirst: [x, 'y']  # c\n"
AFTER = "\nlast: {k: v}  # end\n"


def read(text: str) -> tree.Mapping:
    root, findings = tree.parse(text, "")
    assert isinstance(root, tree.Mapping), findings
    return root


def styled(value: str, style: str) -> str:
    """A text as PyYAML writes it in a style, such as `|`, in a mapping."""
    dumped: str = yaml.safe_dump(
        {"k": value}, default_style=style or None, allow_unicode=True, width=20, default_flow_style=False
    )
    return dumped.replace('"k"', "k").replace("'k'", "k").replace("!!str ", "")


@given(st.sampled_from(["", "'", '"', "|", ">"]), WORDS, WORDS)
def test_any_text_becomes_any_other(style: str, old: str, new: str) -> None:
    written = styled(old, style)
    text = (
        f"{BEFORE}{written.rstrip()}{AFTER}" if style not in ("|", ">") else f"{BEFORE}{written}{AFTER[1:]}"
    )
    root, findings = tree.parse(text, "")
    node = root.get("k") if isinstance(root, tree.Mapping) and not findings else None
    if not isinstance(node, Text) or root is None:
        return
    try:
        made = changed(text, root, [Set(node, new, flow=False)])
    except CantEdit:
        return
    found = read(made)
    value = found.get("k")
    assert isinstance(value, Text)
    assert value.value == new
    assert made.startswith(BEFORE)
    assert made.endswith("last: {k: v}  # end\n")


@pytest.mark.parametrize("style", ["|", ">", "|+"])
@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("- one\n- two\n", "- one\n- two\n- three\n"),
        ("- one\n- two\n", "- one\n"),
        ("one\n\ntwo\n", "one\n\ntwo more\n\nthree\n"),
        ("one\n", "two\n\nthree\n"),
    ],
)
def test_a_block_ends_as_before(style: str, old: str, new: str) -> None:
    """Nothing stands between its last line and the next key, when lines at its end came or went."""
    if style == ">":
        old, new = (re.sub(r"(?<!\n)\n(?!\n)(?=.)", " ", value) for value in (old, new))
    lines = [f"  {line}".rstrip() for line in old[:-1].split("\n")]
    text = "\n".join([f"k: {style}", *lines, "last: x", ""])
    root = read(text)
    node = root.get("k")
    assert isinstance(node, Text)
    made = changed(text, root, [Set(node, new, flow=False)])
    found = read(made).get("k")
    assert isinstance(found, Text)
    assert found.value == new
    assert not re.search(r"[ \t]\n|\n\nlast", made), made


@given(WORDS)
def test_any_text_in_double_quotes_is_itself(value: str) -> None:
    node = read(f"k: {quoted(value)}").get("k")
    assert isinstance(node, Text)
    assert node.value == value


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_line_ends_and_marks_stay(ending: str, mark: str) -> None:
    text = mark + ending.join(["cards:", "  - id: one", "    a: |", "      x", "      y", "    q: z", ""])
    root = read(text.removeprefix("\ufeff"))
    listed = root.get("cards")
    assert isinstance(listed, tree.Sequence)
    card = listed.items[0]
    assert isinstance(card, tree.Mapping)
    answer = card.get("a")
    assert isinstance(answer, Text)
    made = changed(text, root, [Set(answer, "x\nnew\ny\n", flow=False), Add(card, "note", '"n"')])
    rows = [
        "cards:",
        "  - id: one",
        "    a: |",
        "      x",
        "      new",
        "      y",
        "    q: z",
        '    note: "n"',
        "",
    ]
    assert made == mark + ending.join(rows)


CARDS = """\
# head
tags: [basics]
cards:
  - id: one   # c
    tags: [a, b]
    q: "Why?"
    a: |
      Because
      it is

    note: x  # keep
  - {id: two, q: "Foo", masks: {m: {rect: [1, 2, 3, 4]}}, note: baz}
  - id: three
    tags:
      - a
      - b
    q: Why
    a: last
"""


def test_all_changes_at_once() -> None:
    root = read(CARDS)
    listed = root.get("cards")
    assert isinstance(listed, tree.Sequence)
    one, two, three = (card for card in listed.items if isinstance(card, tree.Mapping))
    answer, tags, more, masks = one.get("a"), one.get("tags"), three.get("tags"), two.get("masks")
    assert isinstance(answer, Text)
    assert isinstance(tags, tree.Sequence)
    assert isinstance(more, tree.Sequence)
    assert isinstance(masks, tree.Mapping)
    changes: list[Change] = [
        Set(answer, "Because\nit was\n", flow=False), AddItem(tags, ("c",)), Add(one, "hint", '"h"', behind="a"),
        Drop(two, "note"), Add(masks, "n", "{rect: [5, 6, 7, 8]}"), AddItem(more, ("c", "d")), DropItem(more, "a"),
        AddCard(listed, (("id: new", 'q: "x"'), ("id: newer", 'q: "y"'))),
    ]  # fmt: skip
    assert changed(CARDS, root, changes) == (
        CARDS.replace("[a, b]", "[a, b, c]")
        .replace("it is\n", 'it was\n    hint: "h"\n')
        .replace("4]}}, note: baz}", "4]}, n: {rect: [5, 6, 7, 8]}}}")
        .replace("      - a\n      - b\n", "      - b\n      - c\n      - d\n")
        + '  - id: new\n    q: "x"\n  - id: newer\n    q: "y"\n'
    )


@pytest.mark.parametrize("gap", ["", "\n", "\n    # mine\n"])
def test_new_cards_stand_as_far_apart_as_the_last_two(gap: str) -> None:
    text = f"cards:\n  - id: one\n    q: x\n{gap}  - id: two\n    q: y\n"
    root = read(text)
    listed = root.get("cards")
    assert isinstance(listed, tree.Sequence)
    made = changed(text, root, [AddCard(listed, (("id: new", "q: z"), ("id: newer", "q: z")))])
    apart = "\n" if gap else ""
    assert made == f"{text}{apart}  - id: new\n    q: z\n{apart}  - id: newer\n    q: z\n"


@pytest.mark.parametrize("empty", ["[]", "[ ]  # none", "[\n    ]"])
def test_an_empty_list_gets_words(empty: str) -> None:
    text = f"tags: {empty}\nq: x\n"
    root = read(text)
    tags = root.get("tags")
    assert isinstance(tags, tree.Sequence)
    assert changed(text, root, [AddItem(tags, ("a", "b"))]) == text.replace("[", "[a, b")


@pytest.mark.parametrize("ending", ["", "\n", "\n\n", "\r\n"])
@pytest.mark.parametrize("drops", [False, True])
def test_new_cards_come_behind_what_the_last_one_gets(ending: str, drops: bool) -> None:
    text = f'cards:\n  - id: one\n    q: "x"\n    a: "y"{ending}'.replace(
        "\n", ending.strip(" ")[:2] if "\r" in ending else "\n"
    )
    root = read(text)
    listed = root.get("cards")
    assert isinstance(listed, tree.Sequence)
    (one,) = listed.items
    assert isinstance(one, tree.Mapping)
    change = Drop(one, "a") if drops else Add(one, "note", '"z"', behind="a")
    made = changed(text, root, [AddCard(listed, (("id: two", 'q: "new"'),)), change])
    last = [] if drops else ['    a: "y"', '    note: "z"']
    assert (
        made.split()
        == "\n".join(["cards:", "  - id: one", '    q: "x"', *last, "  - id: two", '    q: "new"']).split()
    )


@pytest.mark.parametrize(
    "text",
    [
        "a: &x [one, two]\nb: *x\n",
        "a: &x {k: one, l: two}\nb: *x\n",
        'a: {k: &x "one"}\nb: *x\n',
    ],
)
def test_what_an_alias_shares_is_refused(text: str) -> None:
    root = read(text)
    node = root.get("a")
    change: Change
    if isinstance(node, tree.Sequence):
        change = DropItem(node, "one")
    else:
        assert isinstance(node, tree.Mapping)
        word = node.get("k")
        assert isinstance(word, Text)
        change = Set(word, "other", flow=True)
    with pytest.raises(CantEdit):
        changed(text, root, [change])


def test_double_quotes_are_those_of_json_where_both_can_say_it() -> None:
    assert quoted('a "b" \\ 中文\n') == json.dumps('a "b" \\ 中文\n', ensure_ascii=False)


@pytest.mark.parametrize("written", ['"One."', "'One.'", "One."])
@pytest.mark.parametrize("new", ["One.\\\nTwo.", "One.\n\nTwo.", "- One\n- Two"])
def test_a_text_on_one_line_that_gets_another_becomes_a_block(written: str, new: str) -> None:
    text = f"cards:\n  - id: x\n    a: {written}\n    note: z\n"
    node = read(text).get("cards")
    assert isinstance(node, tree.Sequence)
    card = node.items[0]
    assert isinstance(card, tree.Mapping)
    answer = card.get("a")
    assert isinstance(answer, Text)
    lines = "".join(f"      {line}\n" if line else "\n" for line in new.split("\n"))
    made = changed(text, read(text), [Set(answer, new, flow=False)])
    assert made == f"cards:\n  - id: x\n    a: |-\n{lines}    note: z\n"


@pytest.mark.parametrize(
    "text",
    [
        'a: "One."  # why\nb: z\n',  # the comment would have to move
        'a: "One."\n      # far right\nb: z\n',  # it would be a line of the block
        'a: "One."\n        \nb: z\n',
        'a: "O\\n\\nne."\nb: z\n',  # as its author writes lines
        'a:\n  "One."\nb: z\n',
        '{a: "One.", b: z}\n',
    ],
)
def test_where_a_block_would_change_more_the_quotes_stay(text: str) -> None:
    root = read(text)
    node = root.get("a")
    assert isinstance(node, Text)
    made = changed(text, root, [Set(node, "One.\n\nTwo.", flow=root.flow)])
    assert re.sub(r'"[^"]*"', '""', made) == re.sub(r'"[^"]*"', '""', text)
    assert r"\n\nTwo." in made
