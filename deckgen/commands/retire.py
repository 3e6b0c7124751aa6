"""`retire`: stop giving out a card."""

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
    help="The reason, or LANG=TEXT for each language.",
)
@click.option("--since", metavar="DATE", help="The date it is retired from; today if left out.")
@click.option("--until", metavar="DATE", help="When the note leaves all packages; never if left out.")
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
    """Stop giving out a card; learners keep theirs.

    They see the reason on the card and keep its history.

    \b
    Examples:
      deckgen retire old-claim --reason "The 2026 edition says otherwise."
      deckgen retire old-claim --reason "en=It is superseded." --reason "zh=已被取代。"
    """
    from deckgen.editing import author

    day = since or time.strftime("%Y-%m-%d", time.gmtime(now()))
    edited(lambda: author.retire(decks_dir, card, day, reasons, deck, until))
