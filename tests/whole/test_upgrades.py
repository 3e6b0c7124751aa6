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


def _restore(release: Path, project: Project) -> Path:
    """The source and lock of a release in a project; gives its package."""
    shutil.copytree(
        release, project.root / "cards_source" / release.name, ignore=shutil.ignore_patterns("*.apkg")
    )
    (package,) = release.glob("*.apkg")
    return package


@pytest.mark.parametrize("release", RELEASES, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_rebuild_of_an_old_release_restamps_nothing(
    project: Project, learner: Learner, release: Path
) -> None:
    """Today's deckgen renders its cards as that one did; or else it must be a new major."""
    package = _restore(release, project)
    notes = learner.import_package(package).new
    assert learner.study("Golden: Kinds::Nested", 20) > 0
    before, progress = learner.rows("notes"), learner.progress()
    project.build()
    assert learner.import_package(project.package(package.name)) == Log(0, 0, notes, 0)
    assert (learner.rows("notes"), learner.progress()) == (before, progress)


@pytest.mark.parametrize("release", RELEASES, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_edit_after_an_old_release_arrives(project: Project, learner: Learner, release: Path) -> None:
    package = _restore(release, project)
    notes = learner.import_package(package).new
    learner.study("Golden: Kinds::Nested", 20)
    progress = learner.progress()
    project.edit('a: "This one."', 'a: "This very one."', f"{release.name}/01-first.yaml")
    project.build()
    assert learner.import_package(project.package(package.name)) == Log(0, 1, notes - 1, 0)
    assert learner.note("waits")["Answer"] == "This very one."
    assert learner.progress() == progress


@pytest.mark.parametrize("release", RELEASES, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_text_of_an_old_release_is_told_from_a_learners_own(release: Path) -> None:
    """By its hash in the lock, which `plan --against` looks for."""
    lock = read_lock(release / FILE)
    (package,) = release.glob("*.apkg")
    texts = {text_hash(note.fields) for note in collection.read(package).notes.values()}
    assert texts == {text for line in lock.notes.values() for text in line.texts}


def test_there_is_a_release() -> None:
    assert RELEASES
