"""A translation waits for an edit when the first language changed, until it is edited or confirmed."""

from __future__ import annotations

import re

import pytest

from tests.conftest import BILINGUAL_CARDS, BILINGUAL_YAML, Project


@pytest.fixture
def deck(project: Project) -> Project:
    project.deck(BILINGUAL_YAML, BILINGUAL_CARDS).build()
    assert waiting(project) == []
    return project


def waiting(project: Project) -> list[tuple[str, str, str]]:
    return [
        (finding["card"], finding["lang"], finding["message"])
        for finding in project.all_findings()
        if finding["code"] == "B12"
    ]


STALE = [("spacing", "zh", "the question changed in `en`, and not in `zh`")]


def test_it_waits_also_after_the_next_builds(deck: Project) -> None:
    deck.edit("Why space reviews?", "Why does spacing work?")
    assert waiting(deck) == STALE
    deck.build()
    deck.build()
    assert waiting(deck) == STALE
    deck.edit("为什么要", "为何")
    assert waiting(deck) == []
    deck.build()
    assert waiting(deck) == []
    assert " of=" not in deck.lock().read_text(encoding="utf-8")


def test_it_names_every_part_that_changed(deck: Project) -> None:
    deck.edit("Fading memory gains most.", "What fades gains most.")
    deck.edit('storage: "Storage"', 'storage: "Keeping"')
    assert [message for *_, message in waiting(deck)] == [
        "the answer changed in `en`, and not in `zh`",
        "the list changed in `en`, and not in `zh`",
    ]


def test_it_may_be_confirmed(deck: Project) -> None:
    before = deck.files()
    outcome = deck.run("confirm", "spacing", "--lang", "zh")
    assert (outcome.exit_code, deck.files()) == (2, before)
    assert "`zh` of the card `spacing` does not wait for an edit" in outcome.stderr
    deck.edit("Why space reviews?", "Why does spacing work?")
    for build_first in (False, True):
        if build_first:
            deck.edit("Why does spacing work?", "Why does spacing help?")
            deck.build()
        assert waiting(deck) == STALE
        outcome = deck.run("confirm", "spacing", "--lang", "zh")
        assert outcome.stdout == "edited cards_source/memory/deck.lock\n"
        assert waiting(deck) == []
        deck.build()
        assert waiting(deck) == []


def test_a_new_change_after_a_confirmation_counts(deck: Project) -> None:
    deck.edit("Why space reviews?", "Why does spacing work?")
    deck.run("confirm", "spacing", "--lang", "zh")
    deck.edit("Why does spacing work?", "Why is spacing good?")
    assert waiting(deck) == STALE


def test_marks_blanks_and_capitals_ask_nothing_of_a_translator(deck: Project) -> None:
    deck.edit("Fading memory gains most.", "Fading  memory *gains* MOST!")
    assert waiting(deck) == []


def test_taking_a_change_back_is_enough(deck: Project) -> None:
    deck.edit("Why space reviews?", "Why does spacing work?")
    deck.build()
    deck.edit("Why does spacing work?", "Why space reviews?")
    assert waiting(deck) == []


def test_edits_of_both_in_one_build_wait_for_nothing(deck: Project) -> None:
    deck.edit("Why space reviews?", "Why does spacing work?")
    deck.edit("为什么要", "为何")
    assert waiting(deck) == []
    deck.build()
    assert waiting(deck) == []


@pytest.mark.parametrize("order", [("en", "zh"), ("zh", "en")])
def test_builds_of_one_language_forget_nothing(deck: Project, order: tuple[str, str]) -> None:
    deck.edit("Why space reviews?", "Why does spacing work?")
    for lang in order:
        deck.build("--lang", lang)
        assert waiting(deck) == STALE
    deck.edit("为什么要", "为何")
    for lang in order:
        deck.build("--lang", lang)
        assert waiting(deck) == []


def test_it_is_a_warning_and_stops_no_build(deck: Project) -> None:
    deck.edit("Why space reviews?", "Why does spacing work?")
    assert deck.run("check", "--select", "B12").exit_code == 1
    assert deck.run("build").exit_code == 0


def test_waiting_restamps_nobody(deck: Project) -> None:
    deck.edit("Why space reviews?", "Why does spacing work?")
    assert "memory.zh.apkg  2 notes, 3 cards: 2 unchanged" in deck.build().stdout
    before = deck.package("memory.zh.apkg").read_bytes()
    deck.run("confirm", "spacing", "--lang", "zh")
    deck.build()
    assert deck.package("memory.zh.apkg").read_bytes() == before


def test_a_lock_of_an_older_deckgen_learns_it_with_the_next_build(deck: Project) -> None:
    lock = deck.lock()
    text = lock.read_text(encoding="utf-8")
    assert " says=" in text
    lock.write_text(re.sub(r" says=[0-9a-f.]+", "", text), encoding="utf-8")
    assert waiting(deck) == []
    assert "2 unchanged" in deck.build().stdout
    deck.edit("Why space reviews?", "Why does spacing work?")
    assert waiting(deck) == STALE


@pytest.mark.parametrize(
    ("old", "new"),
    [("At -20 degrees", "At 20 degrees"), ("If x ≤ y", "If x ≥ y"), ("C# is it", "C is it"), ("3.5 litres", "35 litres")],
)  # fmt: skip
def test_signs_count(deck: Project, old: str, new: str) -> None:
    deck.edit("Fading memory gains most.", old)
    deck.run("confirm", "spacing", "--lang", "zh")
    deck.build()
    assert waiting(deck) == []
    deck.edit(old, new)
    assert len(waiting(deck)) == 1


def test_each_part_is_followed_by_itself(deck: Project) -> None:
    deck.edit("Why space reviews?", "Why does spacing work?")
    deck.build()
    deck.edit("收获最大", "收获最多")
    assert waiting(deck) == STALE
    deck.build()
    assert waiting(deck) == STALE


def test_a_renamed_card_may_be_confirmed_at_once(deck: Project) -> None:
    deck.edit("Why space reviews?", "Why does spacing work?")
    deck.run("rename", "spacing", "interval")
    assert [card for card, *_ in waiting(deck)] == ["interval"]
    assert deck.run("confirm", "interval", "--lang", "zh").exit_code == 0
    assert waiting(deck) == []
    deck.build()
    assert waiting(deck) == []


def test_a_merge_of_two_branches_forgets_nothing(deck: Project) -> None:
    base = deck.lock().read_text(encoding="utf-8")
    cards = "memory/cards.yaml"
    source = (deck.root / "cards_source" / cards).read_text(encoding="utf-8")
    deck.edit("Why space reviews?", "Why does spacing work?")
    deck.build()
    ours = deck.lock().read_text(encoding="utf-8")
    deck.write(cards, source)
    deck.lock().write_text(base, encoding="utf-8")
    deck.edit("Fading memory gains most.", "What fades gains most.")
    deck.edit("收获最大", "收获最多")
    deck.build()
    theirs = deck.lock().read_text(encoding="utf-8")
    merged = dict.fromkeys([*ours.splitlines(), *theirs.splitlines()])
    deck.lock().write_text("\n".join(merged) + "\n", encoding="utf-8")
    deck.edit("Why space reviews?", "Why does spacing work?")
    for _ in range(2):
        # Which part was followed on which branch is not known any more: rather one too many.
        ((card, lang, message),) = waiting(deck)
        assert (card, lang) == ("spacing", "zh")
        assert "the question" in message
        deck.build()


def test_retired_cards_wait_for_nothing(deck: Project) -> None:
    deck.edit("Why space reviews?", "Why does spacing work?")
    deck.run("retire", "spacing", "--reason", "en=old", "--reason", "zh=旧")
    assert waiting(deck) == []
