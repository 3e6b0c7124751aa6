"""C03: too little of a cloze stays in sight

What is left of the sentence is the question. When half of it is hidden, or only a few
words are left, many answers fit, and learners can only learn the right one by the look of the
gap. Wozniak recommends cloze deletion for one well-chosen part.

Bad:
    - en: {cloze: "Yeast turns {{c1::sugar into carbon dioxide}}."}
    - zh: {cloze: "酵母把{{c1::糖变成二氧化碳}}。"}

Good:
    - en: {cloze: "Yeast makes a dough rise because it turns sugar into {{c1::carbon dioxide}}."}
    - zh: {cloze: "酵母把糖变成{{c1::二氧化碳}}气体，所以面团会膨胀起来。"}

Limits: a warning above 40 % of the words or characters, an error above 50 %; also fewer than 4 words or 5
characters left. Each number is judged by itself, because the others are shown while it is
hidden. A hint counts as left. Left out: equations, shares of fewer than 4 hidden words or 7 characters, and clozes with a picture, a formula or code
beside the gap.

Mend:  hide only what should be recalled, and let the rest say what is asked. What can't be
shortened is better as a question with an answer.
"""

from __future__ import annotations

from collections.abc import Iterator

from deckgen.checks.proof import Limits, Passage, Proof, hidden
from deckgen.finding import Finding, Severity
from deckgen.markup import cloze
from deckgen.markup.shown import OBJECT

CODE = "C03"
STOPS = True
LIMITS = {"en": Limits(40, 50), "zh": Limits(40, 50)}

# In a short sentence one word is half of it.
_FEWEST_HIDDEN = {False: 4, True: 7}
_FEWEST_LEFT = {False: 4, True: 5}


def check(proof: Proof) -> Iterator[Finding]:
    """Find the numbers of clozes that hide more than the limits, or leave too little."""
    for passage, deletions in hidden.clozes(proof):
        # What is left of an equation says all.
        if passage.has_picture or "=" in passage.shown:
            continue
        limits = proof.limits(CODE, LIMITS, passage)
        seen = set()
        for deletion in deletions[: hidden.MOST]:
            if deletion.number not in seen:
                seen.add(deletion.number)
                yield from _judge(passage, deletions, deletion, limits)


def _judge(
    passage: Passage, deletions: list[cloze.Deletion], first: cloze.Deletion, limits: Limits
) -> Iterator[Finding]:
    sight = hidden.in_sight(passage, deletions, first.number)
    if OBJECT in sight:
        return
    size = sum(passage.size_of(hidden.words(passage, one)) for one in deletions if one.number == first.number)
    counts = size >= _FEWEST_HIDDEN[passage.dense]
    # Most hide a word or two: then it matters only whether a few words are left.
    left = passage.size_of(sight, most=None if counts else _FEWEST_LEFT[passage.dense])
    share = round(100 * size / (size + left)) if size else 0
    severity = limits.severity(share) if counts else None
    hint = "hide only what should be recalled, or make it a question with an answer"
    if severity is not None:
        message = f"c{first.number} hides {share} % of the text, more than {limits.passed(share)} %"
        yield passage.finding(CODE, message, hint, hidden.span(passage, first), severity)
    elif size and left < _FEWEST_LEFT[passage.dense]:
        message = f"c{first.number} leaves only {left} {passage.unit} in sight"
        yield passage.finding(CODE, message, hint, hidden.span(passage, first), Severity.WARNING)
