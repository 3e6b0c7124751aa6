"""An edit of a field is carried into the text from which the field was made.

Nothing is taken on trust: each way to do it is tried out, and the first counts whose text becomes what was
asked for. What the author wrote stays byte by byte where the field did not change.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from deckgen.adopting import unmarkup
from deckgen.adopting.lines import Line
from deckgen.adopting.look import Look
from deckgen.adopting.unsayable import Unsayable
from deckgen.pulling.edits import Edit, edits
from deckgen.pulling.tokens import Token, of_html, of_markdown, written

#: Whether a text becomes the field that is asked for.
Right = Callable[[str], bool]


def into_markdown(
    text: str, ours: Sequence[Line], wanted: Sequence[Line], look: Look, right: Right
) -> str | None:
    """The Markdown `text`, which is seen as `ours`, changed so that it is seen as `wanted`; None if it can't be.

    Both are written as Markdown in our own notation; what differs between them is changed in the text.
    """
    core = text.strip()
    start = text.index(core)
    around = text[:start], text[start + len(core) :]
    plain: list[str] = []
    for way in unmarkup.WAYS:
        try:
            before, after = unmarkup.markdown(ours, way, look), unmarkup.markdown(wanted, way, look)
        except Unsayable:
            continue
        for changed in _overlaid(core, before, after):
            if right(whole := changed.join(around)):
                return whole
        plain.append(after.join(around))
    return next((whole for whole in plain if right(whole)), None)


def into_html(text: str, ours: str, wanted: str, right: Right) -> str | None:
    """The same for a text that is HTML itself."""
    tries = [text.replace(ours, wanted)] if text.strip() == ours else []
    own = _both_ways(of_html(text), of_html(ours), of_html(wanted))
    return next((one for one in (*tries, *own, wanted) if right(one)), None)


def _overlaid(text: str, before: str, after: str) -> Iterator[str]:
    if text == before:
        yield after
    else:
        yield from _both_ways(of_markdown(text), of_markdown(before), of_markdown(after))


def _both_ways(text: Sequence[Token], before: Sequence[Token], after: Sequence[Token]) -> Iterator[str]:
    """`text` with what must be done to `before` to make `after` of it.

    What both write at one place may stand in either order.
    """
    parts = list(_parts(edits(before, text), edits(before, after)))
    yield written(_merged(text, after, parts, asked_first=False))
    if any(part.start == part.end and part.own and part.asked for part in parts):
        yield written(_merged(text, after, parts, asked_first=True))


class _Part(NamedTuple):
    """Edits that lie over each other, at the tokens `start` to `end`."""

    start: int
    end: int
    own: list[Edit]
    asked: list[Edit]


def _parts(own: Sequence[Edit], asked: Sequence[Edit]) -> list[_Part]:
    every = [*((edit, False) for edit in own), *((edit, True) for edit in asked)]
    parts: list[_Part] = []
    for edit, is_asked in sorted(every, key=lambda one: one[0][:2]):
        last = parts[-1] if parts else None
        if last is None or not (edit.start < last.end or edit[:2] == last[:2]):
            last = _Part(edit.start, edit.end, [], [])
            parts.append(last)
        elif edit.end > last.end:
            last = parts[-1] = last._replace(end=edit.end)
        (last.asked if is_asked else last.own).append(edit)
    return parts


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
