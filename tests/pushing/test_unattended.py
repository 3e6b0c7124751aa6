"""An import without Anki's window: what it may not import, and what it leaves behind."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from tests import adopted_types
from tests.anki_server import AnkiWindow
from tests.conftest import Project
from tests.pushing.test_push import everything, push, pushed, studied


def adopted(project: Project, anki: AnkiWindow, tmp_path: Path) -> None:
    """A deck that its learner had before deckgen, with a text that is to be pushed."""
    adopted_types.fill(anki.learner)
    anki.col.db.execute("update notes set mod = mod - 86400")  # all that happens is later
    adopted_types.write(project, adopted_types.export(anki.learner, tmp_path / "before.apkg"))
    project.edit('"thanks"', '"many thanks"', "spanish/01-cards.yaml")


def without_ids(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the deck come from an Anki that gave fields and templates no ids, as older ones did."""
    read = adopted_types._in_package

    def stripped(package: Path) -> tuple[list[dict[str, Any]], list[tuple[Any, ...]]]:
        models, notes = read(package)
        for model in models:
            if model["name"] == "Basic":
                for one in (*model["flds"], *model["tmpls"]):
                    del one["id"]
        return models, notes

    monkeypatch.setattr(adopted_types, "_in_package", stripped)


def test_unattended_import_refuses_note_types_without_ids(
    project: Project, anki: AnkiWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_ids(monkeypatch)
    adopted(project, anki, tmp_path)
    before, files = everything(anki.learner), project.files()
    said = push(project, "--unattended", code=2)
    assert "spanish.apkg has note types whose fields or templates have no ids: “Basic”." in said.stderr
    assert "push without --unattended" in " ".join(said.stderr.split())
    assert (everything(anki.learner), project.files()) == (before, files)
    assert "importPackage" not in {name for name, _ in anki.asked}
    pushed(project, anki)
    # Nothing is left to import, so nothing is refused.
    assert push(project, "--unattended").stdout.rstrip().endswith("nothing to do")


def test_unattended_import_of_adopted_note_types_with_ids(
    project: Project, anki: AnkiWindow, tmp_path: Path
) -> None:
    adopted(project, anki, tmp_path)
    notes, cards = anki.col.note_count(), anki.learner.progress()
    push(project, "--unattended")
    assert "many thanks" in anki.col.get_note(anki.col.find_notes("gracias")[0])["Back"]
    assert (anki.col.note_count(), anki.learner.progress()) == (notes, cards)
    # Its look is as new as the import now. The next one arrives all the same, whatever the clock says.
    project.write("spanish/note_types/kanji/style.css", ".card { color: #123456 }\n")
    project.build()
    anki.learner.import_package(project.package("spanish.apkg"))
    assert "#123456" in anki.col.models.by_name("漢字 (my own)")["css"]
    assert (anki.col.note_count(), anki.learner.progress()) == (notes, cards)


@pytest.mark.parametrize("fate", ["done", "kill"])
def test_unattended_import_whose_end_nobody_saw(
    project: Project, anki: AnkiWindow, monkeypatch: pytest.MonkeyPatch, fate: str
) -> None:
    """The next push gives the note types the time of that import, though nothing else is left to do."""
    from deckgen.pushing import push as pushing

    studied(project, anki)
    project.edit("strengthens it.", "strengthens it much.")
    if fate == "kill":
        with monkeypatch.context() as patched:
            patched.setattr(pushing, "rise", lambda *_: sys.exit(137))
            assert project.run("push", "--no-lint", "--yes", "--unattended").exit_code == 137
    else:
        anki.trouble = lambda asked, _: "done" if asked == "importPackage" else ""
        push(project, "--unattended", code=1)
        anki.trouble = lambda *_: ""
    assert "much" in anki.learner.note("spacing")["Answer"]
    project.write("memory/style.css", ".card { color: #123456; }\n")
    said = pushed(project, anki)
    assert "new look" in said
    styles = [one["css"] for one in anki.col.models.all() if one["name"].startswith("memory")]
    assert all("#123456" in css for css in styles)
