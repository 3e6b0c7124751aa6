"""deckgen: YAML question/answer cards compile into Anki packages."""

__version__ = "0.1.0"
#: The exit code after Ctrl-C, by the convention of shells: 128 and the number of the signal.
INTERRUPTED = 130
