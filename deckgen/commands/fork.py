"""`fork`: make a copied deck independent of the original."""

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
    help="The new title, or LANG=TEXT for each language.",
)
@source_option
def fork(deck: str, key: str, titles: tuple[str, ...], decks_dir: Path) -> None:
    """Make a copied deck independent of the original.

    Gives it another key, seed and title, and an empty lock. For learners who have both decks, its
    cards then no longer replace those of the deck that it was copied from.

    \b
    Example:
      deckgen fork french french-travel --title "French for travellers"
    """
    from deckgen.editing import author

    edited(lambda: author.fork(decks_dir, deck, key, titles))
    click.echo(_FORKED)


_FORKED = """
This is another deck to everybody. Tell your learners:
- The import adds all cards as new; they do not take over the history of the other deck's cards.
- Both decks can be studied side by side; neither replaces a card of the other.
- Those who want only this one can suspend the cards of the other: deleting them deletes their history."""
