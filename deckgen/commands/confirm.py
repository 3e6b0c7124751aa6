"""`confirm`: a translation that is up to date."""

from __future__ import annotations

from pathlib import Path

import click

from deckgen.commands.options import deck_option, source_option
from deckgen.commands.telling import edited


@click.command()
@click.argument("cards", nargs=-1, required=True, metavar="ID...")
@click.option("--lang", required=True, metavar="CODE", help="The language that needs no change.")
@source_option
@deck_option
def confirm(cards: tuple[str, ...], lang: str, decks_dir: Path, deck: str | None) -> None:
    """Say that a translation is up to date.

    This is for texts that `check` reports as B12: the first language changed, but these need no change.

    \b
    Example:
      deckgen confirm reward-model --lang zh
    """
    from deckgen.editing import author

    edited(lambda: author.confirm(decks_dir, cards, lang, deck))
