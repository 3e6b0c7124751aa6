"""T08: a backslash is lost

Markdown removes the backslash before a punctuation character. Of `\\(x^2\\)`, the way MathJax and Anki write a formula, `(x^2)` is left, and
`\\\\server\\share` keeps only one backslash at its beginning. In YAML's double quotes `\\n` is a new line, even in
`"C:\\new"`, and `\\_` is a no-break space.

Bad:
    - en: {q: "What is the area of a square of side a?", a: "\\\\(a^2\\\\)"}

Good:
    - en: {q: "What is the area of a square of side a?", a: "$a^2$"}

Left out: code, and brackets around words or a number, as in `\\(see below\\)` and `\\[1\\]`. Some places are only information: a backslash before
a character that means nothing to Markdown, such as `\\%`, and one in what looks like a pattern or TeX, as in `\\d+\\.\\d*`.
At most 20 places of a text are named.

Mend:  write a formula as `$x^2$` or `$$x^2$$`, and a path in backticks; in double quotes write each backslash of a path twice.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from deckgen.checks.proof import Passage, Proof
from deckgen.checks.proof.prose import MOST, as_typed, fix_for
from deckgen.finding import Finding, Severity
from deckgen.markup import events
from deckgen.patterns import lazy
from deckgen.reading import advice

CODE = "T08"
STOPS = False

# What makes a formula: an operator, a digit, a function as `f(x)`, or no word at all, as in `P(A|B)`.
_TEX = lazy(
    r"[\\^_{}=+<>0-9]|\A\W*[A-Za-z]{1,2}\W*\Z|\b[A-Za-z]{1,2}'*[(\[|]|\A(?:(?:\A|[^\w.]+)[A-Za-z](?![A-Za-z.]))+\W*\Z"
)
# What is none all the same: the number of a note, the letters and the words of a pattern.
_NO_TEX = lazy(r"\[[0-9][0-9\s,;\u2013-]*|.\^?(?:[A-Za-z0-9]-[A-Za-z0-9])+|.[^\\]*(?:\w\\\|\w[^\\]*)+")
_PATH = lazy(r"(?<![A-Za-z])[A-Za-z]:\\[^\s\"'<>|]+|(?<![\\\w])\\\\[\w.-]+\\[\w.$-]+")
# A path behind nothing, a mark, or a word that leads to a place: "Vitamin C:" and a new line is none.
_NEW_LINE = lazy(r"(?:\A|[\"'(\[=`]|\b(?:in|to|at|from|under|is|cd) )[C-Zc-z]:(?:\\[\w .-]+)*(\n)[a-z_]\w*")
# What YAML makes of `\\_`, `\\L` and `\\P` in double quotes.
_OF_YAML = lazy("[\u00a0\u2028\u2029]")
# What opens and closes a formula behind a backslash, and the dollars for it.
_BRACKETS = (("(", ")", "$"), ("[", "]", "$$"))
_IDLE = frozenset("\"%',/:;?@^")
# Behind other signs a backslash is likely to be meant: in a word with an escape of a pattern or with its
# anchors, in a line of TeX, before the `_` of a shrug, and where two stand alone.
_RUN = lazy(r"\S+")
_PATTERN = lazy(r"\^.|.*\\[bdswBDSW](?![A-Za-z])|[^$]+\$\Z|.*\\\|", re.DOTALL)
_LINE_OF_TEX = lazy(r"\\begin\{")


def check(proof: Proof) -> Iterator[Finding]:
    """Find formulas and paths whose backslashes Markdown or YAML takes away."""
    for passage in proof.read:
        text = passage.text.value
        if "\\" in text:
            yield from islice(_escapes(passage), MOST)
        if passage.text.style == '"' and ":" in text and "\n" in text:
            yield from islice(_new_lines(passage), MOST)
        if passage.text.style == '"' and not text.isascii() and _OF_YAML.search(text):
            yield from islice(_of_yaml(passage), MOST)


def _escapes(passage: Passage) -> Iterator[Finding]:
    text = passage.text.value
    taken = list(_taken(text))
    told: set[int] = set()
    for opening, closing, dollars in _BRACKETS:
        for start, end in _between(text, taken, opening, closing):
            if _formula_in(text, start, end):
                told.update(range(start, end))
                yield from _formula(passage, start, end, dollars)
    for path in _PATH.finditer(text):
        lost = [at for at in taken if path.start() <= at < path.end()]
        if lost:
            told.update(lost)
            message = f"`{path[0][:60]}` loses a backslash"
            yield passage.finding(CODE, message, "write the path in backticks", path)
    meant = _meant(text, taken)
    for at in taken:
        if at not in told and (text[at + 1] in _IDLE or at in meant):
            hint = "delete it; if it should be shown, write it twice or in backticks"
            message = f"the backslash before `{text[at + 1]}` is not shown"
            yield passage.finding(CODE, message, hint, (at, at + 2), Severity.INFO)


def _meant(text: str, taken: list[int]) -> set[int]:
    """Those of the backslashes whose neighbours look like a pattern or TeX."""
    meant: set[int] = set()
    if _LINE_OF_TEX.search(text):
        meant.update(at for at in taken if text[at + 1] == "\\")
    for at in taken:
        before, sign, after = text[at - 1 : at], text[at + 1], text[at + 2 : at + 3]
        alone = sign == "\\" and not before.strip() and not after.strip()
        stop = sign == "." and not before.isdigit()
        if alone or stop or (sign == "_" and after == "(" and not before.isalnum()):
            meant.add(at)
    places = iter(taken)
    at = next(places, len(text))
    for run in _RUN.finditer(text) if taken else ():
        pattern = None
        while at < run.end():
            if pattern is None:
                pattern = _PATTERN.match(run[0]) is not None
            if pattern and text[at + 1] != "\\":
                meant.add(at)
            at = next(places, len(text))
    return meant


def formulas(text: str) -> set[int]:
    """The places of `text` in formulas whose brackets lose their backslashes: signs in them are no other rule's."""
    if "\\(" not in text and "\\[" not in text:
        return set()
    taken = list(_taken(text))
    return {
        at
        for opening, closing, _ in _BRACKETS
        for start, end in _between(text, taken, opening, closing)
        if _formula_in(text, start, end)
        for at in range(start, end)
    }


def _taken(text: str) -> Iterator[int]:
    """Where a backslash stands that takes the meaning of the sign behind it."""
    reached = 0
    for name, _, start, end in events.parts(text):
        if name == "Text" and reached < start and text[start - 1] == "\\":
            yield start - 1
        if name not in ("Start", "End"):
            reached = end


def _between(text: str, taken: list[int], opening: str, closing: str) -> Iterator[tuple[int, int]]:
    """The places from an escaped opening bracket to the end of the next closing one."""
    begin = -1
    for at in taken:
        if text[at + 1] == opening:
            begin = at
        elif text[at + 1] == closing and begin >= 0:
            yield begin, at + 2
            begin = -1


def _formula_in(text: str, start: int, end: int) -> str:
    """What stands between two escaped brackets, if it is a formula."""
    content = text[start + 2 : end - 2].strip()
    return content if _TEX.search(content) and not _NO_TEX.fullmatch(text[start + 1] + content) else ""


def _formula(passage: Passage, start: int, end: int, dollars: str) -> Iterator[Finding]:
    content = _formula_in(passage.text.value, start, end)
    written = f"{dollars}{content}{dollars}"
    fix = fix_for(passage, (start, end), written) if "$" not in content and "\n" not in content else None
    message = "a formula in these brackets loses its backslashes"
    yield passage.finding(CODE, message, f"write `{written[:60]}`", (start, end), fix=fix)


def _new_lines(passage: Passage) -> Iterator[Finding]:
    text = passage.text
    for match in _NEW_LINE.finditer(text.value):
        at = match.start(1)
        if text.span(at, at + 1).width == 2:  # written as `\n`
            hint = "write the backslash twice, or put the text in single quotes; a path is best in backticks"
            yield passage.finding(CODE, "the `\\n` of this path is a new line", hint, (at, at + 1))


def _of_yaml(passage: Passage) -> Iterator[Finding]:
    text = passage.text
    for match in _OF_YAML.finditer(text.value):
        written = as_typed(text, match.span())
        if written in ("\\_", "\\L", "\\P"):
            what = "a no-break space" if written == "\\_" else "the end of a line"
            message = f"`{written}` in double quotes is {what}"
            yield passage.finding(CODE, message, advice.BACKSLASH, match)
