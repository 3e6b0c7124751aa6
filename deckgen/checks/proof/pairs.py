"""The two sides of a card that rules about English and Chinese compare."""

from __future__ import annotations

from collections.abc import Iterator

from deckgen.checks.proof import Passage, Proof, Side
from deckgen.checks.words.tongue import Tongue


def english_chinese(proof: Proof) -> Iterator[tuple[Side, Side, Side]]:
    """(English, Chinese, the one of them that isn't the deck's first language) for every card that has both."""
    for first, second in proof.pairs:
        if first.tongue is Tongue.ENGLISH and second.tongue is Tongue.CHINESE:
            yield first, second, second
        elif first.tongue is Tongue.CHINESE and second.tongue is Tongue.ENGLISH:
            yield second, first, second


def parts(side: Side, other: Side) -> Iterator[tuple[tuple[Passage, ...], tuple[Passage, ...]]]:
    """What is asked on both sides, and then their notes."""
    yield side.asked, other.asked
    if side.note is not None and other.note is not None:
        yield (side.note,), (other.note,)


def twin(passage: Passage, side: Side) -> Passage:
    """The text of `side` that corresponds to `passage`, or what it asks."""
    return next((other for other in side.passages if other.key == passage.key), side.front)


def same_keys(one: Side, other: Side) -> Iterator[tuple[Passage, Passage]]:
    """The texts that both sides have, in pairs."""
    others = {passage.key: passage for passage in other.passages}
    for passage in one.passages:
        if passage.key in others:
            yield passage, others[passage.key]
