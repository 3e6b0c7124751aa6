"""What `build` and `restamp` share."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from deckgen.commands.telling import refusals, show_findings

if TYPE_CHECKING:
    from deckgen.building.build import Result
    from deckgen.building.wishes import Wishes
    from deckgen.lock.history import Memory


def run_build(
    decks: tuple[str, ...],
    decks_dir: Path,
    output_dir: Path,
    wishes: Wishes,
    now: int,
    locked: bool = False,
    memory: Memory | None = None,
) -> Result:
    """Build, and tell of it; ends with 1 when the decks have errors.

    `memory` is what is remembered of the decks, where that is known already.
    """
    from deckgen.building.build import build
    from deckgen.finding import has_errors
    from deckgen.lock.history import Memory
    from deckgen.showing.packages import summary
    from deckgen.terminal import visible

    with refusals(), _Progress() as progress:
        result = build(
            decks_dir,
            output_dir,
            now=now,
            names=decks,
            wishes=wishes,
            locked=locked,
            progress=progress.step,
            recall=Memory if memory is None else lambda _: memory,
        )
    show_findings(result.findings)
    if has_errors(result.findings):
        click.echo("nothing was written", err=True)
        sys.exit(1)
    click.echo(summary(result.packages), nl=False)
    for one in result.findings:
        if one.code == "K22":
            click.echo(f"{visible(one.place.path)}  {one.message}", err=True)
    return result


class _Progress:
    """A bar on the terminal, shown only when a build takes longer than a second."""

    def __init__(self) -> None:
        self._begin = time.monotonic()
        self._shown = False

    def __enter__(self) -> _Progress:
        return self

    def __exit__(self, *_: object) -> None:
        if self._shown:
            click.echo("\r\033[K", err=True, nl=False)

    def step(self, done: int, total: int) -> None:
        """Show how many notes are done."""
        if done % 100 or time.monotonic() - self._begin < 1 or not sys.stderr.isatty():
            return
        self._shown = True
        filled = 30 * done // max(total, 1)
        click.echo(f"\r\033[K[{'#' * filled}{'.' * (30 - filled)}] {done}/{total} notes", err=True, nl=False)
