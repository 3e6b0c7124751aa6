"""G02: no card mentions a file of `media/`

The file is not put into the package, so it is either forgotten or in the way.

Bad:   `media/old-circuit.svg` that no card shows
Good:  every file of `media/` is mentioned as `![what it shows](circuit.svg)`

Mend:  mention the file, or delete it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from deckgen.checks.proof import Proof
from deckgen.finding import Finding, Place, Severity
from deckgen.markup import loads, texts
from deckgen.markup.style import reaches
from deckgen.reading.masks import PICTURES
from deckgen.reading.media import is_code

CODE = "G02"
WIDE = True


def check(proof: Proof) -> Iterator[Finding]:
    """Find files that nothing mentions, in a deck that was read completely."""
    if not proof.deck.complete or not proof.deck.media:
        return
    used = {
        unicodedata.normalize("NFC", name)
        for *_, text in proof.texts
        for what, name in texts.references(text)
        if what == "image"
    }
    used |= {unicodedata.normalize("NFC", name.value) for _, _, name in proof.masked_pictures}
    used |= {unicodedata.normalize("NFC", reach.file) for reach in reaches(proof.deck.style)}
    for own in proof.deck.note_types.values():
        found = [one for sheet in own.sheets for one in loads.in_html(sheet.text)]
        found += loads.in_css(own.style.text) if own.style is not None else ()
        used |= {unicodedata.normalize("NFC", one.name) for one in found if isinstance(one, loads.Load)}
    if any(own.adopted is not None for own in proof.deck.note_types.values()):
        used |= {name for name in proof.deck.media if name.startswith("_") and is_code(name)}
    for name, path in proof.deck.media.items():
        if name not in used:
            written = f"<{name}>" if " " in name else name
            masked = f", or below masks as `occlude: {name}`" if path.suffix.lower() in PICTURES else ""
            hint = f"mention it as `![what it shows]({written})`{masked}, or delete it"
            place = Place(path.as_posix())
            yield Finding(place, CODE, "no card uses this file", hint, severity=Severity.WARNING)
