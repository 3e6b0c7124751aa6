r"""Texts that are HTML because their author says so. The only module that imports nh3.

What may stand in such a text is listed here. It is read twice: by the patterns of `pieces`, which know only
tags that every browser reads alike, and know where they stand; and by nh3, a parser of HTML5 with an
allow-list, which writes what is shipped. Whatever the list does not have, or the two read differently, is a
fault: nothing that an author typed is left out without a word. What nh3 may write in another way are
names of characters, the case of tags, quotes, and tags that HTML lets an author leave out.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache, lru_cache
from html import unescape
from typing import TYPE_CHECKING, NamedTuple

from deckgen.markup.events import file_name
from deckgen.markup.loads import SOUND, is_file
from deckgen.markup.markdown import ANKI_BRACKET, Resolve, is_safe_link
from deckgen.markup.notations import COVER
from deckgen.markup.pieces import REFERENCE, VOID, Attribute, Piece, pieces
from deckgen.patterns import lazy

if TYPE_CHECKING:
    import nh3

#: Elements with the attributes that they may have besides EVERYWHERE; what Anki's editor makes is among them.
ELEMENTS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(
        ("b", "i", "u", "s", "em", "strong", "small", "mark", "del", "ins", "sub", "sup", "span", "code",
         "kbd", "samp", "var", "ruby", "rb", "rt", "rp", "p", "div", "br", "hr", "pre", "blockquote", "h1",
         "h2", "h3", "h4", "h5", "h6", "ul", "dl", "dt", "dd", "table", "caption", "thead", "tbody", "tfoot",
         "tr"),
        (),
    ),
    "ol": ("start", "type"), "li": ("value",), "td": ("colspan", "rowspan"), "th": ("colspan", "rowspan"),
    "a": ("href",), "img": ("src", "alt", "width", "height"), "font": ("color",),
}  # fmt: skip
EVERYWHERE = ("class", "dir", "lang", "style")
#: Properties of `style=`. None of them takes a text out of its place or out of sight.
PROPERTIES = frozenset(
    ("background-color", "border", "border-bottom", "border-collapse", "border-color", "border-left",
     "border-radius", "border-right", "border-spacing", "border-style", "border-top", "border-width",
     "caption-side", "color", "font", "font-family", "font-size", "font-style", "font-variant", "font-weight",
     "height", "letter-spacing", "line-height", "list-style-type", "margin", "margin-bottom", "margin-left",
     "margin-right", "margin-top", "max-width", "min-height", "min-width", "padding",
     "padding-bottom", "padding-left", "padding-right", "padding-top", "ruby-align", "ruby-position",
     "text-align", "text-decoration", "text-decoration-color", "text-decoration-line",
     "text-decoration-style", "text-emphasis", "text-emphasis-color", "text-emphasis-style", "text-indent",
     "text-transform", "vertical-align", "white-space", "width", "word-break", "word-spacing")
)  # fmt: skip
#: How many elements may be open at once; browsers stop at 512.
MAX_DEPTH = 50

# Where words end: these begin on a line, or in a cell, of their own.
_BLOCKS = ("p", "div", "br", "hr", "pre", "blockquote", "h1", "h2", "h3", "h4", "h5", "h6", "li", "dt", "dd",
           "caption", "tr", "td", "th")  # fmt: skip
#: What is no plain word, and what stands over or beside one.
_CODE, _READINGS = ("code", "pre", "kbd", "samp"), ("rt", "rp")

_FORMULA = lazy(r"\\[(\[]")
_ENDS = {"\\(": "\\)", "\\[": "\\]"}
# What Anki or MathJax would find in an attribute, too.
_ACTS = lazy(r"\\[(\[)\]]")
#: What Anki runs as LaTeX (rslib/src/latex.rs).
LATEX = lazy(r"\[/?(?:latex|\$\$?)\]", re.IGNORECASE)
# Up to the next mark that begins one: a text may have thousands that never end.
_LATEX_SPAN = lazy(r"\[(latex|\$\$?)\](?:(?!\[(?:latex|\$\$?)\]).)+?\[/\1\]", re.IGNORECASE | re.DOTALL)
_CONTROL = lazy(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_BLANKS = lazy(r"(?<=[ \t\n])[ \t\n]+")

_COLOUR = r"#[0-9A-Fa-f]{3,8}|[A-Za-z]+"
_VALUES: dict[str, re.Pattern[str]] = {
    "class": lazy(r"[\w -]+"), "dir": lazy("ltr|rtl|auto"), "lang": lazy("[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*"),
    "start": lazy("-?[0-9]{1,6}"), "value": lazy("-?[0-9]{1,6}"), "type": lazy("[1aAiI]"),
    "colspan": lazy("[0-9]{1,3}"), "rowspan": lazy("[0-9]{1,3}"),
    "width": lazy("[0-9]{1,5}%?"), "height": lazy("[0-9]{1,5}%?"), "color": lazy(_COLOUR),
}  # fmt: skip
# What takes a text out of its place or out of sight: a distance below nothing, a size of nothing.
_OUT_OF_PLACE = lazy(r"(?<![\w#-])-[\d.]")
_NO_SIZE = lazy(r"(?<![\w.#%-])(?:0+(?:\.0*)?|\.0+)(?![\d.])")
_SIZES = ("font", "font-size", "height", "line-height", "max-width", "width")
_DECLARATION = lazy(
    r"""\s*+(?P<property>[a-z-]+)\s*+:(?P<value>(?:[\w.%#+,\s-]|\b(?:rgb|hsl)a?\([\w.,%/\s-]*\)|'[\w -]*'
    |"[\w -]*"|!important)+)""",
    re.VERBOSE,
)


class Fault(NamedTuple):
    """What may not stand at the characters `start` to `end`, and what to do."""

    start: int
    end: int
    message: str
    hint: str


def faults(html: str, *, is_latex: bool = False) -> list[Fault]:
    """All that may not stand in a text, in its order; nothing when it can be shipped as it is meant.

    With `is_latex`, Anki's marks of LaTeX may stand in it.
    """
    found = sorted(_Search(html, is_latex=is_latex).found())
    if found:
        return found
    read, written = _events(html), _events(cleaned(html))
    if _CONTROL.search("".join(map(str, written))):
        return [Fault(0, 0, "names a character that Anki drops", "take out `&#…;` of a control character")]
    if read != written or cleaned(cleaned(html)) != cleaned(html):
        hint = "close each element in the one in which it was opened; no block in a `<p>`, only cells in rows"
        return [Fault(0, 0, "a browser reads these elements in another way than they are written", hint)]
    return []


def to_html(html: str, resolve: Resolve) -> str:
    """What is shipped of a text, with the stored names of its files."""
    parts, at = [], 0
    for start, end, name in _files(html):
        stored = resolve(name)
        if stored is not None:
            parts += [html[at:start], stored]
            at = end
    return cleaned("".join([*parts, html[at:]])).strip()


def references(html: str) -> Iterator[tuple[str, str]]:
    """What a text points to: ("image", name) of pictures and sounds, ("link", address), in order."""
    for _, _, name in _files(html):
        yield "image", name
    if "href" in html.lower():
        for piece in pieces(html):
            yield from (("link", one.value) for one in piece.attributes if one.name == "href")


def formulas(html: str) -> Iterator[tuple[int, str]]:
    r"""The formulas of a text, `\(…\)` and `\[…\]`, as MathJax reads them, with their offsets."""
    for start, end in _formulas(html):
        yield start + 2, unescape(html[start + 2 : end - 2])


def without_latex(html: str) -> str:
    """A text, as long as it is, without Anki's marks of LaTeX, and without formulas that are LaTeX's."""
    if "[" not in html:
        return html
    html = _LATEX_SPAN.sub(lambda found: found[0].replace("\\", " "), html)
    return LATEX.sub(lambda found: " " * len(found[0]), html)


def _formulas(html: str) -> Iterator[tuple[int, int]]:
    """Where formulas begin and end; a text may have thousands of signs that begin one and never end."""
    html = without_latex(html)
    at, endless = 0, set()
    while (begin := _FORMULA.search(html, at)) is not None:
        sign, at = begin[0], begin.end()
        end = -1 if sign in endless else html.find(_ENDS[sign], at)
        if end < 0:
            endless.add(sign)
        else:
            at = end + 2
            yield begin.start(), at


def as_read(html: str, sign: str) -> str:
    """The words of a text at their places, other characters covered; `sign` stands for code or a formula."""
    shown: list[str] = []
    hidden: list[str] = []
    for piece in pieces(html):
        width = piece.end - piece.start
        if piece.kind == "text":
            words = html[piece.start : piece.end]
            if not hidden:
                words = _words(words, sign)
            shown.append(words if not hidden else COVER * width)
            continue
        first = "\n" if piece.name in _BLOCKS else COVER
        if piece.name in (*_CODE, *_READINGS):
            if piece.kind == "open":
                first = sign if piece.name in _CODE and not hidden else first
                hidden.append(piece.name)
            elif piece.name in hidden:
                del hidden[hidden.index(piece.name) :]
        shown.append(first + COVER * (width - 1))
    return "".join(shown)


@lru_cache(maxsize=64)  # a text is looked at, and then shipped
def cleaned(html: str) -> str:
    """A text as nh3 writes it: only what is in the lists of this module."""
    return _cleaner().clean(html)


@cache
def _cleaner() -> nh3.Cleaner:
    import nh3

    attributes = {name: {*own} for name, own in ELEMENTS.items() if own}
    return nh3.Cleaner(
        tags={*ELEMENTS},
        attributes={**attributes, "*": {*EVERYWHERE}},
        url_schemes={"http", "https", "mailto"},
        link_rel=None,
    )


# -- pieces ------------------------------------------------------------------------


def _files(html: str) -> Iterator[tuple[int, int, str]]:
    """Where files are named, and how: pictures and sounds in the order of the text."""
    if "[sound:" not in html and "<img" not in html.lower():
        return
    for piece in pieces(html):
        if piece.kind == "text":
            for sound in SOUND.finditer(html, piece.start, piece.end):
                yield *sound.span(1), unescape(sound[1])
        for one in piece.attributes:
            if piece.name == "img" and one.name == "src":
                yield one.start, one.end, file_name(one.value)


def _events(html: str) -> list[object]:
    """What a browser makes of a text: its elements with their attributes, and the words between them.

    Left out is what HTML adds by itself: the ends of elements, bodies of tables, and what no browser shows,
    the break behind `<pre>`.
    """
    found: list[object] = []
    words: list[str] = []
    for piece in pieces(html):
        if piece.kind == "text":
            text = html[piece.start : piece.end]
            if not words and found and found[-1] == ("pre", frozenset()):
                text = text.removeprefix("\n")
            words.append(unescape(text))
        elif piece.kind != "close" and (piece.name != "tbody" or piece.attributes):
            found += ["".join(words), (piece.name, frozenset(one[1:3] for one in piece.attributes))]
            words = []
    return [*found, "".join(words)]


def _words(text: str, sign: str) -> str:
    """A text between tags as it is read, as long as it is written."""

    def as_character(found: re.Match[str]) -> str:
        character = unescape(found[0])
        return character + COVER * (len(found[0]) - len(character)) if len(character) == 1 else found[0]

    for start, end in list(_formulas(text)) if "\\" in text else ():
        text = text[:start] + sign + COVER * (end - start - 1) + text[end:]
    text = SOUND.sub(lambda found: COVER * len(found[0]), text)
    text = REFERENCE.sub(as_character, text)
    return _BLANKS.sub(lambda found: COVER * len(found[0]), text)


# -- what may not stand in it --------------------------------------------------------

_LISTED = "take it out; `deckgen explain K36` lists what may stand in HTML"


class _Search:
    """Looks for what may not stand in a text, piece by piece."""

    def __init__(self, html: str, *, is_latex: bool) -> None:
        self._html = html
        self._is_latex = is_latex
        self._opened: list[str] = []

    def found(self) -> Iterator[Fault]:
        for piece in pieces(self._html):
            if len(self._opened) > MAX_DEPTH:
                return
            match piece.kind:
                case "text":
                    yield from self._in_text(piece)
                case "odd":
                    yield self._odd(piece)
                case "close":
                    yield from self._close(piece)
                case _:
                    yield from self._open(piece)

    def _shown(self, piece: Piece) -> str:
        return self._html[piece.start : piece.end].split("\n")[0][:40]

    def _in_text(self, piece: Piece) -> Iterator[Fault]:
        text = self._html[piece.start : piece.end]
        bare = SOUND.sub(lambda found: " " * len(found[0]), text)
        if self._is_latex:
            bare = LATEX.sub(lambda found: " " * len(found[0]), bare)
        hint = "Anki acts on it: write `[sound:name.mp3]` for a sound, `\\(…\\)` for a formula"
        places = [mark.start() for mark in ANKI_BRACKET.finditer(bare)]
        if not places and "&" in bare and ANKI_BRACKET.search(unescape(bare)):
            places = [0]
        for at in places:
            message = f"`{text[at : at + 12].split()[0]}` may not stand in a text"
            yield Fault(piece.start + at, piece.start + at + 1, message, hint)

    def _odd(self, piece: Piece) -> Fault:
        shown = self._shown(piece)
        if shown.startswith("<!--"):
            hint = "no comment is shipped: write it behind a `#` in the file, outside of the text"
            return Fault(piece.start, piece.end, "a comment in HTML", hint)
        hint = 'write `&lt;` for the sign; a tag is written `<name key="value">`, and ends with `>`'
        return Fault(piece.start, piece.end, f"`{shown}` can't be read as a tag", hint)

    def _close(self, piece: Piece) -> Iterator[Fault]:
        if piece.name in self._opened:
            while self._opened.pop() != piece.name:
                pass
        else:
            # Of an element that no card may have, the opening tag is a fault of its own.
            what = (
                "closes nothing that is open here" if piece.name in ELEMENTS else "is of no element of a card"
            )
            hint = "take it out, or close elements in their order; for the words, write `&lt;` for `<`"
            yield Fault(piece.start, piece.end, f"`{self._shown(piece)}` {what}", hint)

    def _open(self, piece: Piece) -> Iterator[Fault]:
        if piece.name not in ELEMENTS:
            message = f"`<{piece.name[:40]}>` is no element that a card may have"
            yield Fault(piece.start, piece.end, message, _LISTED)
            return
        if piece.name not in VOID:
            self._opened.append(piece.name)
            if len(self._opened) == MAX_DEPTH + 1:
                message = f"more than {MAX_DEPTH} elements are open here"
                yield Fault(piece.start, piece.end, message, "write it flatter, or close them")
        names = Counter(one.name for one in piece.attributes)
        if piece.name == "img" and "src" not in names:
            yield Fault(piece.start, piece.end, "a picture without `src=`", 'write `<img src="name.png">`')
        for one in piece.attributes:
            if names[one.name] > 1:
                yield Fault(one.at, one.end, f"`{one.name}=` stands twice in one tag", "keep one of them")
            else:
                yield from self._attribute(piece.name, one)

    def _attribute(self, element: str, one: Attribute) -> Iterator[Fault]:
        name, value = one.name, one.value
        span = one.at, one.end
        shown = value.split("\n")[0][:40]
        if name not in (*EVERYWHERE, *ELEMENTS[element]):
            what = "is a script" if name.startswith("on") else f"may not stand in `<{element}>`"
            yield Fault(*span, f"`{name[:40]}=` {what}", _LISTED)
        elif _ACTS.search(value) or ANKI_BRACKET.search(value) or re.search("[<>]|{{|}}", value):
            hint = "write it in other words: Anki and MathJax look for their marks in attributes, too"
            yield Fault(*span, f"`{shown}` may not stand in `{name}=`", hint)
        elif name == "href" and (not is_safe_link(value) or re.search(r"\s", value)):
            hint = "begin it with `https://`, without blanks in it"
            yield Fault(*span, f"the link `{shown}` goes neither to the web nor to a mail address", hint)
        elif name == "src" and not is_file(file_name(value)):
            hint = "put the file into `media/`, and write its bare name"
            yield Fault(*span, f"`{shown}` is no file of `media/`", hint)
        elif name == "style":
            yield from _in_style(value, span)
        elif name in _VALUES and not _VALUES[name].fullmatch(value):
            yield Fault(*span, f"`{shown}` is no value of `{name}=`", _LISTED)


def _in_style(value: str, span: tuple[int, int]) -> Iterator[Fault]:
    for one in filter(str.strip, value.split(";")):
        declared = _DECLARATION.fullmatch(one)
        if (
            declared is None
            or declared["property"] not in PROPERTIES
            or _OUT_OF_PLACE.search(declared["value"])
            or (declared["property"] in _SIZES and _NO_SIZE.search(declared["value"]))
        ):
            yield Fault(*span, f"`{one.strip()[:40]}` may not stand in `style=`", _LISTED)
