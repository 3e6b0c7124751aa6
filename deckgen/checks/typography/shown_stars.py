"""T06: the stars of an emphasis are shown

Markdown looks at the characters around `**`. Between a full-width mark such as
`。` or `）` on one side and a letter on the other, it sees no emphasis, and
learners see the stars. This happens often in Chinese, which sets no space there.

Bad:
    - zh: {q: "什么给回答打分？", a: "**奖励模型。**它打分。"}

Good:
    - zh: {q: "什么给回答打分？", a: "**奖励模型**。它打分。"}

Mend:  move the punctuation mark out of the stars, or put a space there.
"""

from __future__ import annotations

from collections.abc import Iterator

from deckgen.checks.proof import Proof
from deckgen.finding import Finding, Severity
from deckgen.markup import events

CODE = "T06"
STOPS = False


def check(proof: Proof) -> Iterator[Finding]:
    """Find texts in which `**` next to a Chinese character or mark comes out as stars."""
    for card, lang, key, text in proof.texts:
        if not text.html and events.shown_stars(text.value):
            message = f"`**` in `{key}:` is shown and not read as emphasis"
            hint = "move the punctuation mark out of the stars"
            yield Finding(text.place, CODE, message, hint, card.id.value, lang, Severity.WARNING)
