"""What is wrong with a deck's own note types, and with its cards of them: before anything is rendered.

Findings: templates that Anki can't read, or of which it makes no card (K25); cards without any Anki card
(K26); what would load something that is not in the deck (K27), or is a script (K28); adopted types that look
other than they did (K39).
"""

from __future__ import annotations

import difflib
import itertools
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace

from deckgen.deck import Card, Deck, OwnType, Sheet
from deckgen.finding import Finding, Place, Severity, first, has_errors
from deckgen.kinds import OwnFields, Role
from deckgen.markup import cloze, loads
from deckgen.notes import guard, own_readings, own_types
from deckgen.notes.note_types import NoteType
from deckgen.notes.own_types import ID, STATUS
from deckgen.notes.template import (
    FRONT,
    SPECIAL,
    Fault,
    Parts,
    Replacement,
    faults,
    named,
    parse,
    renders,
    replacements,
)
from deckgen.patterns import lazy
from deckgen.reading import anki_json, sheets
from deckgen.written import Text

LOOK = "K39"

#: The filters that Anki has (rslib/src/template_filters.rs); of others it makes nothing without an add-on.
_FILTERS = (
    "text", "furigana", "kanji", "kana", "type", "hint", "cloze", "cloze-only", "nc", "type-cloze", "type-nc",
    "tts", "",
)  # fmt: skip

# Anki fills names in as they are; these signs begin elements, characters' names, sounds, formulas and marks.
_IN_NAMES = lazy(r"[<&\[\\{]")
#: More filters for one field would do nothing new.
MOST_FILTERS = 10


def findings(deck: Deck) -> Iterator[Finding]:
    """All findings about the own note types of a deck that was read, and about its cards of them."""
    if deck.trusted is not None:
        message = "this deck lets its note types load what is not in the deck"
        hint = "remove `trusted` unless the deck is your own, and build again"
        yield Finding(deck.trusted.whole, "K27", message, hint, severity=Severity.WARNING)
    sound = set()
    for own in deck.note_types.values():
        untouched = _is_untouched(own)
        found = first(itertools.chain(() if untouched else _syntax(own), _harm(deck, own)))
        yield from found
        if own.sound and not has_errors(found):
            sound.add(own.name)
            yield from () if untouched else _unseen(deck, own)
    yield from _other_looks(deck)
    yield from _names(deck)
    yield from first(_without_cards(deck, sound)) if sound else ()


def _other_looks(deck: Deck) -> Iterator[Finding]:
    """Adopted types that are not as they were: an import gives each learner the new look everywhere."""
    for own in deck.note_types.values():
        if own.adopted is not None and own.name in deck.past.changed_types:
            message = (
                f"the look of `{own.adopted.value}` changes for all decks of your learners that use it, "
                "also for those that are not yours"
            )
            hint = (
                "take the change back, and make a note type of your own for new cards; or go on: "
                f"`lint: {{{LOOK}: off}}` in deck.yaml says that it is meant"
            )
            yield Finding(own.place, LOOK, message, hint, severity=Severity.WARNING)


def _is_untouched(own: OwnType) -> bool:
    """Whether nothing is to be said of what its templates show: learners have them, with all that is odd."""
    return own.adopted is not None


def _sides(own: OwnType) -> Iterator[tuple[Sheet, bool]]:
    """Each file of the templates once, and whether it is a front."""
    seen: set[tuple[str, bool]] = set()
    for template in own.templates:
        for sides, is_front in ((template.front, True), (template.back, False)):
            for sheet in sides.values():
                if (sheet.shown, is_front) not in seen:
                    seen.add((sheet.shown, is_front))
                    yield sheet, is_front


# -- what Anki reads ---------------------------------------------------------------


def _syntax(own: OwnType) -> Iterator[Finding]:
    names = own.field_names
    if not own.sound:
        return  # other findings come first
    for sheet, is_front in _sides(own):
        if "{{=<%" in sheet.text:
            at = sheet.at(sheet.text.index("{{=<%"), 5)
            yield Finding(at, "K25", "deckgen does not read `{{=<% %>=}}`", "write `{{…}}`")
            continue
        wrong = list(faults(sheet.text, {*names, STATUS, ID, *SPECIAL}))
        for fault in wrong:
            yield _fault(sheet, fault, _hint(fault, names))
        parts = parse(sheet.text)
        if isinstance(parts, Fault):
            continue
        for part in replacements(parts):
            yield from (_fault(sheet, one, hint) for one, hint in _misused(part, own, is_front))
        if wrong:
            continue
        shown = [part for part in replacements(parts) if "cloze" in part.filters]
        if own.is_cloze and not shown:
            hint = f"show the text with its deletions: `{{{{cloze:{names[0]}}}}}`"
            yield _fault(sheet, Fault(0, "a side of a cloze type must show `{{cloze:…}}`"), hint)
        else:
            yield from (_fault(sheet, one, hint) for one, hint in _with_braces(own, parts))
        if (shown or not own.is_cloze) and is_front and not renders(parts, names):
            hint = f"show at least one field: `{{{{{names[0]}}}}}`"
            yield _fault(
                sheet,
                Fault(0, "this front shows no field, so Anki makes no card of it"),
                hint,
            )


def _misused(part: Replacement, own: OwnType, is_front: bool) -> Iterator[tuple[Fault, str]]:
    """What Anki reads, and does not do as it seems to say."""
    if part.name == FRONT and is_front:
        yield Fault(part.at, "`{{FrontSide}}` works only on the back"), "remove it"
    if len(part.filters) > MOST_FILTERS:
        yield Fault(part.at, f"more than {MOST_FILTERS} filters stand in a row"), "take some out"
        return
    for name in part.filters:
        if name in ("cloze", "cloze-only", "type-cloze") and not own.is_cloze:
            hint = f"write `kind: cloze` in {own.place.path}, or show the field without it"
            yield Fault(part.at, f"`{{{{{name}:…}}}}` hides nothing in a standard note type"), hint
        elif name not in _FILTERS and not name.startswith("tts "):
            near = difflib.get_close_matches(name, _FILTERS, n=1)
            hint = f"did you mean `{near[0]}`?" if near else "write the bare name of a field"
            yield Fault(part.at, f"Anki has no filter `{name}:`"), hint


def _with_braces(own: OwnType, parts: Parts) -> Iterator[tuple[Fault, str]]:
    """Fields with deletions that are shown as they are written."""
    with_deletions = {field.name.value for field in own.fields if field.meaning is Role.CLOZE}
    for part in replacements(parts):
        if part.name in with_deletions and not any(one.startswith(("cloze", "type")) for one in part.filters):
            message = f"`{part.name}` without `cloze:` shows learners the braces of its deletions"
            yield Fault(part.at, message), f"write `{{{{cloze:{part.name}}}}}`"


def _hint(fault: Fault, names: Collection[str]) -> str:
    if "names no field" not in fault.message:
        return "close each `{{#Field}}` or `{{^Field}}` by `{{/Field}}`, the inner one first"
    asked = fault.message.split("`")[1].strip("{}#^ ").rpartition(":")[2]
    near = difflib.get_close_matches(asked, names, n=1)
    return f"did you mean `{near[0]}`?" if near else f"there are: {', '.join(names)}"


def _fault(sheet: Sheet, fault: Fault, hint: str) -> Finding:
    end = sheet.text.find("}}", fault.at)
    width = end + 2 - fault.at if end >= 0 and sheet.text.startswith("{{", fault.at) else 0
    return Finding(sheet.at(fault.at, width), "K25", fault.message, hint)


# -- what nobody would see -------------------------------------------------------------


def _unseen(deck: Deck, own: OwnType) -> Iterator[Finding]:
    yield from _unshown(deck, own)
    yield from own_readings.findings(deck, own)
    yield from _empty_backs(own)


def _unshown(deck: Deck, own: OwnType) -> Iterator[Finding]:
    """Fields that no template names: a warning when a card fills one, as nobody would see its text.

    Without such a card, or in the field by which Anki's browser sorts, nothing is lost.
    """
    for lang in deck.languages:
        sides = (sheet for template in own.templates for sheet in (template.front[lang], template.back[lang]))
        there = set(itertools.chain.from_iterable(named(parse(sheet.text)) for sheet in sides))
        cards = [
            (card.id.value, own_types.filled(own, card, lang))
            for card in deck.cards
            if own_types.of_card(card, lang) == own.name
        ]
        for field in own.fields:
            name = field.name.value
            if name in there:
                continue
            filled = [card for card, names in cards if name in names]
            message = f"no template shows the field `{name}`"
            if filled:
                more = f" and {len(filled) - 1} more" if len(filled) > 1 else ""
                message += f", though cards fill it: {filled[0]}{more}"
            hint = f"write `{{{{{name}}}}}` into a template, such as {own.templates[0].back[lang].shown}"
            level = Severity.WARNING if filled and name != own.sorted_by else Severity.INFO
            yield Finding(field.name.whole, "K25", message, hint, lang=lang, severity=level)


def _empty_backs(own: OwnType) -> Iterator[Finding]:
    """Backs that answer nothing, each file once."""
    seen: set[str] = set()
    for template in own.templates:
        for lang, back in template.back.items():
            shown = list(replacements(parse(back.text)))
            asked = [*replacements(parse(template.front[lang].text))]
            # The front, too, gives an answer once it is typed or asked for.
            answers = any(part.name == FRONT for part in shown) and any(
                name.startswith(("type", "hint", "cloze")) for part in asked for name in part.filters
            )
            if answers or back.shown in seen or any(part.name in own.field_names for part in shown):
                continue
            seen.add(back.shown)
            hint = f"show the answer: `{{{{{own.field_names[-1]}}}}}`"
            message = "this back shows no field, so learners see no answer"
            yield Finding(back.at(0), "K25", message, hint, severity=Severity.WARNING)


# -- what would act ----------------------------------------------------------------


def _harm(deck: Deck, own: OwnType) -> Iterator[Finding]:
    yield from _latex(own)
    ahead = _shown_ahead(own)
    looked = [
        # What follows a front may go on with what its last words begin.
        (sheet, loads.in_html(f"{sheet.text}{{{{{FRONT}}}}}" if sheet.shown in ahead else sheet.text))
        for sheet in own.sheets
    ]
    if own.style is not None:
        looked.append((own.style, loads.in_css(own.style.text)))
    for sheet, found in looked:
        for one in found:
            place = sheet.at(one.start, one.end - one.start)
            if isinstance(one, loads.Load):
                if unicodedata.normalize("NFC", one.name) not in deck.media:
                    hint = "put the file there, and write its name without a folder"
                    message = f"`{one.name}` is not in the deck's `media/`"
                    level = Severity.WARNING if own.adopted else Severity.ERROR
                    yield Finding(place, "K27", message, hint, severity=level)
            elif one.script:
                hint = "it runs on learners' devices, but not in a preview: read it before you build"
                yield Finding(place, "K28", one.message, hint, severity=Severity.WARNING)
            else:
                yield _loading(deck, place, one.message)
        if sheet is not own.style and (act := guard.acts_in_text(sheet.text, deck.media)):
            yield _loading(deck, sheet.at(0), act)


def _latex(own: OwnType) -> Iterator[Finding]:
    """A header for LaTeX that Anki does not give to its own types."""
    if key := anki_json.odd_latex(own.options):
        place = Place(own.place.path.removesuffix(sheets.FILE) + anki_json.FILE)
        message = f"`{key}` has lines that Anki's own does not have: LaTeX runs them on learners' computers"
        hint = "Anki makes pictures of LaTeX only where a learner allows it: read it before you build"
        yield Finding(place, "K28", message, hint, severity=Severity.WARNING)


def _names(deck: Deck) -> Iterator[Finding]:
    """Titles, and names of decks and templates, that a template would put into a card as HTML."""
    shown: dict[str, str] = {}
    told: dict[int, tuple[Text, str]] = {}
    for own in deck.note_types.values():
        sides = [sheet.text for sheet in own.sheets]
        there = {part.name for text in sides for part in replacements(parse(text))} - {*own.field_names}
        shown |= {name: own.name for name in ("Deck", "Subdeck") if name in there}
        if "Card" in there:
            told |= {id(one.name): (one.name, "Card") for one in own.templates}
    for mark in shown:
        names = [*deck.title.values(), *(text for _, _, text in deck.placed())]
        told |= {id(name): (name, mark) for name in names}
    for name, mark in told.values():
        if sign := _IN_NAMES.search(name.value):
            message = (
                f"`{sign[0]}` in a name that a template shows by `{{{{{mark}}}}}`: Anki would read it as HTML"
            )
            hint = f"take it out of the name, or `{{{{{mark}}}}}` out of the template"
            yield _loading(deck, name.whole, message, hint)


def _shown_ahead(own: OwnType) -> set[str]:
    """The files of fronts that a back shows by `{{FrontSide}}`."""
    return {
        template.front[lang].shown
        for template in own.templates
        for lang, back in template.back.items()
        if FRONT in named(parse(back.text))
    }


def _loading(deck: Deck, place: Place, message: str, hint: str = "") -> Finding:
    if deck.trusted is not None:
        return Finding(
            place,
            "K27",
            message,
            "deck.yaml says `trusted: true`, so it is shipped as it is",
            severity=Severity.WARNING,
        )
    hint = hint or "use only files in `media/`, and write `{{…}}` between elements"
    hint += "; if the deck is your own, `trusted: true` in deck.yaml allows it"
    return Finding(place, "K27", message, hint)


# -- cards -------------------------------------------------------------------------


def _without_cards(deck: Deck, sound: Collection[str]) -> Iterator[Finding]:
    made = {lang: own_types.plain(deck, lang) for lang in deck.languages}
    for card in deck.cards:
        for lang, content in card.contents.items():
            if not isinstance(content, OwnFields) or content.type.value not in sound or _is_misspelt(content):
                continue
            own, note_type = deck.note_types[content.type.value], made[lang][content.type.value]
            found: Iterable[Finding] = ()
            if not own_types.count(deck, card, lang, made[lang]):
                found = [_no_card(deck, card, lang, content)]
            elif note_type.is_cloze:
                found = _asks_nothing(own, note_type, card, lang, content)
            # Learners may have such notes from before deckgen, each with a card that shows an error.
            yield from (replace(one, severity=Severity.WARNING) for one in found) if own.adopted else found


def _is_misspelt(content: OwnFields) -> bool:
    """Whether a mark of a deletion can't be read, which C01 tells."""
    return any(cloze.scan(one.text.value)[1] for one in content.texts if one.role is Role.CLOZE)


def _asks_nothing(
    own: OwnType, note_type: NoteType, card: Card, lang: str, content: OwnFields
) -> Iterator[Finding]:
    """Deletions of which Anki makes a card that hides nothing, as its front doesn't show their field."""
    numbers: dict[str, set[int]] = {name: set() for name in own_types.filled(own, card, lang)}
    for one in content.texts:
        found = cloze.scan(one.text.value)[0] if one.role is Role.CLOZE else ()
        numbers[one.name.value] = {deletion.number for deletion in found}
    is_tagged = bool(card.tags)
    asked = {
        number: own_types.asks(note_type, numbers, number, is_tagged=is_tagged)
        for number in set().union(*numbers.values())
    }
    for one in content.texts:
        for number in sorted(numbers[one.name.value]):
            if not asked[number]:
                name = one.name.value
                message = (
                    f"the card of `{{{{c{number}::…}}}}` hides nothing: its front does not show `{name}`"
                )
                hint = f"write `{{{{cloze:{name}}}}}` into the front, not in a section that is left out"
                yield Finding(one.text.whole, "K26", message, hint, card.id.value, lang)


def _no_card(deck: Deck, card: Card, lang: str, content: OwnFields) -> Finding:
    own = deck.note_types[content.type.value]
    if own.is_cloze:
        message, hint = "nothing is hidden in this card", "mark what learners should recall: `{{c1::answer}}`"
    else:
        names = own_types.filled(own, card, lang)
        filled = ", ".join(name for name in own.field_names if name in names)
        message = (
            f"Anki makes no card of this note: with only {filled} filled, no front of `{own.name}` shows it"
        )
        hint = "fill a field that a front shows"
    return Finding(content.texts[0].text.whole, "K26", message, hint, card.id.value, lang)
