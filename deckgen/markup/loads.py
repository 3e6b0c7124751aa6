r"""What the HTML and CSS of an author's own note types would load, and what in them would act.

A deck may come from a stranger. So whatever a browser may take for an address, an import or a script is
found, also where a browser would not: too much is told rather than too little. What counts:

- an address of a host, outside of a link that a reader clicks; `\`, blanks and entities in it hide nothing
- elements that load, and attributes with an address, but for a file of the deck's `media/` and `data:`
- in CSS what `style.reaches` finds: `@import`, `url()` but for such a file, and what could hide one
- scripts, handlers such as `onclick=` and `javascript:`
- what browsers may read in several ways (`tags`), and marks `{{…}}` where what stands around them may become
  something else (`placing`)
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from html import unescape
from typing import NamedTuple

from deckgen.markup import placing, style, tags
from deckgen.markup.placing import MARK
from deckgen.patterns import lazy


class Load(NamedTuple):
    """The name of a file of the deck, at the characters `start` to `end`."""

    start: int
    end: int
    name: str


class Act(NamedTuple):
    """What would act at the characters `start` to `end`; a `script`, or what loads something."""

    start: int
    end: int
    message: str
    script: bool = False


_ELEMENTS = frozenset(
    ("iframe", "frame", "frameset", "object", "embed", "applet", "link", "meta", "base", "form", "portal",
     "fencedframe")
)  # fmt: skip
_JAVASCRIPT = lazy(r"(?:java|vb)script:|livescript:", re.IGNORECASE)
_HOST = lazy(r"(?:https?|wss?|ftp|file|blob|filesystem):|[/\\]{2}", re.IGNORECASE)
_HOST_IN_SCRIPT = lazy(r"""(?:https?|wss?|ftp):|["'`][/\\]{2}""", re.IGNORECASE)
# The names of XML's vocabularies, which nobody asks for.
_XMLNS = lazy(r"http://www\.w3\.org/[\w/#]*")
# What makes the value of any attribute a piece of CSS: in SVG, many have some.
_LIKE_CSS = lazy(r"url\(|@import|\\", re.IGNORECASE)
_ADDRESSED = ("src", "poster", "xlink:href")
_ADDRESSES = (
    "srcset", "imagesrcset", "data", "background", "lowsrc", "dynsrc", "classid", "codebase", "archive",
    "manifest", "formaction", "action", "ping", "longdesc", "profile", "http-equiv", "srcdoc",
    "attributionsrc",
)  # fmt: skip
_CLICKED = lazy(r"(?:https?://|mailto:|#)", re.IGNORECASE)
_DATA = lazy(r"data:(?:image|audio|video|font)/|#", re.IGNORECASE)
#: A sound in a text, and its file.
SOUND = lazy(r"\[sound:([^\[\]<>]+)\]")
_ELSEWHERE = "loads something that is not in the deck"


def is_file(name: str) -> bool:
    """Whether an address is the bare name of a file."""
    return bool(name) and not re.search(r"[/\\:{}?#<>\x00-\x1f]", name)


def in_css(css: str) -> Iterator[Load | Act]:
    """What a style sheet loads, and what acts in it."""
    for reach in style.reaches(css):
        start, end = reach.address
        if reach.file:
            yield Load(start, end, reach.file)
        elif not _DATA.match(css[start:end]):
            shown = css[reach.start : reach.end].split("\n", 1)[0]
            yield Act(reach.start, reach.end, f"`{shown[:60]}` {reach.fault}")


def in_html(html: str) -> Iterator[Load | Act]:
    """What a side of a template loads, and what acts in it; `{{…}}` as they stand."""
    pieces = list(tags.pieces(html))
    for piece in pieces:
        if piece.kind == "odd":
            yield Act(piece.start, piece.end, f"`{_first(html[piece.start : piece.end])}` {piece.fault}")
        if piece.name in _ELEMENTS and piece.kind != "close":
            yield Act(piece.start, piece.end, f"`<{piece.name}>` {_ELSEWHERE}")
        if piece.name == "script" and piece.kind == "open":
            yield Act(piece.start, piece.start + len("<script"), "this is a script", script=True)
        for one in piece.attributes:
            yield from _in_attribute(html, piece.name, one)
        if piece.kind == "raw":
            yield from (_in_style if piece.name == "style" else _in_script)(html, piece.start, piece.end)
    for sound in SOUND.finditer(html):
        yield Load(*sound.span(1), unescape(sound[1]))
    yield from (Act(*one) for one in placing.misplaced(html, pieces))


def _in_style(html: str, start: int, end: int) -> Iterator[Load | Act]:
    """What is in a style, as HTML reads it; in `<svg>`, names of characters are read in it as well."""
    css = html[start:end]
    found = list(in_css(css))
    yield from (one._replace(start=one.start + start, end=one.end + start) for one in found)
    if (read := unescape(css)) != css:
        names = {one.name for one in found if isinstance(one, Load)}
        for one in in_css(read):
            if isinstance(one, Act):
                yield Act(start, end, f"in `<svg>`, {one.message}")
            elif one.name not in names:
                yield Act(start, end, f"in `<svg>`, `{one.name}` {_ELSEWHERE}")


def _in_script(html: str, start: int, end: int) -> Iterator[Act]:
    script = html[start:end]
    for found in _HOST_IN_SCRIPT.finditer(script):
        yield Act(found.start() + start, found.end() + start, "this script contains an address")
    if not _HOST_IN_SCRIPT.search(script) and _HOST_IN_SCRIPT.search(unescape(script)):
        yield Act(start, end, "this script contains an address, hidden by names of characters")


def _in_attribute(html: str, element: str, one: tags.Attribute) -> Iterator[Load | Act]:
    name, shown = one.name, f"`{_first(html[one.at : one.to])}`"
    value = unescape(html[one.start : one.end]).strip()
    plain = re.sub(r"[\x00-\x20]", "", value)
    if name.startswith("on"):
        yield Act(one.at, one.to, f"`{name}=` is a script", script=True)
    elif _JAVASCRIPT.search(plain):
        yield Act(one.at, one.to, f"`{name}=` has a script", script=True)
    if name in _ADDRESSES:
        yield Act(one.at, one.to, f"`{name}=` {_ELSEWHERE}")
    elif name in _ADDRESSED:
        yield from _address(one.start, one.end, value, shown)
    elif name == "href" and not (_CLICKED.match(plain) and "{{" not in plain):
        if not _JAVASCRIPT.search(plain):
            yield Act(one.at, one.to, f"{shown} is not an address on the web")
    elif (name == "style" or _LIKE_CSS.search(value)) and any(
        isinstance(reach, Act) or reach.name for reach in in_css(value)
    ):
        yield Act(one.at, one.to, f"{shown} loads something, or hides what it loads")
    elif not _is_clicked(element, name, value) and _HOST.search(_bare(html[one.start : one.end])):
        yield Act(one.at, one.to, f"{shown} {_ELSEWHERE}")


def _is_clicked(element: str, name: str, value: str) -> bool:
    """Whether an address leads where only a reader's click goes, or nowhere."""
    if name == "href":
        return element == "a"
    return name.partition(":")[0] == "xmlns" and _XMLNS.fullmatch(value) is not None


def _bare(value: str) -> str:
    """A value without what may hide an address in it: fields, entities, and what browsers drop."""
    return re.sub(r"[\t\n\r\x00]", "", unescape(MARK.sub("", value)))


def _first(text: str) -> str:
    return text.split("\n", 1)[0][:60]


def _address(start: int, end: int, value: str, shown: str) -> Iterator[Load | Act]:
    if is_file(value):
        yield Load(start, end, value)
    elif value and not _DATA.match(value):
        yield Act(start, end, f"{shown} {_ELSEWHERE}")


def with_names(text: str, loads: Sequence[Load], stored: Callable[[str], str | None]) -> str:
    """A text with other names of files, where there are any."""
    parts, last = [], 0
    for load in sorted(set(loads)):
        name = stored(load.name)
        if name is not None and load.start >= last:
            parts += [text[last : load.start], name]
            last = load.end
    return "".join(parts) + text[last:]
