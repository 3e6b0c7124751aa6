"""Marks of templates where they would hide what acts: `<scr{{#A}}ipt>` is a script once the mark has gone."""

from __future__ import annotations

import itertools
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deckgen.markup import formulas, loads, tex
from deckgen.markup.placing import marks
from deckgen.notes.guard import acts_in_text
from deckgen.notes.template import Fault, Parts, Replacement, Section, parse
from tests.reading.test_own_types import CSS, HARM

FILES = ("frame.png",)
# Other codes tell what is not harmful. A mark within the end of a comment makes the comment longer, and hides all.
HARMFUL = [html for html, code in HARM if code in ("K27", "K28") and not html.startswith("<!--")]
HARMFUL += [f"<style>{css}</style>" for css, code in CSS if code]
HARMLESS = [html for html, code in HARM if code not in ("K27", "K28")]
MARKS = [
    "{{#A}}", "{{/A}}", "{{^A}}", "{{A}}", "{{#A}}{{/A}}", "{{#A}}x{{/A}}", "{{^A}} > {{/A}}", "{{Tags}}", "{{CardFlag}}",
    '{{#A}}"{{/A}}', "{{text:A}}", "{{ # A }}", "{{{A}}", "{{#A}}<br>{{/A}}",
]  # fmt: skip


def _acts(html: str) -> list[str]:
    """What is wrong with a side of a template."""
    found = [one.message for one in loads.in_html(html) if isinstance(one, loads.Act)]
    absent = [
        one.name for one in loads.in_html(html) if isinstance(one, loads.Load) and one.name not in FILES
    ]
    return [*found, *absent, *filter(None, [acts_in_text(html, FILES)])]


@st.composite
def sprinkled(draw: st.DrawFn) -> str:
    """A harmful piece with a mark or two at any place."""
    html = draw(st.sampled_from(HARMFUL))
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(html)))
        html = html[:at] + draw(st.sampled_from(MARKS)) + html[at:]
    return html


@given(sprinkled())
def test_what_acts_is_found_wherever_marks_are_put_into_it(html: str) -> None:
    if "<!--" in html and not _read(html):
        return  # a mark that ends in a comment is read otherwise
    assert _acts(html), html


def _read(html: str) -> bool:
    return not isinstance(parse(html), Fault)


PIECES = [
    "<", "scr", "ipt", ">", "<b", "</b>", " on", "click=", '"', "'", "x", "[sou", "nd:", "y.mp3]", "[", "latex]", "\\", "(",
    "\\href{javascript:x}{y}", "\\)", "&#9", "2;", "&", "bsol;", "<style>", "u", "rl(", "//host", ")", "</style>", "@im",
    "port 'x';", "<!--", "-->", "<img src=", "frame.png", '<p class="', '">', "=", " ", "{{A}}", "{{B}}", "{{#A}}",
    "{{/A}}", "{{^B}}", "{{/B}}", "{{#B}}", "{{Tags}}",
]  # fmt: skip


def _shown(parts: Parts, filled: dict[str, str]) -> str:
    """A side as Anki shows it, when fields have these texts."""
    shown = []
    for part in parts:
        match part:
            case str():
                shown.append(part)
            case Replacement(name=name):
                shown.append(filled.get(name, ""))
            case Section(name=name, filled=when, parts=inner):
                shown.append(_shown(inner, filled) if bool(filled.get(name)) == when else "")
    return "".join(shown)


@given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join))
def test_side_in_which_nothing_is_found_has_nothing_whatever_of_it_is_shown(html: str) -> None:
    parts = parse(html)
    if isinstance(parts, Fault) or _acts(html):
        return
    for one, two, tags in itertools.product(("", "word"), repeat=3):
        shown = _shown(parts, {"A": one, "B": two, "Tags": tags})
        # A mark in a comment is none to Anki.
        assert not [act for act in _acts(shown) if "{{" not in act], (html, shown)


@pytest.mark.parametrize(
    "html",
    [
        "<scr{{#A}}ipt>alert(1)</scr{{/A}}ipt>",
        "<{{#A}}script>{{/A}}",
        "<{{A}}script>",
        "<scr{{Tags}}ipt>",
        "</{{#A}}style>{{/A}}",
        "<style>p{background:u{{#A}}rl(//e.com/x){{/A}}}</style>",
        "<style>@im{{#A}}port 'x.css'{{/A}}</style>",
        "<img on{{#A}}error=x(){{/A}} src=frame.png>",
        '<img s{{#A}}rc="https:/{{/A}}/e.com/x">',
        "<p {{#A}}{{/A}}onclick>",
        '<p class="{{#A}}"> <b title="{{/A}}">',
        '<p style="{{#A}}color: navy{{/A}}">',
        "[sou{{#A}}nd:https://e.com/x.mp3]{{/A}}",
        "[{{#A}}latex]{{/A}}\\input{x}[/latex]",
        "\\{{#A}}x{{/A}}(\\href{javascript:x}{y}\\)",
        "\\(\\hr{{#A}}x{{/A}}ef{javascript:x}{y}\\)",
        "\\({{A}}\\)",
        "&#9{{#A}}x{{/A}}2;(\\href{javascript:x}{y}\\)",
        "&#92;{{A}}(",
        "\\<!-- -->{{A}}(",
    ],
)
def test_mark_in_the_midst_of_what_acts(html: str) -> None:
    assert _acts(html), html


@pytest.mark.parametrize(
    "html",
    [
        *HARMLESS,
        '{{#A}}<p class="big {{#B}}wide{{/B}} {{Tags}}" lang="en">{{A}}</p>{{/A}}',
        '<ruby>{{A}}<rt>{{B}}</rt></ruby> ({{A}}) "{{B}}" {{A}}&nbsp;{{B}} &amp;{{A}} a < {{B}}',
        "{{#A}}<style>p { color: navy }</style>{{/A}}",
        "<!-- {{#A}} is written no more -->",
        "{{#A}}\\(x\\){{/A}} {{B}} \\[y\\]",
        "<b>[</b>{{A}}, {{B}}] [{{A}}] [see {{B}}] &#91;{{A}}&#93;",
        '<hr id=answer>{{hint:A}}{{type:B}}<img src="frame.png">',
    ],
)
def test_marks_where_they_belong(html: str) -> None:
    assert _acts(html) == []


@given(st.lists(st.sampled_from([*PIECES, "{{", "}}", "{", "}"]), max_size=12).map("".join))
def test_marks_are_those_that_anki_reads(html: str) -> None:
    parts = parse(html)
    if isinstance(parts, tuple):

        def count(parts: Parts) -> int:
            return sum(
                0 if isinstance(part, str) else 1 if isinstance(part, Replacement) else 2 + count(part.parts)
                for part in parts
            )

        assert len(list(marks(html))) == count(parts), html


@pytest.mark.slow
@pytest.mark.no_cover  # giants, as in test_hostile.py
@pytest.mark.parametrize(
    "piece",
    [
        "\\(", "\\({", "\\({\\)}", "\\<!--", "\\(<!--", "\\<", "&#92;(", "\"\\", "'\\", "{{", "{{#A}}", "<!--", "<{{A}}", "<!-->", "<a b='", "<a b=c", "<a ", "<a", "</a ", "<style></style>", "<script><b></script>", "<svg><script>",
        "[", "&#9", "url(", '<p class="{{A}}">', '<p class="{{#A}}">', "/*", "</", "<style>", "<script>", "@a",
    ],
)  # fmt: skip
def test_many_pieces_are_read_once(piece: str) -> None:
    """Pieces that never end are not looked at again for each one before them; seconds of a processor."""
    text = piece * (200_000 // len(piece))
    before = time.process_time()
    list(loads.in_html(text))
    list(loads.in_css(text))
    list(tex.formulas(f"{text}\\)"))
    formulas.formulas([f"{text}\\)"])
    acts_in_text(text, FILES)
    assert time.process_time() - before < 10
