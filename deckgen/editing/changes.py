"""Several changes to one card file at once, each to a place of its own; every other byte stays.

What comes out is read again: it counts only if the YAML says what it said before, apart from the changes.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from deckgen.editing.edit import CantEdit
from deckgen.editing.mend import line_starts
from deckgen.editing.scalars import Splice, as_key, rewritten
from deckgen.reading import tree
from deckgen.written import LINE_END, Text


@dataclass(frozen=True, slots=True)
class Set:
    """Give a text another value. `flow` says whether it stands in braces or brackets."""

    text: Text
    value: str
    flow: bool


@dataclass(frozen=True, slots=True)
class Add:
    """Put a key into a mapping behind another one, or behind all; `written` is its value as YAML."""

    node: tree.Mapping
    key: str
    written: str
    behind: str = ""


@dataclass(frozen=True, slots=True)
class Drop:
    """Take a key and what stands under it out of a mapping."""

    node: tree.Mapping
    key: str


@dataclass(frozen=True, slots=True)
class AddItem:
    """Put words, as YAML, behind the last one of a list, or between the brackets of an empty one."""

    node: tree.Sequence
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DropItem:
    """Take a word out of a list that has others."""

    node: tree.Sequence
    word: str


@dataclass(frozen=True, slots=True)
class AddCard:
    """Put cards behind the last one of a file, each as its lines without the hyphen and indentation."""

    node: tree.Sequence
    cards: tuple[tuple[str, ...], ...]


_CLOSING = re.compile(r"\s*,?\s*[\]}]")

Change = Set | Add | Drop | AddItem | DropItem | AddCard


def changed(text: str, root: tree.Node, changes: Sequence[Change]) -> str:
    """The text of a file with all `changes`; `root` is what the text says.

    Raises CantEdit when one of them can't be made, or when more than the changes would change.
    """
    shared = {node for node, count in Counter(map(id, _nodes(root))).items() if count > 1}
    if any(id(change.text if isinstance(change, Set) else change.node) in shared for change in changes):
        raise CantEdit("something else shares it by an alias")
    lines = LINE_END.split(text.removeprefix("\ufeff"))
    ending = next(iter(LINE_END.findall(text)), "\n")
    starts = line_starts(text)
    # New cards come behind whatever is added to the last one.
    in_order = sorted(changes, key=lambda one: isinstance(one, AddCard))
    splices = sorted(
        (splice for change in in_order for splice in _splices(change, lines)),
        key=lambda one: (one.line, one.column),
    )
    new, rest = [], 0
    for splice in dict.fromkeys(splices):  # two languages may ask for the same
        start = _offset(starts, text, splice.line, splice.column)
        if start < rest:
            raise CantEdit("two changes touch each other")
        new += [text[rest:start], splice.text.replace("\n", ending)]
        rest = _offset(starts, text, splice.end_line, splice.end_column)
    made = "".join([*new, text[rest:]])
    read, findings = tree.parse(made.removeprefix("\ufeff"), "")
    if findings or read is None or _said(read, _Wanted(())) != _said(root, _Wanted(changes)):
        raise CantEdit("this is written in a way that can't be edited safely")
    return made


def _nodes(node: tree.Node) -> Iterator[tree.Node]:
    yield node
    if isinstance(node, Text):
        return
    for inner in (
        node.items if isinstance(node, tree.Sequence) else [value for _, value in node.entries.values()]
    ):
        yield from _nodes(inner)


def _offset(starts: Sequence[int], text: str, line: int, column: int) -> int:
    return starts[line] + column if line < len(starts) else len(text)


# -- where -------------------------------------------------------------------------------


def _splices(change: Change, lines: Sequence[str]) -> Iterator[Splice]:
    match change:
        case Set(text, value, flow):
            splice = rewritten(text, value, flow=flow)
            if splice is None:
                raise CantEdit("this text is written in a way that can't be edited safely")
            yield splice
        case Add(node, key, written, behind):
            yield _added(node, behind, f"{as_key(key)}: {written}", lines)
        case Drop(node, key):
            yield _dropped(node, key, lines)
        case AddItem(node, words):
            yield _listed(node, words, lines)
        case DropItem(node, word):
            yield _without(node, word, lines)
        case AddCard(node, cards):
            yield _cards(node, cards, lines)


def _texts(nodes: Iterable[tree.Node]) -> list[Text]:
    found = [node for node in nodes if isinstance(node, Text)]
    if not found:
        raise CantEdit("there is no text behind which to write")
    return found


def _added(node: tree.Mapping, behind: str, written: str, lines: Sequence[str]) -> Splice:
    key, value = node.entries.get(behind) or next(reversed(node.entries.values()), (None, None))
    if key is None or value is None:
        raise CantEdit("there is nothing behind which to write")
    line, column = _end(value, lines)
    if node.flow:
        return Splice(line, column, line, column, f", {written}")
    return _below(line, f"{' ' * key.column}{written}", lines)


def _listed(node: tree.Sequence, words: Iterable[str], lines: Sequence[str]) -> Splice:
    if not node.items:
        line, column = node.place.line - 1, node.place.column  # behind the bracket
        return Splice(line, column, line, column, ", ".join(words))
    last = _texts(node.items)[-1]
    if node.flow:
        written = "".join(f", {word}" for word in words)
        return Splice(last.end_line, last.end_column, last.end_line, last.end_column, written)
    row = lines[last.line]
    hyphen = row.rfind("-", 0, last.column)
    if row[:hyphen].strip() or row[hyphen + 1 : last.column].strip():
        raise CantEdit("this list is written in a way that can't be edited safely")
    return _below(last.end_line, "\n".join(f"{' ' * hyphen}- {word}" for word in words), lines)


def _below(line: int, row: str, lines: Sequence[str]) -> Splice:
    """A row of its own below a line."""
    if line + 1 < len(lines):
        return Splice(line + 1, 0, line + 1, 0, f"{row}\n")
    return Splice(len(lines) - 1, len(lines[-1]), len(lines) - 1, len(lines[-1]), f"\n{row}")


def _last_line(text: Text) -> int:
    """The last line on which something of a text stands."""
    if text.style not in ("|", ">"):
        return text.end_line
    read, marks = text.characters()
    if read != text.value or not marks:
        raise CantEdit("this text is written in a way that can't be edited safely")
    return max(line for _, line, _, _ in marks)


def _dropped(node: tree.Mapping, name: str, lines: Sequence[str]) -> Splice:
    key, value = node.entries[name]
    by_hand = CantEdit(f"`{name}:` can only be taken out by hand")
    line, column = _end(value, lines)
    before = lines[key.line][: key.column]
    if node.flow:
        kept = before.rstrip()
        if not kept.endswith(","):
            raise by_hand
        return Splice(key.line, len(kept) - 1, line, column, "")
    if before.strip() or lines[line][column:].strip():
        raise by_hand
    return Splice(key.line, 0, line + 1, 0, "")


def _end(node: tree.Node, lines: Sequence[str]) -> tuple[int, int]:
    """The line and column where a node ends. Raises CantEdit when that can't be told."""
    if isinstance(node, Text):
        line = _last_line(node)
        return line, len(lines[line]) if node.style in ("|", ">") else node.end_column
    inner = node.items if isinstance(node, tree.Sequence) else [value for _, value in node.entries.values()]
    if not inner:
        raise CantEdit("there is nothing behind which to write")
    line, column = _end(inner[-1], lines)
    if not node.flow:
        return line, column
    behind = _CLOSING.match(lines[line], column)
    if behind is None:
        raise CantEdit("this is written in a way that can't be edited safely")
    return line, behind.end()


def _without(node: tree.Sequence, word: str, lines: Sequence[str]) -> Splice:
    texts = _texts(node.items)
    at = next((place for place, text in enumerate(texts) if text.value == word), None)
    if at is None or len(texts) < 2 or len(texts) != len(node.items):
        raise CantEdit(f"`{word}` can only be taken out by hand")
    text = texts[at]
    if node.flow and at:
        before = texts[at - 1]
        return Splice(before.end_line, before.end_column, text.end_line, text.end_column, "")
    if node.flow:
        return Splice(text.line, text.column, texts[1].line, texts[1].column, "")
    if lines[text.line][: text.column].strip() != "-":
        raise CantEdit(f"`{word}` can only be taken out by hand")
    return Splice(text.line, 0, text.end_line + 1, 0, "")


def _cards(node: tree.Sequence, cards: Iterable[Sequence[str]], lines: Sequence[str]) -> Splice:
    """Cards at the end of the file, where the list of cards must end, too.

    Where the last one stands below an empty line, they do as well.
    """
    last = node.items[-1] if node.items else None
    if node.flow or not isinstance(last, tree.Mapping):
        raise CantEdit("the cards of this file are written in a way that can't be edited safely")
    first = next(iter(last.entries.values()))[0]
    hyphen = lines[first.line].rfind("-", 0, first.column)
    before = " " * hyphen
    above = first.line - 1
    while lines[above].lstrip().startswith("#"):  # what is said of the card
        above -= 1
    gap = "" if lines[above].strip() else "\n"
    written = "\n".join(
        gap
        + "\n".join(
            [f"{before}- {rows[0]}", *(f"{before}  {row}" if row.strip() else "" for row in rows[1:])]
        )
        for rows in cards
    )
    end = len(lines) - 1
    while end and not lines[end].strip():
        end -= 1
    return _below(end, written, lines)


# -- what it says ------------------------------------------------------------------------


class _Wanted:
    """The changes by the nodes that they are about."""

    def __init__(self, changes: Sequence[Change]) -> None:
        self.sets: dict[tuple[int, int], str] = {}
        self.adds: dict[int, list[tuple[str, tree.Node]]] = {}
        self.drops: dict[int, set[str]] = {}
        self.items: dict[int, list[tree.Node]] = {}
        for change in changes:
            match change:
                case Set(text, value, _):
                    self.sets[text.line, text.column] = value
                case Add(node, key, written, _):
                    self.adds.setdefault(id(node), []).append((key, _parsed(written)))
                case Drop(node, key):
                    self.drops.setdefault(id(node), set()).add(key)
                case AddItem(node, words):
                    self.items.setdefault(id(node), []).extend(map(_parsed, words))
                case DropItem(node, word):
                    self.drops.setdefault(id(node), set()).add(word)
                case AddCard(node, cards):
                    self.items.setdefault(id(node), []).extend(
                        _parsed("\n".join(rows), "\n") for rows in cards
                    )


def _parsed(written: str, before: str = " ") -> tree.Node:
    root, findings = tree.parse(f"k:{before}{written}" if before == " " else written, "")
    node = root.get("k") if isinstance(root, tree.Mapping) and before == " " else root
    if findings or node is None:
        raise CantEdit("this can't be written as YAML")
    return node


_NOTHING = _Wanted(())


def _said(node: tree.Node, wanted: _Wanted) -> object:
    """What a node says with the changes, as plain values. The keys of a mapping have no order."""
    if isinstance(node, Text):
        return wanted.sets.get((node.line, node.column), node.value), node.html
    gone = wanted.drops.get(id(node), ())
    if isinstance(node, tree.Sequence):
        kept = [item for item in node.items if not (isinstance(item, Text) and item.value in gone)]
        more = [_said(item, _NOTHING) for item in wanted.items.get(id(node), ())]
        return [*(_said(item, wanted) for item in kept), *more]
    found = {key: _said(value, wanted) for key, (_, value) in node.entries.items() if key not in gone}
    return found | {key: _said(value, _NOTHING) for key, value in wanted.adds.get(id(node), ())}
