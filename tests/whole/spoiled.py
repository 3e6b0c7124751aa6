"""Runs commands of deckgen in this process, in a world that goes wrong.

`python -m tests.whole.spoiled JSON`: `commands` are run one after the other; `memory` is the most
that the process may take in bytes of address space, `file_size` the most that a file may have,
`seconds` the most that it may take of a processor.
`spoil` says what goes wrong at which step: see `_Spoiler`. Prints JSON: exit code, stdout, stderr,
traceback and seconds of a processor of each command, the steps, and the address space that was taken.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
import traceback
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from deckgen.commands.main import main

#: Audit events that change a folder, https://docs.python.org/3/library/audit_events.html
_CHANGES = ("os.rename", "os.remove", "os.link", "os.mkdir", "os.rmdir", "os.chmod", "os.truncate")
#: Those for which a disk needs room.
_WANT_ROOM = ("open", "os.link", "os.rename")


class _Spoiler:
    """Watches what is done to the files in the working folder.

    `kind` is `kill` or `full`, at the change number `step`; or `deny`, for the file `name`
    or all that is written into the folder `name`; or `vanish`: `name` is deleted as soon as `after` is opened.
    """

    def __init__(self, kind: str, step: int = 0, name: str = "", after: str = "") -> None:
        self.kind, self.step, self.name, self.after = kind, step, name, after
        self.steps = 0
        self._root = str(Path.cwd())

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        if (event != "open" and event not in _CHANGES) or not isinstance(arguments[0], str):
            return
        path = Path(self._root, arguments[0])
        if not path.is_relative_to(self._root):
            return
        writes = event != "open" or bool(arguments[2] & (os.O_WRONLY | os.O_RDWR))
        if self.kind == "deny" and (path.name == self.name or (writes and path.parent.name == self.name)):
            raise PermissionError(13, "Permission denied", str(path))
        if self.kind == "vanish" and path.name == self.after:
            for found in Path(self._root).rglob(self.name):
                found.unlink()
        if not writes:
            return
        if self.kind == "full" and event not in _WANT_ROOM:
            return
        self.steps += 1
        if self.steps == self.step:
            self._strike(path)

    def _strike(self, path: Path) -> None:
        if self.kind == "full":
            raise OSError(28, "No space left on device", str(path))
        if self.kind == "kill":
            # Where there is no SIGKILL, this ends the process as rudely.
            os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))


def _limit(wish: dict[str, Any]) -> None:
    if sys.platform == "win32":
        return
    import resource

    limits = {
        "memory": resource.RLIMIT_AS,
        "file_size": resource.RLIMIT_FSIZE,
        "seconds": resource.RLIMIT_CPU,
    }
    for name, limit in limits.items():
        if name in wish:
            resource.setrlimit(limit, (wish[name], wish[name]))
    if "file_size" in wish:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)


def _address_space() -> int:
    """The most that was taken, in bytes; 0 where the system does not tell."""
    status = Path("/proc/self/status")
    if not status.exists():
        return 0
    (row,) = [line for line in status.read_text(encoding="utf-8").splitlines() if line.startswith("VmPeak")]
    return int(row.split()[1]) * 1024


def _run(command: list[str]) -> dict[str, Any]:
    begin = time.process_time()
    result = CliRunner().invoke(main, command)
    seconds = time.process_time() - begin
    fault = ""
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        fault = "".join(traceback.format_exception(result.exception))
    told = {"exit": result.exit_code, "out": result.stdout, "err": result.stderr}
    return {**told, "fault": fault, "seconds": seconds}


def spoiled() -> None:
    wish = json.loads(sys.argv[1])
    spoiler = _Spoiler(**wish.get("spoil", {"kind": "none"}))
    _limit(wish)
    sys.addaudithook(spoiler)
    results = [_run(command) for command in wish["commands"]]
    told = {"results": results, "steps": spoiler.steps, "memory": _address_space()}
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    spoiled()
