"""What commands tell: findings, and what can't be done."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Container, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, TextIO

import click

from deckgen.finding import Refused

if TYPE_CHECKING:
    from deckgen.finding import Finding


@contextmanager
def refusals() -> Iterator[None]:
    """Report refusals and unusable files as wrong usage: one line on stderr, exit code 2."""
    try:
        yield
    except Refused as error:
        raise click.UsageError(str(error)) from None
    except OSError as error:
        if error.filename is None:  # the output itself is broken: `__main__` tells
            raise
        raise click.UsageError(f"can't read or write {error.filename}: {error.strerror}") from None


def wants_colour(stream: TextIO) -> bool:
    """Whether to write colours: https://no-color.org, https://force-color.org, and only to terminals."""
    if os.environ.get("NO_COLOR"):
        return False
    return bool(os.environ.get("FORCE_COLOR")) or (stream.isatty() and os.environ.get("TERM") != "dumb")


def show_findings(findings: Sequence[Finding], *, told: Container[str] = ()) -> None:
    """Print in full, on stderr, what stops a build and what learners will not get; count the rest.

    Those with a code in `told` are printed in full as well.
    """
    from deckgen.finding import Severity
    from deckgen.showing import findings as text
    from deckgen.terminal import visible

    errors = [finding for finding in findings if finding.severity is Severity.ERROR]
    colour = wants_colour(sys.stderr)
    if errors:
        click.echo(text.text(errors, colour=colour), err=True, color=colour)
    for one in findings:
        if (_is_told(one) or one.code in told) and one.severity is not Severity.ERROR:
            place = f"{one.place.path}:{one.place.line}:{one.place.column}"
            words = f"{place}: {one.code} {one.severity}: {visible(one.message)}"
            click.echo(words + (f"\n    help: {visible(one.hint)}" if one.hint else ""), err=True)
    others = other_findings([one for one in findings if one.code not in told])
    if others:
        click.echo(others, err=True)


def other_findings(findings: Sequence[Finding]) -> str:
    """How many findings don't stop a build, their codes, and where to see them; empty without any."""
    from deckgen.showing import findings as text

    others = [finding for finding in findings if not _is_told(finding)]
    codes = ", ".join(sorted({finding.code for finding in others}))
    return f"{text.total(others)} ({codes}): `deckgen check` shows them" if others else ""


def _is_told(finding: Finding) -> bool:
    from deckgen.finding import Severity

    # Only a build, a plan or a pull can find what is about learners (R…, P…); `check` would not show it.
    # What a note type loads or does, each build says again.
    return finding.severity is Severity.ERROR or finding.code.startswith(
        ("P", "R", "K27", "K28", "K29", "K39")
    )


def needs_study(what: str) -> NoReturn:
    """Tell how to get the libraries of the extra `study`, which a build does without; ends with exit 2."""
    click.echo(f"{what} needs more libraries: `pip install '.[study]'` in a clone of deckgen", err=True)
    sys.exit(2)


def edited(edit: Callable[[], list[Path]]) -> None:
    """Do what an author wants of a deck, and name the files that changed."""
    with refusals():
        paths = edit()
    for path in paths:
        click.echo(f"edited {path.as_posix()}")
