"""Retired cards: what learners keep, what new ones get, and when the note leaves the package."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from deckgen.lock.lines import NoteLine
from deckgen.notes import note_types as notetypes
from tests.conftest import BILINGUAL_YAML, Project
from tests.lock_reader import read_lock
from tests.real_anki import Learner, Log

#: The first build of a `project` is on 2023-11-14.
REASON = 'retired: {since: "2023-01-31", reason: "Over"'


def _retire(project: Project, until: str = "") -> None:
    end = f', until: "{until}"' if until else ""
    project.edit("  - id: spacing\n", f"  - id: spacing\n    {REASON}{end}}}\n")


def _line(project: Project) -> NoteLine:
    return read_lock(project.lock()).notes["spacing", ""]


def test_note_of_a_retired_card_leaves_on_its_day(
    project: Project, learners: Callable[[str], Learner]
) -> None:
    project.deck().build()
    learners("old").import_package(project.package())
    _retire(project, "2023-12-01")
    assert "3 notes" in project.build().stdout
    learners("old").import_package(project.package())
    progress = learners("old").progress()
    before = project.now
    project.now += 86_400 * 30
    assert "- spacing (left the package)" in project.run("plan").stdout
    assert "2 notes" in project.build().stdout
    assert _line(project).left
    assert project.codes() == []
    # Who has it keeps it; who is new, or deleted it, does not get it.
    assert learners("old").import_package(project.package()) == Log(0, 0, 2, 0)
    assert learners("old").progress() == progress
    assert learners("old").note("spacing")["Status"] == "2023-01-31: Over"
    assert learners("new").import_package(project.package()) == Log(2, 0, 0, 0)
    learners("new").is_sound()
    assert "nothing to do" in project.run("plan").stdout
    assert project.run("build", "--locked", "--no-lint").exit_code == 0
    # Nor does it come back under a clock of the day before: the lock knows.
    project.now = before
    assert project.run("build", "--locked", "--no-lint").exit_code == 0


def test_locked_build_does_not_fail_because_a_day_has_come(project: Project) -> None:
    project.deck()
    _retire(project, "2023-12-01")
    project.build()
    project.now += 86_400 * 365
    assert project.run("build", "--locked", "--no-lint").exit_code == 0


def test_build_that_has_nothing_else_to_do_notices_the_day(project: Project) -> None:
    project.deck()
    _retire(project, "2023-12-01")
    project.build()
    assert "3 unchanged" in project.build().stdout
    project.now += 86_400 * 30
    assert "2 notes" in project.build().stdout


def test_id_of_a_card_that_left_is_never_free(project: Project) -> None:
    project.deck()
    _retire(project, "2023-11-01")
    project.build()
    project.deck().build()
    _retire(project, "2023-11-01")
    project.build()
    assert _line(project).left
    text = (project.root / "cards_source/memory/cards.yaml").read_text(encoding="utf-8")
    begin, end = text.index("  - id: spacing"), text.index("  - id: testing")
    project.write("memory/cards.yaml", text[:begin] + text[end:])
    assert project.codes() == ["R05"]
    project.write(
        "memory/cards.yaml", text[:begin] + '  - {id: spacing, cloze: "Another {{c1::card}}."}\n' + text[end:]
    )
    assert project.codes() == ["R04"]


def test_card_that_left_may_return(project: Project, learner: Learner) -> None:
    project.deck().build()
    learner.import_package(project.package())
    learner.study("Memory", 6)
    progress = learner.progress()
    _retire(project, "2023-11-01")
    project.build()
    project.deck()
    assert "3 notes, 6 cards" in project.build().stdout
    assert not _line(project).left
    learner.import_package(project.package())
    assert learner.progress() == progress


def test_list_that_was_retired_before_its_first_build_changes_no_more(
    project: Project, learner: Learner
) -> None:
    """Its items have no numbers in the lock: the second build may not give them others."""
    project.deck()
    project.edit("  - id: stages\n", f"  - id: stages\n    {REASON}}}\n")
    project.build()
    learner.import_package(project.package())
    assert "3 unchanged" in project.build().stdout
    project.deck().build()
    learner.import_package(project.package())
    assert [card.ord for card in learner.cards("stages")] == [0, 1, 2]


@pytest.mark.parametrize("until", ["tomorrow", "2022-12-31", "2023-13-01"])
def test_day_that_is_none_is_refused(project: Project, until: str) -> None:
    project.deck()
    _retire(project, until)
    assert project.codes() == ["K04"]


def test_retire_until(project: Project) -> None:
    project.deck()
    outcome = project.run(
        "retire", "spacing", "--reason", "Over", "--since", "2023-01-31", "--until", "2023-12-01"
    )
    assert outcome.exit_code == 0, outcome.stderr
    text = (project.root / "cards_source/memory/cards.yaml").read_text(encoding="utf-8")
    assert 'retired: {since: "2023-01-31", reason: "Over", until: "2023-12-01"}' in text
    assert (
        "is retired already: write `until:` beside"
        in project.run("retire", "spacing", "--reason", "Over", "--until", "2023-12-01").stderr
    )
    early = project.run(
        "retire", "testing", "--reason", "Over", "--since", "2023-01-31", "--until", "2022-12-01"
    )
    assert (early.exit_code, "before it is retired" in early.stderr) == (2, True)


def test_retire_asks_only_for_the_languages_of_the_card(project: Project) -> None:
    card = 'tags: [basics]\ncards:\n  - id: spacing\n    only: [en]\n    en: {q: "Why?", a: "So."}\n'
    project.deck(BILINGUAL_YAML, card)
    outcome = project.run("retire", "spacing", "--reason", "en=Over")
    assert outcome.exit_code == 0, outcome.stderr
    assert project.codes() == []


# -- a number that stays free ------------------------------------------------------


def test_middle_one_of_three_deletions_may_go(project: Project, learner: Learner) -> None:
    """The others keep their numbers, and with them their history."""
    project.deck()
    project.edit("::a marker}}.", "::a marker}} and {{c3::copying}}.")
    project.build()
    learner.import_package(project.package())
    learner.study("Memory", 20)
    before = {card.ord: (card.id, card.reps) for card in learner.cards("testing")}
    project.edit(" and {{c2::highlighting::a marker}}", "")
    assert project.codes() == ["R11"]
    project.build("--accept", "testing")
    assert project.codes() == []
    learner.import_package(project.package())
    after = {card.ord: (card.id, card.reps) for card in learner.cards("testing")}
    assert {number: after[number] for number in (0, 2)} == {number: before[number] for number in (0, 2)}
    assert [list(note.card_ids) for note in learner.col.get_empty_cards().notes] == [[before[1][0]]]


def test_gap_in_a_cloze_that_was_never_built_stays_a_fault(project: Project) -> None:
    project.deck()
    project.edit("{{c2::highlighting", "{{c3::highlighting")
    assert project.codes() == ["C01"]


# -- what Anki makes of notes without cards ----------------------------------------


def _change_fronts(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """A look of which the fronts are others; a back alone makes Anki look for no cards."""
    original = notetypes._file
    monkeypatch.setattr(notetypes, "_file", lambda name: original(name) + "<p></p>" * name.endswith(".html"))
    project.forget()
    assert "new look" in project.build().stdout


def test_check_database_makes_cards_of_notes_that_have_none(project: Project, learner: Learner) -> None:
    """Said in docs/regeneration.md; `until:` is the way out."""
    project.deck()
    _retire(project)
    project.build()
    learner.import_package(project.package())
    assert learner.cards("spacing") == []
    learner.col.fix_integrity()
    (card,) = learner.cards("spacing")
    assert learner.col.decks.name(card.did) == "Default"


def test_reverse_that_was_added_and_retired_between_two_imports(
    project: Project, learner: Learner, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Said in docs/regeneration.md: the learner who never had the other side gets it with the next new look."""
    project.deck().build()
    learner.import_package(project.package())
    project.edit("  - id: spacing\n", "  - id: spacing\n    reverse: true\n")
    project.build()
    _retire(project)
    project.build()
    learner.import_package(project.package())
    assert [card.ord for card in learner.cards("spacing")] == [0]
    _change_fronts(project, monkeypatch)
    learner.import_package(project.package())
    assert [card.ord for card in learner.cards("spacing")] == [0, 1]


def test_locked_build_agrees_about_a_card_that_was_never_given_out(project: Project) -> None:
    """As of a card whose `until:` had come before the first build, or before the first one in a language."""
    project.deck()
    _retire(project, "2023-11-01")
    assert "2 notes" in project.build().stdout
    assert project.run("build", "--locked", "--no-lint").exit_code == 0
