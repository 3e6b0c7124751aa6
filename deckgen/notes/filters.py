"""Filters of Anki's templates, `{{filter:Field}}` (rslib/src/template_filters.rs, rslib/src/text.rs)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from html.entities import name2codepoint

from deckgen.notes import deletions
from deckgen.notes.template import SPACE
from deckgen.patterns import lazy

# A reading as deckgen writes it, and fields that a template shows by the filters of Anki's own form.
_READING = re.compile(r"<ruby>([^<>\[\]\s]+)<rt>([^<>\[\]]+)</rt></ruby>")
_BY_BRACKETS = re.compile(r"\{\{[^{}]*?\b(?:furigana|kana|kanji):(?:[^{}]*:)?([^{}:]+)\}\}")
# One in either form; `a[1]` and sounds are none.
_HAS_READING = lazy(r"<ruby>|[\u2e80-\U0003ffff]\[(?!sound:)[^\[\]]+\]")
_ENTITY = re.compile(r"&(?:#([0-9]+)|#x([0-9a-fA-F]+)|([0-9A-Za-z]+));")


def apply(filters: Sequence[str], html: str, field: str, ordinal: int, *, answer: bool) -> str:
    """What is shown of a field whose content is `html`, on the card `ordinal`, from 0."""
    match tuple(filters):
        case ("cloze" | "nc") as what, "type":
            return f"[[type:{what}:{field}]]"
        case (*_, "type"):
            return f"[[type:{field}]]"
    made: dict[str, Callable[[str], str]] = {
        "cloze": partial(deletions.clozed, number=ordinal + 1, answer=answer),
        "cloze-only": partial(deletions.clozed_only, number=ordinal + 1, answer=answer),
        "hint": partial(_hint, field=field),
        "type": lambda _: f"[[type:{field}]]",
        "type-cloze": lambda _: f"[[type:cloze:{field}]]",
        "type-nc": lambda _: f"[[type:nc:{field}]]",
        **_SIMPLE,
    }
    for name in filters:
        if name.startswith("tts "):
            html = f"[anki:tts lang={name[4:]}]{html}[/anki:tts]"
        elif name in made:
            html = made[name](html)
        else:
            return html  # the filter of an add-on; without the add-on, later filters are not applied either
    return html


def strip_html(html: str) -> str:
    """Text without elements, and with characters instead of their names."""
    return _decoded(deletions.HTML.sub("", html))


def _decoded(text: str) -> str:
    """Decode names of characters; if one `&` begins no such name, all of the text stays as it is."""
    if "&" not in text:
        return text
    found = list(_ENTITY.finditer(text))
    if len(found) < text.count("&"):
        return text
    characters = [_character(one) for one in found]
    if None in characters:
        return text
    named = iter(characters)
    return _ENTITY.sub(lambda _: next(named) or "", text).replace("\xa0", " ")


def _character(found: re.Match[str]) -> str | None:
    decimal, hexadecimal, name = found.groups()
    if name is not None:
        code = name2codepoint.get(name)
    else:
        digits = (decimal or hexadecimal).lstrip("0") or "0"
        code = int(digits, 10 if decimal else 16) if len(digits) < 9 else None
    return None if code is None or code > 0x10FFFF or 0xD800 <= code < 0xE000 else chr(code)


def _ruby(html: str, form: Callable[[str, str], str]) -> str:
    html = html.replace("&nbsp;", " ")
    parts, at = [], 0
    for start, base, opened, end in _readings(html):
        over = html[opened + 1 : end - 1]
        if not over.startswith("sound:"):
            parts += [html[at:start], form(html[base:opened], over)]
            at = end
    return "".join([*parts, html[at:]])


def _readings(html: str) -> Iterator[tuple[int, int, int, int]]:
    """What Anki finds by ` ?([^ >]+?)\\[(.+?)\\]`: its start, its word, the bracket that opens, and its end.

    That pattern takes a time that grows with the square of a long word, or of brackets that are never closed;
    here each character is looked at once.
    """
    at = base = close = line = looked = 0
    opened = html.find("[")
    while opened >= 0:
        base = max(base, html.rfind(" ", looked, opened) + 1, html.rfind(">", looked, opened) + 1)
        looked = opened
        if close < opened + 2:
            close = html.find("]", opened + 2)
            if close < 0:
                return
        if line < opened + 1:
            line = html.find("\n", opened + 1)
            line = len(html) if line < 0 else line
        if base < opened and close < line:
            has_blank = base > at and html[base - 1] == " "
            yield base - has_blank, base, opened, close + 1
            at = base = looked = close + 1
        opened = html.find("[", looked if looked > opened else opened + 1)


def shown_by_brackets(template: str) -> set[str]:
    """The fields whose readings a template shows, or leaves out, by a filter of Anki."""
    return {name.strip(SPACE) for name in _BY_BRACKETS.findall(template)}


def has_reading(html: str) -> bool:
    """Whether a text has a reading, above a word or in brackets behind it."""
    return _HAS_READING.search(html) is not None


def in_brackets(html: str) -> str:
    """Readings as these filters read them: `東京[とうきょう]`, with a blank before, which they take away."""
    return _READING.sub(r" \1[\2]", html).lstrip(" ") if "<ruby>" in html else html


def _hint(html: str, field: str) -> str:
    if not html.strip(SPACE):
        return html
    # Anki makes the id with BLAKE3; all that matters is that two hints on a side have different ones.
    name = "hint" + hashlib.blake2b(html.encode() + field.encode(), digest_size=8).hexdigest()
    return (
        '\n<a class=hint href="#"\nonclick="this.style.display=\'none\';\n'
        f"document.getElementById('{name}').style.display='block';\n"
        f'return false;" draggable=false>\n{field}</a>\n'
        f'<div id="{name}" class=hint style="display: none">{html}</div>\n'
    )


_SIMPLE: dict[str, Callable[[str], str]] = {
    "": str,  # two colons in a row
    "text": strip_html,
    "furigana": partial(_ruby, form=lambda base, over: f"<ruby><rb>{base}</rb><rt>{over}</rt></ruby>"),
    "kana": partial(_ruby, form=lambda _, over: over),
    "kanji": partial(_ruby, form=lambda base, _: base),
}
