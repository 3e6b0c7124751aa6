"""Regular expressions that are compiled when they are first used.

Python compiles a pattern in a millisecond or so, and the checks have some two hundred;
most decks need few of them.
"""

from __future__ import annotations

import re
from typing import cast


def lazy(pattern: str, flags: int = 0) -> re.Pattern[str]:
    """The same as `re.compile`, but put off until the pattern is used."""
    return cast(re.Pattern[str], Lazy(pattern, flags))


class Lazy:
    """Stands for a pattern; its methods become those of the compiled one at the first use."""

    def __init__(self, pattern: str, flags: int) -> None:
        self.parts = (pattern, flags)

    def __getattr__(self, name: str) -> object:
        compiled = re.compile(*self.parts)
        for method in ("search", "match", "fullmatch", "finditer", "findall", "sub", "split"):
            setattr(self, method, getattr(compiled, method))
        return getattr(compiled, name)
