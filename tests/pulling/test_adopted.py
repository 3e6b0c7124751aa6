"""Edits of a deck that was adopted come home, also from those who never imported a package of ours."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.adopting.decks import add, crowdanki, export, spanish
from tests.conftest import Project
from tests.pulling.test_changed_types import give_type
from tests.pulling.test_pull import PICTURE, Ann, commit
from tests.real_anki import OPTION_SETS, Learner, next_second

pytestmark = pytest.mark.slow

OLD_HTML = "<center>tabla</center><u>x</u>"
TABLE = '<table><tr><td rowspan="2">uno</td><td>one</td></tr><tr><td>una</td></tr></table>'


class Ana(Ann):
    """A learner who has had the deck since before it was adopted."""

    def find(self, query: str) -> Any:
        (found,) = self.learner.col.find_notes(query)
        return self.learner.col.get_note(found)

    def change(
        self,
        query: str,
        tags: list[str] | None = None,
        more: Mapping[str, str] = {},  # nobody changes it
        **fields: str,
    ) -> Any:
        """Change a note that a search finds, as Anki's editor does."""
        note = self.find(query)
        for name, html in {**fields, **more}.items():
            note[name.replace("_", " ")] = html
        note.tags = note.tags if tags is None else tags
        self.learner.col.update_note(note)
        return note

    def has(self) -> Any:
        return self.learner.progress(), self.learner.rows("notes")


@pytest.fixture
def foreign(project: Project, tmp_path: Path) -> Path:
    """A deck that somebody made in Anki and shared; beside it lie notes that they kept for themselves."""
    with Learner(tmp_path / "author") as author:
        spanish(author)
        author.col.media.write_data("mi casa.png", PICTURE)
        add(author, "Spanish::Words", "Basic", ['<img src="mi casa.png"> casita', "<br>"], ["verb"])
        add(author, "Spanish::Words", "Basic", [OLD_HTML, "old"])
        add(author, "Spanish::Words", "Basic", [TABLE, "numbers"])
        own = author.col.models.new("Mein Typ")
        for name in ("Vorne", "Hinten", "Extra, más"):
            author.col.models.add_field(own, author.col.models.new_field(name))
        for name, front in (("hin", "{{Vorne}}"), ("her", "{{Hinten}}")):
            template = author.col.models.new_template(name) | {
                "qfmt": front,
                "afmt": "{{Hinten}} {{Extra, más}}",
            }
            author.col.models.add_template(own, template)
        author.col.models.add(own)
        add(author, "Spanish", "Mein Typ", ["dos", "two", ""], ["#1"])
        add(author, "Diary", "Basic", ["what nobody else may read", "…"], ["animals"])
        assert author.col.db is not None
        author.col.db.execute("update notes set mod = mod - 86400")  # all edits are later
        return export(author, project.root / "spanish.apkg", "Spanish")


@pytest.fixture
def ana(project: Project, foreign: Path, tmp_path: Path) -> Iterator[Ana]:
    """Somebody who has studied that deck for 40 days when it is adopted; nothing of it is built yet."""
    with adopting(project, tmp_path, foreign, days=40) as somebody:
        yield somebody


@contextmanager
def adopting(project: Project, tmp_path: Path, foreign: Path, days: int = 0) -> Iterator[Ana]:
    """Somebody who has studied a deck for some days when it is adopted."""
    somebody = Ana(project, tmp_path / "ana")
    with somebody.learner:
        somebody.learner.import_package(foreign)
        for _ in range(days):
            somebody.learner.study_a_day("Spanish", lambda _: (3, 4.0))
        somebody.learner.sleep()
        today(project)
        outcome = project.run("adopt", str(foreign))
        assert outcome.exit_code == 0, outcome.stderr
        yield somebody


def today(project: Project) -> None:
    """The next command runs now: foreign packages have the stamps of the real clock."""
    project.now = int(time.time()) - 3600


def deck(project: Project) -> str:
    folder = project.root / "cards_source/spanish"
    return "".join(path.read_text(encoding="utf-8") for path in sorted(folder.glob("0*.yaml")))


def goes_round(ana: Ana) -> None:
    """What came home is built and imported: nothing of the learner changes, and nothing is left to pull."""
    assert ana.pulled()["packages"][0]["texts"] == []
    before = ana.has()
    assert ana.build_and_get("spanish.apkg") == (0, 0)
    assert ana.has() == before
    again = ana.pulled()
    assert (again["files"], again["packages"][0]["texts"]) == ([], [])


@pytest.mark.parametrize("built", ["not yet", "once", "and committed"])
def test_edits_of_those_who_have_only_the_foreign_package(project: Project, ana: Ana, built: str) -> None:
    """adopted.html has what they edited, so no package need be named."""
    if built != "not yet":
        today(project)
        project.build()
    if built == "and committed":
        commit(project)
    text = deck(project)
    ana.change("perro", Back="the dog<br>a good dog")
    ana.change("España", Text="Yo {{c1::soy}} de {{c2::España}}, <b>claro</b>.", Back_Extra="")
    ana.change("numbers", Front=TABLE.replace("una", "<b>una</b>"))
    ana.change("dos", None, {"Extra, más": "a number"}, Hinten="two!")
    ana.change("casita", Front='<img src="mi casa.png"> una casita', Back="a little house")
    files = project.files()
    assert [one["code"] for one in ana.pulled("--dry-run")["findings"]] == []
    assert project.files() == files
    ana.pull()
    assert deck(project) == (
        text.replace("      a dog\n", "      a good dog\n")
        .replace("{{c2::España}}.", "{{c2::España}}, **claro**.")
        .replace('    note: "ser, not estar"\n', "")
        .replace("una</td>", "<b>una</b></td>")
        .replace('Hinten: "two"', 'Hinten: "two!"\n      "Extra, más": "a number"')
        .replace('casa.png) casita"', 'casa.png) una casita"\n      Back: "a little house"')
    )
    goes_round(ana)


def test_what_its_author_changed_meanwhile_is_no_edit_of_theirs(project: Project, ana: Ana) -> None:
    today(project)
    project.build()
    commit(project)
    project.edit("the dog", "the hound", "spanish/01-words.yaml")
    project.edit(
        'tags: [animals]\n    q: "el **perro**"',
        'tags: [animals, verb]\n    q: "el **perro**"',
        "spanish/01-words.yaml",
    )
    project.edit("the cat", "the tomcat", "spanish/01-words.yaml")
    today(project)
    project.build()
    ana.change("perro", Front="el <b>perro</b> negro")
    ana.pull()
    assert "the hound" in deck(project)
    assert 'tags: [animals, verb]\n    q: "el **perro** negro"' in deck(project)
    assert "the tomcat" in deck(project)
    assert ana.pulled()["packages"][0]["texts"] == []
    assert ana.build_and_get("spanish.apkg") == (0, 2)
    assert ana.find("perro")["Front"] == "el <strong>perro</strong> negro"
    assert ana.pulled()["files"] == []


def test_tags_are_those_of_the_deck_where_they_have_no_key(project: Project, ana: Ana) -> None:
    """Only what deck.yaml has is the deck's. Where nobody knows what tags a learner had, none come or go."""
    commit(project)
    text = deck(project)
    ana.change("perro", tags=["Animals", "verb", "mine", "leech"])
    ana.change("gato", tags=[])
    ana.change("casita", tags=["verb", "#1"], Back="a little house")
    assert [*ana.pulled("--dry-run")["packages"][0]["tags"]] == []
    today(project)
    project.build()
    ana.pull()
    assert deck(project) == (
        text.replace('tags: [animals]\n    q: "el **perro', 'tags: [animals, verb]\n    q: "el **perro')
        .replace('    tags: [animals]\n    q: "el gato', '    q: "el gato')
        .replace("tags: [verb]\n", 'tags: [verb, "#1"]\n')
        .replace('casita"\n', 'casita"\n      Back: "a little house"\n')
    )
    goes_round(ana)


def test_tags_that_the_author_gave_before_the_first_build(project: Project, ana: Ana) -> None:
    commit(project)
    project.edit(
        'tags: [animals]\n    q: "el **perro**"',
        'tags: [animals, verb]\n    q: "el **perro**"',
        "spanish/01-words.yaml",
    )
    today(project)
    project.build()
    ana.change("perro", Front="el <b>perro</b> negro")
    ana.pull()
    assert 'tags: [animals, verb]\n    q: "el **perro** negro"' in deck(project)


def test_new_notes_are_taken_from_this_deck_only(project: Project, ana: Ana) -> None:
    """Whoever made the deck may have Anki's `Basic` in a hundred others."""
    basic = ana.find("perro").note_type()["name"]
    add(ana.learner, "Diary", basic, ["what nobody else may read", "…"], ["animals"])
    add(ana.learner, "Spanish::Words", basic, ["el <i>pez</i>", "the fish"], ["animals", "mine"])
    add(ana.learner, "Spanish::More", "Mein Typ", ["tres", "three", "after two"], [])
    add(ana.learner, "spanish", basic, ["la rana", "the frog"])
    ana.learner.study("Spanish", 20)
    found = ana.pulled()
    assert [one["code"] for one in found["findings"]] == ["P05"] * 3
    assert "nobody" not in str(found)
    ana.pull("--new", "04-new.yaml")
    assert (project.root / "cards_source/spanish/04-new.yaml").read_text(encoding="utf-8") == (
        "cards:\n"
        '  - id: el-pez\n    type: basic\n    tags: [animals]\n    fields:\n      Front: "el *pez*"\n      Back: "the fish"\n'
        '  - id: tres\n    type: mein-typ\n    fields:\n      Vorne: "tres"\n      Hinten: "three"\n      "Extra, más": "after two"\n'
        '  - id: la-rana\n    type: basic\n    fields:\n      Front: "la rana"\n      Back: "the frog"\n'
    )
    before = ana.has()
    assert ana.build_and_get("spanish.apkg") == (0, 0)
    assert ana.has() == before
    assert ana.pulled()["files"] == []


def test_html_that_no_card_may_have_says_what_to_do(project: Project, ana: Ana) -> None:
    """It may stay as it was; once somebody edits it, it must be such as K36 allows."""
    text = deck(project)
    ana.change("tabla", Front=OLD_HTML.replace("tabla", "tabla nueva"))
    for arguments in ((), ("--theirs", "tablax")):
        (finding,) = ana.pulled(*arguments, code=1)["findings"]
        assert finding["code"] == "P01"
        assert "`<center>` is no element that a card may have" in finding["message"]
        assert "--theirs" not in finding["hint"]
    assert deck(project) == text
    project.edit("<center>tabla</center>", "<p>tabla nueva</p>", "spanish/01-words.yaml")
    ana.pull("--ours", "tablax")
    assert ana.build_and_get("spanish.apkg") == (0, 1)
    assert "tabla nueva" in ana.find("tabla")["Front"]
    assert ana.pulled()["files"] == []


@pytest.mark.parametrize("changes", [False, True])
def test_a_second_edit_of_a_text_comes_home_as_the_first_did(
    project: Project, ana: Ana, changes: bool
) -> None:
    today(project)
    project.build()
    commit(project)
    ana.change("perro", Back="the dog. He barks.")
    assert ana.pulled()["findings"] == []
    assert ana.build_and_get("spanish.apkg") == (0, 0)
    commit(project)
    next_second()
    ana.change("perro", Back="the dog. He barks. She barks.")
    if changes:
        path = next(
            path
            for path in project.root.glob("cards_source/spanish/0*.yaml")
            if "perro" in path.read_text(encoding="utf-8")
        )
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace("el perro", "un perro", 1), encoding="utf-8")
    found = ana.pulled()
    assert (found["findings"], len(found["packages"][0]["texts"])) == ([], 1)
    assert "the dog. He barks. She barks." in deck(project)


def test_a_tag_on_a_text_that_came_home_in_another_form(project: Project, ana: Ana) -> None:
    """No package has her text; the lock knows which tags came with it."""
    today(project)
    project.build()
    commit(project)
    ana.change("perro", Back="the dog<div>a good dog</div>")
    ana.pull()
    assert ana.build_and_get("spanish.apkg") == (0, 0)
    commit(project)
    next_second()
    ana.change("perro", tags=["animals", "verb"])
    assert ana.pulled()["findings"] == []
    assert "[animals, verb]" in deck(project)
    goes_round(ana)


def test_the_package_that_was_adopted_may_be_named(project: Project, ana: Ana, foreign: Path) -> None:
    ana.change("perro", Back="the dog<br>a good dog", tags=["verb"])
    ana.pull("--shipped", str(foreign))
    assert 'tags: [verb]\n    q: "el **perro**"' in deck(project)
    assert "a good dog" in deck(project)
    goes_round(ana)


@pytest.mark.parametrize("like", [True, False])
@pytest.mark.parametrize("built", [True, False])
def test_edits_of_a_deck_that_was_adopted_from_crowdanki(
    project: Project, tmp_path: Path, like: bool, built: bool
) -> None:
    """Without a package, nobody knows the numbers of its note types: edits come home, and imports need a merge."""
    with Learner(tmp_path / "author") as author:
        spanish(author)
        assert author.col.db is not None
        author.col.db.execute("update notes set mod = mod - 86400")
        foreign = export(author, project.root / "spanish.apkg", "Spanish")
        folder = project.root / "crowd"
        folder.mkdir()
        (folder / "deck.json").write_text(json.dumps(crowdanki(author, "Spanish::Words")), encoding="utf-8")
    ana = Ana(project, tmp_path / "ana")
    with ana.learner:
        ana.learner.import_package(foreign)
        ana.learner.study("Spanish", 5)
        today(project)
        assert project.run("adopt", "crowd", *(["--like", "spanish.apkg"] if like else [])).exit_code == 0
        if built:
            today(project)
            project.build()
            commit(project)
        (name,) = (path.parent.name for path in project.root.glob("cards_source/*/deck.yaml"))
        ana.change("perro", Back="the dog<br>a good dog")
        next_second()
        found = ana.pulled()
        assert [one["new"] for one in found["packages"][0]["texts"]] == ["the dog\\\na good dog\n"]
        assert [one["code"] for one in found["findings"]] == ([] if like else ["P07"])
        today(project)
        project.build()
        before, reviews = ana.learner.rows("notes"), ana.learner.rows("revlog")
        log = ana.learner.import_package(
            project.package(f"{name}.apkg"), OPTION_SETS["merge-no-progress-if-newer"]
        )
        assert (log.new, log.conflicting) == (0, 0)
        assert "a good dog" in ana.find("perro")["Back"]
        assert ana.learner.rows("revlog") == reviews
        assert [note[1] for note in ana.learner.rows("notes")] == [note[1] for note in before]
        commit(project)
        again = ana.pulled()
        assert (again["files"], again["findings"]) == ([], [])
        ana.learner.is_sound()


def test_edits_from_before_any_build_could_be_come_home(project: Project, tmp_path: Path) -> None:
    """No build gives a note a stamp from before July 2017, and many shared decks are older."""
    with Learner(tmp_path / "author") as author:
        spanish(author)
        assert author.col.db is not None
        author.col.db.execute("update notes set mod = 1200000000")
        foreign = export(author, project.root / "spanish.apkg", "Spanish")
    with adopting(project, tmp_path, foreign) as ana:
        commit(project)
        ana.change("perro", Back="the dog<br>a good dog")
        clash = TABLE.replace("rowspan", "colspan").replace("uno", "{{c1::uno}} {{c2::dos}}")
        ana.change("España", Text=clash)
        db = ana.learner.col.db
        assert db is not None
        db.execute("update notes set mod = 1300000000 where flds like '%good dog%' or flds like '%colspan%'")
        (finding,) = ana.pulled(code=1)["findings"]
        assert finding["code"] == "P01"
        assert "the next import replaces the learner's note" in finding["hint"]
        assert "a good dog" in deck(project)
        assert ana.pulled(code=1)["files"] == []
        reviews = ana.learner.progress()[1]
        today(project)
        project.build()
        ana.get("spanish.apkg")
        assert ana.learner.progress()[1] == reviews
        assert "a good dog" in ana.find("perro")["Back"]
        commit(project)
        assert [one["code"] for one in ana.pulled(code=1)["findings"]] == ["P01"]


def test_a_note_that_had_another_type_for_a_while_has_lost_no_text(project: Project, tmp_path: Path) -> None:
    """A type that was adopted has no id by which that is seen: several texts are gone at once."""
    with Learner(tmp_path / "author") as author:
        basic = author.col.models.by_name("Basic")
        assert basic is not None
        vocab = author.col.models.copy(basic, add=False) | {"name": "Vocab", "id": 0}
        for name in ("Remark", "Extra"):
            author.col.models.add_field(vocab, author.col.models.new_field(name))
        vocab["tmpls"][0]["afmt"] += "{{Remark}} {{Extra}}"
        author.col.models.add_dict(vocab)
        add(author, "Spanish", "Vocab", ["el perro", "the dog", "barks", "domestic"])
        add(author, "Spanish", "Vocab", ["la casa", "the house", "red", "big"])
        assert author.col.db is not None
        author.col.db.execute("update notes set mod = mod - 86400")
        foreign = export(author, project.root / "spanish.apkg", "Spanish")
    with adopting(project, tmp_path, foreign) as ana:
        today(project)
        project.build()
        commit(project)
        next_second()
        for types in (("Vocab", "Basic"), ("Basic", "Vocab")):
            give_type(ana, [ana.find("perro").id], *types)
        before = deck(project)
        assert ana.find("perro").fields == ["el perro", "the dog", "", ""]
        assert [one["code"] for one in ana.pulled()["findings"]] == ["P07", "P07"]
        assert deck(project) == before
        next_second()
        ana.change("casa", Remark="")
        ana.pull()
        assert deck(project) == before.replace('      Remark: "red"\n', "")
