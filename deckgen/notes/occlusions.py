"""Masks over a picture, as Anki stores them: a deletion for each, in a field of its own.

The form is that of Anki's editor (ts/routes/image-occlusion/shapes/to-cloze.ts), to the last digit. It
rounds what it opens to whole points of its window, so a mask that is saved there moves by up to half a point.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Mapping
from typing import assert_never

from deckgen.kinds import WHOLE, Mask, Occlusion, Shape
from deckgen.patterns import lazy

_OPENING = "::image-occlusion:"

_MASK = lazy(r"\{\{c(\d{1,3})::image-occlusion:(rect|ellipse|polygon):([a-z0-9.:=, ]*?)(:oi=1)?\}\}(?:<br>)?")
_NUMBERS = lazy(r"\d+(?:\.\d*)?|\.\d+")


def written(content: Occlusion, numbers: Mapping[str, int]) -> str:
    """The masks of a picture; `numbers` are those of their deletions by key."""
    rest = "" if content.alone else ":oi=1"
    return "".join(
        f"{{{{c{numbers[mask.key.value]}{_OPENING}{mask.shape}{''.join(_properties(mask))}{rest}}}}}<br>"
        for mask in content.masks
    )


def is_masks(html: str) -> bool:
    """Whether a field holds masks. A text that an author wrote has a comment in the midst of that."""
    return _OPENING in html


def legible(html: str, keys: Mapping[int, str]) -> str:
    """Masks as their author writes them: `aorta rect 42 5 12 8`, and `hide one`. Other HTML stays as it is.

    `keys` are those of masks by number; a mask without one is called `c3`.
    """

    def said(mask: re.Match[str]) -> str:
        number, shape, rest, hidden = mask.groups()
        values = [f"{float(value) * 100:.6g}" for value in _NUMBERS.findall(rest)]
        if shape == Shape.POLYGON:
            values = values[2:]  # before the corners stand left and top
        elif shape == Shape.ELLIPSE:
            values[2:] = [f"{float(half) * 2:.6g}" for half in values[2:]]
        name = keys.get(int(number), f"c{number}")
        return f"{name} {shape} {' '.join(values)}{'' if hidden else ' hide one'}; "

    return _MASK.sub(said, html) if is_masks(html) else html


def changed(was: str, now: str, keys: Mapping[int, str]) -> tuple[str, str]:
    """Two states of a field as `legible` says them, without the masks that stayed as they were."""
    one, two = legible(was, keys), legible(now, keys)
    left, right = one.split("; "), two.split("; ")
    same = {*left} & {*right}
    if not (is_masks(was) and is_masks(now)) or {*left} == {*right}:  # these stand in another order
        return one, two
    return _but(left, same), _but(right, same)


def _but(masks: Iterable[str], same: Container[str]) -> str:
    return "".join(f"{mask}; " for mask in masks if mask not in same)


def _properties(mask: Mask) -> Iterator[str]:
    left, top, right, bottom = mask.box
    yield f":left={_part(left)}:top={_part(top)}"
    match mask.shape:
        case Shape.RECT:
            yield f":width={_part(right - left)}:height={_part(bottom - top)}"
        case Shape.ELLIPSE:
            yield f":rx={_part((right - left) / 2)}:ry={_part((bottom - top) / 2)}"
        case Shape.POLYGON:
            corners = " ".join(f"{_part(across)},{_part(down)}" for across, down in mask.corners)
            yield f":points={corners}"
        case _:
            assert_never(mask.shape)


def _part(length: float) -> str:
    """A part of the picture as Anki's editor writes it: `.25`, `1.`, and `.0000` for nothing."""
    return f"{length / WHOLE:.4f}".strip("0") if length else ".0000"
