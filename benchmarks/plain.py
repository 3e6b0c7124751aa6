"""What a person would write in a few lines: `plain.py FOLDER PACKAGE`."""

from __future__ import annotations

import sys
from pathlib import Path

import genanki
import markdown
import yaml

MODEL = genanki.Model(
    1607392319,
    "Plain",
    fields=[{"name": "Question"}, {"name": "Answer"}],
    templates=[
        {"name": "Card 1", "qfmt": "{{Question}}", "afmt": "{{FrontSide}}<hr id=answer>{{Answer}}"},
    ],
)


def main() -> None:
    """Make one package of all cards in a folder."""
    folder, package = sys.argv[1:]
    deck = genanki.Deck(2059400110, "Plain")
    for path in sorted(Path(folder).glob("[0-9]*.yaml")):
        for card in yaml.safe_load(path.read_text(encoding="utf-8"))["cards"]:
            fields = [markdown.markdown(card["q"]), markdown.markdown(card["a"])]
            deck.add_note(genanki.Note(model=MODEL, fields=fields, guid=genanki.guid_for(card["id"])))
    genanki.Package(deck).write_to_file(package)


if __name__ == "__main__":
    main()
