"""A learner of the state machine, who edits notes; and what of an edit may stand in the YAML after a pull."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.real_anki import Learner
from tests.whole.model import OPENING, OWN, REMARK, tags_of, words_of

#: What a learner does to a note.
EDITS = ["remark", "no remark", "opening", "first word", "last word", "tag", "own tag", "new note"]
_QUESTIONS = ("Question", "Text", "Header", "Land")
_REMARKS = ("Note", "Back Extra")
#: What a card may say or not.
TAGS = ("tag one", "tag two")
FREE = (*OWN, *TAGS)
Words = dict[str, str]


@dataclass(slots=True)
class Person:
    """`touched` is when the learner touched a note, by guid; `bases` are what was shipped of it, or came home.

    `merges` says whether the learner merges note types at some imports.
    """

    learner: Learner
    profile: str = "User 1"
    merges: bool = False
    touched: dict[str, int] = field(default_factory=dict)
    bases: dict[str, list[Words]] = field(default_factory=dict)
    #: Guids of notes of which a person decided, or git forgot: any of the bases may be the one that is known.
    doubtful: set[str] = field(default_factory=set)

    def note(self, index: int) -> Any:
        notes = self.learner.col.find_notes("-note:Basic")
        return self.learner.col.get_note(notes[index % len(notes)])

    def has(self) -> dict[str, Words]:
        """What each note says, by guid."""
        return {row[1]: said(row[6], row[5]) for row in self.learner.rows("notes")}

    def edit(self, note: Any, what: str, now: int) -> None:
        """Change a note, at the machine's time."""
        if note.guid not in self.touched:
            self.bases[note.guid] = [said("\x1f".join(note.fields), " ".join(note.tags))]
        if what in ("tag", "own tag"):
            note.tags.append("mine" if what == "tag" else "machine::two")
        elif "remark" in what:
            name = next(name for name in _REMARKS if name in note)
            note[name] = "" if what == "no remark" else f"{REMARK} {now}"
        elif what == "opening":
            name = next(name for name in _QUESTIONS if name in note)
            note[name] = f"{OPENING} {now}. " + re.sub(rf"^{OPENING} \d+\. ", "", note[name])
        else:
            words = [
                word
                for word in words_of("\x1f".join(note.fields))
                if word not in OWN and not word.startswith("mask ")
            ]
            _mark(note, words[0 if what == "first word" else -1], now)
        self._keep(note, now)

    def write(self, like: Any, now: int) -> None:
        """Add a question like another one."""
        note = self.learner.col.new_note(like.note_type())
        note["Question"] = f"Question fresh{now} 0 en?"
        note["Answer"] = f"Answer fresh{now} 0 en, x<sup>{len(f'fresh{now}')}</sup>"
        note.tags = ["machine::one"]
        deck = self.learner.col.decks.id("Machine")
        assert deck is not None
        self.learner.col.add_note(note, deck)
        self.bases[note.guid] = [said("\x1f".join(note.fields), " ".join(note.tags))]
        self._keep(note, now)

    def _keep(self, note: Any, now: int) -> None:
        self.learner.col.update_note(note)
        assert self.learner.col.db is not None
        self.learner.col.db.execute("update notes set mod = ? where id = ?", now, note.id)
        self.touched[note.guid] = now

    def file(self) -> Path:
        return Path(self.learner.col.path)


def _mark(note: Any, word: str, now: int) -> None:
    """Put another word where a text has its version."""
    for place, html in enumerate(note.fields):
        note.fields[place] = re.sub(
            rf"(\b{word} (?:card|fresh)\d+ \d+)(?:x\d+)?( (?:en|zh)\b)", rf"\g<1>x{now}\g<2>", html, count=1
        )


def said(fields: str, tags: str) -> Words:
    """What a note says, with those tags that are the deck's."""
    return words_of(fields) | tags_of(tag.removeprefix("machine::") for tag in tags.split())


def is_shared(word: str) -> bool:
    """Whether a word is of no language."""
    return word.startswith(("mask ", "tag "))


def check_words(
    before: Words, after: Words, theirs: Words, bases: list[Words], told: bool, decided: str
) -> None:
    """Hold what stands in the YAML `after` a pull to what stood there `before`, word by word.

    A learner's word stands there if the learner wrote it, and the author had changed nothing of it since one of
    the `bases`; or when a person `decided` so. Else the author's does, and if the learner wrote another one
    after the last of the bases, a person is `told`.
    """
    for word in before.keys() | after.keys():
        ours, now, other = before.get(word, ""), after.get(word, ""), theirs.get(word, "")
        if now != ours:
            assert now == other, f"{word} became what nobody wrote"
            meant = any(other != base.get(word, "") and ours == base.get(word, "") for base in bases)
            assert meant or decided == "theirs", f"{word} of the author was lost"
    for word in theirs:
        if word in before or word in FREE:
            ours, now, other = before.get(word, ""), after.get(word, ""), theirs[word]
            edited = other not in (ours, bases[-1].get(word, ""))
            assert now == other or not edited or told or decided, f"an edit of {word} was lost"
