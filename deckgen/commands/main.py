"""The command line.

Exit codes: 0 clean, 1 findings, 2 wrong usage, 130 interrupted. What a command needs is imported when it
runs, so that `--help` and `explain` cost no more than click.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

import click

from deckgen import INTERRUPTED, __version__

#: The commands in the order of use, each with the first line of its help. Each command is in the module of
#: its name. The first lines are repeated here, so that listing the commands imports none of them.
COMMANDS = {
    "new": "Make a small deck that builds at once.",
    "adopt": "Make source of an existing deck; learners keep their history.",
    "check": "Look for mistakes in files and in the craft of cards.",
    "preview": "Write pages that show the cards as Anki does.",
    "serve": "Show the cards in a browser, and update at each save.",
    "build": "Check the cards, then write packages for Anki.",
    "plan": "Show what a build and its import would do.",
    "push": "Bring decks into a running Anki, also what a package can't bring.",
    "stats": "Count notes and cards, and measure their texts.",
    "forecast": "Tell how many minutes a day a deck takes.",
    "reviews": "Tell which cards learners forget, the worst first.",
    "pull": "Bring home what a learner edited in Anki.",
    "rename": "Give a card another id and keep its history.",
    "retire": "Stop giving out a card; learners keep theirs.",
    "confirm": "Say that a translation is up to date.",
    "restamp": "Build, and give these cards new stamps.",
    "lock": "Recover a lost deck.lock, or begin one anew.",
    "fork": "Make a copied deck independent of the original.",
    "explain": "Print what a code means, or list all codes, or those of a group.",
    "schema": "Print the JSON Schema of decks or card files, for editors.",
}


@contextmanager
def _bounded() -> Iterator[None]:
    """Errors repeat what was typed, which may be longer than anybody wants to see."""
    try:
        yield
    except click.ClickException as error:
        from deckgen.finding import short

        vars(error)["message"] = short(error.message)
        raise


class _Commands(click.Group):
    """Imports only the command that runs.

    https://click.palletsprojects.com/en/stable/complex/#lazily-loading-subcommands
    """

    def invoke(self, ctx: click.Context) -> object:
        """An interrupt has an exit code of its own: 1 means findings."""
        try:
            with _bounded():
                return super().invoke(ctx)
        except KeyboardInterrupt:
            click.echo("\nstopped", err=True)
            ctx.exit(INTERRUPTED)

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"deckgen.commands.{cmd_name}")
        command: click.Command = getattr(module, cmd_name)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in COMMANDS:
            from difflib import get_close_matches

            near = get_close_matches(args[0].lower(), COMMANDS, n=1)
            hint = f"did you mean `{near[0]}`?" if near else "`deckgen --help` lists all"
            ctx.fail(f"there is no command {args[0]!r}; {hint}")
        return super().resolve_command(ctx, args)

    def make_context(self, *args: Any, **kwargs: Any) -> click.Context:
        with _bounded():
            return super().make_context(*args, **kwargs)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


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
    """The command line, in a process of its own.

    A run is short and makes no cycles worth looking for: without the collector, a build of
    10,000 notes took a fifth less time and no more memory (Python 3.11).
    """
    gc.disable()
    main()
