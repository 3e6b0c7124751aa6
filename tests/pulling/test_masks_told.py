"""What a learner changed of masks that no key of a card says, or that no build would take: told, never lost."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from tests.conftest import BILINGUAL_YAML, Project
from tests.pulling.test_branches import is_whole, on_both, solve
from tests.pulling.test_masks import HEART, MOVED, NEW, change, heart
from tests.pulling.test_pull import PICTURE, Ann, cards, commit, git
from tests.real_anki import next_second

pytestmark = pytest.mark.slow
__all__ = ["heart"]


def mixed(masks: str) -> str:
    return "".join(f"{mask}<br>" for mask in reversed(masks.split("<br>")[:-1]))


LOOKS: dict[str, tuple[Callable[[str], str], str]] = {
    "hide": (lambda masks: masks.replace(":oi=1", ""), "it is to hide only the mask that is asked about"),
    "mixed": (lambda masks: masks.replace(":oi=1", "", 1), "some masks hide alone"),
    "colour": (lambda masks: masks.replace(":oi=1", ":fill=#ff0000:oi=1", 1), "the look of `left` was changed (has `fill=#ff0000`)"),
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


def test_what_the_author_then_changes_is_home(heart: Project, ann: Ann) -> None:
    """Her note is left alone by the import: it says what the card says."""
    change(ann, LOOKS["hide"][0])
    ann.pull()
    heart.edit("    q:", "    hide: one\n    q:")
    assert ann.pulled()["findings"] == []
    assert ann.build_and_get() == (0, 0)
    assert ann.pulled()["findings"] == []


@pytest.mark.parametrize("edit", [mixed, lambda masks: NEW + mixed(masks.replace(*MOVED))])
def test_the_order_of_masks_is_no_edit(heart: Project, ann: Ann, edit: Callable[[str], str]) -> None:
    """Anki's editor mixes it whenever it opens a note."""
    change(ann, edit)
    text = cards(heart)
    found = ann.pulled()
    assert found["findings"] == []
    moved = len(found["packages"][0]["masks"])
    assert (cards(heart) != text) == bool(moved)
    assert ann.build_and_get() == (0, 0)
    commit(heart)
    assert (ann.pulled()["findings"], ann.pulled()["files"]) == ([], [])
    heart.edit("Which part?", "Which part is it?")
    heart.now = int(time.time()) - 3600
    heart.build()
    assert ann.get() == (0, 1)
    assert ann.learner.note("heart")["Header"] == "Which part is it?"


@pytest.mark.usefixtures("heart")
def test_anki_gives_its_editor_masks_in_any_order(ann: Ann) -> None:
    """Else their order would be the learner's."""
    many = "".join(NEW.replace("c3", f"c{number}") for number in range(3, 30))
    change(ann, lambda masks: masks + many)
    note = ann.learner.note("heart").id
    given = ann.learner.col.get_image_occlusion_note(note_id=note).note.occlusions
    assert sorted(one.ordinal for one in given) == [*range(1, 30)]
    assert [one.ordinal for one in given] != [*range(1, 30)]


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


@pytest.mark.parametrize("built", [False, True])
def test_one_number_for_two_masks_of_two_branches_is_for_a_person(
    heart: Project, ann: Ann, bob: Ann, built: bool
) -> None:
    """Both learners reviewed their own mask: whose reviews go to the other one is no guess."""
    change(ann, lambda masks: masks + NEW)
    change(bob, lambda masks: masks + NEW.replace("=.5:", "=.7:"))
    for one in (ann, bob):
        one.learner.study("Memory", 5)
    git(heart, "branch", "-m", "main")
    git(heart, "branch", "other")
    assert on_both(heart, ann, bob, built) == ["cards_source/memory/cards.yaml"]
    mine, other = (f"mask-3-at-{place}-{place}" for place in (50, 70))
    solve(
        heart, "".join(f"      {key}: {{rect: [{key[-2:]}, {key[-2:]}, 10, 10]}}\n" for key in (mine, other))
    )
    heart.now = int(time.time()) - 36_000
    for command in ("build", "plan", "check"):
        outcome = heart.run(command)
        assert outcome.exit_code == 1
        told = " ".join((outcome.stdout + outcome.stderr).split())
        assert f"gives the number 3 to `{other}`, and a line before it to `{mine}`" in told
        assert f"such as `3:{other}`" in told
    assert "R01" in heart.codes()
    lock = heart.lock().read_text(encoding="utf-8")
    assert lock.count(f",3:{other}") == 1
    heart.lock().write_text(lock.replace(f",3:{other}", ""), encoding="utf-8")
    is_whole(ann, bob)
    for one in (ann, bob):
        masks = one.learner.note("heart")["Occlusion"]
        assert NEW in masks
        assert len(one.learner.cards("heart")) == 4


def test_theirs_puts_no_mask_into_the_place_of_another(heart: Project, ann: Ann, bob: Ann) -> None:
    """Each has its own reviews: the second one is written by hand, and the rest comes home."""
    change(ann, lambda masks: masks + NEW)
    change(bob, lambda masks: masks.replace(*MOVED) + NEW.replace("=.5:", "=.7:"))
    ann.pull()
    text = cards(heart)
    (finding,) = bob.pulled(code=1)["findings"]
    assert "both added the mask c3" in finding["message"]
    assert finding["hint"].startswith("write it yourself, then `--ours heart`")
    found = bob.pulled("--theirs", "heart", code=1)
    assert [one["code"] for one in found["findings"]] == ["P01"]
    assert cards(heart) == text.replace("[10,", "[15,")
    heart.edit("    q:", "      more: {rect: [70, 70, 10, 10]}\n    q:")
    bob.pull("--ours", "heart")
    for one in (ann, bob):
        one.build_and_get()
    assert ann.learner.note("heart").fields == bob.learner.note("heart").fields
    assert [one.pulled()["files"] for one in (ann, bob)] == [[], []]


def test_a_mask_that_is_gone_is_named_with_what_brings_it_back(heart: Project, ann: Ann) -> None:
    change(ann, lambda masks: masks.replace(*MOVED))
    heart.edit("      left: {rect: [10, 20, 30, 15]}\n", "")
    for choice in ((), ("--theirs", "heart")):
        (finding,) = ann.pulled(*choice)["findings"]
        assert "the mask `left` was moved, and is no longer in `masks:`" in finding["message"]
        assert "write it there: `left: {rect: [15, 20, 30, 15]}`; `--ours heart`" in finding["hint"]
        assert "--theirs" not in finding["hint"]
    heart.edit("      right:", "      left: {rect: [15, 20, 30, 15]}\n      right:")
    assert ann.pulled()["findings"] == []
    assert ann.build_and_get() == (0, 0)


BOTH = HEART.replace('q: "Which part?"', 'en: {q: "Which part?"}').rstrip() + '\n    zh: {q: "哪个部分？"}\n'


@pytest.fixture
def both(project: Project, ann: Ann) -> Project:
    """A picture with two masks in two languages, both of which one learner has."""
    project.deck(BILINGUAL_YAML.replace("tags: [basics]\n", ""), BOTH)
    media = project.root / "cards_source/memory/media"
    media.mkdir()
    (media / "heart.png").write_bytes(PICTURE)
    project.build()
    commit(project)
    for lang, deck in DECKS:
        ann.get(f"memory.{lang}.apkg")
        ann.learner.study(deck, 5)
    return project


DECKS = (("en", "Memory"), ("zh", "记忆"))


def redraw(ann: Ann, *edits: tuple[str, str]) -> None:
    """Edit the masks of both languages, each in its own way; "+" adds a mask."""
    for (_, deck), (old, new) in zip(DECKS, edits, strict=True):
        masks = ann.learner.note("heart", f"deck:{deck}")["Occlusion"]
        ann.edit("heart", f"deck:{deck}", Occlusion=masks + new if old == "+" else masks.replace(old, new))
    next_second()


def all_is_home(both: Project, ann: Ann) -> None:
    for lang, deck in DECKS:
        before = ann.learner.note("heart", f"deck:{deck}")["Occlusion"].split("<br>")
        assert ann.build_and_get(f"memory.{lang}.apkg")[0] == 0
        after = ann.learner.note("heart", f"deck:{deck}")["Occlusion"].split("<br>")
        given = {mask.partition("::")[0]: mask.partition("::")[2] for mask in after}
        moved = {mask.partition("::")[0] for mask in before} - given.keys()
        assert not moved
    commit(both)
    assert (ann.pulled()["findings"], ann.pulled()["files"]) == ([], [])
    ann.learner.is_sound()


def test_one_mask_of_each_language_comes_home(both: Project, ann: Ann) -> None:
    redraw(ann, MOVED, ("left=.5:", "left=.55:"))
    assert ann.pulled()["findings"] == []
    assert cards(both) == BOTH.replace("[10,", "[15,").replace("[50,", "[55,")
    all_is_home(both, ann)


def test_the_same_in_both_languages_comes_home(both: Project, ann: Ann) -> None:
    redraw(ann, MOVED, MOVED)
    assert ann.pulled()["findings"] == []
    assert cards(both) == BOTH.replace("[10,", "[15,")
    before = [ann.learner.note("heart", f"deck:{deck}").fields for _, deck in DECKS]
    all_is_home(both, ann)
    assert [ann.learner.note("heart", f"deck:{deck}").fields for _, deck in DECKS] == before


@pytest.mark.parametrize("choice", [(), ("--theirs", "heart")])
def test_a_mask_that_moved_otherwise_in_each_language_is_a_conflict(
    both: Project, ann: Ann, choice: tuple[str, ...]
) -> None:
    """It is told at the first pull, in both; what `--theirs` can take comes home."""
    redraw(ann, MOVED, ("left=.1:", "left=.16:"))
    ann.edit("heart", "deck:Memory", Header="Which part is it?")
    found = ann.pulled(*choice, code=1)["findings"]
    assert sorted((one["code"], one["lang"]) for one in found) == [("P01", "en"), ("P01", "zh")]
    assert all(one["hint"].startswith("write it yourself, then `--ours heart`") for one in found)
    text = BOTH.replace("Which part?", "Which part is it?") if choice else BOTH
    assert cards(both) == text
    both.edit("[10,", "[15.5,")
    assert ann.pulled("--ours", "heart")["findings"] == []
    all_is_home(both, ann)


@pytest.mark.parametrize("place", ["left=.7:top=.7", "left=.503:top=.5", "left=.5:top=.5"])
def test_masks_that_were_added_in_both_languages_come_home(both: Project, ann: Ann, place: str) -> None:
    """Each keeps its number in its language, and gets another one in the other."""
    redraw(ann, ("+", NEW), ("+", NEW.replace("left=.5:top=.5", place)))
    assert ann.pulled()["findings"] == []
    added = {"left=.7:top=.7": "mask-3-at-70-70", "left=.503:top=.5": "mask-3-at-50-50-2"}.get(place)
    assert "      mask-3-at-50-50: {rect: [50, 50, 10, 10]}\n" in cards(both)
    assert cards(both).count("mask-3") == (2 if added else 1)
    assert added is None or f"      {added}: {{rect: " in cards(both)
    all_is_home(both, ann)
    for _, deck in DECKS:
        assert len(ann.learner.cards("heart", f"deck:{deck}")) == (4 if added else 3)
    assert NEW in ann.learner.note("heart", "deck:Memory")["Occlusion"]
    assert NEW.replace("left=.5:top=.5", place) in ann.learner.note("heart", "deck:记忆")["Occlusion"]


@pytest.mark.parametrize("moved", [0, 1])
def test_a_mask_of_one_language_and_a_text_of_the_other_come_home(
    both: Project, ann: Ann, moved: int
) -> None:
    """The masks are of both, so that neither learner's note is as it was built."""
    edits = [("", ""), ("", "")]
    edits[moved] = MOVED
    redraw(ann, *edits)
    lang, deck = DECKS[1 - moved]
    old, new = {"en": ("Which part?", "Which one?"), "zh": ("哪个部分？", "哪一部分？")}[lang]
    ann.edit("heart", f"deck:{deck}", Header=new)
    assert ann.pulled()["findings"] == []
    assert cards(both) == BOTH.replace("[10,", "[15,").replace(old, new)
    all_is_home(both, ann)
