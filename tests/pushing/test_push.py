"""`push`: what a package can't bring reaches a running Anki, and nothing else there changes."""

from __future__ import annotations

from tests.anki_server import AnkiWindow
from tests.conftest import Outcome, Project


def push(project: Project, *arguments: str) -> Outcome:
    return project.run("push", "--no-lint", "--yes", *arguments)


def test_first_push_brings_the_deck(project: Project, anki: AnkiWindow) -> None:
    project.deck()
    outcome = push(project)
    assert outcome.exit_code == 0, outcome.stdout + outcome.stderr
    assert anki.col.note_count() == 3
    print(outcome.stdout)
    again = push(project)
    assert "nothing to do" in again.stdout
    assert again.exit_code == 0


def test_cards_move_into_a_new_subdeck(project: Project, anki: AnkiWindow) -> None:
    project.deck()
    push(project)
    anki.learner.study("Memory", 4)
    progress = anki.learner.progress()
    project.edit('    q: "Why do', '    deck: Basics\n    q: "Why do')
    outcome = push(project)
    print(outcome.stdout, outcome.stderr)
    assert outcome.exit_code == 0
    print(anki.learner.cards("spacing"))
    assert 0
