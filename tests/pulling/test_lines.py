"""After a pull, findings and reports name the lines of the card files as they are now."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from deckgen.editing.mend import Change
from deckgen.finding import Place
from deckgen.pulling.found import Pulled

ROWS = ("tags: [x]", "q: What?", "a: That.", "note: See there.", "source: A book", "more")


@pytest.mark.parametrize("seed", range(25))
def test_lines_of_cards_that_have_lines_in_common(seed: int) -> None:
    """Lines that are changed, put in and taken out, among the same ones of 120 cards."""
    random = Random(seed)  # noqa: S311
    old, new, moved = [], [], {}
    for number in range(120):
        for row in (f"- id: card-{number}", *random.sample(ROWS, random.randint(2, len(ROWS)))):
            old.append(row)
            change = 1.0 if row.startswith("-") else random.random()
            if change < 0.015:
                continue  # it is taken out
            if change < 0.03:
                new.append('hint: "h"')
            new.append(f"{row} It was changed." if 0.03 < change < 0.06 else row)
            moved[len(old)] = len(new)
    path = Path("cards.yaml")
    pulled = Pulled([], changes=[Change(path, "\n".join(old), "\n".join(new))])
    pulled.are_written()
    assert {line: pulled.where(Place("cards.yaml", line)).line for line in moved} == moved
