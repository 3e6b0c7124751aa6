"""Edits of which a text came home, and something else can't: they are told, and decided no second time."""

from __future__ import annotations

import shutil
import time
from contextlib import nullcontext
from pathlib import Path

import pytest

from tests.conftest import CARDS_YAML, Project
from tests.pulling.test_pull import Ann, cards, commit
from tests.real_anki import next_second

pytestmark = pytest.mark.slow

HARDENS = "Recall from fading memory hardens it."


def lose_packages(project: Project) -> None:
    """Nobody kept a package, nor the history of them."""
    shutil.rmtree(project.root / ".git")
    project.package("memory.apkg").unlink()


def edit_two(ann: Ann, rest: str) -> str:
    """The learner edits a text, and something that no text can take; gives the card."""
    if rest == "source":
        ann.edit("spacing", Answer=HARDENS, Source="my book")
        return "spacing"
    had = ann.learner.note("stages")["List"]
    more = "<li>{{c4::Decay}}</li>"
    ann.edit("stages", Text="Which stages does memory have?", List=had.replace("</ul>", f"{more}</ul>"))
    return "stages"


@pytest.mark.parametrize("rest", ["source", "item"])
def test_a_release_that_the_learner_lacks_is_no_second_question(
    project: Project, ann: Ann, rest: str
) -> None:
    """Nor does `--theirs` bring the older text back that she never edited."""
    remark = '    note: "An old remark."\n'  # of the last card
    project.deck(cards=CARDS_YAML + remark).build()
    commit(project)
    ann.get()
    project.edit("The effect grows with the delay.", "A better remark.")
    project.edit("An old remark.", "A better remark.")
    project.now = int(time.time()) - 3700
    project.build()
    commit(project)
    card = edit_two(ann, rest)
    project.now = int(time.time()) - 3600
    assert [one["code"] for one in ann.pulled()["findings"]] == ["P03"]
    before = cards(project)
    assert before.count("A better remark.") == 2
    assert ann.build_and_get() == (0, 1)  # the other card
    commit(project)
    for forced in ([], [], ["--theirs", card]):
        assert [one["code"] for one in ann.pulled(*forced)["findings"]] == ["P03"]
        assert cards(project) == before
    ann.pull("--ours", card)
    next_second()
    assert ann.build_and_get() == (0, 1)
    assert ann.learner.note(card)["Note"] == "A better remark."
    assert ann.pulled()["findings"] == []


def test_theirs_ends_a_question_though_something_is_left(project: Project, ann: Ann) -> None:
    """No package has the text that was edited."""
    project.deck().build()
    ann.get()
    project.edit("strengthens it.", "deepens it.")
    project.now = int(time.time()) - 3700
    project.build()
    commit(project)
    ann.edit("spacing", Answer=HARDENS, Source="my book")
    assert [one["code"] for one in ann.pulled(code=1)["findings"]] == ["P02"]
    assert [one["code"] for one in ann.pulled("--theirs", "spacing")["findings"]] == ["P03"]
    assert HARDENS in cards(project)
    assert [one["code"] for one in ann.pulled()["findings"]] == ["P03"]
    assert ann.build_and_get() == (0, 0)
    commit(project)
    assert [one["code"] for one in ann.pulled()["findings"]] == ["P03"]


def test_what_the_author_takes_back_is_not_taken_again(project: Project, ann: Ann) -> None:
    project.deck().build()
    commit(project)
    ann.get()
    ann.edit("spacing", Answer=HARDENS, Source="my book")
    ann.pull()
    project.edit("hardens it.", "strengthens it.")
    before = cards(project)
    ann.pull()
    assert cards(project) == before


def test_what_theirs_can_not_take_stays_a_question(project: Project, ann: Ann) -> None:
    project.deck().build()
    commit(project)
    ann.get()
    ann.edit("spacing", Answer=HARDENS, Hint='See <iframe src="https://a.b"></iframe>')
    for forced in ([], ["--theirs", "spacing"], []):
        assert "P01" in [one["code"] for one in ann.pulled(*forced, code=1)["findings"]]
    assert HARDENS in cards(project)


@pytest.mark.parametrize("in_git", [False, True])
def test_what_the_author_adds_to_a_settled_card_stays(project: Project, ann: Ann, in_git: bool) -> None:
    """Where no older package is known, she looks like somebody who emptied it."""
    project.deck().build()
    if in_git:
        commit(project)
    ann.get()
    next_second()
    ann.edit("spacing", Answer=HARDENS, Source="my book", Note="")
    next_second()
    ann.pull()
    assert "note:" not in cards(project)
    answer = f'    a: "{HARDENS}"\n'
    project.edit(answer, f'{answer}    hint: "Think."\n    note: "The effect grows with the delay."\n')
    project.now = int(time.time()) - 3600
    project.build()
    before = cards(project)
    (told,) = ann.pulled()["findings"]
    assert told["code"] == "P03"
    assert "the learner still lacks what you changed since" in told["hint"]
    assert cards(project) == before


@pytest.mark.parametrize("way", ["put back", "taken out"])
def test_a_tag_of_a_settled_card_is_the_authors(project: Project, ann: Ann, way: str) -> None:
    tagged = CARDS_YAML.replace("id: spacing\n", "id: spacing\n    tags: [time]\n")
    project.deck(cards=tagged if way == "put back" else CARDS_YAML).build()
    commit(project)
    project.edit("long session", "longer session")
    project.build()
    commit(project)
    ann.get()
    note = ann.learner.note("spacing")
    note["Answer"], note["Source"] = HARDENS, "my book"
    note.tags = ["memory::basics", *(["memory::time"] if way == "taken out" else [])]
    ann.learner.col.update_note(note)
    ann.pull()
    with_tag, without = "  - id: spacing\n    tags: [time]\n", "  - id: spacing\n"
    assert (with_tag in cards(project)) is (way == "taken out")
    project.edit(*((without, with_tag) if way == "put back" else (with_tag, without)))
    before = cards(project)
    ann.pull()
    assert cards(project) == before


def test_a_tag_that_the_deck_gets_later_comes_home(project: Project, ann: Ann) -> None:
    project.deck().build()
    commit(project)
    ann.get()
    note = ann.learner.note("spacing")
    note["Answer"], note["Source"] = HARDENS, "my book"
    note.tags = ["memory::basics", "memory::rare"]
    ann.learner.col.update_note(note)
    ann.pull()
    project.edit("tags: {", 'tags: {rare: "Seldom", ', "memory/deck.yaml")
    ann.pull()
    assert "rare" in cards(project)


@pytest.mark.parametrize("is_known", [True, False])
def test_the_same_edit_over_a_newer_text_is_another_one(project: Project, ann: Ann, is_known: bool) -> None:
    """Also where no package is known."""
    project.deck().build()
    commit(project)
    ann.get()
    next_second()
    ann.edit("spacing", Answer=HARDENS, Source="my book")
    next_second()
    if is_known:
        ann.pull()
    else:
        lose_packages(project)
        assert "P02" in [one["code"] for one in ann.pulled(code=1)["findings"]]
        ann.pull("--theirs", "spacing")
    for answer in ("deepens it.", "deepens it a lot."):  # the second release replaces what waits
        project.edit(cards(project).split('a: "Recall from fading memory ')[1].split('"')[0], answer)
        project.now = int(time.time()) - 3600
        project.build()
        commit(project)
        next_second()
    assert ann.get() == (0, 1)
    ann.edit("spacing", Answer=HARDENS, Source="my book")
    if not is_known:
        lose_packages(project)
    asked = "P01" if is_known else "P02"
    assert asked in [one["code"] for one in ann.pulled(code=1)["findings"]]
    ann.pull("--theirs", "spacing")
    assert HARDENS in cards(project)


@pytest.mark.parametrize("is_released", [False, True])
def test_a_tag_of_the_authors_stays_on_a_settled_card(project: Project, ann: Ann, is_released: bool) -> None:
    project.deck().build()
    commit(project)
    ann.get()
    project.edit("  - id: spacing\n", "  - id: spacing\n    tags: [time]\n")
    if is_released:
        project.now = int(time.time()) - 3700
        project.build()
        commit(project)
    ann.edit("spacing", Answer=HARDENS, Source="my book")
    next_second()
    project.now = int(time.time()) - 3600
    ann.pull()
    before = cards(project)
    project.now = int(time.time()) - 3600
    project.build()
    commit(project)
    (told,) = ann.pulled()["findings"]
    assert told["code"] == "P03"
    assert "still lacks what you changed since" in told["hint"]
    assert cards(project) == before


@pytest.mark.parametrize("rest", ["picture", "unknown tag", "tag in doubt"])
def test_what_the_author_takes_back_beside_something_open_stays(
    project: Project, ann: Ann, rest: str
) -> None:
    project.deck().build()
    if rest == "tag in doubt":  # the package that she had is lost
        project.edit("  - id: spacing\n", "  - id: spacing\n    tags: [time]\n")
        project.build()
    else:
        commit(project)
    ann.get()
    note = ann.learner.note("spacing")
    note["Answer"] = HARDENS
    if rest == "picture":
        note["Note"] = 'Look: <img src="x.png">'
    note.tags = ["memory::basics", *(["memory::rare"] if rest == "unknown tag" else [])]
    ann.learner.col.update_note(note)
    (told,) = ann.pulled()["findings"]
    assert told["code"] in ("P04", "P08")
    assert HARDENS in cards(project)
    project.edit("hardens it.", "strengthens it.")
    before = cards(project)
    assert [one["code"] for one in ann.pulled()["findings"]] in ([told["code"]], [])
    assert cards(project) == before


@pytest.mark.parametrize("is_built", [False, True])
def test_what_the_author_takes_back_stays_when_the_note_is_marked(
    project: Project, ann: Ann, is_built: bool
) -> None:
    """Her edit is older than a release that she lacks."""
    project.deck().build()
    commit(project)
    ann.get()
    ann.edit("spacing", Answer=HARDENS, Source="my book")
    next_second()
    project.edit("The effect grows", "The whole effect grows")
    project.edit("Recall beats", "Recall surely beats")
    project.now = int(time.time()) - 3600
    project.build()
    commit(project)
    ann.pull()
    assert HARDENS in cards(project)
    project.edit("hardens it.", "strengthens it.")
    next_second()
    if is_built:
        project.now = int(time.time()) - 3600
        project.build()
        commit(project)
        next_second()
    before = cards(project)
    ann.tag("spacing", "memory::basics", "marked")
    ann.pull()
    assert cards(project) == before


@pytest.mark.parametrize("tag", ["memory::rare", "memory::time"])
def test_nothing_is_said_to_be_missing_where_nothing_changed(project: Project, ann: Ann, tag: str) -> None:
    project.deck().build()
    commit(project)
    ann.get()
    next_second()
    ann.edit("spacing", Answer=HARDENS, Source="my book")
    ann.pull()
    ann.tag("spacing", "memory::basics", tag)
    hints = {one["code"]: one["hint"] for one in ann.pulled()["findings"]}
    is_known = tag == "memory::time"
    assert hints.keys() == {"P03", *([] if is_known else ["P04"])}
    assert "still lacks" not in "".join(hints.values())
    assert ("id: spacing\n    tags: [time]" in cards(project)) is is_known


@pytest.mark.parametrize("way", ["nobody", "author", "bob", "section"])
def test_what_is_open_comes_later_whatever_the_card_says_by_then(
    project: Project, ann: Ann, bob: Ann, way: str
) -> None:
    project.deck().build()
    commit(project)
    ann.get()
    bob.get()
    ann.edit("spacing", Answer=HARDENS, Note='Look: <img src="x.png">')
    assert [one["code"] for one in ann.pulled()["findings"]] == ["P08"]
    assert HARDENS in cards(project)
    if way == "bob":
        bob.edit("spacing", Question="Why do spaced reviews beat one longer session?")
        bob.pull()
    elif way == "author":
        project.edit("one long session", "one longer session")
    elif way == "section":
        project.edit("cards:\n", "section: Renamed\ncards:\n")
    Path(ann.learner.col.media.dir(), "x.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    assert "Look:" not in cards(project)
    ann.pull()
    assert "Look:" in cards(project)
    assert ann.pulled()["findings"] == []


def test_what_only_a_hand_can_write_is_asked_about_until_it_is(project: Project, ann: Ann) -> None:
    """Also when another text of the card has changed."""
    project.deck().build()
    commit(project)
    ann.get()
    ann.edit("spacing", Answer=HARDENS, Hint='See <iframe src="https://a.b"></iframe>')
    ann.pull(code=1)
    ann.pull("--theirs", "spacing", code=1)
    assert HARDENS in cards(project)
    project.edit("one long session", "one longer session")
    before = cards(project)
    assert "P01" in [one["code"] for one in ann.pulled(code=1)["findings"]]
    assert cards(project) == before
    ann.pull("--ours", "spacing")
    next_second()
    assert ann.build_and_get() == (0, 1)
    assert ann.pulled()["findings"] == []


def test_an_open_edit_of_another_learner_opens_no_answer(project: Project, ann: Ann, bob: Ann) -> None:
    project.deck().build()
    commit(project)
    ann.get()
    bob.get()
    ann.edit("spacing", Question="Why do spaced reviews beat one longer session?")
    ann.tag("spacing", "memory::basics", "memory::rare")
    bob.edit("spacing", Answer=HARDENS, Source="my book")  # no earlier than hers
    bob.pull()
    project.edit("hardens it.", "strengthens it.")
    ann.pull()
    before = cards(project)
    assert "longer" in before
    bob.pull()
    assert cards(project) == before


def test_many_open_edits_push_no_answer_out_of_the_memory(
    project: Project, ann: Ann, bob: Ann, tmp_path: Path
) -> None:
    project.deck().build()
    commit(project)
    bob.get()
    bob.edit("spacing", Answer=HARDENS)
    bob.pull()
    project.edit("hardens it.", "strengthens it.")
    project.edit("one long session", "one longer session")
    project.now = int(time.time()) - 3600
    project.build()
    commit(project)
    others = [ann, *(Ann(project, tmp_path / f"learner{number}") for number in range(3))]
    edits = [
        {"Hint": "A hint."},
        {"Note": "The effect surely grows with the delay."},
        {"Question": "Why do spaced reviews ever beat one longer session?"},
        {"Answer": "Recall from fading memory strengthens it, surely."},
    ]
    for one, fields in zip(others, edits, strict=True):
        with one.learner if one is not ann else nullcontext():
            one.get()
            one.edit("spacing", **fields)
            one.tag("spacing", "memory::basics", "memory::rare")
            assert len(one.pulled()["packages"][0]["texts"]) == 1
    before = cards(project)
    bob.pull()
    assert cards(project) == before


def test_a_tag_that_leaves_a_settled_card_is_told(project: Project, ann: Ann) -> None:
    """The author has changed nothing, so nothing is said to be missing there."""
    project.deck(cards=CARDS_YAML.replace("id: spacing\n", "id: spacing\n    tags: [time]\n")).build()
    commit(project)
    ann.get()
    ann.edit("spacing", Answer=HARDENS, Source="my book")
    ann.pull()
    ann.tag("spacing", "memory::basics")
    found = {one["code"]: one for one in ann.pulled()["findings"]}
    assert found.keys() == {"P03", "P04"}
    assert "lacks the tag `time`" in found["P04"]["message"]
    assert not [one for one in found.values() if "still lacks" in one["hint"]]
    ann.pull("--theirs", "spacing")
    assert "    tags: [time]\n    q" not in cards(project)


@pytest.mark.parametrize("is_built", [False, True])
def test_what_the_author_takes_back_does_not_come_with_a_later_edit(
    project: Project, ann: Ann, is_built: bool
) -> None:
    project.deck().build()
    commit(project)
    ann.get()
    ann.edit("spacing", Answer=HARDENS, Source="my book")
    ann.pull()
    project.edit("hardens it.", "strengthens it.")
    next_second()
    if is_built:
        project.now = int(time.time()) - 3600
        project.build()
        commit(project)
        next_second()
    ann.edit("spacing", Note="The effect grows with the long delay.")
    before = cards(project)
    assert "P01" in [one["code"] for one in ann.pulled(code=1)["findings"]]
    assert cards(project) == before


@pytest.mark.parametrize("choice", ["--theirs", "--ours"])
def test_a_tag_that_came_home_and_is_taken_off_again_is_told(project: Project, ann: Ann, choice: str) -> None:
    """Before the build, so that the author has changed nothing since."""
    project.deck().build()
    commit(project)
    ann.get()
    ann.edit("spacing", Answer=HARDENS, Source="my book")
    ann.tag("spacing", "memory::basics", "memory::time")
    ann.pull()
    next_second()
    ann.tag("spacing", "memory::basics")
    before = cards(project)
    found = {one["code"]: one for one in ann.pulled()["findings"]}
    assert found.keys() == {"P03", "P09"}
    assert "still lacks" not in found["P03"]["hint"]
    assert cards(project) == before
    ann.pull(choice, "spacing")
    assert ("id: spacing\n    q:" in cards(project)) is (choice == "--theirs")
    assert HARDENS in cards(project)
