"""Note types as Anki keeps them: JSON in older collections and in CrowdAnki's files, protobuf in newer ones.

Both say the same by different names. Here the names are those of the JSON (rslib/src/notetype/schema11.rs),
so that a type is the same value wherever it was read.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

from deckgen.adopting.foreign import ForeignField, ForeignTemplate, ForeignType
from deckgen.notes import faces
from deckgen.notes.note_types import Field, NoteType, Template
from deckgen.packing import collection
from deckgen.packing.protobuf import Message
from deckgen.packing.tables import Tables

#: Keys that the attributes of ForeignType say, that mean something only in the collection they come from
#: (`did`, `usn`, the tags last used), or that Anki works out (`req`).
_TYPE = {
    "id", "name", "type", "mod", "usn", "sortf", "did", "tmpls", "flds", "css", "req", "tags", "vers",
    "crowdanki_uuid", "__type__",
}  # fmt: skip
_FIELD = {"name", "ord", "id"}
_TEMPLATE = {"name", "ord", "qfmt", "afmt", "did", "id"}
#: Without these, Anki can't read the JSON of a field, so they stay also when they say nothing.
_NEEDED = {"font", "size", "sticky", "rtl"}


def from_json(model: Mapping[str, Any], decks: Mapping[int, str]) -> ForeignType:
    """A note type of the JSON of schema 11. `decks` are the names of decks by number.

    Raises ValueError, TypeError and the like when it is damaged.
    """
    fields, templates = model["flds"], model["tmpls"]
    options = _options(model, _TYPE)
    options["flds"] = [_options(field, _FIELD) for field in fields]
    options["tmpls"] = [_options(template, _TEMPLATE) for template in templates]
    json.dumps(options, ensure_ascii=False, allow_nan=False).encode(
        "utf-8"
    )  # raises for what Anki can't read
    return ForeignType(
        name=words(model["name"]),
        is_cloze=whole(model.get("type", 0)) == 1,
        fields=tuple(ForeignField(words(field["name"]), _id(field)) for field in fields),
        templates=tuple(
            ForeignTemplate(
                words(template["name"]),
                words(template["qfmt"]),
                words(template.get("afmt", "")),
                _id(template),
                decks.get(template.get("did") or 0, ""),
            )
            for template in templates
        ),
        css=words(model["css"]) if isinstance(model.get("css"), str) else "",
        sort=whole(model.get("sortf", 0)),
        number=whole(model.get("id") or 0),
        stamp=max(0, whole(model.get("mod") or 0)),
        options=options,
    )


def newer(tables: Tables, decks: Mapping[int, str]) -> dict[int, ForeignType]:
    """The note types of schema 18 by id. Raises what is raised on damage."""
    rows: dict[str, dict[int, list[tuple[int, dict[str, Any]]]]] = {"fields": {}, "templates": {}}
    reads: dict[str, Callable[[Message], dict[str, Any]]] = {"fields": _field, "templates": _template}
    for table, of_type in rows.items():
        for number, place, name, config in collection.few(tables, table, "ntid", "ord", "name", "config"):
            thing = reads[table](Message(config)) | {"name": name}
            of_type.setdefault(number, []).append((whole(place), thing))
    found = {}
    for number, name, stamp, config in collection.few(
        tables, "notetypes", "id", "name", "mtime_secs", "config"
    ):
        parts = {
            key: [thing for _, thing in sorted(rows[table].get(number, []), key=lambda row: row[0])]
            for table, key in (("fields", "flds"), ("templates", "tmpls"))
        }
        model = _type(Message(config)) | parts | {"id": number, "name": name, "mod": stamp}
        found[whole(number)] = from_json(model, decks)
    return found


def cards(kind: ForeignType) -> Callable[[Sequence[str], Collection[str]], tuple[int, ...]]:
    """What gives, for fields and tags of a note, the cards that Anki makes of it: at least the first."""
    made = NoteType(
        role="",
        number=0,
        name=kind.name,
        is_cloze=kind.is_cloze,
        fields=tuple(Field(field.name, 0) for field in kind.fields),
        templates=tuple(Template(one.name, 0, one.front, one.back) for one in kind.templates),
        css="",
    )
    return lambda fields, tags: faces.cards(made, fields, tags) or (0,)


def words(value: object) -> str:
    """A stranger's text. Raises TypeError when it is none, ValueError when UTF-8 can't say it."""
    if not isinstance(value, str):
        raise TypeError(f"it has {value!r} in the place of a text")
    if not value.isascii():
        value.encode("utf-8")
    return value


def field(value: object) -> str:
    """The text of a field, without the character that parts fields in Anki's database. Raises as `words`."""
    found = words(value)
    if "\x1f" in found:
        raise ValueError("a field has the character U+001F, which parts fields")
    return found


def whole(value: object) -> int:
    """A stranger's whole number. Raises TypeError when it is none, ValueError when it is too large."""
    found = int(value) if isinstance(value, str | int | float) else None
    if found is None:
        raise TypeError(f"it has {value!r} in the place of a number")
    if not -(1 << 63) <= found < 1 << 63:
        raise ValueError("a number is larger than in any real collection")
    return found


def _options(thing: Mapping[str, Any], without: Iterable[str]) -> dict[str, Any]:
    kept = {key: value for key, value in thing.items() if key not in without and (value or key in _NEEDED)}
    return {key: bool(value) if key in ("sticky", "rtl") else value for key, value in sorted(kept.items())}


def _id(thing: Mapping[str, Any]) -> int | None:
    found = thing.get("id")
    return whole(found) if isinstance(found, int) else None


# -- protobuf: the numbers of the fields stand in proto/anki/notetypes.proto ---------------------


def _type(config: Message) -> dict[str, Any]:
    return _other(config) | {
        "type": config.number(1),
        "sortf": config.number(2),
        "css": config.text(3),
        "latexPre": config.text(5),
        "latexPost": config.text(6),
        "latexsvg": bool(config.number(7)),
        "originalStockKind": config.number(9),
        "originalId": config.optional(10),
    }


def _field(config: Message) -> dict[str, Any]:
    return _other(config) | {
        "sticky": bool(config.number(1)),
        "rtl": bool(config.number(2)),
        "font": config.text(3),
        "size": config.number(4),
        "description": config.text(5),
        "plainText": bool(config.number(6)),
        "collapsed": bool(config.number(7)),
        "excludeFromSearch": bool(config.number(8)),
        "id": config.optional(9),
        "tag": config.optional(10),
        "preventDeletion": bool(config.number(11)),
    }


def _template(config: Message) -> dict[str, Any]:
    return _other(config) | {
        "qfmt": config.text(1),
        "afmt": config.text(2),
        "bqfmt": config.text(3),
        "bafmt": config.text(4),
        "did": config.number(5),
        "bfont": config.text(6),
        "bsize": config.number(7),
        "id": config.optional(8),
    }


def _other(config: Message) -> dict[str, Any]:
    """What Anki didn't know when it read the JSON, such as the settings of add-ons; it stays JSON."""
    text = config.bytes(255)
    found = collection.loaded(text.decode("utf-8"), "settings of add-ons") if text else {}
    return found if isinstance(found, dict) else {}
