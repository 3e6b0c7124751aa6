"""K14: a link or a formula that reaches beyond its card

A card is opened on phones and in browsers far from the author's folder. There a link to
a file leads nowhere, and a link to a script would run it. MathJax, which shows formulas in Anki, has
commands that do the same (`\\href`), that contact a foreign host when the card is shown (`\\style`), or
that change the cards shown later (`\\def`).

Bad:   `[notes](notes.md)`, `[click](javascript:alert(1))`, `$\\href{https://example.org}{x}$`, `$\\require{mhchem} x$`
Good:  `[notes](https://example.org/notes)`, `$\\color{red} x$`, `$\\ce{H2O}$`

Mend:  link to an address that begins with `https://`, outside of formulas; instead of defining a command, write out what it stands for.
"""

from __future__ import annotations

from collections.abc import Iterator

from deckgen.checks.proof import Proof
from deckgen.finding import Finding
from deckgen.markup import markdown

CODE = "K14"


def check(proof: Proof) -> Iterator[Finding]:
    """Find links that `markdown` would leave out, and commands of formulas that do more than show something."""
    for card, lang, text in proof.markdown:
        for what, address in markdown.references(text.value):
            if what == "link" and not markdown.is_safe_link(address):
                message = f"the link `{address}` goes neither to the web nor to a mail address"
                yield Finding(text.whole, CODE, message, "begin it with `https://`", card, lang)
    for card, lang, text, start, fault in proof.formula_faults:
        if fault.acts:
            message = f"in a formula, `{fault.shown}` {fault.message}"
            hint = "leave it out" if fault.command == "require" else "write the formula without it"
            place = text.span(start, start + len(fault.shown))
            yield Finding(place, CODE, message, hint, card, lang)
