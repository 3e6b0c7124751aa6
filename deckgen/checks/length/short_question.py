"""L03: a question is too short

"What is yeast?" has many right answers: a fungus, a raising agent, a word of five
letters. Which one did the card want? So few words can't rule out the other answers
(Matuschak: prompts should be precise). Say in which respect you ask.

Bad:
    - en: {q: "What is yeast?", a: "A single-celled fungus"}
    - zh: {q: "酵母是啥？", a: "单细胞真菌"}

Good:
    - en: {q: "To which kingdom of life does yeast belong?", a: "Fungi"}
    - zh: {q: "酵母在生物分类上属于哪一界？", a: "真菌界"}

Limits: 4 words, 6 Chinese characters; with a second limit, as in `[4, 2]`, what lies below it
is an error. Left out: questions for a person, a time or a place ("Who discovered
umami?"), which are short and precise; cards that are asked in both directions
(`reverse:`), where the front is a term; and questions with a picture, a sound, a formula
or code, which carries the rest of the question.

Mend:  say in which respect: which kind, what for, by what, compared with what.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

from deckgen.checks.proof import Limits, Passage, Proof
from deckgen.finding import Finding, Severity
from deckgen.markup.shown import OBJECT
from deckgen.patterns import lazy

CODE = "L03"
STOPS = True
LIMITS = {"en": Limits(4), "zh": Limits(6)}

_PRECISE = lazy(r"\s*(?:who|whose|when|where)\b|.*(?:谁|何时|何地|何处|哪[年里国天月])", re.IGNORECASE)


def check(proof: Proof) -> Iterator[Finding]:
    """Find questions below the limits."""
    for side in proof.sides:
        question = side.question
        if question is None or side.card.reverse:
            continue
        limits = proof.limits(CODE, LIMITS, question)
        size = question.size
        if not 0 < size < limits.warning or _says_more(question):
            continue
        severity = Severity.ERROR if size < limits.error < math.inf else Severity.WARNING
        unit = question.unit.removesuffix("s") if size == 1 else question.unit
        message = f"the question has {size} {unit}, fewer than {limits.warning:g}"
        hint = "say in which respect: which kind, what for, compared with what"
        yield question.finding(CODE, message, hint, severity=severity)


def _says_more(question: Passage) -> bool:
    """Whether few words do, or stand beside something else."""
    return question.has_picture or OBJECT in question.shown or _PRECISE.match(question.shown) is not None
