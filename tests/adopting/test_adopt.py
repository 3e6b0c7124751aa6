"""The command `adopt`, as a person types it, with packages of the real Anki; then what learners get of it."""

from __future__ import annotations

import json
import re
import shutil
import tempfile
import time
from pathlib import Path
from typing import Any

import pytest
from anki.decks import DeckId

from deckgen.packing import collection
from tests.adopting.decks import add, export, export_text, spanish, with_decks
from tests.conftest import Project
from tests.own_deck import PIXEL
from tests.packing.test_journal import killed_at
from tests.real_anki import Learner

pytestmark = pytest.mark.slow


@pytest.fixture
def original(tmp_path: Path) -> Path:
    """A package of the deck `Spanish`, as people find it on the web."""
    with Learner(tmp_path / "maker") as maker:
        spanish(maker)
        return export(maker, tmp_path / "Spanish.apkg", "Spanish")


def studied(learner: Learner, package: Path) -> dict[str, Any]:
    """What a learner has who imported a package and studied half of it: all rows that may not change."""
    learner.import_package(package)
    learner.study("Spanish", 3)
    return state(learner)


def state(learner: Learner) -> dict[str, Any]:
    return {table: learner.rows(table) for table in ("notes", "cards", "revlog")}


@pytest.mark.parametrize("legacy", [True, False], ids=["legacy", "new"])
def test_a_build_over_the_studied_original_changes_nothing(
    project: Project, learner: Learner, tmp_path: Path, legacy: bool
) -> None:
    with Learner(tmp_path / "maker") as maker:
        spanish(maker)
        package = export(maker, tmp_path / "Spanish.apkg", "Spanish", legacy=legacy)
    before = studied(learner, package)
    outcome = project.run("adopt", str(package))
    assert outcome.exit_code == 0, outcome.stderr
    assert "“Spanish” was written, with 5 cards" in outcome.stdout
    lock = project.lock("spanish").read_bytes()
    assert "5 unchanged" in project.build().stdout
    assert project.lock("spanish").read_bytes() == lock
    log = learner.import_package(project.package("spanish.apkg"))
    assert (log.new, log.updated, log.conflicting) == (0, 0, 0)
    assert state(learner) == before


def test_an_edit_updates_exactly_its_note_and_keeps_the_history(
    project: Project, learner: Learner, original: Path
) -> None:
    before = studied(learner, original)
    project.run("adopt", str(original))
    project.build()
    project.edit('a: "the house"', 'a: "the *house*"', "spanish/01-words.yaml")
    assert "1 changed" in project.build().stdout
    log = learner.import_package(project.package("spanish.apkg"))
    assert (log.new, log.updated, log.conflicting) == (0, 1, 0)
    after = state(learner)
    assert (after["revlog"], len(after["cards"])) == (before["revlog"], len(before["cards"]))
    changed = [two for one, two in zip(before["notes"], after["notes"], strict=True) if one != two]
    assert [row[6] for row in changed] == ["la casa\x1fthe <em>house</em>"]


def test_the_source_reads_like_one_that_was_typed(project: Project, original: Path) -> None:
    project.run("adopt", str(original))
    text = (project.root / "cards_source/spanish/01-words.yaml").read_text(encoding="utf-8")
    assert (
        text.partition("\n")[2]
        == """\
deck: "Words"
cards:
  - id: el-perro
    tags: [animals]
    q: "el **perro**"
    a: |
      the dog\\
      a dog

  - id: la-casa
    tags: [Things::At_home]
    q: "la casa"
    a: "the house"

  - id: el-gato
    tags: [animals]
    q: "el gato"
    a: "the cat"
    reverse: true
"""
    )


def test_a_dry_run_says_the_same_and_writes_nothing(project: Project, original: Path) -> None:
    before = project.files()
    dry = project.run("adopt", str(original), "--dry-run")
    assert project.files() == before
    assert dry.exit_code == 0
    wet = project.run("adopt", str(original), "--format", "json")
    assert "nothing was written" in dry.stdout
    told = json.loads(wet.stdout)
    assert told["decks"][0]["texts"] == {"as_they_were": 7, "look_the_same": 3, "html": 0}
    assert "7 texts as they were" in dry.stdout


def test_adopting_again_changes_no_byte(project: Project, original: Path) -> None:
    project.run("adopt", str(original))
    project.build()
    before = project.files()
    outcome = project.run("adopt", str(original))
    assert outcome.exit_code == 0
    assert "nothing is new" in outcome.stdout
    assert project.files() == before


def test_adopting_a_later_package_adds_what_is_new_and_tells_what_differs(
    project: Project, learner: Learner, tmp_path: Path
) -> None:
    with Learner(tmp_path / "maker") as maker:
        spanish(maker)
        first = export(maker, tmp_path / "Spanish.apkg", "Spanish")
        project.run("adopt", str(first))
        project.build()
        ids = project.lock("spanish").read_text(encoding="utf-8")
        add(maker, "Spanish::Words", "Basic", ["el pez", "the fish"], ["sea"])
        note = maker.col.get_note(maker.col.find_notes("casa")[0])
        note["Back"] = "the home"
        maker.col.update_note(note)
        second = export(maker, tmp_path / "Later.apkg", "Spanish")
    learner.import_package(second)
    before = state(learner)
    outcome = project.run("adopt", str(second))
    assert outcome.exit_code == 0, outcome.stderr
    assert "1 note added" in outcome.stdout
    assert "cards_source/spanish/01-words.yaml:14: la-casa, Back" in outcome.stdout
    assert 'q: "el pez"' in (project.root / "cards_source/spanish/03-words.yaml").read_text(encoding="utf-8")
    assert set(ids.split("\n")) <= set(project.lock("spanish").read_text(encoding="utf-8").split("\n"))
    assert "6 unchanged" in project.build().stdout
    log = learner.import_package(project.package("spanish.apkg"))
    assert (log.new, log.updated, log.conflicting) == (0, 0, 0)
    assert state(learner) == before


def test_a_folder_with_another_deck_is_left_alone(project: Project, original: Path) -> None:
    project.run("new", "spanish")
    before = project.files()
    outcome = project.run("adopt", str(original))
    assert outcome.exit_code == 2
    assert "has the key `spanish`, and none of these notes" in outcome.stderr
    assert project.files() == before
    outcome = project.run("adopt", str(original), "--as", "espanol")
    assert "has the title “Spanish” as well" in outcome.stderr
    assert project.files() == before
    project.edit('title: "Spanish"', 'title: "My Spanish"', "spanish/deck.yaml")
    assert project.run("adopt", str(original), "--as", "espanol").exit_code == 0
    assert project.lock("espanol").exists()


def test_a_folder_with_other_files_is_left_alone(project: Project, original: Path) -> None:
    project.write("spanish/notes.txt", "mine")
    before = project.files()
    outcome = project.run("adopt", str(original))
    assert outcome.exit_code == 2
    assert "exists already" in outcome.stderr
    assert "--as" in outcome.stderr
    assert project.files() == before


def test_root_decks_without_a_parent_become_folders_of_their_own(
    project: Project, learner: Learner, tmp_path: Path
) -> None:
    with Learner(tmp_path / "maker") as maker:
        spanish(maker)
        add(maker, "漢字", "Basic", ["水", "water"])
        add(maker, "Default", "Basic", ["nowhere", "in particular"])
        package = export(maker, tmp_path / "all.apkg")
    learner.import_package(package)
    before = state(learner)
    outcome = project.run("adopt", str(package))
    assert outcome.exit_code == 0, outcome.stderr
    folders = {path.parent.name for path in (project.root / "cards_source").glob("*/deck.yaml")}
    assert folders == {"spanish", "deck", "all"}
    assert "id: water" in (project.root / "cards_source/deck/01-cards.yaml").read_text(encoding="utf-8")
    project.build()
    for name in folders:
        log = learner.import_package(project.package(f"{name}.apkg"))
        assert (log.new, log.updated, log.conflicting) == (0, 0, 0)
    assert state(learner) == before


def test_one_guid_with_two_contents_is_left_out_and_shown(project: Project, tmp_path: Path) -> None:
    with Learner(tmp_path / "maker") as maker:
        spanish(maker)
        note = add(maker, "Spanish", "Basic", ["doble", "double"])
        casa = maker.col.get_note(maker.col.find_notes("casa")[0])
        assert maker.col.db is not None
        maker.col.db.execute("update notes set guid = ? where id = ?", casa.guid, note.id)
        package = export(maker, tmp_path / "Spanish.apkg", "Spanish")
    outcome = project.run("adopt", str(package))
    assert "1 guid that several notes with other texts have" in outcome.stdout
    assert "la casa · the house" in outcome.stdout
    assert "doble · double" in outcome.stdout
    assert "with 4 cards" in outcome.stdout


def test_an_adopted_deck_stays_one(project: Project, tmp_path: Path) -> None:
    """Else each note would get other tags, and overwrite what learners edited in it."""
    with Learner(tmp_path / "maker") as maker:
        add(maker, "Spanish", "Basic", ["la casa", "the house"], ["home"])
        project.run("adopt", str(export(maker, tmp_path / "Spanish.apkg", "Spanish")))
    path = project.root / "cards_source/spanish/deck.yaml"
    path.write_text(re.sub("adopted: true.*", "", path.read_text(encoding="utf-8")), encoding="utf-8")
    (found,) = (one for one in project.findings() if one["severity"] == "error")
    assert (found["code"], Path(found["path"]).name) == ("R23", "deck.yaml")
    assert found["message"] == "learners had this deck before deckgen, and `adopted: true` is gone"
    assert project.run("build", "--no-lint").exit_code == 1


def test_tabs_and_lines_beside_signs_that_yaml_can_not_show_come_over(
    project: Project, learner: Learner, tmp_path: Path
) -> None:
    """In double quotes a `\\t` before a letter is taken for a command of LaTeX."""
    fields = ["\tyes<hr><script>\ufeff</script>", "<pre>a\u2028\nbeta\theta</pre>"]
    with Learner(tmp_path / "maker") as maker:
        add(maker, "Spanish", "Basic", fields)
        package = export(maker, tmp_path / "Spanish.apkg", "Spanish")
    before = studied(learner, package)
    outcome = project.run("adopt", str(package), "--trusted")
    assert "with 1 card" in outcome.stdout, outcome.stderr
    project.build()
    learner.import_package(project.package("spanish.apkg"))
    assert state(learner) == before


def test_it_is_adopted_again_while_a_look_waits_for_its_build(project: Project, tmp_path: Path) -> None:
    with Learner(tmp_path / "maker") as maker:
        add(maker, "Spanish", "Basic", ["la casa", "the house"])
        project.run("adopt", str(export(maker, tmp_path / "1.apkg", "Spanish")))
        project.write("spanish/note_types/basic/style.css", ".card { color: navy }")
        add(maker, "Spanish", "Basic", ["el pan", "the bread"])
        outcome = project.run("adopt", str(export(maker, tmp_path / "2.apkg", "Spanish")))
    assert "1 note added" in outcome.stdout, outcome.stderr
    assert "2 unchanged; new look" in project.build().stdout


def test_a_new_note_outside_of_the_deck_is_told(project: Project, tmp_path: Path) -> None:
    with Learner(tmp_path / "maker") as maker:
        add(maker, "Spanish::Words", "Basic", ["la casa", "the house"])
        project.run("adopt", str(export(maker, tmp_path / "1.apkg", "Spanish")))
        add(maker, "Spanish::Other", "Basic", ["el pan", "the bread"])
        outcome = project.run("adopt", str(export(maker, tmp_path / "2.apkg", "Spanish")))
    assert (
        "1 × a note outside of “Spanish::Words” in the file: new learners get it in that deck: el-pan"
        in outcome.stdout
    )


def test_a_note_type_that_changed_in_anki_is_told_and_takes_no_new_notes(
    project: Project, tmp_path: Path
) -> None:
    with Learner(tmp_path / "maker") as maker:
        spanish(maker)
        project.run("adopt", str(export(maker, tmp_path / "1.apkg", "Spanish")))
        basic, cloze = maker.col.models.by_name("Basic"), maker.col.models.by_name("Cloze")
        assert basic is not None
        assert cloze is not None
        side = maker.col.models.new_template("Card 2")
        maker.col.models.add_template(basic, side | {"qfmt": "{{Back}}", "afmt": "{{Front}}"})
        maker.col.models.update_dict(basic)
        maker.col.models.update_dict(cloze | {"css": ".card { color: navy }"})
        add(maker, "Spanish::Words", "Cloze", ["{{c1::el}} pan", ""])
        package = export(maker, tmp_path / "2.apkg", "Spanish")
        outcome = project.run("adopt", str(package))
        assert "; 1 note added" in outcome.stdout, outcome.stderr
        assert (
            "the note type “Basic” has other fields or templates in the file than note_types/basic: who has "
            "it as in the file gets no new texts of its 3 notes" in outcome.stdout
        )
        assert (
            "the note type “Cloze” has another look in the file than note_types/cloze-type" in outcome.stdout
        )
        add(maker, "Spanish::Words", "Basic", ["el pan", "the bread"])
        again = project.run("adopt", str(export(maker, tmp_path / "3.apkg", "Spanish")))
    assert "its note type has other fields or templates than `note_types/basic`" in again.stdout
    project.build()


def test_a_file_of_media_that_changed_in_anki_is_told(project: Project, tmp_path: Path) -> None:
    with Learner(tmp_path / "maker") as maker:
        spanish(maker)
        add(maker, "Spanish::Words", "Basic", ['<img src="pan.png">', "the bread"])
        file = Path(maker.col.media.dir()) / "pan.png"
        file.write_bytes(PIXEL)
        project.run("adopt", str(export(maker, tmp_path / "1.apkg", "Spanish")))
        assert "pan.png" not in project.run("adopt", str(tmp_path / "1.apkg")).stdout
        file.write_bytes(PIXEL + b"new")
        outcome = project.run("adopt", str(export(maker, tmp_path / "2.apkg", "Spanish")))
    assert "1 file of media/ has another content in the file; nothing was changed: pan.png" in outcome.stdout


def test_settings_of_add_ons_in_a_note_type_are_left_out_and_told(
    project: Project, learner: Learner, tmp_path: Path
) -> None:
    with Learner(tmp_path / "maker") as maker:
        basic = maker.col.models.by_name("Basic")
        assert basic is not None
        # Anki itself writes `originalId`, when a type comes that differs from one with its number.
        basic |= {"originalId": 1_500_000_000_000, "add-on": {"a": 1}, "latexPre": "mine"}
        basic["flds"][0]["media"], basic["tmpls"][0]["scratchPad"] = ["x.png"], 1
        maker.col.models.update_dict(basic)
        spanish(maker)
        package = export(maker, tmp_path / "Spanish.apkg", "Spanish")
    before = studied(learner, package)
    outcome = project.run("adopt", str(package))
    assert "with 5 cards" in outcome.stdout, outcome.stderr
    assert "settings of add-ons in the note type basic: add-on, media, scratchPad" in outcome.stdout
    assert "5 unchanged" in project.build().stdout
    learner.import_package(project.package("spanish.apkg"))
    assert state(learner) == before
    kept = (project.root / "cards_source/spanish/note_types/basic/anki.json").read_text(encoding="utf-8")
    assert '"latexPre": "mine"' in kept


@pytest.mark.parametrize("ahead", [1_000_000, 10**12], ids=["a-wrong-clock", "milliseconds"])
def test_a_stamp_of_the_future_does_not_overwrite_what_learners_edit(
    project: Project, learner: Learner, tmp_path: Path, ahead: int
) -> None:
    with Learner(tmp_path / "maker") as maker:
        spanish(maker)
        assert maker.col.db is not None
        for table, stamp in (("notes", "mod"), ("notetypes", "mtime_secs")):
            maker.col.db.execute(f"update {table} set {stamp} = {stamp} + ?", ahead)  # noqa: S608  # our words
        package = export(maker, tmp_path / "Spanish.apkg", "Spanish")
    learner.import_package(package)
    note = learner.col.get_note(learner.col.find_notes("casa")[0])
    note["Back"] = "my house"
    learner.col.update_note(note)
    before = state(learner)
    project.now = int(time.time()) - 5 * 3600
    project.run("adopt", str(package))
    assert "5 unchanged" in project.build().stdout
    log = learner.import_package(project.package("spanish.apkg"))
    assert (log.new, log.updated, log.conflicting) == (0, 0, 0)
    assert state(learner) == before
    # Who has the stamp of the future gets the author's next edit.
    project.edit('a: "the cat"', 'a: "a cat"', "spanish/01-words.yaml")
    project.build()
    assert learner.import_package(project.package("spanish.apkg")).updated == 1


@pytest.mark.parametrize("name", ["empty.apkg", "text.apkg", "missing.apkg"])
def test_a_file_that_is_no_deck_is_refused(project: Project, tmp_path: Path, name: str) -> None:
    if name != "missing.apkg":
        (tmp_path / name).write_bytes(b"" if name == "empty.apkg" else b"not a package")
    before = project.files()
    outcome = project.run("adopt", str(tmp_path / name))
    assert outcome.exit_code == 2
    assert project.files() == before


def test_a_table_becomes_a_new_deck(project: Project, learner: Learner, tmp_path: Path) -> None:
    rows = (
        'What is *osmosis*?;"water\nmoves";Biology Cell::Wall\n水是什么？;"a ""b"" \\ c";漢字\nno answer;;x\n'
    )
    (tmp_path / "my words.csv").write_text(rows, encoding="utf-8")
    outcome = project.run("adopt", str(tmp_path / "my words.csv"), "--columns", "q,a,tags")
    assert outcome.exit_code == 0, outcome.stderr
    assert "with 2 cards" in outcome.stdout
    assert "漢字" in outcome.stdout
    assert "no answer" in outcome.stdout
    folder = project.root / "cards_source/my-words"
    assert not (folder / "deck.lock").exists()
    assert "adopted" not in (folder / "deck.yaml").read_text(encoding="utf-8")
    project.build()
    learner.import_package(project.package("my-words.apkg"))
    assert learner.note("what-is-osmosis")["Question"] == "What is *osmosis*?"
    assert learner.note("what-is-osmosis")["Answer"] == "water<br>\nmoves"
    assert learner.note("card-2")["Answer"] == 'a "b" \\ c'
    assert sorted(learner.note("what-is-osmosis").tags) == ["my-words::biology", "my-words::cell::wall"]


@pytest.mark.parametrize(("columns", "words"), [("q,a,colour", "`colour`"), ("q,tags", "`q` and `a`")])
def test_columns_that_make_no_card_are_refused(
    project: Project, tmp_path: Path, columns: str, words: str
) -> None:
    (tmp_path / "words.csv").write_text("a,b,c\n" if columns.count(",") == 2 else "a,b\n", encoding="utf-8")
    before = project.files()
    outcome = project.run("adopt", str(tmp_path / "words.csv"), "--columns", columns)
    assert outcome.exit_code == 2
    assert words in outcome.stderr
    assert project.files() == before


def test_a_run_that_is_killed_leaves_nothing_or_everything(
    project: Project, original: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "tmp").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    monkeypatch.setattr(tempfile, "tempdir", None)
    step = 3
    while killed_at(step, "adopt", str(original)):
        outcome = project.run("plan")  # finishes what was begun, and removes what was left
        left = {name for name in project.files() if ".deckgen-" in name}
        assert left == set(), step
        is_there = project.lock("spanish").exists()
        assert outcome.exit_code == (3 if is_there else 2), outcome.stderr
        assert any((project.root / "cards_source").rglob("*.yaml")) is is_there
        shutil.rmtree(project.root / "cards_source", ignore_errors=True)
        step += 19
    assert step > 60
    assert "5 unchanged" in project.build().stdout


@pytest.mark.parametrize("mark", ["..", "a/b", "CON", "A B"])
def test_a_name_that_no_folder_can_have_is_refused(project: Project, original: Path, mark: str) -> None:
    before = project.files()
    outcome = project.run("adopt", str(original), "--as", mark)
    assert outcome.exit_code == 2
    assert "can't be a deck's name" in outcome.stderr
    assert project.files() == before


def test_hostile_names_stay_names(project: Project, learner: Learner, tmp_path: Path) -> None:
    """Of decks, note types, fields and templates."""
    with Learner(tmp_path / "maker") as maker:
        made = maker.col.models.new("../../<b>evil</b> \u202e type")
        for name in ("../x", "1", "Type", "漢字", "a, b # c"):
            maker.col.models.add_field(made, maker.col.models.new_field(name))
        side = maker.col.models.new_template("../../card")
        side["qfmt"], side["afmt"] = "{{../x}}{{1}}", "{{FrontSide}}{{漢字}}{{Type}}{{a, b # c}}"
        maker.col.models.add_template(made, side)
        maker.col.models.add_dict(made)
        name = str(made["name"])
        add(maker, "../../etc: passwd # 1", name, ["../../x", "con", "- x", "'", '"'], ["../x", "a'b", "#x"])
        package = export(maker, tmp_path / "evil.apkg", "../../etc: passwd # 1")
    learner.import_package(package)
    before = state(learner)
    outcome = project.run("adopt", str(package))
    assert outcome.exit_code == 0, outcome.stderr
    assert not [name for name in project.files() if not name.startswith("cards_source/")]
    project.build()
    log = learner.import_package(next((project.root / "output").glob("*.apkg")))
    assert (log.new, log.updated, log.conflicting) == (0, 0, 0)
    assert state(learner) == before


def test_what_can_not_be_written_is_told_and_the_rest_comes(project: Project, tmp_path: Path) -> None:
    with Learner(tmp_path / "maker") as maker:
        spanish(maker)
        add(maker, "Spanish", "Basic", ["x" * 10_001, "too long"])
        add(maker, "Spanish", "Basic", ["tagged", "too much"], [f"t{number}" for number in range(101)])
        add(maker, "Spanish", "Basic", ["of deckgen", "a tag"], ["spanish::retired"])
        add(maker, "Spanish", "Basic", ["<br>", "<br>"])
        package = export(maker, tmp_path / "Spanish.apkg", "Spanish")
    told = json.loads(project.run("adopt", str(package), "--format", "json").stdout)
    assert told["decks"][0]["cards"] == 5
    assert [one["reason"] for one in told["notes_left_out"]] == [
        "the field “Front” has 10,001 characters, at most 10,000 are allowed",
        "it has 101 tags, at most 100 are allowed",
        "deckgen gives its tag `spanish::retired` to retired cards",
        "none of its fields has a text",
    ]
    project.build()


@pytest.mark.parametrize("like", [True, False], ids=["like", "alone"])
def test_a_text_export_goes_on_with_numbers_from_a_package(
    project: Project, learner: Learner, tmp_path: Path, like: bool
) -> None:
    """Without them, learners must merge note types once, and the report says so."""
    with Learner(tmp_path / "maker") as maker:
        spanish(maker)
        package = export(maker, tmp_path / "Spanish.apkg", "Spanish")
        text = export_text(maker, tmp_path / "Spanish.txt", "Spanish")
    before = studied(learner, package)
    outcome = project.run("adopt", str(text), *(["--like", str(package)] if like else []))
    assert outcome.exit_code == 0, outcome.stderr
    assert ("learners must merge them once" in outcome.stdout) is not like
    project.build()
    log = learner.import_package(project.package("spanish.apkg"))
    assert (log.new, log.updated, log.conflicting) == (0, 0, 0 if like else 5)
    assert state(learner) == before


def test_what_markdown_can_not_say_stays_html_at_its_line(project: Project, tmp_path: Path) -> None:
    with Learner(tmp_path / "maker") as maker:
        add(maker, "Odd", "Basic", ["<center>in the middle</center>", '<img src="none.png" width="10">'])
        add(maker, "Odd", "Basic", ["plain", "[latex]x[/latex]"])
        package = export(maker, tmp_path / "Odd.apkg", "Odd")
    outcome = project.run("adopt", str(package))
    assert "1 text as it was" in outcome.stdout
    assert "3 texts stay HTML" in outcome.stdout
    assert "1 × `<center>`: cards_source/odd/01-cards.yaml:4" in outcome.stdout
    assert "Anki acts on" in outcome.stdout
    assert "`trusted: true`" in outcome.stdout
    lines = (project.root / "cards_source/odd/01-cards.yaml").read_text(encoding="utf-8").split("\n")
    assert lines[3] == '    q: !html "<center>in the middle</center>"'
    assert project.run("build").exit_code == 1


def test_trusted_is_written_when_it_is_asked_for(project: Project, learner: Learner, tmp_path: Path) -> None:
    with Learner(tmp_path / "maker") as maker:
        add(maker, "Odd", "Basic", ["plain", "[latex]x[/latex]"])
        package = export(maker, tmp_path / "Odd.apkg", "Odd")
    learner.import_package(package)
    before = state(learner)
    project.run("adopt", str(package), "--trusted")
    project.build()
    log = learner.import_package(project.package("odd.apkg"))
    assert (log.new, log.updated, log.conflicting) == (0, 0, 0)
    assert state(learner) == before


def test_pictures_come_over_under_their_names(project: Project, learner: Learner, tmp_path: Path) -> None:
    with Learner(tmp_path / "maker") as maker:
        maker.col.media.write_data("a b.png", PIXEL)
        maker.col.media.write_data("unused.png", PIXEL + b"x")
        add(maker, "Pictures", "Basic", ["what?", '<img src="a b.png">'])
        package = export(maker, tmp_path / "Pictures.apkg", "Pictures")
    learner.import_package(package)
    before = state(learner)
    project.run("adopt", str(package))
    assert (project.root / "cards_source/pictures/media/a b.png").read_bytes() == PIXEL
    project.build()
    log = learner.import_package(project.package("pictures.apkg"))
    assert (log.new, log.updated, log.conflicting) == (0, 0, 0)
    assert state(learner) == before
    with Learner(tmp_path / "new") as new:
        new.import_package(project.package("pictures.apkg"))
        assert [Path(new.col.media.dir()) / "a b.png"] == [*Path(new.col.media.dir()).iterdir()]


def test_an_edit_of_an_author_stays_when_the_deck_is_adopted_again(project: Project, original: Path) -> None:
    project.run("adopt", str(original))
    project.edit('a: "the house"', 'a: "the home"', "spanish/01-words.yaml")
    before = project.files()
    outcome = project.run("adopt", str(original))
    assert "nothing is new" in outcome.stdout
    assert project.files() == before


def test_a_deck_with_other_notes_and_the_same_name_is_the_same_deck(
    project: Project, original: Path, tmp_path: Path
) -> None:
    project.run("adopt", str(original))
    with Learner(tmp_path / "another") as maker:
        add(maker, "Spanish", "Basic", ["el pan", "the bread"])
        later = export(maker, tmp_path / "Bread.apkg", "Spanish")
    outcome = project.run("adopt", str(later))
    assert outcome.exit_code == 0, outcome.stderr
    assert "1 note added" in outcome.stdout
    assert "6 unchanged" in project.build().stdout
    before = project.files()
    assert "nothing is new" in project.run("adopt", str(later)).stdout
    assert project.files() == before


def test_notes_of_a_type_that_no_deck_can_have_are_left_out(
    project: Project, learner: Learner, tmp_path: Path
) -> None:
    with Learner(tmp_path / "maker") as maker:
        spanish(maker)
        made = maker.col.models.new("Huge")
        maker.col.models.add_field(made, maker.col.models.new_field("Front"))
        side = maker.col.models.new_template("Card")
        side["qfmt"], side["afmt"] = "{{Front}}" + "x" * 210_000, "{{Front}}"
        maker.col.models.add_template(made, side)
        maker.col.models.add_dict(made)
        add(maker, "Spanish", "Huge", ["enorme"])
        package = export(maker, tmp_path / "Spanish.apkg", "Spanish")
    learner.import_package(package)
    before = state(learner)
    told = json.loads(project.run("adopt", str(package), "--format", "json").stdout)
    assert told["decks"][0]["cards"] == 5
    assert [one["words"] for one in told["notes_left_out"]] == ["enorme"]
    assert not (project.root / "cards_source/spanish/note_types/huge").exists()
    project.build()
    log = learner.import_package(project.package("spanish.apkg"))
    assert (log.new, log.updated, log.conflicting) == (0, 0, 0)
    assert state(learner) == before


def test_names_of_decks_that_anki_would_change_are_those_that_it_makes(
    project: Project, learner: Learner, tmp_path: Path
) -> None:
    """As other programs write them: here into the database of an old package."""
    with Learner(tmp_path / "maker") as maker:
        spanish(maker)
        package = export(maker, tmp_path / "Spanish.apkg", "Spanish")
    odd = with_decks(package, tmp_path / "Odd.apkg", {"Spanish::Words": 'Spanish:: "Words": '})
    learner.import_package(odd)
    before = state(learner)
    outcome = project.run("adopt", str(odd))
    assert outcome.exit_code == 0, outcome.stderr
    assert 'deck: "Words"' in (project.root / "cards_source/spanish/01-words.yaml").read_text("utf-8")
    project.build()
    log = learner.import_package(project.package("spanish.apkg"))
    assert (log.new, log.updated, log.conflicting) == (0, 0, 0)
    assert state(learner) == before


def test_a_stamp_in_milliseconds_is_kept_and_told(project: Project, tmp_path: Path) -> None:
    with Learner(tmp_path / "maker") as maker:
        spanish(maker)
        assert maker.col.db is not None
        maker.col.db.execute("update notes set mod = 1700000000123 where sfld = 'el gato'")
        package = export(maker, tmp_path / "Spanish.apkg", "Spanish")
    outcome = project.run("adopt", str(package))
    assert "1 × a note with a stamp of the far future" in outcome.stdout
    assert "R17" not in project.build().stderr


def test_a_deck_of_a_closed_collection(project: Project, learner: Learner, tmp_path: Path) -> None:
    with Learner(tmp_path / "maker") as maker:
        spanish(maker)
        maker.col.media.write_data("fish.png", PIXEL)
        add(maker, "Spanish::Words", "Basic", ["el pez", '<img src="fish.png">'])
        add(maker, "Other", "Basic", ["not", "this"])
        maker.study("Spanish", 2)
        package = export(maker, tmp_path / "Spanish.apkg", "Spanish")
    learner.import_package(package)
    before = state(learner)
    collection = tmp_path / "maker" / "collection.anki2"
    bytes_before = collection.read_bytes()
    outcome = project.run("adopt", str(collection), "--deck", "Spanish")
    assert outcome.exit_code == 0, outcome.stderr
    assert "with 6 cards" in outcome.stdout
    assert "review" in outcome.stdout
    assert collection.read_bytes() == bytes_before
    assert [path.name for path in (project.root / "cards_source").iterdir() if path.name[0] != "."] == [
        "spanish"
    ]
    project.build()
    log = learner.import_package(project.package("spanish.apkg"))
    assert (log.new, log.updated, log.conflicting) == (0, 0, 0)
    assert state(learner) == before


def test_a_deck_of_a_collection_that_anki_has_open(
    project: Project, learner: Learner, tmp_path: Path
) -> None:
    with Learner(tmp_path / "maker") as maker:
        spanish(maker)
        learner.import_package(export(maker, tmp_path / "Spanish.apkg", "Spanish"))
        before = state(learner)
        outcome = project.run("adopt", str(tmp_path / "maker/collection.anki2"), "--deck", "Spanish")
        assert outcome.exit_code == 0, outcome.stderr
    project.build()
    log = learner.import_package(project.package("spanish.apkg"))
    assert (log.new, log.updated, log.conflicting) == (0, 0, 0)
    assert state(learner) == before


TAGS = "tags: [Things::At_home, animals]\n"


@pytest.mark.parametrize(
    ("written", "after"),
    [
        (TAGS, "tags: [Things::At_home, animals, sea]\n"),
        (
            "tags:  # all\n  - animals\n  # mine\n  - Things::At_home # home\n# end\n",
            "tags:  # all\n  - animals\n  # mine\n  - Things::At_home # home\n# end\n  - sea\n",
        ),
        ("tags:\n- animals\n- Things::At_home", "tags:\n- animals\n- Things::At_home\n- sea\n"),
        ("tags:\n  animals: all\n  Things::At_home: home\n", None),
        ("tags: [Things::At_home,\n  animals]\n", "tags: [Things::At_home,\n  animals, sea]\n"),
    ],
    ids=["brackets", "lines", "left", "meanings", "two-lines"],
)
def test_new_tags_come_into_the_list_and_nothing_else_changes(
    project: Project, original: Path, tmp_path: Path, written: str, after: str | None
) -> None:
    project.run("adopt", str(original))
    project.edit(TAGS, written, "spanish/deck.yaml")
    with Learner(tmp_path / "another") as maker:
        add(maker, "Spanish", "Basic", ["el pez", "the fish"], ["sea"])
        later = export(maker, tmp_path / "Later.apkg", "Spanish")
    before = project.files()
    outcome = project.run("adopt", str(later))
    text = (project.root / "cards_source/spanish/deck.yaml").read_text(encoding="utf-8")
    if after is None:
        assert outcome.exit_code == 2
        assert "add these tags to `tags:` first: sea" in outcome.stderr
        assert project.files() == before
    else:
        assert outcome.exit_code == 0, outcome.stderr
        assert text == before["cards_source/spanish/deck.yaml"].decode().replace(written, after)
        project.build()


def test_two_decks_of_a_file_that_are_one_here_are_refused(project: Project, tmp_path: Path) -> None:
    with Learner(tmp_path / "maker") as maker:
        spanish(maker)
        first = export(maker, tmp_path / "Spanish.apkg", "Spanish")
        project.run("adopt", str(first))
        moved = maker.col.find_cards("casa")
        maker.col.set_deck(moved, maker.col.decks.id("Houses"))  # type: ignore[arg-type]
        second = export(maker, tmp_path / "all.apkg")
    before = project.files()
    outcome = project.run("adopt", str(second))
    assert outcome.exit_code == 2
    assert "one after the other, with `--deck`" in outcome.stderr
    assert project.files() == before


@pytest.mark.parametrize(
    ("lost", "damage"), [("deck.lock", "gone"), ("deck.lock", "a merge"), ("deck.yaml", "a merge")]
)
def test_a_deck_whose_notes_nobody_can_tell_is_not_adopted_a_second_time(
    project: Project, original: Path, lost: str, damage: str
) -> None:
    project.run("adopt", str(original), "--as", "es")
    path = project.root / "cards_source/es" / lost
    if damage == "gone":
        path.unlink()
    else:
        path.write_text(f"<<<<<<< HEAD\n{path.read_text(encoding='utf-8')}", encoding="utf-8")
    before = project.files()
    outcome = project.run("adopt", str(original))
    assert outcome.exit_code == 2
    assert f"cards_source/es/{lost} is missing or can't be read" in outcome.stderr
    assert project.files() == before


@pytest.mark.parametrize("name", ["media", "note_types"])
def test_a_link_in_an_empty_folder_leads_no_file_elsewhere(
    project: Project, original: Path, tmp_path: Path, name: str
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (project.root / "cards_source/spanish").mkdir(parents=True)
    (project.root / "cards_source/spanish" / name).symlink_to(elsewhere)
    outcome = project.run("adopt", str(original))
    assert outcome.exit_code == 2
    assert "exists already" in outcome.stderr
    assert not [*elsewhere.iterdir()]


def test_adopting_again_tells_of_other_looks_and_pictures(project: Project, tmp_path: Path) -> None:
    with Learner(tmp_path / "maker") as maker:
        picture = Path(maker.col.media.dir(), "dot.png")
        picture.write_bytes(PIXEL)
        add(maker, "Spanish", "Basic", ['<img src="dot.png">', "dot"])
        project.run("adopt", str(export(maker, tmp_path / "one.apkg", "Spanish")))
        picture.write_bytes(PIXEL + b"\0")
        add(maker, "Spanish", "Basic", ['<img src="dot.png"> again', "dot"])
        model = maker.col.models.by_name("Basic")
        assert model is not None
        model["css"] += "\n.card { color: red }"
        maker.col.models.update_dict(model)
        export(maker, tmp_path / "two.apkg", "Spanish")
    dry = project.run("adopt", str(tmp_path / "two.apkg"), "--dry-run").stdout
    assert "1 file of media/ has another content in the file; nothing was changed: dot.png" in dry
    assert "has another look in the file than note_types/basic; nothing was changed" in dry
    project.run("adopt", str(tmp_path / "two.apkg"))
    assert (project.root / "cards_source/spanish/media/dot.png").read_bytes() == PIXEL


def test_adopting_again_compares_no_texts_of_a_note_type_with_other_fields(
    project: Project, tmp_path: Path
) -> None:
    with Learner(tmp_path / "maker") as maker:
        spanish(maker)
        export(maker, tmp_path / "Spanish.apkg", "Spanish")
        export_text(maker, tmp_path / "Spanish.txt", "Spanish")
    project.run("adopt", str(tmp_path / "Spanish.txt"))
    outcome = project.run("adopt", str(tmp_path / "Spanish.apkg"))
    assert "5 × a note whose note type has other fields here: its texts were not compared" in outcome.stdout
    assert "not what was adopted before" not in outcome.stdout


def test_adopting_a_deck_around_the_one_that_is_there_says_where_its_notes_go(
    project: Project, original: Path
) -> None:
    project.run("adopt", str(original), "--deck", "Spanish::Words")
    outcome = project.run("adopt", str(original)).stdout
    assert "has this deck already, “Spanish::Words”; 2 notes added" in outcome
    assert "2 × a note outside of “Spanish::Words” in the file: new learners get it in that deck" in outcome


def test_a_deck_that_is_there_takes_no_other_key(project: Project, original: Path) -> None:
    project.run("adopt", str(original), "--as", "es")
    outcome = project.run("adopt", str(original), "--as", "two")
    assert outcome.exit_code == 2
    assert "cards_source/es has this deck already: leave out `--as`" in outcome.stderr


def test_a_deck_that_lost_a_note_type_is_not_compared(project: Project, original: Path) -> None:
    project.run("adopt", str(original))
    shutil.rmtree(project.root / "cards_source/spanish/note_types/basic")
    outcome = project.run("adopt", str(original))
    assert outcome.exit_code == 2
    assert "cards_source/spanish/note_types/basic is missing" in outcome.stderr


def test_an_id_comes_from_the_first_field_with_words(project: Project, tmp_path: Path) -> None:
    with Learner(tmp_path / "maker") as maker:
        add(maker, "Words", "Basic", ["b9cxqzr04ukml1", "A green leaf"])
        add(maker, "Words", "Basic", ["树叶", "leaf"])
        package = export(maker, tmp_path / "Words.apkg", "Words")
    project.run("adopt", str(package))
    cards = (project.root / "cards_source/words/01-cards.yaml").read_text(encoding="utf-8")
    assert [line for line in cards.split("\n") if "id:" in line] == ["  - id: a-green-leaf", "  - id: leaf"]


@pytest.mark.parametrize("trusted", [True, False])
def test_scripts_come_over_where_the_author_vouches_for_them(
    project: Project, tmp_path: Path, *, trusted: bool
) -> None:
    with Learner(tmp_path / "maker") as maker:
        maker.col.media.write_data("_high.js", b"let x = 1;")
        model = maker.col.models.by_name("Basic")
        assert model is not None
        model["tmpls"][0]["afmt"] += '<script src="_high.js"></script>'
        maker.col.models.update_dict(model)
        add(maker, "Code", "Basic", ["what?", "this"])
        package = export(maker, tmp_path / "Code.apkg", "Code")
    outcome = project.run("adopt", str(package), *(["--trusted"] if trusted else []))
    assert (project.root / "cards_source/code/media/_high.js").exists() == trusted
    assert ("1 × a script or style sheet" in outcome.stdout) is not trusted


def test_what_is_counted_once_is_said_as_one(project: Project, learner: Learner, tmp_path: Path) -> None:
    add(learner, "One", "Basic", ["what?", "this"])
    learner.study("One", 1)
    outcome = project.run("adopt", str(export(learner, tmp_path / "One.apkg", "One", studied=True)))
    assert "left out: 1 card with scheduling\n" in outcome.stdout
    assert "left out: 1 review\n" in outcome.stdout


def test_a_filtered_deck_is_named_and_its_cards_go_home(
    project: Project, learner: Learner, tmp_path: Path
) -> None:
    add(learner, "Home", "Basic", ["what?", "this"])
    learner.study("Home", 1)
    lent = learner.col.sched.get_or_create_filtered_deck(DeckId(0))
    lent.name = "Home::Session"
    lent.config.search_terms[0].search = "deck:Home"
    learner.col.sched.add_or_update_filtered_deck(lent)
    outcome = project.run("adopt", str(export(learner, tmp_path / "Home.apkg", "Home", studied=True)))
    assert (
        "left out: 1 place in filtered decks; their cards come over where they belong: Home::Session\n"
        in outcome.stdout
    )
    project.build()
    (note,) = collection.read(project.package("home.apkg")).notes.values()
    assert note.decks == ("Home",)
