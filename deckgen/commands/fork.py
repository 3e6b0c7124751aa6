"""`fork`: a copy of a deck becomes one of its own."""

from __future__ import annotations

from pathlib import Path

import click

from deckgen.commands.options import source_option
from deckgen.commands.telling import edited


@click.command()
@click.argument("deck", metavar="DECK")
@click.argument("key", metavar="KEY")
@click.option(
    "--title",
    "titles",
    multiple=True,
    required=True,
    metavar="TEXT",
    help="The new title; or LANG=TEXT for each.",
)
@source_option
def fork(deck: str, key: str, titles: tuple[str, ...], decks_dir: Path) -> None:
    """Make a copy of somebody's deck one of its own.

    Gives it another key, seed and title, and an empty lock: its cards no longer replace those
    of the deck that it was copied from, in the collections of those who have both.

    \b
    Example:
      deckgen fork french french-travel --title "French for travellers"
    """
    from deckgen.editing import author

    edited(lambda: author.fork(decks_dir, deck, key, titles))
    click.echo(_FORKED)


_FORKED = """
This is another deck to everybody. Tell your learners:
- The import adds all cards as new; the history of the other deck's cards does not go over.
- Both decks can be studied side by side; neither replaces a card of the other.
- Who wants only this one can suspend the cards of the other: deleting them deletes their history."""
