"""Anything that authors and learners do, in any order, with the real Anki as the judge.

The fast profile runs 200 histories of 20 steps. For a long run:
`STATE_MACHINE_EXAMPLES=5000 python -m pytest tests/test_state_machine.py`.
"""

from __future__ import annotations

import os
import random
import re
import shutil
import subprocess
import tempfile
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from deckgen import author, identity, notetypes, shipped
from deckgen import lock as locks
from deckgen import plan as plans
from deckgen.build import Wishes, build
from deckgen.checks import Craft
from deckgen.diagnostic import has_errors
from deckgen.markup import markdown
from tests.real_anki import OPTION_SETS, Learner

pytestmark = pytest.mark.slow

KINDS = ("qa", "cloze", "list")
TITLE = "Machine"
OPTIONS = list(OPTION_SETS)


@dataclass
class Entry:
    """A card of the source, as the author sees it."""

    kind: str
    uid: int = 0
    version: int = 0
    tag: str = "one"
    file: str = "a"
    reverse: bool = False
    retired: bool = False
    picture: bool = False
    items: list[str] = field(default_factory=lambda: ["first", "second"])
    holes: list[int] = field(default_factory=lambda: [1, 2])
    was: str = ""

    def yaml(self, name: str) -> str:
        lines = [f"  - id: {name}", f"    tags: [{self.tag}]"]
        lines += [f"    was: {self.was}"] if self.was else []
        lines += ['    retired: {since: "2026-01-31", reason: "Over"}'] if self.retired else []
        lines += ["    reverse: true"] if self.reverse else []
        picture = " ![p](picture.png)" if self.picture else ""
        text = f"{name.split('-', maxsplit=1)[0]} {self.version}"
        if self.kind == "qa":
            lines += [f'    q: "Question {text}?"', f'    a: "Answer {text}{picture}"']
        elif self.kind == "cloze":
            holes = " and ".join(f"{{{{c{number}::hole {number} of {text}}}}}" for number in self.holes)
            lines += [f'    cloze: "Text {holes}{picture}"']
        else:
            items = ", ".join(f'{key}: "{key} {text}"' for key in self.items)
            lines += [f'    q: "Which {text}?{picture}"', f"    list: {{{items}}}"]
        return "\n".join(lines) + "\n"


class Machine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.root = Path(tempfile.mkdtemp(prefix="machine-"))
        self.learner = Learner(self.root / "learner")
        self.source = self.root / "cards_source"
        self.output = self.root / "output"
        self.folder = self.source / "machine"
        (self.folder / "media").mkdir(parents=True)
        self.now = 1_700_000_000
        self.cards: dict[str, Entry] = {}
        self.order: list[str] = []
        self.count = 0
        self.look = 0
        self.renderer = 0
        self.picture = 0
        #: By guid: what the last package said, and when that last changed, by the machine's clock.
        self.content: dict[str, tuple[Any, int]] = {}
        #: By guid: when the learner touched the note.
        self.touched: dict[str, int] = {}
        #: Which item each card of a list asks for.
        self.asked: dict[tuple[str, str], str] = {}
        #: The guid of each card, whatever its id is by now.
        self.guids: dict[int, str] = {}
        self.patches = [
            mock.patch.object(notetypes, "_file", self._look(notetypes._file)),
            mock.patch.object(markdown._Writer, "html", self._style(markdown._Writer.html)),
        ]
        for patch in self.patches:
            patch.start()

    def _look(self, original: Any) -> Any:
        return lambda name: original(name) + f"<p>{self.look}</p>" * (not name.endswith("css"))

    def _style(self, original: Any) -> Any:
        return lambda writer: original(writer) + "<br>" * self.renderer

    def teardown(self) -> None:
        self.learner.col.close()
        if any(card.retired for card in self.cards.values()):
            self._newcomer()
        for patch in self.patches:
            patch.stop()
        shutil.rmtree(self.root)

    def _newcomer(self) -> None:
        """Somebody who meets the deck only now gets every card but the retired ones."""
        self._build()
        with Learner(self.root / "newcomer") as newcomer:
            newcomer.import_package(self.output / "machine.apkg")
            for name, card in self.cards.items():
                assert bool(newcomer.cards(name)) is not card.retired

    # -- what the author does ------------------------------------------------------

    @initialize()
    def start(self) -> None:
        for kind in KINDS:
            self._add(kind)
        self.build_and_import(OPTIONS[0])

    def _add(self, kind: str) -> str:
        self.count += 1
        name = f"card{self.count}"
        self.cards[name] = Entry(kind, uid=self.count)
        self.order.append(name)
        return name

    def _pick(self, index: int) -> str:
        return self.order[index % len(self.order)]

    @rule(kind=st.sampled_from(KINDS), place=st.integers(0, 20))
    def add(self, kind: str, place: int) -> None:
        name = self._add(kind)
        self.order.remove(name)
        self.order.insert(place % (len(self.order) + 1), name)

    @rule(index=st.integers(0, 20), back=st.booleans())
    def edit(self, index: int, back: bool) -> None:
        card = self.cards[self._pick(index)]
        card.version = max(0, card.version - 1) if back else card.version + 1

    @rule(index=st.integers(0, 20), tag=st.sampled_from(["one", "two"]))
    def retag(self, index: int, tag: str) -> None:
        self.cards[self._pick(index)].tag = tag

    @rule(index=st.integers(0, 20))
    def retire_or_return(self, index: int) -> None:
        card = self.cards[self._pick(index)]
        card.retired = not card.retired

    @rule(index=st.integers(0, 20))
    def rename(self, index: int) -> None:
        self._rename(self._pick(index))

    def _rename(self, old: str) -> str:
        lock = self._lock()
        new = f"{old.split('-', maxsplit=1)[0]}-{self.count}"
        self.count += 1
        card = self.cards.pop(old)
        if any(name == old for name, _ in lock.notes):
            card.was = old
        self.cards[new] = card
        self.order[self.order.index(old)] = new
        return new

    @rule(seed=st.integers(0, 99))
    def reorder(self, seed: int) -> None:
        random.Random(seed).shuffle(self.order)  # noqa: S311

    @rule(index=st.integers(0, 20), file=st.sampled_from("abc"))
    def move(self, index: int, file: str) -> None:
        self.cards[self._pick(index)].file = file

    @rule(
        index=st.integers(0, 20), place=st.integers(0, 5), key=st.sampled_from(["third", "fourth", "fifth"])
    )
    def change_list(self, index: int, place: int, key: str) -> None:
        card = self.cards[self._pick(index)]
        if key in card.items and len(card.items) > 1:
            card.items.remove(key)
        elif key not in card.items:
            card.items.insert(place % (len(card.items) + 1), key)

    @rule(index=st.integers(0, 20))
    def change_holes(self, index: int) -> None:
        card = self.cards[self._pick(index)]
        if len(card.holes) < 3:
            card.holes.append(len(card.holes) + 1)
        else:
            card.holes.pop()

    @rule(index=st.integers(0, 20))
    def turn_round(self, index: int) -> None:
        card = self.cards[self._pick(index)]
        card.reverse = card.kind == "qa" and not card.reverse

    @rule(index=st.integers(0, 20))
    def show_picture(self, index: int) -> None:
        card = self.cards[self._pick(index)]
        card.picture = not card.picture

    @rule()
    def change_picture(self) -> None:
        self.picture += 1

    @rule()
    def change_look(self) -> None:
        self.look += 1

    @rule()
    def change_renderer(self) -> None:
        self.renderer = 1 - self.renderer

    @rule(back=st.integers(1, 10**8))
    def set_clock_back(self, back: int) -> None:
        """The author's clock alone; the learner's goes on."""
        self._build(now=self.now - back)

    @rule()
    def lose_the_lock(self) -> None:
        self._build()
        path = self.folder / locks.FILE
        text = path.read_bytes()
        path.unlink()
        author.recover_lock(self.source, self.output, [])
        assert path.read_bytes() == text

    @rule(
        one=st.integers(0, 20),
        two=st.integers(0, 20),
        key=st.sampled_from(["sixth", "seventh"]),
        learns=st.sampled_from(["first", "second", "neither"]),
        renames=st.booleans(),
    )
    def merge_branches(self, one: int, two: int, key: str, learns: str, renames: bool) -> None:
        """Two branches off one build, each with an edit and a card of its own, merged as git does."""
        self._build()
        base, before = (self.folder / locks.FILE).read_bytes(), (deepcopy(self.cards), list(self.order))
        old = new = self._pick(one)
        self.cards[old].version += 1
        if key not in self.cards[old].items:
            self.cards[old].items.append(key)
        if renames:
            new = self._rename(old)
        first = self._add("qa")
        self._build()
        if learns == "first":
            self._import(OPTIONS[0])
        theirs = (self.folder / locks.FILE).read_bytes()
        ours_cards = self.cards
        self.cards, self.order = before[0], [*before[1]]
        (self.folder / locks.FILE).write_bytes(base)
        self.cards[self._pick(two)].version += 2
        second = self._add("list")
        self._build()
        if learns == "second":
            self._import(OPTIONS[0])
        mine = (self.folder / locks.FILE).read_bytes()
        merged = self._merge_files(mine, base, theirs)
        (self.folder / locks.FILE).write_bytes(merged)
        if new != old:
            # The other branch knows the card by its old id; `was:` comes with the merge.
            self.order[self.order.index(old)] = new
            self.cards[new] = self.cards.pop(old)
            self.cards[new].was = old
        for name, card in ours_cards.items():
            if name == first:
                self.cards[name] = card
                self.order.append(name)
            elif name != second and name == new:
                self.cards[name].items = card.items
                self.cards[name].version = max(card.version, self.cards[name].version)
        self._build()

    def _merge_files(self, mine: bytes, base: bytes, theirs: bytes) -> bytes:
        paths = []
        for name, content in (("mine", mine), ("base", base), ("theirs", theirs)):
            path = self.root / name
            path.write_bytes(content)
            paths.append(path)
        return subprocess.run(
            ["git", "merge-file", "-p", "--union", *paths], check=True, capture_output=True
        ).stdout

    def _write(self) -> None:
        deck = f'deck: machine\ntitle: "{TITLE}"\ntags: [one, two]\n'
        (self.folder / "deck.yaml").write_text(deck, encoding="utf-8")
        for file in "abc":
            cards = [self.cards[name].yaml(name) for name in self.order if self.cards[name].file == file]
            text = "cards:\n" + "".join(cards) if cards else "cards: []\n"
            (self.folder / f"{file}.yaml").write_text(text, encoding="utf-8")
        (self.folder / "media/picture.png").write_text(str(self.picture), encoding="utf-8")

    def _lock(self) -> locks.Lock:
        lock, findings = locks.parse((self.folder / locks.FILE).read_text(encoding="utf-8"), "deck.lock")
        assert lock is not None, findings
        return lock

    def _build(self, now: int | None = None) -> None:
        self.now += 60
        self._write()
        wishes = Wishes(accepted=frozenset(self.cards), craft=Craft.NONE)
        result = build(self.source, self.output, now=self.now if now is None else now, wishes=wishes)
        assert not has_errors(result.findings), result.findings
        for card in self.cards.values():
            card.was = ""
        self._remember()

    def _remember(self) -> None:
        """Note what the package says now, and that every card still has its guid."""
        for guid, note in shipped.read(self.output / "machine.apkg").notes.items():
            said = (note.fields, note.tags)
            if guid not in self.content or self.content[guid][0] != said:
                self.content[guid] = (said, self.now)
        for (name, _), line in self._lock().notes.items():
            if name in self.cards:
                guid = line.guid or identity.guid("machine", "", name)
                assert self.guids.setdefault(self.cards[name].uid, guid) == guid, "a card changed its guid"

    # -- what the learner does -----------------------------------------------------

    @rule(count=st.integers(1, 5), ease=st.integers(1, 4))
    def study(self, count: int, ease: int) -> None:
        self.learner.study(TITLE, count, ease)

    @rule(index=st.integers(0, 20), tag=st.booleans())
    def touch_locally(self, index: int, tag: bool) -> None:
        """Edit a note's text or give it a tag, at the machine's time."""
        notes = self.learner.col.find_notes("")
        note = self.learner.col.get_note(notes[index % len(notes)])
        if tag:
            note.tags.append("mine")
        else:
            note["Note"] = f"my remark {self.now}"
        self.learner.col.update_note(note)
        self.now += 60
        assert self.learner.col.db is not None
        self.learner.col.db.execute("update notes set mod = ? where id = ?", self.now, note.id)
        self.touched[note.guid] = self.now

    @rule(options=st.sampled_from(OPTIONS))
    def build_and_import(self, options: str) -> None:
        self._build()
        self._import(options)

    @precondition(lambda self: (self.output / "machine.apkg").exists())
    @rule(options=st.sampled_from(OPTIONS))
    def import_again(self, options: str) -> None:
        self._import(options)

    def _import(self, options: str) -> None:
        """Import, and hold Anki to the promise."""
        package = shipped.read(self.output / "machine.apkg")
        before, (cards, reviews) = self._notes(), self.learner.progress()
        planned = self._plan()
        log = self.learner.import_package(self.output / "machine.apkg", OPTION_SETS[options])
        after = self._notes()
        # No review and no schedule ever changes, no card goes away.
        now_cards, now_reviews = self.learner.progress()
        assert now_reviews == reviews
        kept = {row[0] for row in cards}
        assert [row for row in now_cards if row[0] in kept] == cards
        # One note for a guid, none refused.
        assert log.conflicting == 0
        assert len(after) == self.learner.col.note_count()
        for guid, note in package.notes.items():
            self._judge(note, before.get(guid), after[guid], options.endswith("always"))
            old = before.get(guid)
            differs = old is not None and (old.fields != note.fields or not set(note.tags) <= set(old.tags))
            if old is not None and old.stamp > note.stamp and differs:
                assert guid in planned, "plan --against did not name what is held back"
            for number, key in re.findall(r"\{\{c(\d+)::(\w+)", after[guid].fields[1]):
                asked = self.asked.setdefault((guid, number), key)
                assert asked == key, "a card asks for another item than it did"
        for guid, old in before.items():
            if guid not in package.notes:
                assert after[guid] == old

    def _judge(
        self,
        note: shipped.ShippedNote,
        old: shipped.ShippedNote | None,
        new: shipped.ShippedNote,
        always: bool,
    ) -> None:
        """What the import made of one note: `old` before it, `new` after it."""
        said, changed = self.content[note.guid]
        touched = self.touched.get(note.guid, 0)
        if old is None or not touched:
            assert (new.fields, new.tags) == said, "an author's change did not arrive"
        elif touched < note.stamp:
            assert new.fields == note.fields, "a change that is newer than the learner's own did not arrive"
        elif not always:
            assert new == old, "something of the learner's was overwritten"
        if old is not None and touched >= changed and not always:
            assert new == old, "something of the learner's was overwritten without need"
        if new.fields == note.fields and new.stamp == note.stamp:
            self.touched.pop(note.guid, None)

    def _notes(self) -> dict[str, shipped.ShippedNote]:
        rows = self.learner.rows("notes")
        return {
            row[1]: shipped.ShippedNote(
                row[0], row[1], row[2], row[3], tuple(sorted(row[5].split())), tuple(row[6].split("\x1f"))
            )
            for row in rows
        }

    def _plan(self) -> set[str]:
        """The guids that `plan --against` says the import will leave as they are."""
        if self._changed_since_build():
            return set(self._notes())
        result = plans.plan(
            self.source,
            self.output,
            now=self.now,
            wishes=Wishes(accepted=frozenset(self.cards), craft=Craft.NONE),
            against=Path(self.learner.col.path),
        )
        (package,) = result.packages
        assert package.against is not None
        named = {
            card
            for group in package.against
            if group.name in ("held back", "edited locally")
            for card in group.cards
        }
        held = {name: line for (name, _), line in self._lock().notes.items()}
        return {held[name].guid or identity.guid("machine", "", name) for name in named}

    def _changed_since_build(self) -> bool:
        """Whether the source went on after the last build: then the plan is about another package."""
        self._write()
        result = build(
            self.source,
            self.output,
            now=self.now,
            wishes=Wishes(accepted=frozenset(self.cards), craft=Craft.NONE),
            locked=True,
        )
        return bool([finding for finding in result.findings if finding.code.startswith("R")])


EXAMPLES = int(os.environ.get("STATE_MACHINE_EXAMPLES", "200"))
TestMachine = Machine.TestCase
TestMachine.settings = settings(
    max_examples=EXAMPLES, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
)
