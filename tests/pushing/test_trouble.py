"""A push that meets trouble says so in a sentence, and the next one finishes what it began."""

from __future__ import annotations

import http.client
import os
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from deckgen.pushing import connection
from deckgen.pushing.connection import Anki
from deckgen.pushing.there import Way
from tests.anki_server import AnkiWindow, Lie, running
from tests.conftest import CARDS_YAML, Project
from tests.pushing.test_push import (
    LEFT,
    MOVED,
    SPACING,
    STAGES,
    everything,
    homes,
    push,
    pushed,
    studied,
)
from tests.real_anki import Learner

#: Changes something of each kind: a text, tags of a note that is held back, decks, cards to suspend, a note to delete.
MORE = """\
  - id: more
    q: "What else?"
    a: "More."
  - id: other
    q: "What other?"
    a: "Other."
"""
CHANGING = [
    "guiImportFile", "createDeck", "changeDeck", "addTags", "removeTags", "suspend", "deleteNotes",
]  # fmt: skip


def prepared(project: Project, anki: AnkiWindow) -> None:
    """A learner who has studied, and held a note back; and an author who changed something of every kind."""
    project.deck(cards=f"{CARDS_YAML}{MORE}")
    push(project)
    anki.learner.study_a_day("Memory", lambda _: (3, 5.0))
    note = anki.learner.note("other")
    note.tags = [*note.tags, "mine"]
    anki.col.update_note(note)
    assert anki.col.db is not None
    anki.col.db.execute("update notes set mod = ? where id = ?", project.now + 864_000, note.id)
    project.edit(SPACING, MOVED)
    project.edit(STAGES, LEFT)
    project.edit("rereading", "reading twice")
    project.edit('    q: "What else', '    retired: {since: 2023-11-01, reason: "wrong"}\n    q: "What else')
    project.edit("tags: [basics]", "tags: [ground]")
    project.edit("basics: ", "ground: ", "memory/deck.yaml")


@pytest.mark.parametrize("fate", ["drop", "done"])
@pytest.mark.parametrize("action", CHANGING)
def test_next_push_finishes_what_one_began(
    project: Project, anki: AnkiWindow, action: str, fate: str
) -> None:
    """The connection ends before or after Anki did what it was asked."""
    prepared(project, anki)
    log = anki.learner.rows("revlog")
    anki.trouble = lambda asked, _: fate if asked == action else ""
    said = push(project, "--delete", "all", code=1).stdout
    assert f"Anki ended the connection during `{action}`" in said
    assert said.count("the decks as they were before:") <= 1
    anki.trouble = lambda *_: ""
    pushed(project, anki, "--delete", "all")
    assert anki.learner.rows("revlog") == log
    assert anki.col.find_notes("Id:stages") == []
    assert homes(anki.learner, "spacing") == {"Memory::Basics"}
    assert sorted(anki.learner.note("other").tags) == ["memory::ground", "mine"]
    assert "reading twice" in anki.learner.note("testing")["Text"]
    assert [card.queue for card in anki.learner.cards("more")] == [-1]
    anki.learner.is_sound()
    # What was suspended in the push that was cut off is known as ours.
    project.edit('    retired: {since: 2023-11-01, reason: "wrong"}\n    q: "What else', '    q: "What else')
    push(project)
    assert [card.queue for card in anki.learner.cards("more")] != [-1]


@pytest.mark.parametrize("action", ["version", "exportPackage", "findCards", "getDecks", "deckNames"])
def test_nothing_changes_when_nobody_answers_while_looking(
    project: Project, anki: AnkiWindow, action: str
) -> None:
    prepared(project, anki)
    before, files = everything(anki.learner), project.files()
    anki.trouble = lambda asked, _: "drop" if asked == action else ""
    said = project.run("push", "--no-lint", "--yes")
    assert said.exit_code == 2
    assert f"Anki ended the connection during `{action}`" in said.stderr
    assert (everything(anki.learner), project.files()) == (before, files)


def test_anki_that_is_too_slow(project: Project, anki: AnkiWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    """A time limit strikes while Anki goes on: the push says so, and the next one finds it done."""
    prepared(project, anki)
    ask: Callable[..., Any] = Anki.ask

    def hurried(self: Anki, action: str, _: float = 0, /, **params: Any) -> Any:
        return ask(self, action, 0.5 if action == "changeDeck" else 600.0, **params)

    monkeypatch.setattr(Anki, "ask", hurried)
    anki.trouble = lambda asked, count: "late" if (asked, count) == ("changeDeck", 1) else ""
    said = push(project, code=1).stdout
    assert "did not answer `changeDeck` within 0 seconds, and may still do it" in said
    anki.late.set()
    assert homes(anki.learner, "spacing") == {"Memory::Basics"}
    said = pushed(project, anki)
    assert "moved" not in said


def test_time_limits_grow_with_the_work() -> None:
    from deckgen.pushing.there import patience

    assert patience(0) == 120
    assert patience(100_000) > 10_000


def test_no_anki(project: Project) -> None:
    project.deck()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    said = project.run("push", "--yes", "--anki", address)
    assert said.exit_code == 2
    assert f"nothing answers at {address}" in said.stderr
    assert "2055492159" in said.stderr
    assert not project.lock().exists()


@pytest.mark.parametrize(
    "address",
    [
        "",
        "127.0.0.1:port",
        "127.0.0.1:99999",
        "https://a:1",
        "//",
        "[::1",
        "ä:1",
        "a:0",
        "http://a/anki",
        "a/b",
    ],
)
def test_addresses_that_are_none(project: Project, address: str) -> None:
    project.deck()
    said = project.run("push", "--anki", address)
    assert said.exit_code == 2
    assert "is no address of AnkiConnect" in said.stderr


@pytest.mark.parametrize("address", ["http://{}", "http://{}/", "{}"])
def test_addresses(project: Project, anki: AnkiWindow, address: str) -> None:
    project.deck()
    push(project, "--anki", address.format(anki.address))


def test_no_proxy_is_asked(project: Project, anki: AnkiWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    project.deck()
    push(project)
    assert anki.col.note_count() == 3


def test_key(project: Project, anki: AnkiWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    project.deck()
    anki.key = "open sesame"
    said = project.run("push", "--yes")
    assert (said.exit_code, "AnkiConnect wants its key: set ANKICONNECT_KEY" in said.stderr) == (2, True)
    monkeypatch.setenv("ANKICONNECT_KEY", "wrong")
    said = project.run("push", "--yes")
    assert (said.exit_code, "AnkiConnect has another key, or none" in said.stderr) == (2, True)
    monkeypatch.setenv("ANKICONNECT_KEY", "open sesame")
    push(project)


def test_old_add_on(project: Project, anki: AnkiWindow) -> None:
    project.deck()
    anki.version = 5
    said = project.run("push", "--yes")
    assert (said.exit_code, "speaks version 5 of its protocol, and 6 is needed" in said.stderr) == (2, True)
    # The oldest ones answer with the number only.
    anki.trouble = lambda *_: Lie(b"4")
    said = project.run("push", "--yes")
    assert (said.exit_code, "speaks version 4 of its protocol, and 6 is needed" in said.stderr) == (2, True)
    anki.trouble = lambda *_: ""
    anki.version = 6
    anki.unknown.add("guiImportFile")
    said = push(project, code=1)
    assert "this AnkiConnect does not know `guiImportFile`: update it" in said.stdout


@pytest.mark.usefixtures("anki")
def test_what_answers_is_something_else(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    project.deck()
    for answer in ("[]", "hello", '{"result": 6}', "[" * 100_000):
        monkeypatch.setattr(Anki, "_answer", lambda *_, answer=answer: answer.encode())
        said = project.run("push", "--yes")
        assert (said.exit_code, "is not AnkiConnect" in said.stderr) == (2, True)


def test_anki_without_an_open_profile(project: Project, anki: AnkiWindow) -> None:
    project.deck()
    anki.open = False
    said = project.run("push", "--yes")
    assert (said.exit_code, "Anki has no collection open: choose a profile" in said.stderr) == (2, True)


def test_browser_is_open(project: Project, anki: AnkiWindow) -> None:
    studied(project, anki)
    anki.selected = [1]
    project.edit(SPACING, MOVED)
    assert "Anki's browser is open: close it" in push(project).stdout


@pytest.mark.usefixtures("anki")
def test_another_profile_than_last_time(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.deck()
    push(project)
    with Learner(tmp_path / "second") as second, running(AnkiWindow(second, "Second")) as window:
        monkeypatch.setenv("ANKICONNECT", window.address)
        window.unknown = set()
        said = project.run("push", "--no-lint", "--yes")
        assert said.exit_code == 2
        assert "the last push went into the profile “User 1”, and “Second” is open now" in said.stderr
        assert "into another profile, “User 1”" in said.stdout
        assert second.col.note_count() == 0
        said = project.run("push", "--no-lint", "--yes", "--profile", "User 1")
        assert "Anki has the profile “Second” open, not “User 1”" in said.stderr
        push(project, "--profile", "Second")
        assert second.col.note_count() == 3
        push(project)


def test_anki_that_can_not_open_our_paths(project: Project, anki: AnkiWindow, tmp_path: Path) -> None:
    """In a sandbox, or on another machine: files go through its media folder, and none is left there."""
    anki.sees = tmp_path / "learner"
    prepared(project, anki)
    pushed(project, anki, "--delete", "all")
    assert homes(anki.learner, "spacing") == {"Memory::Basics"}
    assert list(Path(anki.col.media.dir()).iterdir()) == []
    assert "storeMediaFile" in {name for name, _ in anki.asked}


def test_copies_before_a_push_are_kept(project: Project, anki: AnkiWindow) -> None:
    from deckgen.pushing import record

    studied(project, anki)
    for turn in range(12):
        project.edit(
            f"deck: Deck {turn}" if turn else SPACING,
            f"deck: Deck {turn + 1}" if turn else f"    deck: Deck 1\n{SPACING}",
        )
        said = push(project).stdout
    copies = [path for path in record.folder().iterdir() if path.is_dir()]
    assert len(copies) == 10
    newest = max(copies, key=lambda path: path.name)
    assert f"the decks as they were before: {newest.as_posix()}" in said
    assert [path.name for path in newest.iterdir()] == ["1.apkg"]
    push(project)
    assert len([path for path in record.folder().iterdir() if path.is_dir()]) == 10


def test_a_damaged_record_is_as_none(project: Project, anki: AnkiWindow) -> None:
    studied(project, anki)
    (path,) = Path(os.environ["XDG_CACHE_HOME"], "deckgen/push").glob("*.json")
    for text in ("{", "[]", '{"profiles": 1}', '{"profiles": {"User 1": {"tags": 5}}}', "\ud800"):
        path.write_bytes(text.encode("utf-8", "surrogatepass"))
        assert push(project).stdout.rstrip().endswith("nothing to do")


def test_address_of_a_port_only() -> None:
    assert Anki("localhost").shown == "localhost:8765"
    assert connection.ADDRESS == "127.0.0.1:8765"


@pytest.mark.parametrize("action", ["deckNames", "exportPackage", "findNotes", "changeDeck"])
def test_anki_that_syncs_all_of_its_collection(project: Project, anki: AnkiWindow, action: str) -> None:
    """Then Anki closes its collection, and says so; before the push, or in the middle of it."""
    prepared(project, anki)
    log = anki.learner.rows("revlog")
    anki.closed = "CollectionNotOpen"  # as the real one says between `close_for_full_sync` and `reopen`

    def begins(asked: str, _: int) -> str:
        anki.open = anki.open and asked != action
        return ""

    anki.trouble = begins
    said = project.run("push", "--no-lint", "--yes", "--delete", "all")
    assert said.exit_code == (2 if action in ("deckNames", "exportPackage") else 1)
    words = " ".join((said.stdout + said.stderr).split())
    assert "choose a profile, or wait until it has synced, and try again" in words
    anki.trouble, anki.open = (lambda *_: ""), True
    pushed(project, anki, "--delete", "all")
    assert homes(anki.learner, "spacing") == {"Memory::Basics"}
    assert anki.learner.rows("revlog") == log


def test_closed_collection_says_what_the_real_one_says(tmp_path: Path) -> None:
    from anki.errors import InvalidInput

    with Learner(tmp_path / "closing") as learner:
        learner.col.close_for_full_sync()
        learner.col._backend.close_collection(downgrade_to_schema11=False)
        with pytest.raises(InvalidInput, match=r"^CollectionNotOpen$"):
            learner.col.find_cards("")
        learner.col.reopen()


def test_anki_that_syncs_answers_late(
    project: Project, anki: AnkiWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Meanwhile its window waits for the sync, and with it the add-on."""
    project.deck()
    ask: Callable[..., Any] = Anki.ask

    def hurried(self: Anki, action: str, _: float = 0, /, **params: Any) -> Any:
        return ask(self, action, 0.5 if action == "deckNames" else 600.0, **params)

    monkeypatch.setattr(Anki, "ask", hurried)
    anki.trouble = lambda asked, _: "late" if asked == "deckNames" else ""
    said = project.run("push", "--yes", "--no-lint")
    assert said.exit_code == 2
    words = " ".join(said.stderr.split())
    assert "see whether it asks something or syncs, wait until it is done, and try again" in words
    assert not project.lock().exists()


@pytest.mark.parametrize("action", ["findNotes", "changeDeck", "suspend", "deleteNotes"])
def test_anki_that_is_closed_in_the_middle(project: Project, anki: AnkiWindow, action: str) -> None:
    """Nothing answers at its address any more: it says where the copies are, and the next push goes on."""
    prepared(project, anki)
    log = anki.learner.rows("revlog")
    closed = threading.Event()

    def gone(self: Any) -> None:
        if closed.is_set():
            raise ConnectionRefusedError(111, "Connection refused")
        connect(self)

    def closes(asked: str, _: int) -> str:
        if asked == action:
            closed.set()
            return "drop"
        return ""

    connect = http.client.HTTPConnection.connect
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(http.client.HTTPConnection, "connect", gone)
        anki.trouble = closes
        said = push(project, "--delete", "all", code=1).stdout
    assert f"Anki ended the connection during `{action}`" in said
    assert said.count("the decks as they were before: ") == 0 + ("imported" in said)
    said = push(project, "--delete", "all", "--anki", "127.0.0.1:9", code=2).stderr
    assert "nothing answers at 127.0.0.1:9" in said
    anki.trouble = lambda *_: ""
    pushed(project, anki, "--delete", "all")
    assert anki.learner.rows("revlog") == log


def test_editor_is_open_on_a_note(project: Project, anki: AnkiWindow) -> None:
    """Its text comes back when the editor saves later; the next push says so, and moves nothing of it."""
    studied(project, anki)
    anki.selected = [int(anki.learner.note("spacing").id)]
    edited = anki.learner.note("spacing")
    project.edit("strengthens it.", "strengthens it much.")
    assert (
        "Anki's browser is open: close it, or its editor may write an old text back" in push(project).stdout
    )
    assert "much" in anki.learner.note("spacing")["Answer"]
    anki.col.update_note(edited)
    assert anki.col.db is not None
    anki.col.db.execute("update notes set mod = ? where id = ?", project.now + 86_400, edited.id)
    said = push(project).stdout
    assert "an older text of ours is there with a newer stamp" in said
    assert said.rstrip().endswith("nothing to do")


def test_an_add_on_that_lacks_an_action(project: Project, anki: AnkiWindow, tmp_path: Path) -> None:
    """Each is named when it is needed, and what was done before stays done."""
    prepared(project, anki)
    anki.sees = tmp_path / "learner"
    for action in ("findCards", "getDecks", "exportPackage", "retrieveMediaFile", "getMediaFilesNames"):
        anki.unknown = {"getActiveProfile", action}
        said = project.run("push", "--no-lint", "--yes", "--profile", "learner")
        assert said.exit_code == 2
        assert f"this AnkiConnect does not know `{action}`: update it" in " ".join(said.stderr.split())
    anki.unknown = {"getActiveProfile", "guiSelectedNotes", "getDeckConfig"}
    stopped = push(project, "--profile", "learner", code=1).stdout
    assert "this AnkiConnect does not know `getDeckConfig`: update it" in stopped
    anki.unknown = {"getActiveProfile"}
    pushed(project, anki)


def test_windows_paths(
    project: Project, anki: AnkiWindow, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Anki in Windows, deckgen in WSL: its folder of media has backslashes, and it wants slashes."""
    anki.sees = tmp_path / "learner"
    told = anki.do_getMediaDirPath

    def windows() -> str:
        return told().replace("/", "\\")

    monkeypatch.setattr(anki, "do_getMediaDirPath", windows)
    project.deck()
    said = push(project).stdout
    assert "Anki has the profile “learner” open" in said
    assert (anki.col.note_count(), list(Path(anki.col.media.dir()).iterdir())) == (3, [])


def test_what_a_killed_push_left_among_the_media_is_swept(
    project: Project, anki: AnkiWindow, tmp_path: Path
) -> None:
    """It would travel to AnkiWeb. What others left there is theirs."""
    anki.sees = tmp_path / "learner"
    project.deck()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Way, "clear", lambda *_: None)
        push(project)
    left = [path.name for path in Path(anki.col.media.dir()).iterdir()]
    assert left
    (Path(anki.col.media.dir()) / "_deckgen-other-memory.apkg").write_bytes(b"x")
    push(project)
    assert [path.name for path in Path(anki.col.media.dir()).iterdir()] == ["_deckgen-other-memory.apkg"]


def test_ctrl_c_at_the_question(project: Project, anki: AnkiWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    from deckgen.commands import push as command
    from deckgen.pushing import record

    studied(project, anki)
    project.edit(SPACING, MOVED)
    before, files = everything(anki.learner), project.files()
    copies = set(record.folder().iterdir())

    def agreed() -> bool:
        raise KeyboardInterrupt

    monkeypatch.setattr(command, "_agreed", agreed)
    said = project.run("push", "--no-lint")
    assert said.exit_code == 130
    assert (everything(anki.learner), project.files()) == (before, files)
    assert {one for one in record.folder().iterdir() if one.is_dir()} <= copies
