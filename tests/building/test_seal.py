"""A build that has nothing to do says so at once, and is never mistaken about it."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import deckgen
from deckgen.building import build as builds
from deckgen.building import seal, steps
from tests.conftest import BILINGUAL_CARDS, BILINGUAL_YAML, Project

PICTURE = b"\x89PNG one"


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Grows by one with each build that looks at cards."""
    runs: list[int] = []
    real = builds.build

    def build(*arguments: object, **options: object) -> builds.Result:
        runs.append(1)
        return real(*arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(builds, "build", build)
    return runs


def with_picture(project: Project) -> Project:
    project.deck(BILINGUAL_YAML, BILINGUAL_CARDS)
    project.edit('q: "Why space reviews?"', 'q: "Why space ![reviews](a.png)?"')
    (project.root / "cards_source/memory/media").mkdir()
    (project.root / "cards_source/memory/media/a.png").write_bytes(PICTURE)
    return project


def test_second_build_is_known_to_have_nothing_to_do(project: Project, counted: list[int]) -> None:
    with_picture(project).build()
    files = project.files()
    first = project.run("build", "--no-lint")
    assert first.stdout.endswith("memory.zh.apkg  2 notes, 3 cards: 2 unchanged\n")
    assert len(counted) == 1
    # What a build says that looks again is the same.
    project.forget()
    assert project.run("build", "--no-lint") == first
    assert len(counted) == 2
    assert project.files() == files


def test_findings_are_told_again(project: Project, counted: list[int]) -> None:
    project.deck(
        cards=f'cards:\n  - id: long\n    q: "Why do {"very " * 3}long answers tire?"\n    a: "{"word " * 35}."\n'
    )
    first = project.run("build")
    second = project.run("build")
    assert len(counted) == 1
    assert first.stderr == second.stderr
    assert "`deckgen check` shows them" in second.stderr


CHANGES: dict[str, Callable[[Project], object]] = {
    "a card": lambda project: project.edit("Why space", "Why do we space"),
    "a blank": lambda project: project.edit("cards:\n", "cards: \n"),
    "a picture": lambda project: (project.root / "cards_source/memory/media/a.png").write_bytes(PICTURE[:-3] + b"two"),
    "a package that is gone": lambda project: project.package("memory.zh.apkg").unlink(),
    "a package that is another": lambda project: project.package("memory.zh.apkg").write_bytes(b"PK"),
    "the lock": lambda project: project.lock().write_text(project.lock().read_text(encoding="utf-8") + "\n", encoding="utf-8"),
    "a new file": lambda project: project.write("memory/more.yaml", 'cards:\n  - id: x\n    en: {q: "A?", a: "B"}\n    zh: {q: "甲？", a: "乙"}\n'),
    "a new deck": lambda project: project.run("new", "french"),
    "a folder": lambda project: (project.root / "cards_source/memory/deeper.yaml").mkdir(),
    "a stray file": lambda project: project.write("stray.yaml", "x: 1\n"),
}  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
def test_every_change_is_looked_at(project: Project, counted: list[int], change: str) -> None:
    with_picture(project).build()
    assert project.run("build", "--no-lint").exit_code == 0
    assert len(counted) == 1
    CHANGES[change](project)
    project.run("build", "--no-lint")
    assert len(counted) == 2


def test_edit_that_keeps_size_and_time_is_seen(project: Project, counted: list[int]) -> None:
    """Some editors and `cp -p` set the time back."""
    project.deck().build()
    path = project.root / "cards_source/memory/cards.yaml"
    before = path.stat()
    project.edit("Fading" if "Fading" in path.read_text(encoding="utf-8") else "fading", "failng")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert path.stat().st_size == before.st_size
    assert "1 changed" in project.build().stdout
    assert len(counted) == 2


def test_file_that_was_only_touched_is_known_by_its_content(project: Project, counted: list[int]) -> None:
    project.deck().build()
    later = time.time() + 60
    for path in (project.root / "cards_source/memory/cards.yaml", project.package()):
        os.utime(path, (later, later))
    project.build()
    assert len(counted) == 1


def test_big_file_is_known_by_its_times_and_ends(
    project: Project, counted: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(seal, "HASHED", 10)
    monkeypatch.setattr(seal, "ENDS", 5)
    project.deck().build()
    project.build()
    assert len(counted) == 1
    path = project.root / "cards_source/memory/cards.yaml"
    os.utime(path, (1, 1))
    project.build()
    assert len(counted) == 2


def test_pictures_are_not_read_again(
    project: Project, counted: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    with_picture(project).build()
    project.build()
    monkeypatch.setattr(seal, "SETTLED", -(10**12))  # as if the build had been long ago
    opened: list[str] = []
    real = Path.open

    def noted(path: Path, *arguments: Any, **options: Any) -> Any:
        opened.append(path.name)
        return real(path, *arguments, **options)

    monkeypatch.setattr(Path, "open", noted)
    project.build()
    assert len(counted) == 1
    assert "a.png" not in opened


@pytest.mark.parametrize(
    "options", [["--lang", "zh"], ["memory"], ["--output", "elsewhere"], ["--accept", "spacing"]]
)
def test_other_options_are_another_build(project: Project, counted: list[int], options: list[str]) -> None:
    project.deck(BILINGUAL_YAML, BILINGUAL_CARDS).build()
    project.build(*options)
    assert len(counted) == 2


def test_what_must_look_always_looks(project: Project, counted: list[int]) -> None:
    project.deck().build()
    assert project.run("build", "--no-lint", "--locked").exit_code == 0
    assert project.run("restamp", "spacing").exit_code == 0
    assert project.run("build", "--no-lint", "--new-major", "memory").exit_code == 0
    assert len(counted) == 4


def test_another_deckgen_looks_again(
    project: Project, counted: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    project.deck().build()
    monkeypatch.setattr(deckgen, "__version__", "99")
    project.build()
    assert len(counted) == 2


def test_text_of_the_source_is_looked_at(project: Project, counted: list[int]) -> None:
    (project.root / "text.txt").write_text("Once upon a time.", encoding="utf-8")
    project.deck(
        'deck: memory\ntitle: "Memory"\nsource: {title: "T", file: "../../text.txt"}\ntags: [basics, time]\n'
    )
    project.build()
    project.build()
    assert len(counted) == 1
    (project.root / "text.txt").write_text("Once upon a day.", encoding="utf-8")
    project.build()
    assert len(counted) == 2


def test_commit_that_is_taken_back_is_looked_at(project: Project, counted: list[int]) -> None:
    """A reset leaves other stamps behind, also where the files are the same."""

    def git(*arguments: str) -> None:
        words = ["git", "-c", "user.name=a", "-c", "user.email=a@example.org", *arguments]
        subprocess.run(words, cwd=project.root, check=True, capture_output=True)

    project.deck().build()
    git("init", "-q")
    git("add", ".")
    git("commit", "-qm", "one")
    project.build()
    git("commit", "-q", "--allow-empty", "-m", "two")
    project.build()
    assert len(counted) == 3
    project.build()
    assert len(counted) == 3


@pytest.mark.parametrize(
    "content", ["", "{}", "[]", "null", '{"tools": 1}', "\x00", '{"at": "x"', "[" * 100_000]
)
def test_seal_that_can_not_be_read_is_none(project: Project, counted: list[int], content: str) -> None:
    project.deck().build()
    (kept,) = Path(os.environ["XDG_CACHE_HOME"]).rglob("*.json")
    kept.write_text(content, encoding="utf-8")
    project.build()
    assert len(counted) == 2


def test_build_is_no_worse_without_a_cache(
    project: Project, counted: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    (project.root / "file").write_text("", encoding="utf-8")
    monkeypatch.setenv("XDG_CACHE_HOME", str(project.root / "file"))
    project.deck().build()
    assert "unchanged" in project.build().stdout
    assert len(counted) == 2


def test_save_during_a_build_is_not_sealed(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    project.deck()
    real = steps.check

    def slow(*arguments: object) -> object:
        made = real(*arguments)  # type: ignore[arg-type]
        project.edit("Why do spaced", "Why would spaced")
        return made

    with monkeypatch.context() as patched:
        patched.setattr(steps, "check", slow)
        project.build()
    assert "1 changed" in project.build().stdout
