"""`pull`: what learners edited in Anki comes home."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict, Unpack

import click

from deckgen.commands.anki import anki_options, copies, expect_source, running_option
from deckgen.commands.options import decks_argument, folders
from deckgen.commands.telling import refusals, show_findings

if TYPE_CHECKING:
    from deckgen.building.steps import Ready


#: How the names of learners' files end, and none of a deck's folder.
_ENDINGS = (".apkg", ".colpkg", ".anki2", ".anki21")


class _Options(TypedDict):
    lang: str | None
    dry_run: bool
    running: bool
    address: str
    key: str | None
    theirs: tuple[str, ...]
    ours: tuple[str, ...]
    shipped: tuple[Path, ...]
    new: Path | None
    note_type: tuple[str, ...]
    style: str


@click.command()
@click.argument("file", required=False, metavar="[COLLECTION|FILE]")
@decks_argument
@folders
@click.option("--lang", metavar="CODE", help="Only this language.")
@running_option
@anki_options
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
    help="A package that the learner had, unknown to git.",
)
@click.option(
    "--new",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write notes that the learner added into this file.",
)
@click.option("--note-type", multiple=True, metavar="NAME", help="Take this note type's templates and style.")
@click.option("--format", "style", type=click.Choice(["text", "json"]), default="text", show_default=True)
def pull(
    file: str | None, decks: tuple[str, ...], decks_dir: Path, output_dir: Path, **options: Unpack[_Options]
) -> None:
    """Bring home what a learner edited in Anki.

    Reads a collection (collection.anki2, .colpkg, .apkg) or the running Anki, and merges its edits into the
    card files. Exits with 1 when one can't be merged.

    \b
    Example:
      git switch -c from-ann && deckgen pull ann.colpkg
      deckgen pull --running
    """  # fmt: skip
    from deckgen.pulling.found import Asked
    from deckgen.pulling.pull import pull as run
    from deckgen.showing.pull import as_json, as_text

    named = () if file is None else (file, *decks)
    expect_source(bool(named), options["running"])
    # The first name is a deck where the running Anki is asked, else the file.
    running = options["running"]
    _expect_no_file(named if running else decks, "" if running else file or "", running=running)

    def files(ready: Sequence[Ready], folder: Path) -> Sequence[Path]:
        if options["running"]:
            return copies(ready, options["address"], options["key"], folder)
        return [Path(file or "")]

    asked = Asked(
        decks_dir,
        output_dir,
        files,
        named if options["running"] else decks,
        options["lang"],
        frozenset(options["theirs"]),
        frozenset(options["ours"]),
        options["shipped"],
        options["new"],
        frozenset(options["note_type"]),
    )
    write = not options["dry_run"]
    with refusals():
        pulled = run(asked, write=write, now=int(time.time()))
    if options["style"] == "json":
        click.echo(as_json(pulled, written=write))
    else:
        show_findings(pulled.findings, told=pulled.stopping)
        if pulled.packages:
            click.echo(as_text(pulled, written=write))
    sys.exit(pulled.exit_code)


def _expect_no_file(names: Sequence[str], first: str, *, running: bool) -> None:
    """Refuse a learner's file in the place of a deck: one file is pulled at a time, or a running Anki."""
    for name in names:
        if name.lower().endswith(_ENDINGS):
            if first and not first.lower().endswith(_ENDINGS):
                raise click.UsageError(
                    f"the file comes before the names of decks: `deckgen pull {name} {first}`"
                )
            if running:
                raise click.UsageError(
                    f"--running asks the Anki that is open, and {name} is a file: "
                    f"say either `deckgen pull --running` or `deckgen pull {name}`"
                )
            raise click.UsageError(f"one file is pulled at a time: `deckgen pull {name}` pulls this one")
