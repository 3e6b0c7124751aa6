"""Tags that lie below others, from deck.yaml to the tree that Anki shows."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deckgen.deck import Card
from deckgen.reading.keys import MAX_TAG, is_name, is_tag, tag_hint
from deckgen.written import File, Text
from tests.conftest import Project
from tests.real_anki import Learner

DECK = """\
deck: rivers
title: "Rivers"
tags: {region::coast: "By the sea", region::hill::steep: "Up there", size: "How large"}
"""
CARDS = """\
tags: [region::coast]
cards:
  - {id: one, q: "Which one?", a: "This one."}
  - {id: two, q: "Which two?", a: "These two.", tags: [size, region::hill::steep]}
  - {id: three, q: "Which three?", a: "Those three.", tags: [region::coast]}
"""


def _paths(node: Any, above: str = "") -> set[str]:
    found = set()
    for child in node.children:
        path = f"{above}::{child.name}" if above else child.name
        found |= {path, *_paths(child, path)}
    return found


def test_anki_shows_them_as_a_tree_below_the_key(project: Project, learner: Learner) -> None:
    project.deck(DECK, CARDS).build()
    learner.import_package(project.package("rivers.apkg"))
    assert _paths(learner.col.tags.tree()) == {
        "rivers", "rivers::region", "rivers::region::coast", "rivers::region::hill",
        "rivers::region::hill::steep", "rivers::size",
    }  # fmt: skip
    assert len(learner.col.find_notes("tag:rivers::region::hill")) == 1
    assert len(learner.col.find_notes("tag:rivers::region")) == 3
    learner.is_sound()


def test_tag_below_another_is_not_taken_for_its_neighbour(project: Project) -> None:
    project.deck(DECK, CARDS)
    hints = {}
    for tag in ("region::coats", "region::delta", "regoin::coast"):
        project.edit("tags: [size, region::hill::steep]", f"tags: [{tag}]")
        (found,) = project.findings()
        hints[tag] = found["hint"]
        project.edit(f"tags: [{tag}]", "tags: [size, region::hill::steep]")
    assert hints == {
        "region::coats": "did you mean `region::coast`?",
        "region::delta": "add it to `tags:` in deck.yaml, where each tag stands by itself",
        "regoin::coast": "did you mean `region::coast`?",
    }


def test_the_one_above_need_not_be_declared_but_then_no_card_has_it(project: Project) -> None:
    project.deck(DECK, CARDS)
    assert project.codes() == []
    project.edit("tags: [size, region::hill::steep]", "tags: [region]")
    assert project.codes() == ["M09"]
    project.edit("size:", "region:", "memory/deck.yaml")
    assert project.codes() == []


def test_a_retag_is_delivered_and_learners_cards_stay(project: Project, learner: Learner) -> None:
    project.deck(DECK, CARDS).build()
    learner.import_package(project.package("rivers.apkg"))
    learner.study("Rivers", 3)
    before = learner.progress()
    project.edit("tags: [size, region::hill::steep]", "tags: [size]")
    project.build()
    log = learner.import_package(project.package("rivers.apkg"))
    assert (log.new, log.updated, log.duplicate) == (0, 1, 2)
    assert learner.note("two").tags == ["rivers::region::coast", "rivers::size"]
    assert learner.progress() == before


def test_stats_count_what_a_search_for_a_tag_finds(project: Project) -> None:
    project.deck(DECK.replace("tags: {", 'tags: {region: "Where", '), CARDS)
    (stats,) = json.loads(project.run("stats", "--format", "json").stdout)["decks"]
    assert stats["tags"] == {"region": 3, "region::coast": 3, "region::hill::steep": 1, "size": 1}


def test_a_tag_with_many_below_it_is_not_rare(project: Project) -> None:
    cards = "".join(
        f'  - {{id: c{n}, q: "Which is number {n}?", a: "The {n}th.", tags: [region::part{n % 4}]}}\n'
        for n in range(12)
    )
    parts = ", ".join(f"region::part{n}" for n in range(4))
    project.deck(f"deck: rivers\ntitle: Rivers\ntags: [region, {parts}]\n", f"cards:\n{cards}")
    assert "M10" not in project.all_codes()
    project.edit("tags: [region, ", "tags: [region, other, ", "memory/deck.yaml")
    assert project.all_codes().count("M10") == 1


def test_cards_that_share_a_tag_above_theirs_hang_together(project: Project) -> None:
    cards = "".join(
        f'  - {{id: c{n}, q: "Which is number {n}?", a: "The {n}th.", tags: [{tag}]}}\n'
        for n, tag in enumerate([*["size"] * 10, "region::a", "region::b"])
    )
    project.deck(
        "deck: rivers\ntitle: Rivers\ntags: [size, region::a, region::b, other]\n", f"cards:\n{cards}"
    )
    assert "M11" not in project.all_codes()
    project.edit("tags: [region::b]", "tags: [other]")
    assert project.all_codes().count("M11") == 2


@pytest.mark.parametrize(
    ("tag", "fits"),
    [
        ("a", True), ("a::b", True), ("a-b::c2", True), ("a::b::c", True), ("", False), ("::", False), ("a::", False),
        ("::a", False), ("a::::b", False), ("a:b", False), ("a:::b", False), ("A::b", False), ("a:: b", False),
        ("::".join(["a" * 64] * 3), True), ("::".join(["a" * 64] * 4), False), ("a" * 65, False),
    ],
)  # fmt: skip
def test_a_tag_is_names_with_colons_between_them(tag: str, fits: bool) -> None:
    assert is_tag(tag) is fits


@given(st.text(max_size=300) | st.lists(st.text(max_size=70), max_size=6).map("::".join))
def test_the_hint_names_a_tag_that_is_one(text: str) -> None:
    parts = text.split("::")
    assert is_tag(text) is (all(map(is_name, parts)) and len(text) <= MAX_TAG)
    hint = tag_hint(text)
    if "such as" in hint:
        near = hint.split("`")[-2]
        assert all(map(is_name, near.split("::")))


@given(st.lists(st.lists(st.sampled_from("abc"), min_size=1, max_size=4).map("::".join), max_size=4))
def test_a_card_is_found_by_its_tags_and_those_above(tags: list[str]) -> None:
    file = File("cards.yaml")
    card = Card(Text("one", file), {}, tags=tuple(Text(tag, file) for tag in tags))
    starts = {tag[: at + 1] for tag in tags for at in range(len(tag)) if tag[at + 1 : at + 3] in ("", "::")}
    assert card.found_by == {start for start in starts if not start.endswith(":")}


ADOPTED = DECK.replace("tags: {", "adopted: true\ntags: {Geo::Küste_1: Sea, '#AK::雨': Rain, leech: Hard, ")


def _adopted(project: Project, cards: str) -> None:
    """An adopted deck; without a lock that knows its package it would be refused (R22, R23)."""
    project.deck(ADOPTED, cards)
    project.lock().write_text('deckgen-lock 1\ndeck rivers\n\npackage - 1 - "Rivers"\n', encoding="utf-8")


def test_an_adopted_deck_ships_its_tags_as_they_are(project: Project, learner: Learner) -> None:
    project.deck(DECK, CARDS).build()
    cards = CARDS.replace("tags: [size, region::hill::steep]", "tags: [Geo::Küste_1, '#AK::雨']")
    _adopted(project, cards)
    assert project.codes() == []
    project.edit('a: "Those three."', 'a: "Those.", retired: {since: "2026-01-31", reason: "Wrong."}')
    project.build()
    learner.import_package(project.package("rivers.apkg"))
    assert learner.note("two").tags == ["#AK::雨", "Geo::Küste_1", "region::coast"]
    assert learner.note("three").tags == ["region::coast", "rivers::retired"]


@pytest.mark.parametrize(
    ("tag", "fits"),
    [
        ("A", True), ("a::::b", True), ("::a", True), ("a/b&c", True), ("👩\u200d🔬", True), ("a" * 1_000, True),
        ("retired", True), ("a" * 1_001, False), ("a b", False), ("a\u3000b", False), ("", False),
        ("Rivers::retired", False), ("rivers::retired::x", False),
    ],
)  # fmt: skip
def test_an_adopted_deck_has_tags_as_anki_takes_them(project: Project, tag: str, fits: bool) -> None:
    project.deck(f"deck: rivers\ntitle: Rivers\nadopted: true\ntags: ['{tag}']\n", CARDS)
    project.edit("tags: [region::coast]\ncards", "cards")
    project.edit(", tags: [region::coast]", "")
    project.edit("tags: [size, region::hill::steep]", f"tags: ['{tag}']")
    assert ("K04" not in project.codes()) is fits


def test_the_hint_for_an_unlisted_tag_asks_for_no_other_name(project: Project) -> None:
    _adopted(project, CARDS)
    project.edit("tags: [size, region::hill::steep]", "tags: [Wetter_9]")
    (found,) = (one for one in project.findings() if one["code"] == "M09")
    assert found["hint"] == "add it to `tags:` in deck.yaml"
