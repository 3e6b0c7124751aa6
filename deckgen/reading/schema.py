"""JSON Schemas of deck.yaml and of card files, for completion and hover in editors.

They say what `head` and `parse` accept, key by key; only `deckgen check` knows what a deck's
own vocabulary allows (languages, tags, speakers). Editors read YAML by YAML's own rules, so
a text may look like a number or a truth value to them.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

from deckgen.deck import OwnType
from deckgen.kinds import KIND_KEYS, Kind, Shape
from deckgen.reading import keys
from deckgen.reading.look import COLOUR_PATTERN
from deckgen.reading.masks import MAX_CORNERS

_DRAFT = "http://json-schema.org/draft-07/schema#"
_NAME = {
    "type": ["string", "number"],
    "pattern": f"^{keys.NAME_PATTERN}$",
    "maxLength": keys.MAX_NAME,
}
_TAG = {"type": ["string", "number"], "pattern": f"^{keys.TAG_PATTERN}$", "maxLength": keys.MAX_TAG}
_TEXT = {"type": ["string", "number", "boolean"]}
_TEXTS = {"anyOf": [_TEXT, {"type": "array", "items": _TEXT}]}
_NAMES = {"anyOf": [_NAME, {"type": "array", "items": _NAME}]}
# Keys of a card that only look like a language are excluded.
_RESERVED = "|".join(key for key in keys.CARD_KEYS if keys.LANGUAGE.fullmatch(key))
_LANGUAGE = f"^(?!(?:{_RESERVED})$){keys.LANGUAGE.pattern}$"
_DATE = {"type": "string", "pattern": "^[0-9]{4}-[01][0-9]-[0-3][0-9]$"}
_FLAG = {"enum": [True, False, "true", "false"]}
_NUMBER = {"type": ["number", "string"], "minimum": 0, "maximum": 100}


def _map(pattern: str, values: dict[str, Any]) -> dict[str, Any]:
    """A mapping of keys that match `pattern`."""
    return {"type": "object", "patternProperties": {pattern: values}, "additionalProperties": False}


#: A text, or one for each language.
_LOCALISED = {
    "anyOf": [
        _TEXT,
        _map(_LANGUAGE, _TEXT),
    ]
}
_CODE = {"type": "string", "pattern": "^[A-Z][0-9]{2}$"}
_CODE_OR_GROUP = "^[A-Z]([0-9]{2})?$"
_LEVEL = {"enum": [*keys.LEVELS, False]}  # an unquoted `off` is false to YAML
_LIMIT = {"anyOf": [{"type": "number"}, {"type": "array", "items": {"type": "number"}, "maxItems": 2}]}


def deck_schema() -> dict[str, Any]:
    """The schema of deck.yaml."""
    source = _object(
        {
            "title": ("The title of the source.", _TEXT),
            "by": ("Who made it.", _TEXT),
            "date": ("When it appeared.", _TEXT),
            "url": ("Where it can be found.", {"type": "string", "pattern": "^https?://"}),
            "file": ("Its text, as a file path from the deck's folder; may be kept out of git.", _TEXT),
        },
        required=["title"],
    )
    words = {"anyOf": [_NAMES, _map(f"^{keys.NAME_PATTERN}$", _LOCALISED)]}
    tags = {
        "anyOf": [_TAG, {"type": "array", "items": _TAG}, _map(f"^{keys.TAG_PATTERN}$", _LOCALISED)],
    }
    theirs = {"anyOf": [_TEXT, {"type": "array", "items": _TEXT}, _map(".", _LOCALISED)]}
    hexadecimal = {"type": "string", "pattern": f"^{COLOUR_PATTERN}$"}
    modes = _object({mode: (f"By {mode}.", hexadecimal) for mode in keys.MODES}, required=[*keys.MODES])
    colour = {"anyOf": [hexadecimal, modes]}
    term = {
        "anyOf": [
            _TEXT,
            _map(_LANGUAGE, _TEXTS),
        ]
    }
    setting = {
        "anyOf": [
            _LEVEL,
            {
                "type": "object",
                "properties": {"level": _LEVEL, "limit": _LIMIT},
                "patternProperties": {_LANGUAGE: _LIMIT},
                "additionalProperties": False,
            },
        ]
    }
    return _schema(
        "A deck of deckgen",
        {
            "deck": ("The deck's key. Guids derive from it: never change it.", _NAME),
            "seed": ("Makes guids unlike those of other decks with this key: never change it.", _NAME),
            "title": ("The deck's name in Anki, frozen at the first build.", _LOCALISED),
            "languages": ("Codes such as en, zh, pt-BR; the first one is primary.", _TEXTS),
            "description": ("Markdown, shown in Anki under the deck's name.", _LOCALISED),
            "source": ("What the cards are drawn from.", source),
            "speakers": ("Who may hold a claim: each name with what cards show.", words),
            "tags": ("The vocabulary: each tag with what it collects; `::` puts one below another.", theirs),
            "glossary": (
                "Terms to be used consistently, in every language.",
                {"type": "array", "items": term},
            ),
            "look": (
                "The deck's own colours.",
                _object(
                    {
                        name: (f"The colour `--dg-{name}` of the style sheet.", colour)
                        for name in keys.LOOK_KEYS
                    }
                ),
            ),
            "lint": (
                "Levels and limits of the checks, by code or group.",
                _map(_CODE_OR_GROUP, setting),
            ),
            "tts": ("The language in which Anki reads answers aloud, such as en_US.", _LOCALISED),
            "trusted": ("Its own note types may load what is not in the deck; each build says so.", _FLAG),
            "adopted": ("Learners had the deck before deckgen; its tags are shipped as they are.", _FLAG),
        },
        required=["deck", "title"],
    ) | {
        "if": {"properties": {"adopted": {"enum": [True, "true"]}}, "required": ["adopted"]},
        "else": {"properties": {"tags": tags}},
    }


def cards_schema(types: Collection[OwnType] = ()) -> dict[str, Any]:
    """The schema of a card file, for decks of one or several languages.

    With the note types of a deck, their names and fields are completed, and no others are taken.
    """
    fields = _map(".", _TEXT)
    content = {
        "q": ("The question.", _TEXT),
        "a": ("The answer: one thing, short.", _TEXT),
        "cloze": ("A text with {{c1::hidden}} parts.", _TEXT),
        "list": (
            "Members by keys that never change; one Anki card each.",
            {
                "type": "object",
                "patternProperties": {f"^{keys.NAME_PATTERN}$": _TEXT},
                "additionalProperties": False,
                "minProperties": 1,
            },
        ),
        "note": ("The reason, an example or a contrast, shown under the answer.", _TEXT),
        "hint": ("A line under the question, shown when the learner asks for it.", _TEXT),
        "fields": ("The fields of a note type of the deck's own, each with its text.", fields),
    }
    # What tells a kind in a language: the note type, or the picture, is told once, beside the id.
    said = {kind: tuple(key for key in kind.facts.keys if key in content) for kind in Kind}
    masked = _of_kind(said[Kind.OCCLUSION])
    others = {"oneOf": [_of_kind(of) for kind, of in said.items() if kind is not Kind.OCCLUSION]}
    citation = _object(
        {
            "section": ("The section of the source.", _TEXT),
            "find": (
                "A few characters of the source to search for.",
                {"type": ["string", "number"], "maxLength": keys.MAX_FIND},
            ),
        }
    )
    retired = _object(
        {
            "since": ("The date from which the card is no longer given out.", _DATE),
            "reason": ("Why; learners read it on the card.", _LOCALISED),
            "until": ("The date from which no package has the note.", _DATE),
        },
        required=["since", "reason"],
    )
    lint = _object(
        {
            "ignore": (
                "Codes not to report on this card.",
                {"anyOf": [_CODE, {"type": "array", "items": _CODE}]},
            ),
            "why": ("The reason; it is compulsory.", _TEXT),
        },
        required=["ignore", "why"],
    )
    card = {
        "id": ("Unique in the deck. Learners' progress hangs on it: never change it.", _NAME),
        "type": (
            "The note type of the deck's own; its texts stand under `fields`.",
            {"enum": [own.name for own in types]} if types else _NAME,
        ),
        "occlude": ("The picture in `media/` on which masks are put; `q` asks about it.", _LOCALISED),
        "masks": (
            "Masks by keys that never change, in per cent of the picture; one Anki card each.",
            _map(f"^{keys.NAME_PATTERN}$", _mask()) | {"minProperties": 1},
        ),
        "hide": (
            "What a card hides: all masks (as without it), or only the one it asks about.",
            {"enum": [*keys.HIDES]},
        ),
        "tags": ("Tags of this card.", _TEXTS),
        "source": ("Where in the source the claim stands.", citation),
        "speaker": ("Who holds the claim.", _NAME),
        "hedged": ("The claim is a guess or qualified; question or answer says so.", _FLAG),
        "reverse": ("A second card shows the answer and asks for the question.", _FLAG),
        "typed": ("The learner types the answer.", _FLAG),
        "after": ("Ids of cards to be studied first.", _NAMES),
        "see": ("Ids of related cards.", _NAMES),
        "deck": ("The deck below the title in which this card lies, such as Asia::East.", _LOCALISED),
        "only": ("The languages that this card has, when it lacks others.", _TEXTS),
        "was": ("The id that the card had before.", _NAME),
        "retired": ("No longer given out; learners keep it.", retired),
        "lint": ("Findings not to report on this card, and why.", lint),
    }
    one = _object(card | content, required=["id"])
    one["patternProperties"] = {_LANGUAGE: {"description": "The texts in this language.", **_object(content)}}
    # Texts stand under languages or directly in the card, not both.
    # But of a note type of the deck's own, some fields may be the same in all languages.
    one["if"] = {"anyOf": [{"required": [name]} for name in keys.CONTENT_KEYS], "not": {"required": ["type"]}}
    one["then"] = {
        "oneOf": [_of_kind(kind.facts.keys if kind is not Kind.OWN else said[kind]) for kind in Kind]
    }
    one["dependencies"] = {"fields": ["type"], "occlude": ["masks"], "masks": ["occlude"], "hide": ["masks"]}
    in_language = {"then": masked, "else": others}
    one["allOf"] = [
        {"if": {"required": ["occlude"]}}
        | {side: {"patternProperties": {_LANGUAGE: of}} for side, of in in_language.items()},
        *map(_with_type, types),
    ]
    return _schema(
        "Cards of deckgen",
        {
            "section": ("A heading, shown on the back beside the source.", _LOCALISED),
            "deck": ("The deck below the title for every card of the file.", _LOCALISED),
            "tags": ("Tags for every card of the file.", _TEXTS),
            "cards": ("The cards, in the order in which they are studied.", {"type": "array", "items": one}),
        },
        required=["cards"],
    )


def _mask() -> dict[str, Any]:
    """The schema of a mask: one shape with its numbers."""
    box = {"type": "array", "items": _NUMBER, "minItems": 4, "maxItems": 4}
    corner = {"type": "array", "items": _NUMBER, "minItems": 2, "maxItems": 2}
    corners = {"type": "array", "items": corner, "minItems": 3, "maxItems": MAX_CORNERS}
    shapes = {
        Shape.RECT: ("Left, top, width, height.", box),
        Shape.ELLIPSE: ("Left, top, width, height of the rectangle around it.", box),
        Shape.POLYGON: ("Its corners: across, down.", corners),
    }
    return _object({str(shape): shapes[shape] for shape in Shape}) | {"minProperties": 1, "maxProperties": 1}


def _with_type(own: OwnType) -> dict[str, Any]:
    """That a card of this type has no other fields than it has, in each language or in all."""
    taken = (own.note, own.source, own.speaker)
    described = {
        field.name.value: (f"The field is for: {field.meaning}.", _TEXT)
        for field in own.fields
        if field.name.value not in taken
    }
    fields = {"properties": {"fields": _object(described)}}
    return {
        "if": {"properties": {"type": {"const": own.name}}, "required": ["type"]},
        "then": {**fields, "patternProperties": {_LANGUAGE: fields}},
    }


def _of_kind(of: tuple[str, ...]) -> dict[str, Any]:
    """The schema of a card that has all the keys `of`, and no key of another kind."""
    others = [{"required": [key]} for key in KIND_KEYS if key not in (*of, "type")]
    return {"required": [*of], "not": {"anyOf": others}}


def as_text(schema: dict[str, Any]) -> str:
    """A schema as the text of a file."""
    return json.dumps(schema, ensure_ascii=False, indent=1) + "\n"


def _schema(title: str, properties: dict[str, tuple[str, Any]], required: list[str]) -> dict[str, Any]:
    return {"$schema": _DRAFT, "title": title, **_object(properties, required=required)}


def _object(properties: dict[str, tuple[str, Any]], required: list[str] | None = None) -> dict[str, Any]:
    described = {key: {"description": words, **shape} for key, (words, shape) in properties.items()}
    found: dict[str, Any] = {"type": "object", "properties": described, "additionalProperties": False}
    return found | {"required": required} if required else found
