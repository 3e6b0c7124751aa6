"""Words as a terminal shows them: how wide they are, and without control characters."""

from __future__ import annotations

import re
import unicodedata

# This includes characters that reverse the direction of a line, so that it reads as another.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


# Blanks of other sorts, and what has no width: parts of words in some scripts, and of some emoji.
_UNSEEN = re.compile("[\xa0\xad\u1680\u2000-\u200d\u202f\u205f\u2060\u3000\ufeff]")


def columns(words: str) -> int:
    """How many columns of a terminal `words` take."""
    if words.isascii():
        return len(words)
    return sum(
        0 if unicodedata.combining(character) else 2 if unicodedata.east_asian_width(character) in "WF" else 1
        for character in words
    )


def visible(words: str) -> str:
    """`words` with control characters as escapes: they must not reach a terminal."""
    return _CONTROL.sub(lambda found: repr(found[0])[1:-1], words)


def seen(words: str) -> str:
    """`words` without blanks of other sorts than ours, and without what has no width."""
    return _UNSEEN.sub("", words)


def spelled(words: str) -> str:
    """`words` with such characters by name, as HTML has them, or by number."""
    from html.entities import codepoint2name  # most commands do without

    def name(found: re.Match[str]) -> str:
        known = codepoint2name.get(ord(found[0]))
        return f"&{known};" if known else f"&#x{ord(found[0]):x};"

    return _UNSEEN.sub(name, words)


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
