"""A note that a learner added becomes a card, and the author takes it out again before a build."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.conftest import Project
from tests.own_deck import write_type
from tests.pulling.test_pull import Ann, commit, git
from tests.real_anki import next_second

pytestmark = pytest.mark.slow

GONE = "R05 the card `recall` came home from a learner and is gone from the card files"


def new_home(project: Project, ann: Ann, *questions: str) -> Path:
    """Notes that a learner adds to a deck come home; gives the file of the new cards."""
    project.deck().build()
    commit(project)
    ann.get()
    for question in questions:
        ann.add_like(Question=question, Answer="Of it.")
    ann.pull("--new", "new.yaml")
    return project.root / "cards_source/memory/new.yaml"


def two_new(project: Project, ann: Ann) -> None:
    """Two notes of the learner's come home; the author takes the first one out again."""
    path = new_home(project, ann, "Recall?", "Sleep?")
    text = path.read_text(encoding="utf-8")
    assert text.count("- id:") == 2
    before, second = text.partition("  - id: sleep")[::2]
    assert "id: recall" in before
    path.write_text(f"cards:\n  - id: sleep{second}", encoding="utf-8")


def test_it_is_missed_until_somebody_says_so(project: Project, ann: Ann, bob: Ann) -> None:
    """Her note stays hers, and the other card keeps its history."""
    two_new(project, ann)
    ann.learner.study("Memory", 9)
    progress = ann.learner.progress()
    files = project.files()
    outcome = project.run("build", "--no-lint")
    assert outcome.exit_code == 1
    assert GONE in outcome.stderr
    assert "`deckgen build --accept recall`" in outcome.stderr
    assert "retire" not in outcome.stderr
    assert project.files() == files
    assert project.run("plan", "--no-lint", "--accept", "recall").exit_code == 3
    project.build("--accept", "recall")
    commit(project)
    project.build()
    assert bob.get() == (4, 0)
    assert ann.build_and_get() == (0, 0)
    assert ann.learner.progress() == progress
    (finding,) = ann.pulled()["findings"]
    assert finding["code"] == "P05"
    assert "Recall?" in finding["message"]
    ann.pull("--new", "new.yaml")
    assert bob.build_and_get() == (1, 0)
    assert ann.build_and_get() == (0, 0)
    assert ann.learner.progress() == progress


def test_under_another_id_it_keeps_its_history(project: Project, ann: Ann) -> None:
    path = new_home(project, ann, "Recall?")
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("id: recall", "id: remembering"), encoding="utf-8")
    outcome = project.run("build", "--no-lint")
    assert GONE in outcome.stderr
    assert "deckgen rename recall remembering" in outcome.stderr
    assert project.run("rename", "recall", "remembering").exit_code == 0
    assert ann.build_and_get() == (0, 1)  # it gets its new id
    assert len(ann.learner.cards("remembering")) == 1
    assert ann.pulled()["findings"] == []


def test_a_card_that_was_built_can_not_go_so(project: Project, ann: Ann) -> None:
    two_new(project, ann)
    project.write("memory/cards.yaml", "cards: []\n")
    outcome = project.run("build", "--no-lint", "--accept", "recall", "--accept", "spacing")
    assert outcome.exit_code == 1
    assert "K12 no deck has a card `spacing`" in outcome.stderr


BUILT = "R05 the card `recall` was built and is gone from the card files"


def one_new(project: Project, ann: Ann) -> None:
    """A note of the learner's comes home, and is committed."""
    new_home(project, ann, "Recall?")
    commit(project)


def is_missed(project: Project) -> None:
    """The card goes, and no word lets it go."""
    (project.root / "cards_source/memory/new.yaml").unlink()
    files = project.files()
    for accepted in ((), ("--accept", "recall")):
        project.now = int(time.time()) - 3600
        outcome = project.run("build", "--no-lint", *accepted)
        assert (outcome.exit_code, BUILT in outcome.stderr) == (1, not accepted or "K12" in outcome.stderr)
        assert project.files() == files


def test_one_that_was_built_and_decided_about_is_missed_for_ever(
    project: Project, ann: Ann, bob: Ann
) -> None:
    """After `--ours` its line looks as it did before the first build."""
    one_new(project, ann)
    assert bob.build_and_get() == (4, 0)
    commit(project)
    bob.edit("recall", Answer="Rubbish.")
    bob.pull("--ours", "recall")
    commit(project)
    is_missed(project)
    git(project, "checkout", "-q", "cards_source")
    assert bob.build_and_get() == (0, 1)
    assert bob.learner.note("recall")["Answer"] == "Of it."


def test_one_that_another_branch_built_is_missed(project: Project, ann: Ann, bob: Ann) -> None:
    one_new(project, ann)
    git(project, "switch", "-q", "-c", "release")
    assert bob.build_and_get() == (4, 0)
    commit(project)
    git(project, "switch", "-q", "-")
    is_missed(project)


def test_one_that_goes_is_named(project: Project, ann: Ann) -> None:
    two_new(project, ann)
    assert "  - recall (left to its learner)" in project.run("plan", "--no-lint", "--accept", "recall").stdout
    assert "; left to its learner: recall" in project.build("--accept", "recall").stdout


def test_after_a_reset_a_new_card_is_bound_to_its_note_again(project: Project, ann: Ann, bob: Ann) -> None:
    """git leaves a new file where it is, and takes deck.lock back."""
    path = new_home(project, ann, "Recall?", "Sleep?")
    text = path.read_text(encoding="utf-8")
    git(project, "reset", "-q", "--hard")
    assert path.read_text(encoding="utf-8") == text
    ann.pull("--new", "new.yaml")
    assert path.read_text(encoding="utf-8") == text
    assert ann.pulled()["findings"] == []
    assert bob.build_and_get() == (5, 0)
    ann.build_and_get()
    assert len(ann.learner.note_types()) == len(bob.learner.note_types())
    assert [len(ann.learner.col.find_notes(f"Question:{name}?")) for name in ("Recall", "Sleep")] == [1, 1]
    assert ann.pulled()["findings"] == []


def test_a_tag_that_the_file_gives_is_none_that_the_learner_lacks(project: Project, ann: Ann) -> None:
    """All cards of cards.yaml have `basics`; the text is edited once more, before and after the build."""
    project.deck().build()
    commit(project)
    ann.get()
    note = ann.add_like(Question="Recall?", Answer="Of recall.")
    assert ann.pulled("--new", "cards.yaml")["findings"] == []
    again = ann.pulled()
    assert again["findings"] == again["files"] == []
    assert ann.build_and_get() == (0, 0)
    commit(project)
    again = ann.pulled()
    assert again["findings"] == again["files"] == []
    next_second()
    note.load()
    note["Answer"] = "Of recall, mostly."
    ann.learner.col.update_note(note)
    assert ann.pulled()["findings"] == []
    assert "Of recall, mostly." in (project.root / "cards_source/memory/cards.yaml").read_text(
        encoding="utf-8"
    )
    again = ann.pulled()
    assert again["findings"] == again["files"] == []


@pytest.mark.parametrize("text", ["Of 10<sup>2</sup>.", 'Of 102.<img src="b.png">'])
def test_what_looks_otherwise_is_not_bound(project: Project, ann: Ann, text: str) -> None:
    project.deck().build()
    commit(project)
    ann.get()
    ann.add_like(Question="Recall?", Answer=text)
    project.write("memory/new.yaml", 'cards:\n  - {id: recall, q: "Recall?", a: "Of 102."}\n')
    found = ann.pulled("--new", "more.yaml")
    assert "recall" not in [one["card"] for one in found["packages"][0]["new"]]


@pytest.mark.parametrize("of", ["author", "learner"])
def test_tags_of_who_took_one_out_are_told(project: Project, ann: Ann, of: str) -> None:
    """Nobody knows whose doing it is, as no package has the learner's note."""
    project.deck().build()
    commit(project)
    ann.get()
    note = ann.add_like(tags=["memory::time"], Question="Recall?", Answer="Of recall.")
    ann.pull("--new", "new.yaml")
    path = project.root / "cards_source/memory/new.yaml"
    if of == "author":
        path.write_text(path.read_text(encoding="utf-8").replace("    tags: [time]\n", ""), encoding="utf-8")
    else:
        next_second()
        note.load()
        note.tags = []
        ann.learner.col.update_note(note)
    text = path.read_text(encoding="utf-8")
    assert [one["code"] for one in ann.pulled()["findings"]] == ["P04"]
    assert path.read_text(encoding="utf-8") == text


def test_a_renamed_card_lacks_no_tag_of_its_file(project: Project, ann: Ann) -> None:
    project.deck().build()
    commit(project)
    ann.get()
    ann.add_like(Question="Recall?", Answer="Of recall.")
    ann.pull("--new", "cards.yaml")
    assert project.run("rename", "recall", "remembering").exit_code == 0
    again = ann.pulled()
    assert again["findings"] == again["files"] == []
    assert ann.build_and_get() == (0, 1)  # it gets its new id
    commit(project)
    again = ann.pulled()
    assert again["findings"] == again["files"] == []


@pytest.mark.parametrize("is_changed", [False, True])
@pytest.mark.parametrize("where", ["card", "file"])
@pytest.mark.parametrize("is_pulled", [False, True])
def test_a_tag_of_the_authors_is_none_that_the_learner_took_out(
    project: Project, ann: Ann, where: str, is_pulled: bool, is_changed: bool
) -> None:
    """It reaches the learner, as does a text that came with it."""
    path = new_home(project, ann, "Recall?")
    text = path.read_text(encoding="utf-8")
    if where == "card":
        text = text.replace("  - id: recall\n", "  - id: recall\n    tags: [time]\n")
    else:
        text = f"tags: [time]\n{text}"
    path.write_text(text, encoding="utf-8")
    if is_pulled:
        assert ann.pulled()["findings"] == []
    if is_changed:
        project.edit('a: "', 'a: "My words: ', "memory/new.yaml")
    assert ann.build_and_get() == (0, 1)
    commit(project)
    assert ann.learner.note("recall").tags == ["memory::time"]
    assert ann.pulled()["findings"] == []


def test_a_tag_in_doubt_keeps_no_text_from_the_learner(project: Project, ann: Ann) -> None:
    """She changed something of the note since it came home: the tag may be her doing."""
    path = new_home(project, ann, "Recall?")
    next_second()
    (number,) = ann.learner.col.find_notes("Recall?")
    note = ann.learner.col.get_note(number)
    note.tags = ["mine"]
    ann.learner.col.update_note(note)
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("  - id: recall\n", "  - id: recall\n    tags: [time]\n"), encoding="utf-8")
    (told,) = ann.pulled()["findings"]
    assert told["code"] == "P04"
    assert "`--ours recall` sends yours to the learner" in told["hint"]
    next_second()
    project.edit('a: "', 'a: "My words: ', "memory/new.yaml")
    assert ann.build_and_get() == (0, 1)


@pytest.mark.parametrize("is_built", [False, True])
def test_a_tag_that_went_with_an_edit_is_told_until_it_is_decided(
    project: Project, ann: Ann, is_built: bool
) -> None:
    project.deck().build()
    commit(project)
    ann.get()
    note = ann.add_like(tags=["memory::time"], Question="Recall?", Answer="Of recall.")
    ann.pull("--new", "new.yaml")
    if is_built:
        ann.build_and_get()
        commit(project)
    next_second()
    note.load()
    note.tags, note["Answer"] = [], "Of recall, mostly."
    ann.learner.col.update_note(note)
    for _ in range(2):
        assert [one["code"] for one in ann.pulled()["findings"]] == ["P04"]
        text = (project.root / "cards_source/memory/new.yaml").read_text(encoding="utf-8")
        assert "Of recall, mostly." in text
        assert "time" in text
    ann.pull("--theirs", "recall")
    assert "time" not in (project.root / "cards_source/memory/new.yaml").read_text(encoding="utf-8")
    assert ann.pulled()["findings"] == []


def test_before_its_first_build_no_package_has_a_new_card(project: Project, ann: Ann) -> None:
    """So none is asked for where both sides changed it."""
    path = new_home(project, ann, "Recall?")
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("Of it.", "Of my words."), encoding="utf-8")
    next_second()
    (number,) = ann.learner.col.find_notes("Recall?")
    note = ann.learner.col.get_note(number)
    note["Answer"] = "Of hers."
    ann.learner.col.update_note(note)
    (told,) = ann.pulled(code=1)["findings"]
    assert told["code"] == "P02"
    assert "package" not in told["hint"]
    ann.pull("--theirs", "recall")
    assert "Of hers." in path.read_text(encoding="utf-8")
    assert ann.pulled()["findings"] == []


#: How Anki may write what is the same on one line of a card.
WRITTEN = (
    "What is <b>recall</b>&nbsp;now?",
    "<div>What is</div><div>recall?</div>",
    "What is<br>recall?",
    "<ul><li>One</li><li>two</li></ul>",
    "<code>a  b</code>",
)


@pytest.mark.parametrize("question", WRITTEN)
def test_after_a_reset_no_way_of_writing_doubles_a_card(project: Project, ann: Ann, question: str) -> None:
    path = new_home(project, ann, question)
    text = path.read_text(encoding="utf-8")
    git(project, "reset", "-q", "--hard")
    told = ann.pull("--new", "new.yaml").stdout
    assert " gets the learner's note" in told
    assert "new card" not in told
    assert path.read_text(encoding="utf-8") == text


@pytest.mark.parametrize("fields", ["Book: other, Front: question", "Front: question, Book: other"])
def test_after_a_reset_a_note_without_its_source_is_found(project: Project, ann: Ann, fields: str) -> None:
    """A build fills the field of the source, and no learner does."""
    fact = f"q: Front\na: Back\nsource: Book\nfields: {{{fields}, Back: answer}}\n"
    fact += 'templates: [{name: "Forth", front: front.html, back: back.html}]\n'
    write_type(project, "fact", fact, {"front.html": "{{Front}}\n", "back.html": "{{Back}} {{Book}}\n"})
    project.write("geo/deck.yaml", "deck: geo\ntitle: Memory\n")
    nile = '  - {id: nile, type: fact, q: "Longest river?", a: "The Nile"}\n'
    path = project.write("geo/cards.yaml", f'section: "Rivers"\ncards:\n{nile}')
    project.build()
    commit(project)
    ann.get("geo.apkg")
    ann.add_like("nile", Front="Capital of France?", Back="Paris")
    ann.pull("--new", "cards_source/geo/cards.yaml")
    text = path.read_text(encoding="utf-8")
    assert "Paris" in text
    git(project, "reset", "-q", "--hard")
    path.write_text(text, encoding="utf-8")
    ann.pull("--new", "cards_source/geo/cards.yaml")
    assert path.read_text(encoding="utf-8") == text


def test_a_card_that_another_branch_gave_out_is_nobodys_note(project: Project, ann: Ann, bob: Ann) -> None:
    """Its learners have it under its own guid."""
    project.deck().build()
    commit(project)
    ann.get()
    bob.get()
    git(project, "switch", "-q", "-c", "release")
    project.write("memory/new.yaml", 'cards:\n  - {id: recall, q: "Recall?", a: "Of recall."}\n')
    assert ann.build_and_get() == (1, 0)
    commit(project)
    git(project, "switch", "-q", "-")
    git(project, "checkout", "release", "--", "cards_source/memory/new.yaml")
    bob.add_like(Question="Recall?", Answer="Of recall.")
    assert bob.pulled("--new", "more.yaml")["packages"][0]["new"][0]["card"] == "recall-2"
    assert ann.build_and_get()[0] == 1  # what is bob's
    assert len(ann.learner.cards("recall")) == 1


def test_unknown_tags_of_a_card_that_was_bound_are_told_at_once(project: Project, ann: Ann) -> None:
    project.deck().build()
    commit(project)
    ann.get()
    ann.add_like(tags=["memory::rare"], Question="Recall?", Answer="Of recall.")
    ann.pull("--new", "new.yaml")
    git(project, "reset", "-q", "--hard")
    assert [one["code"] for one in ann.pulled("--new", "new.yaml")["findings"]] == ["P04"]


@pytest.mark.parametrize("kind", ["built", "unbuilt", "renamed"])
def test_two_branches_that_gave_one_id_to_two_cards(project: Project, ann: Ann, bob: Ann, kind: str) -> None:
    """R01 says what to do, and to the letter that leaves each learner each card once."""
    project.deck().build()
    commit(project)
    path = project.root / "cards_source/memory/new.yaml"
    locks: list[list[str]] = []
    texts: list[str] = []
    for one, branch, old in ((ann, "one", "spacing"), (bob, "two", "testing")):
        one.get()
        git(project, "switch", "-q", "-c", branch)
        if kind == "renamed":
            assert project.run("rename", old, "recall").exit_code == 0
        else:
            one.add_like(Question="Recall?", Answer=f"It is {branch}.")
            one.pull("--new", "new.yaml")
            texts.append(path.read_text(encoding="utf-8"))
        if kind != "unbuilt":
            project.now = int(time.time()) - 3600
            project.build()
        commit(project)
        locks.append(project.lock().read_text(encoding="utf-8").splitlines())
        git(project, "switch", "-q", "-")
    git(project, "merge", "-q", "one")
    git(project, "merge", "-q", "-s", "ours", "two")
    (other,) = [line for line in locks[1] if line.startswith("note recall ")]
    if kind == "renamed":
        project.edit("  - id: testing\n", "  - id: recall-two\n    was: testing\n")
        locks[0] = [line for line in locks[0] if not line.startswith("note testing ")]
    else:
        more = texts[1].removeprefix("cards:\n").replace("id: recall", "id: recall-two")
        path.write_text(texts[0] + more, encoding="utf-8")
    project.lock().write_text("\n".join([*locks[0], other, ""]), encoding="utf-8")
    project.now = int(time.time()) - 3600
    told = project.run("build", "--no-lint").stderr
    assert "write another id in one of the two lines, and give its card that id" in told
    other = other.replace("note recall ", "note recall-two ")
    project.lock().write_text("\n".join([*locks[0], other, ""]), encoding="utf-8")
    next_second()
    for one in (ann, bob):
        one.build_and_get()
        assert one.learner.col.note_count() == (3 if kind == "renamed" else 5)
        assert one.pulled()["findings"] == []


def test_a_tag_that_went_before_a_build_is_told(project: Project, ann: Ann) -> None:
    """Also where the author changed the card since, so that the build is later than that."""
    project.deck().build()
    commit(project)
    ann.get()
    note = ann.add_like(tags=["memory::time"], Question="Recall?", Answer="Of recall.")
    ann.pull("--new", "new.yaml")
    next_second()
    note.load()
    note.tags = []
    ann.learner.col.update_note(note)
    next_second()
    project.edit("Of recall.", "Of recalling.", "memory/new.yaml")
    project.now = int(time.time()) - 3600
    project.build()
    commit(project)
    assert [one["code"] for one in ann.pulled()["findings"]] == ["P04"]


def test_a_tag_of_her_own_asks_about_no_text(project: Project, ann: Ann) -> None:
    path = new_home(project, ann, "Recall?")
    text = path.read_text(encoding="utf-8").replace("Of it.", "Of my words.")
    path.write_text(text.replace("  - id: recall\n", "  - id: recall\n    tags: [time]\n"), encoding="utf-8")
    next_second()
    (number,) = ann.learner.col.find_notes("Recall?")
    note = ann.learner.col.get_note(number)
    note.tags = ["mine"]
    ann.learner.col.update_note(note)
    assert [one["code"] for one in ann.pulled()["findings"]] == ["P04"]


@pytest.mark.parametrize("is_pulled", [False, True])
def test_what_a_bound_card_says_more_reaches_its_learner(project: Project, ann: Ann, is_pulled: bool) -> None:
    path = new_home(project, ann, "Recall?")
    text = path.read_text(encoding="utf-8")
    git(project, "reset", "-q", "--hard")
    more = "  - id: recall\n    tags: [time]\n    note: More.\n"
    path.write_text(text.replace("  - id: recall\n", more), encoding="utf-8")
    ann.pull("--new", "new.yaml")
    if is_pulled:
        assert ann.pulled()["findings"] == []
    next_second()
    assert ann.build_and_get() == (0, 1)
    assert ann.learner.note("recall")["Note"] == "More."
    assert ann.learner.note("recall").tags == ["memory::time"]


@pytest.mark.parametrize("answer", ["Of it.", "Of it<div>and more</div>", "it<br>"])
def test_a_remark_that_a_learner_empties_in_her_own_note_goes(
    project: Project, ann: Ann, answer: str
) -> None:
    """It came home, was built, and no import has changed it: it is she who did that, however Anki wrote it."""
    project.deck().build()
    commit(project)
    ann.get()
    note = ann.add_like(Question="Recall?", Answer=answer, Note="A remark of hers.")
    ann.pull("--new", "new.yaml")
    next_second()
    assert ann.build_and_get() == (0, 0)
    commit(project)
    next_second()
    note.load()
    note["Note"] = ""
    ann.learner.col.update_note(note)
    assert ann.pulled()["findings"] == []
    assert "A remark" not in (project.root / "cards_source/memory/new.yaml").read_text(encoding="utf-8")


def test_a_tag_of_the_second_build_is_the_authors(project: Project, ann: Ann) -> None:
    """Her note still has the stamp of the first one."""
    path = new_home(project, ann, "Recall?", "Sleep?")
    next_second()
    ann.build_and_get()
    commit(project)
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("- id: recall\n", "- id: recall\n    tags: [time]\n"), encoding="utf-8")
    for _ in range(2):
        assert ann.pulled()["findings"] == []
        project.now = int(time.time()) - 3600
        project.build()
    assert ann.pulled()["findings"] == []
