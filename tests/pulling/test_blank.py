"""Fields that show nothing, and notes of which no card can be made, as Anki keeps them."""

from __future__ import annotations

import pytest

from tests.conftest import CARDS_YAML, Project
from tests.own_deck import GAP, VERSE, write_geo, write_type
from tests.pulling.test_pull import Ann, cards

pytestmark = pytest.mark.slow

BLANK = ("&nbsp;", "<div>&nbsp;</div>", "<B></B>", "&#32;<br>", "\u200b")


@pytest.mark.parametrize("blank", BLANK)
def test_a_new_note_with_a_blank_field_leaves_a_deck_that_builds(
    project: Project, ann: Ann, blank: str
) -> None:
    """A blank remark is none, and a note with a blank answer is no card."""
    project.deck().build()
    ann.get()
    for fields in ({"Answer": "Mixed topics.", "Note": blank}, {"Answer": blank}):
        ann.add_like(Question="What is interleaving?", **fields)
    (finding,) = ann.pulled("--new", "cards.yaml")["findings"]
    assert finding["code"] == "P05"
    assert "its field Answer is empty" in finding["message"]
    added = '  - id: what-is-interleaving\n    q: "What is interleaving?"\n    a: "Mixed topics."\n'
    assert cards(project) == CARDS_YAML + added
    assert project.codes() == []
    assert ann.build_and_get() == (0, 0)
    assert ann.pulled()["files"] == []


@pytest.mark.parametrize("text", ["{{c1::&nbsp;}} x", "{{c1::<b></b>}} x", "TODO", "{{c1::a}} {{c3::b}}"])
def test_a_new_note_that_no_build_would_take_is_told(project: Project, ann: Ann, text: str) -> None:
    project.deck().build()
    ann.get()
    ann.add_like("testing", Text=text)
    for arguments in ([], ["--new", "cards.yaml"]):
        (finding,) = ann.pulled(*arguments)["findings"]
        assert (finding["code"], "it can't be a card: " in finding["message"]) == ("P05", True)
        assert "--new" not in finding["hint"]
    assert cards(project) == CARDS_YAML
    assert project.codes() == []


@pytest.mark.parametrize("blank", BLANK)
def test_a_text_that_the_learner_made_blank_is_emptied(project: Project, ann: Ann, blank: str) -> None:
    project.deck().build()
    ann.get()
    ann.edit("spacing", Note=blank, Hint=blank)
    assert ann.pulled()["findings"] == []
    assert cards(project) == CARDS_YAML.replace('    note: "The effect grows with the delay."\n', "")
    assert ann.build_and_get() == (0, 0)
    assert ann.pulled()["files"] == []
    ann.edit("stages", Text=blank)
    assert [one["code"] for one in ann.pulled(code=1)["findings"]] == ["P01"]
    assert project.codes() == []


@pytest.mark.parametrize(
    "text", ["Recall beats {{c1::&nbsp;}} and {{c2::highlighting}}.", "Recall beats rereading."]
)
def test_a_cloze_that_no_build_would_take_is_told(project: Project, ann: Ann, text: str) -> None:
    project.deck().build()
    ann.get()
    ann.edit("testing", Text=text)
    assert [one["code"] for one in ann.pulled(code=1)["findings"]] == ["P01"]
    assert cards(project) == CARDS_YAML


def test_one_of_several_clozes_of_a_note_may_hide_nothing(project: Project, ann: Ann) -> None:
    """Notes of the deck's own types count the deletions of all their fields together."""
    write_geo(project)
    write_type(project, "verse", VERSE.replace("other}", "cloze}"), {"front.html": GAP, "back.html": GAP})
    project.write("geo/note_types/verse/front.html", GAP.replace("{{Poem}}", "{{cloze:Poem}}"))
    project.write("geo/note_types/verse/back.html", GAP.replace("{{Poem}}", "{{cloze:Poem}}"))
    project.build()
    ann.get("geo.apkg")
    ann.edit("night", Poem="Songs of some Experience", Text="{{c2::Tyger::a beast}}, burning {{c1::bright}}")
    found = ann.pulled()["findings"]
    assert {(one["code"], one["severity"]) for one in found} == {("R12", "warning")}  # the numbers moved
    note = ann.learner.col.new_note(ann.learner.note("night").note_type())
    note["Text"], note["Poem"] = "no deletion here", "{{c1::Another}} poem"
    ann.learner.col.add_note(note, ann.learner.cards("night")[0].did)
    assert ann.pulled("--new", "cards_source/geo/new.yaml")["findings"] == []
    assert [code for code in project.codes() if code[0] != "R"] == []


def test_a_finding_without_a_hint_has_no_empty_line(project: Project, ann: Ann) -> None:
    """Nor does what a stranger wrote reach the terminal as it is."""
    project.deck().build()
    ann.get()
    ann.add_like("testing", Text="none at all \u202e \u009b31m")
    ann.edit("spacing", See="testing")
    told = ann.pull("--new", "cards.yaml").stderr
    assert "P05 warning" in told
    assert "P03 warning" in told
    assert "help: \n" not in told
    assert not {"\u202e", "\u009b"} & {*told}
