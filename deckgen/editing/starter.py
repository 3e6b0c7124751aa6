"""The small deck that `deckgen new` makes."""

from __future__ import annotations

from pathlib import Path

from deckgen.finding import Refused
from deckgen.notes.identity import new_seed
from deckgen.packing.stage import alone, write_texts
from deckgen.reading import schema
from deckgen.reading.keys import RESERVED, is_name, name_hint

#: Where the schemas for editors lie, beside the decks; the first line of every file names its schema.
SCHEMAS = ".schema"

_DECK = """\
# yaml-language-server: $schema=../.schema/deck.json
deck: {name}             # the deck's key: never change it
seed: {seed}             # tells it from other people's decks of this key: never change it
title: "{title}"         # the name in Anki: frozen at the first build
description: "What this deck teaches."
tags:
  basics: "What everything else builds on"
"""

_CARDS = """\
# yaml-language-server: $schema=../.schema/cards.json
tags: [basics]
cards:
  - id: spacing-effect       # never change an id: learners' progress hangs on it
    q: "Why do spaced reviews beat one long session?"
    a: "Each recall from fading memory strengthens it."
    note: "Markdown works: *emphasis*, `code`, tables, $x^2$, H~2~O."

  - id: testing-effect
    cloze: "Recalling a fact strengthens it more than {{c1::rereading}} it."

  - id: memory-stages
    q: "Which stages does a memory pass through?"
    list:                    # one card per member, each hidden in turn
      encoding: "Encoding"
      storage: "Storage"
      retrieval: "Retrieval"

  - id: tip-of-the-tongue
    after: [memory-stages]   # studied after that card
    q: "A forgotten name comes back an hour later. Which stage of memory had failed?"
    a: "Retrieval: the name was stored all the time."
"""

# git for Windows would change line ends in pictures that are text (SVG), and so their names in Anki.
_GIT = """\
media/** -text
deck.lock text eol=lf
"""


class BadName(Refused):
    """The name can't be a deck's key, or is taken; the message says why."""


def create(decks_dir: Path, name: str) -> list[Path]:
    """Write the deck `name` into a new folder of `decks_dir`; gives the files.

    Raises BadName when the name is not kebab-case ASCII or the folder exists and is not
    empty, stage.Busy, and OSError when it can't be written; then no file is left behind.
    """
    if not is_name(name):
        raise BadName(f"{name!r} can't be a deck's name: {name_hint(name)}")
    if name in RESERVED:
        raise BadName(
            f"{name!r} can't be a deck's name: Windows has no files of this name; choose another word"
        )
    folder = decks_dir / name
    if folder.exists() and not (folder.is_dir() and not any(folder.iterdir())):
        raise BadName(f"{folder.as_posix()} exists already")
    folder.mkdir(parents=True, exist_ok=True)
    title = name.replace("-", " ").capitalize()
    files = {
        "deck.yaml": _DECK.format(name=name, seed=new_seed(), title=title),
        "01-first.yaml": _CARDS,
        ".gitattributes": _GIT,
    }
    paths = {folder / file: text for file, text in files.items()}
    schemas = {"deck.json": schema.deck_schema(), "cards.json": schema.cards_schema()}
    # The decks of a folder share the schemas; those already there may be from a newer deckgen.
    paths |= {
        decks_dir / SCHEMAS / file: schema.as_text(made)
        for file, made in schemas.items()
        if not (decks_dir / SCHEMAS / file).exists()
    }
    with alone(decks_dir) as journal:
        return write_texts(paths, journal)
