"""`reviews`: which cards learners forget."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from deckgen.commands.anki import anki_options, copies, expect_source, running_option
from deckgen.commands.options import folders
from deckgen.commands.telling import refusals, show_findings


@click.command()
@click.argument("files", nargs=-1, type=click.Path(path_type=Path), metavar="[COLLECTION|FILE]...")
@folders
@click.option("--lang", metavar="CODE", help="Only this language.")
@running_option
@anki_options
@click.option("--format", "style", type=click.Choice(["text", "json"]), default="text", show_default=True)
def reviews(
    files: tuple[Path, ...],
    decks_dir: Path,
    output_dir: Path,
    lang: str | None,
    style: str,
    running: bool,
    address: str,
    key: str | None,
) -> None:
    """Tell which cards learners forget, the worst first.

    Counts the reviews in learners' collections (collection.anki2, .colpkg, or .apkg with
    scheduling); those of several learners are added up. Files are only read, also while Anki
    is open. Exits with 1 when one can't be read or has none of these cards.

    \b
    Example:
      deckgen reviews ~/.local/share/Anki2/User\\ 1/collection.anki2
      deckgen reviews ann.apkg bob.colpkg
    """
    from deckgen.building.steps import Asked, dropped, prepare
    from deckgen.building.wishes import Wishes
    from deckgen.checks import Craft
    from deckgen.finding import has_errors
    from deckgen.packing.stage import scratch
    from deckgen.showing.reviews import as_json, as_text
    from deckgen.studying.reviews import Learners, survey

    expect_source(bool(files), running)
    with refusals(), scratch() as folder:
        ready = prepare(Asked(decks_dir, output_dir, (), Wishes(lang, craft=Craft.ALL)))
        held = copies(ready.decks, address, key, folder) if running else []
        found, about_files = Learners([*files, *held]).history(ready.decks)
    findings = [*dropped(ready), *about_files]
    packages = survey(ready, found)
    show_findings(findings)
    if style == "json":
        click.echo(as_json(found, packages))
    elif found.studied:
        click.echo(as_text(packages))
    if has_errors(findings):
        sys.exit(1)
