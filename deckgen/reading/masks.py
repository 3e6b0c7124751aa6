"""The card of a masked picture: `occlude:`, `masks:` and `hide:`, which are the same in all its languages.

Masks are written in per cent of the picture: Anki keeps them as parts of its width and height, with four
digits behind the point (ts/routes/image-occlusion/shapes/lib.ts), so the size of the file need not be known.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePath

from deckgen.deck import NO_LANGUAGE
from deckgen.fixed import fixed
from deckgen.kinds import WHOLE, Mask, Shape
from deckgen.patterns import lazy
from deckgen.reading import tree
from deckgen.reading.keys import HIDES
from deckgen.reading.values import Values
from deckgen.written import Text

CODE = "K34"

#: The pictures that Anki's editor of masks opens (rslib/src/image_occlusion/imagedata.rs).
PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".svg", ".webp", ".avif", ".ico")
#: The most corners of a polygon. Drawn by hand, they have twenty.
MAX_CORNERS = 200

_NUMBER = lazy(r"-?(?:[0-9]{1,5}(?:\.[0-9]{0,20})?|\.[0-9]{1,20})")
_EXAMPLE = "{rect: [10, 20, 30, 15]}"
_BOX = "four numbers: left, top, width and height, in per cent of the picture"


@fixed
class Masked:
    """The picture by language, its masks, and whether a card hides only the one that it asks about."""

    pictures: Mapping[str, Text]
    masks: tuple[Mask, ...]
    alone: bool


def read(values: Values, keys: tree.Mapping, languages: tuple[str, ...]) -> Masked | None:
    """What a card says of a masked picture; None where it says nothing of one, or something is wrong."""
    if "hide" in keys and not ("occlude" in keys or "masks" in keys):
        place, hint = keys.entries["hide"][0].whole, "remove it, or add `occlude:` and `masks:`"
        values.report(place, "K06", "`hide:` is only for a picture with masks", hint)
    if "occlude" not in keys or "masks" not in keys:
        return None  # that is no kind of card (K05)
    before = values.faults
    pictures, masks = _pictures(values, keys, languages), _masks(values, keys.get("masks"))
    hide = values.word(keys.get("hide"), "hide")
    if hide is not None and hide.value not in HIDES:
        message = f"`{hide.value}` is not what `hide:` can say" if hide.value else "`hide:` says nothing"
        hint = "`all` masks, and ask for one (this is so without `hide:`), or only this `one`"
        values.report(hide.whole, CODE, message, hint)
    if values.faults > before:
        return None
    return Masked(pictures, masks, hide is not None and hide.value == "one")


def _pictures(values: Values, keys: tree.Mapping, languages: tuple[str, ...]) -> Mapping[str, Text]:
    """The picture by language: one for all, or one for each."""
    given = keys.get("occlude")
    if isinstance(given, tree.Mapping) and languages != (NO_LANGUAGE,):
        found = values.localised(keys, "occlude", languages)
    else:
        name = values.word(given, "occlude")
        found = dict.fromkeys(languages, name) if name is not None else {}
    for text in {id(text): text for text in found.values()}.values():
        if PurePath(text.value).suffix.lower() not in PICTURES:
            hint = (
                f"write the name of a file in `media/`, and no more, such as heart.png: {' '.join(PICTURES)}"
            )
            what = f"`{text.value}` is no picture that Anki puts masks on"
            message = what if text.value.strip() else "`occlude:` names no picture"
            values.report(text.whole, CODE, message, hint)
    return found


def _masks(values: Values, node: tree.Node | None) -> tuple[Mask, ...]:
    if not isinstance(node, tree.Mapping) or not node.entries:
        hint = f"give each mask a key that never changes: `masks: {{heart: {_EXAMPLE}}}`"
        if node is not None:
            values.report(node.place, "K03", "`masks:` must map keys to shapes", hint)
        return ()
    masks = []
    for key, value in node.entries.values():
        mask = _mask(values, key, value)
        if values.is_name(key.value, key.place, "a mask's key") and mask is not None:
            masks.append(mask)
    return tuple(masks)


def _mask(values: Values, key: Text, node: tree.Node) -> Mask | None:
    before = values.faults
    inner = values.keys(node, node.place, "a mask", Shape)
    if inner is None or values.faults > before:
        return None
    if len(inner.entries) != 1:
        found = " and ".join(f"`{name}`" for name in inner.entries) or "none"
        message = f"the mask `{key.value}` has one shape; here is {found}"
        values.report(node.place, CODE, message, f"such as `{key.value}: {_EXAMPLE}`")
        return None
    ((name, given),) = inner.entries.values()
    shape = Shape(name.value)
    numbers = _corners(values, given) if shape is Shape.POLYGON else _box(values, name.value, given)
    if numbers is None:
        return None
    mask = Mask(key, shape, numbers)
    return mask if _lies_in_picture(values, mask, given) else None


def _box(values: Values, name: str, node: tree.Node) -> tuple[int, ...] | None:
    if not isinstance(node, tree.Sequence) or len(node.items) != 4:
        values.report(node.place, CODE, f"`{name}:` has {_BOX}", f"such as `{_EXAMPLE}`")
        return None
    return _numbers(values, node.items)


def _corners(values: Values, node: tree.Node) -> tuple[int, ...] | None:
    pairs = node.items if isinstance(node, tree.Sequence) else []
    flat = [
        one
        for pair in pairs
        if isinstance(pair, tree.Sequence) and len(pair.items) == 2
        for one in pair.items
    ]
    if len(pairs) < 3 or len(flat) != 2 * len(pairs):
        hint = "such as `polygon: [[10, 20], [30, 20], [20, 40]]`, in per cent from the left and top"
        values.report(node.place, CODE, "`polygon:` has three corners or more, each of two numbers", hint)
        return None
    if len(pairs) > MAX_CORNERS:
        message = f"this polygon has {len(pairs)} corners, at most {MAX_CORNERS} are allowed"
        values.report(node.place, CODE, message, "leave out those that nobody sees")
        return None
    return _numbers(values, flat)


def _numbers(values: Values, nodes: list[tree.Node]) -> tuple[int, ...] | None:
    """Hundredths of a per cent."""
    found = []
    for node in nodes:
        if not isinstance(node, Text) or not _NUMBER.fullmatch(node.value):
            told = f"`{node.value[:20]}`" if isinstance(node, Text) else "this"
            hint = "write per cent of the picture, from 0 to 100, such as 12.5, without `%`"
            values.report(node.place, CODE, f"{told} is no number of a mask", hint)
            return None
        found.append(round(float(node.value) * 100))
    return tuple(found)


def _lies_in_picture(values: Values, mask: Mask, node: tree.Node) -> bool:
    left, top, right, bottom = mask.box
    if mask.shape is not Shape.POLYGON and min(mask.numbers[2:]) <= 0:
        message = f"the mask `{mask.key.value}` has no width, or no height"
        values.report(node.place, CODE, message, f"a {mask.shape} has {_BOX}")
    elif left == right or top == bottom:
        values.report(
            node.place, CODE, f"the corners of `{mask.key.value}` lie on one line", "move one of them"
        )
    elif left >= WHOLE or top >= WHOLE or right <= 0 or bottom <= 0:
        message = f"the mask `{mask.key.value}` lies outside of the picture"
        values.report(node.place, CODE, message, "write per cent of the picture, from 0 to 100, not pixels")
    elif left < 0 or top < 0 or right > WHOLE or bottom > WHOLE:
        across, down = (f"{start / 100:g} to {end / 100:g}" for start, end in ((left, right), (top, bottom)))
        message = (
            f"the mask `{mask.key.value}` leaves the picture: it reaches from {across} across, {down} down"
        )
        hint = "let it end at the edge: the picture reaches from 0 to 100 per cent"
        if mask.shape is not Shape.POLYGON:
            hint += f"; a {mask.shape} has {_BOX}"
        values.report(node.place, CODE, message, hint)
    else:
        return True
    return False
