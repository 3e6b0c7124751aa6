"""A learner who goes back to an older text, and those who only look like it."""

from __future__ import annotations

import time

import pytest

from tests.conftest import CARDS_YAML, Project
from tests.pulling.test_pull import Ann, bring_home_and_change, cards, commit
from tests.real_anki import next_second

pytestmark = pytest.mark.slow


def release(project: Project, *changes: tuple[str, str]) -> None:
    """A release with these changes, from before all that learners do in Anki."""
    for old, new in changes:
        project.edit(old, new)
    project.build()
    commit(project)


def tag(ann: Ann, card: str, name: str = "leech") -> None:
    note = ann.learner.note(card)
    note.add_tag(name)
    ann.learner.col.update_note(note)


DEEPENS = ("strengthens it.", "deepens it.")
FADES = ("The effect grows", "The effect fades")
STAGES = ("Which stages", "What stages")


def went_back(project: Project, ann: Ann) -> None:
    project.deck()
    release(project)
    ann.get()
    release(project, DEEPENS)
    ann.get()
    ann.edit("spacing", Answer="Recall from fading memory strengthens it.")


@pytest.mark.parametrize("own", ["", "mine"])
def test_who_goes_back_to_an_older_text_is_seen(project: Project, ann: Ann, bob: Ann, own: str) -> None:
    went_back(project, ann)
    if own:
        tag(ann, "spacing", own)
    bob.get()
    files = project.files()
    (finding,) = ann.pulled()["findings"]
    assert (finding["code"], finding["severity"], finding["card"]) == ("P09", "info", "spacing")
    assert "--theirs spacing" in finding["hint"]
    assert project.files() == files
    ann.pull("--theirs", "spacing")
    assert cards(project) == CARDS_YAML
    assert ann.build_and_get() == (0, 0)
    assert bob.build_and_get() == (0, 1)
    commit(project)
    assert ann.pulled()["findings"] == bob.pulled()["findings"] == []


def test_who_goes_back_may_get_the_newer_text_again(project: Project, ann: Ann) -> None:
    went_back(project, ann)
    text = cards(project)
    ann.pull("--ours", "spacing")
    assert cards(project) == text
    assert ann.build_and_get() == (0, 1)
    assert "deepens" in ann.learner.note("spacing")["Answer"]
    assert ann.pulled()["findings"] == []


def test_what_the_author_changed_since_stays(project: Project, ann: Ann) -> None:
    went_back(project, ann)
    project.edit(*FADES)
    ann.pull("--theirs", "spacing")
    assert cards(project) == CARDS_YAML.replace(*FADES)
    assert ann.build_and_get() == (0, 1)
    note = ann.learner.note("spacing")
    assert ("strengthens" in note["Answer"], "fades" in note["Note"]) == (True, True)


@pytest.mark.parametrize("release_brings", ["another text", "a new card"])
def test_a_tag_of_who_has_an_old_release_is_no_way_back(
    project: Project, ann: Ann, release_brings: str
) -> None:
    project.deck()
    release(project)
    ann.get()
    if release_brings == "another text":
        release(project, DEEPENS, STAGES)
    else:
        new = '  - {id: more, q: "What is more?", a: "That."}\n  - id: testing'
        release(project, DEEPENS, ("  - id: testing", new))
    tag(ann, "spacing")
    found = ann.pulled()
    assert [one["code"] for one in found["findings"]] in ([], ["P06"])
    assert found["files"] == []
    ann.learner.study("Memory", 3)
    assert ann.get()[1] == int(release_brings == "another text")  # which is why it is told from now on
    assert [one["code"] for one in ann.pulled()["findings"]] == ["P09"]


def test_a_tag_before_the_release_is_no_way_back(project: Project, ann: Ann) -> None:
    project.deck()
    release(project)
    ann.get()
    tag(ann, "spacing")
    next_second()
    project.now = int(time.time()) - 3600
    release(project, DEEPENS)
    assert ann.pulled()["findings"] == []


@pytest.mark.parametrize("is_built", [False, True])
def test_tags_that_a_release_took_back_are_no_older_ones(project: Project, ann: Ann, is_built: bool) -> None:
    """She has the tags of the newest release that she imported, and the next import brings the others again."""
    plain, tagged = "  - id: spacing\n", "  - id: spacing\n    tags: [time]\n"
    project.deck()
    release(project)
    ann.get()
    for change in ((plain, tagged), (tagged, plain)):
        release(project, change)
        assert ann.get() == (0, 1)
    tag(ann, "spacing", "marked")
    project.edit(plain, tagged)
    next_second()
    if is_built:
        project.now = int(time.time()) - 3600
        project.build()
    found = ann.pulled()
    assert found["findings"] == found["files"] == []
    assert ann.build_and_get() == (0, 1)
    assert ann.learner.note("spacing").tags == ["memory::basics", "memory::time"]


def test_an_older_text_that_another_branch_ships_is_no_way_back(project: Project, ann: Ann) -> None:
    went_back(project, ann)
    ann.pull("--theirs", "spacing")
    project.now = int(time.time()) - 3600
    release(project)
    next_second()
    project.now = int(time.time()) - 3600
    release(project, DEEPENS)
    assert ann.pulled()["findings"] == []


def test_who_writes_an_edit_again_over_a_newer_text_is_told_of(project: Project, ann: Ann) -> None:
    """That text came home once, and was changed here: it may be this learner's again, or only older."""
    bring_home_and_change(project, ann, "hardens it.", "deepens it.")
    assert ann.get() == (0, 1)
    next_second()
    ann.edit("spacing", Answer="Recall from fading memory hardens it.")
    before = cards(project)
    (told,) = ann.pulled()["findings"]
    assert (told["code"], "`--theirs spacing` takes it" in told["hint"]) == ("P09", True)
    assert cards(project) == before
    ann.pull("--theirs", "spacing")
    assert "hardens it." in cards(project)
    assert ann.pulled()["findings"] == []
