"""Which characters of a text are not in its HTML, and stand for no element of it either.

This looks at HTML and text alone, and knows nothing of how the one became the other: what a text shows must be
what it has, but for the marks that Markdown's elements need. So a mark may only be missing where its element is.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
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
_TITLE = re.compile(r"[ \n](?:\"[^\"]*\"|'[^']*'|\([^()]*\))(?=\)|[ \t]*$)", re.MULTILINE)


class _Shown(HTMLParser):
    """What a browser shows of HTML, with what describes or names things, and the numbers of lists."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.text: list[str] = []
        self.elements: Counter[str] = Counter()
        self.numbered: list[tuple[int, int]] = []
        self._lists: list[list[int] | None] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in ("ul", "ol"):
            self._lists.append([int(given.get("start") or 1), 0] if tag == "ol" else None)
        elif tag == "li":
            numbers = self._lists[-1]
            self.elements["bullet" if numbers is None else "number"] += 1
            if numbers is not None:
                self.text.append(str(sum(numbers)))
                numbers[1] += 1
        else:
            self.elements[tag] += 1
        self.text += [given[name] or "" for name in ("href", "src", "alt") if name in given]

    def handle_endtag(self, tag: str) -> None:
        if tag in ("ul", "ol"):
            numbers = self._lists.pop()
            if numbers is not None:
                self.numbered.append((numbers[0], numbers[1]))

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def losses(text: str, html: str) -> Counter[str]:
    """The visible characters of `text` that nothing in `html` accounts for."""
    formulas = [match[1] is None for match in _FORMULA.finditer(html)]
    html = _FORMULA.sub(lambda match: match[1] if match[1] is not None else match[2], html)
    sounds = len(_SOUND.findall(html))
    shown = _Shown(_SOUND.sub(r"\1", html))
    meant = _ENTITY.sub(lambda match: unescape(match[0]), unicodedata.normalize("NFD", text))
    lost = _visible(meant) - _visible("".join(shown.text))
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
            "".join(_TITLE.findall(text) + _ADDRESS.findall(text))
        )
    return accounted


def _some(marks: str, number: int, lost: Counter[str]) -> Counter[str]:
    """At most `number` of the lost marks."""
    found = "".join(mark * lost[mark] for mark in marks)
    return Counter(found[:number])
