"""What to do about YAML that can't be read, or that does not say what its author means.

Parsers name what they stumbled over; authors need to know what they wrote. The
rules here look at the line itself and at the one above it, where the fault often is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from deckgen.lazy import lazy

_KEY_VALUE = lazy(r"(?P<key>\s*(?:- +)*[\w.-]+: +)(?P<value>[^\s\"'|>].*)")
_CONFLICT = lazy(r"<{7} |={7}$|>{7} ")
_NO_BLANK_AFTER_COLON = lazy(r"\s*(?:- +)?(?P<key>[A-Za-z][\w-]*):(?P<value>[\"'\[{].*)")
_NO_BLANK_AFTER_HYPHEN = lazy(r"\s*-(?P<key>[A-Za-z][\w-]*):")
_INNER_QUOTES = lazy(r'[^"]*: *"(?:[^"\\]|\\.)*"(?! *(?:#.*)?$)[^,}\]]')
_OPEN_QUOTE = lazy(r'[^"]*: *"(?:[^"\\]|\\.)*$')
_TEX_ESCAPE = lazy(r"\\[A-Za-z]")

# In double quotes, YAML reads a backslash and one of these letters as a control character.
_ESCAPE = lazy(r"(?<!\\)(?:\\\\)*(\\([abefnrtv])([A-Za-z]*))")
_TEX_WITH_N = {
    "nabla", "natural", "ncong", "ne", "nearrow", "neg", "neq", "newcommand", "newline", "nexists", "ngeq",
    "ni", "nleq", "nmid", "nonumber", "not", "notin", "nparallel", "nsim", "nsubseteq", "nu", "nwarrow",
}  # fmt: skip

QUOTE = "put texts in double quotes, and close every quote, bracket and brace"
BACKSLASH = "in double quotes write a backslash twice (`\\\\frac`), or use single quotes, or `|`"


def for_syntax(lines: Sequence[str], index: int) -> str:
    """A hint for the line `index` (from 0) at which a YAML parser gave up."""
    line = lines[index] if index < len(lines) else ""
    above = next((lines[i] for i in range(min(index, len(lines)) - 1, -1, -1) if lines[i].strip()), "")
    if any(_CONFLICT.match(candidate) for candidate in lines):
        return "this is a merge conflict: keep one side, delete the lines `<<<<<<<`, `=======`, `>>>>>>>`"
    indentation = line[: len(line) - len(line.lstrip())]
    if "\t" in indentation:
        return "indent with spaces, not with tabs"
    for candidate in (line, above):
        hint = _for_line(candidate)
        if hint:
            return hint
    match = _KEY_VALUE.match(line.rstrip())
    if match and _wants_quotes(match["value"]):
        quoted = match["value"].replace("\\", "\\\\").replace('"', '\\"')
        return f'quote it: {match["key"].strip()} "{quoted}"'
    if line.count('"') % 2 == 0 and re.match(r"\s*(?:- +)?[\w-]+:", line):
        return "check the indentation: the keys of one card stand in one column"
    return QUOTE


def _for_line(line: str) -> str:
    indentation = line[: len(line) - len(line.lstrip())]
    if "\u00a0" in indentation or "\u3000" in indentation:
        return "indent with plain spaces: these are no-break or wide ones"
    match = _NO_BLANK_AFTER_COLON.match(line)
    if match:
        return f"put a blank after the colon: {match['key']}: {match['value']}"
    match = _NO_BLANK_AFTER_HYPHEN.match(line)
    if match:
        return f"put a blank after the hyphen: - {match['key']}: …"
    if _INNER_QUOTES.match(line):
        return 'write `\\"` for a quote inside a text, or put the text in single quotes'
    if _OPEN_QUOTE.match(line):
        return "the quote that begins in this line or the one above is not closed"
    return ""


def _wants_quotes(value: str) -> bool:
    """Whether an unquoted value has a sign that means something else to YAML."""
    closing = {"[": "]", "{": "}"}.get(value[0])
    if closing and value.endswith(closing) and not value.startswith("{{"):
        return False
    return ": " in value or value.endswith(":") or " #" in value or value[0] in "[{*&!@%`>|?-"


def unknown_escape(line: str) -> bool:
    """Whether a line has a backslash before a letter, as TeX does and YAML in double quotes does not."""
    return _TEX_ESCAPE.search(line) is not None


def swallowed_escape(raw: str) -> tuple[int, str] | None:
    """Where a double-quoted text has an escape that was surely meant as TeX or as a path.

    Gives the offset in `raw` and what was written, such as `\\theta`. `\\n` counts
    only as the beginning of a command of TeX between dollar signs: elsewhere it is
    an honest line break.
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
