"""What the rules of typography look at: the words of a text without code and addresses."""

from __future__ import annotations

from deckgen.checks.proof import Passage
from deckgen.lazy import lazy
from deckgen.markup.reading import COVER

#: Of one text no rule names more places: one who mends these sees how to go on.
MOST = 20

_ADDRESS = lazy(r"[a-z]{3,9}://[^\s\u3000-\u9fff\uff00-\uffef]+|[\w.+-]{1,64}@[\w-]{1,64}\.[\w.-]{1,64}")
# A character in double quotes may be written by its number.
_ESCAPES = lazy(r"(?:\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|_))+")


def prose(passage: Passage) -> str:
    """`passage.shown`, in which addresses are covered as well."""
    text, shown = passage.text.value, passage.shown
    if "://" in text or "@" in text:
        for match in list(_ADDRESS.finditer(shown)):
            shown = _covered(shown, *match.span())
    return shown


def fix_for(passage: Passage, span: tuple[int, int], fix: str) -> str | None:
    """`fix`, if the characters of `span` stand in the file as they stand in the text; else None."""
    text = passage.text
    place = text.span(*span)
    if not place.width:
        return None
    source = text.file.lines[place.line - 1][place.column - 1 : place.column - 1 + place.width]
    same = source == text.value[slice(*span)] or (text.style == '"' and _ESCAPES.fullmatch(source))
    return fix if same else None


def _covered(shown: str, start: int, end: int) -> str:
    return shown[:start] + COVER * (end - start) + shown[end:]
