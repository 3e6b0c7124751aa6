"""Options of commands that speak with a running Anki."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from deckgen.building.steps import Ready

_address = click.option(
    "--anki", "address", default="127.0.0.1:8765", envvar="ANKICONNECT", metavar="ADDRESS",
    help="AnkiConnect, if not at 127.0.0.1:8765.",
)  # fmt: skip
_key = click.option("--key", hidden=True, envvar="ANKICONNECT_KEY")


def anki_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Where AnkiConnect listens, and its key, which is better put into the environment."""
    return _address(_key(command))


#: For commands that read a learner's file, or the running Anki instead.
running_option = click.option("--running", is_flag=True, help="Ask a running Anki, by AnkiConnect.")


def copies(decks: Iterable[Ready], address: str, key: str | None, folder: Path) -> list[Path]:
    """Copies of the decks in a running Anki in which the cards of `decks` lie, written into `folder`.

    Raises NoAnswer, also when it has none of these cards, or they changed meanwhile.
    """
    from deckgen.pushing.connection import NoAnswer, connect
    from deckgen.pushing.there import Way
    from deckgen.pushing.there import copies as copied

    types = (item.rendered for item in decks)
    numbers = {one.number for rendered in types for each in rendered for one in each.note_types.values()}
    found = copied(Way(connect(address, key)), numbers, folder)
    if not found:
        raise NoAnswer("the running Anki has none of these cards: push them first, or import their packages")
    return found


def expect_source(named: bool, running: bool) -> None:
    """Refuse a command that names neither a learner's file nor the running Anki."""
    if not named and not running:
        raise click.UsageError("name a learner's collection or export, or say --running")
