"""Findings as SARIF 2.1.0, which code scanners read.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from deckgen import __version__, explain
from deckgen.diagnostic import Diagnostic, Severity
from deckgen.identity import short_hash

_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}


def sarif(findings: Sequence[Diagnostic]) -> str:
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
        "results": [_result(finding, codes) for finding in findings],
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


def _result(finding: Diagnostic, codes: list[str]) -> dict[str, Any]:
    place = finding.place
    region = {"startLine": place.line, "startColumn": place.column}
    if place.width:
        region["endColumn"] = place.column + place.width
    location = {"artifactLocation": {"uri": quote(place.path)}, "region": region}
    message = finding.message + (f" ({finding.hint})" if finding.hint else "")
    # A scanner takes findings with the same print for one, also when lines have moved.
    same = short_hash(repr((finding.code, finding.card, finding.lang, finding.message)))
    return {
        "ruleId": finding.code,
        "ruleIndex": codes.index(finding.code),
        "level": _LEVELS[finding.severity],
        "message": {"text": message},
        "locations": [{"physicalLocation": location}],
        "partialFingerprints": {"deckgen/v1": same},
    }
