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
