"""What git remembers of a lock. The only module that asks git.

A revert or reset takes deck.lock back together with the cards. Learners keep the
newer stamps, and would never see the older text again. The commits before HEAD
tell which stamps were once given out.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

#: How many commits of the lock are looked at.
COMMITS = 30


def stamps(lock: Path) -> dict[tuple[str, str], int]:
    """The newest stamp of each note, by (card, language as in the lock), in the commits before now.

    Empty without git, outside of a repository, and for a lock that was never committed.
    """
    if not any((folder / ".git").exists() for folder in lock.resolve().parents):
        return {}
    command = [
        "git",
        "log",
        f"-n{COMMITS}",
        "--format=",
        "-p",
        "-U0",
        "--no-color",
        "--no-ext-diff",
        "--",
        lock.name,
    ]
    try:
        done = subprocess.run(command, cwd=lock.parent, capture_output=True, check=False, timeout=10)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return {}
    found: dict[tuple[str, str], int] = {}
    for line in done.stdout.decode("utf-8", "replace").split("\n"):
        words = line.split(" ")
        if words[0] == "+note" and len(words) > 5 and words[4].isdecimal():
            key = (words[1], words[2])
            found[key] = max(found.get(key, 0), int(words[4]))
    return found
