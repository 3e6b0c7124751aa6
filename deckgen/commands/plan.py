"""`plan`: what a build and its import would do."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Unpack

import click

from deckgen.commands.options import Wanted, decks_argument, folders, fronts_option, now, wishes
from deckgen.commands.telling import refusals, show_findings


@click.command()
@decks_argument
@folders
@click.option("--lang", metavar="CODE", help="Plan only this language.")
@click.option(
    "--accept", "accepted", multiple=True, metavar="ID", help="Plan as if `build --accept` was given."
)
@fronts_option
@click.option("--no-lint", is_flag=True, help="Check only what the format demands, not the craft of cards.")
@click.option("--against", type=click.Path(path_type=Path), metavar="FILE", help="A package or a collection.")
@click.option("--format", "style", type=click.Choice(["text", "json"]), default="text", show_default=True)
def plan(
    decks: tuple[str, ...],
    decks_dir: Path,
    output_dir: Path,
    against: Path | None,
    style: str,
    **wanted: Unpack[Wanted],
) -> None:
    """Show what a build and its import would do.

    Writes nothing. Compares the cards with the last build, or with a package or a learner's
    collection, which is only read. Exits with 0 when there is nothing to do, 3 for changes, 1 for errors.

    \b
    Example:
      deckgen plan --against ~/Anki2/User\\ 1/collection.anki2
    """
    from deckgen.building.plan import plan as run
    from deckgen.showing import plan as showing

    with refusals():
        result = run(decks_dir, output_dir, now=now(), names=decks, wishes=wishes(wanted), against=against)
    show_findings(result.findings)
    if style == "json":
        import json

        click.echo(json.dumps(showing.as_dict(result), ensure_ascii=False, indent=2))
    elif result.packages:
        click.echo(showing.as_text(result))
    sys.exit(result.exit_code)
