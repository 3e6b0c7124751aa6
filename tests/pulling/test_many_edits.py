"""Any edits of both sides: what is seen afterwards is what must be seen, or it is a conflict."""

from __future__ import annotations

import time
from functools import cache
from pathlib import Path
from random import Random

import pytest
from click.testing import CliRunner
from hypothesis import example, given
from hypothesis import strategies as st

from benchmarks.pulling import (
    CONFLICT,
    KINDS,
    WRONG,
    Sample,
    Tally,
    by_hands,
    changed,
    main,
    rewrote,
    samples,
    tally,
    unchanged,
)
from deckgen.pulling.merge import Making, Merged, made, merge
from deckgen.written import File, Text
from tests.edited import apply, learner_edits, shown

ROOT = Path(__file__).parents[2]
FILE = File("cards.yaml")

_WORDS = st.sampled_from(
    ["tide", "Moon", "well-known", "*slow*", "**so**", "`a*b`", "$x^2$", "H~2~O", "R&D", "1 < 2", "中文", "潮汐很慢", "{漢|かん}", "[a b]{.u}", "[a](https://a.b/c)", "![a](b.png)", "\\*", "5.", "a_b"]
)  # fmt: skip
_SENTENCE = st.lists(_WORDS, min_size=1, max_size=6).map(lambda words: f"So {' '.join(words)} it is.")
_LINE = st.lists(_SENTENCE, min_size=1, max_size=3).map(" ".join)
_BLOCK = st.one_of(
    _LINE,
    st.lists(_LINE, min_size=2, max_size=3).map("\\\n".join),
    st.lists(_LINE, min_size=2, max_size=3).map(lambda lines: "\n".join(f"- {line}" for line in lines)),
    st.lists(_LINE, min_size=2, max_size=3).map(lambda lines: "\n".join(f"{at}. {line}" for at, line in enumerate(lines, 1))),
    _LINE.map("> {}".format),
    _LINE.map("## {}".format),
    st.tuples(_LINE, _LINE).map(lambda cells: f"| a | b |\n|---|--:|\n| {cells[0]} | {cells[1]} |"),
)  # fmt: skip
_TEXT = st.lists(_BLOCK, min_size=1, max_size=3).map("\n\n".join)
_CLOZE = st.tuples(_TEXT, st.sampled_from(["it is", "So "])).map(
    lambda one: one[0].replace(one[1], f"{{{{c1::{one[1].strip()}}}}}{one[1][2:3] and ' '}", 1)
)


def _sample(text: str, *, cloze: bool, html: bool) -> Sample | None:
    source = Text(text, FILE)
    field = made(source, Making(cloze=cloze))
    if html and field:
        source = Text(field, FILE, html=True)
        field = made(source, Making(cloze=cloze))
    return Sample(source, cloze, field) if field else None


@given(
    st.one_of(_TEXT.map(lambda text: (text, False)), _CLOZE.map(lambda text: (text, True))),
    st.booleans(),
    st.randoms(use_true_random=False),
)
def test_no_edit_is_lost_or_doubled(one: tuple[str, bool], html: bool, random: Random) -> None:  # fmt: skip
    """The edits and what must be seen of them are made by `tests.edited`, which knows of no merge."""
    sample = _sample(one[0], cloze=one[1], html=html)
    if sample is None:
        return
    sample = next(by_hands([sample], random))
    done = Tally("any")
    unchanged(sample, random, done)
    changed(sample, random, done, anywhere=True)
    rewrote(sample, random, done)
    assert done.outcomes[WRONG] == 0, done.shown


_PIECES = st.sampled_from([
    "a", "b ", " ", "\n", "So tide it is.", "&nbsp;", "&lt;", "<br>", "<b>", "</b>", "<i>c</i>", "<p>", "</p>", "<ul><li>", "</li>", "</ul>", "<div>", "</div>",
    "[sound:a.mp3]", "[$]x[/$]", r"\(x\)", r"\(", "{{c1::", "::", "}}", "<!-- -->", '<img src="a.png">', '<span style="font-size:9px">', "</span>", "<", "&", "中", "**", "`", "$",
])  # fmt: skip
_HTML = st.lists(_PIECES, max_size=10).map("".join)


@example(text="So tide it is.", base="", theirs="<a", cloze=False, html=False)
@given(_TEXT, _HTML, _HTML, st.booleans(), st.booleans())
def test_any_fields_are_merged_or_a_conflict(
    text: str, base: str, theirs: str, cloze: bool, html: bool
) -> None:
    """Whatever comes in, the text that comes out is one that a build takes; the same again changes nothing."""
    making = Making(cloze=cloze)
    source = Text(base if html else text, FILE, html=html)
    field = made(source, making)
    for shipped in (base, field or ""):
        found = merge(source, shipped, theirs, making)
        if isinstance(found, Merged) and found.text != source.value:
            again = Text(found.text, FILE, html=html)
            assert made(again, making) is not None
            assert merge(again, shipped, theirs, making) == found
        else:
            assert isinstance(found, Merged) or found.reason


@given(_TEXT)
def test_a_field_that_was_not_edited_changes_nothing(text: str) -> None:
    field = made(Text(text, FILE), Making())
    assert field is not None
    for source in (text, f"{text} More."):
        assert merge(Text(source, FILE), field, field) == Merged(source)
    assert shown(field) == shown(field.replace("\n", " "))


@cache
def _samples() -> list[Sample]:
    decks = [*ROOT.glob("cards_source/*/deck.yaml"), *ROOT.glob("docs/examples/*/deck.yaml")]
    return samples([path.parent for path in sorted(decks)])


@pytest.mark.slow
@pytest.mark.no_cover  # chance plays, as in the tests of Hypothesis, though each time in the same way
@pytest.mark.parametrize("name", KINDS)
def test_edits_of_the_shipped_deck_and_of_the_examples_come_home(name: str) -> None:
    """The bars: of edits of one side 99 % are merged exactly; of both in other sentences 1 % are conflicts."""
    done = tally(name, _samples(), 800, Random(name))  # noqa: S311
    count = sum(done.outcomes.values())
    assert count == 800
    assert done.outcomes[WRONG] == 0, done.shown
    if name in KINDS[:2]:
        assert done.outcomes[CONFLICT] <= count / 100, done.shown
        assert done.outcomes["exact"] >= count * 0.99, done.shown


@pytest.mark.slow
def test_command_tells_what_came_of_the_merges() -> None:
    done = CliRunner().invoke(main, ["--merges", "20", str(ROOT / "tests/golden/markdown")])
    assert done.exit_code == 0, done.output
    assert [line.split(":")[0] for line in done.output.splitlines() if " merges, " in line] == list(KINDS)


def test_a_hundred_edited_fields_of_a_large_deck_are_quick() -> None:
    random = Random(1)  # noqa: S311
    every = (_samples() * 10)[:10_000]
    edited = set(random.sample(range(len(every)), 100))
    theirs = [
        apply(one.html, *learner_edits(one.html, random)) if at in edited else one.html
        for at, one in enumerate(every)
    ]
    begun = time.process_time()
    for one, field in zip(every, theirs, strict=True):
        merge(one.text, one.html, field, Making(cloze=one.cloze))
    assert time.process_time() - begun < 1
