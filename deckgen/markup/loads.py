r"""What the HTML and CSS of an author's own note types would load, and what in them would act.

A deck may come from a stranger. So whatever a browser may take for an address, an import or a script is
found, also where a browser would not: too much is told rather than too little. What counts:

- an address of a host, outside of a link that a reader clicks; `\`, blanks and entities in it hide nothing
- elements that load, and attributes with an address, but for a file of the deck's `media/` and `data:`
- in CSS what `style.reaches` finds: `@import`, `url()` but for such a file, and what could hide one
- scripts, handlers such as `onclick=` and `javascript:`
- marks `{{…}}` where what stands around them may become something else (`placing`)
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from html import unescape
from typing import NamedTuple

from deckgen.markup import placing, style
from deckgen.markup.placing import MARK, Inside, regions
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


_ATTRIBUTE = lazy(r"""(?<![\w:.-])([A-Za-z_:][\w:.-]*+)\s*+=\s*+("[^"]*"|'[^']*'|[^\s"'>]+)""")
_ELEMENT = lazy(
    r"<(iframe|frame|frameset|object|embed|applet|link|meta|base|form|portal|fencedframe)\b", re.IGNORECASE
)
_JAVASCRIPT = lazy(r"(?:java|vb)script:|livescript:", re.IGNORECASE)
_HANDLER = lazy(r"on[a-z]+", re.IGNORECASE)
_HOST = lazy(r"(?:https?|wss?|ftp|file|blob|filesystem):|[/\\]{2}", re.IGNORECASE)
_HOST_IN_SCRIPT = lazy(r"""(?:https?|wss?|ftp):|["'`][/\\]{2}""", re.IGNORECASE)
# A link that a reader clicks, and the names of XML's vocabularies, which nobody asks for.
_LINK = lazy(
    r"""<a(?:\s+[\w-]+="[^"<>{}]*")*\s*>|\sxmlns(?::\w+)?="http://www\.w3\.org/[\w/#]*\"""", re.IGNORECASE
)
# A text between elements, in which no attribute begins or ends.
_WORDS = lazy(r"""(?:\A|>)[^<>"'=]*(?:<|\Z)""")
_ADDRESSED = ("src", "poster", "xlink:href")
_ADDRESSES = (
    "srcset", "imagesrcset", "data", "background", "lowsrc", "dynsrc", "classid", "codebase", "archive",
    "manifest", "formaction", "action", "ping", "longdesc", "profile", "http-equiv", "srcdoc",
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
    for element in _ELEMENT.finditer(html):
        yield Act(*element.span(), f"`<{element[1]}>` {_ELSEWHERE}")
    for start, _ in regions(html, "script"):
        yield Act(start, start + len("<script"), "this is a script", script=True)
    for start, end in regions(html, "style"):
        begin = html.find(">", start, end) + 1 or end
        for inner in in_css(html[begin:end]):
            yield inner._replace(start=inner.start + begin, end=inner.end + begin)
    for attribute in _ATTRIBUTE.finditer(html):
        yield from _in_attribute(attribute)
    for sound in SOUND.finditer(html):
        yield Load(*sound.span(1), unescape(sound[1]))
    yield from _hosts(html)
    yield from (Act(*one) for one in placing.misplaced(html))


def _in_attribute(found: re.Match[str]) -> Iterator[Load | Act]:
    name, (start, end) = found[1].lower(), found.span(2)
    if found[2][:1] in "\"'":
        start, end = start + 1, end - 1
    value = unescape(found.string[start:end]).strip()
    plain = re.sub(r"[\x00-\x20]", "", value)
    if _HANDLER.fullmatch(name):
        yield Act(*found.span(), f"`{found[1]}=` is a script", script=True)
    elif _JAVASCRIPT.search(plain):
        yield Act(*found.span(), f"`{found[1]}=` has a script", script=True)
    elif name in _ADDRESSES:
        yield Act(*found.span(), f"`{found[1]}=` {_ELSEWHERE}")
    elif name in _ADDRESSED:
        yield from _address(start, end, value, f"`{found[0][:60]}`")
    elif name == "href" and not (_CLICKED.match(plain) and "{{" not in plain):
        yield Act(*found.span(), f"`{found[0][:60]}` is not an address on the web")
    elif name == "style" and any(isinstance(one, Act) or one.name for one in in_css(value)):
        yield Act(*found.span(), "this style loads something")


def _address(start: int, end: int, value: str, shown: str) -> Iterator[Load | Act]:
    if is_file(value):
        yield Load(start, end, value)
    elif value and not _DATA.match(value):
        yield Act(start, end, f"{shown} {_ELSEWHERE}")


def _hosts(html: str) -> Iterator[Act]:
    """Addresses of hosts that no reader clicks, however they are written; a hidden one at the beginning."""
    scripts = regions(html, "script")
    for start, end in scripts:
        for found in _HOST_IN_SCRIPT.finditer(html, start, end):
            yield Act(*found.span(), "this script contains an address")
    bare = _blanked(html, scripts)
    inside = Inside(html)

    def link(found: re.Match[str]) -> str:
        # Within another tag it is no link, but attributes of that one.
        is_link = found[0][0] != "<" or not inside.tag(found.start())
        return " " * len(found[0]) if is_link else found[0]

    bare = _LINK.sub(link, bare)
    bare = _WORDS.sub(lambda found: re.sub(r"[^<>]", " ", found[0]), bare)
    seen = False
    for found in _HOST.finditer(bare):
        seen = True
        yield Act(*found.span(), f"`{bare[found.start() : found.start() + 40].split()[0]}` {_ELSEWHERE}")
    hidden = re.sub(r"[\t\n\r\x00]", "", unescape(MARK.sub("", bare)))
    if not seen and _HOST.search(hidden):
        yield Act(0, 0, f"an address hidden by entities, line breaks or fields {_ELSEWHERE}")


def _blanked(html: str, spans: Sequence[tuple[int, int]]) -> str:
    """A text of the same length without what stands in the sorted spans."""
    parts, last = [], 0
    for start, end in spans:
        parts += [html[last:start], " " * (end - start)]
        last = end
    return "".join(parts) + html[last:]


def with_names(text: str, loads: Sequence[Load], stored: Callable[[str], str | None]) -> str:
    """A text with other names of files, where there are any."""
    parts, last = [], 0
    for load in sorted(set(loads)):
        name = stored(load.name)
        if name is not None and load.start >= last:
            parts += [text[last : load.start], name]
            last = load.end
    return "".join(parts) + text[last:]
