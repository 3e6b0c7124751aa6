"""`preview`: pages that show the cards."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from deckgen.commands.options import decks_argument, folders, reviews_option
from deckgen.commands.telling import refusals, show_findings

if TYPE_CHECKING:
    pass


@click.command()
@decks_argument
@folders
@click.option("--lang", metavar="CODE", help="Only this language.")
@reviews_option
@click.option("--open", "opens", is_flag=True, help="Open the first one in a browser.")
def preview(
    decks: tuple[str, ...],
    decks_dir: Path,
    output_dir: Path,
    lang: str | None,
    learners: tuple[Path, ...],
    opens: bool,
) -> None:
    """Write pages that show the cards as Anki does.

    Each package gets one HTML file, which any browser shows without a network. What
    `check` finds stands beside each card.

    \b
    Example:
      deckgen preview schulman-interview --lang en
    """
    from deckgen.building.wishes import Wishes
    from deckgen.checks import Craft
    from deckgen.packing.stage import alone, write_texts
    from deckgen.showing import preview as previews

    counted = None
    if learners:
        from deckgen.studying.reviews import Learners

        counted = Learners(learners)
    with refusals():
        made = previews.preview(decks_dir, output_dir, decks, Wishes(lang, craft=Craft.ALL), counted)
        pages = {output_dir / page.name: previews.html(page) for page in made.pages}
        if made.whole:
            with alone(decks_dir, output_dir) as journal:
                write_texts(pages, journal)
    show_findings(made.findings)
    if not made.whole:
        click.echo("nothing was written", err=True)
        sys.exit(1)
    for path in pages:
        click.echo(path.as_posix())
    if opens and pages:
        import webbrowser

        webbrowser.open(Path(os.path.realpath(next(iter(pages)))).as_uri())
