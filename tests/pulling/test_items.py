"""What a learner makes of the items of a list."""

from __future__ import annotations

import pytest

from tests.conftest import CARDS_YAML, Project
from tests.pulling.test_pull import Ann, cards, commit
from tests.real_anki import next_second

pytestmark = pytest.mark.slow

LAST = 'retrieval: "Retrieval"'

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


def add_decay(ann: Ann, end: str = "", **fields: str) -> None:
    """The learner adds an item, under the next number."""
    had = ann.learner.note("stages")["List"]
    ann.edit("stages", List=had.replace("</ul>", f"<li>{{{{c4::Decay}}}}</li>{end}</ul>"), **fields)


@pytest.mark.parametrize("text", [False, True])
@pytest.mark.parametrize("end", ["", "\n"])
def test_an_item_that_the_author_added_as_told_is_told_no_more(
    project: Project, ann: Ann, text: bool, end: str
) -> None:
    """It has another number here."""
    project.deck().build()
    commit(project)
    ann.get()
    add_decay(ann, end, **({"Text": "Which stages does memory have?"} if text else {}))
    next_second()
    (told,) = ann.pulled()["findings"]
    assert "the item “Decay” was added: add it to `list:`" in told["message"]
    project.edit(LAST, f'{LAST}, decay: "Decay"')
    assert ann.pulled()["findings"] == []
    assert ann.build_and_get() == (0, 1)
    assert ann.learner.note("stages")["List"].count("Decay") == 1
    (empty,) = ann.learner.col.get_empty_cards().notes  # her own card of it
    assert [ann.learner.col.get_card(one).ord for one in empty.card_ids] == [3]
    commit(project)
    next_second()
    ann.tag("stages", "memory::basics", "mine")
    assert ann.pulled()["findings"] == []


@pytest.mark.parametrize("is_there", [False, True])
def test_an_item_that_both_added_is_no_question(project: Project, ann: Ann, is_there: bool) -> None:
    """Nor are the other items that the learner edited. Which release she has, nobody knows."""
    project.deck().build()
    commit(project)
    ann.get()
    if is_there:
        project.edit(LAST, f'{LAST}, decay: "Decay"')
        project.build()
        commit(project)
    add_decay(ann)
    ann.edit("stages", List=ann.learner.note("stages")["List"].replace("Storage", "Storing"))
    if not is_there:
        project.edit(LAST, f'{LAST}, decay: "Decay"')
    found = ann.pulled()
    assert found["findings"] == []
    assert [one["new"] for one in found["packages"][0]["texts"]] == ["Storing"]


def test_an_item_of_the_same_words_as_another_one_is_told(project: Project, ann: Ann) -> None:
    project.deck(cards=CARDS_YAML.replace('"Storage"', '"Decay"')).build()
    commit(project)
    ann.get()
    add_decay(ann)
    (told,) = ann.pulled()["findings"]
    assert "the item “Decay” was added" in told["message"]


def test_items_that_the_author_put_in_order_as_told_are_told_no_more(project: Project, ann: Ann) -> None:
    """Beside one that was added, which has another number here."""
    project.deck().build()
    commit(project)
    ann.get()
    add_decay(ann)
    one, two = "<li>{{c1::Encoding}}</li>", "<li>{{c2::Storage}}</li>"
    had = ann.learner.note("stages")["List"]
    ann.edit("stages", List=had.replace(one, "-").replace(two, one).replace("-", two))
    assert len(ann.pulled()["findings"]) == 2
    project.edit('encoding: "Encoding", storage: "Storage"', 'storage: "Storage", encoding: "Encoding"')
    (told,) = ann.pulled()["findings"]
    assert "was added" in told["message"]
    project.edit(LAST, f'{LAST}, decay: "Decay"')
    assert ann.pulled()["findings"] == []
