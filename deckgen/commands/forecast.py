"""`forecast`: what a deck costs those who study it."""

from __future__ import annotations

import math
import sys
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict, Unpack

import click

from deckgen.commands.options import decks_argument, folders
from deckgen.commands.studying import drawing, prepared, write_pictures
from deckgen.commands.telling import needs_study

if TYPE_CHECKING:
    pass


class _Options(TypedDict):
    decks_dir: Path
    output_dir: Path
    lang: str | None
    new_per_day: int
    retention: float
    days: int
    max_minutes: float | None
    style: str
    plot: bool


def _number(_: click.Context, __: click.Parameter, value: float | None) -> float | None:
    """Refuse `nan`, which is neither too small nor too great for click, and `inf`."""
    if value is not None and not math.isfinite(value):
        raise click.BadParameter("must be a finite number.")
    return value


@click.command()
@decks_argument
@folders
@click.option("--lang", metavar="CODE", help="Only this language.")
@click.option(
    "--new-per-day", type=click.IntRange(1, 9999), default=10, show_default=True, metavar="N",
    help="New cards a day.",
)  # fmt: skip
@click.option(
    "--retention", type=click.FloatRange(0.7, 0.99), default=0.9, show_default=True, metavar="SHARE",
    callback=_number, help="Share of reviews that succeed.",
)  # fmt: skip
@click.option(
    "--days", type=click.IntRange(1, 3650), default=365, show_default=True, metavar="N",
    help="How many days to simulate.",
)  # fmt: skip
@click.option(
    "--max-minutes", type=click.FloatRange(0), metavar="N", callback=_number,
    help="Exit with 1 if the worst 7 days take more minutes a day.",
)  # fmt: skip
@click.option("--format", "style", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--plot", is_flag=True, help="Also write a picture (SVG) beside each package.")
def forecast(decks: tuple[str, ...], **options: Unpack[_Options]) -> None:
    """Tell how many minutes a day a deck takes.

    Simulates learners who begin the deck and study it with FSRS every day.

    \b
    Example:
      deckgen forecast --new-per-day 20 --max-minutes 30
    """
    try:
        from deckgen.studying.forecast import assumptions, outlooks, worst
    except ModuleNotFoundError:
        needs_study("forecast")
    from deckgen.showing import forecast as report

    output_dir, limit, style = options["output_dir"], options["max_minutes"], options["style"]
    ready = prepared(options["decks_dir"], output_dir, decks, options["lang"])
    found = outlooks(ready, output_dir, options["new_per_day"], options["retention"], options["days"])
    paths: list[Path] = []
    if options["plot"]:
        load = drawing().load
        drawn = [(Path(one.path), load(one.forecast, one.title)) for one in found if one.forecast]
        texts = {path.with_suffix(".load.svg"): text for path, text in drawn}
        paths = write_pictures(texts, options["decks_dir"], output_dir)
    click.echo((report.as_json if style == "json" else report.text)(found, assumptions()))
    for path in paths:
        click.echo(path.as_posix(), err=style == "json")
    peak = worst(found)
    if limit is not None and peak is not None and peak.minutes > limit:
        click.echo(report.too_much(peak, limit), err=True)
        sys.exit(1)
