"""Two learners for the tests of pulling."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import Project
from tests.pulling.test_pull import Ann


@pytest.fixture
def ann(project: Project, tmp_path: Path) -> Iterator[Ann]:
    somebody = Ann(project, tmp_path / "ann")
    with somebody.learner:
        yield somebody


@pytest.fixture
def bob(project: Project, tmp_path: Path) -> Iterator[Ann]:
    somebody = Ann(project, tmp_path / "bob")
    with somebody.learner:
        yield somebody
