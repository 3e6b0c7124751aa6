"""Empty lines of a field are seen wherever they stand; a browser says how high they are."""

from __future__ import annotations

import re

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from playwright.sync_api import Browser

from deckgen.adopting.convert import Html, Markdown, render, to_markdown
from deckgen.adopting.look import PLAIN, Look
from deckgen.adopting.seen import seen

#: Fields with empty lines, and the Markdown that keeps them.
KEPT = [
    ("a<br><br>", "a\\\n&nbsp;"),
    ("a<br><br><br>", "a\\\n\\\n&nbsp;"),
    ("a<div><br></div>", "a\\\n&nbsp;"),
    ("a<br>&nbsp;", "a\\\n&nbsp;"),
    ("a<div>&nbsp;</div>b", "a\n\nb"),
    ("a<br><br><ul><li>b</li></ul>", "a\\\n&nbsp;\n\n- b"),
    ("<br><ul><li>b</li></ul>", "&nbsp;\n\n- b"),
    ("<ul><li>a</li></ul><br>b", "- a\n\n\\\nb"),
    ("<ul><li>a</li></ul><br>", "- a\n\n&nbsp;"),
    ("<ul><li>a</li></ul><br><ul><li>b</li></ul>", "- a\n\n&nbsp;\n\n- b"),
    ("<ul><li>a<br><br></li><li>b</li></ul>", "- a\n\n- b"),
    ("<ul><li>a</li><br><li>b</li></ul>", "- a\n\n- b"),
    ("<ul><li><br>a</li><li>b</li></ul>", "- &nbsp;\\\n  a\n- b"),
    ("<blockquote>a</blockquote><br><br>b", "> a\n\n\\\n\\\nb"),
]

#: Fields without an empty line, although they have a break where none is seen.
NONE = [
    "a<br>", "a<div>b<br></div>", "a<br><div>b</div>", "a<br><ul><li>b<br></li></ul>", "<div>a</div><div></div>",
]  # fmt: skip


@pytest.mark.parametrize(("html", "text"), KEPT)
def test_empty_lines_are_kept(html: str, text: str) -> None:
    assert to_markdown(html) == Markdown(text, exact=False)


@pytest.mark.parametrize("html", NONE)
def test_a_break_at_the_end_of_a_line_is_no_empty_line(html: str) -> None:
    assert all(line.gap == 0 and line.pieces for line in seen(html, PLAIN))


def test_empty_lines_in_a_table_and_of_some_items_alone_stay_html() -> None:
    for cell in ("a<br><br>", "<br>a"):
        html = f"<table><tr><td>{cell}</td><td>b</td></tr></table>"
        assert to_markdown(html) == Html("a table with several lines in a cell")
    html = "<ul><li>a<br><br></li><li>b</li><li>c</li></ul>"
    assert to_markdown(html) == Html("items with and without a space between them")


def test_a_line_break_at_the_end_counts_where_the_style_sheet_shows_them() -> None:
    look = Look(breaks=True)
    assert seen("a\n", look) == seen("a", look)
    assert seen("a\n\n", look) != seen("a", look)
    assert seen("a\n \nb", look) == seen("a\n\nb", look)


# Margins are left out, save those that are empty lines in Markdown.
_SHEET = """* {margin: 0; padding: 0} #card {line-height: 20px} blockquote {padding-left: 10px}
ul, ol {padding-left: 20px} p + p, li + li > p:first-child, li:has(p) + li:empty {margin-top: 20px}"""
_PIECES = st.lists(st.sampled_from(
    ["a", "b ", "<br>", "<br>", "<br><br>", "&nbsp;", "<div>", "</div>", "<ul><li>", "<ol><li>", "</li><li>",
     "</li></ul>", "</li></ol>", "<div><br></div>", "<b>", "</b>", "<blockquote>", "</blockquote>"]
), max_size=9).map("".join)  # fmt: skip

# Chromium shows the mark of an item in which nothing stands but an empty block, and gives it no height.
_EMPTY = "(?:</?(?:b|div|blockquote)>)*"
_FLAT = re.compile(rf"<li>{_EMPTY}<(?:div|blockquote)>{_EMPTY}(?:</?(?:li|ul|ol)>|\Z)")


def test_a_browser_shows_it_as_high(chromium: Browser) -> None:
    page = chromium.new_context().new_page()
    page.set_content(f"<!doctype html><style>{_SHEET}</style><div id=card></div>")

    def height(html: str) -> int:
        script = "html => { card.innerHTML = html; return Math.round(card.getBoundingClientRect().height) }"
        return int(page.evaluate(script, html))

    def same(html: str) -> None:
        found = to_markdown(html)
        if isinstance(found, Markdown) and found.text:
            assert height(render(found.text, cloze=False) or "") == height(html), found

    @settings(max_examples=500)
    @given(_PIECES)
    def any_same(html: str) -> None:
        assume(not _FLAT.search(html))
        same(html)

    for html, _ in KEPT:
        same(html)
    any_same()
