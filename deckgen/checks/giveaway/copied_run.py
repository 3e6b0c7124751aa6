"""A04: words are copied from the source

A sentence copied from its source is recalled by its shape, without being
understood (Matuschak: pattern matching), and is somebody's copyright. When
`source:` in deck.yaml names a `file` with the source's text, every text of every card
is compared with it. Words of the glossary and of names (speakers, the source's title
and author) don't count.

Bad:   a note with fourteen words in a row that are in the source
Good:  the same idea, restated

Limits: 11 words or 15 Chinese characters in a row are allowed; above 23 characters it is an error.

Mend:  close the source and say it in your own words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from deckgen.checks.proof import Limits, Proof
from deckgen.finding import Finding

CODE = "A04"
STOPS = True
LIMITS = {"en": Limits(11), "zh": Limits(15, 23)}


def check(proof: Proof) -> Iterator[Finding]:
    """Find runs that a text shares with the source."""
    original = proof.original
    if original is None:
        return
    names = _names(proof)
    for passage in proof.passages:
        limits = proof.limits(CODE, LIMITS, passage)
        for start, end, length in original.runs(passage.written, int(limits.warning) + 1):
            run = passage.quote((start, end))
            own = sum(len(original.tokens(match[0])) for match in names.finditer(run)) if names else 0
            severity = limits.severity(length - own)
            if severity is not None:
                message = f"{length - own} {passage.unit} in a row are copied from the source"
                hint = "close the source and say it in your own words"
                yield passage.finding(CODE, message, hint, (start, end), severity)


def _names(proof: Proof) -> re.Pattern[str] | None:
    deck = proof.deck
    words = [text.value for term in deck.glossary for texts in term.words.values() for text in texts]
    words += [text.value for names in (deck.speakers or {}).values() for text in names.values()]
    if deck.source is not None:
        words += [text.value for text in (deck.source.title, deck.source.by) if text is not None]
    longest_first = sorted({word for word in words if word.strip()}, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, longest_first)), re.IGNORECASE) if longest_first else None
