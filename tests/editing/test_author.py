"""Rename, retire and recover by command: only the touched characters change, and history stays."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from deckgen.commands.main import main
from tests.conftest import BILINGUAL_CARDS, BILINGUAL_YAML, CARDS_YAML, Project
from tests.real_anki import Learner, Log

ODD = """\
# A file as people write them
tags:   [basics]   # for all

cards:
  # first
  - id:   "spacing"      # quoted, with a remark
    q:    Why do spaced reviews beat one long session?
    a:    'Recall from fading memory strengthens it.'

  - {id: testing, after: [spacing], cloze: "Recall beats {{c1::rereading}}."}   # in braces
  - q: "Which stages?"
    id: stages
    see:
      - spacing
      - 'testing'
    list: {encoding: "Encoding", storage: "Storage"}
"""


def _cards(project: Project) -> str:
    return (project.root / "cards_source/memory/cards.yaml").read_bytes().decode("utf-8")


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_rename_touches_only_what_it_must(project: Project, ending: str) -> None:
    text = ODD.replace("\n", ending)
    project.deck(cards=text).build()
    assert project.run("rename", "spacing", "spaced-reviews").exit_code == 0
    expected = text.replace(
        f'"spacing"      # quoted, with a remark{ending}',
        f'"spaced-reviews"      # quoted, with a remark{ending}    was: spacing{ending}',
    )
    expected = expected.replace("after: [spacing]", "after: [spaced-reviews]").replace(
        "- spacing", "- spaced-reviews"
    )
    assert _cards(project) == expected
    project.run("rename", "testing", "tested")
    expected = expected.replace("{id: testing,", "{id: tested, was: testing,").replace(
        "'testing'", "'tested'"
    )
    assert _cards(project) == expected
    assert project.codes() == []
    assert "3 changed" in project.build().stdout  # both ids, and the `see:` that names them


def test_rename_keeps_guid_and_history(project: Project, learner: Learner) -> None:
    project.deck().build()
    learner.import_package(project.package())
    learner.study("Memory", 6)
    progress, guid = learner.progress(), learner.note("spacing").guid
    for old, new in (("spacing", "second"), ("second", "third")):
        project.run("rename", old, new)
        # The id stands in a field, so the note is updated, and nothing more.
        assert "1 changed, 2 unchanged" in project.build().stdout
        project.run("build")
    assert learner.import_package(project.package()) == Log(0, 1, 2, 0)
    assert learner.note("third").guid == guid
    assert learner.progress() == progress
    # `was:` has done its work once it was built.
    text = re.sub(r"    was: .*\n", "", _cards(project))
    project.deck(cards=text)
    assert "3 unchanged" in project.build().stdout
    assert learner.import_package(project.package()) == Log(0, 0, 3, 0)


def test_rename_keeps_the_guids_of_both_languages(project: Project, learner: Learner) -> None:
    project.deck(BILINGUAL_YAML, BILINGUAL_CARDS).build()
    packages = [project.package(f"memory.{lang}.apkg") for lang in ("en", "zh")]
    for package in packages:
        learner.import_package(package)
    project.run("rename", "spacing", "renamed")
    project.build()
    for package in packages:
        assert learner.import_package(package) == Log(0, 1, 1, 0)


@pytest.mark.parametrize("old", ["spacing", "second"])
def test_id_of_a_renamed_card_is_never_used_again(project: Project, old: str) -> None:
    """Neither the first one, from which the guid derives, nor any between."""
    project.deck().build()
    for before, after in (("spacing", "second"), ("second", "third")):
        project.run("rename", before, after)
        project.build()
    project.edit("  - id: third", f'  - id: {old}\n    q: "Q?"\n    a: "A"\n  - id: third')
    project.deck(cards=_cards(project).replace("    was: second\n", ""))
    (finding,) = project.findings()
    assert (finding["code"], finding["card"], finding["line"]) == ("R14", old, 3)
    assert finding["message"] == f"`third` had the id `{old}` before it was renamed"
    assert finding["hint"] == "ids are never used again: choose another one"


@pytest.mark.parametrize(
    ("question", "proposed"),
    [
        ("Why do spaced reviews beat one long session?", True),
        ("Why do spaced reviews beat a long session?", True),
        ("Who was the first to measure forgetting, and with what?", False),
    ],
)
def test_changed_id_is_recognised_by_its_text(project: Project, question: str, proposed: bool) -> None:
    project.deck().build()
    answer = (
        "Recall from fading memory strengthens it." if proposed else "Hermann Ebbinghaus, with syllables."
    )
    project.deck(
        cards=CARDS_YAML.replace("id: spacing", "id: renamed")
        .replace("Why do spaced reviews beat one long session?", question)
        .replace("Recall from fading memory strengthens it.", answer)
        .replace(
            "The effect grows with the delay.", "The effect grows with the delay." if proposed else "In 1885."
        )
    )
    (finding,) = project.findings()
    assert finding["code"] == "R05"
    assert ("`deckgen rename spacing renamed`" in finding["hint"]) is proposed
    before = project.files()
    assert project.run("build").exit_code == 1
    assert project.files() == before
    if proposed:
        text = _cards(project)
        project.run("rename", "spacing", "renamed")
        assert _cards(project) == text.replace("id: renamed\n", "id: renamed\n    was: spacing\n")
        assert "1 changed, 2 unchanged" in project.build().stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("rename", "nobody", "else"), "no deck has a card `nobody`"),
        (("rename", "spacing", "testing"), "`testing` is the id of a card that was built"),
        (("rename", "spacing", "Not Good"), "`Not Good` can't be a card's id"),
        (("retire", "nobody", "--reason", "x"), "no deck has a card `nobody`"),
        (("retire", "spacing", "--reason", "x", "--since", "soon"), "`soon` is not a date"),
        (("lock", "--from", "nowhere.apkg"), "there is no file nowhere.apkg"),
    ],
)
def test_what_can_not_be_done_changes_nothing(
    project: Project, arguments: tuple[str, ...], message: str
) -> None:
    project.deck().build()
    before = project.files()
    outcome = project.run(*arguments)
    assert outcome.exit_code == 2
    assert message in outcome.stderr
    assert project.files() == before


def test_two_decks_with_the_card_need_a_choice(project: Project) -> None:
    project.deck()
    project.write("other/deck.yaml", 'deck: other\ntitle: "Other"\ntags: [basics, time]\n')
    project.write("other/cards.yaml", CARDS_YAML)
    assert "choose one with --deck: memory, other" in project.run("rename", "spacing", "new").stderr
    assert (
        project.run("rename", "spacing", "new", "--deck", "other").stdout
        == "edited cards_source/other/cards.yaml\n"
    )


def test_retire_writes_one_line(project: Project) -> None:
    project.deck(cards=ODD).build()
    assert project.run("retire", "spacing", "--reason", 'It is "old"', "--since", "2026-01-31").exit_code == 0
    line = '    retired: {since: "2026-01-31", reason: "It is \\"old\\""}\n'
    expected = ODD.replace("with a remark\n", "with a remark\n" + line)
    assert _cards(project) == expected
    project.run("retire", "testing", "--reason", "Gone", "--since", "2026-01-31")
    inside = 'retired: {since: "2026-01-31", reason: "Gone"}'
    assert _cards(project) == expected.replace("{id: testing,", f"{{id: testing, {inside},")
    assert "is retired already" in project.run("retire", "spacing", "--reason", "x").stderr
    assert "3 notes, 2 cards: 2 changed, 1 unchanged" in project.build().stdout


def test_retire_in_two_languages(project: Project) -> None:
    project.deck(BILINGUAL_YAML, BILINGUAL_CARDS).build()
    for reason in ("en=Old", "Old", "a = b"):  # else learners of `zh` would read English
        outcome = project.run("retire", "spacing", "--reason", reason)
        assert outcome.exit_code == 2
        assert 'a reason of its own: `--reason "en=…" --reason "zh=…"`' in outcome.stderr
    project.run("retire", "spacing", "--reason", "en=Old", "--reason", "zh=旧", "--since", "2026-01-31")
    assert 'retired: {since: "2026-01-31", reason: {en: "Old", zh: "旧"}}' in _cards(project)
    assert project.codes() == []


def test_reason_may_have_a_sign_of_equality(project: Project) -> None:
    project.deck()
    project.run("retire", "stages", "--reason", "a = b", "--since", "2026-01-31")
    assert 'reason: "a = b"' in _cards(project)
    assert project.codes() == []


def test_retired_card_returns_with_its_history(project: Project, learner: Learner) -> None:
    project.deck().build()
    learner.import_package(project.package())
    learner.study("Memory", 6)
    progress = learner.progress()
    text = _cards(project)
    project.run("retire", "stages", "--reason", "Old")
    project.build()
    learner.import_package(project.package())
    assert "memory::retired" in learner.note("stages").tags
    project.deck(cards=text)
    project.build()
    assert learner.import_package(project.package()) == Log(0, 1, 2, 0)
    assert "memory::retired" not in learner.note("stages").tags
    assert "Retired" not in learner.cards("stages")[0].question()
    assert learner.progress() == progress


def test_lost_lock_is_found_again_in_the_packages(project: Project) -> None:
    project.deck(BILINGUAL_YAML, BILINGUAL_CARDS).build()
    project.edit('encoding: "Encoding", ', 'encoding: "Encoding", late: "Late", ')
    project.edit('encoding: "编码", ', 'encoding: "编码", late: "L", ')
    project.run("rename", "spacing", "renamed")
    project.build()
    lock = project.lock().read_bytes()
    project.lock().unlink()
    assert "deckgen lock --from output/memory.en.apkg" in project.run("build").stderr
    packages = [str(project.package(f"memory.{lang}.apkg")) for lang in ("en", "zh")]
    outcome = project.run("lock", "--from", packages[0], "--from", packages[1])
    assert outcome.exit_code == 0
    assert "packages don't tell of learners' edits that wait for you" in outcome.stdout
    assert project.lock().read_bytes() == lock
    assert project.run("build", "--locked").exit_code == 0
    assert "delete it first" in project.run("lock", "--from", packages[0]).stderr


def test_lock_from_what_carries_none(project: Project, learner: Learner, tmp_path: Path) -> None:
    project.deck().build()
    learner.import_package(project.package())
    export = tmp_path / "export.colpkg"
    learner.col.export_collection_package(str(export), include_media=False, legacy=True)
    learner.col.reopen()
    project.lock().unlink()
    assert "carries no lock of deckgen" in project.run("lock", "--from", str(export)).stderr


BY_HAND = [
    ("  - id: &s spacing", ""),
    ("  - id: ! spacing", ""),
    ("  - id: >-\n      spacing", ""),
    ('  - id: "sp\\x61cing"', ""),
    ("  - ? id\n    : spacing", ""),
    ("  - {q: Q?, a: A,\n     id:\n       spacing}", "flow"),
]


@pytest.mark.parametrize(("entry", "kind"), BY_HAND)
@pytest.mark.parametrize("command", ["rename", "retire"])
def test_odd_yaml_is_left_to_the_authors_hand(project: Project, entry: str, kind: str, command: str) -> None:
    rest = "" if kind else "\n    q: Q?\n    a: A"
    project.deck(cards=f"cards:\n{entry}{rest}\n")
    before = project.files()
    arguments = ("spacing", "a-much-longer-name") if command == "rename" else ("spacing", "--reason", "Old")
    outcome = project.run(command, *arguments)
    if outcome.exit_code == 0:
        # What is edited all the same must be right.
        ids = [card for card in ("spacing", "a-much-longer-name") if card in _cards(project)]
        assert ids == (["a-much-longer-name"] if command == "rename" else ["spacing"])
        assert [code for code in project.codes() if code != "Y06"] == []
    else:
        assert "do it by hand" in outcome.stderr or "can't be read" in outcome.stderr
        assert project.files() == before


@pytest.mark.parametrize(
    "entry",
    [
        "  - id: spacing\n    q: Q?\n    a: A",
        "  - {id: spacing, q: Q?, a: A}",
        '  - {id: "spacing", q: Q?, a: A}',
    ],
)
@pytest.mark.parametrize("new", ["spacing-effect", "the-spacing", "x"])
def test_new_id_that_holds_the_old_one(project: Project, entry: str, new: str) -> None:
    project.deck(cards=f"cards:\n{entry}\n").build()
    assert project.run("rename", "spacing", new).exit_code == 0
    assert project.codes() == []
    assert "1 changed" in project.build().stdout
    assert re.search(rf'id: "?{new}"?[,\n]', _cards(project))
    assert "was: spacing" in _cards(project)


def test_shared_list_is_edited_once(project: Project) -> None:
    project.deck(
        cards="cards:\n"
        "  - {id: spacing, q: Q?, a: A}\n"
        "  - {id: one, after: &d [spacing], q: Q1?, a: A}\n"
        "  - {id: two, after: *d, q: Q2?, a: A}\n"
    )
    project.run("rename", "spacing", "long-name")
    assert "after: &d [long-name]" in _cards(project)
    assert project.codes() == []


def test_linked_file_stays_a_link(project: Project) -> None:
    project.deck().build()
    path = project.root / "cards_source/memory/cards.yaml"
    real = project.root / "cards_source/.shared/real.yaml"
    real.parent.mkdir()
    path.rename(real)
    path.symlink_to(real)
    real.chmod(0o640)
    project.run("rename", "spacing", "renamed")
    assert path.is_symlink()
    assert "id: renamed" in real.read_text(encoding="utf-8")
    assert real.stat().st_mode & 0o777 in (0o640, 0o666)


def test_rename_never_takes_over_another_card(project: Project) -> None:
    project.deck().build()
    project.run("rename", "spacing", "other")
    project.build()
    before = project.files()
    for old, new in (("testing", "spacing"), ("testing", "other")):
        assert project.run("rename", old, new).exit_code == 2
        assert project.files() == before


@pytest.mark.parametrize(
    ("first", "was", "said"),
    [
        ("spacing", "testing", "`testing`, which is still a card of this deck: give that card another id"),
        ("one", "spacing", "`spacing`, as does the `was:` of `one`: only one card can be the old one"),
        ("spacing", "nobody", "`nobody`, which was never built: remove `was:`"),
    ],
)
def test_rename_that_does_not_fit(project: Project, first: str, was: str, said: str) -> None:
    project.deck().build()
    if first != "spacing":
        project.edit("  - id: spacing\n", f"  - id: {first}\n    was: spacing\n")
    project.edit("  - id: stages\n", f'  - {{id: two, was: {was}, q: "Q?", a: "A"}}\n  - id: stages\n')
    (finding,) = project.findings()
    assert (finding["code"], finding["card"]) == ("R13", "two")
    assert f"{finding['message']}: {finding['hint']}" == f"`was:` names {said}"
    assert _cards(project).splitlines()[finding["line"] - 1].startswith("  - {id: two, was:")


def test_rename_without_effect_is_none(project: Project) -> None:
    """Before the first build nobody has the card; later `was:` may have done its work."""
    project.deck()
    project.edit("  - id: spacing\n", "  - id: spacing\n    was: older\n")
    project.edit("  - id: stages\n", "  - id: stages\n    was: stages\n")
    assert project.codes() == []
    project.build()
    assert project.codes() == []


def test_card_that_was_built_itself_takes_no_history_over(project: Project) -> None:
    project.deck().build()
    head, _, rest = _cards(project).partition("  - id: spacing\n")
    project.deck(cards=head + rest[rest.index("  - id: testing\n") :])
    project.edit("  - id: stages\n", "  - id: stages\n    was: spacing\n")
    assert [(finding["code"], finding["card"]) for finding in project.findings()] == [("R05", "spacing")]


def test_unknown_cards_are_told(project: Project) -> None:
    project.deck().build()
    for arguments in (
        ("restamp", "nobody"),
        ("build", "--accept", "nobody"),
        ("check", "--accept", "nobody"),
    ):
        outcome = project.run(*arguments)
        assert outcome.exit_code == 1
        assert "K12 no deck has a card `nobody`" in outcome.stderr + outcome.stdout


def test_lock_from_two_packages_of_one_language(project: Project, tmp_path: Path) -> None:
    project.deck().build()
    old = tmp_path / "old.apkg"
    old.write_bytes(project.package().read_bytes())
    project.edit("fading memory", "a fading memory")
    project.build()
    project.lock().unlink()
    arguments = ("--from", str(project.package()), "--from", str(old))
    assert project.run("lock", *arguments).exit_code == 0
    assert "3 unchanged" in project.build().stdout


@pytest.mark.parametrize("order", [("nearest", "nearer"), ("nearer", "nearest")])
def test_most_alike_of_the_new_cards_is_proposed(project: Project, order: tuple[str, str]) -> None:
    """Wherever it stands; without the package nothing tells what the lost card said."""
    project.deck().build()
    entry = '  - id: {}\n    q: "Why do {}spaced reviews beat one long session?"\n    a: "Recall from fading memory strengthens it."\n'
    words = {"nearest": "", "nearer": "two or three short and "}
    text = _cards(project)
    lost = text[text.index("  - id: spacing\n") : text.index("  - id: testing\n")]
    project.deck(cards=text.replace(lost, "".join(entry.format(name, words[name]) for name in order)))
    (finding,) = project.findings()
    assert "the new card `nearest` looks like it" in finding["message"]
    project.package().unlink()
    (finding,) = project.findings()
    assert finding["message"] == "the card `spacing` was built and is gone from the card files"


def test_built_card_is_not_proposed_for_a_lost_one(project: Project) -> None:
    entry = '  - {{id: {}, q: "Why do spaced reviews {} one long session?", a: "Recall strengthens."}}\n'
    kept = "cards:\n" + entry.format("kept", "beat")
    project.deck(cards=kept + entry.format("lost", "outdo")).build()
    project.deck(cards=kept + '  - {id: new, q: "Who measured it?", a: "Ebbinghaus"}\n')
    (finding,) = project.findings()
    assert finding["message"] == "the card `lost` was built and is gone from the card files"


@pytest.mark.parametrize(("same", "proposed"), [(26, False), (28, True)])
def test_new_card_must_be_alike_in_six_tenths_of_its_letters(
    project: Project, same: int, proposed: bool
) -> None:
    """Of 50 characters each, the two share those and the three of `Q? `."""
    entry = 'cards:\n  - {{id: {}, q: "Q?", a: "{}"}}\n  - {{id: {}, q: "Q?", a: "{}"}}\n'
    shared = "a" * same
    project.deck(cards=entry.format("other", "Another", "lost", shared + "b" * (47 - same))).build()
    first, second = shared + "c" * (47 - same), shared + "d" * (47 - same)
    cards = entry.format("other", "Another", "new", first) + f'  - {{id: newer, q: "Q?", a: "{second}"}}\n'
    project.deck(cards=cards)
    (finding,) = project.findings()
    # Of two that are alike as much it is the first.
    assert ("the new card `new` looks like it" in finding["message"]) is proposed


def test_long_card_is_recognised_too(project: Project) -> None:
    """In which no letter is rare."""
    answer = "Recall from fading memory strengthens it, and the effect grows with the delay. " * 8
    project.deck(cards=f'cards:\n  - {{id: lost, q: "Why?", a: "X. {answer}"}}\n').build()
    project.deck(cards=f'cards:\n  - {{id: new, q: "Why?", a: "Z! {answer}"}}\n')
    (finding,) = project.findings()
    assert "the new card `new` looks like it" in finding["message"]


def test_changed_id_alone_is_recognised_without_the_package(project: Project) -> None:
    project.deck().build()
    project.package().unlink()
    project.deck(cards=CARDS_YAML.replace("id: stages", "id: phases").replace("id: spacing", "id: intervals"))
    assert [finding["message"].partition("; ")[2] for finding in project.findings()] == [
        "the new card `intervals` looks like it",
        "the new card `phases` looks like it",
    ]


def test_renamed_card_is_recognised_by_what_its_guid_said(project: Project) -> None:
    """The package knows the guid of the first name only."""
    project.deck().build()
    project.run("rename", "spacing", "second")
    project.build()
    project.edit("  - id: second\n    was: spacing\n", "  - id: third\n")
    project.edit("beat one long session", "beat a long session")
    (finding,) = project.findings()
    assert "`deckgen rename second third`" in finding["hint"]


def test_card_of_a_file_with_faults_is_not_missed(project: Project) -> None:
    project.deck()
    project.write("memory/more.yaml", 'cards:\n  - {id: more, q: "Q?", a: "A"}\n')
    project.build()
    project.write("memory/more.yaml", 'cards:\n  - {id: more, q: "Q?", x: "A"}\n')
    assert "R05" not in project.codes()


@pytest.mark.parametrize("ending", ["\r", "\r\n", "\n"])
def test_edits_keep_the_line_ends_of_a_file(project: Project, ending: str) -> None:
    """Old Macs ended lines with CR alone, which YAML takes for a line end."""
    project.deck()
    path = project.root / "cards_source/memory/cards.yaml"
    path.write_bytes(path.read_bytes().replace(b"\n", ending.encode()))
    project.build()
    before = path.read_bytes()
    assert project.run("rename", "spacing", "spacing-effect").exit_code == 0
    assert project.run("retire", "testing", "--reason", "Over.", "--since", "2026-01-31").exit_code == 0
    after = path.read_bytes()
    assert after.count(ending.encode()) == before.count(ending.encode()) + 2
    assert not after.replace(ending.encode(), b"").count(b"\n")
    assert not after.replace(ending.encode(), b"").count(b"\r")
    assert f"id: spacing-effect{ending}    was: spacing{ending}".encode() in after


@pytest.mark.parametrize(
    "command", [("rename", "one", "two"), ("rename", "zero", "one"), ("retire", "one", "--reason", "x")]
)
def test_id_that_several_cards_have_is_not_edited(project: Project, command: tuple[str, ...]) -> None:
    """Nobody can say which of them is meant."""
    card = "  - id: one\n    q: Q?\n    a: A\n"
    project.deck(cards=f"cards:\n{card}  - id: zero\n    q: Q?\n    a: B\n{card}")
    before = project.files()
    outcome = project.run(*command)
    assert outcome.exit_code == 2
    assert (
        "several cards have the id `one`: cards_source/memory/cards.yaml:2, cards_source/memory/cards.yaml:8"
        in outcome.stderr
    )
    assert project.files() == before


@pytest.mark.parametrize("name", ["con", "aux", "com1"])
def test_new_deck_has_no_name_that_windows_keeps_for_itself(project: Project, name: str) -> None:
    outcome = project.run("new", name)
    assert outcome.exit_code == 2
    assert "Windows has no files of this name" in outcome.stderr
    assert project.files() == {}


# -- a deck that nobody has yet -----------------------------------------------------------


def _sample_replaced(project: Project) -> None:
    """What a newcomer does: build the sample, then write cards, a title and languages of one's own."""
    assert project.run("new", "french").exit_code == 0
    assert project.run("build").exit_code == 0
    project.write("french/01-first.yaml", "cards:\n  - {id: pain, q: What is bread?, a: le pain}\n")


@pytest.mark.parametrize("state", ["as built", "in git", "lock deleted"])
def test_cards_of_the_sample_do_not_bind(project: Project, state: str) -> None:
    _sample_replaced(project)
    if state == "in git":
        project.edit('title: "French"', 'title: "French words"', "french/deck.yaml")
        words = ["git", "-c", "user.name=a", "-c", "user.email=a@example.org"]
        for more in (["init", "-q"], ["add", "."], ["commit", "-qm", "one"]):
            subprocess.run([*words, *more], check=True, capture_output=True)
    if state == "lock deleted":
        project.lock("french").unlink()
    found = json.loads(project.run("check", "--format", "json", "--select", "R").stdout)
    expected = {"as built": "R05", "in git": "R03", "lock deleted": "R07"}
    assert {one["code"] for one in found} == {expected[state]}
    for one in found:
        assert one["hint"].endswith(
            "if nobody has the deck yet, `deckgen lock --forget french` begins it anew"
        )
    outcome = project.run("lock", "--forget", "french", "--yes")
    files = ("deck.yaml", "deck.lock")
    edited = "".join(f"edited cards_source/french/{file}\n" for file in files)
    assert outcome.stdout.startswith(
        f"{edited}`french` has another seed and a lock in which nothing was built"
    )
    outcome = project.run("build", "--no-lint")
    assert outcome.stdout == "output/french.apkg  1 note, 1 card: 1 new\n", outcome.stderr
    assert project.run("build", "--no-lint", "--locked").exit_code == 0


def test_forgetting_asks_first(project: Project) -> None:
    project.deck().build()
    before = project.files()
    result = CliRunner().invoke(main, ["lock", "--forget", "memory"], input="n\n")
    assert (result.exit_code, project.files()) == (1, before)
    assert "Are you sure that nobody has the deck `memory`?" in result.stderr
    assert CliRunner().invoke(main, ["lock", "--forget", "memory"], input="").exit_code == 1
    assert project.files() == before
    assert CliRunner().invoke(main, ["lock", "--forget", "memory"], input="y\n").exit_code == 0
    lock = project.lock().read_text(encoding="utf-8")
    assert re.fullmatch("deckgen-lock 1\ndeck memory [a-z][a-z2-9]{7}\n", lock)


def test_forgetting_a_deck_that_is_not_there_asks_nothing(project: Project) -> None:
    project.deck().build()
    for name, told in (("nosuch", "there is no deck folder nosuch"), ("memory", "deck.yaml can't be read")):
        result = CliRunner().invoke(main, ["lock", "--forget", name], input="y\n")
        assert result.exit_code == 2
        assert told in result.stderr
        assert "Does really nobody" not in result.stderr
        project.write("memory/deck.yaml", "[")


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("nope.apkg", "there is no file nope.apkg"),
        ("output", "output is not a file"),
        ("x" * 300, f"{'x' * 199}… can't be read: "),
        ("output/memory.apkg/x", "output/memory.apkg/x can't be read: "),
        ("\x1b]0;x.apkg", "there is no file \\x1b]0;x.apkg"),
    ],
)
@pytest.mark.parametrize("command", ["lock --from", "plan --against"])
def test_file_that_is_not_there_is_told_in_words(
    project: Project, command: str, path: str, told: str
) -> None:
    project.deck().build()
    outcome = project.run(*command.split(), path)
    assert outcome.exit_code == 2
    assert f"Error: {told}" in outcome.stderr
    assert "Errno" not in outcome.stderr


@pytest.mark.parametrize("option", ["--source", "--output"])
@pytest.mark.parametrize(
    "command", ["check", "build", "plan", "new a", "lock", "rename a b", "preview", "stats"]
)
def test_folder_with_a_name_that_no_system_takes(project: Project, command: str, option: str) -> None:
    project.deck()
    if not (command.startswith("rename") and option == "--output"):
        outcome = project.run(*command.split(), option, "x" * 300)
        assert outcome.exit_code == 2
        assert f"there can be no folder {'x' * 199}…: " in outcome.stderr


@pytest.mark.parametrize(
    "arguments", ["", "--forget memory --from output/memory.apkg", "--forget other --yes"]
)
def test_forgetting_what_is_not_there(project: Project, arguments: str) -> None:
    project.deck().build()
    before = project.files()
    assert project.run("lock", *arguments.split()).exit_code == 2
    assert project.files() == before


def test_lock_that_was_lost_while_languages_were_added_is_missed(project: Project) -> None:
    """The package of before has another name."""
    project.deck().build()
    lock = project.lock().read_bytes()
    project.deck(BILINGUAL_YAML, BILINGUAL_CARDS.replace("stages", "more"))
    project.lock().unlink()
    (found,) = project.findings()
    assert found["code"] == "R07"
    assert "`deckgen lock --from output/memory.apkg`" in found["hint"]
    outcome = project.run("lock", "--from", "output/memory.apkg")
    assert "or say `--unbuilt zh` if that language was never built" in outcome.stderr
    assert project.run("lock", "--from", "output/memory.apkg", "--unbuilt", "zh").exit_code == 0
    assert project.lock().read_bytes() == lock


def test_package_of_other_languages_is_told(project: Project) -> None:
    project.deck().build()
    project.deck(BILINGUAL_YAML, BILINGUAL_CARDS)
    for name in ("memory.backup.apkg", "memory-two.apkg", "memory.html"):
        (project.root / "output" / name).write_bytes(b"")
    project.run("lock", "--forget", "memory", "--yes")
    outcome = project.build()
    assert (
        "output/memory.apkg  is left over: the deck is built as memory.en.apkg, memory.zh.apkg now"
        in outcome.stderr
    )
    assert outcome.stderr == project.build().stderr, "until it is gone"
    assert project.codes() == ["K22"]
    project.package().unlink()
    assert project.codes() == []
    assert "left over" not in project.build().stderr
