"""Turn folders into decks: find the files, read and parse them."""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from deckgen.deck import Card, Deck
from deckgen.finding import Finding, Place, Refused, has_errors
from deckgen.reading import look, media, note_type_file, tree
from deckgen.reading.card_file import card_file
from deckgen.reading.deck_file import head
from deckgen.reading.values import Enough, Values

DECK_FILE = "deck.yaml"


class NoDecks(Refused):
    """There is nothing to work on; the message says what to do about it."""


def find_folders(decks_dir: Path) -> dict[str, Path]:
    """The deck folders of `decks_dir` by name, in name order.

    Raises NoDecks when the folder is missing, can't be read or holds no deck.
    """
    shown = decks_dir.as_posix()
    try:
        decks_dir.stat()
    except FileNotFoundError:
        raise NoDecks(
            f"there is no folder {shown} here; go to the folder that holds it, "
            "or make a deck with `deckgen new NAME`"
        ) from None
    except OSError as error:  # such as a link that leads to itself
        raise NoDecks(f"the folder {shown} can't be read: {error.strerror}") from None
    if not decks_dir.is_dir():
        raise NoDecks(f"{shown} is a file, not a folder of decks")
    try:
        folders = {path.name: path for path in media.in_order(decks_dir) if _is_deck(path)}
    except OSError as error:
        raise NoDecks(f"the folder {shown} can't be read: {error.strerror}") from None
    if not folders:
        raise NoDecks(f"there is no deck in {shown}; `deckgen new NAME` makes a small one")
    return folders


def choose(folders: dict[str, Path], names: Iterable[str]) -> dict[str, Path]:
    """Those of `folders` that are in `names`, or all of them when there are no names.

    `cards_source/french/`, as a shell completes it, means the same as `french`, and so does
    `.` in that folder. Raises NoDecks for a name that is not among `folders`.
    """
    wanted = {Path(os.path.realpath(name)).name if name[-1:] == "." else Path(name).name for name in names}
    for name in sorted(wanted - folders.keys()):
        raise NoDecks(f"there is no deck folder {name}; there are: {', '.join(folders)}")
    return {name: folder for name, folder in folders.items() if name in wanted or not wanted}


def _is_deck(folder: Path) -> bool:
    if folder.name.startswith(".") or not folder.is_dir():
        return False
    try:
        return any(path.suffix.lower() in (".yaml", ".yml") for path in folder.iterdir())
    except OSError:
        return True  # loading it will report what is wrong


def read_head(folder: Path) -> Deck | None:
    """What deck.yaml alone says, if it is usable; what is wrong with it is not reported."""
    path = folder / DECK_FILE
    return _head(Values(), tree.read(path, path.as_posix())[0], path.as_posix(), folder)


def _head(values: Values, node: tree.Node | None, shown: str, folder: Path) -> Deck | None:
    with suppress(Enough):
        return head(values, node, shown, folder)
    return None


class Kept(Protocol):
    """Takes over the cards of files that an earlier run read; see `shelf.Shelf`."""

    def begin(self, deck: Deck) -> None:
        """Say what card files are read by: a deck with its note types, and without cards."""

    def find(self, shown: str, content: bytes) -> tuple[Card, ...] | None:
        """The cards of a file, if they were read from the same content before."""

    def put(self, shown: str, content: bytes, cards: Iterable[Card]) -> None:
        """Keep the cards that were read from a file in which nothing was found."""


def load(folder: Path, kept: Kept | None = None) -> tuple[Deck | None, list[Finding]]:
    """One deck and all findings about the shape of its files.

    The deck is None when `deck.yaml` is unusable; cards with findings are left out.
    """
    shown = folder.as_posix()
    try:
        paths = media.in_order(folder)
    except OSError as error:
        return None, [_unreadable(error, folder)]
    deck_file = folder / DECK_FILE
    if deck_file not in paths:
        other = next((path.name for path in paths if path.name.lower() in ("deck.yml", "deck.yaml")), "")
        hint = (
            f"rename {other} to it" if other else "every deck folder has a deck.yaml; `deckgen new` shows one"
        )
        return None, [Finding(Place(f"{shown}/{DECK_FILE}"), "K02", "is missing", hint)]
    values = Values()
    node, findings = tree.read(deck_file, f"{shown}/{DECK_FILE}")
    deck = _head(values, node, f"{shown}/{DECK_FILE}", folder) if node is not None or not findings else None
    if deck is None:
        return None, findings + values.findings
    try:
        files, found = media.list_files(
            folder / media.FOLDER,
            f"{shown}/{media.FOLDER}",
            is_adopted=deck.adopted is not None,
            is_trusted=deck.trusted is not None,
        )
    except OSError as error:
        return None, [_unreadable(error, folder)]
    cards: list[Card] = []
    with suppress(Enough):
        deck = _with_note_types(deck, values, findings)
        if kept is not None:
            kept.begin(deck)
        for path in paths:
            if not path.name.startswith(".") and path != deck_file:
                cards += _card_file(path, deck, values, findings, kept)
    style, about_style = look.style(folder)
    findings += values.findings + found + about_style
    if not cards and not has_errors(findings):
        hint = "add a card file, such as 01-first.yaml, with `cards:`"
        findings.append(Finding(Place(f"{shown}/{DECK_FILE}"), "K10", "the deck has no cards", hint))
    whole = not has_errors(findings)
    return replace(deck, cards=tuple(cards), media=files, style=style, complete=whole), findings


def _with_note_types(deck: Deck, values: Values, findings: list[Finding]) -> Deck:
    try:
        types, found = note_type_file.read(values, deck.folder, deck.languages)
    except OSError as error:
        types, found = {}, [_unreadable(error, deck.folder)]
    findings += found
    return replace(deck, note_types=types)


def _unreadable(error: OSError, folder: Path) -> Finding:
    place = Place(Path(error.filename or folder).as_posix())
    return Finding(place, "Y05", f"can't be read: {error.strerror}", "correct its permissions")


def _card_file(
    path: Path, deck: Deck, values: Values, findings: list[Finding], kept: Kept | None
) -> Iterable[Card]:
    """The cards of a file, if it is a card file; names that are nearly right are told, all others ignored."""
    if path.suffix == ".yaml":
        return _cards(path, deck, values, findings, kept)
    if path.is_dir() and path.name not in (media.FOLDER, note_type_file.FOLDER) and _is_deck(path):
        message = "is not read: card files lie beside deck.yaml, not in a folder below it"
        findings.append(Finding(Place(path.as_posix()), "K10", message, "move the files up"))
    elif path.suffix.lower() == ".css" and path.name != look.STYLE:
        message = f"is not read: the deck's style sheet is called {look.STYLE}"
        findings.append(Finding(Place(path.as_posix()), "K10", message, f"rename it to {look.STYLE}"))
    elif path.suffix.lower() in (".yml", ".yaml"):
        message = "is not read: card files end in .yaml"
        findings.append(Finding(Place(path.as_posix()), "K10", message, f"rename it to {path.stem}.yaml"))
    return []


def _cards(
    path: Path, deck: Deck, values: Values, findings: list[Finding], kept: Kept | None
) -> Iterable[Card]:
    shown = path.as_posix()
    content, about_file = tree.taken(path, shown)
    findings += about_file
    if content is None:
        return []
    if kept is not None and (known := kept.find(shown, content)) is not None:
        return known
    node, found = tree.decoded(content, shown)
    findings += found
    before = len(values.findings)
    cards = card_file(values, node, shown, deck) if node is not None or not found else []
    if kept is not None and not found and len(values.findings) == before:
        kept.put(shown, content, cards)
    return cards
