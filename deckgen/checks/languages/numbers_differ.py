"""B04: the numbers of two languages differ

A figure that is right in one language and wrong in the other teaches half of the
learners a mistake, and nobody who reads only one side can see it. The rule compares digits
in all languages; between English and Chinese it also compares number words, months, decades and
scales: "May 2024" is “2024 年 5 月”, "4.5 billion" is “45 亿”, "the 1970s" are
“20 世纪 70 年代”. Question, answer and cloze count together, and the note by itself. Of 150 trial
cards with natural slips, 19 had a figure that was wrong or lost on one side.

Bad:
    - en: {q: "How long is the Channel Tunnel?", a: "About 50 km."}
      zh: {q: "英吉利海峡隧道有多长？", a: "约 60 公里。"}
    - en: {q: "What share of the Moon's surface can be seen from Earth?", a: "About 59 %, thanks to its rocking."}
      zh: {q: "从地球上总共能看到多大比例的月面？", a: "大约一半多一点，因为有天平动。"}

Good:
    - en: {q: "How long is the Channel Tunnel?", a: "About 50 km."}
      zh: {q: "英吉利海峡隧道有多长？", a: "约 50 公里。"}
    - en: {q: "How old is the universe thought to be?", a: "About 13.8 billion years."}
      zh: {q: "据认为宇宙的年龄有多大？", a: "约 138 亿年。"}

It is an error when each side has a number that the other lacks, and a warning when only one lacks
a number. Left out: number words that one side says in another way ("two tides a
day" may be “潮汐”), figures in names such as GPT-4 unless the other side has another figure, and
code. Between other languages digits above 12 are compared, without "million".

Mend:  look up the right figure and give it on both sides, in the same unit.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from deckgen.checks.proof import Passage, Proof, Side, numerals
from deckgen.checks.proof.numerals import Number
from deckgen.checks.proof.pairs import parts, twin
from deckgen.checks.words.tongue import Tongue
from deckgen.finding import Finding, Severity

CODE = "B04"
STOPS = True

_Found = list[tuple[Passage, Number]]


def check(proof: Proof) -> Iterator[Finding]:
    """Compare the numbers of each language with those of the first."""
    for first, second in proof.pairs:
        plain = Tongue.OTHER in (first.tongue, second.tongue)
        for theirs, ours in parts(first, second):
            there, here = _given(theirs, plain), _given(ours, plain)
            there, here = _missing(there, here, ours, plain), _missing(here, there, theirs, plain)
            if not there and not here:
                continue
            there += _missing(_counts(theirs, plain), [], ours, plain)
            here += _missing(_counts(ours, plain), [], theirs, plain)
            if _differ(there, here):
                yield _finding(first, second, there, here)


def _given(passages: Sequence[Passage], plain: bool) -> _Found:
    return [(passage, number) for passage in passages for number in numerals.given(passage, plain)]


def _counts(passages: Sequence[Passage], plain: bool) -> _Found:
    """English counts: one that is alone in differing says nothing, so they are sought last."""
    return [
        (passage, number)
        for passage in passages
        if passage.tongue is Tongue.ENGLISH and not plain
        for number in numerals.english_counts(passage)
    ]


def _missing(found: _Found, others: _Found, passages: Sequence[Passage], plain: bool) -> _Found:
    """Those that are not among `others` and can't be read from `passages` in any way."""
    known = {value for _, number in others for value in number.values}
    found = [(passage, number) for passage, number in found if known.isdisjoint(number.values)]
    if found:
        for passage in passages:
            known |= numerals.readings(passage, plain)
    return [(passage, number) for passage, number in found if known.isdisjoint(number.values)]


def _differ(there: _Found, here: _Found) -> bool:
    return bool(there and here) or any(number.firm for _, number in there + here)


def _finding(first: Side, second: Side, there: _Found, here: _Found) -> Finding:
    if there and here:
        passage, number = here[0]
        message = f"this says {_words(here)} where `{first.lang}` says {_words(there)}"
        hint = "look up the figure and give the right one on both sides"
        return passage.finding(CODE, message, hint, (number.start, number.end), Severity.ERROR)
    hint = "give it on both sides or on neither"
    if here:
        passage, number = here[0]
        message = f"`{first.lang}` doesn't have {_words(here)}"
        return passage.finding(CODE, message, hint, (number.start, number.end))
    message = f"`{first.lang}` has {_words(there)}, which is missing here"
    return twin(there[0][0], second).finding(CODE, message, hint)


def _words(found: _Found) -> str:
    return ", ".join(dict.fromkeys(f"“{passage.quote((n.start, n.end)).strip()}”" for passage, n in found))
