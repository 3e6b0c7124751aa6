"""The judge itself judges the same on every machine."""

from __future__ import annotations

import time

from tests.conftest import Project
from tests.real_anki import Learner


def test_answer_at_the_turn_of_a_second_is_none_to_mend(project: Project, learner: Learner) -> None:
    project.deck().build()
    learner.import_package(project.package())
    assert learner.col.db is not None
    learner.col.db.execute(  # each millisecond of the next three seconds is taken
        "insert into revlog with recursive at(id) as (select ? union all select id + 1 from at limit 3000) "
        "select id, 1, -1, 3, 1, 1, 2500, 1000, 1 from at",
        time.time_ns() // 1_000_000,
    )
    learner.study("Memory", 1)
    learner.is_sound()
