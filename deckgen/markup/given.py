r"""HTML that learners had before their deck became source: what in it acts, and which files it shows.

Learners have it already, so it may have whatever only shows something: `<center>`, `id=`, comments, tags that
nobody closes. What acts is a fault: scripts, frames, forms, addresses from which a browser loads by itself,
and marks on which Anki acts.

It is judged by its tags, read as the HTML Standard reads them
(https://html.spec.whatwg.org/multipage/parsing.html#tokenization), not by the tree that a browser makes of
them. No tree holds more than its tags say, but it may hold less: a `<tr onclick=…>` is left out
of it, and comes to life within the `<table>` of a template. The tags are the same wherever they stand,
as no element may stand here whose content is read in another way: no `<style>`, `<svg>`, `<textarea>`. For
the same reason none may be left open at the end, nor hold a mark that Anki replaces.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple
from urllib.parse import unquote

from deckgen.markup import loads, raw, tex
from deckgen.markup.loads import SOUND, is_file
from deckgen.markup.markdown import ANKI_BRACKET
from deckgen.markup.pieces import decoded
from deckgen.markup.raw import Fault
from deckgen.markup.style import reaches
from deckgen.patterns import lazy

#: Elements that only show something: those that an author may write, and others.
ELEMENTS = frozenset(
    (*raw.ELEMENTS,
     "abbr", "acronym", "address", "area", "article", "aside", "audio", "bdi", "bdo", "big", "blink",
     "center", "cite", "col", "colgroup", "data", "details", "dfn", "dir", "figcaption", "figure", "footer",
     "header", "hgroup", "image", "label", "legend", "main", "map", "marquee", "menu", "meter", "nav", "nobr",
     "output", "picture", "progress", "q", "rtc", "section", "source", "spacer", "strike", "summary",
     "time", "track", "tt", "video", "wbr")
)  # fmt: skip
# Tags that need no second look; most are such.
_BARE = lazy(rf"</?(?:{'|'.join(raw.ELEMENTS)})>")
_NAMES_FILE = lazy("src|poster|data|background|style", re.IGNORECASE)
# No browser has an element of such a name: `<o:p>`, `<anki-mathjax>`, `<stdio.h>`.
_NOBODYS = lazy(r"[a-z][a-z0-9]*[^a-z0-9].*", re.DOTALL)
# Addresses from which a browser loads by itself, or tells somebody of a click.
_LOADING = frozenset(
    ("src", "srcset", "imagesrcset", "poster", "background", "lowsrc", "dynsrc", "ping", "attributionsrc",
     "data", "xlink:href")
)  # fmt: skip
_SHOWN = lazy(r"data:(?:image|audio|video)/", re.IGNORECASE)
_SCHEME = lazy(r"([A-Za-z][A-Za-z0-9+.-]*):")
# Where a click leads: to the web, to somebody, to a place on the card, or to another program's notes.
_SCHEMES = frozenset(("http", "https", "mailto", "tel", "ftp", "anki"))
_DROPPED = lazy(r"[\x00-\x20]")
# What Anki or MathJax find within a tag, too.
_MARKS = lazy(r"\\[()\[\]]|\[sound:", re.IGNORECASE)
_CUTS = lazy(r"\{\{|\}\}|::")
_COMMANDS = frozenset(
    ("href", "ref", "eqref", "refeq", "style", "class", "cssId", "bbox", "mmlToken", "require")
)
_SUSPECT = lazy(r"[<\\\[]")

_WS = r"[\t\n\f\r ]"
_BEGIN = lazy(r"<(?=[A-Za-z/!?]|\Z)")
_TAG = lazy(r"<(?P<close>/?)(?P<name>[A-Za-z][^\t\n\f\r />]*+)")
_BETWEEN = lazy(r"[\t\n\f\r /]*+")
_ATTRIBUTE = lazy(
    rf"""(?P<name>=?[^\t\n\f\r />=]*+)
    (?:{_WS}*+={_WS}*+
    (?:"(?P<double>[^"]*+)"|'(?P<single>[^']*+)'|(?P<open>["'])|(?P<bare>[^\t\n\f\r >]*+)))?+""",
    re.VERBOSE,
)
_COMMENT_END = lazy(r"--!?>")
_HINT = "take it out in the card file; `trusted: true` in deck.yaml lets it through, if you know what it does"


class Attribute(NamedTuple):
    """It begins at the character `at`; its value is written at the characters `start` to `end`."""

    at: int
    name: str
    start: int
    end: int


class Tag(NamedTuple):
    """A tag, or a comment, whose name is "", at `start` to `end`. One that never ends is `open`."""

    start: int
    end: int
    name: str = ""
    attributes: tuple[Attribute, ...] = ()
    closes: bool = False
    open: bool = False


def acts(html: str) -> list[Fault]:
    """All that acts in a field's HTML, in its order; nothing of what only shows something."""
    if _SUSPECT.search(html) is None:
        return []
    found = [*_in_text(html)]
    is_cut = "{{c" in html
    for tag in tags(html) if len(_BARE.findall(html)) < html.count("<") else ():
        found += _in_tag(html, tag, is_cut=is_cut)
    return sorted(found)


def _in_text(html: str) -> Iterator[Fault]:
    if "[" in html:
        bare = SOUND.sub(lambda one: " " * len(one[0]), html)
        for mark in ANKI_BRACKET.finditer(bare):
            shown = html[mark.start() : mark.start() + 12]
            shown = shown[: shown.find("]") + 1] or shown
            yield Fault(mark.start(), mark.start() + len(shown), f"Anki acts on `{shown}`", _HINT)
        for sound in SOUND.finditer(html):
            if not is_file(_file(sound[1])):
                yield Fault(*sound.span(), f"`{_first(sound[0])}` plays what is not in the deck", _HINT)
    for formula in tex.formulas(html) if "\\" in html else ():
        for fault in tex.faults(formula):
            if fault.command in _COMMANDS and not fault.environment:
                yield Fault(0, 0, f"the formula's `{fault.shown}` {fault.message}", _HINT)


def _in_tag(html: str, tag: Tag, *, is_cut: bool) -> Iterator[Fault]:
    span, written = (tag.start, tag.end), html[tag.start : tag.end]
    shown = f"`{_first(written)}`"
    if tag.open:
        yield Fault(*span, f"{shown} never ends, and takes in what comes after it on the card", _HINT)
    elif (is_cut and _CUTS.search(written)) or _MARKS.search(written):
        yield Fault(*span, f"{shown} holds a mark that Anki replaces", _HINT)
    elif tag.closes or not tag.name:
        return
    elif tag.name not in ELEMENTS and not _NOBODYS.fullmatch(tag.name):
        yield Fault(*span, f"`<{_first(tag.name)}>` is no element that only shows something", _HINT)
    for one in tag.attributes:
        if fault := _in_attribute(one.name, html[one.start : one.end]):
            yield Fault(one.at, one.end, fault, _HINT)


def _in_attribute(name: str, written: str) -> str:
    """What is wrong with an attribute; nothing with one that only shows something."""
    if name.startswith("on"):
        return f"`{_first(name)}=` is a script"
    if name not in ("style", "href") and name not in _LOADING:
        return ""
    value = decoded(written)
    shown = f'`{_first(name)}="{_first(value)}"`'
    plain = _DROPPED.sub("", value)
    if name == "style":
        return f"{shown} loads something" if "(" in value and _loads(value) else ""
    scheme = _SCHEME.match(plain)
    if name == "href":
        return (
            f"{shown} leads elsewhere than to the web" if scheme and scheme[1].lower() not in _SCHEMES else ""
        )
    if not plain or is_file(_file(plain)) or (name == "src" and _SHOWN.match(plain)):
        return ""
    return f"{shown} loads something that is not in the deck"


def _loads(css: str) -> bool:
    return any(isinstance(one, loads.Act) or not is_file(one.name) for one in loads.in_css(css))


def _file(value: str) -> str:
    return unquote(value)


def _first(text: str) -> str:
    return text.split("\n", 1)[0][:40]


# -- tags --------------------------------------------------------------------------


def tags(html: str) -> Iterator[Tag]:
    """The tags and comments of a piece of HTML as the HTML Standard reads them, in order."""
    at = 0
    while found := _BEGIN.search(html, at):
        tag = _read(html, found.start())
        yield tag
        at = max(tag.end, found.end())


def _read(html: str, start: int) -> Tag:
    tag = _TAG.match(html, start)
    if tag is None:
        return _comment(html, start)
    at = tag.end()
    attributes: list[Attribute] = []
    while True:
        at = _BETWEEN.match(html, at).end()  # type: ignore[union-attr]  # it matches nothing, too
        if html[at : at + 1] == ">":
            return Tag(start, at + 1, tag["name"].lower(), tuple(attributes), bool(tag["close"]))
        one = _ATTRIBUTE.match(html, at) if at < len(html) else None
        if one is None or one["open"]:
            return Tag(start, len(html), tag["name"].lower(), tuple(attributes), open=True)
        group = next((kind for kind in ("double", "single", "bare") if one[kind] is not None), "")
        span = one.span(group) if group else (one.end(), one.end())
        attributes.append(Attribute(at, one["name"].lower(), *span))
        at = one.end()


def _comment(html: str, start: int) -> Tag:
    """A comment, or what browsers take for one: `<!…>`, `<?…>`, `</ …>`."""
    if html.startswith("<!--", start):
        if short := next((one for one in ("<!-->", "<!--->") if html.startswith(one, start)), ""):
            return Tag(start, start + len(short))
        end = _COMMENT_END.search(html, start + 4)
        return Tag(start, end.end()) if end else Tag(start, len(html), open=True)
    end_at = html.find(">", start)
    return Tag(start, end_at + 1) if end_at >= 0 else Tag(start, len(html), open=True)


# -- files -------------------------------------------------------------------------


def files(html: str) -> list[loads.Load]:
    """The files that a field's HTML shows or plays: where they are named, and how Anki calls them."""
    found = []
    if "[sound:" in html:
        found = [loads.Load(*sound.span(1), decoded(sound[1])) for sound in SOUND.finditer(html)]
    if "<" in html and _NAMES_FILE.search(html):
        for tag in tags(html):
            for one in tag.attributes:
                if one.name in ("src", "poster", "data", "background"):
                    found.append(loads.Load(one.start, one.end, decoded(html[one.start : one.end])))
                elif one.name == "style" and "(" in html[one.start : one.end]:
                    found += _in_style(html, one)
    return [one for one in found if is_file(one.name)]


def _in_style(html: str, one: Attribute) -> Iterator[loads.Load]:
    css = html[one.start : one.end]
    for reach in reaches(css):
        if reach.file:
            start, end = reach.address
            yield loads.Load(start + one.start, end + one.start, reach.file)


def with_files(html: str, stored: Callable[[str], str | None]) -> str:
    """The HTML with the new names of files; `stored` gives None for one that has none."""
    found = files(html)
    if not found:
        return html
    return loads.with_names(html, found, lambda name: stored(name) or stored(unquote(name)))
