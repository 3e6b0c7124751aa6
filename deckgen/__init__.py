"""deckgen: YAML question/answer cards compile into Anki packages."""

__version__ = "0.1.0"
