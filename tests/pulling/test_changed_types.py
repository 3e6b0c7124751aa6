"""Learners who renamed, moved, added or removed the fields and templates of our note types."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conftest import Project
from tests.pulling.test_pull import Ann, cards, commit

pytestmark = pytest.mark.slow


def change_type(
    ann: Ann, *, swapped: tuple[str, str] = ("", ""), renamed: tuple[str, str] = ("", "")
) -> None:
    """Swap two fields of the questions' note type, and give one another name, as Anki's window does."""
    models = ann.learner.col.models
    model = models.get(ann.learner.note("spacing").mid)
    assert model is not None
    for one in model["flds"]:
        if one["name"] == renamed[0]:
            models.rename_field(model, one, renamed[1])
    if all(swapped):
        names = [one["name"] for one in model["flds"]]
        first, second = (names.index(name) for name in swapped)
        models.reposition_field(model, model["flds"][first], second)
    models.update_dict(model)


def add(ann: Ann, **fields: str) -> None:
    note = ann.learner.col.new_note(ann.learner.note("spacing").note_type())
    for name, html in fields.items():
        note[name] = html
    ann.add(note)


def told(found: dict[str, Any], code: str) -> list[str]:
    return [one["message"] for one in found["findings"] if one["code"] == code]


def test_new_notes_of_who_moved_fields(project: Project, ann: Ann, bob: Ann) -> None:
    project.deck().build()
    commit(project)
    ann.get()
    change_type(ann, swapped=("Question", "Answer"))
    add(ann, Question="What is recall?", Answer="It is retrieval.")
    (message,) = told(ann.pulled(), "P05")
    assert message.endswith("What is recall? / It is retrieval.")
    assert ann.pulled("--new", "new.yaml")["findings"] == []
    new = (project.root / "cards_source/memory/new.yaml").read_text(encoding="utf-8")
    assert 'q: "What is recall?"' in new
    assert 'a: "It is retrieval."' in new
    assert bob.build_and_get() == (4, 0)
    assert ann.pulled()["files"] == []


def test_where_fields_were_moved_and_renamed_none_is_guessed(project: Project, ann: Ann) -> None:
    project.deck().build()
    commit(project)
    ann.get()
    change_type(ann, swapped=("Question", "Answer"), renamed=("Hint", "Help"))
    ann.edit("spacing", Answer="Recall hardens it.")
    add(ann, Question="What is recall?", Answer="It is retrieval.")
    files = project.files()
    found = ann.pulled("--new", "new.yaml")
    assert found["packages"][0]["texts"] == []
    message, _ = told(found, "P07")
    assert "nothing was taken of notes that have other fields than ours" in message
    (message,) = told(found, "P05")
    assert "its note type has other fields than ours" in message
    assert project.files() == files


def test_fields_that_were_renamed_alone_are_known_by_their_place(project: Project, ann: Ann) -> None:
    project.deck().build()
    commit(project)
    ann.get()
    change_type(ann, renamed=("Hint", "Help"))
    ann.edit("spacing", Help="fading")
    assert len(told(ann.pulled(), "P07")) == 1  # its templates name the field
    assert 'hint: "fading"' in cards(project)


@pytest.mark.parametrize("removed", [False, True])
def test_templates_that_were_added_or_removed_are_told(project: Project, ann: Ann, removed: bool) -> None:
    project.deck().build()
    commit(project)
    ann.get()
    models = ann.learner.col.models
    model = models.get(ann.learner.note("spacing").mid)
    assert model is not None
    if removed:
        models.remove_template(model, model["tmpls"][1])
    else:
        extra = models.new_template("Mine")
        extra["qfmt"], extra["afmt"] = "{{Answer}}?", "{{Question}}!"
        models.add_template(model, extra)
    model["css"] += "\n.card { color: teal; }"
    models.update_dict(model)
    ann.edit("spacing", Answer="Recall hardens it.")
    found = ann.pulled()
    assert [one["code"] for one in found["findings"]] == ["P07"]
    (kind,) = found["packages"][0]["note_types"]
    assert "+.card { color: teal; }" in kind["diff"]
    assert any(line.startswith("-" if removed else "+{{Answer}}?") for line in kind["diff"])
    assert "Recall hardens it." in cards(project)
