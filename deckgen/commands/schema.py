"""`schema`: what files may contain, for editors."""

from __future__ import annotations

from pathlib import Path

import click

from deckgen.commands.options import source_option


@click.command()
@click.argument("what", type=click.Choice(["deck", "cards"]))
@click.argument("deck", required=False)
@source_option
def schema(what: str, deck: str | None, decks_dir: Path) -> None:
    """Print the JSON Schema of decks or card files, for editors.

    With DECK, that of its card files: it completes the note types of its own, and their fields.

    \b
    Examples:
      deckgen schema cards > cards_source/.schema/cards.json
      deckgen schema cards rivers > cards_source/.schema/rivers.json
    """
    from deckgen.finding import Refused
    from deckgen.reading import schema as schemas
    from deckgen.reading.load import choose, find_folders, load

    if what == "deck":
        if deck is not None:
            raise click.UsageError("deck.yaml is the same in all decks: `deckgen schema deck`")
        made = schemas.deck_schema()
    elif deck is None:
        made = schemas.cards_schema()
    else:
        try:
            (folder,) = choose(find_folders(decks_dir), [deck]).values()
        except Refused as error:
            raise click.UsageError(str(error)) from None
        loaded, _ = load(folder)
        if loaded is None:
            raise click.UsageError(f"{folder.as_posix()}/deck.yaml can't be read; `deckgen check` tells why")
        broken = [name for name, own in loaded.note_types.items() if not own.sound]
        if broken:  # its fields would be missing without a word
            named = ", ".join(f"`{name}`" for name in broken)
            raise click.UsageError(f"{named} in note_types/ has mistakes; `deckgen check` names them")
        made = schemas.cards_schema(list(loaded.note_types.values()))
    click.echo(schemas.as_text(made), nl=False)
