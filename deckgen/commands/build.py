"""`build` and `restamp`: write packages."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from deckgen.commands.options import decks_argument, folders, now, other_findings, show_findings

if TYPE_CHECKING:
    from deckgen.building.build import Package, Result
    from deckgen.building.seal import Said
    from deckgen.building.wishes import Wishes


@click.command()
@decks_argument
@folders
@click.option("--lang", metavar="CODE", help="Build only this language.")
@click.option(
    "--accept", "accepted", multiple=True, metavar="ID", help="Let ID or DECK/ID lose or move history."
)
@click.option("--locked", is_flag=True, help="Write nothing; fail if something would change (for CI).")
@click.option("--no-lint", is_flag=True, help="Check only what the format demands, not the craft of cards.")
@click.option("--new-major", is_flag=True, help="Begin anew: all cards are new to learners.")
def build(
    decks: tuple[str, ...],
    source_dir: Path,
    output_dir: Path,
    lang: str | None,
    accepted: tuple[str, ...],
    locked: bool,
    no_lint: bool,
    new_major: bool,
) -> None:
    """Check the cards, then write packages for Anki.

    With an error nothing is written. Changed notes are stamped with the time of
    the build, or with SOURCE_DATE_EPOCH when that is set.

    \b
    Example:
      deckgen build schulman-interview --lang en
    """
    from deckgen.building import seal

    if new_major and (lang or not decks):
        raise click.UsageError("--new-major wants the deck's name, and begins all its languages anew")
    stamp = now()
    today = time.strftime("%Y-%m-%d", time.gmtime(stamp))
    options = [output_dir.as_posix(), lang or "", f"{no_lint}", *sorted(accepted), "", *decks]
    said = None if locked or new_major else seal.find(source_dir, options, today)
    if said is not None:
        click.echo(said.out, nl=False)
        click.echo(said.err, err=True, nl=False)
        return
    before = seal.look(source_dir)
    # What a sealed build does without takes a while to import.
    from deckgen.building.wishes import Wishes
    from deckgen.checks import Craft

    craft = Craft.NONE if no_lint else Craft.STOPPING
    wishes = Wishes(lang, frozenset(accepted), new_major=new_major, craft=craft)
    result = _run_build(decks, source_dir, output_dir, wishes, stamp, locked)
    if new_major and not locked:
        click.echo(_NEW_MAJOR)
    # What a finding about learners (R…) says, it says once; a package that is left over (K22) is not watched.
    if not (locked or new_major or any(one.code.startswith(("R", "K22")) for one in result.findings)):
        others = [*(Path(package.path) for package in result.packages), *result.texts]
        seal.put(source_dir, options, before, others, _unchanged(result), result.leaves)


def _run_build(
    decks: tuple[str, ...], source_dir: Path, output_dir: Path, wishes: Wishes, stamp: int, locked: bool
) -> Result:
    from deckgen.building.build import build as run
    from deckgen.finding import has_errors
    from deckgen.packing.stage import Busy
    from deckgen.reading.load import NoDecks
    from deckgen.terminal import visible

    try:
        with _Progress() as progress:
            result = run(
                source_dir,
                output_dir,
                now=stamp,
                names=decks,
                wishes=wishes,
                locked=locked,
                progress=progress.step,
            )
    except (NoDecks, Busy) as error:
        raise click.UsageError(str(error)) from None
    show_findings(result.findings)
    if has_errors(result.findings):
        click.echo("nothing was written", err=True)
        sys.exit(1)
    for package in result.packages:
        click.echo(_summary(package))
    for one in result.findings:
        if one.code == "K22":
            click.echo(f"{visible(one.place.path)}  {one.message}", err=True)
    return result


def _unchanged(result: Result) -> Said:
    """What the next build says when nothing changes until then."""
    from dataclasses import replace

    from deckgen.building.seal import Said
    from deckgen.lock.advance import Changes

    same = (replace(one, changes=Changes((), (), one.notes, ())) for one in result.packages)
    others = other_findings(result.findings)
    return Said("".join(f"{_summary(one)}\n" for one in same), f"{others}\n" if others else "")


@click.command()
@click.argument("cards", nargs=-1, required=True, metavar="ID...")
@click.option("--deck", metavar="DECK", help="The deck's folder, when several have the card.")
@click.option("--no-lint", is_flag=True, help="Check only what the format demands, not the craft of cards.")
@folders
def restamp(
    cards: tuple[str, ...], deck: str | None, no_lint: bool, source_dir: Path, output_dir: Path
) -> None:
    """Build, and give these cards new stamps.

    Their next import replaces what learners have, edits and tags included: for notes that
    `plan --against` calls held back, and for those of which another branch has a newer state (R15).

    \b
    Example:
      deckgen restamp reward-model base-model
    """
    from deckgen.building.wishes import Wishes
    from deckgen.checks import Craft

    named = frozenset(f"{deck}/{card}" if deck and "/" not in card else card for card in cards)
    wishes = Wishes(restamp=named, craft=Craft.NONE if no_lint else Craft.STOPPING)
    _run_build((), source_dir, output_dir, wishes, now(), locked=False)


def _summary(package: Package) -> str:
    from deckgen.terminal import counted

    changes = package.changes
    counts = [(len(changes.new), "new"), (len(changes.changed), "changed"), (changes.unchanged, "unchanged")]
    words = ", ".join(f"{count} {word}" for count, word in counts if count)
    notes, cards = counted(package.notes, "note"), counted(package.cards, "card")
    look = "; new look" if changes.note_types and not changes.new else ""
    return f"{package.path}  {notes}, {cards}: {words}{look}"


_NEW_MAJOR = """
This is another deck to everybody who has the old one. Tell your learners:
- The import adds all cards as new, beside the old ones; no history goes over.
- Under the old title, new and old cards lie in one deck; under a new one, in two.
- To see what is old: in Browse, search the note types without the new number in their name.
- Finish the old cards, or suspend them. Deleting them deletes their history."""


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
