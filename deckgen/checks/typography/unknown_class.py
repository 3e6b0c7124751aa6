"""T13: words have a class that no style sheet knows

In `[ma]{.tone1}` the name is a class, to which a style sheet gives a look. Without a rule for it nothing changes: learners see the
words as all others, and mostly a letter is wrong in one of the names. The style sheets are `style.css` of the deck or of the card's own note type,
what stands in that type's templates, and deckgen's own.

Bad:
    - en: {q: "Which part of a [flower]{.greeen} bears seeds?", a: "The ovary"}
    - zh: {q: "[花]{.tone1}的哪一部分结出种子？", a: "子房"}

Good:
    - en: {q: "Which part of a [flower]{color=green} bears seeds?", a: "The ovary"}
    - zh: {q: "[花]{.u}的哪一部分结出种子？", a: "子房"}

Left out: cards of a note type whose templates have a script, because the script may look for the class; code; and texts that are HTML. At most 20
places of a text are named.

Mend:  correct the name, or write a rule such as `.tone1 { color: crimson; }` into the style sheet.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.resources import files
from itertools import islice

from deckgen.checks.proof import Proof
from deckgen.checks.proof.prose import MOST
from deckgen.deck import Deck
from deckgen.finding import Finding
from deckgen.kinds import OwnFields
from deckgen.markup import spans
from deckgen.patterns import lazy
from deckgen.reading.keys import Nearest

CODE = "T13"
STOPS = False

_SELECTOR = lazy(r"\.(-?[A-Za-z_][\w-]*)")
_COMMENT = lazy(r"/\*.*?\*/", re.DOTALL)
_SCRIPT = lazy(r"<script\b", re.IGNORECASE)
_HINT = "write a rule for it into `style.css`, or take the class out"


def check(proof: Proof) -> Iterator[Finding]:
    """Find classes in `[words]{.name}` to which no style sheet gives a look."""
    known: dict[str, frozenset[str] | None] = {}
    for passage in proof.written:
        if "]{." not in passage.text.value or passage.text.html:
            continue
        content = passage.card.contents[passage.lang]
        own = content.type.value if isinstance(content, OwnFields) else ""
        if own not in known:
            known[own] = _known(proof.deck, own)
        names = known[own]
        if names is None:
            continue
        unknown = (one for one in spans.classes(passage.text.value) if one[2] not in names)
        for start, end, name in islice(unknown, MOST):
            near = Nearest(sorted(names | spans.ELEMENTS.keys())).to(name)
            hint = f"did you mean `.{near}`?" if near else _HINT
            yield passage.finding(
                CODE, f"no style sheet has a rule for the class `{name}`", hint, (start, end)
            )


def _known(deck: Deck, own: str) -> frozenset[str] | None:
    """The classes that have rules in cards of a note type, of our own without a name; None where a script may know more."""
    made = deck.note_types.get(own)
    if made is None:
        return _in_sheets((deck.style,)) | _ours()
    sides = [sheet.text for sheet in made.sheets]
    if any(_SCRIPT.search(side) for side in sides):
        return None
    if made.style is not None:
        return _in_sheets((made.style.text, *sides))
    return _in_sheets((deck.style, *sides)) | _ours()


def _in_sheets(sheets: Iterable[str]) -> frozenset[str]:
    return frozenset(name for sheet in sheets for name in _SELECTOR.findall(_COMMENT.sub("", sheet)))


@cache
def _ours() -> frozenset[str]:
    """The classes in the style sheets that deckgen ships."""
    sheets = files("deckgen.notes").joinpath("templates").iterdir()
    return _in_sheets(sheet.read_text(encoding="utf-8") for sheet in sheets if sheet.name.endswith(".css"))
