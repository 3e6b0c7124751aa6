"""`check`: look for mistakes."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict, Unpack

import click

from deckgen.commands.options import decks_argument, folders
from deckgen.commands.telling import refusals, wants_colour
from deckgen.terminal import counted

if TYPE_CHECKING:
    from deckgen.finding import Choice, Finding


class _Options(TypedDict):
    decks_dir: Path
    output_dir: Path
    accepted: tuple[str, ...]
    everything: bool
    select: tuple[str, ...]
    ignore: tuple[str, ...]
    fail_on: str
    style: str
    statistics: bool
    fix: bool
    diff: bool


@click.command()
@decks_argument
@folders
@click.option("--select", multiple=True, metavar="CODE", help="Report only this code, or a group such as F.")
@click.option("--ignore", multiple=True, metavar="CODE", help="Don't report this code or group.")
@click.option(
    "--fail-on", type=click.Choice(["info", "warning", "error"]), default="warning", metavar="LEVEL",
    help="Exit with 1 from this level on: info, warning, error.",
)  # fmt: skip
@click.option("--fix", is_flag=True, help="Mend what can be mended without a doubt.")
@click.option("--diff", is_flag=True, help="Show what --fix would change.")
@click.option(
    "--all", "everything", is_flag=True, help="Report on adopted cards that nobody has touched, too."
)
@click.option("--statistics", is_flag=True, help="Show only how often each code was found.")
@click.option(
    "--format", "style", type=click.Choice(["text", "json", "github", "sarif"]), default="text",
    metavar="FORMAT", help="text, json, github or sarif.",
)  # fmt: skip
@click.option(
    "--accept", "accepted", multiple=True, metavar="ID", help="Let ID or DECK/ID lose or move history."
)
def check(decks: tuple[str, ...], **options: Unpack[_Options]) -> None:
    """Look for mistakes in files and in the craft of cards.

    Exits with 1 when there is an error or a warning. Changes no file without --fix.

    \b
    Examples:
      deckgen check --select F --ignore F09
      deckgen check --diff
    """
    from deckgen.building.build import check as run
    from deckgen.building.wishes import Wishes
    from deckgen.checks import Craft
    from deckgen.finding import Choice, Severity

    if options["style"] != "text" and (options["diff"] or options["statistics"]):
        raise click.UsageError("--diff and --statistics are for people: use them without --format")
    chosen = Choice(_codes(options["select"]), _codes(options["ignore"]))
    with refusals():
        if options["fix"] or options["diff"]:
            changed = _mend(decks, chosen, options)
        if options["diff"]:
            sys.exit(1 if changed else 0)
        wishes = Wishes(accepted=frozenset(options["accepted"]), craft=Craft.ALL)
        checked = run(options["decks_dir"], options["output_dir"], decks, wishes)
    untold = chosen.of(checked.untold)
    findings = chosen.of(checked.findings)
    if options["everything"]:
        findings, untold = sorted([*findings, *untold]), []
    shown = _shown(decks, findings, options)
    if checked.html_texts and options["style"] == "text":
        shown = f"{shown}\nHTML (`!html`): {counted(checked.html_texts, 'text')}"
    if untold and options["style"] == "text":
        about = "about adopted cards that nobody has touched"
        shown += f"\n{counted(len(untold), 'finding')} {about} are not shown; `--all` shows them"
    if shown:
        click.echo(shown, color=wants_colour(sys.stdout))
    if any(finding.severity >= Severity[options["fail_on"].upper()] for finding in findings):
        sys.exit(1)


def _codes(words: tuple[str, ...]) -> tuple[str, ...]:
    """Codes and groups as typed, `L02,F`, in capitals. Raises UsageError for one that does not exist."""
    from deckgen.showing import explain

    codes = tuple(code.strip().upper() for word in words for code in word.split(",") if code.strip())
    for code in codes:
        if not any(name.startswith(code) for name in explain.pages()):
            raise click.UsageError(f"no code begins with {code}; `deckgen explain` lists all")
    return codes


def _shown(decks: tuple[str, ...], findings: list[Finding], options: _Options) -> str:
    if options["style"] == "json":
        from deckgen.showing.machine import as_json

        return as_json(findings)
    if options["style"] == "github":
        from deckgen.showing.machine import github

        return github(findings)
    if options["style"] == "sarif":
        from deckgen.showing.sarif import sarif

        return sarif(findings)
    from deckgen.showing import findings as text

    colour = wants_colour(sys.stdout)
    if options["statistics"]:
        return "\n".join([text.summary(findings, colour=colour), *_coverage(decks, options["decks_dir"])])
    return text.text(findings, colour=colour)


def _coverage(decks: tuple[str, ...], decks_dir: Path) -> Iterator[str]:
    """How many cards each section of a deck's source has, where its text is at hand."""
    from deckgen.studying.coverage import coverage

    for deck, counts in coverage(decks_dir, decks):
        covered = sum(count > 0 for count in counts.values())
        yield f"source of {deck}: {covered} of {len(counts)} sections have cards"
        yield from (f"{count:7}  {label}" for label, count in counts.items())


def _mend(decks: tuple[str, ...], chosen: Choice, options: _Options) -> bool:
    """Write the changes, or only show them if that was asked for; tells whether there are any."""
    from deckgen.editing import mend

    changes = mend.mend(options["decks_dir"], decks, chosen, write=not options["diff"])
    for change in changes:
        shown = change.diff if options["diff"] else f"mended {change.path.as_posix()}"
        click.echo(shown, err=not options["diff"], nl=not options["diff"])
    return bool(changes)
