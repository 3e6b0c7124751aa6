"""Note types as plain values, and those that deckgen has, with HTML and CSS from `templates/`.

The number, order and meaning of fields and templates are frozen: with another schema,
Anki refuses every update of the notes that learners have (a second type "Name+"
appears and all notes are "conflicting"). That is why there are spare fields, and a
second template, which a field switches on. A change here needs a new SCHEMA, and so
new note types.

Each package has those of questions and of clozes; that of pictures with masks comes where it is used. It is
of Anki's own kind, so that Anki's editor opens its masks: Anki knows it by `originalStockKind`, its fields by
their tags (rslib/src/image_occlusion/notetype.rs), and its script looks for two elements by their ids
(ts/routes/image-occlusion/review.ts). But its number is ours: what learners made of Anki's stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Container, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from html import escape
from pathlib import Path
from typing import Any

from deckgen.deck import Deck, Source
from deckgen.fixed import fixed
from deckgen.markup.markdown import literal
from deckgen.notes.filters import shown_by_brackets
from deckgen.notes.identity import number, short_hash
from deckgen.notes.layouts import Layout
from deckgen.notes.speech import of_deck

SCHEMA = "1"

_FOLDER = Path(__file__).parent / "templates"

_WORDS = {
    "en": {
        "retired": "Retired card",
        "toggle": "Masks on or off",
        "old": "This card needs Anki 23.10 or newer, and an app that can draw masks.",
    },
    "zh": {
        "retired": "已停用的卡片",
        "toggle": "显示或隐藏遮罩",
        "old": "此卡片需要 Anki 23.10 或更新版本，以及支持图片遮罩的应用。",
    },
}


@fixed
class Template:
    """A front and a back; `number` lets learners and authors rename the template without harm.

    Only those of an adopted type may have none.
    """

    name: str
    number: int | None
    front: str
    back: str


@fixed
class Field:
    """A field. By a `tag` Anki knows what those of a note type of its own kind are for.

    Only those of an adopted type may have no `number`.
    """

    name: str
    number: int | None
    tag: int | None = None


@dataclass(frozen=True)
class NoteType:
    """`role` is its short name, by which its notes and the lock know it.

    A note has a card for each template whose front shows one of its fields, or, when `is_cloze`, for each
    number of its deletions, all by the first template. The first field is also the sort field: what
    Anki's browser and import log show; but `sort` may name another, and a type of the deck's own has a
    `layout`, which does. `stock` is the number that Anki gives to a kind of its own, of which this is one.
    It is `adopted` when learners had it before deckgen: then nothing is in it that was not there, and
    `options` are what else Anki keeps of it.
    """

    role: str
    number: int
    name: str
    is_cloze: bool
    fields: tuple[Field, ...]
    templates: tuple[Template, ...]
    css: str
    layout: Layout | None = None
    sort: str = ""
    stock: int = 0
    adopted: bool = False
    options: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def sort_field(self) -> int:
        """The place of the sort field, from 0."""
        sort = self.layout.sort if self.layout is not None else self.sort
        return self.field_names.index(sort) if sort else 0

    @cached_property
    def field_names(self) -> tuple[str, ...]:
        return tuple(field.name for field in self.fields)

    @cached_property
    def has_ids(self) -> bool:
        """Whether each field and template has a number: without, Anki knows them by their names only."""
        return None not in [*(one.number for one in self.fields), *(one.number for one in self.templates)]

    @cached_property
    def fronts(self) -> tuple[str, ...]:
        return tuple(template.front for template in self.templates)

    @cached_property
    def fronts_hash(self) -> str:
        """A hash of all fronts: when one changes, Anki looks for missing cards of each note that is there."""
        return short_hash("\x1e".join(self.fronts))

    @cached_property
    def bracketed(self) -> frozenset[str]:
        """The fields whose readings stand in brackets, because a template shows them by `{{furigana:…}}`."""
        sides = (side for one in self.templates for side in (one.front, one.back))
        return frozenset(name for side in sides for name in shown_by_brackets(side))

    def template(self, ordinal: int) -> Template:
        """The template of the card `ordinal`, from 0."""
        return self.templates[0 if self.is_cloze else ordinal]


@fixed
class _Plan:
    """What is the same for a note type in every package; `templates` are file names, and Anki's names.

    Of its fields the first `tagged` are those of Anki's own kind `stock`.
    """

    role: str
    title: str
    is_cloze: bool
    fields: tuple[str, ...]
    templates: Mapping[str, str]
    sort: str = ""
    stock: int = 0
    tagged: int = 0
    style: str = ""


#: Fields that were once spare fields with other names. Their numbers still derive from the old names, so Anki
#: renames the field that learners have; with another number it would refuse every update.
_WOKEN = {"Hint": "Spare1"}
_PLANS = (
    _Plan(
        "qa",
        "questions",
        False,
        (
            "Question", "Answer", "Note", "Source", "See", "Typed", "Reverse", "Status", "Id",
            "Hint", "Spare2", "Spare3",
        ),
        {"card": "Question", "reverse": "Answer"},
    ),
    _Plan(
        "cloze",
        "cloze",
        True,
        ("Text", "List", "Note", "Source", "See", "Typed", "Status", "Id", "Hint", "Spare2", "Spare3"),
        {"cloze": "Cloze"},
    ),
    _Plan(
        "occlusion",
        "occlusion",
        True,
        (
            "Occlusion", "Image", "Header", "Back Extra", "Comments", "Source", "See", "Status", "Id",
            "Hint", "Spare2", "Spare3",
        ),
        {"occlusion": "Mask"},
        sort="Header",
        stock=6,
        tagged=5,
        style="occlusion.css",
    ),
)  # fmt: skip
#: The roles of those that every package has.
_EVERYWHERE = ("qa", "cloze")


def note_types(
    deck: Deck, lang: str, namespace: str, style: str = "", used: Container[str] = ()
) -> dict[str, NoteType]:
    """The note types of one package by their short names; their numbers derive from `namespace`.

    `style` is the deck's own part of their style sheet; `used` are the roles of those that its cards have.

    The deck's source stands in the templates and not in a field: correcting its
    title or address then changes no note, and so overwrites nobody's edit.
    """
    words = {
        "scene": scene(),
        **_words(lang),
        "lang": f' lang="{escape(lang)}"' if lang else "",
        "source": _source_line(deck, deck.source) if deck.source else "",
        **_speech(of_deck(deck, lang)),
    }
    major = namespace.partition("#")[2]
    name = ".".join(part for part in (deck.key.value, lang, major) if part)
    names = (deck.identity, namespace, SCHEMA)
    plans = (plan for plan in _PLANS if plan.role in _EVERYWHERE or plan.role in used)
    return {plan.role: _note_type(plan, name, names, words, style) for plan in plans}


def with_notations(note_type: NoteType, lang: str) -> NoteType:
    """The note type of a package in `lang` with the look of scripts and readings.

    Only where a note has some: a change of the look overwrites what learners changed in theirs. What they
    had before deckgen stays as it is.
    """
    if note_type.adopted:
        return note_type
    added = notations()
    looks = ((our_style(), added), (bare_style(lang), _bare(added, lang)))
    # Behind our style, where it has that, and before the author's own, which has the last word.
    ours, added = next((look for look in looks if note_type.css.startswith(look[0])), ("", added))
    return replace(note_type, css=ours + added + note_type.css.removeprefix(ours))


def _note_type(
    plan: _Plan, name: str, names: tuple[str, ...], words: Mapping[str, str], style: str
) -> NoteType:
    own = _file(plan.style) if plan.style else ""
    return NoteType(
        role=plan.role,
        number=number("notetype", *names, plan.role),
        name=f"{name} {plan.title}",
        is_cloze=plan.is_cloze,
        fields=tuple(
            Field(
                field,
                number("field", *names, plan.role, _WOKEN.get(field, field)),
                place if place < plan.tagged else None,
            )
            for place, field in enumerate(plan.fields)
        ),
        templates=tuple(
            Template(
                title,
                number("template", *names, plan.role, template),
                _fill(f"{template}.front.html", words),
                _fill(f"{template}.back.html", words),
            )
            for template, title in plan.templates.items()
        ),
        css="\n".join(filter(None, (our_style(), own, style))),
        sort=plan.sort,
        stock=plan.stock,
    )


def scene() -> str:
    """The picture and its masks in a template, with the one script that deckgen ships; still to be filled."""
    return _file("occlusion.scene.html")


def notations() -> str:
    """The look of scripts and readings, which a style sheet has where notes have some."""
    return _file("notations.css")


def our_style() -> str:
    """The style sheet that the note types of each deck have."""
    return _file("card.css")


@cache
def bare_style(lang: str) -> str:
    """Our style sheet for templates that are not in a `.dg`, as those of an author's own, in `lang`."""
    return f"{_bare(our_style(), lang)}\n{_file('own.css')}"


def _bare(css: str, lang: str) -> str:
    """Rules for what is in a `.dg`, made to count for all that a card in `lang` shows.

    A front may not change when learners have it, so no element can be put around it.
    """

    def told(found: re.Match[str]) -> str:
        return ".card" if f"{lang}-".lower().startswith(f"{found[1]}-".lower()) else found[0]

    css = re.sub(r"\.dg:lang\(([\w-]+)\)", told, css)
    # Anki's window gives the classes for the night to the element that is the card.
    css = re.sub(r"(\.nightMode|\.night_mode) \.dg(?= )", r"\1", css)
    return re.sub(r"\.dg(?= )(?! \{)", ".card", css)


def _source_line(deck: Deck, source: Source) -> str:
    """What the deck is drawn from, in a few words; the cards themselves name the speaker and the section.

    With an address, the publisher and the date are enough: the link leads to the source, and its title
    appears under the pointer. A publisher who is also a speaker isn't named twice.
    """
    speakers = {name.value for names in (deck.speakers or {}).values() for name in names.values()}
    speakers |= {card.speaker.value for card in deck.cards if card.speaker is not None}
    by = source.by if source.by is None or source.by.value not in speakers else None
    named = by if by is not None and source.url is not None else source.title
    texts = [named, *(text for text in (by, source.date) if text is not None and text is not named)]
    line = " · ".join(literal(text.value) for text in texts)
    title = ""
    if source.url is not None:
        # Anki plays `[sound:…]` wherever it stands.
        title = f' title="{escape(source.title.value).replace("[", "&#91;")}"'
        line = f'<a href="{escape(source.url.value)}">{line}</a>'
    # An author's text in a template must not have `{{`: Anki would look for a field.
    return f"<span{title}>{line}</span>".replace("{", "&#123;").replace("}", "&#125;")


def _speech(lang: str) -> dict[str, str]:
    """What has Anki read an answer aloud in `lang`, by the word in a template. Only backs have them.

    When a front changes, Anki may look for missing cards, and make some twice.
    """
    shown = {"say-answer": "Answer", "say-text": "cloze-only:Text", "say-list": "cloze-only:List"}
    return {word: f" {{{{tts {lang}:{what}}}}}" if lang else "" for word, what in shown.items()}


def retired_word(lang: str) -> str:
    """How a card says in a language that it is retired."""
    return _words(lang)["retired"]


def _words(lang: str) -> Mapping[str, str]:
    return _WORDS.get(lang.split("-", maxsplit=1)[0], _WORDS["en"])


def _fill(name: str, words: Mapping[str, str]) -> str:
    """A template file with `[[word]]` replaced; Anki's own `{{…}}` stays."""
    html = _file(name)
    for word, value in words.items():
        html = html.replace(f"[[{word}]]", value)
    return html


@cache
def _file(name: str) -> str:
    return (_FOLDER / name).read_text(encoding="utf-8").strip()
