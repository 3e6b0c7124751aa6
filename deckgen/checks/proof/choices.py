"""Questions that offer the answers to choose from: there the answer stands rightly."""

from __future__ import annotations

import re

from deckgen.checks.proof import Passage
from deckgen.patterns import lazy

_OFFER = lazy(
    r"\b(?:or|versus|vs?\.?|either|than|between|which of|compare[ds]?|differ(?:s|ences?|ent)?|(?:one|two|both) of"
    r"|whichever|unlike|contrast(?:s|ed)?)\b"
    r"|还是|或|中哪|中的哪|之中|哪[个种一位方]?者?更|谁更|哪一[个者方种]|[两二]者|相比|区别|不同|差异|比较",
    re.IGNORECASE,
)


def offered(question: Passage) -> bool:
    """Whether a question names what to choose from."""
    return _OFFER.search(question.shown) is not None
