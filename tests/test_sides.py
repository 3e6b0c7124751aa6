"""What we say that Anki shows is what Anki shows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from deckgen.build import Ready, Wishes, next_lock, prepare
from deckgen.checks import Craft
from deckgen.sides import Sides, sides
from tests.conftest import Project
from tests.real_anki import Learner

ROOT = Path(__file__).parent.parent

DECK = """\
deck: memory
title: "Memory {{Question}} <b>"
source: {title: "A & B {{c1::x}}", by: "me", date: "2024", url: "https://example.org/?a=1&b=2"}
"""
#: Every kind of card, with what a template, a cloze or MathJax could trip over.
CARDS = r"""
section: "Basics <i>"
cards:
  - id: maths
    reverse: true
    q: "Is $a < b$ and `x<y>` and \\(x\\)?"
    a: "A sum:\n\n$$\\sum_{i=1}^n x_i$$\n\n![a picture](a.png) ![a sound](s.mp3)"
    note: "n **b** {{Question}} {{#Note}} {{c1::no}} [[type:Text]] [sound:x.mp3]"
  - id: typed
    typed: true
    q: "Type it: {{cloze}}"
    a: "foo *bar* & baz <x>"
  - id: clozed
    typed: true
    cloze: "A {{c1::b<x> $\\frac{a}{b^{2}}$::hint & \"q\"}} c {{c2::`std::vector`}} and {{c1::again}}"
    note: "x {{c1::no}}"
  - id: formula
    cloze: "x $a = {{c1::b < c}}$ y $d_{ {{c2::e::hh <i>}} }$ {{c1::f $g$}}, \\(no\\) {{c3::$$h$$}}"
  - id: table
    cloze: "{{c1::a}} [sound:x.mp3] {{Question}}\n\n| a | b |\n|--|:-:|\n| 1 | {{c2::two}} |"
  - id: listed
    see: [maths]
    q: "Which {{c1::ones}}?"
    list: {a: "Alpha $x$", b: "Beta\n\n    code", c: "```python\nx = 1 # :: }}\n```"}
  - id: typed-list
    typed: true
    q: "Which?"
    list: {a: "Alpha & co", b: "Beta"}
  - id: many
    cloze: "{{c3::a}} {{c2::b}} {{c1::c}} {{c4::d}}"
"""


def with_every_kind(project: Project) -> None:
    project.deck(DECK, CARDS)
    for name in ("a.png", "s.mp3"):
        project.write(f"memory/media/{name}", "x")


def shown(ready: Ready) -> Iterator[tuple[str, str, Sides]]:
    """(language, card, sides) of all Anki cards of a deck."""
    for rendered, types in next_lock(ready, 1_700_000_000)[2]:
        for note in rendered.notes:
            for one in sides(note, types):
                yield rendered.lang, note.card, one


def as_anki(html: str) -> str:
    """Our HTML where it differs from Anki's: Anki numbers the sounds of a side."""
    count = iter(range(100))
    return re.sub(r"\[sound:[^\]]+\]", lambda _: f"[anki:play:x:{next(count)}]", html)


def of_anki(html: str) -> str:
    """Anki's HTML where it differs from ours: it keeps a hidden copy of what a deletion hides."""
    html = re.sub(r' data-cloze="[^"]*"', "", html)
    return re.sub(r"\[anki:play:[qa]:", "[anki:play:x:", html)


def compare(ready: Ready, lang: str, learner: Learner) -> int:
    """Compare all cards of a language with those in a collection; gives how many."""
    count = 0
    for code, card, ours in shown(ready):
        if code == lang:
            (theirs,) = [one for one in learner.cards(card) if one.ord == ours.number - 1]
            output = theirs.render_output()
            assert as_anki(ours.front) == of_anki(output.question_text), card
            assert as_anki(ours.back) == of_anki(output.answer_text), card
            count += 1
    return count


def test_every_kind_of_card(project: Project, learner: Learner) -> None:
    with_every_kind(project)
    project.build()
    learner.import_package(project.package())
    ready, _ = prepare(Path("cards_source"), Path("output"), wishes=Wishes(craft=Craft.NONE))
    assert compare(ready[0], "", learner) == 19 == learner.col.card_count()


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_whole_shipped_deck(lang: str, learner: Learner) -> None:
    learner.import_package(ROOT / f"output/schulman-interview.{lang}.apkg")
    ready, _ = prepare(ROOT / "cards_source", ROOT / "output", wishes=Wishes(craft=Craft.NONE))
    assert compare(ready[0], lang, learner) == learner.col.card_count() > 0


def test_retired_card_shows_its_banner_although_nobody_gets_it_any_more(
    project: Project, learner: Learner
) -> None:
    with_every_kind(project)
    project.build()
    learner.import_package(project.package())
    project.edit("  - id: many\n", '  - id: many\n    retired: {since: 2026-01-31, reason: "a < b {{c}}"}\n')
    project.build()
    learner.import_package(project.package())
    ready, _ = prepare(Path("cards_source"), Path("output"), wishes=Wishes(craft=Craft.NONE))
    assert compare(ready[0], "", learner) == 19
    assert "a &lt; b" in next(one.front for _, card, one in shown(ready[0]) if card == "many")


@pytest.mark.parametrize(
    ("card", "number", "typed"),
    [("typed", 1, "foo bar & baz <x>"), ("clozed", 1, "b<x> \\(\\frac{a}{b^{2}}\\), again"), ("typed-list", 1, "Alpha & co"), ("maths", 1, "")],
)  # fmt: skip
def test_what_is_to_be_typed(project: Project, card: str, number: int, typed: str) -> None:
    with_every_kind(project)
    ready, _ = prepare(Path("cards_source"), Path("output"), wishes=Wishes(craft=Craft.NONE))
    (found,) = [one for _, name, one in shown(ready[0]) if (name, one.number) == (card, number)]
    assert found.typed == typed
