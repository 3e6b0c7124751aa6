"""Runs code in processes of their own that need not start Python and load deckgen first, which takes longer than most runs.

On Linux each is a copy of one process, which has loaded all of deckgen and has run commands, as some load more late.
A copy has limits, a working folder, an environment, an exit code and a death of its own, as any process has. On other
systems Python starts each time.
"""

from __future__ import annotations

import atexit
import gc
import json
import os
import pkgutil
import selectors
import signal
import subprocess
import sys
import tempfile
import traceback
from contextlib import suppress
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn

from click.testing import CliRunner

import deckgen
from deckgen.commands.main import main

ROOT = Path(__file__).parents[1]
#: Seconds after which a process is taken to hang. No test waits for them, on a busy machine neither.
HANGING = 600


def run(code: str, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    """Run `python -c code arguments…` in the working folder."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", code, *arguments]
    if sys.platform != "linux":
        return subprocess.run(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=HANGING,
            check=False,
        )
    process = _loaded()
    assert process.stdin is not None
    assert process.stdout is not None
    asked = {"code": code, "arguments": arguments, "folder": os.getcwd(), "environment": environment}  # noqa: PTH109
    process.stdin.write(json.dumps(asked) + "\n")
    process.stdin.flush()
    told = json.loads(process.stdout.readline())
    out, err = (told[name].encode("latin-1") for name in ("out", "err"))
    return subprocess.CompletedProcess(command, told["code"], out, err)


@cache
def _loaded() -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.loaded"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    )
    atexit.register(process.communicate)
    return process


# -- in the process that is copied ------------------------------------------------------------


def _load() -> None:
    for module in pkgutil.walk_packages(deckgen.__path__, "deckgen."):
        # What draws pictures takes as long to load as all else, and few need it.
        if module.name not in ("deckgen.__main__", "deckgen.showing.study", "deckgen.studying.pictures"):
            with suppress(ModuleNotFoundError):  # of libraries that not everybody installs
                import_module(module.name)
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        os.environ["XDG_CACHE_HOME"] = folder
        for command in ("new any", "build", "check", "plan", "stats"):
            done = CliRunner().invoke(main, command.split())
            assert done.exit_code in (0, 1), done.output
        os.chdir(ROOT)


def _serve() -> None:
    _load()
    gc.freeze()
    for line in sys.stdin:
        asked = json.loads(line)
        pipes = [os.pipe(), os.pipe()]
        child = os.fork()
        if not child:
            _become(asked, [write for _, write in pipes])
        for _, write in pipes:
            os.close(write)
        out, err = _read(child, [read for read, _ in pipes])
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        sys.stdout.write(json.dumps({"code": code, "out": out, "err": err}) + "\n")
        sys.stdout.flush()


def _become(asked: dict[str, Any], outputs: list[int]) -> NoReturn:
    """Be the process that was asked for."""
    for stream, target in enumerate([os.open(os.devnull, os.O_RDONLY), *outputs]):
        os.dup2(target, stream)
        os.close(target)
    sys.stdin, sys.stdout, sys.stderr = (
        open(stream, mode, encoding="utf-8", closefd=False)  # noqa: SIM115  # as long as it runs
        for stream, mode in enumerate("rww")
    )
    os.chdir(asked["folder"])
    os.environ.clear()
    os.environ.update(asked["environment"])
    tempfile.tempdir = None
    sys.argv = ["-c", *asked["arguments"]]
    try:
        exec(compile(asked["code"], "<string>", "exec"), {"__name__": "__main__"})  # noqa: S102
        code: object = 0
    except SystemExit as end:
        code = end.code
    except BaseException:  # noqa: BLE001  # as Python tells of it
        traceback.print_exc()
        code = 1
    # What Python does at an end, but that it does not take apart all that was loaded: that takes longest of all.
    gc.collect()
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code if isinstance(code, int) else int(code is not None))


def _read(child: int, pipes: list[int]) -> list[str]:
    """All that a process writes to these pipes, each byte as a letter."""
    told = dict.fromkeys(pipes, b"")
    with selectors.DefaultSelector() as waiting:
        for pipe in pipes:
            waiting.register(pipe, selectors.EVENT_READ)
        while waiting.get_map():
            ready = waiting.select(HANGING)
            if not ready:
                os.kill(child, signal.SIGKILL)
            for key, _ in ready:
                piece = os.read(key.fd, 1 << 16)
                told[key.fd] += piece
                if not piece:
                    waiting.unregister(key.fd)
                    os.close(key.fd)
    return [text.decode("latin-1") for text in told.values()]


if __name__ == "__main__":
    _serve()
