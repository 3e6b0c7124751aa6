"""One push at a time: from a folder of decks, and into an Anki."""

from __future__ import annotations

import hashlib
from contextlib import AbstractContextManager

from deckgen.packing.stage import locked
from deckgen.pushing import record


def turn(place: str, shown: str) -> AbstractContextManager[None]:
    """Keep other pushes of this user from `place`, a folder of decks or of a profile; `shown` names it.

    Entering it raises Busy at once when another push is at work: that may wait for a person. Raises OSError.
    """
    folder = record.folder()
    folder.mkdir(parents=True, exist_ok=True)
    name = hashlib.sha256(place.encode("utf-8", "surrogateescape")).hexdigest()[:16]
    busy = f"another push {shown} is at work: end it, or wait until it is done, and push again"
    return locked(folder / f"{name}.lock", 0, busy)
