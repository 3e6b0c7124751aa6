"""Note types that take the keys of a card, and those that learners had before deckgen: each mistake at its place."""

from __future__ import annotations

import json

import jsonschema
import pytest
import yaml

from deckgen.kinds import Kind, OwnFields
from deckgen.lock.parse import parse
from deckgen.reading import anki_json
from deckgen.reading.load import load
from tests.conftest import Project

HOME = "spanish/note_types"
BASIC = f"{HOME}/basic/note_type.yaml"
DECK = "deck: spanish\ntitle: Spanish\ntags: []\n"
TYPE = """\
q: Front
a: Back
fields: {Front: question, Back: answer, Extra: note}
note: Extra
templates:
  - {name: "Card 1", front: a.html, back: b.html}
"""
BOTH = TYPE.replace(
    "templates:\n", 'reverse: true\ntemplates:\n  - {name: "Card 2", front: a.html, back: b.html}\n'
)
CLOZE = """\
kind: cloze
cloze: Text
fields: {Text: cloze, Extra: note}
templates: [{name: "Cloze", front: a.html, back: a.html}]
"""
CARDS = """\
cards:
  - {id: one, q: "Where?", a: "There.", note: "Or here."}
  - {id: two, q: "Which cup?", a: "The blue one.", reverse: true}
  - {id: three, cloze: "The cup is {{c1::there}}."}
  - {id: four, q: "Which?", list: {x: "This.", y: "That."}}
  - {id: five, type: basic, q: "Where else?", fields: {Back: "Over there."}}
  - {id: six, type: both, q: "Who?", a: "You.", reverse: true}
"""


def _write(project: Project) -> None:
    project.write("spanish/deck.yaml", DECK)
    project.write("spanish/cards.yaml", CARDS)
    for name, text, side in (
        ("basic", TYPE, "{{Front}}"), ("both", BOTH, "{{Front}}"), ("gap", CLOZE, "{{cloze:Text}} {{Extra}}"),
    ):  # fmt: skip
        project.write(f"{HOME}/{name}/note_type.yaml", text)
        project.write(f"{HOME}/{name}/a.html", side)
        if name != "gap":
            project.write(f"{HOME}/{name}/b.html", "{{FrontSide}} {{Back}} {{Extra}}")


def _told(project: Project) -> list[str]:
    return [
        f"{one['code']} {one['path'].rpartition('/')[2]}:{one['line']}:{one['column']} {one['message']}"
        for one in project.findings()
    ]


def test_a_card_is_of_the_type_that_takes_its_keys(project: Project) -> None:
    _write(project)
    assert _told(project) == []
    deck, _ = load(project.root / "cards_source/spanish")
    assert deck is not None
    contents = {card.id.value: card.contents[""] for card in deck.cards}
    types = {name: one.type.value for name, one in contents.items() if isinstance(one, OwnFields)}
    assert types == {"one": "basic", "two": "both", "three": "gap", "five": "basic", "six": "both"}
    assert contents["four"].kind is Kind.LIST
    one = contents["one"]
    assert isinstance(one, OwnFields)
    assert [(text.name.value, text.text.value) for text in one.texts] == [
        ("Front", "Where?"), ("Back", "There."), ("Extra", "Or here."),
    ]  # fmt: skip
    assert not any(card.reverse for card in deck.cards)
    # It is the same card as one that says its type and its fields.
    project.edit(
        '{id: one, q: "Where?", a: "There.", note: "Or here."}',
        '{id: one, type: basic, fields: {Front: "Where?", Back: "There."}, note: "Or here."}',
        "spanish/cards.yaml",
    )
    again, _ = load(project.root / "cards_source/spanish")
    assert again is not None
    assert again.cards[0] == deck.cards[0]


def test_an_editor_takes_such_cards(project: Project) -> None:
    _write(project)
    schema = json.loads(project.run("schema", "cards", "spanish").stdout)
    validator = jsonschema.Draft7Validator(schema)
    assert list(validator.iter_errors(yaml.safe_load(CARDS))) == []
    assert not validator.is_valid(yaml.safe_load(CARDS.replace("fields: {Back:", "fields: {Bakc:")))


def test_without_such_a_type_all_is_as_ever(project: Project) -> None:
    _write(project)
    project.write(BASIC, TYPE.replace("q: Front\na: Back\n", ""))
    project.edit(
        'type: basic, q: "Where else?", fields: {Back',
        "type: basic, fields: {Front: W, Back",
        "spanish/cards.yaml",
    )
    deck, _ = load(project.root / "cards_source/spanish")
    assert deck is not None
    assert [card.kind for card in deck.cards[:2]] == [Kind.QA, Kind.OWN]
    assert _told(project) == []


def test_in_several_languages(project: Project) -> None:
    _write(project)
    project.write(
        "spanish/deck.yaml", "deck: spanish\ntitle: {en: S, de: T}\nlanguages: [en, de]\ntags: []\n"
    )
    project.write(
        "spanish/cards.yaml",
        "cards:\n  - id: one\n    reverse: true\n    typed: true\n    en: {q: Who?, a: You.}\n    de: {q: Wer?, a: Du.}\n",
    )
    told = _told(project)
    assert told == ["K24 cards.yaml:4:5 a card of the note type `both` can't have `typed:`"]
    project.edit("    typed: true\n", "", "spanish/cards.yaml")
    assert _told(project) == []
    project.build()


@pytest.mark.parametrize(
    ("file", "old", "new", "told"),
    [
        (BASIC, "q: Front", "q: Frnt", "K23 note_type.yaml:1:4 `q:` names `Frnt`, which is not one of its fields"),
        (BASIC, "a: Back\n", "", "K23 note_type.yaml:1:1 `q:` names a field, and no `a:` does"),
        (BASIC, "q: Front\n", "", "K23 note_type.yaml:1:1 `a:` names a field, and no `q:` does"),
        (BASIC, "a: Back", "a: Front", "K23 note_type.yaml:2:1 `a:` and `q:` name the same field"),
        (BASIC, "a: Back", "a: Extra", "K23 note_type.yaml:2:1 `a:` names `Extra`, which is not for: answer"),
        (BASIC, "a: Back\n", "a: Back\nreverse: true\n", "K23 note_type.yaml:3:1 `reverse: true` is for a type whose second card asks for what the first one answers"),
        (BASIC, "a: Back\n", "a: Back\nreverse: yes\n", "K03 note_type.yaml:3:10 `reverse:` must be true or false"),
        (BASIC, "q: Front\na: Back", "cloze: Front", "K23 note_type.yaml:1:1 `cloze:` names `Front`, which is not for: cloze"),
        (f"{HOME}/gap/note_type.yaml", "cloze: Text", "q: Text\na: Extra", "K23 note_type.yaml:2:1 `q:` names `Text`, which is not for: question"),
        (f"{HOME}/gap/note_type.yaml", "cloze: Text\n", "q: Extra\na: A\ncloze: Text\n", "K23 note_type.yaml:3:4 `a:` names `A`, which is not one of its fields"),
        (f"{HOME}/gap/note_type.yaml", "cloze: Text\nfields: {", "q: A\na: B\nfields: {A: question, B: answer, ", "K23 note_type.yaml:2:1 `q:` is for a standard type"),
        (f"{HOME}/both/note_type.yaml", "reverse: true\n", "", "K23 note_type.yaml:1:1 the note type `basic` takes the same cards by `q:` and `a:`"),
        ("spanish/cards.yaml", 'note: "Or here."', 'hint: "Or here."', "K24 cards.yaml:2:41 a card of the note type `basic` can't have `hint:`"),
        ("spanish/cards.yaml", 'note: "Or here."', "typed: true", "K24 cards.yaml:2:41 a card of the note type `basic` can't have `typed:`"),
        ("spanish/cards.yaml", 'note: "Or here."', "speaker: me", "K24 cards.yaml:2:41 the note type `basic` has no field for `speaker:`"),
        ("spanish/cards.yaml", "fields: {Back:", "a: There., fields: {Back:", "K24 cards.yaml:6:47 the field `Back` is filled by `a:`, and again under `fields:`"),
        ("spanish/cards.yaml", "type: basic, q", "type: basic, reverse: true, q", "K24 cards.yaml:6:29 a card with `type:` can't have `reverse:`"),
        ("spanish/cards.yaml", "type: basic, q", "type: basic, cloze", "K24 cards.yaml:6:29 a card with `type:` can't have `cloze:`"),
        (BASIC, "note: Extra", "adopted: ''", "K23 note_type.yaml:4:10 `adopted:` names no note type of Anki's"),
        (BASIC, "note: Extra", "adopted: B\ntts: en_US", "K23 note_type.yaml:5:1 `tts:` has no effect: the templates of an adopted type are shipped as they are"),
        (BASIC, "note: Extra", f"adopted: {'B' * 301}", "K23 note_type.yaml:4:10 `adopted:` names no note type of Anki's"),
        (BASIC, "note: Extra", "adopted: [B]", "K03 note_type.yaml:4:10 `adopted:` must be a text"),
    ],
)  # fmt: skip
def test_mistake(project: Project, file: str, old: str, new: str, told: str) -> None:
    _write(project)
    project.edit(old, new, file)
    found = _told(project)
    assert told in found, found
    assert all(one["hint"] for one in project.findings())
    before = project.files()
    assert project.run("build", "--no-lint").exit_code == 1
    assert project.files() == before


ADOPTED = f"adopted: Basic\n{TYPE}"
LINE = (
    "notetype - basic 0 80ffdd04af2e2a27 fields=Front,Back,Extra templates=Card%201 sort=Back id=1795813736302 "
    "field-ids=-544,7,- template-ids=- fronts=00000000"
)
LOCK = f'deckgen-lock 1\ndeck spanish\n\npackage - 1 - "Spanish"\n\n{LINE}\n'


def test_the_lock_must_know_an_adopted_type(project: Project) -> None:
    _write(project)
    project.write(BASIC, ADOPTED)
    assert _told(project) == ["R23 deck.lock:1:1 the lock does not know the adopted note type `basic`"]
    project.write("spanish/deck.lock", LOCK)
    assert _told(project) == []
    project.build()
    assert LINE.rpartition(" fronts")[0].split(" ", 5)[5] in project.lock("spanish").read_text(
        encoding="utf-8"
    )


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("adopted: Basic\n", "", "the note type `basic` was adopted, and `adopted:` is gone now"),
        (", Extra: note}", ", Extra: note, More: other}", "the note type `basic` was adopted without the fields `More`, and can't get more: Anki would refuse every update"),
        ("templates:\n", "templates:\n  - {name: C, front: a.html, back: b.html}\n", "the note type `basic` was adopted without the templates `C`, and can't get more: Anki would refuse every update"),
        (", Extra: note}\nnote: Extra", "}", "the note type `basic` was built with the field `Extra`, which is gone now"),
        ('"Card 1"', '"Card"', "the note type `basic` was built with the template `Card 1`, which is gone now"),
        ("note: Extra\n", "note: Extra\nsort: Front\n", "the note type `basic` was built sorted by `Back`, and is sorted by `Front` now"),
    ],
)  # fmt: skip
def test_an_adopted_type_stays_as_it_is(project: Project, old: str, new: str, told: str) -> None:
    _write(project)
    project.write("spanish/deck.lock", LOCK)
    project.write(BASIC, ADOPTED)
    project.edit(old, new, BASIC)
    if "Extra" in old and not new.startswith(","):
        project.edit(', note: "Or here."', "", "spanish/cards.yaml")
    found = project.findings()
    assert told in [one["message"] for one in found if one["code"] == "K29"], found
    assert not any("--forget" in one["hint"] for one in found), "learners had it before deckgen"
    project.write(BASIC, TYPE)
    project.write(
        "spanish/deck.lock",
        LOCK.partition(" id=")[0].replace("basic 0", "basic 1700000000") + " fronts=00000000\n",
    )
    assert "K29" not in project.codes()
    project.write(BASIC, ADOPTED)
    messages = [one["message"] for one in project.findings() if one["code"] == "K29"]
    assert messages == ["the note type `basic` was built as one of the deck's own, and is `adopted:` now"]


@pytest.mark.parametrize(
    ("old", "new", "fits"),
    [
        ("basic 0 ", "basic 1342697561 ", True),
        ("id=1795813736302", "id=-5", True),
        ("id=1795813736302", "id=0", False),
        ("id=1795813736302", "id=-", False),
        ("id=1795813736302", "id=9223372036854775808", False),
        (" id=1795813736302", "", False),
        ("field-ids=-544,7,-", "field-ids=-544,7", False),
        ("field-ids=-544,7,-", "field-ids=-544,007,-", False),
        (" field-ids=-544,7,-", "", False),
        ("template-ids=-", "template-ids=1,2", False),
        (" fields=Front,Back,Extra", "", False),
        (" id=1795813736302 field-ids=-544,7,- template-ids=-", "", False),  # a stamp of 0 needs them
    ],
)  # fmt: skip
def test_line_of_an_adopted_type(old: str, new: str, fits: bool) -> None:
    assert LOCK.count(old) == 1
    lock, findings = parse(LOCK.replace(old, new), "deck.lock")
    assert (lock is not None) is fits
    assert (findings == []) is fits


def test_two_types_have_two_numbers() -> None:
    other = LINE.replace("- basic", "- other")
    assert parse(f"{LOCK}{other}\n", "deck.lock")[0] is None
    assert parse(f"{LOCK}{other.replace('id=1', 'id=2')}\n", "deck.lock")[1] == []


def test_branches_that_changed_an_adopted_type_keep_its_numbers() -> None:
    lock, findings = parse(LOCK + LINE.replace("basic 0 8", "basic 1700000000 9") + "\n", "deck.lock")
    assert findings == []
    assert lock is not None
    line = lock.note_types["", "basic"]
    assert (line.stamp, line.digest, line.split) == (1_700_000_000, "merged", False)
    assert line.layout is not None
    assert (line.layout.number, line.layout.field_numbers) == (1795813736302, (-544, 7, None))


@pytest.mark.parametrize(
    "side",
    ["", "{{", "}}", "{{Front", "{{#Front}}", "{{/Front}}", "{{#Front}}{{#Back}}{{/Front}}", "{{=<% %>=}}<%Front%>",
     "{{Gone}}", "{{x:y:z:}}", "{{:Front}}", "{{}}", "{{#}}{{/}}", "{{FrontSide}}", "{{#Front}}" * 200 + "{{/Front}}" * 200,
     "{{Tags}}{{Type}}{{Deck}}{{Subdeck}}{{Card}}{{CardFlag}}{{CardID}}", "{{tts:Front}}", "{{cloze:Front}}",
     "<!-- {{Front -->", "\x00\r\x85", "{{type:Front}}", "{{#c1}}{{Front}}{{/c1}}"],
)  # fmt: skip
def test_whatever_its_templates_are_like(project: Project, side: str) -> None:
    """Nothing is said of a template that learners have, and nothing of the house stumbles."""
    _write(project)
    project.write("spanish/deck.lock", LOCK)
    project.write("spanish/deck.yaml", f"{DECK}tts: en_US\n")
    project.write(BASIC, ADOPTED)
    project.write(f"{HOME}/basic/a.html", side)
    project.write(f"{HOME}/basic/b.html", f"{{{{FrontSide}}}}{side}")
    assert {one["code"] for one in project.findings()} <= {"K26", "K37"}
    assert all(one["severity"] != "error" for one in project.findings())
    project.build()
    for command in (["preview"], ["stats"], ["forecast"], ["plan"], ["build", "--locked", "--no-lint"]):
        outcome = project.run(*command)
        assert outcome.exit_code == 0, outcome.stderr


def test_names_may_be_any_that_anki_has(project: Project) -> None:
    _write(project)
    names = [
        "Type",
        "Id",
        "Status",
        "Tags",
        "1",
        "Word (en)",
        "漢字",
        "Spare1",
        "c1",
        "a,b % c",
        "front",
        "Front",
    ]
    fields = "".join(f"  {json.dumps(name)}: other\n" for name in names)
    project.write(
        BASIC,
        f'adopted: "B <1>"\nfields:\n{fields}templates: [{{name: "Spare", front: a.html, back: b.html}}]\n',
    )
    project.write(f"{HOME}/basic/a.html", "\ufeff{{Type}}\r\n{{#unclosed}} {{x:y:Id}}\x07 \n")
    project.write(f"{HOME}/basic/b.html", "")
    filled = ", ".join(f"{json.dumps(name)}: {number}" for number, name in enumerate(names))
    project.write("spanish/cards.yaml", f"cards:\n  - {{id: one, type: basic, fields: {{{filled}}}}}\n")
    deck, findings = load(project.root / "cards_source/spanish")
    assert findings == []
    assert deck is not None
    own = deck.note_types["basic"]
    assert [sheet.text for sheet in own.sheets] == ["\ufeff{{Type}}\r\n{{#unclosed}} {{x:y:Id}}\x07 \n", ""]
    assert own.field_names == tuple(names)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is not JSON: Expecting value"),
        ("{\n", "is not JSON: Expecting property name enclosed in double quotes"),
        ("[" * 100_000, "is not JSON of Anki's: a number or its depth is beyond all bounds"),
        ('{"latexsvg": ' + "9" * 5000 + "}", "is not JSON of Anki's: a number or its depth is beyond all bounds"),
        ("[]", "must be a JSON object"),
        ('{"latexsvg": NaN}', "has `NaN`, which is no value of JSON"),
        ('{"latexsvg": true, "latexsvg": true}', "has a key twice"),
        ('{"css": "x"}', "has the key `css`, which is not one of latexPre, latexPost, latexsvg, originalStockKind"),
        ('{"latexsvg": 1}', "has a value of `latexsvg` that Anki does not take"),
        ('{"latexPre": "\\ud800"}', "has a value of `latexPre` that Anki does not take"),
        ('{"originalStockKind": true}', "has a value of `originalStockKind` that Anki does not take"),
        ('{"flds": {}}', "`flds` must be a list with an object for each of the 2 fields"),
        ('{"flds": [{}]}', "`flds` must be a list with an object for each of the 2 fields"),
        ('{"tmpls": [[]]}', "`tmpls` must be a list of objects"),
        ('{"flds": [{}, {"id": 7}]}', "has the key `id` in number 2 of `flds`, which is not one of font, size, rtl, sticky, description, plainText, collapsed, excludeFromSearch, preventDeletion, tag"),
        ('{"flds": [{}, {"size": 65536}]}', "has a value of `size` in number 2 of `flds` that Anki does not take"),
        ('{"tmpls": [{"did": 1}]}', "has the key `did` in number 1 of `tmpls`, which is not one of bqfmt, bafmt, bfont, bsize"),
    ],
)  # fmt: skip
def test_anki_json_that_anki_would_not_take(text: str, message: str) -> None:
    with pytest.raises(anki_json.Unfit) as raised:
        anki_json.parse(text, 2, 1)
    assert str(raised.value) == message


def test_mistakes_in_anki_json_are_findings(project: Project) -> None:
    _write(project)
    project.write(f"{HOME}/basic/anki.json", '{"latexsvg": true}')
    assert _told(project) == ["K23 anki.json:1:1 is not read"]  # a warning: the type is not adopted
    project.write("spanish/deck.lock", LOCK)
    project.write(BASIC, ADOPTED)
    assert _told(project) == []
    project.write(f"{HOME}/basic/anki.json", '{\n"latexsvg": true,\n}')
    assert [one.partition(":")[0] for one in _told(project)] == ["K23 anki.json"]
    project.write(f"{HOME}/basic/anki.json", "x" * 200_001)
    assert _told(project) == ["Y05 anki.json:1:1 can't be read: it has more than 200 kB"]
    project.write(f"{HOME}/basic/anki.json", json.dumps({"latexPre": "\\input{/etc/passwd}"}))
    assert [one[:3] for one in _told(project)] == ["K28"]
    header = "\\documentclass[12pt]{article}\n\\usepackage{amssymb,amsmath}\n\\begin{document}\n"
    project.write(f"{HOME}/basic/anki.json", json.dumps({"latexPre": header, "latexPost": "\\end{document}"}))
    assert _told(project) == []
