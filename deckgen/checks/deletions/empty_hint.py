"""C10: the hint of a deletion is empty

What follows the second `::` of a deletion is its hint. When nothing follows, there is no
hint, and the `::` itself is not shown. An answer such as `std::` loses its end.

Bad:
    - en: {cloze: "In C++, names of the standard library begin with {{c1::std::}} or are imported."}

Good:
    - en: {cloze: "In C++, names of the standard library begin with {{c1::`std::`}} or are imported."}

Mend:  write the hint or delete the `::`; if the `::` is part of the answer, put it into backticks.
"""

from __future__ import annotations

from collections.abc import Iterator

from deckgen.checks.proof import Proof
from deckgen.checks.proof.hidden import clozes
from deckgen.finding import Finding

CODE = "C10"
STOPS = False


def check(proof: Proof) -> Iterator[Finding]:
    """Find a `::` with nothing behind it."""
    for passage, deletions in clozes(proof):
        text = passage.text.value
        for deletion in deletions:
            start = text.index("::", deletion.start) + 2 + len(deletion.content)
            if start < deletion.end - 2 and not deletion.hint.strip():
                hint = "write a hint, or delete it; write `::` in backticks where it is part of the answer"
                yield passage.finding(CODE, "no hint follows this `::`", hint, (start, start + 2))
