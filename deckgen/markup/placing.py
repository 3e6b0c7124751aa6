"""Where the marks `{{…}}` of a template stand: between texts and elements, or where they hide what acts.

A field that is empty, and a section that is not shown, leave nothing behind. Then what stands before a mark
meets what stands after it, or after the section: `<scr{{#A}}ipt>` becomes a script. There are too many ways
in which sections can be shown to try them all. So every mark must stand where nothing can be joined: behind
a whole text or element, not within a tag, a script, a style, a formula, a character's name or what Anki
reads in brackets. Then each way to show a side is a row of pieces that were all read as they stand.
"""

from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Iterator, Sequence
from html import unescape

from deckgen.patterns import lazy

MARK = lazy(r"\{\{([^{}]*)\}\}")
#: What Anki fills in that no author's text is in.
_HARMLESS = ("Tags", "CardFlag")
_REGION = {name: lazy(rf"<(/?){name}\b", re.IGNORECASE) for name in ("script", "style")}
# A tag as far as its quotes go, and as a browser reads it
# (https://html.spec.whatwg.org/multipage/parsing.html#before-attribute-name-state).
_TAGS = (
    lazy(r"""<[A-Za-z/!?](?:"[^"]*"|'[^']*'|[^'">])*+>?"""),
    lazy(
        r"""<[A-Za-z/!?](?:[\s/]++|[^\s/>][^\s/>=]*+(?:\s*+=\s*+(?:"[^"]*"|'[^']*'|[^\s>"'][^\s>]*+)?)?)*+>?"""
    ),
)
# A tag that any browser reads in one way. In the values of these attributes is nothing that acts.
_PLAIN_TAG = lazy(r'<[A-Za-z][A-Za-z0-9]*+(?:\s++[A-Za-z-]++="[^"<>]*+")*+\s*+/?>')
_PLAIN = lazy(r'\s(?:class|id|lang|title|alt|dir|role)="([^"]*)"', re.IGNORECASE)
# What a mark may not follow: the beginning of a tag, of what Anki reads in brackets, of a formula or of a
# character's name. A field alone in brackets, `[{{Reading}}]`, is looked at with its texts (`notes.joined`).
_BEGUN = lazy(r"(?:<[!/?]?|\[(?!\{\{\s*+[^#^/{}\s][^{}]*+\}\}\])[\w:/$]*+|\\|&#?\w*+)(?=\{\{)")
_BACKSLASH = lazy(r"\\(?=\{\{)")
_FORMULA = lazy(r"\\([()\[\]])|(\{\{)")


def marks(html: str) -> Iterator[tuple[int, int, str]]:
    """The marks of a template with their ends and what is in them, as Anki reads them: none in a comment.

    See `notes.template`, which reads what they say.
    """
    last = {"{{": html.rfind("}}"), "<!--": html.rfind("-->")}
    end = 0
    for found in re.finditer(r"\{\{|<!--", html):
        if found.start() < end or last[found[0]] < found.end():
            continue
        if found[0] == "{{":
            end = html.index("}}", found.end()) + 2
            yield found.start(), end, html[found.end() : end - 2].strip("{ ")
        else:
            end = html.index("-->", found.end()) + 3


def misplaced(html: str) -> Iterator[tuple[int, int, str]]:
    """What is wrong with marks by where they stand, each from where to where.

    What only shows when entities are read is told at the beginning.
    """
    found = list(marks(html))
    if not found:
        return
    inside = Inside(html)
    within = [regions(html, name) for name in _REGION]
    plain = _plain_values(html, inside, within)
    told = False
    for start, end, name in found:
        in_region = any(_within(spans, start) for spans in within)
        if not in_region and not inside.tag(start):
            continue
        falls_out = name[:1] in ("#", "^", "/") or name in _HARMLESS
        if not (falls_out and not in_region and _within(plain, start)):
            told = True
            shown, what = html[start:end][:60], "leaving something out" if falls_out else "its text"
            yield start, end, f"`{shown}` is inside a tag, a script or a style, where {what} could do harm"
    could = "with what follows it could become a tag, a formula or a command"
    for begun in (*_BEGUN.finditer(html), *_formulas(html)):
        told = True
        yield *begun.span(), f"`{begun[0][:60]}` comes right before `{{{{…}}}}`: {could}"
    read = unescape(_uncommented(html))
    if not told and (_BACKSLASH.search(read) or any(_formulas(read))):
        yield 0, 0, "the start of a formula, hidden by an entity or a comment, comes right before `{{…}}`"


def _formulas(html: str) -> Iterator[re.Match[str]]:
    """Where formulas begin that have a mark."""
    opened: re.Match[str] | None = None
    for mark in _FORMULA.finditer(html):
        if mark[2] and opened is not None:
            yield opened
            opened = None
        elif not mark[2] and (mark[1] in "([") == (opened is None):
            opened = mark if opened is None else None


def _uncommented(html: str) -> str:
    end = html.rfind("-->") + 1
    return re.sub(r"(?s)<!--.*?-->", "", html[: end + 2]) + html[end + 2 :] if end else html


def _plain_values(
    html: str, inside: Inside, within: Sequence[Sequence[tuple[int, int]]]
) -> list[tuple[int, int]]:
    """The values in which sections may stand: of harmless attributes, with all sections that begin there."""
    values: list[tuple[int, int]] = []
    for tag in _PLAIN_TAG.finditer(html):
        at = tag.start()
        if "{{" not in tag[0] or inside.tag(at) or any(_within(spans, at) for spans in within):
            continue
        found = _PLAIN.finditer(html, at, tag.end())
        values += [(value.start(1) - 1, value.end(1) + 1) for value in found if _is_whole(value[1])]
    return values


def _is_whole(value: str) -> bool:
    """Whether each section of a value also ends there."""
    opened: list[str] = []
    for _, _, name in marks(value):
        if name[:1] in ("#", "^"):
            opened.append(name[1:].strip())
        elif name[:1] == "/" and (not opened or opened.pop() != name[1:].strip()):
            return False
    return not opened


def regions(html: str, name: str) -> list[tuple[int, int]]:
    """Where elements begin, and where their content ends; one that is never closed ends with the text."""
    found: list[tuple[int, int]] = []
    opened = -1
    for mark in _REGION[name].finditer(html):
        if mark[1] and opened >= 0:
            found.append((opened, mark.start()))
            opened = -1
        elif not mark[1] and opened < 0:
            opened = mark.start()
    return [*found, (opened, len(html))] if opened >= 0 else found


class Inside:
    """Tells what lies within a tag of a text, by any view: what looks like its end may stand in quotes."""

    def __init__(self, html: str) -> None:
        self._starts = [found.start() for found in re.finditer("<(?=[A-Za-z/!?])", html)]
        self._ends = [found.start() for found in re.finditer(">", html)]
        self._spans = [[found.span() for found in pattern.finditer(html)] for pattern in _TAGS]

    def tag(self, at: int) -> bool:
        opened = _last(self._starts, at - 1) > _last(self._ends, at)
        return opened or any(_within(spans, at) for spans in self._spans)


def _last(places: Sequence[int], at: int) -> int:
    """The last of sorted places before `at`; -1 when there is none."""
    index = bisect(places, at)
    return places[index - 1] if index else -1


def _within(spans: Sequence[tuple[int, int]], at: int) -> bool:
    """Whether `at` lies in one of the sorted spans."""
    index = bisect(spans, (at, at))
    return index > 0 and spans[index - 1][0] < at < spans[index - 1][1]
