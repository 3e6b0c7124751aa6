"""A02: the answer stands in the question

If the short answer can be read off the front, or off the hint there, the card asks for nothing. It comes up right in
every review, and teaches that this is how cards are answered. The deck's title, which
Anki shows in its list of decks, gives an answer away in the same way, though less surely.

Bad:
    - en: {q: "In which city does the University of Bologna stand?", a: "Bologna"}
    - zh: {q: "博洛尼亚大学坐落在哪座城市？", a: "博洛尼亚"}

Good:
    - en: {q: "Which Italian city has the oldest university in Europe?", a: "Bologna"}
    - zh: {q: "欧洲最古老的大学坐落在意大利哪座城市？", a: "博洛尼亚"}

Limits: the rule looks for answers and members of lists of up to 4 words or 6 Chinese characters, as they
stand. In the question and in the hint they are an error, in the title a warning. Tags give nothing away, because a review
doesn't show them. Left out: questions that offer the alternatives ("A or B", 还是, 中哪个)
or ask for a difference; words in another sentence than the one that asks, or in its
"if", such as the persons of a case; answers of one letter or Chinese character, numbers
below 100, and words such as "both".

Mend:  describe the thing in other words, or ask for something else about it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from deckgen.checks.proof import Passage, Proof
from deckgen.checks.proof.choices import offered
from deckgen.checks.words import lists
from deckgen.checks.words.scripts import as_known
from deckgen.checks.words.text import fold, whole
from deckgen.finding import Finding, Severity
from deckgen.kinds import Role
from deckgen.markup.shown import OBJECT
from deckgen.patterns import lazy

CODE = "A02"
STOPS = True

_SHORT = {False: 4, True: 6}
_ARTICLE = lazy(r"(?:the|an?)\s+", re.IGNORECASE)
# Beside the words of a list, answers that say nothing by themselves.
_EMPTY = lazy(r"[\W\d]{0,2}|[^\W\d_]")
_CASE = lazy(
    r"\s*(?:if|suppose|when|given|while|although)\b[^,]*,|\s*(?:如果|假如|若|当)[^，]*，", re.IGNORECASE
)
_SENTENCE_END = lazy(r"[.!](?=\s)|[。！;；:：\n]")


def check(proof: Proof) -> Iterator[Finding]:
    """Find short answers that stand in the question or the title."""
    titles = {lang: fold(as_known(title.value, lang)) for lang, title in proof.deck.title.items()}
    for side in proof.sides:
        question = side.question
        if question is None:
            continue
        asked = " ".join(question.folded.split())
        for answer in side.answers:
            if answer.size > _SHORT[answer.dense] or OBJECT in answer.shown:
                continue
            words = _bare(answer)
            if words in asked:
                yield from _in_question(question, words, answer)
            elif words in titles.get(side.lang, ""):
                yield from _in_title(titles[side.lang], words, answer)
            for hint in (passage for passage in side.passages if passage.role is Role.HINT):
                if place := _whole(words, hint.folded, 0):
                    message = f"the answer “{answer.written.strip()}” is in the hint"
                    yield hint.finding(CODE, message, "hint at it in other words", place, Severity.ERROR)


def _bare(answer: Passage) -> str:
    return _ARTICLE.sub("", " ".join(answer.folded.split()).strip(" .,;!。，；！"), 1)


def _in_question(question: Passage, words: str, answer: Passage) -> Iterator[Finding]:
    place = _whole(words, question.folded, _beginning(question.folded))
    if place is not None and not offered(question):
        message = f"the answer “{answer.written.strip()}” is in the question"
        hint = "describe it in other words, or ask for something else about it"
        yield question.finding(CODE, message, hint, place, Severity.ERROR)


def _in_title(title: str, words: str, answer: Passage) -> Iterator[Finding]:
    if _whole(words, title, 0) is not None:
        message = f"the answer “{answer.written.strip()}” is in the title of the deck"
        hint = "ask for something that the title does not say"
        yield answer.finding(CODE, message, hint)


def _beginning(lower: str) -> int:
    """Where the sentence begins that asks, behind the case that it supposes."""
    ends = [match.end() for match in _SENTENCE_END.finditer(lower.rstrip())]
    start = max((end for end in ends if end < len(lower.rstrip())), default=0)
    case = _CASE.match(lower, start)
    return case.end() if case else start


def _whole(words: str, text: str, start: int) -> tuple[int, int] | None:
    """Where `words` stand in `text` as words of their own."""
    is_empty = _EMPTY.fullmatch(words) or words in lists.words("english/empty_answers")
    return None if is_empty else whole(words, text, start)
