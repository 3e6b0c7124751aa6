"""docs/lock.md says what stands in a lock, and all of it."""

from __future__ import annotations

import re
from dataclasses import fields, replace
from pathlib import Path

import pytest

import deckgen
from deckgen.kinds import Kind
from deckgen.lock import limits
from deckgen.lock.dump import dump
from deckgen.lock.lines import MERGED, Lock, NoteLine, PackageLine, Settled, TypeLine
from deckgen.lock.merge import merge_types
from deckgen.lock.parse import other_state, parse
from deckgen.lock.states import given_out
from deckgen.lock.words import LAYOUT_WORDS
from deckgen.notes.layouts import Layout

PAGE = (Path(deckgen.__file__).parent.parent / "docs/lock.md").read_text(encoding="utf-8")
#: The words of each line of a lock, in the order in which the page names them.
WORDS = {
    name: re.findall(r"^\| `([^`]+)` \|", section, re.MULTILINE)
    for name, section in re.findall(r"^## `(\w+)`\n(.*?)(?=^## )", PAGE, re.MULTILINE | re.DOTALL)
}
SAYS = ("00000001", "00000002", "00000003")
#: A lock in which nothing is left out, and each of its words.
FULL = Lock(
    "rivers k7wq2m9x",
    {"en": PackageLine("1", "en#2", "All rivers")},
    {
        ("en", "qa"): TypeLine(
            1700000001, "a" * 16, 1700000002,
            Layout(
                ("Front", "My, back"), ("One",), "My, back", True, ("More",), ("Two",), 1342697561419, (-7, None), (9,)
            ), "f" * 8, True, True,
        )
    },
    {
        ("stages", "en"): NoteLine(
            Kind.LIST, 1700000003, 1700000000500, "b" * 16, "c" * 8, ("d" * 8, "e" * 8), {1: "source", 2: "mouth"},
            {3: "delta"}, "a guid", ("steps", "parts"), SAYS, SAYS[::-1], 1700000004, "Far East::Asia", "verse",
            "0" * 7 + "f", (1700000005, "f" * 8, "e" * 8), ("abababab", "cdcdcdcd"),
            ((1700000006, "0" * 8), (1700000007, "1" * 8)),
            (
                Settled(1700000008, "2" * 8, 1700000001, ("3" * 8, "4" * 8)), Settled(1700000009, "5" * 8, None)
            ), retired=True, left=True,
        )
    },
)  # fmt: skip
VALUES = {
    "deck": {"key": "rivers", "seed": "k7wq2m9x"},
    "package": {"language": "en", "schema": "1", "namespace": "en#2", "title": '"All rivers"'},
    "notetype": {
        "language": "en", "role": "qa", "stamp": "1700000001", "digest": "a" * 16, "above=": "above=1700000002",
        "fields=": "fields=Front,My%2C%20back", "woken=": "woken=More", "templates=": "templates=One",
        "woken-templates=": "woken-templates=Two", "sort=": "sort=My%2C%20back", "cloze": "cloze",
        "id=": "id=1342697561419", "field-ids=": "field-ids=-7,-", "template-ids=": "template-ids=9",
        "fronts=": "fronts=ffffffff", "grown": "grown", "split": "split",
    },
    "note": {
        "card": "stages", "language": "en", "kind": "list", "stamp": "1700000003", "note-id": "1700000000500",
        "digest": "b" * 16, "authored": "c" * 8, "texts": "dddddddd,eeeeeeee", "cards": "1:source,2:mouth",
        "gone=": "gone=3:delta", "guid=": "guid=a%20guid", "was=": "was=steps,parts", "says=": "says=" + ".".join(SAYS),
        "of=": "of=" + ".".join(SAYS[::-1]), "above=": "above=1700000004", "deck=": "deck=Far%20East::Asia",
        "type=": "type=verse", "adopted=": "adopted=0000000f", "pulled=": "pulled=1700000005.ffffffff.eeeeeeee", "home=": "home=abababab,cdcdcdcd",
        "waits=": "waits=1700000006.00000000,1700000007.11111111",
        "settled=": "settled=1700000008.22222222.1700000001.33333333.44444444,1700000009.55555555.-", "retired": "retired", "left": "left",
    },
}  # fmt: skip


def test_page_has_every_line_of_a_lock() -> None:
    header, *lines = [line for line in dump(FULL).split("\n") if line]
    assert f"`{header}`, the first line" in PAGE
    assert [line.split(" ")[0] for line in lines] == list(WORDS)


@pytest.mark.parametrize("name", WORDS)
def test_line_is_the_words_that_the_page_names(name: str) -> None:
    """Each of them, in this order, and no other one."""
    (line,) = (line for line in dump(FULL).split("\n") if line.startswith(f"{name} "))
    assert line == " ".join([name, *(VALUES[name][word] for word in WORDS[name])])


@pytest.mark.parametrize(
    ("kind", "name", "around"),
    [
        (PackageLine, "package", ["language"]),
        (TypeLine, "notetype", ["language", "role"]),
        (NoteLine, "note", ["card", "language"]),
    ],
)
def test_whatever_a_line_may_hold_is_a_word_of_it(
    kind: type[PackageLine | TypeLine | NoteLine], name: str, around: list[str]
) -> None:
    """And is given a value above, so that a new field can't be forgotten here, in the page, or by `dump`."""
    known = {word.rstrip("=").replace("-", "_") for word in WORDS[name]}
    if kind is TypeLine:
        of_layout = {word.replace("-", "_") for word in LAYOUT_WORDS}  # `field-ids` are its `field_numbers`
        assert known >= of_layout
        assert len(of_layout) == len(fields(Layout))
        known = known - of_layout | {"layout"}
    assert {field.name for field in fields(kind) if field.compare} | set(around) == known
    (line,) = (
        one
        for one in (*FULL.packages.values(), *FULL.note_types.values(), *FULL.notes.values())
        if isinstance(one, kind)
    )
    assert all(getattr(line, field.name) for field in fields(line))


def test_what_is_written_is_read() -> None:
    assert parse(dump(FULL), "deck.lock") == (FULL, [])


def test_a_word_without_a_value_is_not_written() -> None:
    note = NoteLine(Kind.QA, 1700000003, 1700000000500, "b" * 16, "c" * 8, ("d" * 8,), {1: ""})
    line = dump(Lock("d", notes={("a", ""): note})).split("\n")[-2]
    assert line == f"note a - qa 1700000003 1700000000500 {'b' * 16} {'c' * 8} {'d' * 8} 1"


def test_example_of_the_page_is_a_lock() -> None:
    (example,) = re.findall(r"^```\n(deckgen-lock .*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    lock, findings = parse(example, "deck.lock")
    assert findings == []
    assert lock is not None
    assert dump(lock) == example


def test_bounds_of_the_page_are_those_of_the_code() -> None:
    text = " ".join(PAGE.split())
    assert f"at most {limits.MAX_BYTES // 1_000_000} MB and {limits.MAX_LINES:,} lines" in text
    assert f"a line at most {limits.MAX_LINE:,} characters" in text
    assert f"up to {limits.MAX_BRANCHES} lines for one note" in text
    assert f"the present ones first, at most {limits.MAX_TEXTS}." in text
    assert f"the earliest first, at most {limits.MAX_WAITING}." in text
    assert f"the newest first, at most {limits.MAX_WAITING}." in text
    assert f"a multiple of {limits.ID_STEP}" in text
    assert f"numbers from 1 to {limits.ID_STEP - 1}" in text
    assert f"`{MERGED}` where two branches met" in text


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("fronts=ffffffff", ""),
        ("fronts=ffffffff", "fronts="),
        ("fronts=ffffffff", "fronts=fffffff"),
        ("grown", "grown="),
        ("grown", "grown=yes"),
        ("split", "split=yes"),
        ("cloze", "cloze=yes"),
        ("grown", "grown grown"),
        ("sort=My%2C%20back", ""),
        (
            "fields=Front,My%2C%20back woken=More templates=One woken-templates=Two sort=My%2C%20back cloze ",
            "",
        ),
    ],
)
def test_line_of_an_own_note_type_is_whole_and_says_nothing_twice(old: str, new: str) -> None:
    text = dump(FULL)
    assert old in text
    lock, (finding,) = parse(text.replace(f" {old}", f" {new}" if new else "", 1), "deck.lock")
    assert lock is None
    assert finding.code == "R01"


def test_branches_of_which_one_had_cards_added_by_anki_are_merged_as_grown() -> None:
    line = replace(FULL.note_types["en", "qa"], grown=False)
    for one, two in ((line, replace(line, grown=True)), (replace(line, grown=True), line)):
        for here, there in ((one, two), (replace(one, stamp=1700000009, digest="0" * 16), two)):
            assert merge_types(here, there).grown
            state = replace(FULL, note_types={("en", "qa"): there})
            given = given_out(replace(FULL, note_types={("en", "qa"): here}), [state])
            assert given.note_types["en", "qa"].grown
    assert not merge_types(line, line).grown
    assert merge_types(line, replace(line, fronts="0" * 8)).fronts == MERGED


def test_branches_that_first_built_a_type_with_other_fields_are_merged_as_split() -> None:
    """Anki knows the fields by their place; what was added later is another matter."""
    line = replace(FULL.note_types["en", "qa"], split=False)
    assert line.layout is not None
    for layout, split in (
        (replace(line.layout, woken=(), woken_templates=("Three",)), False),
        (replace(line.layout, fields=("My, back", "Front")), True),
        (replace(line.layout, templates=("Other",)), True),
    ):
        other = replace(line, layout=layout)
        assert merge_types(line, other).split is split
        for here, there in ((line, other), (other, replace(line, stamp=1700000009, digest="0" * 16))):
            state = replace(FULL, note_types={("en", "qa"): there})
            given = given_out(replace(FULL, note_types={("en", "qa"): here}), [state])
            assert given.note_types["en", "qa"].split is split


@pytest.mark.parametrize("word", ["hint=x", "later", "guid"])
def test_word_that_is_not_known_is_refused_and_its_line_named(word: str) -> None:
    """As an older deckgen does with a word that came later; of a state in git, the other lines count."""
    text = dump(FULL)
    lock, (finding,) = parse(text[:-1] + f" {word}\n", "deck.lock")
    assert lock is None
    assert (finding.code, finding.place.line) == ("R01", 8)
    state = other_state(text[:-1] + f" {word}\n", ())
    assert (state.packages, state.notes) == (FULL.packages, {})


def test_of_more_edits_than_a_line_keeps_the_newest_are_read() -> None:
    edits = tuple(Settled(1700000500 - number, "2" * 8, None) for number in range(limits.MAX_WAITING + 1))
    notes = {key: replace(line, settled=edits) for key, line in FULL.notes.items()}
    lock, _ = parse(dump(replace(FULL, notes=notes)), "deck.lock")
    assert lock is not None
    assert [line.settled for line in lock.notes.values()] == [edits[:-1]]
