"""Deletions in a field as Anki finds them, and what it shows of them (rslib/src/cloze.rs).

`markup.cloze` reads what an author wrote; this module reads HTML, in which nothing is escaped. A deletion may
stand in another one, and belong to several cards, `{{c1,2::…}}`. One that is never closed is not shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

#: The number of the last card. Higher deletions make this card, too (rslib/src/notetype/cardgen.rs).
LAST = 500
#: How deep deletions may lie in each other; Anki skips a mark that opens one more.
_MAX_DEPTH = 10
_MAX_NUMBER = 0xFFFF
_NO_HINT = "..."
_OCCLUSION = "image-occlusion:"

_MARK = re.compile(r"\{\{c([0-9,]+)::|\}\}")
_MATHJAX = re.compile(r"(\\[(\[])(.*?)(\\[)\]])", re.DOTALL)
#: What Anki takes for an element.
HTML = re.compile(
    r"<!--.*?-->|<style.*?>.*?</style>|<script.*?>.*?</script>|<[^>]*>", re.DOTALL | re.IGNORECASE | re.ASCII
)


@dataclass(slots=True)
class _Deletion:
    numbers: tuple[int, ...]
    parts: list[str | _Deletion] = field(default_factory=list)
    hint: str = _NO_HINT

    @property
    def mask(self) -> str:
        """The mask of an image occlusion; empty for other deletions."""
        first = self.parts[0] if self.parts else ""
        return first if isinstance(first, str) and first.startswith(_OCCLUSION) else ""


def _parse(html: str) -> list[str | _Deletion]:
    found: list[str | _Deletion] = []
    opened: list[_Deletion] = []
    at = 0
    for mark in _MARK.finditer(html):
        numbers = _numbers(mark[1]) if mark[1] else ()
        if mark[1] and not numbers:
            continue
        if mark.start() > at:
            _add_text(html[at : mark.start()], opened, found)
        at = mark.end()
        if numbers:
            if len(opened) < _MAX_DEPTH:
                opened.append(_Deletion(numbers))
        elif opened:
            closed = opened.pop()
            (opened[-1].parts if opened else found).append(closed)
        else:
            found.append("}}")
    if at < len(html):
        _add_text(html[at:], opened, found)
    return found


def _add_text(text: str, opened: Sequence[_Deletion], found: list[str | _Deletion]) -> None:
    if not opened:
        found.append(text)
        return
    if "::" in text and not text.startswith(_OCCLUSION):
        text, _, opened[-1].hint = text.partition("::")
    opened[-1].parts.append(text)


def _numbers(written: str) -> tuple[int, ...]:
    """The numbers of a mark such as `1` or `1,2`, without those that are too high."""
    words = (word.lstrip("0") or word[:1] for word in written.split(","))
    numbers = {int(word) for word in words if word and len(word) <= len(str(_MAX_NUMBER))}
    return tuple(sorted(number for number in numbers if number <= _MAX_NUMBER))


def numbers(html: str) -> frozenset[int]:
    """The numbers of the deletions in a field, without 0, which Anki gives to those that have no card."""
    return _numbers_of(tuple(_MARK.findall(html)))


@lru_cache(maxsize=100)  # most notes have the same few marks
def _numbers_of(marks: tuple[str, ...]) -> frozenset[int]:
    """The numbers in some marks: a mark that opens a deletion has numbers, one that ends it has none."""
    found: set[int] = set()
    opened: list[set[int]] = []
    for written in marks:
        if not written:
            if opened:
                closed = opened.pop()
                (opened[-1] if opened else found).update(closed)
        elif len(opened) < _MAX_DEPTH and (own := _numbers(written)):
            opened.append(set(own))
    return frozenset(found - {0})


# -- what is shown -----------------------------------------------------------------


def clozed(html: str, number: int, *, answer: bool) -> str:
    """`{{cloze:…}}`: the deletions `number` hidden or, in the answer, shown, all others shown.

    The result is empty when the field has no such deletion.
    """
    parts = _parse(html)
    if not any(_asks(part, number) for part in parts):
        return ""
    return bare_formulas("".join(_shown(part, number, answer) for part in parts))


def with_all_shown(html: str) -> str:
    """A text in which no deletion is hidden, as on the back of a card."""
    return bare_formulas("".join(_shown(part, -1, answer=True) for part in _parse(html)))


def clozed_only(html: str, number: int, *, answer: bool) -> str:
    """`{{cloze-only:…}}`: the hints of the deletions `number` or, in the answer, what they hide."""
    return ", ".join(hint if not answer else text for text, hint in _hidden(_parse(html), number))


def to_type(html: str, number: int) -> str:
    """What `{{type:cloze:…}}` asks for, as HTML; if all deletions hide the same, only once."""
    hidden = [text for text, _ in _hidden(_parse(html), number)]
    return ", ".join(hidden if len(set(hidden)) > 1 else hidden[:1])


def _asks(part: str | _Deletion, number: int) -> bool:
    """Whether a part has a deletion `number` that is shown or hidden; nothing inside a mask is."""
    if isinstance(part, str):
        return False
    return number in part.numbers or (not part.mask and any(_asks(inner, number) for inner in part.parts))


def _hidden(parts: Sequence[str | _Deletion], number: int) -> Iterator[tuple[str, str]]:
    """What the deletions `number` hide, each with its hint."""
    for part in parts:
        if isinstance(part, _Deletion):
            if number in part.numbers:
                yield _text(part), part.hint
            yield from _hidden(part.parts, number)


def _text(part: str | _Deletion) -> str:
    return part if isinstance(part, str) else "".join(map(_text, part.parts))


def _shown(part: str | _Deletion, number: int, answer: bool) -> str:
    if isinstance(part, str):
        return part
    active = number in part.numbers
    ordinals = ",".join(map(str, part.numbers))
    if part.mask:
        return _occlusion(part.mask.removeprefix(_OCCLUSION), part.numbers, active, answer)
    inside = "".join(_shown(inner, number, answer) for inner in part.parts)
    if not active:
        return f'<span class="cloze-inactive" data-ordinal="{ordinals}">{inside}</span>'
    if answer:
        return f'<span class="cloze" data-ordinal="{ordinals}">{inside}</span>'
    return (
        f'<span class="cloze" data-cloze="{attribute(inside)}" data-ordinal="{ordinals}">[{part.hint}]</span>'
    )


def bare_formulas(html: str) -> str:
    """A side without elements in formulas: MathJax reads only text, so Anki takes them out."""
    return _MATHJAX.sub(lambda found: found[1] + HTML.sub("", found[2]) + found[3], html)


_NAMED = {'"': "&quot;", "&": "&amp;", "'": "&#x27;", "<": "&lt;", ">": "&gt;"}
# All signs of Latin-1 but its letters and digits of ASCII. Said the other way round, Python would take 3 ms.
_SIGN = re.compile(r"[\0-/:-@\[-`{-\xff]")


def attribute(text: str) -> str:
    """A text as Anki writes it between the quotes of an attribute."""
    return _SIGN.sub(lambda found: _NAMED.get(found[0]) or f"&#x{ord(found[0]):X};", text)


# -- image occlusions (rslib/src/image_occlusion/imageocclusion.rs) ------------------

# Anki stops reading a mask at an empty value, or at an escape that does not exist.
_PROPERTY = re.compile(r":([^=]+)=((?:[^\\:]|\\[\\:])+)(?=:|\Z)")
_SHAPES = ("rect", "ellipse", "polygon", "text")
#: Properties by the attribute in which Anki's script looks for them, and whether a 0 is left out.
_ATTRIBUTES = {
    "left": ("left", False), "top": ("top", False), "angle": ("angle", False), "fill": ("fill", False),
    "width": ("width", True), "height": ("height", True), "rx": ("rx", True), "ry": ("ry", True),
    "points": ("points", False), "oi": ("occludeInactive", False), "text": ("text", False),
    "scale": ("scale", True), "fs": ("font-size", False),
}  # fmt: skip


def _occlusion(text: str, numbers: tuple[int, ...], active: bool, answer: bool) -> str:
    if (active and not answer) or 0 in numbers:
        name = "cloze"
    else:
        name = "cloze-highlight" if active else "cloze-inactive"
    return f'<div class="{name}" data-ordinal="{",".join(map(str, numbers))}" {_shape(text)}></div>'


def _shape(text: str) -> str:
    """The attributes that a mask such as `rect:left=.1:top=.2` gives."""
    shape, colon, _ = text.partition(":")
    if not colon:
        return ""
    attributes = [f'data-shape="{shape}" '] if shape in _SHAPES else []
    at = len(shape)
    while found := _PROPERTY.match(text, at):
        at = found.end()
        name, skips_zero = _ATTRIBUTES.get(found[1], ("", False))
        value = _value(found[1], re.sub(r"\\([\\:])", r"\1", found[2]))
        if name and value and not (skips_zero and value == "0"):
            attributes.append(f'data-{name}="{value}" ')
    return "".join(attributes)


def _value(name: str, value: str) -> str:
    if name == "points":
        return " ".join(pair for pair in value.split(" ") if "," in pair)
    return attribute(value) if name == "text" else value
