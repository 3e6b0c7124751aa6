"""Read text files: whether they are UTF-8, and the rows of CSV, TSV and Anki's text export."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from deckgen.packing import collection
from deckgen.packing.collection import Unreadable
from deckgen.reading import files

#: The most bytes of a text file.
MOST = 100_000_000
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


def text(path: Path) -> str:
    """The text of a file in UTF-8, with or without a byte order mark. Raises Unreadable."""
    name = path.as_posix()
    collection.expect_file(path)
    with collection.refusing(f"{name} can't be read"):
        data = files.read(path, MOST)
    if data.startswith(_UTF_16) or b"\0" in data[:1_000]:
        raise Unreadable(
            f"{name} is not UTF-8 but probably UTF-16: save it as “CSV UTF-8” or “Unicode (UTF-8)”"
        )
    if b"\0" in data:
        raise Unreadable(f"{name} has the character U+0000, which no text has")
    if b"\x1f" in data:
        raise Unreadable(f"{name} has the character U+001F, which parts fields in Anki's database: delete it")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise Unreadable(f"line {line} of {name} is not UTF-8: save it as UTF-8") from None


def rows(written: str, separator: str, path: Path, before: int = 0) -> Iterator[tuple[int, list[str]]]:
    """The rows of a text with the line in which each ends, without empty ones.

    `before` is how many lines stand before the text. Raises Unreadable for a quote that is not closed, or
    that is closed in the middle of a value.
    """
    csv.field_size_limit(MOST)  # by itself, Python's reader takes no value of more than 131,072 characters
    reader = csv.reader(io.StringIO(written, newline=""), delimiter=separator, strict=True)
    while True:
        begin = before + reader.line_num + 1
        try:
            row = next(reader, None)
        except csv.Error:
            raise Unreadable(
                f"the quotes in line {begin} of {path.as_posix()} can't be read:"
                " put a value with quotes in quotes, and double those within it"
            ) from None
        if row is None:
            return
        if row:
            yield before + reader.line_num, row


def headers(written: str) -> tuple[dict[str, str], int, str]:
    """The lines `#key:value` at the beginning, how many lines they are, and the text after them.

    Other lines that begin with `#` are comments, as in Anki (`parse_meta_lines` in
    rslib/src/import_export/text/csv/metadata.rs).
    """
    found: dict[str, str] = {}
    at = count = 0
    while written.startswith("#", at):
        end = written.find("\n", at)
        end = len(written) if end < 0 else end + 1
        key, colon, value = written[at + 1 : end].partition(":")
        if colon:
            found[key.strip().lower()] = value.rstrip("\r\n")
        at, count = end, count + 1
    return found, count, written[at:]


#: The names of separators in Anki's header (`delimiter_from_value` in the same file).
_SEPARATORS = {
    "tab": "\t", "comma": ",", "semicolon": ";", "colon": ":", "pipe": "|", "space": " ",
    "\t": "\t", ",": ",", ";": ";", ":": ":", "|": "|", " ": " ",
}  # fmt: skip


def separator(header: dict[str, str], path: Path) -> str | None:
    """The separator that the header names, if it does. Raises Unreadable for one that Anki doesn't know."""
    named = header.get("separator")
    if named is None:
        return None
    found = _SEPARATORS.get(named.lower()) or _SEPARATORS.get(named[:1])
    if found is None:
        raise Unreadable(f"{path.as_posix()} says `#separator:` and a separator that Anki doesn't know")
    return found
