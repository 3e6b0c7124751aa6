"""Edits of one card in several languages at once: what no build would take in one is left alone in all."""

from __future__ import annotations

import pytest

from tests.conftest import BILINGUAL_YAML, Project
from tests.own_deck import PIXEL
from tests.pulling.test_pull import Ann, cards, commit

pytestmark = pytest.mark.slow

CLOZES = """\
cards:
  - id: recall
    en: {cloze: "{{c1::Recall}} beats reading."}
    zh: {cloze: "{{c1::回忆}}胜过阅读。"}
  - id: memory
    en: {cloze: "{{c1::Memory}} fades."}
    zh: {cloze: "{{c1::记忆}}会淡忘。"}
"""


@pytest.fixture
def deck(project: Project, ann: Ann) -> Project:
    project.deck(BILINGUAL_YAML, CLOZES).build()
    commit(project)
    for lang in ("en", "zh"):
        ann.get(f"memory.{lang}.apkg")
    return project


def edit(ann: Ann, zh: str) -> None:
    """Both languages of a card get a second gap, the Chinese one with this text."""
    ann.edit("recall", "deck:Memory", Text="{{c1::Recall}} beats {{c2::reading}}.")
    ann.edit("recall", "deck:记忆", Text=zh)


def test_the_same_new_gap_in_both_comes_home(deck: Project, ann: Ann) -> None:
    edit(ann, "{{c1::回忆}}胜过{{c2::阅读}}。")
    assert ann.pulled()["findings"] == []
    assert cards(deck) == CLOZES.replace("reading", "{{c2::reading}}").replace("阅读", "{{c2::阅读}}")
    assert deck.codes() == []


@pytest.mark.parametrize("note", ["TODO", "{{c1::x}}"])
def test_what_is_refused_in_one_language_is_not_alone_in_the_other(
    deck: Project, ann: Ann, note: str
) -> None:
    """A deck with another number of gaps in each language could not be built (B07)."""
    edit(ann, "{{c1::回忆}}胜过{{c2::阅读}}。")
    ann.edit("recall", "deck:记忆", Note=note)  # which no build takes, or as something else
    ann.edit("memory", "deck:Memory", Text="{{c1::Memory}} soon fades.")
    found = ann.pulled(code=1)
    assert {(one["card"], one["lang"]) for one in found["findings"]} == {("recall", "en"), ("recall", "zh")}
    assert cards(deck) == CLOZES.replace("fades", "soon fades")
    assert "B07" not in deck.codes()


def test_a_picture_of_an_edit_that_is_refused_stays_away(deck: Project, ann: Ann) -> None:
    ann.learner.col.media.write_data("leaf.png", PIXEL)
    ann.edit("recall", "deck:Memory", Text='{{c1::Recall}} beats {{c2::<img src="leaf.png">}}.')
    assert [one["code"] for one in ann.pulled(code=1)["findings"]] == ["P01"]
    assert cards(deck) == CLOZES
    assert not (deck.root / "cards_source/memory/media").exists()


def test_a_fault_of_one_language_holds_no_other_up(deck: Project, ann: Ann) -> None:
    ann.edit("recall", "deck:Memory", Note="By far.")
    ann.edit("recall", "deck:记忆", Note="TODO")
    (finding,) = ann.pulled(code=1)["findings"]
    assert (finding["card"], finding["lang"]) == ("recall", "zh")
    assert cards(deck) == CLOZES.replace('reading."', 'reading.", note: "By far."')


@pytest.mark.parametrize("own", ["", "    tags: [basics]\n"])
@pytest.mark.parametrize("zh", ["basics", "more"])
def test_tags_that_were_changed_in_both_languages(project: Project, ann: Ann, own: str, zh: str) -> None:
    """They stand once in a card, whatever its languages."""
    text = CLOZES.replace("  - id: recall\n", f"  - id: recall\n{own}")
    project.deck(BILINGUAL_YAML.replace("[basics]", "[basics, more, time]"), text).build()
    commit(project)
    for lang in ("en", "zh"):
        ann.get(f"memory.{lang}.apkg")
    for deck, tag in (("Memory", "time"), ("记忆", zh if zh == "more" else "time")):
        note = ann.learner.note("recall", f"deck:{deck}")
        note.tags += [f"memory::{tag}"]
        ann.learner.col.update_note(note)
    assert ann.pulled()["findings"] == []
    tags = [*(["basics"] if own else []), "time", *(["more"] if zh == "more" else [])]
    assert f"  - id: recall\n    tags: [{', '.join(tags)}]\n" in cards(project)
    assert ann.pulled()["files"] == []


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_number_that_no_longer_fits_the_other_language_is_told_once(
    project: Project, ann: Ann, lang: str
) -> None:
    """The finding stands at the other language, and the next build refuses both."""
    card = 'en: {q: "How long?", a: "About 5 minutes."}\n    zh: {q: "多久？", a: "大约5分钟。"}'
    project.deck(BILINGUAL_YAML, f"cards:\n  - id: long\n    {card}\n").build()
    for name in ("en", "zh"):
        ann.get(f"memory.{name}.apkg")
    edited = {"en": ("deck:Memory", "About 6 minutes."), "zh": ("deck:记忆", "大约6分钟。")}
    query, answer = edited[lang]
    ann.edit("long", query, Answer=answer)
    (finding,) = [one for one in ann.pulled()["findings"] if one["code"] == "B04"]
    assert finding["message"].startswith("the next build will refuse what came home")
    assert project.run("build").exit_code == 1
    # The other language says the same then.
    query, answer = edited["en" if lang == "zh" else "zh"]
    ann.edit("long", query, Answer=answer)
    assert not [one for one in ann.pulled()["findings"] if one["code"] == "B04"]
