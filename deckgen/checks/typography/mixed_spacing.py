"""T03: Chinese and Latin characters are spaced in two ways

Between a Chinese character and a Latin letter or a digit, some people set a space (`用 GPS 定位`)
and some set none. Both are right, but a deck that does both looks pieced
together, and a search for a phrase misses half of the places. The rule takes what most places of
the deck do as its style, and reports the others.

Bad:
    - zh: {q: "GPS 为什么要用 4 颗卫星定位？", a: "第 4 颗用来校正 GPS 接收机的时钟。", note: "用 GPS 定位时，用 sat 表示卫星，用 rec 表示接收机，用 clock 表示时钟，用 error 表示误差，用 truth 表示真值，但用signal表示信号。"}

Good:
    - zh: {q: "GPS 为什么要用 4 颗卫星定位？", a: "第 4 颗用来校正 GPS 接收机的时钟。", note: "用 GPS 定位时，用 sat 表示卫星，用 rec 表示接收机，用 clock 表示时钟，用 error 表示误差，用 truth 表示真值，用 signal 表示信号。"}

Letters and digits are counted separately, because many people write `用 GPS 定位` and yet `2024年`. With
fewer than 10 places, or fewer than three quarters of them alike, the deck has no style and
nothing is reported. Left out: single letters, as in `X射线` and `F值`, labels such as `200：`,
and places next to code, formulas and emphasis. At most 20 places of a text are named.

Mend:  add or delete the space; or turn the rule off: `lint: {T03: off}`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice

from deckgen.checks.proof import Passage, Proof
from deckgen.checks.proof.prose import MOST, fix_for, prose
from deckgen.checks.words.tongue import Tongue
from deckgen.finding import Finding, Severity
from deckgen.patterns import lazy

CODE = "T03"
STOPS = False
WIDE = True

_FEWEST = 10
_MAJORITY = 0.75
_RUN = lazy("[A-Za-z0-9]+")

#: Whether a space stands in a place, where the space is or would be, and what stands beside it.
_Gap = tuple[bool, int, str]


def check(proof: Proof) -> Iterator[Finding]:
    """Find the places that are spaced in another way than most of the deck's."""
    runs: list[tuple[Passage, re.Match[str], list[_Gap]]] = []
    counts: Counter[tuple[str, str, bool]] = Counter()
    for passage in proof.passages:
        if passage.tongue is Tongue.CHINESE:
            for match in _RUN.finditer(prose(passage)):
                gaps = list(_gaps(match))
                if gaps:
                    runs.append((passage, match, gaps))
                    counts.update((passage.lang, kind, spaced) for spaced, _, kind in gaps)
    odd = {key for key in list(counts) if _is_odd(counts, *key)}
    if odd:
        yield from _findings(runs, odd)


def _gaps(match: re.Match[str]) -> Iterator[_Gap]:
    """The places at both sides of a run where a Chinese character stands."""
    shown, run, start, end = match.string, match[0], *match.span()
    if (len(run) == 1 and run.isupper()) or shown[end : end + 1] in (":", "："):
        return  # a term such as X光 or F值, or the label of an entry
    before, after = shown[max(0, start - 2) : start], shown[end : end + 2]
    if _is_han(before[-1:]):
        yield False, start, _kind(run[0])
    elif before[-1:] == " " and _is_han(before[:-1]):
        yield True, start - 1, _kind(run[0])
    if _is_han(after[:1]):
        yield False, end, _kind(run[-1])
    elif after[:1] == " " and _is_han(after[1:]):
        yield True, end, _kind(run[-1])


def _is_han(character: str) -> bool:
    return "\u3400" <= character <= "\u9fff"


def _kind(character: str) -> str:
    return "digit" if character.isdigit() else "letter"


def _is_odd(counts: Counter[tuple[str, str, bool]], lang: str, kind: str, spaced: bool) -> bool:
    """Whether the deck has a style, and this is the other one."""
    few, many = counts[lang, kind, spaced], counts[lang, kind, not spaced]
    return few + many >= _FEWEST and many >= _MAJORITY * (few + many)


def _findings(
    runs: list[tuple[Passage, re.Match[str], list[_Gap]]], odd: set[tuple[str, str, bool]]
) -> Iterator[Finding]:
    named: Counter[int] = Counter()
    for passage, match, gaps in runs:
        wrong = [gap for gap in gaps if (passage.lang, gap[2], gap[0]) in odd]
        for finding in islice(_of_run(passage, match, wrong), MOST - named[id(passage)]):
            named[id(passage)] += 1
            yield finding


def _of_run(passage: Passage, match: re.Match[str], wrong: list[_Gap]) -> Iterator[Finding]:
    """The spaces to be deleted, each by itself, and the run that lacks some."""
    for spaced, at, kind in wrong:
        if spaced:
            message = f"there is a space between a Chinese character and a {kind}; most places have none"
            yield _finding(passage, message, "delete the space", (at, at + 1), "")
    lacking = {at for spaced, at, _ in wrong if not spaced}
    if lacking:
        run, start, end = match[0], *match.span()
        message = f"there is no space between “{run}” and the Chinese character; most places have one"
        fix = " " * (start in lacking) + run + " " * (end in lacking)
        yield _finding(passage, message, "add a space", (start, end), fix)


def _finding(passage: Passage, message: str, hint: str, span: tuple[int, int], fix: str) -> Finding:
    return passage.finding(CODE, message, hint, span, Severity.INFO, fix_for(passage, span, fix))
