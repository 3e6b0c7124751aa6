"""Where the marks `{{…}}` of a template stand: between texts and elements, or where they hide what acts.

A field that is empty, and a section that is not shown, leave nothing behind. Then what stands before a mark
meets what stands after it, or after the section: `<scr{{#A}}ipt>` becomes a script. There are too many ways
in which sections can be shown to try them all. So every mark must stand where nothing can be joined: behind
a whole text or element, not within a tag, a script, a style, a formula, a character's name or what Anki
reads in brackets. Then each way to show a side is a row of pieces that were all read as they stand.
"""

from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Iterator, Sequence
from html import unescape

from deckgen.markup.tags import Piece
from deckgen.patterns import lazy

MARK = lazy(r"\{\{([^{}]*)\}\}")
#: What Anki fills in that no author's text is in.
_HARMLESS = ("Tags", "CardFlag")
#: Attributes in whose values is nothing that acts.
_PLAIN = ("class", "id", "lang", "title", "alt", "dir", "role")
# What a mark may not follow: the beginning of a tag, of what Anki reads in brackets, of a formula or of a
# character's name. A field alone in brackets, `[{{Reading}}]`, is looked at with its texts (`notes.joined`).
_BEGUN = lazy(r"(?:<[!/?]?|\[(?!\{\{\s*+[^#^/{}\s][^{}]*+\}\}\])[\w:/$]*+|\\|&#?\w*+)(?=\{\{)")
_BACKSLASH = lazy(r"\\(?=\{\{)")
_FORMULA = lazy(r"\\([()\[\]])|(\{\{)")


def marks(html: str) -> Iterator[tuple[int, int, str]]:
    """The marks of a template with their ends and what is in them, as Anki reads them: none in a comment.

    See `notes.template`, which reads what they say.
    """
    last = {"{{": html.rfind("}}"), "<!--": html.rfind("-->")}
    end = 0
    for found in re.finditer(r"\{\{|<!--", html):
        if found.start() < end or last[found[0]] < found.end():
            continue
        if found[0] == "{{":
            end = html.index("}}", found.end()) + 2
            yield found.start(), end, html[found.end() : end - 2].strip("{ ")
        else:
            end = html.index("-->", found.end()) + 3


def misplaced(html: str, pieces: Sequence[Piece]) -> Iterator[tuple[int, int, str]]:
    """What is wrong with marks by where they stand among the pieces of a text, each from where to where.

    What only shows when entities are read is told at the beginning. In odd pieces nothing is told, as they
    may not stand at all.
    """
    found = list(marks(html))
    if not found:
        return
    starts = [piece.start for piece in pieces]
    told = False
    for start, end, name in found:
        piece = pieces[bisect(starts, start) - 1]
        if piece.kind not in ("open", "close", "raw") or start >= piece.end:
            continue
        falls_out = name[:1] in ("#", "^", "/") or name in _HARMLESS
        if not (falls_out and _is_in_plain_value(html, piece, start)):
            told = True
            shown, what = html[start:end][:60], "leaving something out" if falls_out else "its text"
            yield start, end, f"`{shown}` is inside a tag, a script or a style, where {what} could do harm"
    could = "with what follows it could become a tag, a formula or a command"
    for begun in (*_BEGUN.finditer(html), *_formulas(html)):
        told = True
        yield *begun.span(), f"`{begun[0][:60]}` comes right before `{{{{…}}}}`: {could}"
    read = unescape(_uncommented(html))
    if not told and (_BACKSLASH.search(read) or any(_formulas(read))):
        yield 0, 0, "the start of a formula, hidden by an entity or a comment, comes right before `{{…}}`"


def _formulas(html: str) -> Iterator[re.Match[str]]:
    """Where formulas begin that have a mark."""
    opened: re.Match[str] | None = None
    for mark in _FORMULA.finditer(html):
        if mark[2] and opened is not None:
            yield opened
            opened = None
        elif not mark[2] and (mark[1] in "([") == (opened is None):
            opened = mark if opened is None else None


def _uncommented(html: str) -> str:
    end = html.rfind("-->") + 1
    return re.sub(r"(?s)<!--.*?-->", "", html[: end + 2]) + html[end + 2 :] if end else html


def _is_in_plain_value(html: str, piece: Piece, at: int) -> bool:
    """Whether a section may stand there: in a harmless value, with all sections that begin in it."""
    for one in piece.attributes:
        if one.start <= at < one.end:
            return bool(one.quote) and one.name in _PLAIN and _is_whole(html[one.start : one.end])
    return False


def _is_whole(value: str) -> bool:
    """Whether each section of a value also ends there."""
    opened: list[str] = []
    for _, _, name in marks(value):
        if name[:1] in ("#", "^"):
            opened.append(name[1:].strip())
        elif name[:1] == "/" and (not opened or opened.pop() != name[1:].strip()):
            return False
    return not opened
