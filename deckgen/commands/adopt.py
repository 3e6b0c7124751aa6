"""`adopt`: an existing deck becomes source."""

from __future__ import annotations

from pathlib import Path
from typing import TypedDict, Unpack

import click

from deckgen.commands.options import folders, now
from deckgen.commands.telling import refusals


class _Taken(TypedDict):
    """What is taken of the file, and how."""

    output_dir: Path
    decks: tuple[str, ...]
    like: Path | None
    columns: str | None
    trusted: bool


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@folders
@click.option(
    "--deck", "decks", multiple=True, metavar="NAME", help="Only this deck of the file, and those below it."
)
@click.option("--as", "key", metavar="KEY", help="The name of the folder; else it is made from the deck's.")
@click.option(
    "--like", type=click.Path(path_type=Path), metavar="FILE", help="Take ids and stamps from this package."
)
@click.option(
    "--columns", metavar="NAMES", help="Make a new deck of a table: what its columns are, as q,a,tags."
)
@click.option(
    "--trusted", is_flag=True, help="Write `trusted: true`: what its note types load and do is known."
)
@click.option("--dry-run", "dry", is_flag=True, help="Tell all, and write nothing.")
@click.option("--format", "style", type=click.Choice(["text", "json"]), default="text", show_default=True)
def adopt(
    file: Path, decks_dir: Path, key: str | None, *, dry: bool, style: str, **taken: Unpack[_Taken]
) -> None:
    """Make source of an existing deck; learners keep their history.

    FILE is a package (.apkg, .colpkg), a collection (.anki2; Anki may stay open), a folder of CrowdAnki, a
    text export of Anki, or a table. It is only read. Adopting again adds what is new, and overwrites
    nothing. A package that deckgen built becomes its source again, where that is lost.

    \b
    Example:
      deckgen adopt ~/Downloads/Spanish.apkg
    """
    from deckgen.adopting import our_deck, ours, sheet, source
    from deckgen.adopting.adopt import adopt as run
    from deckgen.adopting.adoption import Wanted
    from deckgen.showing import adopt as showing

    wanted = Wanted(file.stem, now(), key, trusted=taken["trusted"], dry=dry)
    with refusals():
        if taken["columns"] is not None:
            _expect_none(taken, "a table")
            report = sheet.new_deck(decks_dir, source.rows(file, taken["columns"].split(",")), wanted)
        elif ours.is_ours(file):
            _expect_none(taken, "a package of deckgen's own", "--trusted")
            with ours.read(file) as own:
                report = our_deck.adopt(decks_dir, own, wanted)
        else:
            with source.read(file, taken["decks"], taken["like"]) as found:
                report = run(decks_dir, found, wanted)
    if style == "json":
        import json

        click.echo(json.dumps(showing.as_dict(report), ensure_ascii=False, indent=2))
    else:
        click.echo(showing.as_text(report))


def _expect_none(taken: _Taken, what: str, *but: str) -> None:
    """Refuse options that say nothing about `what`."""
    given = {"--deck": taken["decks"], "--like": taken["like"], "--trusted": taken["trusted"]}
    for name in (name for name, value in given.items() if value and name not in but):
        raise click.UsageError(f"{what} has no use for `{name}`: leave it out")
