"""What of a learner's edit waits for a person, and whom a build leaves alone until then."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

import pytest

from tests.conftest import CARDS_YAML, DECK_YAML, Project
from tests.pulling.test_pull import Ann, cards, commit
from tests.real_anki import next_second

pytestmark = pytest.mark.slow

QUESTION = "Why do spaced reviews beat one very long session?"
HARDENS = "Recall from fading memory hardens it."


def edit_two_fields(project: Project, ann: Ann) -> None:
    """One edit can be merged, and the other clashes with the author's."""
    project.deck().build()
    commit(project)
    ann.get()
    ann.edit("spacing", Question=QUESTION, Answer=HARDENS)
    project.edit("strengthens it.", "deepens it.")
    next_second()


def test_where_one_text_clashes_the_whole_note_waits(project: Project, ann: Ann, bob: Ann) -> None:
    edit_two_fields(project, ann)
    bob.get()
    before, text = ann.learner.note("spacing").fields, cards(project)
    (finding,) = ann.pulled(code=1)["findings"]
    assert finding["code"] == "P01"
    assert "the learner's edit of `q` waits for it" in finding["message"]
    assert cards(project) == text
    assert "{+very +}" in ann.pull(code=1).stdout  # so that one sees what `--ours` would leave out
    assert ann.build_and_get() == (0, 0)
    assert ann.learner.note("spacing").fields == before
    assert bob.build_and_get() == (0, 1)
    commit(project)
    assert [one["code"] for one in ann.pulled(code=1)["findings"]] == ["P01"]
    assert bob.pulled()["findings"] == []


@pytest.mark.parametrize("choice", ["--theirs", "--ours"])
@pytest.mark.parametrize("built", [False, True])
def test_what_a_person_decides_goes_to_everybody(
    project: Project, ann: Ann, bob: Ann, choice: str, built: bool
) -> None:
    edit_two_fields(project, ann)
    bob.get()
    if built:
        ann.pull(code=1)
        assert ann.build_and_get() == (0, 0)
        commit(project)
    assert "spacing" in ann.pull(choice, "spacing").stdout or choice == "--ours"
    # What went to all others meanwhile has the stamp of the edit: only a later one brings them the text.
    assert ann.build_and_get() == (0, int(choice == "--ours" or built))
    bob.get()
    for learner in (ann.learner, bob.learner):
        note = learner.note("spacing")
        assert (note["Question"] == QUESTION) is (choice == "--theirs")
        assert ("hardens" if choice == "--theirs" else "deepens") in note["Answer"]
    assert ann.pulled()["files"] == bob.pulled()["files"] == []


def test_who_writes_the_learners_text_himself_is_told_of_no_loss(project: Project, ann: Ann) -> None:
    edit_two_fields(project, ann)
    ann.pull(code=1)
    project.edit("deepens it.", "hardens it.")
    project.edit("beat one long", "beat one very long")
    assert ann.build_and_get() == (0, 0)
    assert "waits=" not in project.lock().read_text(encoding="utf-8")
    commit(project)
    assert ann.pulled()["files"] == []
    project.edit("The effect grows", "The effect fades")
    project.now = int(time.time()) - 3600
    assert "the next import replaces" not in project.build().stderr


@pytest.mark.parametrize("choice", ["--theirs", "--ours"])
def test_no_id_decides_for_two_decks(project: Project, ann: Ann, choice: str) -> None:
    project.deck()
    project.write("other/deck.yaml", DECK_YAML.replace("memory", "other").replace("Memory", "Other"))
    project.write("other/cards.yaml", CARDS_YAML)
    project.build()
    commit(project)
    ann.get()
    ann.edit("spacing", Answer=HARDENS)
    ann.get("other.apkg")
    assert ann.pulled(choice, "spacing", "--dry-run")["packages"][0]["edited"] == 1
    ann.edit("spacing", "deck:Other", Answer=HARDENS)
    files = project.files()
    told = ann.pull(choice, "spacing", code=2).stderr
    assert "`deckgen pull FILE other`" in told
    assert project.files() == files
    found = ann.pulled("other", choice, "spacing")
    assert {path.split("/")[-2] for path in found["files"]} == {"other"}


def test_the_id_from_before_a_rename_is_no_edit(project: Project, ann: Ann) -> None:
    """Also where no package is left that had it, and a person decides."""
    project.deck().build()
    ann.get()
    ann.edit("spacing", Answer=HARDENS)
    set_stamp(ann, "spacing", 1_700_000_000)  # a clock that is behind
    assert project.run("rename", "spacing", "spaced").exit_code == 0
    project.build()
    assert [one["code"] for one in ann.pulled(code=1)["findings"]] == ["P02"]
    assert ann.pulled("--theirs", "spaced")["findings"] == []
    assert HARDENS in cards(project)
    assert "waits=" not in project.lock().read_text(encoding="utf-8")
    assert ann.pulled()["files"] == []


@pytest.mark.parametrize("choice", ["--theirs", "--ours"])
def test_a_decision_about_no_edit_is_told(project: Project, ann: Ann, choice: str) -> None:
    """So is the second one about the same edit."""
    edit_two_fields(project, ann)
    text = "spacing: the learner has no edit of this card that is not home, so nothing was decided"
    found = ann.pulled(choice, "spacing", choice, "testing")
    assert found["nothing_to_decide"] == ["testing"]
    outcome = ann.pull(choice, "spacing")
    assert text in outcome.stdout
    assert ann.pulled(choice, "spacing")["files"] == []
    assert "nothing was decided" not in ann.pull().stdout


def test_who_takes_his_own_words_back_lets_all_come_home(project: Project, ann: Ann) -> None:
    edit_two_fields(project, ann)
    ann.pull(code=1)
    assert ann.build_and_get() == (0, 0)
    project.edit("deepens it.", "strengthens it.")
    ann.pull()
    assert cards(project) == CARDS_YAML.replace("strengthens", "hardens").replace("one long", "one very long")
    before = ann.learner.note("spacing").fields
    ann.build_and_get()
    assert ann.learner.note("spacing").fields == before
    assert ann.pulled()["files"] == []


def test_a_new_tag_alone_leaves_what_waits_as_it_is(project: Project, ann: Ann, bob: Ann) -> None:
    project.deck().build()
    commit(project)
    for one in (ann, bob):
        one.get()
    ann.edit("spacing", Answer="<table><tr><td colspan=2>It grows.</td></tr></table>")
    next_second()
    project.edit(*NEW_TAG)
    (finding,) = ann.pulled(code=1)["findings"]
    assert "the next import" not in finding["hint"]
    assert ann.build_and_get() == (0, 0)
    assert bob.build_and_get() == (0, 1)
    commit(project)
    assert [one["code"] for one in ann.pulled(code=1)["findings"]] == ["P01"]


def test_the_hint_says_when_the_next_import_replaces_what_waits(project: Project, ann: Ann, bob: Ann) -> None:
    """All others have a text under the time of the edit, so only a later stamp brings them the next one."""
    replaces = "the next import replaces the learner's note"
    edit_two_fields(project, ann)
    bob.get()
    assert replaces not in ann.pulled(code=1)["findings"][0]["hint"]
    assert ann.build_and_get() == (0, 0)
    commit(project)
    assert replaces not in ann.pulled(code=1)["findings"][0]["hint"]
    project.edit("The effect grows", "The effect fades")
    assert replaces in ann.pulled(code=1)["findings"][0]["hint"]
    before = ann.learner.note("spacing").fields
    assert ann.build_and_get() == (0, 1)
    assert ann.learner.note("spacing").fields != before


def test_the_hint_says_so_of_a_text_that_was_built_after_the_edit(project: Project, ann: Ann) -> None:
    edit_two_fields(project, ann)
    project.now = int(time.time()) - 3600
    project.build()
    assert "the next import replaces the learner's note" in ann.pulled(code=1)["findings"][0]["hint"]
    assert ann.get() == (0, 1)


def test_tags_and_masks_wait_as_well(project: Project, ann: Ann) -> None:
    edit_two_fields(project, ann)
    ann.tag("spacing", "memory::basics", "memory::time")
    found = ann.pulled(code=1)
    assert [path.rpartition("/")[2] for path in found["files"]] == ["deck.lock"]
    package = found["packages"][0]
    assert package["tags"] == []
    assert package["waiting_tags"] == [{"card": "spacing", "added": ["time"], "removed": []}]
    assert "tags" in found["findings"][0]["message"]
    assert "spacing tags: {+time+} (waits)" in ann.pull(code=1).stdout


@pytest.mark.parametrize("changed", [False, True])
def test_who_added_an_item_keeps_it_until_it_is_decided(
    project: Project, ann: Ann, bob: Ann, changed: bool
) -> None:
    """What no text can take holds nothing else up, also where the author changed the note."""
    project.deck().build()
    commit(project)
    ann.get()
    bob.get()
    html = ann.learner.note("stages")["List"].replace("</ul>", "<li>{{c4::Forgetting}}</li>\n</ul>")
    ann.edit("stages", Text="Which stages does a memory pass through, then?", List=html)
    if changed:
        project.edit("Which stages", "What stages")
    next_second()
    assert [one["code"] for one in ann.pulled()["findings"]] == ["P03"]
    assert "through, then?" in cards(project)
    before = ann.learner.note("stages").fields
    assert ann.build_and_get() == (0, 0)
    assert ann.learner.note("stages").fields == before
    assert bob.build_and_get() == (0, 1)
    commit(project)
    assert ann.pulled()["files"] == []
    if changed:
        project.edit("What stages", "Which stages")
        assert ann.pulled()["files"] == []
        assert "Which stages does a memory pass through, then?" in cards(project)


def set_stamp(ann: Ann, card: str, stamp: int) -> None:
    db = ann.learner.col.db
    assert db is not None
    db.execute("update notes set mod = ? where id = ?", stamp, ann.learner.note(card).id)


@pytest.mark.parametrize("ahead", [90_000, 4_102_444_800, 1_900_000_000_000, 1 << 62])
def test_a_clock_that_is_ahead_is_told(project: Project, ann: Ann, ahead: int) -> None:
    """Texts reach such a note only after that time, or when the learner changed it with the right clock."""
    stamp = ahead if ahead > 90_000 else int(time.time()) + ahead
    project.deck().build()
    ann.get()
    ann.edit("spacing", Question=QUESTION)
    for card in ("spacing", "stages"):
        set_stamp(ann, card, stamp)
    project.edit("strengthens it.", "deepens it.")
    (finding,) = ann.pulled()["findings"]
    assert (finding["code"], finding["severity"]) == ("P10", "warning")
    assert "2 notes with a clock that was ahead: spacing, stages" in finding["message"]
    late = stamp > 4_102_444_800
    assert ("no build ever" if late else time.strftime("%Y-%m-%d %H:%M", time.gmtime(stamp))) in finding[
        "hint"
    ]
    assert ann.build_and_get() == (0, 0)
    assert [one["code"] for one in ann.pulled()["findings"]] == ["P10"]
    ann.learner.col.tags.bulk_add([ann.learner.note(card).id for card in ("spacing", "stages")], "x")
    assert ann.learner.note("spacing").mod <= time.time()
    next_second()
    project.now = int(time.time()) - 3600
    assert project.run("restamp", "spacing", "--no-lint").exit_code == 0
    assert ann.get() == (0, 1)
    assert "deepens" in ann.learner.note("spacing")["Answer"]
    assert ann.pulled()["findings"] == []


def test_a_clock_that_was_ahead_here_is_not_the_learners(project: Project, ann: Ann) -> None:
    project.deck().build()
    lock = project.lock()
    text = lock.read_text(encoding="utf-8")
    assert text.count("1700003600") > 2
    lock.write_text(text.replace("1700003600", str(int(time.time()) + 90_000)), encoding="utf-8")
    project.run("build", "--no-lint")
    ann.get()
    assert ann.learner.note("spacing").mod > time.time() + 80_000
    assert ann.pulled()["findings"] == []


NEW_TAG = ("id: spacing\n", "id: spacing\n    tags: [time]\n")


@pytest.mark.parametrize("edit", ["text", "tag"])
@pytest.mark.parametrize("in_git", [False, True])
@pytest.mark.parametrize("change", [("    tags: [time]\n", ""), NEW_TAG])
def test_a_tag_that_the_author_changed_stays_as_it_is(
    project: Project, ann: Ann, edit: str, in_git: bool, change: tuple[str, str]
) -> None:
    """Where nobody knows what was shipped before, a tag is only told."""
    project.deck().build()
    if in_git:
        commit(project)
    ann.get()
    project.edit(*change)
    project.build()
    if in_git:
        commit(project)
    card = "spacing" if change is NEW_TAG else "testing"
    if edit == "text":
        ann.edit(card, Hint="a hint")
    else:
        note = ann.learner.note(card)
        note.add_tag("mine")
        ann.learner.col.update_note(note)
    text = cards(project)
    found = ann.pulled()
    assert cards(project).replace('    hint: "a hint"\n', "") == text
    assert found["packages"][0]["tags"] == []
    assert [one["code"] for one in found["findings"]] == ["P09" if in_git else "P04"]
    assert ('hint: "a hint"' in cards(project)) is (edit == "text")
    before = ann.learner.note(card).fields
    ann.build_and_get()
    assert ann.learner.note(card).fields == before
    if not in_git:
        assert "--theirs" in found["findings"][0]["hint"]
        ann.pull("--theirs", card)
        assert (NEW_TAG[1] in cards(project)) is False
        assert ("- id: testing\n    tags: [time]" in cards(project)) is True


def test_a_tag_of_a_card_that_never_changed_is_the_learners(project: Project, ann: Ann) -> None:
    """Also without git, and when other cards changed."""
    project.deck().build()
    ann.get()
    project.edit("Which stages", "What stages")
    project.build()
    note = ann.learner.note("spacing")
    note.add_tag("memory::time")
    ann.learner.col.update_note(note)
    assert ann.pulled()["findings"] == []
    assert NEW_TAG[1] in cards(project)


@pytest.mark.parametrize("merged", ["", "not built", "built"])
def test_what_the_author_took_back_before_a_build_does_not_come_again(
    project: Project, ann: Ann, merged: str
) -> None:
    """Also where the first edit was merged with the author's own."""
    project.deck().build()
    commit(project)
    ann.get()
    if merged:
        project.edit("one long session", "one very long session")
    ann.edit("spacing", Question="Why do spaced reviews ever beat one long session?")
    if merged == "built":
        set_stamp(ann, "spacing", int(time.time()) - 100)
        project.now = int(time.time()) - 3650
        project.build()
        commit(project)
    ann.pull()
    project.edit("ever beat", "beat")
    next_second()
    ann.edit("spacing", Answer="Recall from fading memory strengthens it most.")
    (finding,) = ann.pulled(code=1)["findings"]
    assert "was changed here before it was built" in finding["message"]
    assert "ever" not in cards(project)
    ann.pull("--ours", "spacing")
    assert ann.build_and_get() == (0, 1)
    assert "ever" not in ann.learner.note("spacing")["Question"]


@pytest.mark.parametrize("stamp", [4_102_444_801, 1_900_000_000_000, 1 << 62])
@pytest.mark.parametrize("new", [False, True])
def test_a_clock_beyond_all_locks_keeps_nothing_from_coming_home(
    project: Project, ann: Ann, bob: Ann, stamp: int, new: bool
) -> None:
    """Some programs write milliseconds where Anki has seconds."""
    project.deck().build()
    commit(project)
    ann.get()
    bob.get()
    if new:
        note = ann.add_like(Question="What is interleaving?", Answer=HARDENS)
        db = ann.learner.col.db
        assert db is not None
        db.execute("update notes set mod = ? where id = ?", stamp, note.id)
    else:
        ann.edit("spacing", Answer=HARDENS)
        set_stamp(ann, "spacing", stamp)
    ann.pull("--new", "cards.yaml")
    assert "hardens" in cards(project)
    before = ann.learner.rows("notes")
    assert ann.build_and_get() == (0, 0)
    assert ann.learner.rows("notes") == before
    assert bob.build_and_get() == (int(new), int(not new))
    assert ann.pulled("--dry-run")["files"] == bob.pulled()["files"] == []


def merged(project: Project, ann: Ann, pattern: str, new: str | Callable[[re.Match[str]], str]) -> None:
    """An edit waits, and the lock is as a merge leaves it: `pattern` in the line of the note has become `new`."""
    edit_two_fields(project, ann)
    ann.pull(code=1)
    assert ann.build_and_get() == (0, 0)
    lock = project.lock()
    text = lock.read_text(encoding="utf-8")
    (line,) = re.findall(r"^note spacing .*$", text, flags=re.MULTILINE)
    changed = re.sub(pattern, new, line)
    assert changed != line
    lock.write_text(text.replace(line, changed), encoding="utf-8")
    project.now = int(time.time()) - 3600


def test_an_edit_that_another_branch_built_over_is_told_at_once(project: Project, ann: Ann) -> None:
    """Also by a build that gives the note no new stamp."""
    merged(project, ann, "(?<= qa )1[0-9]+", lambda found: str(int(found[0]) + 10))
    project.edit("deepens it.", r"deepens it\\.")
    assert "the next import replaces a learner's edit" in project.build().stderr
    assert "waits=" not in project.lock().read_text(encoding="utf-8")


def test_an_older_text_that_waits_is_told_when_a_build_replaces_it(project: Project, ann: Ann) -> None:
    """Another branch shipped it, and then something else."""
    merged(project, ann, r"( [0-9a-f]{8}),(.* waits=1[0-9]+\.)([0-9a-f]{8})", r"\1,\3,\2\3")
    project.edit("The effect grows", "The effect fades")
    assert "the next import replaces a learner's edit" in project.build().stderr
