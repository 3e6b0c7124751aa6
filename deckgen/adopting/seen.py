"""What a learner sees of a field: lines of words with marks, pictures, sounds, formulas, in lists and the like.

Two fields that are seen alike have equal lines. What is not seen is not there: which of several elements says
the same (`<b>`, `<strong>`), blanks that a browser takes out, attributes without a look, empty lines at
the ends and beside lists. Blanks have the marks that the words on both sides have in common, so that an
underlined blank between two words is not told from a plain one beside underlined words.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from typing import NamedTuple
from urllib.parse import unquote

from deckgen.adopting import anki_marks, tree
from deckgen.adopting.anki_marks import MARK
from deckgen.adopting.elements import BLOCKS, INLINE, checked, styled
from deckgen.adopting.look import Look
from deckgen.adopting.unsayable import Unsayable
from deckgen.markup.markdown import is_safe_link

#: A mark on words, and more about it: ("b", ""), ("a", "https://…").
Mark = tuple[str, str]
Marks = frozenset[Mark]
_NONE: Marks = frozenset()
#: Marks that blanks have of their own, because they are seen there.
_ON_BLANKS = ("a", "code", "styled")

_BLANKS = re.compile("([ \t\n]+|\u00a0+)")
_ENDS = " \n\u00a0"
_REMOTE = re.compile(r"[a-z][a-z0-9+.-]*:|//", re.IGNORECASE)


class Kind(Enum):
    """What a piece of a line is."""

    WORDS = "words"
    PICTURE = "picture"
    SOUND = "sound"
    FORMULA = "formula"
    DISPLAY = "display"
    RUBY = "ruby"
    OPEN = "open"
    HINT = "hint"
    CLOSE = "close"


_OF_ANKI = {
    anki_marks.Kind.SOUND: Kind.SOUND,
    anki_marks.Kind.FORMULA: Kind.FORMULA,
    anki_marks.Kind.DISPLAY: Kind.DISPLAY,
}


class Piece(NamedTuple):
    """A piece of a line. `value` is the words, a file's name, TeX, or a deletion's number; `more` is the
    description of a picture, or the reading over words.
    """

    kind: Kind
    value: str
    marks: Marks = _NONE
    more: str = ""


class Block(NamedTuple):
    """A part of the page in which a line lies.

    `number` tells one from the next of its `name`: "quote", "ul", "ol", "h", "pre", "cell", "hr". `index` is
    the number of an item, the level of a heading, the row of a cell; `more` is a cell's column and kind.
    """

    name: str
    number: int
    index: int = 0
    more: tuple[int, str, str] = (0, "", "")


class Line(NamedTuple):
    """A line; `gap` is how many empty lines stand between it and the line before, in the same block."""

    blocks: tuple[Block, ...]
    pieces: tuple[Piece, ...]
    gap: int = 0


def seen(html: str, look: Look, *, cloze: bool = False) -> tuple[Line, ...]:
    """The lines that a learner sees of a field. With `cloze`, Anki hides the deletions in it.

    Raises Unsayable for what can't be said in our Markdown, whatever stands around it.
    """
    hidden, marks = anki_marks.hide(unicodedata.normalize("NFC", html), cloze=cloze)
    walk = _Walk(look, marks)
    for event in tree.events(hidden):
        if isinstance(event, str):
            walk.text(event)
        elif isinstance(event, tree.Start):
            walk.start(event.name, event.attributes)
        else:
            walk.end()
    walk.flush()
    return tuple(walk.lines)


def alike(one: Sequence[Line], other: Sequence[Line]) -> bool:
    """Whether two fields are seen alike: a line break of the file is a blank."""
    return one == other or [_blank(line) for line in one] == [_blank(line) for line in other]


def _blank(line: Line) -> Line:
    pieces = tuple([piece._replace(value=piece.value.replace("\n", " ")) for piece in line.pieces])
    return line._replace(pieces=pieces)


class _Open:
    """An open block. A list and a table are no blocks of a line; their items and cells are."""

    __slots__ = ("filled", "index", "more", "name", "number", "within")

    def __init__(self, name: str, index: int = 0, within: _Open | None = None) -> None:
        self.name, self.index, self.within = name, index, within
        self.number = 0
        self.filled = False
        self.more: tuple[int, str, str] = (0, "", "")


_NO_LINES = ("list", "table", "row")


class _Walk:
    """One walk over the events of a field."""

    def __init__(self, look: Look, anki: list[anki_marks.Mark]) -> None:
        self.lines: list[Line] = []
        self._look = look
        self._anki = anki
        self._pieces: list[Piece] = []
        self._marks = _NONE
        self._open: list[_Open] = []
        # For each open element its name, the marks before it, and how many blocks were open.
        self._frames: list[tuple[str, Marks, int]] = []
        self._empty = 0
        self._margin = False
        self._counts: dict[str, int] = {}
        self._ruby: list[str] | None = None
        self._first_row = 0

    # -- texts ------------------------------------------------------------------------------

    def text(self, text: str) -> None:
        inner = self._open[-1].name if self._open else ""
        if inner in _NO_LINES:
            if text.strip():
                raise Unsayable("a list or table with text beside its items")
            return
        if self._ruby is not None:
            self._in_ruby(text)
            return
        for number, part in enumerate(MARK.split(text)):
            if number % 2:
                self._mark(part)
            elif part:
                self._words(part)

    def _words(self, text: str) -> None:
        if not self._keeps_lines():
            self._pieces.append(Piece(Kind.WORDS, text, self._marks))
            return
        for number, part in enumerate(text.split("\n")):
            if number:
                self.flush(broken=True)
            if part:
                self._pieces.append(Piece(Kind.WORDS, part, self._marks))

    def _in_code(self) -> bool:
        return ("code", "") in self._marks or any(block.name == "pre" for block in self._open)

    def _keeps_lines(self) -> bool:
        return self._look.breaks or any(block.name == "pre" for block in self._open)

    def _mark(self, hidden: str) -> None:
        if hidden[0] == "\x0e":
            self._pieces.append(Piece(Kind.OPEN, hidden[1:-1], self._marks - {("code", "")}))
        elif hidden[0] != "\x02":
            kind = Kind.HINT if hidden == anki_marks.HINT else Kind.CLOSE
            self._pieces.append(Piece(kind, "", self._marks - {("code", "")}))
        else:
            mark = self._anki[int(hidden[1:-1])]
            kind = _OF_ANKI[mark.kind]
            if kind is not Kind.SOUND and self._in_code():
                self._words(mark.typed)  # MathJax leaves code alone
            else:
                self._pieces.append(Piece(kind, mark.value, self._marks))

    def _in_ruby(self, text: str) -> None:
        assert self._ruby is not None
        if MARK.search(text):
            raise Unsayable("a reading with a deletion or formula")
        name = self._frames[-1][0]
        if name == "rt":
            self._pieces.append(Piece(Kind.RUBY, "".join(self._ruby).strip(), self._marks, text.strip()))
            self._ruby.clear()
        elif name != "rp":
            self._ruby.append(text)

    # -- elements ---------------------------------------------------------------------------

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        look = checked(name, attributes, self._look)
        self._frames.append((name, self._marks, len(self._open)))
        if self._ruby is not None and name not in ("rb", "rt", "rp"):
            raise Unsayable("a reading with elements in it")
        if name in INLINE:
            added = {(INLINE[name], "")} if INLINE[name] else set()
            if name == "a" and "href" in attributes:
                if not is_safe_link(attributes["href"]):
                    raise Unsayable(f"a link to `{attributes['href']}`")
                added = {("a", attributes["href"])}
            self._marks = (self._marks | added | styled(name, self._look) | look.marks) - look.without
            if name == "br":
                self.flush(broken=True)
            elif name == "img":
                self._picture(attributes)
            elif name == "ruby":
                self._ruby = []
            return
        if name not in BLOCKS:
            raise Unsayable(f"`<{name}>`")
        self._marks = (self._marks | styled(name, self._look) | look.marks) - look.without
        self.flush()
        self._block(name, attributes, look.align)

    def _picture(self, attributes: Mapping[str, str]) -> None:
        source, words = self._back(attributes.get("src", "")), self._back(attributes.get("alt", ""))
        if not source or _REMOTE.match(source):
            raise Unsayable("a picture from elsewhere" if source else "a picture without a file")
        self._pieces.append(Piece(Kind.PICTURE, unquote(source), self._marks, " ".join(words.split())))

    def _back(self, value: str) -> str:
        """An attribute with its marks as they were typed."""
        parts = MARK.split(value)
        for number in range(1, len(parts), 2):
            if parts[number][0] != "\x02":
                raise Unsayable("a deletion in a tag")
            parts[number] = self._anki[int(parts[number][1:-1])].typed
        return "".join(parts)

    def _block(self, name: str, attributes: Mapping[str, str], align: str) -> None:
        kind = BLOCKS[name]
        last = self._open[-1] if self._open else None
        if name == "p":
            self._margin = True
        elif kind == "list":
            self._list(name, attributes, last)
        elif name == "li":
            if last is None or last.name != "list":
                raise Unsayable("an item without a list")
            last.index += 1
            self._open.append(_Open(last.more[1], last.index, last))
        elif name in ("tr", "table"):
            if name == "table":
                self._first_row = len(self.lines)
            elif last is None or last.name != "table":
                raise Unsayable("a row without a table")
            self._open.append(_Open("row" if name == "tr" else "table", within=last))
        elif kind == "cell":
            if last is None or last.name != "row":
                raise Unsayable("a cell without a table")
            assert last.within is not None
            last.index += 1
            cell = _Open("cell", last.within.index, last.within)
            cell.more = (last.index, name, align)
            self._open.append(cell)
        elif kind == "hr":
            self._open.append(_Open("hr"))
            self._emit(())
        elif kind:
            self._open.append(_Open(kind, int(name[1]) if kind == "h" else 0))

    def _list(self, name: str, attributes: Mapping[str, str], last: _Open | None) -> None:
        if last is not None and last.name == "list":
            # Anki's editor puts a list behind the item to which it belongs.
            if not last.filled:
                raise Unsayable("a list in a list, without an item")
            self._open.append(_Open(last.more[1], last.index, last))
        start = attributes.get("start", "1")
        if not start.isdecimal() or len(start) > 6:
            raise Unsayable(f"a list that starts with `{start}`")
        opened = _Open("list", int(start) - 1)
        opened.more = (0, name, "")
        self._open.append(opened)

    def end(self) -> None:
        name, marks, opened = self._frames.pop()
        if name == "ruby" and self._ruby is not None:
            rest, self._ruby = "".join(self._ruby), None
            self._words(rest)
        if name in BLOCKS:
            self.flush()
            self._margin = self._margin or name == "p"
            if name in ("li", "td", "th") and not self._open[-1].filled:
                self._emit(())
            if name == "tr":
                table = self._open[-1].within
                assert table is not None
                table.index += 1
            elif name == "table":
                self._without_empty_head()
            elif name == "pre":
                self._without_last_lines()
        del self._open[opened:]
        self._marks = marks

    # -- lines ------------------------------------------------------------------------------

    def flush(self, *, broken: bool = False) -> None:
        """End the line; `broken` where a break says so, even if nothing stands on it."""
        in_pre = any(block.name == "pre" for block in self._open)
        pieces = _exact(self._pieces) if in_pre else _tidied(self._pieces, breaks=self._look.breaks)
        self._pieces = []
        if pieces or (broken and in_pre):
            self._emit(pieces)
        elif broken:
            self._empty += 1

    def _emit(self, pieces: tuple[Piece, ...]) -> None:
        blocks = tuple([self._named(block) for block in self._open if block.name not in _NO_LINES])
        last = self.lines[-1].blocks if self.lines else None
        between = self._empty + self._margin if blocks == last else 0
        self.lines.append(Line(blocks, pieces, between))
        self._empty, self._margin = 0, False

    def _named(self, block: _Open) -> Block:
        """A block with its number; an item and a cell have that of their list or table."""
        one = block.within if block.within is not None and block.name != "row" else block
        if not one.number:
            self._counts[block.name] = self._counts.get(block.name, 0) + 1
            one.number = self._counts[block.name]
        block.filled = one.filled = True
        return Block(block.name, one.number, block.index, block.more)

    def _without_last_lines(self) -> None:
        """A block of code ends with its last line that has something on it."""
        number = self._open[-1].number
        while (
            self.lines
            and not self.lines[-1].pieces
            and any(block[:2] == ("pre", number) for block in self.lines[-1].blocks)
        ):
            self.lines.pop()

    def _without_empty_head(self) -> None:
        """Leave out a first row of empty headings, which Markdown needs where a table has none."""
        depth = sum(block.name not in _NO_LINES for block in self._open)
        rows = self.lines[self._first_row :]
        head = [line for line in rows if len(line.blocks) > depth and line.blocks[depth].index == 0]
        if not head or len(head) == len(rows):
            return
        if all(not line.pieces and line.blocks[depth].more[1] == "th" for line in head):
            self.lines[self._first_row :] = [
                line._replace(
                    blocks=(
                        *line.blocks[:depth],
                        line.blocks[depth]._replace(index=line.blocks[depth].index - 1),
                        *line.blocks[depth + 1 :],
                    )
                )
                for line in rows[len(head) :]
            ]


def _exact(pieces: list[Piece]) -> tuple[Piece, ...]:
    """A line in which each blank counts."""
    merged: list[Piece] = []
    for piece in pieces:
        _add(merged, piece._replace(marks=piece.marks - {("code", "")}))
    return tuple(merged)


def _tidied(pieces: list[Piece], *, breaks: bool) -> tuple[Piece, ...]:
    """A line as a browser sets it: runs of blanks are one, and none stands at the ends."""
    parts: list[Piece] = []
    for piece in pieces:
        if piece.kind is not Kind.WORDS:
            parts.append(piece)
            continue
        for value in _BLANKS.split(piece.value):
            if not value:
                continue
            if value[0] in " \t\n":
                if not breaks and (not parts or _is_blank(parts[-1], " \n")):
                    continue
                soft = "\n" if "\n" in value and ("code", "") not in piece.marks else " "
                parts.append(Piece(Kind.WORDS, value if breaks else soft, piece.marks))
            else:
                parts.append(piece._replace(value=value))
    while parts and _is_blank(parts[-1], _ENDS):
        parts.pop()
    merged: list[Piece] = []
    for part in _with_common_marks(parts):
        _add(merged, part)
    return tuple(merged)


def _is_blank(piece: Piece, blanks: str) -> bool:
    return piece.kind is Kind.WORDS and not piece.value.strip(blanks)


def _with_common_marks(parts: list[Piece]) -> Iterator[Piece]:
    """The parts of a line; blanks have the marks of the words on both sides, besides those seen on blanks."""
    before = _NONE
    for number, part in enumerate(parts):
        if not _is_blank(part, _ENDS):
            before = part.marks
            yield part
            continue
        behind = next(
            (one.marks for one in parts[number + 1 : number + 4] if not _is_blank(one, _ENDS)), _NONE
        )
        own = {mark for mark in part.marks if mark[0] in _ON_BLANKS}
        yield part._replace(marks=own | {mark for mark in before & behind if mark[0] not in _ON_BLANKS})


def _add(merged: list[Piece], piece: Piece) -> None:
    """Put a piece behind the others; words with the same marks become one piece."""
    if merged and piece.kind is Kind.WORDS is merged[-1].kind and piece.marks == merged[-1].marks:
        merged[-1] = piece._replace(value=merged[-1].value + piece.value)
    else:
        merged.append(piece)
