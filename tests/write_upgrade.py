"""`python -m tests.write_upgrade FOLDER` keeps what this version builds, for the versions after it.

The folder is named for the release, or `after-…` for what was given out between two.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from deckgen.building.build import build
from deckgen.building.wishes import Wishes
from deckgen.checks import Craft
from deckgen.finding import has_errors
from tests.whole.test_golden import GOLDEN
from tests.whole.test_upgrades import EDITS, UPGRADES

if __name__ == "__main__":
    (name,) = sys.argv[1:]
    for deck in EDITS:
        # Outside of git, which may know another lock of this deck.
        with tempfile.TemporaryDirectory() as folder:
            target = Path(folder, deck)
            shutil.copytree(GOLDEN / deck, target, ignore=shutil.ignore_patterns("*.json", "*.txt"))
            result = build(Path(folder), target, now=1_700_000_000, wishes=Wishes(craft=Craft.NONE))
            assert not has_errors(result.findings), [one.message for one in result.findings]
            shutil.copytree(target, UPGRADES / name / deck, dirs_exist_ok=True)
