"""T12: a sign is taken for a mark of Markdown

Markdown reads `2*3*4` as a slanted 3, `__init__` as a bold word, `> 5 °C` as a quotation, and `US$5 or US$6` as a
formula. The characters are gone, and with them what the text says.

Bad:
    - en: {q: "Which method of a Python class sets up a new object?", a: "__init__"}

Good:
    - en: {q: "Which method of a Python class sets up a new object?", a: "`__init__`"}

The rule finds:
- stars between digits, around an operator or within words as in `Schüler*innen und Lehrer*innen`;
- the names in double underscores that Python and C have;
- prices and names of variables read as formulas;
- a quotation of one line that begins with a number or with `>>`, and Python's `>>>`;
- a list of one item that begins with a number.

It also finds Chinese characters in braces whose reading is not taken for one, as in `{北京|Beijing}`: all of it is shown.
So it is where more than Chinese characters stand before a reading, as in `{卡拉OK|kǎ lā OK}`, and where blanks stand at the bar.

A heading that is the whole text, and a numbered list of one item, are only information. At most 20 places of a text are named.

Mend:  write code in backticks, and put a backslash before a character that is meant as such: `\\*`, `\\>`, `\\$`, `\\#`, `1\\.`
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from deckgen.checks.proof import Passage, Proof
from deckgen.checks.proof.prose import MOST
from deckgen.checks.typography import lost_backslash
from deckgen.checks.words.scripts import HAN
from deckgen.finding import Finding, Severity
from deckgen.kinds import Role
from deckgen.markup import events, notations
from deckgen.patterns import lazy

CODE = "T12"
STOPS = False

# A text without any of these is not looked at further. Stars around words, as most are, are meant.
_CUE = lazy(r"\*(?<=[\w)]\*)\*?[\w(]|__|\$|^[ \t]*(?:[>#]|[-+*][ \t]|[01][.)][ \t])", re.MULTILINE)
# The star of a product stands between digits or brackets, or between single letters; not around letters of a word,
# which are made to stand out so.
_STARS = lazy(r"(?:(?<=[0-9)])|(?<=\b[A-Za-z]))\*{1,2}(?=[\w(])|(?<=[\w)])\*{1,2}(?=[0-9(]|[A-Za-z]\b)")
# A star between two letters of a word, in a script that sets blanks between words. One is that of
# `Schüler*innen`; two make letters of a word stand out when nothing but a word is between them.
_IN_A_WORD = lazy(r"(?<=[A-Za-z\u00c0-\u024f\u0370-\u04ff])\*{1,2}(?=[A-Za-z\u00c0-\u024f\u0370-\u04ff])")
_PART_OF_A_WORD = lazy(r"[^\W\d_]+(?:[-'\u2019][^\W\d_]+)*")
_NAME = lazy(
    r"__(?:init|main|name|str|repr|len|call|new|del|dict|doc|file|all|slots|enter|exit|aenter|aexit|iter|next|eq|ne|lt|le|gt|ge|hash|bool"
    r"|getitem|setitem|delitem|contains|getattr|getattribute|setattr|delattr|class|bases|mro|module|version|path|import|future|pycache"
    r"|annotations|qualname|add|sub|mul|matmul|truediv|floordiv|mod|pow|neg|abs|int|float|index|format"
    r"|FILE|LINE|DATE|TIME|VA_ARGS|STDC|func|FUNCTION|PRETTY_FUNCTION|[a-z]+(?:_[a-z]+)+)__"
)
_PRICE = lazy(
    r"\$(?:\{\{c[0-9]+::)?[0-9][0-9.,]*(?:(?:[^\\$]*\W)?(?:and|or|to|per|und|oder|bis|et|ou|y|o|vs)\b[^\\$]*|[^\\$A-Za-z]*\$(?=[0-9]))"
)
# Names as a shell has them, with a sign before the second `$` and a name behind it; and `5$-6$`.
_VARIABLE = lazy(
    r"\$[A-Za-z_{][^$\\]*(?<![\^_])[-+*/:,;.=|&](?<![\^_][-+])\$(?=[A-Za-z_]|\{(?!\{c))|\$[A-Z][A-Z_]+\$(?=[A-Z][A-Z_])"
    r"|(?<=[0-9])\$[-\u2013/+][0-9.,]+\$(?![A-Za-z0-9])"
)
_QUOTED_NUMBER = lazy(r"[ \t]*>(?:>?[ \t]?[~≈=]?[ \t]?[-+\u2212]?[$€£¥]?[0-9]|>>|=)")
_NEXT_QUOTED = lazy(r"\n[ \t]*>")
_NUMBER = lazy(r"[-+*][ \t]+[$€£¥]?[0-9]")
_BRACED = lazy(r"(?<!\{)\{([^{|}\n]+)\|([^{|}\n]+)\}(?!\})")
_ALL_HAN, _ANY_EAST = lazy(f"[{HAN}]+"), lazy(f"[\u3041-\u30ff{HAN}]")
# Kana, bopomofo, or Latin words of which one has a mark or a number of tone.
_TONES = "āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜńňǹ\u0300\u0301\u0304\u030c"
_LIKE_A_READING = lazy(
    r"[\u3041-\u30ff ]+|[\u02c7-\u02d9\u3105-\u312f\u31a0-\u31bf ]+"
    rf"|(?=[^{{|}}]*(?:[{_TONES}]|[a-zü][1-5](?![0-9])))[A-Za-z0-9ü{_TONES} '\u2019,，/·-]+",
    re.IGNORECASE,
)


def check(proof: Proof) -> Iterator[Finding]:
    """Find signs that were surely, or likely, meant as text."""
    for passage in proof.read:
        text = passage.text.value
        # Where no mark was taken for one, all is shown; but a number may begin a list.
        if (passage.shown != text or text[:1] in "01 \t") and _CUE.search(text):
            yield from islice(_found(passage), MOST)
        if "|" in passage.shown and "{" in passage.shown:
            yield from islice(_readings(passage), MOST)


def _readings(passage: Passage) -> Iterator[Finding]:
    """What is, or was likely meant as, a word with its reading, and is shown as it is typed."""
    for found in _BRACED.finditer(passage.shown):
        base, reading = found[1].strip(), found[2].strip()
        at_bar = (found[1], found[2]) != (base, reading)
        meant = _ANY_EAST.search(base) and (
            _LIKE_A_READING.fullmatch(reading)
            or notations.hide(f"{{{base}|{reading}}}") != f"{{{base}|{reading}}}"
        )
        message = "this is shown with its braces: "
        if _ALL_HAN.fullmatch(base) and not at_bar:
            message += "it does not look like a reading"
            hint = "write kana, bopomofo or pinyin with its tones: {北京|Běijīng}"
        elif not meant:
            continue
        elif at_bar:
            message, hint = message + "blanks stand in it", "write it without: {北京|Běijīng}"
        else:
            message += "only Chinese characters can have a reading"
            hint = "put the reading above these alone: {卡拉|kǎ lā}OK"
        yield _finding(passage, found.span(), message, hint)


def _found(passage: Passage) -> Iterator[Finding]:
    text = passage.text.value
    items: list[int] = []
    told = lost_backslash.formulas(text)
    typed = passage.card.typed and passage.role in (Role.ANSWER, Role.ITEM)
    for name, value, start, end in events.parts(text):
        kind, detail = next(iter(value.items())) if isinstance(value, dict) else (value, None)
        if name == "Start" and kind in ("Emphasis", "Strong") and start not in told:
            yield from _emphasis(passage, start, end)
        elif typed:
            continue  # K19 tells of blocks and formulas
        elif name == "InlineMath":
            yield from _formula(passage, start, end)
        elif name == "Start" and kind == "BlockQuote":
            yield from _quotation(passage, start, end)
        elif name == "Start" and kind == "Heading":
            yield from _heading(passage, start, end)
        elif name == "Start" and kind == "List":
            items.append(0)
        elif name == "Start" and kind == "Item":
            items[-1] += 1
        elif name == "End" and kind == "List" and items.pop() == 1:
            yield from _list(passage, start, bool(detail))


def _finding(
    passage: Passage, span: tuple[int, int], message: str, hint: str, severity: Severity = Severity.WARNING
) -> Finding:
    return passage.finding(CODE, message, hint, span, severity)


def _emphasis(passage: Passage, start: int, end: int) -> Iterator[Finding]:
    text = passage.text.value
    if text.startswith("__", start):
        if _NAME.fullmatch(text, start, end):
            hint = f"write `{text[start:end]}` in backticks, or `**…**` for bold"
            yield _finding(passage, (start, end), "the underscores of this name make it bold", hint)
        return
    width = 2 if text.startswith("**", start) else 1
    inside = text[start + width : end - width]
    product, words = (
        all(pattern.match(text, at) for at in (start, end - width)) for pattern in (_STARS, _IN_A_WORD)
    )
    marks_a_word = _PART_OF_A_WORD.fullmatch(inside) and len(inside) > 1
    if text[start] == "*" and (product or words) and not marks_a_word:
        hint = "write `\\*` for a star, or write the formula as `$2 \\cdot 3$`"
        yield _finding(
            passage, (start, end), "these stars emphasise what is between them, and are not shown", hint
        )


def _formula(passage: Passage, start: int, end: int) -> Iterator[Finding]:
    text = passage.text.value
    if _PRICE.match(text, start):
        yield _finding(passage, (start, end), "a price is read as a formula", "write `\\$` for a dollar")
    elif _VARIABLE.match(text, start):
        message = "two dollars make a formula here, and are not shown"
        yield _finding(passage, (start, end), message, "write `\\$` for a dollar, or code in backticks")


def _quotation(passage: Passage, start: int, end: int) -> Iterator[Finding]:
    text = passage.text.value
    at = text.index(">", start)
    # Lines below without a `>` of their own belong to the first; and `>>>` is Python's.
    alone = not _NEXT_QUOTED.search(text, start, end) or text.startswith(">>>", at)
    if alone and _QUOTED_NUMBER.match(text, start):
        if text[:at].endswith(">"):
            return  # of several, the first is named
        hint = "write `\\>` for the sign, or code in backticks"
        yield _finding(passage, (at, at + 1), "`>` begins a quotation here, and is not shown", hint)


def _heading(passage: Passage, start: int, end: int) -> Iterator[Finding]:
    text = passage.text.value
    if (
        text[:start].strip()
        or text[end:].strip()
        or not text.startswith("#", start)
        or "\n" in text[start:end].rstrip()
    ):
        return
    number = text[start:end].lstrip("#").strip()[:1].isdigit()
    severity = Severity.WARNING if number else Severity.INFO
    message, hint = "`#` makes a heading of the whole text, and is not shown", "write `\\#` for the sign"
    yield _finding(passage, (start, start + 1), message, hint, severity)


def _list(passage: Passage, start: int, numbered: bool) -> Iterator[Finding]:
    text = passage.text.value
    begin = start + len(text[start:]) - len(text[start:].lstrip())
    if numbered:
        hint = "write `1\\.` for a number that is text"
        yield _finding(passage, (begin, begin + 2), "a numbered list of one item", hint, Severity.INFO)
    elif _NUMBER.match(text, begin):
        sign = text[begin]
        hint = f"write `\\{sign}` for the sign"
        yield _finding(passage, (begin, begin + 1), f"`{sign}` begins a list here, and is not shown", hint)
