"""Anything that authors and learners do, in any order, with the real Anki as the judge.

After each import: no row of a card or a review changed and none went (*reviews*), one note a guid and no more (*once*), what the
author changed arrived (*arrives*), and nothing of the learner's was overwritten without need (*own*). After each build: a card keeps
its guid, and none that was given out is gone without a word (*missed*). After each pull: what a learner edited stands in the YAML
or a person is told, word by word, and every other byte is the author's (*home*). The operations, and the promise that each tries:

author
    add                      a new card between others: a note of its own, and old ones keep their places (once)
    edit                     another text, or an older one again: it arrives under a newer stamp (arrives)
    retag                    another tag: it arrives, and the learner's tags stay (arrives, own)
    retire_or_return         given out no more, perhaps from a day on, or again: learners keep the card (reviews, missed)
    days_pass                that day comes without an edit (reviews)
    rename                   another id, with `was:`: the guid stays (once, missed)
    reorder                  the order of cards: no note changes by it (own)
    move                     a card to another file: no note changes by it (own)
    move_to_a_deck           a card to a deck below the title or back: no card of the learner moves (reviews)
    change_list              an item or a mask comes or goes: each card still asks for what it asked for (reviews)
    change_holes             a deletion comes or goes: as with lists (reviews)
    turn_round               a reverse card comes or goes: as with lists (reviews)
    fill_a_field             of a note type of the deck's own, which brings a card, or takes it away (reviews)
    wake_the_spares          of that type: a field and a template more, and their cards (arrives, once)
    change_a_front           of that type, until Anki might make cards twice, as it does after Check Database (once)
    show_picture             a picture comes to a card or goes (arrives)
    change_picture           other bytes under the same name: the note must say another name (arrives)
    change_look              another accent: the note type arrives, no note is touched (arrives, own)
    change_renderer          another deckgen writes other HTML: it arrives as an edit does (arrives)
    add_a_language           every card gets a second note, in a deck of its own (once)
    begin_a_new_major        every card gets a new note, and the old ones stay (once, reviews)
clocks and locks
    set_clock_back           a build under a clock that is behind: stamps don't go back (arrives)
    set_clock_ahead          stamps of the future: they are named (R17), once or for two texts (own)
    lower_the_stamps         those stamps, lowered as far as nobody can have a higher one (arrives, own)
    lose_the_source          each package is adopted, and the source builds the same notes under the same stamps (arrives)
    lose_the_lock            the lock comes again from the packages, byte for byte (once, missed)
git
    commit                   of what was built, or of sources that were not
    build_and_commit         as the document asks for
    go_back                  main, in seven ways, behind texts, cards, items, a look or ids: what is missed comes back (missed, arrives)
    lose_what_was_built      another machine: nothing is known but what was committed (missed)
    build_on_a_side_branch   it is reset, or left, or its learners come back: main names what is newer there (R15) and moves no stamp
    check_out_an_old_commit  as a branch or a tag, built and restamped: what does not arrive is named (arrives)
    merge_branches           two sides with edits and cards of their own, one may take a learner's edits, and a lock of both or of
                             either (once, reviews, missed, home)
two decks
    fork                     the same ids beside this deck: neither touches the other's notes (once)
learner
    study                    answers cards (reviews)
    touch_locally            edits a note or tags it, or writes a new one (own)
    move_locally             puts cards into a deck of the learner's own: they stay there (reviews)
    check_database           which also changes the order in which Anki reads cards (once)
    build_and_import         takes a new package under one of eight sets of options (all)
    import_again             takes the same package once more (all)
    pull                     of this learner or another one, who acts from then on, after one more edit; perhaps a person decides, or
                             --dry-run and --new are tried. A second pull finds nothing, the next import updates no note that says
                             so already and none that waits for a person (home, own, arrives)
    build_and_push           pushes a new package: texts come as by an import, cards come home, tags of notes that an import leaves
                             come, cards of retired notes are suspended; a second push finds nothing to do, an import of the same
                             package changes nothing, and no foreign note is touched (all)

At the end somebody new imports the packages and gets every card but the retired ones.

CI plays 150 histories of 20 steps, the same each time. For a long run:
`STATE_MACHINE_EXAMPLES=5000 python -m pytest tests/whole/test_state_machine.py`.
"""

from __future__ import annotations

import importlib
import os
import random
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from itertools import product
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest import mock

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RULE_MARKER, RuleBasedStateMachine, initialize, precondition, rule

import deckgen
from deckgen.adopting import our_deck, ours
from deckgen.adopting.adoption import Wanted
from deckgen.building import plan as plans
from deckgen.building.build import Result, build
from deckgen.building.wishes import Wishes, day
from deckgen.checks import Craft
from deckgen.editing import author
from deckgen.finding import Finding, Severity
from deckgen.lock import undelivered
from deckgen.lock.limits import FILE, SKEW
from deckgen.lock.lines import Lock, NoteLine
from deckgen.lock.parse import other_state, parse
from deckgen.markup import markdown
from deckgen.notes import identity
from deckgen.packing import collection
from deckgen.pulling.found import Asked, Pulled
from deckgen.pulling.pull import pull
from deckgen.pushing import push
from tests.anki_server import AnkiWindow, Direct
from tests.real_anki import OPTION_SETS, Learner, Rows
from tests.whole.learner import EDITS, TAGS, Person, Words, check_words, is_shared, said
from tests.whole.model import EN, FILES, KEYS, ZH, Entry, Source, cards_of, git, said_in

pytestmark = pytest.mark.slow

#: What a row of cards says besides deck, queue, due date, and time and number of its last change.
LEARNT = (0, 1, 3, 6, *range(9, 18))
KINDS = ("qa", "cloze", "list", "masks", "own")
OPTIONS = list(OPTION_SETS)
#: Ways in which main goes back to one of its commits.
WAYS = ["reset", "reset and commit", "revert", "files", "amend", "checkout -B", "rebase"]
CHANGES = ["text", "card", "item", "look", "name"]
#: The number of a card and the item or the mask that it asks for. A cloze asks for {水|みず}.
ASKED = r"\{\{c(\d+)::(?:image-occlusion:rect:left=)?([.\w]+)"
INDEX = st.integers(0, 20)
#: What a pull says of edits about which a person must decide.
UNDECIDED = ("P01", "P02")
#: What it says of cards of which not everything came home.
TOLD = (*UNDECIDED, "P03", "P04", "P09")


class Machine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.root = Path(tempfile.mkdtemp(prefix="machine-"))
        self.person = Person(Learner(self.root / "learner"))
        self.people = [self.person]
        self.decks = self.root / "cards_source"
        self.output = self.root / "output"
        self.folder = self.decks / "machine"
        for name in ("media", "note_types/land"):
            (self.folder / name).mkdir(parents=True)
        self.now = self.clock = 1_700_000_000
        self.source = Source()
        self.count = 0
        self.fronts = 0
        self.renderer = 0
        self.puts_back_retired = False
        #: What the last build made: packages by language, and its source.
        self.packages: dict[str, collection.Shipped] = {}
        #: All packages that were made, as they were; by language, the last ones.
        self.shelf: list[Path] = []
        self.given_out: dict[str, Path] = {}
        self.built: tuple[Any, ...] = ()
        #: What it said of cards: by code, their ids and `the look`.
        self.named: dict[str, set[str]] = {}
        #: The commits of main, the newest last, and the source of every commit.
        self.main: list[str] = []
        self.commits: dict[str, Source] = {}
        #: Namespaces that main had before it went back: the next build must name those it does not have.
        self.behind: set[str] = set()
        #: The newest entry under every id.
        self.entries: dict[str, Entry] = {}
        #: By major: the cards that main gave out, by uid.
        self.given: dict[int, set[int]] = {}
        #: By guid: the numbers of the Anki cards that main gave out, from 0.
        self.ordinals: dict[str, frozenset[int]] = {}
        #: By guid: what the last package said, and when that last changed, by the machine's clock.
        self.content: dict[str, tuple[Any, int]] = {}
        #: By guid: all that any package said of it, with the stamps.
        self.said: dict[str, set[tuple[Any, int]]] = {}
        #: Which item each card of a list asks for, or which mask, by its place.
        self.asked: dict[tuple[str, str], str] = {}
        #: The guid of each card, whatever its id is by now, by language and major.
        self.guids: dict[tuple[int, str, int], str] = {}
        #: The guids of majors whose last build was never committed, and all such once what was built is lost.
        self.only_here: set[str] = set()
        self.unknown: set[str] = set()
        clock = SimpleNamespace(time=lambda: self.clock, gmtime=time.gmtime, strftime=time.strftime)
        self.patches: list[Any] = [
            # Each build looks for the oldest of all that is kept there.
            mock.patch.dict(os.environ, XDG_CACHE_HOME=str(self.root / "cache")),
            mock.patch.object(deckgen, "__version__", "0.1.0"),
            mock.patch.object(markdown, "to_html", self._style(markdown.to_html)),
            mock.patch.object(importlib.import_module("deckgen.building.build"), "time", clock),
            mock.patch.object(undelivered, "NAMED", 1000),
            mock.patch.object(author, "new_seed", self._seed),
        ]
        for patch in self.patches:
            patch.start()

    @property
    def learner(self) -> Learner:
        return self.person.learner

    @property
    def touched(self) -> dict[str, int]:
        """By guid: when the learner touched the note."""
        return self.person.touched

    def _style(self, original: Any) -> Any:
        """A renderer by which texts with deletions end otherwise."""
        return lambda text, resolve: original(text, resolve) + "<br>" * ("\x02" in text and self.renderer)

    def _seed(self) -> str:
        return f"seed{self._next()}"

    def teardown(self) -> None:
        for person in self.people:
            person.learner.col.close()
        if any(card.retired for card in self.source.cards.values()):
            self._newcomer()
        for patch in self.patches:
            patch.stop()
        shutil.rmtree(self.root)

    def _newcomer(self) -> None:
        """Somebody who meets the deck only now gets every card but the retired ones."""
        self._build()
        with Learner(self.root / "newcomer") as newcomer:
            for lang in self.packages:
                newcomer.import_package(self.given_out[lang])
            for name, card in self.source.cards.items():
                assert bool(newcomer.cards(name)) is not card.retired

    # -- what the author does ------------------------------------------------------

    @initialize(seed=st.booleans(), merges=st.booleans())
    def start(self, seed: bool, merges: bool) -> None:
        """The learner `merges` note types at some imports, or never."""
        self.source.seed = "k7q2xw9d" if seed else ""
        self.person.merges = merges
        _add_foreign(self.learner)
        for kind in (*KINDS, "own"):  # two, so that the cards of one may lie between those of another
            self._add(kind)
        self.build_and_import(OPTIONS[0])

    def _next(self) -> int:
        self.count += 1
        return self.count

    def _add(self, kind: str) -> str:
        name = f"card{self._next()}"
        self.source.cards[name] = Entry(kind, uid=self.count)
        self.source.order.append(name)
        return name

    def _pick(self, index: int) -> str:
        return self.source.order[index % len(self.source.order)]

    def _card(self, index: int) -> Entry:
        return self.source.cards[self._pick(index)]

    @rule(kind=st.sampled_from(KINDS), place=INDEX)
    def add(self, kind: str, place: int) -> None:
        name = self._add(kind)
        self.source.order.remove(name)
        self.source.order.insert(place % (len(self.source.order) + 1), name)

    @rule(index=INDEX, back=st.booleans())
    def edit(self, index: int, back: bool) -> None:
        self._card(index).rewrite(back)

    @rule(index=INDEX, tag=st.sampled_from(["one", "two"]))
    def retag(self, index: int, tag: str) -> None:
        self._card(index).tag = tag

    @rule(index=INDEX, until=st.sampled_from(["", "2023-06-01", "2023-11-16"]))
    def retire_or_return(self, index: int, until: str) -> None:
        card = self._card(index)
        card.retired, card.until = not card.retired, until

    @rule(days=st.integers(1, 5))
    def days_pass(self, days: int) -> None:
        self.now += 86_400 * days

    @rule(index=INDEX)
    def rename(self, index: int) -> None:
        self._rename(self._pick(index))

    def _rename(self, old: str) -> str:
        new = f"{old.split('-', maxsplit=1)[0]}-{self._next()}"
        card = self.source.cards.pop(old)
        if any(name == old for name, _ in self._lock().notes):
            card.was = old
        self.source.cards[new] = card
        self.source.order[self.source.order.index(old)] = new
        return new

    @rule(seed=st.integers(0, 99))
    def reorder(self, seed: int) -> None:
        random.Random(seed).shuffle(self.source.order)  # noqa: S311

    @rule(index=INDEX, file=st.sampled_from("abc"))
    def move(self, index: int, file: str) -> None:
        self._card(index).file = file

    @rule(index=INDEX, deck=st.sampled_from(["", "East", "East::Far", "West"]))
    def move_to_a_deck(self, index: int, deck: str) -> None:
        self._card(index).deck = deck

    @rule(index=INDEX, place=st.integers(0, 5), key=st.sampled_from(KEYS[:3]))
    def change_list(self, index: int, place: int, key: str) -> None:
        card = self._card(index)
        if key in card.items and len(card.items) > 1:
            card.items.remove(key)
        elif key not in card.items:
            card.items.insert(place % (len(card.items) + 1), key)

    @rule(index=INDEX)
    def change_holes(self, index: int) -> None:
        card = self._card(index)
        if len(card.holes) < 3:
            card.holes.append(len(card.holes) + 1)
        else:
            card.holes.pop()

    @rule(index=INDEX)
    def turn_round(self, index: int) -> None:
        card = self._card(index)
        card.reverse = card.kind == "qa" and not card.reverse

    @rule(index=INDEX)
    def fill_a_field(self, index: int) -> None:
        card = self._card(index)
        card.town = not card.town

    @rule(imports=st.booleans())
    def wake_the_spares(self, imports: bool) -> None:
        self.source.wakes = True
        if imports:
            self.build_and_import(OPTIONS[0])

    @rule(imports=st.booleans())
    def change_a_front(self, imports: bool) -> None:
        """In a collection that was checked, where Anki may look for cards in another order."""
        self.fronts += 1
        self.source.front = self.fronts
        if imports:
            self.check_database()
            self.build_and_import(OPTIONS[0])

    @rule(index=INDEX)
    def show_picture(self, index: int) -> None:
        card = self._card(index)
        card.picture = not card.picture

    @rule()
    def change_picture(self) -> None:
        self.source.picture += 1

    @rule()
    def change_look(self) -> None:
        self.source.look = self._next()

    @rule()
    def change_renderer(self) -> None:
        self.renderer = 1 - self.renderer
        deckgen.__version__ = f"0.1.{self.renderer}"  # what another deckgen worked out is not taken over

    @precondition(lambda self: not self.source.two)
    @rule()
    def add_a_language(self) -> None:
        self.source.two = True

    @precondition(lambda self: self.count < 12)
    @rule()
    def begin_a_new_major(self) -> None:
        if not self.main or self._git("status", "--porcelain", "--", "cards_source/machine/deck.lock"):
            self.only_here |= {guid for package in self.packages.values() for guid in package.notes}
        self._build(new_major=True)

    # -- clocks and locks ----------------------------------------------------------

    @rule(back=st.integers(1, 10**8))
    def set_clock_back(self, back: int) -> None:
        """The author's clock alone; the learner's goes on."""
        self._build(ahead=-back)

    @rule(
        ahead=st.integers(400, 10**7),
        index=INDEX,
        what=st.sampled_from(["text", "look"]),
        imports=st.booleans(),
        again=st.booleans(),
        lowers=st.booleans(),
    )
    def set_clock_ahead(
        self, ahead: int, index: int, what: str, imports: bool, again: bool, lowers: bool
    ) -> None:
        """The author edits a card or the look under it, once or twice, and commits.

        Of two texts from the time of a wrong clock, the first one must be known to lower the second one.
        """
        for _ in range(1 + again):
            self._change(what, index)
            self._build(ahead=ahead)
            self.commit()
            if imports:
                self._import(OPTIONS[0])
                imports = False
        if lowers:
            self.lower_the_stamps()
            self._import(OPTIONS[0])

    @precondition(lambda self: self.named.get("R17"))
    @rule()
    def lower_the_stamps(self) -> None:
        self.now += 60
        before = self._lock()
        try:
            author.lower_stamps(self.decks, [], self.now)
        except author.CantEdit:
            return
        for key, line in self._lock().notes.items():
            if key in before.notes and before.notes[key] != line:
                guid = self._guid(key, line)
                self.content[guid] = (self.content[guid][0], self.now)
        self._build()
        for key, line in self._lock().notes.items():
            high = {said for said, stamp in self.said[self._guid(key, line)] if stamp > self.now}
            assert line.stamp <= self.now or line.above or len(high) > 1, "a stamp is ahead without need"

    @precondition(lambda self: bool(self.packages))
    @rule()
    def lose_the_source(self) -> None:
        """Each package brings a source back that builds what its learners have."""
        for lang, package in self.packages.items():
            with tempfile.TemporaryDirectory() as name:
                source, output = Path(name) / "source", Path(name) / "output"
                with ours.read(self.given_out[lang]) as own:
                    report = our_deck.adopt(source, own, Wanted("machine", self.clock))
                result = build(source, output, now=self.clock + 60, wishes=Wishes(craft=Craft.NONE))
                assert not _errors(result), result.findings
                (path,) = output.glob("*.apkg")
                notes = collection.read(path).notes
                # A mask that only a retired card ever had has a number of which no lock knows, and no card.
                named = " ".join(report.folders[0].remarks)
                others = {guid: note for guid, note in package.notes.items() if notes[guid] != note}
                for note in others.values():
                    assert "machine::retired" in note.tags
                    assert "image-occlusion" in note.fields[0]
                    assert re.search(r"that the next build changes, .*\bcard", named)
                assert {**notes, **others} == package.notes

    @rule(named=st.booleans())
    def lose_the_lock(self, named: bool) -> None:
        """Packages of other languages than the deck has now were left over (K22)."""
        self._build()
        for path in self.output.glob("machine*.apkg"):
            if path not in [self._path(lang) for lang in self.packages]:
                path.unlink()
        path = self.folder / FILE
        text = path.read_bytes()
        path.unlink()
        author.recover_lock(self.decks, self.output, [self._path(next(iter(self.packages)))] if named else [])
        # A package can't tell whether Anki has ever added cards, so the lock takes it for granted. Nor can it tell
        # for which edits translations wait, or which edits wait for the author.
        lost, had = (re.sub(rb" grown| (of|waits)=\S+", b"", one) for one in (path.read_bytes(), text))
        assert lost == had
        assert path.read_bytes().count(b" grown") >= text.count(b" grown")

    # -- git -----------------------------------------------------------------------

    @rule()
    def commit(self) -> None:
        """Of what was built, or not."""
        self.main.append(self._commit())

    @rule()
    def build_and_commit(self) -> None:
        self._build()
        self.commit()

    def _git(self, *arguments: str) -> str:
        return git(self.root, *arguments)

    def _commit(self, *options: str) -> str:
        if not self.main:
            self._git("init", "-q", "--template=")
        self._write()
        self._git("add", "-A", "cards_source/machine", "output")
        self._git("commit", "-q", "--allow-empty", "-m", "built", *options)
        return self._head()

    def _head(self) -> str:
        """The commit of now, with the source of it: that of the files."""
        words = (self.root / ".git/HEAD").read_text(encoding="ascii").split()
        head = (self.root / ".git" / words[1]).read_text("ascii").strip() if words[0] == "ref:" else words[0]
        self.commits[head] = deepcopy(self.source)
        return head

    @precondition(lambda self: self.main)
    @rule(
        index=INDEX,
        what=st.sampled_from(["nothing", *CHANGES]),
        way=st.sampled_from(WAYS),
        steps=st.integers(0, 5),
        commits=st.booleans(),
        retires=st.booleans(),
        imports=st.booleans(),
    )
    def go_back(
        self, index: int, what: str, way: str, steps: int, commits: bool, retires: bool, imports: bool
    ) -> None:
        """Main goes back to one of its commits. What was not committed is lost, as git says.

        Something may change before, and be given out. Cards that are missed then come back, retired or not.
        """
        self.puts_back_retired = retires
        if what != "nothing":
            self._change(what, index)
            self.build_and_import(OPTIONS[0])
        self._doubt()
        target = self.main[-1 - steps % len(self.main)]
        namespaces = self._namespaces()
        told = self._git("show", f"{target}:cards_source/machine/{FILE}")
        if namespaces != self._namespaces(told):
            # What was never committed of a language or a major can't be known.
            self._build()
            commits = True
        if commits:
            self.commit()
        getattr(self, f"_back_by_{re.sub('[^a-z]+', '_', way.lower())}")(target)
        self.source = deepcopy(self.commits[target])
        if way in ("revert", "amend", "reset and commit", "rebase"):
            self.main.append(self._head())
        self.behind |= namespaces - self._namespaces()
        if imports:
            self.build_and_import(OPTIONS[0])

    def _doubt(self) -> None:
        """Another branch may not know what came home, and what it was before."""
        for person in self.people:
            person.doubtful |= person.touched.keys()

    @precondition(lambda self: self.main)
    @rule()
    def lose_what_was_built(self) -> None:
        """What this machine keeps of its last builds; the commits stay, those that were reset as well."""
        self.build_and_commit()
        shutil.rmtree(self.root / ".git/deckgen")
        # An old commit of a major that was left behind can't tell what was built after it (see "What can't be known").
        self.unknown |= self.only_here
        self.only_here.clear()

    def _back_by_reset(self, target: str) -> None:
        self._git("reset", "-q", "--hard", target)
        self.main = self.main[: self.main.index(target) + 1]

    def _back_by_reset_and_commit(self, target: str) -> None:
        self._back_by_reset(target)
        self._git("commit", "-q", "--allow-empty", "-m", "other")

    def _back_by_revert(self, target: str) -> None:
        self._git("read-tree", "-u", "--reset", target)
        self._git("commit", "-q", "--allow-empty", "-m", "revert")

    def _back_by_files(self, target: str) -> None:
        self._git("checkout", "-q", target, "--", "cards_source")

    def _back_by_amend(self, target: str) -> None:
        self._git("read-tree", "-u", "--reset", target)
        self._git("commit", "-q", "--allow-empty", "--amend", "-m", "amended")
        self.main.pop()

    def _back_by_checkout_b(self, target: str) -> None:
        self._git("checkout", "-q", "-f", "-B", "main", target)
        self.main = self.main[: self.main.index(target) + 1]

    def _back_by_rebase(self, target: str) -> None:
        self._git("reset", "-q", "--hard")
        self._git("clean", "-fdq", "output")
        self._git("commit", "-q", "--allow-empty", "-m", "later")
        self._git("rebase", "-q", "--onto", target, "HEAD~1")
        self.main = self.main[: self.main.index(target) + 1]

    @contextmanager
    def _elsewhere(self, *checkout: str) -> Iterator[None]:
        """On another branch, and back on main, where all is as if nothing had been built meanwhile."""
        kept = deepcopy((self.source, self.content, self.ordinals, self.given, self.behind))
        before = self._lock()
        self._git("checkout", "-q", "-f", *checkout)
        self._doubt()
        yield
        self._git("checkout", "-q", "-f", "main")
        self.source, self.content, self.ordinals, self.given, self.behind = kept
        self._build()
        assert self._lock() == before, "a build of another branch moved a stamp"

    @rule(
        index=INDEX,
        what=st.sampled_from(CHANGES),
        end=st.sampled_from(["reset", "left", "imported", "imported and taken back"]),
    )
    def build_on_a_side_branch(self, index: int, what: str, end: str) -> None:
        """It is reset before anybody has it, or left as it is: then its texts are named on main."""
        self.build_and_commit()
        with self._elsewhere("-b", f"side{self._next()}"):
            before = deepcopy(self.source)
            self._change(what, index)
            self._build()
            self._commit()
            if end == "reset":
                self._git("reset", "-q", "--hard", "HEAD~1")
            elif end != "left":
                self._import(OPTIONS[0])
            if end.endswith("back") and what not in ("name", "look"):  # an id is never taken again
                self.puts_back_retired = False
                self.source = before
                self._build()
                self._commit()
            theirs = self._lock()
        if end != "reset":
            self._check_named(theirs)

    def _change(self, what: str, index: int) -> None:
        card = self._card(index)
        if what == "text":
            card.version += 1
        elif what == "card":
            self._add("list")
        elif what == "item":
            card.items += [KEYS[3]] if KEYS[3] not in card.items else []
        elif what == "look":
            self.change_look()
        else:
            self._rename(self._pick(index))

    def _check_named(self, theirs: Lock) -> None:
        """That the last build named all that `theirs` has newer."""
        ours = self._lock()
        mine = {self._guid(key, line): (key[0], line) for key, line in ours.notes.items()}
        for (name, lang), line in theirs.notes.items():
            guid = line.guid or identity.guid(theirs.deck, theirs.namespace(lang), name)
            card, own = mine.get(guid, ("", line))
            if own.digest != line.digest and line.stamp >= own.stamp:
                assert card in self.named["R15"], "what another branch has newer was not named"

    @precondition(lambda self: self.main)
    @rule(steps=st.integers(1, 5), branch=st.booleans(), restamps=st.booleans(), imports=st.booleans())
    def check_out_an_old_commit(self, steps: int, branch: bool, restamps: bool, imports: bool) -> None:
        """As another branch or none, where it is tagged. What does not arrive is named, and restamped."""
        self.build_and_commit()
        theirs = self._lock()
        target = self.main[-1 - steps % len(self.main)]
        name = f"old{self._next()}"
        with self._elsewhere(*(["-b", name] if branch else ["--detach"]), target):
            self.source = deepcopy(self.commits[target])
            self.ordinals, self.given, self.behind = {}, {}, set()
            self._build()
            self._check_named(theirs)
            if restamps and self.named["R15"]:
                names = sorted(self.named["R15"] & self.source.cards.keys()) or [self._pick(0)]
                self._build(restamp=frozenset(names))
                assert not self.named["R15"], "restamp does not bring what other branches have newer"
            if imports:
                self._import(OPTIONS[0])
            self._commit()
            if not branch:
                self._git("tag", name)

    @rule(
        one=INDEX,
        two=INDEX,
        key=st.sampled_from(KEYS[3:]),
        learns=st.sampled_from(["first", "second", "neither", "pulled"]),
        renames=st.booleans(),
        language=st.booleans(),
        takes=st.sampled_from(["both", "ours", "theirs"]),
        early=st.booleans(),
    )
    def merge_branches(
        self,
        one: int,
        two: int,
        key: str,
        learns: str,
        renames: bool,
        language: bool,
        takes: str,
        early: bool,
    ) -> None:
        """Two branches off one build, each with an edit and a card of its own, merged as git does.

        The first one may take a learner's edits. The second one may add a language. Of deck.lock both sides are taken, or one; it is built before
        the merge is committed, or after.
        """
        self.build_and_commit()
        base, before = self._lock_bytes(), deepcopy((self.source, self.content, self.ordinals, self.given))
        branch, given = f"other{self._next()}", dict(self.ordinals)
        self._doubt()
        self._git("checkout", "-q", "-b", branch)
        old = new = self._pick(one)
        self.source.cards[old].version += 1
        if key not in self.source.cards[old].items:
            self.source.cards[old].items.append(key)
        if renames:
            new = self._rename(old)
        first = self._add("qa")
        if learns == "pulled":
            self._pull(shipped=tuple(self.shelf))
        self._build()
        if learns == "first":
            self._import(OPTIONS[0])
        self._commit()
        theirs, first_side = self._lock_bytes(), (self.source, self.ordinals, self.given)
        self._git("checkout", "-q", "-f", "main")
        self.source, self.content, self.ordinals, self.given = before
        self._card(two).version += 2
        self.source.two |= language
        second = self._add("list")
        self._build()
        if learns == "second":
            self._import(OPTIONS[0])
        self.commit()
        lock = {"both": self._merge_files(self._lock_bytes(), base, theirs), "ours": self._lock_bytes()}
        self._git("merge", "-q", "-s", "ours", "--no-commit", branch)
        (self.folder / FILE).write_bytes(lock.get(takes, theirs))
        self._merge_sources(first_side[0], old, new, {first}, second)
        for guid, numbers in first_side[1].items():
            new_ones = numbers - given.get(guid, frozenset())
            self.ordinals[guid] = self.ordinals.get(guid, frozenset()) | new_ones
        for major, uids in first_side[2].items():
            self.given.setdefault(major, set()).update(uids)
        if early:
            self._build()
        self.commit()
        self._build()

    def _merge_sources(self, theirs: Source, old: str, new: str, first: set[str], second: str) -> None:
        source = self.source
        if new != old:
            # The other branch knows the card by its old id; `was:` comes with the merge.
            source.order[source.order.index(old)] = new
            source.cards[new] = source.cards.pop(old)
            source.cards[new].was = old
        for name, card in theirs.cards.items():
            if name in first:
                source.cards[name] = card
                source.order.append(name)
            elif name != second and name == new:
                source.cards[name].items = card.items
                source.cards[name].version = max(card.version, source.cards[name].version)
            if name in source.cards:
                source.cards[name].said, source.cards[name].tag = card.said, card.tag

    def _merge_files(self, mine: bytes, base: bytes, theirs: bytes) -> bytes:
        paths = []
        for name, content in (("mine", mine), ("base", base), ("theirs", theirs)):
            path = self.root / name
            path.write_bytes(content)
            paths.append(path)
        return subprocess.run(
            ["git", "merge-file", "-p", "--union", *paths], check=True, capture_output=True
        ).stdout

    # -- two decks -----------------------------------------------------------------

    @rule(index=INDEX)
    def fork(self, index: int) -> None:
        """A deck with the same ids beside this one: no command and no import of one touches the other."""
        self._build()
        name, before = self._pick(index), self._lock_bytes()
        shutil.copytree(self.folder, self.decks / "other")
        titles = ["en=Other", "zh=另一个"] if self.source.two else ["Other"]
        author.fork(self.decks, "other", "other", titles)
        assert not _errors(self._run())
        assert "K12" in _codes(self._run(restamp=frozenset({name})))
        path = self.decks / "other" / FILE
        other = path.read_bytes()
        assert not _errors(self._run(restamp=frozenset({f"other/{name}"})))
        assert (path.read_bytes() == other) is (name not in self._there())
        assert self._lock_bytes() == before
        notes, (cards, reviews) = self._notes(), self.learner.progress()
        for package in sorted(self.output.glob("other*.apkg")):
            assert self.learner.import_package(package).conflicting == 0
        after, (now_cards, now_reviews) = self._notes(), self.learner.progress()
        assert {guid: after[guid] for guid in notes} == notes
        assert now_reviews == reviews
        kept = {row[0] for row in cards}
        assert [row for row in now_cards if row[0] in kept] == cards
        shutil.rmtree(self.decks / "other")
        for package in self.output.glob("other*.apkg"):
            package.unlink()

    def _there(self) -> set[str]:
        """The ids of the cards whose notes are in the packages of the last build."""
        guids = {guid for package in self.packages.values() for guid in package.notes}
        return {key[0] for key, line in self._lock().notes.items() if self._guid(key, line) in guids}

    # -- builds --------------------------------------------------------------------

    def _write(self) -> None:
        for name, text in self.source.files().items():
            (self.folder / name).write_text(text, encoding="utf-8")

    def _lock_bytes(self) -> bytes:
        return (self.folder / FILE).read_bytes()

    def _lock(self) -> Lock:
        lock, findings = parse(self._lock_bytes().decode(), "deck.lock")
        assert lock is not None, findings
        return lock

    def _guid(self, key: tuple[str, str], line: NoteLine) -> str:
        identity_, namespace = self._identity(), self._names.get(key[1], key[1])
        return line.guid or identity.guid(identity_, namespace, key[0])

    def _identity(self) -> str:
        return f"machine {self.source.seed}".strip()

    def _namespaces(self, text: str = "") -> set[str]:
        lock = other_state(text, ()) if text else self._lock()
        return {line.namespace for line in lock.packages.values()}

    def _path(self, lang: str) -> Path:
        return self.output / (f"machine.{lang}.apkg" if lang else "machine.apkg")

    def _run(
        self,
        at: int = 0,
        accepted: frozenset[str] = frozenset(),
        restamp: frozenset[str] = frozenset(),
        new_major: bool = False,
    ) -> Result:
        wishes = Wishes(accepted=accepted, restamp=restamp, new_major=new_major, craft=Craft.NONE)
        return build(self.decks, self.output, now=at or self.now, wishes=wishes)

    def _build(self, ahead: int = 0, restamp: frozenset[str] = frozenset(), new_major: bool = False) -> None:
        """Build as often as it takes: cards that are missed come back, and parts that are gone are accepted."""
        self.now += 60
        self.clock = self.now + ahead
        accepted: set[str] = set()
        takeable = product(range(self.fronts, -1, -1), (True, False))
        while True:
            self._write()
            result = self._run(self.clock, frozenset(accepted), restamp, new_major)
            errors = _errors(result)
            if not errors:
                break
            assert {finding.code for finding in errors} <= {"R05", "R11", "R12", "K29"}, errors
            if any(finding.code == "K29" for finding in errors):
                # Anki would refuse the note type, or make cards twice: the author goes back to one that it takes.
                self.source.front, self.source.wakes = next(takeable)
                continue
            gone = sorted({finding.card for finding in errors if finding.code == "R05"})
            for name in gone:
                self._put_back(name)
            asked = {finding.card for finding in errors if finding.code != "R05"}
            assert gone or asked - accepted, errors
            accepted |= asked
        # Nothing that was taken over from the build before is other than it is made anew.
        anew = build(self.decks, self.output, now=self.clock, wishes=Wishes(craft=Craft.NONE), locked=True)
        assert not _errors(anew), anew
        for card in self.source.cards.values():
            card.was = ""
        self.entries |= deepcopy(self.source.cards)
        self.built = (self.source.files(), self.renderer, self._lock_bytes(), day(self.clock))
        self._remember(accepted, restamp)
        if new_major:
            self.behind.clear()  # the command tells its learners itself
        self._hear(result)

    def _put_back(self, name: str) -> None:
        entry = deepcopy(self.entries[name])
        there = [key for key, card in self.source.cards.items() if card.uid == entry.uid]
        known = {key for key, _ in self._lock().notes}
        assert not known & {*there}, "a card is missed that is there under another id"
        for (
            old
        ) in there:  # its only build was under the id that is missed, and was undone: it takes that again
            del self.source.cards[old]
            self.source.order.remove(old)
        entry.retired = entry.retired or self.puts_back_retired
        self.source.cards[name] = entry
        self.source.order.append(name)

    def _remember(self, accepted: set[str], restamp: frozenset[str]) -> None:
        """Note what the packages say now; every card still has its guid, and none vanished unasked."""
        lock = self._lock()
        self._names = {lang: line.namespace for lang, line in lock.packages.items()}
        self.packages = {lang: collection.read(self._path(lang)) for lang in lock.packages}
        self.given_out = {lang: self._shelved(self._path(lang)) for lang in lock.packages}
        ids: dict[str, str] = {}
        major = 1
        for (name, lang), line in lock.notes.items():
            guid = ids_guid = self._guid((name, lang), line)
            ids[ids_guid] = name
            major = int(lock.namespace(lang).partition("#")[2] or 1)
            if name in self.source.cards:
                key = (self.source.cards[name].uid, lang or "en", major)
                assert self.guids.setdefault(key, guid) == guid, "a card changed its guid"
        present = {card.uid for card in self.source.cards.values()}
        assert self.given.setdefault(major, set()) <= present, "a card vanished, and none was missed"
        self.given[major] |= present
        for guid, note in (item for package in self.packages.values() for item in package.notes.items()):
            said = (note.fields, note.tags)
            if guid not in self.content or self.content[guid][0] != said or ids[guid] in restamp:
                self.content[guid] = (said, self.now)
            self.said.setdefault(guid, set()).add((said, note.stamp))
            if note.cards:
                lost = self.ordinals.get(guid, frozenset()) - note.cards
                assert not lost or ids[guid] in accepted, "a part of a card vanished, and none was missed"
                self.ordinals[guid] = note.cards

    def _shelved(self, package: Path) -> Path:
        """A package as it is now, whatever is built or checked out later."""
        folder = self.root / "shelf" / str(len(self.shelf))
        folder.mkdir(parents=True)
        self.shelf.append(folder / package.name)
        os.link(package, self.shelf[-1])
        return self.shelf[-1]

    def _hear(self, result: Result) -> None:
        """What the build named. Languages and majors that are gone, and stamps ahead, must be."""
        self.named = {"R15": set(), "R16": set(), "R17": set()}
        for finding in result.findings:
            names = self.named.setdefault(finding.code, set())
            listed = re.search(
                r"cards?(?: and the look)?(?:: | \()([a-z0-9-]+(?:, [a-z0-9-]+)*)", finding.message
            )
            names |= set(listed[1].split(", ")) if listed else set()
            names |= {"the look"} if "the look" in finding.message else set()
            names |= {finding.message} if finding.code == "R16" else set()
        lock = self._lock()
        if self.behind - self._namespaces():
            assert self.named["R16"], "a language or major that was given out is not named"
        self.behind.clear()
        late = {card for (card, _), line in lock.notes.items() if line.stamp > self.clock + SKEW}
        assert self.named["R17"] - {"the look"} == late, "stamps ahead of the clock are not named"

    # -- what the learner does -----------------------------------------------------

    @rule(count=st.integers(1, 5), ease=st.integers(1, 4), second=st.booleans())
    def study(self, count: int, ease: int, second: bool) -> None:
        has_second = self.learner.col.decks.id_for_name(ZH) is not None
        self.learner.study(ZH if second and has_second else EN, count, ease)

    @rule(index=INDEX, what=st.sampled_from(EDITS))
    def touch_locally(self, index: int, what: str) -> None:
        """Edit a note, tag it, or write a new one, at the machine's time."""
        note = self.person.note(index)
        self.now += 60
        if what != "new note":
            self.person.edit(note, what, self.now)
        elif "Question" in note and " en" in note["Question"]:
            self.person.write(note, self.now)

    @rule(index=INDEX)
    def move_locally(self, index: int) -> None:
        cards = self.learner.col.find_cards("")
        target = self.learner.col.decks.id(f"{EN}::Mine")
        assert target is not None
        self.learner.col.set_deck([cards[index % len(cards)]], target)

    @rule()
    def check_database(self) -> None:
        """It makes a card of each note without one, and cards that retired notes lack, and takes none away."""
        cards, reviews = self.learner.progress()
        notes = self.learner.rows("notes")
        bare = {row[0] for row in notes} - {row[1] for row in cards}
        # A retired card comes without new members, but its note has them.
        retired = {row[0] for row in notes if "::retired " in row[5]}
        report, ok = self.learner.col.fix_integrity()
        assert ok, report
        now_cards, now_reviews = self.learner.progress()
        assert now_reviews == reviews
        kept = {row[0] for row in cards}
        assert [row for row in now_cards if row[0] in kept] == cards
        made = {row[1] for row in now_cards if row[0] not in kept}
        assert bare <= made <= bare | retired, report

    @rule(options=st.sampled_from(OPTIONS))
    def build_and_import(self, options: str) -> None:
        self._build()
        self._import(options)

    @rule(options=st.sampled_from(OPTIONS))
    def import_again(self, options: str) -> None:
        self._import(options)

    @rule(
        other=st.booleans(),
        index=INDEX,
        what=st.sampled_from(EDITS),
        decides=st.sampled_from(["nothing", "theirs", "ours"]),
        tries=st.booleans(),
        new=st.booleans(),
        shipped=st.booleans(),
        imports=st.booleans(),
    )
    def pull(
        self,
        other: bool,
        index: int,
        what: str,
        decides: str,
        tries: bool,
        new: bool,
        shipped: bool,
        imports: bool,
    ) -> None:
        """Of the learner who acts, or the other one, who acts from then on, after one more edit."""
        if other:
            self._turn_to_the_other()
        self.touch_locally(index, what)
        asked: dict[str, Any] = {"shipped": tuple(self.shelf) if shipped else ()}
        more: dict[str, Any] = {"new": Path("a.yaml")} if new else {}
        would = self._pull(write=False, **asked, **more) if tries else None
        found = self._pull(**asked, **more)
        assert would is None or would.changes == found.changes, "--dry-run shows something else"
        decided = _decidable(found.findings) if decides != "nothing" else frozenset()
        if decided:
            choice: dict[str, Any] = {decides: decided}
            found = self._pull(**asked, **choice)
        again = self._pull(write=False, **asked)
        assert not again.changes, "a second pull finds something"
        assert not {finding.card for finding in again.findings if finding.code in UNDECIDED} & decided
        if imports:
            self._build_and_get(found)
            late = self._pull(write=False, **asked)
            made = [one for package in late.packages for one in package.decisions if one.writes]
            # Tags of a text that no build had made are known only now.
            assert not any(one.takes or one.moves for one in made), "a pull after the import finds something"
            assert bool(late.changes) is bool(made)

    def _turn_to_the_other(self) -> None:
        if len(self.people) == 1:
            self.people.append(Person(Learner(self.root / "other"), profile="User 2"))
            self.person = self.people[1]
            self._import(OPTIONS[0])
        else:
            self.person = self.people[self.person is self.people[0]]

    def _pull(self, *, write: bool = True, **asked: Any) -> Pulled:
        """Pull, and hold what stands in the YAML then to what the author and the learner wrote."""
        self._write()
        before, reviews = self._sources(), self.learner.progress()
        lock = self._lock()
        file = self.person.file()
        found = pull(Asked(self.decks, self.output, lambda *_: [file], **asked), write=write, now=self.now)
        after = self._sources()
        assert self.learner.progress() == reviews
        if not write or not found.packages:  # such as when the deck can't be built as it is
            assert after == before
            return found
        self._take_home(before, after, lock, found, asked)
        return found

    def _sources(self) -> dict[str, str]:
        return {path.name: path.read_text(encoding="utf-8") for path in self.folder.glob("*.*")}

    def _take_home(
        self, before: dict[str, str], after: dict[str, str], lock: Lock, found: Pulled, asked: dict[str, Any]
    ) -> None:
        """Let the author have in mind what stands in the YAML now."""
        decided = next((word for word in ("theirs", "ours") if asked.get(word)), "")
        old, now = (
            {name: text for file in FILES for name, text in cards_of(texts[f"{file}.yaml"]).items()}
            for texts in (before, after)
        )
        told = {(one.card, one.lang) for one in found.findings if one.code in TOLD}
        waits = {(one.card, one.lang) for one in found.findings if one.code in UNDECIDED}
        guids = {
            key: line.guid or identity.guid(self._identity(), lock.namespace(key[1]), key[0])
            for key, line in lock.notes.items()
        }
        has = self.person.has()
        for name, card in self.source.cards.items():
            about = decided if name in asked.get(decided, ()) else ""
            words, made = said_in(old[name]), said_in(now[name])
            if any(line.left for (of, _), line in lock.notes.items() if of in (name, card.was)):
                assert made == words  # it is in no package any more, so its edits are only told
                continue
            shared: list[tuple[Words, list[Words], bool]] = []
            for lang in words.keys() - {""}:
                key = next(
                    (
                        key
                        for key in product((name, card.was), (lang, "" if lang == "en" else lang))
                        if key in guids
                    ),
                    ("", ""),
                )
                guid = guids.get(key, "")
                theirs = has.get(guid)
                is_told = bool({(name, lang), (name, key[1])} & told)
                bases = [*self.person.bases.get(guid, [])] if guid in self.touched else []
                # A pull does not look at tags that a text got of which no package is here.
                knows_tags = len(bases) < 2 and bool(asked.get("shipped"))
                if theirs is None or not bases:
                    theirs, bases = theirs or {}, [theirs or {}]
                elif guid not in self.person.doubtful:
                    bases = bases[-1:]
                check_words(
                    words[lang],
                    made[lang],
                    {w: s for w, s in theirs.items() if not is_shared(w)},
                    bases,
                    is_told,
                    about,
                )
                if {(name, lang), (name, key[1])} & waits and not about:
                    assert made[lang] == words[lang], "of a note that waits for a person something came home"
                shared.append((theirs, bases, is_told or not knows_tags))
                if guid in self.touched and (not is_told or about):
                    late = {word for word in TAGS if made[""].get(word, "") != theirs.get(word, "")}
                    self.person.bases[guid].append(theirs | {word: bases[-1].get(word, "") for word in late})
                    self.person.doubtful |= {guid} if about else set()
            edited = [
                one
                for one in shared
                if any(is_shared(word) and said != one[1][-1].get(word, "") for word, said in one[0].items())
            ]
            for theirs, bases, is_told in (edited or shared)[:1]:
                check_words(
                    words[""],
                    made[""],
                    {w: s for w, s in theirs.items() if is_shared(w)},
                    bases,
                    is_told,
                    about,
                )
            card.take_home(now[name], made)
        self._add_fresh(found)
        if decided != "theirs":
            files = self.source.files()
            assert {name: after[name] for name in after if name.endswith(".yaml")} == {
                name: text for name, text in files.items() if name in after and name.endswith(".yaml")
            }

    def _add_fresh(self, found: Pulled) -> None:
        """The cards that learners wrote."""
        for package in found.packages:
            for one in package.fresh:
                called = re.search(r"fresh[0-9]+", one.note.fields[1])
                assert called is not None
                only = package.lang if self.source.two else ""
                self.source.cards[one.id] = Entry("qa", self._next(), called=called[0], only=only)
                self.source.order.append(one.id)

    def _build_and_get(self, found: Pulled) -> None:
        """What is the learner's text already is not updated, and what waits for a person is not overwritten."""
        decisions = [one for package in found.packages for one in package.decisions]
        ours = {
            one.theirs.note.guid: one for one in decisions if not one.restamp and one.theirs.line is not None
        }
        before = self._notes()
        self.build_and_import(OPTIONS[0])
        shipped = {guid: note for package in self.packages.values() for guid, note in package.notes.items()}
        after = self._notes()
        for guid, one in ours.items():
            line, note = one.theirs.line, shipped.get(guid)
            assert line is not None
            if note is None or max(line.stamp, line.above) >= before[guid].stamp:
                continue  # something newer was given out before the edit was known
            if one.reason or one.clashes:
                assert after[guid] == before[guid], "an edit that waits for a person was overwritten"
            same = note.fields == before[guid].fields and {*note.tags} <= {*before[guid].tags}
            # Of who still has a tag that the author took out, the note is updated for it.
            if one.is_home and same and not one.tags_left:
                assert after[guid] == before[guid], "a note was updated whose text is the learner's"

    @rule()
    def build_and_push(self) -> None:
        """Into the same Anki, through its import window and AnkiConnect."""
        self._build()
        window = AnkiWindow(self.learner, self.person.profile)
        window.brings = self._arrived
        before, (rows, reviews), foreign = self._notes(), self.learner.progress(), self._foreign()
        done = self._push(window)
        assert not done.is_left, (done.stopped, done.told)
        now_rows, now_reviews = self.learner.progress()
        assert now_reviews == reviews
        now = {row[0]: row for row in now_rows}
        # It may change the deck and the queue, but neither the schedule nor what was learnt.
        assert [[now[row[0]][place] for place in LEARNT] for row in rows] == [
            [row[place] for place in LEARNT] for row in rows
        ]
        assert self._foreign() == foreign
        self._date_tags(before)
        notes = self.learner.rows("notes")
        again = self._push(window)
        assert not again.pending, "a second push finds something to do"
        assert (self.learner.rows("notes"), self.learner.rows("cards")) == (notes, now_rows)
        self._import(OPTIONS[0])
        assert self.learner.rows("notes") == notes
        cards = self.learner.rows("cards")
        # Anki takes the cards of a package also for a note that is newer in the collection (a state of another
        # branch was imported there before) and has no such cloze. A push does not bring such an empty card.
        stamps = {self._guid(key, line): line.stamp for key, line in self._lock().notes.items()}
        newer = {row[0] for row in notes if row[3] > stamps.get(row[1], row[3])}
        known = {row[0] for row in now_rows}
        assert [row for row in cards if row[0] in known or row[1] not in newer] == now_rows

    def _foreign(self) -> tuple[Rows, Rows]:
        """The notes that are not the deck's, and their cards."""
        own = {self._guid(key, line) for key, line in self._lock().notes.items()}
        notes = [row for row in self.learner.rows("notes") if row[1] not in own]
        numbers = {row[0] for row in notes}
        return notes, [row for row in self.learner.rows("cards") if row[1] in numbers]

    def _date_tags(self, before: dict[str, collection.ShippedNote]) -> None:
        """Notes whose tags a push changed count as touched, at the machine's time; texts and learners' tags stay."""
        assert self.learner.col.db is not None
        own = {self._guid(key, line) for key, line in self._lock().notes.items()}
        for guid, note in self._notes().items():
            old = before.get(guid, note)
            if note.tags == old.tags or note.stamp < self.now + 86_400:
                continue
            assert guid in own, "a foreign note was touched"
            assert "mine" not in old.tags or "mine" in note.tags
            self.now += 60
            self.learner.col.db.execute("update notes set mod = ? where id = ?", self.now, note.note_id)
            self.touched[guid] = self.now
            now = said("\x1f".join(note.fields), " ".join(note.tags))
            tags = {word: now.get(word, "") for word in TAGS}
            self.person.bases[guid] = [base | tags for base in self.person.bases.get(guid, [now])]

    def _push(self, window: AnkiWindow) -> push.Push:
        choices = push.Choices(wait=3)
        with (
            mock.patch.object(push, "PAUSE", 0.0),
            push.Pusher(Direct(window), self.decks, self.output, self.clock, choices) as pusher,
        ):
            pusher.plan(wishes=Wishes(craft=Craft.NONE))
            pusher.begin()
            return pusher.carry_out(lambda _: None)

    def _arrived(self, path: Path) -> None:
        """The learner pressed Import."""
        (lang,) = [lang for lang in self.packages if self._path(lang) == path]
        self._import_one(lang, self.packages[lang], OPTIONS[0])

    def _import(self, options: str) -> None:
        options = (
            options
            if self.person.merges
            else options.replace("no-merge", "merge").replace("merge", "no-merge")
        )
        for lang, package in self.packages.items():
            self._import_one(lang, package, options)

    def _import_one(self, lang: str, package: collection.Shipped, options: str) -> None:
        """Import, and hold Anki to the promise."""
        before, (cards, reviews) = self._notes(), self.learner.progress()
        planned = self._plan(lang, package, before)
        log = self.learner.import_package(self.given_out[lang], OPTION_SETS[options])
        after = self._notes()
        # No review and no schedule ever changes, no card goes away.
        now_cards, now_reviews = self.learner.progress()
        assert now_reviews == reviews
        kept = {row[0] for row in cards}
        assert [row for row in now_cards if row[0] in kept] == cards
        # New ones come where the package has them. What Anki makes itself goes to its siblings: cards of a new
        # template, and of retired notes, which come without any (docs/regeneration.md has the case).
        names = {deck.id: deck.name for deck in self.learner.col.decks.all_names_and_ids()}
        guids = {row[0]: row[1] for row in self.learner.rows("notes")}
        for row in now_cards:
            shipped = package.notes.get(guids[row[1]])
            if row[0] not in kept and shipped is not None:
                siblings = {names[card[2]] for card in cards if card[1] == row[1]}
                # Where the learner has parted them, Anki takes Default (rslib/src/notetype/cardgen.rs).
                parted = {"Default"} if len(siblings) > 1 else set()
                assert names[row[2]] in {*shipped.decks, *siblings, *parted}, "a new card is in another deck"
        assert len({(row[1], row[3]) for row in now_cards}) == len(now_cards), "a card is there twice"
        # One note for a guid, none refused.
        assert log.conflicting == 0
        assert len(after) == self.learner.col.note_count()
        elsewhere = self._named_elsewhere(lang)
        for guid, note in package.notes.items():
            self._judge(note, before.get(guid), after[guid], options.endswith("always"), guid in elsewhere)
            assert guid in planned or not _is_held(note, before.get(guid)), (
                "plan did not name what is held back"
            )
            for number, key in re.findall(ASKED, "\n".join(after[guid].fields[:2])):
                asked = self.asked.setdefault((guid, number), key)
                assert asked == key, "a card asks for another item than it did"
        for guid, old in before.items():
            if guid not in package.notes:
                assert after[guid] == old
        if not self.person.merges and "the look" not in self.named["R15"]:
            self._check_look(package)

    def _check_look(self, package: collection.Shipped) -> None:
        assert self.learner.col.db is not None
        look = f"Look {re.search('Look (.*) of', self.built[0]['deck.yaml'])[1]} of it"  # type: ignore[index]
        for number in {note.note_type for note in package.notes.values()}:
            for config in self.learner.col.db.list("select config from templates where ntid = ?", number):
                is_spare = b"{{^Id}}{{Id}}{{/Id}}" in bytes(config)
                assert is_spare or look.encode() in bytes(config), "a look did not arrive"

    def _named_elsewhere(self, lang: str) -> set[str]:
        """The guids of which the last build said that another branch has a newer text."""
        lock = other_state(self.built[2].decode(), ())
        names = self.named["R15"]
        return {
            self._guid(key, line) for key, line in lock.notes.items() if key[0] in names and key[1] == lang
        }

    def _judge(
        self,
        note: collection.ShippedNote,
        old: collection.ShippedNote | None,
        new: collection.ShippedNote,
        always: bool,
        elsewhere: bool,
    ) -> None:
        """What the import made of one note: `old` before it, `new` after it."""
        if note.guid in self.unknown:
            return
        said, changed = self.content[note.guid]
        touched = self.touched.get(note.guid, 0)
        if old is None or not touched:
            arrived = (new.fields, new.tags) == said
            assert arrived or (elsewhere and new == old), "an author's change did not arrive"
        elif touched < note.stamp:
            assert new.fields == note.fields, "a change that is newer than the learner's own did not arrive"
        elif not always:
            assert new == old, "something of the learner's was overwritten"
        # Under a stamp that is ahead, it is: R17 said so.
        if old is not None and touched >= changed >= note.stamp and not always:
            assert new == old, "something of the learner's was overwritten without need"
        # A note that says so already keeps the learner's own tags.
        if (new.fields, new.tags, new.stamp) == (note.fields, note.tags, note.stamp):
            self.touched.pop(note.guid, None)
            self.person.bases.pop(note.guid, None)
            self.person.doubtful.discard(note.guid)

    def _notes(self) -> dict[str, collection.ShippedNote]:
        rows = self.learner.rows("notes")
        return {
            row[1]: collection.ShippedNote(
                row[0], row[1], row[2], row[3], tuple(sorted(row[5].split())), tuple(row[6].split("\x1f"))
            )
            for row in rows
        }

    def _plan(
        self, lang: str, package: collection.Shipped, there: dict[str, collection.ShippedNote]
    ) -> set[str]:
        """The guids that `plan --against` says the import will leave as they are."""
        if not any(_is_held(note, there.get(guid)) for guid, note in package.notes.items()):
            return set()
        self._write()
        if self.built != (self.source.files(), self.renderer, self._lock_bytes(), day(self.now)):
            return set(there)  # then the plan is about another package
        result = plans.plan(
            self.decks,
            self.output,
            now=self.now,
            wishes=Wishes(craft=Craft.NONE),
            against=Path(self.learner.col.path),
        )
        (plan,) = [one for one in result.packages if one.lang == lang]
        assert plan.against is not None
        held = ("held back", "edited locally", "waits", "came home", "same stamp")
        named = {card for group in plan.against if group.name in held for card in group.cards}
        lines = self._lock().notes.items()
        return {self._guid(key, line) for key, line in lines if key[0] in named and key[1] == lang}


def _add_foreign(learner: Learner) -> None:
    """A note of somebody else's in a deck of the same name, with a tag of ours."""
    basic, deck = learner.col.models.by_name("Basic"), learner.col.decks.id(EN)
    assert basic is not None
    assert deck is not None
    note = learner.col.new_note(basic)
    note["Front"], note["Back"], note.tags = "theirs", "theirs", ["machine::one", "machine::retired"]
    learner.col.add_note(note, deck)


def _decidable(findings: list[Finding]) -> frozenset[str]:
    """A card that only waits for somebody to choose between two texts."""
    names = sorted({one.card for one in findings if one.code in UNDECIDED})
    others = {one.card for one in findings if one.code in UNDECIDED and "an edit of `" not in one.message}
    return frozenset([name for name in names if name not in others][:1])


def _is_held(note: collection.ShippedNote, old: collection.ShippedNote | None) -> bool:
    """Whether an import leaves something of ours away."""
    differs = old is not None and (old.fields != note.fields or not set(note.tags) <= set(old.tags))
    return old is not None and old.stamp >= note.stamp and differs


def _errors(result: Result) -> list[Any]:
    return [finding for finding in result.findings if finding.severity is Severity.ERROR]


def _codes(result: Result) -> set[str]:
    return {finding.code for finding in result.findings}


def test_every_operation_is_listed_at_the_head() -> None:
    listed = re.findall(r"^    (\w+)  ", __doc__ or "", re.MULTILINE)
    assert listed == [name for name, one in vars(Machine).items() if getattr(one, RULE_MARKER, None)]


EXAMPLES = int(os.environ.get("STATE_MACHINE_EXAMPLES", "150"))
TestMachine = Machine.TestCase
TestMachine.settings = settings(
    max_examples=EXAMPLES,
    stateful_step_count=20,
    deadline=None,
    # The same histories each time, so that CI judges the change and not its luck; a long run is random.
    derandomize="CI" in os.environ,
    suppress_health_check=list(HealthCheck),
)
