"""Tags beside edits of texts: what the author took out goes, and what the deck does not have is told until it has."""

from __future__ import annotations

import time

import pytest

from tests.conftest import DECK_YAML, Project
from tests.pulling.test_pull import Ann, cards, commit

pytestmark = pytest.mark.slow


def test_a_tag_that_the_author_took_out_goes_from_a_note_that_was_edited(project: Project, ann: Ann) -> None:
    project.deck().build()
    commit(project)
    ann.get()
    project.edit("    tags: [time]\n", "")
    ann.edit("testing", Hint="a hint")
    time.sleep(1.1)
    ann.pull()
    assert ann.pulled()["findings"] == []
    assert ann.build_and_get() == (0, 1)
    note = ann.learner.note("testing")
    assert (note.tags, note["Hint"]) == (["memory::basics"], "a hint")
    commit(project)
    assert ann.pulled()["files"] == []


@pytest.mark.parametrize("edited", [False, True])
def test_a_new_tag_comes_home_once_the_deck_has_it(project: Project, ann: Ann, edited: bool) -> None:
    """The way that the finding names."""
    project.deck().build()
    commit(project)
    ann.get()
    note = ann.learner.note("testing")
    note.add_tag("memory::hard")
    note["Hint"] = "a hint" if edited else ""
    ann.learner.col.update_note(note)
    for _ in range(2):
        found = ann.pulled()
        assert [one["code"] for one in found["findings"]] == ["P04"]
        assert found["packages"][0]["tags"] == []
        assert "hard" not in ann.pull().stdout
        assert "hard" not in cards(project)
    assert ('hint: "a hint"' in cards(project)) is edited
    project.write("memory/deck.yaml", DECK_YAML.replace("{basics", '{hard: "Hard", basics'))
    assert ann.pulled()["findings"] == []
    assert "tags: [time, hard]" in cards(project)
    assert ann.build_and_get() == (0, 0)
    assert "memory::hard" in ann.learner.note("testing").tags
    commit(project)
    assert ann.pulled()["files"] == []
