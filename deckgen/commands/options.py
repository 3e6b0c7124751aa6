"""Options that commands share, and what they take from the environment."""

from __future__ import annotations

import errno
import os
import re
import time
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict

import click

from deckgen.lock.limits import LATEST, SKEW
from deckgen.terminal import shorten, visible

if TYPE_CHECKING:
    from deckgen.building.wishes import Wishes

_SOURCE, _OUTPUT = "cards_source", "output"
_source = click.option(
    "--source", "decks_dir", type=click.Path(path_type=Path), metavar="DIR",
    help=f"Folder of the decks; {_SOURCE} if left out.",
)  # fmt: skip
_output = click.option(
    "--output", "output_dir", type=click.Path(path_type=Path), metavar="DIR",
    help=f"Folder of the packages; {_OUTPUT} if left out.",
)  # fmt: skip


#: The commands that may make the folder of the decks.
_MAKING = ("new", "adopt")


def folders(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options `--source` and `--output`, and what each command does with these folders first.

    Without `--source`, `cards_source` is looked for here and in the folders above, as git looks
    for a repository; `output` lies beside it. What a stopped run left half-way is finished.
    """

    @wraps(command)
    def run(decks_dir: Path | None, output_dir: Path | None, **options: Any) -> Any:
        source, output = _resumed(decks_dir, output_dir, command.__name__ in _MAKING)
        return command(decks_dir=source, output_dir=output, **options)

    return _source(_output(run))


def source_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """The same for a command that writes no packages."""

    @wraps(command)
    def run(decks_dir: Path | None, **options: Any) -> Any:
        return command(decks_dir=_resumed(decks_dir, None)[0], **options)

    return _source(run)


def _resumed(decks_dir: Path | None, output_dir: Path | None, makes: bool = False) -> tuple[Path, Path]:
    """The folders, after what a stopped run left in them was finished.

    A command that `makes` the folder of the decks takes one above only when it is called inside of it.
    """
    from deckgen.packing.stage import Unfinished, resume

    found = decks_dir or _above()
    if makes and decks_dir is None and not Path.cwd().is_relative_to(os.path.realpath(found)):
        if os.path.lexists(found) and found != Path(_SOURCE):
            hint = f"`--source {found.as_posix()}` puts the deck beside the others"
            click.echo(f"making a second {_SOURCE} here: {hint}", err=True)
        found = Path(_SOURCE)
    beside = Path(_OUTPUT) if decks_dir is not None else found.parent / _OUTPUT
    for folder in (found, output_dir or beside):
        _expect_name(folder)
    if decks_dir is None and found != Path(_SOURCE):
        click.echo(f"using {found.as_posix()}", err=True)
    try:
        told = resume(found, output_dir or beside)
    except Unfinished as error:
        raise click.UsageError(str(error)) from None
    for words in told:
        click.echo(words, err=True)
    return found, output_dir or beside


def _expect_name(folder: Path) -> None:
    """Refuse a name that is too long for the system: it says no more than that about it."""
    try:
        folder.lstat()
    except OSError as error:
        if error.errno == errno.ENAMETOOLONG:
            name = shorten(visible(folder.as_posix()), 200)
            raise click.UsageError(f"there can be no folder {name}: {error.strerror}") from None


def _above() -> Path:
    """The nearest `cards_source` from here upwards, or where it would be; stops at a repository's root."""
    try:
        here = Path.cwd()
    except OSError:
        raise click.UsageError("the folder that you are in is gone") from None
    for depth, folder in enumerate((here, *here.parents)):
        if os.path.lexists(folder / _SOURCE):
            return Path(*[".."] * depth, _SOURCE)
        if os.path.lexists(folder / ".git"):
            break
    return Path(_SOURCE)


def _known(ctx: click.Context, _: click.Parameter, incomplete: str) -> list[str]:
    """Names of decks for completion in the shell."""
    from deckgen.reading.load import NoDecks, find_folders

    try:
        folders = find_folders(ctx.params.get("decks_dir") or _above())
    except (NoDecks, click.UsageError):
        return []
    return [name for name in folders if name.startswith(incomplete)]


decks_argument = click.argument("decks", nargs=-1, metavar="[DECK]...", shell_complete=_known)


def now() -> int:
    """The time of the build in seconds since 1970, https://reproducible-builds.org/specs/source-date-epoch/

    A time in the future is refused: until then, learners' edits would look older. Five minutes ahead
    are accepted, because two machines' clocks differ. A clock beyond what a lock may hold is refused too.
    """
    fixed = os.environ.get("SOURCE_DATE_EPOCH")
    now = int(time.time())
    if now > LATEST:
        raise click.UsageError("the clock is set to a time after 2100: correct it first")
    if fixed is None:
        return now
    if not re.fullmatch("[0-9]{1,12}", fixed):
        raise click.UsageError(f"SOURCE_DATE_EPOCH must be a number of seconds, not {fixed[:40]!r}")
    if int(fixed) > now + SKEW:
        raise click.UsageError(f"SOURCE_DATE_EPOCH {fixed} lies in the future")
    return int(fixed)


deck_option = click.option("--deck", metavar="DECK", help="The deck's folder, when several have the card.")

reviews_option = click.option(
    "--reviews", "learners", type=click.Path(path_type=Path), multiple=True, metavar="FILE",
    help="A learner's collection: tell how often each card was forgotten.",
)  # fmt: skip


class Wanted(TypedDict):
    """What is wanted of a build, or of the build that is planned."""

    lang: str | None
    accepted: tuple[str, ...]
    fronts: bool
    no_lint: bool


def wishes(wanted: Wanted, *, new_major: bool = False, retitle: bool = False) -> Wishes:
    """The same in the words of `building`."""
    from deckgen.building.wishes import Wishes
    from deckgen.checks import Craft

    return Wishes(
        wanted["lang"],
        frozenset(wanted["accepted"]),
        new_major=new_major,
        fronts=wanted["fronts"],
        retitle=retitle,
        craft=Craft.NONE if wanted["no_lint"] else Craft.STOPPING,
    )


fronts_option = click.option(
    "--fronts", is_flag=True, help="Deliver changed fronts, though Anki may make some cards twice (K29)."
)
