"""One text that two learners changed, one after the other."""

from __future__ import annotations

import time

import pytest

from tests.conftest import Project
from tests.pulling.test_pull import Ann, commit

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("first", ["ann", "bob", "both at once"])
def test_who_was_overruled_gets_the_other_text(project: Project, ann: Ann, bob: Ann, first: str) -> None:
    """Whoever edited it first: the text of the one is home, and then that of the other is taken."""
    project.deck().build()
    commit(project)
    ann.get()
    bob.get()
    now = int(time.time()) - 100
    for one, words in ((ann, "hardens"), (bob, "deepens")):
        one.edit("spacing", Answer=f"Recall from fading memory {words} it.")
        db = one.learner.col.db
        assert db is not None
        stamp = now + (first != "both at once" and (one is ann) == (first == "bob"))
        db.execute("update notes set mod = ? where id = ?", stamp, one.learner.note("spacing").id)
    ann.pull()
    bob.pull("--theirs", "spacing")
    project.now = int(time.time()) - 3600
    ann.build_and_get()
    bob.build_and_get()
    for one in (ann, bob):
        assert one.learner.note("spacing")["Answer"] == "Recall from fading memory deepens it."
    commit(project)
    assert ann.pulled()["files"] == bob.pulled()["files"] == []


def test_who_waits_is_left_alone_after_the_edit_of_another(project: Project, ann: Ann, bob: Ann) -> None:
    """If the one who waits edited later, and is pulled again."""
    project.deck().build()
    commit(project)
    ann.get()
    bob.get()
    bob.edit("spacing", Note="The effect grows with the long delay.")
    time.sleep(1.1)
    ann.edit("spacing", Answer="Recall from fading memory hardens it.")
    project.edit("strengthens it.", "deepens it.")
    time.sleep(1.1)
    ann.pull(code=1)
    bob.pull()
    (finding,) = ann.pulled(code=1)["findings"]
    assert "the next import" not in finding["hint"]
    before = ann.learner.note("spacing").fields
    assert ann.build_and_get() == (0, 0)
    assert bob.build_and_get() == (0, 1)
    assert ann.learner.note("spacing").fields == before
    commit(project)
    assert [one["code"] for one in ann.pulled(code=1)["findings"]] == ["P01"]
    assert bob.pulled()["files"] == []
