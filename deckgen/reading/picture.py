"""What browsers can draw: told by the first bytes of a file, as they tell it themselves."""

from __future__ import annotations

import re
from pathlib import Path

from deckgen.patterns import lazy

# How far the beginning of a PNG reaches to its size; the others tell sooner what they are.
_SIZES = 24
#: At most so much more of a file is read. Only in a drawing (SVG) comments may stand before what matters.
_HEAD = 1 << 20

# How pictures of each type begin. Browsers go by this and not by the name, but for drawings.
_BEGINNINGS = lazy(
    r"\x89PNG\r\n\x1a\n|\xff\xd8\xff|GIF8[79]a|RIFF....WEBP|....ftyp(?:avi[fs]|mif1|msf1)|\x00\x00[\x01\x02]\x00|BM",
    re.DOTALL,
)
_SVG = lazy(r"<(?:\w+:)?svg\b[^<>]*>")
_NOTHING = lazy(r"""\s(?:width|height)\s*=\s*["']\s*(?:0+(?:\.0*)?|\.0+)(?:[a-z]*|%)\s*["']""")


def fault(path: Path) -> str:
    """Why browsers can't draw a file as a picture, as the end of a sentence; nothing when they may.

    Looks at how it begins, not at all of it: a picture that was cut off is not found. Raises OSError when it
    can't be read.
    """
    is_svg = path.suffix.lower() == ".svg"
    with path.open("rb") as file:
        head = file.read(_SIZES).decode("latin-1")
        if not is_svg and _BEGINNINGS.match(head):
            sizes = (head[16:20], head[20:24]) if head.startswith("\x89PNG") else ()
            return "is 0 wide or high" if "\0" * 4 in sizes else ""
        head += file.read(_HEAD).decode("latin-1")
    drawing = _SVG.search(head.replace("\0", ""))  # in UTF-16 every second byte
    if not is_svg:
        return "is an SVG: call it `.svg`" if drawing is not None else "is no picture"
    if drawing is None:
        return "is no SVG"
    return "is 0 wide or high" if _NOTHING.search(drawing[0]) else ""
