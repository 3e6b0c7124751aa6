"""The same learner edits the same text again, after the first edit went out in a release."""

from __future__ import annotations

import time

import pytest

from tests.conftest import Project
from tests.pulling.test_pull import Ann, cards, commit
from tests.real_anki import next_second

pytestmark = pytest.mark.slow

FIRST = "Recall from fading memory strengthens it most."


def edited_once(project: Project, ann: Ann, imports: bool, **more: str) -> None:
    project.deck().build()
    commit(project)
    ann.get()
    ann.edit("spacing", Answer=FIRST, **more)
    ann.pull()
    next_second()
    project.now = int(time.time()) - 3600
    project.build()
    commit(project)
    if imports:
        assert ann.get() == (0, 0)
    next_second()


@pytest.mark.parametrize("imports", [False, True])
@pytest.mark.parametrize(
    "second",
    [
        "A recall from fading memory strengthens it most.",  # elsewhere
        "Recall from fading memory strengthens it the most.",  # before what came first
        "Recall from fading memory strengthens it most of all.",  # behind it
        "Recall from fading memory <b>strengthens it most</b>.",
        "Recall from fading memory strengthens it most. So wait.",
    ],
)
def test_a_second_edit_that_keeps_the_first_comes_home(
    project: Project, ann: Ann, imports: bool, second: str
) -> None:
    edited_once(project, ann, imports)
    ann.edit("spacing", Answer=second)
    ann.pull()
    assert second.replace("<b>", "**").replace("</b>", "**") in cards(project)
    assert ann.build_and_get() == (0, 0)
    assert ann.pulled()["files"] == []


def test_a_second_edit_of_one_of_two_fields_comes_home(project: Project, ann: Ann) -> None:
    edited_once(project, ann, False, Note="It grows with the delay.")
    ann.edit("spacing", Answer="Recall from fading memory hardens it.")
    ann.pull()
    assert "hardens it." in cards(project)
    assert ann.build_and_get() == (0, 0)


@pytest.mark.parametrize("choice", ["--theirs", "--ours"])
def test_a_second_edit_of_the_same_words_is_for_a_person(project: Project, ann: Ann, choice: str) -> None:
    """It looks like the edit of somebody who has the release before."""
    edited_once(project, ann, False)
    second = "Recall from fading memory strengthens it a lot."
    ann.edit("spacing", Answer=second)
    assert [one["code"] for one in ann.pulled(code=1)["findings"]] == ["P01"]
    ann.pull(choice, "spacing")
    assert (second in cards(project)) is (choice == "--theirs")


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (
            "Recall from <b>fading</b> memory strengthens it.",
            "Recall from fading memory strengthens it, yes.",
        ),
        ("Recall from dim memory strengthens it.", "Recall from fading memory strengthens it, or dim."),
    ],
)
def test_what_only_the_release_has_is_never_taken_back(
    project: Project, ann: Ann, ours: str, theirs: str
) -> None:
    project.deck().build()
    commit(project)
    ann.get()
    project.edit("Recall from fading memory strengthens it.", ours.replace("<b>", "**").replace("</b>", "**"))
    project.build()
    commit(project)
    ann.edit("spacing", Answer=theirs)
    ann.pull(code=1)
    assert ours.replace("<b>", "**").replace("</b>", "**") in cards(project)
