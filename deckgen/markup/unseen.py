"""Find what an author typed and no learner sees, although it is correct Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from deckgen.markup import events, notations
from deckgen.patterns import lazy
from deckgen.reading.media import SOUNDS

# A text without any of these shows all that is in it.
_CUE = lazy(r"\]\(|\]\[|\]:|\n.*\||^[ \t>*+-]*(?:```|~~~|[0-9]{1,9}[.)]\s)", re.MULTILINE)
_DEFINITION = lazy(
    r"^(?:[ \t]*(?:>|(?:[-+*]|[0-9]{1,9}[.)])(?=[ \t])))*[ \t]*(\[((?:[^\[\]\\]|\\.){1,999})\]:[^\n]*)",
    re.MULTILINE | re.DOTALL,
)
_FENCE = lazy(r"(?:`+|~+)[ \t]*([^\n]*)")
_LANGUAGE = lazy(r"[\w+#.-]*")
_NUMBER = lazy(r"[ \t]*([0-9]{1,9})[.)]")
_CELLS = lazy(r"[^|\s](?:[^\n]*[^|\s])?")
# Blocks that hold other blocks, and so may hold a definition.
_AROUND = ("List", "Item", "BlockQuote")


class Unseen(NamedTuple):
    """Characters of a text that are not shown, what they are and, for a number, what is shown instead."""

    start: int
    end: int
    what: str
    instead: str = ""


@dataclass(slots=True)
class _Part:
    """An open part: what it is, its place, the places of the parts in it, and whether it has words."""

    kind: str
    detail: Any
    start: int
    end: int
    parts: list[tuple[int, int]] = field(default_factory=list)
    filled: bool = False


def unseen(text: str) -> list[Unseen]:
    """What is not shown of `text`, in order.

    `what` is "definition", "cells", "fence", "sound", "link" or "number". Addresses and titles of links,
    names of pictures and the language of a block of code are left out: they are used, although not read.
    """
    return sorted(_Search(text).found()) if _CUE.search(text) else []


class _Search:
    def __init__(self, text: str) -> None:
        self._text = text
        self._open = [_Part("", None, 0, len(text))]
        self._covered = bytearray(len(text) + 1)
        self._used: set[str] = set()

    def found(self) -> Iterator[Unseen]:
        """Everything found. Definitions come last, because only then is it known which were used."""
        for name, value, start, end in events.parts(self._text):
            if name == "End":
                part = self._open.pop()
                self._open[-1].parts.append((part.start, part.end))
                self._open[-1].filled |= part.filled or part.kind == "Image"
                yield from self._of(part)
                continue
            if name == "Start":
                kind, detail = next(iter(value.items())) if isinstance(value, dict) else (value, None)
                self._open.append(_Part(kind, detail, start, end))
                if kind in _AROUND:
                    continue
                if kind in ("Link", "Image") and isinstance(detail, dict):
                    self._used.add(_folded(notations.typed(str(detail["id"]))))
            else:
                self._open[-1].filled |= value is not None and not value.isspace()
            self._covered[start:end] = b"\x01" * (end - start)
        yield from self._definitions()

    def _of(self, part: _Part) -> Iterator[Unseen]:
        match part.kind:
            case "Link" if not part.filled:
                yield Unseen(part.start, part.end, "link")
            case "Image" if part.filled and part.detail["dest_url"].lower().endswith(SOUNDS):
                yield Unseen(part.start, part.end, "sound")
            case "TableRow" if part.parts:
                yield from self._match(_CELLS, "cells", part.parts[-1][1], part.end)
            case "CodeBlock" if isinstance(part.detail, dict):
                fence = _FENCE.match(self._text, part.start, part.end)
                if fence is not None and not _LANGUAGE.fullmatch(fence[1].rstrip()):
                    yield Unseen(*fence.span(1), "fence")
            case "List" if part.detail is not None:
                yield from self._numbers(part)

    def _match(self, pattern: re.Pattern[str], what: str, start: int, end: int) -> Iterator[Unseen]:
        found = pattern.search(self._text, start, end)
        if found is not None:
            yield Unseen(*found.span(), what)

    def _numbers(self, part: _Part) -> Iterator[Unseen]:
        """The first number of a list that is shown as another. Many give all items one number on purpose."""
        typed = [match for start, _ in part.parts if (match := _NUMBER.match(self._text, start))]
        if len(numbers := {match[1] for match in typed}) == 1 and not any(
            number.startswith("0") and len(number) > 1 for number in numbers
        ):
            return
        for shown, match in enumerate(typed, start=part.detail):
            if match[1] != str(shown):
                yield Unseen(*match.span(1), "number", str(shown))
                return

    def _definitions(self) -> Iterator[Unseen]:
        """The definitions that no link uses. Of two with one name, the first counts."""
        for match in _DEFINITION.finditer(self._text) if "]:" in self._text else ():
            if self._covered[match.start(1)]:
                continue
            label = _folded(match[2])
            if label in self._used:
                self._used.remove(label)
            else:
                yield Unseen(*match.span(1), "definition")


def _folded(label: str) -> str:
    """A name as CommonMark compares it."""
    return " ".join(label.split()).casefold()
