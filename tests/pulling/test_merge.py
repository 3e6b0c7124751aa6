"""One field: what a learner changed in Anki, in the author's text."""

from __future__ import annotations

import time

import pytest

from deckgen.markup import cloze
from deckgen.notes.filters import in_brackets
from deckgen.pulling.merge import PLAINLY, Conflict, Making, Merged, made, merge, taken
from deckgen.written import File, Text

CLOZE = Making(cloze=True)


def _text(value: str, *, html: bool = False) -> Text:
    return Text(value, File("cards.yaml"), html=html)


def _merged(source: str, base: str, theirs: str, making: Making = PLAINLY, *, html: bool = False) -> str:
    found = merge(_text(source, html=html), base, theirs, making)
    assert isinstance(found, Merged), found
    return found.text


#: What the author typed, what the learner has, what becomes of the text. What was shipped is made of the text.
CARRIED = [
    ("A *nice* day.", "A <em>nicer</em> day.", "A *nicer* day."),
    ("A _nice_ day.", "A <em>nicer</em> day.", "A _nicer_ day."),
    ("A __nice__ day.", "A <strong>nice</strong>, long day.", "A __nice__, long day."),
    ("one\ntwo\nthree", "one\n2\nthree", "one\n2\nthree"),
    ("one two  \nthree\n", "one two<br>\nfour", "one two  \nfour\n"),
    ("a \\* b &amp; c", "a * b &amp; d", "a \\* b &amp; d"),
    ("day", "<b>day</b>", "**day**"),
    ("the day", 'the <font color="#ff0000">day</font>', "the [day]{color=#ff0000}"),
    ("the day", 'the <span style="background-color: rgb(255, 255, 0);">day</span>', "the [day]{background=#ffff00}"),
    ("**day** by day", "day by day", "day by day"),
    ("one two", "one<br>two", "one\\\ntwo"),
    ("one", "one<div>two</div>", "one\\\ntwo"),
    ("one", "one&nbsp;", "one"),
    ("* a\n* b", "<ul>\n<li>a</li>\n<li>b</li><li>c</li></ul>", "* a\n* b\n* c"),
    ("* a b\n* c", "<ul>\n<li>a</li><li>b</li>\n<li>c</li>\n</ul>", "* a\n* b\n* c"),
    ("so $x^2$", r"so \(x^2 + y\)", "so $x^2 + y$"),
    ("so", r"so \(x_1\)", "so $x_1$"),
    ("so", "so[sound:a b.mp3]", "so![](a%20b.mp3)"),
    ("so", 'so<br><img src="paste-1.jpg">', "so\\\n![](paste-1.jpg)"),
    ("| a | b |\n|:--|--:|\n| c | d |", '<table><tbody><tr><th style="text-align: left">a</th><th style="text-align: right">b</th></tr><tr><td style="text-align: left">c</td><td style="text-align: right">e f</td></tr></tbody></table>', "| a | b |\n|:--|--:|\n| c | e f |"),
    ("潮汐由月亮\n引起。", "潮汐由太阳引起。", "潮汐由太阳\n引起。"),
    ("{漢|かん}字", "<ruby>漢<rt>かん</rt></ruby>語", "{漢|かん}語"),
    ("H~2~O and *x*", "H<sub>2</sub>O and <em>y</em>", "H~2~O and *y*"),
    ("**粗体**词，*强调*。", "<strong>（又）</strong>词，<em>强调</em>。", "[（又）]{.b}词，*强调*。"),
    ("M^me^ and 10^-3^", "M<sup>me</sup> and <sup>-3</sup>", "M^me^ and [-3]{.sup}"),
    ("a word", "", ""),
    ("a word", "&nbsp;", ""),
    ("a word", "a word", "a word"),
]  # fmt: skip


@pytest.mark.parametrize(("source", "theirs", "expected"), CARRIED)
def test_an_edit_is_carried_into_the_text(source: str, theirs: str, expected: str) -> None:
    base = made(_text(source), Making())
    assert base is not None
    assert _merged(source, base, theirs) == expected
    # A second pull finds nothing.
    assert _merged(expected, base, theirs) == expected


DELETED = [
    ("{{c1::milk}} and _tea_", "{{c1::milk}} and <em>coffee</em>", "{{c1::milk}} and _coffee_"),
    ("{{c1::milk}} and _tea_", "{{c1::milk}} and {{c2::<em>tea</em>}}", "{{c1::milk}} and {{c2::_tea_}}"),
    ("{{c1::milk}} and _tea_", "{{c1::milk::white}} and <em>tea</em>", "{{c1::milk::white}} and _tea_"),
    ("{{c1::milk}} and _tea_", "{{c3::milk}} and <em>tea</em>", "{{c3::milk}} and _tea_"),
    ("{{c1::$a^{b}$}} or", r"{{c1::\(a^{b}\)}} and", "{{c1::$a^{b}$}} and"),
]


@pytest.mark.parametrize(("source", "theirs", "expected"), DELETED)
def test_deletions_are_words(source: str, theirs: str, expected: str) -> None:
    base = made(_text(source), CLOZE)
    assert base is not None
    assert _merged(source, base, theirs, CLOZE) == expected


#: What was shipped, what the author has now, what the learner has, what becomes of both.
BOTH = [
    ("Salt is old. It floats.", "Salt is _very_ old. It floats.", "Salt is old. It sinks.", "Salt is _very_ old. It sinks."),
    ("Salt is old. It floats.", "Salt is old. It floats. So do I.\n", "Salt is <b>old</b>. It floats.", "Salt is **old**. It floats. So do I.\n"),
    ("Salt is old. It floats.", "Salt is old.\nIt floats well.", "Salt is new. It floats.", "Salt is new.\nIt floats well."),
    ("Salt is old. It floats.", "Salt is old. It floats.\n\nSo do I.", "Salt is new. It floats.", "Salt is new. It floats.\n\nSo do I."),
    ("Salt is old. It floats.", "Salt is old. It floats.\n\nSo do I.", "Salt is old. It floats. Well.", "Salt is old. It floats. Well.\n\nSo do I."),
    ("<ul>\n<li>a</li>\n<li>b</li>\n</ul>", "+ a\n+ b\n+ c", "<ul>\n<li>a e</li>\n<li>b</li>\n</ul>", "+ a e\n+ b\n+ c"),
    ("Salt is old. It floats.", "Salt is new. It floats.", "Salt is new. It sinks.", "Salt is new. It sinks."),
    ("Salt is old. It floats.", "**Salt** is old. It floats.", "<b>Salt</b> is old. It sinks.", "**Salt** is old. It sinks."),
    ("盐很古老。它会浮。", "盐很_古老_。它会浮起来。", "盐<b>非常</b>古老。它会浮。", None),
    ("盐很古老。它会浮。", "盐很古老。它会浮起来。", "盐<b>非常</b>古老。它会浮。", "盐**非常**古老。它会浮起来。"),
]  # fmt: skip


@pytest.mark.parametrize(("base", "source", "theirs", "expected"), BOTH)
def test_edits_of_both_stand_in_the_text(base: str, source: str, theirs: str, expected: str | None) -> None:
    found = merge(_text(source), base, theirs)
    assert found == (Merged(expected) if expected else Conflict("both changed the same words"))


APART = "both changed the same words"
CONFLICTS = [
    ("Salt is old.", "Salt is new.", "Salt is young.", APART),
    ("Salt is old.", "Salt is very old.", "Salt is not old.", APART),
    ("Salt is not old.", "Salt is never old.", "Salt is not new.", APART),
    ("Salt is old.", "Salt.", "Salt is very old.", APART),
    ("Salt is old.", "Salt is old. I say.", "Salt is old. You say.", APART),
    ("Salt is old.", "Salt is old.\n\nI say.", "Salt is old.<br>You say.", APART),
    ("Salt is old. It floats.", "Salt is old. And I say. It floats.", "Salt is old. You say. He floats.", APART),
    ("It costs 3.50.", "It costs 3.60.", "It costs 4.50.", APART),
    (r"so \(a + b\)", "so $a + c$", r"so \(d + b\)", APART),
    ("one two three four", "one **two three** four", "<i>one two</i> three four", "both changed the look of the same words"),
    ("Salt floats well on water. I say so.", "Salt floats well on water. I say so. The old books also have it.", "The old books also have it. Salt floats well on water. I say so.", APART),
    ("Salt is old. It floats well.", "It floats well. Salt is old.", "Salt is old.", APART),
    ("Salt is old. It floats well.", "Salt is old.", "It floats well. Salt is old.", APART),
    ("Salt is old.", "Salt is old.", 'Salt is <span style="font-size: 40px">old</span>.', "Markdown can't say the style `font-size`"),
]  # fmt: skip


@pytest.mark.parametrize(("base", "source", "theirs", "reason"), CONFLICTS)
def test_what_may_be_meant_in_two_ways_is_a_conflict(
    base: str, source: str, theirs: str, reason: str
) -> None:
    assert merge(_text(source), base, theirs) == Conflict(reason)


def test_two_new_deletions_with_one_number_are_a_conflict() -> None:
    base = "{{c1::Salt}} is old. It floats on water."
    source, theirs = (
        "{{c1::Salt}} is {{c2::old}}. It floats on water.",
        "{{c1::Salt}} is old. It floats on {{c2::water}}.",
    )
    assert merge(_text(source), base, theirs, CLOZE) == Conflict("both added a deletion c2")
    assert merge(_text(source), base, theirs.replace("c2", "c3"), CLOZE) == Merged(
        "{{c1::Salt}} is {{c2::old}}. It floats on {{c3::water}}."
    )


def test_a_deletion_that_a_learner_emptied_is_a_conflict() -> None:
    found = merge(_text("{{c1::Salt}} is old."), "{{c1::Salt}} is old.", "{{c1::}} is old.", CLOZE)
    assert found == Conflict("the deletion c1 hides nothing")


def test_a_deletion_in_a_field_without_deletions_does_not_act() -> None:
    making = Making(finish=cloze.finish)
    found = merge(_text("Salt"), "Salt", "{{c1::Salt}}", making)
    assert isinstance(found, Conflict)


# -- texts that are HTML --------------------------------------------------------------------

HTML = [
    ("<b>Salt</b> &gt; is old.", "<b>Salt</b> &gt; is old.", "<b>Salt</b> &gt; is new.", "<b>Salt</b> &gt; is new."),
    ("<B>Salt</B> > is <i>old</i>.", "<b>Salt</b> &gt; is <i>old</i>.", "<b>Salt</b> &gt; is <i>new</i>.", "<B>Salt</B> > is <i>new</i>."),
    ("<b>Salt</b> is old. It sinks.", "<b>Salt</b> is old. It floats.", "Salt is old. It floats.", "Salt is old. It sinks."),
    ('<p style="font-size: 20px">Salt</p>\n', '<p style="font-size: 20px">Salt</p>', '<p style="font-size: 20px">Salts</p>', '<p style="font-size: 20px">Salts</p>\n'),
    ("<ul><li>a<li>b</ul>", "<ul><li>a</li><li>b</li></ul>", "<ul><li>a</li><li>c d</li></ul>", "<ul><li>a<li>c d</ul>"),
]  # fmt: skip


@pytest.mark.parametrize(("source", "base", "theirs", "expected"), HTML)
def test_a_text_that_is_html_stays_html(source: str, base: str, theirs: str, expected: str) -> None:
    assert _merged(source, base, theirs, html=True) == expected


def test_what_no_card_may_have_is_a_conflict() -> None:
    found = merge(_text("Salt", html=True), "Salt", '<iframe src="x"></iframe>Salt')
    assert found == Conflict("`<iframe>` is no element that a card may have")


# -- how a build makes the field ------------------------------------------------------------


def test_readings_in_brackets_stay_notations() -> None:
    making = Making(finish=in_brackets)
    base = made(_text("{漢|かん}字と{東京|とうきょう}"), making)
    assert base is not None
    assert "[かん]" in base
    assert (
        _merged("{漢|かん}字と{東京|とうきょう}", base, base.replace("字", "語"), making)
        == "{漢|かん}語と{東京|とうきょう}"
    )


def test_a_learners_text_is_taken_whole() -> None:
    """Words that are the same stay as they are typed."""
    assert taken(_text("Salt is _not_ old."), "Salt is <em>not</em> new.") == Merged("Salt is _not_ new.")
    assert taken(_text("Salt."), "Salt.&nbsp;") == Merged("Salt.")


# -- what is made to do harm ----------------------------------------------------------------


@pytest.mark.parametrize(
    "html",
    ["x" * 1_000_000, "<b>" * 30_000, "a b " * 20_000, "\\(" * 40_000, "[sound:" * 10_000, "{{c1::" * 15_000, "<!-- " * 15_000, "a\u3000" * 9_000, "<p>" * 90, "&" * 90_000],
    ids=lambda html: f"{html[:8]}-{len(html)}",
)  # fmt: skip
@pytest.mark.parametrize("is_html", [False, True])
@pytest.mark.no_cover  # giants, as in test_hostile.py
@pytest.mark.slow
def test_enormous_fields_are_bounded(html: str, is_html: bool) -> None:
    begun = time.process_time()
    merge(_text("a b", html=is_html), "a b", html, CLOZE)
    merge(_text("a b", html=is_html), html, f"b{html}c", CLOZE)
    merge(_text("a b", html=is_html), "a c", f"{html}a d", CLOZE)
    assert time.process_time() - begun < 5
