"""Several files change together or not at all, also when the run is killed in between."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from deckgen.packing import journal, stage
from tests import loaded
from tests.conftest import BILINGUAL_CARDS, BILINGUAL_YAML, DECK_YAML, Project

pytestmark = pytest.mark.slow

#: Three files that name one card.
FIRST = 'cards:\n  - id: one\n    q: "One?"\n    a: "1"\n'
SECOND = 'cards:\n  - id: two\n    after: [one]\n    q: "Two?"\n    a: "2"\n'
THIRD = 'cards:\n  - id: three\n    see: [one]\n    q: "Three?"\n    a: "3  "\n'


@pytest.fixture(autouse=True)
def _own_temporary_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "tmp").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    monkeypatch.setattr(tempfile, "tempdir", None)


@pytest.fixture
def three(project: Project) -> Project:
    project.deck(DECK_YAML, FIRST)
    project.write("memory/second.yaml", SECOND)
    project.write("memory/third.yaml", THIRD)
    return project


#: Ends the process at the change number `step` of any file, of the cache and the temporary folder too.
KILLED = """
import os, sys
step, calls = int(sys.argv[1]), []
failing, last, moves = int(os.environ.get("FAILING_MOVE", "0")), int(os.environ.get("LAST_MOVE", "0")), []
def cut(event, arguments):
    changes = event in ("os.rename", "os.remove", "os.link", "os.mkdir", "os.rmdir", "os.chmod")
    if event == "open" and isinstance(arguments[0], str):
        changes = bool(arguments[2] & (os.O_WRONLY | os.O_RDWR)) and not arguments[0].startswith(os.devnull)
    if event == "os.rename" and str(arguments[0]).endswith(".deckgen-new"):
        moves.append(event)
        if len(moves) == last:
            os._exit(9)
        if len(moves) == failing:
            raise PermissionError(13, "Permission denied", arguments[0])
    if changes:
        calls.append(event)
        if len(calls) == step:
            os._exit(9)
from deckgen.commands.main import main
sys.dont_write_bytecode = True
sys.addaudithook(cut)
main(sys.argv[2:])
"""


def killed_at(step: int, *command: str) -> bool:
    """Whether the command was killed: it has no more steps when not."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("SOURCE_DATE_EPOCH", "1700090000")
        done = loaded.run(KILLED, str(step), *command)
    assert b"Traceback" not in done.stderr, done.stderr.decode()
    assert done.returncode in (0, 2, 9), done.stderr.decode()
    return done.returncode == 9


def texts(project: Project) -> dict[str, bytes]:
    """What the folder holds, but for what a stopped run left."""
    return {
        name: text for name, text in project.files().items() if not journal.LEFT.fullmatch(Path(name).name)
    }


def put_back(project: Project, files: Mapping[str, bytes]) -> None:
    for path in (project.root / "cards_source", project.root / "output"):
        shutil.rmtree(path, ignore_errors=True)
    for name, content in files.items():
        (project.root / name).parent.mkdir(parents=True, exist_ok=True)
        (project.root / name).write_bytes(content)
    project.forget()


def _rename(_: Project) -> tuple[str, ...]:
    return ("rename", "one", "first")


def _fix(project: Project) -> tuple[str, ...]:
    project.edit('"1"', '"1  "')
    return ("check", "--fix", "--select", "T")


def _build(project: Project) -> tuple[str, ...]:
    project.deck(BILINGUAL_YAML, BILINGUAL_CARDS)
    for name in ("second", "third"):
        (project.root / f"cards_source/memory/{name}.yaml").unlink()
    project.build()
    for old, new in (("Why space reviews?", "Why space them?"), ("隔复习", "隔")):
        project.edit(old, new)
    return ("build", "--no-lint")


@pytest.mark.parametrize("prepare", [_rename, _fix, _build], ids=lambda one: one.__name__)
def test_run_that_is_killed_at_any_step_is_all_or_nothing_for_the_next(
    three: Project, prepare: Callable[[Project], tuple[str, ...]], tmp_path: Path
) -> None:
    """The next command, whatever it is, sees all files as before or all as after, and nothing else lies about."""
    command = prepare(three)
    old = three.files()
    put_back(three, old)
    assert not killed_at(0, *command)
    new = three.files()
    assert sum(new.get(name) != text for name, text in old.items()) + len(new.keys() - old.keys()) >= 2
    seen = set()
    for step in range(1, 200):
        put_back(three, old)
        if not killed_at(step, *command):
            break
        half = texts(three)
        outcome = three.run("stats")
        assert outcome.exit_code == 0, outcome.stderr
        assert three.files() in (old, new), f"step {step}"
        seen.add((half in (old, new), three.files() == new))
        assert half == texts(three) or "finished what a stopped run had begun: " in outcome.stderr
        left = [path.name for path in (tmp_path / "tmp").iterdir() if path.name.startswith("deckgen-run-")]
        assert left == [], f"step {step}"
        lying = [path.name for path in (tmp_path / "cache").rglob("*") if path.is_file()]
        assert all(re.fullmatch(r".*\.json|[0-9a-f]{32}", name) for name in lying), f"step {step}"
    else:
        pytest.fail("there are more steps than were tried")
    assert seen == {(True, False), (False, True), (True, True)}


def test_move_that_fails_and_is_killed_while_taken_back_is_taken_back(
    three: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on Windows, where a file that another program has open can't be replaced."""
    old = three.files()
    three.run("rename", "one", "first")
    new = three.files()
    monkeypatch.setenv("FAILING_MOVE", "3")
    backs = 0
    for step in range(1, 200):
        put_back(three, old)
        if not killed_at(step, "rename", "one", "first"):
            break
        outcome = three.run("check")
        assert three.files() in (old, new), f"step {step}"
        backs += "took back what a stopped run had begun: " in outcome.stderr
    assert three.files() == old
    assert backs


def _half(project: Project) -> None:
    """A rename that was killed when one file of three had changed."""
    old = project.files()
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("LAST_MOVE", "2")
        assert killed_at(0, "rename", "one", "first")
    assert sum(old[name] != text for name, text in texts(project).items()) == 1


def test_file_that_was_edited_after_the_kill_is_left_alone_and_told(three: Project) -> None:
    _half(three)
    waiting = next(name for name, text in texts(three).items() if b"[one]" in text)
    path = three.root / waiting
    path.write_bytes(path.read_bytes() + b"# mine\n")
    half = texts(three)
    outcome = three.run("check")
    assert outcome.stderr.startswith("a run was stopped while it wrote cards_source/memory/")
    assert "one of them has changed since: they are left as they are" in outcome.stderr
    assert three.files() == half
    assert "stopped" not in three.run("check").stderr


@pytest.mark.parametrize("command", ["check", "plan", "stats", "preview", "build", "rename x y", "retire x --reason y", "confirm x --lang en", "lock --from x", "new other"])  # fmt: skip
def test_every_command_finishes_what_was_begun(three: Project, command: str) -> None:
    _half(three)
    assert "finished what a stopped run had begun: " in three.run(*command.split()).stderr
    assert all(b"[one]" not in text for text in three.files().values())


@pytest.mark.parametrize("folder", [os.devnull, str(Path.cwd() / ("x" * 300))])
def test_list_is_kept_in_the_temporary_folder_where_there_is_no_cache(
    three: Project, monkeypatch: pytest.MonkeyPatch, folder: str
) -> None:
    """Nor can one be made, as of a folder with a name that no system takes."""
    monkeypatch.setenv("XDG_CACHE_HOME", folder)
    _half(three)
    assert "finished what a stopped run had begun: " in three.run("check").stderr
    three.build()


def test_a_cache_without_an_absolute_path_does_not_count(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """It would lie in each folder in which somebody works."""
    for name in ("XDG_CACHE_HOME", "LOCALAPPDATA", "XDG_STATE_HOME", "APPDATA"):
        monkeypatch.setenv(name, "cache")
    monkeypatch.setattr(os.path, "expanduser", lambda path: path.replace("~", str(tmp_path)))
    assert journal.cache() == tmp_path / ".cache/deckgen"
    assert journal.kept() == tmp_path / ".local/state/deckgen"


def test_list_without_a_place_is_missed(three: Project, tmp_path: Path) -> None:
    """The folder was moved, or the cache emptied."""
    _half(three)
    shutil.rmtree(tmp_path / "cache")
    half = texts(three)
    outcome = three.run("check")
    assert re.match(
        "a run was stopped while it wrote cards_source/memory/[a-z]+.yaml and others", outcome.stderr
    )
    assert three.files() == half


def test_file_that_can_not_be_put_in_place_is_tried_again(
    three: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    _half(three)

    def deny(path: Path, _: Path) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", deny)
        for command in ("check", "build"):
            outcome = three.run(command)
            assert outcome.exit_code == 2
            assert "a run was stopped half-way, and " in outcome.stderr
    assert "finished what a stopped run had begun: " in three.run("check").stderr


@pytest.mark.parametrize("what", ["outside", "other name", "no list", "half a list", "another user"])
def test_forged_list_touches_nothing(
    three: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    """It would have to lie in the user's own cache or, as theirs, in the folder for temporary files."""
    victim, planted = tmp_path / "victim", tmp_path / ".victim.1.deckgen-new"
    victim.write_text("mine", encoding="utf-8")
    planted.write_text("theirs", encoding="utf-8")
    name = f"deckgen-{journal.key(Path('cards_source'))}.moves"
    waits = three.root / ".victim.1.deckgen-new" if what == "outside" else planted
    waits = tmp_path / "planted" if what == "other name" else waits
    kept = tmp_path / ".victim.1.deckgen-old"
    rows: object = [[str(waits), str(victim), str(kept), journal.state(victim), journal.state(planted)]] * 2
    text = json.dumps({"no list": {"a": 1}}.get(what, rows))
    (tmp_path / "tmp" / name).write_text(text[:-9] if what == "half a list" else text, encoding="utf-8")
    if what == "another user":
        monkeypatch.setattr(os, "getuid", lambda: 12345)
        monkeypatch.setattr(journal, "key", lambda _: name.removesuffix(".moves").removeprefix("deckgen-"))
    assert three.run("check").exit_code in (0, 1)
    assert victim.read_text(encoding="utf-8") == "mine"
    assert planted.read_text(encoding="utf-8") == "theirs"


def test_interrupt_between_two_moves_takes_back(three: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    before = three.files()
    original, moves = Path.replace, []

    def interrupted(path: Path, target: Path) -> Path:
        if path.suffix == ".deckgen-new":
            moves.append(path)
            if len(moves) == 2:
                raise KeyboardInterrupt
        return original(path, target)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", interrupted)
        three.run("rename", "one", "first")
    assert three.files() == before
    assert "stopped" not in three.run("check").stderr


def test_file_whose_name_is_as_long_as_can_be(three: Project) -> None:
    """85 characters of Chinese: there is no room for the name under which it waits."""
    path = three.root / "cards_source/memory/second.yaml"
    path.rename(path.with_name("长" * 83 + ".yaml"))
    before = texts(three)
    _half(three)
    assert "finished what a stopped run had begun: " in three.run("check").stderr
    assert all(b"[one]" not in text for text in three.files().values())
    assert texts(three).keys() == before.keys()


def test_file_that_can_not_be_written_is_named_as_it_is_called(
    three: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = Path.open

    def deny(path: Path, mode: str = "r", *arguments: Any, **options: Any) -> Any:
        if mode == "wb":
            raise PermissionError(13, "Permission denied", str(path))
        return opened(path, mode, *arguments, **options)

    monkeypatch.setattr(Path, "open", deny)
    outcome = three.run("rename", "one", "first")
    assert re.search(
        r"Error: can't read or write cards_source/memory/\w+\.yaml: Permission denied", outcome.stderr
    )


# -- what a killed run leaves lying about -----------------------------------------------------


def test_leftovers_are_swept_by_the_next_command(three: Project) -> None:
    three.build()
    before = three.files()
    for name in ("cards_source/memory/.01.yaml.4242.deckgen-new", "output/.memory.apkg.4242.deckgen-new"):
        (three.root / name).write_text("x", encoding="utf-8")
    outcome = three.run("check")
    assert three.files() == before
    assert "stopped" not in outcome.stderr


def test_what_only_looks_like_a_leftover_stays(three: Project, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / ".a.yaml.1.deckgen-new").write_text("x", encoding="utf-8")
    (three.root / "cards_source/linked").symlink_to(outside)
    (three.root / "cards_source/memory/.b.yaml.1.deckgen-new").symlink_to(outside)
    (three.root / "cards_source/memory/.c.yaml.1.deckgen-new").mkdir()
    before = sorted(path.name for path in three.root.rglob("*"))
    three.run("check")
    assert (outside / ".a.yaml.1.deckgen-new").exists()
    assert sorted(path.name for path in three.root.rglob("*")) == before


def test_files_of_a_run_that_is_at_work_are_none(three: Project) -> None:
    left = three.root / "cards_source/memory/.01.yaml.4242.deckgen-new"
    left.write_text("x", encoding="utf-8")
    with stage.alone(Path("cards_source")):
        three.run("check")
    assert left.exists()
    three.run("check")
    assert not left.exists()


def test_folder_of_a_run_that_is_at_work_is_not_swept(three: Project, tmp_path: Path) -> None:
    with stage.scratch() as folder:
        (folder / "x").write_text("x", encoding="utf-8")
        three.run("check")
        assert (folder / "x").exists()
    assert not [*(tmp_path / "tmp").glob("deckgen-run-*")]


@pytest.mark.parametrize(
    "name", ["deckgen-demo", "deckgen-demo/held", "deckgen-run-demo", "deckgen-run-abcdefgh/work/held"]
)
def test_folder_that_no_run_marked_is_never_removed(three: Project, tmp_path: Path, name: str) -> None:
    """`mkdir /tmp/deckgen-demo && cd /tmp/deckgen-demo && deckgen new french`, and what looks more like ours."""
    place = tmp_path / "tmp" / name
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text("mine", encoding="utf-8") if place.name == "held" else place.mkdir()
    three.run("check")
    three.run("new", "french")
    assert place.exists()


def test_what_only_looks_like_a_mark_stays(three: Project, tmp_path: Path) -> None:
    """Only an empty file with the name of a mark is one: somebody's text, a link and a folder are none."""
    tmp = tmp_path / "tmp"
    for word in ("aaaaaaaa", "bbbbbbbb", "cccccccc", "demo"):
        (tmp / f"deckgen-run-{word}").mkdir()
    (tmp / "deckgen-run-aaaaaaaa.held").write_text("mine", encoding="utf-8")
    (tmp / "deckgen-run-bbbbbbbb.held").symlink_to(three.root / "nowhere")
    (tmp / "deckgen-run-cccccccc.held").mkdir()
    (tmp / "deckgen-run-demo.held").touch()
    before = sorted(tmp.iterdir())
    three.run("check")
    assert sorted(path for path in tmp.iterdir() if path.suffix != ".lock") == before


@pytest.mark.parametrize("made", [True, False])
def test_folder_of_a_killed_run_is_swept_with_its_mark(three: Project, tmp_path: Path, made: bool) -> None:
    tmp = tmp_path / "tmp"
    (tmp / "deckgen-run-aaaaaaaa.held").touch()
    if made:
        (tmp / "deckgen-run-aaaaaaaa").mkdir()
        (tmp / "deckgen-run-aaaaaaaa/collection.db").touch()
    three.run("check")
    assert not [*tmp.glob("deckgen-run-*")]


def test_files_of_others_in_the_temporary_folder_cost_nothing(three: Project, tmp_path: Path) -> None:
    """There may be ten thousands: no function of ours, nor of `pathlib`, is called for each of them."""

    def calls() -> int:
        made: list[str] = []
        sys.setprofile(lambda _, event, __: made.append(event))
        stage.resume(three.root / "cards_source", three.root / "output")
        sys.setprofile(None)
        return made.count("call")

    calls()
    few = calls()
    for number in range(100):
        (tmp_path / f"tmp/deckgen-{number}.lock").touch()
    assert calls() == few


def test_mark_that_another_run_swept_at_birth_is_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another run may take it for a leftover before it is locked; nor is a folder ours that was there before."""
    original, made = tempfile.mkstemp, []

    def swept(suffix: str, prefix: str) -> tuple[int, str]:
        number, name = original(suffix, prefix)
        made.append(Path(name))
        if len(made) == 1:
            made[0].unlink()
        if len(made) == 2:
            made[1].with_suffix("").mkdir()
        return number, name

    monkeypatch.setattr(tempfile, "mkstemp", swept)
    with stage.scratch() as folder:
        assert folder == made[2].with_suffix("")
    assert [*(tmp_path / "tmp").iterdir()] == [made[1].with_suffix("")]


def test_what_another_journal_needs_is_left_where_packages_are_shared(
    three: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two projects with one `--output`: the run of one leaves the waiting packages of the other."""
    other, out = tmp_path / "other", tmp_path / "out"
    other.mkdir()
    command = (*_build(three), "--output", out.as_posix())
    assert three.run(*command).exit_code == 0
    three.edit("Why space them?", "Why space reviews at all?")
    with monkeypatch.context() as patched:
        patched.setenv("LAST_MOVE", "2")
        assert killed_at(0, *command)
    waiting = {path.name for path in out.iterdir() if journal.LEFT.fullmatch(path.name)}
    (out / ".other.apkg.4242.deckgen-new").touch()
    with monkeypatch.context() as patched:
        patched.chdir(other)
        assert three.run("new", "french", "--output", "../out").exit_code == 0
    left = {path.name for path in out.iterdir() if journal.LEFT.fullmatch(path.name)}
    assert left == waiting != set()
    told = three.run("check", "--output", out.as_posix()).stderr
    assert "finished what a stopped run had begun: " in told


def test_leftover_of_another_user_stays(three: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """It may wait for a list that lies in the cache of that user."""
    left = three.root / "cards_source/memory/.01.yaml.4242.deckgen-new"
    left.touch()
    with monkeypatch.context() as patched:
        patched.setattr(os, "getuid", lambda: 12345)
        three.run("check")
    assert left.exists()
    three.run("check")
    assert not left.exists()


def test_half_written_lists_and_seals_are_swept(three: Project, tmp_path: Path) -> None:
    """Of another folder's list it is not known whether its run is at work."""
    cache, name = tmp_path / "cache/deckgen", f"deckgen-{journal.key(Path('cards_source'))}.moves"
    cache.mkdir(parents=True, exist_ok=True)
    stay = {cache / "deckgen-0123456789abcdef.moves.42", cache / f"{name}.mine", cache / "mine.42"}
    swept = {cache / f"{name}.42", tmp_path / "tmp" / f"{name}.42", cache / ".00.json.42.deckgen-new"}
    for path in stay | swept:
        path.write_text("[", encoding="utf-8")
    assert three.run("stats").stderr == ""
    assert {*cache.iterdir()} - {cache / "cards"} == stay
    assert not [*(tmp_path / "tmp").glob("*.moves*")]


def test_half_written_state_in_the_folder_of_git_is_swept(three: Project) -> None:
    for words in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "x"]):
        subprocess.run(["git", "-c", "user.name=x", "-c", "user.email=x@x", *words], check=True)
    three.build()
    (kept,) = (three.root / ".git/deckgen").iterdir()
    kept.with_suffix(".4242").write_text("deckgen-lock", encoding="utf-8")
    three.edit('"1"', '"one"')
    three.build()
    assert [*kept.parent.iterdir()] == [kept]


def test_user_without_a_home_has_no_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(os.path, "expanduser", lambda path: path)
    with pytest.raises(OSError):  # noqa: PT011  # which one depends on the system
        journal.cache().mkdir(parents=True)
