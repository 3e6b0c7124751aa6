"""`new`: a deck to begin with."""

from __future__ import annotations

from pathlib import Path

import click

from deckgen.commands.options import folders
from deckgen.commands.telling import refusals


@click.command()
@click.argument("name")
@folders
def new(name: str, decks_dir: Path, output_dir: Path) -> None:
    """Make a small deck that builds at once.

    \b
    Example:
      deckgen new french
    """
    from deckgen.editing.starter import create

    with refusals():
        files = create(decks_dir, name)
    for path in files:
        click.echo(path.as_posix())
    click.echo("edit them first: title and ids are frozen at the first build")
    click.echo(f"then `deckgen build` writes {(output_dir / name).as_posix()}.apkg")
