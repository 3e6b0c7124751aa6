"""The page of a code: what it means, an example, how to mend it.

Rules carry their page as docstring; the pages of all other codes are in
`codes.md`. Both are read as text, so that explaining imports no rule.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from deckgen.finding import SILENCEABLE

_FOLDER = Path(__file__).parent
_RULES = _FOLDER.parent / "checks"
_RULE = re.compile(r'"""[A-Z]\d\d: ')


def page(code: str) -> str | None:
    """The page of `code` (any case), beginning with its title line; None for an unknown code."""
    wanted = code.upper()
    return next((text for text in (*_sections(), *_rules(wanted)) if text[:3] == wanted), None)


@cache
def pages() -> Mapping[str, str]:
    """All pages by code, sorted."""
    return dict(sorted((text[:3], text) for text in (*_sections(), *_rules())))


def _sections() -> Iterator[str]:
    text = (_FOLDER / "codes.md").read_text(encoding="utf-8")
    for section in re.split(r"^## ", text, flags=re.MULTILINE)[1:]:
        yield section.strip()


def _rules(code: str = "") -> Iterator[str]:
    """The pages of all rules, or of those whose codes begin with `code`."""
    begins = f'"""{code}'.encode()
    for path in _RULES.glob("*/*.py"):
        if not path.read_bytes().startswith(begins):
            continue
        text = path.read_text(encoding="utf-8")
        if _RULE.match(text):
            page = str(ast.literal_eval(text[: text.index('"""', 3) + 3])).strip()
            yield page if path.parent.name == "structure" else page + _silence(page[:3])


def _silenced(code: str) -> str:
    if code in SILENCEABLE:
        return f'on one card, with a reason: `lint: {{ignore: [{code}], why: "…"}}`.'
    return f'a warning on one card, with a reason: `lint: {{ignore: [{code}], why: "…"}}`; an error can\'t.'


def _silence(code: str) -> str:
    """How to silence a rule of craft; what the format demands can't be silenced."""
    return f"""

Silence:  {_silenced(code)}
For the whole deck, in deck.yaml: `lint: {{{code}: off}}`, or another level."""
