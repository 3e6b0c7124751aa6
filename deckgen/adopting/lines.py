"""Lines of a field as a learner sees them, and how a browser sets the blanks in them.

Blanks have the marks that the words on both sides have in common, besides marks that are seen on blanks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from enum import Enum
from typing import NamedTuple

from deckgen.adopting.elements import Marks

NONE: Marks = frozenset()
CODE = ("code", "")
#: Marks that are seen on blanks.
_ON_BLANKS = ("a", "code", "styled", "u", "s", "mark", "class", "background")

_BLANKS = re.compile("([ \t\n]+|\u00a0+)")
_BREAK, _RUN = re.compile("[ \t]*\n[ \t\n]*"), re.compile("[ \t]{2,}|\t")
_ENDS = " \n\u00a0"


class PieceKind(Enum):
    """What a piece of a line is."""

    WORDS = "words"
    PICTURE = "picture"
    SOUND = "sound"
    FORMULA = "formula"
    RUBY = "ruby"
    DELETION = "deletion"


class Piece(NamedTuple):
    """A piece of a line. `value` is the words, a file's name, TeX, or a sign of a deletion as typed; `more`
    is the description of a picture, the dollars of a formula, or the reading over words.
    """

    kind: PieceKind
    value: str
    marks: Marks = NONE
    more: str = ""


class Block(NamedTuple):
    """A part of the page in which a line lies.

    `number` tells one from the next of its `name`: "quote", "ul", "ol", "h", "pre", "cell", "hr". `item` is
    the number of an item, the level of a heading, the row of a cell; `more` is a cell's column and kind.
    """

    name: str
    number: int
    item: int = 0
    more: tuple[int, str, str] = (0, "", "")


class Line(NamedTuple):
    """A line; `gap` is how many empty lines stand above it in the same block or list."""

    blocks: tuple[Block, ...]
    pieces: tuple[Piece, ...]
    gap: int = 0


def alike(one: Sequence[Line], other: Sequence[Line]) -> bool:
    """Whether two fields are seen alike: a line break of the file is a blank."""
    return one == other or [_blank(line) for line in one] == [_blank(line) for line in other]


def _blank(line: Line) -> Line:
    pieces = tuple([piece._replace(value=piece.value.replace("\n", " ")) for piece in line.pieces])
    return line._replace(pieces=pieces)


def exact(pieces: list[Piece]) -> tuple[Piece, ...]:
    """A line in which each blank counts."""
    merged: list[Piece] = []
    for piece in pieces:
        _add(merged, piece._replace(marks=piece.marks - {CODE}))
    return tuple(merged)


def tidied(pieces: list[Piece], *, breaks: bool) -> tuple[Piece, ...]:
    """A line as a browser sets it: runs of blanks are one, and none stands at the ends."""
    if not breaks and all(piece.marks == pieces[0].marks for piece in pieces):
        return tuple(_of_one_look(pieces))
    parts: list[Piece] = []
    for piece in pieces:
        if piece.kind is not PieceKind.WORDS:
            parts.append(piece)
            continue
        for value in _BLANKS.split(piece.value):
            if not value:
                continue
            if value[0] in " \t\n":
                if not breaks and (not parts or _is_blank(parts[-1], " \n")):
                    continue
                soft = "\n" if "\n" in value and CODE not in piece.marks else " "
                parts.append(Piece(PieceKind.WORDS, value if breaks else soft, piece.marks))
            else:
                parts.append(piece._replace(value=value))
    while parts and _is_blank(parts[-1], _ENDS):
        parts.pop()
    merged: list[Piece] = []
    for part in _with_common_marks(parts):
        _add(merged, part)
    return tuple(merged)


def _of_one_look(pieces: list[Piece]) -> Iterator[Piece]:
    """The same, quicker, for pieces with the same marks, as most lines have."""
    merged: list[Piece] = []
    for piece in pieces:
        _add(merged, piece)
    for number, piece in enumerate(merged):
        value = piece.value
        if piece.kind is PieceKind.WORDS:
            value = _RUN.sub(" ", _BREAK.sub(" " if CODE in piece.marks else "\n", value))
            value = value if number else value.lstrip(" \n")
            value = value if number < len(merged) - 1 else value.rstrip(_ENDS)
        if value:
            yield piece if value == piece.value else piece._replace(value=value)


def _is_blank(piece: Piece, blanks: str) -> bool:
    return piece.kind is PieceKind.WORDS and not piece.value.strip(blanks)


def _with_common_marks(parts: list[Piece]) -> Iterator[Piece]:
    """The parts of a line; blanks have the marks of the words on both sides, besides those seen on blanks."""
    before = NONE
    for number, part in enumerate(parts):
        if not _is_blank(part, _ENDS):
            before = part.marks
            yield part
            continue
        near = parts[number + 1 : number + 4]
        behind = next((one.marks for one in near if not _is_blank(one, _ENDS)), NONE)
        own = [mark for mark in part.marks if mark[0] in _ON_BLANKS]
        common = [mark for mark in before & behind if mark[0] not in _ON_BLANKS]
        yield part._replace(marks=frozenset(own + common))


def _add(merged: list[Piece], piece: Piece) -> None:
    """Put a piece behind the others; words with the same marks become one piece."""
    if merged and piece.kind is PieceKind.WORDS is merged[-1].kind and piece.marks == merged[-1].marks:
        merged[-1] = piece._replace(value=merged[-1].value + piece.value)
    else:
        merged.append(piece)
