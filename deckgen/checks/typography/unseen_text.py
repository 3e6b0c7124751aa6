"""T10: words of a text are not shown

Some things are correct Markdown and yet hide what you wrote: more cells in a row than
the table's head has, the definition of a link that no link uses, words after the language of a
block of code, words that describe a sound, a link without words. And a list does its own counting: an
item numbered 3 that comes second is shown as 2.

Bad:
    - en: {q: "In which order do bakers knead, proof and bake a loaf?", a: "1. knead\\n3. proof\\n4. bake"}

Good:
    - en: {q: "In which order do bakers knead, proof and bake a loaf?", a: "1. knead\\n2. proof\\n3. bake"}

Left out: addresses and titles of links, names and descriptions of pictures, and lists in which
all items have the same number.

Mend:  give the table's head as many cells as its rows have. Number a list as it should be shown, or write `3\\.` for a
number that is text. Write `\\[` for a bracket. Put the words about a sound beside it.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from deckgen.checks.proof import Proof
from deckgen.checks.proof.prose import MOST
from deckgen.finding import Finding
from deckgen.markup.unseen import Unseen, unseen

CODE = "T10"
STOPS = False

_WHAT = {
    "cells": ("these cells are not shown: the head of the table has fewer", "give the head as many cells"),
    "definition": ("this is not shown: Markdown takes it for the address of a link, and no link uses it", "write `\\[` for a bracket, or delete it"),
    "fence": ("the words after the backticks are not shown", "put only a language there, and the code on lines of its own"),
    "link": ("the link has no words, and is not shown", "put its words between the brackets"),
    "sound": ("the words that describe a sound are not shown", "write them beside it"),
}  # fmt: skip


def check(proof: Proof) -> Iterator[Finding]:
    """Find what an author wrote and no learner sees."""
    for passage in proof.read:
        text = passage.text.value
        if passage.shown != text:
            for found in islice(unseen(text), MOST):
                yield passage.finding(CODE, *_told(found), (found.start, found.end))


def _told(found: Unseen) -> tuple[str, str]:
    if found.what == "number":
        hint = "number the items as they should be shown; write `3\\.` for a number that is text"
        return f"this item is shown as {found.instead}: a list counts by itself", hint
    return _WHAT[found.what]
