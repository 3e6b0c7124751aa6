"""Tags beside edits of texts: what the author took out goes, and what the deck does not have is told until it has."""

from __future__ import annotations

import time

import pytest

from tests.conftest import DECK_YAML, Project
from tests.pulling.test_pull import Ann, cards, commit
from tests.real_anki import next_second

pytestmark = pytest.mark.slow


def test_a_tag_that_the_author_took_out_goes_from_a_note_that_was_edited(project: Project, ann: Ann) -> None:
    project.deck().build()
    commit(project)
    ann.get()
    project.edit("    tags: [time]\n", "")
    ann.edit("testing", Hint="a hint")
    next_second()
    ann.pull()
    assert ann.pulled()["findings"] == []
    assert ann.build_and_get() == (0, 1)
    note = ann.learner.note("testing")
    assert (note.tags, note["Hint"]) == (["memory::basics"], "a hint")
    commit(project)
    assert ann.pulled()["files"] == []


@pytest.mark.parametrize("edited", [False, True])
def test_a_new_tag_comes_home_once_the_deck_has_it(project: Project, ann: Ann, edited: bool) -> None:
    """The way that the finding names."""
    project.deck().build()
    commit(project)
    ann.get()
    note = ann.learner.note("testing")
    note.add_tag("memory::hard")
    note["Hint"] = "a hint" if edited else ""
    ann.learner.col.update_note(note)
    for _ in range(2):
        found = ann.pulled()
        assert [one["code"] for one in found["findings"]] == ["P04"]
        assert found["packages"][0]["tags"] == []
        assert "hard" not in ann.pull().stdout
        assert "hard" not in cards(project)
    assert ('hint: "a hint"' in cards(project)) is edited
    project.write("memory/deck.yaml", DECK_YAML.replace("{basics", '{hard: "Hard", basics'))
    assert ann.pulled()["findings"] == []
    assert "tags: [time, hard]" in cards(project)
    assert ann.build_and_get() == (0, 0)
    assert "memory::hard" in ann.learner.note("testing").tags
    commit(project)
    assert ann.pulled()["files"] == []


@pytest.mark.parametrize("built", [False, True])
@pytest.mark.parametrize("theirs", [False, True])
def test_tags_of_a_card_that_was_decided_are_decided(
    project: Project, ann: Ann, built: bool, theirs: bool
) -> None:
    """`--ours` keeps the whole card, and its tags; what the learner does later is told again."""
    project.deck().build()
    commit(project)
    ann.get()
    ann.edit("spacing", Answer="Recall from fading memory hardens it.")
    if theirs:
        note = ann.learner.note("spacing")
        note.add_tag("memory::hard")
        ann.learner.col.update_note(note)
    project.edit("strengthens it.", "deepens it.")
    project.edit("id: spacing\n", "id: spacing\n    tags: [time]\n")
    if built:
        ann.pull(code=1)
        assert ann.build_and_get() == (0, 0)
        commit(project)
    ann.pull("--ours", "spacing")
    for _ in range(2):
        found = ann.pulled()
        assert (found["findings"], found["files"]) == ([], [])
    next_second()
    note = ann.learner.note("spacing")
    note.add_tag("memory::wild")
    ann.learner.col.update_note(note)
    assert {one["code"] for one in ann.pulled()["findings"]} == {"P04"}
    ann.pull("--ours", "spacing")
    assert ann.pulled()["findings"] == []
    assert ann.build_and_get() == (0, 1)
    assert sorted(ann.learner.note("spacing").tags) == ["memory::basics", "memory::time"]


@pytest.mark.parametrize("alike", [False, True])
def test_a_new_tag_is_told_until_the_deck_has_it(project: Project, ann: Ann, bob: Ann, alike: bool) -> None:
    """Also after a build with the text that came with it."""
    project.deck().build()
    commit(project)
    ann.get()
    bob.get()
    note = ann.learner.note("testing")
    note.add_tag("memory::hard")
    note["Hint"] = "a <b>hint</b><br>" if alike else "a <strong>hint</strong>"
    ann.learner.col.update_note(note)
    next_second()
    assert [one["code"] for one in ann.pulled()["findings"]] == ["P04"]
    assert ann.build_and_get() == (0, 0)
    commit(project)
    for _ in range(2):
        found = ann.pulled()
        assert ([one["code"] for one in found["findings"]], found["files"]) == (["P04"], [])
    assert bob.get() == (0, 1)
    assert bob.pulled()["findings"] == []
    project.write("memory/deck.yaml", DECK_YAML.replace("{basics", '{hard: "Hard", basics'))
    assert ann.pulled()["findings"] == []
    assert "tags: [time, hard]" in cards(project)
    assert ann.pulled()["files"] == []
    ann.build_and_get()
    assert "memory::hard" in ann.learner.note("testing").tags
    assert bob.get() == (0, 1)
    commit(project)
    assert ann.pulled()["files"] == bob.pulled()["files"] == []


def test_a_tag_that_a_release_took_away_is_no_new_one(project: Project, ann: Ann) -> None:
    """Of who has a note as it was shipped, nothing is told."""
    project.deck().build()
    commit(project)
    ann.get()
    project.edit("    tags: [time]\n", "")
    project.write("memory/deck.yaml", DECK_YAML.replace(', time: "Time"', ""))
    assert ann.pulled()["findings"] == []
    project.build()
    commit(project)
    assert ann.pulled()["findings"] == []


@pytest.mark.parametrize("choice", ["--theirs", "--ours"])
def test_who_takes_a_tag_out_again_is_seen(project: Project, ann: Ann, choice: str) -> None:
    """The note then looks as if it had never had it."""
    project.deck().build()
    commit(project)
    ann.get()
    note = ann.learner.note("spacing")
    note.add_tag("memory::time")
    ann.learner.col.update_note(note)
    ann.pull()
    assert "home=" not in project.lock().read_text(encoding="utf-8")  # the text was shipped
    assert ann.build_and_get() == (0, 0)
    commit(project)
    next_second()
    note = ann.learner.note("spacing")
    note.remove_tag("memory::time")
    ann.learner.col.update_note(note)
    (finding,) = ann.pulled()["findings"]
    assert (finding["code"], finding["card"]) == ("P09", "spacing")
    assert "older tags" in finding["message"]
    tagged = "  - id: spacing\n    tags: [time]\n"
    assert tagged in cards(project)
    assert ann.pulled(choice, "spacing")["findings"] == []
    assert (tagged in cards(project)) is (choice == "--ours")
    assert ann.build_and_get() == (0, int(choice == "--ours"))
    assert ("memory::time" in ann.learner.note("spacing").tags) is (choice == "--ours")
    commit(project)
    assert ann.pulled()["findings"] == []


@pytest.mark.parametrize("tag", [False, True])
def test_a_card_with_an_empty_list_of_tags_takes_edits(project: Project, ann: Ann, tag: bool) -> None:
    project.deck()
    project.edit("id: spacing\n", "id: spacing\n    tags: []\n")
    project.build()
    ann.get()
    note = ann.learner.note("spacing")
    note["Hint"] = "fading"
    note.tags += ["memory::time"] * tag
    ann.learner.col.update_note(note)
    assert ann.pulled()["findings"] == []
    assert 'hint: "fading"' in cards(project)
    assert f"    tags: [{'time' * tag}]\n    q:" in cards(project)


def test_the_hint_says_when_the_next_import_takes_a_new_tag(project: Project, ann: Ann) -> None:
    project.deck().build()
    commit(project)
    ann.get()
    note = ann.learner.note("spacing")
    note["Hint"] = "fading"
    note.add_tag("memory::hard")
    ann.learner.col.update_note(note)
    (finding,) = ann.pulled()["findings"]
    assert "the next import" not in finding["hint"]
    assert ann.build_and_get() == (0, 0)
    commit(project)
    next_second()
    project.edit("The effect grows", "The effect fades")
    (finding,) = ann.pulled()["findings"]
    assert "the next import replaces the learner's note" in finding["hint"]
    project.now = int(time.time()) - 3600
    assert "the next import replaces a learner's edit" in project.build().stderr


@pytest.mark.parametrize("is_pulled", [False, True])
def test_the_hint_of_a_new_tag_brings_a_text_that_it_holds_back(
    project: Project, ann: Ann, is_pulled: bool
) -> None:
    """The author changed the text that came home with the tag, and built: that has the time of her edit."""
    project.deck().build()
    commit(project)
    ann.get()
    ann.edit("spacing", Answer="Recall from fading memory hardens it.")
    ann.tag("spacing", "memory::basics", "memory::hard")
    next_second()
    (told,) = ann.pulled()["findings"]
    assert told["hint"].endswith("leave it: an import that changes the note takes it away there")
    project.edit("hardens it.", "deepens it.")
    for is_built in (False, True):
        if is_built:
            assert ann.build_and_get() == (0, 0)
            commit(project)
        if is_built or is_pulled:
            (told,) = ann.pulled()["findings"]
            assert "`--ours spacing` takes it away there, and brings what you changed" in told["hint"]
    ann.pull("--ours", "spacing")
    assert ann.build_and_get() == (0, 1)
    assert ann.learner.note("spacing")["Answer"].endswith("deepens it.")
    assert ann.learner.note("spacing").tags == ["memory::basics"]
    commit(project)
    assert ann.pulled()["findings"] == []
