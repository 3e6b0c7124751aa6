"""A real browser for the pages: Debian's chromium, or the Chrome of this machine."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.base import AXE_FILE_PATH
from playwright.sync_api import Browser, Error, Page, Playwright, expect, sync_playwright

#: How long a page may take on a busy machine; milliseconds.
PATIENCE = 30_000
expect.set_options(timeout=PATIENCE)
#: Chromium asks its maker's hosts for news at every start, unless told not to.
QUIET = [
    "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-quic",
]  # fmt: skip


@contextmanager
def browser() -> Iterator[Browser]:
    """A browser without a window. Where there is none, tests are skipped, but not in CI."""
    with sync_playwright() as playwright:
        try:
            started = _launch(playwright)
        except Error:
            if os.environ.get("CI"):
                raise
            pytest.skip("no chromium here: install Debian's package `chromium`, or Chrome")
        yield started
        started.close()


def _launch(playwright: Playwright) -> Browser:
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path:
        return playwright.chromium.launch(executable_path=path, args=QUIET)
    return playwright.chromium.launch(channel="chrome", args=QUIET)


@dataclass
class Reader:
    """Somebody with a page open. What the page complains of, and what it asks a network for, is kept."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, browser: Browser, url: str, **options: Any) -> Reader:
        page = browser.new_context(**options).new_page()
        page.set_default_timeout(PATIENCE)
        reader = cls(page)
        page.on("pageerror", lambda error: reader.complaints.append(str(error)))
        page.on("console", lambda line: reader.complaints.append(line.text))
        page.on("request", lambda request: reader.requests.append(request.url))
        page.goto(url)
        return reader

    @property
    def network(self) -> list[str]:
        """Requests that leave the page's own file."""
        return [url for url in self.requests if not url.startswith(("file:", "data:"))]

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def text(self, selector: str = "#stage") -> str:
        """What is to be read in an element; in the card's, if it has one."""
        return str(
            self.page.evaluate(
                "selector => { const one = document.querySelector(selector);"
                " return (one.shadowRoot?.querySelector('.card') ?? one).innerText }",
                selector,
            )
        ).strip()

    def inside(self, selector: str) -> str:
        """The HTML of an element of the shown card."""
        return str(self.page.locator(f"#stage >> {selector}").first.evaluate("one => one.outerHTML"))

    @property
    def address(self) -> str:
        return str(self.page.evaluate("decodeURIComponent(location.hash)"))

    def violations(self) -> list[str]:
        """What axe-core calls serious or critical, https://github.com/dequelabs/axe-core"""
        self.page.evaluate(Path(AXE_FILE_PATH).read_text(encoding="utf-8"))
        found = self.page.evaluate("() => axe.run(document)")
        return [
            f"{one['id']}: {node['html']}"
            for one in found["violations"]
            if one["impact"] in ("serious", "critical")
            for node in one["nodes"]
        ]
