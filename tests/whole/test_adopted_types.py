"""A deck that learners had before deckgen: a build of its source changes nothing that they have."""

from __future__ import annotations

import json
import shutil
import zipfile
from pathlib import Path
from typing import Any

import pytest
from anki.models import NotetypeId

from tests import adopted_types
from tests.conftest import Project
from tests.own_deck import PIXEL
from tests.real_anki import Learner

KANJI = "spanish/note_types/kanji"


@pytest.fixture
def package(project: Project, learner: Learner) -> Path:
    """What a learner studied, as source; gives where its package will be."""
    adopted_types.fill(learner)
    adopted_types.write(project, adopted_types.export(learner, project.root / "shared.apkg"))
    return project.package("spanish.apkg")


def _rows(learner: Learner) -> Any:
    return learner.rows("notes"), learner.rows("cards"), learner.rows("revlog"), _types(learner)


def _types(learner: Learner) -> list[Any]:
    return [learner.col.models.get(NotetypeId(one.id)) for one in learner.col.models.all_names_and_ids()]


def test_the_first_import_touches_nothing(project: Project, learner: Learner, package: Path) -> None:
    assert project.codes() == ["K28"]  # of LaTeX
    before, lock = _rows(learner), project.lock("spanish").read_bytes()
    assert "unchanged" in project.run("plan").stdout
    project.build()
    assert project.lock("spanish").read_bytes() == lock
    log = learner.import_package(package)
    assert (log.new, log.updated, log.duplicate, log.conflicting) == (0, 0, 5, 0)
    assert _rows(learner) == before
    assert learner.note_types() >= {*adopted_types.TYPES}
    assert not any("+" in name or "spanish" in name for name in learner.note_types())


def test_a_note_that_is_edited_is_updated_and_keeps_its_history(
    project: Project, learner: Learner, package: Path
) -> None:
    before = _rows(learner)
    project.edit('a: "thanks"', 'a: "thank you"', "spanish/01-cards.yaml")
    project.build()
    log = learner.import_package(package)
    assert (log.new, log.updated, log.duplicate, log.conflicting) == (0, 1, 4, 0)
    notes, *others = _rows(learner)
    assert others == [*before[1:]]
    changed = [(old, new) for old, new in zip(before[0], notes, strict=True) if old != new]
    assert [(old[:3], new[6]) for old, new in changed] == [(changed[0][1][:3], "gracias\x1fthank you")]


def test_somebody_new_gets_the_note_types_as_they_were(
    project: Project, learner: Learner, package: Path, tmp_path: Path
) -> None:
    project.build()
    wanted = {one["name"]: one for one in _types(learner) if one["name"] in adopted_types.TYPES}
    with Learner(tmp_path / "new") as somebody:
        log = somebody.import_package(package)
        assert (log.new, log.conflicting) == (5, 0)
        own = somebody.col.models.by_name("漢字 (my own)")
        assert own is not None
        for key in ("css", "latexPre", "latexPost", "latexsvg", "sortf", "type", "id", "flds"):
            assert own[key] == wanted["漢字 (my own)"][key], key
        assert own["tmpls"][0]["qfmt"] == adopted_types.FRONT
        assert own["tmpls"] == wanted["漢字 (my own)"]["tmpls"]
        somebody.is_sound()
        note = somebody.col.get_note(somebody.col.find_notes('"note:漢字 (my own)"')[0])
        assert note.fields == ["水", "mizu", "water"]


def test_a_template_that_is_changed_arrives(project: Project, learner: Learner, package: Path) -> None:
    before = _rows(learner)
    project.write(f"{KANJI}/card-1.back.html", "{{FrontSide}} = {{Status}}")
    project.build()
    log = learner.import_package(package)
    assert (log.new, log.updated, log.conflicting) == (0, 0, 0)
    assert _rows(learner)[:3] == before[:3]
    own = learner.col.models.by_name("漢字 (my own)")
    assert own is not None
    assert own["tmpls"][0]["afmt"] == "{{FrontSide}} = {{Status}}"
    assert own["flds"][0]["size"] == 31
    assert own["latexPost"] == "\\end{document} % mine"


def test_a_new_card_and_a_retired_one(project: Project, learner: Learner, package: Path) -> None:
    project.write(
        "spanish/02-more.yaml", 'cards:\n  - {id: cat, q: "el gato", a: "the cat", reverse: true}\n'
    )
    project.edit(
        'a: "thanks"',
        'a: "thanks", retired: {since: "2026-01-31", reason: "Too easy."}',
        "spanish/01-cards.yaml",
    )
    before = _rows(learner)
    project.build()
    log = learner.import_package(package)
    assert (log.new, log.updated, log.duplicate, log.conflicting) == (1, 1, 4, 0)
    assert learner.rows("revlog") == before[2]
    assert [row for row in learner.rows("cards") if row[0] in {old[0] for old in before[1]}] == before[1]
    (cat,) = learner.col.find_notes('"Front:el gato"')
    assert learner.col.get_note(cat).note_type()["name"] == "Basic (and reversed card)"  # type: ignore[index]
    assert len(learner.col.find_cards(f"nid:{cat}")) == 2
    (thanks,) = learner.col.find_notes("gracias")
    assert learner.col.get_note(thanks).tags == ["spanish::retired"]
    assert learner.col.get_note(thanks).fields == ["gracias", "thanks"]


def test_media_of_templates_travel_under_their_names(project: Project, package: Path) -> None:
    project.write(
        f"{KANJI}/style.css", '@font-face { src: url("_my font.woff"); } .a { background: url(gone.png) }'
    )
    project.write("spanish/media/_my font.woff", "font")
    project.write("spanish/media/Paper.png", "").write_bytes(PIXEL)
    project.write(f"{KANJI}/card-1.back.html", '<img src="Paper.png">{{Status}}')
    assert [one["code"] for one in project.findings()] == ["K28", "K27"]
    project.build()
    with zipfile.ZipFile(package) as file:
        assert sorted(json.loads(file.read("media")).values()) == ["Paper.png", "_my font.woff"]


def test_the_other_commands_take_it(project: Project, package: Path) -> None:
    project.build()
    assert package.exists()
    for command in (["stats"], ["preview"], ["forecast"], ["plan"], ["schema", "cards", "spanish"]):
        outcome = project.run(*command)
        assert outcome.exit_code == 0, outcome.stderr
    (stats,) = json.loads(project.run("stats", "--format", "json").stdout)["decks"]
    assert stats["tags"]["Saludos::Básico"] == 1
    assert project.run("retire", "note-1", "--reason", "Wrong.").exit_code == 0
    assert project.run("rename", "note-2", "dog").exit_code == 0
    project.build()


def test_it_is_never_begun_anew(project: Project, package: Path) -> None:
    project.build()
    before = project.files()
    for command in (
        ["lock", "--forget", "spanish", "--yes"],
        ["fork", "spanish", "other", "--title", "Another"],
        ["build", "--no-lint", "--new-major"],
    ):
        assert project.run(*command).exit_code != 0, command
    assert project.files() == before
    project.lock("spanish").unlink()
    package.unlink()
    (found,) = (one for one in project.findings() if one["code"] == "R23")
    assert found["message"] == "learners had this deck before deckgen, and no lock says which notes they have"
    assert found["path"].endswith("deck.yaml")


@pytest.mark.usefixtures("package")
def test_nobody_is_told_to_begin_it_anew(project: Project) -> None:
    project.build()
    project.edit("title: ", "title: New ", "spanish/deck.yaml")
    (renamed,) = (one for one in project.findings() if one["code"] == "R03")
    project.edit("title: New ", "title: ", "spanish/deck.yaml")
    project.edit("id: note-1", "id: other", "spanish/01-cards.yaml")
    (gone,) = (one for one in project.findings() if one["code"] == "R05")
    assert "--forget" not in renamed["hint"] + gone["hint"]


@pytest.mark.usefixtures("package")
@pytest.mark.parametrize("has_both", [True, False])
def test_what_to_do_about_reverse_is_told(project: Project, has_both: bool) -> None:
    """A note can't move to the other note type."""
    if has_both:
        project.edit('a: "How are you?"', 'a: "How are you?", reverse: true', "spanish/01-cards.yaml")
        told = "the card `note-1` was built without `reverse: true`, and has it now"
        todo = "write another with `reverse: true` under a new id"
    else:
        project.edit('a: "the dog", reverse: true', 'a: "the dog"', "spanish/01-cards.yaml")
        told = "the card `note-2` was built with `reverse: true`, and is without it now"
        todo = "put it back"
    (found,) = (one for one in project.findings() if one["code"] == "R04")
    assert found["message"] == told
    assert todo in found["hint"]
    assert "--forget" not in found["hint"]


@pytest.mark.usefixtures("package")
def test_reverse_is_told_where_no_note_type_takes_it(project: Project) -> None:
    lines = project.root / "cards_source/spanish/01-cards.yaml"
    kept = [line for line in lines.read_text(encoding="utf-8").splitlines() if "note-2" not in line]
    lines.write_text(
        "\n".join(kept).replace('"How are you?"', '"How are you?", reverse: true') + "\n", encoding="utf-8"
    )
    shutil.rmtree(project.root / f"cards_source/{KANJI}".replace("kanji", "both-ways"))
    (found,) = (one for one in project.findings() if one["code"] == "R04")
    assert found["message"] == "the card `note-1` was built without `reverse: true`, and has it now"


def test_a_lost_lock_is_found_in_the_package(project: Project, package: Path) -> None:
    project.build()
    # A later package may have brought cards: what was found says so of each type whose notes may have several.
    lock = project.lock("spanish").read_text(encoding="utf-8").replace(" grown", "")
    project.lock("spanish").unlink()
    assert project.run("lock", "--from", str(package)).exit_code == 0
    assert project.lock("spanish").read_text(encoding="utf-8").replace(" grown", "") == lock
