"""Edits of card files that leave every other byte as it is.

An edit puts a piece of text in at a place, or replaces another piece there.
The places come from the nodes, so comments, quotes, order and line ends stay.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from deckgen.finding import Refused
from deckgen.reading import media, tree
from deckgen.reading.keys import some
from deckgen.reading.load import DECK_FILE
from deckgen.written import LINE_END, Text


class CantEdit(Refused):
    """There is nothing to edit, or it would be wrong; the message says why."""


@dataclass(frozen=True, slots=True)
class _Entry:
    """A card in a file: its mapping, and the scalar of its id."""

    path: Path
    node: tree.Mapping
    id: Text


@dataclass(frozen=True, slots=True)
class _Splice:
    """Replace `old`, which must stand at this line and column (from 1), by `text`."""

    path: Path
    line: int
    column: int
    old: str
    text: str
    inserts: bool = False

    @property
    def order(self) -> int:
        """A number that sorts edits from right to left; a key goes in behind an id before the id changes."""
        return self.column + (len(self.old) if self.inserts else 0)


def rename(folder: Path, old: str, new: str, built: bool) -> dict[Path, str]:
    """Rename the card `old` to `new`; gives the new texts of the card files by path.

    A card that was `built` gets `was: old`. When the card already has its new id,
    only that line is added. References in `after:` and `see:` follow. Raises
    CantEdit when there is no such card, or the new id is taken.
    """
    entries = list(_entries(folder))
    holders = {entry.id.value: entry for entry in entries}
    _refuse_twice(entries, (old, new))
    if old in holders and new in holders:
        raise CantEdit(f"there is a card `{new}` already")
    entry = holders.get(old) or holders.get(new)
    if entry is None:
        raise CantEdit(f"there is neither a card `{old}` nor a card `{new}`")
    splices = [] if old not in holders else [_replace_word(entry.path, entry.id, old, new)]
    before = entry.node.get("was")
    if built and isinstance(before, Text):
        splices.append(_replace_word(entry.path, before, before.value, old))
    elif built:
        splices.append(_insert_key(entry.path, entry.node, "id", f"was: {old}"))
    for other in entries:
        for key in ("after", "see"):
            splices += [
                _replace_word(other.path, scalar, old, new) for scalar in _scalars(other.node.get(key), old)
            ]
    return _apply(splices)


def retire(
    folder: Path, card: str, since: str, reason: Mapping[str, str], until: str | None = None
) -> dict[Path, str]:
    """Write `retired:` into the card `card`; gives the new texts of the card files by path.

    `reason` is by language; a single reason under the empty language serves all. Raises
    CantEdit when there is no such card, or it is retired already.
    """
    entry = _entry(folder, card)
    if "retired" in entry.node:
        hint = ": write `until:` beside its `since:`" if until else ""
        raise CantEdit(f"the card `{card}` is retired already{hint}")
    if "" in reason:
        words = _quoted(reason[""])
    else:
        words = "{" + ", ".join(f"{lang}: {_quoted(text)}" for lang, text in reason.items()) + "}"
    end = f", until: {_quoted(until)}" if until else ""
    text = f"retired: {{since: {_quoted(since)}, reason: {words}{end}}}"
    return _apply([_insert_key(entry.path, entry.node, "id", text)])


def languages(folder: Path, card: str, every: tuple[str, ...]) -> tuple[str, ...]:
    """Which of the deck's languages, `every`, a card has. Raises CantEdit when there is no such card."""
    only = _entry(folder, card).node.get("only")
    nodes = only.items if isinstance(only, tree.Sequence) else [only]
    return tuple(node.value for node in nodes if isinstance(node, Text)) or every


def fork(deck_file: Path, key: str, seed: str, titles: Mapping[str, str]) -> dict[Path, str]:
    """Give deck.yaml another key, seed and title; gives its new text by path.

    `titles` are by language; the empty language stands for a deck without languages. Raises CantEdit.
    """
    root, findings = tree.read(deck_file, deck_file.as_posix())
    if findings or not isinstance(root, tree.Mapping):
        raise CantEdit(f"{deck_file.as_posix()} can't be read; `deckgen check` tells why")
    splices = [_replace_scalar(deck_file, root.get("deck"), key)]
    if "seed" in root:
        splices.append(_replace_scalar(deck_file, root.get("seed"), seed))
    else:
        splices.append(_insert_key(deck_file, root, "deck", f"seed: {seed}"))
    title = root.get("title")
    for lang, text in titles.items():
        node = title.get(lang) if isinstance(title, tree.Mapping) else title
        splices.append(_replace_scalar(deck_file, node, _quoted(text)))
    return _apply(splices)


def _replace_scalar(path: Path, node: tree.Node | None, text: str) -> _Splice:
    """Replace a scalar and its quotes by `text`. Raises CantEdit when it is written in any other way."""
    if not isinstance(node, Text):
        raise CantEdit(_BY_HAND.format(path=path.as_posix(), line=1))
    return _Splice(path, node.place.line, node.place.column, _written(path, node), text)


def _written(path: Path, scalar: Text) -> str:
    """A scalar of one line as it stands in the file: with its quotes."""
    lines = path.read_bytes().decode("utf-8-sig").splitlines()
    quote = lines[scalar.place.line - 1][scalar.place.column - 1 :][:1]
    quote = quote if quote in "\"'" else ""
    return f"{quote}{scalar.value}{quote}"


def ids(folder: Path) -> set[str]:
    """The ids of a deck's cards. Raises CantEdit when a file can't be read."""
    return {entry.id.value for entry in _entries(folder)}


def _entry(folder: Path, card: str) -> _Entry:
    entries = list(_entries(folder))
    _refuse_twice(entries, (card,))
    entry = next((entry for entry in entries if entry.id.value == card), None)
    if entry is None:
        raise CantEdit(f"there is no card `{card}`")
    return entry


def _refuse_twice(entries: Sequence[_Entry], names: tuple[str, ...]) -> None:
    """Raise CantEdit when several cards have one of the ids: it is not clear which is meant."""
    for name in names:
        places = [f"{one.path.as_posix()}:{one.id.place.line}" for one in entries if one.id.value == name]
        if len(places) > 1:
            raise CantEdit(f"several cards have the id `{name}`: {some(places)}; give each its own first")


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _entries(folder: Path) -> Iterator[_Entry]:
    for path in media.in_order(folder):
        if path.suffix != ".yaml" or path.name == DECK_FILE or path.name.startswith("."):
            continue
        root, findings = tree.read(path, path.as_posix())
        if findings:
            raise CantEdit(f"{path.as_posix()} can't be read; `deckgen check` tells why")
        cards = root.get("cards") if isinstance(root, tree.Mapping) else None
        for node in cards.items if isinstance(cards, tree.Sequence) else ():
            card_id = node.get("id") if isinstance(node, tree.Mapping) else None
            if isinstance(node, tree.Mapping) and isinstance(card_id, Text):
                yield _Entry(path, node, card_id)


def _scalars(node: tree.Node | None, value: str) -> Iterator[Text]:
    nodes = node.items if isinstance(node, tree.Sequence) else [node]
    for item in nodes:
        if isinstance(item, Text) and item.value == value:
            yield item


def _replace_word(path: Path, scalar: Text, old: str, new: str) -> _Splice:
    """Replace a word and keep its quotes: ids have no character that YAML would escape."""
    column = scalar.place.column + (not scalar.plain)
    return _Splice(path, scalar.place.line, column, old, new)


def _insert_key(path: Path, node: tree.Mapping, behind: str, text: str) -> _Splice:
    """Insert a key after another one: on a line of its own, or in the same braces."""
    key, value = node.entries[behind]
    line = value.place.line
    if key.place.line != line or not isinstance(value, Text):
        raise CantEdit(_BY_HAND.format(path=path.as_posix(), line=line))
    written = _written(path, value)
    if node.flow:
        return _Splice(path, line, value.place.column, written, f"{written}, {text}", inserts=True)
    below = "\n" + " " * (key.place.column - 1) + text
    return _Splice(path, line, value.place.column, written + _REST_OF_LINE, below, inserts=True)


_BY_HAND = "{path}:{line}: this is written in a way that can't be edited safely: do it by hand"
# Stands for the rest of the line, mostly a comment, which stays where it is.
_REST_OF_LINE = "\0"


def _apply(splices: list[_Splice]) -> dict[Path, str]:
    """The texts of the files after all splices.

    Raises CantEdit when a text is not written as expected, or when more of the YAML than
    the edit would change: anchors, tags, escapes and block scalars must be edited by hand.
    """
    texts: dict[Path, str] = {}
    unique = set(splices)  # an alias makes the same splice twice
    for splice in sorted(unique, key=lambda one: (one.line, one.order), reverse=True):
        text = texts.get(splice.path)
        if text is None:
            text = splice.path.read_bytes().decode("utf-8")
        texts[splice.path] = _splice(text, splice)
    for path, text in texts.items():
        if tree.parse(text.removeprefix("\ufeff"), path.as_posix())[1]:
            raise CantEdit(_BY_HAND.format(path=path.as_posix(), line=1))
    return texts


def _splice(text: str, splice: _Splice) -> str:
    # Nodes count lines as YAML does.
    parts = LINE_END.split(text)
    endings = [*LINE_END.findall(text), ""]
    body = parts[splice.line - 1]
    ending = endings[splice.line - 1] or endings[0] or "\n"
    # YAML does not count a byte order mark as a column.
    start = splice.column - 1 + int(splice.line == 1 and body.startswith("\ufeff"))
    old = splice.old.removesuffix(_REST_OF_LINE)
    after = body[start + len(old) : start + len(old) + 1]
    if body[start : start + len(old)] != old or after not in ("", " ", ",", "]", "}", '"', "'"):
        raise CantEdit(_BY_HAND.format(path=splice.path.as_posix(), line=splice.line))
    if splice.old.endswith(_REST_OF_LINE):
        new = body + splice.text.replace("\n", ending)
    else:
        new = body[:start] + splice.text + body[start + len(old) :]
    parts[splice.line - 1] = new
    return "".join(part + end for part, end in zip(parts, endings, strict=True))
