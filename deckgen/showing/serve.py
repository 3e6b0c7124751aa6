"""Serve pages on this machine that follow the deck's files: each save shows at once.

Nothing is written, so a save puts no stamp into the lock. Pages come from memory, and media
files are found by the names that a page has for them: no path in a request leads to a file.
The only module that imports watchfiles and http.server.
"""

from __future__ import annotations

import json
import os
import re
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from secrets import token_hex
from typing import Any
from urllib.parse import urlsplit

from watchfiles import watch

from deckgen.building.seal import look
from deckgen.building.wishes import Wishes
from deckgen.checks import Craft
from deckgen.deck import Deck
from deckgen.finding import Finding, Place
from deckgen.reading import files
from deckgen.reading.load import NoDecks
from deckgen.showing.preview import (
    Data,
    Page,
    Preview,
    linked,
    live_html,
    media_type,
    nothing,
    preview,
    stale,
    study,
)

#: Where pages are served: this machine only.
HOST = "127.0.0.1"
#: The port when no other is asked for. It is not 8765, because AnkiConnect uses that while Anki runs.
PORT = 8744
#: In milliseconds. How long a file must be left alone before it is read, because editors empty a file before
#: they write it; and how long changes are gathered.
QUIET, GATHER = 50, 400
#: In milliseconds. How often to check, while waiting for changes, that the folder is still the same.
TICK = 1_000
#: In seconds. How long a browser may take to send a request, or to receive the answer.
PATIENCE = 60
#: In seconds. How often a listening page is told that nothing happened, so that closed pages are noticed.
BEAT = 15


class Site:
    """The pages as they are now, and a version number that changes with every change.

    A deck whose files have errors keeps its last page, with the findings on it.
    """

    def __init__(self, decks_dir: Path, output_dir: Path, names: Iterable[str], lang: str | None) -> None:
        self._folders = (decks_dir, output_dir)
        self._place = Place(decks_dir.as_posix())
        self._names = tuple(names)
        self._lang = lang
        self._changed = threading.Condition()
        self._pages: dict[str, Page] = {}
        self._version = 0
        self._start = token_hex(4)
        self._studying = threading.Lock()
        self._plans: dict[str, tuple[Deck | None, str]] = {}

    def rebuild(self) -> list[Finding]:
        """Read the decks again; gives all findings.

        Changed cards are shown before they are checked, which takes as long again.
        """
        if self._version:
            self._read(Craft.NONE)
        return self._read(Craft.ALL)

    def _read(self, craft: Craft) -> list[Finding]:
        try:
            made = preview(*self._folders, self._names, Wishes(self._lang, craft=craft))
        except (NoDecks, OSError) as error:
            made = Preview([], [Finding(self._place, "Y05", str(error))], whole=False)
        except Exception as error:  # noqa: BLE001  # a fault of deckgen must not end a server that runs all day
            message = f"deckgen itself failed: {type(error).__name__}: {error}"
            hint = "please report it, with the file that you saved"
            made = Preview([], [Finding(self._place, "Y05", message, hint)], whole=False)
        fresh = {page.name: page for page in made.pages}
        with self._changed:
            if craft is Craft.NONE:
                fresh = {name: _as_judged(page, self._pages.get(name)) for name, page in fresh.items()}
            kept = (
                {} if made.whole else {name: stale(page, made.findings) for name, page in self._pages.items()}
            )
            pages = linked((kept | fresh).values()) or [nothing(made.findings)]
            self._pages = {page.name: page for page in pages}
            self._version += 1
            self._changed.notify_all()
        return made.findings

    def data(self, name: str) -> Data | None:
        """What a page's script reads; None when there is no such page."""
        with self._changed:
            page = self._pages.get(name)
            if page is None:
                return None
            media = {stored: f"{name}/media/{stored}" for stored in page.media}
            return {**page.data, "live": True, "version": self._name(self._version), "media": media}

    def study(self, name: str) -> str | None:
        """The study plan of a page as HTML; None when there is no such page.

        It is made once for each state of a deck: requests that come meanwhile wait, and get the same plan.
        """
        page = self._pages.get(name)
        if page is None:
            return None
        with self._studying:
            deck, plan = self._plans.get(name, (None, ""))
            if deck is not page.deck or not plan:
                plan = study(page)
                self._plans[name] = (page.deck, plan)
            return plan

    def file(self, name: str, stored: str) -> Path | None:
        """A media file of a page by its stored name; None when the page has no such file."""
        page = self._pages.get(name)
        return page.media.get(stored) if page else None

    @property
    def first(self) -> str:
        """The name of the first page; "" when there is no deck to show."""
        return next(iter(self._pages))

    def versions(self) -> Iterator[str | None]:
        """The version of the site now and after each change; None when nothing changed for a while."""
        seen = 0  # the first version is 1
        while True:
            with self._changed:
                if self._version == seen:
                    self._changed.wait(BEAT)
                news = self._version if self._version != seen else None
                seen = self._version
            yield None if news is None else self._name(news)

    def _name(self, version: int) -> str:
        """The name of a version: pages that were open before a restart see that it is another one."""
        return f"{self._start}.{version}"


def _as_judged(page: Page, before: Page | None) -> Page:
    """A page with the findings that it had before, until it is checked again."""
    return replace(page, data={**page.data, "findings": before.data["findings"]}) if before else page


def follow(site: Site, decks_dir: Path) -> Iterator[list[Finding]]:
    """Build the site, and again whenever a file below `decks_dir` changes; gives the findings each time.

    Goes on until KeyboardInterrupt, also when the folder is replaced by another or comes back.
    """
    seen = look(decks_dir)
    yield site.rebuild()
    while True:
        watched = _number(decks_dir)
        # A folder that does not exist can't be watched, but the folder above it can.
        place = Path(os.path.realpath(decks_dir)).parent if watched is None else decks_dir
        began = False
        for changes in watch(
            place,
            recursive=watched is not None,
            debounce=GATHER,
            step=QUIET,
            rust_timeout=TICK,
            yield_on_timeout=True,
        ):
            # The watch does not see a save from before it began.
            if changes or (not began and look(decks_dir) != seen):
                seen = look(decks_dir)
                yield site.rebuild()
            began = True
            if _number(decks_dir) != watched:
                break


def _number(folder: Path) -> int | None:
    """A number that tells a folder from another one put in its place; None when there is no folder."""
    try:
        return folder.stat().st_ino
    except OSError:
        return None


class _Server(ThreadingHTTPServer):
    # On Windows, allowing reuse of the address would let another program take it over while in use.
    allow_reuse_address = os.name != "nt"
    daemon_threads = True


@contextmanager
def serving(site: Site, port: int) -> Iterator[str]:
    """Serve the site on this machine meanwhile; gives its address.

    Port 0 takes any that is free. Raises OSError when the port is taken.
    """
    server = _Server((HOST, port), partial(_Handler, site))
    thread = threading.Thread(target=server.serve_forever, args=(0.1,), daemon=True)
    thread.start()
    try:
        yield f"http://{HOST}:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()


def _is_own(host: str) -> bool:
    """Whether a request calls this machine by its own name.

    A page elsewhere whose name is made to lead here (DNS rebinding) must not read the cards.
    """
    try:
        return urlsplit(f"//{host}").hostname in (HOST, "localhost")
    except ValueError:
        return False


def _media(path: Path) -> bytes | None:
    """The content of a media file; None when the plain file has since become a link or a pipe."""
    try:
        if path.is_symlink() or files.leaves(path, path.parent.parent.parent):
            return None
        return files.read(path, path.stat().st_size)
    except OSError:
        return None


class _Handler(BaseHTTPRequestHandler):
    #: The library's name for it. Without it, a client that connects and is silent keeps a thread for ever.
    timeout = PATIENCE

    def __init__(self, site: Site, *arguments: Any) -> None:
        self._site = site
        super().__init__(*arguments)

    def do_GET(self) -> None:  # the library's name for it
        with suppress(OSError):  # the client may have gone
            if _is_own(self.headers.get("Host", "")):
                self._answer()
            else:
                self._send(HTTPStatus.FORBIDDEN, "text/plain", b"this is for this machine only")

    def _answer(self) -> None:
        try:
            name, _, part = urlsplit(self.path).path.removeprefix("/").partition("/")
        except ValueError:
            self._send(HTTPStatus.BAD_REQUEST, "text/plain", b"this is not an address")
            return
        if name == "events":
            self._events()
        elif name == "data":
            self._page("", "data")
        elif name == "" and self._site.first:
            self.send_response(HTTPStatus.FOUND)
            self.send_header("Location", f"/{self._site.first}")
            self.end_headers()
        elif part == "study":
            self._study(name)
        elif part.startswith("media/"):
            self._file(name, part.removeprefix("media/"))
        else:
            self._page(name, part)

    def _page(self, name: str, part: str) -> None:
        data = self._site.data(name)
        if data is None or part not in ("", "data"):
            self._send(HTTPStatus.NOT_FOUND, "text/plain", b"there is no such page")
        elif part == "data":
            self._send(HTTPStatus.OK, "application/json", json.dumps(data, ensure_ascii=False).encode())
        else:
            self._send(HTTPStatus.OK, "text/html", live_html(data).encode())

    def _study(self, name: str) -> None:
        plan = self._site.study(name)
        if plan is None:
            self._send(HTTPStatus.NOT_FOUND, "text/plain", b"there is no such page")
        else:
            self._send(HTTPStatus.OK, "text/html", plan.encode())

    def _file(self, name: str, stored: str) -> None:
        path = self._site.file(name, stored)
        content = None if path is None else _media(path)
        if content is None:
            self._send(HTTPStatus.NOT_FOUND, "text/plain", b"there is no such file")
            return
        asked = re.fullmatch(r"bytes=([0-9]{1,18})-([0-9]{0,18})", self.headers.get("Range", ""))
        if asked is None or int(asked[1]) >= len(content):
            self._send(HTTPStatus.OK, media_type(stored), content)
        else:
            # Safari plays a sound only if it can fetch it in parts.
            first, last = int(asked[1]), min(int(asked[2] or len(content)), len(content) - 1)
            part = f"bytes {first}-{last}/{len(content)}"
            self._send(HTTPStatus.PARTIAL_CONTENT, media_type(stored), content[first : last + 1], part)

    def _send(self, status: HTTPStatus, kind: str, content: bytes, part: str = "") -> None:
        self.send_response(status)
        if part:
            self.send_header("Content-Range", part)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        if kind.startswith("image/"):
            # A drawing (SVG) that is opened on its own must not run its scripts.
            self.send_header(
                "Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; sandbox"
            )
        self.end_headers()
        self.wfile.write(content)

    def _events(self) -> None:
        """Tell a page of each change, https://html.spec.whatwg.org/multipage/server-sent-events.html"""
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/event-stream; charset=utf-8")
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        for version in self._site.versions():
            self.wfile.write(b": still here\n\n" if version is None else f"data: {version}\n\n".encode())

    def log_message(self, *_: object) -> None:
        """Say nothing: the terminal is for findings."""
