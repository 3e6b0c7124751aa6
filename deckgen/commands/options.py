"""Options that commands share, and what they take from the environment."""

from __future__ import annotations

import os
import re
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TextIO

import click

if TYPE_CHECKING:
    from deckgen.diagnostic import Diagnostic

source_option = click.option(
    "--source",
    "source_dir",
    type=click.Path(path_type=Path),
    default=Path("cards_source"),
    show_default=True,
    metavar="DIR",
    help="Folder of the decks.",
)
_output_option = click.option(
    "--output",
    "output_dir",
    type=click.Path(path_type=Path),
    default=Path("output"),
    show_default=True,
    metavar="DIR",
    help="Folder of the packages.",
)


#: No lock may hold a later stamp (lock.LATEST): 2100-01-01.
_LATEST = 4_102_444_800
_SKEW = 300


def folders(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options `--source` and `--output`."""
    return source_option(_output_option(command))


def now() -> int:
    """The time of the build in seconds since 1970, https://reproducible-builds.org/specs/source-date-epoch/

    A time in the future is refused: learners' edits would look older until then. Five minutes ahead
    are taken, as clocks of two machines differ. So is refused a clock beyond what a lock may hold.
    """
    fixed = os.environ.get("SOURCE_DATE_EPOCH")
    now = int(time.time())
    if now > _LATEST:
        raise click.UsageError("the clock says that it is later than 2100: set it first")
    if fixed is None:
        return now
    if not re.fullmatch("[0-9]{1,12}", fixed):
        raise click.UsageError(f"SOURCE_DATE_EPOCH must be a number of seconds, not {fixed[:40]!r}")
    if int(fixed) > now + _SKEW:
        raise click.UsageError(f"SOURCE_DATE_EPOCH {fixed} lies in the future")
    return int(fixed)


def wants_colour(stream: TextIO) -> bool:
    """Whether to write colours: https://no-color.org, https://force-color.org, and only to terminals."""
    if os.environ.get("NO_COLOR"):
        return False
    return bool(os.environ.get("FORCE_COLOR")) or (stream.isatty() and os.environ.get("TERM") != "dumb")


def show_findings(findings: Sequence[Diagnostic]) -> None:
    """Tell what stops a build in full, and what learners will not get; how much else there is, on stderr."""
    from deckgen.diagnostic import Severity
    from deckgen.report import text

    errors = [finding for finding in findings if finding.severity is Severity.ERROR]
    colour = wants_colour(sys.stderr)
    if errors:
        click.echo(text.text(errors, colour=colour), err=True, color=colour)
    for one in findings:
        if _is_told(one) and one.severity is not Severity.ERROR:
            place = f"{one.place.path}:{one.place.line}:{one.place.column}"
            click.echo(f"{place}: {one.code} {one.severity}: {one.message}\n    help: {one.hint}", err=True)
    others = other_findings(findings)
    if others:
        click.echo(others, err=True)


def other_findings(findings: Sequence[Diagnostic]) -> str:
    """Where to see what stops no build; nothing when there is nothing."""
    from deckgen.report import text

    others = [finding for finding in findings if not _is_told(finding)]
    return f"{text.total(others)}: `deckgen check` shows them" if others else ""


def _is_told(finding: Diagnostic) -> bool:
    from deckgen.diagnostic import Severity

    # Only a build or a plan can find what is about learners (R…); `check` would not show it.
    return finding.severity is Severity.ERROR or finding.code.startswith("R")


def needs_study(what: str) -> NoReturn:
    """Tell how to get the libraries of the extra `study`, which a build does without; ends with exit 2."""
    click.echo(f"{what} needs more libraries: `pip install '.[study]'` in a clone of deckgen", err=True)
    sys.exit(2)
