"""Findings as SARIF 2.1.0, which code scanners read.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from deckgen import __version__
from deckgen.finding import Finding, Severity
from deckgen.notes.identity import short_hash
from deckgen.showing import explain

_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}


def sarif(findings: Sequence[Finding]) -> str:
    """One run of deckgen, with the page of every code that it found."""
    pages = explain.pages()
    codes = sorted({finding.code for finding in findings})
    driver = {
        "name": "deckgen",
        "semanticVersion": __version__,
        "rules": [_rule(code, pages[code]) for code in codes],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": _results(findings, codes),
    }
    log = {
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        "version": "2.1.0",
        "runs": [run],
    }
    return json.dumps(log, ensure_ascii=False, indent=2)


def _rule(code: str, page: str) -> dict[str, Any]:
    title, _, body = page.partition("\n")
    return {
        "id": code,
        "shortDescription": {"text": title.partition(": ")[2]},
        "help": {"text": body.strip()},
    }


def _results(findings: Sequence[Finding], codes: list[str]) -> list[dict[str, Any]]:
    seen: Counter[str] = Counter()
    results = []
    for finding in findings:
        # A scanner takes findings with the same fingerprint for one, even when lines have moved.
        same = repr((finding.place.path, finding.code, finding.card, finding.lang, finding.message))
        seen[same] += 1
        results.append(_result(finding, codes, short_hash(f"{same}{seen[same]}")))
    return results


def _result(finding: Finding, codes: list[str], same: str) -> dict[str, Any]:
    place = finding.place
    region = {"startLine": place.line, "startColumn": place.column}
    if place.width:
        region["endColumn"] = place.column + place.width
    path = Path(place.path)
    uri = path.as_uri() if path.is_absolute() else quote(place.path)
    location = {"artifactLocation": {"uri": uri}, "region": region}
    message = finding.message + (f" ({finding.hint})" if finding.hint else "")
    return {
        "ruleId": finding.code,
        "ruleIndex": codes.index(finding.code),
        "level": _LEVELS[finding.severity],
        "message": {"text": message},
        "locations": [{"physicalLocation": location}],
        "partialFingerprints": {"deckgen/v1": same},
    }
