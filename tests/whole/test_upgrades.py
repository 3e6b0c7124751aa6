"""Every format that was ever given out: its learners study, and today's build comes over it.

`tests/upgrades/<version>/<deck>/` holds the source and the package as that version
built them, never changed again. A release adds a folder: `python -m tests.write_upgrade`.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from deckgen.lock.advance import text_hash
from deckgen.lock.limits import FILE
from deckgen.packing import collection
from tests.conftest import Project
from tests.lock_reader import read_lock
from tests.real_anki import Learner, Log

pytestmark = pytest.mark.slow

UPGRADES = Path(__file__).parents[1] / "upgrades"
RELEASES = sorted(path for path in UPGRADES.glob("*/*") if path.is_dir())
#: By golden deck, an edit that changes one note: its file, and the old and the new text.
EDITS = {
    "kinds": ("01-first.yaml", 'a: "This one."', 'a: "This very one."'),
    "html": ("cards.yaml", "<i>Paris</i>", "<u>Paris</u>"),
    "look": ("cards.yaml", "capital of *France*", "capital of *Gaul*"),
    "marks": ("cards.yaml", "CuSO~4~", "FeSO~4~"),
    "occlusion": ("cards.yaml", "Which part of the **heart**", "Which part of a **heart**"),
    "own-types": ("cards.yaml", 'Country: "France"', 'Country: "La France"'),
    "speech": ("cards.yaml", "hello, world", "hello, you"),
    "subdecks": ("02-others.yaml", "passes Cologne", "passes Bonn"),
}


def _restore(release: Path, project: Project) -> list[Path]:
    """The source and lock of a release in a project; gives its packages."""
    shutil.copytree(
        release, project.root / "cards_source" / release.name, ignore=shutil.ignore_patterns("*.apkg")
    )
    return sorted(release.glob("*.apkg"))


def _studied(packages: list[Path], learner: Learner) -> int:
    """Import and study the packages of a release; gives the number of notes."""
    notes = sum(learner.import_package(package).new for package in packages)
    for deck in learner.col.decks.all_names_and_ids():
        learner.study(deck.name, 20)
    assert learner.rows("revlog")
    return notes


def _imported(packages: list[Path], project: Project, learner: Learner) -> Log:
    """What the imports of today's packages did, together."""
    logs = [learner.import_package(project.package(package.name)) for package in packages]
    return Log(*(sum(getattr(log, name) for log in logs) for name in Log.__dataclass_fields__))


@pytest.mark.parametrize("release", RELEASES, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_rebuild_of_an_old_release_restamps_nothing(
    project: Project, learner: Learner, release: Path
) -> None:
    """Today's deckgen renders its cards as that one did; or else it must be a new major."""
    packages = _restore(release, project)
    notes = _studied(packages, learner)
    before, progress = learner.rows("notes"), learner.progress()
    project.build("--no-lint")
    assert _imported(packages, project, learner) == Log(0, 0, notes, 0)
    assert (learner.rows("notes"), learner.progress()) == (before, progress)


@pytest.mark.parametrize("release", RELEASES, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_edit_after_an_old_release_arrives(project: Project, learner: Learner, release: Path) -> None:
    packages = _restore(release, project)
    notes = _studied(packages, learner)
    before, progress = learner.rows("notes"), learner.progress()
    file, old, new = EDITS[release.name]
    project.edit(old, new, f"{release.name}/{file}")
    project.build("--no-lint")
    assert _imported(packages, project, learner) == Log(0, 1, notes - 1, 0)
    changed = [row for row in learner.rows("notes") if row not in before]
    assert len(changed) == 1
    assert learner.progress() == progress


@pytest.mark.parametrize("release", RELEASES, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_text_of_an_old_release_is_told_from_a_learners_own(release: Path) -> None:
    """By its hash in the lock, which `plan --against` looks for."""
    lock = read_lock(release / FILE)
    packages = [collection.read(package) for package in sorted(release.glob("*.apkg"))]
    texts = {text_hash(note.fields) for package in packages for note in package.notes.values()}
    assert texts == {text for line in lock.notes.values() for text in line.texts}


def test_each_deck_of_the_goldens_was_given_out() -> None:
    assert {path.name for path in RELEASES} == EDITS.keys()
