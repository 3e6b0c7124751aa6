"""Edits of two learners come home on two branches, and git merges these: none is lost, and no note stands twice."""

from __future__ import annotations

import re
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import CARDS_YAML, Project
from tests.pulling.test_pull import Ann, cards, commit, git
from tests.real_anki import next_second

pytestmark = pytest.mark.slow

WHOLE = "Recall from fading memory strengthens it."


@pytest.fixture
def both(project: Project, tmp_path: Path) -> Iterator[tuple[Ann, Ann]]:
    """Two learners of a deck that is committed; branch `other` is where the main one is."""
    project.deck(cards=CARDS_YAML.replace("  - id", "\n\n\n  - id")).build()
    commit(project)
    git(project, "branch", "-m", "main")
    git(project, "branch", "other")
    ann, bob = Ann(project, tmp_path / "ann"), Ann(project, tmp_path / "bob")
    with ann.learner, bob.learner:
        for one in (ann, bob):
            one.get()
            one.learner.study("Memory", 5)
        yield ann, bob


def merge(project: Project) -> list[str]:
    """Merge the branch `other` as a person does: the files with conflicts that are left to solve."""
    who = ("-c", "user.name=a", "-c", "user.email=a@b.c", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *who, "merge", "other"], cwd=project.root, check=False, capture_output=True)
    listed = subprocess.run(
        ["git", "diff", "--name-only", "--diff-filter=U"],
        cwd=project.root,
        check=True,
        capture_output=True,
        encoding="utf-8",
    ).stdout.split()
    for name in listed:
        path = project.root / name
        if name.endswith(".apkg"):
            git(project, "checkout", "--ours", name)
        elif name.endswith(".lock"):  # what R01 says: delete the marks, keep all lines
            kept = re.sub(r"^(<{7}|={7}|>{7}).*\n", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
            path.write_text(kept, encoding="utf-8")
    return [name for name in listed if name.endswith(".yaml")]


def commit_merge(project: Project) -> None:
    """Commit a merge that had conflicts; git commits any other itself."""
    git(project, "add", "-A")
    if (project.root / ".git/MERGE_HEAD").exists():
        git(project, "commit", "-qm", "merge")


def solve(project: Project, text: str) -> None:
    """Solve the conflict in the cards: what stands between its marks becomes `text`."""
    path = project.root / "cards_source/memory/cards.yaml"
    old = path.read_text(encoding="utf-8")
    new = re.sub(r"^<{7}.*?^>{7}[^\n]*\n", text, old, flags=re.MULTILINE | re.DOTALL)
    assert new != old
    path.write_text(new, encoding="utf-8")


def on_both(project: Project, ann: Ann, bob: Ann, built: bool) -> list[str]:
    """Pull one on `main`, the other on `other`, and merge."""
    ann.pull()
    if built:
        project.now = int(time.time()) - 3600
        project.build()
    commit(project)
    git(project, "switch", "-q", "other")
    bob.pull()
    if built:
        project.now = int(time.time()) - 3600
        project.build()
    commit(project)
    git(project, "switch", "-q", "main")
    return merge(project)


def is_whole(*learners: Ann) -> None:
    """Nothing is left to pull; no note is new; all have the same; all keep their reviews."""
    for one in learners:
        assert one.pulled()["packages"][0]["texts"] == []
        new, _ = one.build_and_get()
        assert new == 0
    commit(learners[0].project)
    notes = [{note[1]: note[6] for note in one.learner.rows("notes")} for one in learners]
    assert all(one == notes[0] for one in notes)
    for one in learners:
        assert one.pulled()["files"] == []
        one.learner.is_sound()


@pytest.mark.parametrize("built", [False, True])
def test_different_cards(project: Project, both: tuple[Ann, Ann], built: bool) -> None:
    ann, bob = both
    ann.edit("spacing", Answer="Recall from fading memory strengthens it most.")
    next_second()
    bob.edit("testing", Text="Recall clearly beats {{c1::rereading}} and {{c2::highlighting::a marker}}.")
    assert on_both(project, ann, bob, built) == []
    commit_merge(project)
    assert "strengthens it most" in cards(project)
    assert "clearly beats" in cards(project)
    stamps = [ann.learner.note("spacing").mod, bob.learner.note("testing").mod]
    is_whole(ann, bob)
    # Each kept the very note that it had edited.
    assert [ann.learner.note("spacing").mod, bob.learner.note("testing").mod] == stamps


@pytest.mark.parametrize("built", [False, True])
def test_the_same_edit_of_both(project: Project, both: tuple[Ann, Ann], built: bool) -> None:
    ann, bob = both
    for one in (ann, bob):
        one.edit("spacing", Answer="Recall from fading memory strengthens it most.")
        next_second()
    assert on_both(project, ann, bob, built) == []
    commit_merge(project)
    stamps = [one.learner.note("spacing").mod for one in both]
    is_whole(ann, bob)
    if not built:  # a build on each branch gave the note two stamps; the merge gives it a third one
        assert [one.learner.note("spacing").mod for one in both] == stamps


@pytest.mark.parametrize("built", [False, True])
def test_two_edits_of_one_card(project: Project, both: tuple[Ann, Ann], built: bool) -> None:
    ann, bob = both
    ann.edit("spacing", Answer="Recall from fading memory strengthens it most.")
    next_second()
    bob.edit("spacing", Answer="Recall from dim memory strengthens it.", Hint="fading")
    assert on_both(project, ann, bob, built) == ["cards_source/memory/cards.yaml"]
    solve(project, '    a: "Recall from dim memory strengthens it most."\n')
    commit_merge(project)
    is_whole(ann, bob)
    assert ann.learner.note("spacing")["Answer"] == "Recall from dim memory strengthens it most."
    assert ann.learner.note("spacing")["Hint"] == "fading"


@pytest.mark.parametrize("side", ["ours", "theirs"])
@pytest.mark.parametrize("apart", [0, 1])
def test_one_side_of_the_cards_and_both_of_the_lock(
    project: Project, both: tuple[Ann, Ann], side: str, apart: int
) -> None:
    """Whoever solves a conflict by taking one side has decided: the other learner gets that text."""
    ann, bob = both
    ann.edit("spacing", Answer="Recall from fading memory strengthens it most.")
    bob.edit("spacing", Answer="Recall from dim memory strengthens it.")
    for one, stamp in ((ann, int(time.time()) - 9), (bob, int(time.time()) - 9 + apart)):
        db = one.learner.col.db
        assert db is not None
        db.execute("update notes set mod = ? where id = ?", stamp, one.learner.note("spacing").id)
    on_both(project, ann, bob, built=False)
    git(project, "checkout", f"--{side}", "cards_source/memory/cards.yaml")
    commit_merge(project)
    words = "fading memory strengthens it most" if side == "ours" else "dim memory strengthens it"
    assert words in cards(project)
    for one in both:
        one.build_and_get()
        assert one.learner.note("spacing")["Answer"] == f"Recall from {words}."
        assert one.pulled()["files"] == []


def test_new_notes_of_both_in_one_file(project: Project, both: tuple[Ann, Ann]) -> None:
    ann, bob = both
    for one, question in ((ann, "What is interleaving?"), (bob, "What is chunking?")):
        one.add_like(Question=question, Answer="A way to learn.")
        one.learner.study("Memory", 5)
    ann.pull("--new", "02-new.yaml")
    commit(project)
    git(project, "switch", "-q", "other")
    bob.pull("--new", "02-bob.yaml")
    commit(project)
    git(project, "switch", "-q", "main")
    assert merge(project) == []
    commit_merge(project)
    before = [one.learner.progress()[1] for one in both]
    assert ann.build_and_get() == (1, 0)
    assert bob.build_and_get() == (1, 0)
    assert [one.learner.progress()[1] for one in both] == before
    assert [one.learner.col.note_count() for one in both] == [5, 5]
    assert [one.pulled()["files"] for one in both] == [[], []]


def test_what_an_author_kept_on_one_branch(project: Project, both: tuple[Ann, Ann]) -> None:
    """`--ours` on one branch, an edit of somebody else on the other: whoever was answered gets the text."""
    ann, bob = both
    ann.edit("spacing", Answer="Recall from fading memory hardens it.")
    next_second()
    bob.edit("spacing", Note="The effect grows with the long delay.")
    ann.pull("--ours", "spacing")
    commit(project)
    git(project, "switch", "-q", "other")
    bob.pull()
    commit(project)
    git(project, "switch", "-q", "main")
    assert merge(project) == []
    commit_merge(project)
    for one in both:
        one.build_and_get()
        assert one.learner.note("spacing")["Answer"] == WHOLE
        assert one.learner.note("spacing")["Note"] == "The effect grows with the long delay."
        assert one.pulled()["files"] == []


@pytest.mark.parametrize("built", [False, True])
@pytest.mark.parametrize("first", ["ann", "bob"])
def test_an_edit_that_waits_on_one_branch(
    project: Project, both: tuple[Ann, Ann], built: bool, first: str
) -> None:
    """Whatever the other branch did to the card: her note stays, or the next build says that it goes."""
    ann, bob = both
    edits = {
        "ann": lambda: ann.edit("spacing", Answer="<table><tr><td colspan=2>x</td></tr></table>"),
        "bob": lambda: bob.edit("spacing", Note="The effect grows with the long delay."),
    }
    for name in ("ann", "bob") if first == "ann" else ("bob", "ann"):
        edits[name]()
        next_second()
    bob.pull()
    project.edit("beat one long", "beat one very long")
    if built:
        project.now = int(time.time()) - 3600
        project.build()
    commit(project)
    git(project, "switch", "-q", "other")
    ann.pull(code=1)
    commit(project)
    git(project, "switch", "-q", "main")
    assert merge(project) == []
    commit_merge(project)
    before = ann.learner.note("spacing").fields
    project.now = int(time.time()) - 3600
    told = "still waits for your decision" in project.build().stderr
    assert told is (built or first == "ann")
    assert ann.get() == (0, int(told))
    assert (ann.learner.note("spacing").fields == before) is not told
    bob.get()
    assert "very" in bob.learner.note("spacing")["Question"]


@pytest.mark.parametrize("built", [False, True])
def test_new_notes_that_came_home_on_another_branch_are_told_and_taken_once(
    project: Project, both: tuple[Ann, Ann], built: bool
) -> None:
    ann, _ = both
    notes = [ann.add_like(Question=f"{word}?", Answer="Yes.") for word in ("Recall", "Spacing")]
    git(project, "switch", "-q", "other")
    ann.pull("--new", "new.yaml")
    if built:
        project.now = int(time.time()) - 3600
        project.build()
    commit(project)
    git(project, "switch", "-q", "main")
    for arguments in ((), ("--new", "new.yaml")):
        found = ann.pulled(*arguments)
        assert found["files"] == []
        reasons = [f"it came home on `other` as the card `{card}`" for card in ("recall", "spacing-2")]
        assert found["packages"][0]["not_taken"] == [
            {"guid": note.guid, "reason": reason} for note, reason in zip(notes, reasons, strict=True)
        ]
        (finding,) = found["findings"]
        assert (finding["code"], finding["severity"]) == ("P05", "info")
        assert "2 notes of the learner's came home on `other`" in finding["message"]
        assert finding["message"].endswith(": recall, spacing-2")
    # Both that the hint says lead out.
    git(project, "switch", "-q", "-c", "merged")
    git(project, "merge", "-q", "other")
    assert ann.pulled("--new", "new.yaml")["findings"] == []
    git(project, "switch", "-q", "main")
    git(project, "branch", "-q", "-D", "other", "merged")
    assert [one["card"] for one in ann.pulled("--new", "new.yaml")["packages"][0]["new"]] == [
        "recall", "spacing-2"
    ]  # fmt: skip
    assert ann.build_and_get() == (0, 0)


def test_a_new_note_that_comes_home_on_no_branch_is_told_and_gets_one_by_the_hint(
    project: Project, both: tuple[Ann, Ann]
) -> None:
    ann, _ = both
    ann.add_like(Question="What is new?", Answer="This.")
    git(project, "checkout", "-q", "--detach")
    (told,) = ann.pulled("--new", "cards.yaml")["findings"]
    assert (told["code"], "HEAD is detached" in told["message"]) == ("P05", True)
    assert ann.pulled("--new", "cards.yaml")["findings"] == []
    command = told["hint"].split("`")[1].replace("NAME", "kept").split()
    git(project, *command[1:])
    commit(project)
    git(project, "switch", "-q", "main")
    before = cards(project)
    (told,) = ann.pulled("--new", "cards.yaml")["findings"]
    assert (told["code"], "came home on `kept`" in told["message"]) == ("P05", True)
    assert cards(project) == before
