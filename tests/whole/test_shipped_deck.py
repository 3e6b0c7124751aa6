"""The deck of this repository, as it is committed, and what the README says about it."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from deckgen.commands.main import main
from tests.conftest import Project
from tests.real_anki import Learner, Log

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
TITLES = yaml.safe_load((ROOT / "cards_source/schulman-interview/deck.yaml").read_text(encoding="utf-8"))[
    "title"
]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def _copy(project: Project) -> None:
    name = "schulman-interview"
    shutil.copytree(ROOT / "cards_source" / name, project.root / "cards_source" / name)
    (project.root / "output").mkdir()
    for package in ROOT.glob(f"output/{name}.*.apkg"):
        shutil.copy(package, project.root / "output")


def test_it_has_no_findings(project: Project) -> None:
    _copy(project)
    assert project.findings() == []


def test_committed_packages_and_lock_are_those_of_the_source(project: Project) -> None:
    _copy(project)
    outcome = project.run("build", "--locked")
    assert (outcome.exit_code, outcome.stderr) == (0, "")


def test_checkout_with_windows_line_ends_builds_the_same_bytes(project: Project) -> None:
    """With a lock that git turned as well, and from scratch; a new lock has plain line ends everywhere."""
    deck = project.root / "cards_source/schulman-interview"
    made = []
    for line_end in (b"\n", b"\r\n"):
        _copy(project)
        for path in (path for path in deck.iterdir() if path.is_file()):
            path.write_bytes(path.read_bytes().replace(b"\n", line_end))
        outcome = project.run("build", "--locked")
        assert (outcome.exit_code, outcome.stderr) == (0, "")
        assert (deck / "deck.lock").read_bytes().count(line_end) > 1
        (deck / "deck.lock").unlink()
        shutil.rmtree(project.root / "output")
        project.now = 1_700_000_000
        project.build()
        written = [deck / "deck.lock", *sorted(project.root.glob("output/*"))]
        made.append([path.read_bytes() for path in written])
        for folder in ("cards_source", "output"):
            shutil.rmtree(project.root / folder)
    assert made[0] == made[1]
    assert b"\r" not in made[1][0]


def test_readme_shows_the_real_output(project: Project) -> None:
    _copy(project)
    shown = re.search(r"```console\n\$ deckgen build\n(.*?)```", README, re.DOTALL)
    assert shown is not None
    assert project.build().stdout == shown[1]


def test_study_document_shows_the_real_forecast(project: Project) -> None:
    _copy(project)
    document = (ROOT / "docs/study.md").read_text(encoding="utf-8")
    shown = re.search(r"```console\n\$ deckgen forecast\n(.*?)```", document, re.DOTALL)
    assert shown is not None
    assert project.run("forecast").stdout == shown[1]


def test_readme_card_builds(project: Project) -> None:
    card = re.search(r"```yaml\n(.*?)```", README, re.DOTALL)
    assert card is not None
    project.deck(deck='deck: memory\ntitle: "Memory"\ntags: [timing]\n', cards=card[1])
    assert project.build().stdout == "output/memory.apkg  1 note, 1 card: 1 new\n"


def test_both_languages_import_study_and_survive_an_edit(project: Project, learner: Learner) -> None:
    _copy(project)
    counts = {}
    for lang in TITLES:
        log = learner.import_package(project.package(f"schulman-interview.{lang}.apkg"))
        assert (log.updated, log.duplicate, log.conflicting) == (0, 0, 0)
        counts[lang] = log.new
    assert set(counts.values()) == {counts["en"]}
    assert counts["en"] >= 30
    assert learner.study(TITLES["en"], 12) == 12
    assert learner.study(TITLES["zh"], 12) == 12
    progress = learner.progress()
    assert len(progress[1]) == 24
    files = sorted((project.root / "cards_source/schulman-interview").glob("[01]*.yaml"))
    text = files[0].read_text(encoding="utf-8")
    first = text.index('a: "') + len('a: "')
    files[0].write_text(text[:first] + "Mended: " + text[first:], encoding="utf-8", newline="")
    project.build()
    notes = counts["en"]
    assert learner.import_package(project.package("schulman-interview.en.apkg")) == Log(0, 1, notes - 1, 0)
    assert learner.import_package(project.package("schulman-interview.zh.apkg")) == Log(0, 0, notes, 0)
    assert learner.progress() == progress
    # The notes of retired cards came without a card; Check Database makes them.
    cards = (card for path in files for card in yaml.safe_load(path.read_text(encoding="utf-8"))["cards"])
    retired = sum(len(card["en"].get("list", ["one"])) for card in cards if "retired" in card)
    learner.is_sound(without_cards=retired * len(TITLES))


def test_texts_are_in_the_language_they_claim(learner: Learner) -> None:
    """Chinese letters on no English side; on the Chinese side no half-width mark beside a Chinese letter."""
    han = "\u4e00-\u9fff"
    for lang in TITLES:
        learner.import_package(ROOT / f"output/schulman-interview.{lang}.apkg")
    for note_id in learner.col.find_notes(""):
        note = learner.col.get_note(note_id)
        note_type = note.note_type()
        assert note_type is not None
        for name in ("Question", "Answer", "Text", "List", "Note"):
            field = re.sub(r"\{\{c\d+::|\}\}", "", dict(note.items()).get(name, ""))
            if ".en " in note_type["name"]:
                assert not re.search(f"[{han}]", field), field
            else:
                assert not re.search(f"[{han}] ?[,.;:!?()]|[,;:!?()] ?[{han}]", field), field


def test_picture_of_the_readme_is_what_its_command_draws(tmp_path: Path) -> None:
    (command,) = re.findall(r"`deckgen (forecast --plot .*?)`", README)
    folder = ["--source", str(ROOT / "cards_source"), "--output", str(tmp_path)]
    result = CliRunner().invoke(main, [*command.replace(" --output docs", "").split(), *folder])
    assert result.exit_code == 0, result.output
    (drawn,) = tmp_path.iterdir()
    shown = ROOT / "docs" / drawn.name
    assert f"({shown.relative_to(ROOT).as_posix()})" in README
    assert shown.read_bytes() == drawn.read_bytes(), "draw it anew"
