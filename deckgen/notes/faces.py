r"""Which cards a note has, and the two sides of each as HTML, by Anki's own rules.

Anki works out cards when it adds a note (rslib/src/notetype/cardgen.rs) and fills templates when it shows a
card (rslib/src/template.rs, rslib/src/notetype/render.rs). This module does the same for any note type. On a
preview page, a script fills our own templates when a card is looked at, so that the page holds each text
only once (page/page.js). Tests compare both with the real Anki, card by card.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import lru_cache

from deckgen.fixed import fixed
from deckgen.markup import markdown
from deckgen.notes import deletions, filters
from deckgen.notes.note_types import NoteType
from deckgen.notes.template import FRONT, SPECIAL, Fault, Parts, Replacement, Section, checked, parse, renders

#: How many characters all forms of a formula may have together: each deletion in a formula adds another form.
FORMS = 2_000

_EMPTY_BEGINS = "<\t\n\v\f\r "
_EMPTY = re.compile(r"(?:[\t-\r ]|</?(?:br|div) ?/?>)*", re.IGNORECASE | re.ASCII)
_TO_TYPE = re.compile(r"\[\[type:(cloze:|nc:)?([^\]]+)\]\]")
_FORMULA = re.compile(r"\\[(\[].*?\\[)\]]", re.DOTALL)


@fixed
class Sides:
    """One Anki card. `typed` is what the learner is asked to type, if anything.

    `[sound:…]` and `[[type:…]]` stay in the HTML as they stand in the fields: whoever shows the card plays
    the sound and asks for the text.
    """

    front: str
    back: str
    typed: str = ""


def is_empty(html: str) -> bool:
    """Whether Anki takes a field for empty: it has only spaces, and the breaks that Anki's editor leaves."""
    return not html or (html[0] in _EMPTY_BEGINS and _EMPTY.fullmatch(html) is not None)


def cards(note_type: NoteType, fields: Sequence[str], tags: Collection[str] = ()) -> tuple[int, ...]:
    """The cards of a note, as Anki counts them from 0; a template that can't be read makes none.

    For a note without cards, Anki still makes the first card, and shows an error on it.
    """
    if note_type.is_cloze:
        # Deletions count in every field, whether or not a template shows it.
        numbers: set[int] = set()
        for html in fields:
            if "{{c" in html:
                numbers |= deletions.numbers(html)
        return tuple(sorted({min(number, deletions.LAST) - 1 for number in numbers}))
    filled = tuple([html != "" and not is_empty(html) for html in fields])
    return _standard_cards(note_type.fronts, note_type.field_names, filled, bool(tags))


@lru_cache(maxsize=1000)  # most notes of a deck fill the same fields
def _standard_cards(
    fronts: tuple[str, ...], names: tuple[str, ...], filled: tuple[bool, ...], tagged: bool
) -> tuple[int, ...]:
    shown = {name for name, is_filled in zip(names, filled, strict=True) if is_filled}
    shown |= {name for name in SPECIAL if name not in names and (name != "Tags" or tagged)}
    parsed = enumerate(map(parse, fronts))
    return tuple(
        ordinal for ordinal, front in parsed if not isinstance(front, Fault) and renders(front, shown)
    )


def sides(
    note_type: NoteType, fields: Sequence[str], ordinal: int, special: Mapping[str, str] | None = None
) -> Sides | Fault:
    """The two sides of the card `ordinal` (from 0) of a note, or why Anki shows an error instead.

    `special` has the known values of `template.SPECIAL`; an unknown one, such as the number that a card
    gets in a learner's collection, is an empty text.
    """
    template = note_type.template(ordinal)
    own = dict(zip(note_type.field_names, fields, strict=True))
    known = dict.fromkeys(SPECIAL, "") | {"Type": note_type.name, "Card": template.name, "CardFlag": "flag0"}
    values = {f"c{ordinal + 1}": "1", **known, **(special or {}), **own}
    card = _Card(values, frozenset(name for name, html in values.items() if not is_empty(html)), ordinal)
    front = checked(template.front, values)
    if isinstance(front, Fault):
        return front
    if not _asks(note_type, front, card):
        return Fault(0, "the front shows nothing of this note")
    back = checked(template.back, values)
    if isinstance(back, Fault):
        return back
    question = "".join(_filled(front, card, None))
    return Sides(question, "".join(_filled(back, card, question)), _typed(question, own, ordinal))


@fixed
class _Card:
    """What fills a template: the fields of a note, which of them are not empty, and the card."""

    values: Mapping[str, str]
    filled: frozenset[str]
    ordinal: int


def _asks(note_type: NoteType, front: Parts, card: _Card) -> bool:
    if note_type.is_cloze:
        return any(card.ordinal + 1 in deletions.numbers(html) for html in card.values.values())
    return renders(front, card.filled)


def _filled(parts: Parts, card: _Card, question: str | None) -> Iterator[str]:
    """The pieces of the front or, when the front is given as `question`, of the back."""
    for part in parts:
        match part:
            case str():
                yield part
            case Section(_, name, filled, inner):
                if (name in card.filled) == filled:
                    yield from _filled(inner, card, question)
            case Replacement(_, name, _) if name == FRONT:
                yield question or ""
            case Replacement(_, name, wanted) if name:  # add-ons have filters that need no field
                html = card.values[name]
                yield filters.apply(wanted, html, name, card.ordinal, answer=question is not None)


def _typed(front: str, fields: Mapping[str, str], ordinal: int) -> str:
    """What `[[type:…]]` on the front asks for, as text: a field, or all that a cloze card hides."""
    asked = _TO_TYPE.search(front)
    if asked is None or asked[2] not in fields:
        return ""
    html = fields[asked[2]]
    if asked[1] == "cloze:":
        html = deletions.to_type(html, ordinal + 1)
    return markdown.plain(html)


def needs(note_type: NoteType) -> list[tuple[int, str, list[int]]]:
    """The fields that each template needs filled to make a card: (number, "any", "all" or "none", fields).

    Anki 2.1.28 and later work this out themselves (rslib/src/template.rs, `requirements`). Older versions
    believe the package, and offer to delete cards whose fields are empty.
    """
    names = note_type.field_names
    found = []
    for number, template in enumerate(note_type.templates):
        front = parse(template.front)
        parts = () if isinstance(front, Fault) else front
        alone = [index for index, name in enumerate(names) if renders(parts, {name}, legacy=True)]
        missed = [
            index for index, name in enumerate(names) if not renders(parts, {*names} - {name}, legacy=True)
        ]
        if alone:
            found.append((number, "any", alone))
        elif missed and renders(parts, names, legacy=True):
            found.append((number, "all", missed))
        else:
            found.append((number, "none", []))
    return found


def formula_forms(note_type: NoteType, fields: Sequence[str]) -> Iterator[str]:
    """HTML with every formula that a card of the note shows, in the form that it has on that card.

    The page that shows cards can't draw formulas, so they are drawn beforehand. A formula whose forms
    would be longer than FORMS together is left out.
    """
    for html in fields:
        if "\\(" not in html and "\\[" not in html:
            continue
        if not note_type.is_cloze or "{{c" not in html:
            yield html
            continue
        for found in _FORMULA.finditer(html):
            numbers = deletions.numbers(found[0])
            if len(numbers) * len(found[0]) <= FORMS:
                yield deletions.with_all_shown(found[0])
                yield from (deletions.clozed(found[0], number, answer=False) for number in sorted(numbers))
