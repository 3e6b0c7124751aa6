"""Where a pull finds the text that was shipped, and what it says where it can't look."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.adopting.decks import export
from tests.conftest import CARDS_YAML, Project
from tests.pulling.test_pull import Ann, cards, commit, git

pytestmark = pytest.mark.slow


def test_a_committed_package_is_found_though_the_output_folder_is_gone(project: Project, ann: Ann) -> None:
    project.deck().build()
    commit(project)
    ann.get()
    ann.edit("spacing", Answer="Recall from fading memory strengthens it most.")
    shutil.rmtree(project.package().parent)
    ann.pull()
    assert cards(project) == CARDS_YAML.replace("strengthens it.", "strengthens it most.")
    assert ann.pulled()["files"] == []


def _twice(project: Project, ann: Ann) -> None:
    """Build and commit two releases; Ann has and edits the first."""
    project.deck().build()
    commit(project)
    ann.get()
    ann.edit("spacing", Answer="Recall from fading memory strengthens it most.")
    project.edit("Why do spaced", "Why would spaced")
    project.build()
    commit(project)


def test_a_shallow_clone_says_how_to_get_the_older_packages(
    project: Project, ann: Ann, tmp_path: Path
) -> None:
    _twice(project, ann)
    whole = tmp_path / "whole"
    (project.root / ".git").rename(whole)
    git(project, "init", "-q")
    git(project, "fetch", "-q", "--depth", "1", whole.resolve().as_uri(), "HEAD")
    git(project, "reset", "-q", "FETCH_HEAD")
    (told,) = ann.pulled(code=1)["findings"]
    assert told["code"] == "P02"
    assert told["hint"].startswith(
        "this clone is shallow: `git fetch --unshallow`, and pull again; or if you have"
    )


def test_that_git_could_not_be_asked_is_told(
    project: Project, ann: Ann, monkeypatch: pytest.MonkeyPatch
) -> None:
    _twice(project, ann)
    with monkeypatch.context() as patched:
        patched.setenv("PATH", str(project.root))
        (told,) = ann.pulled(code=1)["findings"]
        assert told["code"] == "P02"
        assert told["hint"].startswith("git can't be asked for older packages (git can't be run: ")
    ann.pull()
    assert "strengthens it most" in cards(project)


def test_lines_of_neighbouring_texts_are_told_apart(project: Project, ann: Ann) -> None:
    """Also below one that became three lines, and above one that was taken out."""
    project.deck().build()
    ann.get()
    ann.edit(
        "spacing",
        Question="Why do spaced reviews<br>beat<br>one long session?",
        Answer="Recall from fading memory strengthens it most.",
        Note="The effect grows with the pause.",
    )
    (package,) = ann.pulled()["packages"]
    lines = cards(project).splitlines()
    assert [lines[one["line"] - 1].split(":")[0].strip() for one in package["texts"]] == ["q", "a", "note"]


def test_a_learners_file_is_no_package_that_was_shipped(
    project: Project, ann: Ann, bob: Ann, tmp_path: Path
) -> None:
    """What is in one counts as ours: her own edits would be home for ever, and his would be taken for ours."""
    project.deck().build()
    commit(project)
    for one in (ann, bob):
        one.get()
        one.edit("spacing", Hint="fading")
    files = project.files()
    packages = [tmp_path / "ann.apkg", tmp_path / "bob.apkg"]
    for one, package in zip((ann, bob), packages, strict=True):
        export(one.learner, package)
    for file, shipped, words in (
        (packages[0], packages[0], "is the file that is pulled"),
        (packages[0], packages[1], "is not a package that deckgen built"),
        (ann.file, packages[0], "is not a package that deckgen built"),
        (packages[0], bob.file, "is no package"),
    ):
        outcome = project.run("pull", str(file), "--shipped", str(shipped))
        assert (outcome.exit_code, words in outcome.stderr) == (2, True), outcome.stderr
        assert project.files() == files
    ann.pull("--shipped", str(project.package()))
    assert 'hint: "fading"' in cards(project)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such limit")
def test_a_disk_without_room_is_told_as_such(project: Project, ann: Ann) -> None:
    """Not that nobody knows what was shipped."""
    project.deck().build()
    commit(project)
    ann.get()
    ann.edit("spacing", Hint="fading")
    ann.learner.col.close()
    files = project.files()
    code = "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (65536, 65536)); "
    code += "from deckgen.__main__ import run; sys.exit(run())"
    command = [sys.executable, "-c", code, "pull", str(ann.file)]
    done = subprocess.run(command, cwd=project.root, capture_output=True, encoding="utf-8", check=False)
    ann.learner.col.reopen()
    assert done.returncode == 2, done.stdout + done.stderr
    assert "File too large" in done.stderr
    assert project.files() == files
