"""Tags that change between a pull and the next build reach the learner whose text came home."""

from __future__ import annotations

import time

import pytest

from tests.conftest import Project
from tests.pulling.test_pull import Ann, cards, commit

pytestmark = pytest.mark.slow

HARDENS = "Recall from fading memory hardens it."


@pytest.mark.parametrize("is_pulled_again", [False, True])
def test_tags_that_the_author_changes_after_a_pull_reach_the_learner(
    project: Project, ann: Ann, is_pulled_again: bool
) -> None:
    """The text alone is hers already: under the time of her edit she would never get them."""
    project.deck().build()
    commit(project)
    ann.get()
    time.sleep(1.1)
    ann.edit("spacing", Answer=HARDENS)
    ann.edit("testing", Text="Recall surely beats {{c1::rereading}} and {{c2::highlighting::a marker}}.")
    time.sleep(1.1)
    ann.pull()
    project.edit("  - id: spacing\n", "  - id: spacing\n    tags: [time]\n")
    project.edit("    tags: [time]\n    cloze", "    cloze")
    before = cards(project)
    if is_pulled_again:
        assert ann.pulled()["findings"] == []
        assert cards(project) == before
    assert ann.build_and_get() == (0, 2)
    assert sorted(ann.learner.note("spacing").tags) == ["memory::basics", "memory::time"]
    assert ann.learner.note("testing").tags == ["memory::basics"]
    commit(project)
    found = ann.pulled()
    assert found["findings"] == found["files"] == []
    assert cards(project) == before


@pytest.mark.parametrize("first", ["text", "tag"])
def test_one_learner_edits_a_text_and_another_a_tag(project: Project, ann: Ann, bob: Ann, first: str) -> None:
    project.deck().build()
    commit(project)
    ann.get()
    bob.get()
    time.sleep(1.1)
    ann.edit("spacing", Answer=HARDENS)
    note = bob.learner.note("spacing")
    note.tags = ["memory::basics", "memory::time"]
    bob.learner.col.update_note(note)
    for one in (ann, bob) if first == "text" else (bob, ann):
        one.pull()
    time.sleep(1.1)
    assert ann.build_and_get() == (0, 1)
    assert bob.get() == (0, 1)
    commit(project)
    for one in (ann, bob):
        assert one.learner.note("spacing")["Answer"] == HARDENS
        assert sorted(one.learner.note("spacing").tags) == ["memory::basics", "memory::time"]
        found = one.pulled()
        assert found["findings"] == found["files"] == []
