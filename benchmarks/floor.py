"""The least that any compiler must do in Python: `floor.py SCHEMA COLLECTION FOLDER PACKAGE`.

It reads the YAML with libyaml, as nodes without meaning; writes a row for each note and
card into an SQLite database with genanki's tables and indexes (SCHEMA), in two batches; and
deflates the bytes of COLLECTION, a database that deckgen made of the same cards, as zipfile
does by default. It makes no HTML, checks nothing, remembers nothing; Anki can't use the result.
"""

from __future__ import annotations

import sqlite3
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import yaml


def _fields(path: Path) -> Iterator[str]:
    """The texts of each card, joined as Anki joins fields."""
    root = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    assert root is not None  # noqa: S101  # no file of notes is empty
    ((_, cards),) = root.value
    for card in cards.value:
        yield "\x1f".join(value.value for _, value in card.value[1:])


def main() -> None:
    """Do it."""
    schema, collection, folder, package = (Path(argument) for argument in sys.argv[1:])
    texts = [text for path in sorted(folder.glob("[0-9]*.yaml")) for text in _fields(path)]
    connection = sqlite3.connect(":memory:")
    connection.executescript(schema.read_text(encoding="utf-8"))
    connection.executemany(
        "INSERT INTO notes VALUES(?,?,1,1,-1,'',?,'',0,0,'')",
        ((number, str(number), text) for number, text in enumerate(texts)),
    )
    connection.executemany(
        "INSERT INTO cards VALUES(?,?,1,0,1,-1,0,0,?,0,0,0,0,0,0,0,0,'')",
        ((number, number, number) for number in range(len(texts))),
    )
    connection.commit()
    connection.serialize()
    with zipfile.ZipFile(package, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("collection.anki2", collection.read_bytes())


if __name__ == "__main__":
    main()
