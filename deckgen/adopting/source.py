"""Read what people have, whatever it is: a package, a collection, CrowdAnki's files, Anki's text export."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from deckgen.adopting import anki_text, collected, crowdanki, known, plain, table, uses
from deckgen.adopting.foreign import Foreign, Table
from deckgen.packing import attached, collection, tables
from deckgen.packing.attached import Attached
from deckgen.reading import files

_UNUSED = "pictures and sounds that nothing uses"
_LATEX = "pictures of LaTeX, which Anki makes anew"
_MISSING = "files that are named but not there"
_UNUSABLE = "files whose names can't be used"


_ZIP = b"PK"


@contextmanager
def read(path: Path, decks: Sequence[str] = (), like: Path | None = None) -> Iterator[Foreign]:
    """What a file or folder holds, of any kind, or of the named `decks` and those below them.

    A file's kind is seen from what is in it. `like` is a package of the same deck: it gives ids and stamps
    to files without. Media can be opened until the end. Raises collection.Unreadable, a Refused.
    """
    if path.is_dir():
        path = crowdanki.place(path)
    if _is_packed(path):
        if like is not None:
            raise collection.Unreadable(
                f"{path.as_posix()} has numbers and stamps of its own: leave out `--like`"
            )
        with _packed(path, decks) as found:
            yield found
        return
    found, media = _written(path)
    found = collected.chosen(found, decks)
    if like is not None:
        with _packed(like, ()) as other:
            found = known.take(found, other, like.name)
    yield with_media(found, media)


def rows(path: Path, columns: Sequence[str]) -> Table:
    """The rows of a CSV or TSV file with these columns. Raises collection.Unreadable, a Refused."""
    if path.is_dir() or _is_packed(path):
        raise collection.Unreadable(f"{path.as_posix()} is no CSV or TSV file: leave out `--columns`")
    return table.read(path, columns)


def _is_packed(path: Path) -> bool:
    """Whether it is a package or a collection. Raises Unreadable for what is no file."""
    collection.expect_file(path)
    with collection.refusing(f"{path.as_posix()} can't be read"):
        head = files.head(path, len(tables.MAGIC))
    return head == tables.MAGIC or head.startswith(_ZIP)


@contextmanager
def _packed(path: Path, decks: Sequence[str]) -> Iterator[Foreign]:
    with collection.opened(path) as found:
        foreign = collected.of(found, decks)
    with attached.opened(path) as media:
        yield with_media(foreign, media)


def _written(path: Path) -> tuple[Foreign, Attached]:
    """What a text file holds: CrowdAnki's JSON, or Anki's text export, which comes without media."""
    text = plain.text(path)
    if text.lstrip()[:1] == "{":
        found, names = crowdanki.read(text, path)
        media = attached.beside(path.parent / "media")
        there = {*media.media, *media.refused}
        return found, replace(media, missing=tuple(name for name in names if name not in there))
    if anki_text.is_one(plain.headers(text)[0]):
        return anki_text.read(text, path), Attached()
    raise collection.Unreadable(
        f"{path.as_posix()} is no package, no collection, no file of CrowdAnki, and no text export of Anki;"
        " for a CSV or TSV file, say what its columns are, such as `--columns q,a,tags`"
    )


def with_media(found: Foreign, media: Attached) -> Foreign:
    """With the media that it uses; the others are counted and named."""
    used = uses.used(media.media, found.types.values(), found.notes)
    unused = [name for name in media.media if name not in used]
    named = {
        _LATEX: tuple(filter(uses.of_latex, unused)),
        _UNUSED: tuple(name for name in unused if not uses.of_latex(name)),
        _UNUSABLE: media.refused,
        _MISSING: media.missing,
    }
    named = {said: names for said, names in named.items() if names}
    return replace(
        found,
        media={name: opener for name, opener in media.media.items() if name in used},
        left_out={**found.left_out, **{said: len(names) for said, names in named.items()}},
        named={**found.named, **named},
    )
