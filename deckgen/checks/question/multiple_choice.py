"""F04: a question gives answers to choose from

It is easier to recognise an answer among others than to recall it, and it trains less (Rowland
2014). A “which of these” without the answers to choose from can't be answered at all. A
question with just one meaning needs no choice.

Bad:
    - en: {q: "Which of the following metals is liquid at room temperature?", a: "Mercury."}
    - zh: {q: "下列哪种金属在室温下是液体？", a: "汞。"}

Good:
    - en: {q: "Which metal is liquid at room temperature?", a: "Mercury."}
    - zh: {q: "哪种金属在室温下是液体？", a: "汞。"}

The rule looks for “which of the following”, “which of these”, “all of the above”, “true or
false” and the like, and for lines that begin with A, B and C.

Mend:  ask without the choice. If the question then has many answers, say what sets the
right one apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from deckgen.checks.proof import Passage, Proof, Side
from deckgen.checks.words.text import unquoted
from deckgen.checks.words.tongue import Tongue
from deckgen.finding import Finding, Severity
from deckgen.patterns import lazy

CODE = "F04"
STOPS = True

_PHRASE = {
    Tongue.ENGLISH: lazy(
        r"\b(?:(?:which|what)(?: (?:one|two|three))? of (?:the following|the below|these|those)"
        r"|(?:which|what) of the \w+ (?:below|above)|(?:all|none|both) of the above|(?:is (?:it|this|that)|whether(?: it is)?) true or false"
        r"|true or false(?=\s*[?)]))\b"
        # “True or False” elsewhere are the two values of a program.
        r"|(?:\A|[.:?!]\s)\s*(?:true or false(?=[:.,]\s|\s?[–—-])|(?:pick|choose|select) (?:the (?:right|correct|best)|one of)\b)"
    ),
    Tongue.CHINESE: lazy(
        r"(?:(?<=[，。；：、\s请在关于对从])|\A)(?:以下|下列|下面)(?:各?[^，。；？?]{0,12}?)?(?:哪|谁|何者|什么|[对错]误?的是|正确的|属于|不属于)"
        r"|判断(?:对错|正误)|(?:正确|对)还是错|选出(?:正确|错误)|以上(?:都|皆|全)"
    ),
}
_OPTION = lazy(r"^[\s>*_-]*[(（]?([ABC])[.:：、．)）](?=\s*\S)", re.MULTILINE)
_LETTER = lazy(r"\W*(?:answer:? )?[A-E](?:\W|\Z)", re.IGNORECASE)


def check(proof: Proof) -> Iterator[Finding]:
    """Find phrases and lists that offer a choice."""
    for side in proof.sides:
        phrase = _PHRASE.get(side.tongue)
        if phrase is None:
            continue
        for passage in side.passages:
            span = _choice(side, passage, phrase) if passage.key in ("q", "a") else None
            if span is not None:
                message = "the question gives answers to choose from"
                hint = "ask without the choice, and say what sets the right answer apart"
                yield passage.finding(CODE, message, hint, span, Severity.ERROR)
                break


def _choice(side: Side, passage: Passage, phrase: re.Pattern[str]) -> tuple[int, int] | None:
    found = phrase.search(passage.folded)
    if found and phrase.search(unquoted(passage.folded)):
        return found.span()
    if passage.key != "q" or "B" not in passage.shown:
        return None
    options = {option[1]: option for option in _OPTION.finditer(passage.text.value)}
    named = side.answer is not None and _LETTER.match(side.answer.shown)
    if "A" in options and "B" in options and (named or "C" in options):
        return options["A"].span(1)
    return None
