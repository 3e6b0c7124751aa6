"""What was edited between two texts, and two such edits of one text at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

from deckgen.pulling.tokens import Kind, Token, ends_sentence, keys

#: Of texts with more tokens than this that differ, all between the first and the last difference counts as one
#: edit: to compare them takes as many steps as the square of it.
_MOST = 3_000
#: So many words (at two each) part two edits.
_APART = 2


class Edit(NamedTuple):
    """In the place of the tokens `start` to `end`, `new` are written."""

    start: int
    end: int
    new: tuple[Token, ...]


def edits(base: Sequence[Token], other: Sequence[Token]) -> list[Edit]:
    """What must be done to `base` to make `other` of it, in order; between two edits stands a token or more.

    What was put in or taken out may be told in several ways (`a a` from `a`): it is as far behind as it
    can be. What stands between two edits and is no more than they are is a part of the edit.
    """
    return _joined(base, _slid(base, list(_found(base, other))))


def _found(base: Sequence[Token], other: Sequence[Token]) -> Iterator[Edit]:
    one, two = keys(base), keys(other)
    shorter = min(len(one), len(two))
    begin = next((at for at in range(shorter) if one[at] != two[at]), shorter)
    rest = shorter - begin
    end = next((at for at in range(rest) if one[-1 - at] != two[-1 - at]), rest)
    one, two = one[begin : len(one) - end], two[begin : len(two) - end]
    if not one or not two or max(len(one), len(two)) > _MOST:
        if one or two:
            yield Edit(begin, begin + len(one), tuple(other[begin : begin + len(two)]))
        return
    matcher = SequenceMatcher(str.isspace, one, two, autojunk=False)
    for what, start, stop, new, last in matcher.get_opcodes():
        if what != "equal":
            yield Edit(begin + start, begin + stop, tuple(other[begin + new : begin + last]))


def _slid(base: Sequence[Token], found: list[Edit]) -> list[Edit]:
    """The same, with what was only put in or only taken out as far behind as it can be."""
    limit = len(base)
    out: list[Edit] = []
    for start, end, new in reversed(found):
        if not new:
            while end < limit and base[start].key == base[end].key:
                start, end = start + 1, end + 1  # noqa: PLW2901
        elif start == end:
            shift = 0
            while end + shift < limit and new[shift % len(new)].key == base[end + shift].key:
                shift += 1
            start, end = start + shift, end + shift  # noqa: PLW2901
            shift %= len(new)
            new = new[shift:] + new[:shift]  # noqa: PLW2901
        out.append(Edit(start, end, new))
        limit = start
    return out[::-1]


def _joined(base: Sequence[Token], found: Sequence[Edit]) -> list[Edit]:
    """The same, with edits joined that have fewer words between them than each of them has.

    Such words may be the same by chance: then an edit of them would not belong where they stand.
    """
    out: list[Edit] = []
    for edit in found:
        last = out[-1] if out else None
        if last is not None:
            between = base[last.end : edit.start]
            if _words(between) <= min(_size(base, last), _size(base, edit)) and not _only_tags(last, edit):
                out[-1] = Edit(last.start, edit.end, (*last.new, *between, *edit.new))
                continue
        out.append(edit)
    return out


def _words(tokens: Sequence[Token]) -> int:
    return sum([token.weight for token in tokens])


def _size(base: Sequence[Token], edit: Edit) -> int:
    return max(_words(base[edit.start : edit.end]), _words(edit.new))


def _only_tags(one: Edit, two: Edit) -> bool:
    return all(token.kind is Kind.TAG for token in (*one.new, *two.new)) and bool(one.new and two.new)


def applied(
    base: Sequence[Token], found: Sequence[Edit], start: int = 0, end: int | None = None
) -> list[Token]:
    """The tokens `start` to `end` of `base` with the edits that lie in them."""
    out: list[Token] = []
    for edit in found:
        out += base[start : edit.start]
        out += edit.new
        start = edit.end
    return [*out, *base[start : len(base) if end is None else end]]


def both(base: Sequence[Token], ours: Sequence[Token], theirs: Sequence[Token]) -> list[Token] | None:
    """`base` with the edits of both sides; None where these meet.

    They meet where they change the same tokens, and where fewer words than one stand between them, unless a
    sentence or line ends there. An edit that both made counts once.
    """
    one, two = edits(base, ours), edits(base, theirs)
    same = [edit for edit in two if any(_is_same(edit, other) for other in one)]
    two = [edit for edit in two if edit not in same]
    every = sorted([*((edit, False) for edit in one), *((edit, True) for edit in two)], key=_order)
    for (first, who), (second, other) in zip(every, every[1:], strict=False):
        if who != other and not _are_apart(base, first, second):
            return None
    if _added(base, one) & _added(base, two):
        return None
    return applied(base, [edit for edit, _ in every])


def _order(edit: tuple[Edit, bool]) -> tuple[int, int]:
    return edit[0][:2]


def _is_same(one: Edit, two: Edit) -> bool:
    return one[:2] == two[:2] and keys(one.new) == keys(two.new)


def _are_apart(base: Sequence[Token], first: Edit, second: Edit) -> bool:
    if first.end > second.start or first[:2] == second[:2]:
        return False
    between = base[first.end : second.start]
    if _words(between) >= _APART or ends_sentence(between, [*second.new, *base[second.end :]][:1]):
        return True
    # What was put in or taken out may be whole sentences itself.
    old = base[first.start : first.end]
    if all(not part or ends_sentence(part, [*between, *second.new][:1]) for part in (old, first.new)):
        return True
    old = base[second.start : second.end]
    return all(not part or part[0].kind is Kind.BLOCK for part in (old, second.new))


def _added(base: Sequence[Token], found: Sequence[Edit]) -> set[tuple[str, ...]]:
    """What was added, and is more than a few words: if both added it, at two places, it would stand twice."""
    return {
        tuple(key for key in keys(edit.new) if not key.isspace())
        for edit in found
        if _words(edit.new) - _words(base[edit.start : edit.end]) >= 3 * _APART
    }
