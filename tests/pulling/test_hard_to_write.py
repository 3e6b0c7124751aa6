"""Edits that can't be written into a card file, among many that can."""

from __future__ import annotations

from typing import Any

import pytest

from deckgen.editing.changes import changed
from deckgen.pulling import cardfiles
from tests.conftest import Project
from tests.pulling.test_pull import Ann, cards

pytestmark = pytest.mark.slow

COUNT, HARD = 130, (3, 77, 78)


def card(number: int) -> str:
    text = f'id: card-{number}, q: "What is {number}?", a: "It is {number}."'
    return f'  - {{note: "A number.", {text}}}\n'  # whose remark only a person can take out


def test_they_cost_no_look_at_every_card(project: Project, ann: Ann, monkeypatch: pytest.MonkeyPatch) -> None:
    project.deck(cards=f"cards:\n{''.join(map(card, range(COUNT)))}").build()
    ann.get()
    for number in range(COUNT):
        fields = {"Answer": f"It is the {number}."} | ({"Note": ""} if number in HARD else {})
        ann.edit(f"card-{number}", **fields)
    tries = []

    def counted(*arguments: Any) -> str:
        tries.append(1)
        return changed(*arguments)

    monkeypatch.setattr(cardfiles, "changed", counted)
    found = ann.pulled(code=1)["findings"]
    assert {one["card"] for one in found} == {f"card-{number}" for number in HARD}
    assert cards(project).count("It is the") == COUNT - len(HARD)
    assert len(tries) < COUNT / 2
