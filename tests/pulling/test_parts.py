"""Texts of templates and style sheets are merged line by line, and nothing of either side is lost."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deckgen.pulling.parts import Part, Refused, is_too_much, merged, nearest, with_lines

_EDITS = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 2), st.integers(0, 2)), max_size=3)


def merge(base: str, ours: str, theirs: str) -> str | Refused:
    now, before = (Part("back", "", text, Path("back.html")) for text in (ours, base))
    return merged(now, before, theirs, [], str)


def edited(base: Sequence[str], edits: Sequence[tuple[int, int, int]], name: str) -> list[str]:
    """A text in which lines were taken out and others put in: at a place, so many and so many."""
    lines = [*base]
    for number, (place, out, more) in enumerate(edits):
        lines[place : place + out] = [f"{name} {number} {each}" for each in range(more)]
    return lines


@given(st.integers(1, 12), _EDITS, _EDITS)
def test_no_line_is_lost_or_doubled(
    size: int, ours: list[tuple[int, int, int]], theirs: list[tuple[int, int, int]]
) -> None:
    base = [f"line {number}" for number in range(size)]
    one, two = edited(base, ours, "ours"), edited(base, theirs, "theirs")
    found = merge("\n".join(base), "\n".join(one), "\n".join(two))
    if isinstance(found, Refused):
        return
    has = [line for line in found.split("\n") if line]
    assert sorted(has) == sorted({*has})
    assert {*has} == ({*one} | {*two}) - ({*base} - {*one}) - ({*base} - {*two})
    for side in (one, two):
        assert [line for line in has if line in side] == [line for line in side if line in has]


@given(
    st.lists(st.sampled_from("ab }"), max_size=9),
    _EDITS,
    st.sampled_from(["", "\ufeff"]),
    st.sampled_from(["\n", "\r\n"]),
)
def test_a_file_says_what_it_shall(
    lines: list[str], edits: list[tuple[int, int, int]], start: str, end: str
) -> None:
    before, after = "\n".join(lines), "\n".join(edited(lines, edits, "new"))
    old = f"{start}{before.replace(chr(10), end)}{end}{end}"
    new = with_lines(old, before, after)
    assert new == f"{start}{after.replace(chr(10), end)}{end}{end}"


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_file_without_a_last_line_end_gets_none(end: str) -> None:
    assert (
        with_lines(f".a {{}}{end}.b {{}}", ".a {}\n.b {}", ".a {}\n.b {}\n.c {}")
        == f".a {{}}{end}.b {{}}{end}.c {{}}"
    )
    assert with_lines(f".a {{}}{end}.b {{}}", ".a {}\n.b {}", ".a {}\n.c {}") == f".a {{}}{end}.c {{}}"


def test_a_new_file_ends_with_a_line() -> None:
    assert with_lines("", "", ".a {}\n.b {}") == ".a {}\n.b {}\n"
    assert with_lines("\ufeff.a {}\n", "\ufeff.a {}\n", "\ufeff.b {}\n") == "\ufeff.b {}\n"


def test_the_version_with_the_fewest_other_lines_was_changed() -> None:
    old, new = ("a\nb\nc", "f"), ("a\nB\nc", "f")
    assert nearest([old, new], ("a\nb\nC", "f")) == [old]
    assert nearest([old, new], ("a\nB\nC", "f")) == [new]
    assert nearest([old, new], ("a\nbb\nc", "f")) == [old, new]


@pytest.mark.parametrize("line", ["a", "}", ""])
def test_many_like_lines_are_too_much(line: str) -> None:
    one, two = f"{line}\n" * 2_000, f"{line}\n{line}x\n" * 1_000
    assert is_too_much([one], [two])
    assert is_too_much(["x\n" * 4_000], ["y"])
    # What is the same before and behind all changes costs nothing.
    assert not is_too_much([one], [f"{one}b"])
