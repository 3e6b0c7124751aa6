"""What git remembers of a lock. The only module that asks git.

A revert or reset takes deck.lock back together with the cards. Learners keep the
newer stamps, and would never see the older text again. The commits before HEAD,
and the one that a reset left behind, tell which stamps were once given out.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from threading import Timer

from deckgen.lock import LATEST, MAX_BYTES, MAX_LINE

#: How many commits of the lock are looked at.
COMMITS = 30
#: Seconds for which git is waited.
PATIENCE = 10


def stamps(lock: Path) -> dict[tuple[str, str, str], int]:
    """The newest stamp of each note in the commits before now: by card, language (empty for none) and guid.

    The guid is empty where it derives from the id. Nothing is known without git,
    outside of a repository, and for a lock that was never committed.
    """
    found: dict[tuple[str, str, str], int] = {}
    if not _in_repository(lock):
        return found
    options = ["--format=", "-p", "-m", "-U0", "--text", "--no-textconv", "--no-color", "--no-ext-diff"]
    # Lines that went count as well: those of a revert are the newer ones.
    for line in _lines(lock, "log", f"-n{COMMITS}", *options, *_left_behind(lock), "--", lock.name):
        words = line.rstrip("\r\n").split(" ")
        if words[0] in ("+note", "-note") and len(words) > 9 and _is_stamp(words[4]):
            own = next((word.removeprefix("guid=") for word in words if word.startswith("guid=")), "")
            key = (words[1], "" if words[2] == "-" else words[2], own)
            found[key] = max(found.get(key, 0), int(words[4]))
    return found


def knows(lock: Path) -> bool:
    """Whether the lock was ever committed, also when it is gone now."""
    return _in_repository(lock) and bool(_git(lock, "log", "-n1", "--format=%H", "--", lock.name).strip())


def heads(folder: Path) -> str:
    """The commits from which `stamps` of a lock in `folder` begins; nothing outside of a repository."""
    place = folder / "deck.lock"
    return _git(place, "rev-parse", "--revs-only", "HEAD", "ORIG_HEAD") if _in_repository(place) else ""


def _in_repository(lock: Path) -> bool:
    return any((folder / ".git").exists() for folder in Path(os.path.realpath(lock)).parents)


def _left_behind(lock: Path) -> list[str]:
    """The commit that a `git reset` went back from, if it went back: HEAD is among those before it."""
    before = _git(lock, "rev-parse", "--verify", "ORIG_HEAD").strip()
    if not before:
        return []
    base = _git(lock, "merge-base", "HEAD", before)
    return [before] if base == _git(lock, "rev-parse", "HEAD") else []


def _is_stamp(word: str) -> bool:
    """Whether a lock with this stamp is read at all."""
    return word.isascii() and word.isdecimal() and len(word) <= len(str(LATEST)) and int(word) <= LATEST


def _lines(lock: Path, *arguments: str) -> Iterator[str]:
    """What git prints of locks that strangers may have written, newest first, no more than one may have."""
    try:
        process = subprocess.Popen(  # noqa: S603
            ["git", *arguments],  # noqa: S607
            cwd=lock.parent,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
    except OSError:
        return
    timer = Timer(PATIENCE, process.kill)
    timer.start()
    room = MAX_BYTES
    with process:
        while room > 0 and process.stdout and (line := process.stdout.readline(MAX_LINE)):
            room -= len(line)
            yield line.decode("utf-8", "replace")
        process.kill()
    timer.cancel()


def _git(lock: Path, *arguments: str) -> str:
    """What git prints; nothing when it fails or is not there."""
    try:
        done = subprocess.run(  # noqa: S603
            ["git", *arguments],  # noqa: S607
            cwd=lock.parent,
            capture_output=True,
            check=False,
            timeout=PATIENCE,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.decode("utf-8", "replace") if done.returncode == 0 else ""
