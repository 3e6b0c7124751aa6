"""One text that two learners changed, one after the other."""

from __future__ import annotations

import time
import zipfile

import pytest

from tests.conftest import CARDS_YAML, Project
from tests.pulling.test_pull import Ann, cards, commit
from tests.real_anki import next_second

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("first", ["ann", "bob", "both at once"])
def test_who_was_overruled_gets_the_other_text(project: Project, ann: Ann, bob: Ann, first: str) -> None:
    """Whoever edited it first: the text of the one is home, and then that of the other is taken."""
    project.deck().build()
    commit(project)
    ann.get()
    bob.get()
    now = int(time.time()) - 100
    for one, words in ((ann, "hardens"), (bob, "deepens")):
        one.edit("spacing", Answer=f"Recall from fading memory {words} it.")
        db = one.learner.col.db
        assert db is not None
        stamp = now + (first != "both at once" and (one is ann) == (first == "bob"))
        db.execute("update notes set mod = ? where id = ?", stamp, one.learner.note("spacing").id)
    ann.pull()
    bob.pull("--theirs", "spacing")
    project.now = int(time.time()) - 3600
    ann.build_and_get()
    bob.build_and_get()
    for one in (ann, bob):
        assert one.learner.note("spacing")["Answer"] == "Recall from fading memory deepens it."
    commit(project)
    assert ann.pulled()["files"] == bob.pulled()["files"] == []


@pytest.mark.parametrize("word", ["dim", "fading"])
@pytest.mark.parametrize("tag", ["added", "taken out"])
def test_a_tag_that_came_home_hides_no_other_word(
    project: Project, ann: Ann, bob: Ann, tag: str, word: str
) -> None:
    """By her tag, she looks like somebody who has the release with Bob's word; by her words, she does not."""
    tagged = CARDS_YAML.replace("id: spacing\n", "id: spacing\n    tags: [time]\n")
    project.deck(cards=tagged if tag == "taken out" else CARDS_YAML).build()
    commit(project)
    ann.get()
    bob.get()
    ann.tag("spacing", "memory::basics", *(["memory::time"] if tag == "added" else []))
    bob.edit("spacing", Answer="Recall from dim memory strengthens it.")
    ann.pull()
    bob.pull()
    project.now = int(time.time()) - 3600
    bob.build_and_get()
    commit(project)
    time.sleep(2.1)  # what was built has the second after both edits, if they were made in one
    ann.edit("spacing", Answer=f"Recall from {word} memory strengthens it most.")
    if word == "dim":  # she made the same edit
        assert ann.pulled()["findings"] == []
        assert "Recall from dim memory strengthens it most." in cards(project)
        return
    before = cards(project)
    assert [one["code"] for one in ann.pulled(code=1)["findings"]] == ["P01"]
    assert cards(project) == before


def test_who_waits_is_left_alone_after_the_edit_of_another(project: Project, ann: Ann, bob: Ann) -> None:
    """If the one who waits edited later, and is pulled again."""
    project.deck().build()
    commit(project)
    ann.get()
    bob.get()
    bob.edit("spacing", Note="The effect grows with the long delay.")
    next_second()
    ann.edit("spacing", Answer="Recall from fading memory hardens it.")
    project.edit("strengthens it.", "deepens it.")
    next_second()
    ann.pull(code=1)
    bob.pull()
    (finding,) = ann.pulled(code=1)["findings"]
    assert "the next import" not in finding["hint"]
    before = ann.learner.note("spacing").fields
    assert ann.build_and_get() == (0, 0)
    assert bob.build_and_get() == (0, 1)
    assert ann.learner.note("spacing").fields == before
    commit(project)
    assert [one["code"] for one in ann.pulled(code=1)["findings"]] == ["P01"]
    assert bob.pulled()["files"] == []


TABLE = "<table><tr><td colspan=2>It grows.</td></tr></table>"
REPLACED = "the next import replaces a learner's edit that still waits for your decision"


def told(project: Project, command: str) -> list[tuple[str, str, int]]:
    """Of which edits a build or plan says that it replaces them: code, file and line."""
    project.now = int(time.time()) - 3600
    outcome = project.run(command, *(["--no-lint"] if command == "build" else []))
    assert outcome.exit_code == (0 if command == "build" else 3), outcome.stderr
    lines = [line.split(":") for line in outcome.stderr.splitlines() if REPLACED in line]
    return [(line[3].split()[0], line[0].rpartition("/")[2], int(line[1])) for line in lines]


def wait_and_come_home(project: Project, ann: Ann, bob: Ann, first: Ann, changed: bool) -> None:
    """An edit of Ann's waits, one of Bob's in the same card comes home; one of them was the first."""
    project.deck().build()
    commit(project)
    ann.get()
    bob.get()
    for one in (first, bob if first is ann else ann):
        if one is ann:
            ann.edit("spacing", Answer=TABLE)
        else:
            bob.edit("spacing", Note="The effect grows with the long delay.")
        next_second()
    if changed:
        project.edit("beat one long", "beat one very long")
    ann.pull(code=1)
    bob.pull()


@pytest.mark.parametrize("first", ["ann", "bob"])
@pytest.mark.parametrize("changed", [False, True])
def test_an_edit_that_waits_is_not_replaced_without_a_word(
    project: Project, ann: Ann, bob: Ann, first: str, changed: bool
) -> None:
    """When another learner's edit of the card came home meanwhile, and with it perhaps the author's own."""
    wait_and_come_home(project, ann, bob, ann if first == "ann" else bob, changed)
    before, his = ann.learner.note("spacing").fields, bob.learner.note("spacing").mod
    # Bob needs a stamp above his own edit only if he lacks something.
    is_left = first == "bob" or not changed
    expected = [] if is_left else [("P01", "cards.yaml", 3)]
    assert told(project, "plan") == expected
    assert told(project, "build") == expected
    assert told(project, "build") == []
    assert ann.get() == (0, int(not is_left))
    assert (ann.learner.note("spacing").fields == before) is is_left
    bob.get()
    assert bob.learner.note("spacing")["Note"] == "The effect grows with the long delay."
    assert (bob.learner.note("spacing").mod == his) is (not changed and first == "bob") or not changed
    commit(project)
    assert bob.pulled()["files"] == []
    if not is_left:
        assert "waits=" not in project.lock().read_text(encoding="utf-8")
        return
    assert [one["code"] for one in ann.pulled(code=1)["findings"]] == ["P01"]
    assert ann.pulled(code=1)["files"] == []
    if (
        first == "bob" and not changed
    ):  # what went out had the time of his edit, so that of hers is still free
        project.edit("The effect grows", "The effect wanes")
        assert told(project, "build") == []
        assert ann.get() == (0, 0)
    project.edit("The effect", "This effect")
    assert told(project, "plan") == [("P01", "cards.yaml", 3)]
    assert told(project, "build") == [("P01", "cards.yaml", 3)]
    assert ann.get() == (0, 1)


@pytest.mark.parametrize("choice", ["--theirs", "--ours"])
def test_what_is_decided_waits_no_longer(project: Project, ann: Ann, bob: Ann, choice: str) -> None:
    wait_and_come_home(project, ann, bob, ann, changed=True)
    if choice == "--theirs":
        ann.pull(choice, "spacing", code=1)  # no text of a card can be such a table
    ann.pull("--ours", "spacing")
    assert "waits=" not in project.lock().read_text(encoding="utf-8")
    assert told(project, "build") == []
    assert ann.get() == (0, 1)
    assert ann.pulled()["files"] == []


def test_of_an_edit_that_waits_no_package_knows(project: Project, ann: Ann, bob: Ann) -> None:
    wait_and_come_home(project, ann, bob, ann, changed=False)
    assert "waits=" in project.lock().read_text(encoding="utf-8")
    assert told(project, "build") == []
    with zipfile.ZipFile(project.package()) as package:
        assert all(b"waits=" not in package.read(name) for name in package.namelist())


def test_a_restamp_tells_of_an_edit_that_waits(project: Project, ann: Ann, bob: Ann) -> None:
    wait_and_come_home(project, ann, bob, ann, changed=False)
    project.now = int(time.time()) - 3600
    outcome = project.run("restamp", "spacing", "--no-lint")
    assert REPLACED in outcome.stderr
