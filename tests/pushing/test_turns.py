"""Two at the same time: one push waits for no other, and says so; what a person saw is what is pushed."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from deckgen.packing import stage
from deckgen.pushing.connection import Anki
from tests.anki_server import AnkiWindow, running
from tests.conftest import Project
from tests.pushing.test_push import MOVED, SPACING, everything, homes, push, pushed, studied
from tests.real_anki import Learner


def meanwhile(monkeypatch: pytest.MonkeyPatch, action: str, do: Callable[[], object]) -> None:
    """Let something happen in the middle of a push, once: before its first question of this kind."""
    ask: Callable[..., Any] = Anki.ask
    left = [do]

    def asked(self: Anki, name: str, *arguments: Any, **params: Any) -> Any:
        if name == action and left:
            left.pop()()
        return ask(self, name, *arguments, **params)

    monkeypatch.setattr(Anki, "ask", asked)


def test_second_push_from_one_folder_is_refused(
    project: Project, anki: AnkiWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also into another Anki: both would write the same packages and records."""
    studied(project, anki)
    project.edit(SPACING, MOVED)
    said: list[Any] = []
    with ExitStack() as opened:
        second = opened.enter_context(Learner(tmp_path / "second"))
        other = opened.enter_context(running(AnkiWindow(second, "Second")))

        def again() -> None:
            said.append(project.run("push", "--no-lint", "--yes", "--anki", other.address))

        meanwhile(monkeypatch, "changeDeck", again)
        pushed(project, anki)
        assert second.col.note_count() == 0
    assert said[0].exit_code == 2
    assert "another push of these decks is at work" in said[0].stderr
    assert homes(anki.learner, "spacing") == {"Memory::Basics"}


def test_second_push_into_one_anki_is_refused(
    project: Project, anki: AnkiWindow, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Also from another folder, and when the same Anki has another address."""
    studied(project, anki)
    project.edit(SPACING, MOVED)
    other = tmp_path / "other"
    shutil.copytree(project.root / "cards_source", other / "cards_source")
    said: list[Any] = []
    address = anki.address.replace("127.0.0.1", "localhost")

    def again() -> None:
        source = ("--source", str(other / "cards_source"), "--output", str(other / "output"))
        said.append(project.run("push", "--no-lint", "--yes", "--anki", address, *source))

    meanwhile(monkeypatch, "changeDeck", again)
    pushed(project, anki)
    assert (said[0].exit_code, "another push into this Anki is at work" in said[0].stderr) == (2, True)
    assert not (other / "output").exists()


def test_a_dry_run_is_possible_while_somebody_pushes(
    project: Project, anki: AnkiWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    studied(project, anki)
    project.edit(SPACING, MOVED)
    said: list[Any] = []
    meanwhile(monkeypatch, "changeDeck", lambda: said.append(project.run("push", "--no-lint", "--dry-run")))
    push(project)
    assert (said[0].exit_code, "moves 1 card" in said[0].stdout) == (3, True)


def test_push_while_a_build_runs(project: Project, anki: AnkiWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    """It waits for its turn to write, and tells when that does not come; nothing is pushed then."""
    monkeypatch.setattr(stage, "PATIENCE", 0.2)
    studied(project, anki)
    project.edit(SPACING, MOVED)
    before, files = everything(anki.learner), project.files()
    held, done = threading.Event(), threading.Event()

    def build() -> None:
        with stage.alone(project.root / "cards_source", project.root / "output"):
            held.set()
            done.wait(600)

    thread = threading.Thread(target=build)
    thread.start()
    held.wait(600)
    try:
        said = project.run("push", "--no-lint", "--yes")
    finally:
        done.set()
        thread.join()
    assert (said.exit_code, "another deckgen is at work on" in said.stderr) == (2, True)
    assert (everything(anki.learner), project.files()) == (before, files)
    pushed(project, anki)


def test_decks_that_change_while_a_person_reads_the_plan(
    project: Project, anki: AnkiWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a person said yes to is pushed, or nothing."""
    from deckgen.commands import push as command

    studied(project, anki)
    project.edit(SPACING, MOVED)
    before = everything(anki.learner)

    def agreed() -> bool:
        project.edit("strengthens it.", "strengthens it much.")
        return True

    monkeypatch.setattr(command, "_agreed", agreed)
    said = project.run("push", "--no-lint")
    assert said.exit_code == 1
    assert "was changed or built since the plan was made, so nothing was pushed" in said.stdout
    assert everything(anki.learner) == before
    pushed(project, anki)


@pytest.mark.parametrize("waits", [False, True])
def test_anki_that_changes_its_profile_while_a_person_reads_the_plan(
    project: Project, anki: AnkiWindow, monkeypatch: pytest.MonkeyPatch, *, waits: bool
) -> None:
    """Another learner's cards have the same numbers. So nothing more is done, also after an import window."""
    from deckgen.commands import push as command

    studied(project, anki)
    project.edit(SPACING, MOVED)
    if waits:
        project.edit("strengthens it.", "strengthens it much.")

    def other(*_: object) -> bool:
        anki.profile = "Second"
        return True

    if waits:
        brings = anki.brings
        anki.brings = lambda path: (brings(path), other())
    monkeypatch.setattr(command, "_agreed", (lambda: True) if waits else other)
    said = project.run("push", "--no-lint")
    assert said.exit_code == 1
    assert "has the profile “Second” open, and had “User 1” when this push began" in said.stdout
    assert homes(anki.learner, "spacing") == {"Memory"}
    assert "changeDeck" not in {name for name, _ in anki.asked}


def test_what_the_learner_does_while_a_person_reads_the_plan_counts(
    project: Project, anki: AnkiWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    from deckgen.commands import push as command

    studied(project, anki)
    project.edit(SPACING, MOVED)

    def agreed() -> bool:
        anki.col.set_deck([anki.learner.cards("spacing")[0].id], anki.col.decks.id("Mine"))
        return True

    monkeypatch.setattr(command, "_agreed", agreed)
    assert project.run("push", "--no-lint").exit_code == 0
    assert homes(anki.learner, "spacing") == {"Mine"}
