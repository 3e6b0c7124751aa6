"""Anki's template language: a text is parsed into parts, or has a fault at an offset.

The rules are those of rslib/src/template.rs. A tag is `{{…}}`, or `<%…%>` in a template that begins with
`{{=<% %>=}}`; one in an HTML comment is none. `{{#Field}}…{{/Field}}` is shown when the field is filled,
`{{^Field}}…{{/Field}}` when it is empty, and `{{filter:Field}}` changes what is shown.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from functools import lru_cache

from deckgen.fixed import fixed

#: Fields that Anki fills itself, if the note type has no field of that name (rslib/src/notetype/mod.rs).
SPECIAL = ("Card", "CardFlag", "CardID", "Deck", "Subdeck", "Tags", "Type")
#: The field that stands for the front on the back.
FRONT = "FrontSide"
#: How deep sections may lie in each other: nobody writes so many, and each is a nested call here.
MAX_DEPTH = 100

_OTHER_MARKS = "{{=<% %>=}}"
#: What Rust's `trim` takes away; Python's `strip` takes U+001C to U+001F as well.
SPACE = (
    "\t\n\v\f\r \x85\xa0\u1680" + "".join(map(chr, range(0x2000, 0x200B))) + "\u2028\u2029\u202f\u205f\u3000"
)
# `{{#c1}}` is shown on the first card. Rust reads `+1` as a number, too.
_OF_A_CARD = re.compile(r"c\+?0*[0-9]{1,9}")


@fixed
class Fault:
    """What is wrong with a template, as the end of a sentence; `at` is the offset of the wrong tag."""

    at: int
    message: str


@fixed
class Replacement:
    """A field that is shown; `filters` are in the order in which they change it: from right to left."""

    at: int
    name: str
    filters: tuple[str, ...]


@fixed
class Section:
    """Parts that are shown when a field is filled, or when it is empty."""

    at: int
    name: str
    filled: bool
    parts: Parts


Parts = tuple[str | Replacement | Section, ...]


@lru_cache(maxsize=1000)
def parse(text: str) -> Parts | Fault:
    """The parts of a template, or what keeps Anki from reading it."""
    opened: list[tuple[int, str, bool, list[str | Replacement | Section]]] = []
    parts: list[str | Replacement | Section] = []
    for at, piece, is_tag in _pieces(text):
        sign, name = _classified(piece) if is_tag else ("text", piece)
        if sign == "text":
            parts.append(piece)
        elif sign == "":
            *filters, field = name.split(":")
            parts.append(Replacement(at, field, tuple(reversed(filters))))
        elif sign in "#^":
            if len(opened) == MAX_DEPTH:
                return Fault(at, f"`{{{{{sign}{name}}}}}` lies in more than {MAX_DEPTH} other sections")
            opened.append((at, name, sign == "#", parts))
            parts = []
        elif not opened:
            return Fault(at, f"`{{{{/{name}}}}}` closes a section that was not opened")
        elif opened[-1][1] != name:
            return Fault(at, f"`{{{{/{name}}}}}` stands where `{{{{/{opened[-1][1]}}}}}` must come first")
        else:
            start, _, filled, outer = opened.pop()
            outer.append(Section(start, name, filled, tuple(parts)))
            parts = outer
    if opened:
        start, name, filled, _ = opened[-1]
        return Fault(start, f"`{{{{{'#' if filled else '^'}{name}}}}}` has no `{{{{/{name}}}}}`")
    return tuple(parts)


def _pieces(text: str) -> Iterator[tuple[int, str, bool]]:
    """Texts, comments and the insides of tags, each with its offset and whether it is a tag."""
    opening, closing, start = "{{", "}}", 0
    if text.lstrip(SPACE).startswith(_OTHER_MARKS):
        opening, closing, start = "<%", "%>", len(text) - len(text.lstrip(SPACE))
        while text.startswith(_OTHER_MARKS, start):
            start += len(_OTHER_MARKS)
    # A mark that is never closed is text; searching for the closing one again each time would take long.
    last = {opening: text.rfind(closing), "<!--": text.rfind("-->")}
    for found in re.compile(f"{opening}|<!--").finditer(text, start):
        mark, at = found[0], found.start()
        if at < start or last[mark] < found.end():
            continue  # in the tag or comment before, or never closed
        if at > start:
            yield start, text[start:at], False
        if mark == opening:
            end = text.index(closing, found.end())
            yield at, text[found.end() : end], True
            start = end + len(closing)
        else:
            start = text.index("-->", found.end()) + 3
            yield at, text[at:start], False
    if start < len(text):
        yield start, text[start:], False


def _classified(tag: str) -> tuple[str, str]:
    """The sign of a tag, `#`, `^`, `/` or none, and the rest of it."""
    word = tag.lstrip("{").strip(SPACE)
    if len(word) > 1 and word[0] in "#^/":
        return word[0], word[1:].lstrip(SPACE)
    return "", word


def faults(text: str, fields: Collection[str]) -> Iterator[Fault]:
    """All that makes Anki show an error instead of a card: what it can't read, and names not in `fields`."""
    parts = parse(text)
    if isinstance(parts, Fault):
        yield parts
    else:
        yield from _unknown(parts, fields)


def checked(text: str, fields: Collection[str]) -> Parts | Fault:
    """The parts of a template, or the first of its faults."""
    parts = parse(text)
    return parts if isinstance(parts, Fault) else next(_unknown(parts, fields), parts)


def replacements(parts: Parts | Fault) -> Iterator[Replacement]:
    """All fields that parts show, also those in sections; none of a template that can't be read."""
    for part in () if isinstance(parts, Fault) else parts:
        match part:
            case Replacement():
                yield part
            case Section(parts=inner):
                yield from replacements(inner)


def named(parts: Parts | Fault) -> Iterator[str]:
    """The names of all fields that parts show or ask for; none of a template that can't be read."""
    for part in () if isinstance(parts, Fault) else parts:
        if not isinstance(part, str):
            yield part.name
            yield from named(part.parts) if isinstance(part, Section) else ()


def _unknown(parts: Parts, known: Collection[str]) -> Iterator[Fault]:
    for part in parts:
        match part:
            case Section(at, name, filled, inner):
                if name not in known and not _OF_A_CARD.fullmatch(name):
                    yield Fault(at, f"`{{{{{'#' if filled else '^'}{name}}}}}` names no field")
                yield from _unknown(inner, known)
            case Replacement(at, name, filters):
                # Add-ons have filters that need no field.
                if name not in known and name != FRONT and not (filters and not name):
                    yield Fault(at, f"`{{{{{':'.join((*reversed(filters), name))}}}}}` names no field")


def renders(parts: Parts, filled: Collection[str], *, legacy: bool = False) -> bool:
    """Whether a field is shown when those in `filled` are not empty; other text does not count.

    Anki before 2.1.28, and so `legacy`, always counts what is shown when a field is empty.
    """
    for part in parts:
        match part:
            case Section(_, name, when, inner):
                passed = name in filled if when else legacy or name not in filled
                if passed and renders(inner, filled, legacy=legacy):
                    return True
            case Replacement(_, name, _) if name in filled:
                return True
    return False
