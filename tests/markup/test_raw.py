"""Texts that are HTML: what may stand in them is shipped as it is meant, all else is a fault with its place."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deckgen.markup import loads, raw
from deckgen.markup.notations import COVER
from deckgen.notes import guard


def _shipped(html: str) -> str:
    return raw.to_html(html, lambda name: name)


def _words(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", html)).split())


#: What Anki's editor makes, in its own form.
ALLOWED = [
    "<b>b</b> <i>i</i> <u>u</u> <s>s</s> x<sup>2</sup> H<sub>2</sub>O",
    "<div>one</div><div>two<br></div>",
    '<span style="color: rgb(255, 0, 0);">red</span> <font color="#ff0000">old red</font>',
    '<span style="background-color: rgba(255, 255, 0, 0.5); font-family: \'Noto Serif\', serif">marked</span>',
    '<ul><li>a</li><li>b<ol start="3"><li value="7">c</li></ol></li></ul>',
    "<table><tbody><tr><th>a</th></tr><tr><td colspan=\"2\" style=\"text-align: center\">b</td></tr></tbody></table>",
    '<img src="x.png"> <img src="x.png" alt="a &quot;b&quot;" width="20" height="10">',
    '<a href="https://example.org/?a=1&amp;b=2#c">link</a> <a href="mailto:a@b.org">mail</a>',
    "<pre>a  b\n c</pre> <code>x &lt; y &amp;&amp; z</code>",
    "<ruby>東京<rp>(</rp><rt>とうきょう</rt><rp>)</rp></ruby>",
    "<hr><h1>1</h1><h2>2</h2><h3>3</h3><h4>4</h4><h5>5</h5><h6>6</h6><blockquote><p>said</p></blockquote>",
    "<p>a&nbsp;b &gt; c</p> [sound:x.mp3] \\(a &lt; b\\) {{x}} ¬ &amp;amp;",
    '<div class="a-b c" lang="zh-Hant" dir="rtl">text</div><dl><dt>t</dt><dd>d</dd></dl>',
]  # fmt: skip


@pytest.mark.parametrize("html", ALLOWED)
def test_what_anki_makes_is_shipped_byte_for_byte(html: str) -> None:
    assert raw.faults(html) == []
    assert _shipped(html) == html


@pytest.mark.parametrize(
    ("typed", "shipped"),
    [
        ("<B CLASS=x>a</B>", '<b class="x">a</b>'),
        ("a < b & c &lt; d > e", "a &lt; b &amp; c &lt; d &gt; e"),
        ("<br/>x<br />", "<br>x<br>"),
        ("<ul><li>a<li>b</ul>", "<ul><li>a</li><li>b</li></ul>"),
        ("<table><tr><td>x</table>", "<table><tbody><tr><td>x</td></tr></tbody></table>"),
        ("<p>a\n<p>b\n", "<p>a\n</p><p>b\n</p>"),
        ("<b>never closed", "<b>never closed</b>"),
        ("<a href='https://a.b/?x=1&copy=2'>x</a>", '<a href="https://a.b/?x=1&amp;copy=2">x</a>'),
        ("&eacute;&#x4e2d;", "é中"),
        ("<pre>\nx</pre>", "<pre>x</pre>"),
        ("1 <3 and <- and a<1", "1 &lt;3 and &lt;- and a&lt;1"),
    ],
)
def test_what_means_the_same_may_be_written_in_another_way(typed: str, shipped: str) -> None:
    assert raw.faults(typed) == []
    assert _shipped(typed) == shipped
    assert "".join(_words(shipped).split()) == "".join(_bare(typed).split())


#: What is refused, and where: the characters that the finding marks.
REFUSED = [
    ("a <script>alert(1)</script>", "<script>"),
    ("<svg><style><img src=x onerror=alert(1)></style></svg>", "<svg>"),
    ("<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=alert(1)&gt;\">", "<math>"),
    ("<b onclick=go()>x</b>", "onclick=go()"), ("<b ONCLICK='go()'>x</b>", "ONCLICK='go()"),
    ("<iframe src=//a.b></iframe>", "<iframe src=//a.b>"), ("<base href=//a.b/>", "<base href=//a.b/>"),
    ("<form action=x><input></form>", "<form action=x>"), ("<meta http-equiv=refresh>", "<meta http-equiv=refresh>"),
    ("<style>b{}</style>", "<style>"), ("<link rel=stylesheet href=x>", "<link rel=stylesheet href=x>"),
    ("<details open>x</details>", "<details open>"), ("<video src=x>", "<video src=x>"), ("<template>x</template>", "<template>"),
    ("<b id=answer>x</b>", "id=answer"), ("<img src=x.png srcset='//a.b 2x'>", "srcset='//a.b 2x"),
    ("<img src='//a.b/x.png'>", "src='//a.b/x.png"), ("<img src='https://a.b/x.png'>", "src='https://a.b/x.png"),
    ("<img src='data:image/png;base64,x'>", "src='data:image/png;base64,x"), ("<img src='..%2Fx.png'>", "src='..%2Fx.png"),
    ("<img alt=x>", "<img alt=x>"), ("<img src=a.png src=b.png>", "src=a.png"),
    ("<a href='javascript:x'>x</a>", "href='javascript:x"), ("<a href='java&#10;script:x'>x</a>", "href='java&#10;script:x"),
    ("<a href='&#x6a;avascript&colon;x'>x</a>", "href='&#x6a;avascript&colon;x"), ("<a href=' https://a.b'>x</a>", "href=' https://a.b"),
    ("<a href='//a.b'>x</a>", "href='//a.b"), ("<a href='#x'>x</a>", "href='#x"), ("<a href=x.html>x</a>", "href=x.html"),
    ("<b style='background:url(//a.b)'>x</b>", "style='background:url(//a.b)"),
    ("<b style='background-color: u\\72l(//a.b)'>x</b>", "style='background-color: u\\72l(//a.b)"),
    ("<b style='position: fixed'>x</b>", "style='position: fixed"), ("<b style='display:none'>x</b>", "style='display:none"),
    ("<b style='color: red; width: expression(x)'>x</b>", "style='color: red; width: expression(x)"),
    ("<b style='color: var(--x)'>x</b>", "style='color: var(--x)"), ("<b style='color: red/* x */'>x</b>", "style='color: red/* x */"),
    ("a <!-- b --> c", "<!-- b -->"), ("a <!-- b", "<!-- b"), ("<!doctype html>x", "<!doctype html>"), ("<?xml?>x", "<?xml?>"),
    ("<![CDATA[x]]>", "<![CDATA[x]]>"), ("a </> b", "</>"), ("a </ b> c", "</ b>"), ("x</b>", "</b>"), ("<b><i>x</b></i>", "</i>"),
    ("<b/>x", "<b/>"), ("a<b", "<b"), ("\\(a<b\\)", "<b\\)"), ("<b a'>x", "<b a'>"), ("<b class=\"x>y", '<b class="x>'), ("</br>", "</br>"),
    ("<b class=a.b>x</b>", "class=a.b"), ("<ol start=x><li>a</li></ol>", "start=x"), ("<image src=x.png>", "<image src=x.png>"),
    ("write </body> here", "</body>"), ("a </center> b", "</center>"), ("</foo-bar>", "</foo-bar>"), ("<b>a</o:p></b>", "</o:p>"),
    *((f"<p style='{css}'>x</p>", f"style='{css}") for css in ("margin-top:-500px", "margin: 0 -9px", "text-indent:-9999px", "font-size: 0", "font-size:0.0px", "line-height:0", "font: 0/1 serif", "max-height: 0", "height:0")),
    ("[latex]x[/latex]", "["), ("a [$]x[/$]", "["), ("[anki:tts lang=en_US]x[/anki:tts]", "["), ("[[type:x]]", "["),
    ("<img src=x.png alt='[sound:x.mp3]'>", "alt='[sound:x.mp3]"), ("<img src=x.png alt='\\(x\\)'>", "alt='\\(x\\)"),
    ("<img src=x.png alt='{{c1::x}}'>", "alt='{{c1::x}}"), ("<img src=x.png alt='a &lt;b&gt;'>", "alt='a &lt;b&gt;"),
    ("&#91;sound:x.mp3]", "&"), ("[&#115;ound:x.mp3]", "["),
]  # fmt: skip


@pytest.mark.parametrize(("html", "marked"), REFUSED, ids=[html for html, _ in REFUSED])
def test_what_may_not_stand_there_is_named_with_its_place(html: str, marked: str) -> None:
    first = raw.faults(html)[0]
    assert html[first.start : first.end] == marked
    assert first.hint


@pytest.mark.parametrize(
    "html",
    [
        "<p><div>a</div></p>", "<table>a<tr><td>b</table>", "<td>x</td>", "<p><ul><li>x</ul></p>",
        "<p>a<p><h1>x</h1></p>", "<table><b>x</b></table>", "<table><caption>x<tr><p>y</table>", "<tr><b>x</b></tr>",
        "a &#31 b", "a &#1 b",
    ],
)  # fmt: skip
def test_what_a_browser_reads_otherwise_is_refused(html: str) -> None:
    assert raw.faults(html)


def test_depth_and_length_have_their_limits() -> None:
    assert raw.faults("<b>" * raw.MAX_DEPTH + "x") == []
    assert "50 elements" in raw.faults("<b>" * 3_000)[0].message
    assert "50 elements" in raw.faults("<b><p>x" * 1_000)[0].message


@pytest.mark.parametrize(
    ("html", "shown"),
    [
        ("<b>bold</b> word", "bold word"), ("a&amp;b&nbsp;c", "a&b\u00a0c"), ("x <code>if a: b</code> y", "x O y"),
        ("<ruby>東京<rt>とうきょう</rt></ruby>で", "東京で"), ("a [sound:x.mp3] \\(x^2\\) b", "a  O b"),
        ("a   \n   b", "a b"), ("<p>a</p><p>b</p>", "\na\n\nb"), ("<img src=x.png alt=words>", ""),
    ],
)  # fmt: skip
def test_words_are_read_at_their_places(html: str, shown: str) -> None:
    read = raw.as_read(html, "O")
    assert len(read) == len(html)
    assert read.replace(COVER, "").rstrip("\n") == shown


#: What texts that are put together by chance consist of.
PIECES = [
    *(f"<{name}>" for name in (*raw.ELEMENTS, "script", "svg", "math", "style", "title", "select", "option", "noscript", "plaintext",
                               "textarea", "iframe", "template", "foreignObject", "mglyph", "annotation-xml", "frameset", "body")),
    *(f"</{name}>" for name in (*raw.ELEMENTS, "svg", "style", "math", "title")),
    '<a href="https://a.b/">', "<a href='javascript:x'>", '<img src="x.png">', "<img src=//a.b/x onerror=y>", '<b style="color: red">',
    "<p style='background: url(//a.b)'>", "<b class=x", '"', "'", ">", "<", "=", "/", "<!--", "-->", "--!>", "<![CDATA[", "]]>", "&lt;", "&#60;",
    "&amp;", "&notin", "&#x0;", "\\(", "\\)", "\\href{https://a.b}{x}", "[sound:", "[sound:x.mp3]", "[latex]", "&#91;", "]", "{{c1::", "}}", "::", "\n", "\t", " ", "\u00a0", "\u2028",
]  # fmt: skip
_TEXTS = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=5)), max_size=12).map("".join)


@given(_TEXTS)
def test_whatever_is_shipped_is_harmless_and_stays_as_it_is(html: str) -> None:
    """Without a fault: the guard passes it, it loads no host, a second cleaning changes nothing, all words are there."""
    html = "".join(one for one in html if one.isprintable() or one in "\n\t\u00a0\u2028")
    read = raw.as_read(html, "O")
    assert len(read) == len(html)
    shipped = _shipped(html)
    if raw.faults(html):
        return
    assert raw.cleaned(shipped) == shipped
    assert raw.faults(shipped) == []
    # It takes any address in a text for one that may be loaded, also between tags.
    tags = "".join(re.findall("<[^>]*>", shipped))
    acts: Any = [one for one in loads.in_html(tags) if isinstance(one, loads.Act)]
    assert [one for one in acts if "names no" not in one.message] == []
    told = guard._acts(shipped, {"x.png", "x.mp3"})
    # Formulas have their own rules, and media that are not there.
    assert (
        not told
        or ("which leads out" in told and "src=" in told)
        or "[sound:" in told
        or told.startswith("`\\")
    ), told
    assert "".join(_words(shipped).split()) == "".join(_bare(html).split())


def _bare(html: str) -> str:
    """What stands between the tags of a text without faults."""
    return unescape("".join(re.split(r"<(?:/?[A-Za-z](?:\"[^\"]*\"|'[^']*'|[^'\">])*)>", html)))
