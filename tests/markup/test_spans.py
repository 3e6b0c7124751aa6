"""`[words]{.u}`: any look for words, and what stays as typed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deckgen.markup import events
from deckgen.markup.markdown import to_html

SHOWN = [
    ("[any *words* here]{.u}!", "<u>any <em>words</em> here</u>!"),
    ("[a]{.s} [b]{.mark} x[n + 1]{.sup} y[i, j]{.sub}", "<s>a</s> <mark>b</mark> x<sup>n + 1</sup> y<sub>i, j</sub>"),
    ("[Note:]{.b}text [a]{.i}b", "<strong>Note:</strong>text <em>a</em>b"),
    ("[中]{.tone1}[国]{.tone2}", '<span class="tone1">中</span><span class="tone2">国</span>'),
    ("[a]{color=red} [b]{background=#ff0}", '<span style="color: red">a</span> <span style="background-color: #ff0">b</span>'),
    ("[a [b](https://c.d) [e]{.s}]{.u}", '<u>a <a href="https://c.d">b</a> <s>e</s></u>'),
    ("**[a]{.u}**b *[c]{.u}*", "<strong><u>a</u></strong>b <em><u>c</u></em>"),
    ("[$[0,1)$ and `[`]{.u}", r"<u>\([0,1)\) and <code>[</code></u>"),
    ("[a\nb]{.u}", "<u>a\nb</u>"),
    ("| [a]{.u} | b |\n|---|---|\n| c | d |", "<table>\n<tr><th><u>a</u></th><th>b</th></tr>\n<tr><td>c</td><td>d</td></tr>\n</table>"),
]  # fmt: skip
TYPED = [
    "[a]{u}", "[a]{.}", "[a]{.1}", "[a] {.u}", "a]{.u}", "[a]{.u", "[a]{color=red;x}", "[a]{color=url(x)}", "[a]{.u onclick=x}",
]  # fmt: skip


@pytest.mark.parametrize(("text", "html"), SHOWN)
def test_words_get_a_look(text: str, html: str) -> None:
    assert to_html(text, str) == html


@pytest.mark.parametrize("text", TYPED)
def test_what_is_no_span_is_shown_as_typed(text: str) -> None:
    assert to_html(text, str) == text


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("\\[a]{.u}", "[a]{.u}"),
        ("[a *b]{.u} c*", "[a <em>b]{.u} c</em>"),
        ("[a\n\nb]{.u}", "<p>[a</p>\n<p>b]{.u}</p>"),
        (
            "`[a]{.u}` $[b]{.u}$ ![[c]{.u}](d.png)",
            r'<code>[a]{.u}</code> \([b]{.u}\) <img src="d.png" alt="[c]{.u}">',
        ),
        ("```\n[a]{.u}\n```", '<pre class="hl"><code>[a]{.u}\n</code></pre>'),
    ],
)
def test_spans_stay_as_typed_in_code_and_across_other_marks(text: str, html: str) -> None:
    assert to_html(text, str) == html


def test_checks_read_the_words_alone() -> None:
    read = "".join(piece or "" for _, piece in events.words("a [b c]{.tone1} d"))
    assert read.replace("\x1f", "") == "a b c d"
    assert len(read) == len("a [b c]{.tone1} d")


@given(st.lists(st.sampled_from(["[", "]", "]{.u}", "]{.t}", "]{color=red}", "*", "`", "$", "a", " ", "\n", "\n\n", "](b)", "<", "\\", "- ", "|"])).map("".join))  # fmt: skip
def test_no_placeholder_is_left_over(text: str) -> None:
    html = to_html(text, str)
    assert not set(html) & set("\x1c\x1d\x1e\x7f")
    for name in ("u>", "span"):
        assert html.count(f"<{name}") == html.count(f"</{name}")


def test_a_table_without_headings_has_no_row_for_them() -> None:
    assert to_html("|  |  |\n|---|---|\n| a | b |", str) == "<table>\n<tr><td>a</td><td>b</td></tr>\n</table>"
