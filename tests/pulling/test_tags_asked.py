"""What is asked about a tag is asked until somebody decides."""

from __future__ import annotations

import time

import pytest

from tests.conftest import BILINGUAL_CARDS, BILINGUAL_YAML, Project
from tests.pulling.test_pull import Ann, cards, commit
from tests.real_anki import next_second

pytestmark = pytest.mark.slow

HARDENS = "Recall from fading memory hardens it."
PLAIN, TAGGED = "  - id: spacing\n", "  - id: spacing\n    tags: [time]\n"


@pytest.mark.parametrize(
    "edit",
    [
        {"Answer": HARDENS},
        {"Note": "The effect grows with the long delay."},
    ],
)
def test_a_tag_in_doubt_is_asked_about_also_when_the_text_is_home(
    project: Project, ann: Ann, bob: Ann, edit: dict[str, str]
) -> None:
    """An edit came home in part, with a tag, and was released; Bob, who has it, takes the tag off and edits."""
    project.deck().build()
    commit(project)
    ann.get()
    bob.get()
    ann.edit("spacing", Source="my book")
    ann.tag("spacing", "memory::basics", "memory::time")
    ann.pull()
    next_second()
    ann.build_and_get()
    commit(project)
    assert bob.get() == (0, 1)
    next_second()
    bob.edit("spacing", **edit)
    bob.tag("spacing", "memory::basics")
    codes = ["P04", "P09", "P09"]  # once the text is home, he may be somebody who never had the tag
    assert [one["code"] for _ in codes for one in bob.pulled()["findings"]] == codes
    assert bob.pulled("--theirs", "spacing")["findings"] == []
    assert PLAIN in cards(project)
    assert TAGGED not in cards(project)
    assert next(iter(edit.values())) in cards(project)


@pytest.mark.parametrize("is_undone", [False, True])
def test_a_tag_that_came_home_from_two_languages_comes_back_from_none(
    project: Project, ann: Ann, is_undone: bool
) -> None:
    """The author, or the learner in one language, takes it off again."""
    tags = "tags: [basics, time]"
    project.deck(deck=BILINGUAL_YAML.replace("tags: [basics]", tags), cards=BILINGUAL_CARDS).build()
    commit(project)
    words = {"en": "Question:Why*", "zh": "Question:为什么*"}
    for lang, query in words.items():
        ann.get(f"memory.{lang}.apkg")
        note = ann.learner.note("spacing", query)
        note.tags = ["memory::basics", "memory::time"]
        ann.learner.col.update_note(note)
    ann.pull()
    assert TAGGED in cards(project)
    if is_undone:
        next_second()
        note = ann.learner.note("spacing", words["en"])
        note.tags = ["memory::basics"]
        ann.learner.col.update_note(note)
        ann.pull("--theirs", "spacing")
    else:
        project.edit(TAGGED, PLAIN)
    for _ in range(2):
        told = ann.pulled()["findings"]
        assert [one["code"] for one in told] == ["P04"] * (1 if is_undone else 2)
        assert TAGGED not in cards(project)


def test_who_has_the_text_from_before_an_edit_took_off_none_of_its_tags(
    project: Project, ann: Ann, bob: Ann
) -> None:
    """Bob only marks his card; Ann's edit, with a tag, came home before."""
    project.deck().build()
    commit(project)
    ann.get()
    bob.get()
    ann.edit("spacing", Answer=HARDENS)
    ann.tag("spacing", "memory::basics", "memory::time")
    ann.pull()
    next_second()
    bob.tag("spacing", "memory::basics", "marked")
    assert bob.pulled()["findings"] == []
    bob.pull("--theirs", "spacing")
    assert TAGGED in cards(project)


def test_nobody_is_told_to_take_a_tag_that_the_deck_lacks(project: Project, ann: Ann) -> None:
    """It came home, and the author took it out of the card and of deck.yaml since."""
    project.deck().build()
    commit(project)
    ann.get()
    ann.tag("testing", "memory::basics")
    ann.tag("spacing", "memory::basics", "memory::time")
    ann.pull()
    project.edit(TAGGED, PLAIN)
    project.edit(', time: "When to review"', "", "memory/deck.yaml")
    next_second()
    ann.edit("spacing", Answer=HARDENS)
    assert [one["code"] for one in ann.pulled()["findings"]] == ["P04"]


@pytest.mark.parametrize("way", ["came home", "released"])
def test_who_takes_a_learners_text_takes_no_tag_out_that_the_learner_never_had(
    project: Project, ann: Ann, bob: Ann, way: str
) -> None:
    """What `--theirs` decides is the clash, of which it was told."""
    project.deck().build()
    commit(project)
    ann.get()
    bob.get()
    if way == "came home":
        ann.tag("spacing", "memory::basics", "memory::time")
        ann.pull()
    else:
        project.edit(PLAIN, TAGGED)
        project.now = int(time.time()) - 3600
        project.build()
        commit(project)
    project.edit("strengthens it.", "deepens it.")
    next_second()
    bob.edit("spacing", Answer=HARDENS)
    assert [one["code"] for one in bob.pulled(code=1)["findings"]] == ["P01"]
    assert bob.pulled("--theirs", "spacing")["findings"] == []
    assert HARDENS in cards(project)
    assert TAGGED in cards(project)
    assert [one["code"] for one in bob.pulled()["findings"]] == ["P09"]  # if Bob did take it off
    bob.pull("--theirs", "spacing")
    assert TAGGED not in cards(project)
