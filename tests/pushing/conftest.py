"""An Anki with the add-on, over a learner's collection."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from deckgen.pushing import push
from tests.anki_server import AnkiWindow, running
from tests.real_anki import Learner


@pytest.fixture
def anki(learner: Learner, monkeypatch: pytest.MonkeyPatch) -> Iterator[AnkiWindow]:
    monkeypatch.setattr(push, "PAUSE", 0.0)
    with running(AnkiWindow(learner)) as window:
        monkeypatch.setenv("ANKICONNECT", window.address)
        monkeypatch.delenv("ANKICONNECT_KEY", raising=False)
        yield window
