"""`python -m tests.write_upgrade` keeps what this version builds, for the versions after it."""

from __future__ import annotations

import shutil

import deckgen
from deckgen.building.build import build
from tests.whole.test_golden import GOLDEN
from tests.whole.test_upgrades import UPGRADES

DECK = "kinds"

if __name__ == "__main__":
    folder = UPGRADES / deckgen.__version__
    target = folder / DECK
    shutil.copytree(GOLDEN / DECK, target, ignore=shutil.ignore_patterns("*.json", "*.txt"))
    result = build(folder, target, now=1_700_000_000)
    assert not result.findings, result.findings
