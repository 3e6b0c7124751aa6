"""`push`: bring decks into a running Anki, also what a package can't bring."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from deckgen import INTERRUPTED
from deckgen.commands.anki import anki_options
from deckgen.commands.options import Wanted, decks_argument, folders, now, wishes
from deckgen.commands.telling import refusals, show_findings

if TYPE_CHECKING:
    from deckgen.building.wishes import Wishes
    from deckgen.pushing.push import Push


@click.command()
@decks_argument
@folders
@click.option("--lang", metavar="CODE", help="Push only this language.")
@click.option("--no-lint", is_flag=True, help="Check the format, not the craft of cards.")
@click.option("--dry-run", is_flag=True, help="Show what a push would do, and change nothing.")
@click.option("--yes", is_flag=True, help="Do it without asking.")
@click.option("--profile", metavar="NAME", help="Push only if Anki has this profile open.")
@click.option(
    "--delete", type=click.Choice(["none", "few", "all"]), is_flag=False, flag_value="few", default="none",
    metavar="few|all", help="Delete notes whose `until:` has passed.",
)  # fmt: skip
@click.option("--move-all", "everywhere", is_flag=True, help="Move also cards that learners put elsewhere.")
@click.option("--retitle", is_flag=True, help="Rename decks whose title changed (R03).")
@click.option("--unattended", is_flag=True, help="Import without Anki's window (see docs/push.md).")
@click.option(
    "--wait", type=click.IntRange(1), default=600, metavar="SECONDS",
    help="Seconds to wait for that window, if not 600.",
)  # fmt: skip
@anki_options
def push(
    decks: tuple[str, ...], decks_dir: Path, output_dir: Path, address: str, key: str | None, **options: Any
) -> None:
    """Bring decks into a running Anki, also what a package can't bring.

    Needs the add-on AnkiConnect. Shows what will happen, then asks. Exits with
    0 when all is there, 1 when something is left, 3 when it was only planned.

    \b
    Example:
      deckgen push french --dry-run
    """
    from deckgen.pushing.connection import connect
    from deckgen.pushing.difference import Delete
    from deckgen.pushing.push import Choices, Pusher
    from deckgen.showing.push import done_text
    from deckgen.terminal import visible

    named = Wanted(
        lang=options["lang"],
        accepted=(),
        fronts=False,
        no_lint=options["no_lint"],
    )
    wanted = wishes(named, retitle=options["retitle"])
    choices = Choices(
        Delete(options["delete"]),
        options["everywhere"],
        options["unattended"],
        options["wait"],
        options["dry_run"],
    )
    with refusals(), Pusher(connect(address, key), decks_dir, output_dir, now(), choices) as pusher:
        found = pusher.plan(decks, wanted)
        _show(found)
        _expect_profile(found, options["profile"], options["yes"])
        if options["dry_run"] or not found.pending or not (options["yes"] or _agreed()):
            sys.exit(found.exit_code)
        pusher.begin()
        _build(decks, decks_dir, output_dir, wanted, pusher.now)
        done = pusher.carry_out(lambda words: click.echo(visible(words)))
        if done.risen:
            _build(decks, decks_dir, output_dir, wanted, pusher.now)
        click.echo(done_text(done))
        if done.is_left:
            sys.exit(INTERRUPTED if done.interrupted else 1)


def _show(found: Push) -> None:
    """Show what there is to do; ends with 1 when the decks have errors."""
    from deckgen.showing.push import plan_text

    show_findings(found.findings)
    if found.packages:
        click.echo(plan_text(found))
    if found.exit_code == 1:
        sys.exit(1)


def _expect_profile(found: Push, wanted: str | None, yes: bool) -> None:
    """Refuse a profile that is not the named one, or not that of last time when nobody is asked."""
    if wanted is not None and wanted != found.profile:
        raise click.UsageError(
            f"Anki has the profile “{found.profile}” open, not “{wanted}”: nothing was changed"
        )
    if wanted is None and yes and found.last:
        raise click.UsageError(
            f"the last push went into the profile “{found.last}”, and “{found.profile}” is open now: "
            f"to push into it, say --profile {found.profile!r}"
        )


def _agreed() -> bool:
    """Whether the person at the terminal wants it; where nobody can be asked, --yes is needed."""
    if not sys.stdin.isatty():
        raise click.UsageError(
            "nobody can be asked here: look at the plan, and say --yes; nothing was changed"
        )
    return click.confirm("Push this into Anki?")


def _build(decks: tuple[str, ...], decks_dir: Path, output_dir: Path, wanted: Wishes, stamp: int) -> None:
    """Write the packages; ends with 1 when the decks have errors that only a build finds."""
    from deckgen.building.build import build
    from deckgen.finding import has_errors
    from deckgen.showing.packages import summary

    result = build(decks_dir, output_dir, now=stamp, names=decks, wishes=wanted)
    if has_errors(result.findings):
        show_findings(result.findings)
        click.echo("nothing was written, and nothing was pushed", err=True)
        sys.exit(1)
    # How learners move cards by hand is of no interest here: the push does.
    click.echo(summary([replace(package, moved=()) for package in result.packages]), nl=False)
