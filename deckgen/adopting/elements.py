"""Elements, attributes and styles of HTML: which of them our Markdown can say, and which have no look."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from deckgen.adopting.look import Look
from deckgen.adopting.unsayable import Unsayable

#: The elements in a line, each with the mark that it puts on words, if any.
INLINE: Mapping[str, str] = {
    "b": "b", "strong": "b",
    "i": "i", "em": "i", "cite": "i", "var": "i", "dfn": "i",
    "u": "u", "ins": "u",
    "sub": "sub", "sup": "sup",
    "code": "code", "tt": "code", "kbd": "code", "samp": "code",
    "a": "", "span": "", "font": "", "abbr": "", "time": "", "data": "",
    "br": "", "img": "", "ruby": "", "rb": "", "rt": "", "rp": "",
}  # fmt: skip
#: The elements that stand on lines of their own, each with the block that it makes, if any.
BLOCKS: Mapping[str, str] = {
    "div": "", "p": "", "section": "", "article": "", "header": "", "footer": "", "main": "", "aside": "", "nav": "",
    "h1": "h", "h2": "h", "h3": "h", "h4": "h", "h5": "h", "h6": "h",
    "blockquote": "quote", "pre": "pre", "hr": "hr",
    "ul": "list", "ol": "list", "li": "item",
    "table": "", "thead": "", "tbody": "", "tfoot": "", "tr": "", "td": "cell", "th": "cell",
}  # fmt: skip
#: Elements that our renderer may write in another way, so that a rule for them would be lost.
_OTHERWISE = frozenset({*INLINE, "div", "p", "section", "article", "header", "footer", "main", "aside", "nav"}) - {
    "br", "img", "a", "sub", "sup", "ruby", "rb", "rt", "rp",
}  # fmt: skip

# Attributes without a look of their own.
_FREE = frozenset(
    ("class", "id", "style", "lang", "name", "rel", "target", "role", "tabindex", "spellcheck", "contenteditable",
     "draggable", "loading", "decoding", "referrerpolicy", "cite", "datetime", "xmlns", "type", "download")
)  # fmt: skip
_OWN = {"a": ("href",), "img": ("src", "alt"), "ol": ("start",)}
_HAN = ("zh", "ja", "ko")

_UNSET = frozenset(
    ("", "inherit", "initial", "unset", "revert", "normal", "none", "0", "0px", "auto", "transparent")
)
_UNSET_VALUE = re.compile(r"rgba\(\s*\d+\s*,\s*\d+\s*,\s*\d+\s*,\s*0(?:\.0+)?\s*\)")
# What shows by being unset, and what matters only on paper.
_SHOWN = frozenset(
    ("display", "visibility", "opacity", "line-height", "width", "height", "max-width", "max-height", "font-size",
     "list-style", "list-style-type", "text-decoration", "text-decoration-line", "font-weight", "font-style", "white-space",
     "font", "all", "content", "clip", "position", "border", "padding-left", "margin-left")
)  # fmt: skip
_UNSEEN = frozenset(("orphans", "widows", "caret-color", "text-decoration-thickness", "text-decoration-style",
                     "text-decoration-color", "cursor"))  # fmt: skip
# What has margins of its own.
_SPACED = frozenset(name for name, block in BLOCKS.items() if block or name == "p")
_OF_BLOCKS = frozenset(("text-align", "text-indent"))
_ALIGNED = ("left", "right", "center")


class Looks(NamedTuple):
    """What attributes say: marks that words get and lose, and how a cell is aligned."""

    marks: frozenset[tuple[str, str]] = frozenset()
    without: frozenset[tuple[str, str]] = frozenset()
    align: str = ""


_NOTHING = Looks()
_BOLD, _ITALIC, _LINED = ("b", ""), ("i", ""), ("u", "")


def styled(name: str, look: Look) -> frozenset[tuple[str, str]]:
    """The mark that the style sheet's rule for an element puts on what is in it."""
    return frozenset({("styled", name)}) if name in look.names and name in _OTHERWISE else frozenset()


def checked(name: str, attributes: Mapping[str, str], look: Look) -> Looks:
    """What the attributes of an element say. Raises Unsayable for a look that Markdown can't give."""
    found = _NOTHING
    for key, value in attributes.items():
        if key == "style":
            found = _style(name, value)
        elif key in ("class", "id"):
            _named(key, value, look)
        elif key == "lang":
            if value.lower().startswith(_HAN):
                raise Unsayable(f"the language `{value}`")
        elif key in _FREE or key in _OWN.get(name, ()) or key.startswith(("data-", "aria-")):
            if key == "type" and name in ("ol", "ul", "li"):
                raise Unsayable("items with other marks")
        elif key.startswith("on"):
            raise Unsayable("a script")
        elif not (key == "dir" and value.lower() in ("ltr", "auto")):
            raise Unsayable(f"`{key}` of `<{name}>`")
    return found


def _named(key: str, value: str, look: Look) -> None:
    for word in value.split():
        shown = f"{'.' if key == 'class' else '#'}{word}"
        if shown in look.names:
            raise Unsayable(f"the look of `{shown}`")


def _style(name: str, style: str) -> Looks:
    marks: set[tuple[str, str]] = set()
    without: set[tuple[str, str]] = set()
    align = ""
    for declaration in style.split(";"):
        key, colon, value = declaration.partition(":")
        key, value = key.strip().lower(), value.replace("!important", "").strip().lower()
        if not colon:
            if key:
                raise Unsayable("a style that can't be read")
        elif key in ("font-weight", "font-style", "text-decoration", "text-decoration-line"):
            mark, puts = _mark(name, key, value)
            if mark:
                (marks if puts else without).add(mark)
        elif key == "text-align" and name in ("td", "th") and value in _ALIGNED:
            align = value
        elif not _has_no_look(name, key, value):
            raise Unsayable("a colour" if "color" in key or key == "background" else f"the style `{key}`")
    return Looks(frozenset(marks), frozenset(without), align)


def _mark(name: str, key: str, value: str) -> tuple[tuple[str, str] | None, bool]:
    """The mark that a style puts on words, or takes from them."""
    if key == "font-weight":
        if value in ("bold", "bolder", "600", "700", "800", "900"):
            return _BOLD, True
        if value in ("normal", "400", "500"):
            return _BOLD, False
    elif key == "font-style":
        if value in ("italic", "oblique", "normal"):
            return _ITALIC, value != "normal"
    elif value == "underline":
        return _LINED, True
    elif value in ("initial", "inherit") and name not in ("u", "ins", "a"):
        return None, False  # a line of the element around it is drawn all the same
    raise Unsayable(f"the style `{key}`")


def _has_no_look(name: str, key: str, value: str) -> bool:
    if key in _UNSEEN or key.startswith("mso-"):
        return True
    if name in INLINE and (key in _OF_BLOCKS or (key == "display" and value == "inline")):
        return True
    if key in _SHOWN or (key.startswith(("margin", "padding")) and name in _SPACED):
        return key == "white-space" and value == "normal"
    return value in _UNSET or _UNSET_VALUE.fullmatch(value) is not None
