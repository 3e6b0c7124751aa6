"""The files in the folder of a note type: its sides, its style, and what Anki keeps of an adopted one."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterator
from pathlib import Path

from deckgen.deck import Sheet
from deckgen.finding import Finding, Place
from deckgen.reading import files
from deckgen.reading.keys import control_character
from deckgen.reading.type_keys import CODE

FILE = "note_type.yaml"
STYLE = "style.css"

#: Of a template or style sheet; the largest of 213 public decks has 60 kB.
MAX_BYTES = 200_000


class Sheets:
    """Reads the files that lie in `folder`, each once; `findings` are about those that can't be read.

    With `is_exact`, every character counts, as learners have the text; else lines end in LF, and nothing
    stands behind the last one.
    """

    def __init__(self, folder: Path, there: Collection[str], *, is_exact: bool) -> None:
        self._folder, self._there, self._is_exact = folder, there, is_exact
        self._read: dict[str, Sheet | None] = {}
        self.findings: list[Finding] = []

    def __iter__(self) -> Iterator[str]:
        """The names of those that were asked for."""
        return iter(self._read)

    def get(self, name: str, asked: Place | None = None) -> Sheet | None:
        """The text of a file, or a finding once; `asked` is where it is named."""
        if name not in self._read:
            self._read[name] = self._sheet(name, asked)
        return self._read[name]

    def _sheet(self, name: str, asked: Place | None) -> Sheet | None:
        path = self._folder / name
        place = Place(path.as_posix())
        if name not in self._there:  # a system that knows no capitals would open another one
            self.findings.append(self._missing(name, asked or place))
            return None
        try:
            data = files.beside(path, MAX_BYTES)
            text = data.decode("utf-8" if self._is_exact else "utf-8-sig")
        except OSError as error:
            message = f"can't be read: {error.strerror or error}"
            hint = "put a file of at most 200 kB there"
            self.findings.append(Finding(place, "Y05", message, hint))
        except UnicodeDecodeError as error:
            line = error.object[: error.start].count(b"\n") + 1
            at = Place(place.path, line)
            self.findings.append(Finding(at, "Y05", "is not UTF-8 text", "save the file as UTF-8"))
        else:
            if self._is_exact:
                return Sheet(place.path, text)
            sheet = Sheet(place.path, text.replace("\r\n", "\n").rstrip(" \t\n"))
            found = control_character(sheet.text.replace("&#", ""))
            if not found:
                return sheet
            at = sheet.at(sheet.text.index(found), 1)
            message = f"this is the control character U+{ord(found):04X}"
            self.findings.append(Finding(at, "Y07", message, "delete it"))
        return None

    def _missing(self, name: str, place: Place) -> Finding:
        pages = [one for one in sorted(self._there) if one.endswith(".html")]
        near = [one for one in pages if one.lower() == name.lower()]
        near = near or difflib.get_close_matches(name, pages, n=1)
        hint = f"did you mean `{near[0]}`?" if near else "write the file, or mend its name"
        return Finding(place, CODE, f"there is no file `{name}` beside {FILE}", hint)
