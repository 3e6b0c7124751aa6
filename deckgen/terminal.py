"""Words as a terminal shows them: how wide they are, and without control characters."""

from __future__ import annotations

import re
import unicodedata

# This includes characters that reverse the direction of a line, so that it reads as another.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def columns(words: str) -> int:
    """How many columns of a terminal `words` take."""
    return sum(
        0 if unicodedata.combining(character) else 2 if unicodedata.east_asian_width(character) in "WF" else 1
        for character in words
    )


def visible(words: str) -> str:
    """`words` with control characters as escapes: they must not reach a terminal."""
    return _CONTROL.sub(lambda found: repr(found[0])[1:-1], words)


def shorten(words: str, most: int) -> str:
    """`words` in at most `most` columns; what was cut leaves an ellipsis."""
    if columns(words) <= most:
        return words
    taken, kept = 1, ""
    for character in words:
        taken += columns(character)
        if taken > most:
            break
        kept += character
    return kept.rstrip() + "…"


def fill(words: str, width: int) -> str:
    """`words` with blanks up to `width` columns."""
    return words + " " * (width - columns(words))


def counted(count: int, what: str) -> str:
    """Such as `1 card` or `2 cards`."""
    return f"{count} {what}{'' if count == 1 else 's'}"
