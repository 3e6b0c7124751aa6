"""Masks that a learner moved or added: the numbers of `masks:`, from the form in which Anki keeps them."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass

from deckgen.kinds import Mask, Occlusion, Shape
from deckgen.patterns import lazy
from deckgen.pulling.spots import MASKS, Sides, Trouble
from deckgen.written import File, Text

_NOWHERE = File("")
_DELETION = lazy(r"\{\{c([0-9]{1,3})::image-occlusion:(rect|ellipse|polygon)((?::[a-z]+=[^:{}]*)*)\}\}")
_REST = lazy(r"(?:\s|<br>|&nbsp;)*", re.IGNORECASE)
_NUMBER = lazy(r"-?(?:[0-9]{1,6}(?:\.[0-9]{0,20})?|\.[0-9]{1,20})")
#: At most so many masks and corners are read.
_MOST = 1_000


@dataclass(frozen=True, slots=True)
class Moved:
    """A mask that is to have other numbers than the `old` one, or one that the learner added.

    Its `key` is a new one then, and `number` that of its card. If there is a `clash`, a person must decide,
    and `shipped` is what both changed, if it was there.
    """

    mask: Mask
    key: str
    old: Mask | None = None
    number: int = 0
    clash: str = ""
    shipped: Mask | None = None

    @property
    def change(self) -> str:
        """What the learner did to it."""
        return "added" if self.old is None else "moved"


def changes(
    content: Occlusion,
    sides: Sides,
    numbers: Mapping[str, int],
    gone: Mapping[int, str],
) -> Iterator[Moved | Trouble]:
    """What a learner did to the masks; `numbers` are those of the deletions by key, some are `gone`."""
    keys = {number: key for key, number in numbers.items()}
    every = [_masks(html[MASKS], keys) for html in (sides.now, sides.base, sides.theirs)]
    if any(side is None for side in every):
        yield Trouble(MASKS, "it has something else than masks: change `masks:` yourself")
        return
    ours, shipped, has = (side or {} for side in every)
    texts = {mask.key.value: mask for mask in content.masks}
    for number in shipped.keys() - has.keys():
        if number in ours:
            yield Trouble(MASKS, f"the mask `{keys[number]}` was taken out: take it out of `masks:` yourself")
    for number, mask in has.items():
        was, is_now = shipped.get(number), ours.get(number)
        if mask in (was, is_now):
            continue
        if was is None and is_now is None and number in gone:
            reason = (
                f"the new mask c{number} has the number of `{gone[number]}`, which was taken out of `masks:`"
            )
            yield Trouble(MASKS, reason, hint="write it under a key of its own into `masks:`")
        elif was is None and is_now is None:
            yield Moved(mask, _free(f"mask-{number}", texts), number=number)
        elif is_now is None or keys[number] not in texts:
            yield Trouble(MASKS, f"the mask c{number} was moved, and is no longer in `masks:`")
        else:
            clash = "" if is_now == was else f"both {'moved' if was else 'added'} the mask c{number}"
            yield Moved(mask, keys[number], texts[keys[number]], clash=clash, shipped=was)


def _free(key: str, taken: Container[str]) -> str:
    return next(
        one for one in (key, *(f"{key}-{count}" for count in range(2, _MOST + 2))) if one not in taken
    )


def written(mask: Mask) -> str:
    """A mask as it stands in `masks:` behind its key."""
    numbers = [f"{number / 100:g}" for number in mask.numbers]
    if mask.shape is Shape.POLYGON:
        pairs = zip(numbers[::2], numbers[1::2], strict=True)
        numbers = [f"[{across}, {down}]" for across, down in pairs]
    return f"{{{mask.shape}: [{', '.join(numbers)}]}}"


def _masks(html: str, keys: Mapping[int, str]) -> dict[int, Mask] | None:
    """The masks of a field by number; None where there is something else, or two of one number."""
    found: dict[int, Mask] = {}
    at = 0
    for match in _DELETION.finditer(html):
        number = int(match[1])
        if not _REST.fullmatch(html, at, match.start()) or number in found or len(found) >= _MOST:
            return None
        numbers = _numbers(Shape(match[2]), match[3])
        if numbers is None:
            return None
        found[number] = Mask(Text(keys.get(number, ""), _NOWHERE), Shape(match[2]), numbers)
        at = match.end()
    return found if _REST.fullmatch(html, at) else None


def _numbers(shape: Shape, written: str) -> tuple[int, ...] | None:
    """The numbers of a mask in hundredths of a per cent, as an author gives them."""
    values = dict(part.split("=", 1) for part in written.split(":") if "=" in part)
    if values.get("angle", "0") not in ("", "0"):
        return None
    if shape is Shape.POLYGON:
        given = re.split(r"[ ,]+", values.get("points", "").strip())
        if len(given) % 2 or len(given) < 6 or len(given) > _MOST:
            return None
    else:
        sizes = ("rx", "ry") if shape is Shape.ELLIPSE else ("width", "height")
        given = [values.get(name, "") for name in ("left", "top", *sizes)]
    if not all(_NUMBER.fullmatch(one) for one in given):
        return None
    parts = [round(float(one) * 10_000) for one in given]
    return (*parts[:2], *(2 * half for half in parts[2:])) if shape is Shape.ELLIPSE else tuple(parts)
