"""What the author did to a card between a learner's edit and the pull: another kind, two cards of one, or none."""

from __future__ import annotations

import time

import pytest

from deckgen.pulling import made, pull
from tests.conftest import CARDS_YAML, Project
from tests.own_deck import write_geo
from tests.pulling.test_pull import Ann, cards, commit, geo
from tests.real_anki import next_second

pytestmark = pytest.mark.slow

HARDENS = "Recall from fading memory hardens it."
WHOLE = "It grows with time. It fades with sleep."


def start(project: Project, ann: Ann, text: str = CARDS_YAML) -> None:
    project.deck(cards=text).build()
    commit(project)
    ann.get()
    ann.learner.study("Memory", 5)


def test_of_another_kind_nothing_is_built_or_taken(project: Project, ann: Ann) -> None:
    start(project, ann)
    ann.edit("spacing", Answer=HARDENS)
    question = CARDS_YAML[CARDS_YAML.index("    q:") : CARDS_YAML.index("    note:")]
    project.edit(question, '    cloze: "Recall {{c1::strengthens}} it."\n')
    files = project.files()
    assert [one["code"] for one in ann.pulled(code=1)["findings"]] == ["R04"]
    assert project.run("build", "--no-lint").exit_code == 1
    assert project.files() == files


@pytest.mark.parametrize("when", ["_OfDeck", "rendered"])
@pytest.mark.parametrize("head", ["", "\ufeff"])
def test_what_the_author_saves_while_a_pull_is_at_work_stays(
    project: Project, ann: Ann, monkeypatch: pytest.MonkeyPatch, when: str, head: str
) -> None:
    start(project, ann, head + CARDS_YAML)
    ann.edit("spacing", Answer=HARDENS)
    module = pull if when == "_OfDeck" else made
    real = getattr(module, when)

    def saved(*given: object) -> object:
        project.write("memory/cards.yaml", head + CARDS_YAML.replace("strengthens", "deepens"))
        return real(*given)

    with monkeypatch.context() as patched:
        patched.setattr(module, when, saved)
        assert "cards.yaml was written to while" in ann.pull(code=2).stderr
    assert cards(project) == head + CARDS_YAML.replace("strengthens", "deepens")
    assert "home=" not in project.lock().read_text(encoding="utf-8")
    assert [one["code"] for one in ann.pulled(code=1)["findings"]] == ["P01"]


def test_another_type_of_the_decks_own_is_refused_as_well(project: Project, ann: Ann) -> None:
    write_geo(project).build()
    commit(project)
    ann.get("geo.apkg")
    ann.edit("spain", Capital="Madrid, of course")
    spain = geo(project)[geo(project).index("  - id: spain") : geo(project).index("  - id: night")]
    verse = '  - id: spain\n    type: verse\n    fields: {Text: "{{c1::Madrid}}", Poem: "none"}\n'
    project.edit(spain, verse, "geo/cards.yaml")
    files = project.files()
    assert [one["code"] for one in ann.pulled(code=1)["findings"]] == ["R04"]
    assert project.files() == files


def test_an_edit_of_a_card_that_was_retired_for_another_is_told(project: Project, ann: Ann) -> None:
    """As R04 says how to give a card another kind."""
    start(project, ann)
    ann.edit("spacing", Answer=HARDENS)
    retired = '  - id: spacing\n    retired: {since: "2026-11-01", reason: "a cloze now"}\n'
    new = '  - id: fades\n    cloze: "Recall from fading memory {{c1::strengthens}} it."\n'
    project.edit("  - id: spacing\n", new + retired)
    found = ann.pulled("--dry-run")
    assert [one["retired"] for one in found["packages"][0]["texts"]] == [True]
    assert "(the card is retired)" in ann.pull().stdout
    assert cards(project).count("hardens") == 1
    assert ann.build_and_get() == (1, 1)
    assert ann.learner.note("spacing")["Answer"] == HARDENS
    commit(project)
    assert ann.pulled()["files"] == []


def test_an_edit_of_a_card_that_is_gone_says_how_it_comes_home(project: Project, ann: Ann) -> None:
    start(project, ann)
    ann.edit("stages", Text="Which stages, then?")
    project.write("memory/cards.yaml", CARDS_YAML.partition("  - id: stages")[0])
    (finding,) = ann.pulled()["findings"]
    assert (finding["code"], "put the card back" in finding["hint"]) == ("P03", True)
    project.write("memory/cards.yaml", CARDS_YAML)
    ann.pull()
    assert "Which stages, then?" in cards(project)


def split(project: Project) -> None:
    """The second sentence of an answer becomes a card of its own."""
    project.edit(WHOLE, "It grows with time.")
    new = '  - id: fades\n    q: "When does it fade?"\n    a: "It fades with sleep."\n'
    project.edit("  - id: testing\n", f"{new}  - id: testing\n")


@pytest.mark.parametrize("built", [False, True])
def test_of_a_card_that_was_split_the_half_that_stayed_merges(
    project: Project, ann: Ann, built: bool
) -> None:
    start(project, ann, CARDS_YAML.replace("Recall from fading memory strengthens it.", WHOLE))
    ann.edit("spacing", Answer="It grows with much time. It fades with sleep.")
    next_second()
    split(project)
    if built:
        project.now = int(time.time()) - 3600
        project.build()
        commit(project)
    ann.pull()
    assert 'a: "It grows with much time."\n' in cards(project)
    assert ann.build_and_get() == (1, 1)
    assert ann.learner.note("spacing")["Answer"] == "It grows with much time."
    assert ann.pulled()["files"] == []


@pytest.mark.parametrize("built", [False, True])
def test_of_a_card_that_was_split_the_half_that_went_is_for_a_person(
    project: Project, ann: Ann, built: bool
) -> None:
    """It is found in no other card, so nothing is guessed; once it stands there, `--ours` says so."""
    start(project, ann, CARDS_YAML.replace("Recall from fading memory strengthens it.", WHOLE))
    ann.edit("spacing", Answer="It grows with time. It fades with deep sleep.")
    next_second()
    split(project)
    text = cards(project)
    assert [one["code"] for one in ann.pulled(code=1)["findings"]] == ["P01"]
    assert cards(project) == text
    if built:
        assert ann.build_and_get() == (1, 0)
        assert "deep" in ann.learner.note("spacing")["Answer"]
        commit(project)
        assert [one["code"] for one in ann.pulled(code=1)["findings"]] == ["P01"]
    project.edit("It fades with sleep.", "It fades with deep sleep.")
    ann.pull("--ours", "spacing")
    assert ann.build_and_get() == ((0, 2) if built else (1, 1))
    assert ann.learner.note("spacing")["Answer"] == "It grows with time."
    assert ann.learner.note("fades")["Answer"] == "It fades with deep sleep."
    assert ann.pulled()["files"] == []
