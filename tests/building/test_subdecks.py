"""One package with several decks: what is refused, what the lock keeps, and what learners get."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from deckgen.deck import deck_key
from deckgen.packing import apkg, collection
from deckgen.showing.preview import preview
from tests.building.test_package import WORDS, packed
from tests.conftest import Project
from tests.real_anki import OPTION_SETS, Learner

DECK = 'deck: rivers\ntitle: "Rivers"\ndescription: "All rivers."\ntags: [size]\n'
CARDS = """\
deck: "Asia"
cards:
  - {id: lena, q: "Where does the Lena end?", a: "In the Laptev Sea."}
  - {id: amur, deck: "Asia::East", q: "Where does the Amur end?", a: "In the Tatar Strait."}
  - {id: rhine, deck: "Europe", q: "Where does the Rhine end?", a: "In the North Sea.", reverse: true}
  - {id: nile, deck: "Rivers", q: "Where does the Nile end?", a: "In the Mediterranean."}
  - id: parts
    q: "Which parts has the Yangtze?"
    list: {tongtian: "Tongtian", jinsha: "Jinsha"}
"""
TWO = """\
deck: rivers
title: {en: "Rivers", de: "Flüsse"}
languages: [en, de]
"""
TWO_CARDS = """\
deck: {en: "Asia", de: "Flüsse::Asien"}
cards:
  - {id: lena, en: {q: "Where?", a: "There."}, de: {q: "Wo?", a: "Dort."}}
  - {id: rhine, only: [de], deck: {de: "Europa"}, de: {q: "Wohin?", a: "Dorthin."}}
  - {id: amur, only: [en], en: {q: "Whither?", a: "Thither."}}
"""


def places(learner: Learner) -> dict[str, set[str]]:
    """The decks in which the cards of each note lie."""
    names = {deck.id: deck.name for deck in learner.col.decks.all_names_and_ids()}
    found: dict[str, set[str]] = {}
    for card_id in learner.col.find_cards(""):
        card = learner.col.get_card(card_id)
        found.setdefault(card.note()["Id"], set()).add(names[card.did])
    return found


def decks(learner: Learner) -> set[str]:
    return {deck.name for deck in learner.col.decks.all_names_and_ids()} - {"Default"}


def descriptions(learner: Learner) -> dict[str, str]:
    found = {}
    for deck in learner.col.decks.all_names_and_ids():
        full = learner.col.decks.by_name(deck.name)
        assert full is not None
        if full["desc"]:
            found[deck.name] = str(full["desc"])
    return found


def plan(project: Project, *arguments: str) -> Any:
    (package,) = json.loads(project.run("plan", "--format", "json", *arguments).stdout)["packages"]
    return package


WHERE = {
    "lena": {"Rivers::Asia"},
    "amur": {"Rivers::Asia::East"},
    "rhine": {"Rivers::Europe"},
    "nile": {"Rivers"},
    "parts": {"Rivers::Asia"},
}


def test_cards_come_into_their_decks_and_an_import_again_moves_nothing(
    project: Project, learner: Learner
) -> None:
    project.deck(DECK, CARDS)
    assert project.codes() == []
    project.build()
    assert learner.import_package(project.package("rivers.apkg")).new == 5
    assert places(learner) == WHERE
    assert decks(learner) == {"Rivers", "Rivers::Asia", "Rivers::Asia::East", "Rivers::Europe"}
    assert learner.study("Rivers", 4) == 4
    before = learner.progress(), learner.rows("notes")
    project.edit("In the North Sea.", "In the North Sea, near Rotterdam.")
    project.build()
    log = learner.import_package(project.package("rivers.apkg"))
    assert (log.new, log.updated, log.duplicate, log.conflicting) == (0, 1, 4, 0)
    assert learner.progress() == before[0]
    assert sum(old != new for old, new in zip(before[1], learner.rows("notes"), strict=True)) == 1
    learner.is_sound()


@pytest.mark.parametrize("options", OPTION_SETS)
def test_under_no_options_does_an_import_move_a_card(
    project: Project, learner: Learner, options: str
) -> None:
    """Nor one that its learner moved; what is new comes where the package has it."""
    project.deck(DECK, CARDS).build()
    learner.import_package(project.package("rivers.apkg"))
    learner.study("Rivers", 3)
    own = learner.col.decks.id("My own")
    assert own is not None
    learner.col.set_deck([card.id for card in learner.cards("lena")], own)
    before = learner.progress()
    project.edit('deck: "Europe"', 'deck: "Asia::West"')
    project.edit(
        "cards:\n", 'cards:\n  - {id: ob, deck: "Asia::West", q: "Where does the Ob end?", a: "Ob."}\n'
    )
    project.build()
    log = learner.import_package(project.package("rivers.apkg"), OPTION_SETS[options])
    assert (log.new, log.conflicting) == (1, 0)
    assert places(learner) == {**WHERE, "lena": {"My own"}, "ob": {"Rivers::Asia::West"}}
    cards, reviews = learner.progress()
    old = {row[0] for row in before[0]}
    assert ([row for row in cards if row[0] in old], reviews) == before
    learner.is_sound()


def test_description_of_the_deck_alone_arrives_though_no_card_lies_in_it(
    project: Project, learner: Learner
) -> None:
    """Also where there is a deck between without cards: Anki would not look further up without it."""
    project.deck(DECK, 'deck: "Asia::East"\ncards:\n  - {id: amur, q: "Where does it end?", a: "There."}\n')
    project.build()
    learner.import_package(project.package("rivers.apkg"))
    assert decks(learner) == {"Rivers", "Rivers::Asia", "Rivers::Asia::East"}
    assert descriptions(learner) == {"Rivers": "All rivers."}
    project.edit("All rivers.", "All of them.", "memory/deck.yaml")
    project.build()
    learner.import_package(project.package("rivers.apkg"))
    assert descriptions(learner) == {"Rivers": "All of them."}


def test_new_cards_come_deck_by_deck(project: Project, learner: Learner) -> None:
    """So `after` counts within a deck, as docs/format.md says."""
    project.deck(DECK, CARDS).build()
    learner.import_package(project.package("rivers.apkg"))
    deck = learner.col.decks.id_for_name("Rivers")
    assert deck is not None
    learner.col.decks.select(deck)
    seen = []
    while (card := learner.col.sched.getCard()) is not None and card.queue == 0:
        seen.append(card.note()["Id"])
        learner.study("Rivers", 1, ease=4)
    assert list(dict.fromkeys(seen)) == ["nile", "lena", "parts", "amur", "rhine"]


def test_languages_have_decks_of_their_own(project: Project, learner: Learner) -> None:
    project.deck(TWO, TWO_CARDS)
    assert project.codes() == []
    project.build()
    for lang in ("en", "de"):
        learner.import_package(project.package(f"rivers.{lang}.apkg"))
    assert places(learner) == {
        "lena": {"Rivers::Asia", "Flüsse::Asien"},
        "amur": {"Rivers::Asia"},
        "rhine": {"Flüsse::Europa"},
    }
    assert "note amur en" in project.lock().read_text(encoding="utf-8")


def test_lock_and_package_of_a_deck_without_subdecks_are_as_they_were(project: Project) -> None:
    """The same numbers and bytes; the word `deck=` stands only with cards in a subdeck."""
    cards = re.sub(r'deck: "[^"]*",? ?\n?', "", CARDS)
    project.deck(DECK, cards).build()
    assert "deck=" not in project.lock().read_text(encoding="utf-8")
    found = collection.read(project.package("rivers.apkg"))
    assert {note.decks for note in found.notes.values()} == {("Rivers",)}
    project.edit("cards:\n", 'deck: "Asia"\ncards:\n')
    project.build()
    lines = [line for line in project.lock().read_text(encoding="utf-8").split("\n") if "note " in line]
    assert all(line.endswith(" deck=Asia") for line in lines)


def test_moved_card_is_named_by_plan_with_a_search_that_moves_it(project: Project, learner: Learner) -> None:
    project.deck(DECK, CARDS.replace('"Europe"', '"Eu_ro*pe"')).build()
    learner.import_package(project.package("rivers.apkg"))
    learner.study("Rivers", 2)
    reviews = learner.progress()[1]
    project.edit('deck: "Eu_ro*pe"', 'deck: "Europe::West"')
    assert project.codes() == []
    found = plan(project)
    assert (found["new"], found["changed"], found["unchanged"]) == ([], [], 5)
    (warning,) = found["warnings"]
    assert (warning["code"], warning["card"]) == ("moved", "rhine")
    assert "from “Rivers::Eu_ro*pe” to “Rivers::Europe::West”" in warning["message"]
    assert "an import moves nothing" in warning["message"]
    assert project.run("plan").exit_code == 3
    assert "! moved: 1 note moved" in project.run("plan").stdout
    assert project.run("build", "--no-lint", "--locked").exit_code == 1
    project.build()
    assert plan(project)["warnings"] == []
    assert "note rhine" in project.lock().read_text(encoding="utf-8")
    assert "deck=Europe::West" in project.lock().read_text(encoding="utf-8")
    log = learner.import_package(project.package("rivers.apkg"))
    assert (log.new, log.updated, log.duplicate) == (0, 0, 5)
    assert places(learner)["rhine"] == {"Rivers::Eu_ro*pe"}
    search = re.search("`(.*)`", warning["message"])
    assert search is not None
    ids = learner.col.find_cards(search[1])
    assert {learner.col.get_card(card_id).note()["Id"] for card_id in ids} == {"rhine"}
    assert len(ids) == 2
    target = learner.col.decks.id_for_name("Rivers::Europe::West")
    assert target is not None, "the import makes the new deck, and leaves it empty"
    learner.col.set_deck(ids, target)
    assert learner.import_package(project.package("rivers.apkg")).duplicate == 5
    assert places(learner)["rhine"] == {"Rivers::Europe::West"}
    assert learner.progress()[1] == reviews
    learner.is_sound()


def test_search_leaves_alone_what_a_learner_put_below_the_old_deck(
    project: Project, learner: Learner
) -> None:
    project.deck(DECK, CARDS).build()
    learner.import_package(project.package("rivers.apkg"))
    own = learner.col.decks.id("Rivers::Asia::Later")
    assert own is not None
    learner.col.set_deck([card.id for card in learner.cards("lena")], own)
    project.edit('deck: "Asia"\n', 'deck: "North"\n')
    (warning,) = plan(project)["warnings"]
    assert warning["message"].startswith("2 notes moved from “Rivers::Asia” to “Rivers::North”")
    search = re.search("`(.*)`", warning["message"])
    assert search is not None
    found = {learner.col.get_card(found).note()["Id"] for found in learner.col.find_cards(search[1])}
    assert found == {"parts"}


def test_build_tells_once_which_cards_an_import_leaves_where_they_are(project: Project) -> None:
    """It is the last to know: afterwards no plan has the search."""
    project.deck(DECK, CARDS).build()
    project.edit('deck: "Asia"\n', 'deck: "North"\n')
    (warning,) = plan(project)["warnings"]
    line = f"\n  ! moved: {warning['message']}\n"
    assert project.build().stdout.endswith(f"unchanged{line}")
    assert "moved" not in project.build().stdout


def test_new_part_of_a_moved_card_comes_into_the_new_deck(project: Project, learner: Learner) -> None:
    """Its siblings stay where they are, as an import moves nothing: docs/regeneration.md says so."""
    project.deck(DECK, CARDS).build()
    learner.import_package(project.package("rivers.apkg"))
    project.edit("  - id: parts\n", '  - id: parts\n    deck: "China"\n')
    project.edit('jinsha: "Jinsha"', 'jinsha: "Jinsha", chuan: "Chuan"')
    project.build()
    learner.import_package(project.package("rivers.apkg"))
    assert places(learner)["parts"] == {"Rivers::Asia", "Rivers::China"}
    found = collection.read(project.package("rivers.apkg"))
    assert all(len(note.decks) == 1 for note in found.notes.values()), "in the package they lie together"
    learner.is_sound()


def test_plan_against_knows_the_decks(project: Project, tmp_path: Path) -> None:
    project.deck(DECK, CARDS).build()
    with Learner(tmp_path / "learner") as learner:
        learner.import_package(project.package("rivers.apkg"))
        own = learner.col.decks.id("My own")
        assert own is not None
        learner.col.set_deck([card.id for card in learner.cards("nile")], own)
        file = learner.col.path
    groups = {group["group"]: group["cards"] for group in plan(project, "--against", file)["against"]}
    assert groups == {
        "unchanged": ["lena", "amur", "rhine", "nile", "parts"],
        "in another deck": ["nile"],
    }
    project.edit('deck: "Europe"', 'deck: "Far"')
    groups = {group["group"]: group["cards"] for group in plan(project, "--against", file)["against"]}
    assert groups["in another deck"] == ["rhine", "nile"]


def test_retired_card_brings_no_deck_and_returns_where_it_was(project: Project, learner: Learner) -> None:
    project.deck(DECK, CARDS).build()
    learner.import_package(project.package("rivers.apkg"))
    project.edit("id: rhine,", 'id: rhine, retired: {since: "2023-11-01", reason: "Over."},')
    project.edit('deck: "Europe"', 'deck: "Elsewhere"')
    assert plan(project)["warnings"] == []
    project.build()
    assert "deck=Europe retired" in project.lock().read_text(encoding="utf-8")
    learner.import_package(project.package("rivers.apkg"))
    assert "Rivers::Elsewhere" not in decks(learner)
    project.edit(' retired: {since: "2023-11-01", reason: "Over."},', "")
    assert [one["code"] for one in plan(project)["warnings"]] == ["moved"]
    project.edit('deck: "Elsewhere"', 'deck: "Europe"')
    assert plan(project)["warnings"] == []


def test_lost_lock_has_the_decks_again(project: Project) -> None:
    project.deck(DECK, CARDS).build()
    lock = project.lock()
    text = lock.read_bytes()
    lock.unlink()
    assert project.run("lock", "--from", "output/rivers.apkg").exit_code == 0
    assert lock.read_bytes() == text


def test_title_may_stand_before_the_path(project: Project) -> None:
    project.deck(DECK, CARDS).build()
    text = project.lock().read_text(encoding="utf-8")
    project.edit('deck: "Asia"\n', 'deck: "Rivers::Asia"\n')
    project.edit('deck: "Asia::East"', 'deck: "Rivers::Asia::East"')
    assert project.run("build", "--no-lint", "--locked").exit_code == 0
    assert project.lock().read_text(encoding="utf-8") == text


@pytest.mark.parametrize(
    ("path", "code", "part"),
    [
        ("::Asia", "K30", "a name on each side"), ("Asia::", "K30", "a name on each side"), ("", "K30", "a name on each side"),
        ("::", "K30", "a name on each side"), ("Asia::::East", "K30", "a name on each side"),
        ("Asia:: East", "K30", "drop blanks"), (" Asia", "K30", "drop blanks"), ("Asia:::East", "K30", "drop blanks"),
        ("Asia:", "K30", "drop blanks"), ("A\\\"sia", "K30", "drop blanks"), ("A\\nsia", "K30", "drop blanks"),
        ("\\u3000Asia", "K30", "drop blanks"), ("\\u200b", "K30", "that can be seen"), ("Me\\u0301xico", "K30", "as one character"),
        ("A\\x07sia", "Y07", "delete it"),
        ("asia", "K31", "write “Asia” here"), ("ASIA::East", "K31", "write “Asia” here"), ("Asia::east", "K31", "write “Asia::East”"),
        ("a" * 193, "K32", "shorten it, or"), ("::".join("abcdefghij"), "K32", "shorten it"),
        ("rivers::Asia", "K30", "only what lies below"), ("RIVERS", "K30", "only what lies below"),
        ("Rivers::Rivers::Asia", "K30", "only what lies below"),
    ],
)  # fmt: skip
def test_path_that_is_refused(project: Project, path: str, code: str, part: str) -> None:
    cards = CARDS.replace('deck: "Europe"', f'deck: "{path}"')
    project.deck(DECK, cards)
    (finding,) = project.findings()
    assert (finding["code"], finding["card"]) == (code, "rhine")
    assert finding["path"].endswith("cards.yaml")
    assert finding["line"] == 5
    assert part in finding["hint"]
    before = project.files()
    assert project.run("build").exit_code == 1
    assert project.files() == before


@pytest.mark.parametrize(
    "path",
    [
        "a" * 192,
        "::".join("abcdefghi"),
        "Asia: the East",
        "亚洲::东",
        "Rivers of Asia",
        "a::A",
        "../../x::<b>",
    ],
)
def test_path_that_is_taken(project: Project, learner: Learner, path: str) -> None:
    project.deck(DECK, CARDS.replace('deck: "Europe"', f'deck: "{path}"'))
    assert project.codes() == []
    project.build()
    learner.import_package(project.package("rivers.apkg"))
    assert places(learner)["rhine"] == {f"Rivers::{path}"}


def test_one_wrong_path_of_a_file_is_one_finding(project: Project) -> None:
    project.deck(DECK, CARDS.replace('deck: "Asia"\n', 'deck: "::Asia"\n'))
    assert project.codes() == ["K30"]


def test_each_language_has_a_path(project: Project) -> None:
    project.deck(TWO, TWO_CARDS.replace('{en: "Asia", de: "Flüsse::Asien"}', '{en: "Asia"}'))
    assert project.codes() == ["B01"]
    project.deck(TWO, TWO_CARDS.replace('{en: "Asia", de: "Flüsse::Asien"}', '"Asia"'))
    assert project.codes() == ["K03"]


def test_deck_of_another_folder_is_not_shared(project: Project) -> None:
    project.deck(DECK, CARDS)
    project.write("other/deck.yaml", 'deck: other\ntitle: "rivers::asia"\n')
    project.write("other/cards.yaml", 'cards:\n  - {id: one, q: "Q?", a: "A"}\n')
    (told,) = project.told()
    assert told.startswith(
        "cards.yaml:1 K16 lena: the deck “Rivers::Asia” is also that of cards_source/other: "
    )


def test_subdeck_of_one_language_is_not_the_deck_of_another(project: Project) -> None:
    project.deck(
        TWO.replace('"Flüsse"', '"Rivers::Deutsch"'),
        TWO_CARDS.replace('{en: "Asia", de: "Flüsse::Asien"}', '{en: "deutsch", de: "Asien"}'),
    )
    (told,) = project.told()
    assert told.startswith("cards.yaml:1 K16 lena en: `de` has the deck “Rivers::deutsch” as well: ")


def test_fork_is_not_made_of_a_path_that_has_the_old_title(project: Project) -> None:
    project.deck(DECK, CARDS)
    before = project.files()
    outcome = project.run("fork", "memory", "brooks", "--title", "Brooks")
    assert outcome.exit_code == 2
    assert "cards.yaml:6: the deck “Rivers” begins with the old title: take it out" in outcome.stderr
    assert project.files() == before
    project.edit(' deck: "Rivers",', "")
    assert project.run("fork", "memory", "brooks", "--title", "Brooks").exit_code == 0


def test_stats_and_preview_show_the_decks(project: Project) -> None:
    project.deck(DECK, CARDS)
    (stats,) = json.loads(project.run("stats", "--format", "json").stdout)["decks"]
    assert [(one["name"][""], one["cards"]) for one in stats["subdecks"]] == [
        ("Rivers::Asia", 2), ("Rivers::Asia::East", 1), ("Rivers::Europe", 1), ("Rivers", 1),
    ]  # fmt: skip
    assert "notes by deck\n  Rivers::Asia            2" in project.run("stats").stdout
    (page,) = preview(Path("cards_source"), Path("output")).pages
    notes: Any = page.data["notes"]
    assert {note["id"]: {note["deck"]} for note in notes} == {**WHERE, "nile": {""}}


NAMES = [
    "Asia", "asia", "Straße", "STRASSE", "strasse", "Σ", "ς", "σ", "É", "é", "e\u0301", "ﬁ", "fi", "Ⅷ", "ⅷ", "VIII", "İ", "i", "I", "ı",
    "Ǆ", "ǆ", "ά", "ᾴ", "άι", "Å", "Å", "ꭰ", "Ꭰ", "東", "東", "ᏸ", "Ᏸ", "К", "к",
]  # fmt: skip


def test_names_are_one_deck_to_us_when_they_are_to_anki(learner: Learner, tmp_path: Path) -> None:
    """Anki calls the second of two decks that it takes for one `asia_`."""
    own = [apkg.PackedDeck((1 << 44) + place, f"R::{name}") for place, name in enumerate(NAMES)]
    notes = [
        packed(3_400_000_000 + place, WORDS, deck.number, f"w{place}", "s") for place, deck in enumerate(own)
    ]
    root = apkg.PackedDeck(1 << 43, "R")
    apkg.write(
        tmp_path / "p.apkg", apkg.Contents([root, *own], [apkg.PackedType(WORDS, 1_700_000_000)], notes)
    )
    learner.import_package(tmp_path / "p.apkg")
    theirs = {name.rstrip("_") for name in decks(learner) if name != "R"}
    renamed = sum(name.endswith("_") for name in decks(learner))
    assert len(NAMES) - renamed == len({deck_key(name) for name in NAMES})
    assert theirs


def test_decks_above_others_count_as_anki_makes_them(project: Project) -> None:
    paths = ["::".join(f"d{card}-{part}" for part in range(9)) for card in range(112)]
    cards = "".join(f'  - {{id: c{n}, q: "Q{n}?", a: A, deck: "{path}"}}\n' for n, path in enumerate(paths))
    project.deck(cards="cards:\n" + cards)
    found = [(one["code"], one["card"]) for one in project.all_findings() if one["code"] == "K32"]
    assert found == [("K32", "c111")]  # 111 times 9, and the title's
