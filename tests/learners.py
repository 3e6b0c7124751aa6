"""A learner's collection without Anki: a package of ours in which notes were edited."""

from __future__ import annotations

import sqlite3
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

Fields = list[str]


def edited(package: Path, target: Path, edit: Callable[[Fields], Fields], stamp: int) -> Path:
    """Write `package` to `target` with the fields of each note as `edit` gives them; those that changed get `stamp`."""
    with zipfile.ZipFile(package) as old:
        database = old.read("collection.anki2")
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.deserialize(database)
        for number, fields in connection.execute("SELECT id, flds FROM notes").fetchall():
            new = "\x1f".join(edit(fields.split("\x1f")))
            if new != fields:
                connection.execute("UPDATE notes SET flds = ?, mod = ? WHERE id = ?", (new, stamp, number))
        connection.commit()
        database = connection.serialize()
    with zipfile.ZipFile(target, "w") as made:
        made.writestr("collection.anki2", database)
        made.writestr("media", "{}")
    return target
