"""What the rules of typography look at: the words of a text without code and addresses."""

from __future__ import annotations

import re
from collections.abc import Iterator

from deckgen.checks.proof import Passage
from deckgen.markup.reading import COVER

#: Of one text no rule names more places: one who mends these sees how to go on.
MOST = 20

_ADDRESS = re.compile(
    r"[a-z]{3,9}://[^\s\u3000-\u9fff\uff00-\uffef]+|[\w.+-]{1,64}@[\w-]{1,64}\.[\w.-]{1,64}"
)
_FENCE = re.compile(r"(?:[ \t>]|[*+-] |\d{1,9}[.)] )*(`{3,}|~{3,})")
# A character in double quotes may be written by its number.
_ESCAPES = re.compile(r"(?:\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|_))+")


def prose(passage: Passage) -> str:
    """`passage.shown`, in which blocks of code and addresses are covered as well."""
    text, shown = passage.text.value, passage.shown
    if "\n" in text:
        for start, end in code_blocks(text):
            shown = _covered(shown, start, end)
    if "://" in text or "@" in text:
        for match in list(_ADDRESS.finditer(shown)):
            shown = _covered(shown, *match.span())
    return shown


def fix_for(passage: Passage, span: tuple[int, int], fix: str) -> str | None:
    """`fix`, if the characters of `span` stand in the file as they stand in the text; else None."""
    text, written = passage.text.value, passage.text.written
    place = written.span(text, *span) if written else None
    if written is None or place is None:
        return None
    line, column, width = place
    source = written.lines[line][column : column + width]
    same = source == text[slice(*span)] or (written.style == '"' and _ESCAPES.fullmatch(source))
    return fix if same else None


def _covered(shown: str, start: int, end: int) -> str:
    return shown[:start] + COVER * (end - start) + shown[end:]


def code_blocks(text: str) -> list[tuple[int, int]]:
    """The lines of `text` that Markdown takes for blocks of code, or may take."""
    blocks: list[tuple[int, int]] = []
    for start, end in _code_lines(text):
        if blocks and blocks[-1][1] == start - 1:
            start = blocks.pop()[0]  # noqa: PLW2901  # the block goes on
        blocks.append((start, end))
    return blocks


def _code_lines(text: str) -> Iterator[tuple[int, int]]:
    fence, start = "", 0
    after_blank = True
    for line in text.split("\n"):
        end = start + len(line)
        opening = _FENCE.match(line)
        if fence:
            yield start, end
            fence = "" if opening and opening[1].startswith(fence) else fence
        elif opening and "`" not in line[opening.end() :]:
            yield start, end
            fence = opening[1]
        elif after_blank and line.startswith(("    ", "\t")):
            yield start, end
        else:
            after_blank = not line.strip()
        start = end + 1
