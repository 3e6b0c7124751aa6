"""B08: the languages ask different questions

One side asks "why" and the other "what", or one wants yes or no and the other a
name. Then one card tests two different things, and the right answer
depends on the language. The rule compares only what the wording shows beyond doubt.

Bad:
    - en: {q: "Why does bread go stale in an open bag?", a: "Its starch crystallises again."}
      zh: {q: "面包放在敞开的袋子里会怎样？", a: "淀粉重新结晶。"}
    - en: {q: "Who measured the size of the Earth with a shadow?", a: "Eratosthenes of Cyrene."}
      zh: {q: "用影子测量地球大小是在什么时候？", a: "公元前三世纪的古希腊。"}

Good:
    - en: {q: "What makes bread go stale in an open bag?", a: "Its starch crystallises again."}
      zh: {q: "面包放在敞开的袋子里为什么会变硬？", a: "淀粉重新结晶。"}

“为什么”, "for what reason", "what makes", “原因是什么” are the same, and “怎么” may be any of them.
Between who, when, where and how many only a clear difference counts.

Mend:  ask the same on both sides; correct the one that doesn't suit the answer.
"""

from __future__ import annotations

from collections.abc import Iterator

from deckgen.checks.proof import Passage, Proof
from deckgen.checks.proof.pairs import english_chinese
from deckgen.checks.words.questions import KINDS
from deckgen.checks.words.text import unquoted
from deckgen.finding import Finding

CODE = "B08"
STOPS = False


def check(proof: Proof) -> Iterator[Finding]:
    """Compare what kind of question the two sides ask."""
    for english, chinese, second in english_chinese(proof):
        if english.question is None or chinese.question is None:
            continue
        ours, theirs = (
            (chinese.question, english.question)
            if second is chinese
            else (english.question, chinese.question)
        )
        kind = _differs(ours, theirs)
        other = "" if kind else _differs(theirs, ours)
        if kind or other:
            there = (english if second is chinese else chinese).lang
            message = (
                f"this asks “{kind}”, but `{there}` doesn't"
                if kind
                else f"`{there}` asks “{other}”, but this doesn't"
            )
            yield ours.finding(CODE, message, "ask the same on both sides")


def _differs(question: Passage, other: Passage) -> str:
    """The kind of `question`, when it is clear and the other can't be of that kind."""
    asked = unquoted(question.shown)
    for kind, (clear, _) in KINDS[question.tongue].items():
        if clear.search(asked):
            return "" if KINDS[other.tongue][kind][1].search(other.shown) else kind
    return ""
