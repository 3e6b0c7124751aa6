"""What the tests share: a folder with decks, and the command line in it."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, settings

from deckgen.checks.rule import craft_rules
from deckgen.commands.main import main
from tests.real_anki import Learner

if TYPE_CHECKING:
    from playwright.sync_api import Browser

settings.register_profile(
    "fast", max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
settings.register_profile("thorough", parent=settings.get_profile("fast"), max_examples=2000)
settings.load_profile("fast")

CRAFT = {rule.CODE for rule in craft_rules()}

DECK_YAML = """\
deck: memory
title: "Memory"
tags: {basics: "What all else builds on", time: "When to review"}
"""

CARDS_YAML = """\
tags: [basics]
cards:
  - id: spacing
    q: "Why do spaced reviews beat one long session?"
    a: "Recall from fading memory strengthens it."
    note: "The effect grows with the delay."
  - id: testing
    tags: [time]
    cloze: "Recall beats {{c1::rereading}} and {{c2::highlighting::a marker}}."
  - id: stages
    q: "Which stages does a memory pass through?"
    list: {encoding: "Encoding", storage: "Storage", retrieval: "Retrieval"}
"""

BILINGUAL_YAML = """\
deck: memory
title: {en: "Memory", zh: "记忆"}
languages: [en, zh]
tags: [basics]
"""

BILINGUAL_CARDS = """\
section: {en: "Basics", zh: "基础"}
tags: [basics]
cards:
  - id: spacing
    en: {q: "Why space reviews?", a: "Fading memory gains most."}
    zh: {q: "为什么要间隔复习？", a: "快忘时复习收获最大。"}
  - id: stages
    en: {q: "Which stages?", list: {encoding: "Encoding", storage: "Storage"}}
    zh: {q: "哪些阶段？", list: {encoding: "编码", storage: "储存"}}
"""


@dataclass
class Outcome:
    """What a person sees after a command."""

    exit_code: int
    stdout: str
    stderr: str


class Project:
    """A folder in which decks are written, checked and built as a person does it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.now = 1_700_000_000

    def write(self, name: str, text: str) -> Path:
        path = self.root / "cards_source" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="")
        return path

    def deck(self, deck: str = DECK_YAML, cards: str = CARDS_YAML) -> Project:
        """The deck `memory`, with these files."""
        self.write("memory/deck.yaml", deck)
        self.write("memory/cards.yaml", cards)
        return self

    def edit(self, old: str, new: str, name: str = "memory/cards.yaml") -> None:
        path = self.root / "cards_source" / name
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old!r} occurs {text.count(old)} times"
        self.write(name, text.replace(old, new))

    def run(self, *arguments: str) -> Outcome:
        """`deckgen …` in the folder, an hour after the run before."""
        self.now += 3600
        result = CliRunner().invoke(main, arguments, env={"SOURCE_DATE_EPOCH": str(self.now)})
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Outcome(result.exit_code, result.stdout, result.stderr)

    def build(self, *arguments: str) -> Outcome:
        """A build that must succeed, whatever the craft of its cards."""
        outcome = self.run("build", "--no-lint", *arguments)
        assert outcome.exit_code == 0, outcome.stderr
        return outcome

    def all_findings(self) -> list[dict[str, Any]]:
        """The findings of every rule."""
        found: list[dict[str, Any]] = json.loads(self.run("check", "--format", "json").stdout)
        return found

    def findings(self) -> list[dict[str, Any]]:
        """The findings about what the format demands; cards of tests need no craft."""
        return [finding for finding in self.all_findings() if finding["code"] not in CRAFT]

    def codes(self) -> list[str]:
        return [finding["code"] for finding in self.findings()]

    def told(self) -> list[str]:
        """Those findings with all that they say: `file:line code card lang: message: hint`."""
        return [
            f"{Path(f['path']).name}:{f['line']} {' '.join(filter(None, (f['code'], f['card'], f['lang'])))}: "
            f"{f['message']}: {f['hint']}"
            for f in self.findings()
        ]

    def all_codes(self) -> list[str]:
        return [finding["code"] for finding in self.all_findings()]

    def forget(self) -> None:
        """Builds look again: for tests that change deckgen itself, which a seal knows by its files."""
        shutil.rmtree(os.environ["XDG_CACHE_HOME"], ignore_errors=True)

    def package(self, name: str = "memory.apkg") -> Path:
        return self.root / "output" / name

    def lock(self, deck: str = "memory") -> Path:
        return self.root / "cards_source" / deck / "deck.lock"

    def files(self) -> dict[str, bytes]:
        """Everything in the folder, to show that nothing changed."""
        return {
            path.relative_to(self.root).as_posix(): path.read_bytes()
            for path in sorted(self.root.rglob("*"))
            if path.is_file()
        }


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="write the golden files anew")


#: What starts a browser or the real Anki.
SLOW_FIXTURES = {"chromium", "learner", "learners"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests with a browser or the real Anki are slow; so are modules that say so by `pytestmark`.

    Of those that play random cases no coverage is counted: what these reach is luck, and counting takes as
    much time as the cases themselves. The longest test comes first: at the end, one worker alone would play it.
    """
    items.sort(key=lambda item: "test_state_machine" not in item.nodeid)
    for item in items:
        if SLOW_FIXTURES.intersection(getattr(item, "fixturenames", ())):
            item.add_marker("slow")
        if getattr(getattr(item, "obj", None), "is_hypothesis_test", False):
            item.add_marker("no_cover")


@pytest.fixture
def update_golden(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--update-golden"))


@pytest.fixture(scope="session", autouse=True)
def _places(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No test touches the cache of whoever runs them, nor fills the folder for temporary files.

    Each project leaves the file of its lock there, and each run looks through all of them.
    """
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        patched.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))
        patched.setenv("TMPDIR", str(tmp_path_factory.mktemp("tmp")))
        patched.setattr(tempfile, "tempdir", None)
        yield


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    root = tmp_path / "project"
    root.mkdir()
    monkeypatch.chdir(root)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return Project(root)


@pytest.fixture
def learner(tmp_path: Path) -> Iterator[Learner]:
    with Learner(tmp_path / "learner") as somebody:
        yield somebody


@pytest.fixture
def learners(tmp_path: Path) -> Iterator[Callable[[str], Learner]]:
    """Makes learners by name."""
    made: dict[str, Learner] = {}

    def make(name: str) -> Learner:
        if name not in made:
            made[name] = Learner(tmp_path / name)
        return made[name]

    yield make
    for somebody in made.values():
        somebody.col.close()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser for all tests of a process."""
    from tests.browser import browser

    with browser() as started:
        yield started


@pytest.fixture(autouse=True)
def _pages_go(request: pytest.FixtureRequest) -> Iterator[None]:
    """The pages that a test opened are closed with it: they would go on asking a server that is gone."""
    if "chromium" not in request.fixturenames:
        yield
        return
    browser: Browser = request.getfixturevalue("chromium")
    before = list(browser.contexts)
    yield
    for context in browser.contexts:
        if context not in before:
            context.close()
