"""A field's HTML becomes Markdown of ours, if that looks the same; else it stays HTML, with the reason.

Nothing is taken on trust: the Markdown is rendered by `markup`, as a build does it, and what a learner sees
of the result is compared with what the learner sees of the field (`seen`).
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from html import escape

from deckgen.adopting import unmarkup
from deckgen.adopting.elements import STYLED
from deckgen.adopting.lines import Line, PieceKind, alike
from deckgen.adopting.look import PLAIN, Look
from deckgen.adopting.seen import seen
from deckgen.adopting.unsayable import Unsayable
from deckgen.markup import cloze as deletions
from deckgen.markup import markdown
from deckgen.notes import faces
from deckgen.reading.tree import MAX_TEXT


@dataclass(frozen=True, slots=True)
class Markdown:
    """A text that looks the same once it is rendered; if `exact`, it is rendered to the same bytes."""

    text: str
    exact: bool


@dataclass(frozen=True, slots=True)
class Html:
    """A field that must stay HTML; `reason` is what Markdown can't say, such as "a colour"."""

    reason: str


def to_markdown(html: str, look: Look = PLAIN, *, cloze: bool = False) -> Markdown | Html:
    """A field as Markdown. `look` is that of its note type; with `cloze`, Anki hides the deletions in it."""
    if _is_plain(html, cloze=cloze):
        return Markdown(html, exact=True)
    try:
        lines = seen(html, look, cloze=cloze)
    except Unsayable as error:
        return Html(str(error))
    reason = ""
    for way in unmarkup.WAYS:
        try:
            text = unmarkup.markdown(lines, way, look)
        except Unsayable as error:
            return Html(str(error))
        if len(text) > MAX_TEXT:
            return Html(f"a text of more than {MAX_TEXT:,} characters")
        rendered = render(text, cloze=cloze)
        difference = _difference(html, rendered, lines, look, cloze=cloze) if rendered is not None else _CUT
        if not difference:
            return Markdown(text, exact=rendered == html)
        reason = reason or difference
    return Html(reason)


_CUT = "a deletion that reaches over the end of something"


def render(text: str, *, cloze: bool) -> str | None:
    """The HTML that a build makes of a text; None when its deletions are not what they seem."""
    found, faults = deletions.scan(text) if cloze else ([], [])
    if faults:
        return None
    html = markdown.to_html(deletions.mark(text, found) if found else text, _same)
    html = unicodedata.normalize("NFC", html)
    if not cloze:
        return html
    html = deletions.finish(html)
    return html if deletions.is_whole(html, len(found)) else None


def _same(name: str) -> str:
    return name


def _is_plain(html: str, *, cloze: bool) -> bool:
    """Whether it is the same as Markdown and as HTML, as most fields are."""
    if not html:
        return True
    return (
        len(html) <= MAX_TEXT
        and escape(html, quote=False) == html
        and "{{c" not in html
        and "[" not in html
        and html.isprintable()
        and render(html, cloze=cloze) == html
    )


def _difference(html: str, rendered: str, lines: tuple[Line, ...], look: Look, *, cloze: bool) -> str:
    """What is seen otherwise; nothing if both are seen alike."""
    if faces.is_empty(html) != faces.is_empty(rendered):
        return "blanks that Anki takes for a text"
    try:
        got = seen(rendered, look, cloze=cloze)
    except Unsayable as error:
        return str(error)
    if alike(got, lines):
        return ""
    pieces = next((one.pieces for one, two in zip(lines, got, strict=False) if one != two), ())
    names = {name for piece in pieces for name, _ in piece.marks}
    for name, what in _WORDS.items():
        if name in names:
            return what
    if any(piece.kind is PieceKind.RUBY for piece in pieces):
        return "a reading that is none of ours"
    return "marks that would be read otherwise"


#: Why words stay HTML in an element that has rules of its own.
RULED = "the look of an element that the style sheet names"
_WORDS = {
    STYLED: RULED,
    "code": "code with blanks",
    "b": "bold words beside letters or signs",
    "i": "italic words beside letters or signs",
    "a": "a link beside signs",
}
