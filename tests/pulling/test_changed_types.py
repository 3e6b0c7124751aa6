"""Learners who renamed, moved, added or removed the fields and templates of our note types."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import pytest
from anki.import_export_pb2 import ImportAnkiPackageUpdateCondition as Update

from tests.conftest import CARDS_YAML, Project
from tests.pulling.test_pull import Ann, cards, commit
from tests.real_anki import next_second

pytestmark = pytest.mark.slow

MORE = '  - {id: more, q: "Which?", a: "That.", note: "Remark."}\n'


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


def told(found: dict[str, Any], code: str) -> list[str]:
    return [one["message"] for one in found["findings"] if one["code"] == code]


def test_new_notes_of_who_moved_fields(project: Project, ann: Ann, bob: Ann) -> None:
    project.deck().build()
    commit(project)
    ann.get()
    change_type(ann, swapped=("Question", "Answer"))
    ann.add_like(Question="What is recall?", Answer="It is retrieval.")
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
    ann.add_like(Question="What is recall?", Answer="It is retrieval.")
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
    ann.add_like(Question="What is recall?", Answer="It is retrieval.")
    nothing_is_taken(project, ann)


def nothing_is_taken(project: Project, ann: Ann) -> None:
    files = project.files()
    found = ann.pulled("--new", "new.yaml")
    assert (found["packages"][0]["texts"], found["packages"][0]["not_compared"]) == ([], 1)
    message, *_ = told(found, "P07")
    assert "notes that lack fields of ours, or where nobody can tell which is which" in message
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
    assert len(told(ann.pulled(), "P07")) == (1 if numbers else 2)  # its templates name the field
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


def add_field(ann: Ann) -> None:
    models, model = type_of(ann)
    models.add_field(model, models.new_field("Mine"))
    models.update_dict(model)


def remove_field(ann: Ann, name: str = "Mine") -> None:
    models, model = type_of(ann)
    models.remove_field(model, next(one for one in model["flds"] if one["name"] == name))
    models.update_dict(model)


def lose_field(ann: Ann) -> None:
    remove_field(ann, "Note")


def vanish(project: Project, ann: Ann) -> None:
    """The field of the remarks is deleted, and comes back empty by an import."""
    lose_field(ann)
    ann.learner.import_package(project.package())
    ann.learner.import_package(project.package(), {"merge_notetypes": True})


def tag(ann: Ann, *tags: str) -> None:
    ann.tag("spacing", *tags)


def replace_field(ann: Ann) -> None:
    lose_field(ann)
    add_field(ann)


def add_template(ann: Ann) -> None:
    models, model = type_of(ann)
    extra = models.new_template("Mine")
    extra["qfmt"], extra["afmt"] = "{{Answer}}?", "{{Question}}!"
    models.add_template(model, extra)
    models.update_dict(model)


def remove_template(ann: Ann, at: int = -1) -> None:
    models, model = type_of(ann)
    models.remove_template(model, model["tmpls"][at])
    models.update_dict(model)


def lose_template(ann: Ann) -> None:
    remove_template(ann, 1)


def lose_first_template(ann: Ann) -> None:
    remove_template(ann, 0)


def reorder_templates(ann: Ann) -> None:
    models, model = type_of(ann)
    models.reposition_template(model, model["tmpls"][0], 1)
    models.update_dict(model)


def swap_fields(ann: Ann) -> None:
    change_type(ann, swapped=("Question", "Answer"))


def rename_without_number(ann: Ann) -> None:
    change_type(ann, renamed={"Hint": "Help"}, numbers=False)


def rename_back(ann: Ann) -> None:
    change_type(ann, renamed={"Help": "Hint"}, numbers=False)


def nothing(_: Ann) -> None:
    """Where all that helps is how the learner imports."""


#: What a learner changed; what undoes it; whether something is lost; and words of the finding.
REFUSED: dict[str, tuple[Callable[[Ann], None], Callable[[Ann], None], bool, str]] = {
    "field added": (add_field, remove_field, False, "has the field `Mine`, which we lack"),
    "field lost": (lose_field, nothing, True, "lacks the field `Note`"),
    "field replaced": (
        replace_field, remove_field, True, "has the field `Mine`, which we lack, and lacks the field `Note`"
    ),
    "fields moved": (swap_fields, swap_fields, False, "has its fields in another order"),
    "field renamed": (rename_without_number, rename_back, False, "calls the field `Hint` `Help`"),
    "template added": (add_template, remove_template, False, "has the template `Mine`, which we lack"),
    "template lost": (lose_template, nothing, True, "lacks the template `Answer`"),
    "first template lost": (lose_first_template, nothing, True, "lacks the template `Question`"),
    "templates moved": (reorder_templates, reorder_templates, False, "has its templates in another order"),
}  # fmt: skip


def later(ann: Ann) -> None:
    """Let two hours pass: what the learner did to the note and its type is as much older."""
    assert ann.learner.col.db is not None
    note = ann.learner.note("spacing")
    if note.mod > time.time() - 7200:
        ann.learner.col.db.execute("update notes set mod = mod - 7200 where id = ?", note.id)
    ann.learner.col.db.execute("update notetypes set mtime_secs = mtime_secs - 7200 where id = ?", note.mid)
    ann.learner.col.models._clear_cache()


def release(project: Project, old: str, new: str) -> None:
    project.edit(old, new)
    project.now = int(time.time()) - 3700
    project.build()
    project.now = int(time.time()) - 3700


@pytest.mark.parametrize("has_imported", [False, True])
@pytest.mark.parametrize("change", REFUSED)
def test_what_keeps_imports_away_is_told_and_how_to_mend_it(
    project: Project, ann: Ann, change: str, has_imported: bool
) -> None:
    """By Anki's rule. What the hint says is done to the letter, then imports go on, and no card has a twin."""
    project.deck().build()
    commit(project)
    ann.get()
    ann.learner.study("Memory", 3)
    before = {card.id: (card.reps, card.due) for card in ann.learner.cards("spacing")}
    do, undo, lost, words = REFUSED[change]
    do(ann)
    later(ann)
    project.write("memory/new.yaml", 'cards:\n  - {id: recall, q: "What is recall?", a: "Retrieval."}\n')
    release(project, "strengthens it.", "deepens it.")
    log = ann.learner.import_package(project.package()) if has_imported else None
    assert log is None or (log.updated, log.conflicting) == (0, 1)
    (found,) = [
        one for one in ann.pulled()["findings"] if one["message"].startswith("no import changes notes of")
    ]
    assert found["code"] == "P07"
    assert found["path"].endswith("deck.yaml")
    assert words in found["message"]
    assert ("Merge note types" in found["hint"]) is lost
    project.now = int(time.time()) - 3700
    outcome = project.run("plan", "--against", str(ann.file))
    assert "1 blocked" in outcome.stdout

    undo(ann)
    ann.learner.import_package(project.package())
    # A new card that came meanwhile has a note type of its own, and that is told, too.
    another = any("another number" in one for one in told(ann.pulled(), "P07"))
    assert another is (has_imported and not lost)
    if another or lost:
        ann.learner.import_package(project.package(), {"merge_notetypes": True})
    later(ann)
    release(project, "deepens it.", "roots it.")
    log = ann.learner.import_package(project.package())
    assert (log.new, log.updated, log.conflicting) == (0, 1, 0)
    assert ann.learner.note("spacing")["Answer"].endswith("roots it.")
    assert ann.learner.note("spacing")["Note"] == "The effect grows with the delay."
    assert len(ann.learner.cards("recall")) == len(ann.learner.cards("spacing")) == 1
    if change != "first template lost":  # Anki takes the cards of a template with it
        assert {card.id: (card.reps, card.due) for card in ann.learner.cards("spacing")} == before
    assert not [one for one in ann.pulled()["findings"] if "no import changes" in one["message"]]


def test_who_renamed_a_field_still_gets_imports(project: Project, ann: Ann) -> None:
    project.deck().build()
    commit(project)
    ann.get()
    change_type(ann, renamed={"Hint": "Help"})
    assert not [one for one in told(ann.pulled(), "P07") if "no import" in one]
    later(ann)
    release(project, "strengthens it.", "deepens it.")
    assert ann.get() == (0, 1)


def test_edits_beside_a_field_of_the_learners_own_come_home(project: Project, ann: Ann, bob: Ann) -> None:
    """And so do new notes; what stands in that field is the learner's."""
    project.deck().build()
    commit(project)
    ann.get()
    add_field(ann)
    ann.edit("spacing", Answer="Recall hardens it.", Mine="my own")
    ann.add_like(Question="What is recall?", Answer="It is retrieval.", Mine="my own")
    found = ann.pulled("--new", "new.yaml")
    assert [one["code"] for one in found["findings"]] == ["P07", "P03"]
    assert told(found, "P03") == ["of the new card `what-is-recall` these fields were not taken: Mine"]
    assert cards(project) == CARDS_YAML.replace(
        "Recall from fading memory strengthens it.", "Recall hardens it."
    )
    new = (project.root / "cards_source/memory/new.yaml").read_text(encoding="utf-8")
    assert 'a: "It is retrieval."' in new
    assert bob.build_and_get() == (4, 0)
    assert ann.pulled()["files"] == []


@pytest.mark.parametrize("name", ["Note", "Answer"])
def test_a_field_that_came_back_empty_is_no_edit(project: Project, ann: Ann, bob: Ann, name: str) -> None:
    """Anki gives all notes of the type the time at which it came back. What the hint says brings the texts back."""
    more = "".join(
        f'  - {{id: more-{number}, q: "Which {number}?", a: "That {number}.", note: "Remark {number}."}}\n'
        for number in range(3)
    )
    project.deck(cards=CARDS_YAML + more).build()
    commit(project)
    for one in (ann, bob):
        one.get()
    ann.learner.study("Memory", 3)
    remove_field(ann, name)
    before = ann.learner.progress()
    ann.learner.import_package(project.package())
    ann.learner.import_package(project.package(), {"merge_notetypes": True})
    assert ann.learner.note("more-1")[name] == ""
    ann.edit("more-2", Question="Which one?")
    files = project.files()
    found = ann.pulled("--dry-run")
    text = "note" if name == "Note" else "a"
    assert found["findings"][0]["code"] == "P07"
    assert f"`{text}` is empty in 4 notes" in found["findings"][0]["message"]
    ann.pull()
    assert project.files().keys() == files.keys()
    assert cards(project) == (CARDS_YAML + more).replace("Which 2?", "Which one?")
    assert ann.pulled()["files"] == []
    assert any("is empty in" in one for one in told(ann.pulled(), "P07"))
    assert bob.build_and_get() == (0, 1)
    always = Update.IMPORT_ANKI_PACKAGE_UPDATE_CONDITION_ALWAYS
    ann.learner.import_package(project.package(), {"update_notes": always, "update_notetypes": always})
    assert ann.learner.note("more-2").fields == bob.learner.note("more-2").fields
    assert "{{" + name in ann.learner.note("more-2").note_type()["tmpls"][0]["afmt"].replace("#", "")
    assert ann.learner.progress()[1] == before[1]
    assert {row[0] for row in before[0]} == {row[0] for row in ann.learner.progress()[0]}
    assert ann.pulled()["findings"] == []


def test_who_empties_two_remarks_at_once_may_mean_it(project: Project, ann: Ann) -> None:
    project.deck(cards=CARDS_YAML + MORE).build()
    commit(project)
    ann.get()
    notes = [ann.learner.note(name) for name in ("spacing", "more")]
    for note in notes:
        note["Note"] = ""
    ann.learner.col.update_notes(notes)
    assert "P07" in {one["code"] for one in ann.pulled()["findings"]}
    assert cards(project) == CARDS_YAML + MORE
    ann.pull("--theirs", "spacing", "--theirs", "more")
    assert "note:" not in cards(project)
    assert ann.pulled()["findings"] == []


def test_cards_that_came_while_a_type_was_changed_get_updates(project: Project, ann: Ann) -> None:
    """Anki makes a type for them in its place; as long as ours is changed there, that one is taken for ours."""
    project.deck().build()
    commit(project)
    ann.get()
    add_field(ann)
    later(ann)
    project.write("memory/new.yaml", 'cards:\n  - {id: recall, q: "What is recall?", a: "Retrieval."}\n')
    release(project, "strengthens it.", "deepens it.")
    log = ann.learner.import_package(project.package())
    assert (log.new, log.updated, log.conflicting) == (1, 0, 1)
    project.write("memory/new.yaml", 'cards:\n  - {id: recall, q: "What is recall?", a: "A retrieval."}\n')
    project.now = int(time.time()) - 3650
    project.build()
    assert not any("another number" in one for one in told(ann.pulled(), "P07"))
    project.now = int(time.time()) - 3650
    outcome = project.run("plan", "--against", str(ann.file))
    assert "1 updated" in outcome.stdout
    assert "1 blocked" in outcome.stdout
    assert "other note type" not in outcome.stdout
    log = ann.learner.import_package(project.package())
    assert (log.updated, log.conflicting) == (1, 1)
    assert ann.learner.note("recall")["Answer"] == "A retrieval."


@pytest.mark.parametrize("twice", ["number", "name"])
def test_where_a_field_is_there_twice_nothing_is_taken(project: Project, ann: Ann, twice: str) -> None:
    """As after an add-on copied one with its number, or gave ours another name and its own no number."""
    project.deck().build()
    commit(project)
    ann.get()
    models, model = type_of(ann)
    answer = next(one for one in model["flds"] if one["name"] == "Answer")
    mine = models.new_field("Mine")
    if twice == "number":
        mine["id"] = answer["id"]
    else:
        answer["name"], mine["name"], mine["id"] = "Reply", "Answer", None
    models.add_field(model, mine)
    models.update_dict(model)
    ann.edit("spacing", **{mine["name"]: "My private words."})
    files = project.files()
    found = ann.pulled()
    assert found["packages"][0]["not_compared"] == 1
    assert project.files() == files


@pytest.mark.parametrize("forced", ["--theirs", "--ours"])
def test_a_word_about_one_card_empties_no_other(project: Project, ann: Ann, forced: str) -> None:
    third = '  - {id: third, q: "Who?", a: "She.", note: "A third."}\n'
    project.deck(cards=CARDS_YAML + MORE + third).build()
    commit(project)
    ann.get()
    vanish(project, ann)
    ann.pull(forced, "spacing")
    assert 'note: "Remark."' in cards(project)
    next_second()
    ann.edit("more", Answer="That one.")
    ann.pull()
    assert 'note: "Remark."' in cards(project)
    assert "That one." in cards(project)


def test_theirs_says_what_else_it_takes_out(project: Project, ann: Ann) -> None:
    project.deck(cards=CARDS_YAML + MORE).build()
    commit(project)
    ann.get()
    notes = [ann.learner.note(name) for name in ("spacing", "more")]
    for note in notes:
        note["Note"], note["Answer"] = "", "Theirs, by hand."
    ann.learner.col.update_notes(notes)
    project.edit("strengthens it.", "deepens it.")
    project.now = int(time.time()) - 3540  # after the edit, so that it is no version that was edited
    project.build()
    hints = {one["card"]: one["hint"] for one in ann.pulled(code=1)["findings"] if one["code"] == "P01"}
    assert "also the empty ones of P07" in hints["spacing"]
    ann.pull("--theirs", "spacing")
    assert cards(project).count("note:") == 1


@pytest.mark.parametrize("other", ["never had one", "was taken out here"])
def test_the_only_remark_is_not_taken_out(project: Project, ann: Ann, other: str) -> None:
    without = MORE.replace(', note: "Remark."', "")
    project.deck(cards=CARDS_YAML + (without if other == "never had one" else MORE)).build()
    commit(project)
    ann.get()
    vanish(project, ann)
    if other != "never had one":
        project.edit(', note: "Remark."', "")
    assert "P07" in {one["code"] for one in ann.pulled()["findings"]}
    assert "The effect grows" in cards(project)


def test_a_word_about_a_card_with_an_open_tag_empties_no_other(project: Project, ann: Ann) -> None:
    project.deck(cards=CARDS_YAML + MORE).build()
    commit(project)
    ann.get()
    tag(ann, "memory::basics", "memory::rare")
    vanish(project, ann)
    ann.pull("--theirs", "spacing")
    assert 'note: "Remark."' in cards(project)
    ann.pull()
    assert 'note: "Remark."' in cards(project)


def test_a_tag_of_theirs_takes_out_what_vanished_not_unsaid(project: Project, ann: Ann) -> None:
    project.deck(cards=CARDS_YAML + MORE).build()
    project.edit("id: spacing\n", "id: spacing\n    tags: [time]\n")
    project.build()
    commit(project)
    ann.get()
    tag(ann, "memory::basics")
    vanish(project, ann)
    told = [one["hint"] for one in ann.pulled()["findings"] if one["code"] == "P04"]
    assert all("also the empty ones of P07" in hint for hint in told)
    assert told


def give_type(ann: Ann, notes: Sequence[Any], before: str, after: str) -> None:
    """Change Note Type, as Anki's window does it."""
    models = ann.learner.col.models
    types = [models.by_name(name) for name in (before, after)]
    old, new = (one["id"] for one in types if one is not None)
    request = models.change_notetype_info(old_notetype_id=old, new_notetype_id=new).input
    request.note_ids.extend(notes)
    models.change_notetype_of_notes(request)


@pytest.mark.parametrize("changed", ["before the build", "after it", "never"])
def test_a_new_card_that_had_another_type_for_a_while(project: Project, ann: Ann, changed: str) -> None:
    """It may have come back to her by an import, with all that a build makes; else she may mean it."""
    project.deck().build()
    commit(project)
    ann.get()
    note = ann.add_like(Question="Recall?", Answer="Of it.", Note="A remark of hers.")
    ann.pull("--new", "new.yaml")
    if changed == "before the build":
        project.edit("Of it.", "Of it all.", "memory/new.yaml")
    next_second()
    ann.build_and_get()
    commit(project)
    if changed == "after it":
        project.edit("Of it.", "Of it all.", "memory/new.yaml")
        next_second()
        ann.build_and_get()
        commit(project)
    next_second()
    now = note.note_type()["name"]
    for before, after in ((now, "Basic"), ("Basic", now)):
        give_type(ann, [note.id], before, after)
    ann.pull()
    text = (project.root / "cards_source/memory/new.yaml").read_text(encoding="utf-8")
    assert ("A remark of hers." in text) is (changed != "never")


@pytest.mark.parametrize("count", [1, 3])
def test_a_note_that_had_another_type_for_a_while_has_lost_no_text(
    project: Project, ann: Ann, bob: Ann, count: int
) -> None:
    """As P07 says itself: Anki empties what the other type has no field for."""
    more = "".join(
        f'  - {{id: more-{at}, q: "Which {at}?", a: "{at}.", note: "A remark."}}\n' for at in (1, 2)
    )
    project.deck(cards=CARDS_YAML + more).build()
    commit(project)
    ann.get()
    bob.get()
    names = ("spacing", "more-1", "more-2")[:count]
    numbers = [ann.learner.note(name).id for name in names]
    now = ann.learner.note("spacing").note_type()["name"]
    for before, after in ((now, "Basic"), ("Basic", now)):
        give_type(ann, numbers, before, after)
        told = " ".join(one["hint"] for one in ann.pulled()["findings"] if one["code"] == "P07")
        assert ("`--ours ID` then brings back what Anki dropped" in told) is (after == "Basic")
    for number in numbers:  # each for itself, later
        next_second()
        note = ann.learner.col.get_note(number)
        note["Answer"] = "Mended."
        ann.learner.col.update_note(note)
    ann.pull()
    assert cards(project).count("note:") == 3
    assert cards(project).count("Mended.") == count
    ann.pull(*(word for name in names for word in ("--ours", name)))
    ann.build_and_get()
    bob.get()
    for name in names:
        assert ann.learner.note(name).fields == bob.learner.note(name).fields
        assert ann.learner.note(name)["Note"]
    assert ann.pulled()["findings"] == []


def test_the_text_of_a_renamed_new_card_comes_home(project: Project, ann: Ann) -> None:
    """It has no id there, and the learner edited none."""
    project.deck().build()
    commit(project)
    ann.get()
    note = ann.add_like(Question="Recall?", Answer="Of recall.")
    ann.pull("--new", "cards.yaml")
    assert project.run("rename", "recall", "remembering").exit_code == 0
    project.now = int(time.time()) - 3600
    project.build()
    commit(project)
    time.sleep(2.1)  # the build comes after the learner's note, in the next second
    note["Answer"] = "Of recall, mostly."
    ann.learner.col.update_note(note)
    assert ann.pulled()["findings"] == []
    assert "Of recall, mostly." in cards(project)
