"""Golden decks as text: what real Anki holds and shows after importing them.

`pytest --update-golden` writes `notes.json` and `findings.txt` anew; the diff in
git is the review.
"""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import CARDS_YAML, Project
from tests.own_deck import PIXEL
from tests.real_anki import Learner

GOLDEN = Path(__file__).parents[1] / "golden"
GOOD = sorted(path.name for path in GOLDEN.iterdir() if path.is_dir() and path.name != "many-faults")

_STYLE = re.compile(r"<style>.*?</style>", re.DOTALL)


def _compare(path: Path, text: str, update: bool) -> None:
    if update:
        path.write_text(text, encoding="utf-8", newline="\n")
    assert text == path.read_text(encoding="utf-8")


def _copy(name: str, project: Project) -> None:
    target = project.root / "cards_source" / name
    shutil.copytree(GOLDEN / name, target, ignore=shutil.ignore_patterns("*.json", "*.txt"))


@pytest.mark.parametrize("name", GOOD)
def test_notes_as_anki_reads_them(name: str, project: Project, learner: Learner, update_golden: bool) -> None:
    _copy(name, project)
    project.build()
    for package in sorted(project.root.glob("output/*.apkg")):
        learner.import_package(package)
    notes = [_note(learner, note) for note in _notes(learner)]
    # Check Database gives every note a card, also one that was shipped retired and without.
    learner.is_sound(without_cards=sum(not note["cards"] for note in notes))
    text = json.dumps(notes, ensure_ascii=False, indent=1)
    _compare(GOLDEN / name / "notes.json", text + "\n", update_golden)


def _notes(learner: Learner) -> list[Any]:
    notes = [learner.col.get_note(note_id) for note_id in learner.col.find_notes("")]
    return sorted(notes, key=lambda note: (note.note_type()["name"], note["Id"]))


def _note(learner: Learner, note: Any) -> dict[str, Any]:
    cards = sorted(
        (learner.col.get_card(card_id) for card_id in note.card_ids()), key=lambda card: int(card.ord)
    )
    return {
        "guid": note.guid,
        "type": note.note_type()["name"],
        "fields": {name: value for name, value in note.items() if value},
        "tags": note.tags,
        "cards": [
            {
                "ord": card.ord,
                "due": card.due,
                "deck": learner.col.decks.name(card.did),
                "question": _STYLE.sub("", card.question()),
                "answer": _STYLE.sub("", card.answer()),
            }
            for card in cards
        ],
    }


def test_many_faults_are_all_reported_at_once(project: Project, update_golden: bool) -> None:
    _copy("many-faults", project)
    outcome = project.run("check", "--select", "B01,B07,C01,G,K,L06,M,R,Y")
    assert outcome.exit_code == 1
    _compare(GOLDEN / "many-faults" / "findings.txt", outcome.stdout, update_golden)


def test_schema_is_frozen(project: Project, learner: Learner, update_golden: bool) -> None:
    """Another number, order or count of fields or templates would block every update that learners get.

    With another front, Anki may make cards a second time (see `frozen.other_fronts`).
    """
    project.write("memory/media/heart.png", "").write_bytes(PIXEL)
    masked = '  - {id: heart, q: "Which?", occlude: heart.png, masks: {apex: {rect: [1, 1, 9, 9]}}}\n'
    project.deck(cards=CARDS_YAML + masked).build()
    learner.import_package(project.package())
    shape = {}
    for name in ("memory questions", "memory cloze", "memory occlusion"):
        note_type = learner.col.models.by_name(name)
        assert note_type is not None
        shape[name] = {
            "id": note_type["id"],
            "sort field": note_type["sortf"],
            "fields": {field["name"]: field["id"] for field in note_type["flds"]},
            "templates": {template["name"]: template["id"] for template in note_type["tmpls"]},
            "fronts": [template["qfmt"] for template in note_type["tmpls"]],
        }
    _compare(GOLDEN / "schema.json", json.dumps(shape, indent=1) + "\n", update_golden)
