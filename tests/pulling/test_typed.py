"""What was typed into the real Anki editor (`tests.typed`) comes home exactly, or somebody is told."""

from __future__ import annotations

import difflib
import json
import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from deckgen.pulling.merge import with_blanks
from tests.conftest import Project
from tests.edited import shown
from tests.real_anki import Learner
from tests.typed import DECK, EDITS, PICTURE, RECORDED

pytestmark = pytest.mark.slow

KEPT: dict[str, Any] = json.loads(RECORDED.read_text(encoding="utf-8"))
EDITORS = sorted(KEPT["edits"])
#: What follows the name of a picture, which a build makes longer.
_PASTED = re.compile(r'(?<=paste-)[0-9a-f-]*(?=\.jpg")')
PAIRS = [(editor, pair) for editor in EDITORS for pair in KEPT["edits"][editor]]


@dataclass
class Home:
    """What came home: the card file before and after, what was told of each card, and what a build ships then."""

    before: str
    after: str
    told: dict[str, list[str]]
    shipped: dict[str, Any]
    built: dict[str, Any]
    updated: int
    again: list[str]


def _notes(learner: Learner) -> dict[str, Any]:
    return {note["Id"]: note for note in map(learner.col.get_note, learner.col.find_notes(""))}


def _give(ann: Learner, pairs: list[dict[str, Any]]) -> None:
    """Let a learner's notes be what was typed."""
    for pair in pairs:
        note = ann.note(pair["card"])
        if (note[pair["field"]], note.tags) != (pair["after"], pair.get("tags", note.tags)):
            note[pair["field"]] = pair["after"]
            note.tags = pair.get("tags", note.tags)
            ann.col.update_note(note)
        for found in _PASTED.findall(pair["after"]):
            shutil.copyfile(PICTURE, Path(ann.col.media.dir(), f"paste-{found}.jpg"))


def _come(project: Project, pairs: list[dict[str, Any]]) -> Home:
    file = project.root / "cards_source/typed/cards.yaml"
    shutil.copytree(DECK, file.parent, ignore=shutil.ignore_patterns("*.json", "*.txt"))
    project.build()
    before = file.read_text(encoding="utf-8")
    with Learner(project.root / "ann") as ann:
        ann.import_package(project.package("golden-typed.apkg"))
        shipped = _notes(ann)
        _give(ann, pairs)
        pull = ("pull", str(project.root / "ann/collection.anki2"), "--format", "json")
        found = json.loads(project.run(*pull).stdout)
        after = file.read_text(encoding="utf-8")
        again = json.loads(project.run(*pull).stdout)["files"]
        project.build("--accept", "deletion-taken-off")
        updated = ann.import_package(project.package("golden-typed.apkg")).updated
    with Learner(project.root / "bob") as bob:
        bob.import_package(project.package("golden-typed.apkg"))
        built = _notes(bob)
    told: dict[str, list[str]] = {}
    for one in found["findings"]:
        told.setdefault(one["card"], []).append(f"{one['code']} {one['message']}")
    return Home(before, after, told, shipped, built, updated, again)


@pytest.fixture(scope="module")
def homes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Home]:
    found = {}
    for editor in EDITORS:
        root = tmp_path_factory.mktemp(editor)
        with pytest.MonkeyPatch.context() as patched:
            patched.chdir(root)
            found[editor] = _come(Project(root), KEPT["edits"][editor])
    return found


@pytest.mark.parametrize("editor", EDITORS)
def test_all_cards_were_typed_into(editor: str) -> None:
    kept = [(pair["card"], pair["field"], tuple(pair["steps"])) for pair in KEPT["edits"][editor]]
    assert kept == [*EDITS], "record the edits again"
    text = (DECK / "cards.yaml").read_text(encoding="utf-8")
    assert re.findall(r"- id: (\S+)", text) == [edit.card for edit in EDITS]


@pytest.mark.parametrize(
    ("editor", "pair"), PAIRS, ids=lambda one: one if isinstance(one, str) else one["card"]
)
def test_a_build_shows_what_was_typed_or_somebody_is_told(
    homes: dict[str, Home], editor: str, pair: dict[str, Any]
) -> None:
    home, card = homes[editor], pair["card"]
    assert home.shipped[card][pair["field"]] == pair["before"], "record the edits again"
    if card not in home.told:
        built = home.built[card]
        after, typed = (_PASTED.sub("", html) for html in (built[pair["field"]], pair["after"]))
        assert shown(after) == shown(typed)
        assert {*built.tags} == {*pair.get("tags", built.tags)}


@pytest.mark.parametrize("editor", EDITORS)
def test_the_card_file_says_what_was_typed(homes: dict[str, Home], editor: str, update_golden: bool) -> None:
    home = homes[editor]
    lines = difflib.unified_diff(home.before.splitlines(), home.after.splitlines(), n=0, lineterm="")
    told = [f"{card}: {words}" for card, many in sorted(home.told.items()) for words in many]
    text = "\n".join([line for line in lines if not line.startswith(("@@", "---", "+++"))] + told) + "\n"
    golden = DECK / f"{editor}.txt"
    if update_golden:
        golden.write_text(text, encoding="utf-8", newline="\n")
    assert text == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize("editor", EDITORS)
def test_a_learner_who_has_it_all_keeps_it(homes: dict[str, Home], editor: str) -> None:
    assert homes[editor].again == []
    assert homes[editor].updated == 0


@pytest.mark.parametrize(
    ("base", "typed", "wanted"),
    [
        ("A one.", "A&nbsp;<b>new</b>&nbsp;one.", "A <b>new</b> one."),
        ("A, b.", "A,<br>&nbsp;b.", "A,<br>b."),
        ("A one.", "A one.&nbsp;", "A one."),
        ("A one", "A one:&nbsp;\\(x\\)&nbsp;.", "A one: \\(x\\) ."),
        ("10 km", "10&nbsp;km", "10&nbsp;km"),
        ("A<br>b", "A<br>&nbsp; b", "A<br>&nbsp; b"),
        ("A&nbsp;<b>b</b> c.", "A&nbsp;<b>b</b> c, d.", "A&nbsp;<b>b</b> c, d."),
        ("A&nbsp;<b>b</b>", "A&nbsp;<i>c</i>", "A&nbsp;<i>c</i>"),
    ],
)
def test_blanks_that_the_editor_wrote_otherwise_are_blanks(base: str, typed: str, wanted: str) -> None:
    """What shipped so stays so, and what somebody may have meant."""
    assert with_blanks(base, typed) == wanted


def test_blanks_of_new_notes_are_blanks_as_well(project: Project, tmp_path: Path) -> None:
    project.deck().build()
    with Learner(tmp_path / "ann") as ann:
        ann.import_package(project.package())
        note, deck = ann.col.new_note(ann.note("spacing").note_type()), ann.col.decks.id_for_name("Memory")
        assert deck is not None
        note["Question"], note["Answer"] = "How far&nbsp;<b>is</b>&nbsp;it?", "Ten&nbsp;km."
        ann.col.add_note(note, deck)
        project.run("pull", str(tmp_path / "ann/collection.anki2"), "--new", "cards.yaml")
    cards = (project.root / "cards_source/memory/cards.yaml").read_text(encoding="utf-8")
    assert 'q: "How far **is** it?"\n    a: "Ten&nbsp;km."' in cards
