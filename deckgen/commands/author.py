"""`new`, `rename`, `retire`, `confirm`, `lock`: what an author does to a deck."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import click

from deckgen.commands.options import folders, now, source_option


@click.command()
@click.argument("name")
@folders
def new(name: str, source_dir: Path, output_dir: Path) -> None:
    """Make a small deck that builds at once.

    \b
    Example:
      deckgen new french
    """
    from deckgen.editing.starter import BadName, create
    from deckgen.packing.stage import Busy

    try:
        files = create(source_dir, name)
    except (BadName, Busy) as error:
        raise click.UsageError(str(error)) from None
    except OSError as error:
        raise click.UsageError(f"can't write {error.filename}: {error.strerror}") from None
    for path in files:
        click.echo(path.as_posix())
    click.echo("edit them first: title and ids are frozen at the first build")
    click.echo(f"then `deckgen build` writes {(output_dir / name).as_posix()}.apkg")


@click.command()
@click.argument("old")
@click.argument("new_id", metavar="NEW")
@source_option
@click.option("--deck", metavar="DECK", help="The deck's folder, when several have the card.")
def rename(old: str, new_id: str, source_dir: Path, deck: str | None) -> None:
    """Give a card another id and keep its history.

    Edits the id, adds `was:`, and follows `after:` and `see:`. Works also when you
    changed the id already.

    \b
    Example:
      deckgen rename reward-modell reward-model
    """
    from deckgen.editing import author

    _edit(lambda: author.rename(source_dir, old, new_id, deck))


@click.command()
@click.argument("card", metavar="ID")
@click.option(
    "--reason",
    "reasons",
    multiple=True,
    required=True,
    metavar="TEXT",
    help="Why; LANG=TEXT for one language.",
)
@click.option("--since", metavar="DATE", help="Since when; today if left out.")
@click.option("--until", metavar="DATE", help="From when on no package has the note; never if left out.")
@source_option
@click.option("--deck", metavar="DECK", help="The deck's folder, when several have the card.")
def retire(
    card: str,
    reasons: tuple[str, ...],
    since: str | None,
    until: str | None,
    source_dir: Path,
    deck: str | None,
) -> None:
    """Give a card out no more; learners keep theirs.

    They see the reason on it and keep its history.

    \b
    Example:
      deckgen retire old-claim --reason "The 2026 edition says otherwise."
    """
    from deckgen.editing import author

    day = since or time.strftime("%Y-%m-%d", time.gmtime(now()))
    _edit(lambda: author.retire(source_dir, card, day, reasons, deck, until))


@click.command()
@click.argument("cards", nargs=-1, required=True, metavar="ID...")
@click.option("--lang", required=True, metavar="CODE", help="The language that needs no change.")
@source_option
@click.option("--deck", metavar="DECK", help="The deck's folder, when several have the card.")
def confirm(cards: tuple[str, ...], lang: str, source_dir: Path, deck: str | None) -> None:
    """Say that a translation is up to date.

    For texts that `check` reports as B12: the first language changed, and these need not.

    \b
    Example:
      deckgen confirm reward-model --lang zh
    """
    from deckgen.editing import author

    _edit(lambda: author.confirm(source_dir, cards, lang, deck))


def _edit(edit: Callable[[], list[Path]]) -> None:
    from deckgen.editing.author import CantEdit
    from deckgen.packing.stage import Busy
    from deckgen.reading.load import NoDecks

    try:
        paths = edit()
    except (NoDecks, CantEdit, Busy) as error:
        raise click.UsageError(str(error)) from None
    except OSError as error:
        raise click.UsageError(f"can't write {error.filename}: {error.strerror}") from None
    for path in paths:
        click.echo(f"edited {path.as_posix()}")


@click.command()
@click.argument("deck", metavar="DECK")
@click.argument("key", metavar="KEY")
@click.option(
    "--title",
    "titles",
    multiple=True,
    required=True,
    metavar="TEXT",
    help="The new title; or LANG=TEXT for each.",
)
@source_option
def fork(deck: str, key: str, titles: tuple[str, ...], source_dir: Path) -> None:
    """Make a copy of somebody's deck one of its own.

    Gives it another key, seed and title, and an empty lock: its cards no longer replace those
    of the deck that it was copied from, in the collections of those who have both.

    \b
    Example:
      deckgen fork french french-travel --title "French for travellers"
    """
    from deckgen.editing import author

    _edit(lambda: author.fork(source_dir, deck, key, titles))
    click.echo(_FORKED)


_FORKED = """
This is another deck to everybody. Tell your learners:
- The import adds all cards as new; the history of the other deck's cards does not go over.
- Both decks can be studied side by side; neither replaces a card of the other.
- Who wants only this one can suspend the cards of the other: deleting them deletes their history."""


@click.command()
@click.option(
    "--from",
    "packages",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="A package to find the lock in; those beside it are read as well.",
)
@click.option("--unbuilt", multiple=True, metavar="LANG", help="A language that was never built.")
@click.option("--forget", metavar="DECK", help="Begin this deck anew, as if it was never built.")
@click.option("--yes", is_flag=True, help="Forget without asking.")
@click.option("--lower", is_flag=True, help="Take back stamps that lie ahead of the clock (R17).")
@folders
def lock(
    packages: tuple[Path, ...],
    unbuilt: tuple[str, ...],
    forget: str | None,
    yes: bool,
    lower: bool,
    source_dir: Path,
    output_dir: Path,
) -> None:
    """Find a lost deck.lock again, or begin one anew.

    It is taken from the packages, which carry a copy: from those in the output folder, and those that
    --from names. --forget is for a deck that nobody has yet: its cards, titles and languages are free again.
    \b
    Examples:
      deckgen lock
      deckgen lock --from ~/Downloads/deck.en.apkg --from ~/Downloads/deck.zh.apkg
      deckgen lock --forget french
    """
    from deckgen.editing import author
    from deckgen.packing.collection import Unreadable

    if (bool(packages or unbuilt) + (forget is not None) + lower) > 1:
        raise click.UsageError("--from and --unbuilt, --forget, --lower: one of these at a time")

    def write() -> list[Path]:
        if forget is not None:
            author.head_of(source_dir, forget)  # there is nothing to ask about a deck that is not there
            if not yes:
                click.confirm(_FORGET.format(deck=forget), abort=True, err=True)
            return author.forget(source_dir, forget)
        if lower:
            return author.lower_stamps(source_dir, (), int(time.time()))
        try:
            return author.recover_lock(source_dir, output_dir, packages, unbuilt)
        except Unreadable as error:
            raise author.CantEdit(str(error)) from None

    _edit(write)


_FORGET = """\
Does really nobody have the deck `{deck}`? Whoever has it would get renamed cards a second time, keep those
that you dropped, and lose their own edits at the next import. Forget what was built?"""
