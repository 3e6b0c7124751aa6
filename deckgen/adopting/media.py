"""The pictures and sounds of an existing deck that `media/` can hold, in the folder of any system."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from deckgen.reading.media import PICTURES, SOUNDS


def usable(names: Iterable[str]) -> tuple[list[str], dict[str, str]]:
    """The names of files that come over; and those that don't, each with the reason."""
    good: dict[str, str] = {}
    bad: dict[str, str] = {}
    for name in sorted(names):
        twin = good.get(name.casefold())
        if not name.lower().endswith(PICTURES + SOUNDS):
            bad[name] = "it is no picture or sound"
        elif name.startswith(".") or not unicodedata.is_normalized("NFC", name):
            bad[name] = "no folder of every system can hold a file of this name"
        elif twin is not None:
            bad[name] = f"some systems take it for {twin}"
        else:
            good[name.casefold()] = name
    return list(good.values()), bad
