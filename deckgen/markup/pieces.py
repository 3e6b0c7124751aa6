"""HTML of an author in pieces: texts, and tags that every browser reads alike, with their places."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from html.entities import html5
from typing import NamedTuple

from deckgen.patterns import lazy

#: Elements that have no content, and so no end.
VOID = ("br", "hr", "img")

_SPACE = "[ \t\n]"
# A tag that all browsers read alike, anything else that begins like one, and a comment.
_NAME = r"[A-Za-z][A-Za-z0-9-]*+"
_ATTRIBUTE = lazy(
    rf"""{_SPACE}++(?P<name>[A-Za-z][A-Za-z0-9:_-]*+)
    (?:{_SPACE}*+={_SPACE}*+(?:"(?P<double>[^"]*+)"|'(?P<single>[^']*+)'|(?P<bare>[^\s"'=<>`]++)))?+""",
    re.VERBOSE,
)
_MARK = lazy(
    rf"""<(?P<close>/?)(?P<name>{_NAME})(?P<rest>(?:"[^"]*+"|'[^']*+'|[^"'>])*+)>
    |(?P<comment><!--.*?(?:-->|\Z))|(?P<odd><[A-Za-z/!?][^>]*+>?)""",
    re.DOTALL | re.VERBOSE,
)
REFERENCE = lazy(r"&(?:#[0-9]+;?|#[xX][0-9a-fA-F]+;?|[A-Za-z][A-Za-z0-9]*+;?)")


class Attribute(NamedTuple):
    """It begins at the character `at`; its `value` is written at the characters `start` to `end`."""

    at: int
    name: str
    value: str
    start: int
    end: int


class Piece(NamedTuple):
    """A piece of HTML: `kind` is "text", "open", "close", or "odd" for what is read in several ways."""

    kind: str
    start: int
    end: int
    name: str = ""
    attributes: tuple[Attribute, ...] = ()


def pieces(html: str) -> Iterator[Piece]:
    """A text in pieces, without a gap."""
    at = 0
    for mark in _MARK.finditer(html):
        if mark.start() > at:
            yield Piece("text", at, mark.start())
        at = mark.end()
        attributes = _attributes(mark) if mark["name"] else None
        if attributes is None or (mark["close"] and attributes):
            yield Piece("odd", mark.start(), at)
        else:
            kind = "close" if mark["close"] else "open"
            yield Piece(kind, mark.start(), at, mark["name"].lower(), attributes)
    if at < len(html):
        yield Piece("text", at, len(html))


def _attributes(mark: re.Match[str]) -> tuple[Attribute, ...] | None:
    """The attributes of a tag; None when browsers may read them in several ways."""
    html, (at, end) = mark.string, mark.span("rest")
    found = []
    while attribute := _ATTRIBUTE.match(html, at, end):
        group = next((one for one in ("double", "single", "bare") if attribute[one] is not None), "name")
        value = decoded(attribute[group]) if group != "name" else ""
        found.append(
            Attribute(attribute.start("name"), attribute["name"].lower(), value, *attribute.span(group))
        )
        at = attribute.end()
    rest = html[at:end].strip(" \t\n")
    is_closed = rest == "/" and mark["name"].lower() in VOID
    return tuple(found) if not rest or is_closed else None


def decoded(value: str) -> str:
    """The value of an attribute: in it, `&copy=1` is no name of a character, as part of an address."""

    def one(found: re.Match[str]) -> str:
        name, after = found[0], found.string[found.end() : found.end() + 1]
        if name[1] == "#" or (name[1:] in html5 and (name[-1] == ";" or after != "=")):
            return unescape(name)
        return name

    return REFERENCE.sub(one, value)
