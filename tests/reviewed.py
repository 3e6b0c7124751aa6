"""Collections with a log of reviews that a test made up."""

from __future__ import annotations

import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path

from tests.conftest import Project


def with_log(project: Project, name: str, **rows: tuple[int, int]) -> Path:
    """The collection of the package that was built, in which the first cards of these notes were recalled and
    forgotten so often, with intervals of ten days.
    """
    path = project.root / name
    with zipfile.ZipFile(project.package()) as package:
        path.write_bytes(package.read("collection.anki2"))
    with closing(sqlite3.connect(path)) as connection:
        found = connection.execute(
            "SELECT n.flds, c.id FROM cards c JOIN notes n ON n.id = c.nid WHERE c.ord = 0"
        )
        numbers = {field: number for fields, number in found for field in fields.split("\x1f")}
        moment = 1_600_000_000_000
        for card, (recalled, forgotten) in rows.items():
            for button in [3] * recalled + [1] * forgotten:
                moment += 1
                row = (moment, numbers[card], button)
                connection.execute("INSERT INTO revlog VALUES (?, ?, 0, ?, 20, 10, 2500, 5000, 1)", row)
        connection.commit()
    return path
