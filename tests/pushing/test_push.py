"""`push`: what a package can't bring reaches a running Anki, and nothing else there changes."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from deckgen.commands.push import push as push_command
from tests.anki_server import AnkiWindow
from tests.conftest import BILINGUAL_CARDS, BILINGUAL_YAML, CARDS_YAML, Outcome, Project
from tests.real_anki import Learner

PICTURE = b"\x89PNG a picture"
SPACING = '    q: "Why do'
MOVED = '    deck: Basics\n    q: "Why do'
STAGES = '    q: "Which stages'
RETIRED = '    retired: {since: 2023-11-01, reason: "wrong"}\n    q: "Which stages'
LEFT = '    retired: {since: 2023-11-01, reason: "wrong", until: 2023-11-02}\n    q: "Which stages'


def push(project: Project, *arguments: str, code: int = 0) -> Outcome:
    outcome = project.run("push", "--no-lint", "--yes", *arguments)
    assert outcome.exit_code == code, outcome.stdout + outcome.stderr
    return outcome


def pushed(project: Project, anki: AnkiWindow, *arguments: str) -> str:
    """What a push says; a second one finds nothing, and an ordinary import of the package changes nothing."""
    said = push(project, *arguments).stdout
    assert push(project, *arguments).stdout.rstrip().endswith("nothing to do")
    before = everything(anki.learner)
    for package in sorted((project.root / "output").iterdir()):
        anki.learner.import_package(package)
    assert everything(anki.learner) == before
    return said


def everything(learner: Learner) -> dict[str, Any]:
    """All that an import must not change after a push."""
    return {name: learner.rows(name) for name in ("notes", "cards", "revlog")} | {
        "types": sorted(learner.note_types()),
        "decks": sorted(deck.name for deck in learner.col.decks.all_names_and_ids()),
    }


def studied(project: Project, anki: AnkiWindow) -> None:
    """The deck `memory`, pushed, and studied for some days."""
    project.deck()
    push(project)
    for _ in range(3):
        anki.learner.study_a_day("Memory", lambda _: (3, 5.0))
    anki.asked.clear()


def homes(learner: Learner, card: str) -> set[str]:
    """The names of the decks in which the cards of a note lie; a card in a filtered deck is at home elsewhere."""
    return {learner.col.decks.name(one.odid or one.did) for one in learner.cards(card)}


def foreign(learner: Learner, deck: str) -> int:
    """A note of somebody else's in a deck."""
    basic, home = learner.col.models.by_name("Basic"), learner.col.decks.id(deck)
    assert basic is not None
    assert home is not None
    note = learner.col.new_note(basic)
    note["Front"], note["Back"], note.tags = "theirs", "theirs", ["memory::basics", "memory::old"]
    learner.col.add_note(note, home)
    return int(note.id)


def test_first_push_brings_the_deck(project: Project, anki: AnkiWindow) -> None:
    project.deck()
    said = pushed(project, anki)
    assert "none of it is there yet" in said
    assert "press Import there" in said
    assert (anki.col.note_count(), anki.col.card_count()) == (3, 6)


def test_dry_run_changes_nothing(project: Project, anki: AnkiWindow) -> None:
    project.deck()
    outcome = project.run("push", "--no-lint", "--dry-run")
    assert outcome.exit_code == 3
    assert not project.lock().exists()
    assert anki.col.note_count() == 0
    assert {name for name, _ in anki.asked} <= {
        "version", "getActiveProfile", "getMediaDirPath", "guiSelectedNotes", "deckNames", "findCards",
    }  # fmt: skip


def test_nobody_can_be_asked(project: Project, anki: AnkiWindow) -> None:
    project.deck()
    outcome = project.run("push", "--no-lint")
    assert outcome.exit_code == 2
    assert "say --yes" in outcome.stderr
    assert anki.col.note_count() == 0


def test_cards_move_with_their_options_and_reviews(project: Project, anki: AnkiWindow) -> None:
    studied(project, anki)
    options = anki.col.decks.add_config("Slow")["id"]
    anki.col.decks.set_config_id_for_deck_dict(anki.col.decks.by_name("Memory"), options)
    before = anki.learner.progress()
    project.edit(SPACING, MOVED)
    said = pushed(project, anki)
    assert "moves 1 card from “Memory” to “Memory::Basics”: spacing" in said
    assert "moved 1 card from “Memory” to “Memory::Basics”" in said
    assert homes(anki.learner, "spacing") == {"Memory::Basics"}
    assert homes(anki.learner, "testing") == {"Memory"}
    assert anki.col.decks.config_dict_for_deck_id(anki.col.decks.id("Memory::Basics"))["id"] == options
    cards, log = anki.learner.progress()
    assert log == before[1]
    # Only deck, time and sync number of the moved card differ.
    assert [(row[:2], row[3], row[6:]) for row in cards] == [(row[:2], row[3], row[6:]) for row in before[0]]
    anki.learner.is_sound()


def test_cards_that_learners_put_elsewhere_stay(project: Project, anki: AnkiWindow) -> None:
    studied(project, anki)
    card = anki.learner.cards("spacing")[0]
    anki.col.set_deck([card.id], anki.col.decks.id("Mine"))
    project.edit(SPACING, MOVED)
    said = push(project).stdout
    assert "leaves 1 card in “Mine”, where this deck never put them: spacing" in said
    assert homes(anki.learner, "spacing") == {"Mine"}
    pushed(project, anki, "--move-all")
    assert homes(anki.learner, "spacing") == {"Memory::Basics"}


def test_decks_of_earlier_builds_are_known_from_git(project: Project, anki: AnkiWindow) -> None:
    """Built and committed twice before anybody pushes."""
    git(project, "init", "-q")
    studied(project, anki)
    commit(project)
    for old, new in ((SPACING, MOVED), ("deck: Basics", "deck: Deep::Basics")):
        project.edit(old, new)
        project.build()
        commit(project)
    pushed(project, anki)
    assert homes(anki.learner, "spacing") == {"Memory::Deep::Basics"}


def git(project: Project, *arguments: str) -> None:
    names = {f"GIT_{who}_{what}": "a@b" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    subprocess.run(["git", *arguments], cwd=project.root, env=os.environ | names, check=True)


def commit(project: Project) -> None:
    git(project, "add", "-A")
    git(project, "commit", "-qm", "x")


def test_card_in_a_filtered_deck_moves_its_home(project: Project, anki: AnkiWindow) -> None:
    studied(project, anki)
    cards = anki.col.find_cards("Id:spacing")
    filtered = anki.col.sched.get_or_create_filtered_deck(0)
    filtered.name = "Cram"
    filtered.config.search_terms[0].search = "Id:spacing"
    anki.col.sched.add_or_update_filtered_deck(filtered)
    assert anki.col.decks.name(anki.col.get_card(cards[0]).did) == "Cram"
    push(project)
    assert homes(anki.learner, "spacing") == {"Memory"}
    project.edit(SPACING, MOVED)
    pushed(project, anki)
    assert homes(anki.learner, "spacing") == {"Memory::Basics"}


def test_tags_of_a_note_that_is_held_back(project: Project, anki: AnkiWindow) -> None:
    """The learner's own tags and texts stay; ours come and go, as far as we gave them."""
    studied(project, anki)
    project.now += 3600
    note = anki.learner.note("spacing")
    note.tags = [*note.tags, "mine", "memory::mine"]
    note["Answer"] = "my words"
    anki.col.update_note(note)
    assert anki.col.db is not None
    anki.col.db.execute("update notes set mod = ? where id = ?", project.now + 86_400, note.id)
    stranger = foreign(anki.learner, "Memory")
    before = anki.col.get_note(stranger)
    project.edit("tags: [basics]", "tags: [foundations]")
    project.edit("basics: ", "foundations: ", "memory/deck.yaml")
    said = pushed(project, anki)
    assert "gives memory::foundations to 1 note: spacing" in said
    assert "takes memory::basics from 1 note: spacing" in said
    assert "leaves memory::mine on 1 note: spacing" in said
    note = anki.learner.note("spacing")
    assert set(note.tags) == {"memory::foundations", "mine", "memory::mine"}
    assert note["Answer"] == "my words"
    assert set(anki.learner.note("testing").tags) == {"memory::foundations", "memory::time"}
    assert anki.col.get_note(stranger).tags == before.tags


def test_retired_cards_are_suspended_once_and_taken_up_again(project: Project, anki: AnkiWindow) -> None:
    studied(project, anki)
    log = anki.learner.rows("revlog")
    project.edit(STAGES, RETIRED)
    said = pushed(project, anki)
    assert "suspends 3 cards of stages (retired)" in said
    assert all(card.queue == -1 for card in anki.learner.cards("stages"))
    anki.col.sched.unsuspend_cards([anki.learner.cards("stages")[0].id])
    assert push(project).stdout.rstrip().endswith("nothing to do")
    project.edit(RETIRED, STAGES)
    said = pushed(project, anki)
    assert "takes up again 2 cards of stages (returned)" in said
    assert all(card.queue != -1 for card in anki.learner.cards("stages"))
    assert anki.learner.rows("revlog") == log


def test_cards_that_a_learner_suspended_stay_suspended(project: Project, anki: AnkiWindow) -> None:
    studied(project, anki)
    first = anki.learner.cards("stages")[0].id
    anki.col.sched.suspend_cards([first])
    project.edit(STAGES, RETIRED)
    push(project)
    project.edit(RETIRED, STAGES)
    push(project)
    assert [card.queue == -1 for card in anki.learner.cards("stages")] == [True, False, False]


def test_notes_are_deleted_only_when_that_is_wanted(project: Project, anki: AnkiWindow) -> None:
    studied(project, anki)
    log = anki.learner.rows("revlog")
    reviews = len([row for row in log if row[1] in {card.id for card in anki.learner.cards("stages")}])
    project.edit(STAGES, LEFT)
    pushed(project, anki)
    assert anki.col.note_count() == 3
    said = push(project, "--delete", "few").stdout
    assert f"deletes none of stages ({reviews} reviews): more than a tenth of the deck" in said
    said = pushed(project, anki, "--delete", "all")
    assert f"deletes stages, which has {reviews} reviews" in said
    assert anki.col.find_notes("Id:stages") == []
    assert anki.learner.rows("revlog") == log
    anki.learner.is_sound()


def test_a_deck_that_is_empty_is_named_or_deleted(project: Project, anki: AnkiWindow) -> None:
    project.deck(cards=CARDS_IN_A_SUBDECK)
    push(project)
    project.edit("deck: Old", "deck: New")
    said = push(project).stdout
    assert "the deck “Memory::Old” is empty now" in said
    assert "\nall is there\n" in said
    project.edit("deck: New", "deck: Newer")
    pushed(project, anki, "--delete")
    decks = [deck.name for deck in anki.col.decks.all_names_and_ids()]
    assert ("Memory::New" in decks, "Memory::Newer" in decks) == (False, True)


CARDS_IN_A_SUBDECK = """\
tags: [basics]
cards:
  - id: spacing
    deck: Old
    q: "Why?"
    a: "So."
"""


def test_foreign_notes_are_never_touched(project: Project, anki: AnkiWindow) -> None:
    """A deck of ours by name, a note of our note type, and a note with our guid whose id is another."""
    studied(project, anki)
    stranger = foreign(anki.learner, "Memory")
    copied = anki.col.new_note(anki.learner.note("spacing").note_type())
    copied["Id"], copied["Question"] = "spacing", "a copy"
    anki.col.add_note(copied, anki.col.decks.id("Memory"))
    other = anki.learner.note("testing")
    other["Id"] = "not-ours"
    anki.col.update_note(other)
    numbers = {stranger, copied.id, other.id}

    def kept() -> list[Any]:
        rows = [row for row in anki.learner.rows("notes") if row[0] in numbers]
        return rows + [row for row in anki.learner.rows("cards") if row[1] in numbers]

    before = kept()
    assert len(before) == 7
    project.edit("tags: [basics]\n", "tags: [basics]\ndeck: All\n")
    push(project, "--move-all")
    assert kept() == before
    assert {
        anki.col.decks.name(card.did) for card in map(anki.col.get_card, anki.col.find_cards("Id:stages"))
    } == {"Memory::All"}


def test_another_deck_with_our_name_is_left_alone(project: Project, anki: AnkiWindow) -> None:
    stranger = foreign(anki.learner, "Memory")
    project.deck()
    pushed(project, anki)
    assert anki.col.get_note(stranger)["Front"] == "theirs"
    assert anki.col.note_count() == 4


def test_languages_and_chinese_names(project: Project, anki: AnkiWindow) -> None:
    project.deck(BILINGUAL_YAML, BILINGUAL_CARDS)
    said = pushed(project, anki)
    assert said.count("press Import there") == 2
    project.edit("  - id: spacing\n", "  - id: spacing\n    deck: {en: Start, zh: 开始}\n")
    said = pushed(project, anki)
    assert "moved 1 card from “记忆” to “记忆::开始”" in said
    said = push(project, "--lang", "zh").stdout
    assert "memory.zh.apkg" in said
    assert "memory.en.apkg" not in said


def test_a_new_look_arrives(project: Project, anki: AnkiWindow) -> None:
    studied(project, anki)
    project.write("memory/style.css", ".card { color: #123456; }\n")
    said = pushed(project, anki)
    assert "new look" in said
    styles = [one["css"] for one in anki.col.models.all() if one["name"].startswith("memory")]
    assert all("#123456" in css for css in styles)


def test_look_of_a_type_without_notes_is_not_waited_for(project: Project, anki: AnkiWindow) -> None:
    """The only question has left, so the package has no note type for it."""
    project.deck()
    project.edit("strengthens it.", "strengthens x^2^.")
    push(project)
    project.edit(SPACING, LEFT.partition("    q:")[0] + SPACING)
    said = pushed(project, anki, "--wait", "3")
    assert "press Import" not in said


def test_a_new_stamp_alone_is_seen_to_come(project: Project, anki: AnkiWindow) -> None:
    """No question that AnkiConnect answers shows it."""
    studied(project, anki)
    assert project.run("restamp", "spacing", "--no-lint").exit_code == 0
    pushed(project, anki, "--wait", "3")
    project.run("rename", "stages", "steps")
    assert project.run("restamp", "spacing", "--no-lint").exit_code == 0
    pushed(project, anki, "--wait", "3")


def test_journal_tells_what_was_done(project: Project, anki: AnkiWindow) -> None:
    studied(project, anki)
    (path,) = Path(os.environ["XDG_CACHE_HOME"], "deckgen/push").glob("*.json")
    done = json.loads(path.read_text(encoding="utf-8"))["done"]
    assert done == ["2023-11-14T23:13:20Z User 1: imported memory.apkg"]


def test_what_the_import_leaves_is_told(project: Project, anki: AnkiWindow) -> None:
    """A learner's options may leave updates out: the push says so, and does not wait for ever."""
    studied(project, anki)
    anki.options = {"update_notes": 2}
    project.edit("strengthens it.", "strengthens it much.")
    outcome = push(project, "--wait", "3", code=1)
    assert "nothing of memory.apkg has come within 3 seconds" in outcome.stdout
    anki.options = {}
    pushed(project, anki)


@pytest.mark.parametrize("wait", ["1", "5"])
def test_nobody_presses_import(project: Project, anki: AnkiWindow, wait: str) -> None:
    project.deck()
    anki.presses = None
    outcome = push(project, "--wait", wait, code=1)
    assert "press Import in Anki's window, or close it, and push again" in outcome.stdout
    anki.presses = 1
    pushed(project, anki)


def test_unattended_import_lets_later_looks_arrive(project: Project, anki: AnkiWindow) -> None:
    """It makes the note types as new as itself; the next look must be newer, whatever the author's clock says."""
    studied(project, anki)
    anki.presses = None
    project.edit("strengthens it.", "strengthens it much.")
    said = push(project, "--unattended").stdout
    assert "press Import" not in said
    assert "much" in anki.learner.note("spacing")["Answer"]
    assert project.run("build", "--no-lint", "--locked").exit_code == 0
    assert push(project).stdout.rstrip().endswith("nothing to do")
    project.write("memory/style.css", ".card { color: #123456; }\n")
    project.build()
    anki.learner.import_package(project.package())
    styles = [one["css"] for one in anki.col.models.all() if one["name"].startswith("memory")]
    assert all("#123456" in css for css in styles)


@pytest.mark.usefixtures("anki")
def test_unattended_import_of_several_languages(project: Project) -> None:
    project.deck(BILINGUAL_YAML, BILINGUAL_CARDS)
    push(project, "--unattended")
    project.edit("Fading memory gains", "Fading memory wins")
    project.edit("快忘时复习收获最大", "快忘时复习最好")
    push(project, "--unattended")
    text = project.lock().read_text(encoding="utf-8")
    assert text.count(" above=") == 4
    assert project.run("build", "--no-lint", "--locked").exit_code == 0


def test_a_deck_is_renamed(project: Project, anki: AnkiWindow) -> None:
    """Its options and cards go along, also those of subdecks; the import of others makes a second deck, as R03
    says."""
    project.deck(cards=CARDS_YAML.replace(SPACING, MOVED))
    push(project)
    anki.learner.study_a_day("Memory", lambda _: (3, 5.0))
    log = anki.learner.rows("revlog")
    project.edit('title: "Memory"', 'title: "Memories"', "memory/deck.yaml")
    refused = push(project, code=1)
    assert "R03" in refused.stderr
    said = pushed(project, anki, "--retitle", "--delete")
    assert "moves 1 card from “Memory::Basics” to “Memories::Basics”: spacing" in said
    assert {name for card in ("spacing", "testing", "stages") for name in homes(anki.learner, card)} == {
        "Memories",
        "Memories::Basics",
    }
    assert "Memory" not in {deck.name for deck in anki.col.decks.all_names_and_ids()}
    assert anki.learner.rows("revlog") == log
    assert push(project).stdout.rstrip().endswith("nothing to do")


def test_page_shows_what_a_push_says(project: Project, anki: AnkiWindow) -> None:
    page = (Path(__file__).parents[2] / "docs/push.md").read_text(encoding="utf-8")
    shown = page.partition("```console\n$ deckgen push\n")[2].partition("```")[0]
    studied(project, anki)
    project.edit(SPACING, MOVED)
    project.edit("a marker}}.", "a marker}}, by far.")
    project.edit(STAGES, RETIRED)
    said = push(project).stdout
    lines = [re.sub(r"nid:[\d,]+", "nid:", line) for line in said.splitlines()]
    expected = [re.sub(r"nid:[\d,]+", "nid:", line) for line in shown.splitlines() if "[y/N]" not in line]
    assert lines[:-1] == expected[:-1]
    assert lines[-1].startswith("the decks as they were before: ")
    options = {option for one in push_command.params for option in one.opts if option.startswith("--")}
    assert set(re.findall(r"--[a-z]+[a-z-]*", page)) - {"--against"} <= options


def test_reviews_of_a_running_anki(project: Project, anki: AnkiWindow, tmp_path: Path) -> None:
    """They are those of the file; also where its cards lie in several decks."""
    studied(project, anki)
    anki.col.set_deck([anki.learner.cards("spacing")[0].id], anki.col.decks.id("Mine"))
    running = project.run("reviews", "--running")
    assert running.exit_code == 0, running.stderr
    assert "memory.apkg" in running.stdout
    anki.col.close()
    shutil.copy(tmp_path / "learner/collection.anki2", tmp_path / "copy.anki2")
    anki.col.reopen()
    told = project.run("reviews", str(tmp_path / "copy.anki2"))
    assert running.stdout == told.stdout


@pytest.mark.parametrize("command", ["reviews", "pull"])
@pytest.mark.parametrize("change", ["moved", "profile"])
def test_copies_of_a_running_anki_are_of_one_moment(
    project: Project, anki: AnkiWindow, learners: Callable[[str], Learner], command: str, change: str
) -> None:
    """Cards that are moved, and another profile that is opened, between two questions: nothing is read."""
    studied(project, anki)
    other = learners("other")
    other.import_package(project.package())
    cards = [card.id for card in anki.learner.cards("spacing")]

    def meanwhile(asked: str, _: int) -> str:
        if asked == "exportPackage" and change == "moved":
            anki.col.set_deck(cards, anki.col.decks.id("Elsewhere"))
        elif asked == "exportPackage":
            anki.learner, anki.profile = other, "User 2"
        return ""

    before, learner, anki.trouble = project.files(), anki.learner, meanwhile
    said = project.run(command, "--running")
    assert said.exit_code == 2, said.stdout
    assert "the copies may lack some, so nothing was read. Try again" in " ".join(said.stderr.split())
    assert (said.stdout, project.files()) == ("", before)
    anki.trouble = lambda *_: ""
    assert project.run(command, "--running").exit_code == 0
    anki.learner = learner


def test_reviews_of_an_anki_without_these_cards(project: Project, anki: AnkiWindow) -> None:
    project.deck()
    said = project.run("reviews", "--running", "--anki", anki.address)
    assert (said.exit_code, "has none of these cards" in said.stderr) == (2, True)
    said = project.run("reviews")
    assert (said.exit_code, "or say --running" in said.stderr) == (2, True)


def test_a_tenth_of_a_deck_is_deleted(project: Project, anki: AnkiWindow) -> None:
    cards = "".join(f'  - id: card-{number}\n    q: "Q{number}?"\n    a: "A."\n' for number in range(10))
    project.deck(cards=f"tags: [basics]\ncards:\n{cards}")
    push(project)
    for number in range(2):
        project.edit(
            f'    q: "Q{number}?"',
            f'    retired: {{since: 2023-11-01, reason: "wrong", until: 2023-11-02}}\n    q: "Q{number}?"',
        )
        left = "deletes none of card-" if number else "deletes card-0, which has 0 reviews"
        assert left in push(project, "--delete").stdout
        assert anki.col.note_count() == 9


@pytest.mark.parametrize("elsewhere", [False, True])
def test_pull_of_a_running_anki(
    project: Project, anki: AnkiWindow, tmp_path: Path, *, elsewhere: bool
) -> None:
    """It brings home what the file would: edits, tags, new notes and pictures, also from several decks."""
    studied(project, anki)
    note = anki.learner.note("spacing")
    picture = anki.col.media.write_data("mine.png", PICTURE)
    note["Answer"] += f' <img src="{picture}">'
    anki.col.update_note(note)
    added = anki.col.new_note(anki.learner.note("testing").note_type())
    added["Text"] = "A {{c1::new}} one"
    anki.col.add_note(added, anki.col.decks.id("Mine::Below"))
    anki.col.set_deck([anki.learner.cards("testing")[0].id], anki.col.decks.id("Other"))
    told = project.run("pull", "--running", "--dry-run", "memory", "--format", "json")
    assert told.exit_code == 0, told.stderr
    anki.col.close()
    folder = tmp_path / "copy"
    shutil.copytree(tmp_path / "learner", folder)
    anki.col.reopen()
    file = project.run("pull", str(folder / "collection.anki2"), "--dry-run", "--format", "json")
    assert json.loads(told.stdout) == json.loads(file.stdout)
    if elsewhere:
        anki.sees = tmp_path / "learner"
    pulled = project.run("pull", "--running")
    assert "1 text came home" in pulled.stdout
    assert "![](mine.png)" in (project.root / "cards_source/memory/cards.yaml").read_text(encoding="utf-8")
    assert (project.root / "cards_source/memory/media/mine.png").read_bytes() == PICTURE
    again = project.run("pull", "--running").stdout
    assert "no text came home" in again


def test_pull_of_an_anki_that_is_not_there(project: Project, anki: AnkiWindow) -> None:
    studied(project, anki)
    before = project.files()
    said = project.run("pull")
    assert (said.exit_code, "or say --running" in said.stderr) == (2, True)
    anki.trouble = lambda *_: "drop"
    said = project.run("pull", "--running")
    assert (said.exit_code, "Anki ended the connection" in said.stderr) == (2, True)
    anki.trouble = lambda *_: ""
    said = project.run("pull", "--running", "nothing")
    assert (said.exit_code, "nothing" in said.stderr) == (2, True)
    assert project.files() == before
