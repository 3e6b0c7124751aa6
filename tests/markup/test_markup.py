"""Markdown and cloze deletions, case by case: what the author types, what Anki stores."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from deckgen.markup import cloze, events, markdown, notations
from deckgen.markup.shown import as_read
from deckgen.markup.unseen import unseen

FILES = {"a.png": "a-1.png", "a b.png": "a-b-2.png", "a.mp3": "a-3.mp3"}


def _html(text: str) -> str:
    return markdown.to_html(text, FILES.get)


def _cloze(text: str) -> str:
    deletions, faults = cloze.scan(text)
    assert faults == []
    html = cloze.finish(_html(cloze.mark(text, deletions)))
    assert cloze.is_whole(html, len(deletions))
    return html


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("vector<int>", "vector&lt;int&gt;"),
        ("a < b & c > d", "a &lt; b &amp; c &gt; d"),
        ("{{x}} and {{c1::y}}", "{{x}} and {{c1::y}}"),
        ("<b>x</b>", "&lt;b&gt;x&lt;/b&gt;"),
        ("<div>\n*x*\n</div>", "&lt;div&gt;<br>*x*<br>&lt;/div&gt;"),
        ("*a* __b__ `c*d`", "<em>a</em> <strong>b</strong> <code>c*d</code>"),
        ("10. ten\n11. eleven", '<ol start="10">\n<li>ten</li>\n<li>eleven</li>\n</ol>'),
        ("1. one", "<ol>\n<li>one</li>\n</ol>"),
        ("10.5 is a number", "10.5 is a number"),
        ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>"),
        ("a\n\nb", "<p>a</p>\n<p>b</p>"),
        ("a  \nb", "a<br>\nb"),
        ("中文\n中文\nabc\n中", "中文中文\nabc\n中"),
        ("$x_1$ and $$y$$", r"\(x_1\) and \[y\]"),
        ("it costs $5 and $6", "it costs $5 and $6"),
        (r"\$x\$", "$x$"),
        ("$a < b$", r"\(a &lt; b\)"),
        ("![an *a*](a.png)", '<img src="a-1.png" alt="an a">'),
        ("![](a%20b.png) ![](<a b.png>)", '<img src="a-b-2.png" alt=""> <img src="a-b-2.png" alt="">'),
        ("![](a.mp3)", "[sound:a-3.mp3]"),
        ("[x](https://a.b/?c=1&d=2)", '<a href="https://a.b/?c=1&amp;d=2">x</a>'),
        ("[x](javascript:alert(1))", "x"),
        ("[*x*](file:///etc/passwd) y", "<em>x</em> y"),
        ("<https://a.b>", '<a href="https://a.b">https://a.b</a>'),
        ("[sound:x.mp3]", "[<span></span>sound:x.mp3]"),
        (r"\\(x\\)", r"\<span></span>(x\<span></span>)"),
        ("```\n<a>\n```", '<pre class="hl"><code>&lt;a&gt;\n</code></pre>'),
        ("```nosuchlanguage\nx\n```", '<pre class="hl"><code>x\n</code></pre>'),
        ("```python\nx\n```", '<pre class="hl"><code><span class="n">x</span>\n</code></pre>'),
        ("# a\n> b", "<h1>a</h1>\n<blockquote>\n<p>b</p>\n</blockquote>"),
    ],
)
def test_markdown(text: str, html: str) -> None:
    assert _html(text) == html


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("1906.", "1906."),
        ("418.", "418."),
        ("1.", "1."),
        ("7)", "7)"),
        ("1863.\nYokohama.", "1863.\nYokohama."),
        ("  1906.\n", "1906."),
        ("3. Oktober 1990", "3. Oktober 1990"),
        ("- 1906.\n- 1907.", "<ul>\n<li>1906.</li>\n<li>1907.</li>\n</ul>"),
        ("> 1906.", "<blockquote>\n<p>1906.</p>\n</blockquote>"),
        ("> 1863.\n> Yokohama.", "<blockquote>\n<p>1863.\nYokohama.</p>\n</blockquote>"),
        ("5. a\n7. b", "5. a\n7. b"),
        ("01. Mai 1890", "01. Mai 1890"),
        ("00. x", "00. x"),
        ("01. a\n01. b", "01. a\n01. b"),
        ("01. a\n02. b", "<ol>\n<li>a</li>\n<li>b</li>\n</ol>"),
        ("[$]x < *y*[/$]", "[<span></span>$]x &lt; *y*[/<span></span>$]"),
        ("a [$$]x[/$$]", "a [<span></span>$$]x[/<span></span>$$]"),
        ("a $]0,1[$", r"a \(]0,1[\)"),
        ("[a]\n\n> [a]: https://b.c", '<p><a href="https://b.c">a</a></p>\n<blockquote>\n</blockquote>'),
        ("5. a\n\n7. b\n\n8. c", '<p>5. a</p>\n<ol start="7">\n<li><p>b</p>\n</li>\n<li><p>c</p>\n</li>\n</ol>'),
        ("1. a\n\n> b\n\n2. c", '<ol>\n<li>a</li>\n</ol>\n<blockquote>\n<p>b</p>\n</blockquote>\n<ol start="2">\n<li>c</li>\n</ol>'),
        ("-", "-"),
        ("+", "+"),
        ("*", "*"),
        ("- -", "- -"),
        ("- +\n- -", "<ul>\n<li>+</li>\n<li>-</li>\n</ul>"),
        ("- a\n-\n- b", "<ul>\n<li>a</li>\n<li></li>\n<li>b</li>\n</ul>"),
        ("#", "#"),
        ("## ##", "## ##"),
        (">", "&gt;"),
        (">>>", "&gt;&gt;&gt;"),
        ("> a\n>\n> b", "<blockquote>\n<p>a</p>\n<p>b</p>\n</blockquote>"),
        ("***", "***"),
        ("- - -", "- - -"),
        ("- ***\n- b", "<ul>\n<li>***</li>\n<li>b</li>\n</ul>"),
        ("a\n\n***\n\nb", "<p>a</p>\n<hr>\n<p>b</p>"),
        ("2 + 2\n=\n4", "2 + 2\n=\n4"),
        ("a\n-\nb", "a\n-\nb"),
        ("a\n---", "<h2>a</h2>"),
        ("```", "```"),
        ("~~~\n~~~", "~~~\n~~~"),
    ],
)  # fmt: skip
def test_marks_of_markdown_that_mark_nothing_are_shown(text: str, html: str) -> None:
    assert _html(text) == html


def test_marks_of_which_each_uncovers_the_next_are_all_shown() -> None:
    """Each `-` underlines the line above once that is text: after some looks all are taken for text."""
    assert _html("a\n" + "-\n" * 50) == "a" + "\n-" * 50


@pytest.mark.parametrize(
    "piece",
    [
        "-\n", ">\n", "a\n=\n", "5. a\n\n", "1906.\n\n", "* ", "> - ", "-\n\n", "1.\n", "[a]: b\n", "```\n",
        "~", "a~1", "x~2~", "^1^~2", "{", "{漢|", "{漢|か", "++ab", "](", "a.",
    ],
)  # fmt: skip
def test_many_marks_take_no_more_than_their_time(piece: str) -> None:
    """Four times the text must not take sixteen times as long, whatever one mark uncovers below it."""

    def seconds(length: int) -> float:
        text = "a\n" + piece * (length // len(piece))
        return min(_time(lambda: (_html(text), unseen(text))) for _ in range(3))

    assert seconds(20_000) < 12 * seconds(5_000) + 0.01


def _time(work: Callable[[], object]) -> float:
    begin = time.process_time()
    work()
    return time.process_time() - begin


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("[Note]: see", [("[Note]: see", "definition")]),
        ("x\n\n> [1]: Smith", [("[1]: Smith", "definition")]),
        ("[x][A]\n\n[a]: https://b.c", []),
        ("[a]\n\n[a]: https://b.c\n[a]: https://d.e", [("[a]: https://d.e", "definition")]),
        ("`x`\n\n    [a]: b", []),
        ("|a|b|\n|-|-|\n|1|2|3|4|\n|5|6|", [("3|4", "cells")]),
        ("|a|b|\n|-|-|\n|1|\\||", []),
        ("```x = 1\ny\n```", [("x = 1", "fence")]),
        ("```python\ny\n```", []),
        ("~~~c++\ny\n~~~", []),
        ("![loud](a.mp3) ![](b.mp3) ![a](b.png)", [("![loud](a.mp3)", "sound")]),
        ("[](https://a.b) [ ](https://a.b) [![](a.png)](https://a.b)", [("[](https://a.b)", "link"), ("[ ](https://a.b)", "link")]),
        ("1. a\n3. b", [("3", "number")]),
        ("1. a\n1. b\n1. c", []),
        ("01. a\n02. b", [("01", "number")]),
        ("01.\n02.", [("01", "number")]),
        ("1. a\n02. b", [("02", "number")]),
        ("3. a\n4. b\n4. c", [("4", "number")]),
    ],
)  # fmt: skip
def test_what_is_not_shown_is_known(text: str, found: list[tuple[str, str]]) -> None:
    assert [(text[one.start : one.end], one.what) for one in unseen(text)] == found


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("a {{c1::b}} c", "a {{c1::b}} c"),
        ("{{c1::b::hint}}", "{{c1::b::hint}}"),
        ("{{c1::*b*::*hint*}}", "{{c1::<em>b</em>::<em>hint</em>}}"),
        ("*{{c1::b}}*", "<em>{{c1::b}}</em>"),
        ("_{{c1::b}}_ {{c2::_c_}}", "<em>{{c1::b}}</em> {{c2::<em>c</em>}}"),
        (r"{{c1::$\frac{a}{b^{2}}$}}", r"{{c1::\(\frac{a}{b^{2}<!-- -->}\)}}"),
        (r"$\frac{ {{c1::a}} }{b^{2}}$", r"\(\frac{ {{c1::a}} }{b^{2}<!-- -->}\)"),
        ("{{c1::{1,{2}}}}", "{{c1::{1,{2}<!-- -->}<!-- -->}}"),
        ("{{c1::`std::vector`}}", "{{c1::<code>std:<!-- -->:vector</code>}}"),
        ("`x = {{c1::5}}`", "<code>x = {{c1::5}}</code>"),
        ("{{c1::a { b}}", "{{c1::a { b}}"),
        ("{{c1::a}} {{x}} }}", "{{c1::a}} {<!-- -->{x}<!-- -->} }<!-- -->}"),
        ("{ {{c1::a}} }", "{ {{c1::a}} }"),
        ("{{{c1::a}}}", "{<!-- -->{{c1::a}}}"),
        ("- {{c1::a}}\n- {{c2::b}}", "<ul>\n<li>{{c1::a}}</li>\n<li>{{c2::b}}</li>\n</ul>"),
        ("{{c1::[a](https://b.c)}}", '{{c1::<a href="https://b.c">a</a>}}'),
        ("{{c1::![{{](a.png)}}", '{{c1::<img src="a-1.png" alt="&#123;&#123;">}}'),
        ("{{c12::a}} {{c1::b}}", "{{c12::a}} {{c1::b}}"),
        (r"The {{c1::x\}} begins", r"The {{c1::x\}} begins"),
        (r"{{c1::a\b\}}", r"{{c1::a\b\}}"),
        (r"{{c1::x\\}}", r"{{c1::x\}}"),
        (r"`{{c1::x\}}`", r"<code>{{c1::x\}}</code>"),
        (r"{{c1::x\}}}", r"{{c1::x}<!-- -->}}"),
        (r"{{c1::a\}}b}}", r"{{c1::a}<!-- -->}b}}"),
        (r"{{c1::x\}} and {{c2::{a}}}", r"{{c1::x\}} and {{c2::{a}<!-- -->}}"),
        (r"The {{c1::beginning::its hint\}} begins", r"The {{c1::beginning::its hint\}} begins"),
        ("{{c1::a { `b::c`::hint}}", "{{c1::a { <code>b:<!-- -->:c</code>::hint}}"),
    ],
)
def test_cloze(text: str, stored: str) -> None:
    assert _cloze(text) == stored


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{{c1::a", "`{{c1::` is never closed by `}}`"),
        ("{{c1::}}", "the deletion c1 hides nothing"),
        ("{{c1:: ::hint}}", "the deletion c1 hides nothing"),
        ("{{c0::a}}", "a deletion's number must be 1 to 499, not 0"),
        ("{{c500::a}}", "a deletion's number must be 1 to 499, not 500"),
        ("{{c1::a {{c2::b}} c}}", "a deletion stands inside another one"),
    ],
)
def test_cloze_faults(text: str, message: str) -> None:
    assert [fault.message for fault in cloze.scan(text)[1]] == [message]


@pytest.mark.parametrize(
    "text",
    [
        "{{c1::- a\n- b}}",
        "{{c1::a\n\nb}}",
        "*a {{c1::b* c}}",
        "[a](<https://b.c/{{c1::d}}>)",
        "![{{c1::a}}](a.png)",
        "[{{c1::a](https://b.c) d}}",
        "{{c1::*a::b*}}",
        "{{c1::${}}${::hint}}",
        "{{c1::$$::$}}$",
    ],
)
def test_cloze_that_anki_can_not_hide(text: str) -> None:
    deletions, faults = cloze.scan(text)
    assert faults == []
    assert not cloze.is_whole(cloze.finish(_html(cloze.mark(text, deletions))), len(deletions))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("![a](b.png) [c](d)", [("image", "b.png"), ("link", "d")]),
        ("![a][r]\n\n[r]: b%20c.png", [("image", "b c.png")]),
        ("`![a](b.png)` <x@y.z>", [("link", "mailto:x@y.z")]),
        ("plain", []),
    ],
)
def test_references(text: str, found: list[tuple[str, str]]) -> None:
    assert list(events.references(text)) == found


_AROUND_DELETIONS = st.sampled_from(
    ["{{c1::", "{{c2::a}}", "{{c3::b::hint}}", "{{c0::a}}", "{{c500::a}}", "{{c1234::a}}", "{{c1:: }}", "{{c", "{{cat}}",
     *"\\`${}: a", "::", "}}", "{{", "::::", "}}}", "$x$", "`x`", "中"]
)  # fmt: skip


@settings(max_examples=1000)
@given(st.lists(_AROUND_DELETIONS, max_size=12))
def test_plain_deletions_are_those_of_the_full_way(pieces: list[str]) -> None:
    text = "".join(pieces)
    plain = cloze._plain(text)
    assert plain is None or (plain, []) == cloze._scan(text)


@given(
    st.lists(
        _AROUND_DELETIONS | st.sampled_from(["*", "**", "\n\n", "[", "](a)", "- ", "&", "\n[x]: "]),
        max_size=12,
    )
)
def test_a_text_without_elements_is_whole_when_it_is_so_with_one(pieces: list[str]) -> None:
    text = "".join(pieces)
    deletions, _ = cloze.scan(text)
    html = cloze.finish(_html(cloze.mark(text, deletions)))
    assert cloze.is_whole(html, len(deletions)) == cloze.is_whole(f"{html}<br>", len(deletions))


@given(
    st.sampled_from(["a", "{{c1::b}}", "\u4e2d"]),
    st.lists(st.sampled_from([*"-#=!:.;,?'\"()[]{}<&~+>", " ", "  ", "1.", "2)", "http://a.b", "c@d.e", "{{c1::", "}}", "::", "\u4e2d", "\u00a0"]), max_size=12),
    st.booleans(),
)  # fmt: skip
def test_a_plain_line_is_read_as_after_a_paragraph_with_marks(
    begins: str, pieces: list[str], cloze: bool
) -> None:
    """Which takes the way through the library."""
    before, text = "*x*\n\n", f"{begins}{''.join(pieces)}".rstrip(" ")
    assert as_read(text, cloze) == as_read(before + text, cloze)[len(before) :]


_BEGINS = st.sampled_from(
    ["", "a", "1", "1.", "12)", "é", "中", "*b", "**c", "***d", "`e", "``", "```f", "_g", ">h", "#", "+i", "(j", "“k", "-", "*", "{\x021:", "**{\x0212:"]
)  # fmt: skip
_GOES_ON = st.sampled_from(
    [*" *_`~^|{}()!#+-=>:.'\"\u201d\u00a0\u3000\u2028", "**", "***", "``", " - ", "1. ", "word", "中文", "-> ", "https://a.b", "~2~", "{漢|かん}",
     "{\x021:", "}\x03", ":\x04:", "{\x022:a}\x03", "[a](https://b.c/d?e=f%20#g_h-i)", "[*a*](http://b_c_)", "[sound:a](https://b)", "!", "\n", "\n\n", "\n- ", "\n- a", "\n\n- "]
)  # fmt: skip
_NOT_SIMPLE = st.sampled_from(
    ["\\", "\\\\(", "[sound:a.mp3]", "[a](b)", "[a](javascript:b)", "![a](a.png)", "<b>", "<a@b.c>", "&amp;", "&#91;sound:a", "$x$", "\n", "\n\n", "\n---\n", "\t", "\x02"]
)  # fmt: skip


def _ways(text: str) -> tuple[str | None, str]:
    """The HTML of a text the short way, if there is one, and the full way."""
    hidden = notations.hide(text)
    return markdown._simple(hidden), markdown._full(text, hidden, FILES.get)


@settings(max_examples=1000)
@given(
    _BEGINS, st.lists(_GOES_ON | st.text(max_size=4), max_size=12), st.just("") | _NOT_SIMPLE, st.lists(_GOES_ON, max_size=3)
)  # fmt: skip
def test_a_simple_line_has_the_html_of_the_full_way(
    begins: str, goes_on: list[str], other: str, ends: list[str]
) -> None:
    short, full = _ways(begins + "".join(goes_on) + other + "".join(ends))
    assert short in (None, full)


def _texts() -> Iterator[str]:
    """All texts of the decks and cases in the tests, and of the shipped deck."""
    root = Path(__file__).parents[2]
    for path in sorted([*root.glob("tests/**/*.yaml"), *root.glob("cards_source/**/*.yaml")]):
        with suppress(yaml.YAMLError, UnicodeDecodeError):
            for event in yaml.parse(path.read_text(encoding="utf-8")):
                if isinstance(event, yaml.ScalarEvent):
                    yield event.value


def test_the_texts_of_all_decks_have_the_html_of_the_full_way() -> None:
    ways = [_ways(text) for text in _texts()]
    assert [(short, full) for short, full in ways if short not in (None, full)] == []
    assert sum("<ul>" in (short or "") or "<a " in (short or "") for short, _ in ways) > 10
    assert sum("<em>" in (short or "") or "<code>" in (short or "") for short, _ in ways) > 20
