"""A deck that learners had before deckgen: made by the real Anki, and written as source by hand, for tests."""

from __future__ import annotations

import json
import sqlite3
import tempfile
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from anki.collection import DeckIdLimit, ExportAnkiPackageOptions

from deckgen.kinds import Kind
from deckgen.lock.advance import next_lock
from deckgen.lock.dump import dump
from deckgen.lock.inherit import known
from deckgen.lock.lines import Lock, NoteLine, PackageLine, TypeLine
from deckgen.notes.layouts import Layout
from deckgen.notes.render import render_deck
from deckgen.reading.anki_json import OF_FIELD, OF_TEMPLATE, OF_TYPE
from deckgen.reading.load import load
from tests.conftest import Project
from tests.real_anki import Learner

TITLE = "Español::Básico"
#: By the name of the note type in Anki: the folder, the meanings of the fields, and the keys of cards.
TYPES = {
    "Basic": ("basic", {"Front": "question", "Back": "answer"}, "q: Front\na: Back\n"),
    "Basic (and reversed card)": (
        "both-ways", {"Front": "question", "Back": "answer"}, "q: Front\na: Back\nreverse: true\n",
    ),
    "Cloze": ("cloze-text", {"Text": "cloze", "Back Extra": "note"}, "kind: cloze\ncloze: Text\nnote: Back Extra\n"),
    "漢字 (my own)": ("kanji", {"Type": "other", "Id, really": "other", "Status": "answer"}, ""),
}  # fmt: skip
NOTES = (
    ("Basic", ("¿Cómo estás?", "How are you?"), ("Saludos::Básico",)),
    ("Basic (and reversed card)", ("el perro", "the dog"), ("Animales", "#1")),
    ("Cloze", ("La casa es {{c1::roja}} y {{c2::grande}}.", "An adjective."), ()),
    ("漢字 (my own)", ("水", "mizu", "water"), ("漢字",)),
    ("Basic", ("gracias", "thanks"), ()),
)
FRONT = "<b>{{Type}}</b> {{Tags}}\r\n{{#Status}}{{unknown-filter:Id, really}}{{/Status}}  \n"
BACK = "{{FrontSide}}\n<hr id=answer>\n{{Status}} {{Deck}} {{Card}} {{CardFlag}}"
STYLE = ".card { color: navy }\r\n.nightMode .x{}\n\n"


def fill(learner: Learner) -> None:
    """Give somebody the deck, as its author made it in Anki, and let them study it."""
    col = learner.col
    own = col.models.new("漢字 (my own)")
    for name in TYPES["漢字 (my own)"][1]:
        field = col.models.new_field(name) | {"size": 31, "rtl": name == "Status"}
        col.models.add_field(own, field)
    template = col.models.new_template("カード 1")
    template |= {"qfmt": FRONT, "afmt": BACK, "bqfmt": "{{Type}}"}
    col.models.add_template(own, template)
    own |= {"css": STYLE, "latexPost": "\\end{document} % mine", "sortf": 1}
    col.models.add(own)
    deck = col.decks.id(TITLE)
    assert deck is not None
    for name, fields, tags in NOTES:
        note_type = col.models.by_name(name)
        assert note_type is not None
        note = col.new_note(note_type)
        note.fields, note.tags = list(fields), list(tags)
        col.add_note(note, deck)
    learner.study(TITLE, 4)


def export(learner: Learner, package: Path) -> Path:
    """The package that the author shared."""
    deck = learner.col.decks.id_for_name(TITLE)
    assert deck is not None
    options = ExportAnkiPackageOptions(
        with_scheduling=False, with_deck_configs=False, with_media=True, legacy=True
    )
    learner.col.export_anki_package(out_path=str(package), options=options, limit=DeckIdLimit(deck))
    return package


def _in_package(package: Path) -> tuple[list[dict[str, Any]], list[tuple[Any, ...]]]:
    """The note types that notes have, and the notes: guid, note type, stamp, tags, fields, cards."""
    with zipfile.ZipFile(package) as file, tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "collection"
        path.write_bytes(file.read("collection.anki21"))
        there = sqlite3.connect(path)
        models = json.loads(there.execute("select models from col").fetchone()[0])
        notes = there.execute("select guid, mid, mod, tags, flds, id from notes order by id").fetchall()
        there.close()
    used = {note[1] for note in notes}
    return [one for one in models.values() if int(one["id"]) in used], notes


def _kept(given: Mapping[str, Any], known_keys: Mapping[str, Any]) -> dict[str, Any]:
    return {key: given[key] for key in known_keys if key in given}


def _write_type(project: Project, model: Mapping[str, Any]) -> None:
    folder, meanings, keys = TYPES[model["name"]]
    where = f"spanish/note_types/{folder}"
    listed = "".join(f"  {json.dumps(name)}: {meaning}\n" for name, meaning in meanings.items())
    sides = ""
    for number, template in enumerate(model["tmpls"], start=1):
        front, back = f"card-{number}.front.html", f"card-{number}.back.html"
        project.write(f"{where}/{front}", template["qfmt"])
        project.write(f"{where}/{back}", template["afmt"])
        sides += f"  - {{name: {json.dumps(template['name'])}, front: {front}, back: {back}}}\n"
    adopted = json.dumps(model["name"], ensure_ascii=False)
    text = f"adopted: {adopted}\n{keys}fields:\n{listed}templates:\n{sides}"
    project.write(f"{where}/note_type.yaml", text)
    project.write(f"{where}/style.css", model["css"])
    options = _kept(model, OF_TYPE)
    options["flds"] = [_kept(one, OF_FIELD) for one in model["flds"]]
    options["tmpls"] = [_kept(one, OF_TEMPLATE) for one in model["tmpls"]]
    project.write(f"{where}/anki.json", json.dumps(options, ensure_ascii=False, indent=1))


def _card(number: int, name: str, tags: str, fields: list[str]) -> str:
    folder, meanings, keys = TYPES[name]
    one, two = (json.dumps(text, ensure_ascii=False) for text in fields[:2])
    texts = f"q: {one}, a: {two}"
    if "reverse" in keys:
        texts += ", reverse: true"
    elif "cloze" in keys:
        texts = f"cloze: {one}, note: {two}"
    elif not keys:
        filled = dict(zip(meanings, fields, strict=True))
        texts = f"type: {folder}, fields: {json.dumps(filled, ensure_ascii=False)}"
    listed = json.dumps(tags.split(), ensure_ascii=False)
    return f"  - {{id: note-{number}, {texts}, tags: {listed}}}\n"


def write(project: Project, package: Path) -> None:
    """The source of a package, and the lock that an adoption leaves."""
    models, notes = _in_package(package)
    for model in models:
        _write_type(project, model)
    names = {int(model["id"]): model["name"] for model in models}
    tags = sorted({tag for note in notes for tag in note[3].split()})
    project.write(
        "spanish/deck.yaml",
        f"deck: spanish\nseed: abc\ntitle: {json.dumps(TITLE, ensure_ascii=False)}\nadopted: true\n"
        f"tags: {json.dumps(tags, ensure_ascii=False)}\n",
    )
    cards = [
        _card(number, names[note[1]], note[3], note[4].split("\x1f"))
        for number, note in enumerate(notes, start=1)
    ]
    project.write("spanish/01-cards.yaml", "cards:\n" + "".join(cards))
    lock = Lock(
        "spanish abc",
        {"": PackageLine("1", "", TITLE)},
        {("", TYPES[model["name"]][0]): _type_line(model) for model in models},
        {
            (f"note-{number}", ""): NoteLine(
                Kind.OWN, note[2], 1_690_000_000_000 + number * 500, "", "", guid=note[0],
                type=TYPES[names[note[1]]][0],
            )
            for number, note in enumerate(notes, start=1)
        },
    )  # fmt: skip
    project.write("spanish/deck.lock", dump(_as_built(project, lock)))


def _type_line(model: Mapping[str, Any]) -> TypeLine:
    fields = tuple(one["name"] for one in model["flds"])
    layout = Layout(
        fields,
        tuple(one["name"] for one in model["tmpls"]),
        fields[model["sortf"]],
        model["type"] == 1,
        number=int(model["id"]),
        field_numbers=tuple(one.get("id") for one in model["flds"]),
        template_numbers=tuple(one.get("id") for one in model["tmpls"]),
    )
    return TypeLine(model["mod"], "", layout=layout, fronts="0" * 8)


def _as_built(project: Project, lock: Lock) -> Lock:
    """The lock that says of each line what the next build will find, with the stamps that learners have."""
    deck, findings = load(project.root / "cards_source/spanish")
    assert deck is not None
    assert findings == [], findings
    after, _ = next_lock(lock, deck, [render_deck(deck, "", known(deck, "", lock))], 0)
    return replace(
        after,
        note_types={
            key: replace(line, stamp=lock.note_types[key].stamp, above=0) if key in lock.note_types else line
            for key, line in after.note_types.items()
        },
        notes={
            key: replace(line, stamp=lock.notes[key].stamp, above=0, texts=line.texts[:1])
            for key, line in after.notes.items()
        },
    )
