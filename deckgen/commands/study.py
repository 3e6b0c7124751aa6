"""`forecast`: what a deck costs those who study it."""

from __future__ import annotations

import math
import sys
from pathlib import Path
from typing import TypedDict, Unpack

import click

from deckgen.commands.options import folders, needs_study, show_findings


class _Options(TypedDict):
    source_dir: Path
    output_dir: Path
    lang: str | None
    new_per_day: int
    retention: float
    days: int
    max_minutes: float | None
    style: str


def _number(_: click.Context, __: click.Parameter, value: float | None) -> float | None:
    """Refuse `nan`, which is neither too small nor too great for click, and `inf`."""
    if value is not None and not math.isfinite(value):
        raise click.BadParameter("must be a finite number.")
    return value


@click.command()
@click.argument("decks", nargs=-1, metavar="[DECK]...")
@folders
@click.option("--lang", metavar="CODE", help="Only this language.")
@click.option(
    "--new-per-day", type=click.IntRange(1, 9999), default=10, show_default=True, metavar="N",
    help="New cards a day.",
)  # fmt: skip
@click.option(
    "--retention", type=click.FloatRange(0.7, 0.99), default=0.9, show_default=True, metavar="SHARE",
    callback=_number, help="To recall.",
)  # fmt: skip
@click.option(
    "--days", type=click.IntRange(1, 3650), default=365, show_default=True, metavar="N",
    help="How long to look.",
)  # fmt: skip
@click.option(
    "--max-minutes", type=click.FloatRange(0), metavar="N", callback=_number,
    help="Exit with 1 above this, in the worst 7 days.",
)  # fmt: skip
@click.option("--format", "style", type=click.Choice(["text", "json"]), default="text", show_default=True)
def forecast(decks: tuple[str, ...], **options: Unpack[_Options]) -> None:
    """Tell how many minutes a day a deck takes.

    Simulates learners who begin the deck and study it with FSRS every day.

    \b
    Example:
      deckgen forecast --new-per-day 20 --max-minutes 30
    """
    from deckgen.build import Wishes, prepare
    from deckgen.checks import Craft
    from deckgen.diagnostic import has_errors
    from deckgen.load import NoDecks

    try:
        from deckgen.forecast import assumptions, outlooks, worst
    except ModuleNotFoundError:
        needs_study("forecast")
    from deckgen.report import forecast as report

    output_dir, limit = options["output_dir"], options["max_minutes"]
    wishes = Wishes(options["lang"], craft=Craft.NONE)
    try:
        ready, findings = prepare(options["source_dir"], output_dir, decks, wishes)
    except NoDecks as error:
        raise click.UsageError(str(error)) from None
    show_findings(findings)
    if has_errors(findings):
        sys.exit(1)
    found = outlooks(ready, output_dir, options["new_per_day"], options["retention"], options["days"])
    shown = report.as_json if options["style"] == "json" else report.text
    click.echo(shown(found, assumptions()))
    peak = worst(found)
    if limit is not None and peak is not None and peak.minutes > limit:
        click.echo(report.too_much(peak, limit), err=True)
        sys.exit(1)
