"""Changed fronts of a deck's own note types: when Anki would make cards twice, and how that is kept from learners."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Project
from tests.own_deck import DECK
from tests.real_anki import Learner

pytestmark = pytest.mark.slow

FOLDER = "geo/note_types/land"
LAND = """\
fields: {Name: other, Town: other, River: other}
templates:
  - {name: "One", front: one.html, back: back.html}
"""
TWO = '  - {name: "Two", front: two.html, back: back.html}\n'
THREE = '  - {name: "Three", front: three.html, back: back.html}\n'
POEM = 'kind: cloze\nfields: {Text: cloze}\ntemplates: [{name: "Gap", front: gap.html, back: gap.html}]\n'
NOTES = 8


def _cards(*fields: str) -> str:
    """Notes that have these fields, `Town` or `Text=…`."""

    def filled(number: int) -> str:
        pairs = (field.partition("=") for field in fields)
        return ", ".join(f'{name}: "{text or name} {number * 7}"' for name, _, text in pairs)

    kind = "poem" if fields[0].startswith("Text") else "land"
    lines = (f"  - {{id: n{number}, type: {kind}, fields: {{{filled(number)}}}}}" for number in range(NOTES))
    return "cards:\n" + "\n".join(lines) + "\n"


def _deck(project: Project, described: str = LAND, cards: str = _cards("Name", "Town")) -> Project:
    project.write("geo/deck.yaml", DECK)
    project.write(f"{FOLDER}/note_type.yaml", described)
    for name, field in (("one", "Name"), ("two", "Town"), ("three", "River")):
        if f"{name}.html" in described:
            project.write(f"{FOLDER}/{name}.html", f"{{{{#{field}}}}}{{{{{field}}}}}{{{{/{field}}}}}\n")
    project.write(f"{FOLDER}/back.html", "{{FrontSide}} {{Town}} {{River}} {{Name}}\n")
    project.write("geo/cards.yaml", cards)
    return project


def _arrive(project: Project, learner: Learner, *options: str) -> str:
    """A build and its import, and the learner studies; gives what the build told on stderr."""
    told = project.build(*options).stderr
    learner.import_package(project.package("geo.apkg"))
    learner.study("Geography", 100)
    return told


def _checked(learner: Learner) -> str:
    """Check Database: it also has SQLite look at the tables, and then Anki reads cards in another order."""
    return learner.col.fix_integrity()[0]


def _doubled(learner: Learner) -> int:
    assert learner.col.db is not None
    return len(learner.col.db.all("select nid from cards group by nid, ord having count() > 1"))


def _refused(project: Project) -> list[str]:
    return [one["message"] for one in project.findings() if one["code"] == "K29"]


def test_cards_would_be_doubled_when_a_front_changes_after_a_template_was_added(
    project: Project, learner: Learner
) -> None:
    _deck(project)
    _arrive(project, learner)
    _deck(project, LAND + TWO)
    assert "K29" not in _arrive(project, learner)
    assert _checked(learner) == "Database rebuilt and optimized."
    assert "fronts=" in (lock := project.lock("geo").read_text(encoding="utf-8"))
    assert " grown" in lock
    before, files = learner.progress(), project.files()

    project.write(f"{FOLDER}/two.html", "{{#Town}}<p>{{Town}}</p>{{/Town}}\n")
    (told,) = _refused(project)
    assert told.startswith("a front of the note type `land` changed, or a picture in one.")
    assert project.run("build", "--no-lint").exit_code == 1
    assert project.run("plan", "--no-lint").exit_code == 1
    assert {name for name, held in project.files().items() if held != files[name]} == {
        "cards_source/geo/note_types/land/two.html"
    }

    # Backs, styles and texts are free to change: nothing of them has Anki look for cards.
    project.write(f"{FOLDER}/two.html", "{{#Town}}{{Town}}{{/Town}}\n")
    project.write(f"{FOLDER}/back.html", "{{FrontSide}} <hr> {{Town}} {{River}} {{Name}}\n")
    project.write(f"{FOLDER}/style.css", ".card { color: navy }\n")
    project.write("geo/cards.yaml", _cards("Name", "Town=Village"))
    assert "K29" not in _arrive(project, learner)
    assert _doubled(learner) == 0
    assert [row[0] for row in learner.rows("cards")] == [row[0] for row in before[0]]

    # If Anki doubles cards no more, this fails: then nobody need be warned.
    before = learner.progress()
    project.write(f"{FOLDER}/two.html", "{{#Town}}<p>{{Town}}</p>{{/Town}}\n")
    assert project.run("plan", "--no-lint", "--fronts").exit_code == 3
    assert "K29 warning" in project.build("--fronts").stderr
    assert learner.import_package(project.package("geo.apkg")).conflicting == 0
    assert _doubled(learner) == 2 * NOTES
    # What the warning tells learners helps: the older card stays, with its history.
    assert "16" in _checked(learner)
    assert learner.progress() == before
    assert "K29" not in project.build().stderr
    assert project.run("build", "--locked", "--no-lint").exit_code == 0


@pytest.mark.parametrize(
    ("described", "first", "second", "front"),
    [
        pytest.param(LAND + TWO, ("Name", "Town"), ("Name", "Town"), "one.html", id="all-cards-from-the-start"),
        pytest.param(LAND + TWO, ("Name",), ("Name", "Town"), "two.html", id="field-filled-later"),
        pytest.param(POEM, ("Text={{c1::a}} b",), ("Text={{c1::a}} {{c2::b}}",), "gap.html", id="deletion-added-later"),
    ],
)  # fmt: skip
def test_cards_that_came_in_packages_are_not_doubled(
    project: Project,
    learner: Learner,
    described: str,
    first: tuple[str, ...],
    second: tuple[str, ...],
    front: str,
) -> None:
    """Their ids follow those of their siblings, whenever they came; so these types change as they like."""
    _deck(project, described, _cards(*first))
    project.write(f"{FOLDER}/gap.html", "{{cloze:Text}}\n") if described == POEM else None
    home = FOLDER
    if described == POEM:
        home = "geo/note_types/poem"
        (project.root / "cards_source" / FOLDER).rename(project.root / "cards_source" / home)
    _arrive(project, learner)
    project.write("geo/cards.yaml", _cards(*second))
    _arrive(project, learner)
    assert len(learner.rows("cards")) == 2 * NOTES
    assert _checked(learner) == "Database rebuilt and optimized."
    assert " grown" not in project.lock("geo").read_text(encoding="utf-8")
    path = Path(project.root / "cards_source" / home / front)
    path.write_text(f"<p>{path.read_text(encoding='utf-8')}</p>", encoding="utf-8")
    assert "K29" not in _arrive(project, learner)
    assert _doubled(learner) == 0
    assert len(learner.rows("cards")) == 2 * NOTES


def test_a_template_more_is_added_without_the_option_where_all_cards_came_in_packages(
    project: Project, learner: Learner
) -> None:
    _deck(project, LAND + TWO, _cards("Name", "Town", "River"))
    _arrive(project, learner)
    _checked(learner)
    _deck(project, LAND + TWO + THREE, _cards("Name", "Town", "River"))
    assert "K29" not in _arrive(project, learner)
    assert len(learner.rows("cards")) == 3 * NOTES
    assert _doubled(learner) == 0


def test_a_front_that_shows_more_makes_cards_as_a_new_template_does(
    project: Project, learner: Learner
) -> None:
    _deck(project, LAND + TWO, _cards("Name", "River"))
    _arrive(project, learner)
    project.write(f"{FOLDER}/two.html", "{{Town}}{{River}}\n")
    assert "K29" not in _arrive(project, learner)
    assert len(learner.rows("cards")) == 2 * NOTES
    project.write(f"{FOLDER}/one.html", "<p>{{Name}}</p>\n")
    assert len(_refused(project)) == 1


def test_a_picture_of_a_front_counts_as_the_front(project: Project) -> None:
    _deck(project).build()
    _deck(project, LAND + TWO)
    project.write(f"{FOLDER}/one.html", '{{Name}}<img src="frame.png">\n')
    project.write("geo/media/frame.png", "one")
    project.build()
    assert _refused(project) == []
    project.write("geo/media/frame.png", "two")
    assert len(_refused(project)) == 1
    project.build("--fronts")


def test_cards_that_check_database_made_of_retired_notes_are_not_doubled(
    project: Project, learner: Learner
) -> None:
    """It makes all those of a note at once. The lock can't tell them from others, so the option is needed."""
    retired = _cards("Name", "Town").replace("}}\n", '}, retired: {since: "2023-01-31", reason: "Over"}}\n')
    _deck(project, LAND + TWO, retired).build()
    learner.import_package(project.package("geo.apkg"))
    _checked(learner)
    assert len(learner.rows("cards")) == 2 * NOTES
    project.write("geo/cards.yaml", _cards("Name", "Town"))
    project.build()
    learner.import_package(project.package("geo.apkg"))
    _checked(learner)
    project.write(f"{FOLDER}/two.html", "<p>{{Town}}</p>\n")
    assert len(_refused(project)) == 1
    project.build("--fronts")
    learner.import_package(project.package("geo.apkg"))
    assert _doubled(learner) == 0


def test_a_lock_from_a_package_takes_cards_for_added_where_there_may_be_several(project: Project) -> None:
    """A later package, which is not at hand, may have had Anki add some."""
    _deck(project, LAND + TWO).build()
    project.lock("geo").unlink()
    assert project.run("lock").exit_code == 0
    assert " grown" in project.lock("geo").read_text(encoding="utf-8")
    project.write(f"{FOLDER}/one.html", "<p>{{Name}}</p>\n")
    assert len(_refused(project)) == 1


def test_cards_of_two_decks_of_one_build_are_not_doubled(project: Project, learner: Learner) -> None:
    """If their notes had the same ids, Anki would spread those of the second deck over the table."""
    _deck(project, LAND + TWO)
    for path in sorted((project.root / "cards_source/geo").rglob("*.*")):
        if path.is_file():
            name = path.relative_to(project.root / "cards_source/geo").as_posix()
            text = path.read_text(encoding="utf-8")
            project.write(f"bio/{name}", text.replace("geo", "bio").replace('"Geography"', '"Biology"'))
    project.build()
    for name in ("geo", "bio"):
        assert learner.import_package(project.package(f"{name}.apkg")).new == NOTES
    _checked(learner)
    for name in ("geo", "bio"):
        project.write(f"{name}/note_types/land/one.html", "<p>{{Name}}</p>\n")
    project.build()
    for name in ("geo", "bio"):
        learner.import_package(project.package(f"{name}.apkg"))
        assert _doubled(learner) == 0, name


def test_cards_of_notes_that_no_package_has_any_more_are_not_doubled(
    project: Project, learner: Learner
) -> None:
    """A new template makes cards of them, too."""
    _deck(project)
    _arrive(project, learner)
    retired = _cards("Name", "Town").replace(
        "}}\n", '}, retired: {since: "2023-01-31", until: "2023-02-01", reason: "Over"}}\n'
    )
    _deck(project, LAND, f"{retired}  - {{id: last, type: land, fields: {{Name: x}}}}\n").build()
    _deck(project, LAND + TWO, f"{retired}  - {{id: last, type: land, fields: {{Name: x}}}}\n")
    assert "K29" not in _arrive(project, learner)
    assert len(learner.rows("cards")) == 2 * NOTES + 1
    project.write(f"{FOLDER}/one.html", "<p>{{Name}}</p>\n")
    assert len(_refused(project)) == 1


def test_note_that_returns_with_another_card_counts_as_grown(project: Project, learner: Learner) -> None:
    """Check Database made the first one while it was retired."""
    retired = _cards("Name").replace("}}\n", '}, retired: {since: "2023-01-31", reason: "Over"}}\n')
    _deck(project, LAND + TWO, retired).build()
    learner.import_package(project.package("geo.apkg"))
    _checked(learner)
    assert len(learner.rows("cards")) == NOTES
    _deck(project, LAND + TWO, _cards("Name", "Town")).build()
    learner.import_package(project.package("geo.apkg"))
    assert len(learner.rows("cards")) == 2 * NOTES
    _checked(learner)
    project.write(f"{FOLDER}/one.html", "<p>{{Name}}</p>\n")
    assert len(_refused(project)) == 1
    project.build("--fronts")
    learner.import_package(project.package("geo.apkg"))
    assert _doubled(learner) == 2 * NOTES  # if Anki doubles them no more, nobody need be warned


def test_note_with_another_id_after_a_merge_counts_as_grown(project: Project) -> None:
    """Learners have its first card under the old id; a second one would come far from it."""
    _deck(project, LAND + TWO, _cards("Name")).build()
    lock = project.lock("geo")
    lines = lock.read_text(encoding="utf-8").split("\n")
    numbers = [line.split(" ")[5] for line in lines if line.startswith("note ")]
    lock.write_text("\n".join(lines).replace(numbers[1], numbers[0]), encoding="utf-8")
    project.build()
    assert " grown" in lock.read_text(encoding="utf-8")
