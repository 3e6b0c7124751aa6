"""Which characters of a text are not in its HTML, and stand for no element of it either.

This looks at HTML and text alone, and knows nothing of how the one became the other: what a text shows must be
what it has, but for the marks that Markdown's elements need. So a mark may only be missing where its element is,
and has something in it.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser

_FORMULA = re.compile(r"\\(?:\((.*?)\\\)|\[(.*?)\\\])", re.DOTALL)
_SOUND = re.compile(r"\[sound:([^\[\]]*)\]")
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]*);")
_ESCAPE = re.compile(r"\\[!-/:-@\[-`{-~\n]")
_FENCE = re.compile(
    r"^[ \t>]*(?:(?:[-+*]|\d+[.)])[ \t]+)*(?:`{3,}|~{3,})[ \t]*([\w+#.-]+)[ \t]*$", re.MULTILINE
)
_ACROSS = re.compile(r"^[ \t>]*(?:(?:[-+*]|\d+[.)])[ \t]+)*([-*_][ \t]*){3,}$", re.MULTILINE)
_UNDERLINE = re.compile(r"^[ \t>]*(={3,}|-{3,})[ \t]*$", re.MULTILINE)
_ADDRESS = re.compile(r"\]\(<?([^()<>\s]*)")
_LABEL = re.compile(r"\[([^\[\]]*)\]:")
_TITLE = re.compile(r"[ \n](?:\"[^\"]*\"|'[^']*'|\([^()]*\))(?=\)|[ \t]*$)", re.MULTILINE)


@dataclass
class _Element:
    """An element that is open: whether it shows something, its items, and what is only there with something."""

    tag: str
    shows: bool = False
    first: int = 1
    items: int = 0
    waiting: list[str] = field(default_factory=list)


class _Shown(HTMLParser):
    """What a browser shows of HTML, with what describes or names things, and the numbers of lists.

    `elements` are those with something in them, and of lists all items, when one has something in it or, of a
    numbered list, when there are several. A line across counts where something stands beside it.
    """

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.text: list[str] = []
        self.elements: Counter[str] = Counter()
        self.numbered: list[tuple[int, int]] = []
        self._open = [_Element("")]
        self.feed(html)
        self.close()
        if self._open[0].shows:
            self.elements.update(self._open[0].waiting)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.text += [given[name] or "" for name in ("href", "src", "alt") if name in given]
        around = self._open[-1]
        if tag == "hr":
            around.waiting.append("hr")
        elif tag in ("img", "br"):
            self.elements[tag] += 1
            around.shows |= tag == "img"
        else:
            if tag == "li":
                around.items += 1
            # A box is shown without a word in it as well.
            box = tag == "table" or (tag == "code" and around.tag != "pre")
            self._open.append(_Element(tag, box, int(given.get("start") or 1)))

    def handle_endtag(self, _: str) -> None:
        element = self._open.pop()
        around = self._open[-1]
        if element.tag == "ol" and (element.shows or element.items > 1):
            numbers = range(element.first, element.first + element.items)
            self.text += map(str, numbers)
            self.numbered.append((element.first, element.items))
            self.elements["number"] += element.items
            around.shows = True
        elif element.tag == "ul" and element.shows:
            self.elements["bullet"] += element.items
        elif element.shows:
            self.elements[element.tag] += 1
            self.elements.update(element.waiting)
        around.shows |= element.shows

    def handle_data(self, data: str) -> None:
        self.text.append(data)
        self._open[-1].shows |= bool(data.strip(" \t\n"))


def losses(text: str, html: str) -> Counter[str]:
    """The visible characters of `text` that nothing in `html` accounts for."""
    formulas = [match[1] is None for match in _FORMULA.finditer(html)]
    html = _FORMULA.sub(lambda match: match[1] if match[1] is not None else match[2], html)
    sounds = len(_SOUND.findall(html))
    shown = _Shown(_SOUND.sub(r"\1", html))
    seen = unicodedata.normalize("NFC", "".join(shown.text))
    meant = unicodedata.normalize("NFC", text)
    for entity in _ENTITY.findall(meant):
        typed = entity in seen  # in code it stands as it was typed
        meant = meant.replace(entity, "" if typed else unescape(entity), 1)
        seen = seen.replace(entity, "", 1)
    lost = _visible(meant) - _visible(seen)
    return lost - _accounted(text, shown, lost, formulas, sounds)


def _visible(text: str) -> Counter[str]:
    return Counter("".join(unicodedata.normalize("NFD", text).split()))


def _accounted(
    text: str, shown: _Shown, lost: Counter[str], formulas: list[bool], sounds: int
) -> Counter[str]:
    """The marks that elements stand for; of those that can be of any number, as many as are lost."""
    elements = shown.elements
    accounted = Counter({"\\": len(_ESCAPE.findall(text)), "$": sum(4 if block else 2 for block in formulas)})
    if elements["hr"]:
        accounted += Counter("".join(match[0] for match in _ACROSS.finditer(text)))
    if elements["table"]:
        accounted += _some("|-:\\", len(text), lost)
    accounted += Counter({"~": 2 * elements["sub"], "^": 2 * elements["sup"], "+": 4 * elements["u"]})
    accounted += Counter(dict.fromkeys("{|}", elements["ruby"]))
    accounted += _some("_*", 2 * elements["em"] + 4 * elements["strong"], lost)
    accounted += _some("-+*", elements["bullet"], lost - accounted)
    accounted += _some(".)", elements["number"], lost - accounted)
    # All items with one number: a habit of many, and shown as they are counted.
    accounted += Counter("".join(str(first) * (items - 1) for first, items in shown.numbered))
    if elements["code"]:
        accounted += _some("`~", len(text), lost) + _visible("".join(_FENCE.findall(text)))
    if elements["blockquote"]:
        accounted += _some(">", len(text), lost)
    if any(elements[f"h{level}"] for level in range(1, 7)):
        accounted += _some("#", len(text), lost) + Counter("".join(_UNDERLINE.findall(text)))
    if elements["a"] or elements["img"] or sounds:
        accounted += _some("[]()<>!:", len(text), lost) + _visible(
            "".join(_TITLE.findall(text) + _ADDRESS.findall(text) + _LABEL.findall(text))
        )
    return accounted


def _some(marks: str, number: int, lost: Counter[str]) -> Counter[str]:
    """At most `number` of the lost marks."""
    found = "".join(mark * lost[mark] for mark in marks)
    return Counter(found[:number])
