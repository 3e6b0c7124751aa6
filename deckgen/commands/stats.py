"""`stats`: how many cards there are, and how long their texts are."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from deckgen.commands.options import folders, needs_study, show_findings

if TYPE_CHECKING:
    from deckgen.stats import Stats


@click.command()
@click.argument("decks", nargs=-1, metavar="[DECK]...")
@folders
@click.option("--lang", metavar="CODE", help="Count only this language.")
@click.option("--format", "style", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--plot", is_flag=True, help="Also write pictures (SVG) beside the packages.")
def stats(
    decks: tuple[str, ...], source_dir: Path, output_dir: Path, lang: str | None, style: str, plot: bool
) -> None:
    """Count cards, and measure their texts.

    Cards by section, kind, tag, speaker and language; lengths beside the limits of
    `check`. Exits with 1 when the files have errors.

    \b
    Example:
      deckgen stats schulman-interview --lang en --plot
    """
    from deckgen.build import Wishes, prepare
    from deckgen.checks import Craft
    from deckgen.diagnostic import has_errors
    from deckgen.load import NoDecks
    from deckgen.report.stats import as_json, as_text
    from deckgen.stats import measure

    try:
        ready, findings = prepare(source_dir, output_dir, decks, Wishes(lang, craft=Craft.NONE))
    except NoDecks as error:
        raise click.UsageError(str(error)) from None
    show_findings(findings)
    if has_errors(findings):
        sys.exit(1)
    found = [measure(item.deck, [rendered.lang for rendered in item.rendered]) for item in ready]
    drawn = [measure(item.deck, [rendered.lang]) for item in ready for rendered in item.rendered if plot]
    paths = _draw(drawn, source_dir, output_dir) if plot else []
    click.echo(as_json(found) if style == "json" else as_text(found))
    for path in paths:
        click.echo(path.as_posix(), err=style == "json")


def _draw(packages: list[Stats], source_dir: Path, output_dir: Path) -> list[Path]:
    """Write the pictures of packages, all or none."""
    from deckgen.stage import Busy, alone, write_texts

    try:
        from deckgen import pictures
    except ModuleNotFoundError:
        raise needs_study("pictures") from None
    texts = {output_dir / name: text for one in packages for name, text in pictures.of_package(one)}
    try:
        with alone(source_dir):
            return write_texts(texts)
    except Busy as error:
        raise click.UsageError(str(error)) from None
    except OSError as error:
        raise click.UsageError(f"can't write {error.filename}: {error.strerror}") from None
