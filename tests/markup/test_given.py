"""HTML that learners had: what acts in it is found, and what only shows something is let through."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st
from playwright.sync_api import Browser, Route

from deckgen.adopting import tree
from deckgen.adopting.unsayable import Unsayable
from deckgen.markup import given

HARMLESS = [
    "", "a < b > c", "1 & 2 &lt;script&gt;", "<center>x</center>", "<font size=7 face='x'>x", "<b><i>x</b></i>",
    "<div id=a class='b c' data-x=1 align=left>x", "<!-- x -->", "<!--x--!>y", "<!>x", "<?xml ?>x", "</>x", "</ x>",
    "<anki-mathjax block=true>\\frac{a}{b}</anki-mathjax>", "<o:p></o:p>", "<#include <stdio.h>", "x <- y", "<br/ >",
    '<img src="a b.png" width=100%>', "<img src='a%20b.png'>", '<img src="data:image/png;base64,AAAA">', "<img>",
    "[sound:a b.mp3]", "[sound:ä.mp3]<br>", "<a href=https://example.org/?a=b&copy=1>x</a>", "<a href=#x>x</a>",
    "<a href='mailto:x@example.org'>x</a>", "<a name=x>x</a>", "\\(x^2\\) \\[\\frac{a}{b}\\]", "{{c1::<b>x</b>::hint}}",
    '<p style="font-family:\\"x\\";position:absolute;color:red">x', "<span style='color:rgb(1, 2, 3)'>x", "<table><td>x",
    "<td bgcolor=red>x", "<audio controls src=a.mp3></audio>", "<video poster=a.png><source src=a.mp4></video>", "[type:x]"[1:],
    '<div style="background:url(a.png)">x', "<p =\"x\" 'y' ;>x", "<marquee>x</marquee>", "<ruby>a<rtc>b", "<label for=x>y</label>",
]  # fmt: skip
#: What runs something or asks a host when it is shown, and tricks that hide it from some parser.
ACTING = [
    "<script>acted()</script>", "<img src=x onerror=acted()>", "<IMG SRC=x OnError=acted()>", "<img/src=x/onerror=acted()>",
    "<img src=x onerror\n=\nacted()>", "<img src='x'onerror=acted()>", "<img src=x a='>'onerror=acted()>",
    "<img src=x =onerror onerror=acted()>", "<image src=x onerror=acted()>", "<b onmouseover=acted()>x</b>",
    "<svg onload=acted()>", "<svg><script>acted()</script></svg>", "<svg/onload=acted()>", "<svg><style><img src=x onerror=acted()>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=x onerror=acted()&gt;'>",
    "<math><mtext></p><style><!--</style><img src=x onerror=acted()>", "<noscript><p title='</noscript><img src=x onerror=acted()>'>",
    "<style><img src='</style><img src=x onerror=acted()>'>", "<xmp><img src='</xmp><img src=x onerror=acted()>'>",
    "<title><a href='</title><img src=x onerror=acted()>'>", "<textarea><p title='</textarea><img src=x onerror=acted()>'>",
    "<template><img src=x onerror=acted()></template>", "<plaintext><img src=x onerror=acted()>", "<noembed><p a='</noembed><img src=x onerror=acted()>'>",
    "<listing>&lt;img onerror=acted()&gt;</listing>"[:0] + "<iframe src=https://host.test/></iframe>", "<iframe srcdoc='<script>parent.acted()</script>'></iframe>",
    "<!--><img src=x onerror=acted()>-->", "<!---><img src=x onerror=acted()>-->", "<!-- --!><img src=x onerror=acted()> -->",
    "<!-x><img src=x onerror=acted()>", "<?x><img src=x onerror=acted()>", "</x onerror><img src=x onerror=acted()>", "<![CDATA[><img src=x onerror=acted()>]]>",
    "<object data=https://host.test/x>", "<embed src=https://host.test/x>", "<link rel=stylesheet href=https://host.test/x>",
    "<base href=https://host.test/>", "<meta http-equiv=refresh content='0;https://host.test/'>", "<form action=https://host.test/><input autofocus onfocus=acted()>",
    "<input type=image src=https://host.test/x>", "<button onclick=acted()>x", "<select onfocus=acted() autofocus><option>x", "<details open ontoggle=acted()>x",
    "<marquee onstart=acted()>x</marquee>", "<body onload=acted()>", "<tr onclick=acted()><td>x", "<frameset onload=acted()>",
    "<img src=https://host.test/x>", "<img src=//host.test/x>", "<img src='\\\\host.test/x'>", "<img src='&#104;ttps://host.test/x'>", "<img src='ht\ntps://host.test/x'>",
    "<img srcset='https://host.test/x 1x'>", "<video poster=https://host.test/x></video>", "<audio src=https://host.test/x></audio>",
    "<picture><source srcset=https://host.test/x><img></picture>", "<table background=https://host.test/x><td>x", "<td background=https://host.test/x>x",
    "<p style='background:url(https://host.test/x)'>x", "<p style='background:u\\72l(https://host.test/x)'>x", "<p style=\"background:image-set('https://host.test/x' 1x)\">x",
    "<p style='background:url(&quot;//host.test/x&quot;)'>x", "<a href=javascript:acted()>x</a>", "<a href=' java\tscript:acted()'>x</a>",
    "<a href='&#x6a;avascript:acted()'>x</a>", "<a href='javascript&colon;acted()'>x</a>", "<a href='\x01javascript:acted()'>x</a>", "<area href=javascript:acted()>",
    "<a href=data:text/html,x>x</a>", "<a href=vbscript:x>x</a>", "<a ping=https://host.test/x href=#>x</a>", "[latex]x[/latex]", "[$]x[/$]", "[$$]x[/$$]",
    "[anki:play:q:0]", "[[type:Front]]", "[sound:https://host.test/x.mp3]", "[sound:../x.mp3]", "\\(\\href{javascript:acted()}{x}\\)", "\\[\\style{x}{y}\\]",
    "\\(\\require{x}\\)", "<b title='[sound:x.mp3]'>x</b>", "<b title='\\('>x</b>", "{{c1::<b title='}}'>x</b>", "{{c1::<b title='::'>x</b>}}", "<b {{c1::x}}>",
    "x<", "x</", "x<b title='", "x<b", "x<!--", "x<!", "x<img src=a.png onerror", "<b title=\"x", "<b title='x\">",
]  # fmt: skip


@pytest.mark.parametrize("html", HARMLESS)
def test_what_only_shows_something_is_let_through(html: str) -> None:
    assert given.acts(html) == []


@pytest.mark.parametrize("html", ACTING)
def test_what_acts_is_found_at_its_place(html: str) -> None:
    found = given.acts(html)
    assert found
    assert all(0 <= one.start <= one.end <= len(html) and one.message for one in found)


_TOKEN = st.sampled_from([
    "<", ">", "/", "=", '"', "'", " ", "\n", "-", "!", "?", "--", "<!--", "-->", "--!>", "<b", "<img", "src", "src=", "onerror", "onerror=acted()",
    "style", "<svg", "<style", "</style", "<td", "<tr", "<table", "<a ", "href=", "javascript:", "&#106;", "x", "<!", "<?", "</", "title=", "&lt;",
    "<math", "<p", "</p", "<li", "<select", "<o:p", "\f", "\t", "\r", "<![CDATA[", "]]>", "`", "https://host.test/x", "srcset=", "background=",
])  # fmt: skip
_HTML = st.lists(_TOKEN | st.sampled_from([*HARMLESS, *ACTING]), max_size=12).map("".join)
#: What a parser adds by itself.
_IMPLIED = {"tbody", "tr", "colgroup", "p", "br", "img", "li"}


@settings(max_examples=500)
@drawn(_HTML)
def test_a_parser_finds_no_more_in_it(html: str) -> None:
    """The tree of another parser has no element, and no attribute, that would be a fault."""
    if given.acts(html):
        return
    try:
        events = [one for one in tree.events(html) if isinstance(one, tree.Start)]
    except Unsayable:
        return
    for one in events:
        assert one.name in given.ELEMENTS | _IMPLIED or not one.name.isalnum(), html
        assert not any(name.startswith("on") for name in one.attributes), html
        assert "host.test" not in one.attributes.get("src", ""), html


@settings(max_examples=300)
@drawn(_HTML, _HTML)
def test_two_texts_that_do_nothing_do_nothing_side_by_side(one: str, two: str) -> None:
    if not given.acts(one) and not given.acts(two) and not any(mark in one + two for mark in "[\\"):
        assert given.acts(one + two) == []


@pytest.mark.no_cover  # giants, as in test_hostile.py
def test_it_takes_no_longer_than_a_text_is_long() -> None:
    for piece in (
        "<",
        "<b>",
        "<b on=x>",
        "<!---->",
        "[latex]",
        "<b ",
        "<b a='",
        "<!--",
        "[sound:",
        "<img src=",
        "\\(",
        "{{c1::",
        "<a href=x",
        "&#",
        "url(",
    ):
        html = piece * (200_000 // len(piece))
        started = time.process_time()
        given.acts(html)
        given.files(html)
        assert time.process_time() - started < 5, piece


@pytest.mark.parametrize(
    ("html", "names"),
    [
        ("<img src=a.png> [sound:b c.mp3] <img alt=x SRC='d%20e.png'>", ["a.png", "b c.mp3", "d%20e.png"]),
        ('<img src="a&amp;b.png"><video poster=c.png>', ["a&b.png", "c.png"]),
        ("<p style='background:url(\"a.png\")'>", ["a.png"]),
        ("<img src=https://host.test/x.png> <a href=a.png>", []),
        ("<img src=a.png", ["a.png"]),
    ],
)
def test_files_are_found(html: str, names: list[str]) -> None:
    assert sorted(one.name for one in given.files(html)) == sorted(names)
    assert given.with_files(html, lambda _: None) == html
    renamed = given.with_files(html, lambda name: f"new-{names.index(name)}" if name in names else None)
    assert renamed.count("new-") == len(names)


_SHOW = """
html => {
  window.done = []
  window.acted = () => window.done.push('acted')
  for (const around of ['<div>*</div>', '<table>*</table>', '<table><tr>*</tr></table>', '<span title="x">*</span>*']) {
    const box = document.createElement('div')
    document.body.append(box)
    box.innerHTML = around.replaceAll('*', () => html)
    for (const one of box.querySelectorAll('*')) {
      for (const name of one.getAttributeNames()) if (name.startsWith('on')) window.done.push(name)
      if (one.href && /^(javascript|data|vbscript):/i.test(one.href)) window.done.push(one.href)
      if (['SCRIPT', 'IFRAME', 'OBJECT', 'EMBED', 'FORM', 'STYLE', 'svg', 'math', 'BASE', 'META', 'LINK'].includes(one.nodeName))
        window.done.push(one.nodeName)
    }
  }
  return window.done
}
"""


def test_in_a_browser_nothing_acts_that_is_let_through(chromium: Browser) -> None:
    """And most of what is refused does act there, so that this test can fail."""
    page = chromium.new_page()
    asked: list[str] = []

    def answer(route: Route) -> None:
        asked.append(route.request.url)
        route.fulfill(status=200, content_type="text/html", body="")

    page.route("**/*", answer)
    page.goto("https://own.test/")

    def acts(html: str) -> list[Any]:
        asked.clear()
        done = page.evaluate(_SHOW, html)
        page.wait_for_timeout(20)
        return [*done, *(url for url in asked if "host.test" in url)]

    for html in HARMLESS:
        assert acts(html) == [], html
    assert sum(bool(acts(html)) for html in ACTING if "refresh" not in html) > len(ACTING) // 2

    @settings(max_examples=60, deadline=None)
    @drawn(_HTML)
    def nothing_acts(html: str) -> None:
        if not given.acts(html):
            assert acts(html) == []

    nothing_acts()
