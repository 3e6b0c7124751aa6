"""What the rules of typography look at: the words of a text without code and addresses."""

from __future__ import annotations

from deckgen.checks.proof import Passage
from deckgen.checks.words.text import cover
from deckgen.checks.words.tongue import Tongue
from deckgen.deck import NO_LANGUAGE
from deckgen.patterns import lazy
from deckgen.written import Text

#: Of one text no rule names more places: one who mends these sees how to go on.
MOST = 20

_ADDRESS = lazy(r"[a-z]{3,9}://[^\s\u3000-\u9fff\uff00-\uffef]+|[\w.+-]{1,64}@[\w-]{1,64}\.[\w.-]{1,64}")
# A character in double quotes may be written by its number.
_ESCAPES = lazy(r"(?:\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}))+")


def prose(passage: Passage) -> str:
    """`passage.shown`, in which addresses are covered as well."""
    text, shown = passage.text.value, passage.shown
    if "://" in text or "@" in text:
        return cover(_ADDRESS, shown)
    return shown


def fix_for(passage: Passage, span: tuple[int, int], fix: str) -> str | None:
    """What to write so that `span` becomes `fix`.

    None when the characters of `span` don't stand in the file as they stand in the text, or when a
    line break can't be written there.
    """
    text = passage.text
    source = as_typed(text, span)
    if not source:
        return None
    value = text.value[slice(*span)]
    if source not in (value, _as_written(value, text, "")) and not (
        text.style == '"' and _ESCAPES.fullmatch(source)
    ):
        return None
    line = text.file.lines[text.span(*span).line - 1]
    return _as_written(fix, text, line[: len(line) - len(line.lstrip(" "))])


def as_typed(text: Text, span: tuple[int, int]) -> str:
    """What stands in the file for the characters of `span`; nothing when its place is not known."""
    place = text.span(*span)
    begin = place.column - 1
    return text.file.lines[place.line - 1][begin : begin + place.width] if place.width else ""


def known_language(passage: Passage) -> bool:
    """Whether a deck says in which language a text is, or Chinese characters do.

    Without either, the rules of English are only tried: nothing is mended by them.
    """
    return passage.lang != NO_LANGUAGE or passage.tongue is Tongue.CHINESE


def _as_written(value: str, text: Text, indentation: str) -> str | None:
    """`value` as YAML wants it in a scalar like `text`; None for a line break that it can't have."""
    if text.style == '"':
        return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    if text.style == "'":
        value = value.replace("'", "''")
    if "\n" not in value:
        return value
    if text.style != "|":
        return None
    first, *others = value.split("\n")
    return "\n".join(
        [first, *(line and indentation + line for line in others[:-1]), indentation + others[-1]]
    )
