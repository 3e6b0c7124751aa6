"""F02: yes or no would be an answer

Half of all guesses are right, so a right answer proves little and takes no effort
(Matuschak: prompts should be effortful). When the answer is “yes” or “no”, what is
worth knowing is usually behind it: ask for that.

Bad:
    - en: {q: "Does the Moon cause the tides?", a: "Yes."}
    - zh: {q: "潮汐是月球引起的吗？", a: "是的。"}

Good:
    - en: {q: "Which body in the sky causes most of the tides?", a: "The Moon."}
    - zh: {q: "海水涨落主要由哪个天体引起？", a: "月球。"}

It is an error when the answer begins with yes, no, true or false, and otherwise a warning. Left out: questions
that offer a choice (“sweet or sour?”) or also ask for the reason, requests (“Can you
name …?”), and what an interviewer asks (“Have you …?”).

Mend:  ask why, which, how much. If what surprises is just that it is so, silence the rule on
the card and say why.
"""

from __future__ import annotations

from collections.abc import Iterator

from deckgen.checks.proof import Proof, Side
from deckgen.checks.words.english import AUXILIARY, WH
from deckgen.checks.words.text import unquoted
from deckgen.checks.words.tongue import Tongue
from deckgen.finding import Finding, Severity
from deckgen.patterns import lazy

CODE = "F02"
STOPS = True

_ENGLISH_ASKED = lazy(rf"\b{WH}\b")
_ENGLISH_FORM = lazy(
    rf"(?:(?:\A|[.!\n])\s*(?:and |but |so )?|, ){AUXILIARY}\s(?!you (?:\w+ly )?(?:explain|describe|name|give|tell|list|think of|recall|define)\b)"
)
_ENGLISH_CHOICE = lazy(rf"\bor\b|\b(?:and|if so|if not|but),? {WH}\b")
# What an interviewer asks is recalled with what to say, not with yes or no.
_TO_YOU = lazy(rf"\s*{AUXILIARY}\s+you\b")
_TO_YOU_CHINESE = lazy(r"\s*(?:请问)?[你您]")
_ENGLISH_ANSWER = lazy(r"\s*(?:yes|no|true|false|yep|nope|yeah|correct|incorrect)\b(?=\s*(?:[.,;:!—–(-]|\Z))")
_CHINESE_ASKED = lazy(
    r"什么|为何|如何|怎|哪|谁|何时|何地|何处|何种|多少|几|多[大长高远久快重深宽]|还是|或|(?:你|您)?(?:能|可以)(?:否|不能)?[^，。？]{0,3}(?:解释|举|说说|说出|说明|描述|介绍|列|给出|讲|谈)"
)
_CHINESE_FORM = lazy(
    r"[吗嘛]\s*\Z|(?<![什怎那这多])么\s*\Z|是不是|是否|能否|可否|会否|会不会|有没有|能不能|可不可以|对不对|要不要|需不需要|该不该"
)
_CHINESE_ANSWER = lazy(
    r"\s*(?:已经|并|也|当然|完全|还)?(?:不是|不会|不能|不可以|不行|不对|不正确|不需要|不必|不用|不应该?|不要|不存在|不属于|不影响|没有|没|"
    r"不|否|错误?|正确|是|会|能|可以|行|对|有|需要|要|应该|存在|属于|必须|非)(?:的|了|呢|啊)?(?=\s*(?:[。，,；;：:！!.、（(]|\Z))"
)
_MARK = lazy("[?？]")
_STOP = lazy(r"[.!。！；;:：\n]\s*(?=\S)|\x1f{2,}")


def check(proof: Proof) -> Iterator[Finding]:
    """Find questions of yes and no, and answers that make them one."""
    for side in proof.sides:
        if side.question is None or side.tongue is Tongue.OTHER:
            continue
        level, span = _judge(side)
        if level is not None:
            answered = level is Severity.ERROR and side.answer is not None
            message = "yes or no answers the question" + (", and is the answer" if answered else "")
            hint = "ask for what is behind it: why, which, how much"
            yield side.question.finding(CODE, message, hint, span, level)


def _judge(side: Side) -> tuple[Severity | None, tuple[int, int] | None]:
    assert side.question is not None  # noqa: S101  # the caller looked
    english = side.tongue is Tongue.ENGLISH
    answer = side.answer.folded if side.answer is not None else ""
    bare = (_ENGLISH_ANSWER if english else _CHINESE_ANSWER).match(answer)
    folded = side.question.folded
    if not bare and not (_ENGLISH_FORM if english else _CHINESE_FORM).search(
        folded.replace("？", " ").replace("?", " ")
    ):
        return None, None
    sentences = _sentences(unquoted(folded))
    if not sentences:
        return None, None
    form = [span for span in sentences if _is_form(folded[slice(*span)].rstrip("?？ "), english)]
    if english and not bare:  # behind the point of an abbreviation, or a formula, no sentence begins
        shown = side.question.shown
        form = [span for span in form if not span[0] or shown[slice(*span)].lstrip()[:1].isupper()]
    if bare and form:
        return Severity.ERROR, form[0]
    return (Severity.WARNING, form[-1]) if form and form[-1] == sentences[-1] else (None, None)


def _sentences(shown: str) -> list[tuple[int, int]]:
    """The spans of the sentences that end in a question mark; of a text without one, all of it."""
    spans = []
    end = 0
    for mark in _MARK.finditer(shown):
        start = end
        end = mark.end()
        for stop in _STOP.finditer(shown, start, end):
            start = stop.end()
        spans.append((start, end))
    return spans or [(0, len(shown))]


def _is_form(sentence: str, english: bool) -> bool:
    if not english:
        if _TO_YOU_CHINESE.match(sentence):
            return False
        return bool(_CHINESE_FORM.search(sentence)) and not _CHINESE_ASKED.search(sentence)
    form = _ENGLISH_FORM.search(sentence)
    if form is None or _ENGLISH_ASKED.search(sentence, 0, form.start()):
        return False
    return not (_ENGLISH_CHOICE.search(sentence) or _TO_YOU.match(sentence))
