"""B05: only one language says that it is not certain

“可能” on one side and a plain fact on the other teach two different things, and those who learn
the fact learn something that the source doesn't say. The other side needn't use the same
word: any way of showing doubt will do, in question, answer or cloze. Notes are compared with notes.

Bad:
    - en: {q: "Why do cats purr when they are hurt?", a: "Perhaps the vibration helps them to heal."}
      zh: {q: "猫受伤时为什么会打呼噜？", a: "振动帮助它们愈合。"}

Good:
    - en: {q: "Why do cats purr when they are hurt?", a: "Perhaps the vibration helps them to heal."}
      zh: {q: "猫受伤时为什么会打呼噜？", a: "振动也许帮助它们愈合。"}

Only a clear hedge makes a finding: perhaps, probably, may, about 5; 可能、也许、大约、似乎.
Others never make one, because the other language often does without them: think and 认为, hope and 希望,
can, often, mostly and the like. But on the other side they are enough.

Mend:  carry the hedge over, or remove it from both sides when the source is sure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from deckgen.checks.proof import Passage, Proof, Side
from deckgen.checks.proof.pairs import english_chinese, parts, twin
from deckgen.checks.words.hedges import CAN, CLEAR, HEDGES, MAY, WEAK
from deckgen.finding import Finding

CODE = "B05"
STOPS = False


def check(proof: Proof) -> Iterator[Finding]:
    """Find clear hedges of one side where the other has nothing like one."""
    for english, chinese, second in english_chinese(proof):
        for passages, others in parts(english, chinese):
            found = _lone(passages, others)
            if found:
                yield _finding(*found, english, chinese, second)
            found = _lone(others, passages)
            if found:
                yield _finding(*found, chinese, english, second)


def _lone(passages: Sequence[Passage], others: Sequence[Passage]) -> tuple[Passage, re.Match[str]] | None:
    clear = CLEAR[passages[0].tongue]
    for passage in passages:
        # “May” is a month.
        found = clear.finditer(passage.folded)
        match = next((hedge for hedge in found if passage.shown[slice(*hedge.span())] != "May"), None)
        if match:
            return None if _hedged(others, match[0]) else (passage, match)
    return None


def _hedged(passages: Sequence[Passage], word: str) -> bool:
    patterns = [WEAK[passages[0].tongue], HEDGES[passages[0].tongue]]
    if MAY.fullmatch(word):
        patterns.append(CAN)
    return any(pattern.search(passage.shown) for passage in passages for pattern in patterns)


def _finding(passage: Passage, match: re.Match[str], side: Side, other: Side, second: Side) -> Finding:
    word = passage.quote(match).strip()
    hint = "carry the hedge over, or remove it from both sides"
    if side is second:
        message = f"“{word}” is a hedge, and `{other.lang}` has none"
        return passage.finding(CODE, message, hint, match)
    message = f"`{side.lang}` hedges with “{word}”, but here it is a plain fact"
    return twin(passage, other).finding(CODE, message, hint)
