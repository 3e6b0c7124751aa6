"""A commit of a pull that was taken back, or a lock that was lost: the learner's edit is not forgotten with it."""

from __future__ import annotations

import time

import pytest

from tests.conftest import CARDS_YAML, Project
from tests.pulling.test_pull import Ann, cards, commit, git
from tests.pulling.test_two_learners import TABLE, told

pytestmark = pytest.mark.slow

MOST = "Recall from fading memory strengthens it most."


def edited(project: Project, ann: Ann, answer: str) -> None:
    """Ann has the first release, and edits an answer."""
    project.deck().build()
    commit(project)
    ann.get()
    ann.edit("spacing", Answer=answer)


def take_back(project: Project, way: str) -> None:
    commit(project)
    git(
        project, *(("reset", "-q", "--hard", "HEAD~1") if way == "reset" else ("revert", "--no-edit", "HEAD"))
    )
    assert cards(project) == CARDS_YAML


@pytest.mark.parametrize("way", ["reset", "revert"])
def test_what_came_home_comes_once_more(project: Project, ann: Ann, way: str) -> None:
    edited(project, ann, MOST)
    ann.pull()
    take_back(project, way)
    ann.pull()
    assert MOST in cards(project)
    assert ann.build_and_get() == (0, 0)
    assert ann.pulled()["files"] == []


@pytest.mark.parametrize("way", ["reset", "revert"])
def test_what_was_answered_is_asked_once_more(project: Project, ann: Ann, way: str) -> None:
    edited(project, ann, TABLE)
    ann.pull("--ours", "spacing")
    take_back(project, way)
    assert [one["code"] for one in ann.pulled(code=1)["findings"]] == ["P01"]


@pytest.mark.parametrize("way", ["reset", "revert", "lost lock"])
def test_an_edit_that_waits_is_not_replaced_without_a_word(project: Project, ann: Ann, way: str) -> None:
    edited(project, ann, TABLE)
    db = ann.learner.col.db
    assert db is not None
    db.execute(
        "update notes set mod = ? where id = ?", int(time.time()) - 5000, ann.learner.note("spacing").id
    )
    ann.pull(code=1)
    if way == "lost lock":
        commit(project)
        project.lock().unlink()
        assert project.run("lock", "--from", str(project.package())).exit_code == 0
    else:
        take_back(project, way)
    assert "waits=" not in project.lock().read_text(encoding="utf-8")
    project.edit("beat one long", "beat one very long")
    before = ann.learner.note("spacing").fields
    assert told(project, "plan") == told(project, "build") == []
    assert ann.get() == (0, 0)  # what waits is left alone, and everybody else gets the text
    assert ann.learner.note("spacing").fields == before
    project.edit("very long", "quite long")
    assert told(project, "plan") == [("P01", "cards.yaml", 3)]
    assert told(project, "build") == [("P01", "cards.yaml", 3)]
    assert told(project, "build") == []
    assert ann.get() == (0, 1)


@pytest.mark.parametrize("way", ["reset", "revert"])
def test_a_new_note_becomes_a_card_once_more(project: Project, ann: Ann, way: str) -> None:
    """No build knows of it, so no build has to say that it is gone."""
    project.deck().build()
    commit(project)
    ann.get()
    ann.add_like(Question="What is chunking?", Answer="A way to learn.")
    ann.learner.study("Memory", 5)
    ann.pull("--new", "02-new.yaml")
    take_back(project, way)
    project.build()
    found = ann.pulled("--new", "02-other.yaml")
    assert [path.rpartition("/")[2] for path in found["files"]] == ["02-other.yaml", "deck.lock"]
    assert ann.build_and_get() == (0, 0)
    assert ann.learner.col.note_count() == 4
    assert ann.pulled("--new", "02-other.yaml")["files"] == []
