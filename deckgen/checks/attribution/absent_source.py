"""M12: the source's text is not here

`source:` in deck.yaml names a `file`, but the file is not on this machine or can't be read.
A source's text is often somebody's copyright, so it may be kept outside of git. Without it,
places (M02) and copied runs (A04) are not checked. All other checks run.

Bad:   `source: {title: "Lecture 4", file: "../../lecture-4.txt"}` without that file
Good:  the file lies there, or nobody needs it here

Mend:  put the text there, in UTF-8, or turn the line off: `lint: {M12: off}`.
"""

from __future__ import annotations

from collections.abc import Iterator

from deckgen.checks.proof import Proof
from deckgen.finding import Finding, Severity

CODE = "M12"
STOPS = False


def check(proof: Proof) -> Iterator[Finding]:
    """Find out whether the text that a deck names can be read."""
    source = proof.deck.source
    if source is not None and source.file is not None and proof.original is None:
        message = f"the source's text `{source.file.value}` {proof.original_fault}"
        hint = "places and copied runs were not checked"
        place = source.file.span(0, len(source.file.value))
        yield Finding(place, CODE, message, hint, severity=Severity.INFO)
