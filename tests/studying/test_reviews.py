"""Reviews of learners: what is counted is what the real Anki counts; what is ranked is more than chance."""

from __future__ import annotations

import itertools
import json
import math
import random
import re
import shutil
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from anki.collection import DeckIdLimit, ExportAnkiPackageOptions
from anki.decks import DeckId
from hypothesis import given
from hypothesis import strategies as st

from deckgen.packing import reviews
from deckgen.packing.templates import Templates
from deckgen.studying.reviews import FEWEST, least_rate
from tests.conftest import CARDS_YAML, DECK_YAML, Project
from tests.real_anki import Learner
from tests.reviewed import with_log

ROOT = Path(__file__).parents[2]

TWINS = """\
cards:
  - id: spring-tides
    q: "At which phases of the Moon do spring tides occur?"
    a: "New and full moon"
  - id: neap-tides
    q: "At which phases of the Moon do neap tides occur?"
    a: "First and last quarter"
  - id: salt
    q: "Why does salt make ice melt on a winter road?"
    a: "It lowers the freezing point."
    reverse: true
"""


def forgetful(*often: str, seed: int = 1, slow: float = 4.0) -> Callable[[Any], tuple[int, float]]:
    """A learner who forgets these cards every other time when they come up for review, and others seldom."""
    luck = random.Random(seed)  # noqa: S311  # the same in every run

    def answer(card: Any) -> tuple[int, float]:
        rate = 0.5 if card.note()["Id"] in often else 0.1
        learning = card.type in (0, 1)
        return (1 if luck.random() < (0.2 if learning else rate) else luck.choice([2, 3, 3, 4])), slow

    return answer


def every_way(card: Any) -> tuple[int, float]:
    """Forgets one card again and again while it is young, and the first cards of the other notes when they are mature."""
    hard = card.note()["Id"] == "spacing"
    forgets = card.type == 2 and (card.reps % 2 == 0 if hard else card.ord == 0 and card.ivl >= 21)
    return (1 if forgets else 3), 4.0 + card.reps


def studied(
    learner: Learner,
    package: Path,
    days: int,
    answer: Callable[[Any], tuple[int, float]],
    deck: str = "Memory",
) -> Path:
    """The collection of somebody who imported a package and studied it for so many days."""
    learner.import_package(package)
    for _ in range(days):
        learner.study_a_day(deck, answer)
    return Path(learner.col.path)


def told(project: Project, *files: Path | str) -> dict[str, Any]:
    """What `reviews` tells as JSON."""
    outcome = project.run("reviews", *map(str, files), "--format", "json")
    assert outcome.exit_code == 0, outcome.stderr
    found: dict[str, Any] = json.loads(outcome.stdout)
    return found


def cards(project: Project, *files: Path | str) -> dict[str, dict[str, Any]]:
    """The cards of the first package by name."""
    return {card["name"]: card for card in told(project, *files)["packages"][0]["cards"]}


# -- the real Anki counts the same -----------------------------------------------------------


def by_anki(learner: Learner) -> dict[tuple[str, int], Any]:
    """Anki's own statistics of each card, by id and number."""
    found = {}
    for number in learner.col.find_cards(""):
        card = learner.col.get_card(number)
        found[card.note()["Id"], card.ord + 1] = learner.col.card_stats_data(number)
    return found


def true_retention(learner: Learner, search: str = "") -> tuple[int, int, int, int]:
    found = learner.col._backend.graphs(search=search, days=0).true_retention.all_time
    return found.young_passed, found.young_failed, found.mature_passed, found.mature_failed


def counted_by_us(found: dict[str, Any]) -> tuple[int, int, int, int]:
    rows = [card for package in found["packages"] for card in package["cards"]]
    young, mature = (
        [sum(card[age][how] for card in rows) for how in ("recalled", "forgotten")]
        for age in ("young", "mature")
    )
    return (young[0], young[1], mature[0], mature[1])


@pytest.mark.parametrize("fsrs", [False, True])
def test_counts_are_those_of_anki(project: Project, learner: Learner, fsrs: bool) -> None:
    project.deck().build()
    learner.col.set_config("fsrs", fsrs)
    path = studied(learner, project.package(), 100, every_way)
    stats, retention = by_anki(learner), true_retention(learner)
    assert all(retention), "young and mature, recalled and forgotten"
    learner.col.close()
    found = told(project, path)
    assert counted_by_us(found) == retention
    (package,) = found["packages"]
    assert {(card["card"], card["number"]) for card in package["cards"]} == set(stats)
    for card in package["cards"]:
        anki = stats[card["card"], card["number"]]
        assert (card["reviews"], card["lapses"], card["learners"]) == (anki.reviews, anki.lapses, 1)
        assert card["seconds"] == pytest.approx(anki.average_secs, abs=0.001)
        if fsrs:
            assert card["difficulty"] == pytest.approx((anki.memory_state.difficulty - 1) / 9, abs=0.001)
        else:
            assert card["difficulty"] is None
    assert found["files"] == [
        {"path": path.as_posix(), "cards": 6, "reviews": sum(s.reviews for s in stats.values())}
    ]
    learner.col.reopen()


def test_leech_is_the_card_that_anki_marked(project: Project, learner: Learner) -> None:
    """The tag is the note's; of its cards, the one that was forgotten is the leech."""
    project.deck().build()
    learner.import_package(project.package())

    def answer(card: Any) -> tuple[int, float]:
        hard = card.note()["Id"] == "testing" and card.ord == 1
        return (1 if hard and card.type == 2 else 3), 2.0

    for _ in range(40):
        learner.study_a_day("Memory", answer)
    assert [learner.col.get_note(number)["Id"] for number in learner.col.find_notes("tag:leech")] == [
        "testing"
    ]
    path = Path(learner.col.path)
    learner.col.close()
    found = cards(project, path)
    assert {name for name, card in found.items() if card["leeches"]} == {"testing c2"}
    assert next(iter(found)) == "testing c2"
    assert found["testing c2"]["lapses"] >= 8
    learner.col.reopen()


def test_mended_leech_is_delivered_with_its_history(project: Project, learner: Learner) -> None:
    """What docs/reviews.md says: the tag goes with the import of the mend, lapses and a suspension stay."""
    project.deck().build()
    learner.import_package(project.package())
    for _ in range(30):
        learner.study_a_day(
            "Memory", lambda card: (1 if card.type == 2 and card.note()["Id"] == "spacing" else 3, 2.0)
        )
    (note,) = learner.col.find_notes("tag:leech")
    (number,) = learner.col.card_ids_of_note(note)
    learner.col.sched.suspend_cards([number])
    lapses = learner.col.get_card(number).lapses
    project.edit("Why do spaced", "Why on earth do spaced")
    assert learner.col.db is not None
    learner.col.db.execute(
        "update notes set mod = mod - 60 where id = ?", note
    )  # it was mended a minute later
    project.now = int(time.time()) - 3600
    project.build()
    learner.import_package(project.package())
    card = learner.col.get_card(number)
    assert "Why on earth" in card.question()
    assert (card.lapses, card.queue) == (lapses, -1)
    assert not learner.col.find_notes("tag:leech")
    path = Path(learner.col.path)
    learner.col.close()
    found = cards(project, path)["spacing"]
    assert (found["lapses"], found["leeches"]) == (lapses, 0)
    learner.col.reopen()


def test_what_anki_leaves_out_is_not_counted(project: Project, learner: Learner) -> None:
    """Due dates that were set, cards that were reset, and cramming; early reviews that reschedule count."""
    project.deck().build()
    path = studied(learner, project.package(), 12, forgetful())
    before = true_retention(learner)
    numbers = list(learner.col.find_cards(""))
    stats = by_anki(learner)
    learner.col.sched.set_due_date(numbers[:2], "9")
    crammed = learner.col.sched.get_or_create_filtered_deck(DeckId(0))
    crammed.name = "Cram"
    crammed.config.reschedule = False
    del crammed.config.search_terms[1:]
    crammed.config.search_terms[0].search = "deck:Memory"
    made = learner.col.sched.add_or_update_filtered_deck(crammed).id
    rows = learner.rows("revlog")
    learner.col.decks.select(DeckId(made))
    for _ in range(6):
        card = learner.col.sched.getCard()
        assert card is not None
        card.start_timer()
        learner.col.sched.answerCard(card, 1)
        time.sleep(0.002)
    learner.col.sched.empty_filtered_deck(DeckId(made))
    kinds = [row[8] for row in learner.rows("revlog")[len(rows) :]]
    assert 3 in kinds, "Anki wrote down the cramming"
    assert true_retention(learner) == before
    learner.col.close()
    found = told(project, path)
    assert counted_by_us(found) == before
    for card in found["packages"][0]["cards"]:
        assert card["reviews"] == stats[card["card"], card["number"]].reviews
    learner.col.reopen()
    crammed = learner.col.sched.get_or_create_filtered_deck(DeckId(made))
    crammed.config.reschedule = True
    made = learner.col.sched.add_or_update_filtered_deck(crammed).id
    learner.col.decks.select(DeckId(made))
    card = learner.col.sched.getCard()
    assert card is not None
    card.start_timer()
    learner.col.sched.answerCard(card, 1)
    learner.col.sched.schedule_cards_as_new([numbers[-1]], reset_counts=False)
    after = true_retention(learner)
    assert sum(after) == sum(before) + 1, "an early review reschedules, so Anki counts it"
    learner.col.close()
    assert counted_by_us(told(project, path)) == after
    learner.col.reopen()


def test_every_kind_of_row_counts_as_in_anki(project: Project, learner: Learner) -> None:
    """Rows as any scheduler since Anki 1 wrote them: every kind, button, interval and factor."""
    project.deck().build()
    learner.import_package(project.package())
    assert learner.col.db is not None
    numbers = sorted(learner.col.find_cards(""))
    moment = int(time.time() * 1000) - 40 * 86_400_000
    rows = itertools.product(
        range(6), range(5), (-86_401, -86_400, -86_399, -600, 0, 1, 20, 21, 400), (0, 900, 2500)
    )
    for count, (kind, button, interval, factor) in enumerate(rows):
        moment += 1
        learner.col.db.execute(
            "insert into revlog values (?, ?, 0, ?, 10, ?, ?, 1000, ?)",
            *(moment, numbers[count % len(numbers)], button, interval, factor, kind),
        )
    retention = true_retention(learner)
    by_card = {
        (card.note()["Id"], card.ord + 1): true_retention(learner, f"cid:{card.id}")
        for card in map(learner.col.get_card, numbers)
    }
    path = Path(learner.col.path)
    learner.col.close()
    found = told(project, path)
    assert counted_by_us(found) == retention
    for card in found["packages"][0]["cards"]:
        assert counted_by_us({"packages": [{"cards": [card]}]}) == by_card[card["card"], card["number"]]
    # Of six kinds, four buttons that are one, nine intervals and three factors; cramming is no review.
    assert found["files"][0]["reviews"] == 6 * 4 * 9 * 3 - 4 * 9
    learner.col.reopen()


def test_learners_are_added_up(project: Project, learners: Callable[[str], Learner]) -> None:
    project.deck().build()
    ann, bob = learners("ann"), learners("bob")
    bob.col.set_config("fsrs", True)
    files = [
        studied(ann, project.package(), 30, forgetful("spacing")),
        studied(bob, project.package(), 20, forgetful("spacing", seed=2)),
    ]
    stats = [by_anki(ann), by_anki(bob)]
    retention = [true_retention(ann), true_retention(bob)]
    for one in (ann, bob):
        one.col.close()
    found = told(project, *files)
    assert counted_by_us(found) == tuple(map(sum, zip(*retention, strict=True)))
    for card in found["packages"][0]["cards"]:
        both = [one[card["card"], card["number"]] for one in stats]
        assert card["reviews"] == sum(one.reviews for one in both)
        assert card["lapses"] == sum(one.lapses for one in both)
        assert card["learners"] == 2
        seconds = sum(one.total_secs for one in both) / card["reviews"]
        assert card["seconds"] == pytest.approx(seconds, abs=0.001)
        assert card["difficulty"] == pytest.approx((both[1].memory_state.difficulty - 1) / 9, abs=0.001)
    for one in (ann, bob):
        one.col.reopen()


# -- note types that a learner changed ------------------------------------------------------


def change_type(learner: Learner, name: str, templates: list[int], count: int = 2) -> None:
    """Give a note a note type of its own, of the stock kind `name` or a copy of ours, with these old templates."""
    note = learner.note("salt")
    models = learner.col.models
    new = models.copy(note.note_type()) if name == "copy" else models.by_name(name)
    assert new is not None
    assert len(new["tmpls"]) == count
    info = models.change_notetype_info(old_notetype_id=note.mid, new_notetype_id=new["id"])
    info.input.note_ids.append(note.id)
    info.input.new_templates[:] = templates
    models.change_notetype_of_notes(info.input)


def moved(learner: Learner) -> None:
    found = learner.note("salt").note_type()
    learner.col.models.reposition_template(found, found["tmpls"][0], 1)
    learner.col.models.update_dict(found)


def removed(learner: Learner) -> None:
    found = learner.note("salt").note_type()
    learner.col.models.remove_template(found, found["tmpls"][0])
    learner.col.models.update_dict(found)


def renamed(learner: Learner) -> None:
    found = learner.note("salt").note_type()
    for one, name in zip(found["tmpls"], ("Answer", "Question"), strict=True):
        one["name"] = name
    learner.col.models.update_dict(found)


def renamed_without_ids(learner: Learner) -> None:
    found = learner.note("salt").note_type()
    for one, name in zip(found["tmpls"], ("Hin", "Answer"), strict=True):
        one["name"], one["id"] = name, None
    learner.col.models.update_dict(found)


def replaced(learner: Learner) -> None:
    """By a template of the learner's own, with the name of ours."""
    models = learner.col.models
    found = learner.note("salt").note_type()
    name = found["tmpls"][1]["name"]
    models.remove_template(found, found["tmpls"][1])
    models.update_dict(found)
    again = models.get(found["id"])
    assert again is not None
    template = models.new_template(name)
    template["qfmt"], template["afmt"] = "mine {{Question}}", "{{Answer}}"
    models.add_template(again, template)
    models.update_dict(again)


def added(learner: Learner) -> None:
    found = learner.note("salt").note_type()
    template = learner.col.models.new_template("Mine")
    template["qfmt"], template["afmt"] = "mine {{Question}}", "{{Answer}}"
    learner.col.models.add_template(found, template)
    learner.col.models.reposition_template(found, template, 0)
    learner.col.models.update_dict(found)


@pytest.mark.parametrize("older", [False, True])
@pytest.mark.parametrize(
    ("change", "wanted"),
    [
        (moved, {"salt 1": 8, "salt 2": 0}),
        (removed, {"salt 1": None, "salt 2": 0}),
        (renamed, {"salt 1": 8, "salt 2": 0}),
        (added, {"salt 1": 8, "salt 2": 0}),
        (renamed_without_ids, {}),
        (replaced, {}),
        (lambda learner: change_type(learner, "copy", [1, 0]), {}),
        (lambda learner: change_type(learner, "Basic (and reversed card)", [0, 1]), {}),
        (lambda learner: change_type(learner, "Cloze", [0], 1), {}),
    ],
)
def test_reviews_stay_with_what_a_card_asked_when_the_learner_changed_templates(
    project: Project,
    learner: Learner,
    tmp_path: Path,
    change: Callable[[Learner], None],
    wanted: dict[str, int | None],
    older: bool,
) -> None:
    """Of the first card eight answers were forgotten, of the second all were recalled."""
    project.deck("deck: tides\ntitle: Memory\n", TWINS)
    project.build()
    learner.import_package(project.package("tides.apkg"))
    assert learner.col.db is not None
    first, second = learner.cards("salt")
    for count in range(16):
        values = 1_700_000_000_000 + count, (first.id, second.id)[count % 2], 1 + count % 2 * 2
        learner.col.db.execute("insert into revlog values (?, ?, 0, ?, 10, 10, 2500, 1000, 1)", *values)
    change(learner)
    path = Path(learner.col.path)
    if older:
        path = exported(learner, tmp_path / "older.apkg", with_scheduling=True, legacy=True)
    learner.col.close()
    outcome = project.run("reviews", str(path), "--format", "json")
    assert outcome.exit_code == 0, outcome.stderr
    found = {card["name"]: card for card in json.loads(outcome.stdout)["packages"][0]["cards"]}
    for name in ("salt 1", "salt 2"):
        has = wanted.get(name)
        assert found[name]["reviews"] == (0 if has is None else 8), name
        assert found[name]["young"]["forgotten"] == (has or 0), name
    count = 3 if change in (renamed_without_ids, replaced) else 1
    doubts = re.findall(
        r"R21 warning: has (\d) notes? whose templates or note type the learner", outcome.stderr
    )
    assert doubts == ([] if wanted else [str(count)]), outcome.stderr
    assert ("such as salt: nothing of it is counted" in outcome.stderr) is (count == 1 and not wanted)
    learner.col.reopen()


@pytest.mark.parametrize("templates", [[0, 1], [-1, 0]])
def test_note_with_one_card_is_counted_also_under_a_copy_of_its_note_type(
    project: Project, learner: Learner, templates: list[int]
) -> None:
    """Nobody can take its card for another, unless it lies at a template that was none of ours before.

    Anki itself makes such a type where a learner added a field.
    """
    project.deck("deck: tides\ntitle: Memory\n", TWINS.replace("    reverse: true\n", ""))
    project.build()
    learner.import_package(project.package("tides.apkg"))
    assert learner.col.db is not None
    (card,) = learner.cards("salt")
    row = (1_700_000_000_000, card.id)
    learner.col.db.execute("insert into revlog values (?, ?, 0, 1, 10, 10, 2500, 1000, 1)", *row)
    change_type(learner, "copy", templates)
    path = Path(learner.col.path)
    learner.col.close()
    assert cards(project, path)["salt"]["reviews"] == (1 if templates == [0, 1] else 0)
    doubt = "such as salt: nothing of it is counted"
    assert (doubt in project.run("reviews", str(path)).stderr) is (templates == [-1, 0])
    learner.col.reopen()


# -- files ---------------------------------------------------------------------------------


def exported(learner: Learner, path: Path, **options: Any) -> Path:
    deck = learner.col.decks.id_for_name("Memory")
    assert deck is not None
    learner.col.export_anki_package(
        out_path=str(path),
        options=ExportAnkiPackageOptions(**options),
        limit=DeckIdLimit(deck_id=DeckId(deck)),
    )
    return path


def test_every_file_that_anki_exports_with_scheduling(
    project: Project, learner: Learner, tmp_path: Path
) -> None:
    project.deck().build()
    learner.col.set_config("fsrs", True)
    path = studied(learner, project.package(), 10, forgetful())
    files = [
        exported(learner, tmp_path / "new.apkg", with_scheduling=True),
        exported(learner, tmp_path / "old.apkg", with_scheduling=True, legacy=True),
    ]
    for legacy in (False, True):
        files.append(tmp_path / f"{legacy}.colpkg")
        learner.col.export_collection_package(str(files[-1]), include_media=False, legacy=legacy)
        learner.col.reopen()
    bare = exported(learner, tmp_path / "bare.apkg", with_scheduling=False)
    learner.col.close()
    before = path.read_bytes()
    wanted = told(project, path)["packages"]
    for file in files:
        assert told(project, file)["packages"] == wanted, file.name
    outcome = project.run("reviews", str(bare))
    assert (outcome.exit_code, outcome.stdout) == (0, "")
    assert "R21 warning: has 6 cards of these decks, and no review of them" in outcome.stderr
    assert path.read_bytes() == before
    learner.col.reopen()


def test_one_learner_is_counted_once(project: Project, learner: Learner, tmp_path: Path) -> None:
    """An older copy adds nothing, in any order; only what it knows of other cards would."""
    project.deck().build()
    path = studied(learner, project.package(), 5, forgetful())
    learner.col.close()
    older = tmp_path / "older.anki2"
    shutil.copy(path, older)
    learner.col.reopen()
    learner.col.decks.select(learner.col.decks.id_for_name("Memory") or DeckId(1))
    done = len(learner.rows("revlog"))
    # Time passes for the copy too: the same review keeps its time.
    while (card := learner.col.sched.getCard()) is not None:
        card.start_timer()
        learner.col.sched.answerCard(card, 3)
        time.sleep(0.002)
    assert len(learner.rows("revlog")) > done
    learner.col.close()
    wanted = told(project, path)
    for files in ((older, path), (path, older), (path, path, older)):
        outcome = project.run("reviews", *map(str, files), "--format", "json")
        found = json.loads(outcome.stdout)
        assert found["packages"] == wanted["packages"]
        assert sum(one["reviews"] for one in found["files"]) == wanted["files"][0]["reviews"]
        assert outcome.stderr.count("R21 warning: has reviews of 6 cards that ") == len(files) - 1
    learner.col.reopen()


def logged(project: Project, name: str, lapses: int = 0, **moments: list[int]) -> Path:
    """A collection in which the first cards of these notes were reviewed at these moments."""
    path = with_log(project, name)
    with closing(sqlite3.connect(path)) as connection:
        for card, found in moments.items():
            ((number,),) = connection.execute(
                "SELECT c.id FROM cards c JOIN notes n ON n.id = c.nid WHERE c.ord = 0 AND n.flds LIKE ?",
                (f"%\x1f{card}\x1f%",),
            )
            connection.execute("UPDATE cards SET lapses = ? WHERE id = ?", (lapses, number))
            for moment in found:
                row = (moment, number, 1 if moment % 2 else 3)
                connection.execute("INSERT INTO revlog VALUES (?, ?, 0, ?, 20, 10, 2500, 5000, 1)", row)
        connection.commit()
    return path


def figures(project: Project, card: str, *files: Path) -> tuple[int, int, int]:
    """Reviews, learners and lapses; the same in each order of the files, and each review added by one file."""
    found = set()
    for order in itertools.permutations(files):
        one = told(project, *order)
        total = sum(each["reviews"] for each in one["packages"][0]["cards"])
        assert sum(each["reviews"] for each in one["files"]) == total
        (own,) = [each for each in one["packages"][0]["cards"] if each["name"] == card]
        found.add((own["reviews"], own["learners"], own["lapses"]))
    (same,) = found
    return same


def test_a_phone_that_synced_later_makes_no_second_learner(project: Project) -> None:
    """Its reviews come before the first one that an older export knows."""
    project.deck().build()
    older = logged(project, "older.anki2", 5, spacing=list(range(1010, 1020)))
    newer = logged(project, "newer.anki2", 6, spacing=[1001, *range(1010, 1020)])
    assert figures(project, "spacing", newer) == (11, 1, 6)
    assert figures(project, "spacing", older, newer) == (11, 1, 6)
    said = project.run("reviews", "older.anki2", "newer.anki2").stderr
    assert "newer.anki2:1:1: R21 warning: has reviews of 1 card that older.anki2 has too" in said


def test_a_log_that_lost_its_beginning_adds_what_it_has_anew(project: Project) -> None:
    project.deck().build()
    older = logged(project, "older.anki2", 5, spacing=list(range(1000, 1020)))
    newer = logged(project, "newer.anki2", 0, spacing=list(range(1015, 1025)))
    assert figures(project, "spacing", older, newer) == (25, 1, 0)


def test_files_are_one_learners_also_by_a_third_file_or_another_card(project: Project) -> None:
    project.deck().build()
    files = [
        logged(project, "a.anki2", 1, spacing=[1000, 1001]),
        logged(project, "b.anki2", 2, spacing=[1001, 1002, 1003]),
        logged(project, "c.anki2", 3, spacing=[1003, 1004], stages=[1010]),
        logged(project, "d.anki2", 4, spacing=[1005], stages=[1010, 1011]),
    ]
    assert figures(project, "spacing", files[0], files[2]) == (4, 2, 4)
    assert figures(project, "spacing", *files) == (6, 1, 4)


def test_answers_of_one_moment_that_differ_are_two_learners(project: Project) -> None:
    """Each learner has the same cards with the same numbers: only a row that is the same joins."""
    project.deck().build()
    ann = logged(project, "ann.anki2", 1, spacing=[1000, 1002])
    bob = logged(project, "bob.anki2", 2, spacing=[1000, 1004])
    with closing(sqlite3.connect(bob)) as connection:
        connection.execute("UPDATE revlog SET time = 6000")
        connection.commit()
    assert figures(project, "spacing", ann, bob) == (4, 2, 3)


def test_files_that_can_not_be_counted_are_all_told(project: Project, learner: Learner) -> None:
    project.deck().build()
    good = studied(learner, project.package(), 3, forgetful())
    learner.col.close()
    root = project.root
    (root / "empty.anki2").write_bytes(b"")
    (root / "text.apkg").write_text("hello", encoding="utf-8")
    (root / "half.anki2").write_bytes(good.read_bytes()[: good.stat().st_size // 2])
    (root / "folder").mkdir()
    (root / "loop").symlink_to("loop")
    with Learner(root / "other") as other:
        elsewhere = Path(other.col.path)
    names = ["empty.anki2", "text.apkg", "half.anki2", "folder", "loop", "missing.colpkg"]
    before = project.files()
    outcome = project.run("reviews", *names, str(elsewhere), str(good))
    assert outcome.exit_code == 1
    for name in names:
        assert re.search(rf"^{name}:1:1: R20 ", outcome.stderr, re.MULTILINE), (name, outcome.stderr)
    assert f"{elsewhere.as_posix()}:1:1: R20 has no card of these decks" in outcome.stderr
    assert "memory.apkg" in outcome.stdout, "the good one is counted"
    assert project.files() == before
    assert project.run("reviews").exit_code == 2
    learner.col.reopen()


def test_names_of_files_are_told_as_they_were_typed(project: Project) -> None:
    project.deck().build()
    path = with_log(project, "学习者 甲.anki2", spacing=(9, 1))
    (project.root / "集合").mkdir()
    path.rename(project.root / "集合" / path.name)
    assert told(project, "集合/学习者 甲.anki2")["files"] == [
        {"path": "集合/学习者 甲.anki2", "cards": 6, "reviews": 10}
    ]
    outcome = project.run("reviews", r"C:\Users\甲\collection.anki2", "a\nb.apkg")
    assert outcome.exit_code == 1
    assert re.search(
        r"^C:[\\/]Users[\\/]甲[\\/]collection\.anki2:1:1: R20 there is no such file$",
        outcome.stderr,
        re.MULTILINE,
    )
    assert re.search(r"^a\\nb\.apkg:1:1: R20 ", outcome.stderr, re.MULTILINE), (
        "no line break reaches the terminal"
    )


def test_a_language_that_no_deck_has_is_told_alone(project: Project) -> None:
    """Nothing is said of files in which nothing was looked for."""
    project.deck().build()
    path = with_log(project, "a.anki2", spacing=(9, 1))
    outcome = project.run("reviews", "--lang", "fr", str(path))
    assert outcome.exit_code == 1
    assert re.findall(r": ([A-Z]\d\d) ", outcome.stderr) == ["K07"]


def test_seldom_is_not_never(project: Project) -> None:
    project.deck().build()
    often = with_log(project, "a.anki2", spacing=(300, 1), testing=(300, 0))
    assert "; a card is forgotten less than 1 % of the time" in project.run("reviews", str(often)).stdout
    never = with_log(project, "b.anki2", spacing=(300, 0))
    assert "; a card is forgotten 0 % of the time" in project.run("reviews", str(never)).stdout


@pytest.mark.parametrize("share", [0, 0.1, 0.5, 0.99])
def test_a_file_that_was_cut_off_is_told_so(project: Project, share: float) -> None:
    project.deck().build()
    package = project.package("memory.apkg").read_bytes()
    (project.root / "half.apkg").write_bytes(package[: int(len(package) * share)])
    said = project.run("reviews", "half.apkg").stderr
    assert "R20 is no package or collection: it may be cut off" in said
    whole = with_log(project, "a.anki2", spacing=(9, 1)).read_bytes()
    (project.root / "half.anki2").write_bytes(whole[: int(len(whole) * share * 0.5)])
    assert "cut off, as after a" in project.run("reviews", "half.anki2").stderr


@pytest.mark.parametrize("change", ["ord = 'x'", "lapses = x'00'", "lapses = 9e999", "ord = NULL"])
def test_cards_with_words_for_numbers_are_refused_in_plain_words(project: Project, change: str) -> None:
    project.deck().build()
    path = with_log(project, "a.anki2", spacing=(9, 1))
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE more AS SELECT * FROM cards")
        connection.execute("DROP TABLE cards")
        connection.execute("CREATE TABLE cards AS SELECT * FROM more")
        connection.execute(f"UPDATE cards SET {change}")  # noqa: S608  # our words
        connection.commit()
    outcome = project.run("reviews", "a.anki2")
    assert outcome.exit_code == 1
    assert "a card has something else in the place of a number" in outcome.stderr


def test_link_to_a_collection_is_followed(project: Project, learner: Learner) -> None:
    project.deck().build()
    path = studied(learner, project.package(), 3, forgetful())
    learner.col.close()
    (project.root / "link.anki2").symlink_to(path)
    assert told(project, "link.anki2")["packages"] == told(project, path)["packages"]
    learner.col.reopen()


def test_change_that_was_stopped_half_way_is_told(project: Project, learner: Learner) -> None:
    project.deck().build()
    path = studied(learner, project.package(), 3, forgetful())
    learner.col.close()
    beside = path.with_name("collection.anki2-journal")
    beside.write_bytes(bytes.fromhex("d9d505f920a163d7"))
    outcome = project.run("reviews", str(path))
    assert outcome.exit_code == 1
    assert "open it in Anki once" in outcome.stderr
    beside.unlink()
    learner.col.reopen()


def test_errors_of_the_decks_are_told(project: Project, learner: Learner) -> None:
    """A card that is badly made is counted; a deck that can't be rendered is not, and others are."""
    project.deck(cards=CARDS_YAML + '  - {id: long, q: "Why?", a: "' + "word " * 90 + '"}\n')
    project.build()
    path = studied(learner, project.package(), 2, forgetful())
    learner.col.close()
    assert cards(project, path)["long"]["findings"][0]["code"] == "L03"
    project.write("broken/deck.yaml", "deck: broken\n")
    outcome = project.run("reviews", str(path))
    assert outcome.exit_code == 1
    assert "K02" in outcome.stderr
    assert "memory.apkg" in outcome.stdout
    learner.col.reopen()


# -- ranks ---------------------------------------------------------------------------------


def at_least(count: int, answers: int, rate: float) -> float:
    """How likely so many of the answers are forgotten, or more."""
    return math.fsum(
        math.comb(answers, one) * rate**one * (1 - rate) ** (answers - one)
        for one in range(count, answers + 1)
    )


@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_bound_is_the_rate_at_which_the_answers_would_be_a_rare_chance(counts: tuple[int, int]) -> None:
    forgotten, answers = counts
    rate, least = forgotten / answers, least_rate(forgotten, answers)
    assert 0 <= least <= rate
    if forgotten:
        assert at_least(forgotten, answers, least) == pytest.approx(0.025, abs=1e-6)
        assert least_rate(forgotten - 1, answers) < least
        assert least_rate(2 * forgotten, 2 * answers) > least, "the more is known, the nearer it comes"
    else:
        assert least == 0


def test_bounds_are_those_of_the_source() -> None:
    """Figures of Newcombe, Two-sided confidence intervals for the single proportion, 1998, table I, method 5."""
    for forgotten, answers, least in ((81, 263, 0.2527), (15, 148, 0.0578), (0, 20, 0.0), (1, 29, 0.0009)):
        assert least_rate(forgotten, answers) == pytest.approx(least, abs=0.0001)


@pytest.mark.parametrize("rate", [0.01, 0.03, 0.1, 0.2, 0.5])
def test_ordinary_cards_are_seldom_marked(rate: float) -> None:
    """A card that is forgotten as often as its deck is marked in at most 25 of 1,000 cases, however many answers."""
    for answers in range(FEWEST, 150):
        marked = next((n for n in range(answers + 1) if least_rate(n, answers) > rate), answers + 1)
        assert at_least(marked, answers, rate) <= 0.025


def test_fewest_answers_that_are_ranked_can_tell_forgetting_from_recall() -> None:
    assert least_rate(FEWEST - 1, FEWEST - 1) < 0.5 < least_rate(FEWEST, FEWEST)


def test_worst_come_first_and_few_answers_are_not_ranked(project: Project) -> None:
    lines = "".join(f'  - {{id: c{n}, q: "What is {n}?", a: "It is {n}"}}\n' for n in range(6))
    project.deck(DECK_YAML, f"cards:\n{lines}").build()
    path = with_log(project, "a.anki2", c0=(0, 3), c1=(6, 0), c2=(8, 2), c3=(80, 20), c4=(6, 0))
    found = cards(project, path)
    assert list(found) == ["c3", "c2", "c1", "c4", "c0", "c5"], "alike ones in the order of the deck"
    ranked = {name: card["forgetting_at_least"] for name, card in found.items()}
    assert [name for name, least in ranked.items() if least is None] == ["c0", "c5"]
    assert told(project, path)["ranked_from"] == FEWEST == 6
    shown = project.run("reviews", str(path)).stdout
    assert "not ranked: 1 card with fewer than 6 answers" in shown
    assert re.search(r"20 of 100 +13 % +100 ", shown)
    # Of all cards the mean is 1/4 + 0 + 0.2 + 0.2 + 0: c0 alone, of which little is known, takes it up.
    assert not any(card["often_forgotten"] for card in found.values())
    assert "no card is forgotten more often than the others, by more than chance" in shown
    assert "at least: the lower end of the exact 95 % interval" in shown
    assert "\n* forgotten" not in shown, "no star to explain"
    page = (ROOT / "docs/reviews.md").read_text(encoding="utf-8")
    explained = [line for line in shown.splitlines() if line.startswith(("forgot:", "young, mature:"))]
    assert len(explained) == len([line for line in explained if line in page]) == 2
    path = with_log(project, "b.anki2", c0=(10, 0), c1=(9, 1), c2=(2, 8), c3=(10, 0), c4=(6, 0))
    assert [name for name, card in cards(project, path).items() if card["often_forgotten"]] == ["c2"]


def test_findings_and_twins_stand_beside_a_card(project: Project) -> None:
    """A rule names only one of two cards that are taken for each other: the other has its twin too."""
    project.deck("deck: tides\ntitle: Memory\n", TWINS)
    project.build()
    shutil.move(project.package("tides.apkg"), project.package())
    path = with_log(project, "a.anki2", **{"spring-tides": (3, 7), "neap-tides": (20, 0), "salt": (20, 0)})
    found = told(project, path)["packages"][0]["cards"]
    worst = next(card for card in found if card["card"] == "spring-tides")
    other = next(card for card in found if card["card"] == "neap-tides")
    assert worst["often_forgotten"]
    assert (worst["twins"], other["twins"]) == (["neap-tides"], ["spring-tides"])
    assert (worst["path"], worst["line"]) == ("cards_source/memory/cards.yaml", 2)
    assert "D03" in [one["code"] for one in other["findings"]]
    shown = project.run("reviews", str(path)).stdout
    assert re.search(
        r"\* spring-tides  cards_source/memory/cards.yaml:2\n(      .*\n)*      easily taken for: neap-tides",
        shown,
    )


def test_retired_cards_are_told_apart(project: Project) -> None:
    project.deck().build()
    project.edit(
        '    note: "The effect grows with the delay."\n',
        '    note: "The effect grows with the delay."\n    retired: {since: "2023-11-14", reason: "Old."}\n',
    )
    path = with_log(project, "a.anki2", spacing=(0, 10), stages=(10, 0))
    found = cards(project, path)
    assert found["spacing"]["retired"]
    assert found["spacing"]["reviews"] == 10
    assert found["spacing"]["forgetting_at_least"] is None
    assert list(found)[-1] == "spacing"
    package = told(project, path)["packages"][0]
    assert package["forgetting"] == 0
    assert package["medians"]["reviews"] == 10
    shown = project.run("reviews", str(path)).stdout
    assert "retired cards, not counted here: 10 reviews" in shown


# -- limits --------------------------------------------------------------------------------


def test_log_beyond_the_limit_is_refused(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    project.deck().build()
    path = with_log(project, "a.anki2", spacing=(9, 0))
    monkeypatch.setattr(reviews, "MAX_REVIEWS", 8)
    outcome = project.run("reviews", str(path))
    assert outcome.exit_code == 1
    assert "R20 can't be read as a collection of Anki: `revlog` has more than 8 rows" in outcome.stderr


def test_card_with_more_reviews_than_anybody_makes_is_refused(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.deck().build()
    with_log(project, "a.anki2", spacing=(9, 0))
    monkeypatch.setattr(reviews, "_MOST_OF_CARD", 8)
    said = project.run("reviews", "a.anki2").stderr
    assert "R20 can't be read as a collection of Anki: a card has more than 8 reviews" in said


def test_a_row_of_the_log_takes_few_bytes(project: Project) -> None:
    """A hundred thousand take sixteen each, so that a million fit where a browser tab does."""
    import tracemalloc

    project.deck().build()
    path = with_log(project, "a.anki2", spacing=(9, 0))
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 100000)"
            " INSERT INTO revlog SELECT i, cid, 0, 3, 20, 10, 2500, 5000, 1 FROM n, (SELECT cid FROM revlog LIMIT 1)"
        )
        ((guid, number),) = connection.execute("SELECT guid, mid FROM notes WHERE flds LIKE '%spacing%'")
        connection.commit()
    tracemalloc.start()
    wanted = reviews.Wanted("spacing", number, Templates(False, (("Question", None),)), frozenset({1}))
    found = reviews.read(path, {guid: wanted}).cards
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert found[guid, 1].reviews == 100_009
    assert peak < 2_000_000


def test_document_says_what_the_bound_is_and_links_to_rules_that_are_there() -> None:
    page = (ROOT / "docs/reviews.md").read_text(encoding="utf-8")
    for forgotten, answers in ((3, 4), (30, 40)):
        assert re.search(
            rf"\b{forgotten} of {answers} make {least_rate(forgotten, answers):.0%}".replace("%", " %"), page
        )
    heads = re.findall("^## (.+)$", (ROOT / "docs/checks.md").read_text(encoding="utf-8"), re.MULTILINE)
    anchors = {re.sub(r"[^\w -]", "", head.lower()).replace(" ", "-") for head in heads}
    assert set(re.findall(r"checks\.md#([^)]+)", page)) <= anchors


def test_document_names_every_key_of_the_json(project: Project) -> None:
    project.deck().build()
    found = told(project, with_log(project, "a.anki2", spacing=(9, 0)))
    page = (ROOT / "docs/reviews.md").read_text(encoding="utf-8")

    def keys(value: Any) -> set[str]:
        if isinstance(value, dict):
            return set(value).union(*map(keys, value.values()))
        return set().union(*map(keys, value)) if isinstance(value, list) else set()

    assert {key for key in keys(found) if f"`{key}`" not in page} == set()
