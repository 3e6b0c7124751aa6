"""Masks that a learner moved or added: the numbers of `masks:`, from the form in which Anki keeps them."""

from __future__ import annotations

from collections.abc import Collection, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, count

from deckgen.deck import Card
from deckgen.kinds import Mask, Occlusion, Shape
from deckgen.lock.limits import ID_STEP
from deckgen.lock.lines import NoteLine
from deckgen.pulling import drawn
from deckgen.pulling.drawn import Drawn, Side
from deckgen.pulling.spots import MASKS, Sides, Trouble

#: At most so many masks are named.
_MOST_NAMED = 10


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
    every = [drawn.read(html[MASKS], masks.keys) for html in (sides.now, sides.base, sides.theirs)]
    if any(side is None for side in every):
        yield Trouble(MASKS, "it has something else than masks: change `masks:` yourself")
        return
    now, was, has = (side or {} for side in every)
    has = drawn.as_before(has, was, now)
    yield from masks.looks(now, was, has)
    yield from masks.unsaid(was, has)
    for number in was:
        if number in now and number not in has:
            yield masks.lost(number, has)
    for number, shapes in has.items():
        before, present = (drawn.only(side.get(number, ())) for side in (was, now))
        mask = drawn.only(shapes) if number else None
        if mask is not None and all(one != mask for one in (before, present) if one is not None):
            in_doubt = before is not None and drawn.may_be_grouped(before, was, has)
            yield masks.doubt(number) if in_doubt else masks.change(number, mask, before, present)


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
        if number in self.given:
            reason = f"has the number of `{self.given[number]}`, which was taken out of `masks:`"
            return Trouble(MASKS, f"the new mask c{number} {reason}", hint=self._by_hand)
        if not 1 <= number < ID_STEP:
            return self._by_number(number)
        return Moved(mask, free(_place_of(number, mask), {*texts, *self.given.values()}), number=number)

    def _by_number(self, number: int) -> Trouble:
        """That a mask has such a number: 0 may be one of ours, which was grouped with a text."""
        reason = f"has a number that no build gives: 1 to {ID_STEP - 1} are possible"
        return Trouble(MASKS, f"the mask c{number} {reason}", hint=f"if it is a new one, {self._by_hand}")

    def lost(self, number: int, has: Side) -> Trouble:
        """That a learner has nothing under the number of a mask."""
        reason = "was taken out"
        if any(map(drawn.is_group, has.items())):
            reason = "has no number of its own any more: it was grouped with others, or taken out"
        hint = (
            "if it is to go, take it out of `masks:`; the next build then stops (R11) until you accept with "
            f"`deckgen build --accept {self.card.id.value}` that learners keep an empty card; {self._ours}"
        )
        return Trouble(MASKS, f"the mask `{self.keys[number]}` {reason}", hint=hint)

    def doubt(self, number: int) -> Trouble:
        """That a mask was moved, or else it was grouped and a new one got its number."""
        reason = "was moved, or it was grouped with others, and a new mask has its number"
        hint = f"if the learner is right, change `masks:` yourself; {self._ours}"
        return Trouble(MASKS, f"the mask `{self.keys.get(number, f'c{number}')}` {reason}", hint=hint)

    def unsaid(self, was: Side, has: Side) -> Iterator[Trouble]:
        """Shapes of a learner that no card file can say: such as were turned or grouped, and texts."""
        for number, shapes in has.items():
            texts = [f"“{one.text[:80]}”" for one in shapes if one.mask is None]
            name = f"the new mask c{number}"
            if number in self.keys or number in was:
                name = f"the mask `{self.keys.get(number) or self.given.get(number, f'c{number}')}`"
            if not number and len(texts) < len(shapes):
                yield self._by_number(number)
            if number and len(shapes) > 1:
                reason = f"{name} has {len(shapes)} shapes, as Anki writes what was grouped"
                hint = f"a mask of a card file is one shape: a polygon can go around them; {self._ours}"
                yield Trouble(MASKS, reason, hint=hint)
            elif number and shapes[0].angle:
                reason = f"{name} was turned (`angle={shapes[0].angle}`)"
                hint = f"no mask of a card file is turned: a polygon can lie as it does; {self._ours}"
                yield Trouble(MASKS, reason, hint=hint)
            if texts:
                what = f"{name} is a text" if number and len(shapes) == 1 else "texts were put on the picture"
                hint = f"what is to stay can be drawn into the picture, or stand in `note:`; {self._ours}"
                yield Trouble(MASKS, f"{what}: {', '.join(texts[:_MOST_NAMED])}", hint=hint)

    def looks(self, now: Side, was: Side, has: Side) -> Iterator[Trouble]:
        """What a learner changed of how all masks are hidden, and of their colours.

        Their order is nobody's doing: Anki's editor mixes it whenever it opens a note (in
        rslib/src/cloze.rs, `parse_image_occlusions` keeps them by number in a HashMap).
        """
        alone = _alone(has)
        if has and alone not in (_alone(was), _alone(now)):
            yield self._hiding(alone)
        changed = [
            number
            for number, shapes in has.items()
            if all(_look(shapes) != _look(side.get(number, ())) for side in (was, now))
        ]
        if changed:
            names = ", ".join(f"`{self.keys.get(number, f'c{number}')}`" for number in changed[:_MOST_NAMED])
            look = _look(has[changed[0]])
            what = f"has `{look[:80]}`" if look else "lost its colour"
            reason = f"the look of {names} was changed ({what}), and no key of a card says it"
            yield Trouble(MASKS, reason, hint=self._ours)

    def _hiding(self, alone: Collection[bool]) -> Trouble:
        if len(alone) > 1:
            reason = "some masks hide alone, and a card has one `hide:` for all of its masks"
            return Trouble(MASKS, reason, hint=f"the next change of the card makes them alike; {self._ours}")
        word, what = ("one", "only the mask that is asked about") if True in alone else ("all", "all masks")
        hint = f"if the learner is right, write `hide: {word}` into the card; {self._ours}"
        return Trouble(MASKS, f"it is to hide {what}", hint=hint)

    @property
    def _by_hand(self) -> str:
        return f"write it under a key of its own into `masks:`; {self._ours}"

    @property
    def _ours(self) -> str:
        return f"`--ours {self.card.id.value}` brings yours to the learner"


def _alone(side: Side) -> set[bool]:
    return {one.alone for shapes in side.values() for one in shapes}


def _look(shapes: Sequence[Drawn]) -> str:
    return next((one.look for one in shapes if one.look), "")


def _kept(mask: Mask, now: Mask, old: Mask) -> Mask:
    """A mask that was moved, with the author's own numbers where Anki's, which are rounded, are the same."""
    if not mask.shape == now.shape == old.shape or len(mask.numbers) != len(old.numbers):
        return mask
    sides, slack = zip(mask.numbers, now.numbers, old.numbers, strict=True), drawn.slack(mask.shape)
    return replace(mask, numbers=tuple(own if abs(has - ours) <= slack else has for has, ours, own in sides))


def _place_of(number: int, mask: Mask) -> str:
    """A key for a mask that was added, with its place: on two branches two learners may have drawn one each.

    Then the lines of the lock name two masks for one number, and R01 says so.
    """
    left, top, _, _ = mask.box
    return f"mask-{number}-at-{max(round(left / 100), 0)}-{max(round(top / 100), 0)}"


def free(key: str, taken: Container[str]) -> str:
    """A key that is not taken: this one, or with the next number behind it."""
    others = (f"{key}-{number}" for number in count(2))
    return next(one for one in chain([key], others) if one not in taken)


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
