"""Decks of several people with one key: the seed, and `deckgen fork`."""

from __future__ import annotations

import re
import shutil

import pytest

from tests.conftest import BILINGUAL_CARDS, BILINGUAL_YAML, Project
from tests.real_anki import Learner


def _new(project: Project, title: str) -> None:
    """What `deckgen new french` makes, under a title of its author."""
    for folder in ("cards_source", "output"):
        shutil.rmtree(project.root / folder, ignore_errors=True)
    assert project.run("new", "french").exit_code == 0
    project.edit('title: "French"', f'title: "{title}"', "french/deck.yaml")
    project.build()


def test_two_strangers_who_call_their_deck_alike_do_not_meet(project: Project, learner: Learner) -> None:
    _new(project, "French of A")
    package = project.package("french.apkg")
    first = learner.import_package(package)
    learner.study("French of A", 2)
    progress, notes, types = learner.progress(), learner.rows("notes"), learner.note_types()
    _new(project, "French of B")
    second = learner.import_package(package)
    assert (second.new, second.updated, second.conflicting) == (first.new, 0, 0)
    assert [row for row in learner.rows("notes") if row in notes] == notes
    kept = {row[0] for row in progress[0]}
    assert [row for row in learner.rows("cards") if row[0] in kept] == progress[0]
    # Names and tags keep the readable key; Anki tells two types of one name by their numbers.
    assert types <= learner.note_types()
    assert all(tag.startswith("french::") for tag in learner.col.tags.all())


def test_seed_is_frozen_like_the_key(project: Project) -> None:
    project.deck().build()
    project.edit("deck: memory\n", "deck: memory\nseed: abcdefgh\n", "memory/deck.yaml")
    (told,) = project.told()
    assert told.startswith("deck.yaml:2 R02: the deck had no seed when it was built, and is `abcdefgh` now")
    project.lock().unlink()
    project.package().unlink()
    project.build()
    project.edit("seed: abcdefgh", "seed: other", "memory/deck.yaml")
    assert "the deck's seed was `abcdefgh` when it was built, and is `other` now" in project.told()[0]
    project.edit("seed: other\n", "", "memory/deck.yaml")
    assert "the deck's seed was `abcdefgh` when it was built, and is missing now" in project.told()[0]


def test_lost_lock_of_a_deck_with_a_seed(project: Project) -> None:
    _new(project, "French")
    before = project.lock("french").read_bytes()
    project.lock("french").unlink()
    assert project.run("lock").exit_code == 0
    assert project.lock("french").read_bytes() == before


def test_fork_leaves_the_cards_of_its_original_alone(project: Project, learner: Learner) -> None:
    project.deck().build()
    learner.import_package(project.package())
    learner.study("Memory", 6)
    progress, notes = learner.progress(), learner.rows("notes")
    shutil.copytree(project.root / "cards_source/memory", project.root / "cards_source/mine")
    outcome = project.run("fork", "mine", "mine", "--title", "My memory")
    assert outcome.exit_code == 0, outcome.stderr
    assert "Tell your learners" in outcome.stdout
    text = (project.root / "cards_source/mine/deck.yaml").read_text(encoding="utf-8")
    assert re.fullmatch(
        r'deck: mine\nseed: [a-z][a-z2-9]{7}\ntitle: "My memory"\ntags: \{basics: .*\}\n', text
    ), text
    project.edit("fading memory", "a fading memory", "mine/cards.yaml")
    project.build()
    log = learner.import_package(project.package("mine.apkg"))
    assert (log.new, log.updated, log.conflicting) == (3, 0, 0)
    assert set(notes) < set(learner.rows("notes"))
    kept = {row[0] for row in progress[0]}
    assert [row for row in learner.rows("cards") if row[0] in kept] == progress[0]
    assert learner.rows("revlog") == progress[1]


def test_fork_of_a_renamed_card_that_left_builds_twice(project: Project) -> None:
    """The fork's lock never has a line of it, under neither id."""
    project.deck().build()
    project.run("rename", "spacing", "spaced")
    project.edit(
        "    was: spacing\n",
        '    was: spacing\n    retired: {since: "2023-01-31", reason: "Over", until: "2023-02-01"}\n',
    )
    project.build()
    shutil.copytree(project.root / "cards_source/memory", project.root / "cards_source/mine")
    project.run("fork", "mine", "mine", "--title", "My memory")
    project.build()
    project.edit("Recall beats", "Recall hardly beats", "mine/cards.yaml")
    project.build()


def test_fork_of_a_deck_in_two_languages(project: Project) -> None:
    project.deck(BILINGUAL_YAML, BILINGUAL_CARDS).build()
    one_title = project.run("fork", "memory", "mine", "--title", "Mine")
    assert (one_title.exit_code, "a title of its own" in one_title.stderr) == (2, True)
    outcome = project.run("fork", "memory", "mine", "--title", "en=Mine", "--title", "zh=我的")
    assert outcome.exit_code == 0, outcome.stderr
    assert 'title: {en: "Mine", zh: "我的"}' in (project.root / "cards_source/memory/deck.yaml").read_text(
        "utf-8"
    )
    assert project.codes() == []


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("memory", "memory", "--title", "Mine"), "is the deck's key already"),
        (("memory", "Mine", "--title", "Mine"), "can't be a deck's key"),
        (("memory", "mine", "--title", "MEMORY"), "is the title of the deck that this is a copy of"),
        (("memory", "mine", "--title", " "), "is the title of the deck"),
        (("nowhere", "mine", "--title", "Mine"), "there is no deck folder nowhere"),
    ],
)
def test_fork_that_would_be_none_changes_nothing(
    project: Project, arguments: tuple[str, ...], told: str
) -> None:
    project.deck().build()
    before = project.files()
    outcome = project.run("fork", *arguments)
    assert outcome.exit_code == 2
    assert told in outcome.stderr
    assert project.files() == before
