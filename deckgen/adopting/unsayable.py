"""What Markdown can't say."""

from __future__ import annotations

from deckgen.terminal import shorten, visible

_MOST_SHOWN = 80


class Unsayable(Exception):
    """Markdown can't say what stands in a field: the message is what that is, such as "a colour"."""

    def __init__(self, what: str) -> None:
        super().__init__(shorten(visible(what), _MOST_SHOWN))
