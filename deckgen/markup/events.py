"""What is in a text of Markdown. The only module that imports the Markdown library.

CommonMark with tables and `$…$` maths, read by pyromark (pulldown-cmark) as events,
of which `markdown` makes HTML.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import unquote

import pyromark

from deckgen.markup import marks, notations
from deckgen.patterns import lazy

_OPTIONS = pyromark.Options.ENABLE_TABLES | pyromark.Options.ENABLE_MATH
CJK = "\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef"
_CJK_STARS = lazy(rf"(?<=[{CJK}\u3000-\u303f\u201c\u201d])\*\*|\*\*(?=[{CJK}\u3000-\u303f\u201c\u201d])")


# -- as the library gives it -------------------------------------------------------


def of(text: str) -> Iterable[Any]:
    """The events of a text: a name, or a name with details."""
    return pyromark.events(text, options=_OPTIONS)


def placed(text: str) -> Iterable[tuple[Any, Any]]:
    """The events of a text, each with its place in bytes."""
    return pyromark.events_with_range(text, options=_OPTIONS)


def library_html(text: str) -> str:
    """The library's own HTML, for texts in which there is nothing for Anki or for us to change."""
    return pyromark.html(text, options=_OPTIONS)


def name_and_value(part: Any) -> tuple[str, Any]:
    """Take apart what pyromark gives: `"Paragraph"`, or `{"Heading": {…}}` for parts that have details."""
    return (part, None) if isinstance(part, str) else part.popitem()


def address_of(link: Any) -> str:
    """Where a link leads."""
    prefix = "mailto:" if link["link_type"] == "Email" else ""
    return prefix + str(link["dest_url"])


def file_name(address: str) -> str:
    """The name of a media file as an author may write it in Markdown (`a%20b.png`)."""
    return unquote(address)


# -- what it tells ----------------------------------------------------------------


def _meant(text: str) -> str:
    """`text` with placeholders for the signs of notations, and for marks that mark nothing."""
    return marks.as_meant(notations.hide(text), placed)


def references(text: str) -> Iterator[tuple[str, str]]:
    """What `text` points to, as ("image", file name) and ("link", address), in order."""
    if "](" not in text and "<" not in text and "]:" not in text:
        return
    for event in of(_meant(text)):
        if isinstance(event, dict) and "Start" in event:
            start = event["Start"]
            if isinstance(start, dict):
                if "Image" in start:
                    yield "image", file_name(start["Image"]["dest_url"])
                elif "Link" in start:
                    yield "link", address_of(start["Link"])


def formulas(text: str) -> Iterator[tuple[int, str]]:
    """The formulas of `text` that have a command, with their offsets or, in a quotation, that of the `$`."""
    offsets = _Offsets(text)
    for event, place in placed(text):
        name, value = name_and_value(event)
        if name in ("InlineMath", "DisplayMath") and "\\" in value:
            start = offsets.at(place["start"])
            # In a quotation, each line of the formula begins with `>`.
            yield max(text.find(value, start, offsets.at(place["end"])), start), value


def in_code(text: str, offset: int) -> bool:
    """Whether the character at `offset` stands in code."""
    offsets = _Offsets(text)
    for event, place in placed(text):
        name, value = name_and_value(event)
        is_code = name == "Code" or (name == "Start" and isinstance(value, dict) and "CodeBlock" in value)
        if is_code and offsets.at(place["start"]) <= offset < offsets.at(place["end"]):
            return True
    return False


def shown_stars(text: str) -> bool:
    """Whether `**` would be shown although it was surely meant as emphasis.

    CommonMark reads no emphasis where `**` stands between a full-width mark and a
    letter, as in Chinese it often does (https://github.com/commonmark/commonmark-spec/issues/650).
    """
    if text.count("**") < 2 or (text.isascii() and "&" not in text):
        return False  # which is quicker than to ask the library
    shown = "".join(
        event["Text"] for event in of(_meant(text)) if isinstance(event, dict) and "Text" in event
    )
    return "**" in shown and _CJK_STARS.search(shown) is not None


def words(text: str) -> Iterator[tuple[int, str | None]]:
    """The pieces of `text` that are shown as typed, with their offsets; None for code and formulas.

    The description of a picture is not shown, so it is not among them.
    """
    inside = 0  # how many pictures and blocks of code are open
    meant = _meant(text)
    for name, value, start, end in _parts(text, meant):
        if name == "SoftBreak":
            yield start, "\n"
        elif name == "Start" and isinstance(value, dict):
            inside += "Image" in value or "CodeBlock" in value
            if "CodeBlock" in value:
                yield start, None
        elif name == "End":
            inside -= value in ("Image", "CodeBlock")
        elif inside:
            continue
        elif name in ("Text", "Html", "InlineHtml"):
            # An entity such as `&amp;` is shorter than it was written.
            piece = value if len(value) == end - start else value[: end - start]
            yield start, piece if meant is text else _as_read(piece, name)
        elif name in ("Code", "InlineMath", "DisplayMath"):
            yield start, None


def _as_read(piece: str, name: str) -> str:
    """A piece of a text that was handed to the library with placeholders; only in text are notations read."""
    piece = marks.shown(piece)
    return notations.read(piece) if name == "Text" else notations.typed(piece)


def parts(text: str) -> Iterator[tuple[str, Any, int, int]]:
    """The parts of `text` as the library gives them: name, details, where the part begins and ends."""
    return _parts(text, _meant(text))


def _parts(text: str, meant: str) -> Iterator[tuple[str, Any, int, int]]:
    at = _Offsets(text).at
    for event, place in placed(meant):
        name, value = name_and_value(event)
        yield name, value, at(place["start"]), at(place["end"])


class _Offsets:
    """Turns the byte offsets that the library gives into offsets of characters."""

    def __init__(self, text: str) -> None:
        self._bytes = None if text.isascii() else text.encode()
        self._last = (0, 0)

    def at(self, position: int) -> int:
        """The number of characters before the byte `position`."""
        if self._bytes is None:
            return position
        seen, count = self._last if self._last[0] <= position else (0, 0)
        count += len(self._bytes[seen:position].decode(errors="ignore"))
        self._last = (position, count)
        return count
