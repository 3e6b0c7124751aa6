"""`pull`: what learners edited in Anki comes home."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TypedDict, Unpack

import click

from deckgen.commands.options import decks_argument, folders
from deckgen.commands.telling import refusals, show_findings


class _Options(TypedDict):
    lang: str | None
    dry_run: bool
    theirs: tuple[str, ...]
    ours: tuple[str, ...]
    shipped: tuple[Path, ...]
    new: Path | None
    style: str


@click.command()
@click.argument("file", type=click.Path(path_type=Path), metavar="COLLECTION|FILE")
@decks_argument
@folders
@click.option("--lang", metavar="CODE", help="Only this language.")
@click.option("--dry-run", is_flag=True, help="Only tell what would come.")
@click.option("--theirs", multiple=True, metavar="ID", help="Take the learner's texts of this card.")
@click.option(
    "--ours", multiple=True, metavar="ID", help="Keep this card's texts, and give them to the learner."
)
@click.option(
    "--shipped",
    type=click.Path(path_type=Path),
    multiple=True,
    metavar="FILE",
    help="A package that the learner had, if git does not know it.",
)
@click.option(
    "--new",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write notes that the learner added as cards into this card file.",
)
@click.option("--format", "style", type=click.Choice(["text", "json"]), default="text", show_default=True)
def pull(
    file: Path, decks: tuple[str, ...], decks_dir: Path, output_dir: Path, **options: Unpack[_Options]
) -> None:
    """Bring home what a learner edited in Anki.

    Reads a learner's collection (collection.anki2, .colpkg or .apkg), and merges what was edited there
    into the card files. The rest of the files stays as it is. Exits with 1 when an edit can't be merged;
    then the others are taken.

    \b
    Example:
      git switch -c from-ann && deckgen pull ann.colpkg
    """  # fmt: skip
    from deckgen.pulling.found import Asked
    from deckgen.pulling.pull import pull as run
    from deckgen.showing.pull import as_json, as_text

    asked = Asked(
        decks_dir,
        output_dir,
        file,
        decks,
        options["lang"],
        frozenset(options["theirs"]),
        frozenset(options["ours"]),
        options["shipped"],
        options["new"],
    )
    write = not options["dry_run"]
    with refusals():
        pulled = run(asked, write=write, now=int(time.time()))
    if options["style"] == "json":
        click.echo(as_json(pulled, written=write))
    else:
        show_findings(pulled.findings)
        if pulled.packages:
            click.echo(as_text(pulled, written=write))
    sys.exit(pulled.exit_code)
