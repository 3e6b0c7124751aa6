"""T01: a punctuation mark has the wrong width

Chinese uses full-width marks (`，。？：；！（）`), English half-width ones. The wrong kind
comes from the other keyboard. A half-width mark sticks to the Chinese character
before it, and a full-width mark leaves a gap in an English line.

Bad:
    - en: {q: "Why does bread dough rise？", a: "Yeast gives off gas."}
    - zh: {q: "面团为什么会发起来?", a: "酵母放出气体,面筋把它兜住。"}

Good:
    - en: {q: "Why does bread dough rise?", a: "Yeast gives off gas."}
    - zh: {q: "面团为什么会发起来？", a: "酵母放出气体，面筋把它兜住。"}

Left out: code, formulas, numbers (`3.5`, `10:30`), names of files, addresses, labels
such as `1)` and `(a)`, a Latin word in brackets after a space, as in `面筋 (gluten)`, a
letter with its bracket, as in `f(甲)`, Chinese words that an English text quotes, and
quotation marks, because Chinese “ ” are the same as in English, and the full stop behind
a quoted Latin word. At most 20 places of a text are named.

Mend:  type the mark of the text's language.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from deckgen.checks.proof import Passage, Proof
from deckgen.checks.proof.prose import MOST, fix_for, prose
from deckgen.checks.words.tongue import Tongue
from deckgen.finding import Finding
from deckgen.patterns import lazy

CODE = "T01"
STOPS = False

_HAN = "\u3400-\u4dbf\u4e00-\u9fff"
_FULL = dict(zip(",.?:;!()", "，。？：；！（）", strict=True))
_HALF = {full: half for half, full in _FULL.items()}
# After a Chinese character, or between something else and one.
_IN_CHINESE = lazy(
    rf"(?<=[{_HAN}”’」』》）】])(?:[,;:!?](?![=/])|(?<![一二三四五六七八九十])(?<![A-Za-z][”’])\.(?![\w.]))"
    rf"|(?<=[A-Za-z0-9%)\]\ufffc\x1f])[,;](?= ?[{_HAN}“「『《（【])"
    rf"|(?<=[A-Za-z%)\]\ufffc\x1f][A-Za-z%)\]\ufffc\x1f])[?](?= ?[{_HAN}“「『《（【])"
)
_BRACKETS = lazy(r"(?<![:;=-])\(([^()\n]*)\)")
_LABEL = lazy(r"\d{1,3}|[A-Za-z]|[ivx]{1,4}")
_NUMBERS = lazy(r"[\s\d.,;+*/=<>%-]*")
_FORMULA = lazy(r"(?<![A-Za-z])[A-Za-z]\Z")
_IS_HAN = lazy(f"[{_HAN}]")
_ANY_HALF = lazy(r"[,.?:;!(]")
_ANY_FULL = lazy("[，。？：；！（）、]")
_CJK = lazy("[\u2e80-\u9fff\uac00-\ud7af\uff00-\uffef“”‘’…]")


def check(proof: Proof) -> Iterator[Finding]:
    """Find half-width marks at Chinese characters and full-width ones in English."""
    for passage in proof.written:
        text = passage.text.value
        if passage.tongue is Tongue.CHINESE and _ANY_HALF.search(text):
            yield from islice(_half(passage), MOST)
        elif passage.tongue is Tongue.ENGLISH and not text.isascii() and _ANY_FULL.search(text):
            yield from islice(_full(passage), MOST)


def _half(passage: Passage) -> Iterator[Finding]:
    shown = prose(passage)
    marks = [match.start() for match in _IN_CHINESE.finditer(shown)]
    for brackets in _BRACKETS.finditer(shown) if "(" in shown else ():
        if _is_chinese(shown, brackets):
            marks += brackets.start(), brackets.end() - 1
    for start in sorted(marks):
        mark = shown[start]
        # A full-width mark needs no space behind it.
        end = start + 2 if re.match(r" [^\s]", shown[start + 1 : start + 3]) and mark != "(" else start + 1
        message = f"the half-width `{mark}` is next to a Chinese character"
        fix = fix_for(passage, (start, end), _FULL[mark])
        yield passage.finding(CODE, message, f"write `{_FULL[mark]}`", (start, end), fix=fix)


def _is_chinese(shown: str, brackets: re.Match[str]) -> bool:
    """Whether brackets belong to a Chinese text: they hold Chinese words, or follow one directly."""
    inner, before = brackets[1], shown[max(0, brackets.start() - 2) : brackets.start()]
    if _IS_HAN.search(inner):
        return not _FORMULA.search(before)
    # An interval or the coordinates of a point keep the brackets of formulas.
    return bool(_IS_HAN.match(before[-1:])) and not _LABEL.fullmatch(inner) and not _NUMBERS.fullmatch(inner)


def _full(passage: Passage) -> Iterator[Finding]:
    shown = prose(passage)
    for match in _ANY_FULL.finditer(shown):
        before, after = shown[: match.start()].rstrip()[-1:], shown[match.end() :].lstrip()[:1]
        if not _CJK.match(before) and not _CJK.match(after):
            mark = match[0]
            half = _HALF.get(mark, ",")
            message = f"the full-width `{mark}` is in English text"
            yield passage.finding(CODE, message, f"write `{half}`", match)
