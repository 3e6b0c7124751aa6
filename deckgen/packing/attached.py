"""The pictures and sounds of a package or collection: their names, and how each is opened.

What a package says of them is a stranger's word: a name that leads elsewhere, or that some system can't keep,
is told and never used, and what is read is bounded.
"""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import IO, Any

from deckgen.packing import collection, tables, zips
from deckgen.packing.protobuf import Message, values
from deckgen.reading import files, media
from deckgen.terminal import shorten, visible

#: The most bytes of the list of media: as many as a zip can have members, with the longest names.
_MOST_OF_LIST = 40_000_000
#: A file may unpack to so many times its size, or to as many bytes; a picture of one colour shrinks more.
_MOST_SHRUNK, _PLAUSIBLE = 100, 16 << 20
#: The most bytes of a name, as in Anki (`MAX_MEDIA_FILENAME_LENGTH` in rslib/src/sync/media/mod.rs).
_MOST_OF_NAME = 120
# What Anki itself takes out of names, and names that Windows keeps for devices (rslib/src/media/files.rs).
_NO_NAME = re.compile(
    r'[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\[\]<>:"/?*^\\|]|^\.|[. ]$'
)
_DEVICE = re.compile(r"(con|prn|aux|nul|com[1-9¹²³]|lpt[1-9¹²³])(\..*)?", re.IGNORECASE)
# Members are numbered; another one, such as the collection itself, is no picture.
_MEMBER = re.compile("[0-9]{1,9}")

Opener = Callable[[], IO[bytes]]


@dataclass(frozen=True, slots=True)
class Attached:
    """`media` opens each file by its name (NFC, as Anki keeps it).

    `refused` are names that can't be used, `missing` those of which there is no file.
    """

    media: Mapping[str, Opener] = field(default_factory=dict)
    refused: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


@contextmanager
def opened(path: Path) -> Iterator[Attached]:
    """The media of a package, or of the folder `collection.media` beside a collection.

    They can be opened until the end. Raises collection.Unreadable, also while one is read.
    """
    told = f"the list of media in {path.as_posix()} can't be read"
    with collection.refusing(told):
        head = files.head(path, len(tables.MAGIC))
    if head == tables.MAGIC:
        yield beside(path.resolve().with_suffix(".media"))
        return
    with ExitStack() as stack:
        with collection.refusing(told):
            found = _packed(stack.enter_context(zips.opened(path)))
        yield found  # what goes wrong with the media is told as they are read


def beside(folder: Path) -> Attached:
    """The media of a folder; none where there is no folder. Raises collection.Unreadable."""
    with collection.refusing(f"the folder {folder.as_posix()} can't be read"):
        if not folder.is_dir():
            return Attached()
        if files.leaves(folder, folder.parent):
            raise OSError(0, "it is a link to elsewhere: put a copy of it in its place")
        # A folder of a system has hidden files of its own.
        names = sorted(path.name for path in folder.iterdir() if path.is_file() and path.name[:1] != ".")
    return _usable((name, partial(_in_folder, folder, name)) for name in names)


def _in_folder(folder: Path, name: str) -> IO[bytes]:
    told = f"the file {(folder / name).as_posix()} can't be read"
    with collection.refusing(told):
        files.plain(folder / name)
        if files.leaves(folder / name, folder):
            raise OSError(0, "it is a link out of its folder")
        return io.BufferedReader(_Bounded((folder / name).open("rb"), media.MAX_BYTES, told))


def _packed(package: zips.Package) -> Attached:
    names = set(package.namelist())
    newer = collection.NEWEST in names
    if "media" not in names:  # older versions of AnkiDroid wrote none
        return Attached()
    with zips.member(package, "media", zstd=newer) as stream:
        listed = b"".join(zips.pieces(stream, _MOST_OF_LIST))
    members = _newer(listed) if newer else _older(listed)
    there = ((name, member) for member, name in members if member in names)
    found = _usable((name, partial(_in_package, package, member, newer=newer)) for name, member in there)
    return replace(found, missing=tuple(name for member, name in members if member not in names))


def _older(listed: bytes) -> list[tuple[str, str]]:
    found = collection.loaded(listed.decode("utf-8"), "names of media")
    if not all(isinstance(name, str) and _MEMBER.fullmatch(member) for member, name in found.items()):
        raise ValueError("it has something else than numbers and names")
    return sorted(found.items(), key=lambda item: item[1])


def _newer(listed: bytes) -> list[tuple[str, str]]:
    """The names by their place in the list: field 1 of MediaEntries (proto/anki/import_export.proto)."""
    entries = [value for number, value in values(listed) if number == 1 and isinstance(value, bytes)]
    return [(str(place), Message(entry).text(1)) for place, entry in enumerate(entries)]


def _in_package(package: zips.Package, member: str, *, newer: bool) -> IO[bytes]:
    told = f"the file {member} in {Path(package.filename or '').name} can't be read"
    with collection.refusing(told):
        size = package.getinfo(member).compress_size
        most = min(media.MAX_BYTES, max(_PLAUSIBLE, _MOST_SHRUNK * size))
        return io.BufferedReader(_Bounded(zips.member(package, member, zstd=newer), most, told))


def _usable(named: Iterable[tuple[str, Opener]]) -> Attached:
    """Those whose names can be used; of names that some systems take for the same, the first."""
    taken: set[str] = set()
    kept: dict[str, Opener] = {}
    refused = []
    for raw, opener in named:
        name = unicodedata.normalize("NFC", raw)
        same = name.casefold()
        if same in taken or _NO_NAME.search(name) or _DEVICE.fullmatch(name) or _too_long(name):
            refused.append(shorten(visible(raw), 200))
        else:
            taken.add(same)
            kept[name] = opener
    return Attached(kept, tuple(refused))


def _too_long(name: str) -> bool:
    return not 0 < len(name.encode("utf-8")) <= _MOST_OF_NAME


class _Bounded(io.RawIOBase):
    """A stream that says in one sentence when it is damaged, or longer than it may be."""

    def __init__(self, stream: IO[bytes], most: int, told: str) -> None:
        self._stream, self._left, self._told = stream, most, told

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        with collection.refusing(self._told):
            piece = self._stream.read(len(buffer))
            self._left -= len(piece)
            if self._left < 0:
                raise OverflowError("it unpacks to more than it may")
        buffer[: len(piece)] = piece
        return len(piece)

    def close(self) -> None:
        self._stream.close()
        super().close()
