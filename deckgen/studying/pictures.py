"""Pictures of a deck's numbers: how much work it is, its notes by section, and how long its texts are."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from matplotlib.ticker import MaxNLocator

from deckgen.kinds import Kind
from deckgen.studying.sheet import EDGE, SENTINELS, SMALL, TALLEST, TEXT, WIDTH, Sheet, width_of, wrap
from deckgen.studying.stats import Lengths, Section, Stats
from deckgen.terminal import counted

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from deckgen.studying.forecast import Band, Forecast

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
    sheet = Sheet(headline, title, more)
    axes = _plot(sheet, (0, forecast.days), max(*high, 1), ("minutes", "a day", unit), marks)
    middles = [first + span / 2 for first in firsts]
    band = [*middles, *reversed(middles)], [*low, *reversed(high)]
    axes.fill(*band, color=SENTINELS["one"], alpha=0.25, linewidth=0, clip_on=False)
    axes.plot(middles, line, color=SENTINELS["one"], linewidth=2.5, clip_on=False)
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
    sheet = Sheet(headline, title)
    mixed = sum(count > 0 for count in stats.kinds.values()) > 1
    if mixed:
        _legend(sheet, stats.kinds)
    names = [wrap(name, 172 / TEXT, 3) for name, _ in rows]
    remarks = [_remark(kinds) if mixed else "" for _, kinds in rows]
    left = EDGE + max(width_of(line) for lines in names for line in lines) * TEXT
    right = WIDTH - EDGE - 34 - max(map(width_of, remarks)) * SMALL
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
            sheet.write(end + 12 + 9 * len(f"{total}"), top + y, remarks[index], SMALL, "muted")
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
            axes.barh(y, count, 16, end, color=SENTINELS[kind.facts.colour], linewidth=0, clip_on=False)
        end += count


def _legend(sheet: Sheet, kinds: Mapping[Kind, int]) -> None:
    """Which colour is which kind, in the order of the bars."""
    x, y = float(EDGE), sheet.bottom + 12
    axes = sheet.axes((0, y - 6, WIDTH, 12), (0, WIDTH), (0, 1))
    for kind, count in kinds.items():
        if count:
            words = counted(count, kind.facts.label)
            axes.barh(0.5, 12, 1, x, color=SENTINELS[kind.facts.colour], linewidth=0, clip_on=False)
            sheet.write(x + 18, y, words, SMALL)
            x += 18 + width_of(words) * SMALL + 14
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
    sheet = Sheet(headline, title)
    axes = _plot(sheet, ends, max(bars.values()), (f"{row.what}s", row.unit), marks)
    for index, count in sorted(bars.items()):
        left = (index + 0.06) * step - 0.5
        axes.bar(left, count, 0.88 * step, align="edge", color=SENTINELS["one"], linewidth=0, clip_on=False)
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
    sheet: Sheet,
    ends: tuple[float, float],
    most: float,
    units: Sequence[str],
    marks: Sequence[tuple[float, str]],
) -> Axes:
    """Axes between `ends` and from 0 to `most`, with level lines, and marks at places of the x axis.

    `units` are the words for what the y axis counts, a line each, and then for the x axis.
    """
    left = max(map(width_of, units)) * SMALL + 12
    top = sheet.bottom + 18 * max(len(marks), len(units) - 1) + 22
    axes = sheet.axes((left, top, WIDTH - left - 24, 180), ends, (0, most))
    levels = MaxNLocator(nbins=4, integer=True, steps=[1, 2, 5, 10]).tick_values(0, most)
    for level in (level for level in levels if 0 <= level <= most):
        colour = SENTINELS["grid" if level else "muted"]
        axes.plot(ends, [level, level], color=colour, linewidth=1, clip_on=False, zorder=0)
        _, y = sheet.place(axes, 0, level)
        sheet.write(left - 8, y, f"{level:g}", SMALL, "muted", "end")
    for line, words in enumerate(reversed(units[:-1])):
        sheet.write(left - 8, y - 16 * (line + 1), words, SMALL, "muted", "end")
    sheet.bottom += 10
    _marks(sheet, axes, marks)
    sheet.bottom = top + 180
    sheet.write(left - 12, sheet.bottom + 14, units[-1], SMALL, "muted", "end")
    return axes


def _marks(sheet: Sheet, axes: Axes, marks: Sequence[tuple[float, str]]) -> None:
    """Lines from the x axis up to words, each in a row of its own."""
    places = sorted((sheet.place(axes, at, 0)[0], at, words) for at, words in marks)
    first = _first_at_left([(x, 5 + width_of(words) * SMALL) for x, _, words in places])
    # In this order no line goes through the words of another.
    rows = [*reversed(places[first:]), *places[:first]]
    for row, (x, at, words) in enumerate(rows):
        y = sheet.bottom + 18 * row
        _, end = axes.transData.inverted().transform((0, TALLEST - y + 6))
        axes.plot([at, at], [0, end], color=SENTINELS["ink"], linewidth=1, dashes=(3, 3), clip_on=False)
        if row < len(places) - first:
            sheet.write(x - 5, y, words, SMALL, anchor="end")
        else:
            sheet.write(x + 5, y, words, SMALL)


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


def _scale(sheet: Sheet, axes: Axes, end: float, size: float = 1) -> None:
    """Numbers under the x axis up to `end`, each `size` of the axes' own."""
    step = next(step for step in _steps() if end / step <= 7)
    for tick in range(0, math.floor(end + 0.05) + 1, step):
        x, _ = sheet.place(axes, tick * size, 0)
        sheet.write(x, sheet.bottom + 14, f"{tick}", SMALL, "muted", "middle")
    sheet.bottom += 28


def _steps() -> Iterator[int]:
    """1, 2, 5, 10, 20, 50 and so on."""
    power = 1
    while True:
        yield from (power, 2 * power, 5 * power)
        power *= 10
