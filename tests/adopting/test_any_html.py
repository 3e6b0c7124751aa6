"""Any HTML becomes Markdown that looks the same, or stays HTML; any Markdown of ours comes back."""

from __future__ import annotations

import time
import unicodedata
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from playwright.sync_api import Browser

from deckgen.adopting import tree
from deckgen.adopting.convert import Html, Markdown, render, to_markdown
from deckgen.adopting.look import Look, look_of
from deckgen.reading.tree import MAX_TEXT

#: A style sheet with two classes.
CSS = ".t {color: red; background: #ddd} .x {font-weight: bold} .s {}"
LOOK = look_of(CSS)

_TEXT = st.text(
    st.sampled_from("ab1. -*_#>`~^+|[](){}<&!$\\:=中文（é\u00a0'\"/") | st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]),
    min_size=1, max_size=12,
)  # fmt: skip
_INLINE = st.sampled_from([
    "b", "i", "em", "strong", "u", "sub", "sup", "code", "span", "a href='https://a.b'", "a href='x'", "s", "del", "ruby",
    "rt", "mark", "small", "span style='color:red'", "font color=blue", "span style='background:yellow'", "span class=t",
    "span class=x", "span style='font-weight:normal'", "b style='color:green'", "span class=zz",
])  # fmt: skip
_BLOCK = st.sampled_from(["div", "p", "ul", "ol", "ol start=3", "li", "blockquote", "pre", "h2", "table", "tr", "td", "th", "section", "center"])  # fmt: skip
_VOID = st.sampled_from(["<br>", "<hr>", "<img src='a.png'>", "[sound:a.mp3]", r"\(x^2\)", r"\[y\]", "[$]z[/$]", "[latex]", "{{c1::", "::", "}}", "<!-- x -->", "&nbsp;", "&lt;", "&#92;(", "</b>", "<ul><li>", "</div>"])  # fmt: skip


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")


def _around(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    def wrap(tag: str, parts: list[str]) -> str:
        return f"<{tag}>{''.join(parts)}</{tag.split(maxsplit=1)[0]}>"

    return st.builds(wrap, _INLINE | _BLOCK, st.lists(inner, max_size=4))


HTML = st.lists(st.recursive(_TEXT.map(_escape) | _VOID, _around, max_leaves=12), max_size=5).map("".join)


@given(_TEXT, st.booleans())
def test_any_text_becomes_markdown(text: str, cloze: bool) -> None:
    """A text without elements has nothing that Markdown can't say, save what Anki or MathJax act on."""
    found = to_markdown(_escape(text), cloze=cloze)
    if isinstance(found, Html):
        assert "{{c" in text or "\\" in text or not text.strip(" \u00a0") or "[" in text, found
    else:
        assert render(found.text, cloze=cloze) is not None


@given(HTML, st.booleans(), st.booleans())
def test_any_html_becomes_what_a_build_takes_or_says_why_not(html: str, cloze: bool, breaks: bool) -> None:
    found = to_markdown(html, Look(breaks=breaks), cloze=cloze)
    if isinstance(found, Html):
        assert found.reason
        assert len(found.reason) <= 100
    else:
        rendered = render(found.text, cloze=cloze)
        assert rendered is not None
        assert (rendered == html) is found.exact
        # What was adopted once is adopted again.
        again = to_markdown(rendered, Look(breaks=breaks), cloze=cloze)
        assert isinstance(again, Markdown), (found, again)
        assert render(again.text, cloze=cloze) == rendered


# -- Markdown of ours comes back ------------------------------------------------------------

_WORD = st.sampled_from(
    ["tide", "Moon", "a-b", "5.", "C++", "x_y", "é", "中文", "1 < 2", "R&D", "(so)", "a: b"]
)
_SAID = st.sampled_from(
    ["**{}**", "*{}*", "[{}]{{.u}}", "[{}]{{.t}}", "[{}]{{color=red}}", "[{}](https://a.b/c)", "({})"]
)
_EXACT = st.sampled_from(
    ["H~2~O", "x^2^", "++word++", "`a*b`", "$x^2$", "{漢|かん}", "![a](b.png)", "![](c.mp3)", "<https://a.b>"]
)
_LINE = st.lists(
    _WORD | _EXACT | st.builds(lambda form, words: form.format(" ".join(words)), _SAID, st.lists(_WORD, min_size=1, max_size=3)),
    min_size=1, max_size=4,
).map(lambda parts: "so " + " and ".join(parts))  # fmt: skip


def _indented(text: str, first: str) -> str:
    return first + text.replace("\n", "\n" + " " * len(first))


_LINES = st.builds(str.join, st.sampled_from(["\n", "\\\n"]), st.lists(_LINE, min_size=1, max_size=3))


def _lists(items: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    def written(texts: list[str], numbered: bool, gap: str) -> str:
        return gap.join(_indented(text, f"{at}. " if numbered else "- ") for at, text in enumerate(texts, 1))

    lists = st.builds(
        written, st.lists(items, min_size=2, max_size=3), st.booleans(), st.sampled_from(["\n", "\n\n"])
    )
    return st.builds("{}\n\n{}".format, _LINES, lists) | lists


def _in_blocks(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.lists(inner, min_size=2, max_size=3).map("\n\n".join),
        inner.map(lambda text: "> " + text.replace("\n", "\n> ")),
        _lists(
            st.one_of(_LINES, st.builds(lambda text, items: f"{text}\n\n{items}", _LINES, _lists(_LINES)))
        ),
    )


_BLOCKS = st.one_of(
    _LINES,
    _LINE.map("## {}".format),
    _LINE.map("```\n{}\n```".format),
    st.tuples(_LINE, _LINE).map(lambda cells: f"| {cells[0]} | {cells[1]} |\n|---|--:|\n| c | d |"),
    st.just("---"),
)


@given(st.recursive(_BLOCKS, _in_blocks, max_leaves=4))
def test_markdown_of_ours_comes_back_as_a_text_with_the_same_html(text: str) -> None:
    html = render(text, cloze=False)
    assert html is not None
    found = to_markdown(html, LOOK)
    assert isinstance(found, Markdown), (html, found)
    assert found.exact, (html, found.text)


_PARTS = st.sampled_from([
    "a", "b", "中", "（", " ", "\n", "\n\n", "\\\n", "**", "*", "_", "`", "``", "~", "^", "++", "{漢|かん}", "[", "]", "](", "(", ")",
    "](https://a.b)", "]{.u}", "]{.t}", "]{color=red}", "]{.sub}", "<", "<https://a.b>", "&", "&nbsp;", "\\", "$", "$x^2$", "$$y$$",
    "- ", "1. ", "2) ", "> ", "# ", "    ", "---", "| a | b |\n|---|--:|\n| c | d |", "```\nx\n```", "![a](b.png)", "![](c.mp3)",
    "![", "|", ":", "::", "{{c1::", "}}", "{", "}", "!", "1", ".", "H~2~O", "x^2^", "++word++",
])  # fmt: skip
_NOT_BACK = {
    "a picture from elsewhere", "a subscript or superscript in another one", "words with two looks",
    "blanks that Anki takes for a text", "a block of code with marks in it", "a heading of several lines",
}  # fmt: skip


@given(st.lists(_PARTS, min_size=1, max_size=14).map("".join), st.booleans())
def test_any_markdown_comes_back_as_a_text_that_looks_the_same(text: str, cloze: bool) -> None:
    html = render(text, cloze=cloze)
    if html is None or not html.strip():
        return
    found = to_markdown(html, LOOK, cloze=cloze)
    assert isinstance(found, Markdown) or found.reason in _NOT_BACK, (html, found)


# -- as a browser shows it ------------------------------------------------------------------

#: The visible characters of a field with their looks, and which of them begin a line.
_SEEN = """
html => {
  const root = document.getElementById('card'), out = [];
  root.innerHTML = html;
  let left = -1;
  const walk = (node, marks) => {
    if (node.nodeType === 3) {
      const style = getComputedStyle(node.parentElement), range = document.createRange();
      for (let at = 0; at < node.data.length; at++) {
        if (/\\s/.test(node.data[at])) continue;
        range.setStart(node, at); range.setEnd(node, at + 1);
        const place = range.getClientRects()[0];
        const begins = place && place.left < left;
        left = place ? place.left : left;
        out.push([node.data[at], style.fontWeight > 500, style.fontStyle, style.color, style.fontSize,
                  style.fontFamily, begins, [...new Set(marks)].sort().join(' ')]);
      }
    } else if (node.nodeType === 1) {
      const style = getComputedStyle(node), own = [...marks];
      if (style.textDecorationLine !== 'none') own.push(style.textDecorationLine);
      if (['sub', 'super'].includes(style.verticalAlign)) own.push(style.verticalAlign);
      if (node !== root && style.backgroundColor !== 'rgba(0, 0, 0, 0)') own.push(style.backgroundColor);
      if (node.tagName === 'LI') own.push('item' + own.filter(one => one.startsWith('item')).length);
      if (node.tagName === 'A' && node.href) own.push(node.href);
      if (node.tagName === 'IMG') out.push([node.getAttribute('src'), ...own.sort()]);
      node.childNodes.forEach(child => walk(child, own));
    }
  };
  walk(root, []);
  return out;
}
"""


def test_a_browser_shows_the_same(chromium: Browser) -> None:
    page = chromium.new_context().new_page()
    page.route("**/*", lambda route: route.abort())
    page.set_content(
        f"<!doctype html><style>{CSS}</style><div class=card id=card style='width: 900px'></div>"
    )

    def shown(html: str) -> Any:
        return page.evaluate(_SEEN, html)

    @settings(max_examples=300)
    @given(HTML)
    def same(html: str) -> None:
        found = to_markdown(html, LOOK)
        if isinstance(found, Markdown) and not found.exact and "[" not in html and "\\" not in html:
            # Anki stores all texts so.
            composed = unicodedata.normalize("NFC", html)
            assert shown(composed) == shown(render(found.text, cloze=False) or ""), found

    same()


# -- what is made to do harm ----------------------------------------------------------------


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 200_000,
        "<b>" * 300_000,
        "x" * 1_000_000,
        "<br>" * 250_000,
        "&amp;" * 200_000,
        "\\(" * 300_000,
        "[$]" * 300_000,
        "<!--" * 250_000,
        "{{c1::" * 160_000,
        "{{c1::x}}" * 100_000,
        "<ul><li>" * 1_900,
        "".join(f"<b x={number}>" for number in range(2_000)) + "<p>" * 1_900,
        "<" * 100_000,
        "[sound:" * 10_000,
        "<!-- " * 10_000,
        r"\(" * 30_000,
        "**" * 20_000,
        "`" * 9_000,
        "x~2~" * 2_400,
        "{漢|" * 3_000,
        "<i>a</i><b>b</b>" * 600,
        "&#60;b&#62;" * 5_000,
    ],
    ids=lambda html: f"{html[:12]}-{len(html)}",
)
def test_enormous_html_is_bounded(html: str) -> None:
    begun = time.process_time()
    found = to_markdown(html, cloze=True)
    assert time.process_time() - begun < 5
    assert isinstance(found, Html) or len(found.text) <= MAX_TEXT


def test_depth_is_bounded() -> None:
    deep = tree.MOST_DEEP
    assert to_markdown("<span>" * deep + "x" + "</span>" * deep) == Markdown("x", exact=False)
    found = to_markdown("<span>" * (deep + 1) + "x")
    assert found == Html(f"elements within each other, more than {deep} deep")
