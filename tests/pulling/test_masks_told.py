"""What a learner changed of masks that no key of a card says, or that no build would take: told, never lost."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.conftest import Project
from tests.pulling.test_masks import HEART, MOVED, NEW, change, heart
from tests.pulling.test_pull import PICTURE, Ann, cards

pytestmark = pytest.mark.slow
__all__ = ["heart"]


def turned(masks: str) -> str:
    return "".join(f"{mask}<br>" for mask in reversed(masks.split("<br>")[:-1]))


LOOKS: dict[str, tuple[Callable[[str], str], str]] = {
    "hide": (lambda masks: masks.replace(":oi=1", ""), "it is to hide only the mask that is asked about"),
    "mixed": (lambda masks: masks.replace(":oi=1", "", 1), "some masks hide alone"),
    "colour": (lambda masks: masks.replace(":oi=1", ":fill=#ff0000:oi=1", 1), "the look of `left` was changed (has `fill=#ff0000`)"),
    "order": (turned, "another order"),
}  # fmt: skip


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("beside", ["", "moved", "header"])
def test_a_change_of_the_look_of_masks_is_told(heart: Project, ann: Ann, look: str, beside: str) -> None:
    """All else of the note comes home; the rest is told until somebody decides."""
    edit, words = LOOKS[look]
    change(ann, lambda masks: edit(masks.replace(*MOVED) if beside == "moved" else masks))
    if beside == "header":
        ann.edit("heart", Header="Which part is it?")
    text = cards(heart)
    (finding,) = ann.pulled()["findings"]
    assert (finding["code"], words in finding["message"]) == ("P03", True), finding
    assert "`--ours heart` brings yours to the learner" in finding["hint"]
    if beside:
        old, new = ("[10,", "[15,") if beside == "moved" else ("Which part?", "Which part is it?")
        text = text.replace(old, new)
    assert cards(heart) == text
    assert [one["code"] for one in ann.pulled()["findings"]] == ["P03"]
    assert ann.pulled()["files"] == []
    if not beside:
        assert ann.build_and_get() == (0, 0)
    ann.pull("--ours", "heart")
    assert ann.build_and_get() == (0, 1)
    assert ann.pulled()["findings"] == []


def test_a_new_mask_with_a_colour_comes_home_and_the_colour_is_told(heart: Project, ann: Ann) -> None:
    change(ann, lambda masks: masks + NEW.replace(":oi", ":fill=#ff0000:oi"))
    (finding,) = ann.pulled()["findings"]
    assert "the look of `c3` was changed" in finding["message"]
    assert "mask-3-at-50-50: {rect: [50, 50, 10, 10]}" in cards(heart)


@pytest.mark.parametrize("look", ["hide", "order"])
def test_what_the_author_then_changes_is_home(heart: Project, ann: Ann, look: str) -> None:
    """Her note is left alone by the import: it says what the card says."""
    change(ann, LOOKS[look][0])
    ann.pull()
    if look == "hide":
        heart.edit("    q:", "    hide: one\n    q:")
    else:
        left = "      left: {rect: [10, 20, 30, 15]}\n"
        heart.edit(left, "")
        heart.edit("    q:", f"{left}    q:")
    assert ann.pulled()["findings"] == []
    assert ann.build_and_get() == (0, 0)
    assert ann.pulled()["findings"] == []


@pytest.mark.parametrize("edit", [turned, lambda masks: NEW + masks])
@pytest.mark.usefixtures("heart")
def test_a_new_mask_before_the_others_is_told(ann: Ann, edit: Callable[[str], str]) -> None:
    change(ann, edit)
    (finding,) = ann.pulled()["findings"]
    assert "another order" in finding["message"]


@pytest.mark.parametrize("number", [0, 500, 999])
def test_a_number_that_no_build_gives_stops_nothing_else(heart: Project, ann: Ann, number: int) -> None:
    change(ann, lambda masks: masks.replace(*MOVED) + NEW.replace("c3", f"c{number}"))
    text = cards(heart)
    (finding,) = ann.pulled()["findings"]
    assert (finding["code"], f"c{number} has a number that no build gives" in finding["message"]) == (
        "P03",
        True,
    )
    assert "into `masks:`; `--ours heart`" in finding["hint"]
    assert cards(heart) == text.replace("[10,", "[15,")
    ann.pull("--ours", "heart")
    heart.build()


def test_numbers_of_an_ellipse_that_did_not_change_stay(project: Project, ann: Ann) -> None:
    """Anki keeps half of them, to two decimals."""
    project.deck(
        cards=HEART.replace("left: {rect: [10, 20, 30, 15]}", "left: {ellipse: [10, 20, 24.01, 5.55]}")
    )
    media = project.root / "cards_source/memory/media"
    media.mkdir()
    (media / "heart.png").write_bytes(PICTURE)
    project.build()
    ann.get()
    change(ann, lambda masks: masks.replace(*MOVED))
    text = cards(project)
    assert ann.pulled()["findings"] == []
    assert cards(project) == text.replace("[10,", "[15,")
    assert ann.build_and_get() == (0, 0)
