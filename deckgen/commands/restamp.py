"""`restamp`: build, with new stamps for some cards."""

from __future__ import annotations

from pathlib import Path

import click

from deckgen.commands.building import run_build
from deckgen.commands.options import deck_option, folders, now


@click.command()
@click.argument("cards", nargs=-1, required=True, metavar="ID...")
@deck_option
@click.option("--no-lint", is_flag=True, help="Check only what the format demands, not the craft of cards.")
@folders
def restamp(
    cards: tuple[str, ...], deck: str | None, no_lint: bool, decks_dir: Path, output_dir: Path
) -> None:
    """Build, and give these cards new stamps.

    Their next import replaces what learners have, edits and tags included. Use it for notes that
    `plan --against` calls held back, and for those that are newer on another branch (R15).

    \b
    Example:
      deckgen restamp reward-model base-model
    """
    from deckgen.building.wishes import Wishes
    from deckgen.checks import Craft

    named = frozenset(f"{deck}/{card}" if deck and "/" not in card else card for card in cards)
    wishes = Wishes(restamp=named, craft=Craft.NONE if no_lint else Craft.STOPPING)
    run_build((), decks_dir, output_dir, wishes, now())
