"""Pictures of a deck's numbers: values in, SVG out, legible in light and dark colour schemes.

Colours are CSS variables (`--dg-pic-ink` and so on) with the light colours as their defaults.
A file that is shown on its own follows the reader's colour scheme: `svg:root` matches the root
of such a file, but no element of an HTML page. A page with a picture in it sets the variables
itself. There are no ids, so that pictures in one page can't clash.
"""

from __future__ import annotations

import io
import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from deckgen.kinds import Kind
from deckgen.studying.stats import Lengths, Section, Stats
from deckgen.terminal import counted, visible

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from deckgen.studying.forecast import Band, Forecast

#: The width of a picture in its own px. On a telephone of 360 px, 13 of these px are still shown as 10.
_WIDTH = 480
#: The width at which a picture is shown if there is room, in px of the screen.
_SHOWN = 560
#: More than the height of the tallest picture, in px: each is cut to what was drawn.
_TALLEST = 3000
_EDGE = 14
_HEAD, _TEXT, _SMALL = 16, 13, 12.5
#: How much wider bold letters are, at most.
_BOLD = 1.15

#: Light and dark colours. Ink and muted have a contrast of at least 4.5:1 against white, #fbfaf7, #0d1117
#: and #1b1e24 (WCAG 2.2, 1.4.3), the others 3:1 (1.4.11), except for the lines of the grid. The colours of
#: kinds are by Okabe and Ito, https://jfly.uni-koeln.de/color/, with a darker green in the light scheme.
_COLOURS = {
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
_ONLY_WHERE_USED = ("four", "five")
#: What matplotlib draws with, until the variables take its place.
_SENTINELS = {name: f"#01020{index}" for index, name in enumerate(_COLOURS)}
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
#: A picture shows at most so many sections; the others are taken together.
_MOST_SECTIONS = 40
#: A picture has at most so many bars of lengths; with more, several lengths share a bar.
_BARS = 60
#: The number of points of a line; it may have up to twice as many.
_POINTS = 400
_WEEK = 7
_MONTH = 365.25 / 12


def of_package(stats: Stats) -> Iterator[tuple[str, str]]:
    """(file name, SVG) of the pictures of a package; `stats` are those of its language alone.

    The lengths are those of the answers or, in a deck without answers, of the most frequent sort of text.
    A package without cards has no pictures.
    """
    for language in stats.languages:
        if language.lengths:
            name = language.package.removesuffix(".apkg")
            yield f"{name}.sections.svg", sections(stats)
            row = max(language.lengths, key=lambda row: (row.what == "answer", len(row.sizes)))
            yield f"{name}.lengths.svg", lengths(row, stats.titles[language.lang])


# -- how much work ---------------------------------------------------------------------


def load(forecast: Forecast, title: str) -> str:
    """Minutes of study a day, as means of seven days, with the band of most learners.

    `title` is the deck's.
    """
    headline = _load_headline(forecast)
    span = _WEEK if forecast.days >= 4 * _WEEK else 1
    more = (
        f"{_about(forecast.hours.middle, 'hour')} in {_duration(forecast.days)}, at "
        f"{forecast.retention * 100:g} % retention. Line: the median of {forecast.learners} simulated "
        f"learners{', over seven days' * (span > 1)}. Band: 8 of 10 of them."
    )
    marks = []
    if forecast.seen is not None:
        marks.append((forecast.seen.middle, f"all cards seen: day {forecast.seen.middle:.0f}"))
    if forecast.mature is not None:
        marks.append((forecast.mature.middle, f"90 % mature: day {forecast.mature.middle:.0f}"))
    # More points than a picture can show would only make the file large.
    firsts = range(0, forecast.days - span + 1, max(1, forecast.days // _POINTS))
    low, line, high = zip(*(_mean(forecast.minutes[first : first + span]) for first in firsts), strict=True)
    size, unit = _unit_of_time(forecast.days)
    sheet = _Sheet(headline, title, more)
    axes = _plot(sheet, (0, forecast.days), max(*high, 1), ("minutes", "a day", unit), marks)
    middles = [first + span / 2 for first in firsts]
    band = [*middles, *reversed(middles)], [*low, *reversed(high)]
    axes.fill(*band, color=_SENTINELS["one"], alpha=0.25, linewidth=0, clip_on=False)
    axes.plot(middles, line, color=_SENTINELS["one"], linewidth=2.5, clip_on=False)
    _scale(sheet, axes, forecast.days / size, size)
    return sheet.svg(f"{title}: {headline}", " ".join([more, *(f"{words}." for _, words in marks)]))


def _load_headline(forecast: Forecast) -> str:
    """Such as `190 cards, 10 new a day: 14 minutes a day in the worst week, 6 after three months`."""
    words = f"{_about(forecast.peak.middle, 'minute')} a day in the worst week"
    quarter = round(3 * _MONTH)
    if forecast.days >= quarter + _WEEK:
        later = _mean(forecast.minutes[quarter : quarter + _WEEK])[1]
        words += f", {'less than 1' if later < 1 else round(later)} after three months"
    return f"{counted(forecast.cards, 'card')}, {forecast.new_per_day} new a day: {words}"


def _mean(bands: Sequence[Band]) -> tuple[float, float, float]:
    """Means of the low, middle and high figures of some days."""
    figures = zip(*((band.low, band.middle, band.high) for band in bands), strict=True)
    low, middle, high = (sum(figure) / len(bands) for figure in figures)
    return low, middle, high


def _about(number: float, what: str) -> str:
    """A number of minutes or hours, no more exact than a forecast is."""
    return f"less than 1 {what}" if number < 1 else counted(round(number), what)


def _duration(days: int) -> str:
    if days < 3 * _MONTH:
        return counted(days, "day")
    return f"{days / _MONTH:.0f} months" if days < 36 * _MONTH else f"{days / _MONTH / 12:.0f} years"


def _unit_of_time(days: int) -> tuple[float, str]:
    """(days, name) of what the axis of time counts."""
    if days < 2 * _WEEK:
        return 1, "days"
    if days < 4 * _MONTH:
        return _WEEK, "weeks"
    return (_MONTH, "months") if days < 36 * _MONTH else (12 * _MONTH, "years")


# -- notes by section ------------------------------------------------------------------


def sections(stats: Stats) -> str:
    """Cards by section, the kinds side by side in one bar; names are those of the first language."""
    rows = _rows(stats.sections)
    title = next(iter(stats.titles.values()))
    headline = _sections_headline(stats)
    sheet = _Sheet(headline, title)
    mixed = sum(count > 0 for count in stats.kinds.values()) > 1
    if mixed:
        _legend(sheet, stats.kinds)
    names = [_wrap(name, 172 / _TEXT, 3) for name, _ in rows]
    remarks = [_remark(kinds) if mixed else "" for _, kinds in rows]
    left = _EDGE + max(_ems(line) for lines in names for line in lines) * _TEXT
    right = _WIDTH - _EDGE - 34 - max(map(_ems, remarks)) * _SMALL
    heights = [10 + 17 * len(lines) for lines in names]
    most = max(sum(kinds.values()) for _, kinds in rows)
    top = sheet.bottom + 8
    box = left + 8, top, right - left - 8, sum(heights)
    axes = sheet.axes(box, (0, most), (sum(heights), 0))
    for index, (_, kinds) in enumerate(rows):
        y = sum(heights[:index]) + heights[index] / 2
        _bar(axes, y, kinds)
        for line, words in enumerate(names[index]):
            sheet.write(left, top + y + 16 * (line - (len(names[index]) - 1) / 2), words, anchor="end")
        total = sum(kinds.values())
        end, _ = sheet.place(axes, total, y)
        sheet.write(end + 6, top + y, f"{total}", weight=600)
        if remarks[index]:
            sheet.write(end + 12 + 9 * len(f"{total}"), top + y, remarks[index], _SMALL, "muted")
    sheet.bottom = top + sum(heights) + 6
    listed = "; ".join(f"{name}: {sum(kinds.values())}" for name, kinds in rows)
    return sheet.svg(f"{title}: {headline}", f"Notes by section. {listed}.")


def _rows(groups: Sequence[Section]) -> list[tuple[str, Mapping[Kind, int]]]:
    """(name, cards by kind) of the first sections; all that the picture has no room for is one more row."""
    rows = [(next(iter(one.names.values()), "no section"), one.kinds) for one in groups]
    rest = rows[_MOST_SECTIONS:]
    if len(rest) < 2:
        return rows
    others = {kind: sum(kinds[kind] for _, kinds in rest) for kind in Kind}
    return [*rows[:_MOST_SECTIONS], (f"{len(rest)} more sections", others)]


def _sections_headline(stats: Stats) -> str:
    notes = counted(stats.cards, "note")
    named = [one.cards for one in stats.sections if one.names]
    if not named:
        return f"{notes}, not in sections"
    if len(named) == 1:
        return f"{notes}, {named[0]} in the one section"
    each = f"{min(named)} to {max(named)}" if min(named) < max(named) else f"{max(named)}"
    return f"{notes} in {len(named)} sections, {each} in each"


def _remark(kinds: Mapping[Kind, int]) -> str:
    """The clozes and lists of a section in words; its other cards are questions."""
    rare = [
        counted(count, kind.facts.label) for kind, count in kinds.items() if count and kind is not Kind.QA
    ]
    return f"({', '.join(rare)})" if rare else ""


def _bar(axes: Axes, y: float, kinds: Mapping[Kind, int]) -> None:
    end = 0
    for kind, count in kinds.items():
        if count:
            axes.barh(y, count, 16, end, color=_SENTINELS[kind.facts.colour], linewidth=0, clip_on=False)
        end += count


def _legend(sheet: _Sheet, kinds: Mapping[Kind, int]) -> None:
    """Which colour is which kind, in the order of the bars."""
    x, y = float(_EDGE), sheet.bottom + 12
    axes = sheet.axes((0, y - 6, _WIDTH, 12), (0, _WIDTH), (0, 1))
    for kind, count in kinds.items():
        if count:
            words = counted(count, kind.facts.label)
            axes.barh(0.5, 12, 1, x, color=_SENTINELS[kind.facts.colour], linewidth=0, clip_on=False)
            sheet.write(x + 18, y, words, _SMALL)
            x += 18 + _ems(words) * _SMALL + 14
    sheet.bottom = y + 8


# -- how long texts are ----------------------------------------------------------------


def lengths(row: Lengths, title: str) -> str:
    """How many texts of one sort have which length, with the limits of `check`; `title` is the deck's."""
    headline = _lengths_headline(row)
    marks = [
        (row.median + 0.5, f"half have at most {row.median}"),
        (row.nine_tenths + 0.5, f"90 % have at most {row.nine_tenths}"),
        (math.floor(row.warning) + 0.5, f"limit {row.warning:g}, {row.above or 'none'} above"),
    ]
    if row.error is not None and row.longest > row.warning:
        marks.append((math.floor(row.error) + 0.5, f"error above {row.error:g}"))
    longest = max(row.longest, marks[-1][0])
    step = next(step for step in _steps() if longest / step <= _BARS)
    bars = Counter(size // step for size in row.sizes)
    # A length takes half a unit of room on both sides.
    ends = -0.5, (longest // step + 1) * step - 0.5
    sheet = _Sheet(headline, title)
    axes = _plot(sheet, ends, max(bars.values()), (f"{row.what}s", row.unit), marks)
    for index, count in sorted(bars.items()):
        left = (index + 0.06) * step - 0.5
        axes.bar(left, count, 0.88 * step, align="edge", color=_SENTINELS["one"], linewidth=0, clip_on=False)
    _scale(sheet, axes, ends[1])
    return sheet.svg(
        f"{title}: {headline}",
        f"Lengths of {row.what}s in {row.unit}. Nine tenths have at most {row.nine_tenths}. The longest is "
        f"that of the card {row.card}. The limit is {row.warning:g}; {row.above or 'none'} above it.",
    )


def _lengths_headline(row: Lengths) -> str:
    unit = row.unit.removesuffix("s")
    if len(row.sizes) == 1:
        return f"The one {row.what} has {counted(row.longest, unit)}"
    texts = counted(len(row.sizes), row.what)
    return f"Half of {texts} have at most {counted(row.median, unit)}, the longest {row.longest}"


# -- what the pictures share -----------------------------------------------------------


def _plot(
    sheet: _Sheet,
    ends: tuple[float, float],
    most: float,
    units: Sequence[str],
    marks: Sequence[tuple[float, str]],
) -> Axes:
    """Axes between `ends` and from 0 to `most`, with level lines, and marks at places of the x axis.

    `units` are the words for what the y axis counts, a line each, and then for the x axis.
    """
    left = max(map(_ems, units)) * _SMALL + 12
    top = sheet.bottom + 18 * max(len(marks), len(units) - 1) + 22
    axes = sheet.axes((left, top, _WIDTH - left - 24, 180), ends, (0, most))
    levels = MaxNLocator(nbins=4, integer=True, steps=[1, 2, 5, 10]).tick_values(0, most)
    for level in (level for level in levels if 0 <= level <= most):
        colour = _SENTINELS["grid" if level else "muted"]
        axes.plot(ends, [level, level], color=colour, linewidth=1, clip_on=False, zorder=0)
        _, y = sheet.place(axes, 0, level)
        sheet.write(left - 8, y, f"{level:g}", _SMALL, "muted", "end")
    for line, words in enumerate(reversed(units[:-1])):
        sheet.write(left - 8, y - 16 * (line + 1), words, _SMALL, "muted", "end")
    sheet.bottom += 10
    _marks(sheet, axes, marks)
    sheet.bottom = top + 180
    sheet.write(left - 12, sheet.bottom + 14, units[-1], _SMALL, "muted", "end")
    return axes


def _marks(sheet: _Sheet, axes: Axes, marks: Sequence[tuple[float, str]]) -> None:
    """Lines from the x axis up to words, each in a row of its own."""
    places = sorted((sheet.place(axes, at, 0)[0], at, words) for at, words in marks)
    first = _first_at_left([(x, 5 + _ems(words) * _SMALL) for x, _, words in places])
    # In this order no line goes through the words of another.
    rows = [*reversed(places[first:]), *places[:first]]
    for row, (x, at, words) in enumerate(rows):
        y = sheet.bottom + 18 * row
        _, end = axes.transData.inverted().transform((0, _TALLEST - y + 6))
        axes.plot([at, at], [0, end], color=_SENTINELS["ink"], linewidth=1, dashes=(3, 3), clip_on=False)
        if row < len(places) - first:
            sheet.write(x - 5, y, words, _SMALL, anchor="end")
        else:
            sheet.write(x + 5, y, words, _SMALL)


def _first_at_left(marks: Sequence[tuple[float, float]]) -> int:
    """The index of the first mark, (place, width) from left to right, whose words go to its left.

    The words to the left must stay inside the picture, and those of earlier marks must end before its line.
    """
    for first in range(len(marks)):
        left, right = marks[first:], marks[:first]
        fits = all(x - width > 4 for x, width in left)
        if fits and all(x + width < left[0][0] for x, width in right):
            return first
    return len(marks)


def _scale(sheet: _Sheet, axes: Axes, end: float, size: float = 1) -> None:
    """Numbers under the x axis up to `end`, each `size` of the axes' own."""
    step = next(step for step in _steps() if end / step <= 7)
    for tick in range(0, math.floor(end + 0.05) + 1, step):
        x, _ = sheet.place(axes, tick * size, 0)
        sheet.write(x, sheet.bottom + 14, f"{tick}", _SMALL, "muted", "middle")
    sheet.bottom += 28


def _steps() -> Iterator[int]:
    """1, 2, 5, 10, 20, 50 and so on."""
    power = 1
    while True:
        yield from (power, 2 * power, 5 * power)
        power *= 10


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


class _Sheet:
    """A picture in the making, measured in px from its upper left corner.

    matplotlib draws the shapes. Words are written without it: it would read `$` as mathematics,
    and measure Chinese by a font that has no Chinese. `bottom` is where the next thing may stand.
    """

    def __init__(self, headline: str, title: str, more: str = "") -> None:
        self._figure = Figure(figsize=(_WIDTH / 72, _TALLEST / 72), dpi=72)
        self._figure.patch.set_visible(False)
        self._words: list[_Words] = []
        self.bottom = 4.0
        room = _WIDTH - 2 * _EDGE
        for line in _wrap(headline, room / _HEAD / _BOLD, 3):
            self._line(line, _HEAD, "ink", 600)
        for line in _wrap(title, room / _SMALL, 1):
            self._line(line, _SMALL, "muted")
        for line in _wrap(more, room / _SMALL, 3):
            self._line(line, _SMALL, "ink")

    def _line(self, words: str, size: float, colour: str, weight: int = 400) -> None:
        self.write(_EDGE, self.bottom + 0.65 * size, words, size, colour, weight=weight)
        self.bottom += 1.35 * size

    def axes(
        self, box: tuple[float, float, float, float], across: tuple[float, float], up: tuple[float, float]
    ) -> Axes:
        """Axes in a box of left, top, width and height, with their ranges."""
        left, top, width, height = box
        share = (left / _WIDTH, 1 - (top + height) / _TALLEST, width / _WIDTH, height / _TALLEST)
        axes = self._figure.add_axes(share, xlim=across, ylim=up)
        axes.set_axis_off()
        return axes

    def place(self, axes: Axes, x: float, y: float) -> tuple[float, float]:
        """Where a point of the axes lies."""
        across, up = axes.transData.transform((x, y))
        return float(across), float(_TALLEST - up)

    def write(
        self,
        x: float,
        y: float,
        words: str,
        size: float = _TEXT,
        colour: str = "ink",
        anchor: str = "start",
        weight: int = 400,
    ) -> None:
        """Put words somewhere."""
        self._words.append(_Words(x, y, words, size, colour, anchor, weight))

    def svg(self, title: str, description: str) -> str:
        """The picture down to `bottom`; title and description are for people who can't see it."""
        root = ElementTree.Element("svg", _ROOT | {
            "viewBox": f"0 0 {_WIDTH} {self.bottom:.0f}",
            "width": f"{_SHOWN}",
            "height": f"{self.bottom * _SHOWN / _WIDTH:.0f}",
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
            for name, sentinel in _SENTINELS.items():
                style = style.replace(sentinel, _variable(name))
            d = " ".join(path.get("d", "").split())
            d = _DECIMAL.sub(lambda found: f"{float(found[0]):.1f}".removesuffix(".0"), d)
            yield ElementTree.Element("path", {"d": d, "style": style.replace(": ", ":").replace("; ", ";")})


def _variable(name: str) -> str:
    return f"var(--dg-pic-{name}, {_COLOURS[name][0]})"


def _night(drawn: str) -> str:
    """The variables of a file with `drawn` in it, for a reader with a dark colour scheme."""
    named = (name for name in _COLOURS if name not in _ONLY_WHERE_USED or f"--dg-pic-{name}," in drawn)
    colours = ";".join(f"--dg-pic-{name}:{_COLOURS[name][1]}" for name in named)
    return f"@media (prefers-color-scheme:dark){{svg:root{{{colours};color-scheme:dark}}}}"


def _clean(words: str) -> str:
    """Words without characters that no XML may hold."""
    return _NO_XML.sub("\ufffd", visible(words))


def _ems(words: str) -> float:
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


def _wrap(words: str, ems: float, most: int) -> list[str]:
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
        if not lines[-1] or _ems(lines[-1] + piece) <= ems:
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
    if _ems(line) <= ems:
        return line
    while line and _ems(line) > ems - 1:
        line = line[:-1]
    return line.rstrip() + "…"
