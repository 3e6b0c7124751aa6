"""`python -m tests.window FOLDER --python PYTHON` pushes into Anki's own window, and says how long all takes.

FOLDER is the folder `plugin` of AnkiConnect, fetched for the occasion: it is copied into a profile that is thrown away.
PYTHON has Anki's desktop: `python3 -m venv anki && anki/bin/pip install 'aqt[qt]'`. No display is needed.

It also asks the add-on all that a push may ask, and keeps the answers in `golden/anki_connect.json`:
`tests/pushing/test_protocol.py` compares those of the tests' own server with them.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from deckgen.building.build import build
from deckgen.pushing.connection import Anki, NoAnswer
from tests.anki_server import UNKNOWN
from tests.conftest import CARDS_YAML, DECK_YAML
from tests.real_anki import Learner
from tests.whole.test_golden import GOLDEN

RECORDED = GOLDEN / "anki_connect.json"
NOTES, DAYS = 2_000, 90
DISPLAY = {
    "QT_QPA_PLATFORM": "offscreen", "LIBGL_ALWAYS_SOFTWARE": "1", "ANKI_NOHIGHDPI": "1",
    "QTWEBENGINE_DISABLE_SANDBOX": "1", "QTWEBENGINE_CHROMIUM_FLAGS": "--no-sandbox",
}  # fmt: skip


class Window:
    """Anki's window in `folder`, which `anki_addon.py` drives."""

    def __init__(self, folder: Path, python: str, display: Mapping[str, str] = DISPLAY) -> None:
        self.folder, self._python = folder, python
        # Anki opens once for each TMPDIR.
        self._environment = {**os.environ, **DISPLAY, **display, "TMPDIR": str(folder)}
        self._addons = folder / "base/addons21"
        self._addons.mkdir(parents=True)

    @contextmanager
    def open(self) -> Iterator[None]:
        driver = Path(__file__).with_name("anki_addon.py")
        before = len(self.told())
        with (self.folder / "out").open("ab") as out:
            process = subprocess.Popen(
                [self._python, str(driver), str(self.folder)], env=self._environment, stdout=out, stderr=out
            )
        try:
            self.wait(before)
            yield
            self._ask("quit", "")
            process.wait(60)
        finally:
            process.kill()
            process.wait()

    def told(self) -> list[str]:
        told = self.folder / "told"
        return told.read_text(encoding="utf-8").splitlines() if told.exists() else []

    def wait(self, before: int) -> str:
        """What Anki tells next, once it has told so many things."""
        for _ in range(600):
            if len(told := self.told()) > before:
                return told[-1]
            time.sleep(0.2)
        raise SystemExit(f"Anki does not answer: see {self.folder / 'out'}")

    def do(self, what: str, words: str = "") -> str:
        """Let Anki do something (see `anki_addon`); gives what it tells."""
        before = len(self.told())
        self._ask(what, words)
        return self.wait(before)

    def _ask(self, what: str, words: str) -> None:
        new = self.folder / f"{what}.new"
        new.write_text(words, encoding="utf-8")
        new.replace(self.folder / what)

    @property
    def collection(self) -> Path:
        return self.folder / "base/User 1"

    @property
    def file(self) -> Path:
        return self.collection / "collection.anki2"


class Connected(Window):
    """Anki's window with AnkiConnect, the folder `plugin`, at a free port."""

    def __init__(self, folder: Path, python: str, plugin: Path) -> None:
        super().__init__(folder, python)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.address = f"127.0.0.1:{self.port}"
        own = self._addons / "AnkiConnectDev"
        shutil.copytree(plugin, own)
        config = json.loads((own / "config.json").read_text(encoding="utf-8"))
        (own / "config.json").write_text(json.dumps({**config, "webBindPort": self.port}), encoding="utf-8")

    @contextmanager
    def connected(self) -> Iterator[Anki]:
        anki = Anki(self.address)
        with self.open():
            self._answers(anki)
            yield anki

    @staticmethod
    def _answers(anki: Anki) -> None:
        for _ in range(240):
            try:
                anki.ask("deckNames")
            except NoAnswer:
                time.sleep(0.5)
            else:
                return
        raise SystemExit("the add-on does not answer")


# -- what the add-on answers -------------------------------------------------------------


def questions(package: Path, folder: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """All that a push may ask, in an order in which each makes sense, with the deck `memory` of the tests there."""
    notes = [1_699_946_610_000 + number * 500 for number in range(3)]  # as the lock has them
    yield from _looking(notes, folder)
    yield from _changing(notes)
    media = folder / "a.txt"
    media.write_text("a", encoding="utf-8")
    yield "storeMediaFile", {"filename": "_one.txt", "path": media.as_posix()}
    yield "storeMediaFile", {"filename": "_two.txt", "data": "YQ=="}
    yield "storeMediaFile", {"filename": "_no.txt", "path": (folder / "no/a.txt").as_posix()}
    yield "retrieveMediaFile", {"filename": "_two.txt"}
    yield "retrieveMediaFile", {"filename": "_no.txt"}
    yield "getMediaFilesNames", {"pattern": "_t*"}
    yield "getMediaFilesNames", {"pattern": "_no*"}
    yield "deleteMediaFile", {"filename": "_one.txt"}
    yield "deleteMediaFile", {"filename": "_never.txt"}
    yield "retrieveMediaFile", {"filename": "_one.txt"}
    yield "importPackage", {"path": package.as_posix()}
    yield "importPackage", {"path": (folder / "no/a.apkg").as_posix()}
    yield "nonsense", {}


def _looking(notes: list[int], folder: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    cards = [note + number for note, count in zip(notes, (1, 2, 3), strict=True) for number in range(count)]
    yield "version", {}
    yield "getActiveProfile", {}
    yield "deckNames", {}
    for query in ('deck:"Memory"', 'deck:"Mem\\_ory"', "mid:1 OR mid:2", "Id:spacing"):
        yield "findCards", {"query": query}
        yield "findNotes", {"query": query}
    yield "getDecks", {"cards": cards}
    yield "notesInfo", {"notes": notes[:1]}
    yield "modelNames", {}
    for action in ("modelStyling", "modelTemplates"):
        yield action, {"modelName": "memory questions"}
        yield action, {"modelName": "nothing"}
    yield "guiSelectedNotes", {}
    yield "exportPackage", {"deck": "Memory", "path": (folder / "a.apkg").as_posix(), "includeSched": True}
    yield "exportPackage", {"deck": "None", "path": (folder / "b.apkg").as_posix(), "includeSched": True}
    yield "exportPackage", {"deck": "Memory", "path": (folder / "no/a.apkg").as_posix(), "includeSched": True}
    yield "getDeckConfig", {"deck": "Memory"}
    yield "getDeckConfig", {"deck": "None"}


def _changing(notes: list[int]) -> Iterator[tuple[str, dict[str, Any]]]:
    yield "createDeck", {"deck": "Memory::New"}
    yield "setDeckConfigId", {"decks": ["Memory::New"], "configId": 1}
    yield "setDeckConfigId", {"decks": ["None"], "configId": 1}
    yield "changeDeck", {"cards": [notes[0]], "deck": "Memory::New"}
    yield "getDecks", {"cards": [notes[0], notes[1]]}
    yield "addTags", {"notes": notes[:2], "tags": "one"}
    yield "removeTags", {"notes": notes[:1], "tags": "one"}
    yield "notesInfo", {"notes": notes[:2]}
    for action in ("suspend", "suspend", "unsuspend"):
        yield action, {"cards": [notes[0]]}
    yield "suspend", {"cards": [1]}
    yield "deleteNotes", {"notes": notes[2:]}
    yield "findNotes", {"query": "Id:stages"}
    yield "changeDeck", {"cards": [notes[0]], "deck": "Memory"}
    yield "findCards", {"query": 'deck:"Memory::New"'}
    yield "deleteDecks", {"decks": ["Memory::New"], "cardsToo": False}
    yield "deleteDecks", {"decks": ["Memory::New"], "cardsToo": True}
    yield "deckNames", {}


def answers(ask: Callable[[str, dict[str, Any]], Mapping[str, Any]], folder: Path) -> list[dict[str, Any]]:
    """The answers to all questions, without numbers and words that differ from one Anki to another."""
    package = memory(folder)
    ask("importPackage", {"path": package.as_posix()})
    return [
        {"action": action, "params": _same(params, folder), **_masked(action, ask(action, params), folder)}
        for action, params in questions(package, folder)
    ]


def _masked(action: str, answer: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    result = answer["result"]
    if action in ("createDeck", "modelStyling") and result:
        result = type(result).__name__
    if action == "getDeckConfig" and result:
        result = {"id": result["id"], "name": result["name"]}
    # Of the words of an error, only these matter to a push.
    error = answer["error"] if answer["error"] in (None, UNKNOWN) else "some error"
    return {"result": _same(result, folder), "error": error}


def _same(value: Any, folder: Path) -> Any:
    return json.loads(json.dumps(value).replace(str(folder), "FOLDER"))


def memory(folder: Path) -> Path:
    """The package of the deck of the tests, the same each time."""
    write(folder, DECK_YAML, CARDS_YAML)
    result = build(folder / "cards_source", folder / "output", now=1_700_000_000)
    return Path(result.packages[0].path)


def write(folder: Path, deck: str, cards: str) -> None:
    source = folder / "cards_source/memory"
    source.mkdir(parents=True, exist_ok=True)
    (source / "deck.yaml").write_text(deck, encoding="utf-8")
    (source / "cards.yaml").write_text(cards, encoding="utf-8")


def record(anki: Anki, folder: Path) -> None:
    """Keep what the real add-on answers."""

    def ask(action: str, params: dict[str, Any]) -> Mapping[str, Any]:
        body = json.dumps({"action": action, "version": 6, "params": params}).encode()
        told: Mapping[str, Any] = json.loads(anki._answer(body, action, 120.0))
        return told

    text = json.dumps(answers(ask, folder), ensure_ascii=False, indent=1)
    RECORDED.write_text(f"{text}\n", encoding="utf-8", newline="\n")


# -- how long it takes -------------------------------------------------------------------


class Author:
    """A deck of 2,000 notes, and pushes of it."""

    def __init__(self, folder: Path, address: str) -> None:
        self.folder, self.address = folder, address
        self.tag, self.moved, self.retired, self.left, self.text = "one", 0, 0, 0, ""
        self.environment = {**os.environ, "XDG_CACHE_HOME": str(folder / "cache"), "ANKICONNECT": address}

    def write(self) -> None:
        rows = ["tags: [" + self.tag + "]", "cards:"]
        for number in range(NOTES):
            rows.append(f"  - id: card-{number}")
            if number < self.moved:
                rows.append(f"    deck: Part {number % 2 + 1}")
            elif self.moved <= number < self.moved + self.retired:
                until = ", until: 2023-11-02" if number < self.moved + self.left else ""
                rows.append(f"    retired: {{since: 2023-11-01, reason: wrong{until}}}")
            rows += [f'    q: "Question {number}{self.text}?"', f'    a: "Answer {number}."']
        write(self.folder, f"deck: memory\ntitle: Memory\ntags: {{{self.tag}: T}}\n", "\n".join(rows) + "\n")

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "deckgen", "push", "--no-lint", "--yes", *arguments], cwd=self.folder,
            env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8",
        )  # fmt: skip

    def push(self, what: str, *arguments: str) -> str:
        """Push, and print how long that took."""
        begin = time.monotonic()
        process = self.start(*arguments)
        said = process.communicate()[0]
        print(f"{what}: {time.monotonic() - begin:.1f} s, exit {process.returncode}")  # noqa: T201
        print("".join(f"    {line}\n" for line in said.splitlines()))  # noqa: T201
        return said


def measure(window: Connected, folder: Path) -> None:
    """A learner of 90 days; an author who changes something of everything; kills; a browser that is open."""
    author = Author(folder, window.address)
    author.write()
    build(folder / "cards_source", folder / "output", now=1_700_000_000)
    window.collection.mkdir(parents=True, exist_ok=True)
    with Learner(window.collection) as learner:
        learner.import_package(folder / "output/memory.apkg")
        (options,) = learner.col.decks.all_config()
        options["new"]["perDay"] = 5
        learner.col.decks.update_config(options)
        for _ in range(DAYS):
            assert learner.col.db is not None
            learner.col.db.execute("pragma synchronous = off")
            learner.study_a_day("Memory", lambda card: (3 if (card.id // 500 + card.reps) % 5 else 1, 6.0))
        log = learner.rows("revlog")
    print(f"{NOTES} notes, {len(log)} reviews in {DAYS} days")  # noqa: T201
    with window.connected() as anki:
        author.push("nothing changed", "--delete", "all")
        author.text = "!"
        author.write()
        author.push("all texts changed")
        author.moved, author.retired, author.left, author.tag = 10, 4, 1, "two"
        author.write()
        author.push("ten moved, three retired, one deleted, all tags renamed", "--delete")
        for _ in range(4):
            print(window.do("undo"))  # noqa: T201
        author.push("after undoing four times", "--delete")
        author.moved = NOTES - 10
        author.write()
        _killed(author)
        author.push("after a push that was killed while it moved 1,986 cards", "--delete")
        window.do("browse", "Id:card-0")
        author.text = "?"
        author.write()
        author.push("all texts changed, with the browser open on a note")
        found = anki.ask("notesInfo", notes=anki.ask("findNotes", query="Id:card-0"))
        print(f"in the browser: {found[0]['fields']['Question']['value']}")  # noqa: T201
    with Learner(window.collection) as learner:
        print(f"the review log is equal row by row: {learner.rows('revlog') == log}")  # noqa: T201


def _killed(author: Author) -> None:
    """Kill a push as soon as it has moved some cards."""
    process = author.start("--delete")
    assert process.stdout is not None
    for line in process.stdout:
        if "cards moved" in line:
            break
    process.send_signal(signal.SIGKILL)
    process.wait()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("plugin", type=Path, help="the folder `plugin` of AnkiConnect")
    parser.add_argument("--python", required=True, help="a Python that has aqt")
    parser.add_argument("--record", action="store_true", help="only keep what the add-on answers")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name, "recorded")
        folder.mkdir()
        window = Connected(folder / "window", given.python, given.plugin)
        with window.connected() as anki:
            record(anki, folder / "deck")
        if not given.record:
            folder = Path(name, "measured")
            folder.mkdir()
            measure(Connected(folder / "window", given.python, given.plugin), folder / "deck")


if __name__ == "__main__":
    main()
