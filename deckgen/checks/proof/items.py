"""The members that an answer lists, as far as marks and commas tell."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from deckgen.checks.proof import Passage
from deckgen.checks.words.text import cover
from deckgen.checks.words.tongue import Tongue
from deckgen.markup.shown import COVER
from deckgen.patterns import lazy

_MARK = lazy(r"^[ ]{0,3}(?:[-*+]|\d{1,2}[.)])[ ]+(?=\S)|^[ ]*\d{1,2}[、．）)]", re.MULTILINE)

# What is said by the way: asides in brackets, examples, and quotations with commas of their own.
_ASIDE = lazy(
    r"[（(][^（()）]*[)）]"
    r"|“[^“”]*”"
    r'|"[^"]*"'
    r"|(?:\b(?i:such as|for example|for instance|e\.g\.|including|like)\s|例如|比如|譬如|诸如)[^.;。；\n]*"
)
_AND_SO_ON = lazy(r",? (?:etc\b\.?|and so (?:on|forth)\b|and (?:others|more)\b)", re.IGNORECASE)
_COMMA = lazy("[,、，]")
_CLAUSE = lazy(r"[^.;:!?\n—–…。；：！？，]+")
# Words with which no member of an enumeration begins.
_NO_MEMBER = lazy(
    r"(?:which|who|whose|where|that|so|but|because|while|when|as|if|then|not|although|though|since|however"
    r"|thus|therefore|yet|in|on|at|by|after|before|during|from|to|for|with|without|under|until|above|below|over"
    r"|within|despite|thanks|due|(?:and|or) (?:so|then|thus|therefore|hence|that|which|because))\b",
    re.IGNORECASE,
)
_CONJUNCTION = lazy(r"^(?:and|or|&)\s", re.IGNORECASE)
_JOINED = lazy(r"\s(?:and|or|&)\s", re.IGNORECASE)
# 和, 与, 及 and 或 between two members, and not as a part of 温和, 参与, 及时.
_CHINESE_JOINED = lazy(
    r"以及|(?<![温饱总柔缓共调暖中平随谐混祥附应])和(?![平谐约解声睦气弦])|(?<![参给])与(?!否)|(?<![涉普埃顾以])及(?!时|格)|或者?"
)

_LONGEST = 5
_SHORT = 3
_LONGEST_CHINESE = 14
_SHORT_CHINESE = 5


class Run(NamedTuple):
    """A number of members, and where they stand. `sure` when marks tell and not commas."""

    total: int
    start: int
    end: int
    sure: bool


def longest(passage: Passage) -> Run | None:
    """The longest enumeration of a text that fills at least half of it."""
    half = len(passage.text.value) / 2
    return max((run for run in _runs(passage) if run.end - run.start >= half), default=None)


def marked(passage: Passage) -> list[re.Match[str]]:
    """The marks of list items in a text."""
    value = passage.text.value
    if "\n" not in value:
        return []
    marks = [
        mark
        for mark in _MARK.finditer(value)
        if passage.shown[mark.end() : _next(value, "\n", mark.end())].strip()
    ]
    outermost = min((_indent(mark) for mark in marks), default=0)
    return [mark for mark in marks if _indent(mark) == outermost]


def _indent(mark: re.Match[str]) -> int:
    return len(mark[0]) - len(mark[0].lstrip())


def _next(text: str, mark: str, start: int) -> int:
    """Where `mark` stands next, or the end of the text."""
    found = text.find(mark, start)
    return found if found >= 0 else len(text)


def _runs(passage: Passage) -> Iterator[Run]:
    marks = marked(passage)
    if len(marks) > 1:
        end = _next(passage.text.value.rstrip(), "\n\n", marks[-1].end())
        yield Run(len(marks), marks[0].start(), end, True)
    if "```" in passage.text.value:
        return  # the commas and semicolons of code separate no members
    shown = passage.shown
    if passage.tongue is Tongue.CHINESE and ("、" in shown or "；" in shown):
        yield from _chinese(_without_asides(shown))
    elif passage.tongue is Tongue.ENGLISH and (", " in shown or ";" in shown):
        yield from _english(_without_asides(shown))


def _without_asides(shown: str) -> str:
    return cover(_AND_SO_ON, _ASIDE.sub(_unless_one, shown))


def _unless_one(match: re.Match[str]) -> str:
    """Covers an aside; a quotation without a comma stays, for it may be a member."""
    quoted = match[0][0] in '“"'
    return match[0] if quoted and not _COMMA.search(match[0]) else COVER * len(match[0])


def _english(text: str) -> Iterator[Run]:
    yield from _between(text, ";")
    for clause in _CLAUSE.finditer(text):
        if ", " in clause[0]:
            count = _count(clause[0].split(", "))
            if count > 1:
                yield Run(count, clause.start(), clause.end(), False)


def _chinese(text: str) -> Iterator[Run]:
    yield from _between(text, "；")
    for clause in _CLAUSE.finditer(text):
        parts = clause[0].split("、")
        if len(parts) > 1 and not any(len(part) > _LONGEST_CHINESE or "等" in part for part in parts[1:-1]):
            joined = _CHINESE_JOINED.search(parts[-1], 0, _SHORT_CHINESE)
            yield Run(len(parts) + bool(joined), clause.start(), clause.end(), False)


def _between(text: str, mark: str) -> Iterator[Run]:
    parts = [part for part in text.split(mark) if part.strip()]
    if len(parts) > 1:
        yield Run(len(parts), 0, len(text.rstrip()), False)


def _count(parts: list[str]) -> int:
    """The members of a clause that is cut at its commas, from the last to the first."""
    count = 0
    last = parts[-1].strip()
    if _NO_MEMBER.match(last):
        return 0
    ended = _CONJUNCTION.match(last)
    if not ended:
        joined = _JOINED.search(last)
        if joined and _words(last[: joined.start()]) <= _SHORT:
            count, ended = 1, joined
    longest_allowed = _LONGEST if ended and not count else _SHORT
    if _words(last) > (_LONGEST + 1 if ended else _SHORT):
        return 0
    count += 1
    for part in reversed(parts[:-1]):
        part = part.strip()  # noqa: PLW2901  # the same part
        if _NO_MEMBER.match(part):
            break
        if _words(part) > longest_allowed:
            return count + 1 if ended else 0  # the words that lead to the first member
        count += 1
    return count


def _words(text: str) -> int:
    return len(text.split())


def members(passage: Passage) -> tuple[int, list[str]] | None:
    """(fewest, members) of a text that is one enumeration and nothing else; None of any other.

    "Romeo and Juliet, Hamlet" has two members at least, and three parts at most.
    """
    if passage.tongue is Tongue.OTHER:
        return None
    text = _without_asides(passage.shown).replace(COVER, " ").strip().rstrip(".。").rstrip()
    if not text or re.search(r"[.:!?。：！？，\n]", text):
        return None
    if passage.tongue is Tongue.CHINESE:
        parts = [part.strip() for part in re.split(r"[、；]", text)]
        fine = [piece.strip() for part in parts for piece in _CHINESE_JOINED.split(part)]
        if any(not piece or len(piece) > _LONGEST_CHINESE for piece in fine):
            return None
    else:
        parts = [_CONJUNCTION.sub("", part.strip()) for part in re.split("[,;] ", text)]
        fine = [piece.strip() for part in parts for piece in _JOINED.split(part)]
        if any(not piece or _words(piece) > _LONGEST or _NO_MEMBER.match(piece) for piece in fine):
            return None
    return len(parts), fine


def trim(passage: Passage, run: Run) -> tuple[int, int]:
    """Where an enumeration stands, without the blanks around it."""
    shown = passage.shown[run.start : run.end]
    return run.start + len(shown) - len(shown.lstrip()), run.start + len(shown.rstrip())
