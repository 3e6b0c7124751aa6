"""What a learner sees of a field: lines of words with marks, pictures, sounds and formulas, lists, tables.

Two fields that are seen alike have equal lines. What is not seen is not there: which of several elements says
the same (`<b>`, `<strong>`), blanks that a browser takes out, attributes without a look, the margins of
blocks beside each other. An empty line is seen wherever it stands, also at the end.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from urllib.parse import unquote

from deckgen.adopting import anki_marks, tree
from deckgen.adopting.anki_marks import MARK
from deckgen.adopting.elements import BLOCKS, INLINE, Mark, Marks, said, styled
from deckgen.adopting.lines import CODE, NONE, Block, Line, Piece, PieceKind, exact, tidied
from deckgen.adopting.look import Look
from deckgen.adopting.unsayable import Unsayable
from deckgen.markup.markdown import is_safe_link

#: Marks of which the inner one may win: who can tell, once they lie in each other?
_COLOURED = ("class", "color", "background", "mark")
_SCRIPTS = {("sub", ""), ("sup", "")}

_REMOTE = re.compile(r"[a-z][a-z0-9+.-]*:|//", re.IGNORECASE)


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
    walk.finish()
    return tuple(walk.lines)


class _Open:
    """An open block. A list, a table and a row are no blocks of a line; their items and cells are.

    `count` is the number of the last item, row or cell in it, and `whole` the list or table that has it.
    `above` is how many empty lines stand above an item or cell.
    """

    __slots__ = ("above", "count", "filled", "item", "more", "name", "number", "whole")

    def __init__(
        self, name: str, item: int = 0, whole: _Open | None = None, more: tuple[int, str, str] = (0, "", "")
    ) -> None:
        self.name, self.item, self.more = name, item, more
        self.whole = whole or self
        self.above = self.count = self.number = 0
        self.filled = False

    @property
    def is_part(self) -> bool:
        """Whether it is an item or a cell."""
        return self.whole is not self


_NO_BLOCKS = ("list", "table", "row")
# Browsers show these bold.
_BOLD_BLOCKS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6", "th"))


class _Walk:
    """One walk over the events of a field."""

    def __init__(self, look: Look, anki: list[anki_marks.Mark]) -> None:
        self.lines: list[Line] = []
        self._look = look
        self._anki = anki
        self._pieces: list[Piece] = []
        self._marks = NONE
        self._open: list[_Open] = []
        # For each open element its name, the marks before it, and how many blocks were open.
        self._frames: list[tuple[str, Marks, int]] = []
        self._empty = 0
        self._margin = False
        self._counts: dict[str, int] = {}
        self._ruby: list[str] | None = None

    # -- texts ------------------------------------------------------------------------------

    def text(self, text: str) -> None:
        if self._open and self._open[-1].name in _NO_BLOCKS:
            if text.strip():
                raise Unsayable("a list or table with text beside its items")
            if "\u00a0" in text:
                self._words("\u00a0")
        elif self._ruby is not None:
            self._in_ruby(text, self._ruby)
        else:
            for number, part in enumerate(MARK.split(text)):
                if number % 2:
                    self._mark(part)
                elif part:
                    self._words(part)

    def _words(self, text: str) -> None:
        for number, part in enumerate(text.split("\n") if self._look.breaks or self._in_pre() else (text,)):
            if number:
                self.flush(broken=True)
            if part:
                self._pieces.append(Piece(PieceKind.WORDS, part, self._marks))

    def _in_pre(self) -> bool:
        return any(block.name == "pre" for block in self._open)

    def _mark(self, hidden: str) -> None:
        if hidden[0] != anki_marks.BEGIN:
            self._pieces.append(Piece(PieceKind.DELETION, anki_marks.shown(hidden), self._marks - {CODE}))
            return
        mark = self._anki[int(hidden[1:-1])]
        if not mark.sign:
            self._pieces.append(Piece(PieceKind.SOUND, mark.value, self._marks))
        elif CODE in self._marks or self._in_pre():
            self._words(mark.typed)  # MathJax leaves code alone
        else:
            self._pieces.append(Piece(PieceKind.FORMULA, mark.value, self._marks, mark.sign))

    def _in_ruby(self, text: str, below: list[str]) -> None:
        if MARK.search(text):
            raise Unsayable("a reading with a deletion or formula")
        name = self._frames[-1][0]
        if name == "rt":
            self._pieces.append(Piece(PieceKind.RUBY, "".join(below).strip(), self._marks, text.strip()))
            below.clear()
        elif name != "rp":
            below.append(text)

    # -- elements ---------------------------------------------------------------------------

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        found = said(name, attributes, self._look)
        self._frames.append((name, self._marks, len(self._open)))
        if self._ruby is not None and name not in ("rb", "rt", "rp"):
            raise Unsayable("a reading with elements in it")
        if name not in INLINE and name not in BLOCKS:
            raise Unsayable(f"`<{name}>`")
        own = styled(name, self._look)
        if mark := INLINE.get(name):
            own.add((mark, ""))
        if name == "a" and "href" in attributes:
            own.add(self._link(attributes["href"]))
        if own or found.marks or found.without:
            self._put_on(own, found.marks, found.without)
        if name in BLOCKS:
            self.flush()
            self._block(name, attributes, found.align)
        elif name == "br":
            self.flush(broken=True)
        elif name == "img":
            self._picture(attributes)
        elif name == "ruby":
            self._ruby = []

    def _put_on(self, own: set[Mark], styles: set[Mark], without: set[Mark]) -> None:
        """Begin the marks of an element itself, and those of its class and style, which may win over them."""
        if ("b", "") in without and not _BOLD_BLOCKS.isdisjoint(frame[0] for frame in self._frames):
            raise Unsayable("words of a heading that are not bold")
        colours = {name for name, _ in styles if name in ("color", "background")}
        around = own | {mark for mark in self._marks if mark[0] not in colours}
        names = {name for name, _ in around}
        # What a class does may hang on what it lies in.
        inner = {
            (name, " ".join([more, *sorted(names)]) if name == "class" else more) for name, more in styles
        }
        self._marks = frozenset((around | inner) - without)
        looks = [name for name, _ in self._marks if name in _COLOURED]
        if (len(looks) > 1 and set(looks) != {"color", "background"}) or (without and "class" in looks):
            raise Unsayable("words with two looks")
        if own & _SCRIPTS and self._frames[-1][1] & _SCRIPTS:
            raise Unsayable("a subscript or superscript in another one")

    def _link(self, address: str) -> Mark:
        if not is_safe_link(address):
            raise Unsayable(f"a link to `{address}`")
        if any(name in ("a", "mark") for name, _ in self._marks):
            raise Unsayable("a link within marked words")
        # Links have a colour of their own.
        self._marks = frozenset(mark for mark in self._marks if mark[0] != "color")
        return ("a", address)

    def _picture(self, attributes: Mapping[str, str]) -> None:
        source, words = self._back(attributes.get("src", "")), self._back(attributes.get("alt", ""))
        if not source or _REMOTE.match(source):
            raise Unsayable("a picture from elsewhere" if source else "a picture without a file")
        self._pieces.append(Piece(PieceKind.PICTURE, unquote(source), self._marks, " ".join(words.split())))

    def _back(self, value: str) -> str:
        """An attribute with its marks as they were typed."""
        parts = MARK.split(value)
        for number in range(1, len(parts), 2):
            if parts[number][0] != anki_marks.BEGIN:
                raise Unsayable("a deletion in a tag")
            parts[number] = self._anki[int(parts[number][1:-1])].typed
        return "".join(parts)

    def _block(self, name: str, attributes: Mapping[str, str], align: str) -> None:
        match BLOCKS[name]:
            case "p":
                self._margin = True
            case "list":
                self._list(name, attributes.get("start", "1"))
            case "item":
                around = self._counted("list", "an item without a list")
                self._part(_Open(around.more[1], around.count, around))
            case "row":
                around = self._counted("table", "a row without a table")
                self._open.append(_Open("row", around.count, around))
            case "cell":
                around = self._counted("row", "a cell without a table")
                self._part(_Open("cell", around.item, around.whole, (around.count, name, align)))
            case "":
                pass
            case kind:
                self._open.append(_Open(kind, int(name[1]) if kind == "h" else 0))
                if kind == "hr":
                    self._emit(())

    def _part(self, part: _Open) -> None:
        part.above, self._empty = self._empty, 0
        self._open.append(part)

    def _counted(self, name: str, fault: str) -> _Open:
        """The innermost block, which must be a `name`, and counts one more."""
        if not self._open or self._open[-1].name != name:
            raise Unsayable(fault)
        self._open[-1].count += 1
        return self._open[-1]

    def _list(self, name: str, start: str) -> None:
        last = self._open[-1] if self._open else None
        if last is not None and last.name == "list":
            # Anki's editor puts a list behind the item to which it belongs.
            if not last.filled:
                raise Unsayable("a list in a list, without an item")
            self._open.append(_Open(last.more[1], last.count, last))
        if not start.isdecimal() or len(start) > 6:
            raise Unsayable(f"a list that starts with `{start}`")
        opened = _Open("list", more=(0, name, ""))
        opened.count = int(start) - 1
        self._open.append(opened)

    def end(self) -> None:
        name, marks, opened = self._frames.pop()
        if name == "ruby" and self._ruby is not None:
            rest, self._ruby = "".join(self._ruby), None
            self._words(rest)
        if name in BLOCKS:
            self.flush()
            if name == "p":
                self._margin = True
            elif name in ("li", "td", "th"):
                self._end_part()
            elif name == "pre":
                self._without_last_lines()
        del self._open[opened:]
        self._marks = marks

    # -- lines ------------------------------------------------------------------------------

    def flush(self, *, broken: bool = False) -> None:
        """End the line; `broken` where a break says so, even if nothing stands on it."""
        in_pre = self._in_pre()
        pieces = exact(self._pieces) if in_pre else tidied(self._pieces, breaks=self._look.breaks)
        # A line is as high with blanks that no browser takes out as with words.
        broken = broken or (not in_pre and any(self._stays(piece.value) for piece in self._pieces))
        self._pieces = []
        if pieces or (broken and in_pre):
            self._emit(pieces)
        elif broken:
            self._empty += 1

    def _stays(self, blanks: str) -> bool:
        return self._look.breaks or "\u00a0" in blanks

    def finish(self) -> None:
        """End the last line. Empty lines at the end are a line without anything, if there is any other."""
        self.flush()
        if self._empty and self.lines:
            self.lines.append(Line((), (), self._empty - 1))

    def _end_part(self) -> None:
        """End an item or a cell. An empty line at the end of an item stands above what comes next."""
        part = self._open[-1]
        if not part.filled:
            # The first of them stands beside the mark of the item.
            more, self._empty = max(self._empty - 1, 0), 0
            self._emit(())
            self._empty = more
        if part.name == "cell" and self._empty:
            self._emit(())

    def _emit(self, pieces: tuple[Piece, ...]) -> None:
        part = self._open[-1] if self._open else None
        inside, self._empty = self._empty, 0
        if inside and part is not None and part.is_part and not part.filled:
            # Beside the mark of an item stands its first line, also if that is empty.
            self._emit(())
            inside -= 1
        between = inside + sum(block.above for block in self._open if not block.filled)
        blocks = tuple([self._named(block) for block in self._open if block.name not in _NO_BLOCKS])
        last = self.lines[-1].blocks if self.lines else None
        if last is not None and (blocks == last or _are_items(blocks, last)):
            between += self._margin
        self.lines.append(Line(blocks, pieces, between))
        self._margin = False

    def _named(self, block: _Open) -> Block:
        """A block with its number; an item and a cell have that of their list or table."""
        if not block.whole.number:
            self._counts[block.name] = self._counts.get(block.name, 0) + 1
            block.whole.number = self._counts[block.name]
        block.filled = block.whole.filled = True
        return Block(block.name, block.whole.number, block.item, block.more)

    def _without_last_lines(self) -> None:
        """A block of code ends with its last line that has something on it."""
        depth = sum(block.name not in _NO_BLOCKS for block in self._open) - 1
        while self.lines and not self.lines[-1].pieces and self._is_in(self.lines[-1], depth):
            self.lines.pop()

    def _is_in(self, line: Line, depth: int) -> bool:
        return len(line.blocks) > depth and line.blocks[depth][:2] == ("pre", self._open[-1].number)


def _are_items(blocks: tuple[Block, ...], last: tuple[Block, ...]) -> bool:
    """Whether a line lies in an item, and the one before in another of the same list."""
    depth = len(blocks) - 1
    return (
        depth >= 0
        and blocks[-1].name in ("ul", "ol")
        and blocks[:-1] == last[:depth]
        and [block[:2] for block in last[depth : depth + 1]] == [blocks[-1][:2]]
    )
