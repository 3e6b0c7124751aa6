"""The page of results: where and with what it was measured, every bar, every figure."""

from __future__ import annotations

import os
import platform
import sqlite3
import statistics
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from benchmarks.bars import MB, Bar, obstacles, row
from benchmarks.measure import Cost

_ENOUGH = 5
#: The heading of what `benchmarks.adopting` writes, behind all else.
ADOPTED = "## Existing decks"
_LIBRARIES = ("click", "filelock", "genanki", "pyromark", "pyyaml")
_BASIS = ("genanki", "Markdown", "PyYAML", "ankiforge", "pyromark")


@dataclass(frozen=True, slots=True)
class Setting:
    """Where, when and with what something was measured.

    `load` is how many processes were busy before. What is `quick` is not judged.
    """

    command: str
    runs: int
    quick: bool
    commit: str
    started: datetime
    load: float
    peers: Mapping[str, Mapping[str, str]]


def now() -> datetime:
    """The time, in UTC."""
    return datetime.now(UTC)


def page(setting: Setting, bars: Sequence[Bar], costs: Mapping[str, Cost]) -> str:
    """The page, in Markdown."""
    return "\n".join(
        [
            "# How fast deckgen is",
            "",
            f"`{setting.command}` wrote this. {_summary(setting, bars)}",
            "",
            *_machine(setting),
            "",
            "## Bars",
            "",
            "Whole processes, cold, in turn with what they are compared with; a ratio is of processor time, and the median of those of each round.",
            "",
            "| work | bar | figure | |",
            "|---|---|---:|---|",
            *(row(bar, judged=not setting.quick) for bar in bars),
            "",
            *_in_the_way(setting, bars),
            "## Figures",
            "",
            "| process | median | shortest to longest | processor | peak memory | read |",
            "|---|---:|---:|---:|---:|---:|",
            *(_cost(name, cost) for name, cost in costs.items()),
            "",
            *_MEANING,
        ]
    )


def section(setting: Setting, bars: Sequence[Bar], remarks: Sequence[str]) -> str:
    """The part of the page about existing decks, in Markdown."""
    verdicts = [bar.verdict for bar in bars if bar.limit is not None]
    head = (
        f"`{setting.command}` wrote this on {setting.started:%Y-%m-%d}, with {setting.commit}; the large deck ran "
        f"{setting.runs} times. {verdicts.count('met')} of {len(verdicts)} bars are met. The packages are other "
        "people's, and not named."
    )
    return "\n".join(
        [
            ADOPTED,
            "",
            head,
            "",
            "| work | bar | figure | |",
            "|---|---|---:|---|",
            *(row(bar, judged=True) for bar in bars),
            "",
            *obstacles(bars),
            *remarks,
        ]
    )


def with_section(results: str, adopted: str) -> str:
    """A page of results with the part about existing decks: what one command writes leaves what the other wrote."""
    rest, _, _ = results.partition(ADOPTED)
    return "\n\n".join(part for part in (rest.strip(), adopted.strip()) if part) + "\n"


def section_of(results: str) -> str:
    """The part about existing decks in a page of results, if it has one."""
    _, heading, text = results.partition(ADOPTED)
    return heading + text


def commit() -> str:
    """The commit that is measured, with a mark when files differ from it."""
    described = subprocess.run(
        ["git", "describe", "--always", "--dirty"],  # noqa: S607  # whichever git the author uses
        cwd=Path(__file__).parent,
        capture_output=True,
        check=False,
    )
    return described.stdout.decode().strip() or "no commit"


def _summary(setting: Setting, bars: Sequence[Bar]) -> str:
    """How many bars are met, and how far to trust it."""
    if setting.quick:
        return "A quick run of small sizes: it shows that the benchmark works, and nothing about speed."
    verdicts = [bar.verdict for bar in bars if bar.limit is not None]
    summary = f"{verdicts.count('met')} of {len(verdicts)} bars are met."
    if setting.runs < _ENOUGH:
        summary += f" **Preliminary:** it takes {_ENOUGH} runs for a median worth the name."
    return summary


def _in_the_way(setting: Setting, bars: Sequence[Bar]) -> list[str]:
    """Why bars are missed."""
    found = [] if setting.quick else obstacles(bars)
    return ["## What stands in the way", "", *found, ""] if found else []


def _machine(setting: Setting) -> list[str]:
    ours = ", ".join(f"{name} {version(name)}" for name in _LIBRARIES)
    rows = {
        "date": f"{setting.started:%Y-%m-%d %H:%M} UTC, {(now() - setting.started).total_seconds() / 60:.0f} minutes",
        "machine": f"{_processor()}, {len(os.sched_getaffinity(0))} cores, {_memory():.0f} GB; {platform.system()} {platform.release()}",
        "load before it began": f"{setting.load:.1f} processes",
        "Python": f"{platform.python_version()}, SQLite {sqlite3.sqlite_version}",
        "runs": f"{setting.runs}, after one that does not count",
        "deckgen": f"{version('deckgen-yaml')} ({setting.commit}; {ours})",
        **{name: _peer(name, installed) for name, installed in setting.peers.items()},
    }
    return ["| | |", "|---|---|", *(f"| {name} | {text} |" for name, text in rows.items())]


def _peer(name: str, installed: Mapping[str, str]) -> str:
    words = [f"{library} {installed[library]}" for library in _BASIS if library in installed]
    return f"{installed.get(name, '')} ({', '.join(words)})".lstrip()


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _memory() -> float:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9


def _cost(name: str, cost: Cost) -> str:
    seconds = sorted(cost.seconds)
    return (
        f"| {name} | {statistics.median(seconds):.3f} s | {seconds[0]:.3f} to {seconds[-1]:.3f} s "
        f"| {cost.cpu:.3f} s | {cost.peak / MB:.0f} MB | {cost.read / MB:.1f} MB |"
    )


_MEANING = """\
- **Processor** is the median of the processor time. Where it is far below the time, the machine was busy
  with other work.
- **Peak memory** is the resident memory of the largest process, **read** all bytes of read calls,
  those from the system's cache included.
- **Cold** is a folder that no run has seen: no packages, no caches, and no lock but the shipped deck's own.
  Files may be in the system's memory, for all alike.
- **Notes** are made up, the same texts for every program: bold words, code, lists and links. Every
  program's packages are imported into the real Anki, which must find all cards.
- The **floor** (`benchmarks/floor.py`) reads the same YAML with libyaml's `compose()`, writes as many
  rows with genanki's tables, and deflates the bytes that deckgen deflates: the least that a compiler in
  Python must do.
- The **plain script** (`benchmarks/plain.py`) is what a person would write; the **ankiforge script**
  (`benchmarks/forge.py`) is the fastest that a person would write: its parser, its Markdown and its packer are
  C and Rust. It checks nothing. The baseline is the package of the build before, which lets learners keep
  their progress.
- **anki-yaml-tool** makes no HTML of Markdown: its fields hold the text as typed. **genanki**
  writes zips without compression, so no peer deflates anything.
- **`deckgen build`** asks the rules that may find errors; `deckgen check` asks all.
""".splitlines()
