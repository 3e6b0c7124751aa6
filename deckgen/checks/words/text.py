"""How words stand in a text: in small letters, as words of their own, in quotation marks, covered."""

from __future__ import annotations

import re
from collections.abc import Iterable

from deckgen.markup.shown import COVER, OBJECT
from deckgen.patterns import lazy

# Of the scripts that part words by blanks.
_LETTER = "[A-Za-z0-9\u00c0-\u024f\u0370-\u04ff]"

# No pair holds another opening mark: so a text of nothing but opening marks is read once.
_QUOTED = lazy(r"“[^“”]*”|\"[^\"]*\"|‘[^‘’]*’(?!\w)|「[^「」]*」|『[^『』]*』|《[^《》]*》")


def fold(text: str) -> str:
    """A text in small letters, each in its place.

    `str.lower` makes two characters of a Turkish İ, and a pattern that takes no notice of capitals
    takes ı for i and ſ for s, so that what it finds is in no list of words.
    """
    lower = text.lower()
    return lower if len(lower) == len(text) else text.replace("İ", "i").lower()


def whole(words: str, text: str, start: int = 0) -> tuple[int, int] | None:
    """Where `words` stand in `text` as words of their own; blanks, and marks of emphasis, count as one blank."""
    parts = words.split()
    if not all(part in text for part in parts):
        return None
    written = r"\s+".join(map(re.escape, parts))
    found = re.compile(rf"(?<!{_LETTER}){written}(?!{_LETTER})").search(text, start)
    return found.span() if found else None


def cover(pattern: re.Pattern[str], text: str, sign: str = COVER) -> str:
    """The text, as long as before, with all that the pattern finds covered by `sign`."""
    return cover_spans(text, (match.span() for match in pattern.finditer(text)), sign)


def cover_spans(text: str, spans: Iterable[tuple[int, int]], sign: str = COVER) -> str:
    """The text, as long as before, with these spans of it, of which none overlap, covered by `sign`."""
    pieces: list[str] = []
    reached = 0
    for start, end in spans:
        pieces += text[reached:start], sign * (end - start)
        reached = end
    return "".join(pieces) + text[reached:]


def unquoted(shown: str) -> str:
    """The text, as long as before, with every quotation and title of a work covered."""
    return cover(_QUOTED, shown, OBJECT)
