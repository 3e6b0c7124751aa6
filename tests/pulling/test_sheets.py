"""Templates and style sheets that a learner changed come home, when their note type is named."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.adopting.decks import export, spanish
from tests.conftest import Project
from tests.own_deck import BACK, CAPITAL, CARDS, FLAG, STYLE, write_geo, write_type
from tests.pulling.test_adopted import adopting
from tests.pulling.test_pull import Ann, commit
from tests.real_anki import Learner, next_second

pytestmark = pytest.mark.slow

COUNTRY = "geo/note_types/country"


def restyle(ann: Ann, card: str, query: str = "", css: str = "", **sides: str) -> None:
    """Change a note type as Anki's window for it does; `front_1` is the front of the second template.

    In each value, `old → new` stands for what is changed.
    """
    next_second()  # later than the package
    col = ann.learner.col
    model = col.get_note(col.find_notes(f'"Id:{card}" {query}' if card else query)[0]).note_type()
    assert model is not None

    def changed(text: str, change: str) -> str:
        old, new = change.split(" → ")
        assert old in text
        return text.replace(old, new, 1)

    if css:
        model["css"] = changed(model["css"], css)
    for name, change in sides.items():
        side, number = name.split("_")
        of, key = model["tmpls"][int(number)], {"front": "qfmt", "back": "afmt"}[side]
        of[key] = changed(of[key], change)
    col.models.update_dict(model)


def read(project: Project, path: str) -> str:
    return (project.root / "cards_source" / path).read_bytes().decode("utf-8")


def build_and_get(project: Project, ann: Ann, package: str = "geo.apkg") -> None:
    """Build and import; no note is updated, and no review is lost."""
    before = ann.learner.progress()[1]
    now(project)
    project.build()
    assert ann.get(package) == (0, 0)
    assert ann.learner.progress()[1] == before


def test_a_style_sheet_and_sides_come_home(project: Project, ann: Ann) -> None:
    write_geo(project).build()
    ann.get("geo.apkg")
    ann.learner.study("Geography", 3)
    restyle(ann, "france", css="navy → teal", front_0="Which capital → What capital", front_1="flag → banner")
    files = project.files()
    found = ann.pulled("--dry-run", "--note-type", "country")
    assert project.files() == files
    assert found["files"] == [
        f"cards_source/{COUNTRY}/{name}" for name in ("style.css", "capital.html", "flag.html")
    ]
    assert ann.pull("--note-type", "country").stdout.count("came into") == 1
    assert read(project, f"{COUNTRY}/style.css") == STYLE.replace("navy", "teal")
    assert read(project, f"{COUNTRY}/capital.html") == CAPITAL.replace("Which", "What")
    assert read(project, f"{COUNTRY}/flag.html") == FLAG.replace("flag", "banner", 1)
    assert read(project, f"{COUNTRY}/back.html") == BACK
    again = ann.pulled("--note-type", "country")
    assert (again["files"], again["findings"]) == ([], [])
    assert again["nothing_to_decide"] == ["country"]
    build_and_get(project, ann)
    assert ann.pulled()["findings"] == []


def now(project: Project) -> None:
    """The next command runs now, which is later than what a learner did before."""
    next_second()
    project.now = int(time.time()) - 3600


def refused(ann: Ann, name: str = "country", *arguments: str) -> str:
    """What is said of a note type that can't be taken; then nothing changed."""
    files = ann.project.files()
    (finding,) = ann.pulled("--note-type", name, *arguments, code=1)["findings"]
    assert ann.project.files() == files
    assert finding["code"] == "P07"
    return str(finding["message"]).partition("can't be taken: ")[2]


def test_a_change_that_is_not_named_is_told_with_the_way_to_take_it(project: Project, ann: Ann) -> None:
    write_geo(project).build()
    ann.get("geo.apkg")
    restyle(ann, "france", css="navy → teal")
    (finding,) = ann.pulled()["findings"]
    assert "to take it, `--note-type country`" in finding["hint"]
    restyle(ann, "france", css="teal → navy")
    assert ann.pulled()["findings"] == []


def test_lines_that_only_the_author_changed_stay(project: Project, ann: Ann, bob: Ann) -> None:
    style = ".a { color: red; }\n\n.card { color: navy; }\n\n.z { color: red; }\n"
    write_geo(project).write(f"{COUNTRY}/style.css", style)
    project.build()
    commit(project)
    for learner in (ann, bob):
        learner.get("geo.apkg")
    restyle(ann, "france", css=".a { color: red; } → .a { color: teal; }", back_0="hr id → hr class=x id")
    restyle(bob, "france", css=".z { color: red; } → .z { color: gold; }")
    now(project)
    project.edit("color: navy", "color: black", f"{COUNTRY}/style.css")
    project.edit("<p>{{Country}}</p>", "<b>{{Country}}</b>", f"{COUNTRY}/capital.html")
    project.build()
    commit(project)
    assert "can't be taken" in ann.pull("--note-type", "country", code=1).stderr  # one of two backs
    restyle(ann, "france", back_1="hr id → hr class=x id")
    ann.pull("--note-type", "country")
    bob.pull("--note-type", "country")
    merged = style.replace("navy", "black").replace(".a { color: red", ".a { color: teal")
    assert read(project, f"{COUNTRY}/style.css") == merged.replace(".z { color: red", ".z { color: gold")
    assert read(project, f"{COUNTRY}/capital.html") == CAPITAL.replace("p>{{Country}}</p", "b>{{Country}}</b")
    assert read(project, f"{COUNTRY}/back.html") == BACK.replace("hr id", "hr class=x id")
    assert bob.pulled("--note-type", "country")["files"] == []
    for learner in (ann, bob):
        build_and_get(project, learner)
        assert learner.pulled()["findings"] == []


def test_who_changes_the_release_before_the_last_takes_nothing_back(project: Project, ann: Ann) -> None:
    """She has not imported the newest one yet, which changed other lines of the same file."""
    style = ".a { color: red; }\n.b { color: red; }\n.card { color: navy; }\n"
    write_geo(project).write(f"{COUNTRY}/style.css", style)
    project.build()
    commit(project)
    ann.get("geo.apkg")
    project.edit(".a { color: red", ".a { color: gold", f"{COUNTRY}/style.css")
    project.build()
    commit(project)
    restyle(ann, "france", css="navy → teal")
    ann.pull("--note-type", "country")
    merged = style.replace("navy", "teal").replace(".a { color: red", ".a { color: gold")
    assert read(project, f"{COUNTRY}/style.css") == merged
    build_and_get(project, ann)
    assert ann.pulled()["findings"] == []


def test_the_same_line_changed_by_both_is_refused(project: Project, ann: Ann) -> None:
    write_geo(project).build()
    commit(project)
    ann.get("geo.apkg")
    restyle(ann, "france", css="navy → teal")
    now(project)
    project.edit("navy", "black", f"{COUNTRY}/style.css")
    project.build()
    assert refused(ann).startswith("the same lines of the style sheet were changed elsewhere, too")


def test_a_file_of_two_templates_is_refused_where_they_differ(project: Project, ann: Ann) -> None:
    write_geo(project).build()
    ann.get("geo.apkg")
    restyle(ann, "france", back_1="hr id → hr class=x id")
    told = refused(ann)
    assert "back.html is the back of “Country - Capital” and the back of “Flag - Country”" in told
    # As it is said: a file of its own for each, and then it comes home.
    project.write(f"{COUNTRY}/flag-back.html", BACK)
    project.edit(
        "front: flag.html, back: back.html",
        "front: flag.html, back: flag-back.html",
        f"{COUNTRY}/note_type.yaml",
    )
    assert ann.pulled("--note-type", "country")["files"] == [f"cards_source/{COUNTRY}/flag-back.html"]
    assert read(project, f"{COUNTRY}/flag-back.html") == BACK.replace("hr id", "hr class=x id")


def test_without_a_package_only_todays_version_is_known(project: Project, ann: Ann, tmp_path: Path) -> None:
    write_geo(project).build()
    ann.get("geo.apkg")
    older = project.package("geo.apkg").rename(tmp_path / "older.apkg")
    restyle(ann, "france", css="navy → teal")
    assert ann.pulled("--dry-run", "--note-type", "country")["findings"] == []
    project.edit("no-repeat", "repeat", f"{COUNTRY}/style.css")
    assert refused(ann) == "nobody knows which version of it the learner changed"
    project.edit("{ color", "{\n  color", f"{COUNTRY}/style.css")
    project.edit("navy; ", "navy;\n  border: 0;\n  ", f"{COUNTRY}/style.css")
    assert "--shipped" in ann.pulled("--note-type", "country", code=1)["findings"][0]["hint"]
    told = ann.pulled("--note-type", "country", "--shipped", str(older), code=1)["findings"][0]["message"]
    assert "the same lines of the style sheet were changed elsewhere, too" in told
    project.write(f"{COUNTRY}/style.css", STYLE)
    project.edit("{{/Capital}}", "{{/Capital}} !", f"{COUNTRY}/capital.html")
    ann.pull("--note-type", "country", "--shipped", str(older))
    assert read(project, f"{COUNTRY}/style.css") == STYLE.replace("navy", "teal")


def test_files_and_languages_of_speech_are_written_as_the_author_does(project: Project, ann: Ann) -> None:
    write_geo(project)
    project.edit("tags: [europe]", "tags: [europe]\ntts: en_GB", "geo/deck.yaml")
    spoken = (
        "{{FrontSide}} {{tts:Capital}}\n{{Country}} {{tts en_GB:Country}} {{Capital}} {{Flag}} {{Remark}}\n"
    )
    project.write(f"{COUNTRY}/back.html", spoken + "{{Origin}}")
    project.build()
    ann.get("geo.apkg")
    change = "{{FrontSide}} {{tts en_GB:Capital}} → {{FrontSide}} <hr> {{tts en_GB:Capital}}"
    restyle(
        ann, "france", css="navy → teal", back_0=change, back_1=change, front_1='class="flag" → title="flag"'
    )
    ann.pull("--note-type", "country")
    assert read(project, f"{COUNTRY}/style.css") == STYLE.replace("navy", "teal")
    assert read(project, f"{COUNTRY}/flag.html") == FLAG.replace('class="flag', 'title="flag')
    assert read(project, f"{COUNTRY}/back.html") == spoken.replace("{{tts:", "<hr> {{tts:") + "{{Origin}}"


@pytest.mark.parametrize("start", ["", "\ufeff"])
def test_bytes_of_other_lines_stay(project: Project, ann: Ann, start: str) -> None:
    windows = start + ".card { color: navy; }  \r\n.b {}\r\n\r\n.c {}\r\n\r\n"
    write_geo(project).write(f"{COUNTRY}/style.css", windows)
    project.build()
    ann.get("geo.apkg")
    restyle(ann, "france", css=".b {} → .b {}\n.d {}")
    ann.pull("--note-type", "country")
    assert read(project, f"{COUNTRY}/style.css") == windows.replace(".b {}\r\n", ".b {}\r\n.d {}\r\n")


def test_rules_behind_deckgens_own_come_into_the_decks_style(project: Project, ann: Ann) -> None:
    project.deck().build()
    ann.get()
    model = ann.learner.note("spacing").note_type()
    assert model is not None
    last = model["css"][-20:]
    restyle(ann, "spacing", css=f"{last} → {last}\n\n.card {{ font-size: 30px; }}")
    assert "to take it, `--note-type qa`" in ann.pulled()["findings"][0]["hint"]
    found = ann.pulled("--note-type", "qa")
    assert (found["files"], found["findings"]) == (["cards_source/memory/style.css"], [])
    assert read(project, "memory/style.css") == ".card { font-size: 30px; }\n"
    assert ann.pulled()["findings"] == []
    next_second()
    assert ann.build_and_get() == (0, 0)
    restyle(ann, "spacing", css="30px → 31px")
    # Without git, nobody knows what the release before had.
    assert refused(ann, "qa") == "nobody knows which version of it the learner changed"
    shipped = "--shipped", str(project.package("memory.apkg"))
    ann.pull("--note-type", "qa", *shipped)
    assert read(project, "memory/style.css") == ".card { font-size: 31px; }\n"
    assert ann.build_and_get() == (0, 0)
    assert ann.pulled()["findings"] == []
    restyle(ann, "spacing", css="line-height → letter-spacing")
    assert refused(ann, "qa", *shipped).startswith("rules that deckgen itself writes were changed")
    restyle(ann, "spacing", css="letter-spacing → line-height", back_0="div → p")
    assert refused(ann, "qa", *shipped).startswith("its templates are deckgen's own")


def test_what_no_build_would_take_is_refused(project: Project, ann: Ann) -> None:
    write_geo(project).build()
    ann.get("geo.apkg")
    restyle(ann, "france", css='.card → @import "https://example.org/x.css";\n.card')
    assert "(K27)" in refused(ann)
    restyle(ann, "france", css='@import "https://example.org/x.css"; → .x { background: url("_other.png"); }')
    assert "_other.png" in refused(ann)
    restyle(ann, "france", css=' url("_other.png") → none')
    restyle(ann, "france", front_0="dg-status → mine")
    assert refused(ann).startswith("the line was changed that says of a card that it is retired")
    restyle(ann, "france", front_0="mine → dg-status")
    restyle(ann, "france", css=".card → " + ".a{}\n" * 5000 + ".card")
    assert refused(ann) == "it has too many lines to compare"
    restyle(ann, "france", css=".a{}\n" * 5000 + ".card → .card")
    # What is warned of comes, with its place in the new file.
    restyle(ann, "france", front_0="<p>{{Country}} → <p onclick='x()'>{{Country}}")
    (finding,) = ann.pulled("--note-type", "country")["findings"]
    assert (finding["code"], finding["path"], finding["line"]) == (
        "K28",
        f"cards_source/{COUNTRY}/capital.html",
        1,
    )


def test_a_front_that_takes_cards_away_is_told(project: Project, ann: Ann) -> None:
    write_geo(project, CARDS.replace('    note: "On the $x^2$ Seine."\n', "")).build()
    ann.get("geo.apkg")
    flag = '<div class="flag">{{Flag}}</div>'
    restyle(ann, "france", front_1=f"{flag} → {{{{#Remark}}}}{flag}{{{{/Remark}}}}")
    found = ann.pulled("--note-type", "country")
    assert {one["code"] for one in found["findings"]} == {"R11"}
    assert project.run("build", "--no-lint").exit_code == 1


def test_a_front_of_a_type_that_grew_is_told(project: Project, ann: Ann) -> None:
    """As in Anki itself, such a front may make cards twice: the next build says so, and how it is delivered."""
    write_geo(project).build()
    commit(project)
    ann.get("geo.apkg")
    capitals = 'templates:\n  - {name: "What", front: what.html, back: back.html}'
    project.edit("templates:", capitals, f"{COUNTRY}/note_type.yaml")
    project.write(f"{COUNTRY}/what.html", "{{#Capital}}Which country has {{Capital}}?{{/Capital}}\n")
    project.build()
    ann.get("geo.apkg")
    restyle(ann, "france", front_0="Which capital → What capital")
    (finding,) = ann.pulled("--note-type", "country")["findings"]
    assert (finding["code"], finding["severity"]) == ("K29", "warning")
    assert finding["message"].startswith(
        "the next build will refuse this: a front of the note type `country`"
    )
    assert read(project, f"{COUNTRY}/capital.html") == CAPITAL.replace("Which", "What")
    assert ann.pulled()["findings"] == []
    assert project.run("build", "--no-lint").exit_code == 1
    assert project.run("build", "--no-lint", "--fronts").exit_code == 0


def test_the_name_that_learners_see_names_a_note_type(project: Project, ann: Ann) -> None:
    write_geo(project).build()
    ann.get("geo.apkg")
    restyle(ann, "france", css="navy → teal")
    found = ann.pulled("--note-type", "geo country", "--note-type", "geo verse")
    assert found["files"] == [f"cards_source/{COUNTRY}/style.css"]
    assert found["nothing_to_decide"] == ["geo verse"]


def test_a_name_that_no_note_type_has(project: Project, ann: Ann) -> None:
    write_geo(project).build()
    ann.get("geo.apkg")
    outcome = ann.pull("--note-type", "land", code=2)
    assert (
        "no deck has cards of the note type `land`: there are `country`, `qa`, and `verse`" in outcome.stderr
    )
    assert "verse: the learner has no change" in ann.pull("--note-type", "verse").stdout


SPEAKING = """\
deck: geo
title: {en: "Geography", de: "Geografie"}
languages: [en, de]
tts: {en: en_GB, de: de_DE}
"""
RIVER = """\
fields: {River: other, Sea: answer}
templates:
  - {name: "River", front: {en: front.en.html, de: front.de.html}, back: back.html}
"""
RIVERS = """\
cards:
  - id: po
    type: river
    en: {fields: {River: "Po", Sea: "the Adriatic"}}
    de: {fields: {River: "Po", Sea: "die Adria"}}
"""


def test_languages_share_a_file_or_have_their_own(project: Project, ann: Ann, bob: Ann) -> None:
    project.write("geo/deck.yaml", SPEAKING)
    project.write("geo/cards.yaml", RIVERS)
    back = "{{FrontSide}} {{tts:Sea}}\n<hr>\n\n{{Sea}}\n"
    sides = {"front.en.html": "{{River}} flows\n", "front.de.html": "{{River}} mündet\n", "back.html": back}
    write_type(project, "river", RIVER, sides)
    project.build()
    for learner in (ann, bob):
        learner.get("geo.en.apkg")
        learner.get("geo.de.apkg")
    english, german = "deck:Geography", "deck:Geografie"
    restyle(ann, "po", english, front_0="flows → runs", back_0="Sea}}\n<hr> → Sea}}!\n<hr>")
    ann.pull("--note-type", "river")
    changed = back.replace("Sea}}\n<hr>", "Sea}}!\n<hr>")
    assert read(project, "geo/note_types/river/front.en.html") == "{{River}} runs\n"
    assert read(project, "geo/note_types/river/front.de.html") == sides["front.de.html"]
    assert read(project, "geo/note_types/river/back.html") == changed
    # Both languages at once: each other line comes, the same line of both is refused.
    restyle(bob, "po", english, back_0="\n\n{{Sea}} → \n\n{{Sea}}.")
    restyle(bob, "po", german, back_0="{{tts → ({{tts", front_0="mündet → fließt")
    (finding,) = bob.pulled("--note-type", "river", code=1)["findings"]
    assert finding["lang"] == "de"
    assert "the same lines of the back of “River” were changed elsewhere, too" in finding["message"]
    assert read(project, "geo/note_types/river/back.html") == changed.replace("\n\n{{Sea}}", "\n\n{{Sea}}.")
    restyle(bob, "po", german, back_0="({{tts → {{tts")
    bob.pull("--note-type", "river")
    assert read(project, "geo/note_types/river/front.de.html") == "{{River}} fließt\n"


@pytest.mark.parametrize("is_typed", [False, True])
def test_an_adopted_type_comes_home_byte_by_byte(project: Project, tmp_path: Path, is_typed: bool) -> None:
    """What learners have of it is shipped as it is; what Anki's window makes of it when it `is_typed` counts for nothing."""
    with Learner(tmp_path / "author") as author:
        basic = author.col.models.by_name("Basic")
        assert basic is not None
        basic["css"] = ".card { color: navy }\r\n.y{}\n.x{\xa0}\r\n\r\n"
        author.col.models.update_dict(basic)
        spanish(author)
        foreign = export(author, project.root / "spanish.apkg", "Spanish")
    with adopting(project, tmp_path, foreign) as ana:
        (name,) = (path.parent.name for path in project.root.glob("cards_source/*/deck.yaml"))
        folder = f"{name}/note_types/basic"
        back = read(project, f"{folder}/card-1.back.html")
        restyle(ana, "", "perro", css="navy → teal", back_0="<hr → <hr class=x")
        if is_typed:
            shipped = "\r\n.y{}\n.x{\xa0}\r\n\r\n"
            restyle(ana, "", "perro", css=" → ".join([shipped, "\n.y{}\n.x{ }\n\n"]))
        files = ana.pulled("--note-type", "basic")["files"]
        assert files == [f"cards_source/{folder}/{file}" for file in ("style.css", "card-1.back.html")]
        assert read(project, f"{folder}/style.css") == ".card { color: teal }\r\n.y{}\n.x{\xa0}\r\n\r\n"
        assert read(project, f"{folder}/card-1.back.html") == back.replace("<hr", "<hr class=x")
        assert ana.pulled()["findings"] == []
        outcome = project.run("check")
        assert "R22" not in outcome.stdout + outcome.stderr
        build_and_get(project, ana, f"{name}.apkg")
        assert ana.pulled()["findings"] == []


@pytest.mark.parametrize("is_built", [False, True])
def test_what_the_author_made_of_an_adopted_type_stays(
    project: Project, tmp_path: Path, is_built: bool
) -> None:
    """Who has it since before the deck was adopted has no package of ours; without git, none of them is here."""
    style = ".a { color: red }\n\n.card { color: navy }\n\n.z { color: red }\n"
    with Learner(tmp_path / "author") as author:
        basic = author.col.models.by_name("Basic")
        assert basic is not None
        basic["css"] = style
        author.col.models.update_dict(basic)
        spanish(author)
        foreign = export(author, project.root / "spanish.apkg", "Spanish")
    with adopting(project, tmp_path, foreign) as ana:
        (name,) = (path.parent.name for path in project.root.glob("cards_source/*/deck.yaml"))
        if is_built:
            now(project)
            project.build()
        project.edit(".a { color: red", ".a { color: black", f"{name}/note_types/basic/style.css")
        now(project)
        project.build()
        restyle(ana, "", "perro", css=".z { color: red → .z { color: gold")
        assert refused(ana, "basic") == "nobody knows which version of it the learner changed"
        ana.pull("--note-type", "basic", "--shipped", str(foreign))
        merged = style.replace(".a { color: red", ".a { color: black").replace(
            ".z { color: red", ".z { color: gold"
        )
        assert read(project, f"{name}/note_types/basic/style.css") == merged


def test_what_the_author_put_back_in_an_adopted_type_stays(project: Project, tmp_path: Path) -> None:
    """The locks that git knows tell of a build whose package is nowhere."""
    with Learner(tmp_path / "author") as author:
        spanish(author)
        foreign = export(author, project.root / "spanish.apkg", "Spanish")
    project.write("../.gitignore", "output/\n")
    with adopting(project, tmp_path, foreign) as ana:
        (name,) = (path.parent.name for path in project.root.glob("cards_source/*/deck.yaml"))
        path = f"{name}/note_types/basic/style.css"
        style = read(project, path)
        for text in (style, f"{style}\n.new {{}}\n", style):
            project.write(path, text)
            now(project)
            project.build()
            commit(project)
            if text != style:
                ana.get(f"{name}.apkg")
        restyle(ana, "", "perro", css="center → left")
        assert refused(ana, "basic") == "nobody knows which version of it the learner changed"
