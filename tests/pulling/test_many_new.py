"""Many notes that a learner added at once, or alone, as by a table that Anki imported."""

from __future__ import annotations

import re

import pytest

from tests.conftest import Project
from tests.own_deck import PIXEL
from tests.pulling.test_pull import Ann, cards, commit

pytestmark = pytest.mark.slow

MANY = 130


def add_at_once(ann: Ann, count: int) -> None:
    """Notes whose numbers lie a millisecond apart."""
    for number in range(count):
        ann.add_like(Question=f"Which is number {number}?", Answer=f"It is {number}.")
    db = ann.learner.col.db
    assert db is not None
    first = 1_700_000_100_000
    for number, note_id in enumerate(sorted(ann.learner.col.find_notes("Question:*number*"))):
        db.execute("update notes set id = ? where id = ?", first + number, note_id)
        db.execute("update cards set nid = ? where nid = ?", first + number, note_id)


def test_a_table_that_was_imported_becomes_cards(project: Project, ann: Ann, bob: Ann) -> None:
    project.deck().build()
    commit(project)
    ann.get()
    bob.get()
    add_at_once(ann, MANY)
    found = ann.pulled("--new", "new.yaml")
    assert len(found["packages"][0]["new"]) == MANY
    assert ann.build_and_get() == (0, 0)
    assert bob.build_and_get() == (MANY, 0)
    col = bob.learner.col
    asked = [col.get_note(one)["Question"] for one in sorted(col.find_notes("Question:*number*"))]
    assert asked == [f"Which is number {number}?" for number in range(MANY)]
    ann.learner.is_sound()
    bob.learner.is_sound()


def test_more_new_notes_than_are_listed_are_counted(project: Project, ann: Ann) -> None:
    project.deck().build()
    ann.get()
    add_at_once(ann, MANY)
    found = [one["message"] for one in ann.pulled()["findings"]]
    assert len(found) == 101
    assert "the learner added 30 more notes" in found


def test_new_cards_are_told_where_no_other_card_is(project: Project, ann: Ann) -> None:
    project.deck().build()
    ann.get()
    add_at_once(ann, 1)
    ann.learner.col.remove_notes([ann.learner.note(card).id for card in ("spacing", "testing", "stages")])
    assert "new card which-is-number-0" in ann.pull("--new", "new.yaml").stdout


def test_a_file_that_takes_no_cards_is_named(project: Project, ann: Ann) -> None:
    project.deck().build()
    ann.get()
    add_at_once(ann, 1)
    project.write("memory/none.yaml", "cards: []\n")
    files = project.files()
    told = ann.pull("--new", "none.yaml", code=2).stderr
    assert "memory/none.yaml: " in told
    assert "name a new file" in told
    assert project.files() == files


def test_new_cards_without_a_word_get_ids_of_their_own(project: Project, ann: Ann) -> None:
    project.deck().build()
    ann.get()
    ann.learner.col.media.write_data("leaf.png", PIXEL)
    for question in ('<img src="leaf.png">', "?!", "My first idea"):
        ann.add_like(Question=question, Answer="It is a leaf.")
    new = ann.pulled("--new", "new.yaml")["packages"][0]["new"]
    ids = [one["card"] for one in new]
    assert [bool(re.fullmatch("note-[0-9a-f]{8}", one)) for one in ids] == [True, True, False]
    assert ids[2] == "my-first-idea"
    assert project.codes() == []


HARD = {
    "long": ("x" * 10_001, None, "at most 10000"),
    "lines": ("<br>".join("ab" for _ in range(4_000)), None, "at most"),
    "no guid": ("It is this.", "", "a guid that Anki never gives"),
    "long guid": ("It is this.", "g" * 200_000, "a guid that Anki never gives"),
}


@pytest.mark.parametrize("what", HARD)
def test_a_new_note_that_can_be_no_card_stops_nothing(project: Project, ann: Ann, what: str) -> None:
    """All else comes home, and the note is named, with the reason."""
    answer, guid, reason = HARD[what]
    project.deck().build()
    ann.get()
    ann.edit("spacing", Hint="fading")
    ids = []
    for question, html in (("Which is a good question?", "This one."), ("Which is another?", answer)):
        note = ann.add_like(Question=question, Answer=html)
        ids.append(note.id)
    db = ann.learner.col.db
    assert db is not None
    if guid is not None:
        db.execute("update notes set guid = ? where id = ?", guid, ids[1])
    (finding,) = ann.pulled("--new", "new.yaml")["findings"]
    assert finding["code"] == "P05"
    assert "Which is another?" in finding["message"]
    assert reason in finding["message"]
    assert 'hint: "fading"' in cards(project)
    new = (project.root / "cards_source/memory/new.yaml").read_text(encoding="utf-8")
    assert "which-is-a-good-question" in new
    assert "another" not in new
    assert ann.build_and_get() == (0, 0)
    assert len(ann.learner.col.find_notes("Question:Which*")) == 2
    assert len(ann.pulled()["findings"]) == 1
