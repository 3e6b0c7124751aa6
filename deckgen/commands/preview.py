"""`preview` and `serve`: look at cards in a browser."""

from __future__ import annotations

import gc
import os
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import click

from deckgen.commands.options import decks_argument, folders, show_findings

if TYPE_CHECKING:
    from deckgen.finding import Finding
    from deckgen.showing.serve import Site


@click.command()
@decks_argument
@folders
@click.option("--lang", metavar="CODE", help="Only this language.")
@click.option("--open", "opens", is_flag=True, help="Open the first one in a browser.")
def preview(
    decks: tuple[str, ...], source_dir: Path, output_dir: Path, lang: str | None, opens: bool
) -> None:
    """Write pages that show the cards as Anki does.

    One HTML file for each package, for any browser, without a network. What
    `check` finds stands beside each card.

    \b
    Example:
      deckgen preview schulman-interview --lang en
    """
    from deckgen.building.wishes import Wishes
    from deckgen.checks import Craft
    from deckgen.packing.stage import Busy, alone, write_texts
    from deckgen.reading.load import NoDecks
    from deckgen.showing import preview as previews

    try:
        made = previews.preview(source_dir, output_dir, decks, Wishes(lang, craft=Craft.ALL))
        pages = {output_dir / page.name: previews.html(page) for page in made.pages}
        if made.whole:
            with alone(source_dir, output_dir) as journal:
                write_texts(pages, journal)
    except (NoDecks, Busy) as error:
        raise click.UsageError(str(error)) from None
    except OSError as error:
        raise click.UsageError(f"can't read or write {error.filename}: {error.strerror}") from None
    show_findings(made.findings)
    if not made.whole:
        click.echo("nothing was written", err=True)
        sys.exit(1)
    for path in pages:
        click.echo(path.as_posix())
    if opens and pages:
        import webbrowser

        webbrowser.open(Path(os.path.realpath(next(iter(pages)))).as_uri())


@click.command()
@decks_argument
@folders
@click.option("--lang", metavar="CODE", help="Only this language.")
@click.option("--port", type=click.IntRange(1, 65535), metavar="PORT", help="8744 if left out and free.")
@click.option("--open", "opens", is_flag=True, help="Open a browser.")
def serve(
    decks: tuple[str, ...],
    source_dir: Path,
    output_dir: Path,
    lang: str | None,
    port: int | None,
    opens: bool,
) -> None:
    """Show the cards in a browser, and follow each save.

    For this machine only, until Ctrl-C. Writes nothing: `build` does when the
    cards are ready.

    \b
    Example:
      deckgen serve --open
    """
    from deckgen.reading.load import NoDecks, choose, find_folders
    from deckgen.showing.serve import Site, follow

    gc.enable()  # runs for hours
    try:
        choose(find_folders(source_dir), decks)
    except NoDecks as error:
        raise click.UsageError(str(error)) from None
    site = Site(source_dir, output_dir, decks, lang)
    try:
        _follow(site, follow(site, source_dir), port, opens)
    except KeyboardInterrupt:
        click.echo("\nended")


def _follow(site: Site, rebuilds: Iterator[list[Finding]], port: int | None, opens: bool) -> None:
    """Serve the site until KeyboardInterrupt, and tell what is found at each save."""
    from deckgen.showing.serve import PORT, serving

    _tell(next(rebuilds))
    with ExitStack() as stack:
        try:
            url = stack.enter_context(serving(site, port or PORT))
        except OSError as error:
            if port is not None:
                raise click.UsageError(f"can't use port {port}: {error.strerror}") from None
            click.echo(f"port {PORT} is taken, by another `deckgen serve` perhaps: another one is used")
            url = stack.enter_context(serving(site, 0))
        click.echo(f"{url} shows the cards and follows each save; Ctrl-C ends it")
        if opens:
            import webbrowser

            webbrowser.open(url)
        for findings in rebuilds:
            _tell(findings)


def _tell(findings: list[Finding]) -> None:
    from deckgen.finding import Severity
    from deckgen.showing import findings as text
    from deckgen.terminal import visible

    click.echo(f"{time.strftime('%H:%M:%S')} {text.total(findings) or 'no findings'}")
    for finding in findings:
        if finding.severity is Severity.ERROR:
            where = f"{finding.place.path}:{finding.place.line}:{finding.place.column}"
            click.echo(visible(f"         {where}: {finding.code} {finding.message}"))
