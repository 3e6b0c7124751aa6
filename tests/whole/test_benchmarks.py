"""The benchmark works: it measures what it says and judges as it says. Nothing here is about speed."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks import adopting, page, sources, works
from benchmarks.bars import Bar, obstacles, ratio, row
from benchmarks.learners import Held, OneNote
from benchmarks.measure import Cost, Failed, Trial, in_turn, once
from benchmarks.round_trip import Trip, losses, trip

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
MB = 1_000_000


def trial(folder: Path, code: str, prepared: list[str] | None = None) -> Trial:
    """Python code as a process; `prepared` gets its text whenever it is about to run."""
    made = prepared if prepared is not None else []
    return Trial((sys.executable, "-c", code), folder, lambda: made.append(code))


def benchmark(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The command, with the folder for what is temporary."""
    command = [sys.executable, "-m", "benchmarks", *arguments]
    env = {**os.environ, "TMPDIR": str(folder)}
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, encoding="utf-8", check=False)


def bars(page: str) -> list[list[str]]:
    """The cells of the table of bars."""
    table = page.partition("## Bars")[2].partition("\n## ")[0]
    rows = [line.strip("|").split("|") for line in table.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in cells] for cells in rows[2:]]


def test_quick_run_measures_every_work_and_judges_nothing(tmp_path: Path) -> None:
    results = ROOT / "benchmarks" / "RESULTS.md"
    before = results.read_bytes()
    done = benchmark(tmp_path, "--quick", "--runs", "1")
    assert done.returncode == 0, done.stderr
    assert [line.split()[1] for line in done.stderr.splitlines()] == list(works.WORKS)
    assert "nothing about speed" in done.stdout
    found = bars(done.stdout)
    assert {cells[3] for cells in found} == {""}
    wanted = [
        "deckgen --help", "explain L02", "the shipped deck", "the floor", "without a change", "one of 20 files edited", "with a picture each",
    ]  # fmt: skip
    words = " ".join(cells[0] + cells[1] for cells in found)
    assert [text for text in wanted if text not in words] == []
    assert results.read_bytes() == before
    assert list(tmp_path.iterdir()) == []


def test_only_what_is_asked_for(tmp_path: Path) -> None:
    done = benchmark(tmp_path, "--quick", "--runs", "1", "--only", "starting")
    assert {cells[1] for cells in bars(done.stdout)} == {'≤ 1.3 × `python -c "import click"`'}


def test_committed_results_are_of_a_whole_run() -> None:
    page = (ROOT / "benchmarks" / "RESULTS.md").read_text(encoding="utf-8")
    words = " ".join(cells[0] + cells[1] for cells in bars(page))
    for text in ("10,000 notes", "100,000 notes", "5,000 notes with a picture each, 1,000 MB", *works.FASTER):
        assert text in words
    assert {cells[3].split()[0] for cells in bars(page)} <= {"met", "missed", "–"}


def test_committed_results_tell_what_stands_in_the_way() -> None:
    page = (ROOT / "benchmarks" / "RESULTS.md").read_text(encoding="utf-8")
    reasons = page.partition("## What stands in the way")[2].partition("##")[0]
    missed = [cells for cells in bars(page) if cells[3].startswith("missed")]
    assert [cells for cells in missed if f"{cells[0]} ({cells[1]})" not in reasons] == []


def test_an_obstacle_is_told_once_and_only_where_a_bar_is_missed() -> None:
    missed = [Bar(work, 3.0, "×", 2.0, "the floor", obstacle="it rains.") for work in ("a", "b")]
    met = Bar("c", 1.0, "×", 2.0, "the floor", obstacle="it snows.")
    assert obstacles([*missed, met]) == ["- a (≤ 2 × the floor); b (≤ 2 × the floor): it rains."]


@pytest.mark.parametrize(
    ("figure", "at_least", "verdict"),
    [
        (2.0, False, "met"),
        (1.0, False, "met"),
        (2.01, False, "missed by 0.5%"),
        (5.0, False, "missed by 150%"),
        (2.0, True, "met"),
        (9.0, True, "met"),
        (1.0, True, "missed by 50%"),
    ],
)
def test_verdict_comes_from_the_unrounded_figure(figure: float, at_least: bool, verdict: str) -> None:
    assert Bar("work", figure, "×", 2.0, "the floor", at_least).verdict == verdict


def test_a_ratio_does_not_mind_a_machine_that_changes_its_speed() -> None:
    slow_at_last = Cost((9.0, 9.0, 9.0), cpus=(1.0, 1.0, 2.0), peak=1, read=1)
    slow_from_the_first = Cost((9.0, 9.0, 9.0), cpus=(3.0, 6.0, 6.0), peak=1, read=1)
    assert ratio(slow_from_the_first, slow_at_last) == 3.0


def test_rows_say_what_is_wanted() -> None:
    assert row(Bar("a", 2.5, "×", 2.0, "the floor"), judged=True) == (
        "| a | ≤ 2 × the floor | 2.50 × | missed by 25% |"
    )
    assert row(Bar("a", 1234.5, "MB", 600, "at its peak"), judged=False) == (
        "| a | ≤ 600 MB at its peak | 1,234 MB |  |"
    )
    assert row(Bar("a", 1.5, "×", against="of b"), judged=True) == "| a | of b | 1.50 × | – |"
    assert row(Bar("a", 80, "cards", 80, at_least=True), judged=True) == "| a | ≥ 80 cards | 80 cards | met |"


def test_trials_run_in_turn_after_a_round_that_does_not_count(tmp_path: Path) -> None:
    order: list[str] = []
    costs = in_turn({"a": trial(tmp_path, "1", order), "b": trial(tmp_path, "2", order)}, 2)
    assert order == ["1", "2"] * 3
    assert {name: len(cost.seconds) for name, cost in costs.items()} == {"a": 2, "b": 2}


def test_memory_is_that_of_the_process_not_of_this_one(tmp_path: Path) -> None:
    held = bytearray(b"1") * (300 * MB)
    small = once(trial(tmp_path, "pass"))
    large = once(trial(tmp_path, f"held = bytearray(b'1') * {200 * MB}"))
    assert small.peak < 200 * MB <= large.peak < len(held)


def test_memory_and_reading_of_children_count(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(bytes(50 * MB))
    child = "import pathlib; pathlib.Path('file').read_bytes()"
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])"
    nothing, run = once(trial(tmp_path, "import subprocess")), once(trial(tmp_path, parent))
    assert run.read - nothing.read >= 50 * MB
    assert nothing.peak < 50 * MB <= run.peak


def test_command_that_fails_says_why(tmp_path: Path) -> None:
    with pytest.raises(Failed, match=r"exit code 3\n(.|\n)*no such deck"):
        once(trial(tmp_path, "import sys; print('no such deck'); sys.exit(3)"))
    with pytest.raises(Failed, match="no-such-program"):
        once(Trial(("no-such-program",), tmp_path, lambda: None))


def test_notes_are_the_same_in_every_run_and_no_question_occurs_twice() -> None:
    some = sources.notes(1_000)
    assert sources.notes(1_000) == some
    assert len({note.question for note in some}) == len({note.name for note in some}) == 1_000
    text = "\n".join(note.answer for note in some)
    for mark in ("**", "`", "\n- ", "](https://"):
        assert mark in text


def test_every_format_holds_every_text(tmp_path: Path) -> None:
    some = sources.notes(50)
    for write in (
        sources.write_deckgen,
        sources.write_ankcompiler,
        sources.write_headings,
        sources.write_data,
    ):
        folder = tmp_path / write.__name__
        folder.mkdir()
        write(folder, some)
        text = "".join(
            path.read_text(encoding="utf-8") for path in sorted(folder.rglob("*")) if path.is_file()
        )
        assert_holds(text, some)


def assert_holds(text: str, some: Sequence[sources.Note]) -> None:
    """Every question and answer once, in order, however line breaks are written."""
    plain = re.sub(r"\\n", "\n", text)
    places = [plain.find(part) for note in some for part in (note.question, note.answer)]
    assert -1 not in places
    assert places == sorted(places)


def test_package_that_lacks_cards_is_no_result(tmp_path: Path) -> None:
    sources.write_deckgen(tmp_path, sources.notes(3))
    once(Trial((*works.DECKGEN, "build", "--no-lint"), tmp_path, lambda: None))
    works.hold("deckgen", tmp_path / "output", tmp_path, 3)
    with pytest.raises(Failed, match="deckgen: Anki finds 3 cards, not 4"):
        works.hold("deckgen", tmp_path / "output", tmp_path, 4)


def test_a_package_goes_all_the_way_and_what_is_broken_is_told(tmp_path: Path) -> None:
    sources.write_package(tmp_path / "some.apkg", 12, 3, 100)
    (tmp_path / "trip").mkdir()
    done = trip(tmp_path / "some.apkg", tmp_path / "trip")
    assert done.faults == []
    assert (done.notes, done.same, done.untouched, done.edited, done.lost) == (12, 12, True, True, set())
    assert (done.marked, done.stayed) == (9, 0)
    done.untouched, done.lost, done.same, done.stayed = False, {"g1"}, 6, 3
    done.html["a script"] = 3
    bars = adopting.of_trips([done], (3, 3))
    assert [bar.verdict.split()[0] for bar in bars] == ["missed", "met", "missed", "missed", "missed", "met"]
    assert "It stays because of: a script (3)." in bars[4].obstacle


def test_losses_are_found() -> None:
    note = OneNote(1, ("a", "b"), ("t",), {0: "D"})
    held = Held({"x": note, "y": note, "z": note, "told": note}, {}, {"a.png": b"1", "b.png": b"2"})
    other = replace(note, fields=("a", ""))
    got = Held({"x": note, "y": other}, {}, {"a.png": b"1", "b.png": b"3"})
    done = Trip("some")
    report = {"notes_left_out": [{"guid": "told"}], "left_out": [], "decks": []}
    losses(done, report, held, got, set())
    assert done.lost == {"y", "z"}
    assert {cause for cause, _ in done.faults} == {
        "a note has another text", "a note is not in the package", "a file is another one",
    }  # fmt: skip


def test_committed_results_tell_of_existing_decks_and_name_none() -> None:
    text = (ROOT / "benchmarks" / "RESULTS.md").read_text(encoding="utf-8").partition(page.ADOPTED)[2]
    rows = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("| ")][1:]
    assert len(rows) == 8
    for work, wanted, _, verdict in rows:
        assert verdict.startswith("met") or f"{work} ({wanted})" in text
    assert ".apkg" not in text


def test_each_command_leaves_what_the_other_one_wrote() -> None:
    part = f"{page.ADOPTED}\n\n| a |"
    both = page.with_section("# Page\n\n| b |\n", part)
    assert both == f"# Page\n\n| b |\n\n{part}\n"
    assert page.with_section(both, part) == both
    assert page.with_section("# New\n", page.section_of(both)) == f"# New\n\n{part}\n"
    assert page.with_section("# New\n", page.section_of("# Page\n")) == "# New\n"
