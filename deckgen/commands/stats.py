"""`stats`: what is in a deck."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from deckgen.commands.options import decks_argument, folders
from deckgen.commands.studying import drawing, prepared, write_pictures

if TYPE_CHECKING:
    pass


@click.command()
@decks_argument
@folders
@click.option("--lang", metavar="CODE", help="Count only this language.")
@click.option("--format", "style", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--plot", is_flag=True, help="Also write pictures (SVG) beside the packages.")
def stats(
    decks: tuple[str, ...], decks_dir: Path, output_dir: Path, lang: str | None, style: str, plot: bool
) -> None:
    """Count notes and cards, and measure their texts.

    Counts notes by section, kind, tag, speaker and language, and shows lengths beside the
    limits of `check`. Exits with 1 when the files have errors.

    \b
    Example:
      deckgen stats schulman-interview --lang en --plot
    """
    from deckgen.showing.stats import as_json, as_text
    from deckgen.studying.stats import measure

    ready = prepared(decks_dir, output_dir, decks, lang)
    found = [measure(item.deck, [rendered.lang for rendered in item.rendered]) for item in ready]
    paths: list[Path] = []
    if plot:
        packages = [measure(item.deck, [rendered.lang]) for item in ready for rendered in item.rendered]
        drawn = (picture for one in packages for picture in drawing().of_package(one))
        paths = write_pictures({output_dir / name: text for name, text in drawn}, decks_dir, output_dir)
    click.echo(as_json(found) if style == "json" else as_text(found))
    for path in paths:
        click.echo(path.as_posix(), err=style == "json")
