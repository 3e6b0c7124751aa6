"""One push at a time: from a folder of decks, and into an Anki."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

from deckgen.packing.stage import Busy
from deckgen.pushing import record


@contextmanager
def turn(place: str, shown: str) -> Iterator[None]:
    """Keep other pushes of this user from `place`, a folder of decks or of a profile; `shown` names it.

    The system ends this with the process, however that ends. Raises Busy at once when another one is at work:
    it may wait for a person.
    """
    # As in `stage`: only what writes needs it.
    from filelock import FileLock, Timeout

    folder = record.folder()
    path = folder / f"{hashlib.sha256(place.encode('utf-8', 'surrogateescape')).hexdigest()[:16]}.lock"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        held = FileLock(path, timeout=0)
        held.acquire()
    except Timeout:
        raise Busy(
            f"another push {shown} is at work: end it, or wait until it is done, and push again"
        ) from None
    except OSError as error:
        raise Busy(f"can't open {path}: {error.strerror}") from None
    try:
        yield
    finally:
        held.release()
