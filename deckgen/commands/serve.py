"""`serve`: pages that follow each save."""

from __future__ import annotations

import gc
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import click

from deckgen.commands.options import decks_argument, folders, reviews_option
from deckgen.commands.telling import refusals

if TYPE_CHECKING:
    from deckgen.finding import Finding
    from deckgen.showing.serve import Site


@click.command()
@decks_argument
@folders
@click.option("--lang", metavar="CODE", help="Only this language.")
@reviews_option
@click.option("--port", type=click.IntRange(1, 65535), metavar="PORT", help="8744 if left out and free.")
@click.option("--open", "opens", is_flag=True, help="Open a browser.")
def serve(
    decks: tuple[str, ...],
    decks_dir: Path,
    output_dir: Path,
    lang: str | None,
    learners: tuple[Path, ...],
    port: int | None,
    opens: bool,
) -> None:
    """Show the cards in a browser, and update at each save.

    Serves only this machine, until Ctrl-C. Writes nothing: when the cards are
    ready, run `build`.

    \b
    Example:
      deckgen serve --open
    """
    from deckgen.reading.load import choose, find_folders
    from deckgen.showing.serve import Site, follow

    gc.enable()  # runs for hours
    with refusals():
        choose(find_folders(decks_dir), decks)
    site = Site(decks_dir, output_dir, decks, lang, learners)
    try:
        _follow(site, follow(site, decks_dir), port, opens)
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
            click.echo(f"port {PORT} is taken, perhaps by another `deckgen serve`: using another port")
            url = stack.enter_context(serving(site, 0))
        click.echo(f"{url} shows the cards and updates at each save; Ctrl-C ends it")
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
