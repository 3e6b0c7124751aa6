"""Read files that strangers may have made; refuse what is not a plain file, never ends, or leads away."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path


def plain(path: Path) -> os.stat_result:
    """What the system says about a plain file. Raises OSError when it is not a plain file."""
    found = path.stat()
    if stat.S_ISDIR(found.st_mode):
        raise OSError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    if not stat.S_ISREG(found.st_mode):
        raise OSError(errno.EINVAL, "it is not a plain file", str(path))
    return found


def head(path: Path, most: int) -> bytes:
    """The first bytes of a plain file, at most `most`. Raises OSError as `read` does."""
    plain(path)
    with path.open("rb") as file:
        return file.read(most)


def read(path: Path, most: int) -> bytes:
    """The bytes of a plain file.

    Raises OSError when it can't be read, also for pipes, which would keep a run waiting,
    and devices, which may never end; with EFBIG for one of more than `most` bytes.
    """
    found = plain(path)
    if found.st_size > most:
        raise OSError(
            errno.EFBIG,
            f"it has more than {most // 1_000_000} MB"
            if most >= 1_000_000
            else f"it has more than {most // 1000} kB",
            str(path),
        )
    if not found.st_size:
        return b""  # this includes files of /proc, some of which wait for something to happen
    with path.open("rb") as file:
        return file.read(most)


def beside(path: Path, most: int) -> bytes:
    """Read a file of a deck, as `read` does.

    Also raises OSError for a link that leads out of the folder of all decks, because
    findings show lines of these files, and packages contain them.
    """
    if leaves(path, path.parent.parent):
        raise OSError(errno.EPERM, "it is a link out of the folder of the decks", str(path))
    return read(path, most)


def leaves(path: Path, folder: Path) -> bool:
    """Whether `path`, with all links followed, lies outside `folder` or is a file of another kind.

    `path` need not exist yet: writing would create it.
    """
    end = Path(os.path.realpath(path))
    return not end.is_relative_to(os.path.realpath(folder)) or end.suffix != path.suffix
