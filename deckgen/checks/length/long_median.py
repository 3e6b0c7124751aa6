"""L05: the questions or answers of a deck are long on the whole

Each card may be within its limit, and the deck can still be tiring: a few long answers are
an exception, many are a habit. Long cards take longer in every review, and this sum is what
Wozniak's minimum information principle is about. The rule takes three measures in each
language: the length of the middle answer when all are sorted by length, the length that nine
tenths of the answers do not exceed, and the length of the middle question. In a public deck of 150 cards on
podcasts they are 36, 71 and 17 words.

Bad:   forty cards, half of whose answers have 20 words or more
Good:  forty cards with answers of 8 words in the middle and of 20 at the long end

Limits: 15 words, 24 Chinese characters for the middle answer. From this number come the other two: twice as many
at nine tenths (30, 48), and 1.2 times as many for the middle question (18, 29).
Only decks that give out at least 20 cards with question and
answer are measured, each language by itself. Lists and clozes do not count.

Mend:  sort the answers by length and begin with the longest. Move explanations to
`note:`, and make two cards of an answer that says two things.
"""

from __future__ import annotations

from collections.abc import Iterator

from deckgen.checks.proof import Limits, Passage, Proof
from deckgen.checks.proof.lengths import middle, nine_tenths
from deckgen.finding import Finding

CODE = "L05"
STOPS = True
WIDE = True
LIMITS = {"en": Limits(15), "zh": Limits(24)}

_ENOUGH = 20


def check(proof: Proof) -> Iterator[Finding]:
    """Measure each language of a deck."""
    cards: dict[str, list[tuple[Passage, Passage]]] = {}
    for side in proof.sides:
        if side.question is not None and side.answer is not None:
            cards.setdefault(side.lang, []).append((side.question, side.answer))
    for lang, pairs in cards.items():
        if len(pairs) < _ENOUGH:
            continue
        limits = proof.limits(CODE, LIMITS, pairs[0][0])
        long = []
        for size, share, what in _measures(pairs):
            allowed = Limits(round(limits.warning * share), limits.error * share)
            severity = allowed.severity(size)
            if severity is not None:
                text = f"{what} {size} or more {pairs[0][0].unit}, above the limit of {allowed.passed(size)}"
                long.append((severity, text))
        if long:
            message = "; ".join(text for _, text in long)
            hint = "shorten the longest: move explanations to `note:`, or make two cards"
            yield Finding(proof.deck.key.place, CODE, message, hint, "", lang, max(long)[0])


def _measures(pairs: list[tuple[Passage, Passage]]) -> Iterator[tuple[int, float, str]]:
    """(length, share of the limit that is allowed, what has it) of each measure."""
    questions = sorted(question.size for question, _ in pairs)
    answers = sorted(answer.size for _, answer in pairs)
    yield middle(answers), 1, "half of the answers have"
    yield nine_tenths(answers), 2, "a tenth of the answers have"
    yield middle(questions), 1.2, "half of the questions have"
