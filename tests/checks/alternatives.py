"""Which alternatives of a pattern had a part in what it found: `a`, `b` and `c` in `a|(?:b|c)`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple


class Call(NamedTuple):
    """A use of a pattern: the method, and its arguments."""

    method: str
    arguments: tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Alternative:
    """Where it stands in the pattern. `excluding` when it says what may not be there."""

    start: int
    end: int
    excluding: bool


def of(pattern: str) -> list[Alternative]:
    """All parts that stand between bars, nested ones too."""
    found: list[Alternative] = []
    groups: list[tuple[list[int], bool]] = [([0], False)]
    at = 0
    while at < len(pattern):
        if pattern[at] == "[":
            at = re.compile(r"\[\^?\]?(?:\\.|[^\]\\])*\]", re.DOTALL).match(pattern, at).end()  # type: ignore[union-attr]
            continue
        if pattern[at] == "(":
            opened = re.compile(r"\((?:\?(?:<?[=!]|P<\w+>|[a-zA-Z]*:))?").match(pattern, at)
            assert opened is not None
            groups.append(([opened.end()], groups[-1][1] or opened[0].endswith("!")))
            at = opened.end() - 1
        elif pattern[at] == "|":
            groups[-1][0].append(at + 1)
        elif pattern[at] == ")":
            found += _closed(*groups.pop(), at)
        at += 2 if pattern[at] == "\\" else 1
    return found + _closed(*groups.pop(), at)


def _closed(starts: list[int], excluding: bool, end: int) -> list[Alternative]:
    ends = [*[start - 1 for start in starts[1:]], end]
    pairs = zip(starts, ends, strict=True)
    return [Alternative(start, end, excluding) for start, end in pairs] if len(starts) > 1 else []


def unused(pattern: str, flags: int, calls: Iterable[Call]) -> list[str]:
    """The alternatives that took part in no match of these calls, or excluded none."""
    alternatives, calls = of(pattern), list(calls)
    told = [one for one in alternatives if not one.excluding and not re.search(r"\\[1-9]", pattern)]
    seen = _taking_part(pattern, flags, calls, told)
    missing = []
    for one in alternatives:
        if one not in seen and (one in told or not _matters(pattern, flags, calls, one)):
            around = pattern[max(0, one.start - 30) : one.start], pattern[one.end : one.end + 20]
            missing.append(f"{around[0]}⟦{pattern[one.start : one.end]}⟧{around[1]}")
    return missing


def _taking_part(pattern: str, flags: int, calls: list[Call], told: list[Alternative]) -> set[Alternative]:
    """Those that stand in a match, found by a group around each."""
    marks = sorted(
        [(one.start, 1, -one.end, f"(?P<a_{index}>") for index, one in enumerate(told)]
        + [(one.end, 0, -one.start, ")") for one in told]
    )
    pieces: list[str] = []
    reached = 0
    for at, _, _, mark in marks:
        pieces += pattern[reached:at], mark
        reached = at
    compiled = re.compile("".join(pieces) + pattern[reached:], flags)
    seen: set[Alternative] = set()
    for call in calls:
        for match in _matches(compiled, call):
            groups = match.groupdict()
            seen |= {
                told[int(name[2:])] for name in groups if name.startswith("a_") and groups[name] is not None
            }
    return seen


def _matters(pattern: str, flags: int, calls: list[Call], one: Alternative) -> bool:
    """Whether anything else would be found without it."""
    start, end = (one.start - 1, one.end) if pattern[one.start - 1] == "|" else (one.start, one.end + 1)
    whole, less = re.compile(pattern, flags), re.compile(pattern[:start] + pattern[end:], flags)
    return any(_spans(whole, call) != _spans(less, call) for call in calls)


def _spans(compiled: re.Pattern[str], call: Call) -> list[tuple[int, int]]:
    return [match.span() for match in _matches(compiled, call)]


def _matches(compiled: re.Pattern[str], call: Call) -> list[re.Match[str]]:
    if call.method in ("search", "match", "fullmatch"):
        match = getattr(compiled, call.method)(*call.arguments)
        return [match] if match else []
    texts = [argument for argument in call.arguments if isinstance(argument, str)]
    return list(compiled.finditer(texts[-1]))
