"""Existing decks for tests, made by the real Anki: what a learner has, and what is given to others."""

from __future__ import annotations

import json
import sqlite3
import zipfile
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from anki.collection import DeckIdLimit, ExportAnkiPackageOptions

from tests.real_anki import Learner


def add(learner: Learner, deck: str, type_name: str, fields: Sequence[str], tags: Sequence[str] = ()) -> Any:
    """A note in a deck, which is made if it is not there."""
    note_type = learner.col.models.by_name(type_name)
    assert note_type is not None, type_name
    note = learner.col.new_note(note_type)
    note.fields = [*fields]
    note.tags = [*tags]
    deck_id = learner.col.decks.id(deck)
    assert deck_id is not None
    learner.col.add_note(note, deck_id)
    return note


def export(
    learner: Learner, path: Path, deck: str = "", *, legacy: bool = True, studied: bool = False
) -> Path:
    """A package of a deck, or of everything, as people give it to others."""
    options = ExportAnkiPackageOptions(with_scheduling=studied, with_media=True, legacy=legacy)
    limit = None
    if deck:
        deck_id = learner.col.decks.id_for_name(deck)
        assert deck_id is not None, deck
        limit = DeckIdLimit(deck_id)
    learner.col.export_anki_package(out_path=str(path), options=options, limit=limit)
    return path


def export_text(learner: Learner, path: Path, deck: str) -> Path:
    """The notes of a deck as Anki writes them into a text file, with all that can be ticked."""
    deck_id = learner.col.decks.id_for_name(deck)
    assert deck_id is not None, deck
    learner.col.export_note_csv(
        out_path=str(path),
        limit=DeckIdLimit(deck_id),
        with_html=True,
        with_tags=True,
        with_deck=True,
        with_notetype=True,
        with_guid=True,
    )
    return path


def crowdanki(learner: Learner, within: str = "Spanish::Verbs") -> dict[str, Any]:
    """What CrowdAnki writes of a deck and the one `within`, by the rules of its classes (crowd_anki/representation/)."""
    col = learner.col
    models = {}
    for model in col.models.all():
        kept = {key: value for key, value in model.items() if key not in ("id", "mod", "usn")}
        models[model["id"]] = kept | {"__type__": "NoteModel", "crowdanki_uuid": f"uuid-{model['name']}"}

    def deck(name: str, *, child: bool) -> dict[str, Any]:
        number = col.decks.id_for_name(name)
        assert number is not None
        ids = col.db.list("select distinct nid from cards where did = ? order by nid", number)  # type: ignore[union-attr]
        notes = [col.get_note(one) for one in ids]
        return {
            "__type__": "Deck",
            "children": [deck(within, child=True)] if not child else [],
            "crowdanki_uuid": f"deck-{name}",
            "deck_config_uuid": "config",
            "desc": "All of it" if not child else "",
            "dyn": 0,
            "media_files": ["a b.png", "lost.png"] if not child else [],
            "name": name.rpartition("::")[2],
            "notes": [
                {
                    "__type__": "Note",
                    "fields": list(note.fields),
                    "guid": note.guid,
                    "note_model_uuid": models[note.mid]["crowdanki_uuid"],
                    "tags": list(note.tags),
                }
                for note in notes
            ],
        } | ({} if child else {"note_models": list(models.values()), "deck_configurations": [{}]})

    return deck("Spanish", child=False)


def with_decks(package: Path, target: Path, names: Mapping[str, str]) -> Path:
    """A package of the old form with other names of decks, as programs write them that are not Anki."""
    with zipfile.ZipFile(package) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "collection.anki21":
                path = target.with_suffix(".anki2")
                path.write_bytes(data)
                with closing(sqlite3.connect(path)) as db:
                    decks = json.loads(db.execute("select decks from col").fetchone()[0])
                    for deck in decks.values():
                        deck["name"] = names.get(deck["name"], deck["name"])
                    db.execute("update col set decks = ?", [json.dumps(decks)])
                    db.commit()
                data = path.read_bytes()
            new.writestr(name, data)
    return target


def spanish(learner: Learner) -> None:
    """Words and sentences in two subdecks, with a picture."""
    add(learner, "Spanish::Words", "Basic", ["el <b>perro</b>", "the dog<br>a dog"], ["animals"])
    add(learner, "Spanish::Words", "Basic", ["la casa", "the house"], ["Things::At_home"])
    add(learner, "Spanish::Words", "Basic (and reversed card)", ["el gato", "the cat"], ["animals"])
    add(learner, "Spanish::Sentences", "Cloze", ["Yo {{c1::soy}} de {{c2::España}}.", "ser, not estar"])
    add(learner, "Spanish::Sentences", "Basic", ["¿Qué&nbsp;hora es?", "What time is it?"])
