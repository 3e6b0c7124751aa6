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

    from deckgen.build import Package, Wishes

_source = click.option(
    "--source",
    "source_dir",
    type=click.Path(path_type=Path),
    default=Path("cards_source"),
    show_default=True,
    metavar="DIR",
    help="Folder of the decks.",
)
_output = click.option(
    "--output",
    "output_dir",
    type=click.Path(path_type=Path),
    default=Path("output"),
    show_default=True,
    metavar="DIR",
    help="Folder of the packages.",
)


def _folders(command: Callable[..., Any]) -> Callable[..., Any]:
    return _source(_output(command))


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
    from deckgen.build import Wishes
    from deckgen.build import check as run
    from deckgen.diagnostic import Severity
    from deckgen.load import NoDecks

    try:
        findings = run(source_dir, output_dir, decks, Wishes(accepted=frozenset(accepted)))
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
@click.option("--new-major", is_flag=True, help="Begin anew: all cards are new to learners.")
def build(
    decks: tuple[str, ...],
    source_dir: Path,
    output_dir: Path,
    lang: str | None,
    accepted: tuple[str, ...],
    locked: bool,
    new_major: bool,
) -> None:
    """Check the cards, then write packages for Anki.

    With an error nothing is written. Changed notes are stamped with the time of
    the build, or with SOURCE_DATE_EPOCH when that is set.

    \b
    Example:
      deckgen build schulman-interview --lang en
    """
    from deckgen.build import Wishes

    if new_major and (lang or not decks):
        raise click.UsageError("--new-major wants the deck's name, and begins all its languages anew")
    wishes = Wishes(lang, frozenset(accepted), new_major=new_major)
    _run_build(decks, source_dir, output_dir, wishes, locked)
    if new_major and not locked:
        click.echo(_NEW_MAJOR)


def _run_build(
    decks: tuple[str, ...], source_dir: Path, output_dir: Path, wishes: Wishes, locked: bool
) -> None:
    from deckgen import report
    from deckgen.build import build as run
    from deckgen.diagnostic import has_errors
    from deckgen.load import NoDecks
    from deckgen.stage import Busy

    try:
        with _Progress() as progress:
            result = run(
                source_dir,
                output_dir,
                now=_now(),
                names=decks,
                wishes=wishes,
                locked=locked,
                progress=progress.step,
            )
    except (NoDecks, Busy) as error:
        raise click.UsageError(str(error)) from None
    if result.findings:
        click.echo(report.text(result.findings), err=True)
    if has_errors(result.findings):
        click.echo("nothing was written", err=True)
        sys.exit(1)
    for package in result.packages:
        click.echo(_summary(package))


@main.command()
@click.argument("decks", nargs=-1, metavar="[DECK]...")
@_folders
@click.option("--lang", metavar="CODE", help="Plan only this language.")
@click.option("--accept", "accepted", multiple=True, metavar="ID", help="As of build.")
@click.option("--against", type=click.Path(path_type=Path), metavar="FILE", help="A package or a collection.")
@click.option("--format", "style", type=click.Choice(["text", "json"]), default="text", show_default=True)
def plan(
    decks: tuple[str, ...],
    source_dir: Path,
    output_dir: Path,
    lang: str | None,
    accepted: tuple[str, ...],
    against: Path | None,
    style: str,
) -> None:
    """Show what a build and its import would do.

    Writes nothing. Compares with the last build, or with a package or a learner's
    collection, which is only read. Exits with 0: nothing to do, 3: changes, 1: errors.

    \b
    Example:
      deckgen plan --against ~/Anki2/User\\ 1/collection.anki2
    """
    from deckgen import plan as plans
    from deckgen import report
    from deckgen.build import Wishes
    from deckgen.load import NoDecks
    from deckgen.shipped import Unreadable

    try:
        result = plans.plan(
            source_dir,
            output_dir,
            now=_now(),
            names=decks,
            wishes=Wishes(lang, frozenset(accepted)),
            against=against,
        )
    except (NoDecks, Unreadable) as error:
        raise click.UsageError(str(error)) from None
    if result.findings:
        click.echo(report.text(result.findings), err=True)
    if style == "json":
        import json

        click.echo(json.dumps(plans.as_dict(result), ensure_ascii=False, indent=2))
    elif result.packages:
        click.echo(plans.as_text(result))
    sys.exit(result.exit_code)


@main.command()
@click.argument("old")
@click.argument("new_id", metavar="NEW")
@_source
@click.option("--deck", metavar="DECK", help="The deck's folder, when several have the card.")
def rename(old: str, new_id: str, source_dir: Path, deck: str | None) -> None:
    """Give a card another id and keep its history.

    Edits the id, adds `was:`, and follows `after:` and `see:`. Works also when you
    changed the id already.

    \b
    Example:
      deckgen rename reward-modell reward-model
    """
    from deckgen import author

    _edit(lambda: author.rename(source_dir, old, new_id, deck))


@main.command()
@click.argument("card", metavar="ID")
@click.option(
    "--reason", "reasons", multiple=True, required=True, metavar="TEXT", help="Why; or LANG=TEXT for each."
)
@click.option("--since", metavar="DATE", help="From when on; today if left out.")
@_source
@click.option("--deck", metavar="DECK", help="The deck's folder, when several have the card.")
def retire(
    card: str, reasons: tuple[str, ...], since: str | None, source_dir: Path, deck: str | None
) -> None:
    """Give a card out no more; learners keep theirs.

    They see the reason on it and keep its history.

    \b
    Example:
      deckgen retire old-claim --reason "The 2026 edition says otherwise."
    """
    from deckgen import author

    day = since or time.strftime("%Y-%m-%d", time.gmtime(_now()))
    _edit(lambda: author.retire(source_dir, card, day, reasons, deck))


def _edit(edit: Callable[[], list[Path]]) -> None:
    from deckgen.author import CantEdit
    from deckgen.load import NoDecks
    from deckgen.stage import Busy

    try:
        paths = edit()
    except (NoDecks, CantEdit, Busy) as error:
        raise click.UsageError(str(error)) from None
    except OSError as error:
        raise click.UsageError(f"can't write {error.filename}: {error.strerror}") from None
    for path in paths:
        click.echo(f"edited {path.as_posix()}")


@main.command()
@click.argument("cards", nargs=-1, required=True, metavar="ID...")
@_folders
def restamp(cards: tuple[str, ...], source_dir: Path, output_dir: Path) -> None:
    """Build, and have these cards look changed.

    Their next import replaces what learners have, edits and tags included: for notes
    that `plan --against` calls held back.

    \b
    Example:
      deckgen restamp reward-model base-model
    """
    from deckgen.build import Wishes

    _run_build((), source_dir, output_dir, Wishes(restamp=frozenset(cards)), locked=False)


@main.command()
@click.option(
    "--from",
    "packages",
    multiple=True,
    required=True,
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="A package that was built; once for each language.",
)
@_source
def lock(packages: tuple[Path, ...], source_dir: Path) -> None:
    """Write a lost deck.lock anew from packages.

    \b
    Example:
      deckgen lock --from output/deck.en.apkg --from output/deck.zh.apkg
    """
    from deckgen import author
    from deckgen.shipped import Unreadable

    def recover() -> list[Path]:
        try:
            return author.recover_lock(source_dir, packages)
        except Unreadable as error:
            raise author.CantEdit(str(error)) from None

    _edit(recover)


@main.command()
@click.argument("code", required=False)
def explain(code: str | None) -> None:
    """Print what a code means, or list all codes.

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
