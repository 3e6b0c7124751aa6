"""A note that a learner added is edited once more, after it has become a card."""

from __future__ import annotations

import pytest

from tests.conftest import Project
from tests.pulling.test_pull import Ann, cards, commit
from tests.real_anki import next_second

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("copied", [False, True])
def test_the_id_that_a_build_gives_is_no_edit(project: Project, ann: Ann, copied: bool) -> None:
    """The learner's note has no id, or that of the card of which it is a copy."""
    project.deck().build()
    commit(project)
    ann.get()
    note = ann.learner.col.new_note(ann.learner.note("spacing").note_type())
    note["Question"], note["Answer"], note["Reverse"], note["Typed"] = (
        "What is it?",
        "Mixing topics.",
        "x",
        "y",
    )
    if copied:
        note["Id"] = "spacing"
    ann.add(note)
    ann.pull("--new", "cards.yaml")
    ann.build_and_get()
    commit(project)
    next_second()
    note.load()
    note["Answer"] = "Mixing many topics."
    ann.learner.col.update_note(note)
    found = ann.pulled()
    assert found["findings"] == []
    assert "Mixing many topics." in cards(project)
    ann.build_and_get()
    commit(project)
    note.load()
    assert (note["Id"], note["Answer"]) == ("what-is-it", "Mixing many topics.")
    again = ann.pulled()
    assert again["findings"] == again["files"] == []
