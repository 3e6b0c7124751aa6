r"""Templates in pieces, as the tokeniser of HTML reads them: texts, comments, tags with their attributes.

Only what every browser reads in one way is a piece of its kind; all else is "odd", and an error for those who
ask (https://html.spec.whatwg.org/multipage/parsing.html#tokenization). So nothing can look like a tag in one
reading and like a text in another. In `<svg>` the content of `<style>` and `<script>` is read as HTML, with
its elements and entities; so a style with a `<` in it is odd, and a script with a tag in it beside `<svg>`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from deckgen.patterns import lazy

_BLANK = r"[ \t\n\f\r]"
_START = lazy(r"<(?=[A-Za-z/!?])")
_OPEN = lazy(r"<(?P<name>[A-Za-z][A-Za-z0-9-]*+)")
_CLOSE = lazy(rf"</(?P<name>[A-Za-z][A-Za-z0-9-]*+){_BLANK}*+>")
_ATTRIBUTE = lazy(
    rf"""{_BLANK}++(?P<name>[A-Za-z_:][A-Za-z0-9_:.-]*+)
    (?:{_BLANK}*+={_BLANK}*+(?:"(?P<double>[^"<]*+)"|'(?P<single>[^'<]*+)'|(?P<bare>[^\s"'=<>`{{}}]++)))?+""",
    re.VERBOSE,
)
_TAG_END = lazy(rf"{_BLANK}*+(?P<slash>/?)>")
_RAW_END = {name: lazy(rf"</{name}(?={_BLANK}|/|>)", re.IGNORECASE) for name in ("style", "script")}
_ODD_END = lazy("[<>]")
_FOREIGN = lazy(r"<(?:svg|math)\b", re.IGNORECASE)
#: Elements whose content some browsers, or some settings, read as a text and others as HTML.
_TEXTS = frozenset(
    ("noscript", "textarea", "title", "xmp", "plaintext", "noembed", "noframes", "template", "listing")
)


class Attribute(NamedTuple):
    """It stands at the characters `at` to `to`; its value at `start` to `end`, in `quote` or in nothing."""

    at: int
    to: int
    name: str
    start: int
    end: int
    quote: str


class Piece(NamedTuple):
    """`kind` is "text", "comment", "open", "close", "raw" for what is in a style or script, or "odd".

    An odd piece says in `fault` what is wrong with it.
    """

    kind: str
    start: int
    end: int
    name: str = ""
    attributes: tuple[Attribute, ...] = ()
    fault: str = ""


def pieces(html: str) -> Iterator[Piece]:
    """A text in pieces, in order."""
    at, is_foreign = 0, _FOREIGN.search(html) is not None
    while (found := _START.search(html, at)) is not None:
        if found.start() > at:
            yield Piece("text", at, found.start())
        one = _comment(html, found.start()) if html.startswith("<!--", found.start()) else _tag(html, found)
        yield one
        at = one.end
        if one.kind == "open" and one.name in _RAW_END:
            inner = _raw(html, one, is_foreign)
            yield inner
            at = inner.end
    if at < len(html):
        yield Piece("text", at, len(html))


def _comment(html: str, start: int) -> Piece:
    end = html.find("-->", start + 4)
    if end < 0:
        return Piece("odd", start, len(html), fault="is a comment that is never closed")
    inner = html[start + 4 : end]
    if html.startswith((">", "->"), start + 4) or re.search("<!--|--!>|<!-$", inner):
        return Piece("odd", start, end + 3, fault="is no plain comment `<!-- … -->`")
    return Piece("comment", start, end + 3)


def _tag(html: str, found: re.Match[str]) -> Piece:
    start = found.start()
    close = _CLOSE.match(html, start)
    if close:
        return Piece("close", start, close.end(), close["name"].lower())
    opened = _OPEN.match(html, start)
    if opened is None:
        return _odd(html, start)
    at, attributes = opened.end(), []
    while one := _ATTRIBUTE.match(html, at):
        group = next((name for name in ("double", "single", "bare") if one[name] is not None), "name")
        span = one.span(group) if group != "name" else (one.end(), one.end())
        quote = {"double": '"', "single": "'"}.get(group, "")
        attributes.append(Attribute(one.start("name"), one.end(), one["name"].lower(), *span, quote))
        at = one.end()
    name, end = opened["name"].lower(), _TAG_END.match(html, at)
    if end is None:
        return _odd(html, start)
    fault = ""
    if name in _TEXTS:
        fault = "may not stand here: browsers read what is in it in several ways"
    elif name in _RAW_END and (end["slash"] or ">" in html[start : end.end() - 1]):
        fault = "is read in several ways: no `/` and no `>` may stand in this tag"
    return Piece("odd" if fault else "open", start, end.end(), name, tuple(attributes), fault)


def _odd(html: str, start: int) -> Piece:
    """What begins like a tag, as far as the next sign that could end it."""
    found = _ODD_END.search(html, start + 1)
    end = len(html) if found is None else found.start() + (found[0] == ">")
    return Piece("odd", start, end, fault='can be read in several ways: write tags as `<name key="value">`')


def _raw(html: str, tag: Piece, is_foreign: bool) -> Piece:
    """What stands in a style or a script, behind its tag."""
    start, end = tag.end, _RAW_END[tag.name].search(html, tag.end)
    if end is None:
        return Piece("odd", start, len(html), tag.name, fault=f"is in a `<{tag.name}>` that is never closed")
    inner = html[start : end.start()]
    fault = ""
    if tag.name == "style" and "<" in inner:
        fault = "may not stand in a style: write it without `<`"
    elif tag.name == "script" and ("<!--" in inner or (is_foreign and _START.search(inner))):
        fault = "may not stand in a script: browsers read it in several ways"
    if fault:
        return Piece("odd", start + inner.find("<"), end.start(), tag.name, fault=fault)
    return Piece("raw", start, end.start(), tag.name)
