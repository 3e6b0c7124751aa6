"""What stands in a lock, for tests: so that none of them counts the words of a line."""

from __future__ import annotations

from pathlib import Path

from deckgen.lock.lines import Lock
from deckgen.lock.parse import parse


def read_lock(path: Path) -> Lock:
    """The lock in a file, which must have no fault."""
    lock, findings = parse(path.read_text(encoding="utf-8"), path.name)
    assert lock is not None, findings
    return lock
