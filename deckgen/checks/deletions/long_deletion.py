"""C07: a deletion is long

A gap asks for the very words that were there. You can give back a term or a name as it was. A
clause comes back in other words each time, and you have to judge whether they mean
the same. Ask for a thought, as opposed to a word, with a question.

Bad:
    - en: {cloze: "When milk is heated above seventy degrees for a few seconds, the process is called pasteurising, and {{c1::most of the germs in the milk are killed}}."}
    - zh: {cloze: "把牛奶加热到七十度以上并保持几秒钟，这种方法叫作巴氏消毒，它能够{{c1::杀死牛奶里的大部分细菌}}。"}

Good:
    - en: {cloze: "Heating milk above seventy degrees for a few seconds to kill germs is called {{c1::pasteurising}}."}
    - zh: {cloze: "把牛奶加热到七十度以上并保持几秒钟来灭菌，这种方法叫作{{c1::巴氏消毒}}。"}

Limits: 6 words, 10 Chinese characters in one deletion.

Mend:  hide the one word that carries the idea, or make a question of it: `q:` and `a:`.
"""

from __future__ import annotations

from collections.abc import Iterator

from deckgen.checks.proof import Limits, Proof, hidden
from deckgen.finding import Finding

CODE = "C07"
STOPS = True
LIMITS = {"en": Limits(6), "zh": Limits(10)}


def check(proof: Proof) -> Iterator[Finding]:
    """Find deletions above the limits."""
    for passage, deletions in hidden.clozes(proof):
        limits = proof.limits(CODE, LIMITS, passage)
        for deletion in deletions[: hidden.MOST]:
            size = passage.size_of(hidden.words(passage, deletion))
            severity = limits.severity(size)
            if severity is not None:
                message = f"c{deletion.number} hides {size} {passage.unit}, more than {limits.passed(size)}"
                hint = "hide the word that carries the idea, or make it a question with an answer"
                yield passage.finding(CODE, message, hint, hidden.span(passage, deletion), severity)
