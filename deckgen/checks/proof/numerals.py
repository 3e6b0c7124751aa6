"""Numbers in a text: those that it surely gives, and all that may be read from it.

A rule that compares languages asks whether a number given on one side can be read
from the other in any way. So the readings are generous: “both” may be 2, and 半 may be a
half or 30 minutes.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import NamedTuple

from deckgen.checks.proof import Passage
from deckgen.checks.words import chinese, english
from deckgen.checks.words.lists import alternatives
from deckgen.checks.words.text import cover
from deckgen.checks.words.tongue import Tongue
from deckgen.patterns import lazy

_DIGITS = r"\d{1,3}(?:[,\u00a0\u2009\u202f]\d{3})+(?!\d)(?:\.\d+)?|\d+(?:\.\d+)?"
_SEPARATORS = lazy(r"[,\u00a0\u2009\u202f]")
# In other languages a point or a comma may be either; a date is written with points.
_OTHER = lazy(r"\d+(?:[.,'\u2019\u00a0\u2009\u202f]\d+| \d{3}(?!\d))*")
_OTHER_SCALE = lazy(
    r"[\s-]*(?:mil|mrd|mio|bil|tausend|hundert|тыс|мл|[百千万萬億亿兆백천만억])", re.IGNORECASE
)
# A figure that belongs to a name: GPT-4, T45, 3D.
_NAME_BEFORE = lazy(r"[A-Za-z]$|[A-Z]-$")
_NAME_AFTER = lazy(r"-?[DK](?![A-Za-z0-9_])")

_ENGLISH = lazy(
    rf"(?P<digits>{_DIGITS})(?:(?P<decade>['\u2019]?s\b)"
    r"|[\s-]*(?P<scale>hundred|thousand|million|billion|trillion)\b|(?P<letter>bn|[kKmM])\b"
    r"|\s*(?P<afternoon>p\.?m\b))?"
)
_CHINESE = lazy(
    rf"(?P<digits>{_DIGITS})"
    r"(?:(?:\s*[多余几来])?\s*(?P<scale>万亿|百万|千万|亿|万(?!维)|千(?![克米瓦卡赫伏焦帕字比兆安])|百(?!分))"
    r"|\s*(?P<tenths>成)|\s*(?P<clock>点|时(?!间)))?"
)
_SCALES = {
    "hundred": 100, "thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12,
    "k": 10**3, "K": 10**3, "m": 10**6, "M": 10**6, "bn": 10**9,
    "百": 100, "千": 10**3, "万": 10**4, "百万": 10**6, "千万": 10**7, "亿": 10**8, "万亿": 10**12,
}  # fmt: skip

_PHRASE = lazy(
    lambda: r"\b(?:{word})(?:[\s-]+(?:and\s+)?(?:{word}))*\b".format(
        word=alternatives([*english.number_parts(), *english.multiples()])
    )
)
_LETTERS = lazy(r"[a-z]+")
_PART = lazy(
    r"\b(half|quarter)[\s-]+(?:of\s+)?(?:an?\s+)?(hundred|thousand|million|billion|trillion|dozen)\b"
)
_COUNT_ENGLISH = lazy(english.count)

_FIGURES = {character: value for value, character in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_POWERS = {"十": 10, "百": 100, "千": 1000, "万": 10**4, "亿": 10**8}
_RUN = lazy(f"[{''.join(_FIGURES)}{''.join(_POWERS)}]+")
_LONGEST_RUN = 20
_LARGE = 10**6
_MEASURES = "个种类条项次点步层颗位名人天年月小时分秒倍台座列段部阶级组对块张家句页章轮者"
_COUNT_CHINESE = lazy(
    rf"(?<![几数成{''.join(_FIGURES)}{''.join(_POWERS)}])[{''.join(_FIGURES)}十][{''.join(_FIGURES)}{''.join(_POWERS)}]*"
    rf"(?!分[^钟秒])(?=[{_MEASURES}])"
    "|(?<=第)[一二三四五六七八九十百]+"
)
_TENTHS = lazy(r"([一二两三四五六七八九])成")
_FRACTION = lazy(f"([{''.join(_FIGURES)}十]{{1,4}})分之([{''.join(_FIGURES)}十]{{1,4}})")
_WHOLE_DAY = lazy("昼夜|日夜|[全整]天")
_READ_CHINESE = lazy(lambda: f"[{''.join(chinese.number_readings())}]")

_ROMAN = lazy(r"(?<![A-Za-z0-9_])[IVXLC]{1,7}(?=(?:e|ème)?(?![A-Za-z0-9_]))")
_ROMAN_VALUES = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100}
_FRACTIONS = {"½": "0.5", "¼": "0.25", "¾": "0.75", "⅓": "3", "⅔": "3"}
_DIGIT_RUN = lazy(r"\d+")
_ADDRESS = lazy(r"https?://\S+")
_CLOZE_MARK = lazy(r"\{\{c\d+::")


class Number(NamedTuple):
    """A number that a text gives, with the values that it may have. In digits it is `firm`."""

    values: frozenset[Decimal]
    start: int
    end: int
    firm: bool


def given(passage: Passage, plain: bool) -> list[Number]:
    """The numbers of a text in digits, and in Chinese its exact counts in words.

    With `plain` only figures count that can be compared with any language: no words, no
    scale such as “million”, and nothing up to 12, for which many languages have a word.
    """
    found = _in_digits(passage, plain)
    if plain:
        return [number for number in found if number.firm and min(number.values) > 12]
    if passage.tongue is Tongue.CHINESE:
        for match in _COUNT_CHINESE.finditer(passage.shown):
            value = _run(match[0])
            if value > 1:
                found.append(Number(frozenset({value}), match.start(), match.end(), firm=False))
    return found


def english_counts(passage: Passage) -> list[Number]:
    """The exact counts of an English text in words."""
    return [
        Number(frozenset(_english_words(match[0])), match.start(), match.end(), firm=False)
        for match in _COUNT_ENGLISH.finditer(passage.folded)
    ]


def _in_digits(passage: Passage, plain: bool) -> list[Number]:
    text = passage.shown
    if not _DIGIT_RUN.search(text):
        return []
    text = cover(_ADDRESS, text, " ")
    if passage.tongue is Tongue.OTHER:
        return [_other(match, text) for match in _OTHER.finditer(text)]
    if passage.tongue is Tongue.ENGLISH:
        return [_english(match, text, plain) for match in _ENGLISH.finditer(text)]
    return [_chinese(match, text, plain) for match in _CHINESE.finditer(text)]


def readings(passage: Passage, plain: bool) -> set[Decimal]:
    """Every number that may be read from a text; from its code and formulas only the digits."""
    text, tongue = passage.shown, passage.tongue
    found = {value for number in _in_digits(passage, plain=False) for value in number.values}
    found |= {Decimal(match[0]) for match in _DIGIT_RUN.finditer(_CLOZE_MARK.sub(" ", passage.text.value))}
    found |= {Decimal(value) for mark, value in _FRACTIONS.items() if mark in text}
    found |= {_roman(match[0]) for match in _ROMAN.finditer(text)}
    if tongue is Tongue.ENGLISH:
        found |= _english_words(passage.folded)
    else:
        found |= _chinese_words(text)
    if plain:
        found |= {value for number in map(_any, _OTHER.finditer(text)) for value in number}
    return found


def _english(match: re.Match[str], text: str, plain: bool) -> Number:
    value = Decimal(_SEPARATORS.sub("", match["digits"]))
    values = {value}
    firm = not _named(match, text, match.end("digits"))
    scale = match["scale"] or match["letter"]
    if scale:
        scaled = value * _SCALES[scale]
        values = {scaled} if match["scale"] and not plain else {value, scaled}
        firm = firm and not (plain and match["scale"])
    elif match["decade"] and value < _LARGE:
        values |= {value % 100, value // 100 + 1}
    elif match["afternoon"]:
        values.add(value + 12)
    return Number(frozenset(values), match.start(), match.end(), firm)


def _chinese(match: re.Match[str], text: str, plain: bool) -> Number:
    value = Decimal(_SEPARATORS.sub("", match["digits"]))
    values = {value}
    firm = not _named(match, text, match.end("digits"))
    if match["scale"]:
        scaled = value * _SCALES[match["scale"]]
        values = {value, scaled} if plain else {scaled}
        firm = firm and not plain
    elif match["tenths"]:
        values.add(value * 10)
    elif match["clock"]:
        values |= {value + 12, value - 12}
    return Number(frozenset(values), match.start(), match.end(), firm)


def _other(match: re.Match[str], text: str) -> Number:
    firm = not _named(match, text, match.end()) and not _OTHER_SCALE.match(text, match.end())
    return Number(frozenset(_any(match)), match.start(), match.end(), firm)


def _any(match: re.Match[str]) -> set[Decimal]:
    """All values of digits with points and commas: as thousands, as a decimal, as the parts of a date."""
    pieces = re.findall(r"\d+", match[0])
    values = {Decimal(piece) for piece in pieces}
    values.add(Decimal("".join(pieces)))
    if len(pieces) > 1:
        values.add(Decimal("".join(pieces[:-1]) + "." + pieces[-1]))
    return values


def _named(match: re.Match[str], text: str, end: int) -> bool:
    before = text[max(match.start() - 2, 0) : match.start()]
    return bool(_NAME_BEFORE.search(before) or _NAME_AFTER.match(text, end))


def _english_words(text: str) -> set[Decimal]:
    found: set[Decimal] = set()
    parts, readings = english.number_parts(), english.number_readings()
    for match in _PHRASE.finditer(text):
        found |= _phrase(_LETTERS.findall(match[0]))
    for match in _PART.finditer(text):
        found.add(Decimal("0.5" if match[1] == "half" else "0.25") * english.multiples()[match[2]])
    for word in _LETTERS.findall(text):
        values = readings.get(word) or readings.get(word.removesuffix("s"))
        if values is None and word.removesuffix("s") in parts:
            values = (Decimal(parts[word.removesuffix("s")]),)
        found |= set(values or ())
    return found


def _phrase(words: list[str]) -> set[Decimal]:
    """What number words that stand together may mean: their sum, and each word alone."""
    total = current = 0
    values = set()
    parts, multiples = english.number_parts(), english.multiples()
    for word in words:
        if word in parts:
            current += parts[word]
            values.add(Decimal(parts[word]))
        elif word == "hundred":
            current = (current or 1) * 100
        elif word in multiples:
            total += (current or 1) * multiples[word]
            current = 0
    values.add(Decimal(total + current))
    return values


def _chinese_words(text: str) -> set[Decimal]:
    found: set[Decimal] = set()
    for match in _RUN.finditer(text):
        run = match[0]
        found.add(_run(run))
        if not any(power in run for power in _POWERS):
            found |= {Decimal(_FIGURES[figure]) for figure in run}
            found.add(Decimal("".join(str(_FIGURES[figure]) for figure in run)))
    found |= {_run(match[1]) * 10 for match in _TENTHS.finditer(text)}
    for match in _FRACTION.finditer(text):
        found.add(100 * _run(match[2]) / (_run(match[1]) or 1))
    if _WHOLE_DAY.search(text):
        found.add(Decimal(24))
    for match in _READ_CHINESE.finditer(text):
        found |= set(chinese.number_readings()[match[0]])
    return found


def _run(run: str) -> Decimal:
    if len(run) > _LONGEST_RUN:
        return Decimal(0)
    total = section = figure = 0
    for character in run:
        if character in _FIGURES:
            figure = _FIGURES[character]
        elif _POWERS[character] < 10**4:
            section += (figure or 1) * _POWERS[character]
            figure = 0
        else:
            total = (total + section + figure or 1) * _POWERS[character]
            section = figure = 0
    return Decimal(total + section + figure)


def _roman(text: str) -> Decimal:
    values = [_ROMAN_VALUES[letter] for letter in text]
    return Decimal(
        sum(
            -value if value < following else value
            for value, following in zip(values, [*values[1:], 0], strict=True)
        )
    )
