"""In which language texts are read aloud: `tts:` in deck.yaml and in note_type.yaml."""

from __future__ import annotations

import re
from collections.abc import Mapping

from deckgen.deck import NO_LANGUAGE
from deckgen.reading import tree
from deckgen.reading.keys import choose
from deckgen.reading.values import Values
from deckgen.written import Text

# As BCP 47 writes it (https://www.rfc-editor.org/info/bcp47), or Anki; a script makes no other voice.
_TAG = re.compile(r"([A-Za-z]{2,3})[-_](?:[A-Za-z]{4}[-_])?([A-Za-z]{2}|[0-9]{3})")


def in_anki(tag: str) -> str:
    """A language and a region as Anki's voices have them, `zh-Hans-CN` as `zh_CN`; empty for anything else.

    Anki compares the whole name (qt/aqt/tts.py), so a language alone would have no voice.
    """
    found = _TAG.fullmatch(tag)
    return f"{found[1].lower()}_{found[2].upper()}" if found else ""


def languages(values: Values, node: tree.Node | None, key: str, of: tuple[str, ...]) -> Mapping[str, Text]:
    """The language in which `key` is spoken, for each language of the deck: one for all, or one for each.

    A language of the deck may be left out, and is silent.
    """
    if node is None:
        return {}
    if isinstance(node, Text):
        text = _language(values, node, key)
        return dict.fromkeys(of, text) if text is not None else {}
    if of == (NO_LANGUAGE,):
        values.report(node.place, "K03", f"`{key}:` must be a language", f"write `{key}: en_US`")
        return {}
    inner = values.keys(node, node.place, f"`{key}:`", of)
    spoken = {}
    for lang in of if inner is not None else ():
        text = _language(values, inner.get(lang), lang) if inner is not None else None
        if text is not None:
            spoken[lang] = text
    return spoken


def of_fields(
    values: Values, keys: tree.Mapping, names: tuple[str, ...], of: tuple[str, ...]
) -> Mapping[str, Mapping[str, Text]]:
    """The languages in which the fields `names` of a note type are spoken."""
    node = keys.get("tts")
    if isinstance(node, Text):
        hint = f"write it for each field: `tts: {{{next(iter(names), 'Front')}: {node.value}}}`"
        values.report(node.whole, "K03", "`tts:` must map fields to languages", hint)
        return {}
    inner = values.keys(node, node.place, "`tts:`", None) if node is not None else None
    spoken = {}
    for name, (key, value) in (inner.entries if inner is not None else {}).items():
        if name in names:
            spoken[name] = languages(values, value, name, of)
        else:
            message = f"`tts:` names `{name}`, which is no field here"
            values.report(key.whole, "K23", message, choose(name, names))
    return spoken


def _language(values: Values, node: tree.Node | None, key: str) -> Text | None:
    text = values.word(node, key)
    if text is None or in_anki(text.value):
        return text
    hint = "write the language and the region, such as `en_US`, `zh_CN`: a voice has both"
    values.report(text.whole, "K04", f"no voice is chosen by `{text.value}`", hint)
    return None
