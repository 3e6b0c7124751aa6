"""The command line: options in, one call, report and exit code out.

Exit codes: 0 clean, 1 findings, 2 wrong usage. Modules are imported inside the
commands, so that `--help` and `explain` cost no more than click.
"""

from __future__ import annotations

import os
import re
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from deckgen import __version__

if TYPE_CHECKING:
    from collections.abc import Callable

    from deckgen.build import Package

_FOLDERS = (
    click.option(
        "--source", "source_dir", type=click.Path(path_type=Path), default=Path("cards_source"),
        show_default=True, metavar="DIR", help="Folder of the decks.",
    ),
    click.option(
        "--output", "output_dir", type=click.Path(path_type=Path), default=Path("output"),
        show_default=True, metavar="DIR", help="Folder of the packages.",
    ),
)  # fmt: skip


def _folders(command: Callable[..., Any]) -> Callable[..., Any]:
    for option in reversed(_FOLDERS):
        command = option(command)
    return command


class _InOrder(click.Group):
    """Lists commands in the order in which they are used."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click's signature
        return list(self.commands)


@click.group(cls=_InOrder, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="deckgen")
def main() -> None:
    """Compile question/answer cards in YAML into Anki decks.

    \b
    Examples:
      deckgen new french                a small deck to start from
      deckgen check                     look for mistakes
      deckgen build                     write output/*.apkg
      deckgen build french              only this deck
      deckgen explain K01               what a code means
    """
    # Windows terminals and redirected output may not be UTF-8; cards are.
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


@main.command()
@click.argument("name")
@_folders
def new(name: str, source_dir: Path, output_dir: Path) -> None:
    """Make a small deck that builds at once.

    \b
    Example:
      deckgen new french
    """
    from deckgen.starter import BadName, create

    try:
        files = create(source_dir, name)
    except BadName as error:
        raise click.UsageError(str(error)) from None
    except OSError as error:
        raise click.UsageError(f"can't write {error.filename}: {error.strerror}") from None
    for path in files:
        click.echo(path.as_posix())
    click.echo("edit them first: title and ids are frozen at the first build")
    click.echo(f"then `deckgen build` writes {(output_dir / name).as_posix()}.apkg")


@main.command()
@click.argument("decks", nargs=-1, metavar="[DECK]...")
@_folders
@click.option("--accept", "accepted", multiple=True, metavar="ID", help="Let this card lose or move history.")
@click.option(
    "--format", "style", type=click.Choice(["text", "json", "github"]), default="text", show_default=True,
    help="How findings are shown.",
)  # fmt: skip
def check(
    decks: tuple[str, ...], source_dir: Path, output_dir: Path, accepted: tuple[str, ...], style: str
) -> None:
    """Look for mistakes and write nothing.

    Exits with 1 when there is an error or a warning.

    \b
    Example:
      deckgen check --format json
    """
    from deckgen import report
    from deckgen.build import check as run
    from deckgen.diagnostic import Severity
    from deckgen.load import NoDecks

    try:
        findings = run(source_dir, output_dir, decks, accepted)
    except NoDecks as error:
        raise click.UsageError(str(error)) from None
    formats = {"text": report.text, "json": report.as_json, "github": report.github}
    shown = formats[style](findings)
    if shown:
        click.echo(shown)
    if any(finding.severity is not Severity.INFO for finding in findings):
        sys.exit(1)


@main.command()
@click.argument("decks", nargs=-1, metavar="[DECK]...")
@_folders
@click.option("--lang", metavar="CODE", help="Build only this language.")
@click.option("--accept", "accepted", multiple=True, metavar="ID", help="Let this card lose or move history.")
@click.option("--locked", is_flag=True, help="Write nothing; fail if something would change (for CI).")
def build(
    decks: tuple[str, ...],
    source_dir: Path,
    output_dir: Path,
    lang: str | None,
    accepted: tuple[str, ...],
    locked: bool,
) -> None:
    """Check the cards, then write packages for Anki.

    With an error nothing is written. Changed notes are stamped with the time of
    the build, or with SOURCE_DATE_EPOCH when that is set.

    \b
    Example:
      deckgen build schulman-interview --lang en
    """
    from deckgen import report
    from deckgen.build import build as run
    from deckgen.diagnostic import has_errors
    from deckgen.load import NoDecks

    try:
        with _Progress() as progress:
            result = run(
                source_dir,
                output_dir,
                now=_now(),
                names=decks,
                lang=lang,
                locked=locked,
                accepted=accepted,
                progress=progress.step,
            )
    except NoDecks as error:
        raise click.UsageError(str(error)) from None
    if result.findings:
        click.echo(report.text(result.findings), err=True)
    if has_errors(result.findings):
        click.echo("nothing was written", err=True)
        sys.exit(1)
    for package in result.packages:
        click.echo(_summary(package))


@main.command()
@click.argument("code", required=False)
def explain(code: str | None) -> None:
    """Print what a code means and how to mend it; without CODE, list them all.

    \b
    Example:
      deckgen explain B01
    """
    from deckgen.explain import page, pages

    if code is None:
        click.echo("\n".join(text.partition("\n")[0] for text in pages().values()))
        return
    text = page(code)
    if text is None:
        raise click.UsageError(f"there is no code {code}; there are: {' '.join(pages())}")
    click.echo(text)


def _now() -> int:
    """The time of the build in seconds since 1970, https://reproducible-builds.org/specs/source-date-epoch/

    A time in the future is refused: learners' edits would look older for years.
    """
    fixed = os.environ.get("SOURCE_DATE_EPOCH")
    now = int(time.time())
    if fixed is None:
        return now
    if not re.fullmatch("[0-9]{1,12}", fixed):
        raise click.UsageError(f"SOURCE_DATE_EPOCH must be a number of seconds, not {fixed[:40]!r}")
    if int(fixed) > now + 86_400:
        raise click.UsageError(f"SOURCE_DATE_EPOCH {fixed} lies in the future")
    return int(fixed)


def _summary(package: Package) -> str:
    changes = package.changes
    counts = [(len(changes.new), "new"), (len(changes.changed), "changed"), (changes.unchanged, "unchanged")]
    words = ", ".join(f"{count} {word}" for count, word in counts if count)
    notes = f"{package.notes} note{'s' if package.notes != 1 else ''}"
    cards = f"{package.cards} card{'s' if package.cards != 1 else ''}"
    look = "; new look" if changes.note_types and not changes.new else ""
    return f"{package.path}  {notes}, {cards}: {words}{look}"


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
