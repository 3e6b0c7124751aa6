"""Decks and their names: another title, accents, parts between `::`, and decks that learners renamed."""

from __future__ import annotations

import json
import unicodedata
from typing import Any

import pytest

from tests.anki_server import AnkiWindow
from tests.conftest import CARDS_YAML, DECK_YAML, Project
from tests.pushing.test_push import MOVED, SPACING, foreign, homes, push, pushed
from tests.real_anki import Learner

SUBDECKS = CARDS_YAML.replace(SPACING, MOVED).replace(
    "  - id: testing\n", "  - id: testing\n    deck: Basics::Ways\n"
)


def titled(project: Project, title: str) -> None:
    project.deck(DECK_YAML.replace('"Memory"', json.dumps(title, ensure_ascii=False)), SUBDECKS)


def decks(learner: Learner) -> set[str]:
    return {one.name for one in learner.col.decks.all_names_and_ids()}


def studied(project: Project, anki: AnkiWindow, title: str) -> list[tuple[Any, ...]]:
    """The deck with this title, pushed and studied; gives the review log."""
    titled(project, title)
    push(project)
    for _ in range(3):
        anki.learner.study_a_day(title, lambda _: (3, 5.0))
    return anki.learner.rows("revlog")


TITLES = [
    ("Memory", "Memories"),
    ("Mémoire", "Mémoires"),
    ("Mémoire", "Memoire"),
    ("记忆", "學習::记忆"),
    ("A::B", "A"),
    ("A::B", "A::B::C"),
    ("A", "A::B"),
    ("A::B", "C::B"),
    ("filtered", "Filters"),
    ("current", "Currents"),
    ('A "b" (c) *_d', "A: b"),
    ("re:.*", "tag:none"),
    ("STRASSE", "STRASSEN"),
    ("İstanbul", "Istanbul"),
]


@pytest.mark.parametrize(("before", "after"), TITLES)
@pytest.mark.parametrize("delete", ["none", "all"])
def test_a_deck_gets_another_title(
    project: Project, anki: AnkiWindow, before: str, after: str, delete: str
) -> None:
    """All cards go along, with their reviews; a stranger's note stays where it is, and so does its deck."""
    log = studied(project, anki, before)
    ours = set(anki.col.find_cards("tag:memory::*"))
    stranger = foreign(anki.learner, f"{before}::Basics")
    home = anki.col.get_note(stranger).cards()[0].did
    progress = anki.learner.progress()[0]
    titled(project, after)
    assert "R03" in push(project, code=1).stderr
    said = push(project, "--retitle", "--delete", delete).stdout
    assert "all is there" in said
    assert {name: homes(anki.learner, name) for name in ("spacing", "testing", "stages")} == {
        "spacing": {f"{after}::Basics"}, "testing": {f"{after}::Basics::Ways"}, "stages": {after},
    }  # fmt: skip
    assert set(anki.col.find_cards("tag:memory::* -tag:memory::old")) | {stranger} >= ours
    assert anki.col.get_note(stranger).cards()[0].did == home
    assert f"{before}::Basics" in decks(anki.learner)
    if delete == "all":
        assert f"{before}::Basics::Ways" not in decks(anki.learner)
    assert anki.learner.rows("revlog") == log
    # Of our cards only deck, time and sync number differ.
    same = [(row[:2], row[3], row[6:]) for row in progress]
    assert [(row[:2], row[3], row[6:]) for row in anki.learner.progress()[0]] == same
    pushed(project, anki, "--delete", delete)
    anki.learner.is_sound()


def test_other_capitals_are_the_same_deck(project: Project, anki: AnkiWindow) -> None:
    """Anki finds a deck by its name without capitals, so nothing moves."""
    studied(project, anki, "Mémoire")
    titled(project, "MÉMOIRE")
    said = push(project, "--retitle").stdout
    assert "moves" not in said
    assert "Mémoire" in decks(anki.learner)


def test_titles_are_composed(project: Project, anki: AnkiWindow) -> None:
    """In another form of the same letters, a title is refused, so that no second deck can come of it."""
    studied(project, anki, "Mémoire")
    titled(project, unicodedata.normalize("NFD", "Mémoire"))
    assert "K16" in push(project, "--retitle", code=1).stderr


def test_a_learner_whose_deck_has_decomposed_letters(project: Project, anki: AnkiWindow) -> None:
    """An add-on may have left the other form in the collection. Anki finds no such deck; renamed, it is the same."""
    log = studied(project, anki, "Mémoire")
    assert anki.col.db is not None
    for one in anki.col.decks.all_names_and_ids():
        name = unicodedata.normalize("NFD", one.name).replace("::", "\x1f")
        anki.col.db.execute("update decks set name = ? where id = ?", name, one.id)
    anki.col.close()
    anki.col.reopen()
    assert any(not unicodedata.is_normalized("NFC", name) for name in decks(anki.learner))
    before = decks(anki.learner)
    said = push(project, "--delete", "all", code=2)
    assert "Anki does not find the deck “Mémoire” by its name" in unicodedata.normalize("NFC", said.stderr)
    assert decks(anki.learner) == before
    anki.col.decks.rename(
        next(one.id for one in anki.col.decks.all_names_and_ids() if "moire" in one.name), "Mémoire"
    )
    assert push(project, "--delete", "all").stdout.rstrip().endswith("nothing to do")
    assert anki.learner.rows("revlog") == log
    assert anki.col.note_count() == 3


@pytest.mark.parametrize("name", ["Mine", "Languages::Memory", "Memory::All"])
def test_a_learner_who_renamed_the_deck(project: Project, anki: AnkiWindow, name: str) -> None:
    """Their name stays, also when the author gives the deck another; it is named, and `--move-all` brings both in line."""
    log = studied(project, anki, "Memory")
    anki.col.decks.rename(anki.col.decks.id("Memory"), name)
    said = push(project).stdout
    assert "nothing to do" in said
    assert f"leaves 3 cards in “{name}”, where this deck never put them: stages" in said
    titled(project, "Memories")
    said = push(project, "--retitle", "--delete", "all").stdout
    assert homes(anki.learner, "stages") == {name}
    assert f"{name}::Basics::Ways" in decks(anki.learner)
    assert "deleted" not in said
    pushed(project, anki, "--retitle", "--move-all", "--delete", "all")
    assert homes(anki.learner, "stages") == {"Memories"}
    assert anki.learner.rows("revlog") == log


@pytest.mark.parametrize("crams", [False, True])
@pytest.mark.parametrize("title", ["filtered", "current", "Memory"])
def test_a_deck_that_others_use_is_not_deleted(
    project: Project, anki: AnkiWindow, title: str, *, crams: bool
) -> None:
    """Neither by its name, which a search may take for another deck, nor while a filtered deck has its cards."""
    project.deck(DECK_YAML.replace('"Memory"', f'"{title}"'))
    push(project)
    stranger = foreign(anki.learner, title)
    filtered = anki.col.sched.get_or_create_filtered_deck(0)
    filtered.name = "Cram"
    filtered.config.search_terms[0].search = f"nid:{stranger}"
    if crams:
        anki.col.sched.add_or_update_filtered_deck(filtered)
    anki.col.decks.select(anki.col.decks.id("Default"))
    project.edit(f'title: "{title}"', 'title: "Others"', "memory/deck.yaml")
    push(project, "--retitle", "--delete", "all")
    assert homes(anki.learner, "stages") == {"Others"}
    assert anki.col.get_note(stranger)["Front"] == "theirs"
    assert title in decks(anki.learner)
    anki.learner.is_sound()


def test_a_filtered_deck_of_our_name(project: Project, anki: AnkiWindow) -> None:
    """The add-on would put cards there without a home."""
    project.deck()
    push(project)
    filtered = anki.col.sched.get_or_create_filtered_deck(0)
    filtered.name = "Memory::basics"
    filtered.config.search_terms[0].search = "is:new"
    filtered.config.search_terms[0].limit = 1
    anki.col.sched.add_or_update_filtered_deck(filtered)
    project.edit(SPACING, MOVED)
    said = push(project, code=1).stdout
    assert "“Memory::Basics” is a filtered deck in Anki, so no card was moved there" in said
    assert homes(anki.learner, "spacing") == {"Memory"}
    anki.learner.is_sound()


def test_a_foreign_deck_that_is_empty_keeps_its_options(project: Project, anki: AnkiWindow) -> None:
    project.deck()
    push(project)
    options = anki.col.decks.add_config("Slow")["id"]
    anki.col.decks.set_config_id_for_deck_dict(anki.col.decks.by_name("Memory"), options)
    theirs = anki.col.decks.add_config("Theirs")["id"]
    anki.col.decks.id("Memory::Basics")
    anki.col.decks.set_config_id_for_deck_dict(anki.col.decks.by_name("Memory::Basics"), theirs)
    project.edit(SPACING, MOVED)
    pushed(project, anki)
    deck = anki.col.decks.id("Memory::Basics")
    assert anki.col.decks.config_dict_for_deck_id(deck)["id"] == theirs
