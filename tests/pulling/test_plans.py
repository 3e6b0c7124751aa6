"""What `plan` says after a pull: of new cards, of decisions, and, with `--against`, of a learner's notes."""

from __future__ import annotations

import json
import time

import pytest

from tests.conftest import Project
from tests.pulling.test_new_gone import new_home
from tests.pulling.test_pull import Ann, bring_home_and_change, commit
from tests.real_anki import next_second

pytestmark = pytest.mark.slow
HARDENS = "Recall from fading memory hardens it."


def planned(project: Project) -> str:
    project.now = int(time.time()) - 3600
    return project.run("plan", "--no-lint").stdout


def groups(project: Project, ann: Ann) -> dict[str, list[str]]:
    project.now = int(time.time()) - 3600
    found = json.loads(project.run("plan", "--against", str(ann.file), "--format", "json").stdout)
    return {one["group"]: one["cards"] for one in found["packages"][0]["against"]}


def test_a_note_that_became_a_card_is_new_to_all_others(project: Project, ann: Ann, bob: Ann) -> None:
    new_home(project, ann, "Recall?")
    told = planned(project)
    assert "  + recall (new)" in told
    assert "  3 unchanged" in told
    assert "restyled" not in told
    project.now = int(time.time()) - 3600
    assert "4 notes, 7 cards: 1 new, 3 unchanged" in project.build().stdout
    assert bob.get() == (4, 0)
    assert ann.get() == (0, 0)


def test_a_decision_is_no_change_of_the_look(project: Project, ann: Ann) -> None:
    project.deck().build()
    commit(project)
    ann.get()
    ann.edit("spacing", Answer=HARDENS)
    ann.pull("--ours", "spacing")
    told = planned(project)
    assert "  ~ spacing (changed)" in told
    assert "restyled" not in told


def test_an_edit_that_waits_is_told_as_such(project: Project, ann: Ann) -> None:
    """`restamp` would replace it, so it is not advised."""
    project.deck().build()
    commit(project)
    ann.get()
    project.edit("strengthens it.", "deepens it.")
    ann.edit("spacing", Answer=HARDENS)
    ann.pull(code=1)
    project.now = int(time.time()) - 3600
    project.build()
    assert groups(project, ann) == {"waits": ["spacing"], "unchanged": ["testing", "stages"]}
    assert ann.get() == (0, 0)


@pytest.mark.parametrize(
    "answer",
    [
        "Recall from <b>fading</b> memory strengthens it.",
        "Recall from fading memory<br>strengthens it.",
        "Recall from fading memory<div>strengthens it.</div>",
        "Recall from fading memory<br><br>strengthens it.",
        "It helps:<ul><li>recall from</li><li>fading memory</li></ul>",
    ],
)
def test_what_came_home_in_another_form_stays_so_when_it_is_tagged(
    project: Project, ann: Ann, answer: str
) -> None:
    project.deck().build()
    commit(project)
    ann.get()
    ann.edit("spacing", Answer=answer)
    ann.pull()
    project.now = int(time.time()) - 3600
    project.build()
    assert groups(project, ann) == {"came home": ["spacing"], "unchanged": ["testing", "stages"]}
    next_second()
    note = ann.learner.note("spacing")
    note.add_tag("mine")
    ann.learner.col.update_note(note)
    assert groups(project, ann) == {"came home": ["spacing"], "unchanged": ["testing", "stages"]}


def test_another_note_type_is_called_so(project: Project, ann: Ann) -> None:
    project.deck().build()
    commit(project)
    ann.get()
    models, note = ann.learner.col.models, ann.learner.note("spacing")
    basic = models.by_name("Basic")
    assert basic is not None
    change = models.change_notetype_info(old_notetype_id=note.mid, new_notetype_id=basic["id"]).input
    change.note_ids.append(note.id)
    models.change_notetype_of_notes(change)
    assert groups(project, ann) == {"other note type": ["spacing"], "unchanged": ["testing", "stages"]}
    (finding,) = ann.pulled()["findings"]
    assert finding["code"] == "P07"
    assert (
        "nothing was compared or taken of notes of other note types than ours: spacing" in finding["message"]
    )
    assert "Change Note Type" in finding["hint"]


def test_what_came_home_and_was_changed_since_is_no_other_form_of_it(project: Project, ann: Ann) -> None:
    """She marks the note before the new text could come, so that no import brings it."""
    bring_home_and_change(project, ann, "hardens it.", "deepens it.")
    ann.tag("spacing", "memory::basics", "marked")
    assert groups(project, ann) == {"held back": ["spacing"], "unchanged": ["testing", "stages"]}
    next_second()
    project.now = int(time.time()) - 3600
    assert project.run("restamp", "spacing", "--no-lint").exit_code == 0  # as the group says
    assert ann.get() == (0, 1)
    assert "deepens it." in ann.learner.note("spacing")["Answer"]
    assert ann.pulled()["findings"] == []
