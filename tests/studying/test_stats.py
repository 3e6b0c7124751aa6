"""Counts and lengths: numbers counted by hand, tables for people, JSON for programs."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deckgen.terminal import columns, fill, shorten, visible
from tests.conftest import BILINGUAL_CARDS, BILINGUAL_YAML, Project

ROOT = Path(__file__).parents[2]

DECK = """\
deck: memory
title: "Memory"
speakers: {ebbinghaus: "Hermann Ebbinghaus", host: "A host"}
tags: {basics: "What all else builds on", time: "When to review", unused: "Nothing yet"}
"""

CARDS = """\
section: "Forgetting"
tags: [basics]
cards:
  - id: curve
    speaker: ebbinghaus
    hedged: true
    source: {section: "02"}
    q: "Whose curve of forgetting is the oldest?"
    a: "That of Hermann Ebbinghaus."
    note: "He learnt syllables without sense by heart."
  - id: unit
    source: {section: "02"}
    reverse: true
    q: "What is an engram?"
    a: "A trace of memory."
  - id: gaps
    tags: [time]
    cloze: "Recall beats {{c1::rereading}} and {{c2::highlighting}}, and {{c1::copying}} too."
  - id: gone
    retired: {since: "2026-01-31", reason: "Wrong."}
    q: "Which card was given up some time ago?"
    a: "This one, with an answer of nine words altogether."
"""

MORE = """\
cards:
  - id: stages
    q: "Which stages does a memory pass through?"
    list: {encoding: "Encoding", storage: "Long storage", retrieval: "Retrieval"}
"""


@pytest.fixture
def deck(project: Project) -> Project:
    project.deck(DECK, CARDS)
    project.write("memory/more.yaml", MORE)
    return project


def numbers(project: Project, *arguments: str) -> dict[str, Any]:
    outcome = project.run("stats", "--format", "json", *arguments)
    assert outcome.exit_code == 0, outcome.stderr
    (found,) = json.loads(outcome.stdout)["decks"]
    assert isinstance(found, dict)
    return found


def test_numbers_counted_by_hand(deck: Project) -> None:
    kinds = {"qa": 2, "cloze": 1, "list": 0}
    question = {"what": "question", "unit": "words", "count": 3, "median": 7, "nine_tenths": 7, "longest": 7}
    assert numbers(deck) == {
        "deck": "memory",
        "title": {"": "Memory"},
        "cards": 4,
        "retired": 1,
        "hedged": 1,
        "kinds": {"qa": 2, "cloze": 1, "list": 1},
        "sections": [
            {"name": {"": "Forgetting"}, "cards": 3, "kinds": kinds},
            {"name": {}, "cards": 1, "kinds": {"qa": 0, "cloze": 0, "list": 1}},
        ],
        "subdecks": [],
        "tags": {"basics": 3, "time": 1, "unused": 0},
        "speakers": {"ebbinghaus": 1, "host": 0},
        "source": {"text_at_hand": False, "sections": {"02": 2}},
        "languages": [
            {
                "lang": "",
                "package": "memory.apkg",
                "cards": 4,
                "anki_cards": 1 + 2 + 2 + 3,
                "lengths": [
                    {**question, "card": "curve", "warning": 25, "error": 40, "above": 0},
                    _row("answer", [4, 4], "curve", 30, 50),
                    _row("item", [1, 1, 2], "stages", 30, 50),
                    _row("cloze", [8], "gaps", 30, None),
                    _row("note", [7], "curve", 80, None),
                ],
            }
        ],
    }


def _row(what: str, sizes: list[int], card: str, warning: int, error: int | None) -> dict[str, object]:
    middle = sizes[(len(sizes) - 1) // 2]
    row = {"what": what, "unit": "words", "count": len(sizes), "median": middle, "nine_tenths": sizes[-1]}
    return {**row, "longest": sizes[-1], "card": card, "warning": warning, "error": error, "above": 0}


def test_anki_makes_as_many_cards_as_a_build_writes(deck: Project) -> None:
    anki_cards = numbers(deck)["languages"][0]["anki_cards"]
    assert f", {anki_cards} cards: " in deck.build().stdout


def test_limits_and_what_is_above_are_those_of_check(deck: Project) -> None:
    deck.write("memory/deck.yaml", DECK + "lint: {L02: {limit: [1, 3]}, C06: {limit: 5}, L04: off}\n")
    above = {row["what"]: row["above"] for row in numbers(deck)["languages"][0]["lengths"]}
    assert above == {"question": 0, "answer": 2, "item": 1, "cloze": 1, "note": 0}
    codes = deck.all_codes()
    assert codes.count("L02") == above["answer"] + above["item"]
    assert codes.count("C06") == above["cloze"]


def test_options_of_a_question_do_not_count_as_in_check(project: Project) -> None:
    project.deck(
        cards='cards:\n  - id: one\n    tags: [time]\n    q: "Which one is it?\\n\\nA. this one\\n\\nB. that one"\n    a: "A"\n'
    )
    assert numbers(project)["languages"][0]["lengths"][0]["longest"] == 4


def test_chinese_is_measured_in_characters(project: Project) -> None:
    project.deck(BILINGUAL_YAML, BILINGUAL_CARDS)
    found = numbers(project)
    assert found["sections"] == [
        {
            "name": {"en": "Basics", "zh": "基础"},
            "cards": 2,
            "kinds": {"qa": 1, "cloze": 0, "list": 1},
        }
    ]
    answers = {one["lang"]: one["lengths"][1] for one in found["languages"]}
    assert [(row["unit"], row["longest"], row["warning"]) for row in answers.values()] == [
        ("words", 4, 30),
        ("characters", 9, 48),
    ]
    only = numbers(project, "--lang", "zh")
    assert [one["package"] for one in only["languages"]] == ["memory.zh.apkg"]
    assert only["title"] == {"zh": "记忆"}


def test_cards_in_one_language_count_only_there(project: Project) -> None:
    project.deck(BILINGUAL_YAML, BILINGUAL_CARDS)
    project.edit("  - id: stages\n", "  - id: stages\n    only: [en]\n")
    project.edit(
        '    zh: {q: "哪些阶段？", list: {encoding: "编码", storage: "储存"}}\n',
        "",
    )
    assert {one["lang"]: one["cards"] for one in numbers(project)["languages"]} == {"en": 2, "zh": 1}
    assert numbers(project, "--lang", "zh")["cards"] == 1


def test_a_deck_without_languages_may_have_texts_in_both_units(project: Project) -> None:
    project.deck(
        cards='tags: [time]\ncards:\n  - {id: one, q: "Why so?", a: "For this."}\n  - {id: two, q: "为什么？", a: "因为。"}\n'
    )
    rows = [(row["what"], row["unit"], row["longest"]) for row in numbers(project)["languages"][0]["lengths"]]
    assert rows == [
        ("question", "words", 2),
        ("question", "characters", 3),
        ("answer", "words", 2),
        ("answer", "characters", 2),
    ]
    assert "  question (characters)  " in project.run("stats").stdout


def test_with_the_text_at_hand_sections_without_cards_are_counted(deck: Project) -> None:
    (deck.root / "text.md").write_text("01\n\nOne.\n\n02\n\nTwo.\n", encoding="utf-8")
    source = 'source: {title: "Lecture", file: "../../text.md"}\n'
    deck.write("memory/deck.yaml", DECK + source)
    assert numbers(deck)["source"] == {"text_at_hand": True, "sections": {"01": 0, "02": 2}}
    assert "not at hand" not in deck.run("stats").stdout


def test_text_for_people(deck: Project) -> None:
    assert deck.run("stats").stdout == (
        "memory  Memory\n"
        "4 notes: 2 questions, 1 cloze, 1 list; 1 hedged; besides 1 retired\n"
        "memory.apkg: 4 notes, 8 cards\n"
        "\n"
        "notes by section\n"
        f"  Forgetting        3  {'█' * 24}\n"
        f"  (no section)      1  {'█' * 8}\n"
        "\n"
        "notes by tag\n"
        f"  basics      3  {'█' * 24}\n"
        f"  time        1  {'█' * 8}\n"
        "  unused      0\n"
        "\n"
        "notes by speaker\n"
        f"  ebbinghaus      1  {'█' * 24}\n"
        "  host            0\n"
        "\n"
        "notes by section of the source; its text is not at hand, so sections without notes are not known\n"
        f"  02      2  {'█' * 24}\n"
        "\n"
        "lengths in memory, in words\n"
        "           texts  median  90 %  longest  limits  above  0 to limit  the longest\n"
        "  question     3       7     7        7  25, 40      0   ▄█         curve\n"
        "  answer       2       4     4        4  30, 50      0   █          curve\n"
        "  item         3       1     2        2  30, 50      0  █           stages\n"
        "  cloze        1       8     8        8      30      0    █         gaps\n"
        "  note         1       7     7        7      80      0  █           curve\n"
    )


def test_columns_line_up_with_chinese(project: Project) -> None:
    project.deck(BILINGUAL_YAML, BILINGUAL_CARDS)
    project.write(
        "memory/more.yaml",
        BILINGUAL_CARDS.replace("id: ", "id: more-").replace("基础", "Basics 的基础"),
    )
    lines = project.run("stats", "--lang", "zh").stdout.splitlines()
    rows = lines[lines.index("notes by section") + 1 :][:2]
    assert len({columns(row[: row.index("█")]) for row in rows}) == 1


def test_words_of_an_author_reach_no_terminal_as_they_are(project: Project) -> None:
    project.deck('deck: memory\ntitle: "A\\u2028B"\ntags: [time, basics]\n')
    assert project.run("stats").stdout.startswith("memory  A\\u2028B\n")


def test_deck_whose_cards_are_all_retired(project: Project) -> None:
    project.deck(
        cards='cards:\n  - id: one\n    retired: {since: "2026-01-31", reason: "Wrong."}\n    q: "Why so?"\n    a: "For this."\n'
    )
    found = numbers(project)
    assert (found["cards"], found["retired"], found["sections"]) == (0, 1, [])
    assert found["languages"][0] == {
        "lang": "", "package": "memory.apkg", "cards": 0, "anki_cards": 0, "lengths": []
    }  # fmt: skip
    outcome = project.run("stats", "--plot")
    assert (outcome.exit_code, outcome.stdout.splitlines()[1]) == (0, "0 notes: besides 1 retired")
    assert not (project.root / "output").exists()


def test_errors_are_shown_as_build_shows_them(deck: Project) -> None:
    deck.edit("tags: [time]", "tags: [tiem]")
    before = deck.files()
    outcome = deck.run("stats", "--plot")
    assert (outcome.exit_code, outcome.stdout) == (1, "")
    built = deck.run("build", "--no-lint").stderr.removesuffix("nothing was written\n")
    assert outcome.stderr == built
    assert deck.files() == before


def test_a_card_that_is_too_long_is_no_error_here(deck: Project) -> None:
    deck.edit("That of Hermann Ebbinghaus.", "word " * 60)
    assert numbers(deck)["languages"][0]["lengths"][1]["above"] == 1


def test_unknown_language_and_deck(deck: Project) -> None:
    outcome = deck.run("stats", "--lang", "fr")
    assert (outcome.exit_code, "no deck has the language `fr`" in outcome.stderr) == (1, True)
    outcome = deck.run("stats", "french")
    assert (outcome.exit_code, "no deck folder french" in outcome.stderr) == (2, True)


def test_several_decks(deck: Project) -> None:
    deck.write("other/deck.yaml", 'deck: other\ntitle: "Other"\ntags: [basics]\n')
    deck.write("other/cards.yaml", MORE)
    assert [one["deck"] for one in json.loads(deck.run("stats", "--format", "json").stdout)["decks"]] == [
        "memory",
        "other",
    ]
    assert "\n\n\nother  Other\n1 note: 1 list\n" in deck.run("stats").stdout


@given(st.text(max_size=60), st.integers(min_value=1, max_value=50))
def test_words_are_cut_to_columns(words: str, most: int) -> None:
    shown = visible(words)
    cut = shorten(shown, most)
    assert columns(cut) <= most
    assert cut == shown or cut.endswith("…")
    assert columns(fill(cut, most)) == most


def test_document_shows_the_real_output_and_names_every_key(project: Project) -> None:
    name = "schulman-interview"
    shutil.copytree(ROOT / "cards_source" / name, project.root / "cards_source" / name)
    text = (ROOT / "docs/study.md").read_text(encoding="utf-8")
    shown = re.search(r"```console\n\$ deckgen stats --lang en\n(.*?)```", text, re.DOTALL)
    assert shown is not None
    position, real = 0, project.run("stats", "--lang", "en").stdout
    for block in shown[1].split("…\n"):
        position = real.index(block, position) + len(block)
    found = json.loads(project.run("stats", "--format", "json").stdout)["decks"][0]
    language = found["languages"][0]
    keys = {*found, *found["source"], *found["sections"][0], *language, *language["lengths"][0]}
    assert {key for key in keys if f"`{key}`" not in text} == set()
