"""`python -m deckgen` is the same as `deckgen`."""

from deckgen.cli import run

run()
