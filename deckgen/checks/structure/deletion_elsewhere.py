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
from deckgen.kinds import Role, parts
from deckgen.markup.texts import as_read
from deckgen.reading.keys import is_deletion

CODE = "Y12"


def check(proof: Proof) -> Iterator[Finding]:
    """Find marks of deletions in questions, answers, items and notes, but not in code."""
    contents = ((card, lang, content) for card in proof.deck.cards for lang, content in card.contents.items())
    for card, lang, content in contents:
        for role, key, text in parts(content):
            if role is Role.CLOZE or not is_deletion(text.value):
                continue
            if is_deletion(as_read(text)):
                message = f"`{key}:` hides nothing: `{{{{c1::…}}}}` works only under `cloze:`"
                hint = "write the whole sentence under `cloze:`, not `q:` and `a:`, or put it into backticks"
                yield Finding(text.whole, CODE, message, hint, card.id.value, lang, Severity.WARNING)
