"""K21: a mark on which Anki would act

In Anki's editor, `[latex]…[/latex]` and `[$]…[/$]` run LaTeX on the learner's machine, `[anki:tts]` speaks, and
`[[type:…]]` asks for an answer to type. In deckgen every text, these marks included, is shown as it was typed, and you get a warning. It is an
error when such a mark would remain in the note or the note type that Anki gets, whatever the cause: a mark
that deletions put together, a formula that a deletion cuts in two, or an element that deckgen does not write. Only LaTeX that is typed as HTML
in a deck with `trusted: true` is let through (K36).

Bad:   `[$]x^2[/$]`, `[latex]x^2[/latex]`, `{{c1::x::latex}}` within a formula
Good:  `$x^2$`, `` `[latex]` `` in backticks

Mend:  write formulas between dollar signs; put marks that should be shown into backticks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from deckgen.checks.proof import Proof
from deckgen.finding import Finding, Severity
from deckgen.markup import events
from deckgen.patterns import lazy

CODE = "K21"

_MARK = lazy(r"\[(?:latex|\$\$?)\](?!\()|\[anki:[a-z]+|\[\[type:", re.IGNORECASE)


def check(proof: Proof) -> Iterator[Finding]:
    """Find marks outside of code. What is left in notes is for `guard`."""
    for card, lang, text in proof.marked_up:
        if text.html or "[" not in text.value:
            continue
        for found in _MARK.finditer(text.value):
            if not events.in_code(text.value, found.start()):
                latex = found[0][1] in "l$L"
                hint = "write a formula as `$x^2$`" if latex else "put it into backticks to show it as it is"
                message = f"`{found[0]}` is a mark of Anki's editor, and only shown here"
                place = text.span(*found.span())
                yield Finding(place, CODE, message, hint, card, lang, Severity.WARNING)
