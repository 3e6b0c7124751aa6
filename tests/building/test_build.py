"""What a build writes, and what it leaves alone."""

from __future__ import annotations

import json
import os
import re
import sqlite3
import subprocess
import sys
import zipfile
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from anki.errors import CardTypeError

from deckgen.building.steps import Shared
from deckgen.notes.faces import needs
from deckgen.notes.note_types import Field, NoteType, Template
from deckgen.packing import apkg
from deckgen.reading.load import load
from tests.conftest import BILINGUAL_CARDS, BILINGUAL_YAML, CARDS_YAML, DECK_YAML, Project
from tests.lock_reader import read_lock
from tests.real_anki import Learner

START_OVER = "; if nobody has the deck yet, `deckgen lock --forget memory` begins it anew"


def _stamps(package: Path, folder: Path) -> dict[str, int]:
    """Modification stamps by guid, read from the package itself."""
    with zipfile.ZipFile(package) as opened:
        opened.extract("collection.anki2", folder)
    connection = sqlite3.connect(folder / "collection.anki2")
    try:
        return dict(connection.execute("select guid, mod from notes"))
    finally:
        connection.close()


def _build_in_another_process(source: Path, output: Path, **environment: str) -> None:
    subprocess.run(
        [sys.executable, "-m", "deckgen", "build", "--source", source, "--output", output],
        env={**os.environ, "SOURCE_DATE_EPOCH": "1700000000", **environment},
        check=True,
        capture_output=True,
    )


def test_same_source_same_bytes_in_two_processes(project: Project, tmp_path: Path) -> None:
    project.deck()
    pictures = [f"curve-{number}.png" for number in range(5)]
    for name in pictures:
        project.write(f"memory/media/{name}", f"not really a picture: {name}")
    project.edit("The effect", "".join(f"![curve]({name}) " for name in pictures) + "The effect")
    source = project.root / "cards_source"
    _build_in_another_process(source, tmp_path / "one", PYTHONHASHSEED="1", TZ="Asia/Shanghai", LANG="C")
    lock = project.lock().read_bytes()
    _build_in_another_process(
        source, tmp_path / "two", PYTHONHASHSEED="2", TZ="America/Lima", LANG="en_US.UTF-8"
    )
    assert (tmp_path / "one/memory.apkg").read_bytes() == (tmp_path / "two/memory.apkg").read_bytes()
    assert project.lock().read_bytes() == lock


def test_crlf_and_bom_and_comments_change_nothing(project: Project) -> None:
    project.deck().build()
    package, lock = project.package().read_bytes(), project.lock().read_bytes()
    path = project.root / "cards_source/memory/cards.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_bytes(b"\xef\xbb\xbf# a comment\r\n" + text.replace("\n", "\r\n").encode())
    assert "3 unchanged" in project.build().stdout
    assert (project.package().read_bytes(), project.lock().read_bytes()) == (package, lock)


def test_moving_a_card_to_another_file_changes_no_stamp(project: Project, tmp_path: Path) -> None:
    project.deck().build()
    before = _stamps(project.package(), tmp_path)
    text = project.root.joinpath("cards_source/memory/cards.yaml").read_text(encoding="utf-8")
    head, first, rest = text.split("  - id: ", 2)
    project.write("memory/cards.yaml", head + "  - id: " + rest)
    project.write("memory/z-last.yaml", head + "  - id: " + first)
    assert "3 unchanged" in project.build().stdout
    assert _stamps(project.package(), tmp_path) == before


def test_only_the_changed_note_gets_a_new_stamp(project: Project, tmp_path: Path) -> None:
    project.deck().build()
    before = _stamps(project.package(), tmp_path)
    project.edit("Recall beats", "Recall is better than")
    project.build()
    after = _stamps(project.package(), tmp_path)
    assert len(before) == 3
    assert sorted(after[guid] - before[guid] for guid in before) == [0, 0, 3600]


def test_stamps_never_go_back_with_the_clock(project: Project, tmp_path: Path) -> None:
    project.deck().build()
    before = _stamps(project.package(), tmp_path)
    project.now = 1_000_000_000
    project.edit("Recall beats", "Recall is better than")
    project.build()
    after = _stamps(project.package(), tmp_path)
    assert sorted(after[guid] - before[guid] for guid in before) == [0, 0, 1]


def test_second_build_writes_nothing(project: Project) -> None:
    project.deck().build()
    times = {path: path.stat().st_mtime_ns for path in project.root.rglob("*") if path.is_file()}
    project.build()
    assert {path: path.stat().st_mtime_ns for path in project.root.rglob("*") if path.is_file()} == times


def test_package_from_another_zlib_is_left_alone(project: Project) -> None:
    """zlib-ng, as in Python 3.14 on Windows, compresses to other bytes of the same content."""
    project.deck().build()
    package = project.package()
    with zipfile.ZipFile(package) as opened:
        members = [(info, opened.read(info)) for info in opened.infolist()]
    with zipfile.ZipFile(package, "w", zipfile.ZIP_STORED) as opened:
        for info, content in members:
            opened.writestr(info.filename, content)
    stored = package.read_bytes()
    assert project.run("build", "--locked").exit_code == 0
    project.build()
    assert package.read_bytes() == stored


def test_error_leaves_everything_as_it_was(project: Project) -> None:
    project.deck().build()
    project.edit("tags: [basics]", "tags: [basic]")
    project.edit("Recall beats", "Recall is better than")
    before = project.files()
    outcome = project.run("build")
    assert outcome.exit_code == 1
    assert "M09 the tag `basic` is not in deck.yaml" in outcome.stderr
    assert outcome.stderr.endswith("nothing was written\n")
    assert project.files() == before


def test_error_in_one_deck_holds_back_the_others(project: Project) -> None:
    project.deck()
    project.write("other/deck.yaml", "deck: other\n")
    before = project.files()
    assert project.run("build").exit_code == 1
    assert project.files() == before
    assert project.run("build", "memory").exit_code == 0


@pytest.mark.parametrize("failing", ["write", "same"])
def test_interrupted_build_leaves_everything_as_it_was(
    project: Project, monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    project.deck(BILINGUAL_YAML, BILINGUAL_CARDS).build()
    project.edit('"Fading memory gains most."', '"A fading memory gains most."')
    before = project.files()
    calls = []
    original = getattr(apkg, failing)

    def full_disk(*arguments: object, **named: object) -> object:
        calls.append(arguments)
        if len(calls) == 2:
            raise OSError(28, "No space left on device", str(arguments[0]))
        return original(*arguments, **named)

    monkeypatch.setattr(apkg, failing, full_disk)
    outcome = project.run("build")
    assert outcome.exit_code == 1
    assert "R09 can't be read or written: No space left on device" in outcome.stderr
    assert project.files() == before


@pytest.mark.parametrize("failing", [1, 2, 3])
def test_failing_move_takes_back_those_before_it(
    project: Project, monkeypatch: pytest.MonkeyPatch, failing: int
) -> None:
    """As on Windows, where a package that Anki has open can't be replaced."""
    project.deck(BILINGUAL_YAML, BILINGUAL_CARDS).build()
    for old, new in (("Why space reviews?", "Why space them?"), ("隔复习", "隔")):
        project.edit(old, new)
    before = project.files()
    moves: list[Path] = []
    original = Path.replace

    def in_use(self: Path, target: Path) -> Path:
        if (self.suffix == ".deckgen-new" and project.root in self.parents) or not self.is_absolute():
            moves.append(self)
            if len(moves) == failing:
                raise PermissionError(13, "Permission denied", str(self))
        return original(self, target)

    monkeypatch.setattr(Path, "replace", in_use)
    outcome = project.run("build")
    assert outcome.exit_code == 1
    places = ["cards_source/memory/deck.lock", "output/memory.en.apkg", "output/memory.zh.apkg"]
    assert f"{places[failing - 1]}:1:1: R09 can't be read or written: Permission denied" in outcome.stderr
    assert project.files() == before


def test_package_that_can_not_be_read_is_written_anew(project: Project) -> None:
    project.deck().build()
    good = project.package().read_bytes()
    middle = len(good) // 2
    for damaged in (
        b"",
        good[:middle],
        good[:200] + bytes(60) + good[260:],
        good.replace(b"PK\x01\x02\x14\x03\x14\0\0\0", b"PK\x01\x02\x14\x03\x14\0\1\0"),
    ):
        project.package().write_bytes(damaged)
        project.build()
        assert project.package().read_bytes() == good


def test_package_tells_nothing_of_machine_and_time(project: Project, tmp_path: Path) -> None:
    project.deck().build()
    with zipfile.ZipFile(project.package()) as opened:
        assert opened.namelist() == ["collection.anki2", "deckgen.lock", "media"]
        assert {(info.date_time, info.create_system) for info in opened.infolist()} == {
            ((1980, 1, 1, 0, 0, 0), 3)
        }
        database = opened.read("collection.anki2")
        assert opened.read("deckgen.lock") == project.lock().read_bytes()
        opened.extract("collection.anki2", tmp_path)
    assert database[24:28] == b"\0\0\0\1"
    assert database[92:100] == bytes(8)
    connection = sqlite3.connect(tmp_path / "collection.anki2")
    try:
        ((models,),) = connection.execute("select models from col").fetchall()
    finally:
        connection.close()
    for model in json.loads(models).values():
        assert model["did"] is None
        assert all(field["preventDeletion"] for field in model["flds"])


@pytest.mark.parametrize("file", ["card.css", "card.front.html", "cloze.back.html"])
def test_each_part_of_the_look_moves_the_stamp_of_its_type_and_of_no_note(
    project: Project, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, file: str
) -> None:
    from deckgen.notes import note_types as notetypes

    project.deck().build()
    notes = _stamps(project.package(), tmp_path)
    lock = project.lock().read_text(encoding="utf-8")
    original = notetypes._file
    monkeypatch.setattr(notetypes, "_file", lambda name: original(name) + (" " if name == file else ""))
    project.forget()
    project.now = 1_600_000_000
    project.build()
    assert _stamps(project.package(), tmp_path) == notes
    old, new = (
        {words[2]: int(words[3]) for words in map(str.split, text.splitlines()) if words[:1] == ["notetype"]}
        for text in (lock, project.lock().read_text(encoding="utf-8"))
    )
    touched = {"card.css": {"qa", "cloze"}, "card.front.html": {"qa"}, "cloze.back.html": {"cloze"}}[file]
    assert {role: new[role] - old[role] for role in old} == {role: int(role in touched) for role in old}


def test_keyboard_interrupt_leaves_no_temporary_files(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.deck()
    before = project.files()

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(apkg, "same", interrupt)
    assert project.run("build").exit_code == 130
    assert project.files() == before


def test_output_folder_that_is_a_file(project: Project) -> None:
    project.deck()
    (project.root / "output").write_text("in the way", encoding="utf-8")
    before = project.files()
    outcome = project.run("build")
    assert outcome.exit_code == 1
    assert "R09" in outcome.stderr
    assert project.files() == before


def test_one_language_keeps_the_lines_of_the_other(project: Project) -> None:
    project.deck(BILINGUAL_YAML, BILINGUAL_CARDS).build("--lang", "zh")
    assert [path.name for path in project.root.glob("output/*")] == ["memory.zh.apkg"]
    zh = [line for line in project.lock().read_text(encoding="utf-8").splitlines() if " zh " in line]
    project.build("--lang", "en")
    assert [line for line in project.lock().read_text(encoding="utf-8").splitlines() if " zh " in line] == zh
    assert "2 unchanged" in project.build().stdout


def test_language_that_no_deck_has(project: Project) -> None:
    project.deck(BILINGUAL_YAML, BILINGUAL_CARDS)
    outcome = project.run("build", "--lang", "fr")
    assert outcome.exit_code == 1
    assert "no deck has the language `fr`" in outcome.stderr
    assert "there are: en, zh" in outcome.stderr


def test_locked_writes_nothing_and_names_what_is_old(project: Project) -> None:
    project.deck().build()
    assert project.run("build", "--locked").exit_code == 0
    project.edit("Recall beats", "Recall is better than")
    before = project.files()
    outcome = project.run("build", "--locked")
    assert outcome.exit_code == 1
    assert "cards_source/memory/deck.lock:1:1: R08 is not up to date" in outcome.stderr
    assert "output/memory.apkg:1:1: R08 is not up to date" in outcome.stderr
    assert project.files() == before


def test_locked_sees_a_package_that_somebody_changed(project: Project) -> None:
    project.deck().build()
    project.package().write_bytes(b"not a package")
    assert "output/memory.apkg:1:1: R08" in project.run("build", "--locked").stderr
    project.build()
    assert zipfile.is_zipfile(project.package())


def test_lost_lock_is_not_replaced_by_a_new_one(project: Project) -> None:
    project.deck().build()
    project.lock().unlink()
    before = project.files()
    outcome = project.run("build")
    assert outcome.exit_code == 1
    assert "deck.lock:1:1: R07 is missing, but output/memory.apkg was built with one" in outcome.stderr
    assert project.files() == before


@pytest.mark.parametrize(
    "damage",
    [
        "<<<<<<< ours",
        "=======",
        "note x - qa",
        "note x - qa x 1 0 0 0 1",
        "note x - song 0 1 0 0 0 1",
        "note x - list 0 1 0 0 0 1:a,1:b",
        "note x - list 0 1 0 0 0 500:a",
        "note x - list 0 1 0 0 0 1:a was=2:b",
        "note spacing - cloze 0 1 0 0 0 1",
        "note x - qa 99999999999999999999 1 0 0 0 1",
        "note x - qa \u0663 1 0 0 0 1",
        "package - 1 - {",
        'package - 1 - "',
        "package - 1 - " + "[" * 100_000,
        'package - 1 - "Other"',
        "deck other",
        "note x en qa 0 1 0 0 0 1",
    ],
)
def test_damaged_lock_is_a_finding_with_its_line(project: Project, damage: str) -> None:
    project.deck().build()
    text = project.lock().read_text(encoding="utf-8")
    project.lock().write_text(text + damage + "\n", encoding="utf-8")
    outcome = project.run("build")
    assert outcome.exit_code == 1
    assert f"deck.lock:{text.count(chr(10)) + 1}:1: R01 this line of the lock " in outcome.stderr
    assert project.package().exists()


def test_lock_that_is_no_lock(project: Project) -> None:
    project.deck()
    project.lock().write_bytes(b"\xff\xfe")
    assert project.codes() == ["R01"]
    for text in ("", "something else\n", "deckgen-lock 1\n", "deckgen-lock 2\ndeck memory\n"):
        project.lock().write_text(text, encoding="utf-8")
        assert project.codes() == ["R01"]


@pytest.mark.parametrize(
    ("file", "old", "new", "told"),
    [
        (
            "deck.yaml", "deck: memory", "deck: memories",
            ["deck.yaml:1 R02: the deck's key was `memory` when it was built, and is `memories` now: write `deck: memory` again; to make a copied deck independent, use `deckgen fork`"],
        ),
        (
            "deck.yaml", 'title: "Memory"', 'title: "Memories"',
            ["deck.yaml:2 R03: the title was “Memory” when it was built, and is “Memories” now: write “Memory” again: an import can't rename a deck, learners rename it themselves (`deckgen push --retitle` does it in a running Anki)"],
        ),
        (
            "deck.lock", "package - 1 ", "package - 2 ",
            ["deck.lock:1 R10: the deck was built with note types of schema 2, this deckgen has 1: use the deckgen that built it: Anki would refuse every update of its notes"],
        ),
        (
            "cards.yaml", 'cloze: "Recall beats {{c1::rereading}} and {{c2::highlighting::a marker}}."', "q: Q?\n    a: A",
            ["deck.lock:14 R04 testing: the card `testing` was built as a cloze and is a question with an answer now: take it back, retire it, and write the other kind under a new id"],
        ),
        (
            "cards.yaml", "id: testing", "id: tested",
            ["deck.lock:14 R05 testing: the card `testing` was built and is gone from the card files; the new card `tested` looks like it: if it was renamed: `deckgen rename testing tested` writes `was: testing` into it; else put it back under its id; to end it, then retire it: `deckgen retire testing --reason …`"],
        ),
        (
            "cards.yaml",
            'id: stages\n    q: "Which stages does a memory pass through?"\n    list: {encoding: "Encoding", storage: "Storage", retrieval: "Retrieval"}',
            'id: x\n    q: "Which stages does a memory pass through?"\n    a: "Encoding storage retrieval"',
            ["deck.lock:12 R05 stages: the card `stages` was built and is gone from the card files: put it back under its id; to end it, then retire it: `deckgen retire stages --reason …`"],
        ),
        (
            "cards.yaml", 'storage: "Storage", retrieval: ', "x: ",
            ["cards.yaml:11 R11 stages: the card `stages` was built with the item storage, retrieval, which is gone now: put it back, or let learners keep an empty card: `deckgen build --accept stages`"],
        ),
        (
            "cards.yaml", "    reverse: true\n", "",
            ["cards.yaml:3 R11 spacing: the card `spacing` was built with the card number 2, which is gone now: put it back, or let learners keep an empty card: `deckgen build --accept spacing`"],
        ),
        (
            "cards.yaml", "beats {{c1::rereading}} and {{c2::highlighting::a marker}}", "outdoes {{c1::rereading}}",
            ["cards.yaml:8 R11 testing: the card `testing` was built with the deletion 2, which is gone now: put it back, or let learners keep an empty card: `deckgen build --accept testing`"],
        ),
        (
            "cards.yaml", "{{c1::rereading}} and {{c2::highlighting::a marker}}", "{{c1::highlighting}} and {{c2::rereading}}",
            ["cards.yaml:8 R12 testing: what c1 of `testing` hid is under c2 now, without its history: number it 1 again, or accept it: `deckgen build --accept testing`",
             "cards.yaml:8 R12 testing: what c2 of `testing` hid is under c1 now, without its history: number it 2 again, or accept it: `deckgen build --accept testing`"],
        ),
    ],
)  # fmt: skip
def test_frozen_things_are_refused(project: Project, file: str, old: str, new: str, told: list[str]) -> None:
    project.deck()
    project.edit("  - id: spacing\n", "  - id: spacing\n    reverse: true\n")
    project.build()
    project.edit(old, new, f"memory/{file}")
    before = project.files()
    assert [one.removesuffix(START_OVER) for one in project.told()] == told
    for one in project.told():
        assert one.endswith(START_OVER) == bool(re.search(" R0[2-6] ?", one)), one
    assert project.run("build").exit_code == 1
    assert project.files() == before


def test_frozen_things_are_named_with_their_language(project: Project) -> None:
    project.deck(BILINGUAL_YAML, BILINGUAL_CARDS).build()
    project.edit('zh: "记忆"', 'zh: "X"', "memory/deck.yaml")
    project.edit(
        '{q: "Why space reviews?", a: "Fading memory gains most."}', '{cloze: "{{c1::One}} of them"}'
    )
    lock = project.lock().read_text(encoding="utf-8")
    project.lock().write_text(lock.replace("package zh 1 ", "package zh 2 "), encoding="utf-8")
    assert [(f["code"], f["card"], f["lang"]) for f in project.findings() if f["code"][0] == "R"] == [
        ("R10", "", "zh"),
        ("R04", "spacing", "en"),
        ("R03", "", "zh"),
    ]


def test_language_that_was_built_can_not_go(project: Project) -> None:
    project.deck(BILINGUAL_YAML, BILINGUAL_CARDS).build()
    project.edit("languages: [en, zh]", "languages: [en]", "memory/deck.yaml")
    told = "deck.yaml:1 R06 zh: the language `zh` was built and is not in `languages:` now: put it back"
    assert told + START_OVER in project.told()
    assert "K22" not in project.codes(), "its package is not left over"


def test_card_that_loses_a_language_is_refused(project: Project) -> None:
    project.deck(BILINGUAL_YAML, BILINGUAL_CARDS).build()
    project.edit("  - id: spacing\n", "  - id: spacing\n    only: en\n")
    assert [(f["code"], f["card"], f["lang"]) for f in project.findings()] == [("R05", "spacing", "zh")]


def test_key_of_another_deck(project: Project) -> None:
    project.deck()
    project.write("other/deck.yaml", DECK_YAML)
    project.write("other/cards.yaml", 'cards:\n  - id: a\n    q: "Q?"\n    a: "A"\n')
    assert project.codes() == ["K11", "K11"]
    # Also when only one of them is asked for.
    assert (
        "K11 the deck's key `memory` is also that of cards_source/memory"
        in project.run("build", "other").stderr
    )


def test_ids_are_of_the_past_and_never_the_same(project: Project) -> None:
    """Anki renumbers what lies in the future, and shows the id as the date of creation."""
    project.deck(BILINGUAL_YAML, BILINGUAL_CARDS).build()
    project.edit(
        "  - id: spacing",
        '  - id: newer\n    en: {q: "Q?", a: "A"}\n    zh: {q: "Q?", a: "A"}\n  - id: spacing',
    )
    project.now -= 3600
    project.build()
    ids = [line.note_id for line in read_lock(project.lock()).notes.values()]
    assert len(set(ids)) == len(ids) == 6
    week = 7 * 24 * 3600
    assert all(
        note_id % 500 == 0 and (project.now - week) * 1000 < note_id < project.now * 1000 for note_id in ids
    )


def test_notes_ordered_by_their_date_of_creation_are_in_the_order_of_study(project: Project) -> None:
    project.deck()
    project.edit("  - id: spacing\n", "  - id: spacing\n    after: [testing]\n")
    project.build()
    notes = read_lock(project.lock()).notes
    ordered = sorted((line.note_id, card) for (card, _), line in notes.items())
    assert [card for _, card in ordered] == ["testing", "spacing", "stages"]
    assert [note_id - ordered[0][0] for note_id, _ in ordered] == [0, 500, 1000]


def test_clock_before_computers(project: Project) -> None:
    project.deck()
    project.now = -3600
    project.build()
    assert all(line.note_id > 10**12 for line in read_lock(project.lock()).notes.values())


def _models(package: Path, folder: Path) -> list[dict[str, Any]]:
    with zipfile.ZipFile(package) as opened:
        opened.extract("collection.anki2", folder)
    with closing(sqlite3.connect(folder / "collection.anki2")) as connection:
        ((models,),) = connection.execute("select models from col").fetchall()
    return list(json.loads(models).values())


def test_needed_fields_are_those_that_anki_works_out(
    project: Project, learner: Learner, tmp_path: Path
) -> None:
    """Anki before 2.1.28 believes the package, and would call all cards empty that need a field it does not name."""
    project.deck(cards=CARDS_YAML + "  - id: back\n    reverse: true\n    q: Why?\n    a: So.\n").build()
    models = {model["name"]: model for model in _models(project.package(), tmp_path)}
    assert {name: model["req"] for name, model in models.items()} == {
        "memory questions": [[0, "any", [0, 5, 7, 9]], [1, "all", [6]]],
        "memory cloze": [[0, "any", [0, 1, 6, 8]]],
    }
    learner.import_package(project.package())
    for name, model in models.items():
        (kept,) = [one for one in learner.col.models.all() if one["name"] == name]
        assert kept["req"] == model["req"]


@pytest.mark.parametrize(
    "front",
    [
        "{{A}}", "{{#A}}{{B}}{{/A}}", "{{^A}}{{B}}{{/A}}", "{{#A}}x{{/A}}", "x", "{{#A}}{{^B}}{{C}}{{/B}}{{/A}}",
        "{{A}}{{#B}}{{C}}{{/B}}", "{{#A}}{{B}}{{/A}}{{#C}}{{B}}{{/C}}", "{{^A}}x{{/A}}{{type:B}}", "{{#A}}{{A}}{{/A}}",
        "{{#A}}{{#B}}{{#C}}{{C}}{{/C}}{{/B}}{{/A}}", "{{^A}}{{^B}}{{C}}{{/B}}{{/A}}", "{{#A}}{{type:B}}{{^C}}{{A}}{{/C}}{{/A}}",
    ],
)  # fmt: skip
def test_needed_fields_of_any_template(learner: Learner, front: str) -> None:
    made = learner.col.models.new("made")
    for name in "ABC":
        learner.col.models.add_field(made, learner.col.models.new_field(name))
    template = learner.col.models.new_template("one")
    template["qfmt"], template["afmt"] = front, "x"
    learner.col.models.add_template(made, template)
    # A note type of Anki's must show a field; so it has a second template.
    second = learner.col.models.new_template("two")
    second["qfmt"], second["afmt"] = "{{A}} again", "x"
    learner.col.models.add_template(made, second)
    ours = NoteType(
        role="qa", number=1, name="made", is_cloze=False, css="", fields=tuple(Field(name, 1) for name in "ABC"),
        templates=(Template("one", 1, front, ""), Template("two", 2, "{{A}} again", "")),
    )  # fmt: skip
    try:
        learner.col.models.add_dict(made)
    except CardTypeError:
        # A front that shows no field: Anki wants none of it, and no card needs what is never shown.
        assert needs(ours)[0] == (0, "none", [])
        return
    kept = learner.col.models.by_name("made")
    assert kept is not None
    assert kept["req"] == [list(one) for one in needs(ours)]


def test_nothing_follows_a_typed_answer_on_its_line(project: Project, tmp_path: Path) -> None:
    """Mnemosyne 2.11 takes the rest of the line for a part of it, and shows `{{invalid template}}`."""
    project.deck().build()
    sides = [
        template[side]
        for model in _models(project.package(), tmp_path)
        for template in model["tmpls"]
        for side in ("qfmt", "afmt")
    ]
    assert sum("{{type:" in side for side in sides) == 4
    assert [side for side in sides if re.search(r"\{\{type:[^}]*\}\}.", side)] == []


def _steps_to_compare(project: Project, amount: int) -> int:
    """How many functions are called to find what so many decks share; the time would depend on the machine."""
    for number in range(amount):
        project.write(f"d{number}/deck.yaml", f'deck: d{number}\ntitle: "Deck {number}"\n')
    folders = (project.root / f"cards_source/d{number}" for number in range(amount))
    decks = [deck for folder in folders if (deck := load(folder)[0])]
    steps = 0

    def count(*_: object) -> None:
        nonlocal steps
        steps += 1

    sys.setprofile(count)
    shared = Shared(decks)
    clashes = [clash for deck in decks for clash in shared.clashes(deck)]
    sys.setprofile(None)
    assert clashes == []
    return steps


def test_many_decks_are_not_compared_with_each_other(project: Project) -> None:
    assert _steps_to_compare(project, 200) < 2.5 * _steps_to_compare(project, 100)


def test_deck_is_told_of_the_first_other_one_that_it_clashes_with(project: Project) -> None:
    for name, title in (("a", "Same"), ("b", "same"), ("c", "SAME"), ("d", "Other")):
        project.write(f"{name}/deck.yaml", f'deck: {name}\ntitle: "{title}"\n')
        project.write(f"{name}/cards.yaml", "cards:\n  - {id: one, q: Q?, a: A}\n")
    found = [(one["path"], one["message"]) for one in project.findings()]
    assert found == [
        (
            f"cards_source/{name}/deck.yaml",
            f"cards_source/{other} has the title “{title}” as well: Anki would make one deck of both",
        )
        for name, title, other in (("a", "Same", "b"), ("b", "same", "a"), ("c", "SAME", "a"))
    ]


def test_new_look_is_told_beside_a_new_card(project: Project) -> None:
    assert "new look" not in project.deck().build().stdout
    project.write("memory/style.css", ".card { color: navy; }\n")
    project.write("memory/more.yaml", 'cards:\n  - {id: more, q: "Who wrote it down?", a: "Ebbinghaus"}\n')
    assert project.run("plan").stdout.count("new look") == 2
    assert "1 new, 3 unchanged; new look" in project.build().stdout
    # What is new has no look that learners know.
    note_type = "fields: {Term: other}\ntemplates: [{name: Card, front: front.html, back: front.html}]\n"
    project.write("memory/note_types/word/note_type.yaml", note_type)
    project.write("memory/note_types/word/front.html", "{{Term}}")
    project.write("memory/words.yaml", 'cards:\n  - {id: own, type: word, fields: {Term: "Saving"}}\n')
    assert "new look" not in project.run("plan").stdout
    assert "new look" not in project.build().stdout
