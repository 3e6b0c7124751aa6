"""What templates of a deck's own make of texts that are harmless alone: Anki shows both as one text."""

from __future__ import annotations

import json

import pytest

from tests.conftest import Project
from tests.own_deck import DECK, PIXEL, write_type

DESCRIBED = """\
fields: {A: other, B: other}
templates: [{name: "Card", front: front.html, back: back.html}]
"""
CLOZE = """\
kind: cloze
fields: {A: cloze, B: other}
templates: [{name: "Card", front: front.html, back: back.html}]
"""


def _codes(project: Project, front: str, first: str, second: str, described: str = DESCRIBED) -> list[str]:
    project.write("geo/deck.yaml", DECK)
    card = {"id": "one", "type": "own", "fields": {"A": first, "B": second or "x"}}
    project.write("geo/cards.yaml", json.dumps({"cards": [card]}))
    project.write("geo/media/frame.png", "").write_bytes(PIXEL)
    side = "{{cloze:A}} {{B}}" if described is CLOZE else "{{A}} {{B}}"
    write_type(project, "own", described, {"front.html": front, "back.html": side})
    before = project.files()
    outcome = project.run("build", "--no-lint")
    assert (outcome.exit_code == 0) == ("K21" not in outcome.stderr), outcome.stderr
    assert outcome.exit_code == 0 or project.files() == before
    said = ("G02", "K25", "K37", "K38")  # of the title, of readings in brackets, and of speech
    return [one["code"] for one in project.findings() if one["code"] not in said]


@pytest.mark.parametrize(
    ("front", "first", "second"),
    [
        ("{{A}}(\\href{javascript:x}{y}\\)", "\\", ""),
        ("{{A}}{{B}}", "\\", "(\\href{javascript:x}{y} $x$"),
        ("{{A}}sound:https://e.com/x.mp3]", "[", ""),
        ("{{A}}{{#B}}{{B}}{{/B}}", "[", "sound:https://e.com/x.mp3]"),
        ("{{A}}tex]{{B}}", "[la", "x"),
        ("[{{A}}]", "latex", ""),
        ("[{{A}}]", "sound:https://e.com/x.mp3", ""),
        ("{{text:A}}", "<script>x()</script>", ""),
        ("{{text:A}}", "a <b onclick=x()>c", ""),
        ("{{text:text:A}}", "&amp;lt;script&amp;gt;x()", ""),
        ("{{text:A}}", "[**s**ound:https://e.com/x.mp3]", ""),
        ("{{kana:A}}", "![x[ onerror=x() ]](frame.png)", ""),
    ],
)
def test_what_acts_only_when_a_card_is_shown(project: Project, front: str, first: str, second: str) -> None:
    assert _codes(project, front, first, second) == ["K21"]


@pytest.mark.parametrize("front", ["{{cloze:A}}{{B}}", "{{text:cloze:A}}"])
def test_what_acts_only_when_a_cloze_is_shown(project: Project, front: str) -> None:
    second = "(\\href{javascript:x}{y} $x$"
    assert _codes(project, front, "{{c1::x}} <script>x()</script> \\", second, CLOZE) == ["K21"]


@pytest.mark.parametrize(
    ("front", "first", "second"),
    [
        ("{{A}} ({{B}}) [{{B}}]", "\\", "["),
        ("{{type:A}}{{hint:B}}{{text:A}}", "a < b & **c** [d] $x < y$", "x"),
        ("{{tts en_US:A}} {{furigana:A}}", "東京[とうきょう] $x^2$", "\\[x"),
        ("{{kanji:A}}", "**東京**[とうきょう] ![x [y]](frame.png)", "x"),
    ],
)
def test_texts_that_only_look_like_it(project: Project, front: str, first: str, second: str) -> None:
    assert _codes(project, front, first, second) == []
