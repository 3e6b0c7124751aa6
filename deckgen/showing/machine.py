"""Findings for programs: JSON, and annotations of GitHub."""

from __future__ import annotations

import json
from collections.abc import Sequence

from deckgen.finding import Finding, Severity


def as_json(findings: Sequence[Finding]) -> str:
    """A list of objects: where it is, what it is, what to do.

    Lines and columns count from 1, in characters; `end_column` is the one after the last that is meant.
    """
    rows = [
        {
            "path": finding.place.path,
            "line": finding.place.line,
            "column": finding.place.column,
            "end_column": finding.place.column + max(finding.place.width, 1),
            "code": finding.code,
            "severity": str(finding.severity),
            "message": finding.message,
            "hint": finding.hint,
            "card": finding.card,
            "lang": finding.lang,
            "fix": finding.fix,
        }
        for finding in findings
    ]
    return json.dumps(rows, ensure_ascii=False, indent=2)


def github(findings: Sequence[Finding]) -> str:
    """Workflow commands that GitHub shows beside the lines of a pull request."""
    levels = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}
    lines = []
    for finding in findings:
        place = finding.place
        properties = {"file": place.path, "line": place.line, "col": place.column, "title": finding.code}
        if place.width:
            properties["endColumn"] = place.column + place.width
        listed = ",".join(f"{key}={_escape_property(str(value))}" for key, value in properties.items())
        body = finding.message + (f" ({finding.hint})" if finding.hint else "")
        lines.append(f"::{levels[finding.severity]} {listed}::{_escape(body)}")
    return "\n".join(lines)


def _escape(value: str) -> str:
    return value.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _escape_property(value: str) -> str:
    return _escape(value).replace(":", "%3A").replace(",", "%2C")
