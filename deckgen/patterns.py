"""Regular expressions that are compiled when they are first used.

Python takes about a millisecond to compile a pattern, and the checks have some two hundred;
most decks need few of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import cast


def lazy(pattern: str | Callable[[], str], flags: int = 0) -> re.Pattern[str]:
    """The same as `re.compile`, but put off until the pattern is used; a function is called only then."""
    return cast(re.Pattern[str], Lazy(pattern, flags))


class Lazy:
    """Stands for a pattern; its methods become those of the compiled one at the first use."""

    def __init__(self, pattern: str | Callable[[], str], flags: int) -> None:
        self._pattern, self._flags = pattern, flags

    @property
    def parts(self) -> tuple[str, int]:
        """The pattern and its flags."""
        return self._pattern if isinstance(self._pattern, str) else self._pattern(), self._flags

    def __getattr__(self, name: str) -> object:
        compiled = re.compile(*self.parts)
        for method in ("search", "match", "fullmatch", "finditer", "findall", "sub", "split"):
            setattr(self, method, getattr(compiled, method))
        return getattr(compiled, name)
