"""What earlier runs worked out is taken over, and a run with it says and makes what one without it does."""

from __future__ import annotations

import io
import os
import pickle
import shutil
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deckgen.building import shelf
from deckgen.checks.proof import Proof
from deckgen.checks.rule import WideRule, craft_rules, demanded_rules
from deckgen.finding import Finding
from deckgen.markup import markdown
from deckgen.reading import load
from tests.conftest import BILINGUAL_CARDS, BILINGUAL_YAML, Project

DECK = BILINGUAL_YAML.replace("[basics]", "[basics, time]")
FIRST = BILINGUAL_CARDS
SECOND = """\
cards:
  - id: testing
    en: {cloze: "Recall beats {{c1::rereading}}."}
    zh: {cloze: "回忆胜过{{c1::重读}}。"}
  - id: curve
    en: {q: "What does ![the curve](curve.png) show?", a: "Forgetting"}
    zh: {q: "![曲线](curve.png)表示什么？", a: "遗忘"}
"""


def with_files(project: Project) -> Project:
    project.deck(DECK, FIRST)
    project.write("memory/second.yaml", SECOND)
    media = project.root / "cards_source/memory/media"
    media.mkdir()
    (media / "curve.png").write_bytes(b"\x89PNG one")
    return project


def built_twice(project: Project) -> Project:
    """The second build knows of the first which numbers were given out."""
    with_files(project).build()
    again(project)
    return project


def again(project: Project) -> None:
    """A build of the same files that no seal leaves out."""
    (project.root / "output/memory.en.apkg").unlink()
    project.build()


def entries() -> list[Path]:
    return sorted((Path(os.environ["XDG_CACHE_HOME"]) / "deckgen/cards").glob("*/*"))


@pytest.fixture
def worked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is worked out: a file that is read, texts that become HTML."""
    done: list[str] = []

    def counting(of: Any, name: str, said: Callable[..., str]) -> None:
        original = getattr(of, name)

        def count(*given: Any, **named: Any) -> Any:
            done.append(said(*given))
            return original(*given, **named)

        monkeypatch.setattr(of, name, count)

    counting(load, "card_file", lambda *given: given[2].rpartition("/")[2])
    counting(markdown, "to_html", lambda text, _: text)
    return done


@pytest.mark.parametrize("command", ["build", "check", "plan", "preview"])
def test_only_a_file_that_was_edited_is_worked_on(project: Project, worked: list[str], command: str) -> None:
    with_files(project).build()
    project.edit("gains most", "gains the most")
    del worked[:]
    assert project.run(command).exit_code in (0, 1, 3)
    assert "cards.yaml" in worked
    assert "second.yaml" not in worked
    assert "Fading memory gains the most." in worked
    assert "Forgetting" not in worked


def test_rules_look_again_only_where_something_changed(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_files(project).run("check")
    project.edit("gains most", "gains the most")
    rule = next(one for one in craft_rules() if one.CODE == "A02")
    seen: list[str] = []
    check = rule.check

    def look(proof: Proof) -> Iterator[Finding]:
        seen.extend(card.id.value for card in proof.cards)
        return check(proof)

    monkeypatch.setattr(rule, "check", look)
    project.run("check")
    assert seen == ["spacing", "stages"]


def test_rules_look_once_at_all_that_is_new(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """A deck may have thousands of files, and what a rule gets ready is for all of them."""
    looks: list[int] = []
    for rule in (*demanded_rules(), *craft_rules()):
        if isinstance(rule, WideRule):
            continue

        def look(proof: Proof, check: Any = rule.check) -> Iterator[Finding]:
            looks.append(len(proof.cards))
            return check(proof)  # type: ignore[no-any-return]

        monkeypatch.setattr(rule, "check", look)
    with_files(project).run("check")
    assert {*looks} == {4}
    rules = len(looks)
    project.edit("gains most", "gains the most")
    project.run("check")
    assert looks[rules:] == [2] * rules


def test_names_of_decks_are_compared_across_files(project: Project) -> None:
    head = "deck: {{en: '{}', zh: '{}'}}\ncards:"
    project.deck(DECK.replace('"记忆"', '"Memory::B"'), FIRST.replace("cards:", head.format("B::C", "一")))
    project.write("memory/second.yaml", SECOND.replace("cards:", head.format("Else", "C")))
    assert "K16" in project.codes()


def test_only_new_entries_are_written(project: Project) -> None:
    built_twice(project)
    for path in entries():
        os.utime(path, ns=(10**18, 10**18))
    again(project)
    assert [path.stat().st_mtime_ns for path in entries()] == [10**18, 10**18]
    project.edit("gains most", "gains the most")
    project.build()
    assert sorted(path.stat().st_mtime_ns == 10**18 for path in entries()) == [False, True]


# -- the same as without -------------------------------------------------------------------


def replace(name: str, old: str, new: str) -> Callable[[Project], None]:
    def edit(project: Project) -> None:
        path = project.root / "cards_source/memory" / name
        text = path.read_text(encoding="utf-8")
        changed = text.replace(old, new) if old in text else text.replace(new, old)
        path.write_text(changed, encoding="utf-8", newline="")

    return edit


def put(name: str, *contents: str | bytes) -> Callable[[Project], None]:
    """Put the next of several contents into a file."""

    def edit(project: Project) -> None:
        path = project.root / "cards_source/memory" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        old = path.read_bytes() if path.exists() else b""
        all_of_them = [one.encode() if isinstance(one, str) else one for one in contents]
        at = all_of_them.index(old) + 1 if old in all_of_them else 0
        path.write_bytes(all_of_them[at % len(all_of_them)])

    return edit


def take_out(name: str) -> Callable[[Project], None]:
    return lambda project: (project.root / "cards_source/memory" / name).unlink(missing_ok=True)


def run(*arguments: str) -> Callable[[Project], None]:
    def edit(project: Project) -> None:
        project.run(*arguments)

    return edit


OWN = "fields: {Front: question, Back: answer}\n"
EDITS = [
    replace("cards.yaml", "gains most", "gains the most"),
    replace("cards.yaml", "tags: [basics]", "tags: [time]"),
    replace("cards.yaml", '{en: "Basics"', '{en: "Early"'),
    replace("cards.yaml", 'storage: "Storage"', 'storage: "Storage", third: "Recall"'),
    replace("cards.yaml", "  - id: stages", "  - id: stages\n    speaker: ann\n    hedged: true"),
    replace("cards.yaml", "  - id: spacing", "  - id: spacing\n    after: [testing]"),
    replace("cards.yaml", "  - id: spacing", "  - id: apart\n    was: spacing"),
    replace("second.yaml", "  - id: testing", "  - id: testing\n    see: [stages]"),
    replace("second.yaml", "rereading}}", "rereading}} and {{c2::hope}}"),
    replace("second.yaml", "What does ![the curve](curve.png) show?", "Which stages?"),
    replace("second.yaml", 'a: "Forgetting"}', 'a: "A forgetting curve"}'),
    replace("second.yaml", "curve.png", "other.png"),
    replace("second.yaml", "  - id: curve", "  - id: curve\n    lint: {ignore: [F01], why: wanted}"),
    replace("deck.yaml", '"Memory"', '"Remembering"'),
    replace("deck.yaml", "tags:", "speakers: {ann: {en: Ann, zh: 安}}\ntags:"),
    replace("deck.yaml", "tags:", "glossary: [{en: memory, zh: 记忆}]\ntags:"),
    replace("deck.yaml", "tags:", "lint: {L: error}\ntags:"),
    replace("deck.yaml", "tags:", "source: {title: A talk, file: talk.txt}\ntags:"),
    replace("deck.yaml", "deck: memory\n", "deck: memory\nseed: k7q2xw9d\n"),
    replace("deck.yaml", "basics, time", "basics, time, more"),
    put("talk.txt", "Somebody said: Fading memory gains most.", "Nothing of it."),
    put(
        "third.yaml", 'cards:\n  - id: third\n    en: {q: "Third?", a: "Yes."}\n', "cards: []\n", "cards: [\n"
    ),
    put("media/curve.png", b"\x89PNG one", b"\x89PNG two"),
    put("media/other.png", b"\x89PNG three"),
    put("style.css", ".card { color: red }", ".card { color: blue }", ""),
    put("note_types/word/note_type.yaml", OWN, OWN.replace("Back: answer", "Back: other")),
    put("note_types/word/card/front.html", "{{Front}}", "<b>{{Front}}</b>"),
    put("note_types/word/card/back.html", "{{Back}}", "{{Back}}!"),
    take_out("third.yaml"),
    take_out("media/curve.png"),
    run("build", "--no-lint"),
    run("build", "--accept", "testing", "--accept", "stages"),
    run("check", "--fix"),
    run("retire", "testing", "--reason", "old"),
]


def outcome(project: Project, *arguments: str) -> tuple[object, dict[str, bytes]]:
    """What a run says, and all files after it."""
    project.now -= 3600  # at the same time as the other run
    said = project.run(*arguments)
    return said, project.files()


@settings(max_examples=60)
@given(
    steps=st.lists(st.sampled_from(EDITS), min_size=1, max_size=8),
    command=st.sampled_from(["build", "check"]),
)
def test_a_run_gives_what_one_without_entries_gives(
    tmp_path_factory: pytest.TempPathFactory, steps: list[Callable[[Project], None]], command: str
) -> None:
    root = tmp_path_factory.mktemp("any")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(root)
        patch.setenv("XDG_CACHE_HOME", str(root / "cache"))
        (root / "project").mkdir()
        project = with_files(Project(root / "project"))
        patch.chdir(project.root)
        project.run("build", "--no-lint")
        for step in steps:
            step(project)
            before = project.root.with_name("before")
            shutil.copytree(project.root, before)
            with_entries = outcome(project, command)
            shutil.rmtree(project.root)
            before.rename(project.root)
            patch.chdir(project.root)
            patch.setenv("XDG_CACHE_HOME", str(root / "none"))
            shutil.rmtree(root / "none", ignore_errors=True)
            assert outcome(project, command) == with_entries
            patch.setenv("XDG_CACHE_HOME", str(root / "cache"))


# -- what is wrong with an entry -------------------------------------------------------------


@pytest.fixture
def kept(project: Project) -> Iterator[Project]:
    """A deck that was built, and an edit that makes the next build look."""
    with_files(project).build()
    project.edit("gains most", "gains the most")
    yield project
    outcome = project.run("build", "--no-lint")
    assert (outcome.exit_code, outcome.stderr) == (0, "")
    assert "1 changed, 3 unchanged" in outcome.stdout
    assert project.run("build", "--no-lint", "--locked").exit_code == 0


@pytest.mark.usefixtures("kept")
def test_damaged_entries_do_not_count() -> None:
    for number, path in enumerate(entries()):
        content = bytearray(path.read_bytes())
        if number % 2:
            content[len(content) // 2] ^= 1
        path.write_bytes(content[: len(content) - number % 2])


@pytest.mark.usefixtures("kept")
def test_empty_and_foreign_files_are_no_entries() -> None:
    for path, content in zip(entries(), (b"", b"\x80\x05N."), strict=True):
        path.write_bytes(content)


#: What may stand where a file should; not all systems have pipes among their files.
NO_FILES = [Path.mkdir, *([os.mkfifo] if hasattr(os, "mkfifo") else [])]


@pytest.mark.parametrize("make", NO_FILES)
@pytest.mark.usefixtures("kept")
def test_a_folder_or_a_pipe_in_the_place_of_an_entry(make: Callable[[Path], object]) -> None:
    path = entries()[0]
    path.unlink()
    make(path)


@pytest.mark.usefixtures("kept")
def test_a_file_in_the_place_of_the_folder() -> None:
    cards = entries()[0].parents[1]
    shutil.rmtree(cards)
    cards.write_bytes(b"")


class Harm:
    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (Path("harm"),)


def forge(secret: bytes, content: bytes) -> None:
    for path in entries():
        content = path.read_bytes()[:16] + content
        path.write_bytes(content + shelf._signed(content, secret))


@pytest.mark.parametrize("is_ours", [False, True])
def test_an_entry_runs_no_code(kept: Project, is_ours: bool) -> None:
    """Not even one that this account has signed."""
    forge(shelf._secret() if is_ours else bytes(32), pickle.dumps(Harm()))
    kept.run("build", "--no-lint")
    assert not (kept.root / "harm").exists()
    kept.edit("gains the most", "gains more")


def test_an_entry_of_somebody_else_is_not_read(kept: Project, worked: list[str]) -> None:
    """As with a cache that others can write: what is in it may not reach a package."""
    for path in entries():
        content = path.read_bytes()[:-16].replace(b"Recall beats", b"Recall meets")
        path.write_bytes(content + shelf._signed(content, bytes(32)))
    kept.run("build", "--no-lint")
    assert {"cards.yaml", "second.yaml"} <= {*worked}
    kept.edit("gains the most", "gains more")


def test_without_a_place_for_the_secret_nothing_is_kept(
    kept: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = kept.root / "a file"
    state.touch()
    monkeypatch.setenv("XDG_STATE_HOME", str(state))
    kept.edit("gains the most", "gains more")
    kept.build()
    assert (kept.root / "output/memory.en.apkg").exists()
    kept.edit("gains more", "gains the most")


def test_a_secret_is_this_accounts_alone(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    state = project.root / "state"
    monkeypatch.setenv("XDG_STATE_HOME", str(state))
    with_files(project).build()
    secret = state / "deckgen/secret"
    assert len(secret.read_bytes()) == 32
    assert os.name == "nt" or secret.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in secret.parent.iterdir()] == ["secret"]
    for damaged in (b"", b"half", bytes(100)):
        secret.write_bytes(damaged)
        project.run("check")
        assert len(secret.read_bytes()) == 32


def test_other_files_are_left_alone(kept: Project) -> None:
    """Where the folder of a deck's entries leads elsewhere, or somebody put something of theirs there."""
    folder = entries()[0].parent
    (folder / "thesis.txt").write_text("mine", encoding="utf-8")
    kept.build()
    assert (folder / "thesis.txt").exists()
    elsewhere = kept.root.parent / "elsewhere"
    shutil.move(folder, elsewhere)
    (elsewhere / ("0" * 32)).touch()
    folder.symlink_to(elsewhere)
    kept.edit("gains the most", "gains more")
    kept.build()
    assert (elsewhere / ("0" * 32)).exists()
    kept.edit("gains more", "gains the most")


def test_a_full_disk_leaves_nothing_behind(kept: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    write = Path.write_bytes

    def full(path: Path, content: bytes) -> int:
        if len(path.name) > 32 and path.name.endswith("-new"):
            write(path, content[:100])
            raise OSError(28, "No space left on device")
        return write(path, content)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_bytes", full)
        kept.build()
    assert all(len(path.name) == 32 for path in entries())
    assert not [*Path(os.environ["XDG_CACHE_HOME"]).rglob("*-new")]
    kept.edit("gains the most", "gains more")


def test_values_of_other_classes_are_not_read() -> None:
    for content in (pickle.dumps(os.system), pickle.dumps(cache), b"cdeckgen.building.shelf\nkey\n(tR."):
        with pytest.raises((pickle.UnpicklingError, AttributeError, TypeError)):
            shelf._Reader(io.BytesIO(content)).load()


def test_entries_take_only_so_much_room(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    built_twice(project)
    first = entries()
    for path in first:
        os.utime(path, ns=(10**18, 10**18))
    monkeypatch.setattr(shelf, "MOST", sum(path.stat().st_size for path in first))
    shutil.copytree(project.root / "cards_source/memory", project.root / "cards_source/again")
    path = project.root / "cards_source/again/deck.yaml"
    path.write_text(
        DECK.replace("memory", "again").replace("Memory", "Again").replace("记忆", "又"), encoding="utf-8"
    )
    (project.root / "cards_source/again/deck.lock").unlink()
    project.build()
    assert len(entries()) == 2
    assert not {*entries()} & {*first}


def test_entries_of_files_that_are_gone_go(project: Project) -> None:
    with_files(project)
    project.write(
        "memory/third.yaml", 'cards:\n  - id: third\n    only: en\n    en: {q: "Third?", a: "Yes."}\n'
    )
    project.run("check")
    assert len(entries()) == 3
    (project.root / "cards_source/memory/third.yaml").unlink()
    project.edit("gains most", "gains the most")
    project.run("check")
    assert len(entries()) == 2


def test_locked_builds_take_nothing_over(project: Project, worked: list[str]) -> None:
    """What a build in CI proves does not rest on what an earlier run left."""
    with_files(project).build()
    del worked[:]
    assert project.run("build", "--no-lint", "--locked").exit_code == 0
    assert {"cards.yaml", "second.yaml"} <= {*worked}
