"""`lock`: a lost lock is found again, or begun anew."""

from __future__ import annotations

import time
from pathlib import Path

import click

from deckgen.commands.options import folders
from deckgen.commands.telling import edited


@click.command()
@click.option(
    "--from",
    "packages",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="A package to find the lock in; those beside it are read as well.",
)
@click.option("--unbuilt", multiple=True, metavar="LANG", help="A language that was never built.")
@click.option("--forget", metavar="DECK", help="Begin this deck anew, as if it had never been built.")
@click.option("--yes", is_flag=True, help="Forget without asking.")
@click.option("--lower", is_flag=True, help="Take back stamps that lie ahead of the clock (R17).")
@folders
def lock(
    packages: tuple[Path, ...],
    unbuilt: tuple[str, ...],
    forget: str | None,
    yes: bool,
    lower: bool,
    decks_dir: Path,
    output_dir: Path,
) -> None:
    """Recover a lost deck.lock, or begin one anew.

    Packages carry a copy of the lock. It is taken from those in the output folder, and from those that
    --from names. --forget is for a deck that nobody has: its cards, titles and languages may change again.

    \b
    Examples:
      deckgen lock
      deckgen lock --from ~/Downloads/deck.en.apkg --from ~/Downloads/deck.zh.apkg
      deckgen lock --forget french
    """
    from deckgen.editing import author

    if (bool(packages or unbuilt) + (forget is not None) + lower) > 1:
        raise click.UsageError("--from and --unbuilt, --forget, --lower: one of these at a time")

    def write() -> list[Path]:
        if forget is not None:
            author.head_of(decks_dir, forget)  # there is nothing to ask about a deck that is not there
            if not yes:
                click.confirm(_FORGET.format(deck=forget), abort=True, err=True)
            return author.forget(decks_dir, forget)
        if lower:
            return author.lower_stamps(decks_dir, (), int(time.time()))
        return author.recover_lock(decks_dir, output_dir, packages, unbuilt)

    edited(write)
    if forget is not None:
        click.echo(
            f"`{forget}` has another seed and a lock in which nothing was built: to learners it is a new deck"
        )
    elif not lower:
        click.echo(
            "packages don't tell of learners' edits that wait for you: if git has no deck.lock from before, "
            "`deckgen pull` their files again"
        )


_FORGET = """\
Are you sure that nobody has the deck `{deck}`? Learners who have it would get renamed cards a second time,
keep those that you dropped, and lose their own edits at the next import. Forget what was built?"""
