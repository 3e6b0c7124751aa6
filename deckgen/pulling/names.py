"""The names of pictures and sounds in fields: as an author writes them, not as they travel."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from html import escape
from pathlib import Path

from deckgen.patterns import lazy
from deckgen.reading import media

# As `media.stored_name` makes them.
_STORED = lazy(r"(?<![\w-])([a-z0-9]+(?:-[a-z0-9]+)*)-[0-9a-f]{16}\.([a-z0-9]{2,4})(?!\w)")


class Names:
    """The files of a deck's `media/` by the names that they have in packages."""

    def __init__(self, files: Mapping[str, Path], stored: Mapping[str, Path]) -> None:
        by_path = {path: name for name, path in files.items()}
        self._stored = {name: by_path[path] for name, path in stored.items() if path in by_path}
        self._parts: dict[tuple[str, str], list[str]] = {}
        for name in files:
            self._parts.setdefault(media.stored_parts(name), []).append(name)

    def plain(self, html: str) -> str:
        """A field in which files have the names of the source, also such as had another content then."""
        return _STORED.sub(self._named, html) if "<img" in html or "[sound:" in html else html

    def _named(self, found: re.Match[str]) -> str:
        name = self._stored.get(found[0])
        if name is None:
            likely = self._parts.get((found[1], found[2]), [])
            name = likely[0] if len(likely) == 1 else found[0]
        return escape(unicodedata.normalize("NFC", name))
