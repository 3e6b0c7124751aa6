"""S02: the question names a number of items, the answer has another

"What are the four bases?" has three in the answer. When the card was written or edited,
a member was lost, or the number was wrong. Whoever learns the card learns the mistake. In
150 public cards this occurs once.

Bad:
    - en: {q: "Which four suits does a deck of playing cards have?", a: "Clubs, hearts and spades"}
    - zh: {q: "一副扑克牌有哪四种花色？", a: "梅花、红桃、黑桃"}

Good:
    - en: {q: "Which two suits of playing cards are red?", a: "Hearts and diamonds"}
    - zh: {q: "扑克牌里哪两种花色是红色的？", a: "红桃和方块"}

Limits: an error where the answer is a `list:` or a Markdown list, a warning where the items
are counted by commas and "and". Only a number that the question asks for counts ("which four",
"what are the four", 哪四种, 四种……是哪些), and only answers that are nothing but an
enumeration. An answer of one piece is left out, because it may name two things in one word.

Mend:  add what is missing, or correct the number.
"""

from __future__ import annotations

from collections.abc import Iterator

from deckgen.checks.proof import Proof, Side, items
from deckgen.checks.words.lists import alternatives, numbers
from deckgen.checks.words.tongue import Tongue
from deckgen.finding import Finding, Severity
from deckgen.kinds import Kind
from deckgen.patterns import lazy

CODE = "S02"
STOPS = True

_CHINESE = {sign: number for number, sign in enumerate("二三四五六七八九十", 2)} | {"两": 2}

_ASKED = {
    Tongue.ENGLISH: lazy(
        lambda: (
            r"\b(?:(?:which|what|name)(?:\s+(?:are|were))?(?:\s+(?:the|its|their|[\w-]+['’]s?))?)"
            rf"\s+({alternatives(_english())}|[2-9]|1\d)\s+(?!of\b|or\b|times\b|percent\b)[a-z]"
        )
    ),
    Tongue.CHINESE: lazy(
        r"哪\s?([两二三四五六七八九十]|\d\d?)(?!十)\s?大?[个种类项条部点步层位座块样国人件段]"
        r"|(?<![第这那前后其十])([两二三四五六七八九十])大?[种类个项条部步层位]"
        r"[^，。？、的或和]{0,10}(?:分别)?(?:是|有|为|叫|指)(?:哪些|哪几)"
    ),
}


def check(proof: Proof) -> Iterator[Finding]:
    """Compare the number in a question with the members of its answer."""
    for side in proof.sides:
        pattern = _ASKED.get(side.tongue)
        if pattern is None or side.question is None:
            continue
        found = pattern.search(side.question.folded)
        if found is None:
            continue
        asked = _number(found[1] or found[2])
        fewest, most, sure = _count(side)
        if most > 1 and not fewest <= asked <= most:
            listed = fewest if fewest > asked else most
            message = f"the question asks for {asked}, the answer has {listed}"
            hint = "add what is missing, or correct the number"
            severity = Severity.ERROR if sure else Severity.WARNING
            yield side.question.finding(CODE, message, hint, found.span(1 if found[1] else 2), severity)


def _english() -> dict[str, int]:
    return {word: value for word, value in numbers("english/cardinals").items() if 2 <= value <= 10}


def _number(word: str) -> int:
    known = _english().get(word) or _CHINESE.get(word)
    return known or int(word)


def _count(side: Side) -> tuple[int, int, bool]:
    """(fewest, most, whether marks tell) of the members of an answer."""
    if side.card.kind is Kind.LIST:
        return len(side.answers), len(side.answers), True
    if side.answer is None:
        return 0, 0, False
    marks = items.marked(side.answer)
    if len(marks) > 1:
        return len(marks), len(marks), True
    members = items.members(side.answer)
    return (members[0], len(members[1]), False) if members else (0, 0, False)
