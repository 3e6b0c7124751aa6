"""Mistakes in a deck's own note types and their cards: each a finding at its place, and all at once."""

from __future__ import annotations

import json
import shutil
from typing import Any

import jsonschema
import pytest
import yaml

from deckgen.kinds import Kind, OwnFields, Role
from deckgen.notes import own_types, template
from deckgen.reading import note_type_file
from deckgen.reading.load import load
from tests.conftest import Project
from tests.own_deck import BACK, CARDS, COUNTRY, DECK, STYLE, VERSE, write_geo, write_type

FOLDER = "geo/note_types/country"
TYPE = f"{FOLDER}/note_type.yaml"
FRANCE = """\
cards:
  - id: france
    type: country
    fields: {Country: "France", Capital: "Paris"}
"""


def _told(project: Project) -> list[str]:
    """Findings but for files that nothing uses, as `code file:line:column message`."""
    return [
        f"{one['code']} {one['path'].rpartition('/')[2]}:{one['line']}:{one['column']} {one['message']}"
        for one in project.findings()
        if one["code"] not in ("G02", "M08", "M09")
    ]


def test_what_an_author_wrote_is_a_value(project: Project) -> None:
    write_geo(project)
    deck, findings = load(project.root / "cards_source/geo")
    assert findings == []
    assert deck is not None
    country, verse = deck.note_types["country"], deck.note_types["verse"]
    assert country.field_names == ("Country", "Flag", "Capital", "Remark", "Origin")
    assert [field.meaning for field in country.fields] == [
        Role.OTHER, Role.OTHER, Role.ANSWER, Role.NOTE, Role.OTHER,
    ]  # fmt: skip
    assert (country.sorted_by, country.note, country.source, country.speaker) == (
        "Country",
        "Remark",
        "Origin",
        "",
    )
    assert (verse.is_cloze, verse.sort, verse.style) == (True, "Poem", None)
    assert country.style is not None
    assert country.style.text == STYLE.rstrip()
    france = deck.cards[0]
    content = france.contents[""]
    assert isinstance(content, OwnFields)
    assert france.kind is Kind.OWN
    # In the order of the type, with what stands under `note:`.
    assert [(one.name.value, one.role) for one in content.texts] == [
        ("Country", Role.OTHER), ("Flag", Role.OTHER), ("Capital", Role.ANSWER), ("Remark", Role.NOTE),
    ]  # fmt: skip
    assert project.findings() == []


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("note: Remark", "noet: Remark", "K01 note_type.yaml:7:1 note_type.yaml has no key `noet`"),
        ("fields:\n", "kind: multiple\nfields:\n", "K23 note_type.yaml:1:7 `multiple` is not a kind of note type"),
        ("  Flag: other\n", "  Flag: picture\n", "K23 note_type.yaml:3:9 `picture` is not a meaning of a field"),
        ("  Flag: other\n", "  Flag: cloze\n", "K23 note_type.yaml:3:9 `cloze` is not a meaning of a field"),
        ("  Flag: other\n", "  Flag: [a]\n", "K03 note_type.yaml:3:9 `Flag:` must be a text"),
        ("  Origin: other\n", "  Origin: other\n  tags: other\n", "K23 note_type.yaml:7:3 `tags` is taken: Anki or deckgen fills a field of that name"),
        ("  Origin: other\n", "  Origin: other\n  status: other\n", "K23 note_type.yaml:7:3 `status` is taken: Anki or deckgen fills a field of that name"),
        ("  Origin: other\n", "  Origin: other\n  FLAG: other\n", "K23 note_type.yaml:7:3 `FLAG` is there twice: Anki ignores capital letters here"),
        ("  Origin: other\n", '  Origin: other\n  "a:b": other\n', "K23 note_type.yaml:7:4 `a:b` can't be the name of a field"),
        ("  Origin: other\n", "  Origin: other\n  c1: other\n", "K23 note_type.yaml:7:3 `c1` can't be the name of a field"),
        ("note: Remark", "note: Remarks", "K23 note_type.yaml:7:7 `note:` names `Remarks`, which is not one of its fields"),
        ("note: Remark\n", "note: Remark\nsort: Land\n", "K23 note_type.yaml:8:7 `sort:` names `Land`, which is not one of its fields"),
        ("note: Remark\n", "note: Remark\nspeaker: Origin\n", "K23 note_type.yaml:8:1 `speaker:` and `source:` name the same field"),
        ("front: flag.html", "front: flags.html", "K23 note_type.yaml:11:37 there is no file `flags.html` beside note_type.yaml"),
        ("front: flag.html", "front: ../flag.html", "K23 note_type.yaml:11:37 `../flag.html` can't be the name of a template's file"),
        ("front: flag.html", "front: Flag.html", "K23 note_type.yaml:11:37 there is no file `Flag.html` beside note_type.yaml"),
        ("front: flag.html", "front: sides\\flag.html", "K23 note_type.yaml:11:37 `sides\\flag.html` can't be the name of a template's file"),
        ("front: flag.html", "front: /etc/hostname", "K23 note_type.yaml:11:37 `/etc/hostname` can't be the name of a template's file"),
        ("front: flag.html", "front: '{{Flag}}'", "K23 note_type.yaml:11:38 `{{Flag}}` can't be the name of a template's file"),
        ("front: flag.html", "front: {en: flag.html}", "K03 note_type.yaml:11:37 `front:` must be the name of a file"),
        ("front: flag.html", "front: ''", "K02 note_type.yaml:11:5 a template has no `front:`"),
        ('"Flag - Country"', '""', "K02 note_type.yaml:11:5 a template has no `name:`"),
        ("  Flag: other\n", "  Flag:\n", "K23 note_type.yaml:3:8 the field `Flag` has no meaning"),
        ("  Origin: other\n", '  Origin: other\n  "a{b": other\n', "K23 note_type.yaml:7:4 `a{b` can't be the name of a field"),
        ("  Origin: other\n", "  Origin: other\n  'a\"b': other\n", "K23 note_type.yaml:7:4 `a\"b` can't be the name of a field"),
        ("  Origin: other\n", "  Origin: other\n" + "".join(f"  F{n}: other\n" for n in range(200)), "K23 note_type.yaml:62:3 there are more than 60 fields"),
        ("templates:\n", "templates:\n" + "".join(f'  - {{name: "C{n}", front: flag.html, back: back.html}}\n' for n in range(30)), "K23 note_type.yaml:30:13 there are more than 20 templates"),
        ("fields:\n", "Fields:\n", "K01 note_type.yaml:1:1 note_type.yaml has no key `Fields`"),
        ("templates:\n", "templates:\n  name: x\nmore:\n", "K03 note_type.yaml:10:3 `templates:` must be a list"),
        ("templates:\n", "templates:\n  - flag.html\n", "K03 note_type.yaml:10:5 a template must be a mapping of keys"),
        ("front: flag.html, ", "", "K02 note_type.yaml:11:5 a template has no `front:`"),
        ('name: "Flag - Country", ', "", "K02 note_type.yaml:11:5 a template has no `name:`"),
        ('"Flag - Country"', '"country - capital"', "K23 note_type.yaml:11:13 the template name `country - capital` is taken"),
        ("fields:\n", "kind: cloze\nfields:\n", "K23 note_type.yaml:12:13 a cloze type has only one template"),
    ],
)  # fmt: skip
def test_mistake_in_a_note_type(project: Project, old: str, new: str, told: str) -> None:
    assert old in COUNTRY
    write_geo(project)
    project.write(TYPE, COUNTRY.replace(old, new, 1))
    found = _told(project)
    assert told in found, found
    assert all(one["hint"] for one in project.findings())
    assert "K24" not in project.codes(), "its cards are not called wrong, too"
    before = project.files()
    assert project.run("build", "--no-lint").exit_code == 1
    assert project.files() == before


@pytest.mark.parametrize(
    ("described", "code"),
    [
        ("", "K02"),
        ("- a\n", "K03"),
        ("fields: [Front]\n", "K03"),
        ("fields: {}\ntemplates: []\n", "K03"),
        ("fields: {Front: question}\n", "K02"),
        ("templates: []\n", "K02"),
        ("# nothing yet\n", "K02"),
        ("fields: Front\n", "K03"),
        ("fields: {Front: question\n", "Y01"),
        ("\x00", "Y05"),
    ],
)
def test_note_type_without_a_shape(project: Project, described: str, code: str) -> None:
    write_geo(project)
    project.write(TYPE, described)
    assert code in project.codes()
    assert "K24" not in project.codes(), "its cards are not called wrong, too"


def test_folder_that_holds_no_note_type(project: Project) -> None:
    write_geo(project)
    project.write("geo/note_types/readme.txt", "x")
    project.write("geo/note_types/qa/note_type.yaml", COUNTRY)
    project.write("geo/note_types/Two Words/note_type.yaml", COUNTRY)
    (project.root / "cards_source/geo/note_types/empty").mkdir()
    project.write(f"{FOLDER}/extra.html", "x")
    assert sorted(line.split(" ", 1)[0] + " " + line.split(" ")[1].split(":")[0] for line in _told(project)) == [
        "K04 Two", "K23 empty", "K23 extra.html", "K23 qa", "K23 readme.txt",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("move", "told"),
    [
        (("country/note_type.yaml", "country/note_type.yml"), "K23 country:1:1 has no file `note_type.yaml`"),
        (
            ("country/note_type.yaml", "country/Note_Type.yaml"),
            "K23 country:1:1 has no file `note_type.yaml`",
        ),
        (("country", "Country"), "K04 Country:1:1 `Country` can't be the name of a note type"),
        (("country", "con"), "K23 con:1:1 `con` can't be the name of a folder on Windows"),
        (("country", "国家"), "K04 国家:1:1 `国家` can't be the name of a note type"),
        (
            ("../note_types", "../Note_Types"),
            "K23 Note_Types:1:1 is not read: note types are in `note_types/`",
        ),
        (
            ("../note_types", "../note-types"),
            "K23 note-types:1:1 is not read: note types are in `note_types/`",
        ),
        (("../note_types/country/style.css", "../notetypes"), ""),
        (("../deck.yaml", "../note_types"), "K23 note_types:1:1 is no folder; `note_types/` must be one"),
    ],
)
def test_folder_that_is_called_otherwise(project: Project, move: tuple[str, str], told: str) -> None:
    write_geo(project, FRANCE)
    home = project.root / "cards_source/geo/note_types"
    old, new = ((home / name).resolve() for name in move)
    if old.name == "deck.yaml":
        shutil.rmtree(new)
        new.write_text("x", encoding="utf-8")
    else:
        old.rename(new)
    found = project.findings()
    assert not told or told in _told(project), found
    assert all(one["hint"] for one in found)


def test_files_of_windows_are_read_as_others(project: Project) -> None:
    write_geo(project, FRANCE)
    folder = project.root / "cards_source" / FOLDER
    for path in (folder / "note_type.yaml", *folder.glob("*.html"), folder / "style.css"):
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert _told(project) == []


def test_names_in_chinese(project: Project) -> None:
    card = '{id: one, type: river, fields: {问题: "最长的河是什么？", 答案: "尼罗河。"}}'
    write_geo(project, f"cards:\n  - {card}\n")
    described = "fields: {问题: question, 答案: answer}\n"
    described += 'templates: [{name: "卡片", front: a.html, back: b.html}]\n'
    write_type(project, "river", described, {"a.html": "{{问题}}", "b.html": "{{答案}}"})
    assert _told(project) == []
    assert "1 note, 1 card" in project.build().stdout


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("type: country", "type:", "K24 cards.yaml:3:10 `type:` is empty"),
        ("type: country", "type: land", "K24 cards.yaml:3:11 there is no note type `land` in `note_types/`"),
        ("Capital: ", "Capitol: ", "K24 cards.yaml:4:33 the note type `country` has no field `Capitol`"),
        ("Capital: ", "Remark: ", "K24 cards.yaml:4:33 the field `Remark` is filled by `note:`"),
        ("Capital: ", "Origin: ", "K24 cards.yaml:4:33 the field `Origin` is filled by `source:`"),
        ("type: country\n", "type: country\n    q: x\n", "K24 cards.yaml:4:5 a card with `type:` can't have `q:`"),
        ("type: country\n", "type: country\n    occlude: x.png\n", "K24 cards.yaml:4:5 a card with `type:` can't have `occlude:`"),
        ("type: country\n", "type: country\n    hint: x\n", "K24 cards.yaml:4:5 a card with `type:` can't have `hint:`"),
        ("type: country\n", "type: country\n    typed: true\n", "K24 cards.yaml:4:5 a card with `type:` can't have `typed:`"),
        ("type: country\n", "type: country\n    reverse: true\n", "K24 cards.yaml:4:5 a card with `type:` can't have `reverse:`"),
        ('type: country\n    fields: {Country: "France", Capital: "Paris"}', 'type: verse\n    fields: {Text: "{{c1::x}}"}\n    note: x\n', "K24 cards.yaml:5:5 the note type `verse` has no field for `note:`"),
        ('type: country\n    fields: {Country: "France", Capital: "Paris"}', 'type: verse\n    fields: {Text: "{{c1::x}}"}\n    speaker: atlas\n', "K24 cards.yaml:5:5 the note type `verse` has no field for `speaker:`"),
        ('type: country\n    fields: {Country: "France", Capital: "Paris"}', 'type: verse\n    fields: {Text: "{{c1::x}}"}\n    source: {section: x}\n', "K24 cards.yaml:5:5 the note type `verse` has no field for `source:`"),
        ('    fields: {Country: "France", Capital: "Paris"}\n', "", "K24 cards.yaml:2:5 a card with `type:` needs `fields:`"),
        ('Country: "France", Capital: "Paris"', 'Country: "", Capital: " "', "K26 cards.yaml:2:5 no field of this card has a text"),
        ('Country: "France", Capital: "Paris"', 'Capital: "Paris"', "K26 cards.yaml:4:24 Anki makes no card of this note: with only Capital filled, no front of `country` shows it"),
        ("    type: country\n", "", "K05 cards.yaml:2:5 a card has `q` and `a`, or `cloze`, or `q` and `list`, or `type` and `fields`, or `q`, `occlude` and `masks`; here is `fields`"),
        ('Capital: "Paris"', 'Capital: "{{c1::Paris}}"', "Y12 cards.yaml:4:43 `Capital:` hides nothing: `{{c1::…}}` works only under `cloze:`"),
        ('type: country\n    fields: {Country: "France", Capital: "Paris"}', 'type: verse\n    fields: {Text: "x"}', "K26 cards.yaml:4:21 nothing is hidden in this card"),
        ('type: country\n    fields: {Country: "France", Capital: "Paris"}', 'type: verse\n    fields: {Text: "{{c1::x"}', "C01 cards.yaml:4:21 `{{c1::` is never closed by `}}`"),
    ],
)  # fmt: skip
def test_card_that_does_not_fit(project: Project, old: str, new: str, told: str) -> None:
    assert old in FRANCE
    write_geo(project, FRANCE)
    project.edit(old, new, "geo/cards.yaml")
    assert _told(project) == [told]


BILINGUAL = """\
cards:
  - id: france
    type: country
    fields: {Flag: "![the flag](france.png)"}
    en: {fields: {Country: "France", Capital: "Paris"}, note: "On the Seine."}
    de: {fields: {Country: "Frankreich", Capital: "Paris"}, note: "An der Seine."}
"""


def test_field_beside_the_type_is_told_where_it_belongs(project: Project) -> None:
    write_geo(project, FRANCE.replace('fields: {Country: "France", Capital: "Paris"}', 'Country: "France"'))
    (found,) = (one for one in project.findings() if one["code"] == "K01")
    assert found["hint"] == "a field of its note type stands under `fields:`, as in `fields: {Country: …}`"


def test_texts_stand_under_their_language_or_are_the_same_in_all(project: Project) -> None:
    write_geo(project, BILINGUAL)
    project.write("geo/deck.yaml", DECK.replace('"Geography"', '{en: "G", de: "E"}\nlanguages: [en, de]'))
    project.edit(
        "front: capital.html, back: back.html",
        "front: {en: capital.html, de: hauptstadt.html}, back: back.html",
        TYPE,
    )
    project.write(f"{FOLDER}/hauptstadt.html", "{{Country}}: welche Hauptstadt?")
    assert _told(project) == []
    out = project.build().stdout
    assert out.count("1 note, 2 cards") == 2
    project.edit("fields: {Flag: ", "fields: {Country: x, Flag: ", "geo/cards.yaml")
    assert [line.partition(" ")[0] for line in _told(project)] == ["K24", "K24"]


@pytest.mark.parametrize(
    ("front", "told"),
    [
        ("{{Contry}}", "K25 capital.html:1:1 `{{Contry}}` names no field"),
        ("x\n  {{text:Contry}}", "K25 capital.html:2:3 `{{text:Contry}}` names no field"),
        ("{{#Country}}{{Country}}", "K25 capital.html:1:1 `{{#Country}}` has no `{{/Country}}`"),
        ("{{Country}}{{/Flag}}", "K25 capital.html:1:12 `{{/Flag}}` closes a section that was not opened"),
        ("{{cloze:Country}}", "K25 capital.html:1:1 `{{cloze:…}}` hides nothing in a standard note type"),
        ("{{" + "text:" * 11 + "Country}}", "K25 capital.html:1:1 more than 10 filters stand in a row"),
        ("{{furigna:Country}}", "K25 capital.html:1:1 Anki has no filter `furigna:`"),
        ("{{Country}}{{FrontSide}}", "K25 capital.html:1:12 `{{FrontSide}}` works only on the back"),
        ("Which capital?", "K25 capital.html:1:1 this front shows no field, so Anki makes no card of it"),
        ("{{^Country}}{{Country}}{{/Country}}", "K25 capital.html:1:1 this front shows no field, so Anki makes no card of it"),
        ("{{Status}}{{Tags}}", "K25 capital.html:1:1 this front shows no field, so Anki makes no card of it"),
        ("{{=<% %>=}}<%Country%>", "K25 capital.html:1:1 deckgen does not read `{{=<% %>=}}`"),
    ],
)  # fmt: skip
def test_template_that_anki_does_not_read_as_its_author_means(
    project: Project, front: str, told: str
) -> None:
    write_geo(project, FRANCE)
    project.write(f"{FOLDER}/capital.html", front)
    assert _told(project) == [told]


@pytest.mark.parametrize(
    ("front", "word", "told"),
    [
        ("a {{Country}}", "{苹果|píng guǒ}", True),
        ("a {{text:Country}}", "苹果[píng guǒ]", True),
        ("a {{Country}}", "苹果 [sound:x.mp3] a[1]", False),
        ("a {{Country}}", "{a|b}", False),
        ("a {{kanji:Country}}", "{苹果|píng guǒ}", False),
        ("a {{tts zh_CN:kanji:Country}} {{kana:Country}}", "{苹果|píng guǒ}", False),
    ],
)
def test_readings_that_are_shown_in_brackets_are_told(
    project: Project, front: str, word: str, told: bool
) -> None:
    write_geo(project, FRANCE.replace('"France"', f'"{word}"'))
    project.write(f"{FOLDER}/capital.html", front)
    project.write(f"{FOLDER}/back.html", "{{FrontSide}} {{furigana:Country}} {{Capital}} {{Flag}} {{Remark}}")
    project.write(f"{FOLDER}/flag.html", "{{#Flag}}{{Flag}}{{/Flag}}")
    found = [one for one in project.findings() if one["code"] == "K25" and "brackets" in one["message"]]
    assert [(one["line"], one["column"], one["severity"]) for one in found] == [(1, 3, "warning")] * told
    assert all(one["hint"].startswith("write `{{furigana:Country}}`") for one in found)


def test_field_that_no_template_shows_is_told(project: Project) -> None:
    write_geo(project, FRANCE)
    project.write(f"{FOLDER}/back.html", "{{FrontSide}} {{Country}} {{#Remark}}{{Capital}}{{/Remark}}")
    project.edit('"Paris"}', '"Paris"}\n    speaker: atlas', "geo/cards.yaml")
    told = "K25 note_type.yaml:6:3 no template shows the field `Origin`, though cards fill it: france"
    assert _told(project) == [told]
    project.write(f"{FOLDER}/back.html", "{{FrontSide}} {{Origin}} {{#Remark}}{{Remark}}{{/Remark}}")
    project.write(f"{FOLDER}/capital.html", "{{Country}}")
    told = "K25 note_type.yaml:4:3 no template shows the field `Capital`, though cards fill it: france"
    assert _told(project) == [told]
    assert project.run("build", "--no-lint").exit_code == 0
    assert "warning" in project.build().stderr


def test_field_that_no_template_shows_and_no_card_fills_is_said_once(project: Project) -> None:
    """As when an author no longer wants a field that learners have."""
    write_geo(project, FRANCE)
    project.write(f"{FOLDER}/back.html", "{{FrontSide}} {{Capital}} {{Origin}}")
    (found,) = (one for one in project.findings() if one["code"] == "K25")
    assert (found["severity"], found["message"]) == ("info", "no template shows the field `Remark`")
    assert project.run("check", "--select", "K").exit_code == 0


def test_field_that_one_language_does_not_show(project: Project) -> None:
    write_geo(project, BILINGUAL)
    project.write("geo/deck.yaml", DECK.replace('"Geography"', '{en: "G", de: "E"}\nlanguages: [en, de]'))
    project.write(TYPE, COUNTRY.replace("back: back.html", "back: {en: back.html, de: rest.html}"))
    project.write(f"{FOLDER}/rest.html", BACK.replace("{{hint:Remark}}", ""))
    (found,) = (one for one in project.findings() if one["code"] == "K25")
    assert (found["severity"], found["lang"]) == ("warning", "de")
    assert found["message"] == "no template shows the field `Remark`, though cards fill it: france"


@pytest.mark.parametrize(
    ("front", "back", "told"),
    [
        ("{{Country}}{{Flag}}", "", True),
        ("{{Country}}{{Flag}}", "{{FrontSide}}", True),
        ("{{Country}}{{Flag}}", "{{FrontSide}}<hr>{{Id}} {{Tags}} see the atlas", True),
        ("{{Country}}{{Flag}}", "{{#Capital}}Look it up.{{/Capital}}", True),
        ("{{Country}}{{Flag}}", "{{Capital}}", False),
        ("{{Country}}{{Flag}}{{type:Capital}}", "{{FrontSide}}", False),
        ("{{Country}}{{Flag}}{{hint:Capital}}", "{{FrontSide}}", False),
        ("{{Country}}{{Flag}}{{type:Capital}}", "", True),
    ],
)
def test_back_that_answers_nothing_is_told(project: Project, front: str, back: str, told: bool) -> None:
    write_geo(project, FRANCE)
    project.write(f"{FOLDER}/capital.html", front)
    project.write(f"{FOLDER}/back.html", back)
    project.write(TYPE, COUNTRY.partition('  - {name: "Flag')[0])
    message = "K25 back.html:1:1 this back shows no field, so learners see no answer"
    assert (message in _told(project)) == told


def test_cloze_type_must_show_its_deletions_on_both_sides(project: Project) -> None:
    write_geo(project)
    project.write("geo/note_types/verse/front.html", "{{Text}}")
    assert _told(project) == ["K25 front.html:1:1 a side of a cloze type must show `{{cloze:…}}`"]


HARM: list[tuple[str, str]] = [
    ('<img src="https://host/x.png">', "K27"),
    ("<img src=//host/x.png>", "K27"),
    ("<img/src=//host/x.png>", "K27"),
    ("<img src='/\\host/x.png'>", "K27"),
    ('<IMG SRC\n=\n"HTTPS://host/x">', "K27"),
    ('<img src="&#104;ttps://host/x">', "K27"),
    ('<img src="ht\ntps://host/x">', "K27"),
    ('<img src="frame.png" srcset="//host/x 2x">', "K27"),
    ('<img src="absent.png">', "K27"),
    ('<img src="{{Country}}">', "K27"),
    ("<img {{Country}}>", "K27"),
    ('<img title=">" alt="{{Country}}">', "K27"),
    ('<p title="/{{#Flag}}{{/Flag}}/host">', "K27"),
    ('<a href="{{Country}}">x</a>', "K27"),
    ('<a href="https://host/{{Country}}">x</a>', "K27"),
    ('<a href="https://host/" ping="//host">x</a>', "K27"),
    ('<link rel=stylesheet href="https://host/x.css">', "K27"),
    ('<svg><image href="https://host/x.png"/></svg>', "K27"),
    ('<svg><use xlink:href="//host/x#y"/></svg>', "K27"),
    ('<iframe srcdoc="x"></iframe>', "K27"),
    ('<meta http-equiv=refresh content="0;url=x">', "K27"),
    ("<base target=x>", "K27"),
    ("<form>", "K27"),
    ('<object data="x"></object>', "K27"),
    ('<p style="background:url(x.png)">', "K27"),
    ("<style>@import 'x';</style>", "K27"),
    ("<style>p { background: url(//host/x) }</style>", "K27"),
    ("<style>p { color: {{Country}} }</style>", "K27"),
    ("[latex]x[/latex]", "K27"),
    ("\\(\\href{javascript:x}{y}\\)", "K27"),
    ("[sound:absent.mp3]", "K27"),
    ('<image title=<a href="https://host/x">', "K27"),
    ('<image title=">" alt=<a href="https://host/x">', "K27"),
    ('<image a\'="x>" <a href="https://host/x">', "K27"),
    ('<p title="<style>/*"><svg><image title="<a " href="https://host/x"/></svg>', "K27"),
    ('<p title="<script>"><img src="//host/x">', "K27"),
    ("<!--<style>--><img src=//host/x><!--</style>-->", "K27"),
    ("<p>a='</p><p style=\"background:url('\\2f\\2f host/x')\">x</p>", "K27"),
    ("<p style=background:url(\\2f\\2f\\20host)>x</p>", "K27"),
    ('<p style="background:&#117;rl(&#104;ttp:host)">x</p>', "K27"),
    ("<style title='>\"'>@import '\\2f\\2f host/a.css';/*\"*/</style>", "K27"),
    ('<svg><style>&#64;import "&#92;2f&#92;2f host/x.css";</style></svg>', "K27"),
    ("<svg><style><![CDATA[@import '//host';]]></style></svg>", "K27"),
    ("<svg><style>a{}<image href=x onload=x()></style></svg>", "K27"),
    ("<svg><script>/*<image href=//host/x>*/</script></svg>", "K27"),
    ("<script><!--<script></script><img src=//host/x></script>", "K27"),
    ('<svg><rect fill="url(\\2f\\2f host/x.svg#a)"/></svg>', "K27"),
    ('<svg><rect fill="url(absent.svg#a)"/></svg>', "K27"),
    ('<svg><rect filter="url(/\\/host/x.svg#f)"/></svg>', "K27"),
    ('<svg><rect mask="url(&#92;68ttp:host/x.svg#a)"/></svg>', "K27"),
    ('<svg><rect cursor="url(\\68ttp\\3a host/x.cur),auto"/></svg>', "K27"),
    ('<svg><path marker-start="url(\\2f\\2f host/x#a)"/></svg>', "K27"),
    ('<img src=frame.png alt=a"x="b onload=x() c="d">', "K27"),
    ('<img src=frame.png alt=\u2028" onload=x() ">', "K27"),
    ('<img src=frame.png alt \u00a0= " onload=x() ">', "K27"),
    ('<img src=frame.png alt=\u00a0" onload=x() ">', "K27"),
    ('<img src="frame.png"title="x">', "K27"),
    ('<p title="a<b">', "K27"),
    ("<!--><b>-->", "K27"),
    ("<!-- x --!><b> -->", "K27"),
    ("<!-- <!-- -->", "K27"),
    ("<!-- never closed", "K27"),
    ("<style>p {}", "K27"),
    ("<![CDATA[x]]>", "K27"),
    ("</p class=x>", "K27"),
    ("<p", "K27"),
    *(
        (f"<{name}>x</{name}>", "K27")
        for name in ("noscript", "textarea", "title", "xmp", "plaintext", "noembed", "noframes", "template")
    ),
    ("<script>x()</script>", "K28"),
    ("<script>fetch('//host/x')</script>", "K27"),
    ("<script>x = '{{Country}}'</script>", "K27"),
    ('<b onclick="x()">', "K28"),
    ("<svg/onload=x()>", "K27"),
    ("<svg onload=x()></svg>", "K28"),
    ('a="<img src=frame.png onload=x()>"', "K28"),
    ("a='<b onclick=x()>x</b>'", "K28"),
    ('<!-- a="--><img src=frame.png onload=x()><!-- " -->', "K28"),
    ('<!-- a="--><a href=javascript:x()>x</a><!-- " -->', "K28"),
    ('<a href="javascript:x()">', "K28"),
    ('<a href="java&#115;cript:x()">', "K28"),
    ("<a href='java\nscript:x()'>", "K28"),
    ('<svg><animate attributeName="href" values="x;javascript:y()"/></svg>', "K28"),
    ('<a href="https://host/?a=b&c">x</a>', ""),
    ('<a href="mailto:a@b.c" class="x">x</a>', ""),
    ("Either // or: see example.org and/or a\\b", ""),
    ('<img src="frame.png"><img src="data:image/png;base64,AA==">', ""),
    ('<svg><rect fill="url(#a)" stroke="none"/></svg><img alt="a > b" src=frame.png>', ""),
    (
        '<p style="font-family: \'Noto Sans\'" title=\'say "x"\' hidden>x = "y"</p><!-- by x: https://host -->',
        "",
    ),
    ('<svg xmlns="http://www.w3.org/2000/svg"><use href="#a"/></svg>', ""),
    ('<div class="{{Tags}} {{#Flag}}wide{{/Flag}}"></div>', ""),
    ("<style>/* mine */ p { background: url('frame.png') }</style>", ""),
    ("<details><summary>{{Flag}}</summary></details>{{tts en_US:Country}}", "K37"),
]
CSS: list[tuple[str, str]] = [
    ("@import 'x.css';", "K27"),
    ("p { background: url(https://host/x.png) }", "K27"),
    ("p { background: url( '//host/x.png' ) }", "K27"),
    ("p { background: URL(absent.png) }", "K27"),
    ("p { background: image-set('//host/x' 1x) }", "K27"),
    ("p { background: u\\72l(//host/x) }", "K27"),
    ("@\\69mport 'x';", "K27"),
    ("p { background: url(/*); } q { background: url(//host/x) } r { x: url(*/) }", "K27"),
    ('p { content: "/*"; background: url(//host/x); content: "*/" }', "K27"),
    ("/* never closed", "K27"),
    ('p { content: "never closed\n }', "K27"),
    ("p { x: 1 } /* </style><script> */", "K27"),
    ("p { width: expression(x) }", "K27"),
    ("p { content: '\\2713'; scroll-behavior: smooth; background: url(frame.png) }", ""),
    ("/* by somebody, https://example.org */ p { background: url(data:image/png;base64,AA==) }", ""),
]  # fmt: skip


def _codes(found: list[dict[str, Any]]) -> set[str]:
    return {one["code"] for one in found} - {"G02", "M08", "M09"}


@pytest.mark.parametrize(("html", "code"), HARM)
def test_what_a_template_loads_or_does(project: Project, html: str, code: str) -> None:
    write_geo(project, FRANCE)
    project.write(f"{FOLDER}/back.html", f"{BACK}{html}")
    found = project.findings()
    assert code in (_codes(found) or {""}), found
    assert code or not _codes(found), found
    errors = [one for one in found if one["severity"] == "error"]
    assert bool(errors) == (code == "K27")
    assert all(one["path"].endswith("back.html") and one["line"] > 0 for one in errors)
    assert (project.run("build", "--no-lint").exit_code == 1) == (code == "K27")


@pytest.mark.parametrize(
    ("end", "begin"),
    [
        ("<scr", "ipt>x()</script>"),
        ("[", "sound:https://host/x.mp3]"),
        ("[la", "tex]x[/latex]"),
        ("\\", "(\\href{javascript:x}{y}\\)"),
        ("\\(x", "\\href{javascript:x}{y}\\)"),
        ("&#9", "2;(\\href{javascript:x}{y}\\)"),
        ('<img title="', '" onerror=x() src="frame.png">'),
    ],
)
def test_front_that_the_back_goes_on_with(project: Project, end: str, begin: str) -> None:
    write_geo(project, FRANCE)
    project.write(f"{FOLDER}/capital.html", f"{{{{Country}}}}{end}")
    project.write(f"{FOLDER}/back.html", f"{{{{FrontSide}}}}{begin}{BACK}")
    found = [one for one in project.findings() if one["code"] == "K27"]
    assert any(one["path"].endswith("capital.html") for one in found), found


@pytest.mark.parametrize(("css", "code"), CSS)
def test_what_a_style_loads_or_does(project: Project, css: str, code: str) -> None:
    write_geo(project, FRANCE)
    project.write(f"{FOLDER}/style.css", f"p {{}}\n{css}")
    found = project.findings()
    assert _codes(found) == ({code} if code else set()), found
    assert all(
        one["line"] >= 2 for one in found if one["code"] == "K27" and "never closed" not in one["message"]
    )


def test_author_who_vouches_for_it_is_told_at_each_build(project: Project) -> None:
    write_geo(project, FRANCE)
    project.write("geo/deck.yaml", f"{DECK}trusted: true\n")
    project.write(f"{FOLDER}/back.html", f'{BACK}<img src="https://example.org/x.png">')
    found = [one for one in project.findings() if one["code"] == "K27"]
    assert {one["severity"] for one in found} == {"warning"}
    assert {one["path"].rpartition("/")[2] for one in found} == {"deck.yaml", "back.html"}
    for _ in range(3):
        outcome = project.build()
        assert "K27" in outcome.stderr, outcome
    project.write("geo/deck.yaml", f"{DECK}trusted: no\n")
    assert "K03" in project.codes()


def test_a_card_of_each_own_type_is_counted(project: Project) -> None:
    write_geo(project)
    assert "2 of type country, 1 of type verse" in project.run("stats").stdout
    assert "4 notes, 6 cards" in project.run("stats").stdout
    assert "4 notes, 6 cards" in project.build().stdout


def test_media_of_types_are_used(project: Project) -> None:
    write_geo(project)
    assert "G02" not in project.codes()
    project.write(f"{FOLDER}/style.css", "")
    write_type(project, "country", COUNTRY, {"flag.html": "{{Flag}}"})
    assert project.codes() == ["G02"]


def test_deletion_of_a_field_that_is_badly_written_is_told_once(project: Project) -> None:
    write_geo(project, CARDS.replace("{{c2::bright}}", "{c2::bright}}"))
    told = [code for code in project.all_codes() if code in ("C01", "T04")]
    assert told == ["C01"]


def test_texts_of_own_cards_are_mended_as_others(project: Project) -> None:
    write_geo(project, FRANCE.replace("Paris", "Paris\u200b"))
    assert "T02" in project.all_codes()
    project.run("check", "--fix")
    assert "T02" not in project.all_codes()
    assert (project.root / "cards_source/geo/cards.yaml").read_text(encoding="utf-8") == FRANCE


@pytest.mark.parametrize(
    ("card", "good"),
    [
        ('{id: one, type: country, fields: {Country: "x"}}', True),
        ('{id: one, type: country, fields: {Country: "x"}, note: "y"}', True),
        ('{id: one, type: verse, fields: {Text: "{{c1::x}}"}}', True),
        ('{id: one, q: "x", a: "y"}', True),
        ('{id: one, type: country, fields: {Land: "x"}}', False),
        ('{id: one, type: country, fields: {Text: "x"}}', False),
        ('{id: one, type: land, fields: {Country: "x"}}', False),
        ('{id: one, fields: {Country: "x"}}', False),
    ],
)
def test_schema_of_a_deck_takes_what_is_read(project: Project, card: str, good: bool) -> None:
    write_geo(project, f"cards:\n  - {card}\n")
    schema = json.loads(project.run("schema", "cards", "geo").stdout)
    jsonschema.Draft7Validator.check_schema(schema)
    text = (project.root / "cards_source/geo/cards.yaml").read_text(encoding="utf-8")
    assert jsonschema.Draft7Validator(schema).is_valid(yaml.safe_load(text)) == good
    found = {one["code"] for one in project.findings() if one["code"].startswith("K")}
    assert (found == set()) == good


def test_field_that_is_not_there_is_not_taken_for_one_that_the_card_has(project: Project) -> None:
    write_geo(project)
    project.edit('Capital: "**Paris**"', 'Flat: "Paris"', "geo/cards.yaml")
    project.edit(
        "  Flag: other\n", "  Flag: other\n  Flat tyre: other\n", "geo/note_types/country/note_type.yaml"
    )
    (found,) = (one for one in project.findings() if one["code"] == "K24" and "`Flat`" in one["message"])
    assert "`Flag`" not in found["hint"]
    assert found["hint"].endswith(
        "(a new field is first written into cards_source/geo/note_types/country/note_type.yaml)"
    )


def test_schema_of_a_deck_that_is_not_there(project: Project) -> None:
    write_geo(project)
    assert project.run("schema", "cards", "goe").exit_code == 2
    assert project.run("schema", "deck", "geo").exit_code == 2


def test_translation_of_a_field_waits_for_an_edit(project: Project) -> None:
    write_geo(project, BILINGUAL)
    project.write("geo/deck.yaml", DECK.replace('"Geography"', '{en: "G", de: "E"}\nlanguages: [en, de]'))
    project.build()
    project.edit('Capital: "Paris"}, note: "On', 'Capital: "Lutetia"}, note: "On', "geo/cards.yaml")
    (found,) = (one for one in project.all_findings() if one["code"] == "B12")
    assert found["message"] == "the field `Capital` changed in `en`, and not in `de`"
    project.edit('Country: "France"', 'Country: "The France"', "geo/cards.yaml")
    (found,) = (one for one in project.all_findings() if one["code"] == "B12")
    assert found["message"] == (
        "the field `Capital` and one of the fields `Country`, `Flag` changed in `en`, and not in `de`"
    )


def test_own_cards_are_retired_and_renamed_as_others(project: Project) -> None:
    write_geo(project).build()
    assert project.run("retire", "spain", "--reason", "Over").exit_code == 0
    assert project.run("rename", "france", "the-france").exit_code == 0
    assert project.codes() == []
    out = project.run("plan").stdout
    assert "spain" in out
    assert "the-france" in out
    project.build()
    assert "was=france type=country" in project.lock("geo").read_text(encoding="utf-8")


def test_names_that_anki_or_deckgen_fills_are_no_authors_fields() -> None:
    spares = [f"Spare{place + 1}" for place in range(own_types.SPARE_FIELDS)]
    filled = (template.FRONT, *template.SPECIAL, own_types.STATUS, own_types.ID, *spares)
    assert {name.lower() for name in filled} == note_type_file._TAKEN


TWO_TEXTS = "kind: cloze\nfields: {Text: cloze, More: cloze, Other: other}\ntemplates: [{name: C, front: a.html, back: a.html}]\n"


@pytest.mark.parametrize(
    ("side", "told"),
    [
        ("{{cloze:Text}}{{cloze:More}}", ""),
        ("{{cloze:Text}}{{#Other}}{{cloze:More}}{{/Other}}", "K26 cards.yaml:1:73 the card of `{{c2::…}}` hides nothing: its front does not show `More`"),
        ('<p class="cloze">{{cloze:Text}}</p>', "K26 cards.yaml:1:73 the card of `{{c2::…}}` hides nothing: its front does not show `More`"),
        ("{{cloze:Text}}{{#c2}}{{cloze-only:More}}{{/c2}}", ""),
        ("{{cloze:Text}}{{type:cloze:More}}", ""),
        ("{{cloze:Text}}{{#Tags}}{{cloze:More}}{{/Tags}}", "K26 cards.yaml:1:73 the card of `{{c2::…}}` hides nothing: its front does not show `More`"),
        ("{{cloze:Text}}{{cloze:More}} {{More}}", "K25 a.html:1:30 `More` without `cloze:` shows learners the braces of its deletions"),
    ],
)  # fmt: skip
def test_card_of_a_cloze_type_that_hides_nothing(project: Project, side: str, told: str) -> None:
    write_geo(
        project,
        'cards: [{id: one, type: two, fields: {Text: "The {{c1::Seine}}", More: "in {{c2::Paris}}"}}]\n',
    )
    write_type(project, "two", TWO_TEXTS, {"a.html": side})
    found = [one for one in _told(project) if "no template shows" not in one]
    assert set(found) == ({told} if told else set()), found


@pytest.mark.parametrize("sign", ["<b>", "&#91;", "[sound:x]", "\\\\(", "{{c1::x}}"])
@pytest.mark.parametrize("mark", ["Deck", "Subdeck", "Card"])
def test_name_that_a_template_would_show_as_html(project: Project, mark: str, sign: str) -> None:
    write_geo(project, FRANCE)
    assert "K27" not in project.codes()
    if mark == "Card":
        project.edit("Flag - Country", f"Flag {sign}", TYPE)
    elif mark == "Deck":
        project.edit('"Geography"', f'"Geography {sign}"', "geo/deck.yaml")
    else:
        project.edit("cards:\n", f'deck: "Maps {sign}"\ncards:\n', "geo/cards.yaml")
    assert "K27" not in project.codes(), "no template shows it"
    project.write(f"{FOLDER}/back.html", f"{BACK}{{{{#{mark}}}}}{{{{text:{mark}}}}}{{{{/{mark}}}}}")
    (found,) = (one for one in project.findings() if one["code"] == "K27")
    assert found["severity"] == "error"


def test_readings_over_what_is_html(project: Project) -> None:
    write_geo(project, FRANCE.replace('Capital: "Paris"', 'Capital: !html "<b>東京</b>[とうきょう]"'))
    project.write(f"{FOLDER}/back.html", "{{furigana:Country}} {{furigana:Capital}}")
    assert [one for one in _told(project) if one.startswith(("K21", "K27"))] == []
    assert "1 note" in project.build().stdout
    project.write(f"{FOLDER}/back.html", "{{furigana:Country}} {{text:Capital}}")
    project.edit("<b>東京</b>", "&lt;b>東京", "geo/cards.yaml")
    assert "K21" in project.run("build").stdout + project.run("build").stderr


def test_schema_of_a_deck_with_a_broken_note_type_is_refused(project: Project) -> None:
    write_geo(project)
    project.write("geo/note_types/verse/note_type.yaml", VERSE.replace("cloze, Poem", "clozes, Poem"))
    result = project.run("schema", "cards", "geo")
    assert result.exit_code == 2
    assert not result.stdout
    assert "`verse` in note_types/ has mistakes; `deckgen check` names them" in result.stderr
