"""K21: a mark on which Anki would act

In Anki's editor, `[latex]…[/latex]` and `[$]…[/$]` run LaTeX on the learner's machine, `[anki:tts]` speaks, and
`[[type:…]]` asks. Here a text is shown as it was typed, these marks too: that is a warning. It is an
error when something of the kind would be left in the note or the note type that Anki gets, however it came there: a mark
that deletions put together, a formula that a deletion cuts in two, an element that deckgen does not write.

Bad:   `[$]x^2[/$]`, `[latex]x^2[/latex]`, `{{c1::x::latex}}` within a formula
Good:  `$x^2$`, `` `[latex]` `` in backticks

Mend:  write formulas between dollar signs; put what is meant to be shown into backticks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from deckgen.checks.proof import Proof
from deckgen.finding import Finding, Severity
from deckgen.markup import markdown
from deckgen.patterns import lazy

CODE = "K21"

_MARK = lazy(r"\[(?:latex|\$\$?)\](?!\()|\[anki:[a-z]+|\[\[type:", re.IGNORECASE)


def check(proof: Proof) -> Iterator[Finding]:
    """Find marks outside of code. What is left in notes is for `guard`."""
    for card, lang, text in proof.markdown:
        if "[" not in text.value:
            continue
        for found in _MARK.finditer(text.value):
            if not markdown.in_code(text.value, found.start()):
                latex = found[0][1] in "l$L"
                hint = "write a formula as `$x^2$`" if latex else "put it into backticks if it is to be shown"
                message = f"`{found[0]}` is a mark of Anki's editor, and only shown here"
                place = text.span(*found.span())
                yield Finding(place, CODE, message, hint, card, lang, Severity.WARNING)
