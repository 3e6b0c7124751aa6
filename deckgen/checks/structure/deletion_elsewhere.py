"""Y12: a deletion outside of a cloze

`{{c1::…}}` hides something only under `cloze:`. Elsewhere it is shown as typed,
braces and all.

Bad:   `a: "The capital is {{c1::Paris}}."`
Good:  `cloze: "The capital is {{c1::Paris}}."`

Mend:  write the card as a cloze, or remove the marks; put marks that should be shown into
backticks.
"""

from __future__ import annotations

from collections.abc import Iterator

from deckgen.checks.proof import Proof
from deckgen.finding import Finding, Severity
from deckgen.kinds import Content, Role, parts
from deckgen.markup.texts import as_read
from deckgen.reading.keys import is_deletion

CODE = "Y12"


def check(proof: Proof) -> Iterator[Finding]:
    """Find marks of deletions in questions, answers, items and notes, but not in code."""
    for card, lang, key, text in proof.texts:
        if is_deletion(text.value) and is_deletion(as_read(text)) and not _hides(card.contents[lang], key):
            message = f"`{key}:` hides nothing: `{{{{c1::…}}}}` works only under `cloze:`"
            hint = "write the whole sentence under `cloze:`, not `q:` and `a:`, or put it into backticks"
            yield Finding(text.whole, CODE, message, hint, card.id.value, lang, Severity.WARNING)


def _hides(content: Content, key: str) -> bool:
    """Whether the text under a key of a card is the one that may have deletions."""
    return any(part.key == key and part.role is Role.CLOZE for part in parts(content))
