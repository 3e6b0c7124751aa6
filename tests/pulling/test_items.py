"""What a learner makes of the items of a list."""

from __future__ import annotations

import pytest

from tests.conftest import CARDS_YAML, Project
from tests.pulling.test_pull import Ann, cards

pytestmark = pytest.mark.slow

#: What stands in the place of "Storage" in Anki, and then in the card file.
ITEMS = [
    ("Storage, now&nbsp;", "Storage, now"),
    ("Storage, now ", "Storage, now"),
    ("<b>Storage</b>&nbsp;", "**Storage**"),
    ("Storage<div>of it&nbsp;</div>", "Storage\\\nof it"),
    ("Storage of a:<!-- -->:b&nbsp;", "Storage of a::b"),
]


@pytest.mark.parametrize(("typed", "text"), ITEMS)
def test_an_item_that_ends_with_a_blank_comes_home(project: Project, ann: Ann, typed: str, text: str) -> None:
    """An item ends with its line, though the end of its deletion stands in between."""
    project.deck().build()
    ann.get()
    ann.edit("stages", List=ann.learner.note("stages")["List"].replace("Storage", typed))
    found = ann.pulled()
    assert found["findings"] == []
    assert [(one["text"], one["new"]) for one in found["packages"][0]["texts"]] == [("list: storage", text)]
    assert ann.build_and_get() == (0, 0)
    assert ann.pulled()["files"] == []


def test_words_behind_the_end_of_a_deletion_are_no_part_of_an_item(project: Project, ann: Ann) -> None:
    """Anki shows them beside what is asked for: the deletion ends at the first of its signs."""
    project.deck().build()
    ann.get()
    ann.edit("stages", List=ann.learner.note("stages")["List"].replace("Storage", "Storage}} of {it"))
    assert [one["code"] for one in ann.pulled()["findings"]] == ["P03"]
    assert cards(project) == CARDS_YAML


def test_hint_of_an_item_that_no_build_takes_offers_no_theirs(project: Project, ann: Ann) -> None:
    project.deck().build()
    ann.get()
    ann.edit("stages", List=ann.learner.note("stages")["List"].replace("Storage", r"\(\unheard\)"))
    for arguments in ([], ["--theirs", "stages"]):
        (told,) = ann.pulled(*arguments, code=1)["findings"]
        assert told["hint"] == "write it yourself, then `--ours stages` brings your text to the learner"
    assert cards(project) == CARDS_YAML
