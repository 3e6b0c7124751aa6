"""`stats` and `forecast`: what is in a deck, and what it costs those who study it."""

from __future__ import annotations

import math
import sys
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, TypedDict, Unpack

import click

from deckgen.commands.options import decks_argument, folders, needs_study, show_findings

if TYPE_CHECKING:
    from deckgen.building.steps import Ready


@click.command()
@decks_argument
@folders
@click.option("--lang", metavar="CODE", help="Count only this language.")
@click.option("--format", "style", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--plot", is_flag=True, help="Also write pictures (SVG) beside the packages.")
def stats(
    decks: tuple[str, ...], source_dir: Path, output_dir: Path, lang: str | None, style: str, plot: bool
) -> None:
    """Count notes and cards, and measure their texts.

    Notes by section, kind, tag, speaker and language; lengths beside the limits of
    `check`. Exits with 1 when the files have errors.

    \b
    Example:
      deckgen stats schulman-interview --lang en --plot
    """
    from deckgen.showing.stats import as_json, as_text
    from deckgen.studying.stats import measure

    ready = _ready(source_dir, output_dir, decks, lang)
    found = [measure(item.deck, [rendered.lang for rendered in item.rendered]) for item in ready]
    paths: list[Path] = []
    if plot:
        packages = [measure(item.deck, [rendered.lang]) for item in ready for rendered in item.rendered]
        drawn = (picture for one in packages for picture in _pictures().of_package(one))
        paths = _write({output_dir / name: text for name, text in drawn}, source_dir, output_dir)
    click.echo(as_json(found) if style == "json" else as_text(found))
    for path in paths:
        click.echo(path.as_posix(), err=style == "json")


class _Options(TypedDict):
    source_dir: Path
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
    help="Exit with 1 above this, in the worst 7 days.",
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
    ready = _ready(options["source_dir"], output_dir, decks, options["lang"])
    found = outlooks(ready, output_dir, options["new_per_day"], options["retention"], options["days"])
    paths: list[Path] = []
    if options["plot"]:
        load = _pictures().load
        drawn = [(Path(one.path), load(one.forecast, one.title)) for one in found if one.forecast]
        texts = {path.with_suffix(".load.svg"): text for path, text in drawn}
        paths = _write(texts, options["source_dir"], output_dir)
    click.echo((report.as_json if style == "json" else report.text)(found, assumptions()))
    for path in paths:
        click.echo(path.as_posix(), err=style == "json")
    peak = worst(found)
    if limit is not None and peak is not None and peak.minutes > limit:
        click.echo(report.too_much(peak, limit), err=True)
        sys.exit(1)


def _ready(source_dir: Path, output_dir: Path, decks: tuple[str, ...], lang: str | None) -> tuple[Ready, ...]:
    """The chosen decks with their notes; ends with 1 when the files have errors."""
    from deckgen.building.steps import Asked, prepare
    from deckgen.building.wishes import Wishes
    from deckgen.checks import Craft
    from deckgen.finding import has_errors
    from deckgen.reading.load import NoDecks

    try:
        ready = prepare(Asked(source_dir, output_dir, decks, Wishes(lang, craft=Craft.NONE)))
    except NoDecks as error:
        raise click.UsageError(str(error)) from None
    show_findings(ready.findings)
    if has_errors(ready.findings):
        sys.exit(1)
    return ready.decks


def _pictures() -> ModuleType:
    try:
        from deckgen.studying import pictures
    except ModuleNotFoundError:
        needs_study("--plot")
    return pictures


def _write(texts: dict[Path, str], source_dir: Path, output_dir: Path) -> list[Path]:
    """Write the pictures, all or none; gives their paths."""
    from deckgen.packing.stage import Busy, alone, write_texts

    try:
        with alone(source_dir, output_dir) as journal:
            return write_texts(texts, journal)
    except Busy as error:
        raise click.UsageError(str(error)) from None
    except OSError as error:
        raise click.UsageError(f"can't write {error.filename}: {error.strerror}") from None
