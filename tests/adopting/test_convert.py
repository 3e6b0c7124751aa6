"""A field's HTML becomes Markdown that looks the same, or stays HTML with a reason; never anything else."""

from __future__ import annotations

import pytest

from deckgen.adopting.convert import Html, Markdown, render, to_markdown
from deckgen.adopting.look import Look, look_of, raw_fields

BREAKS = Look(breaks=True)

#: HTML as people have it in their fields, and the Markdown that we write for it.
SAID = [
    ("", ""),
    ("A plain text.", "A plain text."),
    ("a<br>b", "a\\\nb"),
    ("a<br><br>b", "a\n\nb"),
    ("a<br><br><br>b", "a\\\n\\\n\\\nb"),
    ("<br><br>a", "\\\n\\\na"),
    ("a<br />b<br>", "a\\\nb"),
    ("a<div>b</div>", "a\\\nb"),
    ("a<div><br></div><div>b<br></div>", "a\n\nb"),
    ("<div>a</div>\n<div>b</div>", "a\\\nb"),
    ("<p>a</p>\n<p>b</p>", "a\n\nb"),
    ("a  b\n c", "a b\nc"),
    ("What is a quantum?&nbsp;", "What is a quantum?"),
    ("5&nbsp;km", "5&nbsp;km"),
    ("a &lt; b &amp; c", "a < b & c"),
    ("x &lt;b&gt;", "x \\<b>"),
    ("&amp;nbsp;", "\\&nbsp;"),
    ("&#x27;q&quot;", "'q\""),
    ("<b>bold</b>, <i>italic</i>, <b><i>both</i></b>", "**bold**, *italic*, ***both***"),
    ("<strong>a</strong><em>b</em>", "**a***b*"),
    ("<b>foo </b>bar", "**foo** bar"),
    ("<b>two</b> <b>words</b>", "**two words**"),
    ("<b>a<br>b</b>", "**a**\\\n**b**"),
    ('<span style="font-weight: bold; font-style: italic">x</span>', "***x***"),
    ('<b style="font-weight: normal">x</b>', "x"),
    ('<span style="text-align: left; orphans: 2; color: inherit">x</span>', "x"),
    ("<u>one</u> <u>two words</u>", "++one++ [two words]{.u}"),
    ("<u>a: <b>b</b></u>", "[a: **b**]{.u}"),
    ("a<u>b</u>c, <s>d</s> <mark>e</mark>", "a[b]{.u}c, [d]{.s} [e]{.mark}"),
    ("x<sub>two words</sub>", "x[two words]{.sub}"),
    ("e<sup>-(a+b)</sup>", "e[-(a+b)]{.sup}"),
    ("<b>Note:</b>text", "[Note:]{.b}text"),
    ('<span style="color: rgb(255, 0, 0)">x</span>', "[x]{color=#ff0000}"),
    ('<font color="#F00">x</font><a href="https://a.b">y</a>', "[x]{color=#f00}[y](https://a.b)"),
    ('<span style="background-color: yellow; color: inherit">x y</span>', "[x y]{background=yellow}"),
    ("[x]{.u}", "[x]\\{.u\\}"),
    ("H<sub>2</sub>O, x<sup>2</sup>", "H~2~O, x^2^"),
    ("x<sub>solute&nbsp;</sub>&nbsp;= 1", "x~solute~&nbsp;&nbsp;= 1"),
    ("[A]<sup>m</sup><br>b", "[A]^m^\\\nb"),
    ("5~10~15 and x~2~", "5\\~10\\~15 and x\\~2\\~"),
    ("<ruby>東京<rt>とうきょう</rt></ruby>へ", "{東京|とうきょう}へ"),
    ("<ruby>漢<rp>(</rp><rt>かん</rt><rp>)</rp>字<rt>じ</rt></ruby>", "{漢|かん}{字|じ}"),
    ("漢字[かんじ]", "漢字[かんじ]"),
    (r"Let \(x_1 &lt; \frac{a}{b}\) be", r"Let $x_1 < \frac{a}{b}$ be"),
    (r"\( f(x) \)<br>\[a<br>+ b\]", "$f(x)$\\\n$$a + b$$"),
    ('<anki-mathjax block="true">x</anki-mathjax> y', "x y"),
    (r"costs $5 and $6, \(x\)", r"costs \$5 and \$6, $x$"),
    ("[sound:a b (1).mp3]", "![](a%20b%20%281%29.mp3)"),
    ('<img src="a b.jpg" alt="a *cat*">', "![a \\*cat\\*](a%20b.jpg)"),
    ('<img src="paste-1%20x.jpg" />', "![](paste-1%20x.jpg)"),
    ('<a href="https://a.b/c_(d)?e=f&amp;g">here</a>', "[here](<https://a.b/c_(d)?e=f&g>)"),
    ('<a href="https://a.b/c">https://a.b/c</a>', "<https://a.b/c>"),
    ("<ul><li>a</li><li>b</li></ul>", "- a\n- b"),
    ("a<ul><li>b<br><br>c</li><li><br></li><li>d</li></ul>e", "a\n\n- b\\\n  \\\n  c\n-\n- d\n\ne"),
    ("<ul><li>a</li><ul><li>b</li></ul><li>c</li></ul>", "- a\n  - b\n- c"),
    ("<ul><li>a<ol><li>b</li><li>c</li></ol></li></ul>", "- a\n  1. b\n  2. c"),
    ("<ul><li><p>a</p></li><li><p>b</p><p>c</p></li></ul>", "- a\n\n- b\n\n  c"),
    ("<blockquote>a\nb</blockquote><ul><li>c\nd</li></ul>", "> a\n> b\n\n- c\n  d"),
    ("<ul><li><br></li></ul>", "- &nbsp;"),
    ("<ul><li>a</li></ul><ul><li>b</li></ul><ul><li>c</li></ul>", "- a\n\n* b\n\n- c"),
    ("<ol><li>a</li></ol>b<ol start=2><li>c</li></ol>", "1. a\n\nb\n\n2. c"),
    ("<h2 id='x'>Title</h2>\n<p>text</p>", "## Title\n\ntext"),
    ("a<hr>b", "a\n\n---\n\nb"),
    ("<blockquote>a<br>b</blockquote>", "> a\\\n> b"),
    ("<code>a*b</code> and <code>`x`</code>", "`a*b` and `` `x` ``"),
    ("<pre><code>if x:\n    y = `1`\n</code></pre>", "```\nif x:\n    y = `1`\n```"),
    ("<pre>a<br>\n&lt;b&gt;</pre>", "```\na\n\n<b>\n```"),
    ("<table><tr><th>a</th><th>b</th></tr><tr><td>c</td><td>d|e</td></tr></table>", "| a | b |\n| --- | --- |\n| c | d\\|e |"),
    ('<table><tr><th>a</th><th style="text-align: right">b</th></tr><tr><td>c</td><td style="text-align:right">d</td></tr></table>', "| a | b |\n| --- | --: |\n| c | d |"),
    ("<table><tbody><tr><td>c</td><td>d</td></tr></tbody></table>", "|  |  |\n| --- | --- |\n| c | d |"),
    ("1. first<br>2. second", "1\\. first\\\n2\\. second"),
    ("- a<div>- b</div>", "\\- a\\\n\\- b"),
    ("1906.", "1906."),
    ("# 1 &gt; 2", "\\# 1 > 2"),
    ("2 * 3 * 4, a_b_c, *x*", "2 * 3 * 4, a_b_c, \\*x\\*"),
    ("[x](y) [z]", "\\[x](y) [z]"),
    ("`a`", "\\`a\\`"),
    (r"C:\x and \n and \*", r"C:\x and \n and \\\*"),
    ("a | b<br>--|--", "a | b\\\n--|--"),
    ("{{c1::x}}", "{{c1::x}}"),
    ("中文<br>第二行", "中文\\\n第二行"),
    ("中\n文", "中 文"),
    ("<!-- nobody sees it -->a<!---->b", "ab"),
    ('<span lang="EN-US" class="s1" data-x="1">a</span>', "a"),
    ("<section><p>a</p></section>", "a"),
]  # fmt: skip

#: Deletions, in a note type of clozes.
DELETED = [
    (
        "Recall beats {{c1::rereading}} and {{c2::x::a hint}}.",
        "Recall beats {{c1::rereading}} and {{c2::x::a hint}}.",
    ),
    ("{{c1::<b>a</b><br>b}}", "{{c1::**a**\\\nb}}"),
    ("<b>{{c1::a}}</b>", "**{{c1::a}}**"),
    ("{{c1::foo }}bar", "{{c1::foo }}bar"),
    (r"{{c1::\(\frac{a}{b} \)}}", r"{{c1::$\frac{a}{b}$}}"),
    (r"\(a {{c1::b}} c\)", r"$a {{c1::b}} c$"),
    ("<ul><li>{{c1::a}}</li><li>{{c2::b}}</li></ul>", "- {{c1::a}}\n- {{c2::b}}"),
    ("a:: b }} c", "a:: b }} c"),
]

#: What must stay HTML, and why.
REFUSED = [
    ("<h2><span style='font-weight:normal'>0</span></h2>", "words of a heading that are not bold"),
    ('<span style="color: var(--x)">x</span>', "the colour `var(--x)`"),
    ('<div style="background: red">x</div>', "the colour of more than words"),
    ('<font color="#f00" size="5">x</font>', "`size` of `<font>`"),
    ('<mark><font color="red">x</font></mark>', "words with two looks"),
    ('<span style="font-size: 20px">x</span>', "the style `font-size`"),
    ('<img src="a.jpg" width="20">', "`width` of `<img>`"),
    ('<img src="https://a.b/c.jpg">', "a picture from elsewhere"),
    ("<img src=data:image/png;base64,AAAA>", "a picture from elsewhere"),
    ('<a href="javascript:alert(1)">x</a>', "a link to `javascript:alert(1)`"),
    ("<script>alert(1)</script>", "`<script>`"),
    ('<b onclick="x()">x</b>', "a script"),
    ("<small>x</small>", "`<small>`"),
    ("<center>x</center>", "`<center>`"),
    ('<div style="text-align: center">x</div>', "the style `text-align`"),
    ('<p style="margin: 0">x</p>', "the style `margin`"),
    ("[latex]x[/latex]", "LaTeX"),
    ("[$]x", "LaTeX"),
    ("[$]\\alpha&nbsp;+ b[/$] [$$]c[/$$]", "LaTeX"),
    ("[anki:tts lang=en]x[/anki:tts]", "speech (`[anki:tts]`)"),
    (r"\(\href{x}{y}\)", r"a formula with `\href`"),
    (r"\(\nosuch{x}\)", r"a formula with `\nosuch`"),
    ("<ruby>cat<rt>dog</rt></ruby>", "a reading that is none of ours"),
    ("x<sup>2<sup>n</sup></sup>", "a subscript or superscript in another one"),
    ("<ul>text<li>a</li></ul>", "a list or table with text beside its items"),
    ("<li>a</li>", "an item without a list"),
    ("<table><tr><td>a<br>b</td></tr></table>", "a table with several lines in a cell"),
    ("<table><tr><td colspan=2>a</td></tr></table>", "`colspan` of `<td>`"),
    ("<ol type=a><li>a</li></ol>", "items with other marks"),
    ("<pre><b>a</b></pre>", "a block of code with marks in it"),
    ("<ul><li>a</li><li><p>b</p></li><li>c</li><li>d</li></ul>", "items with and without a space between them"),
    ("<h1>a<br>b</h1>", "a heading of several lines"),
    ("a\x01b", "control characters"),
    ("&nbsp;", "blanks that Anki takes for a text"),
    ('<span lang="ja">直</span>', "the language `ja`"),
    ("x" * 10_001, "a text of more than 10,000 characters"),
]  # fmt: skip

REFUSED_DELETIONS = [
    ("{{c1::a {{c2::b}} c}}", "a deletion in another one"),
    ("{{c1,2::a}}", "a deletion with the number 1,2"),
    ("{{c1::a", "a deletion that is never closed"),
    ('<img src="{{c1::a}}">', "a deletion in a tag"),
    ("<ul><li>{{c1::a</li><li>b}}</li></ul>", "a deletion that reaches over the end of something"),
]


@pytest.mark.parametrize(("html", "text"), SAID)
def test_html_of_a_field_becomes_the_markdown_that_a_person_would_write(html: str, text: str) -> None:
    found = to_markdown(html)
    assert found == Markdown(text, exact=render(text, cloze=False) == html)


@pytest.mark.parametrize(("html", "text"), DELETED)
def test_deletions_are_kept(html: str, text: str) -> None:
    found = to_markdown(html, cloze=True)
    assert found == Markdown(text, exact=render(text, cloze=True) == html)


@pytest.mark.parametrize(("html", "reason"), REFUSED)
def test_what_markdown_cannot_say_stays_html_and_says_why(html: str, reason: str) -> None:
    assert to_markdown(html) == Html(reason)


@pytest.mark.parametrize(("html", "reason"), REFUSED_DELETIONS)
def test_deletions_that_are_none_of_ours_stay_html(html: str, reason: str) -> None:
    assert to_markdown(html, cloze=True) == Html(reason)


# -- the style sheet ------------------------------------------------------------------------


def test_a_class_or_element_that_the_style_sheet_names_keeps_its_html() -> None:
    look = look_of(".card {color: black} @media print {.tone1 b, i {color: red}} #x {}")
    assert to_markdown('<span class="tone1">上</span>', look) == Markdown("[上]{.tone1}", exact=True)
    assert to_markdown('<b><span class="tone1">上</span></b>', look_of(".tone1 {}")) == Markdown(
        "**[上]{.tone1}**", exact=False
    )
    assert to_markdown('<span class="tone1"><b>上</b></span>', look_of(".tone1 {}")) == Markdown(
        "[**上**]{.tone1}", exact=False
    )
    assert to_markdown('<span class="s">a</span>', look_of(".s {}")) == Html("the look of `.s`")
    assert to_markdown('<div class="tone1">上</div>', look) == Html("the look of `.tone1`")
    assert to_markdown('<span id="x">a</span>', look) == Html("the look of `#x`")
    assert to_markdown('<span class="tone2">上</span>', look) == Markdown("上", exact=False)
    assert to_markdown("<b>a</b>", look) == Html("the look of an element that the style sheet names")
    assert to_markdown("<strong>a</strong>", look_of("strong {color: red}")) == Markdown("**a**", exact=True)


def test_code_is_coloured_by_its_language_again() -> None:
    look = look_of(".hl .k, .hl .nb {color: blue} .hl .n {} .hl .s {} .hl .s1 {} .hl .kc {color: red}")
    for text in (
        "```python\nprint('a')\nif b:\n    pass\n```",
        "```java\nint a = null;\n```",
        "```\nplain\n```",
    ):
        assert to_markdown(render(text, cloze=False) or "", look) == Markdown(text, exact=True)
    assert to_markdown('<pre>a <span class="k">b</span></pre>', look) == Html(
        "a block of code with marks in it"
    )


def test_a_class_that_a_script_may_use_keeps_its_html() -> None:
    look = look_of("", ["{{Front}}<script>hide('.secret')</script>"])
    assert to_markdown('<span class="secret">a</span>', look) == Markdown("[a]{.secret}", exact=True)
    assert to_markdown('<span class="other">a</span>', look) == Markdown("a", exact=False)


def test_fields_in_scripts_and_tags_are_known() -> None:
    templates = [
        "{{#A}}{{A}}{{/A}}<img src='{{B}}' alt=x>{{text:C}}",
        '<script>x("{{text:D}}", "{{#E}}")</script><a href={{F}}>',
    ]
    assert raw_fields(templates) == {"B", "D", "F"}


@pytest.mark.parametrize(
    ("css", "breaks"),
    [
        (".card {white-space: pre-wrap}", True),
        (".card { white-space:pre-line; }", True),
        ("pre, code {white-space: pre-wrap}", False),
        (".card {white-space: nowrap}", False),
    ],
)
def test_style_sheet_says_whether_line_breaks_are_kept(css: str, breaks: bool) -> None:
    assert look_of(css).breaks is breaks
    assert look_of("", [f"<style>{css}</style>{{{{Front}}}}"]).breaks is breaks


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("a\nb", "a\nb"),
        ("a\n\nb", "a&#10;\nb"),
        ("a<br>b", "a\nb"),
        ("1. a\n2. <b>b</b>", "1\\. a\n2\\. **b**"),
        ("a\n  b", "a\n&#32; b"),
        ("中\n文", "中&#10;文"),
    ],
)
def test_line_breaks_stay_where_the_style_sheet_shows_them(html: str, text: str) -> None:
    found = to_markdown(html, Look(breaks=True))
    assert found == Markdown(text, exact=render(text, cloze=False) == html)
