r"""What Anki shows of a note: the two sides of each of its cards, as HTML.

Anki fills templates when it shows a card (rslib/src/template.rs, cloze.rs). This does
the same for what the templates of `notetypes` use: fields, sections that depend on a
field, `{{cloze:…}}` and `{{type:…}}`. The page's script does it once more for whoever looks at
a card, so that a page holds each text once (page/page.js); this is the measure of it without a
browser. Tests compare both with the real Anki, card by card.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial

from deckgen.markup import markdown
from deckgen.notes.note_types import NoteType, role_of
from deckgen.notes.render import Note

_TAG = re.compile(r"\{\{([#^/]?)([^{}]+)\}\}")
_DELETION = re.compile(r"\{\{c(\d+)::(.*?)(?:::(.*?))?\}\}", re.DOTALL)
_MATHJAX = re.compile(r"(\\[(\[])(.*?)(\\[)\]])", re.DOTALL)
_HTML = re.compile(r"<!--.*?-->|<[^>]*>", re.DOTALL)
#: How many characters all forms of a formula may have: each deletion in it makes one as long as it is.
FORMS = 2_000


@dataclass(frozen=True, slots=True)
class Sides:
    """One Anki card. `typed` is what the learner is asked to type, where they are.

    `[sound:…]` and `[[type:…]]` stand in the HTML as in the fields: to play and to ask is for who shows it.
    """

    number: int
    front: str
    back: str
    typed: str = ""


def sides(note: Note, note_types: Sequence[NoteType]) -> Iterator[Sides]:
    """The cards of a note in their order, those of a retired note included.

    `note_types` are those of its package.
    """
    (note_type,) = (one for one in note_types if one.role == role_of(note.kind))
    fields = dict(zip((field.name for field in note_type.fields), note.fields, strict=True))
    for number in sorted(note.cards):
        # A cloze note type has one template for all its cards.
        template = note_type.templates[0 if note_type.role == "cloze" else number - 1]
        front, back = (
            _fill(_parsed(html), fields, number, answer)
            for html, answer in ((template.front, False), (template.back, True))
        )
        yield Sides(number, front, back, _typed(front, fields, number))


def needs(note_type: NoteType) -> list[tuple[int, str, list[int]]]:
    """Fields that a card of each template needs not to be empty: (number, "any", "all" or "none", fields).

    Anki 2.1.28 and later work it out themselves (rslib/src/template.rs, `requirements`); older ones believe
    a package, and offer to delete cards whose fields are empty.
    """
    names = [field.name for field in note_type.fields]
    found = []
    for number, template in enumerate(note_type.templates):
        front = _parsed(template.front)
        alone = [index for index, name in enumerate(names) if _renders(front, {name})]
        missed = [index for index, name in enumerate(names) if not _renders(front, {*names} - {name})]
        if alone:
            found.append((number, "any", alone))
        elif missed and _renders(front, {*names}):
            found.append((number, "all", missed))
        else:
            found.append((number, "none", []))
    return found


@dataclass(frozen=True, slots=True)
class _Section:
    """A part of a template that is shown when a field is filled, or when it is empty."""

    field: str
    filled: bool
    parts: _Parts


@dataclass(frozen=True, slots=True)
class _Field:
    filters: tuple[str, ...]
    name: str


_Parts = tuple[str | _Field | _Section, ...]


@cache
def _parsed(template: str) -> _Parts:
    return _parse(iter(_TAG.split(template)))


def _parse(pieces: Iterator[str]) -> _Parts:
    """The parts up to the end of a section, from what _TAG splits: text, sign, word, text, …"""
    parts: list[str | _Field | _Section] = [next(pieces)]
    for sign in pieces:
        word = next(pieces)
        if sign == "/":
            break
        if sign:
            parts.append(_Section(word, sign == "#", _parse(pieces)))
        else:
            *filters, name = word.split(":")
            parts.append(_Field(tuple(filters), name))
        parts.append(next(pieces))
    return tuple(parts)


def _renders(parts: _Parts, filled: Collection[str]) -> bool:
    """Whether a field is shown when those in `filled` are not empty; other text does not count.

    As for Anki, what is shown when a field is empty counts always.
    """
    for part in parts:
        match part:
            case _Section(name, when, inner) if not when or name in filled:
                if _renders(inner, filled):
                    return True
            case _Field(_, name) if name in filled:
                return True
    return False


def _fill(parts: _Parts, fields: Mapping[str, str], number: int, answer: bool) -> str:
    html = []
    for part in parts:
        match part:
            case str():
                html.append(part)
            case _Section(name, filled, inner):
                if bool(fields[name].strip()) == filled:
                    html.append(_fill(inner, fields, number, answer))
            case _Field(("cloze",), name):
                html.append(_cloze(fields[name], number, answer))
            case _Field(("type", *rest), name):
                html.append(f"[[{':'.join(('type', *rest, name))}]]")
            case _Field(_, name):
                html.append(fields[name])
    return "".join(html)


def _cloze(html: str, number: int, answer: bool) -> str:
    """A text with the deletions `number` hidden or, in the answer, shown, and all others shown."""
    return bare_formulas(_DELETION.sub(partial(_deletion, number, answer), html))


def bare_formulas(html: str) -> str:
    """A side without elements in formulas: MathJax reads text only, so Anki takes them out."""
    return _MATHJAX.sub(lambda found: found[1] + _HTML.sub("", found[2]) + found[3], html)


def _deletion(number: int, answer: bool, found: re.Match[str]) -> str:
    content = found[2]
    if int(found[1]) != number:
        return f'<span class="cloze-inactive" data-ordinal="{found[1]}">{content}</span>'
    if not answer:
        content = f"[{found[3] or '...'}]"
    return f'<span class="cloze" data-ordinal="{found[1]}">{content}</span>'


def _typed(front: str, fields: Mapping[str, str], number: int) -> str:
    """What a `[[type:…]]` on the front asks for, as text: a field, or all that a cloze card hides."""
    asked = re.search(r"\[\[type:(cloze:)?(\w+)\]\]", front)
    if asked is None:
        return ""
    html = fields[asked[2]]
    if asked[1]:
        hidden = [found[2] for found in _DELETION.finditer(html) if int(found[1]) == number]
        # Anki asks once for what is hidden everywhere alike.
        html = ", ".join(hidden if len(set(hidden)) > 1 else hidden[:1])
    return markdown.plain(_HTML.sub("", html))


def formula_forms(note: Note) -> Iterator[str]:
    """HTML with every formula that one of the cards of a note shows, each as that card has it.

    Whoever shows a card can't draw formulas, so these are made beforehand. A formula whose forms
    would grow beyond FORMS is left out.
    """
    for html in note.fields:
        if "\\(" not in html and "\\[" not in html:
            continue
        if role_of(note.kind) != "cloze" or "{{c" not in html:
            yield html
            continue
        for found in _MATHJAX.finditer(html):
            numbers = {int(deletion[1]) for deletion in _DELETION.finditer(found[0])}
            if len(numbers) * len(found[0]) <= FORMS:
                # No deletion has the number 0.
                yield from (_cloze(found[0], number, answer=False) for number in (0, *sorted(numbers)))
