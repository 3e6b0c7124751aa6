"""Turn formulas into MathML, which browsers show without help. The only module that imports latex2mathml.

Anki shows formulas with MathJax, a script of 1 MB; a preview must do without.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from html import unescape
from typing import TYPE_CHECKING

from deckgen.markup.tex import faults

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_BEGIN = re.compile(r"\\([(\[])")
_CLOSING = {"(": "\\)", "[": "\\]"}
_MARKUP = re.compile(r"<!--.*?-->", re.DOTALL)
#: A longer formula is not read: the library's time grows with the square of the length.
LONGEST = 2_000
# The attributes that MathML's elements may have here; an address (`href`) is not among them.
_ATTRIBUTES = frozenset((
    "accent", "accentunder", "align", "columnalign", "columnlines", "columnspacing", "depth", "display",
    "displaystyle", "fence", "form", "height", "largeop", "linethickness", "lspace", "mathbackground",
    "mathcolor", "mathsize", "mathvariant", "maxsize", "minsize", "movablelimits", "notation", "rowlines",
    "rowspacing", "rspace", "scriptlevel", "separator", "stretchy", "symmetric", "voffset", "width", "xmlns",
))  # fmt: skip


def formulas(html: Iterable[str]) -> dict[str, str]:
    r"""MathML for each formula in pieces of HTML, by the formula's text, such as `\\(a < b\\)`.

    A formula that can't be read, or that cards may not have, is left out.
    """
    found: dict[str, str] = {}
    for piece in html:
        if "\\(" not in piece and "\\[" not in piece:
            continue
        for shown in _written(piece):
            written = unescape(shown)
            if written not in found:
                found[written] = _mathml(unescape(shown[2:-2]), block=shown[1] == "[")
    return {written: mathml for written, mathml in found.items() if mathml}


def _written(html: str) -> Iterator[str]:
    """The formulas with their bounds, each as far as the next closing one, without comments."""
    closed = html.rfind("-->") + 1
    html = _MARKUP.sub("", html[: closed + 2]) + html[closed + 2 :] if closed else html
    last, position = {opening: html.rfind(closing) for opening, closing in _CLOSING.items()}, 0
    for begin in _BEGIN.finditer(html):
        if begin.start() >= position and last[begin[1]] >= begin.end():
            position = html.index(_CLOSING[begin[1]], begin.end()) + 2
            yield html[begin.start() : position]


def _mathml(tex: str, *, block: bool) -> str:
    """MathML of a formula; "" when it can't be read."""
    # 60 ms to import, and most decks have no formula.
    from xml.etree.ElementTree import tostring

    from latex2mathml.converter import Converter

    if len(tex) > LONGEST or any(faults(tex)):
        return ""
    try:
        element = Converter(display="block" if block else "inline").convert_to_element(tex)
        _clean(element)
        return tostring(element, encoding="unicode")
    except Exception:  # noqa: BLE001  # it raises anything on TeX that it can't read, and trees may be deep
        return ""


def _clean(element: Element) -> None:
    """Resolve the entities that the library writes into texts, and keep only harmless attributes.

    The library's own way to a string unescapes all of it, so that `\\text{<script>}` would run.
    """
    for part in element.iter():
        part.text = unescape(part.text) if part.text else part.text
        part.tail = unescape(part.tail) if part.tail else part.tail
        for name in set(part.attrib) - _ATTRIBUTES:
            del part.attrib[name]
