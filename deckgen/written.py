"""Texts, and how they are written in their files: from characters of a text to places.

YAML gives a scalar's value and where it begins and ends. To find the place of a single
word in it, its characters are read again here, with their places. The result counts only
if it gives exactly the value that YAML gave. So a way of writing that is not known here
(a tag, a rare escape) loses the exact place, but never gives a wrong one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from deckgen.finding import Place
from deckgen.fixed import fixed

_ESCAPES = {
    "0": "\0", "a": "\a", "b": "\b", "t": "\t", "\t": "\t", "n": "\n", "v": "\v", "f": "\f", "r": "\r",
    "e": "\x1b", " ": " ", '"': '"', "/": "/", "\\": "\\", "N": "\x85", "_": "\xa0",
    "L": "\u2028", "P": "\u2029",
}  # fmt: skip
_HEX = {"x": 2, "u": 4, "U": 8}

#: Where YAML 1.1 ends a line, as libyaml counts them.
LINE_END = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
#: A character, where it is written (line and column from 0), and how many characters that takes.
_Mark = tuple[str, int, int, int]


@dataclass(frozen=True, slots=True, eq=False)
class File:
    """A file: its name in findings, and its text or its lines."""

    shown: str
    content: str | Sequence[str] = ()

    @property
    def lines(self) -> Sequence[str]:
        """Its lines as YAML counts them."""
        return lines_of(self.content) if isinstance(self.content, str) else self.content


@lru_cache(maxsize=4)  # all lines of 100,000 cards would take 30 MB more, and few are asked for
def lines_of(text: str) -> list[str]:
    """The lines of a text as libyaml counts them, without their ends."""
    if any(end in text for end in "\r\x85\u2028\u2029"):
        return LINE_END.split(text)
    return text.split("\n")  # the same, and ten times as fast


# It works out its place late: a card has eight texts, and few places are needed.
@fixed
class Text:
    """What the author typed, and where: lines and columns from 0, `style` as YAML names it.

    It is Markdown, or `html` where its author says so. Two texts that say the same in the same way are
    equal, wherever they stand.
    """

    value: str
    file: File = field(compare=False, repr=False)
    style: str = field(default="", compare=False, repr=False)
    line: int = field(default=0, compare=False, repr=False)
    column: int = field(default=0, compare=False, repr=False)
    end_line: int = field(default=0, compare=False, repr=False)
    end_column: int = field(default=0, compare=False, repr=False)
    html: bool = field(default=False, repr=False)

    @property
    def plain(self) -> bool:
        """Whether it stands without quotes."""
        return not self.style

    @property
    def place(self) -> Place:
        """Where it begins."""
        return Place(self.file.shown, self.line + 1, self.column + 1)

    @property
    def whole(self) -> Place:
        """The place of all of it, without quotes."""
        return self.span(0, len(self.value))

    @property
    def rest(self) -> str:
        """What stands behind it on its last line, such as a comment."""
        return (
            self.file.lines[self.end_line][self.end_column :] if self.end_line < len(self.file.lines) else ""
        )

    def span(self, start: int, end: int) -> Place:
        """Where the characters `start` to `end` are written; if on several lines, the part on the first.

        When that can't be told, it is the text's beginning, without a width.
        """
        if 0 <= start < len(self.value) and self._stands_as_it_is():
            column = self.column + bool(self.style) + start
            width = min(max(end, start + 1), len(self.value)) - start
            return Place(self.file.shown, self.line + 1, column + 1, width)
        read, marks = self._marks()
        if read != self.value or not 0 <= start < len(read):
            return self.place
        _, line, column, _ = marks[start]
        reach = [mark[2] + mark[3] for mark in marks[start : max(end, start + 1)] if mark[1] == line]
        return Place(self.file.shown, line + 1, column + 1, max(reach) - column)

    def characters_at(self, place: Place) -> tuple[int, int] | None:
        """Which characters are written at a place: their beginning and end."""
        read, marks = self._marks()
        first = place.column - 1
        inside = [
            index
            for index, (_, row, start, wide) in enumerate(marks)
            if row == place.line - 1 and wide and first <= start < first + place.width
        ]
        return (inside[0], inside[-1] + 1) if inside and read == self.value else None

    def characters(self) -> tuple[str, Sequence[_Mark]]:
        """The value as it is read again here, and its characters with the lines and columns where they stand.

        They count only if it is the value that YAML gave.
        """
        return self._marks()

    def _stands_as_it_is(self) -> bool:
        """Whether it is written on one line without escapes: any escape is longer than its sign."""
        if self.line != self.end_line or self.line >= len(self.file.lines) or self.style in ("|", ">"):
            return False
        quotes = bool(self.style)
        row = self.file.lines[self.line]
        return row[self.column + quotes : self.end_column - quotes] == self.value

    def _marks(self) -> tuple[str, list[_Mark]]:
        return _read(self.file, self.style, self.line, self.column, self.end_line, self.end_column)


@fixed
class _Written:
    """A scalar as it stands in the `lines` of its file; places from 0."""

    lines: Sequence[str]
    style: str
    line: int
    column: int
    end_line: int
    end_column: int

    def characters(self) -> Iterator[_Mark]:
        """Every character of the value, with its place."""
        return self._block() if self.style in ("|", ">") else self._flow()

    def _rows(self) -> Iterator[tuple[int, int, str]]:
        """(line, column, text) of what stands on each line of a scalar, without its quotes."""
        quotes = int(bool(self.style))
        for number in range(self.line, self.end_line + 1):
            row = self.lines[number] if number < len(self.lines) else ""
            start = self.column + quotes if number == self.line else 0
            end = self.end_column - quotes if number == self.end_line else len(row)
            yield number, start, row[start:end]

    def _flow(self) -> Iterator[_Mark]:
        """Read plain and quoted texts: a line break is a blank, or as many breaks as empty lines follow."""
        empty = 0
        joined = True  # there is nothing to join before the first line, or after an escaped break
        for number, start, row in self._rows():
            first, last = number == self.line, number == self.end_line
            text = row if first else row.lstrip(" \t")
            column = start + len(row) - len(text)
            broken = self.style == '"' and not last and _ends_in_escape(text)
            if not last and not broken:
                text = text.rstrip(" \t")
            if not text and not first and not last:
                empty += 1
                continue
            if not first and (text or last):
                if empty:
                    yield from (("\n", number, column, 0) for _ in range(empty))
                elif not joined:
                    yield " ", number, column, 0
            empty, joined = 0, broken
            yield from self._characters(text[:-1] if broken else text, number, column)

    def _characters(self, text: str, line: int, column: int) -> Iterator[_Mark]:
        position = 0
        while position < len(text):
            value, width = text[position], 1
            if self.style == "'" and text.startswith("''", position):
                width = 2
            elif self.style == '"' and value == "\\" and position + 1 < len(text):
                value, width = _escape(text, position)
            yield value, line, column + position, width
            position += width

    def _block(self) -> Iterator[_Mark]:
        """Read literal and folded blocks, as long as all their lines are indented alike."""
        last = self.end_line if self.end_column else self.end_line - 1
        rows = [
            (number, self.lines[number])
            for number in range(self.line + 1, last + 1)
            if number < len(self.lines)
        ]
        filled = [row for _, row in rows if row.strip(" ")]
        if not filled:
            return
        header = self.lines[self.line][self.column :].split("#")[0]
        indent = min(len(row) - len(row.lstrip(" ")) for row in filled)
        while rows and not rows[-1][1].strip(" ") and "+" not in header:
            rows.pop()
        empty = 0
        for index, (number, row) in enumerate(rows):
            text = row[indent:]
            if self.style == ">" and index:
                if not text:
                    empty += 1
                    continue
                yield from (("\n", number, min(indent, len(row)), 0) for _ in range(empty))
                if not empty:
                    yield " ", number, min(indent, len(row)), 0
                empty = 0
            for offset, character in enumerate(text):
                yield character, number, indent + offset, 1
            if self.style == "|" and (index < len(rows) - 1 or "-" not in header):
                yield "\n", number, len(row), 0
        if self.style == ">" and "-" not in header:
            yield "\n", rows[-1][0], len(rows[-1][1]), 0


@lru_cache(maxsize=16)
def _read(file: File, style: str, *spot: int) -> tuple[str, list[_Mark]]:
    # Cached, because the findings of one rule about one text come one after the other.
    marks = list(_Written(file.lines, style, *spot).characters())
    return "".join(mark[0] for mark in marks), marks


def _ends_in_escape(text: str) -> bool:
    """Whether a line of a double-quoted text ends in a backslash that is not itself escaped."""
    return (len(text) - len(text.rstrip("\\"))) % 2 == 1


def _escape(text: str, position: int) -> tuple[str, int]:
    letter = text[position + 1]
    digits = _HEX.get(letter, 0)
    if digits:
        code = text[position + 2 : position + 2 + digits]
        try:
            return chr(int(code, 16)), 2 + digits
        except (ValueError, OverflowError):
            return "\ufffd", 2
    return _ESCAPES.get(letter, "\ufffd"), 2
