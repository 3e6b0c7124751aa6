"""What learners read of a text: its words, at the offsets at which the author wrote them.

Marks of Markdown, addresses, pictures, readings over characters and the marks of deletions are covered by
`COVER`; a span of code or a formula is one `OBJECT`. The result is as long as the text.
"""

from __future__ import annotations

import re

from deckgen.markup import cloze, events, notations

#: Covers what is not shown.
COVER = notations.COVER
#: Stands for a span of code or a formula.
OBJECT = "\ufffc"

_NO_MARKUP = re.compile(r"[^\\`*_\[\]<>&$\x00-\x1f#>+=|~^!-]*")
# A line that begins with a word or a deletion: some of these signs mark nothing in it.
_PLAIN_LINE = re.compile(r"(?!\d+[.)])(?:[^\W_]|\{\{c)[^\\`*_\[\]<>&$\x00-\x1f+|~^]*(?<! )")


def as_read(text: str, is_cloze: bool = False) -> str:
    """The words of `text`. Hints of deletions are covered, what they hide is shown."""
    if _PLAIN_LINE.fullmatch(text) or (not is_cloze and _NO_MARKUP.fullmatch(text)):
        return without_marks(text, text) if is_cloze else text
    pieces: list[str] = []
    reached = 0
    for start, words in events.words(text):
        piece = OBJECT if words is None else words
        pieces += COVER * (start - reached), piece
        reached = start + len(piece)
    shown = "".join(pieces) + COVER * (len(text) - reached)
    return without_marks(shown, text) if is_cloze else shown


def without_marks(shown: str, text: str) -> str:
    """What is shown of `text`, with the marks and the hints of its deletions covered."""
    pieces: list[str] = []
    reached = 0
    for deletion in cloze.scan(text)[0]:
        body = text.index("::", deletion.start) + 2
        end = body + len(deletion.content)
        pieces += shown[reached : deletion.start], COVER * (body - deletion.start), shown[body:end]
        pieces.append(COVER * (deletion.end - end))
        reached = deletion.end
    return "".join(pieces) + shown[reached:]
