"""B13: a note or a hint is on one side only

One language of a card explains something that learners of the other don't get. Usually it was
added later, or left out in translating.

Bad:
    - en: {q: "Why is bread dough kneaded?", a: "To line up the gluten.", note: "Gluten forms when flour meets water."}
      zh: {q: "面团为什么要揉？", a: "使面筋排列整齐。"}

Good:
    - en: {q: "Why is bread dough kneaded?", a: "To line up the gluten.", note: "Gluten forms when flour meets water."}
      zh: {q: "面团为什么要揉？", a: "使面筋排列整齐。", note: "面粉遇水形成面筋。"}

Mend:  write it in the other language as well. If only readers of one language need the
remark, silence the rule on the card and give this as the reason.
"""

from __future__ import annotations

from collections.abc import Iterator

from deckgen.checks.proof import Proof, Side
from deckgen.finding import Finding
from deckgen.kinds import Role
from deckgen.markup import cloze

CODE = "B13"
STOPS = False


def check(proof: Proof) -> Iterator[Finding]:
    """Compare notes, hints under questions, and the hints of clozes."""
    for first, other in proof.pairs:
        for role in (Role.NOTE, Role.HINT):
            having, lacking = (first, other) if _has(first, role) else (other, first)
            if _has(having, role) and not _has(lacking, role):
                message = f"`{having.lang}` has a {role}, but this has none"
                yield lacking.front.finding(CODE, message, f"add the {role}")
        hints, others = _hints(first), _hints(other)
        if hints != others:
            lacking, having = (first, other) if len(hints) < len(others) else (other, first)
            message = f"the deletions of `{having.lang}` have hints, but these have none"
            yield lacking.front.finding(CODE, message, "add the hint: `{{c1::answer::hint}}`")


def _has(side: Side, role: Role) -> bool:
    return any(passage.role is role for passage in side.passages)


def _hints(side: Side) -> set[int]:
    """The numbers of the deletions that have a hint."""
    if side.cloze is None:
        return set()
    return {deletion.number for deletion in cloze.scan(side.cloze.text.value)[0] if deletion.hint}
