"""The fields of a note type of the deck's own that take keys of a card, such as `note:` and `q:`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from deckgen.deck import OwnField, OwnType
from deckgen.fixed import fixed
from deckgen.kinds import Role
from deckgen.reading import tree
from deckgen.reading.keys import choose
from deckgen.reading.values import Values

CODE = "K23"

#: The keys that a card of deckgen's own kinds has for what a field means.
_MEANINGS = {"q": Role.QUESTION, "a": Role.ANSWER, "cloze": Role.CLOZE}


@fixed
class Taken:
    """What a note_type.yaml names: `fields` by key; `of_cards` are those for `q`, `a` and `cloze`."""

    fields: Mapping[str, str]
    of_cards: Mapping[str, str]
    reverse: bool


def read(
    values: Values, keys: tree.Mapping, fields: tuple[OwnField, ...], templates: int, *, is_cloze: bool
) -> Taken:
    """What a note type of these fields, and so many templates, takes; what can't be is a finding."""
    names = tuple(field.name.value for field in fields)
    of_cards = {key: _named(values, keys, key, names) for key in _MEANINGS}
    others = {key: _named(values, keys, key, names) for key in ("note", "source", "speaker", "sort")}
    _twice(values, keys, {**of_cards, **others})
    reverse = values.flag(keys, "reverse")
    meanings = {field.name.value: field.meaning for field in fields}
    before = values.faults
    for key, name in of_cards.items():
        if meanings.get(name, _MEANINGS[key]) is not _MEANINGS[key]:
            message = f"`{key}:` names `{name}`, which is not for: {_MEANINGS[key]}"
            hint = f"write `{name}: {_MEANINGS[key]}` under `fields:`, or name another field"
            _report(values, keys, key, message, hint)
    if values.faults == before:
        _together(values, keys, is_cloze=is_cloze)
    if reverse and ("q" not in keys or templates < 2):
        hint = "name the fields with `q:` and `a:`, and have a second template, which asks for the question"
        message = "`reverse: true` is for a type whose second card asks for what the first one answers"
        _report(values, keys, "reverse", message, hint)
    return Taken(others, {key: name for key, name in of_cards.items() if name}, reverse)


def _together(values: Values, keys: tree.Mapping, *, is_cloze: bool) -> None:
    """Report keys that say nothing without another one, or nothing in this kind of note type."""
    for key in _MEANINGS:
        if key in keys and is_cloze is not (key == "cloze"):
            kind = "standard" if is_cloze else "cloze"
            hint = "name it by `cloze:`" if is_cloze else "name them by `q:` and `a:`"
            _report(values, keys, key, f"`{key}:` is for a {kind} type", hint)
            return
    for key, other in (("q", "a"), ("a", "q")):
        if key in keys and other not in keys:
            hint = f"add `{other}:` with its field, or take `{key}:` out"
            _report(values, keys, key, f"`{key}:` names a field, and no `{other}:` does", hint)


def same_keys(values: Values, types: Iterable[OwnType]) -> None:
    """Report two note types that take the same cards without `type:`."""
    first: dict[tuple[tuple[str, ...], bool], OwnType] = {}
    for own in types:
        other = first.setdefault((tuple(own.keys), own.reverse), own) if own.keys else own
        if other is not own:
            named = " and ".join(f"`{key}:`" for key in own.keys)
            hint = "take the keys out of one of them, and write `type:` on its cards"
            message = f"the note type `{other.name}` takes the same cards by {named}"
            values.report(own.place, CODE, message, hint)


def _named(values: Values, keys: tree.Mapping, key: str, names: tuple[str, ...]) -> str:
    """The field that a key names; nothing without one."""
    field = values.word(keys.get(key), key)
    if field is None:
        return ""
    if field.value not in names:
        message = f"`{key}:` names `{field.value}`, which is not one of its fields"
        values.report(field.whole, CODE, message, choose(field.value, names))
    return field.value


def _twice(values: Values, keys: tree.Mapping, named: Mapping[str, str]) -> None:
    """Report a field that takes two keys of a card."""
    owners: dict[str, str] = {}
    for key, name in named.items():
        other = owners.setdefault(name, key) if key != "sort" else key
        if name and other != key:
            hint = "give each its own field; without `speaker:`, the speaker goes into that of `source:`"
            _report(values, keys, key, f"`{key}:` and `{other}:` name the same field", hint)


def _report(values: Values, keys: tree.Mapping, key: str, message: str, hint: str) -> None:
    values.report(keys.entries[key][0].whole, CODE, message, hint)
