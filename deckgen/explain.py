"""The page of a code: what it means, an example, how to mend it.

Rules carry their page as docstring; the pages of all other codes are in
`codes.md`. Both are read as text, so that explaining imports nothing.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

_FOLDER = Path(__file__).parent


def page(code: str) -> str | None:
    """The page of `code` (any case), beginning with its title line; None for an unknown code."""
    return pages().get(code.upper())


def _silence(code: str) -> str:
    """How to overrule a rule of craft; what the format demands has no such line."""
    return f"""

Silence:  one card, with a reason: `lint: {{ignore: [{code}], why: "…"}}`. The whole
deck, in deck.yaml: `lint: {{{code}: off}}`, or another level."""


def pages() -> dict[str, str]:
    """All pages by code, sorted."""
    found = {}
    for section in re.split(r"^## ", (_FOLDER / "codes.md").read_text(encoding="utf-8"), flags=re.MULTILINE)[
        1:
    ]:
        found[section[:3]] = section.strip()
    for path in (_FOLDER / "checks").rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        if re.match(r'"""[A-Z]\d\d: ', text):
            page = (ast.get_docstring(ast.parse(text)) or "").strip()
            found[text[3:6]] = page if path.parent.name == "structure" else page + _silence(text[3:6])
    return dict(sorted(found.items()))
