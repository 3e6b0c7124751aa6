"""F01: a question has no question mark

“Ohm's law” or “the causes of rust” names a topic, and does not say what to
recall: in each review you make up another question. A question mark makes the author
decide on one (Matuschak: prompts should be precise). In a public deck of 150 cards on
podcasts, 27 questions have none.

Bad:
    - en: {q: "The colour of a ripe lemon.", a: "Yellow."}
    - zh: {q: "成熟柠檬的外皮颜色。", a: "黄色。"}

Good:
    - en: {q: "Which colour does a lemon take on as it ripens?", a: "Yellow."}
    - zh: {q: "柠檬成熟时外皮变成什么颜色？", a: "黄色。"}

The mark need not be the last character. A remark, a quotation, code or a formula may
follow it, and it may end any paragraph. A mark inside a quotation counts only at the end.

Left out: cards with `reverse: true`, whose two sides are terms; exercises and requests for
one thing (“Translate …”, “Name …”); a blank such as `____`; a colon with code or a formula
after it; a list that a colon announces; languages that do without the mark, such as
Japanese or Thai.

Mend:  ask for one thing, and end with a question mark.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from deckgen.checks.proof import Passage, Proof, items
from deckgen.checks.words.tongue import Tongue
from deckgen.finding import Finding
from deckgen.kinds import Kind
from deckgen.markup.shown import OBJECT
from deckgen.patterns import lazy

CODE = "F01"
STOPS = False

_CLOSING = r"\"'”’)）\]】»」』"
# Greek and Arabic have marks of their own.
_MARK = lazy(
    rf"[?？\u061f\u037e](?![\"”’»」』\w=&/])|？(?![\"”’»」』])|[?？\u061f\u037e;][{_CLOSING}\s]*\Z|\?[\u3400-\u9fff]"
)
_END_OF_QUOTED = lazy(rf"[?？][{_CLOSING}*_]+[ \t]*\n")
_BLANK = lazy(r"_{2,}|＿|[(（]\s+[)）]|\.{4,}|…{2,}\s*\Z")
_ANNOUNCED = lazy(rf"[:：]\s*{OBJECT}")
# Exercises ask for one result.
_EXERCISE = lazy(
    r"\s*(?:give|name|state|list|write|translate|complete|solve|compute|calculate|convert|simplify|spell|conjugate|evaluate|differentiate|integrate|factor|fill in|pronounce)\b"
    r"|\s*(?:请)?(?:翻译|补全|填空|求|计算|化简|默写|解方程|把.{1,30}译成)",
    re.IGNORECASE,
)
_LETTER = lazy(r"[^\W\d_]")


def check(proof: Proof) -> Iterator[Finding]:
    """Find questions without a mark."""
    for side in proof.sides:
        question = side.question
        if question is None or _MARK.search(question.shown) or side.card.reverse:
            continue
        dense = question.dense and question.tongue is Tongue.OTHER
        announces = side.card.kind is Kind.LIST or any(items.marked(answer) for answer in side.answers)
        if not dense and not _asks(question, announces):
            message = "the question has no question mark"
            hint = "ask for one thing, and end with a question mark"
            yield question.finding(CODE, message, hint)


def _asks(question: Passage, announces: bool) -> bool:
    """Whether it is a question all the same."""
    shown = question.shown
    return bool(
        _END_OF_QUOTED.search(question.text.value)
        or _BLANK.search(question.text.value)
        or _EXERCISE.match(shown)
        or _ANNOUNCED.search(shown)
        or not _LETTER.search(shown)
        or (announces and shown.rstrip().endswith((":", "：")))
    )
