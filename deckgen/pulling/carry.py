"""An edit of a field is carried into the text from which the field was made.

Nothing is taken on trust: each way to do it is tried out, and the first counts whose text becomes what was
asked for. What the author wrote stays byte by byte where the field did not change.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from itertools import chain
from typing import NamedTuple

from deckgen.adopting import unmarkup
from deckgen.adopting.lines import Line
from deckgen.adopting.look import Look
from deckgen.adopting.unsayable import Unsayable
from deckgen.patterns import lazy
from deckgen.pulling.edits import Edit, edits
from deckgen.pulling.tokens import Token, of_html, of_markdown, written

#: The author's notation gives way to ours where both meet; else where it touches what is edited; else in the
#: same word; else in the same line.
_PARTED_BY = (None, re.compile(".", re.DOTALL), re.compile(r"\s"), re.compile(r"\n"))
_Parting = re.Pattern[str] | None
_ITEM = lazy(r"^((?:> ?|[ \t])*)([-*+])(?= )", re.MULTILINE)
#: Whether a text becomes the field that is asked for.
Right = Callable[[str], bool]


def into_markdown(
    text: str, ours: Sequence[Line], wanted: Sequence[Line], look: Look, right: Right
) -> str | None:
    """The Markdown `text`, which is seen as `ours`, changed so that it is seen as `wanted`, or None.

    Both are written as Markdown in our own notation; what differs between them is changed in the text.
    """
    core = text.strip()
    start = text.index(core)
    around = text[:start], text[start + len(core) :]
    items = {found[2] for found in _ITEM.finditer(core)}
    item = items.pop() if len(items) == 1 else "-"
    ways = list(_in_all_ways(ours, wanted, look, item))
    tries = (
        whole.join(around)
        for parted_by in _PARTED_BY
        for before, after in ways
        for whole in ([after] if core == before else _overlaid(of_markdown, core, before, after, parted_by))
    )
    plain = (after.join(around) for _, after in ways)
    return next((whole for whole in chain(tries, plain) if right(whole)), None)


def _in_all_ways(
    ours: Sequence[Line], wanted: Sequence[Line], look: Look, item: str
) -> Iterator[tuple[str, str]]:
    """Both in each of our ways, with the author's mark of an `item`: other marks would begin another list."""

    def say(lines: Sequence[Line], way: unmarkup.Way) -> str:
        text = unmarkup.markdown(lines, way, look)
        return text if item == "-" else _ITEM.sub(rf"\g<1>{item}", text)

    for way in unmarkup.WAYS:
        with suppress(Unsayable):
            yield say(ours, way), say(wanted, way)


def into_html(text: str, ours: str, wanted: str, right: Right) -> str | None:
    """The same for a text that is HTML itself."""
    tries = [text.replace(ours, wanted)] if text.strip() == ours else []
    own = (one for by in _PARTED_BY for one in _overlaid(of_html, text, ours, wanted, by))
    return next((one for one in chain(tries, own, [wanted]) if right(one)), None)


def _overlaid(
    tokens: Callable[[str], list[Token]], text: str, before: str, after: str, parted_by: _Parting
) -> Iterator[str]:
    """`text` with what must be done to `before` to make `after` of it.

    Where both are written over each other, or with nothing between them that they are `parted_by`, the
    text becomes as in `after`. What both write at one place may stand in either order.
    """
    one, two, three = tokens(before), tokens(text), tokens(after)
    parts = _parts(edits(one, two), edits(one, three), one, parted_by)
    yield written(_merged(two, three, parts, asked_first=False))
    if any(part.start == part.end and part.own and part.asked for part in parts):
        yield written(_merged(two, three, parts, asked_first=True))


class _Part(NamedTuple):
    """Edits that lie over each other, at the tokens `start` to `end`."""

    start: int
    end: int
    own: list[Edit]
    asked: list[Edit]


def _parts(
    own: Sequence[Edit], asked: Sequence[Edit], base: Sequence[Token], parted_by: _Parting
) -> list[_Part]:
    every = [*((edit, False) for edit in own), *((edit, True) for edit in asked)]
    parts: list[_Part] = []
    for edit, is_asked in sorted(every, key=lambda one: one[0][:2]):
        last = parts[-1] if parts else None
        if last is None or not _belongs(edit, last, base, parted_by):
            last = _Part(edit.start, edit.end, [], [])
            parts.append(last)
        elif edit.end > last.end:
            last = parts[-1] = last._replace(end=edit.end)
        (last.asked if is_asked else last.own).append(edit)
    return parts


def _belongs(edit: Edit, last: _Part, base: Sequence[Token], parted_by: _Parting) -> bool:
    if edit.start < last.end or edit[:2] == last[:2]:
        return True
    between = written(base[last.end : edit.start])
    return parted_by is not None and parted_by.search(between) is None


def _merged(
    text: Sequence[Token], after: Sequence[Token], parts: Sequence[_Part], *, asked_first: bool
) -> list[Token]:
    """`text` with what is asked for; where both edits lie over each other, only that."""
    out: list[Token] = []
    done = in_text = in_after = 0
    for part in parts:
        step, size = part.start - done, part.end - part.start
        out += text[in_text : in_text + step]
        own = slice(in_text + step, in_text + step + size + sum(map(_growth, part.own)))
        asked = slice(in_after + step, in_after + step + size + sum(map(_growth, part.asked)))
        if part.start == part.end and part.own and part.asked:
            out += [*after[asked], *text[own]] if asked_first else [*text[own], *after[asked]]
        else:
            out += after[asked] if part.asked else text[own]
        done, in_text, in_after = part.end, own.stop, asked.stop
    return [*out, *text[in_text:]]


def _growth(edit: Edit) -> int:
    return (edit.high - edit.low) - (edit.end - edit.start)
