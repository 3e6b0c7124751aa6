"""F03: a card asks two questions

If you know one half, was your answer right? You mark a card with two questions on a
whim, and the half that you know hides the half that you don't. Ask one thing a card
(Wozniak's minimum information principle; Matuschak: prompts should be focused). In a
public deck of 150 cards on podcasts, every eighth question is a double one.

Bad:
    - en: {q: "Who built the Eiffel Tower and when was it finished?", a: "Gustave Eiffel's company; in 1889."}
    - zh: {q: "谁主持建造了埃菲尔铁塔，什么时候完工？", a: "古斯塔夫·埃菲尔；1889 年。"}

Good:
    - en: {q: "In which year was the Eiffel Tower finished?", a: "In 1889."}
    - zh: {q: "埃菲尔铁塔在哪一年完工？", a: "1889 年。"}

“…, and how sure is she?” doesn't count: a guess and its certainty belong together. Nor do
question marks inside quotations and brackets, two question words in one clause (“Who
married whom?”), a heading that is repeated, or a doubt that leads to “why”.

Mend:  make two cards of it, or keep the question that matters.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from deckgen.checks.proof import Proof
from deckgen.checks.words.english import AUXILIARY, WH
from deckgen.checks.words.text import cover, unquoted
from deckgen.checks.words.tongue import Tongue
from deckgen.finding import Finding
from deckgen.markup.shown import OBJECT
from deckgen.patterns import lazy

CODE = "F03"
STOPS = False

_BRACKET = lazy(r"[(（\[【][^()（）\[\]【】]*[)）\]】]")
_MARK = lazy(r"[?？\u061f]+(?=[\s\ufffc\u3400-\u9fff]|\Z)|？")
# Without an article: “how a volcano will erupt” is no question of its own.
_NOUN = r"(?!(?:an?|the|its?|his|her|their|they|he|she|we|you|one)\b)[\w'’-]+"
_SURE = r"(?!how (?:sure|certain|confident|firm))"
_ENGLISH = lazy(
    rf"(?<!\A)\band(?: (?:in|to|at|by|for|on|from|of))? {_SURE}(?:(?:what|which|whose|how)\b(?: {_NOUN}){{0,2}} {AUXILIARY}\b[^?]*|{WH}(?:(?:['’]s| {AUXILIARY})\b[^?]*|(?=\s*[?,])))\??"
)
_ENGLISH_PAIR = lazy(rf"(?:\A|[.,:;]\s)\s*{WH},? and {WH}\b")
_ENGLISH_FIRST = lazy(
    rf"(?:\A|[.,:;\x1f\n])\s*(?:(?:please )?(?:explain|describe|say|tell me|state|name|define) )?(?:(?:in|to|at|by|for|on|from|of|and|so) )?{WH}\b"
)
_DOUBT = lazy(r"\s*(?:(?:but|so) )?\w+n['’]t\b")
_NO_FIRST = lazy(r"\bbetween\b")
_CHINESE_WORD = r"(?:为什么|什么|为何|如何|怎么?样?|哪|谁|何时|多少|几)"
_CHINESE_SURE = r"(?!.{0,6}(?:把握|确定|确信))"
# The first part begins or ends with its question word: in others the word is often no question.
_CHINESE = lazy(
    rf"(?:\A\s*|(?<=[。！；;：:\s]))(?!\s)(?:(?:谁|为什么|为何|如何|怎样|什么是|哪[^，,、。？?都也]{{0,3}})[^，,。；？?都也]{{1,30}}"
    rf"|[^，,。；？?]{{1,30}}(?:什么|谁|哪里|哪儿|哪些|哪个|多少|何时|怎样|如何))"
    rf"(?:[，,、；]|以及|并且)({_CHINESE_SURE}[^，,。；？?]{{0,12}}?{_CHINESE_WORD}(?![都也])[^。？?]*[？?]?)"
)
_CHINESE_ANY = lazy(r"无论|不论|不管|任何|比如|例如|没什么|分别")


def check(proof: Proof) -> Iterator[Finding]:
    """Find questions with two marks, or two question words that "and" or a comma joins."""
    for side in proof.sides:
        if side.question is None:
            continue
        span = _second(side.question.folded, side.tongue)
        if span is not None:
            asked = side.question.quote(span).strip()
            message = (
                f"“{asked}” asks a second question" if asked.strip("?？") else "this is a second question"
            )
            hint = "make two cards of it, or keep the question that matters"
            yield side.question.finding(CODE, message, hint, span)


def _second(folded: str, tongue: Tongue) -> tuple[int, int] | None:
    """Where the second question stands."""
    if len(_MARK.findall(folded)) > 1:
        asked = list(_asked(folded))
        if len(asked) > 1:
            return asked[1]
    if tongue is Tongue.ENGLISH:
        return _english(folded)
    found = _CHINESE.search(folded) if tongue is Tongue.CHINESE else None
    return found.span(1) if found and not _CHINESE_ANY.search(found[0]) else None


def _asked(folded: str) -> Iterator[tuple[int, int]]:
    """The questions of a text. A heading that is said again, or a doubt that leads to “why”, is none."""
    seen: set[str] = set()
    start = 0
    for mark in _MARK.finditer(cover(_BRACKET, unquoted(folded), OBJECT)):
        end = mark.end()
        words = " ".join(re.findall(r"\w+", folded[start:end]))
        if words not in seen and not _DOUBT.match(folded[start:end]):
            seen.add(words)
            yield end - len(folded[start:end].lstrip()), end
        start = end


def _english(folded: str) -> tuple[int, int] | None:
    pair = _ENGLISH_PAIR.search(folded)
    if pair:
        return pair.span()
    found = _ENGLISH.search(unquoted(folded)) if _ENGLISH.search(folded) else None
    if (
        found
        and _ENGLISH_FIRST.search(folded, 0, found.start())
        and not _NO_FIRST.search(folded, 0, found.start())
    ):
        return found.span()
    return None
