"""A03: a card nearby says the answer in its question

New cards come in the order of the deck, so neighbours are met on the same day and often
stay together. When the question of one says what another asks for, you answer the second
from what you read a minute ago. It looks learnt, but is not.

Bad:
    - en: {q: "Which force keeps a parked car from sliding down a hill?", a: "Static friction"}
    - en: {q: "Why do worn tyres lower static friction on wet roads?", a: "Water is no longer led away below them."}
    - zh: {q: "什么力使停在坡上的汽车保持静止？", a: "静摩擦力"}
    - zh: {q: "轮胎磨平后，雨天的静摩擦力为什么变小？", a: "胎面排不走积水。"}

Good:
    - id: parked-car
      en: {q: "Which force keeps a parked car from sliding down a hill?", a: "Static friction"}
      zh: {q: "什么力使停在坡上的汽车保持静止？", a: "静摩擦力"}
    - after: [parked-car]
      en: {q: "Why do worn tyres lower static friction on wet roads?", a: "Water is no longer led away below them."}
      zh: {q: "轮胎磨平后，雨天的静摩擦力为什么变小？", a: "胎面排不走积水。"}

Limits: the rule looks for answers of 2 to 6 words or 4 to 10 characters that occur unchanged in the
question of one of the ten cards before or after. Left out: cards that come `after:` this one, which may
build on its answer; members of lists; and questions that offer the alternatives.
It is only information, because a deck has to repeat its terms.

Mend:  reword one of the two, or move them apart. If one builds on the other, say so
with `after:`. Anki's option "bury" helps only among cards of one note.
"""

from __future__ import annotations

from collections.abc import Iterator

from deckgen.checks.proof import Passage, Proof, Side
from deckgen.checks.proof.choices import offered
from deckgen.checks.words.text import whole
from deckgen.finding import Finding, Severity
from deckgen.markup.shown import OBJECT

CODE = "A03"
STOPS = False
WIDE = True

_NEAR = 10
_SIZES = {False: (2, 6), True: (4, 10)}


def check(proof: Proof) -> Iterator[Finding]:
    """Find answers that stand in the question of a card nearby."""
    by_language: dict[str, list[Side]] = {}
    for side in proof.sides:
        by_language.setdefault(side.lang, []).append(side)
    for sides in by_language.values():
        questions = [" ".join(side.question.folded.split()) if side.question else "" for side in sides]
        # Most answers stand in no question near: one look at many tells it.
        blocks = ["\n".join(questions[start : start + _NEAR]) for start in range(0, len(questions), _NEAR)]
        for index, side in enumerate(sides):
            answer = side.answer
            if answer is None or OBJECT in answer.shown:
                continue
            low, high = _SIZES[answer.dense]
            if not low <= answer.size <= high:
                continue
            words = " ".join(answer.folded.split()).strip(" .,;!?。，；！？")
            start = max(0, index - _NEAR)
            near = blocks[start // _NEAR : (index + _NEAR) // _NEAR + 1]
            if not any(words in block for block in near) or words in questions[index]:
                continue
            for other, question in zip(sides[start:], questions[start : index + _NEAR + 1], strict=False):
                if words in question and other is not side:
                    finding = _finding(side, answer, words, other)
                    if finding is not None:
                        yield finding
                        break


def _finding(side: Side, answer: Passage, words: str, other: Side) -> Finding | None:
    name = side.card.id.value
    question = other.question
    if question is None or any(name == before.value for before in other.card.after) or offered(question):
        return None
    if whole(words, question.folded) is None:
        return None
    message = f"the question of `{other.card.id.value}` nearby says this answer"
    hint = f"reword one of them, or give `{other.card.id.value}` the line `after: [{name}]`"
    return answer.finding(CODE, message, hint, severity=Severity.INFO)
