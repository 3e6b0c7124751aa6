"""Whatever deck of our own there is: built and adopted, it is the same source again."""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from deckgen.adopting import our_deck, ours
from deckgen.adopting.adoption import Wanted
from deckgen.adopting.report import Report
from deckgen.building.build import build
from deckgen.finding import Severity
from deckgen.reading.load import load
from tests.own_deck import PIXEL
from tests.whole.test_properties import MARKED, NO_CRAFT, TEXTS

pytestmark = pytest.mark.slow

#: A link without a word stays HTML, of which a finding says that it shows nothing.
TEXT = (MARKED | TEXTS).filter(lambda text: "\n" not in text[:1] and "[](" not in text)
#: Within a deletion, what looks like another one is told by a finding, or stays as it is.
PLAIN = TEXT.filter(lambda text: "{{" not in text)
TAGS = st.lists(st.sampled_from(["a", "b", "b::c"]), max_size=2, unique=True)
KEYS = st.lists(st.sampled_from(["one", "two", "three", "four"]), min_size=2, max_size=4, unique=True)
BOXES = st.tuples(*[st.integers(0, 49)] * 2, *[st.integers(1, 50)] * 2).map(list)
MASKS = st.sampled_from(["rect", "ellipse"])

DECK = """\
deck: any
seed: abcd2345
title: "Any"
tags: [a, b, "b::c"]
"""
LAND = """\
fields: {Land: question, Town: answer, Remark: note}
note: Remark
templates:
  - {name: "One", front: one.html, back: back.html}
  - {name: "Two", front: two.html, back: back.html}
"""
SIDES = {
    "one.html": "{{#Town}}{{Land}}?{{/Town}} {{Land}}",
    "two.html": "{{#Town}}<p>{{Town}}</p>{{/Town}}",
    "back.html": "{{FrontSide}} {{Land}} {{Town}} {{Remark}}",
}


@st.composite
def entries(draw: st.DrawFn) -> dict[str, Any]:
    """A card of any kind, still without an id."""
    kind = draw(st.sampled_from(["qa", "cloze", "list", "own", "masks"]))
    card: dict[str, Any] = {"tags": draw(TAGS)}
    if draw(st.booleans()):
        card["deck"] = draw(st.sampled_from(["Below", "Below::Deep", "Beside"]))
    if draw(st.integers(0, 4)) == 0:
        card["retired"] = {"since": "2023-01-31", "reason": draw(st.sampled_from(["Over", "a: b & <c>"]))}
    if kind == "qa":
        card |= {"q": draw(TEXT), "a": draw(TEXT), "reverse": draw(st.booleans())}
    elif kind == "cloze":
        card["cloze"] = f"{draw(PLAIN)} {{{{c1::{draw(PLAIN)}}}}} and {{{{c2::x::{draw(PLAIN)}}}}}"
    elif kind == "list":
        card |= {"q": draw(TEXT), "list": {key: draw(TEXT) for key in draw(KEYS)}}
    elif kind == "own":
        card |= {"type": "land", "fields": {"Land": draw(TEXT), "Town": draw(st.just("") | TEXT)}}
    else:
        masks = {key: {draw(MASKS): draw(BOXES)} for key in draw(KEYS)}
        card |= {
            "q": draw(TEXT),
            "occlude": "pixel.png",
            "masks": masks,
            "hide": draw(st.sampled_from(["all", "one"])),
        }
    if draw(st.booleans()):
        card["note"] = draw(TEXT)
    if kind != "own" and draw(st.booleans()):
        card["hint"] = draw(TEXT)
    return card


def write(folder: Path, cards: Sequence[Mapping[str, Any]], section: str) -> None:
    (folder / "deck.yaml").write_text(DECK, encoding="utf-8")
    (folder / "media").mkdir(exist_ok=True)
    (folder / "media" / "pixel.png").write_bytes(PIXEL)
    (folder / "media" / "x.png").write_bytes(PIXEL + b"x")
    (folder / "media" / "a.mp3").write_bytes(b"a")
    types = folder / "note_types" / "land"
    types.mkdir(parents=True, exist_ok=True)
    (types / "note_type.yaml").write_text(LAND, encoding="utf-8")
    for name, side in SIDES.items():
        (types / name).write_text(side, encoding="utf-8")
    head: dict[str, Any] = {"section": section} if section else {}
    text = yaml.safe_dump(head | {"cards": [*cards]}, sort_keys=False, width=10**6)
    (folder / "cards.yaml").write_text(text, encoding="utf-8")


def built(folder: Path, cards: Sequence[Mapping[str, Any]], section: str, now: int) -> Path | None:
    """The package of those cards that have no errors."""
    source, output = folder / "source", folder / "output"
    (source / "any").mkdir(parents=True)
    left = [{"id": f"card-{number}", **card} for number, card in enumerate(cards)]
    while left:
        write(source / "any", left, section)
        found = build(source, output, now=now, wishes=NO_CRAFT).findings
        bad = {one.card for one in found if one.severity is Severity.ERROR}
        if not bad:
            return output / "any.apkg"
        assert bad != {""}, found
        left = [card for card in left if card["id"] not in bad]
    return None


def adopted(package: Path, decks: Path, now: int) -> Report:
    decks.mkdir()
    with ours.read(package) as found:
        return our_deck.adopt(decks, found, Wanted("any", now))


def fields(package: Path) -> dict[str, str]:
    """The HTML of all fields of the notes in a package, by card."""
    with ours.read(package) as found:
        return {note.id: "".join(note.fields.values()) for note in found.notes}


def members(package: Path) -> dict[str, bytes]:
    """All that learners get."""
    with zipfile.ZipFile(package) as found:
        return {
            name: found.read(name) for name in found.namelist() if name != "deck.lock" and "lock" not in name
        }


# A smaller example is not worth minutes of looking for it.
@settings(max_examples=60, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(st.lists(entries(), min_size=1, max_size=8), st.sampled_from(["", "A & B", "Ann · One"]))
def test_any_deck_comes_back_the_same(cards: list[dict[str, Any]], section: str) -> None:
    now = 1_700_000_000
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        package = built(folder, cards, section, now)
        if package is None:
            return
        before, _ = load(folder / "source" / "any")
        report = adopted(package, folder / "again", now + 1)
        assert report.notes == []
        # Blanks that Markdown drops beside elements: their notes are told.
        odd = {card for card, html in fields(package).items() if "\xa0" in html or "  " in html}
        told = {
            remark.partition(": ")[2]
            for remark in report.folders[0].remarks
            if "next build changes" in remark
        }
        changed = {name for names in told for name in names.split(", ")}
        assert changed <= odd
        result = build(folder / "again", folder / "output-again", now=now + 2, wishes=NO_CRAFT)
        assert [one for one in result.findings if one.severity is Severity.ERROR] == []
        (done,) = result.packages
        assert (done.changes.new, {*done.changes.changed}, done.changes.note_types) == ((), changed, ())
        if not changed:
            assert members(folder / "output-again" / "any.apkg") == members(package)
        after, _ = load(folder / "again" / "any")
        assert before is not None
        assert after is not None
        # A retired card has no place among those that are studied.
        studied = [[card.id.value for card in deck.cards if not card.retired] for deck in (before, after)]
        assert studied[0] == studied[1]
        there = {card.id.value: card for card in after.cards}
        for card in before.cards:
            again = there[card.id.value]
            assert {tag.value for tag in again.tags} == {tag.value for tag in card.tags}
            assert (again.kind, again.reverse, again.deck) == (card.kind, card.reverse, card.deck)
