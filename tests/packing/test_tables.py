"""Collections are read where they lie: nothing of them is changed, and nothing is put beside them."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from deckgen.packing import collection, tables, zips
from tests.conftest import Project
from tests.real_anki import Learner

ROOT = Path(__file__).parents[2]

#: Somebody at Anki, who does what is said and closes it at the end.
_AT_ANKI = """
import sys
from pathlib import Path
from tests.real_anki import Learner
with Learner(Path(sys.argv[1])) as learner:
    for line in sys.stdin:
        word, _, rest = line.strip().partition(" ")
        if word == "import":
            learner.import_package(Path(rest))
        elif word == "edit":
            note = learner.note("spacing")
            note["Answer"] = rest
            learner.col.update_note(note)
        elif word == "study":
            learner.study("Memory", int(rest), ease=3)
        elif word == "check":
            learner.is_sound()
        print("done", flush=True)
"""


class _Anki:
    """An Anki that is open in another process."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._process = subprocess.Popen(
            [sys.executable, "-c", _AT_ANKI, str(folder)],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )

    def does(self, order: str) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{order}\n")
        self._process.stdin.flush()
        assert self._process.stdout.readline() == "done\n"

    def closes(self) -> None:
        self._process.communicate()
        assert self._process.returncode == 0

    def files(self) -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in sorted(self.folder.iterdir()) if path.is_file()}


@contextmanager
def _anki(folder: Path) -> Iterator[_Anki]:
    opened = _Anki(folder)
    try:
        yield opened
    finally:
        opened.closes()


def _groups(project: Project, path: Path) -> dict[str, list[str]]:
    told = json.loads(project.run("plan", "--format", "json", "--against", str(path)).stdout)
    return {group["group"]: group["cards"] for group in told["packages"][0]["against"]}


def test_open_anki_is_read_with_its_newest_changes_and_not_disturbed(
    project: Project, tmp_path: Path
) -> None:
    project.deck().build()
    path = tmp_path / "learner" / "collection.anki2"
    with _anki(tmp_path / "learner") as anki:
        anki.does(f"import {project.package()}")
        anki.does("edit My own answer")
        before = anki.files()
        assert before["collection.anki2-wal"], "what Anki has not yet written into the collection"
        assert _groups(project, path) == {"unchanged": ["testing", "stages"], "edited locally": ["spacing"]}
        link = tmp_path / "link.anki2"
        link.symlink_to(path)
        assert "edited locally" in _groups(project, link), "its journal lies beside the collection itself"
        assert anki.files() == before
        anki.does("edit Recall from fading memory strengthens it.")
        assert "edited locally" not in _groups(project, path)
        anki.does("check")
    before = anki.files()
    assert "collection.anki2-wal" not in before
    assert set(_groups(project, path)) == {"unchanged"}
    assert anki.files() == before, "no file of SQLite's is left beside a collection that is closed"


def test_reviews_of_an_open_anki_are_counted(project: Project, tmp_path: Path) -> None:
    project.deck().build()
    path = tmp_path / "learner" / "collection.anki2"

    def counted() -> int:
        found = json.loads(project.run("reviews", "--format", "json", str(path)).stdout)
        return sum(one["reviews"] for one in found["files"])

    with _anki(tmp_path / "learner") as anki:
        anki.does(f"import {project.package()}")
        anki.does("study 4")
        before = anki.files()
        assert before["collection.anki2-wal"]
        assert counted() == 4
        assert anki.files() == before
        anki.does("study 2")
        assert counted() == 6
        anki.does("check")
    before = anki.files()
    assert counted() == 6
    assert anki.files() == before


def test_only_the_collection_itself_is_opened(project: Project, learner: Learner) -> None:
    """As on a medium that can't be written, where SQLite would want a file of its own beside it."""
    project.deck().build()
    learner.import_package(project.package())
    path = Path(learner.col.path)
    learner.col.close()
    folder = {found: found.stat().st_mtime_ns for found in (path.parent, *path.parent.iterdir())}
    path.chmod(0o444)
    path.parent.chmod(0o555)
    try:
        assert len(collection.read(path).notes) == 3
    finally:
        path.parent.chmod(0o755)
        path.chmod(0o644)
    assert {found: found.stat().st_mtime_ns for found in (path.parent, *path.parent.iterdir())} == folder
    learner.col.reopen()


def test_collection_that_changes_while_it_is_read_is_refused(project: Project) -> None:
    path = project.root / "a.anki2"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE notes (a)")
        reading = tables.opened(path)
        assert "notes" in reading.__enter__()
        connection.execute("CREATE TABLE more (a)")
        with pytest.raises(ValueError, match="written to meanwhile"):
            reading.__exit__(None, None, None)


def test_change_that_was_stopped_half_way_is_told(project: Project) -> None:
    project.deck().build()
    path = project.root / "a.anki2"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE notes (a)")
    (project.root / "a.anki2-journal").write_bytes(bytes(600))
    assert "it has no tables" in project.run("plan", "--against", "a.anki2").stderr, "an empty one is none"
    (project.root / "a.anki2-journal").write_bytes(bytes.fromhex("d9d505f920a163d7"))
    assert "open it in Anki once" in project.run("plan", "--against", "a.anki2").stderr


if sys.platform != "win32":  # where there are none of these

    def test_journal_is_as_plain_a_file_as_its_collection(project: Project) -> None:
        project.deck().build()
        path = project.root / "a.anki2"
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("CREATE TABLE notes (a)")
        for ending in ("-wal", "-journal"):
            beside = project.root / f"a.anki2{ending}"
            for make in (lambda at: at.symlink_to("/dev/zero"), os.mkfifo, Path.mkdir):
                make(beside)
                outcome = project.run("plan", "--against", "a.anki2")
                assert outcome.exit_code == 2
                assert "not a plain file" in outcome.stderr or "Is a directory" in outcome.stderr
                (beside.rmdir if beside.is_dir() else beside.unlink)()


def test_large_collection_is_not_copied(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    project.deck().build()
    path = project.root / "a.anki2"
    monkeypatch.setattr(tables, "MAX_COPY", 4000)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE notes (a)")
        assert "it has no tables" in project.run("plan", "--against", "a.anki2").stderr, "read where it lies"
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("INSERT INTO notes VALUES (1)")
        connection.commit()
        told = project.run("plan", "--against", "a.anki2").stderr
        assert "too large to be copied while Anki is open" in told


def test_file_that_takes_too_long_is_given_up(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows may lead to long ones that are walked through without a value of theirs being read."""
    project.deck().build()
    monkeypatch.setattr(tables, "SECONDS", -1_000_000)
    with pytest.raises(collection.Unreadable):
        collection.read(project.package())


def test_only_notes_that_matter_are_kept(project: Project) -> None:
    project.deck().build()
    notes = collection.read(project.package()).notes
    one, *_ = notes
    (other,) = {note.note_type for note in notes.values()} - {notes[one].note_type}
    assert set(collection.read(project.package(), {one}).notes) == {one}
    kept = collection.read(project.package(), {one}, {other}).notes
    assert {note.note_type for note in kept.values()} == {notes[one].note_type, other}
    assert all(kept[guid] == notes[guid] for guid in kept)


@pytest.mark.parametrize("name", ["order", "select", '"a b"', '"x""); --"', "卡"])
def test_table_of_an_add_on_is_passed_over(project: Project, name: str) -> None:
    project.deck().build()
    path = project.root / "a.anki2"
    with zips.opened(project.package()) as package:
        path.write_bytes(package.read("collection.anki2"))
    with closing(sqlite3.connect(path)) as connection:
        quoted = name if name.startswith('"') else f'"{name}"'
        connection.execute(f"CREATE TABLE {quoted} (a, b)")
    assert collection.read(path) == collection.read(project.package())


def test_words_of_a_stranger_do_nothing_to_the_terminal(project: Project) -> None:
    project.deck().build()
    path = project.root / "a.anki2"
    with zips.opened(project.package()) as package:
        path.write_bytes(package.read("collection.anki2"))
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE notes SET guid = char(27) || ']0;harm' || char(7)")
        connection.commit()
    outcome = project.run("plan", "--against", "a.anki2")
    assert "\\x1b]0;harm\\x07" in outcome.stdout
    assert "\x1b" not in outcome.stdout
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute("UPDATE sqlite_master SET name = char(27) || hex(zeroblob(5000))")
        connection.commit()
    outcome = project.run("plan", "--against", "a.anki2")
    assert outcome.exit_code == 2
    assert "\x1b" not in outcome.stderr
    assert len(outcome.stderr) < 1000


@pytest.mark.parametrize(
    ("place", "uri"),
    [
        ("/home/a b/x?#%.anki2", "file:///home/a%20b/x%3F%23%25.anki2"),
        ("C:/Anki2/x.anki2", "file:///C:/Anki2/x.anki2"),
        ("//server/share/x.anki2", "file:////server/share/x.anki2"),
        ("/\udcff.anki2", "file:///%FF.anki2"),
    ],
)
def test_address_of_a_file_on_every_system(place: str, uri: str) -> None:
    assert tables.address(place) == uri


def test_numbers_are_read_from_whatever_stands_there(project: Project) -> None:
    path = project.root / "a.anki2"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE log (a, b)")
        rows = [(1, 2), ("3", b"4"), ("x", 9e999), (1.9, None), (-(2**63), 2**63 - 1)]
        connection.executemany("INSERT INTO log VALUES (?, ?)", rows)
        connection.commit()
    with tables.opened(path) as found:
        assert list(found.numbers("log", "a", "b", most=5)) == [
            (1, 2), (3, 4), (0, 2**63 - 1), (1, None), (-(2**63), 2**63 - 1),
        ]  # fmt: skip
        with pytest.raises(ValueError, match="`log` has more than 4 rows"):
            list(found.numbers("log", "a", most=4))
        with pytest.raises(ValueError, match="no table `log` with c"):
            list(found.numbers("log", "c", most=4))
