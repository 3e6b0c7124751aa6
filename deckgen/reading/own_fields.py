"""The card of a note type of the deck's own: `type:` and `fields:`, and what the type takes of other keys.

Where a type takes `q:` and `a:`, or `cloze:`, a card that has these is of that type without saying so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from deckgen.deck import Deck, OwnType
from deckgen.fixed import fixed
from deckgen.kinds import OwnFields, OwnText
from deckgen.reading import tree
from deckgen.reading.keys import choose
from deckgen.reading.values import Values
from deckgen.written import Text

CODE = "K24"

#: What a card says to the types that deckgen has; a template of an own type says it by itself.
_OF_OTHERS = ("q", "a", "cloze", "list", "hint")


@fixed
class Own:
    """What a card says in all languages: its type as it names it, and the fields that are alike in all.

    `words` are what findings call such a card.
    """

    name: Text
    of: OwnType
    shared: Mapping[str, tuple[Text, tree.Node]]
    words: str


def chosen(values: Values, keys: tree.Mapping, deck: Deck) -> Own | None:
    """The type that a card names by `type:`; None, and a finding, when there is none of that name."""
    name = values.word(keys.get("type"), "type")
    if name is None:
        return None
    of = deck.note_types.get(name.value)
    if of is None:
        here = choose(name.value, deck.note_types) if deck.note_types else "the deck has none of its own"
        hint = f"{here}; a card of another kind has no `type:`"
        message = (
            f"there is no note type `{name.value}` in `note_types/`" if name.value else "`type:` is empty"
        )
        values.report(name.whole, CODE, message, hint)
        return None
    if not of.sound:
        values.faults += 1  # findings about the type say what is wrong
        return None
    return _bound(values, keys, deck, Own(name, of, {}, "a card with `type:`"))


def taking(values: Values, keys: tree.Mapping, deck: Deck, present: tuple[str, ...]) -> Own | None:
    """The type of a card that names none, but has just the keys that one of the deck's own types takes."""
    node = keys.get("reverse")
    is_reverse = isinstance(node, Text) and node.value == "true"
    for of in deck.note_types.values():
        if of.sound and tuple(of.keys) == present and of.reverse == is_reverse:
            file = next(iter(keys.entries.values()))[0].file
            words = f"a card of the note type `{of.name}`"
            return _bound(values, keys, deck, Own(Text(of.name, file), of, {}, words))
    return None


def _bound(values: Values, keys: tree.Mapping, deck: Deck, own: Own) -> Own:
    """The same, with the fields for all languages, once it is told what such a card can't have."""
    of = own.of
    for key in ("reverse", "typed", "occlude", "masks", "hide"):
        if key in keys and not (key == "reverse" and of.reverse):
            hint = f"remove it: the templates of `{of.name}` decide which cards there are, and what is typed"
            values.report(keys.entries[key][0].whole, CODE, f"{own.words} can't have `{key}:`", hint)
    for key, field in (("source", of.source), ("speaker", of.speaker or of.source)):
        if key in keys and not field:
            _not_taken(values, keys, key, of)
    shared = keys.get("fields") if deck.languages != ("",) else None
    inner = values.keys(shared, shared.place, "`fields:`", None) if shared is not None else None
    return replace(own, shared=inner.entries if inner is not None else {})


def content(values: Values, own: Own | None, keys: tree.Mapping, misspelt: bool) -> OwnFields | None:
    """What such a card says in one language."""
    if own is None:
        return None
    before = values.faults
    for key in _OF_OTHERS:
        if key in keys and key not in own.of.keys:
            hint = "write the text into a field, as in `fields: {…}`, or leave out `type:`"
            values.report(keys.entries[key][0].whole, CODE, f"{own.words} can't have `{key}:`", hint)
    node = keys.get("fields")
    if node is None and not own.shared and not any(key in keys for key in own.of.keys):
        if not misspelt and values.faults == before:
            hint = f"add `fields: {{{own.of.field_names[0]}: …}}`"
            values.report(keys.place, CODE, "a card with `type:` needs `fields:`", hint)
        return None
    inner = values.keys(node, node.place, "`fields:`", None) if node is not None else None
    texts = _texts(values, own, inner.entries if inner is not None else {})
    texts |= _by_keys(values, own, keys, texts)
    if "note" in keys:
        if own.of.note:
            note = values.markup(keys.get("note"), "note")
            texts |= {own.of.note: (Text(own.of.note, own.name.file), note)} if note is not None else {}
        else:
            _not_taken(values, keys, "note", own.of)
    filled = tuple(
        OwnText(*texts[field.name.value], field.meaning)
        for field in own.of.fields
        if field.name.value in texts
    )
    if not filled and values.faults == before:
        values.report(
            keys.place,
            "K26",
            "no field of this card has a text",
            "fill at least one field that a front shows",
        )
    return OwnFields(own.name, filled) if filled else None


def _by_keys(
    values: Values, own: Own, keys: tree.Mapping, texts: Mapping[str, tuple[Text, Text]]
) -> dict[str, tuple[Text, Text]]:
    """The texts under those keys of a card that its type takes, by field."""
    found = {}
    for key, field in own.of.keys.items():
        text = values.markup(keys.get(key), key)
        if text is not None and field in texts:
            hint = "keep one of them"
            message = f"the field `{field}` is filled by `{key}:`, and again under `fields:`"
            values.report(keys.entries[key][0].whole, CODE, message, hint)
        elif text is not None and text.value.strip():
            found[field] = replace(keys.entries[key][0], value=field), text
    return found


def _texts(
    values: Values, own: Own, entries: Mapping[str, tuple[Text, tree.Node]]
) -> dict[str, tuple[Text, Text]]:
    """The texts of the fields by name, each behind the name as it stands there; empty ones are left out."""
    found = {}
    taken = {own.of.note: "note", own.of.source: "source", own.of.speaker: "speaker"}
    for name in {**own.shared, **entries}:
        key, node = (entries if name in entries else own.shared)[name]
        if name not in own.of.field_names:
            free = [field for field in own.of.field_names if field not in {**own.shared, **entries}]
            near = choose(name, free or own.of.field_names)
            hint = f"{near} (a new field is first written into {own.of.place.path})"
            values.report(key.whole, CODE, f"the note type `{own.of.name}` has no field `{name}`", hint)
        elif name in taken:
            hint = f"write the text as the card's `{taken[name]}:`"
            values.report(key.whole, CODE, f"the field `{name}` is filled by `{taken[name]}:`", hint)
        elif name in own.shared and name in entries:
            hint = "keep the one for all languages, or one for each"
            values.report(
                key.whole,
                CODE,
                f"the field `{name}` is filled for all languages and again for this one",
                hint,
            )
        else:
            text = values.markup(node, name)
            if text is not None and text.value.strip():
                found[name] = key, text
    return found


def _not_taken(values: Values, keys: tree.Mapping, key: str, of: OwnType) -> None:
    hint = f"name a field for it, `{key}: NAME` in {of.place.path}, or remove it"
    values.report(
        keys.entries[key][0].whole, CODE, f"the note type `{of.name}` has no field for `{key}:`", hint
    )
