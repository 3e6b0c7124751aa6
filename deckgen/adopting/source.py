"""Read what people have, whatever it is: a package, a collection, CrowdAnki's files, Anki's text export."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from deckgen.adopting import collected, uses
from deckgen.adopting.foreign import Foreign
from deckgen.packing import attached, collection
from deckgen.packing.attached import Attached

_UNUSED = "pictures and sounds that nothing uses"
_LATEX = "pictures of LaTeX, which Anki makes anew"
_UNUSABLE = "files whose names can't be used"


@contextmanager
def read(path: Path, decks: Sequence[str] = ()) -> Iterator[Foreign]:
    """What a file holds, of any kind, or of the named `decks` and those below them.

    Its media can be opened until the end. Raises collection.Unreadable, a Refused.
    """
    with collection.opened(path) as tables:
        found = collected.of(tables, decks)
    with attached.opened(path) as media:
        yield with_media(found, media)


def with_media(found: Foreign, media: Attached) -> Foreign:
    """With the media that it uses; the others are counted and named."""
    used = uses.used(media.media, found.types.values(), found.notes)
    unused = [name for name in media.media if name not in used]
    named = {
        _LATEX: tuple(filter(uses.of_latex, unused)),
        _UNUSED: tuple(name for name in unused if not uses.of_latex(name)),
        _UNUSABLE: media.refused,
    }
    named = {said: names for said, names in named.items() if names}
    return replace(
        found,
        media={name: opener for name, opener in media.media.items() if name in used},
        left_out={**found.left_out, **{said: len(names) for said, names in named.items()}},
        named={**found.named, **named},
    )
