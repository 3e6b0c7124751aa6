"""K14: a link, a formula or a style that reaches beyond its card

A card is opened on phones and in browsers far from the author's folder. There a link to
a file leads nowhere, and a link to a script would run it. MathJax, which shows formulas in Anki, has
commands that do the same (`\\href`), that contact a foreign host when the card is shown (`\\style`), or
that change the cards shown later (`\\def`). A style sheet can contact a host for each card that is
shown, and so tell it who studies what: `style.css` may show files of `media/`, and nothing else.

Bad:   `[notes](notes.md)`, `[click](javascript:alert(1))`, `$\\href{https://example.org}{x}$`, `$\\require{mhchem} x$`, `@import "x.css"`
Good:  `[notes](https://example.org/notes)`, `$\\color{red} x$`, `$\\ce{H2O}$`, `url("paper.png")`

Mend:  link to an address that begins with `https://`, outside of formulas; instead of defining a command, write out what it stands for.
"""

from __future__ import annotations

from collections.abc import Iterator

from deckgen.checks.proof import Proof
from deckgen.finding import Finding
from deckgen.markup import events, markdown
from deckgen.markup.style import reaches
from deckgen.reading.look import STYLE, place_in

CODE = "K14"


def check(proof: Proof) -> Iterator[Finding]:
    """Find links that `markdown` would leave out, and commands of formulas that do more than show something."""
    for card, lang, text in proof.marked_up:
        for what, address in () if text.html else events.references(text.value):
            if what == "link" and not markdown.is_safe_link(address):
                message = f"the link `{address}` goes neither to the web nor to a mail address"
                yield Finding(text.whole, CODE, message, "begin it with `https://`", card, lang)
    for card, lang, text, start, fault in proof.formula_faults:
        if fault.acts:
            message = f"in a formula, `{fault.shown}` {fault.message}"
            hint = "leave it out" if fault.command == "require" else "write the formula without it"
            place = text.span(start, start + len(fault.shown))
            yield Finding(place, CODE, message, hint, card, lang)
    css = proof.deck.style
    for reach in reaches(css) if css else ():
        if reach.fault:
            place = place_in(proof.deck.folder / STYLE, css, reach.start, reach.end)
            echo = css[reach.start : reach.end].split("\n", 1)[0] or css[reach.start]
            message = f"in the style sheet, `{echo}` {reach.fault}"
            yield Finding(place, CODE, message, "leave it out, or put the file into `media/`")
