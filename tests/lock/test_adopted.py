"""adopted.html: learners get the bytes that they have, until a text is edited."""

from __future__ import annotations

import json
import re
import subprocess
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deckgen.lock import adopted
from deckgen.packing import collection
from deckgen.reading.media import content_digest
from deckgen.written import File, Text
from tests.adopted_deck import CARDS, DECK, GIVEN, STAMP, bind, write_adopted
from tests.conftest import Project
from tests.lock_reader import read_lock
from tests.own_deck import PIXEL
from tests.real_anki import Learner

#: What a field in Anki may hold: any text without half a surrogate pair and U+001F.
HTML = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x1f"), min_size=1)
NAMES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)


def shipped(project: Project) -> dict[str, tuple[str, ...]]:
    """The fields of the notes in the package, by the card's first id."""
    notes = collection.read(project.package("old.apkg")).notes
    return {guid.removeprefix("G "): tuple(note.fields) for guid, note in notes.items()}


def media(project: Project) -> list[str]:
    """The names of the files in the package."""
    with zipfile.ZipFile(project.package("old.apkg")) as package:
        return sorted(json.loads(package.read("media")).values())


def stamps(folder: Path) -> dict[str, int]:
    return {card: line.stamp for (card, _), line in read_lock(folder / "deck.lock").notes.items()}


def edit(folder: Path, old: str, new: str, name: str = "cards.yaml") -> None:
    path = folder / name
    text = path.read_bytes().decode()
    assert old in text
    path.write_bytes(text.replace(old, new).encode())


def refused(project: Project, *words: str) -> None:
    """No command goes on, none ends in a traceback, nothing is written; all words are told as R22."""
    before = project.files()
    outcome = project.run("build", "--no-lint")
    assert outcome.exit_code == 1
    assert "R22" in outcome.stderr
    for word in words:
        assert word in outcome.stderr
    assert len(outcome.stderr.splitlines()) < 60
    assert project.run("check").exit_code == 1
    assert project.run("plan").exit_code == 1
    assert project.files() == before


# -- the format --------------------------------------------------------------------


@given(st.lists(st.tuples(NAMES, HTML), min_size=1, max_size=4, unique_by=lambda one: one[0]), st.booleans())
def test_what_is_written_is_read(fields: list[tuple[str, str]], is_crlf: bool) -> None:
    text = Text("typed", File("x"))
    lines = adopted.note_lines("card", [(name, text, html) for name, html in fields], [2, 1])
    media = adopted.media_line(fields[0][0], "0" * 16, fields[-1][0])
    written = adopted.dump([media], [lines])
    assert all(line == line.strip(" \t\xa0") for line in written.split("\n"))
    if is_crlf:
        written = "\ufeff" + written.replace("\n", "\r\n")
    read, findings = adopted.parse(written, "adopted.html")
    assert findings == []
    assert {name: line.html for name, line in read.notes["card"].fields.items()} == dict(fields)
    assert adopted.note_hash(read.notes["card"].raw) == adopted.note_hash(lines)
    assert (read.notes["card"].cards, read.files) == ((1, 2), {fields[-1][0]: (fields[0][0], "0" * 16)})


@given(st.text() | st.lists(st.sampled_from(
    ["deckgen-adopted 1", "field a b 00000000 x", "field a b 00000000 y", "cards a 1", "cards a 2", "\n", "\r\n",
     "media x 0 y", "type a b", "field a b 00000000 \\q", "<<<<<<< HEAD", "field"])).map("\n".join))  # fmt: skip
def test_any_text_is_read_or_refused(text: str) -> None:
    _, findings = adopted.parse(text, "adopted.html")
    assert len(findings) <= adopted.MOST + 1
    assert {finding.code for finding in findings} <= {"R22"}
    assert findings or text.startswith((adopted.HEADER, f"\ufeff{adopted.HEADER}"))


# -- builds ------------------------------------------------------------------------


def test_untouched_fields_are_shipped_byte_for_byte(project: Project) -> None:
    folder = write_adopted(project)
    for card, fields in GIVEN.items():
        assert shipped(project)[card][: len(fields)] == tuple(fields.values())
    assert set(stamps(folder).values()) == {STAMP}
    files = project.files()
    assert "unchanged" in project.run("build", "--locked", "--no-lint").stdout
    assert project.files() == files
    assert "tower.png" in media(project)


def test_an_edited_field_is_ours_and_the_others_stay(project: Project) -> None:
    folder = write_adopted(project)
    edit(folder, "capital** of", "capital** city of")
    project.build()
    front, back = shipped(project)["paris"][:2]
    assert front == "The <strong>capital</strong> city of France?"
    assert back == GIVEN["paris"]["Back"]
    assert [card for card, stamp in stamps(folder).items() if stamp != STAMP] == ["paris"]
    edit(folder, "capital** city of", "capital** of")
    project.build()
    assert shipped(project)["paris"][0] == GIVEN["paris"]["Front"]
    assert stamps(folder)["paris"] > STAMP


def test_html_is_another_text_than_the_same_as_markdown(project: Project) -> None:
    folder = write_adopted(project)
    edit(folder, '"Yes or no"', '!html "Yes or no"')
    project.build()
    assert shipped(project)["rome"][0] == "Yes or no"


def test_an_emptied_field_is_edited(project: Project) -> None:
    folder = write_adopted(project)
    edit(folder, ', Back: "![](tower.png)"', "")
    project.build()
    assert shipped(project)["paris"][:2] == (GIVEN["paris"]["Front"], "")


@pytest.mark.parametrize("again", [False, True])
def test_a_renamed_card_keeps_its_bytes(project: Project, again: bool) -> None:
    folder = write_adopted(project)
    edit(folder, "id: paris", "id: lutetia\n    was: paris")
    project.build()
    if again:
        edit(folder, "id: lutetia\n    was: paris", "id: seine\n    was: lutetia")
        project.build()
    assert shipped(project)["paris"][:2] == tuple(GIVEN["paris"].values())
    assert stamps(folder)["seine" if again else "lutetia"] >= STAMP


def test_a_retired_card_and_one_that_left_need_their_lines(project: Project) -> None:
    folder = write_adopted(project)
    edit(
        folder,
        "  - id: rome",
        '  - id: rome\n    retired: {since: 2001-01-01, reason: "Moved", until: 2001-02-01}',
    )
    project.build()
    assert "rome" not in shipped(project)
    edit(folder, "field rome Back", "field rome Front", adopted.FILE)
    refused(project, "this line says something else than a line above it")


def test_a_checkout_of_windows_reads_the_same(project: Project) -> None:
    folder = write_adopted(project)
    for name in ("adopted.html", "deck.lock"):
        path = folder / name
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    project.build()
    assert shipped(project)["paris"][:2] == tuple(GIVEN["paris"].values())
    assert set(stamps(folder).values()) == {STAMP}


def test_it_never_begins_anew(project: Project) -> None:
    """Learners would get every note twice, and not as they have it."""
    write_adopted(project)
    for head in (DECK, DECK.replace("adopted: true\n", "")):
        project.write("old/deck.yaml", head)
        before = project.files()
        outcome = project.run("build", "--no-lint", "old", "--new-major")
        assert outcome.exit_code == 1
        assert outcome.stderr.count("R23") == 2  # the finding, and the list of codes
        assert "learners had this deck before deckgen, and it can't begin anew" in outcome.stderr
        assert project.files() == before


def _in_two_languages(project: Project) -> None:
    project.write(
        "old/deck.yaml", DECK.replace('title: "Old"', 'languages: [en, es]\ntitle: {en: "Old", es: "Viejo"}')
    )
    cards = re.sub(r"    type: (\w+)\n    (fields: .*)", r"    type: \1\n    en: {\2}\n    es: {\2}", CARDS)
    project.write(
        "old/cards.yaml",
        cards.replace(
            'es: {fields: {Front: "Yes or no", Back: !html "<center>Rome</center>"',
            'es: {fields: {Front: "Sí o no", Back: "Roma"',
        ),
    )


def test_a_language_is_added(project: Project) -> None:
    """Learners' notes are those of the first one, and stay as they are; a note type can't serve two."""
    folder = write_adopted(project)
    _in_two_languages(project)
    project.package("old.apkg").unlink()
    project.build()
    notes = collection.read(project.package("old.en.apkg")).notes
    assert tuple(notes["G paris"].fields[:2]) == tuple(GIVEN["paris"].values())
    others = collection.read(project.package("old.es.apkg")).notes
    assert "The <strong>capital</strong> of France?" in {note.fields[0] for note in others.values()}
    assert "K39" not in project.codes()
    lines = read_lock(folder / "deck.lock").notes
    assert [lines["rome", lang].adopted != "" for lang in ("en", "es")] == [True, False]


def test_an_adopted_type_serves_one_language(project: Project) -> None:
    folder = write_adopted(project, is_built=False)
    _as_adopted(folder)
    _in_two_languages(project)
    (found,) = (one for one in project.findings() if one["severity"] == "error")
    assert (found["code"], found["path"]) == ("R23", "cards_source/old/note_types/basic/note_type.yaml")
    assert "for the notes in `en`, and cards use it in `es`" in found["message"]
    assert project.run("build").exit_code == project.run("plan").exit_code == 1


def _as_adopted(folder: Path) -> None:
    """Make the type `basic` one that learners have as `Basic`."""
    described = folder / "note_types/basic/note_type.yaml"
    described.write_text('adopted: "Basic"\n' + described.read_text(encoding="utf-8"), encoding="utf-8")
    bind(folder, GIVEN, {}, {"tower.png": "tower.png"})
    lock = (folder / "deck.lock").read_text(encoding="utf-8")
    numbered = " id=1342697561419 field-ids=-,- template-ids=-"
    lock = re.sub(r"(?m)^(notetype .* fields=Front,Back .*)$", rf"\1{numbered}", lock)
    (folder / "deck.lock").write_text(lock, encoding="utf-8")


# -- cards -------------------------------------------------------------------------


def test_recorded_cards_are_shipped_and_others_only_where_an_edit_makes_them(project: Project) -> None:
    cards = CARDS + (
        "  - id: two\n    type: gaps\n"
        '    fields: {Text: "{{c1::a}} {{c2::b}} {{c3::c}}"}\n'
    )  # fmt: skip
    given = GIVEN | {"two": {"Text": "{{c1::a}} {{c2::b}} {{c3::c}}"}}
    folder = write_adopted(project, cards, given, {"two": [1, 3, 7], "paris": []})

    def numbers(card: str) -> list[int]:
        return sorted(read_lock(folder / "deck.lock").notes[card, ""].cards)

    assert (numbers("two"), numbers("paris")) == ([1, 3, 7], [])
    edit(folder, "{{c3::c}}", "{{c4::c}}")
    project.build("--accept", "two")
    assert numbers("two") == [1, 4, 7]
    edit(folder, "{{c4::c}}", "{{c3::c}}")
    project.build("--accept", "two")
    assert numbers("two") == [1, 3, 7]


# -- media -------------------------------------------------------------------------


def test_a_changed_picture_gets_another_name_and_its_notes_a_stamp(project: Project) -> None:
    folder = write_adopted(project)
    (folder / "media/tower.png").write_bytes(PIXEL + b"\0")
    project.build()
    (name,) = media(project)
    assert name.startswith("tower-")
    assert shipped(project)["paris"][1] == f'<img src="{name}" class=big>\\(x\\)\n'
    assert [card for card, stamp in stamps(folder).items() if stamp != STAMP] == ["paris"]


def test_an_edited_text_shows_the_picture_under_the_name_that_learners_have(project: Project) -> None:
    folder = write_adopted(project)
    edit(folder, "![](tower.png)", "![high](tower.png)")
    project.build()
    assert shipped(project)["paris"][1] == '<img src="tower.png" alt="high">'


def test_a_file_may_have_another_name_than_in_anki(project: Project) -> None:
    """Windows has no file `con.png`; what is written with `&` or `%` in HTML gets a second, plain name."""
    back = '<img src="con.png"> <img src="a%20&amp;%20b.png">'
    given = GIVEN | {"paris": GIVEN["paris"] | {"Back": back}}
    cards = CARDS.replace("![](tower.png)", "![](tower.png) ![](ab.png)")
    folder = write_adopted(project, cards, given, files={"tower.png": "con.png", "ab.png": "a & b.png"})
    assert shipped(project)["paris"][1] == back
    assert media(project) == ["a & b.png", "con.png"]
    edit(folder, "![](ab.png)", "and ![](ab.png)")
    project.build()
    second, con = media(project)
    assert (con, second[:3]) == ("con.png", "ab-")
    assert shipped(project)["paris"][1] == f'<img src="con.png" alt=""> and <img src="{second}" alt="">'


# -- what does not fit -------------------------------------------------------------


def test_a_missing_file_is_told_once(project: Project) -> None:
    (write_adopted(project) / adopted.FILE).unlink()
    refused(project, "is missing: it holds what learners have of 3 notes", "git checkout HEAD --")


def test_a_missing_lock_is_told(project: Project) -> None:
    (write_adopted(project) / "deck.lock").unlink()
    project.package("old.apkg").unlink()
    refused(project, "deck.lock is missing: they would get every note a second time", "deck.yaml:3")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("<center>Rome", "<center>Roma", "the lines of `rome` are not those"),
        ("field rome Front", "field nobody Front", "the lines of `rome` are not those"),
        ("field rome", "field nobody", "has no lines of `rome`"),
        ("deckgen-adopted 1", "deckgen-adopted 2", "is not `deckgen-adopted 1`"),
        ("field rome Front", "<<<<<<< HEAD\nfield rome Front", "was left by a merge"),
        ("Yes or no", "Yes \\or no", "has a `\\` before a sign"),
        ("Yes or no", "Yes \x07or no", "has a control character"),
        ("field rome", "fields rome", "can't be read"),
        ("\n", "\nx\n", "more lines from here on"),
    ],
)
def test_what_is_not_what_the_lock_tells_is_refused(project: Project, old: str, new: str, told: str) -> None:
    edit(write_adopted(project), old, new, adopted.FILE)
    refused(project, told)


def test_a_file_that_is_no_text_or_enormous_or_a_folder_is_refused(project: Project) -> None:
    path = write_adopted(project) / adopted.FILE
    whole = path.read_bytes()
    path.write_bytes(whole + b"\xff")
    refused(project, "can't be read")
    path.write_bytes(whole + b"\n" * (adopted.MAX_LINES + 1))
    refused(project, "has more than 1,000,000 lines")
    path.write_bytes(whole + b"x" * (adopted.MAX_LINE + 1))
    refused(project, "has more than 1,000,000 characters")
    path.unlink()
    path.mkdir()
    refused(project, "can't be read")


def test_a_lock_from_before_a_second_adoption_is_told(project: Project) -> None:
    folder = write_adopted(project)
    edit(folder, " adopted=" + read_lock(folder / "deck.lock").notes["rome", ""].adopted, "", "deck.lock")
    # Of such a line, the stamp can't be so old.
    edit(folder, f"note rome - own {STAMP}", "note rome - own 1600000000", "deck.lock")
    refused(project, "this line is of `rome`, and deck.lock does not know that it was adopted")


def test_an_old_stamp_is_only_for_what_was_adopted(project: Project) -> None:
    folder = write_adopted(project)
    edit(folder, " adopted=" + read_lock(folder / "deck.lock").notes["rome", ""].adopted, "", "deck.lock")
    outcome = project.run("build")
    assert "R01" in outcome.stderr
    assert "has a stamp that no build gives" in outcome.stderr


# -- git ---------------------------------------------------------------------------


def _git(folder: Path, *words: str) -> None:
    identity = ["-c", "user.name=x", "-c", "user.email=x@example.org"]
    subprocess.run(["git", *identity, *words], cwd=folder, check=True, capture_output=True)


def test_two_branches_are_merged(project: Project) -> None:
    """One branch edits a card, the other renames one."""
    folder = write_adopted(project)
    _git(project.root, "init", "-b", "main")
    project.write("old/.gitattributes", "")
    _git(project.root, "add", "cards_source")
    _git(project.root, "commit", "-m", "adopted")
    _git(project.root, "checkout", "-b", "other")
    edit(folder, "The **capital**", "Which **capital**")
    project.build()
    _git(project.root, "commit", "-am", "edit")
    _git(project.root, "checkout", "main")
    edit(folder, "id: sky", "id: zenith\n    was: sky")
    project.build()
    _git(project.root, "commit", "-am", "rename")
    _git(project.root, "merge", "other")
    project.build()
    assert shipped(project)["sky"][0] == GIVEN["sky"]["Text"]
    assert shipped(project)["paris"][1] == GIVEN["paris"]["Back"]
    assert shipped(project)["paris"][0].startswith("Which")
    assert read_lock(folder / "deck.lock").notes["zenith", ""].adopted


# -- findings ----------------------------------------------------------------------


def test_findings_of_craft_wait_for_an_edit(project: Project) -> None:
    folder = write_adopted(project)
    outcome = project.run("check")
    assert outcome.exit_code == 0
    assert "5 findings about adopted cards that nobody has touched are not shown; `--all`" in outcome.stdout
    assert project.all_findings() == []
    everything = project.run("check", "--all")
    assert everything.exit_code == 1
    assert "not shown" not in everything.stdout
    assert everything.stdout.count("K36") >= 2
    edit(folder, '"Yes or no"', '"Yes, or no"')
    assert {finding["card"] for finding in project.all_findings()} <= {"rome", ""}
    assert "F" in {finding["code"][0] for finding in project.all_findings()}
    assert project.run("build").exit_code == 0


def test_a_mended_typo_arrives_though_the_card_is_no_masterpiece(project: Project) -> None:
    """Errors of craft about what learners had are warnings; about a new card they are what they were."""
    many = " ".join(f"{{{{c{number}::word{number}}}}}" for number in range(1, 12))
    cards = CARDS.replace("The sky is {{c1::blue}}.", f"Teh sky: {many}.")
    folder = write_adopted(project, cards, GIVEN | {"sky": {"Text": f"Teh sky: {many}."}})
    edit(folder, "Teh sky", "The sky")
    findings = [one for one in project.all_findings() if one["code"] == "C02"]
    assert [(one["card"], one["severity"]) for one in findings] == [("sky", "warning")]
    outcome = project.run("build")
    assert (outcome.exit_code, "C02" in outcome.stderr) == (0, True)
    assert shipped(project)["sky"][0].startswith("The sky")
    edit(folder, "    type: gaps", '    lint: {ignore: [C02], why: "A list to recite."}\n    type: gaps')
    assert not {"C02", "K17", "K18"} & {one["code"] for one in project.all_findings()}
    project.write("old/more.yaml", f'cards: [{{id: new, type: gaps, fields: {{Text: "New: {many}."}}}}]\n')
    outcome = project.run("build")
    assert outcome.exit_code == 1
    assert "C02" in outcome.stderr


def test_what_is_typed_anew_must_be_html_of_ours(project: Project) -> None:
    folder = write_adopted(project)
    edit(folder, "<center>Rome</center>", "<center>Roma</center>")
    assert project.codes() == ["K36", "K36"]


LATEX = "[latex]\\begin{tabular}{l}a &amp; b \\\\[1ex] c &lt; d\\end{tabular}[/latex]<br>[$]\\pm x[/$] [$$]\\(y\\input{z}\\)[/$$]"


@pytest.mark.parametrize("side", ["{{Back}}", "{{text:Back}}"])
def test_latex_may_be_edited_where_the_author_vouches_for_it(project: Project, side: str) -> None:
    cards = CARDS.replace("<center>Rome</center>", f"{LATEX} Teh end".replace("\\", "\\\\"))
    html = GIVEN | {"rome": GIVEN["rome"] | {"Back": f"{LATEX} Teh end"}}
    folder = write_adopted(project, cards, html, is_built=False)
    (folder / "note_types/basic/back.html").write_text(
        f"{{{{FrontSide}}}}<hr id=answer>{side}\n", encoding="utf-8"
    )
    edit(folder, "Teh end", "The end")
    new = f"fields: {{Text: !html '{{{{c1::{LATEX}}}}}'}}"
    project.write("old/more.yaml", f"cards:\n  - id: new\n    type: gaps\n    {new}\n")
    assert {one["code"] for one in project.all_findings() if one["severity"] == "error"} >= {"K36"}
    project.write("old/deck.yaml", DECK + "trusted: true\n")
    found = [
        (one["card"], one["severity"]) for one in project.all_findings() if one["code"] in ("K36", "K21")
    ]
    assert found == [("rome", "warning")] * 3 + [("new", "warning")] * 3
    project.build()
    assert shipped(project)["rome"][1] == f"{LATEX} The end"
    assert f"{{{{c1::{LATEX}}}}}" in {fields[0] for fields in shipped(project).values()}


@pytest.mark.parametrize(
    "html",
    ["[latex]<b onclick='x()'>x</b>[/latex]", "[$][anki:tts lang=en_GB]x[/anki:tts][/$]", "&#91;latex]x[/latex]",
     "<i title='[latex]'>x</i>", "[latex]x[/latex]\\(\\input{x}\\)", "[$]<script>x()</script>[/$]"],
)  # fmt: skip
def test_nothing_but_latex_is_let_through(project: Project, html: str) -> None:
    folder = write_adopted(project, deck=DECK + "trusted: true\n")
    edit(folder, '"<center>Rome</center>"', f"|\n      {html}")
    assert any(one["severity"] == "error" for one in project.all_findings())


@pytest.mark.parametrize("is_trusted", [False, True])
def test_what_acts_is_told_at_its_line(project: Project, is_trusted: bool) -> None:
    given = GIVEN | {"rome": GIVEN["rome"] | {"Back": 'a<b onclick="x()">Rome</b>'}}
    if is_trusted:
        write_adopted(project, given=given, deck=DECK + "trusted: true\n")
        (finding,) = [one for one in project.all_findings() if one["code"] != "K27"]
        assert finding["severity"] == "warning"
    else:
        write_adopted(project, given=given, is_built=False)
        (finding,) = project.all_findings()
        assert finding["severity"] == "error"
        assert project.run("build").exit_code == 1
    line = (
        (project.root / "cards_source/old/adopted.html")
        .read_text(encoding="utf-8")
        .split("\n")[finding["line"] - 1]
    )
    assert Path(finding["path"]).name == adopted.FILE
    assert line[finding["column"] - 1 : finding["end_column"] - 1] == 'onclick="x()'
    assert (finding["code"], finding["card"]) == ("K36", "rome")


def test_a_picture_that_learners_lack_already_is_told_and_no_error(project: Project) -> None:
    folder = write_adopted(project)
    (folder / "media/tower.png").unlink()
    (finding,) = project.all_findings()
    assert (finding["code"], finding["severity"], finding["card"]) == ("G01", "info", "paris")
    edit(folder, "![](tower.png)", "![a](tower.png)")
    assert project.codes() == ["G01"]
    assert project.run("build").exit_code == 1


def test_mending_leaves_untouched_cards_alone(project: Project) -> None:
    cards = CARDS.replace("Yes or no", "Yes  or no ,").replace("The **capital**", "The  **capital**")
    folder = write_adopted(project, cards)
    edit(folder, "capital** of", "capital** city of")
    before = (folder / "cards.yaml").read_text(encoding="utf-8")
    project.run("check", "--fix")
    after = (folder / "cards.yaml").read_text(encoding="utf-8")
    assert "Yes  or no ," in after
    assert "Yes  or no ," in before
    assert "The **capital** city" in after


@settings(max_examples=20)
@given(st.integers(0, 4_102_444_800))
def test_any_stamp_of_learners_is_kept(stamp: int) -> None:
    from deckgen.lock.parse import parse

    line = f"note a - own {stamp} 1789797439500 71360b49b4cdd295 25cd8085 929e2388 1 guid=x type=b adopted=a24b85dd"
    lock, findings = parse(f'deckgen-lock 1\ndeck x\npackage - 1 - "X"\n{line}\n', "deck.lock")
    assert lock is not None, findings
    assert lock.notes["a", ""].stamp == stamp


def test_the_real_anki_has_these_bytes_and_keeps_them(project: Project, learner: Learner) -> None:
    """Of an edit, exactly that note arrives, and its card keeps its history."""
    folder = write_adopted(project)
    assert learner.import_package(project.package("old.apkg")).new == 3

    def fields() -> dict[str, list[str]]:
        rows = learner.col.db.all("select guid, flds from notes")  # type: ignore[union-attr]
        return {guid.removeprefix("G "): flds.split("\x1f") for guid, flds in rows}

    for card, given_fields in GIVEN.items():
        assert fields()[card][: len(given_fields)] == list(given_fields.values())
    learner.study("Old", 3)
    before = learner.progress()
    log = learner.import_package(project.package("old.apkg"))
    assert (log.new, log.updated, log.conflicting) == (0, 0, 0)
    edit(folder, "Yes or no", "Yes, or no")
    project.build()
    log = learner.import_package(project.package("old.apkg"))
    assert (log.new, log.updated, log.conflicting) == (0, 1, 0)
    assert fields()["rome"][:2] == ["Yes, or no", GIVEN["rome"]["Back"]]
    assert fields()["paris"][:2] == list(GIVEN["paris"].values())
    assert learner.progress() == before
    learner.is_sound()


def test_learners_files_of_any_type_travel(project: Project) -> None:
    """A font that a template loads, such as Anki's users have; in other decks it is refused (G04)."""
    folder = write_adopted(project, is_built=False)
    (folder / "media/_old.ttf").write_bytes(b"a font")
    (folder / "note_types/basic/style.css").write_text(
        '@font-face {font-family: x; src: url("_old.ttf")}\n', encoding="utf-8"
    )
    text = (folder / adopted.FILE).read_text(encoding="utf-8")
    digest = content_digest(folder / "media/_old.ttf")
    (folder / adopted.FILE).write_text(
        text.replace("media ", f"media _old.ttf {digest}\nmedia "), encoding="utf-8"
    )
    project.build()
    assert media(project) == ["_old.ttf", "tower.png"]
    project.write("old/deck.yaml", DECK.replace("adopted: true\n", ""))
    assert "G04" in project.codes()


@pytest.mark.parametrize(
    "load", ['<script src="_high.js"></script>', "<script>load('_high' + '.js')</script>"]
)
def test_scripts_travel_where_the_author_vouches_for_them(project: Project, load: str) -> None:
    """Of a highlighter, new learners need the files; without `trusted` they are left out and named."""
    folder = write_adopted(project, is_built=False)
    side = folder / "note_types/basic/back.html"
    side.write_text(f"{side.read_text(encoding='utf-8')}{load}\n", encoding="utf-8")
    for name in ("_high.js", "_High-theme.CSS", "other.js"):
        (folder / "media" / name).write_text("x", encoding="utf-8")
    _as_adopted(folder)
    project.write("old/deck.yaml", DECK + "trusted: true\n")
    assert {one["path"].rpartition("/")[2] for one in project.findings() if one["code"] == "G02"} == {
        "other.js"
    }
    project.build()
    assert media(project) == ["_High-theme.CSS", "_high.js", "tower.png"]
    project.write("old/deck.yaml", DECK)
    named = {
        one["path"].rpartition("/")[2]: one["severity"] for one in project.findings() if one["code"] == "G04"
    }
    assert named == dict.fromkeys(("_high.js", "_High-theme.CSS", "other.js"), "warning")
    project.build()
    assert media(project) == ["tower.png"]


def test_what_a_filter_makes_of_the_bytes_is_judged_as_they_are(project: Project) -> None:
    """`{{text:Back}}` reads the names of characters: only what then acts is an error."""
    harmless = GIVEN | {"rome": GIVEN["rome"] | {"Back": "&lt;b&gt;Rome"}}
    folder = write_adopted(project, given=harmless, is_built=False)
    side = folder / "note_types/basic/back.html"
    side.write_text("{{FrontSide}}<hr id=answer>{{text:Back}}\n", encoding="utf-8")
    assert project.codes() == []
    acting = GIVEN | {"rome": GIVEN["rome"] | {"Back": "&lt;img src=x onerror=alert(1)&gt;"}}
    bind(folder, acting, {}, {"tower.png": "tower.png"})
    (found,) = project.findings()
    assert (found["code"], found["card"]) == ("K21", "rome")


def test_another_look_of_a_note_type_is_told_once_a_type(project: Project) -> None:
    """Learners have one note type `Basic` for all their decks."""
    folder = write_adopted(project, is_built=False)
    _as_adopted(folder)
    assert project.codes() == []
    edit(folder, "<hr id=answer>", "<hr>", "note_types/basic/back.html")
    edit(folder, "{{Front}}", "<b>{{Front}}</b>", "note_types/basic/front.html")
    (found,) = project.findings()
    assert (found["code"], found["severity"], found["path"]) == (
        "K39",
        "warning",
        "cards_source/old/note_types/basic/note_type.yaml",
    )
    assert "the look of `Basic` changes for all decks of your learners that use it" in found["message"]
    for command in ("plan", "build", "build"):
        assert project.run(command).stderr.count("K39 warning") == 1
    edit(folder, "adopted: true", "adopted: true\nlint: {K39: off}", "deck.yaml")
    assert project.codes() == []


def test_a_note_type_is_reproached_once_it_is_edited(project: Project) -> None:
    folder = write_adopted(project, is_built=False)
    described = folder / "note_types/basic/note_type.yaml"
    described.write_text(
        described.read_text(encoding="utf-8").replace(
            "{Front: question,", "{Unseen: other, Front: question,"
        ),
        encoding="utf-8",
    )
    bind(folder, GIVEN, {}, {"tower.png": "tower.png"})
    assert project.codes() == []
    edit(folder, "<hr id=answer>", "<hr>", "note_types/basic/back.html")
    assert project.codes() == ["K25"]
