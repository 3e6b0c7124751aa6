"""What a deck may use of its pictures and sounds is kept."""

from __future__ import annotations

import pytest

from deckgen.adopting import uses
from deckgen.adopting.foreign import ForeignField, ForeignNote, ForeignTemplate, ForeignType


def _used(text: str, front: str = "{{Front}}", css: str = "", name: str = "a b.png") -> bool:
    fields = (ForeignField("Front"),)
    kind = ForeignType("Basic", False, fields, (ForeignTemplate("Card 1", front, ""),), css)
    note = ForeignNote("g", 0, (text,), (), {0: "D"})
    return name in uses.used({name, "other.png"}, [kind], [note])


@pytest.mark.parametrize(
    "text",
    [
        '<img src="a b.png">',
        "<img src='a b.png'>",
        '<img alt="x" src = "a%20b.png">',
        '<img src="a&#32;b.png">',
        '<object data="a b.png">',
        '<video poster="a b.png">',
        '<div style="background: url(a%20b.png)">',
        "[sound:a b.png]",
        "a b.png",
    ],
)
def test_names_are_found_however_they_are_written(text: str) -> None:
    assert _used(text)
    assert _used("", front=text + "{{Front}}") or text == "a b.png"


@pytest.mark.parametrize("text", ["", "a b.jpg", "see a b.png", '<img src="b.png">'])
def test_what_no_text_names_is_not_used(text: str) -> None:
    assert not _used(text)


def test_names_in_other_forms_of_unicode_are_the_same() -> None:
    assert _used('<img src="a\u0308.png">', name="\u00e4.png")


@pytest.mark.parametrize(
    "front",
    [
        '<img src="{{Front}}.png">',
        "<img src={{Front}}>",
        "[sound:{{Front}}.mp3]",
        "<script>show(name)</script>",
    ],
)
def test_templates_that_make_up_names_may_use_all(front: str) -> None:
    assert _used("word", front=front)


def test_masks_of_anki_make_up_no_names() -> None:
    assert not _used("word", front="<script>\ntry {\n    anki.imageOcclusion.setup();\n}</script>")


def test_style_sheets_and_what_begins_with_an_underscore() -> None:
    assert _used("", css='.card { background: url("a b.png") }')
    assert _used("", name="_any.js")


@pytest.mark.parametrize(
    "text",
    ["[sound:" * 100_000, "=" * 500_000, "url(" * 100_000, '="' * 200_000, "= " * 200_000, "={" * 200_000],
)
def test_no_text_takes_long(text: str) -> None:
    """With a search of a square of its length, this would take minutes."""
    assert not _used(text, front=text)
