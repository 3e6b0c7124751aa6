"""What a pull tells of what it did, and of what it could not do."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
import time
import zipfile
from contextlib import closing

import pytest

from tests.conftest import BILINGUAL_CARDS, BILINGUAL_YAML, DECK_YAML, Project
from tests.pulling.test_pull import Ann, commit

pytestmark = pytest.mark.slow
HARDENS = "Recall from fading memory hardens it."


def test_what_was_kept_by_name_is_told(project: Project, ann: Ann) -> None:
    project.deck().build()
    ann.get()
    ann.edit("spacing", Answer=HARDENS)
    assert "cards.yaml:3 spacing: would keep yours" in ann.pull("--ours", "spacing", "--dry-run").stdout
    outcome = ann.pull("--ours", "spacing")
    told = "spacing: kept yours; the next build sends it to the learner, in place of the edit"
    assert told in outcome.stdout
    assert ann.build_and_get() == (0, 1)
    assert ann.learner.note("spacing")["Answer"] == "Recall from fading memory strengthens it."


def test_what_was_kept_by_name_stands_in_the_json(project: Project, ann: Ann) -> None:
    project.deck().build()
    ann.get()
    ann.edit("spacing", Answer=HARDENS)
    assert ann.pulled("--ours", "spacing")["packages"][0]["kept"] == ["spacing"]


def test_notes_are_counted_as_notes(project: Project, ann: Ann) -> None:
    """The cloze has two cards."""
    project.deck().build()
    ann.get()
    ann.learner.col.remove_notes([ann.learner.note("stages").id])
    outcome = ann.pull()
    assert "memory.apkg  2 notes there, 0 edited" in outcome.stdout
    assert "the learner lacks 1 note of this package: stages" in outcome.stderr


def test_lines_of_a_new_note_are_told_apart(project: Project, ann: Ann) -> None:
    project.deck().build()
    ann.get()
    ann.add_like(Question="One<div>Two</div><br>Three", Answer="<p>A</p><p>B <b>C</b>D</p>")
    (told,) = ann.pulled()["findings"]
    assert told["message"] == "the learner added a note: One Two Three / A B CD"


def test_which_package_is_missing_is_told_by_the_time_of_the_edit(project: Project, ann: Ann) -> None:
    project.deck().build()
    ann.get()
    ann.edit("spacing", Answer=HARDENS)
    project.edit("Why do spaced", "Why would spaced")
    project.build()
    (told,) = ann.pulled(code=1)["findings"]
    assert told["code"] == "P02"
    assert "if you have one more package from before 20" in told["hint"]
    newest = project.root / "newest.apkg"
    shutil.copy(project.package(), newest)
    (told,) = ann.pulled("--shipped", str(newest), code=1)["findings"]
    assert "if you have one more package from before 20" in told["hint"]


def test_a_tag_that_the_author_took_out_is_not_called_the_learners(project: Project, ann: Ann) -> None:
    project.deck().build()
    ann.get()
    ann.tag("spacing", "memory::basics", "memory::mine")
    (told,) = ann.pulled()["findings"]
    assert (
        told["message"] == "the learner's note has the tag `mine`, which `tags:` of deck.yaml does not list"
    )
    project.edit("strengthens it.", "deepens it.")
    assert ann.build_and_get() == (0, 1)
    assert "memory::mine" not in ann.learner.note("spacing").tags, "as the hint says"


def test_words_in_an_empty_field_are_told_with_what_becomes_of_them(project: Project, ann: Ann) -> None:
    project.deck().build()
    ann.get()
    ann.edit("spacing", Spare2="my own words")
    (told,) = ann.pulled()["findings"]
    assert (told["code"], "no key fills this field" in told["message"]) == ("P03", True)
    assert "until an import changes the note" in told["message"]
    ann.pull("--ours", "spacing")
    assert ann.build_and_get() == (0, 1)
    assert ann.learner.note("spacing")["Spare2"] == "", "as the message says"


def test_a_package_of_another_language_is_told(project: Project, ann: Ann) -> None:
    project.deck(BILINGUAL_YAML, BILINGUAL_CARDS).build()
    english, chinese = sorted((project.root / "output").glob("*.apkg"))
    ann.learner.import_package(english)
    (told,) = ann.pulled("--shipped", str(chinese))["findings"]
    assert (told["code"], told["severity"], told["path"]) == ("P02", "warning", chinese.as_posix())
    assert "has no note that the learner has" in told["message"]
    assert ann.pulled("--shipped", str(english))["findings"] == []


@pytest.mark.parametrize(("level", "told"), [("", True), ("lint: {L02: off}\n", False)])
def test_that_the_next_build_will_refuse_a_text_is_told(
    project: Project, ann: Ann, level: str, *, told: bool
) -> None:
    project.deck(DECK_YAML + level).build()
    ann.get()
    ann.edit("spacing", Answer=f"{HARDENS} {'And so on, word after word. ' * 60}")
    outcome = ann.pull()
    assert "hardens" in (project.root / "cards_source/memory/cards.yaml").read_text(encoding="utf-8")
    wanted = "cards.yaml:3:9: L02 warning: the next build will refuse what came home: "
    assert (wanted in outcome.stderr) == told
    built = project.run("check", "--format", "json")
    errors = {one["code"] for one in json.loads(built.stdout) if one["severity"] == "error"}
    assert ("L02" in errors) == told


def test_an_unknown_tag_of_a_new_note_is_told_at_once_with_its_line(project: Project, ann: Ann) -> None:
    """The line is that of the file as it is now, also where cards stood in it before."""
    project.deck().build()
    ann.get()
    for number in (1, 2):
        ann.add_like(tags=["memory::rare", "mine"], Question=f"Which {number}?", Answer="That.")
    would = ann.pulled("--new", "cards.yaml", "--dry-run")["findings"]
    found = ann.pulled("--new", "cards.yaml")["findings"]
    text = (project.root / "cards_source/memory/cards.yaml").read_text(encoding="utf-8").split("\n")
    lines = [text.index(f"  - id: which-{number}") + 1 for number in (1, 2)]
    for told in (would, found):
        assert [(one["code"], one["line"]) for one in told] == [("P04", line) for line in lines]
    assert "has the tag `rare`" in found[0]["message"]


def test_a_new_card_that_no_build_takes_is_told_with_its_line(project: Project, ann: Ann) -> None:
    project.deck().build()
    ann.get()
    for _ in range(2):
        ann.add_like(Question="What is recall?", Answer="That.")
    found = ann.pulled("--new", "cards.yaml")["findings"]
    text = (project.root / "cards_source/memory/cards.yaml").read_text(encoding="utf-8").split("\n")
    line = text.index("  - id: what-is-recall-2") + 1
    assert [(one["code"], one["line"]) for one in found] == [("D01", line)]


def test_a_file_that_is_new_is_told_as_added(project: Project, ann: Ann) -> None:
    project.deck().build()
    ann.get()
    ann.add_like(Question="What is recall?", Answer="That.")
    assert "would add cards_source/memory/new.yaml" in ann.pull("--new", "new.yaml", "--dry-run").stdout
    outcome = ann.pull("--new", "new.yaml")
    assert "added cards_source/memory/new.yaml" in outcome.stdout
    assert "edited cards_source/memory/deck.lock" in outcome.stdout


def test_an_emptied_text_is_told_as_such(project: Project, ann: Ann) -> None:
    project.deck().build()
    ann.get()
    ann.edit("spacing", Answer="")
    outcome = ann.pull(code=1)
    assert "    theirs  (nothing)" in outcome.stdout


def test_the_file_comes_first(project: Project, ann: Ann) -> None:
    project.deck().build()
    outcome = project.run("pull", "memory", str(ann.file))
    assert outcome.exit_code == 2
    assert f"the file comes before the names of decks: `deckgen pull {ann.file} memory`" in outcome.stderr


def test_the_tag_of_a_new_card_comes_home_once_the_deck_has_it(project: Project, ann: Ann) -> None:
    """Before its first build no package has the card, and what it lacks there is the author's doing."""
    project.deck().build()
    ann.get()
    ann.add_like(tags=["memory::rare"], Question="Which?", Answer="That.")
    ann.pull("--new", "new.yaml")
    (told,) = ann.pulled()["findings"]
    assert "add `rare` to `tags:` of deck.yaml, then pull again" in told["hint"]
    project.edit("tags: {", 'tags: {rare: "Rare", ', "memory/deck.yaml")
    project.edit("  - id: which", "  - id: which\n    tags: [basics]", "memory/new.yaml")
    told = ann.pulled()["findings"][0]
    assert told["code"] == "P04"
    assert "`--theirs which`" in told["hint"]
    ann.pull("--theirs", "which")
    new = (project.root / "cards_source/memory/new.yaml").read_text(encoding="utf-8")
    assert "rare" in new


@pytest.mark.parametrize("imported", [False, True])
def test_what_a_learner_may_never_have_had_is_not_called_taken_out(
    project: Project, ann: Ann, imported: bool
) -> None:
    """A release added an item; she edits another one, and nobody knows whether she has that release."""
    project.deck().build()
    commit(project)
    ann.get()
    project.edit('retrieval: "Retrieval"', 'retrieval: "Retrieval", loss: "Loss"')
    project.now = int(time.time()) - 9000
    project.build()
    commit(project)
    if imported:
        ann.get()
    note = ann.learner.note("stages")
    had = note["List"]
    without = re.sub(r"<li>(?:(?!</li>).)*Loss.*?</li>", "", had)
    assert (without != had) is imported
    ann.edit("stages", List=without.replace("Storage", "Storing"))
    found = [one["message"] for one in ann.pulled()["findings"] if one["code"] == "P03"]
    assert [("was taken out" in one, "unless the learner has an older version" in one) for one in found] == [
        (True, True)
    ]


@pytest.mark.parametrize("style", ["text", "json"])
def test_half_a_character_in_a_note_type_is_no_reason_to_fall(project: Project, style: str) -> None:
    """JSON can have one, as an add-on may write it."""
    project.deck().build()
    file = project.root / "ann.anki2"
    with zipfile.ZipFile(project.package()) as package:
        file.write_bytes(package.read("collection.anki2"))
    with closing(sqlite3.connect(file)) as connection:
        ((models,),) = connection.execute("SELECT models FROM col")
        connection.execute("UPDATE col SET models = ?", (models.replace('"css": "', '"css": "\\ud800'),))
        connection.commit()
    outcome = project.run("pull", str(file), "--format", style)
    assert outcome.exit_code == 0, outcome.stderr
    assert "P07" in outcome.stdout + outcome.stderr
