"""Three learners and an author edit the same cards in two languages, in any order, under a clock of the test's own.

What a learner typed comes home once, or a person is told; no edit about which nobody decided is replaced without a word; a
second pull changes nothing; and in the end all have the same.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.conftest import BILINGUAL_YAML, Project
from tests.pulling.test_pull import PICTURE, Ann, cards, commit

# Chance plays here, as in the tests of Hypothesis, though each time in the same way (tests/conftest.py).
pytestmark = [pytest.mark.slow, pytest.mark.no_cover]

CARDS = """\
tags: [basics]
cards:
  - id: spacing
    en: {q: "Why do spaced reviews beat one long session so far?", a: "Fading memory gains most of all. Sleep helps it as well."}
    zh: {q: "为什么 spaced reviews 比一次长的复习更好？", a: "快忘时复习收获最大。睡眠 also helps 很多。"}
  - id: testing
    en:
      cloze: "Recall beats {{c1::mere rereading}} and {{c2::a marker}} by far in most cases."
      note: "It also costs more time than one would like."
    zh:
      cloze: "回忆 always beats {{c1::重读}}和{{c2::荧光笔}}。"
      note: "它也 costs more time 一些。"
  - id: stages
    en: {q: "Which stages does one memory pass?", list: {encoding: "Encoding of words", storage: "Storage of them"}}
    zh: {q: "记忆有哪些阶段 in all?", list: {encoding: "编码 of words", storage: "储存 of them"}}
  - id: heart
    occlude: heart.png
    masks:
      left: {rect: [10, 20, 30, 15]}
      right: {rect: [50, 20, 30, 15]}
    en: {q: "Which part of it is this?"}
    zh: {q: "这是 which part of it?"}
"""
IDS = ("spacing", "testing", "stages", "heart")
FIELDS = {
    "spacing": ("Question", "Answer", "Note"), "testing": ("Text", "Note", "Hint"), "stages": ("Text", "List"),
    "heart": ("Header", "Occlusion"),
}  # fmt: skip
TABLE = '<table><tbody><tr><td colspan="2">{}</td></tr></tbody></table>'
REPLACES = "the next import replaces"
BETWEEN = re.compile(r"(?<=[a-z])(?= [a-z])")
WORD = re.compile(r" [a-z]+(?= [a-z])")


@dataclass
class One:
    """A learner of one language: what of theirs waits for the author, and of what it was told that it goes."""

    ann: Ann
    lang: str
    waits: set[str] = field(default_factory=set)
    told: set[str] = field(default_factory=set)

    def fields(self) -> dict[str, tuple[str, ...]]:
        return {card: tuple(self.ann.learner.note(card).fields) for card in IDS}


class Play:
    """A history."""

    def __init__(self, project: Project, folder: Path, seed: int, opened: ExitStack) -> None:
        self.project, self.random = project, Random(seed)  # noqa: S311
        self.count, self.now = 0, int(time.time()) - 1_000_000
        self.done: set[str] = set()  # words of the author, that came home once, or that a person left out
        project.deck(BILINGUAL_YAML, CARDS)
        media = project.root / "cards_source/memory/media"
        media.mkdir()
        (media / "heart.png").write_bytes(PICTURE)
        self.build()
        self.people = [
            One(Ann(project, folder / name), lang)
            for name, lang in (("ann", "en"), ("bob", "en"), ("zoe", "zh"))
        ]
        for one in self.people:
            opened.enter_context(one.ann.learner)
            self.get(one)
            one.ann.learner.study("Memory" if one.lang == "en" else "记忆", 3)

    def word(self) -> str:
        self.count += 1
        return f"w{self.count}w"

    def build(self) -> None:
        """Under the test's clock; all is committed, as the document asks for."""
        self.now += 60
        self.project.now = self.now - 3600
        outcome = self.project.build()
        told = set(
            re.findall(rf"P01 warning: {REPLACES}[^`]*`deckgen pull FILE --theirs (\w+)`", outcome.stderr)
        )
        for one in self.people if self.count else ():
            one.told |= told
        self.project.write(f"../built/{self.now}", "")  # so that there is something to commit
        commit(self.project)

    def get(self, one: One) -> None:
        """An import replaces nothing that waits, unless that was told; no review changes."""
        before = one.fields() if one.ann.learner.col.note_count() else {}
        reviews = one.ann.learner.progress()[1]
        one.ann.get(f"memory.{one.lang}.apkg")
        assert one.ann.learner.progress()[1] == reviews
        after = one.fields()
        for card in [card for card, fields in before.items() if after[card] != fields]:
            assert card not in one.waits - one.told, (
                f"an edit of {card} that waits was replaced without a word"
            )
            one.waits.discard(card)
            one.told.discard(card)

    # -- edits ---------------------------------------------------------------------------

    def learner_edits(self, one: One) -> None:
        card = self.random.choice(IDS)
        note = one.ann.learner.note(card)
        name = self.random.choice(FIELDS[card])
        old = note[name]
        note[name] = self.mask(old) if name == "Occlusion" else self.other(old, table=name == "Note")
        if note[name] == old:  # else it only looks like somebody who goes back to an older text
            return
        one.ann.learner.col.update_note(note)
        self.now += 60
        assert one.ann.learner.col.db is not None
        one.ann.learner.col.db.execute("update notes set mod = ? where id = ?", self.now, note.id)
        one.waits.discard(card)  # of the new edit the author knows nothing yet
        one.told.discard(card)

    def mask(self, masks: str) -> str:
        if self.random.random() < 0.3:
            number = masks.count("{{c") + 1
            return f"{masks}{{{{c{number}::image-occlusion:rect:left=.{self.random.randint(11, 89)}:top=.5:width=.1:height=.1:oi=1}}}}<br>"
        return re.sub(r"left=\.\d+", lambda _: f"left=.{self.random.randint(11, 89)}", masks, count=1)

    def other(self, html: str, *, table: bool) -> str:
        """A word more, a word less, another word, or a text that no card can have."""
        if not html:
            return f"A remark {self.word()} here."
        if table and self.random.random() < 0.3:
            return TABLE.format(self.word())
        places = [*(WORD if self.random.random() < 0.5 else BETWEEN).finditer(html)]
        if not places:
            return f"{html} {self.word()}"
        at = self.random.choice(places)
        new = self.random.choice(("", f" {self.word()}")) if at[0] else f" {self.word()}"
        return f"{html[: at.start()]}{new}{html[at.end() :]}"

    def author_edits(self) -> None:
        text = cards(self.project)
        lines = [(text[: one.start()].rpartition("\n")[2], one) for one in BETWEEN.finditer(text)]
        places = [one for line, one in lines if '"' in line]
        if self.random.random() < 0.2 and "left: {rect: [1" in text:
            new = re.sub(
                r"left: \{rect: \[[\d.]+", f"left: {{rect: [{self.random.randint(11, 60)}", text, count=1
            )
        else:
            at = self.random.choice(places)
            new = f"{text[: at.start()]} {self.word()}{text[at.end() :]}"
            self.done.add(f"w{self.count}w")
        self.project.write("memory/cards.yaml", new)

    # -- pulls ---------------------------------------------------------------------------

    def pull(self, one: One) -> None:
        choices = [*self.choices(one)]
        found = self.pulled(one, *choices)
        told = {finding["card"] for finding in found["findings"]}
        known = cards(self.project)
        self.done |= {*re.findall(r"w\d+w", known)}
        if choices[:1] == ["--ours"]:
            self.done |= {*re.findall(r"w\d+w", " ".join(one.fields()[choices[1]]))}
        for card, fields in one.fields().items():
            for word in re.findall(r"w\d+w", " ".join(fields)):
                assert word in self.done or card in told, (
                    f"{word} of {card} came not home, and nobody was told"
                )
        for word in re.findall(r"w\d+w", known):
            assert known.count(word) == 1, f"{word} stands there twice"
        again = self.pulled(one, "--dry-run")
        assert again["files"] == [], "a second pull finds something"

    def choices(self, one: One) -> Iterator[str]:
        """Now and then a person decides."""
        if self.random.random() < 0.3:
            found = self.pulled(one, "--dry-run")
            undecided = sorted(
                {finding["card"] for finding in found["findings"] if finding["code"] in ("P01", "P02", "P03")}
            )
            if undecided:
                yield self.random.choice(("--theirs", "--ours"))
                yield self.random.choice(undecided)

    def pulled(self, one: One, *arguments: str) -> dict[str, Any]:
        """What a pull says; the files must be such as can be built."""
        outcome = self.project.run(
            "pull", str(one.ann.file), "--lang", one.lang, "--format", "json", *arguments
        )
        assert outcome.exit_code in (0, 1), outcome.stdout + outcome.stderr
        found: dict[str, Any] = json.loads(outcome.stdout)
        if "--dry-run" not in arguments:
            codes = ("P01", "P02", "P03")
            one.waits = {finding["card"] for finding in found["findings"] if finding["code"] in codes}
            one.told = {finding["card"] for finding in found["findings"] if REPLACES in finding["hint"]}
        return found

    # -- all -----------------------------------------------------------------------------

    def go(self, steps: int) -> None:
        for _ in range(steps):
            one = self.random.choice(self.people)
            step = self.random.choice(("edit", "edit", "author", "pull", "pull", "build", "get"))
            if step == "edit":
                self.learner_edits(one)
            elif step == "author":
                self.author_edits()
            elif step == "pull":
                self.pull(one)
            elif step == "build":
                self.build()
            else:
                self.get(one)
        self.end()

    def end(self) -> None:
        """A person decides all; then all have the same, and nothing is left."""
        for one in self.people:
            self.pull(one)
            for card in sorted(one.waits):
                self.pulled(one, "--ours", card)
        self.build()
        for one in self.people:
            one.waits.clear()
            self.get(one)
            assert one.ann.pulled("--lang", one.lang)["files"] == []
        ann, bob, _ = (one.fields() for one in self.people)
        assert ann == bob


@pytest.mark.parametrize("seed", [5, 6, 7, 8, 116])
def test_in_any_order(project: Project, tmp_path: Path, seed: int) -> None:
    with ExitStack() as opened:
        Play(project, tmp_path, seed, opened).go(80)
