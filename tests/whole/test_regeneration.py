"""The promise: edit, build, import again. No review is lost, no card doubled, no edit overwritten without need."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import BILINGUAL_CARDS, BILINGUAL_YAML, Project
from tests.real_anki import OPTION_SETS, Learner, Log

pytestmark = pytest.mark.slow

ALL_KINDS = """\
tags: [basics]
cards:
  - id: plain
    q: "What is *plain*?"
    a: "`vector<int>` & a < b"
  - id: both-ways
    reverse: true
    q: "Term"
    a: "Definition"
  - id: typed-answer
    typed: true
    q: "Type it"
    a: "So **be** it"
  - id: typed-cloze
    typed: true
    cloze: "It is {{c1::typed}}."
  - id: three-holes
    cloze: "{{c1::One}}, {{c2::two}} and {{c1::one}} again, {{c3::$x^{2^{n}}$}}"
  - id: members
    q: "Which members?"
    list: {first: "F", second: "S {1,{2}}", third: "std::T"}
"""
CARDS_OF_KIND = {
    "plain": [0], "both-ways": [0, 1], "typed-answer": [0], "typed-cloze": [0],
    "three-holes": [0, 1, 2], "members": [0, 1, 2],
}  # fmt: skip


def test_first_import_gives_every_card_once(project: Project, learner: Learner) -> None:
    project.deck(cards=ALL_KINDS).build()
    assert learner.import_package(project.package()) == Log(6, 0, 0, 0)
    assert {name: [card.ord for card in learner.cards(name)] for name in CARDS_OF_KIND} == CARDS_OF_KIND
    learner.is_sound()


def test_anki_itself_would_make_the_same_cards(project: Project, learner: Learner) -> None:
    """Our ordinals against Anki's own card generation for the same note type and fields."""
    project.deck(cards=ALL_KINDS).build()
    learner.import_package(project.package())
    deck = learner.col.decks.id("Elsewhere")
    assert deck is not None
    for name, ordinals in CARDS_OF_KIND.items():
        shipped = learner.note(name)
        note = learner.col.new_note(learner.col.models.get(shipped.mid))  # type: ignore[arg-type]
        note.fields = list(shipped.fields)
        learner.col.add_note(note, deck)
        assert sorted(card.ord for card in note.cards()) == ordinals, name


@pytest.mark.parametrize("options", OPTION_SETS.values(), ids=OPTION_SETS.keys())
def test_unchanged_rebuild_changes_no_row(
    project: Project, learner: Learner, options: dict[str, object]
) -> None:
    project.deck().build()
    learner.import_package(project.package())
    assert learner.study("Memory", 5) == 5
    before = learner.rows("notes"), *learner.progress()
    project.package().unlink()
    project.build()
    assert learner.import_package(project.package(), options) == Log(0, 0, 3, 0)
    assert (learner.rows("notes"), *learner.progress()) == before


def test_one_edit_updates_one_note_and_keeps_its_progress(project: Project, learner: Learner) -> None:
    project.deck().build()
    learner.import_package(project.package())
    learner.study("Memory", 6)
    before, progress = learner.rows("notes"), learner.progress()
    assert len(progress[1]) == 6
    project.edit("fading memory", "a *fading* memory")
    assert "1 changed, 2 unchanged" in project.build().stdout
    assert learner.import_package(project.package()) == Log(0, 1, 2, 0)
    after = learner.rows("notes")
    assert [old[0] for old, new in zip(before, after, strict=True) if old != new] == [
        learner.note("spacing").id
    ]
    assert learner.note("spacing")["Answer"] == "Recall from a <em>fading</em> memory strengthens it."
    assert learner.progress() == progress
    learner.is_sound()


def test_insert_and_reorder_keep_what_was_there(project: Project, learner: Learner) -> None:
    project.deck().build()
    learner.import_package(project.package())
    learner.study("Memory", 4)
    old = {card[0]: card for card in learner.rows("cards")}
    head, *cards = (
        project.root.joinpath("cards_source/memory/cards.yaml").read_text(encoding="utf-8").split("  - id: ")
    )
    new = 'between\n    q: "What is new here?"\n    a: "This card."\n'
    project.deck(cards="  - id: ".join([head, *reversed(cards[1:]), new, cards[0]]))
    assert "1 new, 3 unchanged" in project.build().stdout
    assert learner.import_package(project.package()) == Log(1, 0, 3, 0)
    now = {card[0]: card for card in learner.rows("cards")}
    assert {card_id: now[card_id] for card_id in old} == old
    assert len(now) == len(old) + 1
    assert learner.cards("between")[0].due == 3


def test_new_list_item_in_the_middle_moves_no_history(project: Project, learner: Learner) -> None:
    project.deck().build()
    learner.import_package(project.package())
    learner.study("Memory", 6)
    asked = {card.ord: _hidden(card.answer()) for card in learner.cards("stages")}
    progress = learner.progress()
    project.edit('storage: "Storage"', 'consolidation: "Consolidation", storage: "Storage"')
    project.build()
    assert learner.import_package(project.package()) == Log(0, 1, 2, 0)
    cards = {card.ord: _hidden(card.answer()) for card in learner.cards("stages")}
    assert asked == {0: "Encoding", 1: "Storage", 2: "Retrieval"}
    (new,) = cards.keys() - asked.keys()
    assert cards == {**asked, new: "Consolidation"}
    assert learner.progress()[1] == progress[1]
    assert learner.rows("cards")[: len(progress[0])] == progress[0]
    shown = learner.note("stages")["List"]
    assert shown.index("Consolidation") < shown.index("Storage")


def _hidden(answer: str) -> str:
    found: list[str] = re.findall(r'<span class="cloze" data-ordinal="\d+">([^<]*)<', answer)
    return found[0]


def test_local_edits_and_tags_on_untouched_cards_survive(project: Project, learner: Learner) -> None:
    project.deck().build()
    learner.import_package(project.package())
    note = learner.note("stages")
    note["Note"] = "my own remark"
    note.tags.append("mine")
    learner.col.update_note(note)
    project.edit("Recall beats", "Recall is better than")
    project.build()
    assert learner.import_package(project.package()) == Log(0, 1, 2, 0)
    kept = learner.note("stages")
    assert kept["Note"] == "my own remark"
    assert "mine" in kept.tags


def test_edit_older_than_the_learners_own_is_held_back(project: Project, learner: Learner) -> None:
    """A limit that docs/format.md tells: a note that the learner changed later keeps the learner's text."""
    project.deck().build()
    learner.import_package(project.package())
    project.edit("fading memory", "a fading memory")
    project.build()
    note = learner.note("spacing")
    note["Note"] = "edited after the build"
    learner.col.update_note(note)
    assert learner.import_package(project.package()) == Log(0, 0, 3, 0)
    assert learner.note("spacing")["Note"] == "edited after the build"


@pytest.mark.parametrize("order", [("en", "zh"), ("zh", "en")])
def test_languages_live_in_one_collection(project: Project, learner: Learner, order: tuple[str, str]) -> None:
    project.deck(BILINGUAL_YAML, BILINGUAL_CARDS).build()
    for lang in order:
        assert learner.import_package(project.package(f"memory.{lang}.apkg")) == Log(2, 0, 0, 0)
    learner.study("Memory", 2)
    learner.study("记忆", 2)
    before, progress = learner.rows("notes"), learner.progress()
    project.edit('"Fading memory gains most."', '"A fading memory gains most."')
    project.build()
    assert learner.import_package(project.package("memory.zh.apkg")) == Log(0, 0, 2, 0)
    assert (learner.rows("notes"), learner.progress()) == (before, progress)
    assert learner.import_package(project.package("memory.en.apkg")) == Log(0, 1, 1, 0)
    assert learner.progress() == progress
    learner.is_sound()


def test_new_look_arrives_without_a_second_note_type(
    project: Project, learner: Learner, monkeypatch: pytest.MonkeyPatch
) -> None:
    from deckgen.notes import note_types as notetypes

    project.deck().build()
    learner.import_package(project.package())
    learner.study("Memory", 3)
    types, progress, notes = learner.note_types(), learner.progress(), learner.rows("notes")
    schema = learner.col.db.scalar("select scm from col")  # type: ignore[union-attr]
    original = notetypes._file
    monkeypatch.setattr(
        notetypes, "_file", lambda name: original(name) + "<p>new</p>" * name.endswith(".html")
    )
    project.forget()
    assert "new look" in project.build().stdout
    assert learner.import_package(project.package()) == Log(0, 0, 3, 0)
    assert learner.note_types() == types
    assert "<p>new</p>" in learner.cards("spacing")[0].question()
    assert (learner.progress(), learner.rows("notes")) == (progress, notes)
    assert learner.col.db.scalar("select scm from col") == schema  # type: ignore[union-attr]


def test_mending_the_source_line_touches_no_note(project: Project, learner: Learner) -> None:
    project.deck(deck=_with_source("Lecture")).build()
    learner.import_package(project.package())
    project.deck(deck=_with_source("Lecture, second edition"))
    assert "3 unchanged; new look" in project.build().stdout
    assert learner.import_package(project.package()) == Log(0, 0, 3, 0)
    assert "Lecture, second edition" in learner.cards("spacing")[0].answer()


def _with_source(title: str) -> str:
    return f'deck: memory\ntitle: "Memory"\ntags: [basics, time]\nsource: {{title: "{title}"}}\n'


def test_retired_card_stays_with_learners_and_reaches_nobody_new(
    project: Project, learners: Callable[[str], Learner]
) -> None:
    project.deck().build()
    old, new = learners("old"), learners("new")
    old.import_package(project.package())
    old.study("Memory", 6)
    progress = old.progress()
    project.edit(
        "  - id: spacing\n", '  - id: spacing\n    retired: {since: "2026-01-31", reason: "Superseded"}\n'
    )
    assert "3 notes, 5 cards" in project.build().stdout
    assert old.import_package(project.package()) == Log(0, 1, 2, 0)
    assert old.progress() == progress
    assert old.note("spacing").tags == ["memory::basics", "memory::retired"]
    assert "2026-01-31: Superseded" in old.cards("spacing")[0].question()
    new.import_package(project.package())
    assert new.cards("spacing") == []
    assert new.col.card_count() == 5


def test_changed_picture_arrives_under_a_new_name(project: Project, learner: Learner) -> None:
    project.deck()
    project.edit("The effect", "![curve](curve.png) The effect")
    picture = project.write("memory/media/curve.png", "first")
    project.build()
    learner.import_package(project.package())
    assert _pictures(learner) == ["first"]
    picture.write_text("second", encoding="utf-8")
    project.build()
    assert learner.import_package(project.package()) == Log(0, 1, 2, 0)
    assert sorted(_pictures(learner)) == ["first", "second"]
    shown = learner.note("spacing")["Note"].split('src="')[1].split('"')[0]
    assert Path(learner.col.media.dir(), shown).read_text(encoding="utf-8") == "second"


def _pictures(learner: Learner) -> list[str]:
    return [path.read_text(encoding="utf-8") for path in Path(learner.col.media.dir()).iterdir()]
