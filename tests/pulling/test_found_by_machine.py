"""Pulls of which the state machine found that something was lost, doubled or told wrongly."""

from __future__ import annotations

from tests.conftest import CARDS_YAML, Project
from tests.own_deck import write_geo, write_type
from tests.pulling.test_pull import Ann, cards, commit
from tests.real_anki import next_second


def test_a_remark_for_the_last_card_and_a_new_card_come_home_at_once(project: Project, ann: Ann) -> None:
    project.deck().build()
    ann.get()
    ann.add_like(Question="What is interleaving?", Answer="Mixing topics.")
    ann.edit("stages", Note="Three of them.")
    found = ann.pulled("--new", "cards.yaml")
    assert found["findings"] == []
    added = '  - id: what-is-interleaving\n    q: "What is interleaving?"\n    a: "Mixing topics."\n'
    assert cards(project) == f'{CARDS_YAML}    note: "Three of them."\n{added}'
    assert ann.pulled("--new", "cards.yaml")["files"] == []


LAND = "fields: {Land: other, Town: other, Note: note%s}\nnote: Note\ntemplates:\n  - {name: One, front: front.html, back: back.html}\n"


def test_a_look_from_before_a_spare_was_taken_is_ours(project: Project, ann: Ann) -> None:
    """Nothing was built since, so the names of the fields there are those of the last build."""
    write_geo(project, 'cards:\n  - {id: one, type: land, fields: {Land: "Peru", Town: "Lima"}}\n')
    sides = {"front.html": "{{Land}}", "back.html": "{{Town}} {{Note}}"}
    write_type(project, "land", LAND % "", sides)
    project.build()
    commit(project)
    ann.get("geo.apkg")
    sides["back.html"] += " {{River}}"
    write_type(project, "land", LAND % ", River: other", sides)
    ann.edit("one", Note="In the south.")
    assert ann.pulled("--dry-run")["findings"] == []


def test_a_look_from_before_the_deck_had_languages_is_ours(project: Project, ann: Ann) -> None:
    project.deck(cards='cards:\n  - {id: spacing, q: "Why?", a: "Because."}\n').build()
    commit(project)
    ann.get()
    project.edit('title: "Memory"', 'languages: [en]\ntitle: {en: "Memory"}', "memory/deck.yaml")
    project.edit('q: "Why?", a: "Because."', 'en: {q: "Why?", a: "Because."}')
    ann.edit("spacing", Answer="Because it is.")
    assert ann.pulled("--dry-run")["findings"] == []


def test_what_the_author_took_back_before_a_build_stays_out(project: Project, ann: Ann) -> None:
    """The learner's second edit has the first one in it, and no package has what came between."""
    project.deck().build()
    ann.get()
    ann.edit("spacing", Answer="Recall from fading memory strengthens it most.")
    ann.pull()
    project.edit(" most.", ".")
    next_second()  # the second edit is later than the first one
    ann.edit("spacing", Note="The effect grows.")
    assert [one["code"] for one in ann.pulled(code=1)["findings"]] == ["P01"]
    assert cards(project) == CARDS_YAML
    ann.pull("--theirs", "spacing")
    assert "most." in cards(project)
