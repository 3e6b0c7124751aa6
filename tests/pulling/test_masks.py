"""Masks that a learner moved, added or took out, while their author or another learner did so, too."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from tests.conftest import Project
from tests.pulling.test_pull import PICTURE, Ann, cards, commit
from tests.real_anki import next_second

pytestmark = pytest.mark.slow

HEART = """\
cards:
  - id: heart
    occlude: heart.png
    masks:
      left: {rect: [10, 20, 30, 15]}
      right: {rect: [50, 20, 30, 15]}
    q: "Which part?"
"""


NEW = "{{c3::image-occlusion:rect:left=.5:top=.5:width=.1:height=.1:oi=1}}<br>"
MOVED = ("left=.1:", "left=.15:")


@pytest.fixture
def heart(project: Project, ann: Ann, bob: Ann) -> Project:
    """A picture with two masks, which both learners have."""
    project.deck(cards=HEART)
    media = project.root / "cards_source/memory/media"
    media.mkdir()
    (media / "heart.png").write_bytes(PICTURE)
    project.build()
    commit(project)
    for one in (ann, bob):
        one.get()
        one.learner.study("Memory", 5)
    return project


def change(one: Ann, edit: Callable[[str], str]) -> None:
    """Edit the masks of the note, some time before what comes next."""
    old = one.learner.note("heart")["Occlusion"]
    assert edit(old) != old
    one.edit("heart", Occlusion=edit(old))
    next_second()


def test_masks_wait_and_come_home_as_moved_or_added(heart: Project, ann: Ann) -> None:
    masks = ann.learner.note("heart")["Occlusion"]
    new = "{{c3::image-occlusion:rect:left=.5:top=.5:width=.1:height=.1:oi=1}}<br>"
    ann.edit("heart", Occlusion=masks.replace("left=.1:", "left=.15:") + new, Header="Which part is it?")
    heart.edit("Which part?", "Which parts?")
    changes = [
        {"card": "heart", "mask": "left", "change": "moved"},
        {"card": "heart", "mask": "mask-3-at-50-50", "change": "added"},
    ]
    package = ann.pulled(code=1)["packages"][0]
    assert (package["masks"], package["waiting_masks"]) == ([], changes)
    assert "masks: mask added: mask-3-at-50-50 (waits)" in ann.pull(code=1).stdout
    package = ann.pulled("--theirs", "heart")["packages"][0]
    assert (package["masks"], package["waiting_masks"]) == (changes, [])


@pytest.mark.parametrize("choice", ["--theirs", "--ours"])
def test_a_mask_that_both_moved_is_for_a_person(heart: Project, ann: Ann, bob: Ann, choice: str) -> None:
    change(ann, lambda masks: masks.replace(*MOVED))
    heart.edit("[10, 20, 30, 15]", "[11, 20, 30, 15]")
    text = cards(heart)
    found = ann.pulled(code=1)
    assert [(one["code"], one["line"]) for one in found["findings"]] == [("P01", 5)]
    (conflict,) = found["packages"][0]["conflicts"]
    assert (conflict["text"], conflict["reason"]) == ("masks: left", "both moved the mask c1")
    sides = [conflict[side] for side in ("shipped", "theirs", "ours")]
    assert sides == [f"{{rect: [{left}, 20, 30, 15]}}" for left in (10, 15, 11)]
    assert cards(heart) == text
    before = ann.learner.note("heart").fields
    assert ann.build_and_get() == (0, 0)
    assert ann.learner.note("heart").fields == before
    commit(heart)
    ann.pull(choice, "heart")
    assert cards(heart) == (text if choice == "--ours" else text.replace("[11,", "[15,"))
    assert ann.build_and_get() == (0, 1)
    bob.get()
    assert ann.learner.note("heart").fields == bob.learner.note("heart").fields
    assert [one.pulled()["files"] for one in (ann, bob)] == [[], []]


def test_a_mask_that_both_learners_added_is_for_a_person(heart: Project, ann: Ann, bob: Ann) -> None:
    """Both have the next number, and with it reviews of their own: neither replaces the other."""
    change(ann, lambda masks: masks + NEW)
    change(bob, lambda masks: masks + NEW.replace("=.5:", "=.7:"))
    ann.pull()
    text = cards(heart)
    assert "mask-3-at-50-50: {rect: [50, 50, 10, 10]}" in text
    (conflict,) = bob.pulled(code=1)["packages"][0]["conflicts"]
    assert conflict["reason"] == "both added the mask c3: the learner's needs a key of its own"
    assert cards(heart) == text
    before = bob.learner.note("heart").fields
    assert ann.build_and_get() == (0, 0)
    bob.get()
    assert bob.learner.note("heart").fields == before
    heart.edit("    q:", "      more: {rect: [70, 70, 10, 10]}\n    q:")
    bob.pull("--ours", "heart")
    for one in (ann, bob):
        one.build_and_get()
        assert len(one.learner.cards("heart")) == 4
    commit(heart)
    assert [one.pulled()["files"] for one in (ann, bob)] == [[], []]


@pytest.mark.parametrize(
    "mask",
    [
        NEW.replace("=.5:", "=.7:"),
        "{{c3::image-occlusion:polygon:left=.7:top=.7:points=.7,.7 .8,.7 .75,.8:oi=1}}<br>",
    ],
)
def test_a_mask_that_both_learners_added_is_so_after_a_build(
    heart: Project, ann: Ann, bob: Ann, mask: str
) -> None:
    """Bob may have had Ann's mask, and changed it; but his does not take its place, and her reviews."""
    change(ann, lambda masks: masks + NEW)
    next_second()
    change(bob, lambda masks: masks + mask)
    bob.edit("heart", Back_Extra="His note.")
    ann.pull()
    assert bob.build_and_get() == (0, 0)
    commit(heart)
    text = cards(heart)
    found = bob.pulled(code=1)["packages"][0]
    (conflict,) = found["conflicts"]
    assert conflict["reason"].startswith(
        "both added the mask c3: the learner's needs a key of its own, unless"
    )
    assert conflict["ours"] == "{rect: [50, 50, 10, 10]}"
    assert [one["text"] for one in found["waiting"]] == ["note"]
    assert "write it yourself" in bob.pull(code=1).stderr
    assert cards(heart) == text
    bob.pull("--theirs", "heart", code=1)
    assert cards(heart) == text + '    note: "His note."\n'
    heart.edit("    q:", "      more: {rect: [70, 70, 10, 10]}\n    q:")
    bob.pull("--ours", "heart")
    for one in (ann, bob):
        one.build_and_get()
        assert len(one.learner.cards("heart")) == 4
    commit(heart)
    assert [one.pulled()["files"] for one in (ann, bob)] == [[], []]


def test_a_new_mask_gets_a_key_that_is_free(heart: Project, ann: Ann) -> None:
    change(ann, lambda masks: masks + NEW)
    heart.edit("    q:", "      mask-3-at-50-50: {rect: [1, 2, 3, 4]}\n    q:")
    ann.pull()
    assert "      mask-3-at-50-50-2: {rect: [50, 50, 10, 10]}\n    q:" in cards(heart)
    assert ann.build_and_get() == (0, 1)
    assert ann.pulled()["files"] == []


def test_a_mask_that_leaves_the_picture_is_told(heart: Project, ann: Ann) -> None:
    """No build would take it, and all other notes come home."""
    change(ann, lambda masks: masks.replace("left=.1:", "left=.95:"))
    text = cards(heart)
    (finding,) = ann.pulled()["findings"]
    assert (finding["code"], "leaves the picture" in finding["message"]) == ("P03", True)
    assert cards(heart) == text
    assert ann.build_and_get() == (0, 0)


@pytest.mark.parametrize("who", ["author", "learner"])
def test_a_mask_that_one_moved_and_the_other_took_out_is_told(heart: Project, ann: Ann, who: str) -> None:
    """Her note is as she left it until that is decided."""
    left = "      left: {rect: [10, 20, 30, 15]}\n"
    if who == "author":
        change(ann, lambda masks: masks.replace(*MOVED))
        heart.edit(left, "")
    else:
        change(ann, lambda masks: masks.partition("<br>")[2])
        heart.edit("[10, 20, 30, 15]", "[11, 20, 30, 15]")
    text = cards(heart)
    (finding,) = ann.pulled()["findings"]
    assert (finding["code"], "`--ours heart`" in finding["hint"]) == ("P03", True)
    assert cards(heart) == text
    before = ann.learner.note("heart").fields
    heart.now = int(time.time()) - 3600
    assert heart.run("build", "--no-lint", "--accept", "heart").exit_code == 0
    assert ann.get() == (0, 0)
    assert ann.learner.note("heart").fields == before
    commit(heart)
    assert [one["code"] for one in ann.pulled()["findings"]] == ["P03"]
    assert ann.pulled()["files"] == []
    ann.pull("--ours", "heart")
    assert ann.build_and_get() == (0, 1)
    assert ann.pulled()["findings"] == []


def test_the_number_of_a_mask_that_was_taken_out_is_not_given_again(heart: Project, ann: Ann) -> None:
    """Learners who have its card would see another mask under their reviews."""
    heart.edit("      right: {rect: [50, 20, 30, 15]}\n", "")
    heart.now = int(time.time()) - 7200
    assert heart.run("build", "--no-lint", "--accept", "heart").exit_code == 0
    assert ann.get() == (0, 1)
    commit(heart)
    change(ann, lambda masks: masks + NEW.replace("c3", "c2"))
    text = cards(heart)
    (finding,) = ann.pulled()["findings"]
    assert (finding["code"], "has the number of `right`" in finding["message"]) == ("P03", True)
    assert cards(heart) == text
    assert ann.build_and_get() == (0, 0)


@pytest.mark.usefixtures("heart")
def test_a_field_that_no_card_shows_is_told_as_such(ann: Ann) -> None:
    """Anki's own type of pictures has it."""
    ann.edit("heart", Comments="from a lecture")
    (finding,) = ann.pulled()["findings"]
    assert (finding["code"], "Comments was not taken: no key fills this field" in finding["message"]) == (
        "P03",
        True,
    )
