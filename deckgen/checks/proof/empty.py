"""Texts that say nothing."""

from __future__ import annotations

import re

from deckgen.markup import texts
from deckgen.patterns import lazy
from deckgen.written import Text

#: What stands where a text is to come.
PLACEHOLDER = lazy(r"(todo|tbd|fixme|xxx|\.{2,}|…+|[?\uff1f]+|待[补補]充?|待定)\s*[.\u3002]?", re.IGNORECASE)


def says_nothing(text: Text) -> bool:
    """Whether a text is empty, a placeholder, or shows nothing."""
    value = text.value.strip()
    if not value or PLACEHOLDER.fullmatch(value):
        return True
    # A letter or digit in a text is shown, except in what Markdown drops: definitions and references.
    if value[0].isalnum() or not (
        text.html or "&" in value or "]:" in value or not any(map(str.isalnum, value))
    ):
        return False
    return texts.is_blank(text)
