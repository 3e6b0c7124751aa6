"""How long it takes from the save of a card until `deckgen serve` shows it."""

from __future__ import annotations

import http.client
import re
import subprocess
import sys
import time
from pathlib import Path

from benchmarks.measure import Failed

#: How long the server is left alone after each save, so that it has checked what it showed, in seconds.
_REST = 3.0


def seconds(folder: Path, runs: int) -> list[float]:
    """The times of so many saves, after one that does not count, of the first card with a question.

    It ends when the data that the page asks for hold what was saved; what the browser does then is left out.
    """
    command = [sys.executable, "-u", "-m", "deckgen", "serve"]
    server = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, encoding="utf-8")
    try:
        for line in server.stdout or ():
            if address := re.match(r"http://([\d.]+):(\d+)/", line):
                return _saves(folder, http.client.HTTPConnection(address[1], int(address[2])), runs)
        raise Failed("deckgen serve: it ended")
    finally:
        server.terminate()  # SIGINT is ignored by what a shell started in the background
        server.wait()


def _saves(folder: Path, events: http.client.HTTPConnection, runs: int) -> list[float]:
    card = next(path for path in sorted(folder.glob("cards_source/*/*.yaml")) if path.name != "deck.yaml")
    text = card.read_text(encoding="utf-8")
    before, sign, after = text.partition("Why ")
    if not sign:
        raise Failed(f"{card.name} asks nothing with “Why”")
    page = http.client.HTTPConnection(events.host, events.port)
    page.request("GET", "/")
    name = page.getresponse().getheader("Location") or ""
    events.request("GET", "/events")
    told = events.getresponse()
    took = []
    for number in range(runs + 1):
        time.sleep(_REST)
        mark = f"unread{number}"
        start = time.perf_counter()
        card.write_text(f"{before}Why {mark} {after}", encoding="utf-8")
        while mark not in _data(page, name):
            told.readline()
        took.append(time.perf_counter() - start)
    return took[1:]


def _data(page: http.client.HTTPConnection, name: str) -> str:
    page.close()
    page.request("GET", f"{name}/data")
    return page.getresponse().read().decode()
