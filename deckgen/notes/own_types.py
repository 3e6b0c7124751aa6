"""Note types of an author's own, as packages have them: ready to be changed when learners have them.

Anki takes a note type for another one when fields or templates are added, and then refuses every update of
its notes. A field that is renamed, or a template that gets another front, arrives, as both are known by
numbers. So behind the author's fields come `Status`, `Id` and spare fields, and behind the templates a
dormant one that makes no card; what an author adds later takes the number of a spare. A `Layout` is what
learners have; deck.lock keeps it.

A type that learners had before deckgen, an adopted one, has the name, the numbers and the templates that it
has in Anki, and nothing is added to it.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from html import escape

from deckgen import kinds
from deckgen.deck import RETIRED_TAG, Card, Deck, OwnType, Sheet
from deckgen.kinds import OwnFields, Role
from deckgen.markup import cloze, loads
from deckgen.notes import faces, speech
from deckgen.notes.identity import number
from deckgen.notes.layouts import Layout
from deckgen.notes.note_types import SCHEMA, Field, NoteType, Template, bare_style, notations, retired_word
from deckgen.notes.template import SPECIAL, Fault, Parts, Replacement, Section, parse

STATUS, ID = "Status", "Id"
#: How many fields, and how many templates, may be added to a type that learners have.
SPARE_FIELDS, SPARE_TEMPLATES = 3, 1

#: A front of a person shows no more fields.
MOST_BANNERS = 200

# A front that shows the note's id where it has none: never.
_DORMANT = "{{^Id}}{{Id}}{{/Id}}"
_BANNER_CSS = """\
.dg-status { margin: 0 0 1em; padding: 0.5em 0.8em; border-radius: 7px; font-size: 16px; text-align: left; }
.dg-status { background: #fff1db; color: #8a4b00; }
.nightMode .dg-status, .night_mode .dg-status { background: #3a2a12; color: #ffc27a; }
"""
_OPENED = re.compile(r"\{\{[#^]([^{}]+)\}\}")
# One front may have several, of which the first is enough.
_ONE_BANNER = ".dg-status + .dg-status { display: none; }\n"


def layout(own: OwnType, given: Layout | None) -> Layout:
    """What learners have of a type after the next build; `given` is what they have until then.

    The order of fields and templates stays as it was given out; new ones take the spares in the order of
    the type.
    """
    names = tuple(template.name.value for template in own.templates)
    if given is None:
        return Layout(own.field_names, names, sort=own.sorted_by, is_cloze=own.is_cloze)
    fields = tuple(name for name in own.field_names if name not in given.all_fields)
    templates = tuple(name for name in names if name not in given.all_templates)
    return replace(given, woken=given.woken + fields, woken_templates=given.woken_templates + templates)


def misfits(own: OwnType, given: Layout) -> Iterator[tuple[str, str]]:
    """Why a type can't become what its author made of it: what is wrong, and what to do."""
    names = tuple(template.name.value for template in own.templates)
    if (own.adopted is not None) != bool(given.number):
        yield from _given_otherwise(own)
        return
    if own.is_cloze != given.is_cloze:
        yield f"was built as a {_kind(given.is_cloze)} type and is a {_kind(own.is_cloze)} one now", _ANOTHER
    if own.sort and own.sort != given.sort:
        yield (
            f"was built sorted by `{given.sort}`, and is sorted by `{own.sort}` now",
            f"write `sort: {given.sort}`",
        )
    for what, before, now in (
        ("field", given.all_fields, own.field_names),
        ("template", given.all_templates, names),
    ):
        for name in before:
            if name not in now:
                hint = "put it back under this name, because learners have it"
                if what == "field":
                    hint += "; on cards you may leave it empty"
                yield f"was built with the {what} `{name}`, which is gone now", hint
    yield from _without_room(own, given)


def _without_room(own: OwnType, given: Layout) -> Iterator[tuple[str, str]]:
    """Fields and templates for which there is no spare; an adopted type has none."""
    after = layout(own, given)
    rooms = (0, 0) if given.number else (SPARE_FIELDS, 0 if own.is_cloze else SPARE_TEMPLATES)
    woken = after.woken, after.woken_templates
    for what, new, room in zip(("fields", "templates"), woken, rooms, strict=True):
        named = ", ".join(f"`{name}`" for name in new[room:])
        if named and given.number:
            message = f"was adopted without the {what} {named}"
            yield f"{message}, and can't get more: Anki would refuse every update", _BEYOND_ADOPTED
        elif named:
            yield f"has no spare left for the {what} {named}: Anki would refuse every update", _BEYOND


_ANOTHER = "undo this, and make another note type for new cards"
_BEYOND = (
    "use a field that is already there, or make another note type for new cards; "
    "or start again with `deckgen build --new-major`"
)


_BEYOND_ADOPTED = "use a field that is already there, or make another note type for new cards"


def _given_otherwise(own: OwnType) -> Iterator[tuple[str, str]]:
    """What there is to say when learners have a type of the author's as an adopted one, or the reverse."""
    if own.adopted is not None:
        yield "was built as one of the deck's own, and is `adopted:` now", "take `adopted:` out again"
    else:
        hint = "write `adopted:` again, with the name that the note type has in Anki"
        yield "was adopted, and `adopted:` is gone now", hint


def _kind(is_cloze: bool) -> str:
    return "cloze" if is_cloze else "standard"


def note_types(
    deck: Deck,
    lang: str,
    namespace: str,
    given: Mapping[str, Layout],
    used: Collection[str],
    stored: Callable[[str], str | None] = lambda _: None,
    style: str = "",
    ship: Callable[[str], object] = lambda _: None,
) -> dict[str, NoteType]:
    """Those of the deck's own note types that are `used` in one language, by their names.

    Anki takes no other one, so that they stay free to change. `given` is what learners have of them;
    `stored` gives the name under which a file travels; `style` is the deck's own part of our style sheet.
    `ship` is called with the name of each file that travels under its own, as adopted types name it.
    """
    return {
        name: _adopted(own, lang, layout(own, given.get(name)), ship)
        if own.adopted is not None
        else _note_type(deck, own, lang, namespace, layout(own, given.get(name)), stored, style)
        for name, own in deck.note_types.items()
        if name in used
    }


def _adopted(own: OwnType, lang: str, laid: Layout, ship: Callable[[str], object]) -> NoteType:
    """A note type as learners had it before deckgen, but for what its author changed in the sheets."""
    sides = {template.name.value: template for template in own.templates}
    css = own.style.text if own.style is not None else ""
    sheets = (side[lang].text for one in own.templates for side in (one.front, one.back))
    for load in itertools.chain(*map(loads.in_html, sheets), loads.in_css(css)):
        if isinstance(load, loads.Load):
            ship(load.name)
    return NoteType(
        role=own.name,
        number=laid.number,
        name=own.adopted.value if own.adopted is not None else "",
        is_cloze=own.is_cloze,
        fields=tuple(Field(*one) for one in _numbered(laid.all_fields, laid.field_numbers)),
        templates=tuple(
            Template(name, number, sides[name].front[lang].text, sides[name].back[lang].text)
            for name, number in _numbered(laid.all_templates, laid.template_numbers)
            if name in sides
        ),
        css=css,
        layout=laid,
        adopted=True,
        options=own.options,
    )


def _numbered(names: Sequence[str], numbers: Sequence[int | None]) -> Iterator[tuple[str, int | None]]:
    """Names with the numbers that Anki gave them, as far as it did."""
    return zip(names, itertools.chain(numbers, itertools.repeat(None)), strict=False)


def _note_type(
    deck: Deck,
    own: OwnType,
    lang: str,
    namespace: str,
    laid: Layout,
    stored: Callable[[str], str | None],
    style: str,
) -> NoteType:
    names = (deck.identity, namespace, SCHEMA)
    title = ".".join(part for part in (deck.key.value, lang, namespace.partition("#")[2]) if part)
    spares = [f"Spare{place}" for place in range(1, SPARE_FIELDS + 1)]
    fields = [(name, name) for name in (*laid.fields, STATUS, ID)]
    fields += [
        (woken, spare)
        for woken, spare in zip((*laid.woken, *spares[len(laid.woken) :]), spares, strict=False)
    ]
    sides = {template.name.value: template for template in own.templates}
    # Without `lang=`: a second language must not change the fronts that learners have of the first one.
    banner = _banner(lang)
    spoken = speech.of_fields(deck, own, lang)
    templates = [(name, name) for name in laid.templates]
    if not own.is_cloze:
        templates.append((next(iter(laid.woken_templates), "Spare"), "Spare"))
    made = []
    for name, origin in templates:
        front, back = _DORMANT, "{{Id}}"
        if name in sides:
            front, back = (_filled(side[lang], stored) for side in (sides[name].front, sides[name].back))
            front, back = (speech.with_languages(side, spoken) for side in (front, back))
            front = _with_banner(front, banner, own)
        made.append(Template(name, number("template", *names, own.name, origin), front, back))
    return NoteType(
        role=own.name,
        number=number("notetype", *names, own.name),
        name=f"{title} {own.name}",
        is_cloze=own.is_cloze,
        fields=tuple(Field(name, number("field", *names, own.name, origin)) for name, origin in fields),
        templates=tuple(made),
        css=_css(own, lang, stored, style),
        layout=laid,
    )


def _filled(sheet: Sheet, stored: Callable[[str], str | None]) -> str:
    found = [one for one in loads.in_html(sheet.text) if isinstance(one, loads.Load)]
    return loads.with_names(sheet.text, found, stored)


def _css(own: OwnType, lang: str, stored: Callable[[str], str | None], style: str) -> str:
    if own.style is None:
        return "\n".join(filter(None, (bare_style(lang), style, _ONE_BANNER)))
    found = [one for one in loads.in_css(own.style.text) if isinstance(one, loads.Load)]
    return _BANNER_CSS + _ONE_BANNER + loads.with_names(own.style.text, found, stored)


def _with_banner(front: str, banner: str, own: OwnType) -> str:
    """A front that says of a retired card that it is one.

    Anki makes a card of each front that shows a filled field. So that the banner makes none, it stands
    under the same conditions as the fields of the front, once for each of them.
    """
    shown = "{{#Status}}" + banner + "{{/Status}}\n"
    parts = parse(front)
    if own.is_cloze or isinstance(parts, Fault):
        return shown + front
    shows = dict.fromkeys(itertools.islice(_shows(parts, own), MOST_BANNERS + 1))
    if len(shows) > MOST_BANNERS:
        return shown + front  # it then makes a card of a retired note
    return "".join(f"{opened}{shown}{closed}" for opened, closed in shows) + front


def without_banner(front: str, lang: str, *, is_cloze: bool) -> str:
    """A front as its author wrote it, without what a build in `lang` puts before it."""
    shown = "{{#Status}}" + _banner(lang) + "{{/Status}}\n"
    at = len(shown) if front.startswith(shown) else 0
    while not is_cloze and at < len(front):
        begin = front.find(shown, at)
        opened = _OPENED.findall(front[at:begin]) if begin >= 0 else []
        closed = "".join(f"{{{{/{name}}}}}" for name in reversed(opened))
        end = begin + len(shown)
        if begin < 0 or _OPENED.sub("", front[at:begin]) or not front.startswith(closed, end):
            break
        at = end + len(closed)
    return front[at:]


def without_ours(css: str, lang: str) -> str | None:
    """The style sheet of a type as its author wrote it, or None when the type has none of its own."""
    added = notations()
    ours = _BANNER_CSS + _ONE_BANNER
    for begin in (ours, f"{added}{ours}"):
        if css.startswith(begin):
            return css.removeprefix(begin)
    return None if css.startswith(bare_style(lang)) else css


def _banner(lang: str) -> str:
    return f'<p class="dg-status"><b>{escape(retired_word(lang))}</b> {{{{Status}}}}</p>'


def _shows(parts: Parts, own: OwnType) -> Iterator[tuple[str, str]]:
    """The sections in which a field of the front stands, and is filled: as they open and as they close."""
    for part in parts:
        match part:
            case Replacement(_, name, _) if name in own.field_names:
                yield f"{{{{#{name}}}}}", f"{{{{/{name}}}}}"
            case Section(_, name, filled, inner):
                sign = "#" if filled else "^"
                for opened, closed in _shows(inner, own):
                    yield f"{{{{{sign}{name}}}}}{opened}", f"{closed}{{{{/{name}}}}}"


def plain(deck: Deck, lang: str) -> dict[str, NoteType]:
    """The deck's own note types as a first build would make them: enough to count cards by `count`."""
    return note_types(deck, lang, "", {}, deck.note_types)


def of_card(card: Card, lang: str) -> str:
    """The name of the deck's own note type that a card has in a language; nothing where it has none."""
    content = card.contents.get(lang)
    return content.type.value if isinstance(content, OwnFields) else ""


def filled(own: OwnType, card: Card, lang: str) -> frozenset[str]:
    """The fields that are not empty on the note of a card of this type, by whichever keys they are filled."""
    names = {part.key for part in kinds.parts(card.contents[lang])}
    if card.speaker is not None:
        names.add(own.speaker or own.source)
    if lang in card.section:
        names.add(own.source)
    if own.adopted is None:
        names |= {ID, STATUS} if card.retired is not None else {ID}
    return frozenset(names - {""})


def count(deck: Deck, card: Card, lang: str, made: Mapping[str, NoteType]) -> int:
    """How many cards Anki makes of a note of an own type, told by its filled fields; `made` is `plain`."""
    own = deck.note_types[of_card(card, lang)]
    if own.is_cloze:
        texts = (part.text.value for part in kinds.parts(card.contents[lang]) if part.role is Role.CLOZE)
        return len({deletion.number for text in texts for deletion in cloze.scan(text)[0]})
    note_type, names = made[own.name], filled(own, card, lang)
    tags = [*(text.value for text in card.tags), *([RETIRED_TAG] if card.retired is not None else [])]
    return len(faces.cards(note_type, ["x" if name in names else "" for name in note_type.field_names], tags))


# A hint that no text has: where it is shown, something is hidden.
_HINT = "\ue000"


def asks(
    note_type: NoteType, numbers: Mapping[str, Collection[int]], number: int, *, is_tagged: bool = True
) -> bool:
    """Whether the card `number` of a cloze note hides something on its front.

    `numbers` has the fields that are filled, each with the numbers of its deletions.
    """
    mark = f"{{{{c{number}::x::{_HINT}}}}}"
    filled = {name: mark if number in own else "x" for name, own in numbers.items()}
    special = dict.fromkeys(SPECIAL, "x") | {"Tags": "x" if is_tagged else ""}
    fields = [filled.get(name, "") for name in note_type.field_names]
    sides = faces.sides(note_type, fields, number - 1, special)
    if isinstance(sides, Fault):
        return False
    shown = sides.front.replace(mark, "")  # without a filter, the field is shown as it is written
    return _HINT in shown or "[[type:cloze:" in shown
