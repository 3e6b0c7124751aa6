"""What the push was made for: all that a package can't bring, at once, into an Anki with 90 days of reviews."""

from __future__ import annotations

from typing import Any

import pytest

from tests.anki_server import AnkiWindow
from tests.conftest import Project
from tests.pushing.test_push import foreign, homes, push, pushed

NOTES, DAYS = 60, 90
#: Cards that get subdecks, are retired, and are deleted.
MOVED, RETIRED, DELETED = range(10), range(20, 23), range(30, 31)


def write(project: Project, *, after: bool = False) -> None:
    tag, title = ("two", "Memories") if after else ("one", "Memory")
    rows = [f"tags: [{tag}]", "cards:"]
    for number in range(NOTES):
        rows.append(f"  - id: card-{number}")
        if after and number in MOVED:
            rows.append(f"    deck: Part {number % 2 + 1}")
        if after and number in (*RETIRED, *DELETED):
            until = ", until: 2023-11-02" if number in DELETED else ""
            rows.append(f"    retired: {{since: 2023-11-01, reason: wrong{until}}}")
        rows += [f'    q: "Question {number}?"', f'    a: "Answer {number}."']
    project.deck(f"deck: memory\ntitle: {title}\ntags: {{{tag}: T}}\n", "\n".join(rows) + "\n")


@pytest.mark.slow
@pytest.mark.parametrize("way", [[], ["--unattended"]])
def test_one_push_brings_what_a_package_cannot(project: Project, anki: AnkiWindow, way: list[str]) -> None:
    """Renamed, split into subdecks, ten cards moved, three retired, one deleted, tags renamed."""
    write(project)
    push(project)
    stranger = foreign(anki.learner, "Memory")
    assert anki.col.db is not None
    anki.col.db.execute("pragma synchronous = off")
    for _ in range(DAYS):
        anki.learner.study_a_day("Memory", lambda card: (3 if (card.id // 500 + card.reps) % 5 else 1, 6.0))
    # The learner tagged two notes, which holds them back, and put one card into a deck of their own.
    for number in (3, 21):
        note = anki.learner.note(f"card-{number}")
        note.tags = [*note.tags, "mine"]
        anki.col.update_note(note)
        anki.col.db.execute("update notes set mod = ? where id = ?", project.now + 864_000, note.id)
    anki.col.set_deck([anki.learner.cards("card-5")[0].id], anki.col.decks.id("Mine"))
    log, cards = anki.learner.rows("revlog"), {row[0]: row for row in anki.learner.rows("cards")}
    assert len(log) > 10 * NOTES
    gone = {card.id for card in anki.learner.cards("card-30")}
    reviews = sum(row[1] in gone for row in log)
    assert reviews > 5
    theirs = [row for row in anki.learner.rows("notes") if row[0] == stranger]

    write(project, after=True)
    said = push(project, "--retitle", "--delete", *way).stdout
    assert f"deletes card-30, which has {reviews} reviews" in said
    assert "leaves 1 card in “Mine”, where this deck never put them: card-5" in said
    assert said.splitlines()[-2] == "all is there"

    # The review log is equal row by row, also that of the deleted card.
    assert anki.learner.rows("revlog") == log
    assert sum(row[1] in gone for row in log) == reviews
    assert anki.col.find_notes("Id:card-30") == []
    for number in MOVED:
        expected = "Mine" if number == 5 else f"Memories::Part {number % 2 + 1}"
        assert homes(anki.learner, f"card-{number}") == {expected}
    assert all(card.queue == -1 for number in RETIRED for card in anki.learner.cards(f"card-{number}"))
    assert homes(anki.learner, "card-40") == {"Memories"}
    tags = {
        number: set(anki.learner.note(f"card-{number}").tags)
        for number in range(NOTES)
        if number not in DELETED
    }
    assert tags[3] == {"memory::two", "mine"}
    assert tags[21] == {"memory::two", "memory::retired", "mine"}
    assert all("memory::one" not in each and "memory::two" in each for each in tags.values())
    # Nothing that was learnt changed: interval, ease, due, repetitions, lapses and the rest.
    now: dict[int, Any] = {row[0]: row for row in anki.learner.rows("cards")}
    assert cards.keys() - now.keys() == gone
    suspended = {card.id for number in RETIRED for card in anki.learner.cards(f"card-{number}")}
    for number, row in now.items():
        assert row[8:] == cards[number][8:]
        assert row[6:8] == cards[number][6:8] or number in suspended
    # A stranger's note is as it was, and so its deck is not deleted.
    assert [row for row in anki.learner.rows("notes") if row[0] == stranger] == theirs
    assert homes(anki.learner, "card-40") != {anki.col.decks.name(anki.col.get_note(stranger).cards()[0].did)}
    pushed(project, anki, "--delete")
    anki.learner.is_sound()
