"""Pairs of cards whose questions have many words in common.

Comparing every card with every other would take minutes for thousands of cards. Two questions
that are alike share a word that few questions have, so only questions that share such a word are
compared. This misses pairs that have only words in common that more than
`_COMMON` questions have, as in "What is the capital of France?", asked about a hundred countries.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from math import ceil

from deckgen.checks.proof import Proof, wording
from deckgen.checks.proof.wording import Front
from deckgen.checks.words.tongue import Tongue

#: So many findings of a rule about one card are enough.
MOST = 3

_COMMON = 100
_KEPT = 6
# A word is a pair's own when so few questions have it.
_FEW = 3
#: The least likeness that counts, and the least number of words to judge by.
_LEAST = 0.4
_FEWEST = 3
_HALF = 0.5
_ALL_BUT = 0.75


@dataclass(eq=False)
class Pair:
    """Two cards in one language, and which part of their words is common (Jaccard's index)."""

    earlier: Front
    later: Front
    likeness: float
    #: How many of the common words hardly another question has.
    own: int

    @property
    def linked(self) -> bool:
        """Whether one card names the other in `see:` or `after:`."""
        first, second = self.earlier.side.card, self.later.side.card
        return any(
            reference.value == other.id.value
            for card, other in ((first, second), (second, first))
            for reference in (*card.see, *card.after)
        )

    @cached_property
    def same_answer(self) -> bool:
        """Whether at least half of the words of their answers are common."""
        first, second = self.earlier.answer, self.later.answer
        if first.key == second.key:
            return True
        shared = len(first.content & second.content)
        return shared > 0 and shared >= _HALF * len(first.content | second.content)

    @cached_property
    def is_repetition(self) -> bool:
        """Whether they ask the same in other words: alike in the answer too, or one only says a little more."""
        first, second = self.earlier.words, self.later.words
        if self.likeness < _HALF or first.asking != second.asking:
            return False
        ours, theirs = first.characters - second.characters, second.characters - first.characters
        if (ours or theirs) and ours <= first.names and theirs <= second.names:
            return False
        if ours and theirs:
            return self.same_answer and not first.differs_in_a_term(second)
        only_more = self.likeness >= _ALL_BUT and self.later.side.cloze is None
        return only_more or self.same_answer


def pairs(proof: Proof) -> list[Pair]:
    """The pairs of a deck, by the later card, the most alike first."""
    return proof.once(_all_pairs)


def _all_pairs(proof: Proof) -> list[Pair]:
    groups: dict[tuple[str, bool], dict[str, Front]] = defaultdict(dict)
    for front in wording.fronts(proof):
        side, words = front.side, front.words
        if side.tongue is not Tongue.OTHER and len(words.content) >= _FEWEST:
            groups[side.lang, side.cloze is not None].setdefault(words.key, front)
    return [pair for group in groups.values() for pair in _pairs(list(group.values()))]


def _pairs(fronts: list[Front]) -> Iterator[Pair]:
    """Pairs that share a rare word and are alike; of each later card those `_KEPT` that may be most alike."""
    contents = [front.words.content for front in fronts]
    spread = Counter(chain.from_iterable(contents))
    rare = [
        sorted([word for word in content if 1 < spread[word] <= _COMMON], key=spread.__getitem__)
        for content in contents
    ]
    common = [sum(spread[word] > _COMMON for word in content) for content in contents]
    sizes = [len(content) for content in contents]
    share, least = _LEAST / (1 + _LEAST), min(sizes, default=0)
    holders: dict[str, list[int]] = defaultdict(list)
    for index, front in enumerate(fronts):
        size, mine = sizes[index], common[index]
        # Who shares enough of the rare words also shares one of them when so many less one are left out.
        enough = max(1, ceil(share * (size + least)) - mine)
        sought = rare[index][: max(0, len(rare[index]) - enough + 1)]
        own_rare, nearest = {*rare[index]}, []
        for other in {*chain.from_iterable([holders[word] for word in sought])}:
            at_most = len(own_rare.intersection(rare[other])) + min(mine, common[other])
            total = size + sizes[other]
            if at_most >= share * total:
                nearest.append((at_most / total, -other))
        for _, other in sorted(nearest, reverse=True)[:_KEPT]:
            both = contents[index] & contents[-other]
            likeness = len(both) / (size + sizes[-other] - len(both))
            if likeness >= _LEAST:
                own = sum(spread[word] <= _FEW and word[0].isalpha() for word in both)
                yield Pair(fronts[-other], front, likeness, own)
        for word in rare[index]:
            holders[word].append(index)


def name(front: Front) -> str:
    """How a finding names a card."""
    words = " ".join(front.side.front.text.value.split())
    return f"`{front.side.card.id.value}`, “{words if len(words) <= 70 else words[:69] + '…'}”"
