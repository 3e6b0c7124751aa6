"""Findings as text: for people, for programs, for GitHub."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from deckgen.diagnostic import Diagnostic, Severity

_MAX_LINE = 160
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def text(findings: Sequence[Diagnostic]) -> str:
    """One block a finding: `path:line:column: CODE message`, the line of the source, a hint; then a sum.

    Control characters of the source are shown as escapes: they must not reach a terminal.
    """
    lines = _Lines()
    blocks = [_block(finding, lines) for finding in findings]
    return "\n".join([*blocks, _sum(findings)])


def as_json(findings: Sequence[Diagnostic]) -> str:
    """A list of objects with path, line, column, code, severity, message, hint, card, lang."""
    rows = [
        {
            "path": finding.place.path,
            "line": finding.place.line,
            "column": finding.place.column,
            "code": finding.code,
            "severity": str(finding.severity),
            "message": finding.message,
            "hint": finding.hint,
            "card": finding.card,
            "lang": finding.lang,
        }
        for finding in findings
    ]
    return json.dumps(rows, ensure_ascii=False, indent=2)


def github(findings: Sequence[Diagnostic]) -> str:
    """Workflow commands that GitHub shows beside the lines of a pull request."""
    levels = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}
    lines = []
    for finding in findings:
        place = finding.place
        properties = {"file": place.path, "line": place.line, "col": place.column, "title": finding.code}
        listed = ",".join(f"{key}={_escape_property(str(value))}" for key, value in properties.items())
        body = finding.message + (f" ({finding.hint})" if finding.hint else "")
        lines.append(f"::{levels[finding.severity]} {listed}::{_escape(body)}")
    return "\n".join(lines)


def _escape(value: str) -> str:
    return value.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _escape_property(value: str) -> str:
    return _escape(value).replace(":", "%3A").replace(",", "%2C")


class _Lines:
    """Lines of source files, each file read once."""

    def __init__(self) -> None:
        self._files: dict[str, list[str]] = {}

    def get(self, path: str, number: int) -> str:
        if path not in self._files:
            try:
                self._files[path] = Path(path).read_text(encoding="utf-8", errors="replace").splitlines()
            except OSError:
                self._files[path] = []
        lines = self._files[path]
        return lines[number - 1] if 0 < number <= len(lines) else ""


def _block(finding: Diagnostic, lines: _Lines) -> str:
    place = finding.place
    level = "" if finding.severity is Severity.ERROR else f"{finding.severity}: "
    about = " ".join(word for word in (finding.card, f"[{finding.lang}]" if finding.lang else "") if word)
    rows = [f"{place.path}:{place.line}:{place.column}: {finding.code} {level}{finding.message}"]
    line = lines.get(place.path, place.line) if Path(place.path).suffix in (".yaml", ".lock") else ""
    if line.strip():
        rows.append(f"    | {line.rstrip()[:_MAX_LINE]}")
    if about:
        rows.append(f"    card: {about}")
    if finding.hint:
        rows.append(f"    help: {finding.hint}")
    return "\n".join(_CONTROL.sub(lambda found: repr(found[0])[1:-1], row) for row in rows)


def _sum(findings: Sequence[Diagnostic]) -> str:
    if not findings:
        return "no findings"
    counts = Counter(finding.severity for finding in findings)
    parts = [
        f"{count} {severity}{'s' if count > 1 and severity is not Severity.INFO else ''}"
        for severity, count in sorted(counts.items(), reverse=True)
    ]
    codes = " ".join(sorted({finding.code for finding in findings}))
    return f"{', '.join(parts)} ({codes}); `deckgen explain CODE` tells more"
