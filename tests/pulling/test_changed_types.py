"""Learners who renamed, moved, added or removed the fields and templates of our note types."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import pytest

from tests.conftest import CARDS_YAML, Project
from tests.pulling.test_pull import Ann, cards, commit

pytestmark = pytest.mark.slow


def type_of(ann: Ann) -> tuple[Any, Any]:
    """Anki's manager of note types, and the questions' note type."""
    models = ann.learner.col.models
    model = models.get(ann.learner.note("spacing").mid)
    assert model is not None
    return models, model


def change_type(
    ann: Ann,
    *,
    swapped: tuple[str, str] = ("", ""),
    renamed: Mapping[str, str] = MappingProxyType({}),
    numbers: bool = True,
) -> None:
    """Swap two fields of the questions' note type, then give some other names, as Anki's window does.

    Fields have no `numbers` in collections that no Anki since 23.10 has written.
    """
    models, model = type_of(ann)
    if all(swapped):
        names = [one["name"] for one in model["flds"]]
        first, second = sorted(names.index(name) for name in swapped)
        one, two = model["flds"][first], model["flds"][second]
        models.reposition_field(model, one, second)
        models.reposition_field(model, two, first)
        models.update_dict(model)
        model = models.get(model["id"])
        assert model is not None
    for one in model["flds"]:
        one["name"] = renamed.get(one["name"], one["name"])
        one["id"] = one["id"] if numbers else None
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
    assert [one["code"] for one in ann.pulled("--new", "new.yaml")["findings"]] == ["P07"]
    new = (project.root / "cards_source/memory/new.yaml").read_text(encoding="utf-8")
    assert 'q: "What is recall?"' in new
    assert 'a: "It is retrieval."' in new
    assert bob.build_and_get() == (4, 0)
    assert ann.pulled()["files"] == []


MIXED: tuple[dict[str, Any], ...] = (
    {"swapped": ("Question", "Answer"), "renamed": {"Hint": "Help"}},
    {"renamed": {"Question": "Answer", "Answer": "Question"}},
    {"swapped": ("Question", "Answer"), "renamed": {"Question": "Ask"}},
)


@pytest.mark.parametrize("change", MIXED)
def test_newer_ankis_know_fields_by_their_numbers(project: Project, ann: Ann, change: dict[str, Any]) -> None:
    """However they are called and wherever they are."""
    project.deck().build()
    commit(project)
    ann.get()
    note = ann.learner.note("spacing")
    place = list(note.keys()).index("Answer")
    number = note.note_type()["flds"][place]["id"]
    change_type(ann, **change)
    note = ann.learner.note("spacing")
    place = [one["id"] for one in note.note_type()["flds"]].index(number)
    note.fields[place] = "Recall hardens it."
    ann.learner.col.update_note(note)
    assert {one["code"] for one in ann.pulled()["findings"]} <= {"P07"}
    assert cards(project) == CARDS_YAML.replace(
        "Recall from fading memory strengthens it.", "Recall hardens it."
    )


def test_where_fields_were_moved_and_renamed_none_is_guessed(project: Project, ann: Ann) -> None:
    project.deck().build()
    commit(project)
    ann.get()
    change_type(ann, swapped=("Question", "Answer"), renamed={"Hint": "Help"}, numbers=False)
    ann.edit("spacing", Answer="Recall hardens it.")
    add(ann, Question="What is recall?", Answer="It is retrieval.")
    nothing_is_taken(project, ann)


def test_a_field_that_was_deleted_is_none_that_was_emptied(project: Project, ann: Ann) -> None:
    """And one that was added in its place is another one."""
    project.deck().build()
    commit(project)
    ann.get()
    models, model = type_of(ann)
    models.remove_field(model, next(one for one in model["flds"] if one["name"] == "Note"))
    models.add_field(model, models.new_field("Mine"))
    models.update_dict(model)
    add(ann, Question="What is recall?", Answer="It is retrieval.")
    nothing_is_taken(project, ann)


def nothing_is_taken(project: Project, ann: Ann) -> None:
    files = project.files()
    found = ann.pulled("--new", "new.yaml")
    assert found["packages"][0]["texts"] == []
    message, *_ = told(found, "P07")
    assert "nothing was taken of notes that have other fields than ours" in message
    (message,) = told(found, "P05")
    assert "its note type has other fields than ours" in message
    assert project.files() == files


@pytest.mark.parametrize("numbers", [False, True])
def test_fields_that_were_renamed_alone_are_known(project: Project, ann: Ann, numbers: bool) -> None:
    project.deck().build()
    commit(project)
    ann.get()
    change_type(ann, renamed={"Hint": "Help"}, numbers=numbers)
    ann.edit("spacing", Help="fading")
    assert len(told(ann.pulled(), "P07")) == 1  # its templates name the field
    assert 'hint: "fading"' in cards(project)


@pytest.mark.parametrize("removed", [False, True])
def test_templates_that_were_added_or_removed_are_told(project: Project, ann: Ann, removed: bool) -> None:
    project.deck().build()
    commit(project)
    ann.get()
    models, model = type_of(ann)
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
    assert [one["code"] for one in found["findings"]] == ["P07", "P07"]
    (kind,) = found["packages"][0]["note_types"]
    assert "+.card { color: teal; }" in kind["diff"]
    assert any(line.startswith("-" if removed else "+{{Answer}}?") for line in kind["diff"])
    assert "Recall hardens it." in cards(project)


def reorder_templates(ann: Ann) -> None:
    models, model = type_of(ann)
    models.reposition_template(model, model["tmpls"][0], 1)
    models.update_dict(model)


def swap_fields(ann: Ann) -> None:
    change_type(ann, swapped=("Question", "Answer"))


def rename_field(ann: Ann) -> None:
    change_type(ann, renamed={"Hint": "Help"})


@pytest.mark.parametrize(
    ("change", "apart"), [(reorder_templates, True), (swap_fields, True), (rename_field, False)]
)
def test_what_keeps_imports_away_is_told(
    project: Project, ann: Ann, change: Callable[[Ann], None], apart: bool
) -> None:
    """By Anki's rule: it is told just where Anki passes the note over."""
    project.deck().build()
    commit(project)
    ann.get()
    change(ann)
    messages = told(ann.pulled(), "P07")
    assert any("no import changes notes of the note type" in one for one in messages) is apart
    project.edit("strengthens it.", "deepens it.")
    time.sleep(1.1)  # a change of fields is one of the notes
    project.now = int(time.time()) - 3600
    project.build()
    log = ann.learner.import_package(project.package())
    assert (log.updated, log.conflicting) == ((0, 1) if apart else (1, 0))
