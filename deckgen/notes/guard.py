"""The last check of what goes into a package: nothing in it may act, wherever it came from.

Texts are rendered so that Anki only shows them. This module does not rely on that: it reads each field of
each note, each template, the style sheet and the description as Anki and a browser read them. It refuses
what neither deckgen's own renderer writes nor an author may write as HTML: other elements and attributes,
other schemes, marks in brackets that Anki acts on, and formulas with commands that `markup.tex` does not
allow. Marks of LaTeX pass in the fields of a deck whose author vouches for it, where K36 names them.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from functools import cache
from html import unescape

from deckgen.deck import Deck, Given
from deckgen.finding import Finding, Place
from deckgen.markup import raw, spans, tex
from deckgen.markup.markdown import ANKI_BRACKET
from deckgen.markup.style import reaches
from deckgen.notes import deletions
from deckgen.notes.deletions import bare_formulas
from deckgen.notes.note_types import NoteType, scene
from deckgen.notes.render import Note, Rendered
from deckgen.notes.speech import of_deck

CODE = "K21"
_HINT = "write it in other words, or put it into backticks"

# A text without any of these is safe.
_SUSPECT = re.compile(r"[<\\\[]|&#|&bsol;")
#: All the HTML that `markup.markdown` writes; the group is the name of a picture, which is checked.
WRITTEN = re.compile(
    r"</?(?:p|blockquote|[uo]l|li|table|tr|t[hd]|em|strong|h[1-6]|code|pre|span|su[bp]|[us]|mark|ruby|rt)>"
    r"|</a>|<(?:br|hr)>|<!-- -->"
    r'|<pre class="hl">|<ol start="\d+">|<t[hd] style="text-align: (?:left|right|center)">'
    rf'|<span class="[\w -]+">|<span style="(?:background-)?color: {spans.COLOUR}">'
    r'|<a href="(?:https?|mailto):[^"<>]*">|<img src="([\w.-]+)" alt="[^"<>]*">',
    re.IGNORECASE,
)
# A tag of a text that its author wrote in HTML; of a style's value all that could lead somewhere.
_TAG = re.compile(r'</?([a-z][a-z0-9]*)((?: [a-z]+="[^"<>]*")*)>|<!-- -->')
_ATTRIBUTE = re.compile(r' ([a-z]+)="([^"]*)"')
_REACHES = re.compile(r"[\\@<{}/*]|(?<!rgb)(?<!rgba)(?<!hsl)(?<!hsla)\(", re.IGNORECASE)
_ADDRESS = re.compile(r"(?:https?|mailto):\S*", re.IGNORECASE)
# Templates may also have elements that arrange a side. Attributes hold words, never an address.
_ARRANGED = re.compile(
    r"</?(?:article|section|header|footer|div|p|span|b|i|em|strong|small|ul|ol|li|details|summary)"
    r'(?: (?:class|lang|title|dir|role|aria-[a-z]+)="[^"<>]*")*>'
    r'|<hr(?: (?:id|class)="[\w -]+")*>|<br>|<a href="(?:https?|mailto):[^"<>]*">|</a>',
    re.IGNORECASE,
)
_REPLACED = re.compile(r"\{\{[#^/]?((?:cloze:|cloze-only:|hint:|type:)*)(\w+(?: \w+)*)\}\}")
_SOUND = re.compile(r"\[sound:([^\[\]<>]+)\]")
_DELETED = re.compile(r"\{\{c(\d+)::")
#: A deletion, with its text and its hint.
DELETION = re.compile(r"\{\{c\d+::(.*?)(?:::(.*?))?\}\}", re.DOTALL)
# The bounds of formulas, of groups in them, and of deletions; escaped braces and elements are not bounds.
# A backslash before a bound of a deletion escapes what comes after the bound.
_BOUND = re.compile(r"<[^>]*>|(\\[()\[\]]|\{\{c\d+::|\}\}|::|[{}]|\\(?=\{\{c\d|\}\}|::))|\\.", re.DOTALL)
_ENDS = {"\\)": "\\(", "\\]": "\\[", "}}": "{{", "}": "{"}
_ECHO = 60


def findings(deck: Deck, rendered: Rendered) -> Iterator[Finding]:
    """Findings (K21) about what would act in Anki: at the card, or at the deck for what all cards share."""
    for role, note_type in rendered.note_types.items():
        if role in deck.note_types:
            continue  # its author's HTML: `own_checks` read it where it stands
        names = note_type.field_names
        sides = [html for template in note_type.templates for html in (template.front, template.back)]
        if note_type.stock:
            sides = [_without_scene(html) for html in sides]
        if spoken := of_deck(deck, rendered.lang):
            sides = [html.replace(f"{{{{tts {spoken}:", "{{") for html in sides]
        style = _acts_in_style(note_type.css, rendered.media)
        for act in (*(_acts_in_template(html, names) for html in sides), style):
            if act:
                yield finding(deck.key.whole, f"the note type {note_type.name}", act, lang=rendered.lang)
    if act := _acts(rendered.description, rendered.media):
        yield finding(deck.key.whole, "the description", act, lang=rendered.lang)
    places: dict[str, Place] = {}
    vouched = deck.trusted is not None
    for note in rendered.notes:
        given = deck.past.notes.get((note.card, rendered.lang))
        fields = tuple(map(raw.without_latex, note.fields)) if vouched else note.fields
        for name, act in _acts_of(note, fields, rendered.note_types[note.role], rendered.media, given):
            places = places or {card.id.value: card.id.whole for card in deck.cards}
            yield finding(places[note.card], f"the field {name}", act, note.card, rendered.lang)


def finding(place: Place, what: str, act: str, card: str = "", lang: str = "") -> Finding:
    """The finding (K21) that something acts, at a card or at the deck."""
    return Finding(place, CODE, f"{what} would do more in Anki than show a text: {act}", _HINT, card, lang)


def _acts_of(
    note: Note, fields: Sequence[str], note_type: NoteType, media: Collection[str], given: Given | None
) -> Iterator[tuple[str, str]]:
    """What acts in the `fields` of a note, by the name of the field; what learners have is judged by K36."""
    kept = given.kept if given is not None else ()
    for name, html in zip(note_type.field_names, fields, strict=True):
        if not html or name in kept:
            continue
        act = _acts(html, media) if _SUSPECT.search(html) else ""
        if note_type.is_cloze and "{{c" in html and not act:
            # The note lists its cards; Anki would make a card of any other deletion as well.
            asked = {number for number, asks in note.cards.items() if asks}
            if given is not None and given.cards is not None:  # but of these it never made one
                asked |= deletions.numbers(html)
            act = _acts_when_hidden(html, asked, media)
        if act:
            yield name, act


def _acts(html: str, media: Collection[str]) -> str:
    """What would act in a piece of HTML; empty when there is only what the renderer writes."""
    if "<" in html:
        written = list(WRITTEN.finditer(html))
        if len(written) != html.count("<"):
            return _acts_in_elements(html, media)
        for found in written:
            if found[1] is not None and found[1] not in media:
                return told(found[0], "no picture of the deck")
    return acts_in_text(html, media)


def _acts_in_elements(html: str, media: Collection[str]) -> str:
    """What acts in an author's HTML: elements and attributes that `raw` does not list, other addresses."""
    tags = list(_TAG.finditer(html))
    if len(tags) != html.count("<"):
        rest = _TAG.sub("", html)
        return told(rest[rest.index("<") :], "no element that deckgen writes")
    for tag in tags:
        for name, written in _ATTRIBUTE.findall(tag[2] or ""):
            known = name in (*raw.EVERYWHERE, *raw.ELEMENTS.get(tag[1], ()))
            value = unescape(written)
            leads = {
                "href": not _ADDRESS.fullmatch(value),
                "src": value not in media,
                "style": bool(_REACHES.search(value)),
            }
            if not known or leads.get(name):
                return told(tag[0], "which leads out of the card")
        if tag[1] and tag[1] not in raw.ELEMENTS:
            return told(tag[0], "no element that deckgen writes")
    return acts_in_text(html, media)


def without_elements(html: str, media: Collection[str]) -> str:
    """HTML without the tags that deckgen writes, or that an author may write as HTML."""
    bare = WRITTEN.sub("", html)
    return _TAG.sub(lambda tag: tag[0] if _acts_in_elements(tag[0], media) else "", bare)


def acts_in_text(html: str, media: Collection[str]) -> str:
    """What acts of Anki's marks and the formulas in a piece of HTML; nothing where none does."""
    if "[" in html:
        silent = _SOUND.sub(lambda found: "" if found[1] in media else found[0], html)
        if mark := ANKI_BRACKET.search(silent):
            return told(silent[mark.start() :], "which Anki acts on")
    for formula in tex.formulas(html):
        for fault in tex.faults(formula):
            return f"`{fault.shown}`, which {fault.message}"
    return ""


def _acts_when_hidden(html: str, numbers: Collection[int], media: Collection[str]) -> str:
    """What acts on the sides of a text with deletions: Anki takes elements out of formulas.

    A text may have 499 sides, so only two are checked: with all deletions shown, and with all hidden. On
    the others nothing else can act: no deletion cuts a formula, or a group in one, in two, and no refused
    command begins an allowed one (tests/markup/test_formulas.py), so that cutting can't leave one over.
    """
    marks = _DELETED.findall(html)
    if html.count("{{c") != len(marks) or not all(int(number) in numbers for number in marks):
        return "a deletion that no card asks for"
    if "\\" not in html and html.count("::") == len(marks):
        return ""  # neither a formula nor a hint
    if not _keeps_formulas(html):
        return "a formula that is cut in two by a deletion"
    for side in (r"<i>\1</i>", lambda found: f"<i>[{found[2] or '...'}]</i>"):
        shown = bare_formulas(DELETION.sub(side, html))
        if act := acts_in_text(shown, media):
            return act
    # The bracket before `type:` may come from another deletion.
    if any("[type:" in formula.lower() for formula in tex.formulas(shown)):
        return "`[type:`, which Anki acts on"
    return ""


def _keeps_formulas(html: str) -> bool:
    """Whether formulas and groups in them lie wholly inside or wholly outside each deletion and its hint."""
    opened: list[str] = []
    formulas = 0
    for found in _BOUND.finditer(html):
        mark = found[1]
        if mark is None or (mark in "{}" and not formulas):
            continue
        if mark[:1] == "\\":
            formulas += {"(": 1, "[": 1, ")": -1, "]": -1}.get(mark[1:], 0)
        if mark == "\\":
            if formulas:
                return False
        elif mark == "::":
            if opened[-1:] != ["{{"]:
                return False
        elif mark in _ENDS:
            if not opened or opened.pop() != _ENDS[mark]:
                return False
        else:
            opened.append(mark[:2])
    return not opened


def _without_scene(html: str) -> str:
    """A side of the note type for masks without the picture and the script that draws them, once.

    It is the only script that a note type of ours has, and passes only as we wrote it.
    """
    return _scene().sub("", html, count=2)


@cache
def _scene() -> re.Pattern[str]:
    """Our own scene with any words in the place of `[[words]]`, or the button that Anki's script wants."""
    pieces = re.split(r"\[\[\w+\]\]", scene())
    ours = r"[^<>{}\[\]]*".join(map(re.escape, pieces))
    return re.compile(rf'{ours}|<button id="toggle">[^<>{{}}\[\]]*</button>')


def _acts_in_template(html: str, names: Collection[str]) -> str:
    for found in _REPLACED.finditer(html):
        if found[2] not in names:
            return told(found[0], "no field of the note type")
    bare = _REPLACED.sub("", html)
    if "{{" in bare or "}}" in bare:
        return told(bare[bare.find("{{") :], "nothing that deckgen writes")
    if sum(1 for _ in _ARRANGED.finditer(bare)) != bare.count("<"):
        rest = _ARRANGED.sub("", bare)
        return told(rest[rest.index("<") :], "no element that deckgen writes")
    return acts_in_text(bare, ())


def _acts_in_style(css: str, media: Collection[str]) -> str:
    for reach in reaches(css):
        if reach.fault or reach.file not in media:
            return told(css[reach.start :], "which fetches something")
    return ""


def told(what: str, why: str) -> str:
    """The beginning of what acts, and why it does."""
    first = what[:_ECHO].split("\n", maxsplit=1)[0]
    return f"`{first}`, {why}"
