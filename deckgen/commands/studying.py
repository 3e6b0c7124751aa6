"""What `stats` and `forecast` share."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from deckgen.commands.telling import needs_study, refusals, show_findings

if TYPE_CHECKING:
    from deckgen.building.steps import Ready


def prepared(
    decks_dir: Path, output_dir: Path, decks: tuple[str, ...], lang: str | None
) -> tuple[Ready, ...]:
    """The chosen decks with their notes; ends with 1 when the files have errors."""
    from deckgen.building.steps import Asked, prepare
    from deckgen.building.wishes import Wishes
    from deckgen.checks import Craft
    from deckgen.finding import has_errors

    with refusals():
        ready = prepare(Asked(decks_dir, output_dir, decks, Wishes(lang, craft=Craft.NONE)))
    show_findings(ready.findings)
    if has_errors(ready.findings):
        sys.exit(1)
    return ready.decks


def drawing() -> ModuleType:
    """The module that draws; ends with 2 when its libraries are not there."""
    try:
        from deckgen.studying import pictures
    except ModuleNotFoundError:
        needs_study("--plot")
    return pictures


def write_pictures(texts: dict[Path, str], decks_dir: Path, output_dir: Path) -> list[Path]:
    """Write the pictures, all or none; gives their paths."""
    from deckgen.packing.stage import alone, write_texts

    with refusals(), alone(decks_dir, output_dir) as journal:
        return write_texts(texts, journal)
