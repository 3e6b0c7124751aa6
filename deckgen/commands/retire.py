"""`retire`: a card that is given out no more."""

from __future__ import annotations

import time
from pathlib import Path

import click

from deckgen.commands.options import deck_option, now, source_option
from deckgen.commands.telling import edited


@click.command()
@click.argument("card", metavar="ID")
@click.option(
    "--reason",
    "reasons",
    multiple=True,
    required=True,
    metavar="TEXT",
    help="Why; LANG=TEXT for one language.",
)
@click.option("--since", metavar="DATE", help="Since when; today if left out.")
@click.option("--until", metavar="DATE", help="From when on no package has the note; never if left out.")
@source_option
@deck_option
def retire(
    card: str,
    reasons: tuple[str, ...],
    since: str | None,
    until: str | None,
    decks_dir: Path,
    deck: str | None,
) -> None:
    """Give a card out no more; learners keep theirs.

    They see the reason on it and keep its history.

    \b
    Example:
      deckgen retire old-claim --reason "The 2026 edition says otherwise."
    """
    from deckgen.editing import author

    day = since or time.strftime("%Y-%m-%d", time.gmtime(now()))
    edited(lambda: author.retire(decks_dir, card, day, reasons, deck, until))
