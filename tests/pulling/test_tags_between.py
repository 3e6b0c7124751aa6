"""Tags that change between a pull and the next build reach the learner whose text came home."""

from __future__ import annotations

import time

import pytest

from tests.conftest import BILINGUAL_CARDS, BILINGUAL_YAML, CARDS_YAML, DECK_YAML, Project
from tests.pulling.test_pull import Ann, bring_home_and_change, cards, commit
from tests.real_anki import next_second

pytestmark = pytest.mark.slow

HARDENS = "Recall from fading memory hardens it."


@pytest.mark.parametrize("is_pulled_again", [False, True])
def test_tags_that_the_author_changes_after_a_pull_reach_the_learner(
    project: Project, ann: Ann, is_pulled_again: bool
) -> None:
    """The text alone is hers already: under the time of her edit she would never get them."""
    project.deck().build()
    commit(project)
    ann.get()
    next_second()
    ann.edit("spacing", Answer=HARDENS)
    ann.edit("testing", Text="Recall surely beats {{c1::rereading}} and {{c2::highlighting::a marker}}.")
    next_second()
    ann.pull()
    project.edit("  - id: spacing\n", "  - id: spacing\n    tags: [time]\n")
    project.edit("    tags: [time]\n    cloze", "    cloze")
    before = cards(project)
    if is_pulled_again:
        assert ann.pulled()["findings"] == []
        assert cards(project) == before
    assert ann.build_and_get() == (0, 2)
    assert sorted(ann.learner.note("spacing").tags) == ["memory::basics", "memory::time"]
    assert ann.learner.note("testing").tags == ["memory::basics"]
    commit(project)
    found = ann.pulled()
    assert found["findings"] == found["files"] == []
    assert cards(project) == before


@pytest.mark.parametrize("first", ["text", "tag"])
def test_one_learner_edits_a_text_and_another_a_tag(project: Project, ann: Ann, bob: Ann, first: str) -> None:
    project.deck().build()
    commit(project)
    ann.get()
    bob.get()
    next_second()
    ann.edit("spacing", Answer=HARDENS)
    note = bob.learner.note("spacing")
    note.tags = ["memory::basics", "memory::time"]
    bob.learner.col.update_note(note)
    for one in (ann, bob) if first == "text" else (bob, ann):
        one.pull()
    next_second()
    assert ann.build_and_get() == (0, 1)
    assert bob.get() == (0, 1)
    commit(project)
    for one in (ann, bob):
        assert one.learner.note("spacing")["Answer"] == HARDENS
        assert sorted(one.learner.note("spacing").tags) == ["memory::basics", "memory::time"]
        found = one.pulled()
        assert found["findings"] == found["files"] == []


def test_who_only_marks_a_card_takes_no_tag_of_the_authors_out(project: Project, ann: Ann) -> None:
    """Her text went out first together with a tag that she has never had."""
    bring_home_and_change(project, ann, "  - id: spacing\n", "  - id: spacing\n    tags: [time]\n")
    before = cards(project)
    ann.tag("spacing", "memory::basics", "marked")
    (told,) = ann.pulled()["findings"]
    assert told["code"] == "P09"
    assert cards(project) == before


def test_a_tag_that_goes_in_one_language_goes_in_all(project: Project, ann: Ann) -> None:
    """Also where the learner edited the text of the other one, and has the tag there."""
    tagged = BILINGUAL_CARDS.replace("id: spacing\n", "id: spacing\n    tags: [time]\n")
    project.deck(BILINGUAL_YAML.replace("[basics]", "[basics, time]"), tagged).build()
    commit(project)
    for lang in ("en", "zh"):
        ann.get(f"memory.{lang}.apkg")
    next_second()
    words = {"en": "Question:Why*", "zh": "Question:为什么*"}
    notes = {lang: ann.learner.note("spacing", query) for lang, query in words.items()}
    notes["en"].tags = [tag for tag in notes["en"].tags if not tag.endswith("time")]
    notes["zh"]["Answer"] = "主动" + notes["zh"]["Answer"]
    ann.learner.col.update_notes([*notes.values()])
    ann.pull()
    before = cards(project)
    assert "主动" in before
    next_second()
    ann.build_and_get("memory.en.apkg")
    ann.get("memory.zh.apkg")
    commit(project)
    for note in notes.values():
        note.load()
        assert not [tag for tag in note.tags if tag.endswith("time")]
    ann.pull()
    assert cards(project) == before


def test_another_learners_earlier_edit_still_merges(project: Project, ann: Ann, bob: Ann) -> None:
    """He never had her text with the tags that she had."""
    project.deck().build()
    commit(project)
    ann.get()
    bob.get()
    bob.edit("spacing", Answer="Each recall from fading memory strengthens it.")
    next_second()
    ann.edit("spacing", Answer=HARDENS)
    ann.pull()
    project.edit("  - id: spacing\n", "  - id: spacing\n    tags: [time]\n")
    ann.build_and_get()
    commit(project)
    bob.pull()
    assert "Each recall from fading memory hardens it." in cards(project)


def test_a_tag_that_was_taken_out_comes_back_by_nobody_who_had_it(project: Project, ann: Ann) -> None:
    """Her own new tag comes home, also on a text that came home before."""
    project.deck(
        DECK_YAML.replace("tags: {", 'tags: {hard: "Often forgotten", '),
        CARDS_YAML.replace("id: spacing\n", "id: spacing\n    tags: [time]\n"),
    ).build()
    commit(project)
    ann.get()
    ann.edit("spacing", Answer=HARDENS)
    ann.pull()
    project.edit('    tags: [time]\n    q: "Why', '    q: "Why')
    next_second()
    ann.tag("spacing", "memory::basics", "memory::time", "memory::hard")
    assert ann.pulled()["findings"] == []
    assert "tags: [hard]" in cards(project)
    next_second()
    ann.build_and_get()
    commit(project)
    assert ann.pulled()["files"] == []
    assert cards(project).count("time") == CARDS_YAML.count("time")


def test_who_makes_the_authors_edit_as_well_takes_no_tag_out(project: Project, ann: Ann) -> None:
    project.deck().build()
    commit(project)
    ann.get()
    project.edit('    note: "The effect grows with the delay."\n', "    tags: [time]\n")
    project.now = int(time.time()) - 3700
    project.build()
    commit(project)
    ann.edit("spacing", Note="")
    before = cards(project)
    (told,) = ann.pulled()["findings"]
    assert (told["code"], "lacks the tag `time`" in told["message"]) == ("P04", True)
    assert cards(project) == before


@pytest.mark.parametrize("rest", ["nothing", "an unknown tag", "a text"])
@pytest.mark.parametrize("is_released", [False, True])
def test_a_tag_that_the_author_takes_out_again_stays_out(
    project: Project, ann: Ann, rest: str, is_released: bool
) -> None:
    project.deck().build()
    commit(project)
    ann.get()
    if rest == "a text":
        ann.edit("spacing", Answer=HARDENS)
    ann.tag("spacing", "memory::basics", "memory::time", *(["memory::rare"] if "tag" in rest else []))
    ann.pull()
    project.edit("  - id: spacing\n    tags: [time]\n", "  - id: spacing\n")
    if is_released:
        next_second()
        project.now = int(time.time()) - 3600
        project.build()
        commit(project)
    before = cards(project)
    told = {one["message"]: one for one in ann.pulled()["findings"]}
    assert cards(project) == before
    (taken_out,) = (one for message, one in told.items() if "has the tag `time`" in message)
    assert (taken_out["code"], "`--ours spacing` sends yours" in taken_out["hint"]) == ("P04", True)
    ann.pull("--ours", "spacing")
    next_second()
    assert ann.build_and_get() == (0, 1)
    assert "memory::time" not in ann.learner.note("spacing").tags


def test_another_tag_of_another_learner_comes_home(project: Project, ann: Ann, bob: Ann) -> None:
    """The one of Ann's that the deck lacks has nothing to do with it."""
    project.deck(DECK_YAML.replace("tags: {", 'tags: {hard: "Often forgotten", ')).build()
    commit(project)
    ann.get()
    bob.get()
    ann.tag("spacing", "memory::basics", "memory::time", "memory::rare")
    ann.pull()
    project.edit("one long session", "one longer session")
    bob.tag("spacing", "memory::basics", "memory::hard")
    bob.pull()
    assert "id: spacing\n    tags: [time, hard]\n" in cards(project)


PLAIN, TAGGED = "  - id: spacing\n", "  - id: spacing\n    tags: [time]\n"


@pytest.mark.parametrize("choice", ["", "at once", "later"])
@pytest.mark.parametrize("tag", ["added", "taken off"])
def test_who_undoes_a_tag_that_was_released_and_edits_a_text_is_seen(
    project: Project, ann: Ann, bob: Ann, tag: str, choice: str
) -> None:
    """By the tags alone, his note looks like an edit of the version that never had Ann's."""
    ways = {"memory::basics": PLAIN, "memory::basics memory::time": TAGGED}
    (was, before), (then, after) = [*ways.items()][:: 1 if tag == "added" else -1]
    project.deck(cards=CARDS_YAML.replace(PLAIN, before)).build()
    commit(project)
    ann.get()
    bob.get()
    ann.tag("spacing", *then.split())
    ann.pull()
    next_second()
    ann.build_and_get()
    commit(project)
    assert bob.get() == (0, 1)
    next_second()
    bob.edit("spacing", Answer=HARDENS)
    bob.tag("spacing", *was.split())
    for pulled in ["--dry-run"] * (choice == "at once") or ["", ""]:
        (finding,) = bob.pulled(*filter(None, [pulled]))["findings"]
        assert (finding["code"], finding["card"]) == ("P09", "spacing")
        assert "older tags" in finding["message"]
        assert "--ours" not in finding["hint"]  # which would send the old text to him
    if choice:
        assert after in cards(project)
        assert bob.pulled("--theirs", "spacing")["findings"] == []
    assert HARDENS in cards(project)
    assert ((before if choice else after) + "    q:") in cards(project)
    next_second()
    assert bob.build_and_get() == (0, int(choice != "at once"))
    assert sorted(bob.learner.note("spacing").tags) == (was if choice else then).split()
    commit(project)
    assert bob.pulled()["findings"] == []


def test_who_lacks_the_release_with_a_tag_undoes_nothing(project: Project, ann: Ann, bob: Ann) -> None:
    """His other notes tell that he never had it."""
    project.deck().build()
    commit(project)
    ann.get()
    bob.get()
    ann.tag("spacing", "memory::basics", "memory::time")
    ann.pull()
    project.edit("Which stages", "What stages")
    next_second()
    ann.build_and_get()
    commit(project)
    bob.edit("spacing", Answer=HARDENS)
    assert bob.pulled()["findings"] == []
    assert TAGGED in cards(project)
    assert HARDENS in cards(project)


@pytest.mark.parametrize("choice", ["--theirs", "--ours"])
@pytest.mark.parametrize("answer", ["", HARDENS])
def test_a_tag_that_came_home_and_is_undone_before_the_build_is_seen(
    project: Project, ann: Ann, answer: str, choice: str
) -> None:
    project.deck().build()
    commit(project)
    ann.get()
    ann.edit("spacing", **({"Answer": answer} if answer else {}))
    ann.tag("spacing", "memory::basics", "memory::time")
    ann.pull()
    assert TAGGED in cards(project)
    next_second()
    ann.tag("spacing", "memory::basics")
    (finding,) = ann.pulled()["findings"]
    assert (finding["code"], finding["card"]) == ("P09", "spacing")
    assert ann.pulled(choice, "spacing")["findings"] == []
    assert (TAGGED in cards(project)) is (choice == "--ours")
    assert ann.pulled()["findings"] == []
    next_second()
    assert ann.build_and_get() == (0, int(choice == "--ours"))
    assert ("memory::time" in ann.learner.note("spacing").tags) is (choice == "--ours")
    assert ann.pulled()["findings"] == []


@pytest.mark.parametrize("choice", ["", "--theirs"])
def test_tags_in_doubt_hold_back_no_text(project: Project, ann: Ann, bob: Ann, choice: str) -> None:
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
    bob.edit("spacing", Answer=HARDENS)
    bob.tag("spacing", "memory::basics")
    found = bob.pulled(*filter(None, [choice, choice and "spacing"]))["findings"]
    assert HARDENS in cards(project)
    assert (TAGGED in cards(project)) is (not choice)
    assert [one["code"] for one in found] == ["P04"] * (not choice)
    assert all("lacks the tag `time`" in one["message"] for one in found)
    bob.pull("--theirs", "spacing")
    assert TAGGED not in cards(project)
    assert HARDENS in cards(project)


@pytest.mark.parametrize("built", ["", "with the tag", "without"])
@pytest.mark.parametrize("choice", ["--theirs", "--ours"])
def test_a_tag_that_the_author_took_out_does_not_come_with_a_later_edit(
    project: Project, ann: Ann, built: str, choice: str
) -> None:
    """Ann's note still has it. Who has it from another text asks for nothing."""
    project.deck().build()
    commit(project)
    ann.get()
    ann.tag("spacing", "memory::basics", "memory::time")
    ann.pull()
    assert TAGGED in cards(project)
    next_second()
    if built == "with the tag":
        project.now = int(time.time()) - 3600
        project.build()  # which git does not know
    project.edit(TAGGED, PLAIN)
    if built == "without":
        project.now = int(time.time()) - 3600
        project.build()
        commit(project)
    next_second()
    ann.edit("spacing", Answer=HARDENS)
    found = ann.pulled()["findings"]
    assert HARDENS in cards(project)
    assert TAGGED not in cards(project)
    assert [one["code"] for one in found] == ([] if built == "with the tag" else ["P04"])
    assert all("which perhaps was taken out here since" in one["message"] for one in found)
    assert all("--shipped" not in one["hint"] for one in found)  # which would not answer it
    if found:
        assert ann.pulled(choice, "spacing")["findings"] == []
        assert (TAGGED in cards(project)) is (choice == "--theirs")
        assert ann.pulled()["findings"] == []


def test_a_tag_that_came_home_and_is_still_here_is_no_question(project: Project, ann: Ann) -> None:
    """A tag that came home, and is here, is none that the author took out."""
    project.deck().build()
    commit(project)
    ann.get()
    ann.tag("spacing", "memory::basics", "memory::time")
    ann.pull()
    next_second()
    ann.edit("spacing", Answer=HARDENS)
    assert ann.pulled()["findings"] == []
    assert HARDENS in cards(project)
    assert TAGGED in cards(project)
