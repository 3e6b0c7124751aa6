r"""Lines as a learner sees them become Markdown of ours.

What is written here is a good guess, not a promise: whether a mark is read as one depends on what stands
around it (`**a:**b` is no emphasis). So `convert` renders it again and compares. `Way` says how careful a
guess is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from deckgen.adopting.elements import OUR_CODE, Mark, Marks
from deckgen.adopting.lines import Block, Line, Piece, PieceKind
from deckgen.adopting.look import Look
from deckgen.adopting.seen import seen
from deckgen.adopting.unsayable import Unsayable
from deckgen.markup import notations, spans
from deckgen.markup.highlight import highlight


@dataclass(frozen=True, slots=True)
class Way:
    """How to write.

    `emphasis` is the sign for italics; without one, italic and bold words are spans. With `short`, `x^2^`
    will do. With `careful`, all punctuation gets a backslash.
    """

    emphasis: str = "*"
    short: bool = True
    careful: bool = False


#: The ways that are tried, the most readable first.
WAYS = (
    Way(),
    Way(short=False),
    Way("_", short=False),
    Way("", short=False),
    Way("_", short=False, careful=True),
    Way("", short=False, careful=True),
)

_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
# What may be read as a mark wherever it stands. A star or line between blanks, and a line in a word, is text.
_MARKS = re.compile(
    r"\\(?=[!-/:-@\[-`{-~]|\Z)|`|(?<![^\s])\*(?=\S)|(?<=\S)\*|(?<![^\W_])_|_(?![^\W_])"
    r"|\[(?=[^\]]*\][(:\[])|<(?=[A-Za-z/!?])|&(?=#?\w+;)"
)
_NOTATION = re.compile(r"[~^{|}]|\+(?=\+)|(?<=\+)\+")
# What may begin a block at the beginning of a line.
_BEGINS = re.compile(
    r"(#{1,6}(?=\s|\Z)|>|[-+*](?=\s|\Z)|=+(?=\s*\Z)|-+(?=\s*\Z)|~~~|\|)|([0-9]{1,9})([.)])(?=\s|\Z)"
)
_CJK = "\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef"
_CJK_END, _CJK_BEGIN = re.compile(rf"[{_CJK}}}]\Z"), re.compile(rf"[{_CJK}{{]")
_CJK_BREAK = re.compile(rf"(?<=[{_CJK}])\n(?=[{_CJK}])")
_IN_NAME = re.compile(r"[\x00-\x20()<>\\%\"'\[\]*`]|&(?=#?\w+;)")
_IN_LINK = re.compile(r"[\s()<>\\]")
#: The marks that are put around words, the outermost first where several reach equally far.
_WRAPS = ("class", "a", "mark", "background", "color", "b", "i", "u", "s", "sub", "sup")
#: Languages by which code may have been coloured, the most frequent first.
LANGUAGES = (
    "python", "javascript", "java", "c", "cpp", "csharp", "typescript", "go", "rust", "sql", "bash",
    "console", "html", "css", "json", "yaml", "xml", "r", "kotlin", "swift", "ruby", "php", "haskell",
    "scala", "lua", "matlab", "latex", "diff", "powershell", "docker", "toml", "ini", "make", "julia", "dart",
)  # fmt: skip
_OURS = ("styled", OUR_CODE)
_SHORT = {"u": "++", "sub": "~", "sup": "^"}


def markdown(lines: Sequence[Line], way: Way, look: Look) -> str:
    """Markdown that should be seen as `lines`.

    Raises Unsayable for what has no notation.
    """
    writer = _Writer(way, look, dollars=_dollars(lines))
    if look.breaks:
        return writer.kept(lines)
    return "\n".join(writer.blocks(lines, 0))


def _dollars(lines: Sequence[Line]) -> bool:
    """Whether a dollar sign may be read as the beginning of a formula."""
    pieces = [piece for line in lines for piece in line.pieces]
    if any(piece.kind is PieceKind.FORMULA for piece in pieces):
        return True
    return sum(piece.value.count("$") for piece in pieces if piece.kind is PieceKind.WORDS) > 1


class _Writer:
    def __init__(self, way: Way, look: Look, *, dollars: bool) -> None:
        self._way = way
        self._look = look
        self._dollars = dollars
        self._in_cell = False

    # -- blocks -----------------------------------------------------------------------------

    def kept(self, lines: Sequence[Line]) -> str:
        """Lines that the style sheet shows as lines: each break is one in Markdown, or `&#10;`."""
        out = ""
        for number, line in enumerate(lines):
            if line.blocks:
                raise Unsayable("lists and the like where the style sheet keeps line breaks")
            text = self._line(line)
            if number:
                joins = not line.gap and _CJK_END.search(out) and _CJK_BEGIN.match(text)
                out += "&#10;" if joins else "&#10;" * line.gap + "\n"
            out += "&#32;" + text[1:] if text.startswith(" ") else text
        return out

    def blocks(self, lines: Sequence[Line], depth: int, *, tight: bool = False) -> list[str]:
        """The lines of Markdown for lines that lie in the same block, `depth` blocks deep.

        In a `tight` one, such as an item, no empty line may part paragraphs.
        """
        out: list[str] = []
        before: Block | None = None
        other = False
        for block, part in _grouped(lines, depth):
            if block is not None and part[0].gap:
                if before is not None:
                    out.append("")
                out += self._gap(part[0].gap, out if before is None else [])
                before = None
            if out and not (tight and before is None and block is not None and _may_interrupt(block)):
                out.append("")
            # Markdown makes one list of two neighbours with the same marks.
            other = not other and before is not None and block is not None and before.name == block.name
            out += self._paragraphs(part, tight) if block is None else self._block(block, part, depth, other)
            before = block
        return out

    @staticmethod
    def _gap(count: int, above: list[str]) -> list[str]:
        """Empty lines above a block; they continue the paragraph `above` it, if there is one."""
        if above:
            above[-1] += "\\"
        return ["\\"] * (count - 1) + ["&nbsp;"]

    def _block(self, block: Block, lines: Sequence[Line], depth: int, other: bool) -> list[str]:
        lines = [lines[0]._replace(gap=0), *lines[1:]]
        match block.name:
            case "quote":
                return [f"> {line}" if line else ">" for line in self.blocks(lines, depth + 1)]
            case "ul" | "ol":
                return self._list(lines, depth, other)
            case "h":
                if len(lines) > 1 or len(lines[0].blocks) > depth + 1:
                    raise Unsayable("a heading of several lines")
                return [f"{'#' * block.item} {self._text(lines[0])}"]
            case "pre":
                return _code(lines, self._look)
            case "cell":
                return self._table(lines, depth)
            case _:
                return ["---"]

    def _list(self, lines: Sequence[Line], depth: int, other: bool) -> list[str]:
        items = list(_by_item(lines, depth))
        spaced = {part[0].gap for _, part in items[1:] if len(part[0].blocks) == depth + 1}
        if len(spaced) > 1:
            raise Unsayable("items with and without a space between them")
        if not spaced:
            spaced = {line.gap for line in lines if len(line.blocks) == depth + 1}
        tight = 1 not in spaced
        out: list[str] = []
        for index, part in items:
            if lines[0].blocks[depth].name == "ul":
                mark = "* " if other else "- "
            else:
                mark = f"{index}{')' if other else '.'} "
            first, *rest = self.blocks([part[0]._replace(gap=0), *part[1:]], depth + 1, tight=tight)
            if not first and self._way.careful:
                first = "&nbsp;"  # else the mark may be read as text
            if out and not tight:
                out.append("")
            out.append(mark + first if first else mark.rstrip())
            out += [" " * len(mark) + line if line else "" for line in rest]
        return out

    def _table(self, lines: Sequence[Line], depth: int) -> list[str]:
        rows: dict[int, dict[int, str]] = {}
        cells = [line.blocks[depth] for line in lines]
        self._in_cell = True
        for cell, line in zip(cells, lines, strict=True):
            row = rows.setdefault(cell.item, {})
            if cell.more[0] in row or len(line.blocks) > depth + 1:
                raise Unsayable("a table with several lines in a cell")
            row[cell.more[0]] = self._text(line)
        self._in_cell = False
        first, *others = rows.values()
        head = {cell.item for cell in cells if cell.more[1] == "th"}
        if any(len(row) != len(first) for row in others) or head - {1}:
            raise Unsayable("a table with headings beside rows, or rows of unlike lengths")
        dashes = {"": "---", "left": ":--", "right": "--:", "center": ":-:"}
        written = [" | ".join(row.values()) for row in rows.values()]
        written.insert(len(head), " | ".join(dashes[cell.more[2]] for cell in cells[: len(first)]))
        if not head:
            written.insert(0, " | ".join([""] * len(first)))
        return [f"| {row} |" for row in written]

    def _paragraphs(self, lines: Sequence[Line], tight: bool) -> list[str]:
        """Lines without blocks: an empty line parts paragraphs, if they may have some."""
        out: list[str] = []
        for line in lines:
            if out and line.gap == 1 and line.pieces and not tight:
                out.append("")
            else:
                if out:
                    out[-1] += "\\"
                out += ["\\"] * line.gap
            text = self._line(line)
            if not text and (len(lines) > 1 or not line.blocks):
                text = "&nbsp;"  # a line without anything
            out += text.split("\n")
        return out

    # -- lines ------------------------------------------------------------------------------

    def _line(self, line: Line) -> str:
        return "\n".join(
            _BEGINS.sub(_unbegun, part, count=1) if _BEGINS.match(part) else part
            for part in self._text(line).split("\n")
        )

    def _text(self, line: Line) -> str:
        return self._inline(line.pieces, frozenset())

    def _inline(self, pieces: Sequence[Piece], done: Marks) -> str:
        """Pieces in their marks; the mark that reaches furthest is the outermost."""
        out = ""
        at = 0
        while at < len(pieces):
            reach = {mark: _reach(pieces, at, mark) for mark in pieces[at].marks - done if mark[0] in _WRAPS}
            if not reach:
                out += self._leaf(pieces[at])
                at += 1
                continue
            around = {name for mark in reach if mark[0] == "class" for name in mark[1].split()[1:]}
            mark = max(reach, key=lambda one: (reach[one], one[0] in around, -_WRAPS.index(one[0])))
            out += self._wrapped(mark, pieces[at : reach[mark]], done | {mark})
            at = reach[mark]
        return out

    def _wrapped(self, mark: Mark, pieces: Sequence[Piece], done: Marks) -> str:
        inner = self._inline(pieces, done)
        match mark[0]:
            case "b" if self._way.emphasis:
                return f"**{inner}**"
            case "i" if self._way.emphasis:
                return f"{self._way.emphasis}{inner}{self._way.emphasis}"
            case "a":
                plain = len(pieces) == 1 and pieces[0].marks <= done and pieces[0].value == mark[1]
                return _link(mark[1], inner, plain=plain)
            case "class":
                return f"[{inner}]{{.{_class(mark[1].split()[0])}}}"
        sign = _SHORT.get(mark[0], "") if self._way.short else ""
        if sign and inner == pieces[0].value and not _IN_LINK.search(inner):
            return f"{sign}{inner}{sign}"
        return f"[{inner}]{{{'='.join(mark) if mark[1] else '.' + mark[0]}}}"

    def _leaf(self, piece: Piece) -> str:
        match piece.kind:
            case PieceKind.DELETION:
                return piece.value
            case PieceKind.FORMULA:
                return f"{piece.more}{piece.value}{piece.more}"
            case PieceKind.SOUND:
                return f"![]({_name(piece.value)})"
            case PieceKind.PICTURE:
                return f"![{_PUNCTUATION.sub(_escaped_alt, piece.more)}]({_name(piece.value)})"
            case PieceKind.RUBY:
                return f"{{{piece.value}|{piece.more}}}"
        return self._code(piece.value) if ("code", "") in piece.marks else self._escaped(piece.value)

    def _code(self, text: str) -> str:
        fence = "`" * (max((len(run) for run in re.findall("`+", text)), default=0) + 1)
        pad = " " if "`" in (text[0], text[-1]) or (text[0] == text[-1] == " " and text.strip()) else ""
        text = text.replace("|", "\\|") if self._in_cell else text
        return f"{fence}{pad}{text}{pad}{fence}"

    def _escaped(self, text: str) -> str:
        if self._way.careful:
            text = _PUNCTUATION.sub(r"\\\1", text)
        else:
            text = _MARKS.sub(r"\\\g<0>", text)
            if notations.hide(text) is not text:
                text = _NOTATION.sub(r"\\\g<0>", text)
            elif self._in_cell:
                text = text.replace("|", "\\|")
            if self._dollars:
                text = text.replace("$", "\\$")
        # Between two Chinese characters a line break is nothing.
        if "\n" in text:
            text = text.replace("\n", " ") if self._way.careful else _CJK_BREAK.sub(" ", text)
        return text.replace("\u00a0", "&nbsp;")


def _grouped(lines: Sequence[Line], depth: int) -> Iterator[tuple[Block | None, Sequence[Line]]]:
    """Neighbouring lines that lie in the same block at `depth`, or in none."""

    def key(line: Line) -> tuple[str, int] | None:
        return line.blocks[depth][:2] if len(line.blocks) > depth else None

    at = 0
    while at < len(lines):
        end = at + 1
        while end < len(lines) and key(lines[end]) == key(lines[at]):
            end += 1
        yield (lines[at].blocks[depth] if len(lines[at].blocks) > depth else None), lines[at:end]
        at = end


def _by_item(lines: Sequence[Line], depth: int) -> Iterator[tuple[int, Sequence[Line]]]:
    at = 0
    while at < len(lines):
        index, end = lines[at].blocks[depth].item, at + 1
        while end < len(lines) and lines[end].blocks[depth].item == index:
            end += 1
        yield index, lines[at:end]
        at = end


def _may_interrupt(block: Block) -> bool:
    """Whether it may stand right below a paragraph."""
    return block.name == "ul" or (block.name == "ol" and block.item == 1)


def _reach(pieces: Sequence[Piece], at: int, mark: Mark) -> int:
    while at < len(pieces) and mark in pieces[at].marks:
        at += 1
    return at


def _code(lines: Sequence[Line], look: Look) -> list[str]:
    texts = ["".join(piece.value for piece in line.pieces) for line in lines]
    pieces = [line.pieces for line in lines]
    language = ""
    if any(piece.marks - {_OURS} or piece.kind is not PieceKind.WORDS for line in pieces for piece in line):
        likely = LANGUAGES if all(_OURS in piece.marks for line in pieces for piece in line) else ()
        language = next((one for one in likely if _coloured("\n".join(texts), one, look) == pieces), "")
        if not language:
            raise Unsayable("a block of code with marks in it")
    longest = max((len(run) for text in texts for run in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return [f"{fence}{language}", *texts, fence]


def _coloured(code: str, language: str, look: Look) -> list[tuple[Piece, ...]]:
    """What a learner sees of code that a build colours."""
    return [
        line.pieces for line in seen(f'<pre class="hl"><code>{highlight(code, language)}</code></pre>', look)
    ]


def _unbegun(found: re.Match[str]) -> str:
    return f"{found[2]}\\{found[3]}" if found[2] else f"\\{found[1]}"


def _class(name: str) -> str:
    if not spans.is_class(name):
        raise Unsayable(f"the look of `.{name}`")
    return name


def _link(address: str, inner: str, *, plain: bool) -> str:
    if plain and "://" in address and not _IN_LINK.search(address):
        return f"<{address}>"
    address = re.sub(r"&(?=#?\w+;)", "&amp;", address)
    if _IN_LINK.search(address):
        address = "<" + re.sub(r"([<>\\])", r"\\\1", address) + ">"
    return f"[{inner}]({address})"


def _escaped_alt(found: re.Match[str]) -> str:
    return f"\\{found[0]}" if found[0] in "\\`*_[]<&$~^+{|}!" else found[0]


def _name(name: str) -> str:
    """A file's name as an address; a blank is written as `%20`."""
    return _IN_NAME.sub(lambda found: "".join(f"%{byte:02X}" for byte in found[0].encode()), name)
