"""F09: a question asks what is not so

“Which metal does not rust?” is easily read as “Which metal rusts?”, above all in a quick
review. What you then recall is the opposite. Often such a question also has many right answers. Of
150 public cards 15 % have a negation, and most of these are fine, so this is only information.

Bad:
    - en: {q: "Which large bird of Africa is not able to fly?", a: "The ostrich."}
    - zh: {q: "非洲的哪种大型鸟类不能飞行？", a: "鸵鸟。"}

Good:
    - en: {q: "Which flightless bird of Africa is the largest living one?", a: "The ostrich."}
    - zh: {q: "现存最大的鸟类是非洲的哪一种？", a: "鸵鸟。"}

The rule looks for questions with which, what or who and “not”, “never” or “except”. Left out:
“why … not”, where the negation is what should be explained, “not only”, “at least”, and
anything before the question itself.

Mend:  ask the positive question, or set the negation in **bold**; then nothing is reported.
"""

from __future__ import annotations

from collections.abc import Iterator

from deckgen.checks.proof import Passage, Proof
from deckgen.checks.words.text import unquoted
from deckgen.checks.words.tongue import Tongue
from deckgen.finding import Finding, Severity
from deckgen.patterns import lazy

CODE = "F09"
STOPS = False

_ENGLISH = lazy(
    r"\b(?:which|what|who|whom|whose|where)\b[^.?!;:,]{0,90}?"
    r"((?<!whether or )\bnot\b(?! (?:only|just|merely|necessarily))|\w+n['’]t\b|\bnever\b|\bexcept\b|(?<!at )(?<!at the )\bleast\b(?! recently))"
)
_ENGLISH_WHY = lazy(r"\b(?:why|how|if|because|when|mean|difference|reason)\b")
_CHINESE = lazy(
    r"(?:哪|谁|什么(?!时候|情况))[^，。？?；：]{0,30}?"
    r"((?<![是能会有要该可对需])不(?=是|属于|包括|会|能|含|需要|具有|具备|支持|应|可以|允许|发生|产生|存在|受|参与|出现)|(?<!有)没有|除了)"
    r"|(?<![是能会有])(不(?:是|属于|包括|会|能|含|需要|具有|具备|支持))[^，。？?；：]{0,12}?(?:的是(?:哪|什么|谁)|哪)"
)
_CHINESE_WHY = lazy(r"为什么|为何|怎么|如何|区别|是不是|是什么意思|还有|什么(?:情况|时候|条件)")
_NEGATION = {Tongue.ENGLISH: _ENGLISH, Tongue.CHINESE: _CHINESE}
_WHY = {Tongue.ENGLISH: _ENGLISH_WHY, Tongue.CHINESE: _CHINESE_WHY}
# “What do threads share that processes do not?” can't be read the other way round.
_CONTRAST = lazy(r"\w \b(?:that|but)\b[^.?!]{3,60}(?:\bnot|n['’]t)\Z")


def check(proof: Proof) -> Iterator[Finding]:
    """Find questions for what is not so."""
    for side in proof.sides:
        question = side.question
        if question is None or side.tongue is Tongue.OTHER:
            continue
        span = _negation(question)
        if span is not None:
            message = f"“{question.quote(span)}” is easily overlooked"
            hint = "ask the positive question, or set the negation in bold"
            yield question.finding(CODE, message, hint, span, Severity.INFO)


def _negation(question: Passage) -> tuple[int, int] | None:
    pattern, folded = _NEGATION[question.tongue], question.folded
    found = pattern.search(unquoted(folded)) if pattern.search(folded) else None
    if found is None or _WHY[question.tongue].search(folded):
        return None
    start, end = found.span(found.lastindex or 0)
    if _CONTRAST.search(folded, 0, end):
        return None
    return None if question.text.value[:start].endswith(("*", "_")) else (start, end)
