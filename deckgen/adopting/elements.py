"""Elements, attributes and styles of HTML: which of them our Markdown can say, and which have no look."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from deckgen.adopting.look import Look
from deckgen.adopting.unsayable import Unsayable

#: A mark on words, and more about it: ("b", ""), ("a", "https://…"), ("color", "red"). The class `tone1` in
#: bold and slanted words is ("class", "tone1 b i").
Mark = tuple[str, str]
Marks = frozenset[Mark]

#: The elements in a line, each with the mark that it puts on words, if any.
INLINE: Mapping[str, str] = {
    "b": "b", "strong": "b",
    "i": "i", "em": "i", "cite": "i", "var": "i", "dfn": "i",
    "u": "u", "ins": "u",
    "s": "s", "strike": "s", "del": "s",
    "sub": "sub", "sup": "sup", "mark": "mark",
    "code": "code", "tt": "code", "kbd": "code", "samp": "code",
    "a": "", "span": "", "font": "", "abbr": "", "time": "", "data": "",
    # Anki's editor reads this; on a card it is any element.
    "anki-mathjax": "",
    "br": "", "img": "", "ruby": "", "rb": "", "rt": "", "rp": "",
}  # fmt: skip
_PARTS = ("section", "article", "header", "footer", "main", "aside", "nav")
#: The elements that stand on lines of their own, each with the block that it makes, if any.
BLOCKS: Mapping[str, str] = {
    "div": "", **dict.fromkeys(_PARTS, ""), "p": "p",
    "h1": "h", "h2": "h", "h3": "h", "h4": "h", "h5": "h", "h6": "h",
    "blockquote": "quote", "pre": "pre", "hr": "hr",
    "ul": "list", "ol": "list", "li": "item",
    "table": "table", "thead": "", "tbody": "", "tfoot": "", "tr": "row", "td": "cell", "th": "cell",
}  # fmt: skip
#: The name of the mark of an element that has rules of its own.
STYLED = "styled"
#: The class that our renderer gives to blocks of code.
OUR_CODE = ".hl"
#: Elements that our renderer may write in another way, so that a rule for them would be lost.
_OTHERWISE = {*INLINE, *_PARTS, "div", "p"} - {"br", "img", "a", "sub", "sup", "ruby", "rb", "rt", "rp"}

# Attributes without a look of their own.
_FREE = frozenset(
    ("lang", "name", "rel", "target", "role", "tabindex", "spellcheck", "contenteditable", "draggable",
     "download", "loading", "decoding", "referrerpolicy", "cite", "datetime", "xmlns", "type")
)  # fmt: skip
_OWN = {"a": ("href",), "img": ("src", "alt"), "ol": ("start",), "anki-mathjax": ("block", "focusonmount")}
_HAN = ("zh", "ja", "ko")

#: The marks that styles put on words, or take from them.
_STYLES: Mapping[tuple[str, str], tuple[Mark, bool]] = {
    **{("font-weight", value): (("b", ""), True) for value in ("bold", "bolder", "600", "700", "800", "900")},
    **{("font-weight", value): (("b", ""), False) for value in ("normal", "400", "500")},
    **{("font-style", value): (("i", ""), value != "normal") for value in ("italic", "oblique", "normal")},
    ("text-decoration", "underline"): (("u", ""), True),
    ("text-decoration", "line-through"): (("s", ""), True),
}
_COLOURS = {"color": "color", "background-color": "background", "background": "background"}
_HEX = re.compile(r"#(?:[0-9a-f]{3}|[0-9a-f]{6})")
_RGB = re.compile(r"rgba?\(\s*(\d{1,3})\s*,\s*(\d{1,3})\s*,\s*(\d{1,3})\s*(?:,\s*1(?:\.0+)?\s*)?\)")
_NAMED = frozenset(
    ("aqua", "black", "blue", "brown", "crimson", "cyan", "darkblue", "darkgreen", "darkred", "fuchsia",
     "gold", "gray", "green", "grey", "lightblue", "lightgreen", "lightgrey", "lime", "magenta", "maroon",
     "navy", "olive", "orange", "pink", "purple", "red", "silver", "teal", "violet", "white", "yellow")
)  # fmt: skip

_UNSET = ("", "inherit", "initial", "unset", "revert", "normal", "none", "0", "0px", "auto")
_UNSET_COLOUR = re.compile(
    r"inherit|unset|currentcolor|transparent|none|initial|rgba\((?:\s*\d+\s*,){3}\s*0(?:\.0+)?\s*\)"
)
# What shows by being unset, and what never shows on cards.
_SHOWN = frozenset(
    ("display", "visibility", "opacity", "line-height", "width", "height", "max-width", "max-height", "font",
     "font-size", "font-weight", "font-style", "list-style", "list-style-type", "text-decoration",
     "white-space", "text-decoration-line", "all", "content", "clip", "position", "border",
     "padding-left", "margin-left")
)  # fmt: skip
_UNSEEN = frozenset(
    ("orphans", "widows", "caret-color", "cursor", "text-decoration-thickness", "text-decoration-style",
     "text-decoration-color")
)  # fmt: skip
# What has margins of its own.
_SPACED = frozenset(name for name, block in BLOCKS.items() if block)
_ALIGNED = ("left", "right", "center")


class Looks(NamedTuple):
    """What attributes say: marks that words get and lose, and how a cell is aligned."""

    marks: set[Mark]
    without: set[Mark]
    align: str = ""


def styled(name: str, look: Look) -> set[Mark]:
    """The mark that the style sheet's rule for an element puts on what is in it."""
    return {(STYLED, look.same.get(name, name))} if name in look.names and name in _OTHERWISE else set()


def said(name: str, attributes: Mapping[str, str], look: Look) -> Looks:
    """What the attributes of an element say. Raises Unsayable for a look that Markdown can't give."""
    found = Looks(set(), set())
    for key, value in attributes.items():
        if key == "style":
            found = _style(name, value, found)
        elif key in ("class", "id"):
            found.marks.update(_classes(name, key, value, look))
        elif key == "color" and name == "font":
            found.marks.add(("color", _colour(value.lower())))
        elif key.startswith("on"):
            raise Unsayable("a script")
        elif (key == "lang" and value.lower().startswith(_HAN)) or (
            key == "type" and name in ("ol", "ul", "li")
        ):
            raise Unsayable(f"the language `{value}`" if key == "lang" else "items with other marks")
        elif not (
            key in _FREE
            or key in _OWN.get(name, ())
            or key.startswith(("data-", "aria-"))
            or (key == "dir" and value.lower() in ("ltr", "auto"))
        ):
            raise Unsayable(f"`{key}` of `<{name}>`")
    if sum(mark[0] == "class" for mark in found.marks) > 1:
        raise Unsayable("words with two looks")
    return found


def _classes(name: str, key: str, value: str, look: Look) -> Iterator[Mark]:
    for word in value.split():
        shown = f"{'.' if key == 'class' else '#'}{word}"
        if shown not in look.names:
            continue
        if (name, shown) == ("pre", OUR_CODE):
            yield "styled", OUR_CODE
            continue
        if key == "id" or name == "img" or name not in INLINE:
            raise Unsayable(f"the look of `{shown}`")
        yield "class", word


def _style(name: str, style: str, found: Looks) -> Looks:
    for declaration in style.split(";"):
        key, colon, value = declaration.partition(":")
        key, value = key.strip().lower(), value.replace("!important", "").strip().lower()
        if (key.removesuffix("-line"), value) in _STYLES:
            mark, puts = _STYLES[key.removesuffix("-line"), value]
            (found.marks if puts else found.without).add(mark)
        elif key == "text-align" and name in ("td", "th") and value in _ALIGNED:
            found = found._replace(align=value)
        elif key in _COLOURS and not _UNSET_COLOUR.fullmatch(value):
            if name not in INLINE and (name not in ("div", "p") or key != "color"):
                raise Unsayable("the colour of more than words")
            found.marks.add((_COLOURS[key], _colour(value)))
        elif not _has_no_look(name, key, value) or bool(key) != bool(colon):
            raise Unsayable(f"the style `{key}`")
    return found


def _colour(value: str) -> str:
    """A colour as our Markdown says it."""
    if rgb := _RGB.fullmatch(value):
        value = "#" + "".join(f"{min(int(part), 255):02x}" for part in rgb.groups())
    if not _HEX.fullmatch(value) and value not in _NAMED:
        raise Unsayable(f"the colour `{value}`")
    return value


def _has_no_look(name: str, key: str, value: str) -> bool:
    if not key or key in _UNSEEN or key.startswith("mso-"):
        return True
    if key in _COLOURS:
        return (key != "color" or value in ("inherit", "unset", "currentcolor")) and name not in ("a", "mark")
    if name in INLINE and (key in ("text-align", "text-indent") or (key, value) == ("display", "inline")):
        return True
    if key.startswith("text-decoration"):
        # A line of the element around it is drawn all the same.
        return value in ("none", "initial", "inherit") and name not in ("u", "ins", "a", "s", "strike", "del")
    if key in _SHOWN or (key.startswith(("margin", "padding")) and name in _SPACED):
        return (key, value) == ("white-space", "normal")
    return value in _UNSET
