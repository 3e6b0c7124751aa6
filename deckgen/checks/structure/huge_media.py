"""G05: a picture or sound is very large

A package is downloaded, synchronised and kept on phones. A picture of more than
10 MB is usually one that nobody made smaller.

Bad:   `media/photo.png` of 24 MB
Good:  `media/photo.jpg` of 300 kB

Mend:  make it smaller: SVG for drawings, JPEG or WebP for photographs, Opus or MP3
for sounds.
"""

from __future__ import annotations

from collections.abc import Iterator

from deckgen.checks.proof import Proof
from deckgen.finding import Finding, Place, Severity

CODE = "G05"

#: In bytes.
LIMIT = 10_000_000


def check(proof: Proof) -> Iterator[Finding]:
    """Find files above the limit. A file that is gone meanwhile is found when it is packed."""
    for path in proof.deck.media.values():
        size = path.stat().st_size if path.exists() else 0
        if size > LIMIT:
            message = f"this file has {size / 1_000_000:.0f} MB"
            yield Finding(Place(path.as_posix()), CODE, message, "make it smaller", severity=Severity.WARNING)
