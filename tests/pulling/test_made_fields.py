"""What deckgen makes of other keys, such as the state of a card, is no edit of who has an older release."""

from __future__ import annotations

import time

import pytest

from tests.conftest import DECK_YAML, Project
from tests.pulling.test_pull import Ann, bring_home_and_change, cards, commit
from tests.real_anki import next_second

pytestmark = pytest.mark.slow

SPACING = "  - id: spacing\n"
#: What the author adds to the card, and the field that shows it.
CHANGES = {
    "Status": 'retired: {since: "2026-11-01", reason: "no longer asked"}',
    "See": "see: [testing]",
    "Source": "speaker: ann",
    "Reverse": "reverse: true",
}


@pytest.mark.parametrize("name", [*CHANGES])
def test_what_the_author_changed_reaches_who_edits_once_more(project: Project, ann: Ann, name: str) -> None:
    """An edit came home before, and was changed here: any release may be the one that she has."""
    bring_home_and_change(project, ann, "hardens it.", "deepens it.")
    assert ann.get() == (0, 1)
    project.write("memory/deck.yaml", f"{DECK_YAML}speakers: {{ann: A. Teacher}}\n")
    project.edit(SPACING, f"{SPACING}    {CHANGES[name]}\n")
    project.now = int(time.time()) - 3600
    project.build()
    commit(project)
    next_second()
    ann.edit("spacing", Question="Why do spaced reviews beat one longer session?")
    assert ann.pulled()["findings"] == []
    assert "one longer session" in cards(project)
    next_second()
    assert ann.build_and_get() == (0, 1)
    assert ann.learner.note("spacing")[name]
    assert not ann.learner.col.get_empty_cards().notes
    assert ann.pulled()["files"] == []


def test_nor_is_it_one_of_an_edit_of_which_something_was_told(project: Project, ann: Ann) -> None:
    """Either release may be the one that she has: with the newer one, she made that of the state empty."""
    project.deck().build()
    commit(project)
    ann.get()
    project.edit(SPACING, f"{SPACING}    {CHANGES['Status']}\n")
    project.edit("The effect grows", "It grows")
    project.build()
    commit(project)
    ann.edit("spacing", Answer="It hardens it.", Note="It grows with the delay.", Source="my book")
    for _ in range(2):
        (told,) = ann.pulled()["findings"]
        assert "the field Source was not taken" in told["message"]
