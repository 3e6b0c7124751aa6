"""L06: a text is empty or a placeholder

A question, answer, list member or note with nothing in it reaches learners as an empty
card. An unquoted text that begins with `#` is empty, too: YAML takes it for a
comment.

Bad:   `a: ""`, `a: TODO`, `a: # hash`
Good:  `a: "It predicts the next token."`

Mend:  write the text, put quotes around a text that begins with `#`, or remove an
optional key.
"""

from __future__ import annotations

from collections.abc import Iterator

from deckgen.checks.proof import Proof
from deckgen.checks.proof.empty import PLACEHOLDER, says_nothing
from deckgen.finding import Finding, short
from deckgen.written import Text

CODE = "L06"


def check(proof: Proof) -> Iterator[Finding]:
    """Find texts that show nothing, in deck.yaml and in cards."""
    for lang, title in proof.deck.title.items():
        if not title.value.strip():
            yield _finding(title, "title", "", lang)
    for card, lang, key, text in proof.texts:
        if says_nothing(text):
            yield _finding(text, key, card.id.value, lang)


def _finding(text: Text, key: str, card: str, lang: str) -> Finding:
    value = text.value.strip()
    what = f"is only “{value}”" if PLACEHOLDER.fullmatch(value) else "shows nothing" if value else "is empty"
    if PLACEHOLDER.fullmatch(value):
        hint = "write the text, or take the card out until you know it"
    elif text.html:
        hint = "write words, or show a picture"
    elif value:
        backslash = "\\\\" if text.style == '"' else "\\"
        hint = f"Markdown takes it for a mark: put a backslash before it, `{backslash}{short(value, 20)}`"
    else:
        hint = "write the text; quote one that begins with `#`" if "#" in text.rest else "write the text"
    return Finding(text.whole, CODE, f"`{key}:` {what}", hint, card, lang)
