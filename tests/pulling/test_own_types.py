"""Edits of notes of the deck's own types come home, in several languages, and with keys such as `q:`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import BILINGUAL_YAML, Project
from tests.own_deck import write_type
from tests.pulling.test_pull import Ann, commit
from tests.pulling.test_pull import cards as memory

pytestmark = pytest.mark.slow

DECK = 'deck: geo\ntitle: {en: "Geography", zh: "地理"}\nlanguages: [en, zh]\ntags: [west]\n'
FACT = """\
q: Front
a: Back
fields: {Front: question, Back: answer, "Map": other, Why so: note, No: other}
templates:
  - {name: "Forth", front: front.html, back: back.html}
  - {name: "Map", front: map.html, back: back.html}
"""
GAP = """\
kind: cloze
cloze: Text
note: Remark
fields: {Text: cloze, Remark: note}
templates: [{name: "Gap", front: gap.html, back: gap.html}]
"""
CARDS = """\
cards:
  - id: paris            # the capital
    tags: [west]
    en: {q: "Capital of France?", a: "Paris"}
    zh: {q: "法国的首都？", a: "巴黎"}
  - id: nile
    type: fact
    fields: {Map: "M1"}
    en:
      fields:
        Front: "Longest river?"
        Back: 'The Nile'   # by most
    zh:
      q: "最长的河？"
      a: "尼罗河"
  - id: seine
    en: {cloze: "{{c1::Paris}} lies on the {{c2::Seine}}."}
    zh:
      cloze: "{{c1::巴黎}}在{{c2::塞纳河}}上。"
      note: >-
        一条河
"""


@pytest.fixture
def facts(project: Project) -> Project:
    project.write("geo/deck.yaml", DECK)
    project.write("geo/cards.yaml", CARDS)
    sides = {
        "front.html": "{{Front}}\n",
        "map.html": "{{#Map}}{{Map}}{{/Map}}\n",
        "back.html": "{{Back}} {{Why so}} {{No}}\n",
    }
    write_type(project, "fact", FACT, sides)
    write_type(project, "gap", GAP, {"gap.html": "{{cloze:Text}} {{Remark}}\n"})
    project.build()
    commit(project)
    return project


@pytest.fixture
def ann(facts: Project, tmp_path: Path) -> Iterator[Ann]:
    somebody = Ann(facts, tmp_path / "ann")
    with somebody.learner:
        yield somebody


def cards(project: Project) -> str:
    return (project.root / "cards_source/geo/cards.yaml").read_text(encoding="utf-8")


def test_fields_that_a_card_did_not_have(facts: Project, ann: Ann) -> None:
    """A card that has only `q` and `a` gets `type:` and `fields:` where one of its other fields is filled."""
    ann.get("geo.en.apkg")
    ann.learner.study("Geography", 10)
    ann.edit("paris", Back="Paris, on the Seine", **{"Why so": "since <b>987</b>"})
    ann.edit("nile", Back="the Nile", Map="M2", **{"Why so": "by most"})
    ann.edit("seine", Text="{{c1::Paris}} lies upon the {{c2::Seine}}.", Remark="a river")
    assert ann.pulled()["findings"] == []
    assert cards(facts) == (
        CARDS.replace("tags: [west]\n", "tags: [west]\n    type: fact\n", 1)
        .replace('a: "Paris"}', 'a: "Paris, on the Seine", fields: {Why so: "since **987**"}}')
        .replace("'The Nile'   # by most\n", "'the Nile'   # by most\n        Why so: \"by most\"\n")
        .replace('"M1"', '"M2"')
        .replace('lies on the {{c2::Seine}}."', 'lies upon the {{c2::Seine}}.", note: "a river"')
    )
    assert ann.pulled()["files"] == []
    before = ann.learner.progress()
    assert ann.build_and_get("geo.en.apkg") == (0, 0)
    assert ann.learner.progress() == before
    assert ann.pulled()["files"] == []
    waiting = [one for one in facts.all_findings() if one["code"] == "B12"]
    assert {(one["card"], one["lang"]) for one in waiting} == {
        ("paris", "zh"),
        ("nile", "zh"),
        ("seine", "zh"),
    }


def test_the_second_language_alone(facts: Project, ann: Ann) -> None:
    ann.get("geo.zh.apkg")
    ann.edit("paris", Back="巴黎市", **{"Why so": "自987年"})
    ann.edit("nile", Back="<b>尼罗河</b>", **{"Why so": "据说"})
    ann.edit("seine", Text="{{c1::巴黎}}在{{c2::塞纳河}}边上。", Remark="一条大河")
    assert ann.pulled()["findings"] == []
    assert cards(facts) == (
        CARDS.replace("tags: [west]\n", "tags: [west]\n    type: fact\n", 1)
        .replace('a: "巴黎"}', 'a: "巴黎市", fields: {Why so: "自987年"}}')
        .replace('a: "尼罗河"\n', 'a: "**尼罗河**"\n      fields: {Why so: "据说"}\n')
        .replace("塞纳河}}上", "塞纳河}}边上")
        .replace("一条河", "一条大河")
    )
    assert ann.build_and_get("geo.zh.apkg") == (0, 0)
    assert ann.pulled()["files"] == []
    assert "B12" not in facts.all_codes()


def test_both_languages_of_one_learner(facts: Project, ann: Ann) -> None:
    """What both have in common is written once; the same edit of it in both languages is one."""
    ann.get("geo.en.apkg")
    ann.get("geo.zh.apkg")
    for lang, capital in (("Front:*river*", "Front:*France*"), ("Front:*河*", "Front:*法国*")):
        ann.edit("nile", f'"{lang}"', Map="M2")
        ann.edit("paris", f'"{capital}"', No="5")
    assert ann.pulled()["findings"] == []
    assert cards(facts) == (
        CARDS.replace('"M1"', '"M2"')
        .replace("tags: [west]\n", "tags: [west]\n    type: fact\n", 1)
        .replace('a: "Paris"}', 'a: "Paris", fields: {"No": "5"}}')
        .replace('a: "巴黎"}', 'a: "巴黎", fields: {"No": "5"}}')
    )
    for lang in ("en", "zh"):
        assert ann.build_and_get(f"geo.{lang}.apkg") == (0, 0)
    assert ann.pulled()["files"] == []


def test_what_would_ask_more_in_one_language_is_a_conflict(project: Project, tmp_path: Path) -> None:
    """No build would take it (B07). With `--theirs` the author says that the other language will follow."""
    text = """\
cards:
  - id: spacing
    en: {cloze: "Reviews {{c1::apart}} beat one."}
    zh: {cloze: "{{c1::间隔}}复习更好。"}
  - id: one
    en: {q: "One?", a: "Yes."}
    zh: {q: "一？", a: "是。"}
"""
    project.deck(BILINGUAL_YAML.replace("tags: [basics]\n", ""), text).build()
    ann = Ann(project, tmp_path / "ann")
    with ann.learner:
        ann.get("memory.en.apkg")
        ann.edit("spacing", Text="{{c2::Reviews}} {{c1::apart}} beat one.")
        ann.edit("one", Answer="Yes, one.")
        (finding,) = ann.pulled(code=1)["findings"]
        assert (finding["code"], finding["card"], "B07" in finding["message"]) == ("P01", "spacing", True)
        assert memory(project) == text.replace("Yes.", "Yes, one.")
        assert "B07" not in project.codes()
        assert ann.build_and_get("memory.en.apkg") == (0, 0)
        ann.pull("--theirs", "spacing")
        assert "{{c2::Reviews}}" in memory(project)
        assert "B07" in project.codes()
        project.edit("复习更好", "{{c2::复习}}更好")
        assert ann.build_and_get("memory.en.apkg") == (0, 0)
        assert ann.pulled()["files"] == []


def test_a_common_field_of_one_language_and_a_text_of_the_other_come_home(facts: Project, ann: Ann) -> None:
    for lang in ("en", "zh"):
        ann.get(f"geo.{lang}.apkg")
    ann.edit("nile", '"Front:*river*"', Map="M2")
    ann.edit("nile", '"Front:*河*"', Back="尼罗河，据说")
    assert ann.pulled()["findings"] == []
    assert cards(facts) == CARDS.replace('"M1"', '"M2"').replace("尼罗河", "尼罗河，据说")
    assert ann.pulled()["files"] == []
