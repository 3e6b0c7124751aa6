"""K35: a mask that learners can't see

A mask is too small to be seen when it is less than 1 % of the picture wide or high: on a phone that is three or four points.
Anki's own editor of masks throws away what is less than 5 of its points wide or high, when somebody saves the note there
(ts/routes/image-occlusion/shapes/to-cloze.ts); in a picture that is 500 points wide, that is 1 %.

Or it lies wholly under others. All masks are hidden, and Anki draws the one that it asks about below the
others, so that nobody sees which one is meant. With `hide: one` no other mask is drawn.

Or there is nothing under it: the file is no picture, whatever its name says, or one that is 0 wide or high. This is an
error, because Anki shows an empty card.

Bad:   `masks: {heart: {rect: [40, 30, 20, 20]}, valve: {rect: [45, 35, 5, 5]}}`
Good:  the same with `hide: one`, or masks beside each other

Mend:  make the mask larger, move it, or write `hide: one`; save the picture anew.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from itertools import accumulate

from deckgen.checks.proof import Proof
from deckgen.checks.structure.long_list import LIMIT
from deckgen.finding import Finding, Severity
from deckgen.kinds import WHOLE, Mask, Occlusion, Shape
from deckgen.reading import picture

CODE = "K35"
WIDE = True

#: The least width and height: a hundredth of the picture's.
LEAST = WHOLE // 100
#: A picture is looked at in so many rows and columns; what is covered there is covered.
_GRID = 200
_STEP = WHOLE // _GRID


def check(proof: Proof) -> Iterator[Finding]:
    """Find masks over nothing, and those that are tiny or thin, or wholly under others.

    All languages of a card have the same masks, and may have pictures of their own.
    """
    yield from _over_nothing(proof)
    for card in proof.cards:
        content = next(iter(card.contents.values()))
        if isinstance(content, Occlusion) and len(content.masks) <= LIMIT:
            for mask, message, hint in _unseen(content):
                place = mask.key.whole
                yield Finding(place, CODE, message, hint, card.id.value, severity=Severity.WARNING)


def _over_nothing(proof: Proof) -> Iterator[Finding]:
    for card_id, lang, name in proof.masked_pictures:
        path = proof.deck.media.get(unicodedata.normalize("NFC", name.value))
        fault = picture.fault(path) if path is not None and path.exists() else ""
        if fault:
            message = f"`{name.value}` {fault}, so there is nothing under its masks"
            yield Finding(name.whole, CODE, message, "save it anew, as PNG or SVG, say", card_id, lang)


def _unseen(content: Occlusion) -> Iterator[tuple[Mask, str, str]]:
    drawn = [_drawn(mask) for mask in content.masks]
    for mask, one, others in zip(content.masks, drawn, _others(drawn), strict=True):
        left, top, right, bottom = mask.box
        wide, high = right - left, bottom - top
        told = f"the mask `{mask.key.value}`"
        if wide < LEAST or high < LEAST:
            what = f"is {wide / 100:g} % wide and {high / 100:g} % high"
            hint = "make it at least 1 % wide and high"
            if max(mask.numbers) <= LEAST:
                hint = (
                    "Anki's own numbers are parts of 1, masks are written in per cent: write them times 100"
                )
            yield mask, f"{told} {what}: nobody sees it", hint
        elif not one:
            yield mask, f"{told} is as thin as a line: nobody sees it", "move one of its corners"
        elif not content.alone and not one & ~others:
            hint = "move or shrink the masks over it, or write `hide: one`"
            yield mask, f"{told} lies under others: nobody sees that it is asked about", hint


def _others(drawn: Sequence[int]) -> Iterator[int]:
    """For each mask, what all others cover together."""
    before = [0, *accumulate(drawn[:-1], int.__or__)]
    after = [0, *accumulate(drawn[:0:-1], int.__or__)][::-1]
    return map(int.__or__, before, after)


def _drawn(mask: Mask) -> int:
    """The points of the grid that a mask covers, as the bits of a number."""
    _, top, _, bottom = mask.box
    first, last = top // _STEP, min(bottom // _STEP + 1, _GRID)
    rows = (_row(mask, row * _STEP + _STEP / 2).to_bytes(_GRID // 8, "little") for row in range(first, last))
    return int.from_bytes(b"".join(rows), "little") << (first * _GRID)


def _row(mask: Mask, down: float) -> int:
    """The columns that a mask covers in a row."""
    bits = 0
    for start, end in _runs(mask, down):
        first, last = _column(start), _column(end)
        bits |= ((1 << max(last - first, 0)) - 1) << first
    return bits


def _column(across: float) -> int:
    """The first column whose middle is not left of a place."""
    return min(max(-int(-(across - _STEP / 2) // _STEP), 0), _GRID)


def _runs(mask: Mask, down: float) -> Iterator[tuple[float, float]]:
    """From where to where a mask reaches in a row."""
    left, top, right, bottom = mask.box
    if mask.shape is Shape.POLYGON:
        yield from _between(mask.corners, down)
    elif top <= down <= bottom:
        inset = 0.0
        if mask.shape is Shape.ELLIPSE:
            aside = (2 * down - top - bottom) / (bottom - top)
            inset = (right - left) / 2 * (1 - (1 - aside * aside) ** 0.5)
        yield left + inset, right - inset


def _between(corners: Sequence[tuple[int, int]], down: float) -> Iterator[tuple[float, float]]:
    """From where to where a row lies in a polygon, of which browsers fill all that its outline goes around."""
    crossings = sorted(
        (x + (down - y) * (to_x - x) / (to_y - y), 1 if to_y > y else -1)
        for (x, y), (to_x, to_y) in zip(corners, (*corners[1:], corners[0]), strict=True)
        if (y <= down) != (to_y <= down)
    )
    turns, start = 0, 0.0
    for across, turn in crossings:
        start = across if turns == 0 else start
        turns += turn
        if turns == 0:
            yield start, across
