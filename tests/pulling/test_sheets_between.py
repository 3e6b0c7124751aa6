"""Templates and style sheets come home between releases, beside deckgen's own, and while others write."""

from __future__ import annotations

import sqlite3
import zipfile
from pathlib import Path

import pytest
from anki.collection import DeckIdLimit, ExportAnkiPackageOptions

from deckgen.pulling.cardfiles import CardFiles
from tests.conftest import Project
from tests.own_deck import BACK, CAPITAL, FLAG, GAP, STYLE, write_geo, write_type
from tests.pulling.test_pull import Ann, commit, git
from tests.pulling.test_sheets import (
    COUNTRY,
    RIVER,
    RIVERS,
    SPEAKING,
    build_and_get,
    now,
    read,
    refused,
    restyle,
)

pytestmark = pytest.mark.slow

RULES = ".a { color: red; }\n\n.card { color: navy; }\n\n.z { color: red; }\n"
UNKNOWN = "nobody knows which version of it the learner changed"
SEVERAL = "the learner may have changed either of two versions, and the results would differ"


def release(project: Project, old: str, new: str) -> None:
    """The author changes the style sheet, and gives that out; the learners don't have it yet."""
    project.edit(old, new, f"{COUNTRY}/style.css")
    project.build()
    commit(project)


@pytest.mark.parametrize("knows", ["nothing", "locks", "packages"])
def test_lines_of_the_author_stay_whatever_git_knows(project: Project, ann: Ann, knows: str) -> None:
    write_geo(project).write(f"{COUNTRY}/style.css", RULES)
    if knows == "locks":
        project.write("../.gitignore", "output/\n")
    project.build()
    first = project.package("geo.apkg").read_bytes()
    ann.get("geo.apkg")
    if knows != "nothing":
        commit(project)
    project.edit(".a { color: red", ".a { color: black", f"{COUNTRY}/style.css")
    project.build()
    restyle(ann, "france", css=".z { color: red → .z { color: gold")
    named = []
    if knows != "packages":
        assert refused(ann) == UNKNOWN
        named = ["--shipped", str(project.root / "first.apkg")]
        Path(named[1]).write_bytes(first)
    ann.pull("--note-type", "country", *named)
    changed = RULES.replace(".a { color: red", ".a { color: black").replace(
        ".z { color: red", ".z { color: gold"
    )
    assert read(project, f"{COUNTRY}/style.css") == changed


def test_lines_of_the_author_stay_where_each_card_changed_too(project: Project, ann: Ann) -> None:
    """Without git, no note then has the time of the first build."""
    write_geo(project).write(f"{COUNTRY}/style.css", RULES)
    project.build()
    ann.get("geo.apkg")
    project.edit(".a { color: red", ".a { color: black", f"{COUNTRY}/style.css")
    project.edit("**Paris**", "Paris", "geo/cards.yaml")
    project.edit("Madrid <", "Madrid! <", "geo/cards.yaml")
    project.build()
    restyle(ann, "france", css=".z { color: red → .z { color: gold")
    assert refused(ann) == UNKNOWN


def test_a_package_that_is_newer_than_the_change_tells_nothing(project: Project, ann: Ann) -> None:
    """It may have been named for a card."""
    write_geo(project).write(f"{COUNTRY}/style.css", RULES)
    project.build()
    commit(project)
    ann.get("geo.apkg")
    restyle(ann, "france", css=".z { color: red → .z { color: gold")
    now(project)
    release(project, ".a { color: red", ".a { color: black")
    ann.pull("--note-type", "country", "--shipped", str(project.package("geo.apkg")))
    changed = RULES.replace(".a { color: red", ".a { color: black")
    assert read(project, f"{COUNTRY}/style.css") == changed.replace(".z { color: red", ".z { color: gold")


def test_who_has_an_older_build_changed_nothing(project: Project, ann: Ann) -> None:
    """The lock knows that build, and its package is nowhere."""
    write_geo(project).write("../.gitignore", "output/\n")
    project.build()
    commit(project)
    ann.get("geo.apkg")
    release(project, "navy", "black")
    found = ann.pulled("--note-type", "country")
    assert (found["findings"], found["nothing_to_decide"]) == ([], ["country"])


def test_what_came_with_blank_lines_behind_it_is_home(project: Project, ann: Ann) -> None:
    write_geo(project).write(f"{COUNTRY}/style.css", RULES)
    project.build()
    commit(project)
    ann.get("geo.apkg")
    project.edit(".a { color: red", ".a { color: black", f"{COUNTRY}/style.css")
    restyle(ann, "france", css=".z { color: red; } → .z { color: red; }\n.new {}\n\n")
    ann.pull("--note-type", "country")
    changed = RULES.replace(".a { color: red", ".a { color: black")
    assert read(project, f"{COUNTRY}/style.css") == f"{changed}.new {{}}\n"
    again = ann.pulled("--note-type", "country")
    assert (again["findings"], again["files"]) == ([], [])


def test_a_rule_that_both_added_elsewhere_stands_once(project: Project, ann: Ann) -> None:
    """A blank line behind it makes no difference."""
    rule = ".y {\n  margin: 0;\n}\n"
    write_geo(project).write(f"{COUNTRY}/style.css", RULES)
    project.build()
    commit(project)
    ann.get("geo.apkg")
    restyle(ann, "france", css=f".z {{ color: red; }} → .z {{ color: red; }}\n{rule}\n")
    now(project)
    release(project, ".a { color: red; }\n", f"{rule}.a {{ color: red; }}\n")
    assert refused(ann).startswith("the same lines of the style sheet were changed elsewhere, too")


def test_a_line_that_each_release_changed_asks_for_the_package(project: Project, ann: Ann) -> None:
    write_geo(project).build()
    commit(project)
    release(project, "navy", "black")
    ann.get("geo.apkg")
    restyle(ann, "france", css="black → teal")
    assert refused(ann) == SEVERAL
    ann.pull("--note-type", "country", "--shipped", str(project.package("geo.apkg")))
    assert read(project, f"{COUNTRY}/style.css") == STYLE.replace("navy", "teal")
    build_and_get(project, ann)
    assert ann.pulled()["findings"] == []


def test_more_changes_before_the_next_build(project: Project, ann: Ann) -> None:
    write_geo(project).write(f"{COUNTRY}/style.css", RULES)
    project.build()
    ann.get("geo.apkg")
    restyle(ann, "france", css="navy → teal")
    ann.pull("--note-type", "country")
    restyle(ann, "france", css="teal; }\n\n → teal; }\n.more {}\n\n")
    ann.pull("--note-type", "country")
    assert read(project, f"{COUNTRY}/style.css") == RULES.replace("navy; }", "teal; }\n.more {}")
    # What the author changes then is not the learner's doing.
    project.edit(".a { color: red", ".a { color: black", f"{COUNTRY}/style.css")
    assert ann.pulled()["findings"] == []
    assert ann.pulled("--note-type", "country")["nothing_to_decide"] == ["country"]


def test_a_picture_with_new_content_is_no_change(project: Project, ann: Ann) -> None:
    write_geo(project).build()
    commit(project)
    ann.get("geo.apkg")
    restyle(ann, "france", front_1='class="flag" → class="banner"', css="navy → teal")
    path = project.root / "cards_source/geo/media/frame.png"
    path.write_bytes(path.read_bytes() + b"x")
    project.build()
    commit(project)
    ann.pull("--note-type", "country")
    assert read(project, f"{COUNTRY}/style.css") == STYLE.replace("navy", "teal")
    assert read(project, f"{COUNTRY}/flag.html") == FLAG.replace('"flag"', '"banner"')


def test_nobody_is_accused_after_a_build_that_was_taken_back(project: Project, ann: Ann) -> None:
    write_geo(project).build()
    commit(project)
    ann.get("geo.apkg")
    project.edit("navy", "black", f"{COUNTRY}/style.css")
    project.build()
    git(project, "checkout", "-q", ".")
    project.edit("navy", "gold", f"{COUNTRY}/style.css")
    for arguments in ((), ("--note-type", "country")):
        assert ann.pulled(*arguments)["findings"] == []


def test_who_goes_back_to_an_older_look_is_believed_with_the_package(project: Project, ann: Ann) -> None:
    write_geo(project).build()
    commit(project)
    release(project, "navy", "black")
    ann.get("geo.apkg")
    restyle(ann, "france", css="black → navy")
    shipped = "--shipped", str(project.package("geo.apkg"))
    assert ann.pulled("--note-type", "country")["nothing_to_decide"] == ["country"]
    ann.pull("--note-type", "country", *shipped)
    assert read(project, f"{COUNTRY}/style.css") == STYLE


def test_the_report_shows_what_came(project: Project, ann: Ann) -> None:
    write_geo(project).write(f"{COUNTRY}/style.css", RULES)
    project.build()
    commit(project)
    ann.get("geo.apkg")
    restyle(ann, "france", css=".z { color: red; } → .z { color: gold; }\n\n")
    release(project, ".a { color: red", ".a { color: black")
    (kind,) = ann.pulled("--note-type", "country")["packages"][0]["note_types"]
    assert [line for line in kind["diff"][2:] if line[0] in "+-"] == [
        "-.z { color: red; }",
        "+.z { color: gold; }",
    ]
    assert read(project, f"{COUNTRY}/style.css").endswith("\n.z { color: gold; }\n")


# -- deckgen's own ---------------------------------------------------------------------


def test_the_line_on_retired_cards_gets_into_no_file(project: Project, ann: Ann) -> None:
    write_geo(project).build()
    ann.get("geo.apkg")
    model = ann.learner.note("france").note_type()
    assert model is not None
    front, css = model["tmpls"][0]["qfmt"], model["css"]
    pasted = "{{FrontSide}} → " + front
    restyle(
        ann,
        "france",
        css=f".card → {css}\n.card",
        front_0=f"Which capital?</p> → Which capital?</p>\n{front}",
    )
    restyle(ann, "france", back_0=pasted, back_1=pasted)
    ann.pull("--note-type", "country")
    files = [read(project, f"{COUNTRY}/{name}") for name in ("style.css", "capital.html", "back.html")]
    assert not [text for text in files if "dg-status" in text]
    assert files[2] == BACK.replace("{{FrontSide}}", CAPITAL.rstrip("\n"))
    restyle(
        ann,
        "france",
        back_0='<hr → <p class="dg-status">gone</p><hr',
        back_1='<hr → <p class="dg-status">gone</p><hr',
    )
    assert refused(ann).startswith("the line was changed that says of a card that it is retired")


def test_what_the_author_wrote_like_deckgens_own_stays(project: Project, ann: Ann) -> None:
    """The line on retired cards may be on a back, too, and the rules for it in a style sheet."""
    write_geo(project).build()
    ann.get("geo.apkg")
    verse, country = (ann.learner.note(name).note_type() for name in ("night", "france"))
    assert verse is not None
    assert country is not None
    line, rules = verse["tmpls"][0]["qfmt"].removesuffix(GAP.strip()), country["css"].partition(".card")[0]
    assert line.startswith("{{#Status}}")
    project.write("geo/note_types/verse/back.html", f"{line}{GAP}<hr>\n")
    project.write(f"{COUNTRY}/style.css", f"{rules}{STYLE}")
    now(project)
    project.build()
    ann.get("geo.apkg")
    restyle(ann, "night", back_0="<hr> → <hr class=x>")
    restyle(ann, "france", css="navy → teal")
    shipped = "--shipped", str(project.package("geo.apkg"))
    ann.pull("--note-type", "verse", "--note-type", "country", *shipped)
    assert read(project, "geo/note_types/verse/back.html") == f"{line}{GAP}<hr class=x>\n"
    assert read(project, f"{COUNTRY}/style.css") == f"{rules}{STYLE.replace('navy', 'teal')}"
    # It goes where the learner takes it out.
    restyle(ann, "night", back_0=f"{line} → ")
    ann.pull("--note-type", "verse", *shipped)
    assert read(project, "geo/note_types/verse/back.html") == f"{GAP}<hr class=x>\n"


def test_a_front_with_one_more_field_is_home_before_it_is_built(project: Project, ann: Ann) -> None:
    """deckgen's own line then stands under other fields."""
    write_geo(project).build()
    ann.get("geo.apkg")
    restyle(ann, "france", front_0="Which capital?</p> → Which capital? {{Flag}}</p>")
    ann.pull("--note-type", "country")
    assert read(project, f"{COUNTRY}/capital.html") == CAPITAL.replace("capital?", "capital? {{Flag}}")
    assert ann.pulled()["findings"] == []
    build_and_get(project, ann)
    assert ann.pulled()["findings"] == []


def test_rules_behind_and_before_deckgens_own(project: Project, ann: Ann) -> None:
    write_geo(project)
    (project.root / f"cards_source/{COUNTRY}/style.css").unlink()
    project.write("geo/style.css", ".mine { color: red; }\n")
    project.build()
    ann.get("geo.apkg")
    model = ann.learner.note("france").note_type()
    assert model is not None
    last = model["css"][-30:]
    restyle(ann, "france", css=f"{last} → {last}.theirs {{ color: blue; }}\n")
    ann.pull("--note-type", "country")
    assert read(project, "geo/style.css") == ".mine { color: red; }\n.theirs { color: blue; }\n"
    first = model["css"][:30]
    restyle(ann, "france", css=f"{first} → .first {{}}\n{first}")
    assert refused(ann).startswith("rules that deckgen itself writes were changed")


def test_the_style_of_the_deck_from_two_note_types(project: Project, ann: Ann) -> None:
    """Each is compared with what was shipped, also when another one has just come home."""
    project.deck().build()
    ann.get()
    project.package("memory.apkg").unlink()
    for card in ("spacing", "testing"):
        model = ann.learner.note(card).note_type()
        assert model is not None
        last = model["css"][-30:]
        restyle(ann, card, css=f"{last} → {last}\n\n.both {{ color: red; }}\n")
    found = ann.pulled("--note-type", "qa", "--note-type", "cloze")
    assert (found["files"], found["findings"]) == (["cards_source/memory/style.css"], [])
    assert read(project, "memory/style.css") == ".both { color: red; }\n"
    assert ann.pulled()["findings"] == []


def test_a_language_that_the_author_wrote_out_stays(project: Project, ann: Ann) -> None:
    project.write("geo/deck.yaml", SPEAKING)
    project.write("geo/cards.yaml", RIVERS)
    back = "{{FrontSide}}\n<p>{{tts en_GB:River}} {{Sea}}</p>\n"
    sides = {"front.en.html": "{{River}} flows\n", "front.de.html": "{{River}} mündet\n", "back.html": back}
    write_type(project, "river", RIVER, sides)
    project.build()
    ann.get("geo.en.apkg")
    restyle(ann, "po", "deck:Geography", back_0="<p>{{tts → <p class=x>{{tts")
    ann.pull("--note-type", "river")
    assert read(project, "geo/note_types/river/back.html") == back.replace("<p>", "<p class=x>")


# -- what is told, and what others write -------------------------------------------------


def test_a_second_script_is_told(project: Project, ann: Ann) -> None:
    write_geo(project).write(
        f"{COUNTRY}/capital.html", CAPITAL.replace("<p>", "<script>fine()</script><p>", 1)
    )
    project.build()
    ann.get("geo.apkg")
    restyle(ann, "france", front_0="Which capital?</p> → Which capital?</p><script>more()</script>")
    assert [one["code"] for one in ann.pulled("--note-type", "country")["findings"]] == ["K28"]


def test_a_type_with_other_fields_is_not_offered(project: Project, ann: Ann) -> None:
    write_geo(project).build()
    ann.get("geo.apkg")
    restyle(ann, "france", css="navy → teal")
    models = ann.learner.col.models
    model = ann.learner.note("france").note_type()
    assert model is not None
    models.add_field(model, models.new_field("Mine"))
    models.update_dict(model)
    for arguments, code in ((), 0), (("--note-type", "country"), 1):
        told = [one for one in ann.pulled(*arguments, code=code)["findings"] if one["code"] == "P07"]
        assert any("its fields or templates are not those of the package" in one["message"] for one in told)
        assert not any("--note-type" in one["hint"] for one in told)


def test_a_renamed_field_stands_in_the_templates_too(project: Project, ann: Ann) -> None:
    write_geo(project).build()
    ann.get("geo.apkg")
    models = ann.learner.col.models
    model = ann.learner.note("france").note_type()
    assert model is not None
    models.rename_field(model, model["flds"][3], "Bemerkung")
    models.update_dict(model)
    told = [one["message"] for one in ann.pulled()["findings"] if one["code"] == "P07"]
    assert any("fields have other names there" in message for message in told)


def test_what_is_written_meanwhile_stays(project: Project, ann: Ann, monkeypatch: pytest.MonkeyPatch) -> None:
    write_geo(project).build()
    ann.get("geo.apkg")
    restyle(ann, "france", css="navy → teal")
    mine, make = STYLE + ".mine {}\n", CardFiles.make

    def slow(files: CardFiles) -> None:
        project.write(f"{COUNTRY}/style.css", mine)
        make(files)

    monkeypatch.setattr(CardFiles, "make", slow)
    outcome = ann.pull("--note-type", "country", code=2)
    assert "style.css was written to while it was pulled into: nothing changed; pull again" in outcome.stderr
    assert read(project, f"{COUNTRY}/style.css") == mine


@pytest.mark.parametrize(
    ("text", "told"),
    [("te\\ud800al", "is not UTF-8 text (Y05)"), ("te\\u0007al", "(Y07)"), ("x" * 200_000, "(Y05)")],
)
def test_texts_that_no_file_may_have(
    project: Project, ann: Ann, tmp_path: Path, text: str, told: str
) -> None:
    write_geo(project).build()
    ann.get("geo.apkg")
    restyle(ann, "france", css="navy → teal")
    options = ExportAnkiPackageOptions(
        with_scheduling=False, with_deck_configs=False, with_media=False, legacy=True
    )
    deck = ann.learner.col.decks.id_for_name("Geography")
    assert deck is not None
    ann.learner.col.export_anki_package(
        out_path=str(tmp_path / "x.apkg"), options=options, limit=DeckIdLimit(deck)
    )
    with zipfile.ZipFile(tmp_path / "x.apkg") as package:
        (tmp_path / "x.anki2").write_bytes(package.read("collection.anki21"))
    with sqlite3.connect(tmp_path / "x.anki2") as db:
        (models,) = db.execute("select models from col").fetchone()
        db.execute("update col set models = ?", (models.replace("teal", text),))
    files = project.files()
    outcome = project.run("pull", str(tmp_path / "x.anki2"), "--note-type", "country")
    assert outcome.exit_code == 1
    assert told in outcome.stderr
    assert project.files() == files
