r"""Show marks of Markdown as text when they mark nothing, such as the `1906.` of an answer that is a year.

CommonMark turns `1906.` into an empty list, `>` into an empty quotation, `***` into a line across, and a
line above `=` into a heading; what the author typed is lost. Here these marks stay text, in quotations and
items as well:

- the mark of an item, when its list has one item that is empty or has only such marks in it, or when it
  is a list of bullets that are all empty;
- a number, when its list begins with neither 0 nor 1 (`01.` does not count as 1), its second item does
  not count on, and it does not go on from the list before;
- `#`, `>` and the fences of code, when nothing or only such marks come after them;
- an underline of one or two signs;
- a line across, when it is all that a text, an item or a quotation has.

Placeholders hide such marks from the library: control characters, which occur in no text (parse refuses
them). Each stands for one sign, so that all places stay the same. The signs next to them keep their
meaning, because the mark of a block has blanks around it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

_SIGNS = ".)-+*_#=>`~"
_HIDDEN = bytes(range(0x0E, 0x0E + len(_SIGNS)))
_HIDE = bytes.maketrans(_SIGNS.encode(), _HIDDEN)
_SHOW = str.maketrans(_HIDDEN.decode(), _SIGNS)
_SHOW_IN_HTML = _SHOW | {_HIDDEN[_SIGNS.index(">")]: "&gt;"}

# A line that begins with a mark of a block. Nearly all texts have none, and need no further look.
_MARK = re.compile(
    r"^[ \t]*(?:[>#=]|(?:[-+*]|[0-9]{1,9}[.)])(?=[ \t\n]|\Z)|```|~~~|(?:--|([-*_])(?:[ \t]*\1){2,})[ \t]*$)",
    re.MULTILINE,
)
# All marks at the beginning of a line.
_LEADING = re.compile(
    rb"^[ \t]*(?:(?:>|(?:[-+*_=#]+|[0-9]{1,9}[.)])(?=[ \t\n]|\Z)|`{3,}|~{3,})[ \t]*)+", re.MULTILINE
)
_ITEM = re.compile(rb"[ \t]*(?:[-+*]|([0-9]{1,9})[.)])")
_ATX = re.compile(rb"#{1,6}(?=[ \t\n]|\Z)")
_UNDERLINE = re.compile(rb"(?<![=-])(?:==?|--?)[ \t\n]*\Z")
# After so many looks, all marks at the beginnings of lines count as text. Each look reads the whole text, and
# may uncover another mark: in a column of `-`, the next line, which then underlines the one above.
_LOOKS = 8

_BLOCKS = frozenset(("List", "Item", "BlockQuote", "Heading", "CodeBlock"))

#: Gives the events of Markdown, each with its place in bytes.
Read = Callable[[str], Iterable[tuple[Any, dict[str, int]]]]
_Span = tuple[int, int]


@dataclass(slots=True)
class _Block:
    """An open block: what it is, where it stands, and what has been found in it so far."""

    name: str
    start: int = 0
    end: int = 0
    #: How many parts are in it, and how many marks without a number that are text.
    parts: int = 0
    bare: int = 0
    rules: list[_Span] = field(default_factory=list)
    #: The items, if it is a list.
    items: list[_Block] = field(default_factory=list)


def as_meant(text: str, read: Read) -> str:
    """`text` with placeholders for marks that mark nothing, or `text` itself when there are none.

    `shown` and `shown_in_html` put the marks back, once Markdown is done.
    """
    return _as_meant(text, read) if _MARK.search(text) else text


# The checks and the renderer ask for each text in turn, several times in a run.
@lru_cache(maxsize=20_000)
def _as_meant(text: str, read: Read) -> str:
    data = bytearray(text.encode())
    meant = text
    for _ in range(_LOOKS):
        spans = list(_Look(data).idle(read(meant)))
        if not spans:
            return meant
        for start, end in spans:
            data[start:end] = data[start:end].translate(_HIDE)
        meant = data.decode()
    return _LEADING.sub(lambda match: match[0].translate(_HIDE), data).decode()


def shown(text: str) -> str:
    """`text` with the marks put back for their placeholders."""
    return text.translate(_SHOW)


def shown_in_html(html: str) -> str:
    """The same for HTML."""
    return html.translate(_SHOW_IN_HTML)


class _Look:
    """One look at the blocks of a text."""

    def __init__(self, data: bytearray) -> None:
        self._data = data
        self._open = [_Block("")]
        self._counted = -1  # the last number of the numbered list before

    def idle(self, events: Iterable[tuple[Any, dict[str, int]]]) -> Iterator[_Span]:
        """The places of marks that mark nothing."""
        for event, place in events:
            name, value = event.popitem() if isinstance(event, dict) else (event, None)
            block = self._open[-1]
            if name == "End":
                if _name(value) == block.name:
                    yield from self._close(self._open.pop())
                continue
            if block.name != "CodeBlock" or str(value).strip():
                block.parts += 1
            if name == "Rule":
                block.rules.append((place["start"], place["end"]))
            elif name == "Start" and _name(value) in _BLOCKS:
                self._open.append(_Block(_name(value), place["start"], place["end"]))
        yield from self._close(self._open.pop())

    def _close(self, block: _Block) -> Iterator[_Span]:
        if not block.parts and self._data.find(b"]:", block.start, block.end) >= 0:
            block.parts = 1  # a definition that a link may use
        if block.rules and len(block.rules) == block.parts:
            block.parts, block.bare = 0, 1
            yield from block.rules
        if block.name == "Item":
            self._open[-1].items.append(block)
        elif block.name == "List":
            yield from self._list(block.items)
        elif block.name == "Heading":
            yield from self._heading(block)
        elif block.name and not block.parts:
            # Inside other blocks, the next lines begin with the marks of those blocks.
            alone = len(self._open) == 1 or block.name == "CodeBlock"
            yield block.start, block.end if alone else block.start + 1
            self._is_bare(block.name == "BlockQuote")

    def _is_bare(self, bare: bool) -> None:
        """Note that the block just closed has only marks, and so is no part of the block around it."""
        self._open[-1].parts -= bare
        self._open[-1].bare += bare

    def _heading(self, block: _Block) -> Iterator[_Span]:
        if _ATX.match(self._data, block.start):
            if not block.parts:
                yield block.start, block.end
                self._is_bare(True)
        elif underline := _UNDERLINE.search(self._data, block.start, block.end):
            yield underline.span()

    def _list(self, items: list[_Block]) -> Iterator[_Span]:
        found = [mark for item in items if (mark := _ITEM.match(self._data, item.start))]
        numbered = found[0][1] is not None
        if not any(item.parts for item in items) and (
            len(items) == 1 or not (numbered or any(item.bare for item in items))
        ):
            first = len(found)
            self._is_bare(not numbered)
        elif numbered:
            first = self._uncounted([mark[1] for mark in found])
        else:
            first = 0
        for mark in found[:first]:
            yield mark.end() - 1, mark.end()

    def _uncounted(self, typed: list[bytes]) -> int:
        """How many numbers at the beginning of a list are text. A list can't show the zero of `01.`"""
        numbers = [int(one) for one in typed]
        for first, number in enumerate(numbers):
            begins = number in (0, 1, self._counted + 1) and typed[first] == b"%d" % number
            if begins or numbers[first + 1 : first + 2] == [number + 1]:
                self._counted = number + len(numbers) - first - 1
                return first
        return len(numbers)


def _name(part: Any) -> str:
    return part if isinstance(part, str) else str(next(iter(part)))
