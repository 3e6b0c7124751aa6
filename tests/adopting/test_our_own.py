"""A deck of our own, built and adopted, is the same source again: learners notice nothing of the detour."""

from __future__ import annotations

import json
import shutil
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from deckgen.deck import Card
from deckgen.packing import apkg, zips
from deckgen.reading.load import load
from tests.adopting.decks import export, spanish
from tests.conftest import BILINGUAL_CARDS, BILINGUAL_YAML, Outcome, Project
from tests.own_deck import PIXEL, write_geo
from tests.real_anki import Learner

ROOT = Path(__file__).parents[2]

DECK = """\
deck: memory
seed: abcd2345
title: "Memory & more"
description: "About *memory*, with [a link](https://example.org)."
source: {title: "A book <of> memory", by: "Somebody", date: "2020", url: "https://example.org/?a=1&b=2"}
speakers: {ann: "Ann O'Hara", bob: "Bob & Co"}
tags: [basics, time, time::past]
look: {accent: "#0b6e4f"}
tts: en_GB
"""
FIRST = """\
section: "Basics & more"
tags: [basics]
deck: "Basics"
cards:
  - id: spacing
    speaker: ann
    q: "Why do *spaced* reviews beat `one` long session?"
    a: "Recall strengthens **it**: $x^2$, H~2~O."
    note: |
      The effect grows:

      - with the delay
      - with {水|みず}

      | a | b |
      | --- | --- |
      | 1 | 2 |
    hint: "Think of ![a pixel](pixel-one.png)"
  - id: typed
    speaker: bob
    tags: [time::past]
    see: [spacing, stages]
    q: "Which word is meant?"
    a: "Retrieval & recall"
    reverse: true
    typed: true
    deck: "Basics::Typed"
  - id: old-idea
    speaker: ann
    retired: {since: "2023-01-31", reason: "Out of date: see <spacing>"}
    q: "What was believed?"
    a: "Something else."
"""
SECOND = """\
section: "Lists"
cards:
  - id: testing
    speaker: ann
    tags: [time]
    cloze: "Recall beats {{c1::rereading}} and {{c2::**highlighting**::a marker}}, {{x}} :: y."
    note: "Not {{c1::a deletion}} here."
  - id: stages
    speaker: bob
    q: "Which stages does a memory pass through?"
    list: {encoding: "Encoding }} it", storage: "*Storage*", retrieval: "Retrieval"}
    note: "Three."
  - id: raw
    speaker: bob
    q: !html '<span class="x">What</span> is <u>this</u>?'
    a: !html 'A <b>text</b>'
  - id: parts
    speaker: ann
    q: "Which part is marked?"
    occlude: pixel-one.png
    hide: one
    masks:
      lid: {rect: [0, 12.5, 30, 7.05]}
      knob: {ellipse: [40, 40, 10, 20.02]}
      edge: {polygon: [[1, 2], [99.99, 2], [50, 100]]}
    note: "Hidden: {{c1::no}}"
    hint: "Look closely"
"""


def write(project: Project) -> None:
    project.write("memory/deck.yaml", DECK)
    project.write("memory/01.yaml", FIRST)
    project.write("memory/02.yaml", SECOND)
    project.write("memory/style.css", '.card { background: url("back.png"); }\n')
    for name in ("pixel-one.png", "back.png"):
        project.write(f"memory/media/{name}", "").write_bytes(PIXEL + name.encode())


def adopted(project: Project, package: str) -> Outcome:
    """What `adopt` says of a package when nothing of its source is left; the package lies beside it."""
    kept = project.root / package
    shutil.copyfile(project.root / "output" / package, kept)
    shutil.rmtree(project.root / "cards_source")
    shutil.rmtree(project.root / "output")
    outcome = project.run("adopt", package)
    assert outcome.exit_code == 0, outcome.stderr
    return outcome


def cards(project: Project, name: str) -> Mapping[str, Card]:
    deck, findings = load(project.root / "cards_source" / name)
    assert deck is not None, findings
    return {card.id.value: card for card in deck.cards}


def expect_same(project: Project) -> None:
    """A build of what was adopted changes nothing of what learners have, and nothing of the source."""
    before = project.files()
    built = project.build()
    assert "unchanged" in built.stdout
    assert " new" not in built.stdout
    assert "changed," not in built.stdout.replace("unchanged,", "")
    assert {name: text for name, text in project.files().items() if name in before} == before
    assert "is not up to date" not in project.run("build", "--no-lint", "--locked").stdout


def test_a_deck_of_all_kinds_comes_back_the_same(project: Project, learner: Learner) -> None:
    write(project)
    project.build()
    there = cards(project, "memory")
    lock = project.lock("memory").read_bytes()
    learner.import_package(project.package("memory.apkg"))
    before = {table: learner.rows(table) for table in ("notes", "cards", "notetypes", "decks")}
    outcome = adopted(project, "memory.apkg")
    assert "7 of 7 notes are the same again, to the byte" in outcome.stdout
    assert project.lock("memory").read_bytes() == lock
    expect_same(project)
    assert apkg.same(project.root / "memory.apkg", project.package("memory.apkg"))
    now = cards(project, "memory")
    assert [*now] == [*there]
    for name, card in there.items():
        assert now[name].contents == card.contents
        assert (now[name].tags, now[name].see, now[name].deck) == (card.tags, card.see, card.deck)
        assert (now[name].reverse, now[name].typed, now[name].section) == (
            card.reverse,
            card.typed,
            card.section,
        )
        if card.retired is not None:
            assert now[name].retired == card.retired
    log = learner.import_package(project.package("memory.apkg"))
    assert (log.new, log.updated, log.conflicting) == (0, 0, 0)
    assert {table: learner.rows(table) for table in before} == before


def test_code_in_colours_keeps_its_language(project: Project) -> None:
    code = "```sql\\nSELECT a FROM b -- c\\n```"
    project.deck(cards=f'cards:\n  - {{id: one, q: "What does it say?", a: "So:\\n\\n{code}"}}\n').build()
    assert "1 of 1 notes are the same again" in adopted(project, "memory.apkg").stdout
    assert "```sql" in (project.root / "cards_source/memory/01-cards.yaml").read_text(encoding="utf-8")
    expect_same(project)


def test_a_backslash_at_the_end_of_a_text_stays(project: Project) -> None:
    project.deck(cards='cards:\n  - {id: one, q: "\\"e\\u0301\\" or \'\\\\", a: "b \\\\"}\n').build()
    assert "1 of 1 notes are the same again" in adopted(project, "memory.apkg").stdout
    expect_same(project)


def test_types_of_its_own_come_back(project: Project) -> None:
    write_geo(project).build()
    outcome = adopted(project, "geo.apkg")
    assert "4 of 4 notes are the same again" in outcome.stdout
    assert "a note type that the next build changes" not in outcome.stdout
    expect_same(project)


def test_one_of_two_languages_comes_back(project: Project) -> None:
    project.deck(BILINGUAL_YAML, BILINGUAL_CARDS).build()
    outcome = adopted(project, "memory.zh.apkg")
    assert "the package has the language `zh`" in outcome.stdout
    expect_same(project)
    assert apkg.same(project.root / "memory.zh.apkg", project.package("memory.zh.apkg"))


def test_a_card_that_left_keeps_its_id(project: Project) -> None:
    write(project)
    project.build()
    project.edit(
        'reason: "Out of date: see <spacing>"', 'reason: "Over", until: "2023-06-01"', "memory/01.yaml"
    )
    project.build()
    outcome = adopted(project, "memory.apkg")
    assert "1 × a retired card that is in no package any more: old-idea" in outcome.stdout
    expect_same(project)


def test_renamed_cards_and_late_items_keep_their_numbers(project: Project) -> None:
    write(project)
    project.build()
    project.edit("  - id: spacing\n", "  - id: spaced\n    was: spacing\n", "memory/01.yaml")
    project.edit("see: [spacing, stages]", "see: [spaced, stages]", "memory/01.yaml")
    project.edit("{encoding:", '{late: "Late", encoding:', "memory/02.yaml")
    project.edit(', retrieval: "Retrieval"', "", "memory/02.yaml")
    project.build("--accept", "stages")
    adopted(project, "memory.apkg")
    expect_same(project)
    assert apkg.same(project.root / "memory.apkg", project.package("memory.apkg"))


def test_the_source_that_is_there_is_not_touched(project: Project) -> None:
    write(project)
    project.build()
    before = project.files()
    outcome = project.run("adopt", "output/memory.apkg")
    assert outcome.exit_code == 2
    assert "cards_source/memory is the source of this deck" in outcome.stderr
    assert "git" in outcome.stderr
    assert project.files() == before


def test_a_dry_run_writes_nothing_and_options_without_use_are_refused(project: Project) -> None:
    write(project)
    project.build()
    shutil.rmtree(project.root / "cards_source")
    before = project.files()
    told = json.loads(project.run("adopt", "output/memory.apkg", "--dry-run", "--format", "json").stdout)
    assert told["decks"][0]["cards"] == 7
    assert project.run("adopt", "output/memory.apkg", "--deck", "Memory").exit_code == 2
    assert project.files() == before


@pytest.mark.parametrize("name", ["anatomy", "chinese", "geography"])
def test_the_examples_come_back(project: Project, name: str) -> None:
    shutil.copytree(ROOT / "docs/examples" / name, project.root / "cards_source" / name)
    project.build()
    for package in sorted((project.root / "output").glob("*.apkg")):
        there = cards(project, name)
        kept = project.root / "kept"
        shutil.copytree(project.root / "cards_source", kept)
        outcome = adopted(project, package.name)
        assert f"{len(there)} of {len(there)} notes are the same again" in outcome.stdout
        expect_same(project)
        shutil.rmtree(project.root / "cards_source")
        shutil.move(kept, project.root / "cards_source")
        shutil.rmtree(project.root / "output")
        project.build()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("note spacing ", "note ../../spacing "),
        ("package - 1 -", "package ../.. 1 -"),
        ("deck memory abcd2345", "deck con abcd2345"),
        ("1:encoding", "1:#{[encoding"),
        ("notetype - qa ", "notetype - ../../../qa "),
        ("deckgen-lock 1", "deckgen-lock 9"),
    ],
)
def test_a_strangers_lock_leads_nowhere(project: Project, old: str, new: str) -> None:
    write(project)
    project.build()
    package = project.root / "stranger.apkg"
    with zipfile.ZipFile(project.package("memory.apkg")) as one, zipfile.ZipFile(package, "w") as two:
        for name in one.namelist():
            data = one.read(name)
            if name == zips.LOCK:
                assert old in data.decode()
                data = data.decode().replace(old, new).encode()
            two.writestr(name, data)
    shutil.rmtree(project.root / "cards_source")
    before = project.files()
    outcome = project.run("adopt", "stranger.apkg")
    assert (outcome.exit_code, "the lock in stranger.apkg" in outcome.stderr) == (2, True)
    assert project.files() == before


def test_rules_that_the_deck_had_set_otherwise_stop_no_build(project: Project) -> None:
    long = " ".join(["word"] * 90)
    cards_yaml = f'cards:\n  - {{id: one, q: "Why is the answer so very long?", a: "{long}"}}\n'
    project.deck("deck: memory\ntitle: Memory\nlint: {L02: off}\n", cards_yaml)
    assert project.run("build").exit_code == 0
    outcome = adopted(project, "memory.apkg")
    assert "`lint:` of deck.yaml has L02 as warnings" in outcome.stdout
    assert project.run("build").exit_code == 0


def test_a_deck_that_was_itself_adopted_is_refused(project: Project, learner: Learner) -> None:
    spanish(learner)
    export(learner, project.root / "Spanish.apkg", "Spanish")
    project.run("adopt", "Spanish.apkg")
    project.build()
    before = project.files()
    outcome = project.run("adopt", "output/spanish.apkg")
    assert outcome.exit_code == 2
    assert "from a deck that had been adopted" in outcome.stderr
    assert project.files() == before
