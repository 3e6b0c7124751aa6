"""The command line as a person types it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from deckgen.commands.main import COMMANDS, main
from tests.conftest import Project

ROOT = Path(__file__).parents[2]


def test_new_deck_builds_at_once(project: Project) -> None:
    outcome = project.run("new", "first-deck")
    assert outcome.exit_code == 0
    assert outcome.stdout == (
        "cards_source/first-deck/deck.yaml\n"
        "cards_source/first-deck/01-first.yaml\n"
        "cards_source/first-deck/.gitattributes\n"
        "cards_source/.schema/deck.json\n"
        "cards_source/.schema/cards.json\n"
        "edit them first: title and ids are frozen at the first build\n"
        "then `deckgen build` writes output/first-deck.apkg\n"
    )
    assert project.run("check").stdout == "no findings\n"
    assert project.run("build").stdout == "output/first-deck.apkg  4 notes, 6 cards: 4 new\n"
    assert project.run("build").stdout == "output/first-deck.apkg  4 notes, 6 cards: 4 unchanged\n"


@pytest.mark.parametrize("name", ["First", "with space", "../up", "-x-", "漢字", "a" * 65, ""])
def test_new_refuses_a_name_that_can_not_be_a_key(project: Project, name: str) -> None:
    before = project.files()
    outcome = project.run("new", "--", name)
    assert outcome.exit_code == 2
    assert "can't be a deck's name" in outcome.stderr
    assert project.files() == before


def test_new_overwrites_nothing(project: Project) -> None:
    project.run("new", "first")
    before = project.files()
    outcome = project.run("new", "first")
    assert outcome.exit_code == 2
    assert "cards_source/first exists already" in outcome.stderr
    assert project.files() == before


@pytest.mark.parametrize("command", ["check", "build"])
def test_nothing_to_work_on(project: Project, command: str) -> None:
    outcome = project.run(command)
    assert outcome.exit_code == 2
    assert (
        "there is no folder cards_source here; go to the folder that holds it, or make a deck"
        in outcome.stderr
    )
    (project.root / "cards_source").mkdir()
    assert "there is no deck in cards_source" in project.run(command).stderr
    project.deck()
    assert "there is no deck folder french; there are: memory" in project.run(command, "french").stderr


def test_other_folders(project: Project) -> None:
    project.deck()
    (project.root / "cards_source").rename(project.root / "my decks")
    outcome = project.run("build", "--source", "my decks", "--output", "packages/here")
    assert outcome.stdout == "packages/here/memory.apkg  3 notes, 6 cards: 3 new\n"
    outcome = project.run("build", "my decks/memory/", "--source", "my decks", "--output", "packages/here")
    assert outcome.stdout == "packages/here/memory.apkg  3 notes, 6 cards: 3 unchanged\n"


def test_finding_as_text_shows_line_and_help(project: Project) -> None:
    project.deck()
    project.edit('q: "Why do spaced reviews beat one long session?"', "q: Why: because")
    outcome = project.run("check")
    assert outcome.exit_code == 1
    assert outcome.stdout == (
        "cards_source/memory/cards.yaml:4:11: Y01 this is not YAML\n"
        "    |     q: Why: because\n"
        '    help: quote it: q: "Why: because"\n'
        "\n"
        "1 error\n"
        "    1  Y01  error: this is not YAML\n"
        "`deckgen explain CODE` tells more\n"
    )


def test_finding_as_json(project: Project) -> None:
    project.deck()
    project.edit("tags: [time]", "tags: [tiem]")
    outcome = project.run("check", "--format", "json", "--select", "M09")
    assert outcome.exit_code == 1
    assert json.loads(outcome.stdout) == [
        {
            "path": "cards_source/memory/cards.yaml",
            "line": 8,
            "column": 12,
            "end_column": 16,
            "code": "M09",
            "severity": "error",
            "message": "the tag `tiem` is not in deck.yaml",
            "hint": "did you mean `time`?",
            "card": "testing",
            "lang": "",
            "fix": None,
        }
    ]


def test_no_finding_as_json_is_an_empty_list(project: Project) -> None:
    assert json.loads(project.deck().run("check", "--format", "json", "--select", "K,M,Y").stdout) == []


def test_finding_as_github_annotation(project: Project) -> None:
    project.deck()
    project.edit("tags: [time]", 'tags: ["a,b:c%\\n"]')
    assert project.run("check", "--format", "github", "--select", "M09").stdout == (
        "::error file=cards_source/memory/cards.yaml,line=8,col=13,title=M09,endColumn=21::"
        "the tag `a,b:c%25%0A` is not in deck.yaml (use a-z, 0-9 and single hyphens, at most 64 characters, such as `a-b-c`)\n"
    )


def test_warning_fails_a_check_and_not_a_build(project: Project) -> None:
    project.deck()
    project.write("memory/media/unused.png", "x")
    outcome = project.run("check")
    assert outcome.exit_code == 1
    assert "cards_source/memory/media/unused.png:1:1: G02 warning: no card uses this file" in outcome.stdout
    outcome = project.run("build")
    assert outcome.exit_code == 0
    assert outcome.stderr == "1 warning (G02): `deckgen check` shows them\n"


def test_explain(project: Project) -> None:
    outcome = project.run("explain", "m08")
    assert outcome.exit_code == 0
    assert outcome.stdout.startswith("M08: a card has no id, or one that another card has\n")
    assert "Mend:" in outcome.stdout
    assert "\nM08: a card has no id, or one that another card has\n" in project.run("explain").stdout
    outcome = project.run("explain", "X99")
    assert outcome.exit_code == 2
    assert "there is no code X99; `deckgen explain` lists all" in outcome.stderr


@pytest.mark.parametrize("value", ["soon", "-1", "1.5", "9" * 30])
def test_source_date_epoch_must_be_a_number(project: Project, value: str) -> None:
    project.deck()
    result = CliRunner().invoke(main, ["build"], env={"SOURCE_DATE_EPOCH": value})
    assert result.exit_code == 2
    assert "SOURCE_DATE_EPOCH must be a number of seconds" in result.stderr
    assert not project.lock().exists()


def test_help_fits_a_screen_and_shows_examples() -> None:
    for arguments in ([], *([name] for name in COMMANDS)):
        shown = CliRunner().invoke(main, [*arguments, "--help"]).stdout
        # Of all commands, one line each.
        assert len(shown.splitlines()) <= (25 if arguments else 12 + len(COMMANDS)), arguments
        assert max(map(len, shown.splitlines())) <= 80, arguments
        # In a paragraph of its own.
        assert "\n\n  Example" in shown, arguments


def test_examples_of_help_stand_on_lines_of_their_own() -> None:
    for name in COMMANDS:
        shown = CliRunner().invoke(main, [name, "--help"]).stdout
        assert not [line for line in shown.splitlines() if line.count("deckgen ") > 1], shown


def test_the_list_of_commands_says_what_their_help_says() -> None:
    for name, summary in COMMANDS.items():
        shown = CliRunner().invoke(main, [name, "--help"]).stdout
        assert shown.splitlines()[2].strip() == summary


def test_output_is_utf8_also_where_the_terminal_is_not(project: Project) -> None:
    project.deck(deck='deck: memory\ntitle: "Memory"\ntags: [basics, time]\n')
    project.edit("tags: [basics]", "tags: [基础]")
    result = subprocess.run(
        [sys.executable, "-m", "deckgen", "check"],
        env={
            "PYTHONIOENCODING": "ascii",
            "PYTHONUTF8": "0",
            "LC_ALL": "C",
            "PATH": "",
            "SYSTEMROOT": r"C:\Windows",
        },
        capture_output=True,
        check=False,
    )
    assert "the tag `基础` is not in deck.yaml" in result.stdout.decode("utf-8")
    assert result.stderr == b""


def test_start_loads_nothing_heavy() -> None:
    """`--help` and `explain` cost no more than click; `check` needs no packager."""
    heavy = {"yaml", "genanki", "pyromark", "pygments", "sqlite3"}
    for arguments in (["--help"], ["explain", "K01"]):
        code = f"import sys; from deckgen.commands.main import main; main({arguments!r}, standalone_mode=False); print(*sys.modules)"
        loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout
        assert heavy.isdisjoint(loaded.decode().split()), arguments
        commands = [name for name in loaded.decode().split() if name.startswith("deckgen.commands.")]
        assert commands[1:] in ([], ["deckgen.commands.explain"]), arguments


def test_shell_completion_knows_the_commands() -> None:
    result = CliRunner().invoke(
        main, [], env={"_DECKGEN_COMPLETE": "bash_complete", "COMP_WORDS": "deckgen bu", "COMP_CWORD": "1"},
        prog_name="deckgen",
    )  # fmt: skip
    assert "plain,build" in result.stdout


@pytest.mark.parametrize(("typed", "hint"), [("bild", "did you mean `build`?"), ("Chek", "did you mean `check`?"), ("zzz", "`deckgen --help` lists all")])  # fmt: skip
def test_misspelt_command_gets_a_guess(project: Project, typed: str, hint: str) -> None:
    outcome = project.run(typed)
    assert outcome.exit_code == 2
    assert f"there is no command '{typed}'; {hint}" in outcome.stderr


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("check ", ["first", "memory"]),
        ("build m", ["memory"]),
        ("stats --source nowhere ", []),
        ("plan x", []),
    ],
)
def test_shell_completion_knows_the_decks(project: Project, words: str, found: list[str]) -> None:
    project.deck()
    project.run("new", "first")
    given = {
        "_DECKGEN_COMPLETE": "bash_complete",
        "COMP_WORDS": f"deckgen {words}",
        "COMP_CWORD": f"{len(words.split(' '))}",
    }
    result = CliRunner().invoke(main, [], env=given, prog_name="deckgen")
    assert result.stdout.split() == [f"plain,{name}" for name in found]


def test_preview_opens_the_first_page(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr("webbrowser.open", opened.append)
    project.deck()
    assert project.run("preview", "--open").exit_code == 0
    assert opened == [(project.root / "output/memory.html").as_uri()]


# -- where the decks are looked for -------------------------------------------------------------


@pytest.mark.parametrize("below", ["docs", "docs/deep er", "cards_source", "cards_source/memory", "文档"])
def test_decks_are_found_in_a_folder_above(
    project: Project, monkeypatch: pytest.MonkeyPatch, below: str
) -> None:
    project.deck()
    here = project.root / below
    here.mkdir(parents=True, exist_ok=True)
    monkeypatch.chdir(here)
    up = "../" * (below.count("/") + 1)
    outcome = project.run("build")
    assert outcome.stdout == f"{up}output/memory.apkg  3 notes, 6 cards: 3 new\n"
    assert outcome.stderr.startswith(f"using {up}cards_source\n")
    assert project.package().exists()
    project.edit("tags: [time]", "tags: [tiem]")
    outcome = project.run("check", "--format", "json", "--select", "M09")
    assert [one["path"] for one in json.loads(outcome.stdout)] == [f"{up}cards_source/memory/cards.yaml"]
    assert outcome.stderr == f"using {up}cards_source\n"
    assert project.run("rename", "spacing", "spaced").exit_code == 0


def test_decks_that_are_here_are_not_announced(project: Project) -> None:
    assert "using" not in project.deck().run("check").stderr


def test_deck_may_be_named_from_inside(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    project.deck()
    monkeypatch.chdir(project.root / "cards_source/memory")
    assert project.run("build", ".").exit_code == 0
    monkeypatch.chdir(project.root / "cards_source")
    assert project.run("build", "memory", "./memory/").exit_code == 0


def test_search_ends_at_a_repository(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    project.deck()
    for name, words in (("another", "there is no folder cards_source here"), (".", "")):
        inside = project.root / name / "docs"
        inside.mkdir(parents=True)
        (inside.parent / ".git").mkdir()
        monkeypatch.chdir(inside)
        assert words in project.run("stats").stderr
        assert project.run("stats").exit_code == (2 if words else 0)


@pytest.mark.parametrize("options", [["--source", "cards_source"], ["--source", "../cards_source"]])
def test_folder_that_is_named_is_not_looked_for(
    project: Project, monkeypatch: pytest.MonkeyPatch, options: list[str]
) -> None:
    project.deck()
    (project.root / "docs").mkdir()
    monkeypatch.chdir(project.root / "docs")
    outcome = project.run("build", *options)
    assert outcome.exit_code == (2 if options[1] == "cards_source" else 0)
    assert "using" not in outcome.stderr
    assert (project.root / "docs/output").exists() == (outcome.exit_code == 0)
    assert project.run("build", "--output", "here").exit_code == 0
    assert (project.root / "docs/here/memory.apkg").exists()


def test_new_deck_comes_here_but_within_the_folder_of_decks(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.deck()
    monkeypatch.chdir(project.root / "cards_source/memory")
    assert project.run("new", "french").exit_code == 0
    assert (project.root / "cards_source/french/deck.yaml").exists()
    (project.root / "elsewhere").mkdir()
    monkeypatch.chdir(project.root / "elsewhere")
    outcome = project.run("new", "german")
    assert (project.root / "elsewhere/cards_source/german/deck.yaml").exists()
    assert outcome.stderr == (
        "making a second cards_source here: `--source ../cards_source` puts the deck beside the others\n"
    )
    assert project.run("new", "spanish").stderr == ""


@pytest.mark.parametrize("command", ["check", "new other", "build"])
def test_folder_that_is_gone(project: Project, monkeypatch: pytest.MonkeyPatch, command: str) -> None:
    (project.root / "gone").mkdir()
    monkeypatch.chdir(project.root / "gone")
    try:
        (project.root / "gone").rmdir()
    except OSError:  # Windows keeps it
        return
    outcome = project.run(*command.split())
    assert outcome.exit_code == 2
    assert "the folder that you are in is gone" in outcome.stderr


LOOPS = ("check", "build", "plan", "stats", "preview", "rename a b", "retire a --reason b", "confirm a --lang en", "lock --forget a --yes", "new a", "serve", "restamp x")  # fmt: skip


@pytest.mark.parametrize("command", LOOPS)
@pytest.mark.parametrize("name", ["cards_source", "output"])
def test_folder_that_is_a_link_to_itself(project: Project, command: str, name: str) -> None:
    if name == "output":
        project.deck()
        if command == "serve":
            return  # serves: it writes nothing
    (project.root / name).symlink_to(name)
    outcome = project.run(*command.split())
    if name == "cards_source":
        assert outcome.exit_code == 2
        assert re.search(r"Error: .*cards_source.*: Too many levels of symbolic links", outcome.stderr)
    elif command == "build":
        assert "output:1:1: R09 can't be read or written: it is not a folder" in outcome.stderr
    else:
        assert outcome.exit_code in (0, 1, 2, 3)


# -- an output that can't be written, and Ctrl-C ----------------------------------------------

#: One of each command that says something, with what it needs.
SAYING = ("--help", "new other", "check --format json", "preview", "build", "rename spacing spaced", "explain", "nothing")  # fmt: skip

if sys.platform != "win32":

    def _run(command: str, streams: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["sh", "-c", f"exec {sys.executable} -m deckgen {command} {streams}"],
            capture_output=True, encoding="utf-8", check=False, env={**os.environ, "PYTHONPATH": str(ROOT)},
        )  # fmt: skip

    @pytest.mark.slow
    @pytest.mark.parametrize("command", SAYING)
    @pytest.mark.parametrize("streams", [">&-", ">/dev/full", "2>&-", "2>/dev/full", "<&- >&- 2>&-"])
    def test_output_that_is_closed_or_full_is_told_in_one_line(
        project: Project, command: str, streams: str
    ) -> None:
        project.deck()
        if not Path("/dev/full").exists():
            streams = streams.replace("/dev/full", "&-")
        done = _run(command, streams)
        assert "Traceback" not in done.stderr
        assert "Exception ignored" not in done.stderr
        if streams in (">&-", "<&- >&- 2>&-"):
            assert done.returncode == 2
            assert project.files().keys() == {
                "cards_source/memory/deck.yaml",
                "cards_source/memory/cards.yaml",
            }
        if streams == ">/dev/full" and command != "nothing":
            assert done.returncode == 2
            assert done.stderr.endswith("can't write the output: No space left on device\n")

    def test_no_file_is_opened_in_the_place_of_a_closed_stream(project: Project) -> None:
        """It would get what is said there."""
        project.deck()
        assert _run("build", "2>&-").returncode == 0
        assert project.run("build", "--locked").exit_code == 0

    @pytest.mark.slow
    @pytest.mark.parametrize("command", ["check", "build", "preview", "explain"])
    def test_interrupt_at_any_moment_is_one_line(project: Project, command: str) -> None:
        """While the first module is imported, the last, and some in between."""
        project.deck()
        before = project.files()

        # Libraries open files without `encoding=`, and would be warned of.
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONWARNDEFAULTENCODING": ""}

        def run(step: int) -> subprocess.CompletedProcess[str]:
            return subprocess.run(
                [sys.executable, "-c", INTERRUPTED, str(step), command],
                capture_output=True, encoding="utf-8", check=False, env=environment,
            )  # fmt: skip

        modules = int(run(0).stderr.split()[-1])
        after = project.files()
        for step in range(1, modules + 1, (modules - 1) // 7):
            # What is there from another run needs fewer modules.
            for name in project.files().keys() - before.keys():
                (project.root / name).unlink()
            project.forget()
            done = run(step)
            assert (done.returncode, done.stderr) == (130, "\nstopped\n"), step
            assert project.files().keys() in (before.keys(), after.keys())

    def test_interrupt_that_a_shell_ignores_stays_ignored(project: Project) -> None:
        project.deck()
        done = subprocess.run(
            ["sh", "-c", f"trap '' INT; exec {sys.executable} -c '{INTERRUPTED}' 9 check memory"],
            capture_output=True, encoding="utf-8", check=False, env={**os.environ, "PYTHONPATH": str(ROOT)},
        )  # fmt: skip
        assert (done.returncode, done.stderr) == (0, "")


#: Sends an interrupt when the module number `step` is about to be imported; tells how many there are for 0.
INTERRUPTED = """
import os, signal, sys
from deckgen.__main__ import run
if len(sys.argv) < 4:  # what runs the tests may ignore it
    signal.signal(signal.SIGINT, signal.default_int_handler)
step, seen = int(sys.argv.pop(1)), []
class Watch:
    def find_spec(self, name, path=None, target=None):
        seen.append(name)
        if len(seen) == step:
            os.kill(os.getpid(), signal.SIGINT)
sys.meta_path.insert(0, Watch())
leave = os._exit
def tell(code):
    if step == 0:
        print(len(seen), file=sys.stderr, flush=True)
    leave(code)
os._exit = tell
run()
"""
