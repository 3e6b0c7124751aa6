"""`hint:`, a line under the question for whoever asks for it; its field was a spare one that learners have."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser import Reader
from tests.conftest import BILINGUAL_CARDS, BILINGUAL_YAML, Project
from tests.lock_reader import read_lock
from tests.real_anki import Learner, Log
from tests.whole.test_upgrades import RELEASES

pytestmark = pytest.mark.slow

CARDS = """\
cards:
  - id: both-ways
    reverse: true
    q: "Engine"
    a: "Machine"
    hint: "Two *e*"
  - id: gap
    cloze: "It is {{c1::cold}}."
    hint: "Think of **snow**"
  - id: members
    q: "Which?"
    list: {one: "One", two: "Two"}
    hint: "Two of them"
"""


def shown(learner: Learner, card_id: str) -> list[str]:
    """The fronts of a note's cards in the real Anki."""
    return [card.question() for card in learner.note(card_id).cards()]


def test_hint_waits_on_each_front_that_asks_the_question(project: Project, learner: Learner) -> None:
    project.deck(cards=CARDS).build()
    learner.import_package(project.package())
    for card_id, words in (
        ("both-ways", "Two <em>e</em>"),
        ("gap", "<strong>snow</strong>"),
        ("members", "Two of them"),
    ):
        front, *others = shown(learner, card_id)
        assert re.search(rf'class=hint style="display: none">.*{re.escape(words)}.*</div>', front), card_id
        assert ">\nHint</a>" in front
        assert all((words in other) == (card_id == "members") for other in others)
    assert not any("Two <em>" in card.answer() for card in learner.note("both-ways").cards())


@pytest.mark.parametrize(
    "release", [one for one in RELEASES if one.parent.name == "0.1.0"], ids=lambda path: path.parent.name
)
def test_hint_arrives_in_the_spare_field_of_those_who_study(
    project: Project, learner: Learner, release: Path
) -> None:
    folder = project.root / "cards_source" / "kinds"
    shutil.copytree(release, folder, ignore=shutil.ignore_patterns("*.apkg"))
    (package,) = release.glob("*.apkg")
    notes = learner.import_package(package).new
    assert learner.study("Golden: Kinds::Nested", 20) > 0
    before, schema = learner.progress(), learner.col.db.scalar("select scm from col")  # type: ignore[union-attr]
    lock = read_lock(folder / "deck.lock")
    project.edit('a: "This one."', 'a: "This one."\n    hint: "It waits"', "kinds/01-first.yaml")
    project.build()
    assert learner.import_package(project.package(package.name)) == Log(0, 1, notes - 1, 0)
    assert learner.note("waits")["Hint"] == "It waits"
    assert learner.progress() == before
    assert learner.col.db.scalar("select scm from col") == schema  # type: ignore[union-attr]
    after = read_lock(folder / "deck.lock")
    changed = {card for card, line in after.notes.items() if line != lock.notes[card]}
    assert {card for card, _ in changed} == {"waits"}


def test_translation_of_a_hint_waits_for_its_edit(project: Project) -> None:
    project.deck(BILINGUAL_YAML, BILINGUAL_CARDS).build()
    text = project.lock().read_text(encoding="utf-8")
    project.edit('q: "Why space reviews?"', 'q: "Why space reviews?", hint: "Think of effort."')
    (finding,) = (one for one in project.all_findings() if one["code"] == "B12")
    assert finding["message"] == "the hint changed in `en`, and not in `zh`"
    project.build()
    lines = set(project.lock().read_text(encoding="utf-8").splitlines()) - set(text.splitlines())
    assert {line.split()[1] for line in lines} == {"spacing"}


def test_hint_is_shown_by_a_click(project: Project, chromium: Browser) -> None:
    project.deck(cards=CARDS)
    project.run("preview")
    reader = Reader.of(chromium, (project.root / "output/memory.html").as_uri() + "#both-ways")
    words = reader.page.get_by_text("Two e")
    assert not words.is_visible()
    reader.page.get_by_role("link", name="Hint").click()
    assert words.is_visible()
    assert reader.complaints == []
