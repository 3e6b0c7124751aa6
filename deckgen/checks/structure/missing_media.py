"""G01: a text mentions a picture or sound that is not in `media/`

Pictures and sounds travel inside the package, so they must lie in the deck's
folder `media/` and are named without a folder. A picture on the web is not
allowed: it would be missing offline, and its host would see who studies when.

Bad:   `![circuit](media/circuit.svg)`, `![circuit](https://example.org/circuit.svg)`
Good:  `![circuit](circuit.svg)` with the file `media/circuit.svg`

Mend:  put the file into `media/` and write just its name, exactly as it is,
capitals included. A name that contains a space goes into `<…>`: `![circuit](<my circuit.svg>)`.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from deckgen.checks.proof import Proof
from deckgen.finding import Finding
from deckgen.markup import texts
from deckgen.markup.style import reaches
from deckgen.patterns import lazy
from deckgen.reading.keys import Nearest
from deckgen.reading.look import STYLE, place_in

CODE = "G01"

_PUT = "put the file into `media/` and name it without a folder"

# Markdown takes this for text: a name with a blank stands in `<…>`.
_PICTURE = lazy(r"!\[[^\[\]]*\]\(([^()<>\"]*)\)")
_BLANK = lazy(r"\S\s")


def check(proof: Proof) -> Iterator[Finding]:
    """Find mentions of files that the deck does not have."""
    nearest = Nearest(proof.deck.media, cutoff=0.7)
    for card, lang, text in proof.marked_up:
        if not text.html and "![" not in text.value:
            continue
        for name in () if text.html else filter(_BLANK.search, _PICTURE.findall(text.value)):
            message = f"the picture `{name}` is shown as text: its name has a space"
            yield Finding(
                text.whole, CODE, message, f"write `![…](<{name}>)`, or rename the file", card, lang
            )
        for what, name in texts.references(text):
            if what == "image" and not card:
                message = "a description can't show pictures: Anki copies only those of notes"
                yield Finding(text.whole, CODE, message, "take it out", card, lang)
            elif what == "image" and unicodedata.normalize("NFC", name) not in proof.deck.media:
                near = nearest.to(name.rpartition("/")[2])
                hint = f"did you mean `{near}`?" if near else _PUT
                message = f"`{name}` is not in the deck's `media/`"
                yield Finding(text.whole, CODE, message, hint, card, lang)
    yield from _masked(proof, nearest)
    yield from _in_style(proof)


def _masked(proof: Proof, nearest: Nearest) -> Iterator[Finding]:
    for card_id, lang, name in proof.masked_pictures:
        if unicodedata.normalize("NFC", name.value) not in proof.deck.media:
            near = nearest.to(name.value.rpartition("/")[2])
            hint = f"did you mean `{near}`?" if near else _PUT
            message = f"`{name.value}` is not in the deck's `media/`"
            yield Finding(name.whole, CODE, message, hint, card_id, lang)


def _in_style(proof: Proof) -> Iterator[Finding]:
    css = proof.deck.style
    for reach in reaches(css) if css else ():
        if reach.file and unicodedata.normalize("NFC", reach.file) not in proof.deck.media:
            place = place_in(proof.deck.folder / STYLE, css, reach.start, reach.end)
            message = f"`{reach.file}` is not in the deck's `media/`"
            yield Finding(place, CODE, message, "put the file into `media/`, or leave it out")
