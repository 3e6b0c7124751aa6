"""Runs one command and prints what it cost, as JSON: a small process of its own.

Linux counts the memory of the process that starts another one into the peak of the
other, until it has loaded its program (fs/exec.c, `setmax_mm_hiwater_rss`). A benchmark
that holds texts and Anki would hide all below its own size; this process holds 12 MB.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path


def main() -> None:
    """Run `launch.py LOG COMMAND…`; what the command prints goes to the file LOG."""
    log, *command = sys.argv[1:]
    with Path(log).open("wb") as out:
        start = time.perf_counter()
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=out)
        # Its counters can be read until it is waited for.
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
        seconds = time.perf_counter() - start
    counters = dict(line.split(": ") for line in Path(f"/proc/{child.pid}/io").read_text().splitlines())
    _, status, usage = os.wait4(child.pid, 0)
    cost = {
        "exit_code": os.waitstatus_to_exitcode(status),
        "seconds": seconds,
        "cpu": usage.ru_utime + usage.ru_stime,
        "peak": usage.ru_maxrss * 1024,  # getrusage(2): in KiB
        "read": int(counters["rchar"]),  # proc(5): by read calls, from the page cache too
    }
    print(json.dumps(cost))


if __name__ == "__main__":
    main()
