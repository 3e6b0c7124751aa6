"""A lock takes every guid that Anki takes, as decks have them that were made in Anki. The real Anki judges."""

from __future__ import annotations

from dataclasses import replace

import pytest
from anki.utils import guid64

from deckgen.lock.dump import dump
from deckgen.notes.authored import is_printed
from tests.conftest import Project
from tests.lock_reader import read_lock
from tests.real_anki import Learner, Log

#: As old decks have them, and as nobody would wish them.
ODD = [
    "!#$%&()*+,-./:;<=>?@[]^_`{|}~", "a b", " a", "a ", "%41", "%", "中文", "q\"uo'te`", "e\u0301", "é", "😀", "1234",
    "tab\tline\nend\r\n", "\x00\x1f\x7f", "\u3000\u00a0\u2028\ufeff\u202e", "guid=a", "retired", "-", "\\n", "x" * 500,
    "<<<<<<<", "=======", ">>>>>>>", "<<<<<<< HEAD",
]  # fmt: skip


@pytest.fixture
def guids(project: Project) -> dict[str, str]:
    """A deck whose notes have odd guids, by card, as its lock says."""
    found = {f"card-{number}": guid for number, guid in enumerate([*ODD, *(guid64() for _ in range(20))])}
    cards = "".join(f'  - id: {card}\n    q: "What is {card}?"\n    a: "It is {card}."\n' for card in found)
    project.deck(cards=f"cards:\n{cards}").build()
    lock = read_lock(project.lock())
    notes = {(card, lang): replace(line, guid=found[card]) for (card, lang), line in lock.notes.items()}
    project.lock().write_text(dump(replace(lock, notes=notes)), encoding="utf-8", newline="\n")
    return found


def test_every_guid_keeps_its_note_and_reviews(
    project: Project, guids: dict[str, str], learner: Learner
) -> None:
    assert f"{len(guids)} unchanged" in project.build().stdout
    assert learner.import_package(project.package()) == Log(len(guids), 0, 0, 0)
    assert {card: learner.note(card).guid for card in guids} == guids
    learner.study("Memory", len(guids))
    before = learner.progress()
    project.edit("It is card-3.", "It is another one.")
    assert f"1 changed, {len(guids) - 1} unchanged" in project.build().stdout
    assert learner.import_package(project.package()) == Log(0, 1, len(guids) - 1, 0)
    assert learner.note("card-3")["Answer"] == "It is another one."
    assert learner.progress() == before
    learner.is_sound()


def test_lock_with_every_guid_comes_back_from_the_package(project: Project, guids: dict[str, str]) -> None:
    project.build()
    before = project.lock().read_bytes()
    project.lock().unlink()
    assert project.run("lock").exit_code == 0
    assert project.lock().read_bytes() == before
    assert {card: line.guid for (card, _), line in read_lock(project.lock()).notes.items()} == guids


def test_renamed_card_keeps_every_guid(project: Project, guids: dict[str, str]) -> None:
    for card in list(guids)[:5]:
        project.run("rename", card, f"new-{card}")
    project.build()
    after = {
        card.removeprefix("new-"): line.guid for (card, _), line in read_lock(project.lock()).notes.items()
    }
    assert after == guids


@pytest.mark.usefixtures("guids")
def test_conflict_marks_are_seen_among_guids_that_look_like_them(project: Project) -> None:
    assert project.codes() == []
    text = project.lock().read_text(encoding="utf-8")
    for mark in ("<<<<<<< HEAD", "=======", ">>>>>>> other"):
        project.lock().write_text(f"{text}{mark}\n", encoding="utf-8")
        assert project.codes() == ["R01"]


@pytest.mark.usefixtures("guids")
def test_guids_are_plain_where_they_can_be(project: Project) -> None:
    written = {
        line.rpartition(" guid=")[2] for line in project.lock().read_text(encoding="utf-8").split("\n")
    }
    assert {"a%20b", "%2541", "中文", "q\"uo'te`", "%00%1F%7F", "tab%09line%0Aend%0D%0A", "😀"} <= written
    assert all(is_printed(sign) for word in written for sign in word)
