"""The command line.

Exit codes: 0 clean, 1 findings, 2 wrong usage. What a command needs is imported when it
runs, so that `--help` and `explain` cost no more than click.
"""

from __future__ import annotations

import gc
import sys
from importlib import import_module

import click

from deckgen import __version__

#: The module of `deckgen.commands` that each command stands in, in the order of use.
COMMANDS = {
    "new": "author",
    "check": "check",
    "preview": "preview",
    "serve": "preview",
    "build": "build",
    "plan": "plan",
    "stats": "study",
    "forecast": "study",
    "rename": "author",
    "retire": "author",
    "confirm": "author",
    "restamp": "build",
    "lock": "author",
    "explain": "check",
    "schema": "check",
}


class _Commands(click.Group):
    """Imports only the command that runs.

    https://click.palletsprojects.com/en/stable/complex/#lazily-loading-subcommands
    """

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"deckgen.commands.{COMMANDS[cmd_name]}")
        command: click.Command = getattr(module, cmd_name)
        return command


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="deckgen")
def main() -> None:
    """Compile question/answer cards in YAML into Anki decks.

    Example: deckgen new french && deckgen check && deckgen build
    """
    # Windows terminals and redirected output may not be UTF-8; cards are.
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def run() -> None:
    """What the shell calls.

    A run is short and makes no cycles worth looking for: without the collector, a build of
    10,000 notes took a fifth less time and no more memory (Python 3.11).
    """
    gc.disable()
    main()
