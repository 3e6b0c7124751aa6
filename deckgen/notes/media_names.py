"""The names under which a deck's pictures and sounds travel."""

from __future__ import annotations

import unicodedata
from pathlib import Path

from deckgen.deck import Deck
from deckgen.patterns import lazy
from deckgen.reading import media

# Other names would have to be written in another way in an attribute, in a sound, or in an address.
_PLAIN = lazy(r"[\w .,()+=@~!-]+")


class MediaNames:
    """Stored names of a deck's media files; each file is read once.

    A file that learners had before the deck was source keeps its name as long as it has the same content.
    """

    def __init__(self, deck: Deck) -> None:
        self._files = deck.media
        self._past = deck.past.files
        self._named = {stored: name for name, (stored, _) in self._past.items()}
        self._stored: dict[str, str] = {}
        self._same: dict[str, bool] = {}
        self._mentioned: dict[str, str | None] = {}
        self.used: dict[str, Path] = {}

    def start(self) -> dict[str, str | None]:
        """Start a new collection of what is mentioned from now on: stored names by names in texts."""
        self._mentioned = {}
        return self._mentioned

    def resolve(self, name: str) -> str | None:
        """The stored name of the file that a text mentions as `name`."""
        stored = self._mentioned[name] = self._stored_as(unicodedata.normalize("NFC", name))
        return stored

    def _stored_as(self, name: str) -> str | None:
        path = self._files.get(name)
        if path is None:
            return None
        if name not in self._stored:
            old = self._as_it_was(name, path)
            self._stored[name] = old if _PLAIN.fullmatch(old) else media.stored_name(name, path)
        self.used[self._stored[name]] = path
        return self._stored[name]

    def resolve_given(self, stored: str) -> str | None:
        """The new name of a file that learners' HTML shows as `stored`; None while the file is as it was."""
        name = unicodedata.normalize("NFC", stored)
        name = self._named.get(stored) or self._named.get(name) or name
        path = self._files.get(name)
        if path is not None and (old := self._as_it_was(name, path)):
            self.used[old] = path
            return None
        return self.resolve(name)

    def _as_it_was(self, name: str, path: Path) -> str:
        """The name that a file has in Anki, if its content is still the one of then; else nothing."""
        stored, digest = self._past.get(name, ("", ""))
        if stored and name not in self._same:
            self._same[name] = media.content_digest(path) == digest
        return stored if stored and self._same[name] else ""

    def resolve_shared(self, name: str) -> str | None:
        """The same for a file that a style sheet or a template shows.

        Anki copies those only when their names begin with `_`, but then always
        (rslib/src/import_export/package/apkg/import/media.rs).
        """
        name = unicodedata.normalize("NFC", name)
        path = self._files.get(name)
        if path is None:
            return None
        old = self._as_it_was(name, path)
        shared = old if old.startswith("_") and _PLAIN.fullmatch(old) else "_" + media.stored_name(name, path)
        self.used[shared] = path
        return shared

    def ship_code(self) -> None:
        """Have the scripts and style sheets travel that learners' templates may load, also by a script.

        Anki gives learners each file whose name begins with `_`.
        """
        for name in self._files:
            if name.startswith("_") and media.is_code(name):
                self.ship(name)

    def ship(self, name: str) -> None:
        """Have a file travel under the name that it has, as Anki has it already."""
        name = unicodedata.normalize("NFC", name)
        if (path := self._files.get(name)) is not None:
            self.used[name] = path
