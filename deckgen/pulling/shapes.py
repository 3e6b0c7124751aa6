"""Masks that a learner moved or added: the numbers of `masks:`, from the form in which Anki keeps them."""

from __future__ import annotations

import re
from collections.abc import Collection, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from deckgen.deck import Card
from deckgen.kinds import Mask, Occlusion, Shape
from deckgen.lock.limits import ID_STEP
from deckgen.lock.lines import NoteLine
from deckgen.patterns import lazy
from deckgen.pulling.spots import MASKS, Sides, Trouble
from deckgen.written import File, Text

_NOWHERE = File("")
_DELETION = lazy(r"\{\{c([0-9]{1,3})::image-occlusion:(rect|ellipse|polygon)((?::[a-z]+=[^:{}]*)*)\}\}")
_REST = lazy(r"(?:\s|<br>|&nbsp;)*", re.IGNORECASE)
_NUMBER = lazy(r"-?(?:[0-9]{1,6}(?:\.[0-9]{0,20})?|\.[0-9]{1,20})")
#: At most so many masks and corners are read.
_MOST = 1_000
_MOST_NAMED = 10
#: What a build writes of a mask, and `angle`, with which none is read.
_KNOWN = frozenset(("left", "top", "width", "height", "rx", "ry", "points", "oi", "angle"))


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

    @property
    def is_another(self) -> bool:
        """Whether it is another mask than the one of that number, which must not take its place."""
        return bool(self.clash) and self.shipped is None


def changes(
    card: Card, content: Occlusion, sides: Sides, numbers: Mapping[str, int], line: NoteLine | None
) -> Iterator[Moved | Trouble]:
    """What a learner did to the masks of a card.

    `numbers` are those of the deletions by key; `line` knows those that were given out before.
    """
    given = {**line.gone, **line.cards} if line is not None else {}
    masks = _Masks(card, content, {number: key for key, number in numbers.items()}, given)
    every = [masks.read(html[MASKS]) for html in (sides.now, sides.base, sides.theirs)]
    if any(side is None for side in every):
        yield Trouble(MASKS, "it has something else than masks: change `masks:` yourself")
        return
    now, was, has = (side or {} for side in every)
    yield from masks.looks(now, was, has)
    for number in was.keys() - has.keys():
        if number in now:
            key = masks.keys[number]
            yield Trouble(MASKS, f"the mask `{key}` was taken out: take it out of `masks:` yourself")
    for number, one in has.items():
        before, present = was.get(number), now.get(number)
        if all(side is None or side.mask != one.mask for side in (before, present)):
            yield masks.change(number, one.mask, *(side.mask if side else None for side in (before, present)))


@dataclass(frozen=True, slots=True)
class _Drawn:
    """A mask as Anki keeps it: whether it is hidden `alone`, and a `look` that no card file can say."""

    mask: Mask
    alone: bool
    look: str


_Side = Mapping[int, _Drawn]


@dataclass(frozen=True, slots=True)
class _Masks:
    """The masks of a card; `keys` are those of the present ones by number, `given` all those ever built."""

    card: Card
    content: Occlusion
    keys: Mapping[int, str]
    given: Mapping[int, str]

    def change(self, number: int, mask: Mask, was: Mask | None, now: Mask | None) -> Moved | Trouble:
        """What becomes of a mask that is neither as it was shipped nor as it is now."""
        texts = {one.key.value: one for one in self.content.masks}
        if was is None and now is None:
            return self._added(number, mask, texts)
        key = self.keys.get(number, "")
        if now is None or key not in texts:
            name = self.given.get(number, f"c{number}")
            return Trouble(
                MASKS,
                f"the mask `{name}` was moved, and is no longer in `masks:`",
                hint=f"if it is to come back, write it there: `{name}: {written(mask)}`; {self._ours}",
            )
        old = texts[key]
        clash = "" if now == was else f"both moved the mask c{number}"
        if was is None:
            clash = f"both added the mask c{number}: the learner's needs a key of its own"
        return Moved(_kept(mask, now, old), key, old, clash=clash, shipped=was)

    def _added(self, number: int, mask: Mask, texts: Iterable[str]) -> Moved | Trouble:
        by_hand = f"write it under a key of its own into `masks:`; {self._ours}"
        if number in self.given:
            reason = f"has the number of `{self.given[number]}`, which was taken out of `masks:`"
            return Trouble(MASKS, f"the new mask c{number} {reason}", hint=by_hand)
        if not 1 <= number < ID_STEP:
            reason = f"has a number that no build gives: 1 to {ID_STEP - 1} are possible"
            return Trouble(MASKS, f"the new mask c{number} {reason}", hint=by_hand)
        return Moved(mask, free(_place_of(number, mask), {*texts, *self.given.values()}), number=number)

    def looks(self, now: _Side, was: _Side, has: _Side) -> Iterator[Trouble]:
        """What a learner changed of how all masks are hidden, of their colours, and of their order."""
        alone = _alone(has)
        if has and alone not in (_alone(was), _alone(now)):
            yield self._hiding(alone)
        changed = [
            number
            for number, one in has.items()
            if all(one.look != (side[number].look if number in side else "") for side in (was, now))
        ]
        if changed:
            names = ", ".join(f"`{self.keys.get(number, f'c{number}')}`" for number in changed[:_MOST_NAMED])
            look = has[changed[0]].look
            what = f"has `{look[:80]}`" if look else "lost its colour"
            reason = f"the look of {names} was changed ({what}), and no key of a card says it"
            yield Trouble(MASKS, reason, hint=self._ours)
        if [*has] not in (_in_order(was, has), _in_order(now, has)):
            yield Trouble(MASKS, "the masks were put into another order: change `masks:` yourself")

    def _hiding(self, alone: Collection[bool]) -> Trouble:
        if len(alone) > 1:
            reason = "some masks hide alone, and a card has one `hide:` for all of its masks"
            return Trouble(MASKS, reason, hint=f"the next change of the card makes them alike; {self._ours}")
        word, what = ("one", "only the mask that is asked about") if True in alone else ("all", "all masks")
        hint = f"if the learner is right, write `hide: {word}` into the card; {self._ours}"
        return Trouble(MASKS, f"it is to hide {what}", hint=hint)

    @property
    def _ours(self) -> str:
        return f"`--ours {self.card.id.value}` brings yours to the learner"

    def read(self, html: str) -> dict[int, _Drawn] | None:
        """The masks of a field by number; None where there is something else, or two of one number."""
        found: dict[int, _Drawn] = {}
        at = 0
        for match in _DELETION.finditer(html):
            number = int(match[1])
            if not _REST.fullmatch(html, at, match.start()) or number in found or len(found) >= _MOST:
                return None
            values = dict(part.split("=", 1) for part in match[3].split(":") if part)
            numbers = _numbers(Shape(match[2]), values)
            if numbers is None:
                return None
            look = ":".join(f"{name}={value}" for name, value in values.items() if name not in _KNOWN)
            mask = Mask(Text(self.keys.get(number, ""), _NOWHERE), Shape(match[2]), numbers)
            found[number] = _Drawn(mask, values.get("oi") != "1", look)
            at = match.end()
        return found if _REST.fullmatch(html, at) else None


def _alone(side: _Side) -> set[bool]:
    return {one.alone for one in side.values()}


def _in_order(side: _Side, has: _Side) -> list[int]:
    """The masks of a learner in the order of a side, and those that it lacks behind them."""
    return [*(number for number in side if number in has), *(number for number in has if number not in side)]


def _kept(mask: Mask, now: Mask, old: Mask) -> Mask:
    """A mask that was moved, with the author's own numbers where Anki's, which are rounded, are the same."""
    if not mask.shape == now.shape == old.shape or len(mask.numbers) != len(old.numbers):
        return mask
    sides = zip(mask.numbers, now.numbers, old.numbers, strict=True)
    return replace(mask, numbers=tuple(own if has == ours else has for has, ours, own in sides))


def _place_of(number: int, mask: Mask) -> str:
    """A key for a mask that was added, with its place: on two branches two learners may have drawn one each.

    Then the lines of the lock name two masks for one number, and R01 says so.
    """
    left, top, _, _ = mask.box
    return f"mask-{number}-at-{max(round(left / 100), 0)}-{max(round(top / 100), 0)}"


def free(key: str, taken: Container[str]) -> str:
    """A key that is not taken: this one, or with the next number behind it."""
    return next(
        one for one in (key, *(f"{key}-{count}" for count in range(2, _MOST + 2))) if one not in taken
    )


def same(one: Mask, two: Mask) -> bool:
    """Whether two masks lie on the picture alike, whatever their keys."""
    return (one.shape, one.numbers) == (two.shape, two.numbers)


def written(mask: Mask) -> str:
    """A mask as it stands in `masks:` behind its key."""
    numbers = [f"{number / 100:g}" for number in mask.numbers]
    if mask.shape is Shape.POLYGON:
        pairs = zip(numbers[::2], numbers[1::2], strict=True)
        numbers = [f"[{across}, {down}]" for across, down in pairs]
    return f"{{{mask.shape}: [{', '.join(numbers)}]}}"


def _numbers(shape: Shape, values: Mapping[str, str]) -> tuple[int, ...] | None:
    """The numbers of a mask in hundredths of a per cent, as an author gives them."""
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
