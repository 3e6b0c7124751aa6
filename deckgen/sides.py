r"""What of a note a page must know before it shows the cards: its formulas, as each card has them.

The page's script fills the templates, as Anki does when it shows a card. Formulas it can't draw,
so they are made beforehand, and what is hidden in a formula is hidden otherwise on every card.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial

from deckgen.deck import Kind
from deckgen.render import Note

_DELETION = re.compile(r"\{\{c(\d+)::(.*?)(?:::(.*?))?\}\}", re.DOTALL)
_MATHJAX = re.compile(r"\\[(\[].*?\\[)\]]", re.DOTALL)
_HTML = re.compile(r"<!--.*?-->|<[^>]*>", re.DOTALL)
#: How many characters all forms of a formula may have: each deletion in it makes one as long as it is.
FORMS = 2_000


def formula_forms(note: Note) -> Iterator[str]:
    """HTML with every formula that one of the cards of a note shows, each as that card has it.

    A formula whose forms would grow beyond FORMS is left out.
    """
    for html in note.fields:
        if "\\(" not in html and "\\[" not in html:
            continue
        if note.kind is Kind.QA or "{{c" not in html:
            yield html
            continue
        for found in _MATHJAX.finditer(html):
            numbers = {deletion[1] for deletion in _DELETION.finditer(found[0])}
            if len(numbers) * len(found[0]) <= FORMS:
                yield from (_form(found[0], number) for number in ("", *sorted(numbers)))


def _form(formula: str, number: str) -> str:
    """A formula with the deletions `number` hidden; MathJax reads text only, so Anki takes elements out."""
    return _HTML.sub("", _DELETION.sub(partial(_shown, number), formula))


def _shown(number: str, found: re.Match[str]) -> str:
    return f"[{found[3] or '...'}]" if found[1] == number else found[2]
