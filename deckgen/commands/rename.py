"""`rename`: another id, and the same history."""

from __future__ import annotations

from pathlib import Path

import click

from deckgen.commands.options import deck_option, source_option
from deckgen.commands.telling import edited


@click.command()
@click.argument("old")
@click.argument("new_id", metavar="NEW")
@source_option
@deck_option
def rename(old: str, new_id: str, decks_dir: Path, deck: str | None) -> None:
    """Give a card another id and keep its history.

    Changes the id, adds `was:`, and updates `after:` and `see:`. It also works when you
    have already changed the id yourself.

    \b
    Example:
      deckgen rename reward-modell reward-model
    """
    from deckgen.editing import author

    edited(lambda: author.rename(decks_dir, old, new_id, deck))
