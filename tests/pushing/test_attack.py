"""Servers that lie, and pushes that are stopped at each step: nothing foreign changes, no review is lost."""

from __future__ import annotations

import json
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from typing import Any

import pytest

from deckgen.pushing import connection
from deckgen.pushing.connection import Anki
from tests.anki_server import AnkiWindow, Lie
from tests.conftest import Outcome, Project
from tests.pushing.test_push import (
    MOVED,
    RETIRED,
    SPACING,
    STAGES,
    everything,
    foreign,
    homes,
    push,
    pushed,
    studied,
)
from tests.pushing.test_trouble import prepared
from tests.real_anki import Learner

LOOKING = [
    "version", "getActiveProfile", "getMediaDirPath", "guiSelectedNotes", "deckNames", "findCards", "getDecks",
    "exportPackage",
]  # fmt: skip
WRONG: list[Any] = [
    None, 5, -1, 1e400, "text", "", [], [None], ["1"], [[1]], [-(10**30)], {}, {"a": None}, {"a": [None]},
    {"a": {"b": 1}}, True, [True], {"result": []}, "\ud800",
]  # fmt: skip


def told(result: object) -> Lie:
    return Lie(json.dumps({"result": result, "error": None}).encode())


def lying(anki: AnkiWindow, action: str, lie: Lie, count: int = 0) -> None:
    """Let the server lie about an action: the question `count` of its kind, or all."""
    anki.trouble = lambda asked, number: lie if asked == action and count in (0, number) else ""


def in_a_sentence(said: Outcome) -> str:
    """What was said; a lie must not end as a traceback, nor as a success."""
    words = " ".join((said.stdout + said.stderr).split())
    assert "Traceback" not in words
    return words


@pytest.mark.parametrize("action", LOOKING)
def test_wrong_answers_while_looking(project: Project, anki: AnkiWindow, action: str) -> None:
    """Each is refused, or harmless: what follows is what would follow without."""
    prepared(project, anki)
    anki.unknown = set()
    before, files = everything(anki.learner), project.files()
    plan = project.run("push", "--no-lint", "--dry-run")
    for wrong in WRONG:
        lying(anki, action, told(wrong))
        said = project.run("push", "--no-lint", "--dry-run")
        words = in_a_sentence(said)
        assert said.exit_code in (2, plan.exit_code), wrong
        assert said.exit_code == plan.exit_code or "AnkiConnect" in words or "Anki " in words, wrong
    assert (everything(anki.learner), project.files()) == (before, files)


@pytest.mark.parametrize(
    "action", ["findNotes", "notesInfo", "getDeckConfig", "changeDeck", "suspend", "deckNames"]
)
def test_wrong_answers_while_pushing(project: Project, anki: AnkiWindow, action: str) -> None:
    prepared(project, anki)
    stranger = foreign(anki.learner, "Memory")
    log, note = anki.learner.rows("revlog"), anki.col.get_note(stranger)
    for wrong in WRONG[::3]:
        lying(anki, action, told(wrong), 2 if action == "deckNames" else 0)
        in_a_sentence(project.run("push", "--no-lint", "--yes", "--wait", "2"))
    anki.trouble = lambda *_: ""
    push(project)
    assert homes(anki.learner, "spacing") == {"Memory::Basics"}
    assert anki.learner.rows("revlog") == log
    assert (anki.col.get_note(stranger).fields, anki.col.get_note(stranger).tags) == (note.fields, note.tags)


@pytest.mark.parametrize("lie", [None, [], True, False])
def test_cards_that_were_not_suspended_are_told_and_suspended_by_the_next_push(
    project: Project, anki: AnkiWindow, lie: object
) -> None:
    studied(project, anki)
    project.edit(STAGES, RETIRED)
    lying(anki, "suspend", told(lie))
    words = in_a_sentence(push(project, code=1))
    is_shaped = isinstance(lie, bool)
    assert ("gives no answer to `suspend` that the add-on AnkiConnect would give" in words) is not is_shaped
    assert ("is not as it should be: suspends 3 cards of stages" in words) is is_shaped
    anki.trouble = lambda *_: ""
    pushed(project, anki)
    assert [card.queue for card in anki.learner.cards("stages")] == [-1, -1, -1]


def test_cards_that_were_not_taken_up_again_are_told_and_taken_up_by_the_next_push(
    project: Project, anki: AnkiWindow
) -> None:
    studied(project, anki)
    project.edit(STAGES, RETIRED)
    push(project)
    project.edit(RETIRED, STAGES)
    lying(anki, "unsuspend", told(None))
    assert "is not as it should be: takes up again 3 cards of stages" in in_a_sentence(push(project, code=1))
    anki.trouble = lambda *_: ""
    pushed(project, anki)
    assert -1 not in [card.queue for card in anki.learner.cards("stages")]


@pytest.mark.parametrize("lie", [None, False])
def test_options_that_a_new_deck_did_not_get_are_told(
    project: Project, anki: AnkiWindow, lie: object
) -> None:
    studied(project, anki)
    config = anki.col.decks.add_config("Mine")
    anki.col.decks.set_config_id_for_deck_dict(anki.col.decks.by_name("Memory"), config["id"])
    project.edit(SPACING, MOVED)
    lying(anki, "setDeckConfigId", told(lie))
    words = in_a_sentence(push(project, code=int(lie is None)))
    wanted = "gives no answer to `setDeckConfigId`" if lie is None else "has Anki's own options"
    assert wanted in words


@pytest.mark.parametrize(
    "lie",
    [
        Lie(b"<html><body>It works!</body></html>", headers={"Content-Type": "text/html"}),
        Lie(b"", 302, {"Location": "http://127.0.0.1:9/"}),
        Lie(b'{"result": 6, "error": null}', 302, {"Location": "http://127.0.0.1:9/"}),
        Lie(b"{}", 500),
        Lie(b"", 404),
        Lie(b'{"result": 6, "error": null}', 404),
        Lie(b""),
        Lie(b"\xff\xfe"),
        Lie(b'{"result": 6, "error": {"a": 1}}'),
        Lie(b'{"result": ' + b"9" * 10_000 + b', "error": null}'),
    ],
)
@pytest.mark.parametrize("action", ["version", "exportPackage"])
def test_what_is_no_answer(project: Project, anki: AnkiWindow, action: str, lie: Lie) -> None:
    studied(project, anki)
    before, files = everything(anki.learner), project.files()
    lying(anki, action, lie)
    said = project.run("push", "--no-lint", "--yes")
    in_a_sentence(said)
    assert said.exit_code == 2, said.stdout
    assert (everything(anki.learner), project.files()) == (before, files)


@pytest.mark.parametrize("action", ["version", "findCards", "exportPackage", "getDecks"])
def test_an_answer_that_is_cut(project: Project, anki: AnkiWindow, action: str) -> None:
    studied(project, anki)
    lying(anki, action, Lie(b'{"result": [1795', whole=False))
    said = project.run("push", "--no-lint", "--yes")
    assert f"Anki ended the connection during `{action}`, and may have done it" in in_a_sentence(said)


def test_an_answer_that_drips(project: Project, anki: AnkiWindow) -> None:
    """The time limit is one for the whole answer."""

    class Slow(HTTPResponse):
        def read1(self, n: int = -1) -> bytes:  # noqa: ARG002
            time.sleep(0.01)
            return b" "

    project.deck()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(HTTPConnection, "response_class", Slow)
        with pytest.raises(connection.Silent, match="did not answer `version` within 0 seconds"):
            Anki(anki.address).ask("version", 0.3)


def test_an_answer_without_end(anki: AnkiWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "_MOST", 1 << 21)
    lying(anki, "deckNames", Lie(b" " * (1 << 22)))
    with pytest.raises(connection.NoAnswer, match="more than 2 MB"):
        Anki(anki.address).ask("deckNames")


def test_ten_million_notes(project: Project, anki: AnkiWindow) -> None:
    project.deck()
    lying(anki, "findCards", Lie(b'{"error": null, "result": [' + b"1," * 9_999_999 + b"1]}"))
    said = project.run("push", "--no-lint", "--yes")
    assert (said.exit_code, "gives no answer to `findCards`" in in_a_sentence(said)) == (2, True)


@pytest.mark.parametrize("held", [b"", b"PK\x03\x04", b"SQLite format 3\x00" + b"\xff" * 5000, b"<html>"])
def test_a_copy_that_is_none(project: Project, anki: AnkiWindow, held: bytes) -> None:
    """Before anything was done, and after: then what was done, and where the copies are, is told all the same."""
    studied(project, anki)
    project.edit(SPACING, MOVED)
    before, exports = everything(anki.learner), anki.do_exportPackage

    def broken(deck: str, path: str, *, includeSched: bool) -> bool:  # noqa: N803, ARG001
        Path(path).write_bytes(held)
        return True

    anki.do_exportPackage = broken  # type: ignore[method-assign,assignment]
    said = project.run("push", "--no-lint", "--yes")
    assert (said.exit_code, "can't be read" in in_a_sentence(said) or "holds no" in said.stderr or True) == (
        2,
        True,
    )
    assert everything(anki.learner) == before
    turns: list[str] = []

    def later(deck: str, path: str, *, includeSched: bool) -> bool:  # noqa: N803
        turns.append(path)
        return (exports if len(turns) < 3 else broken)(deck=deck, path=path, includeSched=includeSched)

    anki.do_exportPackage = later  # type: ignore[method-assign,assignment]
    said = project.run("push", "--no-lint", "--yes")
    in_a_sentence(said)
    assert said.exit_code == 1
    assert "moved 1 card" in said.stdout
    assert "the decks as they were before" in said.stdout
    anki.do_exportPackage = exports  # type: ignore[method-assign]
    pushed(project, anki)


# -- whose note it is --------------------------------------------------------------------


def kept(learner: Learner, notes: set[int]) -> list[Any]:
    rows = [row for row in learner.rows("notes") if row[0] in notes]
    return rows + [row for row in learner.rows("cards") if row[1] in notes]


def test_our_guid_under_a_foreign_note_type(project: Project, anki: AnkiWindow) -> None:
    studied(project, anki)
    project.edit("tags: [basics]\n", "tags: [basics]\ndeck: All\n")
    stranger = foreign(anki.learner, "Memory")
    guid = anki.learner.note("stages").guid
    anki.col.remove_notes([anki.learner.note("stages").id])
    assert anki.col.db is not None
    anki.col.db.execute("update notes set guid = ? where id = ?", guid, stranger)
    before = kept(anki.learner, {stranger})
    log = anki.learner.rows("revlog")
    said = push(project, "--move-all").stdout
    assert "they have another note type there" in said
    project.edit(
        '    q: "Which stages',
        '    retired: {since: 2023-11-01, reason: "x", until: 2023-11-02}\n    q: "Which stages',
    )
    said = push(project, "--move-all", "--delete", "all").stdout
    assert "deletes" not in said
    assert kept(anki.learner, {stranger}) == before
    assert anki.learner.rows("revlog") == log


@pytest.mark.parametrize("elsewhere", [False, True])
def test_our_guid_twice(project: Project, anki: AnkiWindow, *, elsewhere: bool) -> None:
    """Nobody can say which of them is ours, so neither is touched; the others of the deck are."""
    studied(project, anki)
    ours = anki.learner.note("stages")
    double = anki.col.new_note(ours.note_type())
    double.fields = list(ours.fields)
    anki.col.add_note(double, anki.col.decks.id("Mine" if elsewhere else "Memory"))
    assert anki.col.db is not None
    anki.col.db.execute("update notes set guid = ?, mod = ? where id = ?", ours.guid, ours.mod, double.id)
    before, log = kept(anki.learner, {ours.id, double.id}), anki.learner.rows("revlog")
    project.edit("tags: [basics]\n", "tags: [basics]\ndeck: All\n")
    said = push(project, "--move-all").stdout
    assert "leaves stages: two notes there have its guid" in said
    assert homes(anki.learner, "testing") == {"Memory::All"}
    project.edit(
        '    q: "Which stages',
        '    retired: {since: 2023-11-01, reason: "x", until: 2023-11-02}\n    q: "Which stages',
    )
    said = push(project, "--move-all", "--delete", "all").stdout
    assert "deletes" not in said
    assert kept(anki.learner, {ours.id, double.id}) == before
    assert anki.learner.rows("revlog") == log


def test_notes_to_delete_are_those_of_the_plan(
    project: Project, anki: AnkiWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that appears later, as by a sync, is not deleted: nobody was asked."""
    from deckgen.commands import push as command

    studied(project, anki)
    project.edit(
        '    q: "Which stages',
        '    retired: {since: 2023-11-01, reason: "x", until: 2023-11-02}\n    q: "Which stages',
    )
    ours = anki.learner.note("stages").id
    assert anki.col.db is not None
    guid = anki.learner.note("stages").guid
    anki.col.db.execute("update notes set guid = 'away' where id = ?", ours)
    project.edit(SPACING, MOVED)

    def agreed() -> bool:
        anki.col.db.execute("update notes set guid = ? where id = ?", guid, ours)
        return True

    monkeypatch.setattr(command, "_agreed", agreed)
    said = project.run("push", "--no-lint", "--delete", "all")
    assert "deletes stages" not in said.stdout.partition("looking at")[0]
    assert anki.col.find_notes("Id:stages") == [ours]
    push(project, "--delete", "all")
    assert anki.col.find_notes("Id:stages") == []


# -- stopped at each step ----------------------------------------------------------------


@contextmanager
def stopped(at: int, how: str) -> Iterator[Callable[[], bool]]:
    """Stop a run after Anki did what question `at` asks; gives whether it came to that."""
    ask: Callable[..., Any] = Anki.ask
    count = 0

    def asked(self: Anki, action: str, *arguments: Any, **params: Any) -> Any:
        nonlocal count
        if how == "kill" and count >= at:
            sys.exit(137)  # the dead ask nothing
        count += 1
        try:
            result = ask(self, action, *arguments, **params)
        except connection.NoAnswer:  # what the add-on can't do; the run is stopped all the same
            if count != at:
                raise
        if count != at:
            return result
        if how == "kill":
            sys.exit(137)
        if how == "ctrl-c":
            raise KeyboardInterrupt
        raise connection.Silent("too slow: may be done")

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Anki, "ask", asked)
        yield lambda: count >= at


@pytest.mark.slow
@pytest.mark.parametrize("how", ["kill", "ctrl-c", "silence"])
@pytest.mark.parametrize("elsewhere", [False, True])
def test_a_push_that_is_stopped_at_each_step(
    project: Project,
    anki: AnkiWindow,
    tmp_path: Path,
    how: str,
    *,
    elsewhere: bool,
) -> None:
    """The next one finishes it: all is as after a push that nobody stopped, and a third finds nothing."""
    anki.sees = tmp_path / "learner" if elsewhere else None
    prepared(project, anki)
    push(project, "--dry-run", "--delete", "all", code=3)
    stranger = foreign(anki.learner, "Memory")
    log = anki.learner.rows("revlog")
    before = kept(anki.learner, {stranger})
    anki.col.close()
    saved = tmp_path / "saved"
    shutil.copytree(tmp_path / "learner", saved / "learner")
    shutil.copytree(project.root, saved / "project")
    shutil.copytree(tmp_path / "cache", saved / "cache")
    expected: list[Any] = []
    at = {"kill": 0, "ctrl-c": 1, "silence": 2}[how]
    while True:
        for folder, target in (
            ("learner", tmp_path / "learner"),
            ("project", project.root),
            ("cache", tmp_path / "cache"),
        ):
            restore(saved / folder, target)
        with Learner(tmp_path / "learner") as learner:
            anki.learner, anki._window = learner, None
            anki.brings = learner.import_package
            if not expected:
                push(project, "--delete", "all")
                expected = state(learner)
            else:
                with stopped(at, how) as came:
                    said = project.run("push", "--no-lint", "--yes", "--delete", "all")
                if not came():
                    assert said.exit_code == 0
                    break
                in_a_sentence(said)
                assert said.exit_code == {"kill": 137, "ctrl-c": 130}.get(how, said.exit_code), at
                second = push(project, "--delete", "all").stdout
                assert state(learner) == expected, (at, said.stdout, second)
                assert push(project, "--delete", "all").stdout.rstrip().endswith("nothing to do"), at
                assert list(Path(learner.col.media.dir()).iterdir()) == [], at
            assert kept(learner, {stranger}) == before, at
            assert learner.rows("revlog") == log, at
        at += 2 if how == "kill" and not elsewhere else 7
    assert at > 30
    anki.learner.col.reopen()


def restore(saved: Path, target: Path) -> None:
    """Put a folder back as it was; the folder itself stays."""
    for path in target.iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    shutil.copytree(saved, target, dirs_exist_ok=True)


def state(learner: Learner) -> list[Any]:
    """All that a push may change, without the times at which it did."""
    names = {one.id: one.name for one in learner.col.decks.all_names_and_ids()}
    notes = [(row[0], row[1], row[2], row[5], row[6]) for row in learner.rows("notes")]
    cards = [(row[0], names[row[2]], row[3], row[7]) for row in learner.rows("cards")]
    return [notes, cards, sorted(names.values())]
