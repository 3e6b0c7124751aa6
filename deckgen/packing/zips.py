"""Zips as strangers may have made them: only members of the usual kinds, read piece by piece.

What a zip says of its members may be wrong, so nothing is made from it: memory is taken for what is
read, a piece at a time, and whoever reads says how much that may be.
"""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader, FileIO
from itertools import zip_longest
from pathlib import Path
from typing import IO

Package = zipfile.ZipFile
#: With its own lock, a package tells all that is needed to go on from it. Anki passes over other members.
LOCK = "deckgen.lock"
#: Whatever a damaged or hostile zip makes the libraries raise.
DAMAGED = (
    OSError, EOFError, RuntimeError, ValueError, KeyError, OverflowError, struct.error,
    zipfile.BadZipFile, zlib.error,
)  # fmt: skip
#: Bytes of the list of all members, which takes 50 for each; as objects they take ten times as much.
MAX_LIST = 8_000_000
# bz2 and lzma unpack a piece to gigabytes at once. Neither Anki nor deckgen writes them.
_KINDS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_PIECE = 1 << 20


class _File(BufferedReader):
    """A file of which zipfile can't ask for a list of members without end."""

    def read(self, size: int | None = -1, /) -> bytes:
        if size is not None and size > MAX_LIST:
            raise zipfile.BadZipFile(f"it lists more than {MAX_LIST // 50:,} members")
        return super().read(size)


@contextmanager
def opened(path: Path) -> Iterator[Package]:
    """A zip to be read. Raises what is DAMAGED."""
    with _File(FileIO(path)) as file, zipfile.ZipFile(file) as package:
        yield package


def member(package: Package, name: str) -> IO[bytes]:
    """A member to be read by `pieces`. Raises what is DAMAGED, also for one compressed in another way."""
    info = package.getinfo(name)
    if info.compress_type not in _KINDS:
        raise zipfile.BadZipFile(f"`{name}` is compressed in a way in which no package is")
    return package.open(info)


def pieces(stream: IO[bytes], most: int) -> Iterator[bytes]:
    """The bytes of a stream. Raises OverflowError when there are more than `most`."""
    while piece := stream.read(_PIECE):
        most -= len(piece)
        if most < 0:
            raise OverflowError("it unpacks to more than it may")
        yield piece


def alike(left: Package, right: Package, name: str) -> bool:
    """Whether a member is the same in two zips, in which it says to have as many bytes."""
    most = left.getinfo(name).file_size
    with member(left, name) as one, member(right, name) as two:
        return all(a == b for a, b in zip_longest(pieces(one, most), pieces(two, most)))
