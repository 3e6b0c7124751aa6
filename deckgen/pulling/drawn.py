"""The masks and texts on a picture in the form in which Anki keeps them, as a learner may have left them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from deckgen.kinds import WHOLE, Mask, Shape
from deckgen.patterns import lazy
from deckgen.written import File, Text

_NOWHERE = File("")
# Anki writes a text as it was typed, with `\` before each `\` and `:`. Two braces would end the deletion.
_VALUE = r"(?:[^:{}\\]|\\[\\:]|\{(?!\{)|\}(?!\}))*"
_PROPERTY = lazy(rf":([a-z]+)=({_VALUE})")
_DELETION = lazy(
    rf"\{{\{{c([0-9]{{1,3}})::image-occlusion:(rect|ellipse|polygon|text)((?::[a-z]+={_VALUE})*)\}}\}}"
)
_REST = lazy(r"(?:\s|<br>|&nbsp;)*", re.IGNORECASE)
_ESCAPED = lazy(r"\\([\\:])")
# Anki writes `.` for next to nothing.
_NUMBER = lazy(r"-?(?:[0-9]{1,6}(?:\.[0-9]{0,20})?|\.[0-9]{0,20})")
#: At most so many masks and corners are read.
_MOST = 1_000
#: The steps of a whole turn, of which Anki keeps the angle of a shape.
_TURN = 10_000
#: Masks whose sizes differ by no more are of one size.
_NEAR = WHOLE // 100
#: Anki's editor rounds all masks of a note that it opens to whole points of its window, and moves them by so
#: much at most: .0019 of the picture's height was measured in a window of 553 by 369 points.
_ROUNDED = WHOLE // 500
#: What a build writes of a mask, and `angle`, of which a person is told.
_KNOWN = frozenset(("left", "top", "width", "height", "rx", "ry", "points", "oi", "angle"))


@dataclass(frozen=True, slots=True)
class Drawn:
    """A shape as Anki keeps it: whether it is hidden `alone`, and a `look` that no card file can say.

    It has an `angle` if it was turned. A text is no mask.
    """

    mask: Mask | None
    alone: bool
    look: str = ""
    angle: str = ""
    text: str = ""


#: Shapes by number. Those that were grouped have one; texts have 0, and so has what is grouped with them.
Side = Mapping[int, Sequence[Drawn]]


def read(html: str, keys: Mapping[int, str]) -> Side | None:
    """The shapes of a field by number, with their `keys`; None where there is something else."""
    found: dict[int, list[Drawn]] = {}
    at = 0
    for count, match in enumerate(_DELETION.finditer(html)):
        if not _REST.fullmatch(html, at, match.start()) or count >= _MOST:
            return None
        drawn = _drawn(keys.get(int(match[1]), ""), match[2], dict(_PROPERTY.findall(match[3])))
        if drawn is None:
            return None
        found.setdefault(int(match[1]), []).append(drawn)
        at = match.end()
    return found if _REST.fullmatch(html, at) else None


def _drawn(key: str, shape: str, values: Mapping[str, str]) -> Drawn | None:
    alone = values.get("oi") != "1"
    if shape == "text":
        return Drawn(None, alone, text=" ".join(_ESCAPED.sub(r"\1", values.get("text", "")).split()))
    numbers, angle = _numbers(Shape(shape), values), values.get("angle") or "0"
    if numbers is None or not _NUMBER.fullmatch(angle):
        return None
    look = ":".join(f"{name}={value}" for name, value in values.items() if name not in _KNOWN)
    mask = Mask(Text(key, _NOWHERE), Shape(shape), numbers)
    return Drawn(mask, alone, look, angle if _float(angle) % _TURN else "")


def seen_alike(one: str, two: str) -> bool:
    """Whether two fields have the same masks, however Anki wrote them, if they have nothing else."""
    left, right = read(one, {}), read(two, {})
    if left is None or right is None:
        return one == two
    return left == as_before(right, left)


def only(shapes: Sequence[Drawn]) -> Mask | None:
    """The mask of a number, if a card file can say what is under it."""
    return shapes[0].mask if len(shapes) == 1 and not shapes[0].angle else None


def as_before(has: Side, *sides: Side) -> Side:
    """The shapes of a learner; a mask that Anki has only rounded has its numbers of the first such side."""
    return {
        number: _unrounded(shapes, [side.get(number, ()) for side in sides]) for number, shapes in has.items()
    }


def _unrounded(shapes: Sequence[Drawn], sides: Iterable[Sequence[Drawn]]) -> Sequence[Drawn]:
    mask = only(shapes)
    if mask is None:
        return shapes
    before = next((one for one in map(only, sides) if one is not None and _is_rounded(mask, one)), mask)
    return [replace(shapes[0], mask=before)]


def _is_rounded(mask: Mask, before: Mask) -> bool:
    if mask.shape is not before.shape or len(mask.numbers) != len(before.numbers):
        return False
    pairs = zip(mask.numbers, before.numbers, strict=True)
    return all(abs(has - was) <= slack(mask.shape) for has, was in pairs)


def slack(shape: Shape) -> int:
    """By how much numbers are rounded: Anki keeps half the size of an ellipse, and a polygon's place, too."""
    return _ROUNDED if shape is Shape.RECT else 2 * _ROUNDED


def is_group(side: tuple[int, Sequence[Drawn]]) -> bool:
    """Whether the shapes of a number were grouped: 0 has masks only beside a text in their group."""
    number, shapes = side
    return len(shapes) > 1 if number else any(one.mask is not None for one in shapes)


def may_be_grouped(mask: Mask, was: Side, has: Side) -> bool:
    """Whether a learner may have grouped a mask: Anki gives its number to the next one that is drawn.

    Then there are more shapes of its size among the others of a group than masks without a number.
    """
    lost = [one for number, shapes in was.items() if number not in has for one in shapes]
    grouped: list[Drawn] = []
    for number, shapes in filter(is_group, has.items()):
        own = next(
            (one for old in was.get(number, ()) for one in shapes if _are_alike(old.mask, one.mask)), None
        )
        grouped += [one for one in shapes if one is not own]
    counts = [sum(_are_alike(one.mask, mask) for one in several) for several in (grouped, lost)]
    return counts[0] > counts[1]


def _are_alike(one: Mask | None, other: Mask | None) -> bool:
    """Whether two masks have one shape and size, wherever they lie."""
    if one is None or other is None or one.shape is not other.shape:
        return False
    sizes = [(right - left, bottom - top) for left, top, right, bottom in (one.box, other.box)]
    return all(abs(length - width) <= _NEAR for length, width in zip(*sizes, strict=True))


def _numbers(shape: Shape, values: Mapping[str, str]) -> tuple[int, ...] | None:
    """The numbers of a mask in hundredths of a per cent, as an author gives them."""
    if shape is Shape.POLYGON:
        given = re.split(r"[ ,]+", values.get("points", "").strip())
        if len(given) % 2 or len(given) < 6 or len(given) > _MOST:
            return None
    else:
        sizes = ("rx", "ry") if shape is Shape.ELLIPSE else ("width", "height")
        given = [values.get(name, "") for name in ("left", "top", *sizes)]
    if not all(_NUMBER.fullmatch(one) for one in given):
        return None
    parts = [round(_float(one) * WHOLE) for one in given]
    if shape is Shape.POLYGON:
        return _placed(parts, values)
    return (*parts[:2], *(2 * half for half in parts[2:])) if shape is Shape.ELLIPSE else tuple(parts)


def _float(number: str) -> float:
    return float(number) if number.strip("-.") else 0


def _placed(corners: Sequence[int], values: Mapping[str, str]) -> tuple[int, ...]:
    """The corners of a polygon where Anki draws it: with the least ones at its left and top.

    Anki's editor leaves `points` as they were when a polygon was moved together with other masks.
    """
    place = [values.get(name, "") for name in ("left", "top")]
    if not all(_NUMBER.fullmatch(one) for one in place):
        return tuple(corners)
    steps = [round(_float(one) * WHOLE) - min(corners[at::2]) for at, one in enumerate(place)]
    return tuple(corner + steps[at % 2] for at, corner in enumerate(corners))
