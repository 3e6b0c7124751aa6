"""What the lock remembers, and how it lives through merges of git."""

from __future__ import annotations

import re
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from deckgen.finding import Place
from deckgen.kinds import Kind
from deckgen.lock.dump import dump
from deckgen.lock.edited import next_stamp
from deckgen.lock.limits import EARLIEST, MAX_TEXTS, MAX_WAITING
from deckgen.lock.lines import MERGED, Lock, NoteLine, PackageLine, TypeLine
from deckgen.lock.merge import merge_notes
from deckgen.lock.parse import other_state, parse
from deckgen.lock.states import given_out
from deckgen.notes import identity
from tests.conftest import BILINGUAL_CARDS, BILINGUAL_YAML, Project
from tests.lock_reader import read_lock
from tests.real_anki import Learner, Log


def _lock(project: Project) -> Lock:
    return read_lock(project.lock())


def _stamps(project: Project) -> dict[str, int]:
    return {card: line.stamp for (card, _), line in _lock(project).notes.items()}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("tags: [time]", "tags: []"),
        ("cloze: ", "note: N\n    cloze: "),
        ("{{c2::highlighting::a marker}}", "{{c2::highlighting}}"),
        ("  - id: testing\n", "  - id: testing\n    see: [spacing]\n"),
        ("  - id: testing\n", "  - id: testing\n    speaker: ada\n"),
        ("  - id: testing\n", "  - id: testing\n    typed: true\n"),
    ],
)
def test_what_learners_see_moves_the_stamp_of_its_note(project: Project, old: str, new: str) -> None:
    project.deck().build()
    before = _stamps(project)
    project.edit(old, new)
    project.build()
    after = _stamps(project)
    assert {card for card in before if after[card] != before[card]} == {"testing"}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("tags: [time]", "tags:\n      - 'time'  # a comment"),
        ("  - id: testing\n", "  - id: testing\n    source: {section: A, find: x}\n"),
        ("  - id: testing\n", "  - id: testing\n    after: [stages]\n"),
        ("  - id: testing\n", "\n\n  - id: testing\n    hedged: false\n"),
        ('"Why do spaced', '"Why\\u0020do spaced'),
        ("Recall from fading", "Recall\\x20from fading"),
    ],
)
def test_what_learners_do_not_see_moves_nothing(project: Project, old: str, new: str) -> None:
    project.deck().build()
    before = _stamps(project)
    project.edit(old, new)
    project.build()
    assert _stamps(project) == before


def test_decomposed_and_composed_text_are_the_same(project: Project) -> None:
    project.deck()
    project.edit("fading memory", "café")
    project.build()
    project.edit("café", "cafe\u0301")
    assert "3 unchanged" in project.build().stdout


def test_number_of_an_item_is_never_given_to_another(project: Project, learner: Learner) -> None:
    """Added, removed, added: each key keeps its card, also over several builds."""
    project.deck().build()
    lists = [
        '{encoding: "Encoding", x: "X", storage: "Storage", retrieval: "Retrieval"}',
        '{encoding: "Encoding", x: "X", y: "Y", storage: "Storage", retrieval: "Retrieval"}',
        '{y: "Y", encoding: "Encoding", storage: "Storage"}',
        '{z: "Z", y: "Y", encoding: "Encoding", storage: "Storage"}',
        '{z: "Z", x: "X", retrieval: "Retrieval", encoding: "Encoding"}',
    ]
    seen: dict[str, int] = {}
    old = '{encoding: "Encoding", storage: "Storage", retrieval: "Retrieval"}'
    for new in lists:
        project.edit(old, new)
        project.build("--accept", "stages")
        line = _lock(project).notes["stages", ""]
        for number, key in {**line.gone, **line.cards}.items():
            assert seen.setdefault(key, number) == number
        old = new
    assert len(set(seen.values())) == len(seen) == 6
    learner.import_package(project.package())
    assert {card.ord + 1 for card in learner.cards("stages")} == set(_lock(project).notes["stages", ""].cards)


@pytest.mark.parametrize(
    ("old", "new", "code", "message"),
    [
        ("{{c1::rereading}} and {{c2::highlighting::a marker}}", "{{c1::rereading}}", "R11", "the deletion 2,"),
        ("{{c1::rereading}} and {{c2::highlighting::a marker}}", "{{c1::highlighting}} and {{c2::rereading}}", "R12", ""),
        ('storage: "Storage", ', "", "R11", "the item storage,"),
        ("    reverse: true\n", "", "R11", "the card number 2,"),
    ],
)  # fmt: skip
def test_lost_and_moved_history_is_refused_until_accepted(
    project: Project, old: str, new: str, code: str, message: str
) -> None:
    project.deck()
    project.edit("  - id: spacing\n", "  - id: spacing\n    reverse: true\n")
    project.build()
    before = project.files()
    project.edit(old, new)
    outcome = project.run("build")
    assert outcome.exit_code == 1
    assert f" {code} " in outcome.stderr
    assert message in outcome.stderr
    card = project.findings()[0]["card"]
    assert f"`deckgen build --accept {card}`" in outcome.stderr
    assert {name: text for name, text in project.files().items() if "cards.yaml" not in name} == {
        name: text for name, text in before.items() if "cards.yaml" not in name
    }
    assert "1 changed" in project.build("--accept", card).stdout
    assert project.codes() == []


LATE = 463  # what the key `added` gives: blake2b, as deckgen has it since its first release


@pytest.mark.parametrize(
    ("gone", "number"),
    [
        ([], LATE),
        ([LATE], LATE + 1),
        (list(range(LATE, 500)), 100),
        (list(range(100, 500)), 1),
    ],
)
def test_late_number_is_the_same_for_everybody(project: Project, gone: list[int], number: int) -> None:
    """Made from the key, then upwards from there, and below 100 only when nothing else is left."""
    project.deck().build()
    text = project.lock().read_text(encoding="utf-8")
    old = "1:encoding,2:storage,3:retrieval"
    assert old in text
    new = "2:encoding,3:storage,4:retrieval"
    if gone:
        new += " gone=" + ",".join(f"{taken}:g{taken}" for taken in gone)
    project.lock().write_text(text.replace(old, new), encoding="utf-8")
    project.edit('retrieval: "Retrieval"', 'retrieval: "Retrieval", added: "Added"')
    project.build("--accept", "stages")
    cards = _lock(project).notes["stages", ""].cards
    assert cards == {2: "encoding", 3: "storage", 4: "retrieval", number: "added"}


def test_items_that_would_get_one_number_are_numbered_by_their_keys(project: Project) -> None:
    """In whichever order they stand in the source: two branches agree after a merge."""
    keys = ["added", "fact-144", "item-279", "item-41", "kind-131", "note-4"]  # all give LATE
    project.deck().build()
    items = ", ".join(f'{key}: "An item"' for key in reversed(keys))
    project.edit('retrieval: "Retrieval"', f'retrieval: "Retrieval", {items}')
    project.build()
    cards = _lock(project).notes["stages", ""].cards
    assert {number: key for number, key in cards.items() if number > 3} == dict(enumerate(keys, LATE))


def test_lock_remembers_the_last_eight_texts_the_newest_first(project: Project) -> None:
    project.deck().build()
    said = list(_lock(project).notes["spacing", ""].texts)
    for count in range(9):
        project.edit(
            f'gains {count - 1}."' if count else 'strengthens it."',
            f'gains {count}."',
        )
        project.build()
        newest, *older = _lock(project).notes["spacing", ""].texts
        assert newest not in said
        assert older == said[:7]
        said = [newest, *said]
    assert len(_lock(project).notes["spacing", ""].texts) == 8


def test_each_edit_within_one_second_has_a_stamp_of_its_own(project: Project) -> None:
    project.deck().build()
    first = _stamps(project)["testing"]
    for count, (old, new) in enumerate([("beats", "outdoes"), ("outdoes", "beats")], start=1):
        project.now -= 3600
        project.edit(f"Recall {old}", f"Recall {new}")
        project.build()
        assert _stamps(project)["testing"] == first + count


def test_card_that_is_new_and_retired_at_once(project: Project) -> None:
    """Nobody gets a card of it, so none is missed later."""
    project.deck()
    project.run("retire", "stages", "--reason", "Old", "--since", "2026-01-31")
    project.build()
    line = _lock(project).notes["stages", ""]
    assert (line.retired, line.cards) == (True, {})
    project.edit('storage: "Storage", ', "")
    project.edit('    retired: {since: "2026-01-31", reason: "Old"}\n', "")
    project.build()
    line = _lock(project).notes["stages", ""]
    assert (line.retired, sorted(line.cards.values())) == (False, ["encoding", "retrieval"])


def test_edited_deletion_is_no_move(project: Project) -> None:
    project.deck().build()
    project.edit("{{c1::rereading}}", "{{c1::reading again}}")
    project.edit("{{c2::highlighting::a marker}}", "{{c3::a pen}} or {{c2::highlighting}}")
    assert project.codes() == []


def test_deletion_that_says_what_another_one_says_is_no_move(project: Project) -> None:
    project.deck()
    project.edit(
        "{{c1::rereading}} and {{c2::highlighting::a marker}}", "{{c1::it}}, {{c2::it}} and {{c3::us}}"
    )
    project.build()
    project.edit("{{c1::it}}, {{c2::it}}", "{{c1::them}}, {{c2::it}}")
    assert project.codes() == []
    project.edit("{{c2::it}} and {{c3::us}}", "{{c2::us}} and {{c3::us}}")
    assert project.codes() == []
    project.edit("{{c2::us}} and {{c3::us}}", "{{c2::us}} and {{c3::it}}")
    assert [finding["message"].split(",")[0] for finding in project.findings()] == [
        "what c1 of `testing` hid is under c3 now",
        "what c2 of `testing` hid is under c3 now",
        "what c3 of `testing` hid is under c2 now",
    ]


def test_deletion_that_returns_to_its_number_is_no_other(project: Project) -> None:
    project.deck().build()
    project.edit(" and {{c2::highlighting::a marker}}", "")
    project.build("--accept", "testing")
    project.edit("{{c1::rereading}}", "{{c1::rereading}} or {{c2::highlighting}}")
    assert project.codes() == []


def test_every_lost_item_is_named_in_order_also_behind_a_new_card(project: Project) -> None:
    """`extra-81` has the number 256, and so comes after the first three."""
    cards = 'cards:\n{}  - {{id: long, q: "Q?", list: {{{}storage: "S", retrieval: "R"}}}}\n'
    project.deck(cards=cards.format("", 'encoding: "E", ')).build()
    project.deck(cards=cards.format("", 'extra-81: "X", encoding: "E", ')).build()
    project.deck(cards=cards.format('  - {id: new, q: "Q?", a: "A"}\n', ""))
    assert [finding["message"] for finding in project.findings()] == [
        "the card `long` was built with the item encoding, extra-81, which is gone now"
    ]


def test_exchanged_deletions_really_move_history_in_anki(project: Project, learner: Learner) -> None:
    """Why R12 is an error: Anki keeps the history with the number."""
    project.deck().build()
    learner.import_package(project.package())
    learner.study("Memory", 2)
    before = [(card.ord, card.reps) for card in learner.cards("testing")]
    assert [reps for _, reps in before] == [1, 0]
    project.edit(
        "{{c1::rereading}} and {{c2::highlighting::a marker}}", "{{c2::rereading}} and {{c1::highlighting}}"
    )
    project.build("--accept", "testing")
    learner.import_package(project.package())
    assert [(card.ord, card.reps) for card in learner.cards("testing")] == before
    assert ">highlighting<" in learner.cards("testing")[0].answer()


def test_second_language_keeps_the_progress_of_the_first(project: Project, learner: Learner) -> None:
    project.deck().build()
    learner.import_package(project.package())
    learner.study("Memory", 6)
    progress = learner.progress()
    project.deck(
        deck=BILINGUAL_YAML.replace("tags: [basics]", "tags: [basics, time]"),
        cards="""\
tags: [basics]
cards:
  - id: spacing
    en: {q: "Why do spaced reviews beat one long session?", a: "Recall strengthens.", note: "The effect grows with the delay."}
    zh: {q: "Q", a: "A", note: "N"}
  - id: testing
    tags: [time]
    only: en
    en: {cloze: "Recall beats {{c1::rereading}} and {{c2::highlighting::a marker}}."}
  - id: stages
    only: en
    en: {q: "Which stages does a memory pass through?", list: {encoding: Encoding, storage: Storage, retrieval: Retrieval}}
""",
    )
    outcome = project.build()
    assert "output/memory.en.apkg  3 notes, 6 cards: 1 changed, 2 unchanged" in outcome.stdout
    assert learner.import_package(project.package("memory.en.apkg")) == Log(0, 1, 2, 0)
    assert learner.progress() == progress
    assert learner.import_package(project.package("memory.zh.apkg")) == Log(1, 0, 0, 0)
    assert project.run("build", "--locked").exit_code == 0


def test_lock_that_calls_the_first_language_none(project: Project) -> None:
    """As it did before the deck had a second one; a line of that one stays its own."""
    project.deck(BILINGUAL_YAML, BILINGUAL_CARDS).build()
    lock = project.lock().read_text(encoding="utf-8")
    kinds = "(?m)^(package|notetype|note [a-z]+) en "
    project.lock().write_text(re.sub(kinds, r"\1 - ", lock), encoding="utf-8")
    assert project.codes() == []
    project.build()
    assert project.lock().read_text(encoding="utf-8") == lock


def test_package_tells_of_its_own_language_only(project: Project) -> None:
    """And not for what another language waits: that is the author's."""
    project.deck(BILINGUAL_YAML, BILINGUAL_CARDS).build()
    project.edit("Why space reviews?", "Why does spacing work?")
    project.build()
    lock = project.lock().read_text(encoding="utf-8")
    assert " of=" in lock
    for lang, other in (("en", "zh"), ("zh", "en")):
        with zipfile.ZipFile(project.package(f"memory.{lang}.apkg")) as package:
            told = package.read("deckgen.lock").decode()
        lines = [line for line in lock.split("\n") if f" {other} " not in line]
        assert told.split() == re.sub(r" of=\S+", "", "\n".join(lines)).split()


# -- merges ------------------------------------------------------------------------


def _git(project: Project, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    identity = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "init.defaultBranch=main"]
    return subprocess.run(["git", *identity, *arguments], cwd=project.root, capture_output=True, check=False)


def _branch(project: Project, name: str, old: str, new: str) -> None:
    """A branch off main with one edit, built at the same second as every other branch."""
    now = project.now
    _git(project, "checkout", "-q", "main")
    _git(project, "checkout", "-q", "-b", name)
    project.edit(old, new)
    project.build("--accept", "stages")
    _git(project, "commit", "-qam", name)
    project.now = now


@pytest.fixture
def repository(project: Project) -> Project:
    project.deck()
    (project.root / ".gitignore").write_text("output/\nlearner/\n", encoding="utf-8")
    project.build()
    _git(project, "init", "-q")
    _git(project, "add", "-A")
    _git(project, "commit", "-qm", "first")
    return project


def test_merge_of_branches_that_edit_other_cards(repository: Project) -> None:
    _branch(repository, "one", "Recall beats", "Recall is better than")
    _branch(repository, "two", "fading memory", "a fading memory")
    assert _git(repository, "merge", "-q", "-m", "m", "one").returncode == 0
    assert repository.codes() == []
    assert "3 unchanged" in repository.build().stdout


def test_merge_of_branches_that_add_cards_at_the_same_time(repository: Project, learner: Learner) -> None:
    """Both give their card the same note id; the merged deck builds and imports all the same."""
    card = '  - id: {}\n    q: "{}?"\n    a: "A"\n'
    _branch(repository, "one", "  - id: spacing", card.format("aaa", "First") + "  - id: spacing")
    _branch(repository, "two", "  - id: stages", card.format("zzz", "Second") + "  - id: stages")
    assert _git(repository, "merge", "-q", "-m", "m", "one").returncode == 0
    ids = [line.note_id for line in _lock(repository).notes.values()]
    assert len(set(ids)) == len(ids) - 1
    assert "5 unchanged" in repository.build().stdout
    ids = [line.note_id for line in _lock(repository).notes.values()]
    assert len(set(ids)) == len(ids)
    assert learner.import_package(repository.package()) == Log(5, 0, 0, 0)


@pytest.mark.parametrize("side", ["ours", "theirs", "both"])
def test_merge_conflict_in_the_lock(repository: Project, learner: Learner, side: str) -> None:
    """However it is resolved, the next build brings the merged text to everybody."""
    _branch(repository, "one", "Recall beats", "Recall is better than")
    learner.import_package(repository.package())
    _branch(repository, "two", "Recall beats", "Recall outdoes")
    assert _git(repository, "merge", "-q", "-m", "m", "one").returncode == 1
    repository.deck()
    finding = next(f for f in repository.findings() if f["path"].endswith("deck.lock"))
    assert finding["code"] == "R01"
    assert finding["hint"].startswith("after a merge delete only the lines `<<<<<<<`, `=======`, `>>>>>>>`")
    _resolve(repository.lock(), side)
    repository.edit("Recall beats", "Recall is better than")
    repository.build()
    log = learner.import_package(repository.package())
    assert learner.note("testing")["Text"].startswith("Recall is better than")
    assert log.new == log.conflicting == 0


def _resolve(path: Path, side: str) -> None:
    lines, keep = [], "all"
    for line in path.read_text(encoding="utf-8").split("\n"):
        if line.startswith(("<<<<<<<", "=======", ">>>>>>>")):
            keep = {"<": "ours", "=": "theirs", ">": "all"}[line[0]]
        elif keep in ("all", side) or side == "both":
            lines.append(line)
    path.write_text("\n".join(lines), encoding="utf-8")


@pytest.mark.parametrize("side", ["ours", "theirs", "both"])
def test_two_branches_add_items_to_one_list(repository: Project, learner: Learner, side: str) -> None:
    """The item that a learner has studied keeps its card, whichever line of the lock survives."""
    old = 'retrieval: "Retrieval"}'
    _branch(repository, "one", old, 'retrieval: "Retrieval", one: "One"}')
    learner.import_package(repository.package())
    learner.study("Memory", 10)
    asked = {card.id: card.answer() for card in learner.cards("stages")}
    progress = learner.progress()
    _branch(repository, "two", old, 'retrieval: "Retrieval", two: "Two"}')
    assert _git(repository, "merge", "-q", "-m", "m", "one").returncode == 1
    _resolve(repository.lock(), side)
    repository.deck()
    repository.edit(old, 'retrieval: "Retrieval", one: "One", two: "Two"}')
    repository.build()
    learner.import_package(repository.package())
    assert len(learner.cards("stages")) == 5
    for card in learner.cards("stages"):
        if card.id in asked:
            assert _active(card.answer()) == _active(asked[card.id])
    assert learner.progress()[1] == progress[1]


def _active(answer: str) -> str:
    return answer.split('<span class="cloze" ')[1].split("<", maxsplit=1)[0].split(">")[1]


@pytest.mark.parametrize("way", ["revert", "reset"])
def test_lock_that_git_took_back_still_delivers(repository: Project, learner: Learner, way: str) -> None:
    """`git revert` takes back card and lock; learners who have the newer text get the older one."""
    repository.edit("Recall beats", "Recall hardly beats")
    repository.build()
    _git(repository, "commit", "-qam", "a mistake")
    learner.import_package(repository.package())
    if way == "revert":
        assert _git(repository, "revert", "--no-edit", "HEAD").returncode == 0
    else:
        _git(repository, "checkout", "HEAD~1", "--", "cards_source")
        _git(repository, "commit", "-qam", "back")
    assert repository.run("build", "--locked").exit_code == 1
    assert "1 changed, 2 unchanged" in repository.build().stdout
    assert learner.import_package(repository.package()) == Log(0, 1, 2, 0)
    assert learner.note("testing")["Text"].startswith("Recall beats")
    _git(repository, "commit", "-qam", "built")
    assert repository.run("build", "--locked").exit_code == 0


def test_new_major_begins_anew_beside_the_old_deck(project: Project, learner: Learner) -> None:
    project.deck().build()
    learner.import_package(project.package())
    learner.study("Memory", 6)
    progress, notes = learner.progress(), learner.rows("notes")
    project.edit("  - id: testing", "  - id: tested")
    project.edit('title: "Memory"', 'title: "Memory, new"', "memory/deck.yaml")
    assert project.run("build").exit_code == 1
    outcome = project.build("memory", "--new-major")
    assert "3 new" in outcome.stdout
    assert "This is another deck to everybody who has the old one" in outcome.stdout
    assert "3 unchanged" in project.build().stdout
    assert learner.import_package(project.package()) == Log(3, 0, 0, 0)
    kept = {row[0] for row in notes}
    assert [row for row in learner.rows("notes") if row[0] in kept] == notes
    assert [row for row in learner.rows("cards") if row[1] in kept] == progress[0]
    assert {"memory questions", "memory.2 questions"} <= {
        item.name for item in learner.col.models.all_names_and_ids()
    }


def test_every_new_major_has_the_next_number(project: Project) -> None:
    project.deck(BILINGUAL_YAML, BILINGUAL_CARDS).build()
    for major in (2, 3):
        project.build("memory", "--new-major")
        namespaces = {lang: line.namespace for lang, line in _lock(project).packages.items()}
        assert namespaces == {"en": f"en#{major}", "zh": f"zh#{major}"}


def test_new_major_after_a_language_that_came_later(project: Project) -> None:
    """Also a deck that nobody has yet may begin at once with the second number."""
    first = BILINGUAL_YAML.replace("en, zh", "en").replace(', zh: "记忆"', "")
    project.deck(first, 'tags: [basics]\ncards:\n  - {id: spacing, en: {q: "Q?", a: "A"}}\n')
    project.build("memory", "--new-major")
    assert _lock(project).packages["en"].namespace == "en#2"
    project.deck(BILINGUAL_YAML, BILINGUAL_CARDS).build()
    assert _lock(project).packages["zh"].namespace == "zh#2"
    project.build("memory", "--new-major")
    assert {line.namespace for line in _lock(project).packages.values()} == {"en#3", "zh#3"}


def test_second_build_waits_or_fails_cleanly(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    from deckgen.packing import stage

    project.deck()
    monkeypatch.setattr(stage, "PATIENCE", 0.05)
    before = project.files()
    with stage.alone(Path("cards_source")):
        outcome = project.run("build")
    assert outcome.exit_code == 2
    assert "another deckgen is at work on cards_source" in outcome.stderr
    assert project.files() == before
    project.build()


def test_two_builds_at_once_end_as_one(project: Project) -> None:
    project.deck()
    command = [sys.executable, "-m", "deckgen", "build"]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(4)]
    said = sorted(process.communicate()[0].decode().split(": ")[1].strip() for process in running)
    assert [process.returncode for process in running] == [0] * 4
    assert said == ["3 new", "3 unchanged", "3 unchanged", "3 unchanged"]
    assert project.run("build", "--locked").exit_code == 0
    assert not [path for path in project.root.rglob(".*") if path.is_file()]


def test_copied_deck_folder_is_told_from_its_original(project: Project) -> None:
    import shutil

    project.deck().build()
    shutil.copytree(project.root / "cards_source/memory", project.root / "cards_source/copy")
    before = project.files()
    assert "K11" in project.run("build", "copy").stderr
    project.edit("deck: memory", "deck: copy", "copy/deck.yaml")
    outcome = project.run("build", "copy")
    assert "to make a copied deck independent, use `deckgen fork`" in outcome.stderr
    assert "K16 cards_source/memory has the title “Memory” as well" in outcome.stderr
    assert project.run("fork", "copy", "copy", "--title", "memory").exit_code == 2
    assert project.run("fork", "copy", "copy", "--title", "Copy").exit_code == 0
    project.build()
    assert project.files()["output/memory.apkg"] == before["output/memory.apkg"]


@pytest.mark.parametrize("other", ["edit", "rename"])
def test_merge_of_a_rename_with_another_change(repository: Project, learner: Learner, other: str) -> None:
    """Both lines are of one note: it stays one, and gets the merged text."""
    learner.import_package(repository.package())
    _git(repository, "checkout", "-q", "-b", "one")
    repository.run("rename", "spacing", "second")
    repository.build()
    _git(repository, "commit", "-qam", "one")
    merged = (repository.root / "cards_source/memory/cards.yaml").read_text(encoding="utf-8")
    _git(repository, "checkout", "-q", "main")
    _git(repository, "checkout", "-q", "-b", "two")
    if other == "edit":
        repository.edit("strengthens it", "strengthens it most")
        merged = merged.replace("strengthens it", "strengthens it most")
    else:
        repository.run("rename", "spacing", "third")
    repository.build()
    _git(repository, "commit", "-qam", "two")
    _git(repository, "merge", "-q", "-m", "m", "one")
    _resolve(repository.lock(), "both")
    repository.write("memory/cards.yaml", merged)
    assert repository.codes() == []
    repository.build()
    log = learner.import_package(repository.package())
    assert (log.new, log.conflicting, learner.col.note_count()) == (0, 0, 3)
    assert ("most" in learner.note("second")["Answer"]) is (other == "edit")
    was = ("spacing",) if other == "edit" else ("spacing", "third")
    assert _lock(repository).notes["second", ""].was == was


def test_hard_reset_still_delivers(repository: Project, learner: Learner) -> None:
    repository.edit("Recall beats", "Recall hardly beats")
    repository.build()
    _git(repository, "commit", "-qam", "a mistake")
    learner.import_package(repository.package())
    _git(repository, "reset", "-q", "--hard", "HEAD~1")
    assert "1 changed" in repository.build().stdout
    assert learner.import_package(repository.package()) == Log(0, 1, 2, 0)
    assert learner.note("testing")["Text"].startswith("Recall beats")


def test_lock_that_git_knows_is_not_made_anew(repository: Project) -> None:
    repository.lock().unlink()
    repository.package().unlink()
    before = repository.files()
    outcome = repository.run("build")
    assert outcome.exit_code == 1
    assert "R07 is missing, but git knows it" in outcome.stderr
    assert repository.files() == before


def test_number_of_a_deletion_is_not_used_again_unawares(project: Project) -> None:
    project.deck().build()
    project.edit(" and {{c2::highlighting::a marker}}", "")
    project.build("--accept", "testing")
    project.edit("{{c1::rereading}}", "{{c1::rereading}} and {{c2::Roediger}}")
    assert project.told() == [
        "cards.yaml:7 R12 testing: c2 of `testing` was another deletion once, whose history would return: take another number, or accept it: `deckgen build --accept testing`"
    ]
    project.build("--accept", "testing")
    assert project.codes() == []


def test_list_has_room_for_99_members(project: Project) -> None:
    members = ", ".join(f'm{number}: "M"' for number in range(99))
    cards = f'cards:\n  - id: long\n    q: "Q?"\n    list: {{{members}}}\n'
    project.deck(cards=cards).build()
    assert "1 unchanged" in project.build().stdout
    project.deck(cards=cards.replace("m0:", 'one-more: "M", m0:'))
    assert project.codes() == ["K15"]


def test_lock_that_the_next_run_would_refuse_is_not_written(project: Project) -> None:
    """A stamp at the limit can't grow: a lock with a later one would stop the deck for good."""
    project.deck().build()
    path = project.root / "cards_source/memory/deck.lock"
    text = re.sub(
        r"^((?:note \S+ \S+|notetype \S+) \S+) \d+ ",
        r"\1 4102444800 ",
        path.read_text(encoding="utf-8"),
        flags=re.MULTILINE,
    )
    path.write_text(text, encoding="utf-8")
    assert project.run("build").exit_code == 0
    project.edit("Why do spaced", "Why would spaced")
    before = project.files()
    for command in ("build", "plan", "build --locked"):
        outcome = project.run(*command.split())
        assert outcome.exit_code == 1
        assert (
            "R01 the next build could not read it: this line of the lock has a stamp of the" in outcome.stderr
        )
        assert re.search(r"deck\.lock:\d+:1: R01", outcome.stderr)
        assert project.files() == before
    assert "R01" not in project.run("check").stdout


def test_command_that_would_write_such_a_lock_says_so(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.deck().build()
    before = project.files()
    monkeypatch.setattr("deckgen.lock.dump.MAX_BYTES", 10)
    outcome = project.run("lock", "--forget", "memory", "--yes")
    assert outcome.exit_code == 2
    assert "the next build could not read it: the lock would have more than 0 MB" in outcome.stderr
    assert project.files() == before


def test_stamp_of_the_far_future_is_refused(project: Project) -> None:
    project.deck().build()
    text = project.lock().read_text(encoding="utf-8")
    project.lock().write_text(text.replace(str(project.now), "99999999999"), encoding="utf-8")
    assert project.codes() == ["R01"]


@pytest.mark.parametrize("arguments", [("--new-major",), ("memory", "--new-major", "--lang", "en")])
def test_new_major_is_never_begun_by_half(project: Project, arguments: tuple[str, ...]) -> None:
    project.deck(BILINGUAL_YAML, BILINGUAL_CARDS).build()
    before = project.files()
    assert project.run("build", *arguments).exit_code == 2
    assert project.files() == before


def test_lock_file_that_can_not_be_opened(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    import filelock

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    project.deck()
    monkeypatch.setattr(filelock.FileLock, "acquire", refuse)
    outcome = project.run("build")
    assert outcome.exit_code == 2
    assert "Permission denied" in outcome.stderr
    assert not project.lock().exists()


def test_two_lines_of_one_note_become_one() -> None:
    """As a merge leaves them: the newer stamp, all that was ever said, and a hash that forces a new stamp."""
    head = 'deckgen-lock 1\ndeck d\n\npackage - 1 - "D"\n\n'
    lines = (
        "note a - list 1700000020 1700000000000 aaaa s1 t1,t0 1:x,2:y\n"
        "note a - list 1700000030 1700000000000 bbbb s2 t2,t0 1:x,2:y,100:z gone=101:w\n"
    )
    for text in (lines, "".join(reversed(lines.splitlines(keepends=True)))):
        lock, findings = parse(head + text, "deck.lock")
        assert findings == []
        assert lock is not None
        note = lock.notes["a", ""]
        assert (note.stamp, note.digest) == (1700000030, MERGED)
        assert set(note.texts) == {"t0", "t1", "t2"}
        assert (note.cards, note.gone) == ({1: "x", 2: "y", 100: "z"}, {101: "w"})
    same, _ = parse(head + lines.replace("bbbb", "aaaa"), "deck.lock")
    assert same is not None
    assert same.notes["a", ""].digest == "aaaa"
    _, findings = parse(head + lines.replace("2:y,100:z", "2:q,100:z"), "deck.lock")
    assert [finding.code for finding in findings] == ["R01"]


def test_two_lines_of_one_note_keep_names_and_translations() -> None:
    ours, theirs = ".".join(["0" * 8] * 3), ".".join(["1" * 8] * 3)
    head = 'deckgen-lock 1\ndeck d\n\npackage - 1 - "D"\n\n'
    line = "note a - qa 1700000020 1700000000000 aaaa s t 1 was="
    for one, two, said in [(ours, ours, tuple(ours.split("."))), (ours, theirs, ())]:
        first, second = f"{line}x,y says={one}\n", f"{line}y,z says={two} of={theirs}\n"
        for text in (first + second, second + first):
            lock, findings = parse(head + text, "deck.lock")
            assert findings == []
            assert lock is not None
            note = lock.notes["a", ""]
            assert (set(note.was), note.says, note.of) == ({"x", "y", "z"}, said, tuple(theirs.split(".")))
            assert len(note.was) == 3
    lines = f"{line}x guid={'a' * 16}\n{line}x guid={'b' * 16}\n"
    _, (finding,) = parse(head + lines, "deck.lock")
    assert (finding.place.line, finding.code) == (7, "R01")
    assert "another kind or guid" in finding.message


def test_two_lines_of_one_note_type_become_one() -> None:
    """Two looks: the next build stamps the merged one anew."""
    text = 'deckgen-lock 1\ndeck d\npackage - 1 - "D"\nnotetype - qa 1700000020 aaaa\nnotetype - qa {}\n'
    for second, merged in [
        ("1700000030 bbbb", TypeLine(1700000030, MERGED)),
        ("1700000010 bbbb", TypeLine(1700000020, MERGED)),
        ("1700000030 aaaa", TypeLine(1700000030, "aaaa")),
    ]:
        lock, findings = parse(text.format(second), "deck.lock")
        assert findings == []
        assert lock is not None
        assert lock.note_types == {("", "qa"): merged}


def _lines(count: int, line: str) -> str:
    """A lock with `line` so many times, `#` in it as a number of two digits."""
    head = 'deckgen-lock 1\ndeck d\n\npackage - 1 - "D"\n\n'
    return head + "".join(line.replace("#", str(number)) + "\n" for number in range(10, 10 + count))


@pytest.mark.parametrize(
    ("line", "told", "place"),
    [
        ("note a - qa 1700000000 1700000000000 # s # 1", "is one of more than 20 for this note", 26),
        ("note a# - qa 1700000000 1700000000000 x s t 1", "has the note id of 20 other notes", 26),
        (
            f"note a# - qa 1700000000 17000000#000 x s t 1 guid={'a' * 16}",
            "has the guid of 20 other notes",
            26,
        ),
    ],
)
def test_lines_that_only_many_branches_leave(line: str, told: str, place: int) -> None:
    """20 branches that were never built together may meet in a lock, and not one more."""
    lock, findings = parse(_lines(20, line), "deck.lock")
    assert lock is not None, findings
    lock, (finding,) = parse(_lines(21, line), "deck.lock")
    assert lock is None
    assert (finding.code, finding.place) == ("R01", Place("deck.lock", place))
    assert finding.message == f"this line of the lock {told}"


@pytest.mark.parametrize("turned", [False, True])
def test_note_id_of_two_notes_stays_with_the_first(project: Project, turned: bool) -> None:
    """By their names, in whichever order a merge left the lines: all who build it get the same lock."""
    project.deck().build()
    before = {card: line.note_id for (card, _), line in _lock(project).notes.items()}
    text = project.lock().read_text(encoding="utf-8")
    head, *notes = text.replace(str(before["testing"]), str(before["spacing"])).split("\n\nnote ")
    notes = [note.strip() for note in (reversed(notes) if turned else notes)]
    project.lock().write_text("\n\nnote ".join([head, *notes]) + "\n", encoding="utf-8")
    project.build()
    after = {card: line.note_id for (card, _), line in _lock(project).notes.items()}
    assert (after["spacing"], after["stages"]) == (before["spacing"], before["stages"])
    assert after["testing"] not in before.values()


def test_item_that_goes_while_its_card_is_retired_is_missed_when_it_returns(project: Project) -> None:
    project.deck().build()
    project.run("retire", "stages", "--reason", "Old", "--since", "2026-01-31")
    project.build()
    assert _lock(project).notes["stages", ""].retired is True
    project.edit('storage: "Storage", ', "")
    project.build()
    project.edit('    retired: {since: "2026-01-31", reason: "Old"}\n', "")
    assert project.codes() == ["R11"]


def _line(project: Project, card: str) -> str:
    """The line of a card's note in the lock."""
    lines = project.lock().read_text(encoding="utf-8").splitlines()
    return next(line for line in lines if line.startswith(f"note {card} "))


@pytest.mark.parametrize("names", [["a"], ["zzz"], ["one", "two", "three"], ["one", "three", "two"]])
def test_notes_of_one_guid_become_the_one_in_the_source(project: Project, names: list[str]) -> None:
    """The last name is the card's, and `was:` has gone already; the lines stand in any order."""
    project.deck().build()
    lines = [_line(project, "spacing")]
    project.run("rename", "spacing", names[-1])
    project.build()
    line = _line(project, names[-1])
    lines += [line.replace(f"note {names[-1]} ", f"note {name} ") for name in names[:-1]]
    text = (
        project.lock()
        .read_text(encoding="utf-8")
        .replace(line, "\n\n".join([*lines[1::2], line, *lines[::2]]))
    )
    project.lock().write_text(text, encoding="utf-8")
    project.edit(f"  - id: {names[-1]}\n    was: spacing\n", f"  - id: {names[-1]}\n")
    assert project.codes() == []
    assert "1 changed, 2 unchanged" in project.build().stdout
    after = _lock(project).notes
    assert {card for card, _ in after} == {names[-1], "testing", "stages"}
    assert after[names[-1], ""].guid == identity.guid("memory", "", "spacing")
    assert set(after[names[-1], ""].was) == {"spacing", *names[:-1]}
    assert len(after[names[-1], ""].texts) == 2


def test_rename_that_was_taken_back_in_a_merge(project: Project) -> None:
    project.deck().build()
    source = (project.root / "cards_source/memory/cards.yaml").read_text(encoding="utf-8")
    old = project.lock().read_text(encoding="utf-8")
    project.run("rename", "spacing", "second")
    project.build()
    project.lock().write_text(old + "\n" + _line(project, "second") + "\n", encoding="utf-8")
    project.deck(cards=source)
    assert project.codes() == []
    assert "1 changed, 2 unchanged" in project.build().stdout
    assert _lock(project).notes["spacing", ""].guid == identity.guid("memory", "", "spacing")


def test_both_names_of_one_note_are_in_the_source(project: Project) -> None:
    """A merge that kept both; the other pair of lines still becomes one."""
    project.deck(BILINGUAL_YAML, BILINGUAL_CARDS).build("--lang", "en")
    old = _line(project, "stages")
    project.run("rename", "spacing", "second")
    project.run("rename", "stages", "steps")
    project.build("--lang", "en")
    alone = _line(project, "second").replace("note second ", "note alone ")
    text = project.lock().read_text(encoding="utf-8")
    project.lock().write_text(f"{text}\n{alone}\n\n{old}\n", encoding="utf-8")
    project.edit("    was: stages\n", "")
    project.edit("    was: spacing\n", "")
    new = '  - {id: alone, only: en, en: {q: "Q?", a: "A"}}\n'
    project.edit("  - id: second\n", f"{new}  - id: second\n")
    assert project.told() == [
        "cards.yaml:5 R14 second en: `second` has the guid of `alone`: one of them was renamed from the other: give it another id"
    ]


def test_lines_of_one_guid_that_do_not_go_together(project: Project) -> None:
    """A lock that somebody put together by hand: findings, and no traceback."""
    project.deck(BILINGUAL_YAML, BILINGUAL_CARDS).build("--lang", "en")
    project.run("rename", "stages", "second")
    project.run("rename", "spacing", "spaced")
    project.build("--lang", "en")
    text = project.lock().read_text(encoding="utf-8")
    count = len(text.splitlines())
    text += (
        _line(project, "second").replace("note second ", "note stages ").replace("1:encoding", "1:other")
        + "\n"
    )
    text += (
        _line(project, "spaced").replace("note spaced ", "note spacing ").replace(" qa ", " cloze ") + "\n"
    )
    project.lock().write_text(text, encoding="utf-8")
    hint = "take the lock back from git, rename again, and build"
    assert project.told() == [
        f"deck.lock:{count + 1} R01 stages en: this line gives the number 1 to `other`, and a line before it to `encoding`: {hint}",
        f"deck.lock:{count + 2} R01 spacing en: this line is a second one of another kind or guid for this card: {hint}",
    ]


def test_numbers_lie_where_anki_and_javascript_keep_them() -> None:
    for index in range(200):
        assert 2**40 <= identity.number("deck", str(index)) < 2**53


@pytest.mark.parametrize(
    ("lines", "place", "message"),
    [
        ('package - 1 - "D"', 1, "is not followed by `deck <key>`"),
        ("deck d\ndeck e", 3, "can't be read"),
        ('deck d\npackage - 1 n_o "D"', 3, "can't be read"),
        ("deck d\npackage - 1 - D", 3, "can't be read"),
        ('deck d\npackage - 1 - "\\ud800"', 3, "can't be read"),
        ('deck d\npackage - 1 - "D"\npackage - 1 - "E"', 4, "is a second one for this language"),
        ('deck d\npackage - 1 - "D"\npackage - 1 -#2 "D"', 4, "is a second one for this language"),
        ("deck d\nnotetype - qa 1x 0", 3, "can't be read"),
        ("deck d\nnotetype - qa 4102444801 0", 3, "has a stamp of the far future, which would overwrite learners' edits at every import"),
        ("deck d\nnote a - song {S} {I} 0 0 0 1", 3, "can't be read"),
        ("deck d\nnote a - qa {S} 1x 0 0 0 1", 3, "can't be read"),
        ("deck d\nnote a - qa {S} 123456789012345 0 0 0 1", 3, "can't be read"),
        ("deck d\nnote a - qa {S} 0 0 0 0 1", 3, "has a note id that no build gives"),
        ("deck d\nnote a - qa {S} 749999999500 0 0 0 1", 3, "has a note id that no build gives"),
        ("deck d\nnote a - qa {S} 1700000000001 0 0 0 1", 3, "has a note id that no build gives"),
        ("deck d\nnote a - qa {S} 4102444800500 0 0 0 1", 3, "has a note id that no build gives"),
        ("deck d\nnote a - qa 0 {I} 0 0 0 1", 3, "has a stamp that no build gives: with it, learners would never get the note"),
        ("deck d\nnotetype - qa 1499999999 0", 3, "has a stamp that no build gives: with it, learners would never get the note"),
        ("deck d\n" + "x" * 100_001, 3, "is longer than any that a build writes"),
        ("deck d\nnote a - qa {S} {I} 0 0 0 0", 3, "gives one number to two cards, or a number beyond 499"),
        ("deck d\nnote a - qa {S} {I} 0 0 0 500", 3, "gives one number to two cards, or a number beyond 499"),
        ("deck d\nnote a - qa {S} {I} 0 0 0 2,2", 3, "gives one number to two cards, or a number beyond 499"),
        ("deck d\nnote a - qa {S} {I} 0 0 0 1 gone=5:a,5:b", 3, "gives one number to two cards, or a number beyond 499"),
        ("deck d\nnote a - qa {S} {I} 0 0 0 1 guid=", 3, "can't be read"),
        ("deck d\nnote a - qa {S} {I} 0 0 0 1 guid=a%", 3, "can't be read"),
        ("deck d\nnote a - qa {S} {I} 0 0 0 1 guid=%61", 3, "can't be read"),
        ("deck d\nnote a - qa {S} {I} 0 0 0 1 guid=%FF", 3, "can't be read"),
        ("deck d\nnote a - qa {S} {I} 0 0 0 1 guid=a\u3000b", 3, "can't be read"),
        ("deck d\nnote a - qa {S} {I} 0 0 0 1 was=a,,b", 3, "can't be read"),
        ("deck d\nnote a - qa {S} {I} 0 0 0 1 says=00000000", 3, "can't be read"),
        ("deck d\nnote a - qa {S} {I} 0 0 0 1 of=0.0.0", 3, "can't be read"),
        ("deck d\nnote a - qa {S} {I} 0 0 0 1 retired=", 3, "can't be read"),
        ("deck d\nnote a - qa {S} {I} 0 0 0 1 x=aaaaaaaaaaaaaaaa", 3, "can't be read"),
        ("deck d\nnote a - qa {S} {I} 0 0 0 1 x=00000000.00000000.00000000", 3, "can't be read"),
        ("deck d\nnote a - qa {S} {I} 0 0 0 1\nnote a - list {S} {I} 0 0 0 1", 4, "is a second one of another kind or guid for this card"),
        ("deck d\nnote a - list {S} {I} 0 0 0 1:x\nnote a - list {S} {I} 0 0 0 1:y", 4, "gives the number 1 to `y`, and a line before it to `x`"),
        ("deck d\nnote a - list {S} {I} 0 0 0 1:x\nnote a - list {S} {I} 0 0 0 2:x gone=1:y", 4, "gives the number 1 to `y`, and a line before it to `x`"),
    ],
)  # fmt: skip
def test_line_that_can_not_be_read_says_why(lines: str, place: int, message: str) -> None:
    lines = lines.replace("{S}", "1700000000").replace("{I}", "1700000000000")
    lock, (finding,) = parse(f"deckgen-lock 1\n{lines}\n", "deck.lock")
    assert lock is None
    assert (finding.place, finding.code) == (Place("deck.lock", place), "R01")
    assert finding.message == f"this line of the lock {message}"
    assert finding.hint == (
        "take one of both out of its line, such as `1:y`: it gets another number, and what learners reviewed as"
        " c1 counts for the other one from then on"
        if message.startswith("gives the number")
        else "after a merge delete only the lines `<<<<<<<`, `=======`, `>>>>>>>`; see `deckgen explain R01`"
    )


def test_note_of_a_language_without_a_package_is_no_conflict_of_a_merge() -> None:
    text = f"deckgen-lock 1\ndeck d\nnote a - qa {EARLIEST} {EARLIEST * 1000} 0 0 0 1\n"
    _, (finding,) = parse(text, "deck.lock")
    assert finding.message == "this line of the lock has no `package` line for its language"
    assert finding.hint == "take the lock back from git, and build"


def test_text_that_is_no_lock_says_so_in_its_first_line() -> None:
    for text in ("", "deckgen-lock 2\ndeck d\n", "\ndeckgen-lock 1\n"):
        lock, (finding,) = parse(text, "deck.lock")
        assert lock is None
        assert finding.place == Place("deck.lock", 1)
        assert finding.message == "this line of the lock is not `deckgen-lock 1`"


SORTED = """\
deckgen-lock 1
deck d

package - 1 - "D"

package en 1 en#12 "D \\" 记"

notetype - cloze 4102444800 aaaa

notetype - qa 1700000020 aaaa

note a - cloze 1700000020 1700000000000 aaaa s t0 -
note a en list 1700000020 1700000000500 aaaa s t1,t0 1:x,2:y,499:z gone=3:w,12:v

note b - qa 1700000020 1700000001000 aaaa s t0 1,2 guid=aaaaaaaaaaaaaaaa was=c,d says={0} of={0} retired
""".replace("{0}", ".".join(["0" * 8] * 3))


def test_lock_is_sorted_by_card_with_empty_lines_between() -> None:
    """So that git can merge branches that changed different cards; it may stand there in any order."""
    head, *lines = SORTED.splitlines()
    turned = "\n".join([head, *reversed(lines)]).replace("1:x,2:y,499:z", "2:y,499:z,1:x")
    for text in (SORTED, turned, SORTED.replace("\n", "\r\n")):
        lock, findings = parse(text, "deck.lock")
        assert findings == []
        assert lock is not None
        assert dump(lock) == SORTED


def test_newest_state_that_was_given_out_counts() -> None:
    """Whichever order states come in: the newest line, and only for its own note."""
    line = NoteLine(Kind.QA, 20, 500, "aaaa", "s", ("t1",), {1: ""})
    renamed = replace(line, guid="g" * 16)
    package = {"": PackageLine("1", "", "D")}
    lock = Lock("d", package, {}, {("a", ""): line, ("b", ""): line, ("c", ""): renamed})
    newer = replace(
        line, stamp=40, digest="bbbb", authored="s2", texts=("t2", "t1"), cards={1: "", 2: ""}, note_id=7
    )
    other = {
        ("a", ""): newer,
        ("b", ""): replace(line, stamp=20, digest="cccc"),
        ("d", ""): replace(line, line=9),
        ("older", ""): replace(newer, guid="g" * 16, stamp=50),
    }
    states = [Lock("d", package, {}, other), Lock("d", package, {}, {("a", ""): line})]
    for order in (states, states[::-1]):
        notes = given_out(lock, order).notes
        assert notes["a", ""] == replace(newer, note_id=500)
        assert (notes["b", ""].stamp, notes["b", ""].digest) == (20, MERGED)
        assert (notes["c", ""].stamp, notes["c", ""].guid) == (50, "g" * 16)
        assert (notes["d", ""], notes["d", ""].line) == (line, 1)
        assert len(notes) == 4
    stranger = Lock("e", package, {}, other)
    assert given_out(lock, [stranger]) == lock
    elsewhere = Lock("d", {"": PackageLine("1", "#2", "D")}, {}, other)
    assert given_out(lock, [elsewhere]) == lock


def test_state_that_can_not_be_read_is_passed_over_line_by_line() -> None:
    good = f"qa {EARLIEST} {EARLIEST * 1000} h s t 1"
    lines = ["note", "note b - qa 30 1 h s t", "note c - qa x 1 h s t 1", f"old d - {good}", "<<<<<<< ours"]
    lines += [f"note a - {good} guid={'a' * 16}\r", f"note k - {good}"]
    state = other_state("\n".join(lines) + "\n", {lines[-1]})
    assert [(card, line.guid) for (card, _), line in state.notes.items()] == [("a", "a" * 16)]


def test_cards_of_a_question_have_no_label(project: Project) -> None:
    project.deck()
    project.edit("  - id: spacing\n", "  - id: spacing\n    reverse: true\n")
    project.build()
    assert _lock(project).notes["spacing", ""].cards == {1: "", 2: ""}
    project.edit("    reverse: true\n", "")
    project.build("--accept", "spacing")
    assert _lock(project).notes["spacing", ""].cards == {1: ""}


def _waiting(**values: object) -> NoteLine:
    line = NoteLine(Kind.QA, 1_700_000_000, 1_700_000_000_000, "a" * 16, "b" * 8, ("c" * 8,), {1: ""})
    return replace(line, **values)  # type: ignore[arg-type]


def test_edits_that_wait_on_two_branches_wait_after_their_merge() -> None:
    """But for those that one of them took or answered, and no more than a line may have."""
    one, two, three = ((1_700_000_000 + number, f"{number:08x}") for number in (1, 2, 3))
    left, right = _waiting(waits=(two,)), _waiting(waits=(one, three), home=(three[1],))
    assert merge_notes(left, right).waits == merge_notes(right, left).waits == (one, two)
    many = tuple((1_700_000_000 + number, f"{number:08x}") for number in range(MAX_WAITING + 5))
    assert merge_notes(_waiting(waits=many), _waiting(waits=(one,))).waits == many[:MAX_WAITING]


def test_what_git_remembers_waits_no_longer() -> None:
    """What was decided since would wait again."""
    old = Lock("memory", {"": PackageLine("1", "", "M")}, {}, {("a", ""): _waiting(waits=((1, "d" * 8),))})
    new = replace(old, notes={("a", ""): _waiting()})
    assert given_out(new, [old]).notes["a", ""].waits == ()


def test_a_stamp_leaves_all_that_wait_alone_if_it_can() -> None:
    """The earliest of those times that nobody needs a later stamp than."""
    waits = tuple((1_700_000_000 + number, f"{number:08x}") for number in (5, 9))
    line = _waiting(waits=waits)
    now = 1_700_001_000
    assert next_stamp(line, "e" * 8, "0" * 8, now) == waits[0][0]
    assert next_stamp(replace(line, above=1_700_000_006), "e" * 8, "0" * 8, now) == waits[1][0]
    assert next_stamp(replace(line, above=1_700_000_010), "e" * 8, "0" * 8, now) == now
    # What came home from somebody else, and was changed here since, needs a later stamp; what was not does not.
    home = replace(line, pulled=(1_700_000_007, "f" * 8, "0" * 8))
    assert next_stamp(home, "e" * 8, "0" * 8, now) == waits[1][0]
    assert next_stamp(home, "f" * 8, "0" * 8, now) == waits[0][0]
    # Nor does the text go out under the old time with other tags; a lock from before has none.
    assert next_stamp(home, "f" * 8, "1" * 8, now) == waits[1][0]
    old = replace(line, pulled=(1_700_000_007, "f" * 8, ""))
    assert next_stamp(old, "f" * 8, "1" * 8, now) == waits[0][0]


def test_what_two_branches_remember_of_texts_stays_in_the_order_of_both() -> None:
    """And no line outgrows what it may have: the newest of either branch are kept."""
    left, right = _waiting(texts=("l2", "b1", "l1", "b0")), _waiting(texts=("r3", "r2", "r1", "b1", "b0"))
    assert merge_notes(left, right).texts == ("l2", "r3", "r2", "r1", "b1", "l1", "b0")
    same = _waiting(texts=("t3", "t2", "t1")), _waiting(texts=("t3", "r2", "t1"))
    assert merge_notes(*same).texts == ("t3", "t2", "r2", "t1")
    ours, others = (tuple(f"{side}{number}" for number in range(MAX_TEXTS)) for side in "lr")
    both = merge_notes(_waiting(texts=ours, home=ours), _waiting(texts=others, home=others))
    assert both.texts == both.home == ("l0", "r0", "l1", "r1", "l2", "r2", "l3", "r3")
    crossed = merge_notes(_waiting(texts=("a", "b")), _waiting(texts=("b", "a")))
    assert crossed.texts == ("a", "b")


def test_a_mark_that_an_editor_put_before_the_lock_does_no_harm(project: Project) -> None:
    project.deck().build()
    text = project.lock().read_text(encoding="utf-8")
    project.lock().write_text(f"\ufeff{text}", encoding="utf-8")
    assert project.codes() == []
    assert "3 unchanged" in project.build().stdout
