"""What to do about YAML that can't be read, or that does not say what its author means.

Parsers say what they stumbled over; authors need to know what to change. The rules
here look at the line itself and at the one above it, where the fault often is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from deckgen.finding import short
from deckgen.patterns import lazy

_KEY_VALUE = lazy(r"(?P<key>\s*(?:- +)*[\w.-]+: +)(?P<value>(?:[^\s\"'|>]|[|>](?![-+0-9]*\s*(?:#.*)?$)).*)")
_CONFLICT = lazy(r"<{7} |\|{7} |={7}$|>{7} ")
# A backslash in double quotes that begins no escape of YAML.
_UNKNOWN_ESCAPE = lazy(
    r'(?:[^"]*[:\[{,-] *)?"(?:[^"\\]|\\(?:[0abtnvfre "/\\N_LP\t]|'
    r"x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}))*\\(?=.)"
)
_QUOTED = lazy(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^']|'')*'")
# A line of words that is neither a key nor an item.
_WORDS = lazy(r"\s+[^\s\"'#:{}\[\],-][^:]*$")
# The beginning of a text in quotes, or of one below `|`.
_OPENS = lazy(r"(?P<before>(?P<indent>\s*(?:- +)*)(?:[\w.-]+: +)?)(?P<quote>[\"'])")
_BLOCK = lazy(r"(?P<indent>\s*(?:- +)*)(?:[\w.-]+: +)?[|>][-+0-9]*\s*(?:#.*)?$")
_CLOSES = {'"': lazy(r'(?:[^"\\]|\\.)*"'), "'": lazy(r"(?:[^']|'')*'")}
_KEY = lazy(r"(?P<indent>\s*)(?:- +|[\w.-]+:(?: |$))")

# In double quotes, YAML reads a backslash and one of these letters as a control character.
_ESCAPE = lazy(r"(?<!\\)(?:\\\\)*(\\([abefnrtv])([A-Za-z]*))")
_TEX_WITH_N = {
    "nabla", "natural", "ncong", "ne", "nearrow", "neg", "neq", "newcommand", "newline", "nexists", "ngeq",
    "ni", "nleq", "nmid", "nonumber", "not", "notin", "nparallel", "nsim", "nsubseteq", "nu", "nwarrow",
}  # fmt: skip

# Patterns of lines, and what to say about each.
_HINTS = (
    (lazy(r" *\t\s*\S"), "indent with spaces, not with tabs"),
    (lazy(r"[ \t]*[\u00a0\u3000]"), "indent with plain spaces: these are no-break or wide ones"),
    (
        lazy(r"\s*(?:- +)?(?P<key>[A-Za-z][\w-]*):(?P<value>[^\s/:].*)"),
        "put a blank after the colon: {key}: {value}",
    ),
    (
        lazy(r"\s*(?:- +)?(?P<key>[A-Za-z][\w-]*) *= *(?P<value>\S.*)"),
        "write a colon after a key: {key}: {value}",
    ),
    (lazy(r"\s*-(?P<key>[A-Za-z][\w-]*):"), "put a blank after the hyphen: - {key}: …"),
    (
        lazy(r'[^"]*: *"(?:[^"\\]|\\.)*"(?! *(?:#.*)?$)[^,}\]]'),
        'write `\\"` for a quote inside a text, or put the text in single quotes',
    ),
    (
        lazy(r"[^'\"]*: *'(?:[^']|'')*'(?! *(?:#.*)?$)[^,}\]]"),
        "write `''` for an apostrophe inside a text, or put the text in double quotes",
    ),
    # A comment within braces or brackets that are still open.
    (
        lazy(r"[^\"'#\[{]*[\[{](?:[^\"'#]|\"(?:[^\"\\]|\\.)*\"|(?<=\S)['#])*\s#[^\s#]"),
        "a `#` after a blank begins a comment: put the text in double quotes",
    ),
    (
        lazy(r'[^"]*: *"(?:[^"\\]|\\.)*$'),
        "the quote that begins in this line or the one above is not closed",
    ),
)

QUOTE = "put texts in double quotes, and close every quote, bracket and brace"
BACKSLASH = "in double quotes write a backslash twice (`\\\\frac`), or use single quotes, or `|`"
# At most so many characters of a line are looked at: some patterns' time grows with the square of the length.
_LOOK = 2_000
_NOT_YAML = "this is not YAML"
_CONFLICT_FOUND = (
    "a merge conflict was left here",
    "keep one side, and delete the lines `<<<<<<<`, `=======`, `>>>>>>>`",
)

#: Lines that begin like this are refused everywhere; each has what is wrong and what to do.
#: libyaml compares each `%TAG` with all before it, which takes long, and deckgen reads no tags.
REFUSED_LINES = {
    "<<<<<<< ": _CONFLICT_FOUND,
    "%TAG": (
        "`%TAG` is a directive of YAML; deckgen reads no tags",
        "delete the line, or indent it when it is text",
    ),
}


class Fault(NamedTuple):
    """Where a text stops being YAML, line and column from 0, why, and what to do."""

    line: int
    column: int
    message: str
    hint: str


def fault(lines: Sequence[str], line: int, column: int) -> Fault:
    """What is wrong with `lines`, where a YAML parser gave up at `line` and `column` (from 0)."""
    conflict = next((number for number, row in enumerate(lines) if _CONFLICT.match(row)), None)
    if conflict is not None:
        return Fault(conflict, 0, *_CONFLICT_FOUND)
    opened = _open_text(lines, line)
    if opened is not None:
        number, start, quote = opened
        return Fault(number, start, "this text is not closed", f"put a `{quote}` at its end")
    escape = _UNKNOWN_ESCAPE.match(lines[line]) if line < len(lines) else None
    if escape:
        written = lines[line][escape.end() - 1 : escape.end() + 1]
        message = f"`{written}` in double quotes means nothing to YAML"
        return Fault(line, escape.end() - 1, message, BACKSLASH)
    number, hint = _advice(lines, line)
    if number != line:
        line, column = number, len(lines[number]) - len(lines[number].lstrip())
    return Fault(line, column, _NOT_YAML, hint)


def _open_text(lines: Sequence[str], last: int) -> tuple[int, int, str] | None:
    """Line, column and sign of the first quote, up to the line `last`, that is closed only below other keys.

    YAML reads on to the next quote, which mostly begins another text, and stumbles there.
    """
    number = 0
    while number <= min(last, len(lines) - 1):
        row = lines[number]
        block, opens = _BLOCK.match(row), _OPENS.match(row)
        number += 1
        if block:
            while number < len(lines) and _indent(lines[number], len(block["indent"])) > len(block["indent"]):
                number += 1
        elif opens and not _CLOSES[opens["quote"]].match(row, opens.end()):
            closed = _closing(lines, number, len(opens["indent"]), opens["quote"])
            if closed is None:
                return number - 1, opens.start("quote"), opens["quote"]
            number = closed + 1
    return None


def _closing(lines: Sequence[str], number: int, column: int, quote: str) -> int | None:
    """The line, from `number` on, where the text of a key at `column` ends; None if a key comes first."""
    for at in range(number, len(lines)):
        key = _KEY.match(lines[at])
        if key and len(key["indent"]) <= column:
            return None
        if _CLOSES[quote].match(lines[at]):
            return at
    return None


def _indent(row: str, least: int) -> int:
    """How far a line is indented; an empty line counts as more than `least`."""
    return len(row) - len(row.lstrip()) if row.strip() else least + 1


def for_line(lines: Sequence[str], index: int) -> str:
    """A hint for the line `index` (from 0) at which a YAML parser gave up."""
    return _advice(lines, index)[1]


def _advice(lines: Sequence[str], index: int) -> tuple[int, str]:
    """The line that is probably wrong, the one at which a parser gave up or the one above, and a hint."""
    line = lines[index][:_LOOK] if index < len(lines) else ""
    before = next((i for i in range(min(index, len(lines)) - 1, -1, -1) if lines[i].strip()), index)
    above = lines[before][:_LOOK] if before < len(lines) else ""
    for number, candidate in ((index, line), (before, above)):
        hint = _for_line(candidate)
        if hint:
            return number, hint
    match = _KEY_VALUE.match(line.rstrip())
    if match and _wants_quotes(match["value"]):
        return index, f"quote it: {match['key'].strip()} {quoted(match['value'])}"
    bare = _QUOTED.sub("", above)
    if sum(map(bare.count, "[{")) > sum(map(bare.count, "]}")):
        return before, "the brace or bracket that opens in this line is not closed"
    for number, candidate in ((index, line), (before, above)):
        if _WORDS.match(candidate):
            return number, "a text of several lines stands in quotes or below `|`, further in than its key"
    if line.count('"') % 2 == 0 and re.match(r"\s*(?:- +)?[\w-]+:", line):
        return index, "check the indentation: the keys of one card stand in one column"
    return index, QUOTE


def quoted(words: str) -> str:
    """`words` as YAML in double quotes, for a hint."""
    written = short(words, 200).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{written}"'


def _for_line(line: str) -> str:
    for pattern, hint in _HINTS:
        match = pattern.match(line)
        if match:
            return hint.format_map(match.groupdict())
    return ""


def _wants_quotes(value: str) -> bool:
    """Whether an unquoted value has a character that means something else to YAML."""
    closing = {"[": "]", "{": "}"}.get(value[0])
    if closing and value.endswith(closing) and not value.startswith("{{"):
        return False
    return ": " in value or value.endswith(":") or " #" in value or value[0] in "[{*&!@%`>|?-"


def swallowed_escape(raw: str) -> tuple[int, str] | None:
    """Where a double-quoted text has an escape that was surely meant as TeX or as a path.

    Gives the offset in `raw` and what was written, such as `\\theta`. `\\n` counts
    only when it begins a TeX command between dollar signs: elsewhere it is meant as a
    line break.
    """
    dollars = counted = 0
    for match in _ESCAPE.finditer(raw):
        written, letter, rest = match[1], match[2], match[3]
        if letter != "n":
            return match.start(1), written
        dollars, counted = dollars + raw.count("$", counted, match.start(1)), match.start(1)
        if dollars % 2 == 1 and f"n{rest}" in _TEX_WITH_N:
            return match.start(1), written
    return None
