"""What counts as given out: git that goes back, branches, lost locks, clocks ahead. The real Anki judges."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from deckgen.lock import history
from deckgen.lock.lines import Lock
from tests.conftest import BILINGUAL_CARDS, BILINGUAL_YAML, CARDS_YAML, DECK_YAML, Project
from tests.lock_reader import read_lock
from tests.real_anki import Learner, Log

ADDED = '  - id: added\n    q: "What is added?"\n    a: "A card."\n'


def _git(project: Project, *arguments: str) -> str:
    identity = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "init.defaultBranch=main"]
    done = subprocess.run(["git", *identity, *arguments], cwd=project.root, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode()


def _commit(project: Project, subject: str = "built") -> None:
    _git(project, "add", "-A")
    _git(project, "commit", "-qm", subject, "--allow-empty")


def _lock(project: Project) -> Lock:
    return read_lock(project.lock())


def _change(project: Project, old: str, new: str) -> None:
    """An edit that is built and committed."""
    project.edit(old, new)
    project.build()
    _commit(project, f"{new} for {old}")


@pytest.fixture(params=["ignored", "committed"])
def repository(project: Project, request: pytest.FixtureRequest) -> Project:
    """A deck that was built and committed, with its packages in git or not."""
    project.deck()
    ignored = "learner/\n" + ("output/\n" if request.param == "ignored" else "")
    (project.root / ".gitignore").write_text(ignored, encoding="utf-8")
    project.build()
    _git(project, "init", "-q")
    _commit(project, "first")
    return project


# -- the same branch goes back: delivered ------------------------------------------

BACK: dict[str, list[list[str]]] = {
    "reset": [["reset", "-q", "--hard", "HEAD~1"]],
    "reset, then another commit": [
        ["reset", "-q", "--hard", "HEAD~1"],
        ["commit", "-q", "--allow-empty", "-m", "other"],
    ],
    "reset, then a merge": [
        ["reset", "-q", "--hard", "HEAD~1"],
        ["checkout", "-q", "-b", "side"],
        ["commit", "-q", "--allow-empty", "-m", "side"],
        ["checkout", "-q", "main"],
        ["commit", "-q", "--allow-empty", "-m", "main"],
        ["merge", "-q", "--no-ff", "-m", "merge", "side"],
    ],
    "checkout -B": [["checkout", "-q", "-B", "main", "HEAD~1"]],
    "rebase --onto": [
        ["commit", "-q", "--allow-empty", "-m", "later"],
        ["rebase", "-q", "--onto", "HEAD~2", "HEAD~1"],
    ],
    "revert": [["revert", "--no-edit", "HEAD"]],
    "amend": [
        ["checkout", "-q", "HEAD~1", "--", "cards_source"],
        ["commit", "-q", "--amend", "--allow-empty", "-m", "amended"],
    ],
}


@pytest.mark.parametrize("way", BACK)
def test_branch_that_goes_back_delivers_the_older_text(
    repository: Project, learner: Learner, way: str
) -> None:
    _change(repository, "Recall beats", "Recall hardly beats")
    learner.import_package(repository.package())
    for arguments in BACK[way]:
        _git(repository, *arguments)
    assert "Recall beats" in (repository.root / "cards_source/memory/cards.yaml").read_text(encoding="utf-8")
    assert "1 changed, 2 unchanged" in repository.build().stdout
    assert learner.import_package(repository.package()) == Log(0, 1, 2, 0)
    assert learner.note("testing")["Text"].startswith("Recall beats")


def test_build_that_was_never_committed_is_given_out_all_the_same(
    repository: Project, learner: Learner
) -> None:
    repository.edit("Recall beats", "Recall hardly beats")
    repository.build()
    learner.import_package(repository.package())
    _git(repository, "checkout", "-q", ".")
    assert "1 changed" in repository.build().stdout
    assert learner.import_package(repository.package()) == Log(0, 1, 2, 0)


def test_going_back_and_forth_again_needs_no_new_stamp(repository: Project) -> None:
    """The newest text that was given out is the one that lies there again."""
    _change(repository, "Recall beats", "Recall hardly beats")
    _git(repository, "reset", "-q", "--hard", "HEAD~1")
    repository.edit("Recall beats", "Recall hardly beats")
    assert "3 unchanged" in repository.build().stdout


def test_look_that_is_taken_back_arrives(repository: Project, learner: Learner) -> None:
    """The line of the deck's source is part of the look."""
    repository.edit('title: "Memory"\n', 'title: "Memory"\nsource: {title: "Wrong"}\n', "memory/deck.yaml")
    repository.build()
    _commit(repository)
    learner.import_package(repository.package())
    assert "Wrong" in learner.cards("spacing")[0].answer()
    _git(repository, "revert", "--no-edit", "HEAD")
    assert "new look" in repository.run("plan").stdout
    assert "new look" in repository.build().stdout
    assert learner.import_package(repository.package()) == Log(0, 0, 3, 0)
    assert "Wrong" not in learner.cards("spacing")[0].answer()


# -- going back behind an addition: refused ----------------------------------------


def test_card_whose_addition_is_taken_back_is_missed(repository: Project) -> None:
    repository.edit("cards:\n", "cards:\n" + ADDED)
    repository.build()
    _commit(repository)
    _git(repository, "revert", "--no-edit", "HEAD")
    (finding,) = repository.findings()
    assert (finding["code"], finding["card"]) == ("R05", "added")
    before = repository.files()
    assert repository.run("build", "--no-lint").exit_code == 1
    assert repository.files() == before


@pytest.mark.parametrize(
    ("card", "old", "new"),
    [
        ("testing", "::a marker}}.", "::a marker}} and {{c3::copying}}."),
        ("stages", '"Retrieval"}', '"Retrieval", fading: "Fading"}'),
        ("spacing", "  - id: spacing\n", "  - id: spacing\n    reverse: true\n"),
    ],
    ids=["deletion", "item", "reverse"],
)
def test_part_whose_addition_is_taken_back_is_missed(
    repository: Project, learner: Learner, card: str, old: str, new: str
) -> None:
    _change(repository, old, new)
    learner.import_package(repository.package())
    _git(repository, "revert", "--no-edit", "HEAD")
    assert [(f["code"], f["card"]) for f in repository.findings()] == [("R11", card)]
    repository.build("--accept", card)
    _commit(repository)
    # Accepted once, it is not asked for again.
    assert repository.codes() == []
    assert "3 unchanged" in repository.build().stdout
    assert learner.import_package(repository.package()).conflicting == 0


def test_number_of_a_deletion_taken_back_is_not_given_to_another(repository: Project) -> None:
    _change(repository, "::a marker}}.", "::a marker}} and {{c3::copying}}.")
    _git(repository, "revert", "--no-edit", "HEAD")
    repository.build("--accept", "testing")
    _commit(repository)
    repository.edit("::a marker}}.", "::a marker}} and {{c3::sleeping}}.")
    assert repository.codes() == ["R12"]


def test_list_that_returns_in_another_order_keeps_its_numbers(repository: Project, learner: Learner) -> None:
    new = '  - id: pair\n    q: "Which two?"\n    list: {one: "First", two: "Second"}\n'
    _change(repository, "cards:\n", "cards:\n" + new)
    learner.import_package(repository.package())
    asked = {card.ord: card.answer() for card in learner.cards("pair")}
    _git(repository, "revert", "--no-edit", "HEAD")
    turned = new.replace('one: "First", two: "Second"', 'two: "Second", one: "First"')
    repository.edit("cards:\n", "cards:\n" + turned)
    repository.build()
    learner.import_package(repository.package())
    for card in learner.cards("pair"):
        hidden = ("First", "Second")[card.ord]
        assert f'<span class="cloze" data-ordinal="{card.ord + 1}">{hidden}' in card.answer()
        assert hidden in asked[card.ord]


# -- other branches: not given out here, but named ---------------------------------


@pytest.mark.parametrize("end", ["reset", "merge of nothing", "left"])
def test_build_of_another_branch_moves_no_stamp_here(repository: Project, learner: Learner, end: str) -> None:
    """The learner of main edits a card that only the other branch changed."""
    learner.import_package(repository.package())
    note = learner.note("testing")
    note["Note"] = "my own remark"
    learner.col.update_note(note)
    _git(repository, "checkout", "-q", "-b", "side")
    _change(repository, "Recall beats", "Recall hardly beats")
    if end == "reset":
        _git(repository, "reset", "-q", "--hard", "HEAD~1")
    _git(repository, "checkout", "-q", "main")
    if end == "merge of nothing":
        _git(repository, "merge", "-q", "HEAD")
    assert "3 unchanged" in repository.build().stdout
    learner.import_package(repository.package())
    assert learner.note("testing")["Note"] == "my own remark"


@pytest.mark.parametrize(
    "way",
    [["checkout", "-q", "HEAD~1"], ["checkout", "-q", "-b", "old", "HEAD~1"]],
    ids=["detached", "branch"],
)
def test_old_checkout_names_what_another_branch_has_newer(
    repository: Project, learner: Learner, way: list[str]
) -> None:
    _change(repository, "Recall beats", "Recall hardly beats")
    learner.import_package(repository.package())
    _git(repository, *way)
    for command in (("plan",), ("build", "--no-lint")):
        outcome = repository.run(*command)
        assert outcome.exit_code in (0, 3)
        assert "R15 warning: `main` has a newer state of 1 card: testing" in outcome.stderr
    assert learner.import_package(repository.package()).updated == 0
    assert "R15" not in repository.run("restamp", "testing", "--no-lint").stderr
    assert learner.import_package(repository.package()) == Log(0, 1, 2, 0)
    assert learner.note("testing")["Text"].startswith("Recall beats")


def test_old_checkout_names_the_newer_look_and_restamp_brings_it(
    repository: Project, learner: Learner
) -> None:
    repository.edit('title: "Memory"\n', 'title: "Memory"\nsource: {title: "Wrong"}\n', "memory/deck.yaml")
    repository.build()
    _commit(repository)
    learner.import_package(repository.package())
    _git(repository, "checkout", "-q", "HEAD~1")
    assert "R15 warning: `main` has a newer state of the look" in repository.build().stderr
    assert "R15" not in repository.run("restamp", "testing", "--no-lint").stderr
    learner.import_package(repository.package())
    assert "Wrong" not in learner.cards("spacing")[0].answer()


def test_text_that_went_there_and_back_on_another_branch_is_named(repository: Project) -> None:
    """Whoever imported it in between would get nothing from here, although both branches say the same."""
    _git(repository, "checkout", "-q", "-b", "side")
    _change(repository, "Recall beats", "Recall hardly beats")
    _change(repository, "Recall hardly beats", "Recall beats")
    _git(repository, "checkout", "-q", "main")
    assert "R15 warning: `side` has a newer state of 1 card: testing" in repository.build().stderr
    assert "R15" not in repository.run("restamp", "testing", "--no-lint").stderr


def test_branch_that_only_lags_behind_is_not_named(repository: Project) -> None:
    _git(repository, "branch", "old")
    _change(repository, "Recall beats", "Recall hardly beats")
    assert "R15" not in repository.build().stderr


@pytest.mark.parametrize("side", ["--ours", "--theirs"])
def test_merge_that_is_built_before_it_is_committed_brings_its_text_to_both_sides(
    repository: Project, learners: Callable[[str], Learner], side: str
) -> None:
    first = repository.now
    _git(repository, "checkout", "-q", "-b", "side")
    _change(repository, "Recall beats", "Recall outdoes")
    learners("side").import_package(repository.package())
    _git(repository, "checkout", "-q", "main")
    repository.now = first
    _change(repository, "Recall beats", "Recall is better than")
    learners("main").import_package(repository.package())
    merged = ["git", "-c", "user.name=A", "-c", "user.email=a@example.org", "merge", "-q", "side"]
    assert subprocess.run(merged, cwd=repository.root, capture_output=True, check=False).returncode == 1
    _git(repository, "checkout", side, ".")
    repository.build()
    wanted = "Recall is better than" if side == "--ours" else "Recall outdoes"
    for name in ("main", "side"):
        learners(name).import_package(repository.package())
        assert learners(name).note("testing")["Text"].startswith(wanted), name


@pytest.mark.parametrize(
    "way",
    [
        [["checkout", "-q", "-b", "side"], ["checkout", "-q", "."]],
        [["checkout", "-q", "."], ["checkout", "-q", "-b", "side"]],
        [["stash", "-q"], ["checkout", "-q", "-b", "side"]],
    ],
    ids=["branch, then undone", "undone, then branch", "stashed, then branch"],
)
def test_undone_build_of_another_branch_is_named(
    repository: Project, learner: Learner, way: list[list[str]]
) -> None:
    repository.edit("Recall beats", "Recall hardly beats")
    repository.build()
    learner.import_package(repository.package())
    for arguments in way:
        _git(repository, *arguments)
    outcome = repository.build()
    assert "R15 warning: `main` has a newer state of 1 card: testing" in outcome.stderr
    repository.run("restamp", "testing", "--no-lint")
    assert learner.import_package(repository.package()).updated == 1


def test_build_on_a_detached_head_is_named_on_a_branch(repository: Project) -> None:
    _git(repository, "checkout", "-q", "--detach")
    _change(repository, "Recall beats", "Recall hardly beats")
    _git(repository, "checkout", "-q", "main")
    outcome = repository.build()
    assert "R15 warning: a detached HEAD has a newer state of 1 card: testing" in outcome.stderr


def test_build_before_the_first_commit_is_given_out(project: Project, learner: Learner) -> None:
    project.deck()
    (project.root / ".gitignore").write_text("output/\n", encoding="utf-8")
    _git(project, "init", "-q")
    project.build()
    _git(project, "add", "-A")
    project.edit("Recall beats", "Recall hardly beats")
    project.build()
    learner.import_package(project.package())
    _git(project, "checkout", "-q", ".")
    assert "1 changed" in project.build().stdout
    assert learner.import_package(project.package()) == Log(0, 1, 2, 0)


def test_text_that_another_branch_took_back_is_named(repository: Project, learner: Learner) -> None:
    _git(repository, "checkout", "-q", "-b", "side")
    _change(repository, "Recall beats", "Recall hardly beats")
    learner.import_package(repository.package())
    _git(repository, "revert", "--no-edit", "HEAD")
    repository.build()
    _commit(repository)
    _git(repository, "checkout", "-q", "main")
    assert "`side` has a newer state of 1 card: testing" in repository.build().stderr


# -- languages and majors ----------------------------------------------------------

TWO = {
    "deck: memory\n": "deck: memory\nlanguages: [en, zh]\n",
    'title: "Memory"': 'title: {en: "Memory", zh: "记忆"}',
}
TWO_CARDS = """\
tags: [basics]
cards:
  - id: spacing
    en: {q: "Why space reviews?", a: "Fading memory gains most."}
    zh: {q: "为什么要间隔复习？", a: "快忘时复习收获最大。"}
"""
ONE_CARD = """\
tags: [basics]
cards:
  - {id: spacing, q: "Why space reviews?", a: "Fading memory gains most."}
"""


def _two_languages(text: str = DECK_YAML) -> str:
    for old, new in TWO.items():
        text = text.replace(old, new)
    return text


def test_revert_of_a_commit_that_added_a_language_and_edited_a_text(
    project: Project, learner: Learner
) -> None:
    project.deck(cards=ONE_CARD).build()
    _git(project, "init", "-q")
    _commit(project)
    project.deck(_two_languages(), TWO_CARDS.replace("Fading memory", "A fading memory"))
    project.build()
    _commit(project)
    learner.import_package(project.package("memory.en.apkg"))
    _git(project, "revert", "--no-edit", "HEAD")
    outcome = project.build()
    assert "1 changed" in outcome.stdout
    assert "R16 warning: the language `zh` was given out" in outcome.stderr
    learner.import_package(project.package())
    assert learner.note("spacing")["Answer"] == "Fading memory gains most."


def test_revert_of_a_new_major_moves_no_stamp(repository: Project, learner: Learner) -> None:
    learner.import_package(repository.package())
    repository.run("build", "memory", "--new-major", "--no-lint")
    _commit(repository)
    _git(repository, "revert", "--no-edit", "HEAD")
    outcome = repository.build()
    assert "3 unchanged" in outcome.stdout
    assert "R16 warning: major 2 of the deck was given out" in outcome.stderr
    assert learner.import_package(repository.package()) == Log(0, 0, 3, 0)


def test_new_major_under_an_earlier_clock_is_stamped_once(repository: Project) -> None:
    repository.now -= 10**6
    repository.run("build", "memory", "--new-major", "--no-lint")
    _commit(repository)
    assert "3 unchanged" in repository.build().stdout


@pytest.mark.parametrize("renamed", ["meanwhile", "at once"])
def test_language_that_is_taken_back_and_comes_again_keeps_its_past(
    project: Project, learner: Learner, renamed: str
) -> None:
    """Its cards keep their guids and numbers, although one was renamed and a list has another order now."""
    items = ('first: "First"', 'second: "Second"')
    one = f'tags: [basics]\ncards:\n  - {{id: pair, q: "Which two?", list: {{{", ".join(items)}}}}}\n'
    two = 'tags: [basics]\ncards:\n  - id: {}\n    en: {{q: "Which two?", list: {{{}}}}}\n'
    two += '    zh: {{q: "哪两个？", list: {{{}}}}}\n'
    project.deck(cards=one).build()
    _git(project, "init", "-q")
    _commit(project)
    project.deck(_two_languages(), two.format("pair", ", ".join(items), ", ".join(items))).build()
    _commit(project)
    learner.import_package(project.package("memory.zh.apkg"))
    asked = {card.ord: card.answer() for card in learner.cards("pair")}
    _git(project, "revert", "--no-edit", "HEAD")
    project.build()
    turned = ", ".join(reversed(items))
    if renamed == "meanwhile":
        project.run("rename", "pair", "couple")
        project.build()
        project.deck(_two_languages(), two.format("couple", turned, turned)).build()
    else:
        project.deck(_two_languages(), two.format("pair", turned, turned))
        project.run("rename", "pair", "couple")
        project.build()
    assert learner.import_package(project.package("memory.zh.apkg")).new == 0
    for card in learner.cards("couple"):
        hidden = ("First", "Second")[card.ord]
        assert f'<span class="cloze" data-ordinal="{card.ord + 1}">{hidden}' in card.answer()
        assert hidden in asked[card.ord]


def test_major_is_never_given_out_twice(repository: Project, learner: Learner) -> None:
    """Who has the first one of two majors with one number would have the other's cards under its reviews."""
    repository.run("build", "memory", "--new-major", "--no-lint")
    _commit(repository)
    learner.import_package(repository.package())
    _git(repository, "revert", "--no-edit", "HEAD")
    repository.build()
    repository.run("build", "memory", "--new-major", "--no-lint")
    assert [line.namespace for line in _lock(repository).packages.values()] == ["#3"]
    assert learner.import_package(repository.package()) == Log(3, 0, 0, 0)


def test_language_of_a_later_major_belongs_to_it(project: Project, learner: Learner) -> None:
    """Its cards are not those of the same language in an earlier major."""
    project.deck(cards=ONE_CARD).build()
    _git(project, "init", "-q")
    _commit(project)
    project.deck(_two_languages(), TWO_CARDS).build()
    _commit(project)
    learner.import_package(project.package("memory.zh.apkg"))
    _git(project, "revert", "--no-edit", "HEAD")
    project.run("build", "memory", "--new-major", "--no-lint")
    project.deck(_two_languages(), TWO_CARDS).build()
    assert [line.namespace for line in _lock(project).packages.values()] == ["#2", "zh#2"]
    assert learner.import_package(project.package("memory.zh.apkg")).new == 1


@pytest.mark.parametrize("keep", ["both", "ours", "theirs"])
def test_language_on_main_and_an_edit_on_a_branch(project: Project, learner: Learner, keep: str) -> None:
    """The mend that R01 tells: delete only the conflict marks."""
    project.deck(cards=ONE_CARD).build()
    learner.import_package(project.package())
    _git(project, "init", "-q")
    _commit(project)
    _git(project, "checkout", "-q", "-b", "side")
    project.edit("Fading memory", "A fading memory")
    project.build()
    _commit(project)
    _git(project, "checkout", "-q", "main")
    project.deck(_two_languages(), TWO_CARDS).build()
    _commit(project)
    merge = ["git", "-c", "user.name=A", "-c", "user.email=a@example.org", "merge", "-q", "side"]
    subprocess.run(merge, cwd=project.root, capture_output=True, check=False)
    lines, wanted = [], True
    for line in project.lock().read_text(encoding="utf-8").split("\n"):
        if line.startswith(("<<<<<<<", "=======", ">>>>>>>")):
            wanted = keep in {"<": ("both", "ours"), "=": ("both", "theirs"), ">": keep}[line[0]]
        elif wanted:
            lines.append(line)
    project.lock().write_text("\n".join(lines), encoding="utf-8")
    project.deck(_two_languages(), TWO_CARDS.replace("Fading memory", "A fading memory"))
    project.build()
    assert learner.import_package(project.package("memory.en.apkg")).new == 0
    assert learner.note("spacing")["Answer"] == "A fading memory gains most."


# -- what git can't tell -----------------------------------------------------------


def test_git_that_does_not_answer_is_said(repository: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = repository.root / "bin"
    folder.mkdir()
    (folder / "git").write_text(
        "#!/bin/sh\necho 'fatal: detected dubious ownership' >&2\nexit 128\n", encoding="utf-8"
    )
    (folder / "git").chmod(0o755)
    monkeypatch.setenv("PATH", str(folder), prepend=os.pathsep)
    outcome = repository.build()
    assert (
        "R18 warning: git does not tell what was given out before: git rev-parse: fatal: detected dub"
        in outcome.stderr
    )


def test_git_dir_of_a_hook_counts_from_where_one_stands(
    repository: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    _change(repository, "Recall beats", "Recall hardly beats")
    _git(repository, "reset", "-q", "--hard", "HEAD~1")
    monkeypatch.setenv("GIT_DIR", ".git")
    assert "1 changed" in repository.build().stdout


def test_another_clone_does_not_know_what_was_reset(repository: Project, tmp_path: Path) -> None:
    """Said in docs/regeneration.md, under “What can't be known”."""
    _change(repository, "Recall beats", "Recall hardly beats")
    _git(repository, "reset", "-q", "--hard", "HEAD~1")
    clone = tmp_path / "clone"
    _git(repository, "clone", "-q", str(repository.root), str(clone))
    shutil.rmtree(repository.root)
    clone.rename(repository.root)
    os.chdir(repository.root)
    assert "3 unchanged" in repository.build().stdout


# -- lost locks --------------------------------------------------------------------


def _bilingual_since(project: Project) -> None:
    """A deck that began in one language, and has two packages now."""
    project.deck(cards=ONE_CARD).build()
    project.package().unlink()
    project.deck(_two_languages(), TWO_CARDS).build()
    project.lock().unlink()


def test_lock_is_found_again_in_all_packages_although_one_was_named(
    project: Project, learner: Learner
) -> None:
    project.deck(cards=ONE_CARD).build()
    learner.import_package(project.package())
    project.package().unlink()
    project.deck(_two_languages(), TWO_CARDS).build()
    before = project.lock().read_bytes()
    project.lock().unlink()
    assert project.run("lock", "--from", "output/memory.zh.apkg").exit_code == 0
    assert project.lock().read_bytes() == before
    project.build()
    assert learner.import_package(project.package("memory.en.apkg")).new == 0


def test_lock_without_a_package_of_a_language_is_refused(project: Project) -> None:
    _bilingual_since(project)
    project.package("memory.en.apkg").unlink()
    outcome = project.run("lock", "--from", "output/memory.zh.apkg")
    assert outcome.exit_code == 2
    assert "memory.en.apkg is missing" in outcome.stderr
    assert not project.lock().exists()
    assert project.run("lock", "--unbuilt", "en").exit_code == 0


def test_lock_without_a_word_takes_what_lies_in_the_output_folder(project: Project) -> None:
    _bilingual_since(project)
    assert project.run("lock").stdout.startswith("edited cards_source/memory/deck.lock\n")
    assert "1 unchanged" in project.build().stdout


def test_lock_takes_the_newest_line_of_old_and_new_packages(project: Project) -> None:
    project.deck(cards=ONE_CARD).build()
    old = project.package().rename(project.root / "old.apkg")
    project.edit("Fading memory", "A fading memory")
    project.build()
    before = project.lock().read_bytes()
    project.lock().unlink()
    assert project.run("lock", "--from", str(old)).exit_code == 0
    assert project.lock().read_bytes() == before


def test_lock_lost_together_with_new_languages_is_missed(project: Project) -> None:
    project.deck(cards=ONE_CARD).build()
    project.lock().unlink()
    project.deck(_two_languages(), TWO_CARDS)
    assert project.codes() == ["R07"]
    assert project.run("lock", "--unbuilt", "zh").exit_code == 0
    assert "1 unchanged" in project.build().stdout.split("\n")[0]


def test_renamed_card_keeps_its_guid_when_lock_and_packages_are_lost(
    project: Project, learner: Learner
) -> None:
    project.deck().build()
    learner.import_package(project.package())
    project.run("rename", "spacing", "spaced")
    project.build()
    project.lock().unlink()
    project.package().unlink()
    project.build()
    assert learner.import_package(project.package()).new == 0
    assert project.codes() == []
    assert "3 unchanged" in project.build().stdout
    project.edit("cards:\n", "cards:\n" + ADDED.replace("added", "spacing"))
    assert "R14" in project.codes()


# -- clocks ------------------------------------------------------------------------


@contextmanager
def _clock(project: Project, days: float) -> Iterator[None]:
    """Runs under a clock that is so many days ahead; `project.now` goes with it."""
    real, real_ns = time.time, time.time_ns
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(time, "time", lambda: real() + days * 86_400)
        patched.setattr(time, "time_ns", lambda: real_ns() + int(days * 86_400) * 10**9)
        project.now = int(time.time()) - 20_000
        yield


def test_stamp_ahead_of_the_clock_is_named_and_taken_back(project: Project, learner: Learner) -> None:
    project.deck()
    with _clock(project, 3):
        project.build()
    learner.import_package(project.package())
    with _clock(project, 0):
        outcome = project.build()
        assert "R17 warning: the stamps of 3 cards (spacing, stages, testing) lie ahead" in outcome.stderr
        assert project.run("lock", "--lower").exit_code == 0
        outcome = project.build()
        assert "R17" not in outcome.stderr
        assert "3 unchanged" in outcome.stdout
        # What the learner edits now stays.
        note = learner.note("spacing")
        note["Note"] = "mine"
        learner.col.update_note(note)
        assert learner.import_package(project.package()) == Log(0, 0, 3, 0)
        assert learner.note("spacing")["Note"] == "mine"
        # The next change goes above the high stamp, and arrives; until when imports overwrite is said.
        project.edit("Recall beats", "Recall hardly beats")
        outcome = project.build()
        assert "R17 warning: the stamps of 1 card (testing) lie ahead" in outcome.stderr
        assert learner.import_package(project.package()).updated == 1
        assert project.run("lock", "--lower").exit_code == 2


def test_git_does_not_bring_back_a_stamp_that_was_taken_back(project: Project) -> None:
    project.deck()
    with _clock(project, 3):
        project.build()
    _git(project, "init", "-q")
    _commit(project)
    with _clock(project, 0):
        assert project.run("lock", "--lower").exit_code == 0
        _commit(project)
        outcome = project.build()
    assert "3 unchanged" in outcome.stdout
    assert "R17" not in outcome.stderr


def test_stamp_below_another_text_ahead_of_the_clock_is_not_taken_back(
    project: Project, learner: Learner
) -> None:
    """Who has the first of two texts from the time of the wrong clock must get the second."""
    project.deck()
    with _clock(project, 3):
        project.build()
        _git(project, "init", "-q")
        _commit(project)
        learner.import_package(project.package())
        project.edit("Recall beats", "Recall hardly beats")
        project.build()
        _commit(project)
    with _clock(project, 0):
        assert project.run("lock", "--lower").exit_code == 0
        project.build()
    assert learner.import_package(project.package()).updated == 1
    assert learner.note("testing")["Text"].startswith("Recall hardly beats")


def test_text_that_changed_while_its_stamp_was_ahead_stays_above_the_older_one(
    project: Project, learner: Learner
) -> None:
    """Without git as well: the build under the right clock knows what it goes above."""
    project.deck()
    with _clock(project, 3):
        project.build()
    learner.import_package(project.package())
    with _clock(project, 0):
        project.edit("Recall beats", "Recall hardly beats")
        project.edit('title: "Memory"\n', 'title: "Memory"\nsource: {title: "Right"}\n', "memory/deck.yaml")
        project.build()
        assert project.run("lock", "--lower").exit_code == 0  # of the others
        project.build()
    assert learner.import_package(project.package()).updated == 1
    assert learner.note("testing")["Text"].startswith("Recall hardly beats")
    assert "Right" in learner.cards("spacing")[0].answer()


def test_look_below_another_look_ahead_of_the_clock_is_not_taken_back(
    project: Project, learner: Learner
) -> None:
    project.deck()
    look = 'title: "Memory"\nsource: {title: "%s"}\n'
    with _clock(project, 3):
        project.edit('title: "Memory"\n', look % "Wrong", "memory/deck.yaml")
        project.build()
        _git(project, "init", "-q")
        _commit(project)
        learner.import_package(project.package())
        project.edit(look % "Wrong", look % "Right", "memory/deck.yaml")
        project.build()
        _commit(project)
    with _clock(project, 0):
        project.run("lock", "--lower")
        project.build()
    learner.import_package(project.package())
    assert "Right" in learner.cards("spacing")[0].answer()


def test_time_of_the_build_may_not_be_set_ahead(project: Project) -> None:
    project.deck()
    project.now = int(time.time())
    outcome = project.run("build", "--no-lint")
    assert (outcome.exit_code, "lies in the future" in outcome.stderr) == (2, True)


# -- several decks with the same ids -----------------------------------------------


def test_card_is_meant_in_one_deck_only(project: Project) -> None:
    project.deck()
    for file, text in (("deck.yaml", DECK_YAML), ("cards.yaml", CARDS_YAML)):
        project.write(f"other/{file}", text.replace("memory", "other").replace('"Memory"', '"Other"'))
    project.build()
    before = {deck: project.lock(deck).read_bytes() for deck in ("memory", "other")}
    for command in (("restamp", "spacing"), ("build", "--accept", "spacing")):
        outcome = project.run(*command, "--no-lint")
        assert outcome.exit_code == 1
        assert "K12 2 decks have a card `spacing`" in outcome.stderr
        assert "say which one: `memory/spacing`" in outcome.stderr
    assert {deck: project.lock(deck).read_bytes() for deck in before} == before
    assert project.run("restamp", "other/spacing", "--no-lint").exit_code == 0
    assert project.lock("memory").read_bytes() == before["memory"]
    changed = project.lock("other").read_bytes()
    assert changed != before["other"]
    assert project.run("restamp", "--deck", "memory", "spacing", "--no-lint").exit_code == 0
    assert project.lock("other").read_bytes() == changed
    assert "K12" in project.run("restamp", "nowhere/spacing", "--no-lint").stderr


def test_git_may_hold_locks_of_any_size(repository: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is too large for a lock is passed over, and of the others the newest are read."""
    lock = repository.lock()
    good = lock.read_text(encoding="utf-8")
    for text in ("a" * 300_000, "note\n", "b" * 300_000, good):
        lock.write_text(text, encoding="utf-8")
        _commit(repository)
    sizes = [len(text) for text in history.Memory(Path("cards_source")).past(lock).given]
    assert sizes == [300_000, 5, 300_000]
    monkeypatch.setattr(history, "MAX_BYTES", 100_000)
    sizes = [len(text) for text in history.Memory(Path("cards_source")).past(lock).given]
    assert sizes == [5]
    assert "3 unchanged" in repository.build().stdout


def test_lock_that_was_built_is_kept_under_the_name_that_it_always_had(project: Project) -> None:
    """Another name for it would leave the old file behind, as a state that nothing replaces any more."""
    _git(project, "init", "-q")
    project.deck(BILINGUAL_YAML, BILINGUAL_CARDS).build()
    deck = hashlib.sha256(b"cards_source/memory").hexdigest()[:16]
    branch = hashlib.sha256(b"refs/heads/main\n[b'en', b'zh']").hexdigest()[:16]
    kept = project.root / f".git/deckgen/{deck}-{branch}.txt"
    assert kept.read_bytes() == b"refs/heads/main\n" + project.lock().read_bytes()


def test_lock_of_a_deck_without_languages_is_kept_under_its_name(project: Project) -> None:
    _git(project, "init", "-q")
    project.deck().build()
    branch = hashlib.sha256(b"refs/heads/main\n[b'-']").hexdigest()[:16]
    (kept,) = (project.root / ".git/deckgen").iterdir()
    assert kept.name.endswith(f"-{branch}.txt")


@pytest.mark.parametrize("committed", ["each step", "at once"])
@pytest.mark.parametrize("edited", [False, True])
def test_language_comes_again_after_going_back_behind_a_rename(
    project: Project, learner: Learner, committed: str, edited: bool
) -> None:
    """Its cards have the ids of before, as those of the language that stayed, and keep their guids."""
    project.deck(cards=ONE_CARD).build()
    _git(project, "init", "-q")
    _commit(project)
    project.deck(_two_languages(), TWO_CARDS).build()
    if committed == "each step":
        _commit(project)
    project.run("rename", "spacing", "spaced")
    project.build()
    if edited:
        _commit(project)
        project.edit("快忘时", "快要忘时")
        project.build()
    _commit(project)
    learner.import_package(project.package("memory.zh.apkg"))
    guid = learner.note("spaced").guid
    _git(
        project,
        "revert",
        "--no-edit",
        *["HEAD", "HEAD~1", "HEAD~2"][: 1 + edited + (committed == "each step")],
    )
    project.build()
    project.deck(_two_languages(), TWO_CARDS)
    assert set(project.codes()) == {"K22"}  # the package without a language is left over
    project.build()
    assert learner.import_package(project.package("memory.zh.apkg")).new == 0
    assert learner.note("spacing").guid == guid
    # And on as ever: the other name may come again, and no third one was lost.
    project.run("rename", "spacing", "spaced")
    project.build()
    assert learner.import_package(project.package("memory.zh.apkg")).new == 0
    assert learner.note("spaced").guid == guid
