"""`deckgen serve`: the page follows each save, and nothing but the page can be had from it."""

from __future__ import annotations

import http.client
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from playwright.sync_api import Browser, expect

from deckgen.checks import Craft
from deckgen.commands.main import main
from deckgen.lock import history
from deckgen.showing import serve
from deckgen.showing.preview import Page, Preview, preview
from deckgen.showing.serve import HOST, PORT, Site, follow, serving
from tests.browser import Reader
from tests.conftest import BILINGUAL_CARDS, BILINGUAL_YAML, Project
from tests.reviewed import with_log

pytestmark = pytest.mark.slow

DRAWING = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="7" height="5"><script>window.harm = 1</script></svg>'
)


#: As `python -m deckgen`. What runs the tests may ignore Ctrl-C, as shells have it in the background; a person does not.
DECKGEN = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); from deckgen.__main__ import run; run()"


class Server:
    """`deckgen serve` as a person starts it, in a process of its own."""

    def __init__(self, root: Path, *arguments: str) -> None:
        environment = {**os.environ, "PYTHONUNBUFFERED": "1", "PYTHONPATH": os.pathsep.join(sys.path)}
        self.process = subprocess.Popen(
            [sys.executable, "-c", DECKGEN, "serve", *arguments],
            cwd=root, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8",
        )  # fmt: skip
        assert self.process.stdout is not None
        self.lines = [self.process.stdout.readline()]
        while not (found := re.findall(r"http://127\.0\.0\.1:\d+/", self.lines[-1])):
            self.lines.append(self.process.stdout.readline())
            assert self.lines[-1], "it ended"
        (self.url,) = found

    def end(self) -> tuple[int, str, str]:
        """Ctrl-C; gives the exit code and the rest of stdout and stderr."""
        self.process.send_signal(signal.SIGINT)
        out, err = self.process.communicate(timeout=120)
        return self.process.returncode, out, err


@pytest.fixture
def start(project: Project) -> Iterator[Callable[..., Server]]:
    started: list[Server] = []

    def begin(*arguments: str) -> Server:
        started.append(Server(project.root, *arguments))
        return started[-1]

    yield begin
    for server in started:
        if server.process.poll() is None:
            server.process.kill()
            server.process.communicate()


def test_saved_card_is_shown_where_the_reader_was(
    project: Project, chromium: Browser, start: Callable[..., Server]
) -> None:
    project.deck()
    before = project.files()
    server = start()
    reader = Reader.of(chromium, server.url)
    assert reader.page.url == f"{server.url}memory.html"
    reader.press("n", "ArrowRight", "ArrowRight", "Space")
    assert reader.address == "#testing/2"
    project.edit("Recall beats {{c1::rereading}}", "Recall always beats {{c1::rereading}}")
    expect(reader.page.locator("#stage")).to_contain_text("Recall always beats rereading")
    assert reader.text("#count") == "Card 3 of 6"
    assert reader.page.get_by_role("button", name="Show question").is_visible()
    project.edit("  - id: testing", '  - id: new\n    q: "New?"\n    a: "Yes"\n  - id: testing')
    expect(reader.page.locator("#count")).to_have_text("Card 4 of 7")  # the same card
    assert reader.address == "#testing/2"
    assert reader.complaints == []
    assert {url.removeprefix(server.url) for url in reader.network} <= {
        "",
        "memory.html",
        "events",
        "memory.html/data",
    }
    changed = {name for name, content in project.files().items() if before.get(name) != content}
    assert changed == {"cards_source/memory/cards.yaml"}  # no save is stamped into the lock


def test_broken_file_is_told_on_the_page_until_it_is_mended(
    project: Project, chromium: Browser, start: Callable[..., Server]
) -> None:
    project.deck()
    reader = Reader.of(chromium, start().url)
    findings = reader.page.locator("#findings")
    assert findings.is_hidden()
    project.edit("cards:\n", "cards: [\n")
    expect(findings).to_contain_text("The cards are shown as they were before.")
    expect(findings).to_contain_text("cards_source/memory/cards.yaml:2:")
    assert reader.text() == "Why do spaced reviews beat one long session?"
    assert reader.violations() == []
    project.edit("cards: [\n", "cards:\n")
    expect(findings).to_be_hidden()
    assert reader.complaints == []


def test_finding_appears_beside_its_card_and_goes(
    project: Project, chromium: Browser, start: Callable[..., Server]
) -> None:
    project.deck()
    reader = Reader.of(chromium, start().url)
    project.edit(
        "Why do spaced reviews beat one long session?", "Why do spaced reviews beat one long session"
    )
    expect(reader.page.locator("#about")).to_contain_text("F01")
    project.edit(
        "Why do spaced reviews beat one long session", "Why do spaced reviews beat one long session?"
    )
    expect(reader.page.locator("#about")).not_to_contain_text("F01")


def test_deck_that_is_broken_from_the_start_appears_when_it_is_mended(
    project: Project, chromium: Browser, start: Callable[..., Server]
) -> None:
    project.deck()
    project.edit("cards:\n", "cards: [\n")
    server = start()
    assert "1 error" in server.lines[0]
    assert " cards_source/memory/cards.yaml:2:1: Y01 " in server.lines[1]
    reader = Reader.of(chromium, server.url)
    assert "There is nothing to show yet." in reader.text("#findings")
    project.edit("cards: [\n", "cards:\n")
    expect(reader.page).to_have_url(f"{server.url}memory.html")
    expect(reader.page.locator("#stage")).to_contain_text("Why do spaced reviews beat one long session?")


def test_renamed_card_stays_in_sight(
    project: Project, chromium: Browser, start: Callable[..., Server]
) -> None:
    project.deck()
    reader = Reader.of(chromium, start().url + "memory.html#testing")
    project.edit("id: testing", "id: retrieval")
    expect(reader.page.locator("#about")).to_contain_text("retrieval, 1 of 2")
    assert reader.address == "#retrieval"


def test_half_typed_answer_outlives_a_save(
    project: Project, chromium: Browser, start: Callable[..., Server]
) -> None:
    project.deck(
        cards='cards:\n  - id: one\n    q: "One?"\n    a: "1"\n  - id: two\n    typed: true\n    q: "Two?"\n    a: "2"\n'
    )
    reader = Reader.of(chromium, start().url + "memory.html#two")
    box = reader.page.get_by_label("Your answer")
    box.click()
    reader.page.keyboard.type("t")
    project.edit("  - id: one", '  - id: new\n    q: "New?"\n    a: "0"\n  - id: one')
    expect(reader.page.locator("#count")).to_have_text("Card 3 of 3")
    reader.page.keyboard.type("wo")
    assert box.input_value() == "two"
    project.edit('q: "Two?"', 'q: "Two then?"')
    expect(reader.page.locator("#stage")).to_contain_text("Two then?")
    assert box.input_value() == "two"


def test_page_that_nobody_looks_at_keeps_no_connection(
    project: Project, chromium: Browser, start: Callable[..., Server]
) -> None:
    """Browsers allow six to a host: the seventh open page would never load."""
    project.deck()
    reader = Reader.of(chromium, start().url)
    hide = "hidden => { Object.defineProperty(document, 'hidden', {value: hidden, configurable: true}); document.dispatchEvent(new Event('visibilitychange')) }"
    reader.page.evaluate(hide, True)
    project.edit("one long session?", "a long session?")
    reader.page.wait_for_timeout(1000)
    assert "one long session?" in reader.text()
    reader.page.evaluate(hide, False)
    expect(reader.page.locator("#stage")).to_contain_text("a long session?")
    assert reader.complaints == []


def test_folder_may_be_replaced(
    project: Project, chromium: Browser, start: Callable[..., Server], tmp_path: Path
) -> None:
    project.deck()
    reader = Reader.of(chromium, start().url)
    source = project.root / "cards_source"
    shutil.copytree(source, tmp_path / "kept")
    shutil.rmtree(source)
    expect(reader.page.locator("#findings")).to_be_visible()
    shutil.copytree(tmp_path / "kept", source)
    expect(reader.page.locator("#findings")).to_be_hidden()
    project.edit("one long session?", "a long session?")
    expect(reader.page.locator("#stage")).to_contain_text("a long session?")


def test_save_while_it_starts_is_shown(project: Project) -> None:
    project.deck()
    site = Site(Path("cards_source"), Path("output"), (), None)
    rebuilds = follow(site, Path("cards_source"))
    next(rebuilds)
    project.edit("one long session?", "a long session?")  # before anything is watched
    next(rebuilds)
    assert "a long session?" in str((site.data("memory.html") or {})["notes"])


def test_fault_of_deckgen_is_told_and_ends_nothing(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    project.deck()
    site = Site(Path("cards_source"), Path("output"), (), None)
    site.rebuild()

    def fail(*_: object) -> None:
        raise RecursionError("too deep")

    with monkeypatch.context() as patched:
        patched.setattr("deckgen.showing.serve.preview", fail)
        assert [one.message for one in site.rebuild()] == ["deckgen itself failed: RecursionError: too deep"]
        assert (site.data("memory.html") or {})["stale"]
    assert site.rebuild() == [] or not (site.data("memory.html") or {})["stale"]


def test_study_plan_is_made_when_it_is_looked_at(
    project: Project, chromium: Browser, start: Callable[..., Server]
) -> None:
    project.deck()
    reader = Reader.of(chromium, start().url)
    reader.page.get_by_role("tab", name="Study plan").click()
    expect(reader.page.locator("#study")).to_contain_text("6 cards, 10 new a day")
    project.edit("{{c1::rereading}}", "rereading")
    project.edit("{{c2::highlighting::a marker}}", "{{c1::highlighting}}")
    expect(reader.page.locator("#study")).to_contain_text("5 cards, 10 new a day")
    assert reader.complaints == []


def test_decks_come_and_go(project: Project, chromium: Browser, start: Callable[..., Server]) -> None:
    project.deck(BILINGUAL_YAML, BILINGUAL_CARDS)
    reader = Reader.of(chromium, start().url)
    assert reader.text("#pages").split() == ["en", "zh"]
    project.run("new", "french")
    link = reader.page.get_by_role("link", name="French")
    link.click()
    expect(reader.page).to_have_url(re.compile("/french.html$"))
    for path in (project.root / "cards_source/french").iterdir():
        path.unlink()
    expect(reader.page).to_have_url(re.compile("/memory.en.html$"))


def test_page_says_when_the_server_is_gone_and_goes_on_when_it_is_back(
    project: Project, chromium: Browser, start: Callable[..., Server]
) -> None:
    project.deck()
    server = start()
    reader = Reader.of(chromium, server.url)
    server.end()
    status = reader.page.locator("#live")
    expect(status).to_contain_text("deckgen serve does not answer")
    project.edit("one long session?", "a long session?")
    start("--port", server.url.rstrip("/").rpartition(":")[2])
    expect(reader.page.locator("#stage")).to_contain_text("beat a long session?")
    expect(status).to_be_hidden()


def test_ctrl_c_ends_without_an_error(project: Project, start: Callable[..., Server]) -> None:
    project.deck()
    server = start()
    connection = http.client.HTTPConnection(HOST, int(server.url.rstrip("/").rpartition(":")[2]))
    connection.request("GET", "/events")  # a page is open
    assert connection.getresponse().status == 200
    code, out, err = server.end()
    assert (code, out.split(), err) == (0, ["ended"], "")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [(("nothing",), "there is no deck folder nothing"), (("--port", "0"), "'--port'"), (("--port", "taken"), "can't use port")],
)  # fmt: skip
def test_wrong_usage(project: Project, arguments: tuple[str, ...], words: str) -> None:
    project.deck()
    with socket.create_server((HOST, 0)) as taken:
        port = str(taken.getsockname()[1])
        outcome = project.run("serve", *(port if one == "taken" else one for one in arguments))
    assert outcome.exit_code == 2
    assert words in outcome.stderr


# -- the first look at a save: before the rules, and without git -----------------------------


@dataclass
class Watched:
    """A site whose reads of the decks are recorded: how much craft was asked for, what came, how often git ran.

    `after` is done after each read.
    """

    site: Site
    reads: list[tuple[Craft, Preview, int]] = field(default_factory=list)
    after: Callable[[], object] = lambda: None

    def rebuild(self) -> list[tuple[Craft, Preview, int]]:
        """The reads of one rebuild."""
        self.reads.clear()
        self.site.rebuild()
        return [*self.reads]

    @property
    def page(self) -> str:
        """All that the first look at a save shows, after a rebuild."""
        return str([page.data for page in self.rebuild()[0][1].pages])


@pytest.fixture
def watched(project: Project, monkeypatch: pytest.MonkeyPatch) -> Watched:
    """A site of a deck that was built and committed."""
    project.deck()
    (project.root / "cards_source/memory/media").mkdir()
    (project.root / "cards_source/memory/media/a.svg").write_text(DRAWING, encoding="utf-8")
    project.edit("fading memory", "fading ![a](a.svg) memory")
    project.build()
    _git(project, "init", "-q")
    _git(project, "add", "-A")
    _git(project, "commit", "-qm", "first")
    made = Watched(Site(Path("cards_source"), Path("output"), (), None))
    runs, ask = [0], history._run

    def run(*arguments: Any, **named: Any) -> bytes:
        runs[0] += 1
        return ask(*arguments, **named)

    def record(*arguments: Any) -> Preview:
        before = runs[0]
        found = preview(*arguments)
        made.reads.append((arguments[3].craft, found, runs[0] - before))
        made.after()
        return found

    monkeypatch.setattr(history, "_run", run)
    monkeypatch.setattr(serve, "preview", record)
    # However slow the machine is, what is half saved is waited for.
    monkeypatch.setattr(serve, "GATHER", 3600)
    made.rebuild()
    return made


def _git(project: Project, *arguments: str) -> None:
    identity = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "init.defaultBranch=main"]
    subprocess.run(["git", *identity, *arguments], cwd=project.root, capture_output=True, check=True)


def test_git_is_not_asked_before_a_save_is_shown(project: Project, watched: Watched) -> None:
    for now, then in (("one long", "a long"), ("a long", "any long")):
        project.edit(f"{now} session?", f"{then} session?")
        first, second = watched.rebuild()
        assert (first[0], first[2]) == (Craft.NONE, 0)
        assert second[0] is Craft.ALL
        assert second[2] > 0


@pytest.mark.parametrize(
    "between",
    [
        ["commit", "-qm", "empty", "--allow-empty"], ["branch", "other"], ["tag", "v1"], ["checkout", "-qb", "other"],
        ["checkout", "-q", "--detach"], ["pack-refs", "--all"], ["update-ref", "MERGE_HEAD", "HEAD"],
    ],
    ids="_".join,
)  # fmt: skip
def test_git_is_asked_again_when_it_may_say_something_new(
    project: Project, watched: Watched, between: list[str]
) -> None:
    _git(project, *between)
    project.edit("one long session?", "a long session?")
    assert watched.rebuild()[0][2] > 0


def test_first_look_reads_all_that_changed(project: Project, watched: Watched) -> None:
    folder = project.root / "cards_source/memory"
    drawing = next(iter(watched.site._pages["memory.html"].media))
    assert drawing in watched.page
    (folder / "media/a.svg").write_text(DRAWING.replace("7", "8"), encoding="utf-8")
    assert drawing not in watched.page
    look = 'look: {accent: {day: "#1b5e20", night: "#a5d6a7"}}'
    project.edit('title: "Memory"', f'title: "Memory"\n{look}', "memory/deck.yaml")
    assert "#1b5e20" in watched.page
    for colour in ("#006b42", "#006b43"):
        project.write("memory/style.css", f".card {{ color: {colour}; }}\n")
        assert colour in watched.page
    project.lock().write_text("nonsense\n", encoding="utf-8")
    first, *_ = watched.rebuild()
    assert any(one.place.path.endswith("deck.lock") for one in first[1].findings)


def test_half_a_save_is_not_shown(
    project: Project, watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Editors empty a file before they write it."""
    cards = project.root / "cards_source/memory/cards.yaml"
    text = cards.read_text(encoding="utf-8")
    cards.write_text("", encoding="utf-8")
    shown: list[bool] = []
    show = Site._show

    def save() -> None:
        if not cards.read_text(encoding="utf-8"):
            cards.write_text(text.replace("one long session", "a long session"), encoding="utf-8")

    def record(site: Site, made: Preview, *, judged: bool = True) -> None:
        shown.append("a long session" in str([page.data for page in made.pages]))
        show(site, made, judged=judged)

    watched.after = save
    monkeypatch.setattr(Site, "_show", record)
    watched.site.rebuild()
    assert shown == [True, True]


def test_files_that_never_rest_are_shown_all_the_same(
    project: Project, watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = project.root / "cards_source/memory/cards.yaml"
    watched.after = lambda: path.write_text(path.read_text(encoding="utf-8") + "#\n", encoding="utf-8")
    monkeypatch.setattr(serve, "GATHER", 0)
    assert [craft for craft, *_ in watched.rebuild()] == [Craft.NONE, Craft.NONE, Craft.ALL]


# -- what can be had from it ---------------------------------------------------------------


@pytest.fixture
def ask(project: Project) -> Iterator[Callable[..., http.client.HTTPResponse]]:
    """Requests as a stranger might send them, to a deck with a drawing."""
    project.deck(cards='cards:\n  - id: one\n    q: "What is ![it](a.svg)?"\n    a: "That."\n')
    (project.root / "cards_source/memory/media").mkdir()
    (project.root / "cards_source/memory/media/a.svg").write_text(DRAWING, encoding="utf-8")
    (project.root / "output").mkdir()
    (project.root / "output/secret.html").write_text("secret", encoding="utf-8")
    site = Site(Path("cards_source"), Path("output"), (), None)
    site.rebuild()
    with serving(site, 0) as url:
        port = int(url.rstrip("/").rpartition(":")[2])

        def get(
            path: str, host: str = f"{HOST}:{port}", method: str = "GET", part: str = ""
        ) -> http.client.HTTPResponse:
            connection = http.client.HTTPConnection(HOST, port, timeout=120)
            connection.putrequest(method, path, skip_host=True)
            connection.putheader("Host", host)
            if part:
                connection.putheader("Range", part)
            connection.endheaders()
            return connection.getresponse()

        yield get


def test_address_leads_to_the_first_page(ask: Callable[..., http.client.HTTPResponse]) -> None:
    reply = ask("/")
    assert (reply.status, reply.getheader("Location")) == (302, "/memory.html")


@pytest.mark.parametrize(
    "path",
    [
        "/secret.html", "/../cards_source/memory/deck.yaml", "/%2e%2e/cards_source/memory/deck.yaml",
        "/memory.html/media/a.svg", "/memory.html/media/../../cards_source/memory/deck.yaml",
        "/memory.html/media//etc/passwd", "/memory.html/media/C:\\Windows\\win.ini", "//etc/passwd", "/memory.html/x",
        "/media/a.svg", "/output/memory.html", "/memory.en.html",
    ],
)  # fmt: skip
def test_nothing_but_pages_and_their_media(ask: Callable[..., http.client.HTTPResponse], path: str) -> None:
    assert ask(path).status == 404


@pytest.mark.parametrize("host", ["example.org", "example.org:80", "127.0.0.1.example.org", "", "["])
def test_other_names_of_this_machine_are_refused(
    ask: Callable[..., http.client.HTTPResponse], host: str
) -> None:
    """A page elsewhere whose name is made to lead here (DNS rebinding) can't read the cards."""
    for path in ("/", "/memory.html", "/memory.html/data", "/events"):
        assert ask(path, host).status == 403


def test_only_reading_is_offered(ask: Callable[..., http.client.HTTPResponse]) -> None:
    for method in ("POST", "PUT", "DELETE", "OPTIONS"):
        assert ask("/memory.html", method=method).status == 501


def test_drawing_comes_with_its_type_and_without_rights(
    ask: Callable[..., http.client.HTTPResponse],
) -> None:
    (stored,) = re.findall(r'memory\.html/media/([\w.-]+)"', ask("/memory.html/data").read().decode())
    reply = ask(f"/memory.html/media/{stored}")
    assert reply.read().decode() == DRAWING
    assert reply.getheader("Content-Type") == "image/svg+xml; charset=utf-8"
    assert "sandbox" in (reply.getheader("Content-Security-Policy") or "")


def test_sound_can_be_had_in_parts(ask: Callable[..., http.client.HTTPResponse]) -> None:
    (stored,) = re.findall(r'memory\.html/media/([\w.-]+)"', ask("/memory.html/data").read().decode())
    path = f"/memory.html/media/{stored}"
    reply = ask(path, part="bytes=1-3")
    assert (reply.status, reply.read().decode()) == (206, DRAWING[1:4])
    assert reply.getheader("Content-Range") == f"bytes 1-3/{len(DRAWING)}"
    assert ask(path, part="bytes=5-").read().decode() == DRAWING[5:]
    for odd in (
        "bytes=9999-",
        "bytes=-5",
        "lines=1-2",
        "bytes=x",
        f"bytes={'9' * 5_000}-",
        f"bytes=0-{'9' * 5_000}",
    ):
        assert ask(path, part=odd).read().decode() == DRAWING


def test_file_that_became_a_link_is_not_followed(
    project: Project, ask: Callable[..., http.client.HTTPResponse]
) -> None:
    (stored,) = re.findall(r'memory\.html/media/([\w.-]+)"', ask("/memory.html/data").read().decode())
    path = project.root / "cards_source/memory/media/a.svg"
    path.unlink()
    path.symlink_to(project.root / "output/secret.html")
    assert ask(f"/memory.html/media/{stored}").status == 404


@pytest.mark.parametrize("target", ["http://[bad/", "http://[/memory.html"])
def test_address_that_is_none_is_answered(
    ask: Callable[..., http.client.HTTPResponse], capsys: pytest.CaptureFixture[str], target: str
) -> None:
    assert ask(target).status == 400
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("what", ["pipe", "folder that is a link"])
def test_media_that_became_something_else_is_refused_at_once(
    project: Project, ask: Callable[..., http.client.HTTPResponse], what: str, tmp_path: Path
) -> None:
    (stored,) = re.findall(r'memory\.html/media/([\w.-]+)"', ask("/memory.html/data").read().decode())
    media = project.root / "cards_source/memory/media"
    if what == "pipe":
        (media / "a.svg").unlink()
        make_pipe = getattr(os, "mkfifo", lambda path: Path(path).mkdir())
        make_pipe(media / "a.svg")
    else:
        media.rename(tmp_path / "elsewhere")
        media.symlink_to(tmp_path / "elsewhere")
    before = threading.active_count()
    for _ in range(3):
        assert ask(f"/memory.html/media/{stored}").status == 404
    assert threading.active_count() <= before + 1


def test_study_plan_is_made_once(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also when it is asked for again before it is there, and once more when the deck is another."""
    project.deck()
    site = Site(Path("cards_source"), Path("output"), (), None)
    site.rebuild()
    made: list[str] = []
    wait = threading.Event()

    def slow(page: Page) -> str:
        wait.wait(10)
        made.append(page.name)
        return f"plan {len(made)}"

    monkeypatch.setattr("deckgen.showing.serve.study", slow)
    plans: list[str | None] = []
    asking = [threading.Thread(target=lambda: plans.append(site.study("memory.html"))) for _ in range(5)]
    for one in asking:
        one.start()
    wait.set()
    for one in asking:
        one.join()
    assert plans == ["plan 1"] * 5
    assert site.study("other.html") is None
    site.rebuild()
    assert site.study("memory.html") == "plan 2"


def test_who_says_nothing_is_let_go(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("deckgen.showing.serve._Handler.timeout", 0.05)
    project.deck()
    site = Site(Path("cards_source"), Path("output"), (), None)
    site.rebuild()
    with (
        serving(site, 0) as url,
        socket.create_connection((HOST, int(url.rstrip("/").rpartition(":")[2])), timeout=20) as silent,
    ):
        assert silent.recv(1) == b""


def test_port_that_is_taken_is_told(project: Project, start: Callable[..., Server]) -> None:
    project.deck()
    with suppress(OSError), socket.create_server((HOST, PORT)):
        server = start()
        assert f"port {PORT} is taken" in "".join(server.lines)
        assert f":{PORT}/" not in server.url


def test_port_is_not_that_of_ankiconnect() -> None:
    assert PORT != 8765
    assert f"{PORT} if left out and free." in CliRunner().invoke(main, ["serve", "--help"]).stdout


def test_others_on_the_network_have_no_way_in(project: Project) -> None:
    project.deck()
    site = Site(Path("cards_source"), Path("output"), (), None)
    site.rebuild()
    with serving(site, 0) as url:
        port = int(url.rstrip("/").rpartition(":")[2])
        # Another address of the same machine, which a server for all would answer too.
        with pytest.raises(OSError), socket.create_connection(("127.0.0.2", port), timeout=5):  # noqa: PT011
            pass


def test_pages_that_were_closed_are_let_go(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("deckgen.showing.serve.BEAT", 0.05)
    project.deck()
    site = Site(Path("cards_source"), Path("output"), (), None)
    site.rebuild()
    with serving(site, 0) as url:
        port = int(url.rstrip("/").rpartition(":")[2])
        before = threading.active_count()
        for _ in range(5):
            connection = http.client.HTTPConnection(HOST, port)
            connection.request("GET", "/events", headers={"Host": f"{HOST}:{port}"})
            assert connection.getresponse().fp.readline().startswith(b"data: ")
            connection.close()
        for _ in range(100):
            if threading.active_count() == before:
                break
            threading.Event().wait(0.1)
        assert threading.active_count() == before


def test_reviews_stay_on_the_page_while_cards_are_mended(
    project: Project, chromium: Browser, start: Callable[..., Server]
) -> None:
    """The collection is read once, and again when the deck gets other cards."""
    project.deck().build()
    path = with_log(project, "a.anki2", spacing=(10, 0), testing=(4, 12), stages=(10, 0))
    reader = Reader.of(chromium, start("--reviews", "a.anki2").url)
    reader.page.get_by_label("often forgotten").check()
    assert reader.text("#count") == "Card 1 of 1 (6 in all)"
    path.unlink()
    project.edit("Recall beats {{c1::rereading}}", "Recall always beats {{c1::rereading}}")
    expect(reader.page.locator("#stage")).to_contain_text("Recall always beats")
    assert "often: 12 of 16" in reader.text("#about")
    with_log(project, "a.anki2", spacing=(0, 10), testing=(20, 0), stages=(10, 0))
    project.edit("  - id: testing", '  - id: new\n    q: "New?"\n    a: "Yes"\n  - id: testing')
    expect(reader.page.locator("#count")).to_have_text("Card 1 of 1 (7 in all)")
    assert reader.address == "#spacing"
    assert reader.complaints == []


def test_collection_that_can_not_be_read_is_told_and_the_cards_are_shown(
    project: Project, start: Callable[..., Server]
) -> None:
    project.deck()
    server = start("--reviews", "missing.anki2")
    code, _, err = server.end()
    assert code == 0, err
    assert "missing.anki2:1:1: R20 there is no such file" in "".join(server.lines)
