"""Read zips that strangers may have made: only members of the usual kinds, piece by piece.

What a zip says about its members may be wrong, so it is not relied on: memory is used only for what is
read, a piece at a time, and the caller sets a limit.
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
#: A package carries its lock, so that builds can go on from the package alone. Anki ignores this member.
LOCK = "deckgen.lock"
#: All that the libraries raise on a damaged or hostile zip.
DAMAGED = (
    OSError, EOFError, RuntimeError, ValueError, KeyError, OverflowError, struct.error,
    zipfile.BadZipFile, zlib.error,
)  # fmt: skip
#: The most bytes of the list of members. It has 50 for each member; the objects take ten times as much.
MAX_LIST = 8_000_000
# bz2 and lzma can unpack one piece to gigabytes. Neither Anki nor deckgen writes them.
_KINDS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_PIECE = 1 << 20
# The most memory that a stream of zstd may ask for. Anki's own asks for 8 MB.
_MOST_WINDOW = 1 << 27


class _File(BufferedReader):
    """A file from which zipfile can't read an endless list of members."""

    def read(self, size: int | None = -1, /) -> bytes:
        if size is not None and size > MAX_LIST:
            raise zipfile.BadZipFile(f"it lists more than {MAX_LIST // 50:,} members")
        return super().read(size)


@contextmanager
def opened(path: Path) -> Iterator[Package]:
    """Open a zip for reading. Raises any of DAMAGED."""
    with _File(FileIO(path)) as file, zipfile.ZipFile(file) as package:
        yield package


def member(package: Package, name: str, *, zstd: bool = False) -> IO[bytes]:
    """Open a member, to be read with `pieces`; `zstd` says that its content is compressed so once more.

    Raises any of DAMAGED, also for unusual compression. What is read raises zstandard.ZstdError, too.
    """
    info = package.getinfo(name)
    if info.compress_type not in _KINDS:
        raise zipfile.BadZipFile(f"`{name}` is compressed in a way that no package uses")
    if not zstd:
        return package.open(info)
    # 8 ms to import, and few packages need it.
    import zstandard

    decompressor = zstandard.ZstdDecompressor(max_window_size=_MOST_WINDOW)
    return decompressor.stream_reader(package.open(info), read_across_frames=True, closefd=True)


def pieces(stream: IO[bytes], most: int) -> Iterator[bytes]:
    """The bytes of a stream. Raises OverflowError when there are more than `most`."""
    while piece := stream.read(_PIECE):
        most -= len(piece)
        if most < 0:
            raise OverflowError("it unpacks to more than it may")
        yield piece


def alike(left: Package, right: Package, name: str) -> bool:
    """Whether a member is the same in two zips that give it the same size."""
    most = left.getinfo(name).file_size
    with member(left, name) as one, member(right, name) as two:
        return all(a == b for a, b in zip_longest(pieces(one, most), pieces(two, most)))
