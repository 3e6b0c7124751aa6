"""Folders become decks: finds the files, reads and parses them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from deckgen import media, source
from deckgen.deck import Deck
from deckgen.diagnostic import Diagnostic, Place, has_errors
from deckgen.parse import Parser

DECK_FILE = "deck.yaml"


class NoDecks(Exception):
    """There is nothing to work on; the message says what to do about it."""


def find_folders(source_dir: Path, names: Iterable[str] = ()) -> list[Path]:
    """The deck folders of `source_dir`, in name order; with `names`, only those.

    Raises NoDecks when the folder is missing, holds no deck, or lacks a named one.
    """
    if not source_dir.is_dir():
        raise NoDecks(
            f"there is no folder {source_dir.as_posix()}; `deckgen new NAME` makes one with a small deck"
        )
    folders = sorted(
        path
        for path in source_dir.iterdir()
        if path.is_dir() and not path.name.startswith(".") and _has_yaml(path)
    )
    if not folders:
        raise NoDecks(f"there is no deck in {source_dir.as_posix()}; `deckgen new NAME` makes a small one")
    # `cards_source/french/`, as a shell completes it, means the same as `french`.
    wanted = [Path(name).name for name in names]
    present = {folder.name: folder for folder in folders}
    for name in wanted:
        if name not in present:
            raise NoDecks(
                f"there is no deck {name} in {source_dir.as_posix()}; there are: {', '.join(present)}"
            )
    return [present[name] for name in sorted(set(wanted))] if wanted else folders


def _has_yaml(folder: Path) -> bool:
    return any(path.suffix.lower() in (".yaml", ".yml") for path in folder.iterdir())


def load(folder: Path) -> tuple[Deck | None, list[Diagnostic]]:
    """One deck and all findings about the shape of its files.

    The deck is None when `deck.yaml` is unusable; cards with findings are left out.
    """
    shown = folder.as_posix()
    parser = Parser()
    deck_file = folder / DECK_FILE
    if not deck_file.is_file():
        hint = "every deck folder has a deck.yaml; `deckgen new` shows one"
        return None, [Diagnostic(Place(f"{shown}/{DECK_FILE}"), "K02", "is missing", hint)]
    node, findings = source.read(deck_file, f"{shown}/{DECK_FILE}")
    deck = parser.deck(node, f"{shown}/{DECK_FILE}", folder) if node is not None or not findings else None
    if deck is None:
        return None, findings + parser.findings
    cards = []
    for path in sorted(folder.iterdir()):
        if path.name.startswith(".") or path.name == DECK_FILE:
            continue
        if path.suffix.lower() in (".yml", ".yaml") and path.suffix != ".yaml":
            message = "is not read: card files end in .yaml"
            findings.append(
                Diagnostic(Place(path.as_posix()), "K10", message, f"rename it to {path.stem}.yaml")
            )
        elif path.suffix == ".yaml":
            node, found = source.read(path, path.as_posix())
            findings += found
            if node is not None or not found:
                cards += parser.cards(node, path.as_posix(), deck)
    files, found = media.list_files(folder / media.FOLDER, f"{shown}/{media.FOLDER}")
    findings += found
    if not cards and not findings and not parser.findings:
        hint = "add a card file, such as 01-first.yaml, with `cards:`"
        findings.append(Diagnostic(Place(f"{shown}/{DECK_FILE}"), "K10", "the deck has no cards", hint))
    findings += parser.findings
    return replace(deck, cards=tuple(cards), media=files, complete=not has_errors(findings)), findings
