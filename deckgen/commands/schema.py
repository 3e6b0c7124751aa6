"""`schema`: what files may contain, for editors."""

from __future__ import annotations

import click


@click.command()
@click.argument("what", type=click.Choice(["deck", "cards"]))
def schema(what: str) -> None:
    """Print the JSON Schema of decks or card files, for editors.

    \b
    Example:
      deckgen schema cards > cards_source/.schema/cards.json
    """
    from deckgen.reading import schema as schemas

    made = schemas.deck_schema() if what == "deck" else schemas.cards_schema()
    click.echo(schemas.as_text(made), nl=False)
