"""What this machine remembers of the pushes of a deck: the profile, the tags given, the cards suspended.

It lies in the user's cache, as the journal of builds does. What is there is never read from it, but asked
anew each time. Without it a push is more careful with tags, and suspends retired cards that a learner took
up again.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
import time
from collections.abc import Container, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from deckgen.packing.journal import cache, is_own, key

#: So many of the newest entries of the journal are kept.
_MOST_DONE = 200
#: So many copies made before a push are kept.
_COPIES = 10


@dataclass(slots=True)
class Record:
    """`profile` is that of the last push. All else is about the profile of this one.

    `tags` are those that this deck ever gave; `suspended` are the cards that pushes suspended, and `begun`
    those that a push was about to suspend, or to take up again, until it was looked whether they are
    suspended. `owed` are cards that a push was about to move, with the decks they lay in, and `emptied` are
    such decks until it was looked whether they are empty; `taken` are tags that a push was about to take, by
    the ids of notes. `merged` says that an import without Anki's window was begun, and that the lock may not
    have its time.
    """

    path: Path
    last: str = ""
    profile: str = ""
    tags: set[str] = field(default_factory=set)
    suspended: set[int] = field(default_factory=set)
    begun: set[int] = field(default_factory=set)
    owed: dict[int, str] = field(default_factory=dict)
    taken: dict[int, list[str]] = field(default_factory=dict)
    emptied: set[str] = field(default_factory=set)
    merged: bool = False
    done: list[str] = field(default_factory=list)
    others: dict[str, Any] = field(default_factory=dict)

    def settle(self, suspended: Container[int]) -> None:
        """After a push, also a stopped one: of what was begun, what is suspended in Anki now is ours."""
        self.suspended |= {card for card in self.begun if card in suspended}
        self.begun = set()

    def tell(self, when: str, words: Iterable[str]) -> None:
        """Add to the journal of what was done, and keep it."""
        self.done = [*self.done, *(f"{when} {self.profile}: {one}" for one in words)][-_MOST_DONE:]
        self.keep()

    def keep(self) -> None:
        """Write it down, whole or not at all. A full or closed disk is no reason to stop a push."""
        own: dict[str, object] = {
            name: sorted(getattr(self, name)) for name in ("tags", "suspended", "begun", "emptied")
        }
        own |= {"owed": self.owed, "taken": self.taken, "merged": self.merged}
        text = json.dumps(
            {"last": self.profile, "profiles": {**self.others, self.profile: own}, "done": self.done},
            ensure_ascii=False,
            indent=1,
        )
        waiting = self.path.with_name(f"{self.path.name}.{os.getpid()}")
        with suppress(OSError):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            waiting.write_text(text, encoding="utf-8")
            waiting.replace(self.path)


def folder() -> Path:
    """Where records and copies made before a push lie."""
    return cache() / "push"


def read(decks_dir: Path, deck: str, lang: str, profile: str) -> Record:
    """The record of a deck in one language; an empty one when there is none, or it can't be read."""
    name = hashlib.sha256(f"{key(decks_dir)}\n{deck}\n{lang}".encode()).hexdigest()[:16]
    path = folder() / f"{name}.json"
    try:
        held = json.loads(path.read_text(encoding="utf-8")) if is_own(path) else {}
        profiles = dict(held.get("profiles", {}))
        own = dict(profiles.pop(profile, {}))
        return Record(
            path,
            str(held.get("last", "")),
            profile,
            set(map(str, own.get("tags", ()))),
            set(map(int, own.get("suspended", ()))),
            set(map(int, own.get("begun", ()))),
            {int(card): str(deck) for card, deck in dict(own.get("owed", {})).items()},
            {int(note): list(map(str, tags)) for note, tags in dict(own.get("taken", {})).items()},
            set(map(str, own.get("emptied", ()))),
            own.get("merged") is True,
            list(map(str, held.get("done", ()))),
            profiles,
        )
    except (OSError, ValueError, TypeError, AttributeError):
        return Record(path, profile=profile)


def sweep() -> None:
    """Keep only the newest copies."""
    old = sorted((path for path in folder().iterdir() if path.is_dir()), key=lambda path: path.name)
    for path in old[:-_COPIES]:
        shutil.rmtree(path, ignore_errors=True)


def fresh(now: int) -> Path:
    """A new folder for copies, named by the time. Raises OSError."""
    place = folder()
    place.mkdir(parents=True, exist_ok=True)
    stamp = time.strftime("%Y%m%d-%H%M%S-", time.gmtime(now))
    return Path(tempfile.mkdtemp(prefix=stamp, dir=place))
