"""A deck's own note types beside the real Anki: its cards, both sides, and what a learner keeps."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from deckgen.building.steps import Asked, prepare
from deckgen.notes.faces import Sides, sides
from deckgen.notes.note_types import NoteType
from tests.conftest import Project
from tests.own_deck import CAPITAL, COUNTRY, DECK, FLAG, GAP, write_geo
from tests.real_anki import OPTION_SETS, Learner, Log

pytestmark = pytest.mark.slow

#: Learners have them: another one would block every update.
FROZEN = (4662244604012677, 3390299569568270, 1244403890981155, 5003539499874158)
#: What deckgen adds to fronts: when it changes, all fronts do, and Anki may make cards a second time.
BANNER = '{{#Status}}<p class="dg-status"><b>Retired card</b> {{Status}}</p>{{/Status}}\n'
FROZEN_FRONTS = [
    "{{#Country}}" + BANNER + "{{/Country}}" + CAPITAL.strip(),
    "{{#Flag}}{{#Flag}}" + BANNER + "{{/Flag}}{{/Flag}}" + FLAG.strip(),
    "{{^Id}}{{Id}}{{/Id}}",
    BANNER + GAP.strip(),
]

_STYLE = re.compile(r"<style>.*?</style>", re.DOTALL)
FOLDER = "geo/note_types/country"
TYPE = f"{FOLDER}/note_type.yaml"


def _package(project: Project) -> Any:
    return project.package("geo.apkg")


def _note_types(project: Project) -> tuple[Any, dict[str, NoteType]]:
    (ready,) = prepare(Asked(project.root / "cards_source", project.root / "output")).decks
    (rendered,) = ready.rendered
    return rendered, dict(rendered.note_types)


def _shown(html: str) -> str:
    """A side without what Anki draws by itself: its style, numbers of hints, and players."""
    return re.sub(r"hint[0-9a-f]{8,}", "hint", _STYLE.sub("", html))


def _study(learner: Learner, days: int = 40) -> None:
    """All cards are answered, and come again in so many days."""
    learner.study("Geography", 100)
    for found in learner.col.find_cards("deck:Geography"):
        learner.col.sched.set_due_date([found], str(days))


def test_cards_and_both_sides_are_those_of_anki(project: Project, learner: Learner) -> None:
    write_geo(project).build()
    assert learner.import_package(_package(project)) == Log(4, 0, 0, 0)
    learner.is_sound()
    rendered, types = _note_types(project)
    for note in rendered.notes:
        cards = learner.cards(note.card)
        assert [card.ord for card in cards] == sorted(note.ordinals), note.card
        for card in cards:
            special = {"Deck": "Geography", "Tags": " ".join(note.tags)}
            made = sides(types[note.role], note.fields, card.ord, special)
            assert isinstance(made, Sides)
            rendering = card.render_output()
            assert _shown(made.front) == _shown(rendering.question_text), note.card
            assert _shown(made.back) == _shown(rendering.answer_text), note.card
    assert {name: len(learner.cards(name)) for name in ("france", "spain", "night")} == {
        "france": 2,
        "spain": 1,
        "night": 2,
    }
    poem = learner.col.models.get(learner.note("night").mid)
    assert poem is not None
    assert poem["flds"][poem["sortf"]]["name"] == "Poem"
    assert learner.note("france")["Origin"] == "The Atlas · Europe"
    media = {path.name for path in (project.root / "..").resolve().rglob("_frame-*.png")}
    assert len(media) == 1


@pytest.mark.parametrize("options", OPTION_SETS.values(), ids=OPTION_SETS.keys())
def test_second_import_changes_nothing(project: Project, learner: Learner, options: dict[str, Any]) -> None:
    write_geo(project).build()
    learner.import_package(_package(project), options)
    _study(learner)
    before = learner.rows("notes"), *learner.progress()
    assert "4 unchanged" in project.build().stdout
    learner.import_package(_package(project), options)
    assert (learner.rows("notes"), *learner.progress()) == before


def _learned(project: Project, learner: Learner) -> tuple[Any, Any]:
    """Somebody who has studied the deck, with their progress and the stamp of the schema."""
    write_geo(project).build()
    learner.import_package(_package(project))
    _study(learner)
    return learner.progress()


def _kept(learner: Learner, before: tuple[Any, Any]) -> None:
    """No card that was there changed, no review is lost, no note type is doubled, no full sync is needed."""
    cards, reviews = learner.progress()
    assert [card for card in cards if card[0] in {old[0] for old in before[0]}] == before[0]
    assert reviews == before[1]
    assert not any("+" in name for name in learner.note_types())


def _schema(learner: Learner) -> Any:
    assert learner.col.db is not None
    return learner.col.db.scalar("select scm from col")


def test_an_edit_arrives(project: Project, learner: Learner) -> None:
    before = _learned(project, learner)
    project.edit("**Paris**", "Paris", "geo/cards.yaml")
    project.build()
    assert learner.import_package(_package(project)) == Log(0, 1, 3, 0)
    assert learner.note("france")["Capital"] == "Paris"
    _kept(learner, before)


def test_another_front_and_style_arrive_and_touch_no_note(project: Project, learner: Learner) -> None:
    before = _learned(project, learner)
    notes, schema = learner.rows("notes"), _schema(learner)
    project.write(f"{FOLDER}/capital.html", CAPITAL.replace("Which", "What"))
    project.edit("navy", "teal", f"{FOLDER}/style.css")
    project.build()
    assert learner.import_package(_package(project)).conflicting == 0
    assert "What capital?" in learner.cards("france")[0].question()
    assert (learner.rows("notes"), _schema(learner)) == (notes, schema)
    _kept(learner, before)


def test_an_added_field_wakes_a_spare(project: Project, learner: Learner) -> None:
    before = _learned(project, learner)
    schema = _schema(learner)
    project.edit("  Country: other\n", "  Country: other\n  Map: other\n", TYPE)
    project.edit(
        '      Capital: "**Paris**"\n', '      Capital: "**Paris**"\n      Map: "a map"\n', "geo/cards.yaml"
    )
    project.write(f"{FOLDER}/back.html", "{{FrontSide}}<hr id=answer>{{Capital}} {{hint:Map}}")
    assert "woken=Map" in (project.build(), project.lock("geo").read_text(encoding="utf-8"))[1]
    assert learner.import_package(_package(project)) == Log(0, 1, 3, 0)
    assert learner.note("france")["Map"] == "a map"
    assert "a map" in learner.cards("france")[0].answer()
    assert _schema(learner) == schema
    _kept(learner, before)
    learner.is_sound()


def test_all_three_spares_can_be_woken_one_after_the_other(project: Project, learner: Learner) -> None:
    before = _learned(project, learner)
    for number, name in enumerate(("Map", "Area", "River")):
        project.edit("  Country: other\n", f"  Country: other\n  {name}: other\n", TYPE)
        project.edit(
            '      Country: "France"\n',
            f'      Country: "France"\n      {name}: "{number}"\n',
            "geo/cards.yaml",
        )
        project.build()
        assert learner.import_package(_package(project)) == Log(0, 1, 3, 0)
        assert learner.note("france")[name] == str(number)
    assert [learner.note("france")[name] for name in ("Map", "Area", "River")] == ["0", "1", "2"]
    _kept(learner, before)
    project.edit("  Country: other\n", "  Country: other\n  Sea: other\n", TYPE)
    (finding,) = (one for one in project.findings() if one["code"] != "K25")
    assert (finding["code"], finding["path"]) == ("K29", "cards_source/geo/note_types/country/note_type.yaml")
    assert "no spare left for the fields `Sea`" in finding["message"]


def test_an_added_template_wakes_the_dormant_one(project: Project, learner: Learner) -> None:
    before = _learned(project, learner)
    notes, schema = learner.rows("notes"), _schema(learner)
    project.write(TYPE, COUNTRY + '  - {name: "Capital - Country", front: reverse.html, back: back.html}\n')
    project.write(f"{FOLDER}/reverse.html", "{{Capital}}")
    assert "2 notes get another card, by a new template" in project.run("plan").stdout
    project.build()
    assert learner.import_package(_package(project)) == Log(0, 0, 4, 0)
    assert [card.ord for card in learner.cards("france")] == [0, 1, 2]
    assert [card.ord for card in learner.cards("spain")] == [0, 2]
    assert {card.did for card in learner.cards("spain")} == {learner.col.decks.id("Geography")}
    assert (learner.rows("notes"), _schema(learner)) == (notes, schema)
    _kept(learner, before)
    learner.is_sound()
    assert "nothing to do" in project.run("plan").stdout
    assert project.run("build", "--locked", "--no-lint").exit_code == 0
    project.write(
        TYPE,
        COUNTRY
        + '  - {name: "Capital - Country", front: reverse.html, back: back.html}\n'
        + '  - {name: "Fourth", front: reverse.html, back: back.html}\n',
    )
    assert [one["message"] for one in project.findings() if one["code"] == "K29"] == [
        "the note type `country` has no spare left for the templates `Fourth`: Anki would refuse every update"
    ]


def test_plan_counts_the_cards_that_a_template_makes_of_changed_and_of_retired_notes(
    project: Project, learner: Learner
) -> None:
    _learned(project, learner)
    retired = '    retired: {since: "2023-01-31", reason: "Over"}\n'
    project.edit("  - id: france\n", f"  - id: france\n{retired}", "geo/cards.yaml")
    project.build()
    learner.import_package(_package(project))
    before = learner.col.card_count()
    project.write(TYPE, COUNTRY + '  - {name: "Capital - Country", front: reverse.html, back: back.html}\n')
    project.write(f"{FOLDER}/reverse.html", "{{Capital}}")
    project.edit('"Madrid', '"Villa de Madrid', "geo/cards.yaml")
    assert "2 notes get another card, by a new template; 1 of them retired" in project.run("plan").stdout
    project.build()
    learner.import_package(_package(project))
    assert learner.col.card_count() == before + 2
    assert learner.cards("france")[2].question().count("Retired card") == 1
    assert "another card" not in project.run("plan").stdout


def test_a_retired_card_says_so_on_each_front_and_makes_no_card(project: Project, learner: Learner) -> None:
    before = _learned(project, learner)
    for card in ("france", "night"):
        project.edit(
            f"  - id: {card}\n",
            f'  - id: {card}\n    retired: {{since: "2023-01-31", reason: "Over"}}\n',
            "geo/cards.yaml",
        )
    project.build()
    assert learner.import_package(_package(project)).updated == 2
    for name in ("france", "night"):
        for card in learner.cards(name):
            assert card.question().count("Retired card") == 1, card.question()
            assert "2023-01-31: Over" in card.question()
    assert len(learner.cards("spain")) == 1
    _kept(learner, before)
    # Other fronts have Anki look for cards anew: the banner alone makes none.
    project.edit("![blue, white and red](france.png)", " ", "geo/cards.yaml")
    project.build("--accept", "france")
    learner.import_package(_package(project))
    project.write(f"{FOLDER}/capital.html", CAPITAL.replace("Which", "What"))
    project.build()
    learner.import_package(_package(project))
    assert [card.ord for card in learner.cards("spain")] == [0]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("  Capital: answer\n", "", "was built with the field `Capital`, which is gone now"),
        ("fields:\n", "sort: Flag\nfields:\n", "was built sorted by `Country`, and is sorted by `Flag` now"),
        (
            '"Flag - Country"',
            '"Country by flag"',
            "was built with the template `Flag - Country`, which is gone now",
        ),
        ("fields:\n", "kind: cloze\nfields:\n", "was built as a standard type and is a cloze one now"),
    ],
)
def test_what_anki_would_refuse_is_refused_here(project: Project, old: str, new: str, told: str) -> None:
    write_geo(project).build()
    before = project.files()
    project.edit(old, new, TYPE)
    assert any(one["code"] == "K29" and told in one["message"] for one in project.findings())
    assert project.run("build", "--no-lint").exit_code == 1
    project.edit(new, old, TYPE) if new and new.count("\n") < 2 and old in new else project.write(
        TYPE, COUNTRY
    )
    assert project.files() == before


def test_a_renamed_field_is_told_in_few_words_once_for_all_languages(project: Project) -> None:
    cards = 'cards: [{id: a, type: country, en: {fields: {Country: "P"}}, de: {fields: {Country: "P"}}}]\n'
    write_geo(project, cards)
    project.write("geo/deck.yaml", DECK.replace('"Geography"', '{en: "G", de: "E"}\nlanguages: [en, de]'))
    project.build("--no-lint")
    project.edit("  Remark: note\n", "  Hint: note\n", TYPE)
    project.edit("note: Remark", "note: Hint", TYPE)
    (found,) = (one for one in project.findings() if one["code"] == "K29")
    assert found["lang"] == ""
    assert found["hint"].startswith(
        "put it back under this name, because learners have it; on cards you may leave it empty; if nobody"
    )


def test_a_card_keeps_its_note_type(project: Project) -> None:
    write_geo(project).build()
    project.edit(
        'type: country\n    fields: {Country: "Spain", Capital: "Madrid < & {{Country}} [sound:x.mp3]"}',
        'type: verse\n    fields: {Text: "{{c1::Spain}}"}',
        "geo/cards.yaml",
    )
    assert project.codes() == ["R04"]


def test_order_of_fields_and_templates_in_the_file_counts_once(project: Project) -> None:
    write_geo(project).build()
    project.edit("  Country: other\n  Flag: other\n", "  Flag: other\n  Country: other\n", TYPE)
    assert "4 unchanged" in project.build().stdout
    project.edit("fields:\n", "sort: Country\nfields:\n  Area: other\n", TYPE)
    assert "4 unchanged" in project.build().stdout
    assert "sort=Country" in project.lock("geo").read_text(encoding="utf-8")


def test_branches_that_wake_the_same_spare_are_merged(project: Project) -> None:
    """The second one takes the next spare, and its notes are stamped anew."""
    write_geo(project).build()
    lock = project.lock("geo")
    base = lock.read_text(encoding="utf-8")
    sides = []
    for name in ("Map", "Area"):
        lock.write_text(base, encoding="utf-8")
        write_geo(project)
        project.edit("  Country: other\n", f"  Country: other\n  {name}: other\n", TYPE)
        project.build()
        sides.append(lock.read_text(encoding="utf-8"))
    both = [line for text in sides for line in text.split("\n")]
    head = both[:2]
    lock.write_text("\n".join(dict.fromkeys([*head, *both[2:]])) + "\n", encoding="utf-8")
    write_geo(project)
    project.edit("  Country: other\n", "  Country: other\n  Map: other\n  Area: other\n", TYPE)
    project.build()
    (line,) = (
        one for one in lock.read_text(encoding="utf-8").split("\n") if one.startswith("notetype - country ")
    )
    assert "woken=Map,Area" in line or "woken=Area,Map" in line


def test_an_emptied_field_whose_card_would_vanish_is_refused(project: Project) -> None:
    write_geo(project).build()
    project.edit('      Flag: "![blue, white and red](france.png)"\n', "", "geo/cards.yaml")
    assert [one["message"] for one in project.findings() if one["code"] == "R11"] == [
        "the card `france` was built with the card `Flag - Country`, which is gone now"
    ]
    project.build("--accept", "france")
    assert "1 gone=2" in project.lock("geo").read_text(encoding="utf-8")


def test_going_back_behind_an_added_field_or_template_is_refused(project: Project) -> None:
    write_geo(project).build()
    project.edit("  Country: other\n", "  Country: other\n  Map: other\n", TYPE)
    project.write(f"{FOLDER}/map.html", "{{Map}}")
    with_map = COUNTRY.replace("  Country: other\n", "  Country: other\n  Map: other\n")
    project.write(TYPE, with_map + '  - {name: "Map - Country", front: map.html, back: back.html}\n')
    project.build()
    project.write(TYPE, COUNTRY)
    assert [one["message"] for one in project.findings() if one["code"] == "K29"] == [
        "the note type `country` was built with the field `Map`, which is gone now",
        "the note type `country` was built with the template `Map - Country`, which is gone now",
    ]


def test_the_look_of_note_types_that_are_in_no_package_is_not_announced(project: Project) -> None:
    """Such as those of questions and clozes, in a deck of countries only."""
    write_geo(project, 'cards: [{id: a, type: country, fields: {Country: "France"}}]\n').build("--no-lint")
    project.edit('title: "Geography"', 'title: "Geography"\nsource: {title: "Atlas"}', "geo/deck.yaml")
    assert "new look" not in project.run("plan", "--no-lint").stdout
    project.edit("navy", "teal", f"{FOLDER}/style.css")
    assert re.findall(r"~ (.*) \(note type: new look", project.run("plan", "--no-lint").stdout) == [
        "geo country"
    ]
    assert "1 unchanged; new look" in project.build("--no-lint").stdout


def test_a_note_type_that_no_card_uses_is_in_no_package(project: Project) -> None:
    write_geo(project, 'cards:\n  - id: plain\n    q: "Which river?"\n    a: "The Nile."\n').build()
    assert "country" not in project.lock("geo").read_text(encoding="utf-8")
    project.edit("  Country: other\n", "  Land: other\n", TYPE)
    project.write(f"{FOLDER}/capital.html", "{{Land}}")
    project.write(f"{FOLDER}/back.html", "{{Land}}")
    errors = [one for one in project.findings() if one["severity"] == "error"]
    assert errors == []


def test_fields_templates_and_their_ids_stay(project: Project, learner: Learner) -> None:
    """As tests/golden/schema.json holds those of deckgen's own types."""
    write_geo(project).build()
    learner.import_package(_package(project))

    def shape(name: str) -> tuple[int, dict[str, int], dict[str, int]]:
        found = learner.col.models.by_name(name)
        assert found is not None
        fields = {field["name"]: field["id"] for field in found["flds"]}
        return found["id"], fields, {template["name"]: template["id"] for template in found["tmpls"]}

    both = [learner.col.models.by_name(f"geo {name}") for name in ("country", "verse")]
    fronts = [template["qfmt"] for found in both if found is not None for template in found["tmpls"]]
    assert [re.sub(r"_frame-\w+", "frame", front) for front in fronts] == FROZEN_FRONTS
    number, fields, templates = shape("geo country")
    assert list(fields) == [
        "Country", "Flag", "Capital", "Remark", "Origin", "Status", "Id", "Spare1", "Spare2", "Spare3",
    ]  # fmt: skip
    assert list(templates) == ["Country - Capital", "Flag - Country", "Spare"]
    assert list(shape("geo verse")[2]) == ["Gap"]
    assert (number, fields["Country"], fields["Spare1"], templates["Spare"]) == FROZEN


def test_own_type_has_the_look_the_marks_and_the_subdeck_of_its_deck(
    project: Project, learner: Learner
) -> None:
    cards = """\
deck: "Europe"
cards:
  - id: water
    type: country
    fields: {Country: "H~2~O-land", Capital: "Wet"}
  - id: night
    type: verse
    deck: "Songs::Experience"
    fields: {Text: "{{c1::Tyger}}, burning m^2^", Poem: "Songs"}
  - id: plain
    q: "Which is the longest river?"
    a: "The Nile."
"""
    write_geo(project, cards)
    project.write("geo/deck.yaml", DECK + 'look: {accent: {day: "#006b42", night: "#0b6"}}\n')
    project.write("geo/style.css", '.card { border-image: url("france.png") }\n')
    project.build()
    learner.import_package(_package(project))
    learner.is_sound()
    assert "H<sub>2</sub>O" in learner.note("water")["Country"]
    decks = {name: learner.col.decks.name(learner.cards(name)[0].did) for name in ("water", "night")}
    assert decks == {"water": "Geography::Europe", "night": "Geography::Songs::Experience"}
    types = {str(found["name"]): str(found["css"]) for found in learner.col.models.all()}
    css = {name: types[f"geo {name}"] for name in ("questions", "verse", "country")}
    for name in ("questions", "verse"):
        assert "--dg-accent: #006b42" in css[name]
        assert re.search(r'url\("_france-[0-9a-f]{16}\.png"\)', css[name]), name
    assert ".card sup" in css["verse"]
    assert "--dg-accent" not in css["country"], "its own style sheet takes the place of ours"
    assert project.build().stdout.count("3 unchanged") == 1


@pytest.mark.parametrize("field", ["Origin", "Who"])
def test_front_may_ask_for_what_other_keys_fill(project: Project, learner: Learner, field: str) -> None:
    """Of the three cards of countries that have a section, one has a speaker."""
    write_geo(project)
    project.edit("  Origin: other\n", "  Origin: other\n  Who: other\n", TYPE)
    project.edit("source: Origin\n", "source: Origin\nspeaker: Who\n", TYPE)
    project.write(f"{FOLDER}/capital.html", f"{{{{#{field}}}}}{CAPITAL}{{{{/{field}}}}}\n")
    project.write(f"{FOLDER}/flag.html", "{{#Flag}}{{Country}}{{/Flag}}{{#Capital}}{{Country}}{{/Capital}}\n")
    assert not [one for one in project.all_findings() if one["code"] == "K26"]
    project.build()
    learner.import_package(_package(project))
    counts = {name: len(learner.cards(name)) for name in ("france", "spain")}
    assert counts == {"france": 2, "spain": 2 if field == "Origin" else 1}
    stats = json.loads(project.run("stats", "--format", "json").stdout)
    assert stats["decks"][0]["languages"][0]["anki_cards"] == sum(counts.values()) + 3
