"""What learners edit in the real Anki comes home, and nothing else changes."""

from __future__ import annotations

import time
from pathlib import Path

from tests.conftest import CARDS_YAML, Project
from tests.real_anki import Learner

COLLECTION = "collection.anki2"


def edit(learner: Learner, card: str, **fields: str) -> None:
    """Change fields of a note, as Anki's editor does."""
    note = learner.note(card)
    for name, html in fields.items():
        note[name.replace("_", " ")] = html
    learner.col.update_note(note)


def pull(project: Project, learner: Learner, folder: Path, *arguments: str, code: int = 0) -> str:
    """`deckgen pull` of a closed collection; gives what a person sees."""
    learner.col.close()
    try:
        outcome = project.run("pull", str(folder / COLLECTION), *arguments)
    finally:
        learner.col.reopen()
    assert outcome.exit_code == code, outcome.stdout + outcome.stderr
    return outcome.stdout + outcome.stderr


def test_one_field_comes_home_and_goes_out_again(project: Project, tmp_path: Path) -> None:
    project.deck().build()
    with Learner(tmp_path / "ann") as ann:
        ann.import_package(project.package())
        ann.study("Memory", 3)
        before = ann.progress()
        edit(ann, "spacing", Answer="Recall from fading memory strengthens it most.")
        stamp = ann.note("spacing").mod
        pull(project, ann, tmp_path / "ann")
        text = (project.root / "cards_source/memory/cards.yaml").read_text(encoding="utf-8")
        assert text == CARDS_YAML.replace("strengthens it.", "strengthens it most.")
        files = project.files()
        pull(project, ann, tmp_path / "ann")
        assert project.files() == files
        project.now = int(time.time()) - 3600
        project.build()
        log = ann.import_package(project.package())
        assert (log.updated, log.new) == (0, 0)
        assert ann.note("spacing").mod == stamp
        assert ann.progress() == before
        pull(project, ann, tmp_path / "ann")
