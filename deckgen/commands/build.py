"""`build`: write packages."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Unpack

import click

from deckgen.commands.building import run_build
from deckgen.commands.options import Wanted, decks_argument, folders, fronts_option, now, wishes
from deckgen.commands.telling import other_findings


@click.command()
@decks_argument
@folders
@click.option("--lang", metavar="CODE", help="Build only this language.")
@click.option(
    "--accept", "accepted", multiple=True, metavar="ID", help="Let ID or DECK/ID lose or move history."
)
@fronts_option
@click.option("--locked", is_flag=True, help="Write nothing; fail if something would change (for CI).")
@click.option("--no-lint", is_flag=True, help="Check only what the format demands, not the craft of cards.")
@click.option("--new-major", is_flag=True, help="Begin anew: all cards are new to learners.")
def build(
    decks: tuple[str, ...],
    decks_dir: Path,
    output_dir: Path,
    locked: bool,
    new_major: bool,
    **wanted: Unpack[Wanted],
) -> None:
    """Check the cards, then write packages for Anki.

    With an error nothing is written. Changed notes are stamped with the time of
    the build, or with SOURCE_DATE_EPOCH when that is set.

    \b
    Example:
      deckgen build schulman-interview --lang en
    """
    from deckgen.building.seal import Said, Seal

    if new_major and (wanted["lang"] or not decks):
        raise click.UsageError("--new-major needs the name of the deck, and begins all its languages anew")
    stamp = now()
    options = [output_dir.as_posix(), json.dumps(wanted, sort_keys=True), *decks]
    seal = None if locked or new_major else Seal(decks_dir, options)
    said = seal.find(time.strftime("%Y-%m-%d", time.gmtime(stamp))) if seal else None
    if said is not None:
        click.echo(said.out, nl=False)
        click.echo(said.err, err=True, nl=False)
        return
    # This import takes a while, and a sealed build does without it.
    from deckgen.showing.packages import unchanged

    wished, memory = wishes(wanted, new_major=new_major), seal.memory if seal else None
    result = run_build(decks, decks_dir, output_dir, wished, stamp, locked, memory)
    if new_major and not locked:
        click.echo(_NEW_MAJOR)
    if seal:
        others = other_findings(result.findings)
        seal.put(result, Said(unchanged(result.packages), f"{others}\n" if others else ""))


_NEW_MAJOR = """
This is another deck to everybody who has the old one. Tell your learners:
- The import adds all cards as new, beside the old ones; their history is not carried over.
- If the title stays the same, new and old cards lie in one deck; under a new title, in two.
- To find the old cards: in Browse, search the note types without the new number in their name.
- Finish the old cards, or suspend them. Deleting them deletes their history."""
