"""K14: a link goes neither to the web nor to a mail address

A card is opened on phones and in browsers far from the author's folder: a link to
a file leads nowhere, and one to a script would run it.

Bad:   `[notes](notes.md)`, `[click](javascript:alert(1))`
Good:  `[notes](https://example.org/notes)`

Mend:  link to an address that begins with `https://`.
"""

from __future__ import annotations

from collections.abc import Iterator

from deckgen.checks.proof import Proof
from deckgen.diagnostic import Diagnostic
from deckgen.markup import markdown

CODE = "K14"


def check(proof: Proof) -> Iterator[Diagnostic]:
    """Find links that `markdown` would leave out."""
    for card, lang, text in proof.markdown:
        for what, address in markdown.references(text.value):
            if what == "link" and not markdown.is_safe_link(address):
                message = f"the link `{address}` goes neither to the web nor to a mail address"
                yield Diagnostic(text.whole, CODE, message, "begin it with `https://`", card, lang)
