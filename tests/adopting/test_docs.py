"""docs/adopt.md shows what really happens to a deck of 500 cards, half of which are studied."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from anki.decks import DeckConfigId

from tests.adopting.decks import add, export
from tests.conftest import Project
from tests.real_anki import Learner

PAGE = Path(__file__).parents[2] / "docs/adopt.md"
VERBS = {
    "hablar": "to speak", "comer": "to eat", "vivir": "to live", "andar": "to walk", "leer": "to read",
    "escribir": "to write", "abrir": "to open", "beber": "to drink", "correr": "to run", "cantar": "to sing",
}  # fmt: skip
PERSONS = {"yo": "I", "tú": "you", "él": "he", "nosotros": "we", "ellos": "they"}
TENSES = ("present", "preterite", "imperfect", "future", "conditional")


def _spanish(maker: Learner) -> None:
    for verb, english in VERBS.items():
        add(maker, "Spanish::Verbs", "Basic (and reversed card)", [verb, english], ["verb"])
        for tense in TENSES:
            for person, who in PERSONS.items():
                fields = [
                    f"<b>{verb}</b>: {person}, {tense}",
                    f"{who} … <i>({english}, {tense})</i><br>{verb[:-2]}-",
                ]
                add(maker, "Spanish::Verbs", "Basic", fields, ["verb", f"Tense::{tense.capitalize()}"])
    for number in range(270, 500):
        verb, english = [*VERBS.items()][number % 10]
        text = f"Quiero {{{{c1::{verb}}}}} ahora, amigo mío número {number}."
        add(
            maker,
            "Spanish::Sentences",
            "Cloze",
            [text, f"I want {english} {'nwo' if number == 271 else 'now'}."],
        )


def _shown(command: str) -> list[str]:
    """What the page shows of each run of a command."""
    page = PAGE.read_text(encoding="utf-8")
    return re.findall(rf"^\$ {re.escape(command)}\n((?:(?!\$ |```).*\n)*)", page, re.MULTILINE)


def test_the_page_shows_what_happens(
    project: Project, learner: Learner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _spanish(learner)
    options = learner.col.decks.get_config(DeckConfigId(1))
    assert options is not None
    options["new"]["perDay"] = options["rev"]["perDay"] = 500
    learner.col.decks.update_config(options)
    assert learner.study("Spanish", 250) == 250
    package = export(learner, tmp_path / "spanish.apkg", "Spanish", studied=True)
    before = learner.progress()
    (adopted,), (planned,), builds = (
        _shown(one) for one in ("deckgen adopt spanish.apkg", "deckgen plan", "deckgen build")
    )
    monkeypatch.chdir(project.root)
    assert project.run("adopt", str(package)).stdout == adopted
    assert project.run("build").stdout == builds[0]
    cards = project.root / "cards_source/spanish/01-verbs.yaml"
    for block in re.findall(
        r"^```yaml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    ):
        assert block in cards.read_text(encoding="utf-8")
    sentences = cards.with_name("02-sentences.yaml")
    sentences.write_text(sentences.read_text(encoding="utf-8").replace("nwo", "now"), encoding="utf-8")
    assert project.run("plan").stdout == planned
    assert project.run("build").stdout == builds[1]
    log = learner.import_package(project.package("spanish.apkg"))
    assert (log.new, log.updated, log.conflicting, log.duplicate) == (0, 1, 0, 489)
    assert learner.progress() == before
