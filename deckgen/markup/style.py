"""The author's style sheet, as far as it matters where it leads: files, and what would ask a foreign host.

Only what a browser reads in one way alone is let through: an escape outside of a text, an open text or an
open comment could hide an address from us and not from a browser (https://www.w3.org/TR/css-syntax-3/).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

from deckgen.markup.markdown import ANKI_BRACKET

# Each piece is read once, also one that does not end: so the time grows with the text alone.
_PIECE = re.compile(
    r"""(?P<comment>/\*)(?:(?!\*/).)*(?P<closed>\*/)?
    |"(?:[^"\\\n]|\\.)*(?:"|(?P<open>))|'(?:[^'\\\n]|\\.)*(?:'|(?P<open_too>))|(?P<escape>\\)
    |@(?P<rule>[-\w]*)|(?P<word>[-\w]+)(?P<call>\()?""",
    re.DOTALL | re.VERBOSE,
)
# Wherever it stands, also in a text or a comment: Anki puts the style sheet into a page.
_ENDED = re.compile(r"</|<!")
_ADDRESS = re.compile(r"""\s*+(?:"([^"\\\n]*)"|'([^'\\\n]*)'|([^\s"'()\\]*+))\s*+\)""")
#: Rules that ask for no other file.
_RULES = frozenset(
    ("media", "supports", "keyframes", "-webkit-keyframes", "container", "layer", "property", "font-face",
     "counter-style", "page", "starting-style", "scope")
)  # fmt: skip
#: Functions besides `url` that take an address.
_FETCHING = frozenset(
    ("src", "image", "image-set", "-webkit-image-set", "cross-fade", "-webkit-cross-fade", "element",
     "-moz-element", "paint", "expression", "url-prefix", "domain", "document", "regexp")
)  # fmt: skip


class Reach(NamedTuple):
    """What stands from `start` to `end` in a style sheet: a `file` that it shows, or else what is wrong.

    The `address` of a `url(…)` stands where that says.
    """

    start: int
    end: int
    file: str
    fault: str = ""
    address: tuple[int, int] = (0, 0)


# All note types of ours have one style sheet, in every language and deck.
@lru_cache(maxsize=8)
def reaches(css: str) -> tuple[Reach, ...]:
    """Where a style sheet leads to, in order: files of the deck, and faults."""
    found = [
        Reach(mark.start(), mark.end(), "", fault)
        for pattern, fault in (
            (ANKI_BRACKET, "is a mark on which Anki acts"),
            (_ENDED, "would end the style sheet: Anki puts it into a page"),
        )
        for mark in pattern.finditer(css)
    ]
    at = 0
    while piece := _PIECE.search(css, at):
        at = piece.end()
        if piece["call"] and piece["word"].lower() == "url":
            address = _ADDRESS.match(css, at)
            at = address.end() if address else at
            found.append(_url(piece.start(), at, address))
        elif (piece["word"] is None or piece["call"]) and (fault := _fault(piece)):
            found.append(Reach(piece.start(), piece.end(), "", fault))
    return tuple(sorted(found))


def _url(start: int, end: int, address: re.Match[str] | None) -> Reach:
    if address is None:
        return Reach(start, end, "", 'is no address that can be read: write `url("picture.png")`')
    name, span = address[address.lastindex or 0], address.span(address.lastindex or 0)
    if not name or re.search(r"[/:#?%]", name):
        return Reach(start, end, "", "leads out of the deck: only files of `media/` travel with it", span)
    return Reach(start, end, name, address=span)


def _fault(piece: re.Match[str]) -> str:
    """What is wrong with a piece of a style sheet; nothing with most. Words alone are never wrong."""
    rule = piece["rule"].lower() if piece["rule"] is not None else None
    function = piece["word"].lower() if piece["call"] else None
    faults = {
        "begins a comment that never ends": piece["comment"] and not piece["closed"],
        "begins a text that does not end on its line": piece["open"] is not None
        or piece["open_too"] is not None,
        "hides what stands behind it: write the character itself": piece["escape"],
        "asks for another file, or is not known here": rule is not None and rule not in _RULES,
        "fetches something: only `url(…)` with a file of `media/` may": function in _FETCHING,
    }
    return next((fault for fault, holds in faults.items() if holds), "")


def with_files(css: str, resolve: Callable[[str], str | None]) -> str:
    """The style sheet with the stored name of each file in the place of the author's."""
    pieces, at = [], 0
    for reach in reaches(css):
        stored = resolve(reach.file) if reach.file else None
        if stored is not None:
            pieces += [css[at : reach.start], f'url("{stored}")']
            at = reach.end
    return "".join([*pieces, css[at:]])
