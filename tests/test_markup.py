"""Markdown and cloze deletions, case by case: what the author types, what Anki stores."""

from __future__ import annotations

import pytest

from deckgen.markup import cloze, markdown

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
        ("10. ten", '<ol start="10">\n<li>ten</li>\n</ol>'),
        ("10.5 is a number", "10.5 is a number"),
        ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>"),
        ("a\n\nb", "<p>a</p>\n<p>b</p>"),
        ("a  \nb", "a<br>\nb"),
        ("\u4e2d\u6587\n\u4e2d\u6587\nabc\n\u4e2d", "\u4e2d\u6587\u4e2d\u6587\nabc\n\u4e2d"),
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
    assert list(markdown.references(text)) == found
