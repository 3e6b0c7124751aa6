"""A deck that learners had before deckgen: its tags stand under no key, its notes have no field `Id`."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.anki_server import AnkiWindow
from tests.conftest import Project
from tests.pushing.test_push import push, pushed
from tests.pushing.test_unattended import adopted

CARDS = "spanish/01-cards.yaml"


@pytest.mark.parametrize("stopped", [False, True])
def test_tags_without_a_key(project: Project, anki: AnkiWindow, tmp_path: Path, *, stopped: bool) -> None:
    """Of a note that an import leaves, those are taken that it had from us; the learner's own stay."""
    adopted(project, anki, tmp_path)
    push(project)
    (dog,) = anki.col.find_notes("perro")
    (thanks,) = anki.col.find_notes("gracias")
    for number in (dog, thanks):
        note = anki.col.get_note(number)
        # A tag of the learner's, and one that this deck gives to other notes only.
        note.tags = [*note.tags, "mine", "漢字"]
        anki.col.update_note(note)
        anki.col.db.execute("update notes set mod = mod + 1000000 where id = ?", number)
    assert "Animales" in anki.col.get_note(dog).tags
    log = anki.learner.rows("revlog")
    for name in (CARDS, "spanish/deck.yaml"):
        project.edit('"Animales"', '"Bestias"', name)
    if stopped:
        anki.trouble = lambda asked, _: "drop" if asked == "removeTags" else ""
        push(project, code=1)
        anki.trouble = lambda *_: ""
    said = pushed(project, anki)
    assert "takes Animales from 1 note: note-2" in said
    assert set(anki.col.get_note(dog).tags) == {"Bestias", "#1", "mine", "漢字"}
    assert {"mine", "漢字"} <= set(anki.col.get_note(thanks).tags)
    assert anki.learner.rows("revlog") == log
