"""The sheet that pictures are drawn on: shapes and words in, SVG out, legible by day and by night.

Colours are CSS variables (`--dg-pic-ink` and so on) with the light colours as their defaults.
A file that is shown on its own follows the reader's colour scheme: `svg:root` matches the root
of such a file, but no element of an HTML page. A page with a picture in it sets the variables
itself. There are no ids, so that pictures in one page can't clash.
"""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from matplotlib.figure import Figure

from deckgen.terminal import visible

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: The width of a picture in its own px. On a telephone of 360 px, 13 of these px are still shown as 10.
WIDTH = 480
#: The width at which a picture is shown if there is room, in px of the screen.
_SHOWN = 560
#: More than the height of the tallest picture, in px: each is cut to what was drawn.
TALLEST = 3000
EDGE = 14
_HEAD, TEXT, SMALL = 16, 13, 12.5
#: How much wider bold letters are, at most.
_BOLD = 1.15

#: Light and dark colours. Ink and muted have a contrast of at least 4.5:1 against white, #fbfaf7, #0d1117
#: and #1b1e24 (WCAG 2.2, 1.4.3), the others 3:1 (1.4.11), except for the lines of the grid. The colours of
#: kinds are by Okabe and Ito, https://jfly.uni-koeln.de/color/, with a darker green in the light scheme.
COLOURS = {
    "ink": ("#1d2430", "#e8eaee"),
    "muted": ("#566072", "#a9b2c0"),
    "grid": ("#d5d9e0", "#3a414d"),
    "one": ("#0072b2", "#56b4e9"),
    "two": ("#d55e00", "#e69f00"),
    "three": ("#00845f", "#009e73"),
    "four": ("#a4507d", "#cc79a7"),
    "five": ("#6f5f00", "#f0e442"),
}
#: Came later: pictures without them are what they were.
ONLY_WHERE_USED = ("four", "five")
#: What matplotlib draws with, until the variables take its place.
SENTINELS = {name: f"#01020{index}" for index, name in enumerate(COLOURS)}
_ROOT = {
    "xmlns": "http://www.w3.org/2000/svg",
    "role": "img",
    "style": "max-width:100%;height:auto",
    "stroke-linejoin": "round",
    "font-family": "system-ui, -apple-system, 'Segoe UI', 'Noto Sans', 'PingFang SC', 'Microsoft YaHei', "
    "'Noto Sans CJK SC', sans-serif",
}
# https://www.w3.org/TR/xml/#charsets excludes these, and lone surrogates, which YAML excludes as well.
_NO_XML = re.compile("[\ufffe\uffff]")
_DECIMAL = re.compile(r"-?\d+\.\d+")
_WIDE, _NARROW = "mwMWQO@%…—", " iljtfrI.,:;'|!()[]-"


@dataclass(frozen=True, slots=True)
class _Words:
    """Words at a point: `y` is the middle of the letters, `anchor` an SVG text-anchor."""

    x: float
    y: float
    words: str
    size: float
    colour: str
    anchor: str
    weight: int


class Sheet:
    """A picture in the making, measured in px from its upper left corner.

    matplotlib draws the shapes. Words are written without it: it would read `$` as mathematics,
    and measure Chinese by a font that has no Chinese. `bottom` is where the next thing may stand.
    """

    def __init__(self, headline: str, title: str, more: str = "") -> None:
        self._figure = Figure(figsize=(WIDTH / 72, TALLEST / 72), dpi=72)
        self._figure.patch.set_visible(False)
        self._words: list[_Words] = []
        self.bottom = 4.0
        room = WIDTH - 2 * EDGE
        for line in wrap(headline, room / _HEAD / _BOLD, 3):
            self._line(line, _HEAD, "ink", 600)
        for line in wrap(title, room / SMALL, 1):
            self._line(line, SMALL, "muted")
        for line in wrap(more, room / SMALL, 3):
            self._line(line, SMALL, "ink")

    def _line(self, words: str, size: float, colour: str, weight: int = 400) -> None:
        self.write(EDGE, self.bottom + 0.65 * size, words, size, colour, weight=weight)
        self.bottom += 1.35 * size

    def axes(
        self, box: tuple[float, float, float, float], across: tuple[float, float], up: tuple[float, float]
    ) -> Axes:
        """Axes in a box of left, top, width and height, with their ranges."""
        left, top, width, height = box
        share = (left / WIDTH, 1 - (top + height) / TALLEST, width / WIDTH, height / TALLEST)
        axes = self._figure.add_axes(share, xlim=across, ylim=up)
        axes.set_axis_off()
        return axes

    def place(self, axes: Axes, x: float, y: float) -> tuple[float, float]:
        """Where a point of the axes lies."""
        across, up = axes.transData.transform((x, y))
        return float(across), float(TALLEST - up)

    def write(
        self,
        x: float,
        y: float,
        words: str,
        size: float = TEXT,
        colour: str = "ink",
        anchor: str = "start",
        weight: int = 400,
    ) -> None:
        """Put words somewhere."""
        self._words.append(_Words(x, y, words, size, colour, anchor, weight))

    def svg(self, title: str, description: str) -> str:
        """The picture down to `bottom`; title and description are for people who can't see it."""
        root = ElementTree.Element("svg", _ROOT | {
            "viewBox": f"0 0 {WIDTH} {self.bottom:.0f}",
            "width": f"{_SHOWN}",
            "height": f"{self.bottom * _SHOWN / WIDTH:.0f}",
        })  # fmt: skip
        ElementTree.SubElement(root, "title").text = _clean(title)
        ElementTree.SubElement(root, "desc").text = _clean(description)
        shades = ElementTree.SubElement(root, "style")
        root.extend(list(self._shapes()))
        for one in self._words:
            style = f"font-size:{one.size:g}px;fill:{_variable(one.colour)}"
            style += f";font-weight:{one.weight}" if one.weight != 400 else ""
            # Figures and small letters are about 0.7 em high.
            place = {"x": f"{one.x:.1f}", "y": f"{one.y + 0.35 * one.size:.1f}", "text-anchor": one.anchor}
            ElementTree.SubElement(root, "text", place | {"style": style}).text = _clean(one.words)
        shades.text = _night(ElementTree.tostring(root, encoding="unicode"))
        return ElementTree.tostring(root, encoding="unicode") + "\n"

    def _shapes(self) -> Iterator[ElementTree.Element]:
        """What matplotlib drew, without groups and ids, in the colours of the variables."""
        drawn = io.StringIO()
        self._figure.savefig(drawn, format="svg")
        root = ElementTree.fromstring(drawn.getvalue())  # noqa: S314  # matplotlib wrote it just now
        for path in root.iter("{http://www.w3.org/2000/svg}path"):
            style = path.get("style", "")
            for name, sentinel in SENTINELS.items():
                style = style.replace(sentinel, _variable(name))
            d = " ".join(path.get("d", "").split())
            d = _DECIMAL.sub(lambda found: f"{float(found[0]):.1f}".removesuffix(".0"), d)
            yield ElementTree.Element("path", {"d": d, "style": style.replace(": ", ":").replace("; ", ";")})


def _variable(name: str) -> str:
    return f"var(--dg-pic-{name}, {COLOURS[name][0]})"


def _night(drawn: str) -> str:
    """The variables of a file with `drawn` in it, for a reader with a dark colour scheme."""
    named = (name for name in COLOURS if name not in ONLY_WHERE_USED or f"--dg-pic-{name}," in drawn)
    colours = ";".join(f"--dg-pic-{name}:{COLOURS[name][1]}" for name in named)
    return f"@media (prefers-color-scheme:dark){{svg:root{{{colours};color-scheme:dark}}}}"


def _clean(words: str) -> str:
    """Words without characters that no XML may hold."""
    return _NO_XML.sub("\ufffd", visible(words))


def width_of(words: str) -> float:
    """About how wide words are at most, in em: which font the reader has is not known."""
    return sum(
        1.0
        if character in _WIDE or unicodedata.east_asian_width(character) in "WF"
        else 0.72
        if character.isupper()
        else 0.42
        if character in _NARROW
        else 0.62
        for character in words
    )


def wrap(words: str, ems: float, most: int) -> list[str]:
    """Break words into as few lines of a given width as possible, all about as long, and at most `most`.

    Words that don't fit are replaced by an ellipsis.
    """
    pieces = list(_pieces(" ".join(visible(words).split())))
    lines = _filled(pieces, ems)
    if len(lines) > most:
        return [*lines[: most - 1], _cut(f"{lines[most - 1]} {lines[most]}", ems)]
    # A word that is longer than any line would let the search go on for ever.
    for tenths in range(9, 4, -1):
        better = _filled(pieces, ems * tenths / 10)
        if len(better) > len(lines):
            break
        lines = better
    return [_cut(line, ems) for line in lines]


def _filled(pieces: Sequence[str], ems: float) -> list[str]:
    """Lines, each with as many pieces as fit; a piece that fits in no line has its own."""
    lines = [""]
    for piece in pieces:
        if not lines[-1] or width_of(lines[-1] + piece) <= ems:
            lines[-1] += piece
        else:
            lines.append(piece)
    return [line.strip() for line in lines if line.strip()]


def _pieces(words: str) -> Iterator[str]:
    """Parts between which a line may end: at blanks, and around the letters of Chinese and Japanese."""
    piece = ""
    for character in words:
        wide = unicodedata.east_asian_width(character) in "WF" and unicodedata.category(character)[0] == "L"
        if piece and (character == " " or wide):
            yield piece
            piece = ""
        piece += character
    yield piece


def _cut(line: str, ems: float) -> str:
    """A line that fits, with an ellipsis if it had to be cut."""
    if width_of(line) <= ems:
        return line
    while line and width_of(line) > ems - 1:
        line = line[:-1]
    return line.rstrip() + "…"
