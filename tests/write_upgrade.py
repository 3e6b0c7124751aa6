"""`python -m tests.write_upgrade FOLDER` keeps what this version builds, for the versions after it.

The folder is named for the release, or `after-…` for what was given out between two.
"""

from __future__ import annotations

import shutil
import sys

from deckgen.building.build import build
from deckgen.building.wishes import Wishes
from deckgen.checks import Craft
from deckgen.finding import has_errors
from tests.whole.test_golden import GOLDEN
from tests.whole.test_upgrades import EDITS, UPGRADES

if __name__ == "__main__":
    (name,) = sys.argv[1:]
    for deck in EDITS:
        target = UPGRADES / name / deck
        shutil.copytree(GOLDEN / deck, target, ignore=shutil.ignore_patterns("*.json", "*.txt"))
        result = build(
            UPGRADES / name, target, now=1_700_000_000, names=[deck], wishes=Wishes(craft=Craft.NONE)
        )
        assert not has_errors(result.findings), [one.message for one in result.findings]
