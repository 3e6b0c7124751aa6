"""The study plan of a package for its page: what it costs, what is in it, with pictures."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from html import escape
from itertools import groupby

from deckgen.deck import Deck
from deckgen.showing.forecast import assumed, percent, short
from deckgen.studying import pictures
from deckgen.studying.forecast import Forecast, Setting, assumptions, forecast, sweep
from deckgen.studying.stats import measure

#: A page tries other settings only for a deck of at most so many Anki cards, for which that takes a second.
MOST = 500


def study(deck: Deck, lang: str) -> str:
    """The plan as HTML: the load of a year at 10 new cards a day, other settings, sections and lengths."""
    stats = measure(deck, [lang])
    cards = stats.languages[0].anki_cards
    if not cards:
        return "<p>There are no cards to study.</p>"
    made, settings = _forecast(cards)
    drawn = dict(pictures.of_package(stats))
    return "\n".join([
        "<h2>What it costs</h2>",
        _figure(pictures.load(made, deck.title[lang].value)),
        *(_table(made, settings) if settings else ()),
        *_notes(),
        "<h2>What is in it</h2>",
        *map(_figure, drawn.values()),
    ])  # fmt: skip


@cache
def _forecast(cards: int) -> tuple[Forecast, list[Setting]]:
    """The forecast for a number of cards, kept for the next deck with as many.

    With many cards, other settings take too long here; `deckgen forecast` shows them.
    """
    made = forecast(cards)
    return made, sweep(made) if cards <= MOST else []


def _notes() -> Iterator[str]:
    """What the figures assume: a paragraph, then a list."""
    ranges, _, defaults = "\n".join(assumed(assumptions())).partition("\n\n")
    head, *items = defaults.replace("\n  ", " ").split("\n- ")
    yield f'<p class="fine">{escape(ranges)}</p>'
    yield f'<p class="fine">{escape(head)}</p>'
    yield f'<ul class="fine">{"".join(f"<li>{escape(item)}</li>" for item in items)}</ul>'


def _figure(svg: str) -> str:
    return f"<figure>{svg}</figure>"


def _table(made: Forecast, settings: list[Setting]) -> Iterator[str]:
    """A row for each number of new cards a day, a column for each retention; that of the picture is bold."""
    yield "<h3>Other settings: minutes a day in the worst 7 days / hours in all; in bold, those drawn</h3>"
    rows = [list(group) for _, group in groupby(settings, key=lambda one: one.new_per_day)]
    heads = "".join(f'<th scope="col">{percent(one.retention)}</th>' for one in rows[0])
    lines = [
        f'<tr><td colspan="2"></td><th scope="colgroup" colspan="{len(rows[0])}">to be recalled</th></tr>',
        f'<tr><th scope="col">new a day</th><th scope="col">all seen</th>{heads}</tr>',
    ]
    for row in rows:
        seen = "later" if row[0].seen is None else f"day {row[0].seen}"
        cells = "".join(f"<td>{_cell(made, one)}</td>" for one in row)
        lines.append(f'<tr><th scope="row">{row[0].new_per_day}</th><td>{seen}</td>{cells}</tr>')
    yield f"<table>{''.join(lines)}</table>"


def _cell(made: Forecast, one: Setting) -> str:
    cell = f"{short(one.peak)} / {short(one.hours)}"
    return (
        f"<b>{cell}</b>" if (one.new_per_day, one.retention) == (made.new_per_day, made.retention) else cell
    )
