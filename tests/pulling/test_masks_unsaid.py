"""Shapes that Anki's editor draws and no card file can say: each is told, and all other masks come home.

The numbers are as Anki's editor writes them (ts/routes/image-occlusion): what is grouped gets the least of its
numbers and stands last; a text has the number 0.
"""

from __future__ import annotations

import time

import pytest

from tests.conftest import Project
from tests.pulling.test_masks import HEART, MOVED, change, heart
from tests.pulling.test_pull import PICTURE, Ann, cards, commit
from tests.real_anki import next_second

pytestmark = pytest.mark.slow
__all__ = ["heart"]

APEX = HEART.replace("    q:", "      apex: {ellipse: [10, 60, 20, 10]}\n    q:")
LEFT = "{{c1::image-occlusion:rect:left=.1:top=.2:width=.3:height=.15:oi=1}}<br>"
RIGHT = "{{c2::image-occlusion:rect:left=.5:top=.2:width=.3:height=.15:oi=1}}<br>"
BELOW = "{{c3::image-occlusion:ellipse:left=.1:top=.6:rx=.1:ry=.05:oi=1}}<br>"
LOWER = BELOW.replace("top=.6", "top=.7")
TURNED = LEFT.replace("left=.1:top=.2", "left=.1796:top=.0624:angle=1250")
GROUPED = LEFT + RIGHT.replace("c2", "c1")
WORD = r"{{c0::image-occlusion:text:left=.0555:top=.0998:text=a\: {b} \\ <c>:scale=1.:fs=.0666:oi=1}}<br>"
SMALL = "left=.0555:top=.0998:width=.0666:height=.0998"
FOURTH = f"{{{{c4::image-occlusion:rect:{SMALL}:oi=1}}}}<br>"

NOT_TAKEN = "an edit of the field Occlusion was not taken: "
GONE = "the mask `right` has no number of its own any more: it was grouped with others, or taken out"
TOLD = {
    "turned": (TURNED + RIGHT + LOWER, ["the mask `left` was turned (`angle=1250`)"]),
    "new and turned": (
        LEFT + RIGHT + LOWER + FOURTH.replace(":width", ":angle=8750:width"),
        ["the new mask c4 was turned (`angle=8750`)"],
    ),
    "grouped": (LOWER + GROUPED, ["the mask `left` has 2 shapes, as Anki writes what was grouped", GONE]),
    "grouped and moved": (
        LOWER + GROUPED.replace("top=.2", "top=.2113"),
        ["the mask `left` has 2 shapes, as Anki writes what was grouped", GONE],
    ),
    "grouped with a new one": (
        RIGHT + LOWER + LEFT + FOURTH.replace("c4", "c1"),
        ["the mask `left` has 2 shapes, as Anki writes what was grouped"],
    ),
    "new and grouped": (
        LEFT + RIGHT + LOWER + FOURTH + FOURTH.replace("left=.0555", "left=.8"),
        ["the new mask c4 has 2 shapes, as Anki writes what was grouped"],
    ),
    "text": (LEFT + RIGHT + LOWER + WORD, [r"texts were put on the picture: “a: {b} \ <c>”"]),
    "grouped with a text": (
        LEFT + LOWER + WORD + RIGHT.replace("c2", "c0"),
        [
            GONE,
            "the mask c0 has a number that no build gives: 1 to 499 are possible",
            r"texts were put on the picture: “a: {b} \ <c>”",
        ],
    ),
    "grouped with a new text": (
        RIGHT + LOWER + LEFT + WORD.replace("c0", "c1"),
        [
            "the mask `left` has 2 shapes, as Anki writes what was grouped",
            r"texts were put on the picture: “a: {b} \ <c>”",
        ],
    ),
    "a text in place of one": (
        WORD.replace("c0", "c1") + RIGHT + LOWER,
        [r"the mask `left` is a text: “a: {b} \ <c>”"],
    ),
}  # fmt: skip


def built(project: Project, text: str, *learners: Ann) -> None:
    """Build a picture with masks, which these learners get."""
    project.deck(cards=text)
    media = project.root / "cards_source/memory/media"
    media.mkdir()
    (media / "heart.png").write_bytes(PICTURE)
    project.build()
    commit(project)
    for one in learners:
        one.get()
        one.learner.study("Memory", 5)


@pytest.fixture
def apex(project: Project, ann: Ann, bob: Ann) -> Project:
    """A picture with three masks, which both learners have."""
    built(project, APEX, ann, bob)
    assert ann.learner.note("heart")["Occlusion"] == LEFT + RIGHT + BELOW
    return project


@pytest.mark.parametrize("case", TOLD)
def test_what_no_card_file_says_is_told_and_the_rest_comes_home(
    apex: Project, ann: Ann, bob: Ann, case: str
) -> None:
    masks, words = TOLD[case]
    change(ann, lambda _: masks)
    found = ann.pulled()
    assert sorted(one["message"] for one in found["findings"]) == sorted(NOT_TAKEN + one for one in words)
    assert {one["code"] for one in found["findings"]} == {"P03"}
    assert all("`--ours heart` brings yours to the learner" in one["hint"] for one in found["findings"])
    assert found["packages"][0]["masks"] == [{"card": "heart", "mask": "apex", "change": "moved"}]
    text = APEX.replace("[10, 60, 20, 10]", "[10, 70, 20, 10]")
    assert cards(apex) == text
    assert sorted(one["message"] for one in ann.pulled()["findings"]) == sorted(
        NOT_TAKEN + one for one in words
    )
    ann.pull("--ours", "heart")
    assert ann.build_and_get() == (0, 1)
    bob.get()
    assert ann.learner.note("heart")["Occlusion"] == LEFT + RIGHT + LOWER
    assert ann.learner.note("heart").fields == bob.learner.note("heart").fields
    commit(apex)
    assert [(found["findings"], found["files"]) for found in (ann.pulled(), bob.pulled())] == [([], [])] * 2
    assert cards(apex) == text


def test_only_what_no_card_file_says_changes_no_file(apex: Project, ann: Ann) -> None:
    change(ann, lambda _: BELOW + GROUPED)
    before = ann.learner.note("heart").fields
    for _ in range(2):
        found = ann.pulled()
        assert (len(found["findings"]), cards(apex)) == (2, APEX)
        assert ann.build_and_get() == (0, 0)
    assert ann.learner.note("heart").fields == before


def test_a_new_mask_with_the_number_of_one_that_was_grouped_moves_none(apex: Project, ann: Ann) -> None:
    """Anki's editor gives a new mask the least number that is free: that is none of the masks here."""
    change(ann, lambda _: FOURTH.replace("c4", "c2") + LOWER + GROUPED)
    told = [one["message"].removeprefix(NOT_TAKEN) for one in ann.pulled()["findings"]]
    assert sorted(told) == [
        "the mask `left` has 2 shapes, as Anki writes what was grouped",
        "the mask `right` was moved, or it was grouped with others, and a new mask has its number",
    ]
    assert cards(apex) == APEX.replace("[10, 60, 20, 10]", "[10, 70, 20, 10]")
    ann.pull("--ours", "heart")
    assert ann.build_and_get() == (0, 1)
    assert ann.learner.note("heart")["Occlusion"] == LEFT + RIGHT + LOWER
    assert ann.pulled()["findings"] == []


@pytest.mark.parametrize(
    "points",
    [
        "left=.2004:top=.3008:points=.201,.3017 .401,.3017 .301,.5017",
        "left=.2004:top=.3008:points=.1,.2 .3,.2 .2,.4",
    ],
)
def test_a_polygon_comes_home_to_where_anki_draws_it(project: Project, ann: Ann, points: str) -> None:
    """Its editor writes its left and top with half a line, and no new points when others moved with it."""
    built(project, HEART.replace("rect: [10, 20, 30, 15]", "polygon: [[10, 20], [30, 20], [20, 40]]"), ann)
    old = "left=.1:top=.2:points=.1,.2 .3,.2 .2,.4"
    change(ann, lambda masks: masks.replace(old, points))
    text = cards(project)
    assert ann.pulled()["findings"] == []
    moved = "[[20.04, 30.08], [40.04, 30.08], [30.04, 50.08]]"
    assert cards(project) == text.replace("[[10, 20], [30, 20], [20, 40]]", moved)
    assert ann.build_and_get() == (0, 0)
    assert ann.pulled()["findings"] == []


@pytest.mark.parametrize(
    "masks",
    [
        f"{LEFT}words{RIGHT}",
        LEFT + RIGHT.replace("rect", "star"),
        LEFT + RIGHT.replace("width=.3", "width=wide"),
        TURNED.replace("1250", "much") + RIGHT,
        LEFT + RIGHT + WORD.replace("{b}", "{{b}}"),
    ],
)
def test_what_are_no_masks_is_told_of_the_whole_field(heart: Project, ann: Ann, masks: str) -> None:
    change(ann, lambda _: masks.replace(*MOVED))
    text = cards(heart)
    (finding,) = ann.pulled()["findings"]
    assert "it has something else than masks: change `masks:` yourself" in finding["message"]
    assert cards(heart) == text


@pytest.mark.usefixtures("heart")
def test_a_whole_turn_is_none(ann: Ann) -> None:
    """Anki rounds what is nearly one to 10000 steps."""
    change(ann, lambda masks: masks.replace(*MOVED).replace(":width", ":angle=10000:width", 1))
    assert ann.pulled()["findings"] == []


def test_the_hint_about_a_mask_that_was_taken_out_says_what_then_happens(heart: Project, ann: Ann) -> None:
    change(ann, lambda _: LEFT)
    (finding,) = ann.pulled()["findings"]
    assert finding["message"] == f"{NOT_TAKEN}the mask `right` was taken out"
    assert finding["hint"] == (
        "if it is to go, take it out of `masks:`; the next build then stops (R11) until you accept with "
        "`deckgen build --accept heart` that learners keep an empty card; "
        "`--ours heart` brings yours to the learner"
    )
    heart.edit("      right: {rect: [50, 20, 30, 15]}\n", "")
    heart.now = int(time.time()) - 36_000
    assert "R11" in heart.codes()
    assert heart.run("build", "--no-lint").exit_code == 1
    assert heart.run("build", "--no-lint", "--accept", "heart").exit_code == 0
    assert ann.get() == (0, 0)
    assert ann.pulled()["findings"] == []


def test_theirs_says_that_it_takes_nothing_of_how_masks_are_hidden(heart: Project, ann: Ann) -> None:
    change(ann, lambda masks: masks.replace(":oi=1", ""))
    text = cards(heart)
    found = ann.pulled("--theirs", "heart")
    (finding,) = found["findings"]
    hides = "it is to hide only the mask that is asked about"
    assert finding["message"] == f"an edit of the field Occlusion can't be taken: {hides}"
    assert finding["hint"].startswith(
        "if the learner is right, write `hide: one` into the card; `--ours heart`"
    )
    assert found["packages"][0]["masks"] == []
    assert "1 edited: no text came home" in ann.pull("--theirs", "heart").stdout
    assert cards(heart) == text


def test_a_build_over_such_an_edit_promises_no_more_than_theirs_takes(
    heart: Project, ann: Ann, bob: Ann
) -> None:
    """Another learner's later edit of the card comes home, and both are to get the author's."""
    change(ann, lambda masks: masks.replace(":oi=1", ""))
    bob.edit("heart", Header="Which part is it?")
    next_second()
    heart.edit("[50, 20,", "[55, 20,")
    ann.pull()
    bob.pull()
    heart.now = int(time.time()) - 3600
    told = " ".join(heart.build().stderr.split())
    assert "the next import replaces a learner's edit" in told
    assert "--theirs heart` takes what a card file can say of it, and tells the rest" in told


#: How Anki's editor writes the three masks of a note that was opened in a window of 553 by 369 points.
ROUNDED = (
    "{{c2::image-occlusion:rect:left=.4991:top=.1986:width=.2984:height=.149:oi=1}}<br>"
    "{{c1::image-occlusion:rect:left=.0993:top=.1986:width=.2984:height=.149:oi=1}}<br>"
    "{{c3::image-occlusion:ellipse:left=.0993:top=.5984:rx=.0994:ry=.0488:oi=1}}<br>"
)


def test_masks_that_anki_rounded_did_not_move(apex: Project, ann: Ann, bob: Ann) -> None:
    """Its editor rounds all masks of a note that it opens: only the one that was moved comes home."""
    ann.edit("heart", Occlusion=ROUNDED, Header="Which part is it?")
    bob.edit("heart", Occlusion=ROUNDED.replace("left=.4991", "left=.5497"))
    apex.edit("left: {rect: [10, 20, 30, 15]}", "left: {rect: [11, 20, 30, 15]}")
    text = cards(apex)
    assert ann.pulled()["findings"] == []
    text = text.replace("Which part?", "Which part is it?")
    assert cards(apex) == text
    assert bob.pulled()["findings"] == []
    text = text.replace("right: {rect: [50,", "right: {rect: [54.97,")
    assert cards(apex) == text
    assert ann.pulled()["files"] == bob.pulled()["files"] == []
    assert ann.build_and_get() == (0, 1)
    assert bob.build_and_get() == (0, 1)
    assert ann.pulled()["files"] == bob.pulled()["files"] == []


def test_who_only_saved_the_masks_is_left_alone(apex: Project, ann: Ann) -> None:
    ann.edit("heart", Occlusion=ROUNDED)
    before = cards(apex)
    assert ann.pulled()["findings"] == []
    assert cards(apex) == before
    assert ann.pulled()["files"] == []
    assert ann.build_and_get() == (0, 0)
    assert ann.pulled()["findings"] == []


def test_next_to_nothing_is_a_number(apex: Project, ann: Ann) -> None:
    """Anki strips all zeros from `.0000`."""
    change(ann, lambda masks: masks.replace("left=.1:top=.2", "left=.:top=.2", 1))
    assert ann.pulled()["findings"] == []
    assert "left: {rect: [0, 20, 30, 15]}" in cards(apex)
