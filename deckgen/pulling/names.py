"""The names of pictures and sounds in fields: as an author writes them, not as they travel.

A learner may show files that the deck does not have. They are copied into a temporary folder, until it is
clear which of them come home.
"""

from __future__ import annotations

import filecmp
import re
import unicodedata
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from html import escape, unescape
from itertools import count
from pathlib import Path
from urllib.parse import unquote

from deckgen.packing import attached, collection
from deckgen.packing.attached import Opener
from deckgen.patterns import lazy
from deckgen.reading import media

#: Anki synchronises no larger file (rslib/src/sync/media/mod.rs), so no learner got one.
MAX_BYTES = 100_000_000
#: At most so many files come home at once.
MOST = 1_000
_CHUNK = 1 << 20
# As `media.stored_name` makes them.
_STORED = lazy(r"(?<![\w-])([a-z0-9]+(?:-[a-z0-9]+)*)-[0-9a-f]{16}\.([a-z0-9]{2,4})(?!\w)")
_SHARED = lazy(r"(?<![\w-])_([a-z0-9]+(?:-[a-z0-9]+)*)-[0-9a-f]{16}\.([a-z0-9]{2,4})(?!\w)")
_FILE = lazy(r"""(?P<before>\[sound:|<img\b[^<>]*?\bsrc=["']?)(?P<name>[^"'\]<>]+)""", re.IGNORECASE)

_REMOTE = lazy(r"[a-z][a-z0-9+.-]*:|//", re.IGNORECASE)


class Collected:
    """The pictures and sounds of a learner, copied into `folder` as they are asked for."""

    def __init__(self, files: Sequence[Path], folder: Path, opened: ExitStack) -> None:
        self._files, self._folder, self._opened = files, folder, opened
        self._media: Mapping[str, Opener] | None = None
        self._copies: dict[str, Path | str] = {}
        self._tried = 0

    def copy(self, name: str) -> Path | str:
        """A copy of a file, or why there can be none."""
        if name not in self._copies:
            self._copies[name] = self._copied(name)
        return self._copies[name]

    def _copied(self, name: str) -> Path | str:
        if self._media is None:
            held = [self._opened.enter_context(attached.opened(file)).media for file in self._files]
            self._media = {name: opener for media in held for name, opener in media.items()}
        opener = self._media.get(name)
        if opener is None:
            return "it is not among the learner's files"
        if Path(name).suffix.lower() not in media.PICTURES + media.SOUNDS:
            return "it is no picture or sound that a deck may have"
        if self._tried >= MOST:
            return f"at most {MOST:,} files come home at once"
        self._tried += 1
        target, room = self._folder / f"{self._tried}{Path(name).suffix.lower()}", MAX_BYTES
        try:
            with opener() as source, target.open("wb") as out:
                while piece := source.read(_CHUNK):
                    room -= len(piece)
                    if room < 0:
                        return f"it is larger than {MAX_BYTES // 1_000_000} MB"
                    out.write(piece)
        except collection.Unreadable as error:
            return str(error)
        return target


class Names:
    """The files of a deck's `media/` by their names in packages, and those that come from a learner.

    `stored` are the files that a build ships now. `new` are the learner's by their names in `media/`.
    """

    def __init__(self, files: Mapping[str, Path], stored: Mapping[str, Path], learner: Collected) -> None:
        by_path = {path: name for name, path in files.items()}
        self._files, self._learner = files, learner
        self._stored = {name: by_path[path] for name, path in stored.items() if path in by_path}
        self._parts: dict[tuple[str, str], list[str]] = {}
        self.new: dict[str, Path] = {}
        for name in files:
            self._parts.setdefault(media.stored_parts(name), []).append(name)

    def plain(self, html: str) -> str:
        """A field in which files have the names of the source, also such as had another content then."""
        return _STORED.sub(self._named, html) if _has_files(html) else html

    def plain_sheet(self, text: str) -> str:
        """The same of a template or style sheet, whose files travel under names with `_` before them."""
        return _SHARED.sub(self._called, text)

    def _named(self, found: re.Match[str]) -> str:
        return escape(self._called(found))

    def _called(self, found: re.Match[str]) -> str:
        name = self._stored.get(found[0])
        if name is None:
            likely = self._parts.get((found[1], found[2]), [])
            name = likely[0] if len(likely) == 1 else found[0]
        return unicodedata.normalize("NFC", name)

    def brought(self, html: str, base: str, troubles: list[str], now: str = "") -> str:
        """A learner's field with the names that its new files get; `base` is what was shipped.

        A deck that was adopted may lack a file that is still shown in it `now`. What is wrong with a file is
        added to `troubles`.
        """
        if not _has_files(html):
            return html
        shipped = {found["name"] for found in _FILE.finditer(base)}
        lacking = {found["name"] for found in _FILE.finditer(now)}
        shipped -= {
            name for name in lacking if unicodedata.normalize("NFC", unescape(name)) not in self._files
        }

        def one(found: re.Match[str]) -> str:
            name = unicodedata.normalize("NFC", unescape(found["name"]))
            if found["name"] in shipped or self._is_ours(name) or _REMOTE.match(name):
                return found[0]
            # What is taken is called as it was found: only such names were looked at (`attached`).
            for called in dict.fromkeys((name, unquote(name))):
                copy = self._learner.copy(called)
                if isinstance(copy, Path):
                    return f"{found['before']}{escape(self._taken(called, copy))}"
            troubles.append(f"the file `{name}` can't come home: {copy}")
            return found[0]

        return _FILE.sub(one, html)

    def _is_ours(self, name: str) -> bool:
        """Whether a file came with a package, of whatever content."""
        found = _STORED.fullmatch(name)
        return name in self._stored or (found is not None and (found[1], found[2]) in self._parts)

    def _taken(self, name: str, copy: Path) -> str:
        """The name in `media/` of a learner's file: its own, unless another file has that."""
        stem, dot, suffix = name.rpartition(".")
        tried, numbers = name, count(2)
        while True:
            same = [one for one in (*self._files, *self.new) if one.casefold() == tried.casefold()]
            path = self._files.get(same[0], self.new.get(same[0])) if same else None
            if path is None:
                self.new[tried] = copy
                self._parts.setdefault(media.stored_parts(tried), []).append(tried)
                return tried
            if filecmp.cmp(path, copy, shallow=False):
                return same[0]
            tried = f"{stem}-{next(numbers)}{dot}{suffix}"


def _has_files(html: str) -> bool:
    return "<img" in html or "[sound:" in html or "<IMG" in html
