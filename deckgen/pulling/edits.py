"""What was edited between two texts, and two such edits of one text at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import pairwise
from typing import NamedTuple

from deckgen.pulling.tokens import Token, TokenKind, ends_sentence, keys

#: Where more tokens than this differ, all between the first and the last difference counts as one edit: to
#: compare them takes as many steps as the square of it.
_MOST = 3_000
#: So many words (at two each) part two edits.
_APART = 2
_SEEN = (TokenKind.WORD, TokenKind.HAN, TokenKind.THING)


class Edit(NamedTuple):
    """In the place of the tokens `start` to `end` of a text stand those from `low` to `high` of another."""

    start: int
    end: int
    low: int
    high: int


def edits(base: Sequence[Token], other: Sequence[Token]) -> list[Edit]:
    """What must be done to `base` to make `other` of it, in order.

    What was put in or taken out may be told in several ways (`a a` from `a`): it is as far behind as it
    can be.
    """
    return _slid(base, other, list(_found(base, other)))


def _found(base: Sequence[Token], other: Sequence[Token]) -> Iterator[Edit]:
    shorter = min(len(base), len(other))
    begin = next((at for at in range(shorter) if base[at] != other[at]), shorter)
    rest = shorter - begin
    behind = next((at for at in range(rest) if base[-1 - at] != other[-1 - at]), rest)
    end, high = len(base) - behind, len(other) - behind
    if begin in (end, high) or max(end, high) - begin > _MOST:
        if begin < max(end, high):
            yield Edit(begin, end, begin, high)
        return
    one, two = keys(base[begin:end]), keys(other[begin:high])
    for what, *places in SequenceMatcher(str.isspace, one, two, autojunk=False).get_opcodes():
        if what != "equal":
            yield Edit(*(begin + place for place in places))


def _slid(base: Sequence[Token], other: Sequence[Token], found: list[Edit]) -> list[Edit]:
    """The same, with what was only put in or only taken out as far behind as it can be."""
    limit = len(base)
    out: list[Edit] = []
    for edit in reversed(found):
        shift = 0
        if edit.low == edit.high:
            while edit.end + shift < limit and base[edit.start + shift] == base[edit.end + shift]:
                shift += 1
        elif edit.start == edit.end:
            while edit.end + shift < limit and other[edit.low + shift] == base[edit.end + shift]:
                shift += 1
        out.append(Edit(*(place + shift for place in edit)))
        limit = out[-1].start
    return out[::-1]


def _joined(base: Sequence[Token], other: Sequence[Token], found: Sequence[Edit]) -> list[Edit]:
    """The same, with edits joined that have fewer words between them than each of them has.

    Such words may be the same by chance: then an edit of them would not belong where they stand.
    """
    out: list[Edit] = []
    for edit in found:
        if out and not _only_tags(base, other, out[-1], edit):
            last = out[-1]
            between = _words(base[last.end : edit.start])
            if between <= min(_size(base, other, last), _size(base, other, edit)):
                out[-1] = Edit(last.start, edit.end, last.low, edit.high)
                continue
        out.append(edit)
    return out


def _words(tokens: Sequence[Token]) -> int:
    return sum([token.weight for token in tokens])


def _size(base: Sequence[Token], other: Sequence[Token], edit: Edit) -> int:
    return max(_words(base[edit.start : edit.end]), _words(other[edit.low : edit.high]))


def _only_tags(base: Sequence[Token], other: Sequence[Token], *found: Edit) -> bool:
    """Whether each edit puts in or takes out nothing but tags, as one does who makes words bold."""
    return all(
        token.kind is TokenKind.TAG
        for edit in found
        for token in (*base[edit.start : edit.end], *other[edit.low : edit.high])
    )


class _Side(NamedTuple):
    """An edit of one side, with what was there and what is there now."""

    edit: Edit
    old: Sequence[Token]
    new: Sequence[Token]
    theirs: bool = False

    @property
    def start(self) -> int:
        return self.edit.start

    @property
    def end(self) -> int:
        return self.edit.end


def both(base: Sequence[Token], ours: Sequence[Token], theirs: Sequence[Token]) -> list[Token] | None:
    """`ours` with what was done to `base` to make `theirs` of it; None where the edits of both sides meet.

    They meet where they change the same tokens, and where fewer words than one stand between them, unless a
    sentence or line ends there. An edit that both made counts once.
    """
    found, asked = edits(base, ours), edits(base, theirs)
    made = {(*edit[:2], *keys(ours[edit.low : edit.high])) for edit in found}
    same = {(*edit[:2], *keys(theirs[edit.low : edit.high])) for edit in asked} & made
    one, shared = _sides(base, ours, found, same)
    two, _ = _sides(base, theirs, asked, same)
    two = [side._replace(theirs=True) for side in two]
    for first, second in pairwise(sorted([*one, *two], key=_place)):
        if first.theirs != second.theirs and not _are_apart(base, first, second):
            return None
    every = sorted([*one, *two, *shared], key=_place)
    if any(first.end > second.start for first, second in pairwise(every)) or _added(one) & _added(two):
        return None
    out: list[Token] = []
    at = low = 0  # up to where `base` and `ours` are done
    for side in every:
        step = side.start - at
        out += [*ours[low : low + step], *side.new]
        at, low = side.end, (low + step + len(side.old) if side.theirs else side.edit.high)
    out += ours[low:]
    return out if _no_word_is_lost(base, ours, theirs, out) else None


def keeps(base: Sequence[Token], newer: Sequence[Token], other: Sequence[Token]) -> bool:
    """Whether all that was done to `base` to make `newer` of it stands in `other` at the same places.

    Then `other` says the same whichever of both it was made from.
    """
    found = edits(base, other)
    for edit in edits(base, newer):
        old, new = keys(base[edit.start : edit.end]), keys(newer[edit.low : edit.high])
        around = [one for one in found if one.start <= edit.start and edit.end <= one.end]
        texts = [keys(other[one.low : one.high]) for one in around]
        if not any(_is_in(new, text) if new else not _is_in(old, text) for text in texts):
            return False
    return _no_word_is_lost(base, newer, other, other)


def _is_in(part: Sequence[str], whole: Sequence[str]) -> bool:
    return any(whole[at : at + len(part)] == part for at in range(len(whole) - len(part) + 1))


def _no_word_is_lost(*texts: Sequence[Token]) -> bool:
    """Whether each word stands as often in the last text as both edits of the first ask for.

    If one side moved a sentence and the other took it out, both took it out of its old place, and it would
    stand at its new place all the same. What both put in or took out may be one edit or two.
    """
    base, ours, theirs, merged = (
        Counter([token.key for token in text if token.kind in _SEEN]) for text in texts
    )
    for word in base | ours | theirs | merged:
        mine, other = ours[word] - base[word], theirs[word] - base[word]
        one = max(mine, other, key=abs) if mine * other > 0 else mine + other
        least, most = sorted((one, mine + other))
        if not least <= merged[word] - base[word] <= most:
            return False
    return True


def _sides(
    base: Sequence[Token], other: Sequence[Token], found: Sequence[Edit], same: set[tuple[object, ...]]
) -> tuple[list[_Side], list[_Side]]:
    """The edits of one side only, and those that both made."""

    def side(edit: Edit) -> _Side:
        return _Side(edit, base[edit.start : edit.end], other[edit.low : edit.high])

    shared = [edit for edit in found if (*edit[:2], *keys(other[edit.low : edit.high])) in same]
    own = _joined(base, other, [edit for edit in found if edit not in shared])
    return list(map(side, own)), list(map(side, shared))


def _place(side: _Side) -> tuple[int, int]:
    return side.edit[:2]


def _are_apart(base: Sequence[Token], first: _Side, second: _Side) -> bool:
    if first.end > second.start or first.edit[:2] == second.edit[:2]:
        return False
    between = base[first.end : second.start]
    if not any(token.kind in _SEEN for token in between) and _in_doubt(first, second, between):
        return False
    if _words(between) >= _APART or ends_sentence(between, [*second.new, *base[second.end :]][:1]):
        return True
    # What was put in or taken out may be whole sentences itself.
    if all(not part or ends_sentence(part, [*between, *second.new][:1]) for part in (first.old, first.new)):
        return True
    return all(not part or part[0].kind is TokenKind.BLOCK for part in (second.old, second.new))


def _in_doubt(first: _Side, second: _Side, between: Sequence[Token]) -> bool:
    """Whether both have to do with whole sentences or lines at one place, so that either might come first.

    A sentence comes before a line that begins behind it.
    """
    if not (_ends(first) and _ends(second)):
        return False
    if _has_lines(first.new) or _has_lines(between):
        return (_has_lines(first.new) and _has_lines(second.new)) or not _has_lines(between)
    more = [token for token in second.new if token.kind is not TokenKind.BLANK]
    return not more or more[0].kind is not TokenKind.BLOCK


def _ends(side: _Side) -> bool:
    """Whether a sentence or line ends in what is put in or taken out, or a picture or sound stands there."""
    return any(
        ends_sentence(part[at : at + 1], part[at + 1 : at + 2])
        or part[at].key.startswith(("<img", "[sound:"))
        for part in (side.old, side.new)
        for at in range(len(part))
    )


def _has_lines(tokens: Sequence[Token]) -> bool:
    return any(token.kind is TokenKind.BLOCK for token in tokens)


def _added(sides: Sequence[_Side]) -> set[tuple[str, ...]]:
    """What was added, and is more than a few words: if both added it, at two places, it would stand twice."""
    return {
        tuple(key for key in keys(side.new) if key.strip())
        for side in sides
        if _words(side.new) - _words(side.old) >= 3 * _APART
    }
