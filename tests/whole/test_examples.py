"""The decks of docs/examples/: they are built, studied, edited and built again as anybody would who copies one."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.conftest import Project
from tests.real_anki import Learner, Log

pytestmark = pytest.mark.slow

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
DECKS = sorted(path.parent for path in EXAMPLES.glob("*/deck.yaml"))
#: By deck, an edit that changes one note of each language it is written in: the file, and the two texts.
EDITS = {
    "anatomy": ("01-heart.yaml", "aorta: {rect: [74, 10, 8, 5.5]}", "aorta: {rect: [73, 10, 9, 5.5]}"),
    "chinese": ("01-people.yaml", '"thank you; to thank"', '"thanks; to thank"'),
    "geography": ("01-africa.yaml", 'Map: "![a map of western Africa]', 'Map: "![a map of West Africa]'),
}


def test_each_example_is_tried_here() -> None:
    assert {deck.name for deck in DECKS} == EDITS.keys()


@pytest.mark.parametrize("deck", DECKS, ids=lambda deck: deck.name)
def test_example_is_built_studied_edited_and_built_again(
    project: Project, learner: Learner, deck: Path
) -> None:
    shutil.copytree(deck, project.root / "cards_source" / deck.name)
    checked = project.run("check")
    assert checked.exit_code == 0, checked.stdout
    project.build()
    packages = sorted((project.root / "output").glob("*.apkg"))
    notes = sum(learner.import_package(package).new for package in packages)
    learner.is_sound()
    for name in {name.name.split("::")[0] for name in learner.col.decks.all_names_and_ids()} - {"Default"}:
        assert learner.study(name, 20) > 0
    progress, before = learner.progress(), learner.rows("notes")

    file, old, new = EDITS[deck.name]
    project.edit(old, new, f"{deck.name}/{file}")
    project.build()
    logs = [learner.import_package(package) for package in packages]
    changed = [row for row in learner.rows("notes") if row not in before]
    assert sum(log.updated for log in logs) == len(changed) > 0
    assert sum(log.new + log.conflicting for log in logs) == 0
    assert learner.progress() == progress
    assert [learner.import_package(package) for package in packages] == [
        Log(0, 0, log.updated + log.duplicate, 0) for log in logs
    ]
    assert len(learner.rows("notes")) == notes
