"""Options of commands that speak with a running Anki."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

_address = click.option(
    "--anki", "address", default="127.0.0.1:8765", envvar="ANKICONNECT", metavar="ADDRESS",
    help="AnkiConnect, if not at 127.0.0.1:8765.",
)  # fmt: skip
_key = click.option("--key", hidden=True, envvar="ANKICONNECT_KEY")


def anki_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Where AnkiConnect listens, and its key, which is better put into the environment."""
    return _address(_key(command))
