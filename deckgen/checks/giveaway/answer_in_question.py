"""A01: the question says what the answer says

When most words of the answer are in the question, there is nothing left to recall. The
learner can find the answer by reading the question backwards, and is right without knowing anything
(Matuschak: prompts should be effortful). The rule compares words that carry meaning; in
Chinese, which has no spaces between words, it compares pairs of neighbouring characters.

Bad:
    - en: {q: "What is the airtight storage of ground coffee in a tin?", a: "Storage of ground coffee in an airtight tin"}
    - zh: {q: "密封保存咖啡粉的办法是什么？", a: "密封保存咖啡粉的办法"}

Good:
    - en: {q: "What spoils ground coffee that is left open to the air?", a: "Oxygen, which turns its oils stale"}
    - zh: {q: "磨好的咖啡粉敞着放，会因为什么而变味？", a: "氧气使芳香油脂变质"}

Limits: in English a warning above 0.6 of the answer's words and an error above 0.8; in Chinese 0.5
and 0.7 of its pairs. For answers of up to 4 words or 6 characters see A02.
Left out: questions that offer the alternatives ("A or B", 还是), questions that ask for a
difference, and lists.

Mend:  ask from the other side, with words that are not in the answer; or ask for the
reason or a consequence.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from deckgen.checks.proof import Limits, Passage, Proof
from deckgen.checks.proof.choices import offered
from deckgen.checks.words.english import function_words
from deckgen.checks.words.tongue import Tongue
from deckgen.finding import Finding
from deckgen.patterns import lazy

CODE = "A01"
STOPS = True
LIMITS = {"en": Limits(0.6, 0.8), "zh": Limits(0.5, 0.7)}

_WORD = lazy(r"[^\W_][\w'’-]*")
_CHARACTER = lazy("[\u3400-\u9fff]|[a-z0-9]+")
_FEWEST = 3
_SHORT = {False: 4, True: 6}


def check(proof: Proof) -> Iterator[Finding]:
    """Find answers most of whose words stand in the question."""
    for side in proof.sides:
        question, answer = side.question, side.answer
        if question is None or answer is None or side.tongue is Tongue.OTHER:
            continue
        if answer.size <= _SHORT[answer.dense]:
            continue
        limits = proof.limits(CODE, LIMITS, answer)
        share = (_pairs if answer.dense else _words)(question, answer)
        severity = limits.severity(share)
        if severity is not None and not offered(question):
            what = "character pairs" if answer.dense else "words"
            message = f"{100 * share:.0f} % of the {what} of the answer are in the question"
            hint = "ask from the other side, or for the reason or a consequence"
            yield answer.finding(CODE, message, hint, severity=severity)


def _words(question: Passage, answer: Passage) -> float:
    """The share of the answer's words that the question has."""
    words = _WORD.findall(answer.folded)
    small = function_words(CODE)
    needed = {_stem(word) for word in words if word not in small and not word.endswith(("n't", "n’t"))}
    if len(needed) < _FEWEST:
        return 0
    asked = question.folded
    if sum(word in asked for word in needed) * 2 < len(needed):
        return 0
    given = {_stem(word) for word in _WORD.findall(asked)}
    return len(needed & given) / len(needed)


def _stem(word: str) -> str:
    word = word.removesuffix("'s").removesuffix("’s")
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


def _pairs(question: Passage, answer: Passage) -> float:
    """The share of the answer's neighbouring characters that the question has."""
    needed = _neighbours(answer.folded)
    if len(needed) < _FEWEST:
        return 0
    return len(needed & _neighbours(question.folded)) / len(needed)


def _neighbours(text: str) -> set[tuple[str, str]]:
    characters = _CHARACTER.findall(text)
    return set(pairwise(characters))
