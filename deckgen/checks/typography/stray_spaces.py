"""T02: a space that nobody wants

Pasted text brings spaces at its edges or before a mark, doubled spaces, no-break spaces and characters without width.
Nobody sees them. But a search for “heat pump” fails when a no-break space stands in it,
and Anki judges a typed answer wrong.

Bad:
    - en: {q: "Why can two  blanks spoil a search?", a: "The search looks for one."}
    - zh: {q: " 为什么多出的空格会妨碍搜索？", a: "搜索的词里没有它。"}

Good:
    - en: {q: "Why can two blanks spoil a search?", a: "The search looks for one."}
    - zh: {q: "为什么多出的空格会妨碍搜索？", a: "搜索的词里没有它。"}

Left out: what Markdown needs (indentation, two spaces before a line break, cells of
tables), code and formulas, and no-break spaces between a number and its unit. In languages
other than English and Chinese, a no-break space is right in many places, such as
before French `?`, and in Thai a space without width separates words. So there the rule looks only at common
spaces. A deck without `languages:` may be French, so there `--fix` leaves spaces beside marks
alone. At most 20 places of a text are named.

Mend:  delete it, or replace it by one common space. If you want a no-break space, write `&nbsp;`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from deckgen.checks.proof import Passage, Proof
from deckgen.checks.proof.prose import MOST, as_typed, fix_for, known_language, prose
from deckgen.checks.words.tongue import Tongue
from deckgen.finding import Finding
from deckgen.patterns import lazy

CODE = "T02"
STOPS = False

_BLANKS = " \t\u00a0\u202f\u3000\u200b\u2060\ufeff"
_HARD = "\u00a0\u202f"
_NO_WIDTH = "\u200b\u2060\ufeff\u00ad"
_STRAY = lazy(f"[ {_HARD}]{{2,}}|[{_HARD}]|[{_NO_WIDTH}]+")
# Not before `:`, which in an aside on code may stand alone.
_BEFORE_MARK = lazy(r"(?<=[\w)”’%])[ \u00a0]+(?=[,.;?!](?:\s|\Z))|(?<=\S)[ \u00a0]+(?=[，。；？！、])")
_NEAR_MARK = lazy(r"[ \u00a0][,.;?!，。；？！、]")
_ODD = lazy(f"[{_HARD}{_NO_WIDTH}]")
_HINT = "delete it"
_MAYBE_FRENCH = "delete it; where it is right, say so: `languages: [fr]` in deck.yaml"


def check(proof: Proof) -> Iterator[Finding]:
    """Find spaces at the edges, several in a row, and those that look like none or like another."""
    for passage in proof.written:
        text = passage.text.value
        if "  " in text or text.strip() != text or (not text.isascii() and _ODD.search(text)):
            yield from islice(_found(passage), MOST)
        if passage.tongue is not Tongue.OTHER and _NEAR_MARK.search(text):
            yield from islice(_before_marks(passage), MOST)


def _found(passage: Passage) -> Iterator[Finding]:
    text = passage.text.value
    body = text.rstrip("\n")
    end = len(body.rstrip(_BLANKS))
    if not end:
        return
    start = 0 if "\n" in body else len(body) - len(body.lstrip(_BLANKS))
    if start:
        yield from _finding(passage, (0, start), "the text begins with a space", _HINT, "")
    shown = prose(passage)
    for match in _STRAY.finditer(shown, start, end):
        if text.startswith(match[0], match.start()) and not _is_meant(passage, match):
            message, hint, fix = _told(match[0])
            yield from _finding(
                passage, match.span(), message, hint, fix if _is_sure(passage, match) else None
            )
    if end < len(body):
        yield from _finding(passage, (end, len(body)), "the text ends with a space", _HINT, "")


def _before_marks(passage: Passage) -> Iterator[Finding]:
    for match in _BEFORE_MARK.finditer(prose(passage)):
        if len(match[0]) == 1 and match[0] == " ":  # of several, each is named already
            hint, fix = (_HINT, "") if known_language(passage) else (_MAYBE_FRENCH, None)
            yield from _finding(passage, match.span(), "there is a space before the mark", hint, fix)


def _told(blanks: str) -> tuple[str, str, str]:
    """Message, hint and what to write instead."""
    if blanks[0] in _NO_WIDTH:
        number = f"U+{ord(blanks[0]):04X}"
        return f"there is a character here that nobody sees ({number})", _HINT, ""
    if len(blanks) > 1:
        return f"{len(blanks)} spaces in a row", "leave one", " "
    return "there is a no-break space here", "write a common space, or `&nbsp;` to keep it", " "


def _is_meant(passage: Passage, match: re.Match[str]) -> bool:
    blanks, text = match[0], passage.text.value
    if passage.tongue is Tongue.OTHER:
        return blanks.strip(" ") != "" and (blanks[0] not in _NO_WIDTH or passage.dense)
    before, after = text[match.start() - 1 : match.start()], text[match.end() : match.end() + 1]
    return len(blanks) == 1 and blanks in _HARD and before.isdigit() and after.isalnum()


def _is_sure(passage: Passage, match: re.Match[str]) -> bool:
    """Whether it is no matter of the language: French sets no-break spaces beside its marks."""
    text = passage.text.value
    beside = text[match.start() - 1 : match.start()] + text[match.end() : match.end() + 1]
    return known_language(passage) or not set(match[0]) & set(_HARD) or beside.isalnum()


def _finding(
    passage: Passage, span: tuple[int, int], message: str, hint: str, fix: str | None
) -> Iterator[Finding]:
    if passage.text.style == '"' and "\\_" in as_typed(passage.text, span):
        return  # T08 tells of a backslash that makes one
    fixed = None if fix is None else fix_for(passage, span, fix)
    yield passage.finding(CODE, message, hint, span, fix=fixed)
