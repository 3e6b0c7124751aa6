"""Write another value into a text of a YAML file, with as few other characters as can be.

The text stays as it is written, be it plain, quoted or a block, as long as that can say the new value.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice, takewhile

from deckgen.reading import tree
from deckgen.written import Text

_PLAIN_KEY = re.compile(r"(?!(?:yes|no|true|false|on|off|null)\Z)[A-Za-z][\w-]*(?: [\w-]+)*", re.IGNORECASE)
_KEY = re.compile(r"""([ -]*)(?:[\w-]+|"[^"\\]*"): *""")
_PIECES = re.compile(r"[^\W_]+|\s|.", re.DOTALL)
#: At most so many pairs of pieces are compared: difflib's time grows with their product, and worse.
_PAIRS = 250_000
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"}
# What double quotes can't hold as it is, or nobody would see.
_ESCAPED = re.compile('[\\\\"\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff]')


@dataclass(frozen=True, slots=True)
class Splice:
    """Replace what stands from one line and column (from 0) to another by `text`."""

    line: int
    column: int
    end_line: int
    end_column: int
    text: str


def quoted(text: str) -> str:
    """A text between double quotes, as YAML reads it."""

    def escaped(found: re.Match[str]) -> str:
        return _ESCAPES.get(found[0]) or f"\\u{ord(found[0]):04x}"

    return f'"{_ESCAPED.sub(escaped, text)}"'


def as_key(name: str) -> str:
    """The name of a field as a key: plain where no reader of YAML takes it for something else."""
    return name if _PLAIN_KEY.fullmatch(name) else quoted(name)


def rewritten(scalar: Text, new: str, *, flow: bool) -> Splice | None:
    """The splice that gives a text the value `new`; None when it is written in a way that can't be edited.

    `flow` says whether it stands in braces or brackets, where a text without quotes must end sooner.
    """
    place = _Place.of(scalar)
    block = None if flow else _as_block(place, new)
    for written in (*([block] if block else []), *_ways(place, new)):
        if _reads(written, new, flow=flow, html=scalar.html):
            first, last, text = _large(place.written, written)
            return Splice(*place.at(first), *place.at(last), text)
    return None


class _No(Exception):
    """A way of writing can't say this text."""


@dataclass(frozen=True, slots=True)
class _Place:
    """A scalar as it is written, and where in that each character of its value begins and ends."""

    scalar: Text
    written: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    indent: str

    @staticmethod
    def of(scalar: Text) -> _Place:
        lines = scalar.file.lines
        rows = [*lines[scalar.line : scalar.end_line + 1]]
        if scalar.end_line < len(lines):
            rows[-1] = rows[-1][: scalar.end_column]
        rows[0] = rows[0][scalar.column :]
        begins, at = [], 0
        for row in rows:
            begins.append(at)
            at += len(row) + 1
        first = scalar.column

        def offset(line: int, column: int) -> int:
            return begins[line - scalar.line] + column - (first if line == scalar.line else 0)

        read, marks = scalar.characters()
        if read != scalar.value:
            marks = []
        starts = tuple(offset(line, column) for _, line, column, _ in marks)
        ends = tuple(start + width for start, (_, _, _, width) in zip(starts, marks, strict=True))
        inner = next((mark for mark in marks if mark[0] != "\n"), None)
        indent = " " * inner[2] if inner is not None and scalar.style in ("|", ">") else ""
        return _Place(scalar, "\n".join(rows), starts, ends, indent)

    def at(self, offset: int) -> tuple[int, int]:
        """The line and column of a character of the written scalar."""
        before = self.written[:offset]
        line = before.count("\n")
        column = len(before) - before.rfind("\n") - 1
        return self.scalar.line + line, column + (0 if line else self.scalar.column)

    def changed(self, changes: list[tuple[int, int, str]]) -> str:
        """The scalar with characters of its value replaced. Raises _No."""
        written, value = self.written, self.scalar.value
        for start, end, text in reversed(changes):
            one, two = self._range(start, end)
            written = written[:one] + self._said(text, more=value[end : end + 1]) + written[two:]
        return written

    def _range(self, start: int, end: int) -> tuple[int, int]:
        """Where the characters `start` to `end` stand; a blank that a line break stands for has no width."""
        if not self.starts:
            raise _No
        if start < len(self.starts) and self.ends[start] > self.starts[start]:
            one = self.starts[start]
        else:
            one = self.ends[start - 1] if start else self.starts[0]
        if end == start:
            return one, one
        return one, max(one, self.ends[end - 1] if self._is_wide(end - 1) else self._next(end))

    def _is_wide(self, index: int) -> bool:
        return self.ends[index] > self.starts[index]

    def _next(self, index: int) -> int:
        return self.starts[index] if index < len(self.starts) else self.ends[-1]

    def _said(self, text: str, more: str) -> str:
        """A text in the style of the scalar; `more` is the character behind it."""
        match self.scalar.style:
            case '"':
                return quoted(text)[1:-1]
            case "|":
                said = re.sub(r"\n(?=[^\n])", f"\n{self.indent}", text)
                return said + self.indent if text.endswith("\n") and more not in ("", "\n") else said
            case style:
                if "\n" in text:
                    raise _No
                return text.replace("'", "''") if style == "'" else text


def _as_block(place: _Place, new: str) -> str | None:
    """A text on one line behind its key as a block, as people write it, when it gets a second line."""
    scalar = place.scalar
    row = scalar.file.lines[scalar.line]
    key = _KEY.fullmatch(row[: scalar.column])
    is_alone = key is not None and scalar.line == scalar.end_line and not row[scalar.end_column :].strip()
    if key is None or not is_alone or "\n" not in new or "\n" in scalar.value:
        return None
    indent = " " * (len(key[1]) + 2)
    behind = takewhile(_is_nothing, islice(scalar.file.lines, scalar.line + 1, None))
    if any(row.startswith(indent) for row in behind):  # they would be lines of the block
        return None
    return "|-" + "".join(f"\n{indent}{line}" if line else "\n" for line in new.split("\n"))


def _is_nothing(row: str) -> bool:
    """Whether a line is empty or a comment."""
    return row.lstrip()[:1] in ("", "#")


def _ways(place: _Place, new: str) -> Iterator[str]:
    """How the scalar may be written with its new value, the way that changes least first."""
    # The last line breaks stay: a block ends with one, behind which nothing more can be put.
    rest = min(len(text) - len(text.rstrip("\n")) for text in (place.scalar.value, new))
    old, inner = (text[: len(text) - rest] for text in (place.scalar.value, new))
    for changes in (_small(old, inner), [_large(old, inner)], [(0, len(old), inner)]):
        try:
            yield place.changed(changes)
        except _No:
            continue
    ending = re.search(r"(?:\n[ \t]*)*\Z", place.written)  # empty lines are none of the block
    block = place.scalar.style in ("|", ">") and ending is not None
    yield quoted(new) + (ending[0] if block and ending is not None else "")


def _small(old: str, new: str) -> list[tuple[int, int, str]]:
    """The pieces that differ."""
    one, two = _PIECES.findall(old), _PIECES.findall(new)
    if len(one) * len(two) > _PAIRS:
        return [_large(old, new)]
    starts = [0]
    for piece in one:
        starts.append(starts[-1] + len(piece))
    return [
        (starts[a], starts[b], "".join(two[c:d]))
        for tag, a, b, c, d in difflib.SequenceMatcher(None, one, two, autojunk=False).get_opcodes()
        if tag != "equal"
    ]


def _large(old: str, new: str) -> tuple[int, int, str]:
    """All from the first character that differs to the last."""
    most = min(len(old), len(new))
    first = next((at for at in range(most) if old[at] != new[at]), most)
    last = next((at for at in range(most - first) if old[-1 - at] != new[-1 - at]), most - first)
    return first, len(old) - last, new[first : len(new) - last]


def _reads(written: str, new: str, *, flow: bool, html: bool) -> bool:
    """Whether YAML reads a text as `new` where it stands."""
    tag = f"{tree.HTML_TAG} " if html else ""
    node, findings = tree.parse(f"{{k: {tag}{written}}}" if flow else f"k: {tag}{written}", "")
    if findings or not isinstance(node, tree.Mapping) or len(node.entries) != 1:
        return False
    value = node.get("k")
    return isinstance(value, Text) and (value.value, value.html) == (new, html) and not value.rest.strip(" }")
