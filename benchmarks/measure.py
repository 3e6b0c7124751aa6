"""Whole processes in turn: how long they take, how much memory they need, how much they read."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

_LAUNCH = Path(__file__).parent / "launch.py"


class Failed(Exception):
    """A command that is measured did not do its work."""


@dataclass(frozen=True, slots=True)
class Trial:
    """A command, the folder it runs in, and what makes that folder ready before each run (not timed)."""

    command: tuple[str, ...]
    folder: Path
    prepare: Callable[[], object]


@dataclass(frozen=True, slots=True)
class Cost:
    """What the runs of a command cost.

    `seconds` are those of each run, in order; `cpus` the seconds of processor time, which other work on the
    machine lengthens less; `peak` is the most memory (RSS) in bytes that one of its processes held in any
    run; `read` the median of the bytes that it read, from the page cache too.
    """

    seconds: tuple[float, ...]
    cpus: tuple[float, ...]
    peak: int
    read: int

    @property
    def median(self) -> float:
        """The median of the wall times, in seconds."""
        return statistics.median(self.seconds)

    @property
    def cpu(self) -> float:
        """The median of the processor times, in seconds."""
        return statistics.median(self.cpus)


@dataclass(frozen=True, slots=True)
class Run:
    """What one run cost, in the units of Cost."""

    seconds: float
    cpu: float
    peak: int
    read: int


def in_turn(trials: Mapping[str, Trial], runs: int) -> dict[str, Cost]:
    """What each trial costs, in `runs` rounds after one that does not count.

    In each round every trial runs once, in the order given, so that a slow minute of the
    machine meets all of them. Raises Failed when a command does.
    """
    found: dict[str, list[Run]] = {name: [] for name in trials}
    for number in range(runs + 1):
        for name, trial in trials.items():
            trial.prepare()
            run = once(trial)
            if number:
                found[name].append(run)
    return {name: _cost(done) for name, done in found.items()}


def _cost(runs: list[Run]) -> Cost:
    seconds = tuple(run.seconds for run in runs)
    return Cost(
        seconds,
        cpus=tuple(run.cpu for run in runs),
        peak=max(run.peak for run in runs),
        read=int(statistics.median(run.read for run in runs)),
    )


def once(trial: Trial) -> Run:
    """What a command costs, in a folder that is ready. Raises Failed when it fails."""
    with tempfile.TemporaryDirectory(prefix="deckgen-run-") as fresh:
        log = Path(fresh) / "log"
        # A Python that may not keep what it compiled would compile all of it in each run.
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        done = subprocess.run(
            [sys.executable, "-I", "-S", _LAUNCH, log, *trial.command],
            cwd=trial.folder,
            env={
                **environment,
                "LC_ALL": "C.UTF-8",
                # genanki leaves its databases behind there.
                "TMPDIR": fresh,
                # A cache in the home of the user would outlive a folder that is made anew.
                "XDG_CACHE_HOME": str(trial.folder / ".cache"),
                "XDG_STATE_HOME": str(trial.folder / ".cache"),
            },
            capture_output=True,
            check=False,
        )
        if done.returncode:
            raise Failed(f"{' '.join(trial.command)}: {done.stderr.decode(errors='replace')}")
        cost = json.loads(done.stdout)
        if cost["exit_code"]:
            said = log.read_text(encoding="utf-8", errors="replace")[-2000:]
            raise Failed(f"{' '.join(trial.command)}: exit code {cost['exit_code']}\n{said}")
    return Run(cost["seconds"], cost["cpu"], cost["peak"], cost["read"])
