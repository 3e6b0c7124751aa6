"""Pictures and sounds: the files in `media/`, and the names that they get in a package.

Anki copies a file only when a new or updated note mentions it, and never replaces
one with the same name (rslib/src/import_export/package/apkg/import/media.rs). So the
name contains a hash of the content: a changed file gets another name, which changes
the note that mentions it.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from pathlib import Path
from typing import IO

from deckgen.finding import Finding, Place, Severity

PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".svg", ".webp", ".avif", ".bmp", ".ico", ".tif", ".tiff")
SOUNDS = (".mp3", ".ogg", ".oga", ".opus", ".wav", ".flac", ".m4a", ".aac", ".mp4", ".webm")

#: What a browser would read as a page, and what that would run.
_PAGES = ("", ".html", ".htm", ".xhtml", ".xht", ".shtml", ".xml", ".xsl", ".mht", ".mhtml")

#: What a template can load that acts, or changes how other cards look.
_CODE = (".js", ".mjs", ".css")

FOLDER = "media"
#: Larger files are refused, because Anki synchronises no file of more than 100 MB
#: (rslib/src/sync/media/mod.rs).
MAX_BYTES = 1_000_000_000
_CHUNK = 1 << 20


def in_order(folder: Path) -> list[Path]:
    """The files in a folder, sorted by the code points of their names: the same order on every system.

    Raises OSError when the folder can't be read.
    """
    return sorted(folder.iterdir(), key=lambda path: unicodedata.normalize("NFC", path.name))


def is_code(name: str) -> bool:
    """Whether a file is a script or a style sheet, such as those of highlighters that templates load."""
    return name.lower().endswith(_CODE)


def list_files(
    folder: Path, shown: str, *, is_adopted: bool = False, is_trusted: bool = False
) -> tuple[dict[str, Path], list[Finding]]:
    """The files of a deck's `media/`, by name in Unicode's composed form (NFC).

    `shown` is the folder's name in findings. Hidden files are skipped. A folder, a link, a file of an
    unknown type or of more than MAX_BYTES is a finding (G04), and so is a link instead of `media/`. Two
    names that some file system takes for one are a finding, too (G03). A deck that learners had before
    deckgen (`is_adopted`) may have files of nearly any type: they have them already. Of these, scripts and
    style sheets are left out, with a warning (G04), unless its author vouches for them (`is_trusted`).
    """
    files: dict[str, Path] = {}
    findings: list[Finding] = []
    folded: dict[str, str] = {}
    if folder.is_symlink():
        message = "is a link; `media/` must be a folder of the deck itself"
        return {}, [Finding(Place(shown), "G04", message, "put the folder itself there")]
    for path in in_order(folder) if folder.is_dir() else ():
        name = unicodedata.normalize("NFC", path.name)
        place = Place(f"{shown}/{path.name}")
        if name.startswith(".") or name.lower() in ("thumbs.db", "desktop.ini"):
            continue
        if path.is_symlink() or not path.is_file():
            message = "is not a plain file; `media/` holds files only"
            findings.append(Finding(place, "G04", message, "move the file itself there"))
        elif is_adopted and not is_trusted and is_code(name):
            message = "is a script or a style sheet, and is left out of the package"
            hint = "read it; if it does no harm, `trusted: true` in deck.yaml ships it"
            findings.append(Finding(place, "G04", message, hint, severity=Severity.WARNING))
        elif path.stat().st_size > MAX_BYTES:
            message = f"is larger than {MAX_BYTES // 1_000_000} MB"
            findings.append(
                Finding(place, "G04", message, "make it smaller: Anki synchronises no more than 100 MB")
            )
        elif path.suffix.lower() not in PICTURES + SOUNDS and not (
            is_adopted and path.suffix.lower() not in _PAGES
        ):
            message = f"`{path.suffix or name}` is no picture or sound that Anki shows"
            findings.append(Finding(place, "G04", message, f"use one of: {' '.join(PICTURES + SOUNDS)}"))
        elif name.casefold() in folded:
            message = f"differs from `{folded[name.casefold()]}` only in case or in Unicode form"
            findings.append(Finding(place, "G03", message, "rename one of them"))
        else:
            folded[name.casefold()] = name
            files[name] = path
    return files, findings


def stored_name(name: str, path: Path) -> str:
    """The name of a file inside the package: ASCII, at most 100 bytes, with a hash of its content.

    Raises OSError when the file can't be read.
    """
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    stem, suffix = stored_parts(name)
    return f"{stem}-{digest.hexdigest()[:16]}.{suffix}"


def stored_parts(name: str) -> tuple[str, str]:
    """What stands before and behind the hash in the name of a file inside the package."""
    stem, _, suffix = name.rpartition(".")
    ascii_stem = unicodedata.normalize("NFKD", stem).encode("ascii", "ignore").decode("ascii").lower()
    return re.sub(r"[^a-z0-9]+", "-", ascii_stem).strip("-")[:40].rstrip("-") or "media", suffix.lower()


def content_digest(path: Path) -> str:
    """A hash of what a file has, for comparing. Raises OSError when it can't be read."""
    with path.open("rb") as file:
        return stream_digest(file)


def stream_digest(file: IO[bytes]) -> str:
    """The same hash of what is read from `file`. Raises what that raises."""
    digest = hashlib.blake2b(digest_size=8)
    while part := file.read(1 << 18):
        digest.update(part)
    return digest.hexdigest()
