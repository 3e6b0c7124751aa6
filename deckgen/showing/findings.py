"""Findings for people: the line of the file, with a mark under the spot, and what to do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

from deckgen.finding import Finding, Severity
from deckgen.reading import files
from deckgen.showing import explain
from deckgen.terminal import columns, visible

#: How many columns of a long line are shown around the spot.
_WINDOW = 100
# A line of more characters is cut without measuring how wide they are.
_LONG = 1_000
#: In bytes. Lines of a larger file are not shown.
_MOST = 10_000_000
_COLOURS = {Severity.ERROR: "31", Severity.WARNING: "33", Severity.INFO: "36"}


def text(findings: Sequence[Finding], *, colour: bool = False) -> str:
    """A block for each finding, an empty line between files, and a table of codes.

    A block is `path:line:column: CODE message`, the line of the file with a mark
    under what is meant, the card, and a hint. Control characters of the file are
    shown as escapes: they must not reach a terminal.
    """
    lines = _Lines()
    paint = _Paint(colour)
    files = groupby(findings, key=lambda finding: finding.place.path)
    blocks = ["\n".join(_block(finding, lines, paint) for finding in group) for _, group in files]
    return "\n\n".join([*blocks, summary(findings, colour=colour)])


def summary(findings: Sequence[Finding], *, colour: bool = False) -> str:
    """How many findings of each kind there are, and under which codes."""
    if not findings:
        return "no findings"
    paint = _Paint(colour)
    pages = explain.pages()
    by_code: dict[str, list[Finding]] = {}
    for finding in sorted(findings, key=lambda one: -one.severity):
        by_code.setdefault(finding.code, []).append(finding)
    rows = [total(findings)]
    for code, found in sorted(
        by_code.items(), key=lambda item: (-item[1][0].severity, -len(item[1]), item[0])
    ):
        title = pages[code].partition("\n")[0].partition(": ")[2]
        levels = str(found[0].severity) if found[0].severity == found[-1].severity else total(found)
        rows.append(f"{len(found):5}  {paint(code, found[0].severity)}  {levels}: {title}")
    fixes = sum(finding.fix is not None for finding in findings)
    if fixes:
        rows.append(f"`deckgen check --fix` mends {fixes} of them")
    return "\n".join([*rows, "`deckgen explain CODE` tells more"])


def total(findings: Sequence[Finding]) -> str:
    """Such as `2 errors, 1 warning`."""
    counts = Counter(finding.severity for finding in findings)
    return ", ".join(
        f"{count} {severity}{'s' if count > 1 and severity is not Severity.INFO else ''}"
        for severity, count in sorted(counts.items(), reverse=True)
    )


class _Paint:
    """Colours for terminals that want them."""

    def __init__(self, colour: bool) -> None:
        self._colour = colour

    def __call__(self, words: str, severity: Severity | None = None) -> str:
        """`words` in bold, or in the colour of a severity."""
        if not self._colour or not words:
            return words
        return f"\x1b[1{';' + _COLOURS[severity] if severity else ''}m{words}\x1b[0m"


class _Lines:
    """Lines of source files, each file read once."""

    def __init__(self) -> None:
        self._files: dict[str, list[str]] = {}

    def get(self, path: str, number: int) -> str:
        if path not in self._files:
            try:
                content = files.beside(Path(path), _MOST).decode("utf-8-sig", errors="replace")
            except OSError:
                content = ""
            self._files[path] = content.splitlines()
        lines = self._files[path]
        return lines[number - 1] if 0 < number <= len(lines) else ""


def _block(finding: Finding, lines: _Lines, paint: _Paint) -> str:
    place = finding.place
    level = "" if finding.severity is Severity.ERROR else f"{finding.severity}: "
    about = " ".join(word for word in (finding.card, f"[{finding.lang}]" if finding.lang else "") if word)
    where, message = visible(f"{place.path}:{place.line}:{place.column}:"), visible(level + finding.message)
    rows = [f"{paint(where)} {paint(finding.code, finding.severity)} {message}"]
    line = lines.get(place.path, place.line) if Path(place.path).suffix in (".yaml", ".lock") else ""
    if line.strip():
        shown, mark = _window(line.rstrip(), place.column - 1, place.width)
        rows.append(f"    | {shown}")
        if place.width:
            rows.append(f"    | {paint(mark, finding.severity)}")
    if about:
        rows.append(f"    card: {visible(about)}")
    if finding.hint:
        rows.append(f"    help: {visible(finding.hint)}")
    return "\n".join(rows)


def _window(line: str, start: int, width: int) -> tuple[str, str]:
    """The part of a line around a spot, and carets under the spot. Wide characters take two columns."""
    first, last = 0, len(line)
    if len(line) > _LONG or columns(line) > _WINDOW + 20:
        first = max(0, start - _WINDOW // 3)
        first = 0 if first < 10 else first
        last = first
        taken = 0
        if line[first : first + _WINDOW].isascii():  # then each takes one
            last, taken = min(len(line), first + _WINDOW), _WINDOW
        while last < min(len(line), first + _LONG) and taken < _WINDOW:
            taken += columns(line[last])
            last += 1
    head, tail = "…" if first else "", "…" if last < len(line) else ""
    before = head + line[first:start]
    meant = line[start : min(start + width, last)]
    shown = head + line[first:last] + tail
    return visible(shown), " " * columns(visible(before)) + "^" * max(1, columns(visible(meant)))
