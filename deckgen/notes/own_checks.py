"""What is wrong with a deck's own note types, and with its cards of them: before anything is rendered.

Findings: templates that Anki can't read, or of which it makes no card (K25); cards without any Anki card
(K26); what would load something that is not in the deck (K27), or is a script (K28).
"""

from __future__ import annotations

import difflib
import itertools
import unicodedata
from collections.abc import Collection, Iterator

from deckgen.deck import Card, Deck, OwnType, Sheet
from deckgen.finding import Finding, Place, Severity, first, has_errors
from deckgen.kinds import OwnFields, Role
from deckgen.markup import cloze, loads
from deckgen.notes import guard, own_types
from deckgen.notes.own_types import ID, STATUS
from deckgen.notes.template import FRONT, SPECIAL, Fault, Parts, Replacement, Section, faults, parse, renders

#: The filters that Anki has (rslib/src/template_filters.rs); of others it makes nothing without an add-on.
_FILTERS = (
    "text", "furigana", "kanji", "kana", "type", "hint", "cloze", "cloze-only", "nc", "type-cloze", "type-nc",
    "tts", "",
)  # fmt: skip


def findings(deck: Deck) -> Iterator[Finding]:
    """All findings about the own note types of a deck that was read, and about its cards of them."""
    if deck.trusted is not None:
        message = "the deck says that its note types may load what is not in it"
        hint = "remove it from a deck that is not your own, and build again"
        yield Finding(deck.trusted.whole, "K27", message, hint, severity=Severity.WARNING)
    sound = set()
    for own in deck.note_types.values():
        found = first(itertools.chain(_syntax(own), _harm(deck, own)))
        yield from found
        if own.sound and not has_errors(found):
            sound.add(own.name)
    yield from first(_without_cards(deck, sound))


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
            yield Finding(at, "K25", "`{{=<% %>=}}` is not read here", "write `{{…}}`")
            continue
        wrong = list(faults(sheet.text, {*names, STATUS, ID, *SPECIAL}))
        for fault in wrong:
            yield _fault(sheet, fault, _hint(fault, names))
        parts = parse(sheet.text)
        if isinstance(parts, Fault):
            continue
        for part in _replacements(parts):
            yield from (_fault(sheet, one, hint) for one, hint in _misused(part, own, is_front))
        if wrong:
            continue
        shown = [part for part in _replacements(parts) if "cloze" in part.filters]
        if own.is_cloze and not shown:
            hint = f"show the text with its deletions: `{{{{cloze:{names[0]}}}}}`"
            yield _fault(sheet, Fault(0, "a side of a cloze type shows no `{{cloze:…}}`"), hint)
        elif is_front and not renders(parts, names):
            hint = f"show at least one field: `{{{{{names[0]}}}}}`"
            yield _fault(
                sheet,
                Fault(0, "this front shows no field of the note, so that Anki makes no card of it"),
                hint,
            )


def _replacements(parts: Parts) -> Iterator[Replacement]:
    for part in parts:
        match part:
            case Replacement():
                yield part
            case Section(parts=inner):
                yield from _replacements(inner)


def _misused(part: Replacement, own: OwnType, is_front: bool) -> Iterator[tuple[Fault, str]]:
    """What Anki reads, and does not do as it seems to say."""
    if part.name == FRONT and is_front:
        yield Fault(part.at, "`{{FrontSide}}` is what this side shows already"), "it belongs on the back"
    for name in part.filters:
        if name in ("cloze", "cloze-only", "type-cloze") and not own.is_cloze:
            hint = f"write `kind: cloze` in {own.place.path}, or show the field without it"
            yield Fault(part.at, f"`{{{{{name}:…}}}}` hides nothing in a standard type"), hint
        elif name not in _FILTERS and not name.startswith("tts "):
            near = difflib.get_close_matches(name, _FILTERS, n=1)
            hint = f"did you mean `{near[0]}`?" if near else "write the bare name of a field"
            yield Fault(part.at, f"Anki has no filter `{name}:`"), hint


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


# -- what would act ----------------------------------------------------------------


def _harm(deck: Deck, own: OwnType) -> Iterator[Finding]:
    sheets = [(sheet, loads.in_html(sheet.text)) for sheet in own.sheets]
    if own.style is not None:
        sheets.append((own.style, loads.in_css(own.style.text)))
    for sheet, found in sheets:
        for one in found:
            place = sheet.at(one.start, one.end - one.start)
            if isinstance(one, loads.Load):
                if unicodedata.normalize("NFC", one.name) not in deck.media:
                    hint = "put the file into `media/`, and write its bare name"
                    yield Finding(place, "K27", f"`{one.name}` is not in the deck's `media/`", hint)
            elif one.script:
                hint = "it runs on learners' devices, though not in a preview: read it before you build"
                yield Finding(place, "K28", one.message, hint, severity=Severity.WARNING)
            else:
                yield _loading(deck, place, one.message)
        if sheet is not own.style and (act := guard.acts_in_text(sheet.text, deck.media)):
            yield _loading(deck, sheet.at(0), act)


def _loading(deck: Deck, place: Place, message: str) -> Finding:
    if deck.trusted is not None:
        return Finding(
            place, "K27", message, "the deck is trusted: it is shipped as it is", severity=Severity.WARNING
        )
    hint = "use files of `media/`, keep fields out of tags; or vouch for it by `trusted: true` in deck.yaml"
    return Finding(place, "K27", message, hint)


# -- cards -------------------------------------------------------------------------


def _without_cards(deck: Deck, sound: Collection[str]) -> Iterator[Finding]:
    made = {lang: own_types.plain(deck, lang) if sound else {} for lang in deck.languages}
    for card in deck.cards:
        for lang, content in card.contents.items():
            if isinstance(content, OwnFields) and content.type.value in sound:
                note_type = made[lang][content.type.value]
                if not own_types.count(note_type, content) and not _is_misspelt(content):
                    yield _no_card(deck, card, lang, content)


def _is_misspelt(content: OwnFields) -> bool:
    """Whether a mark of a deletion can't be read, which C01 tells."""
    return any(cloze.scan(one.text.value)[1] for one in content.texts if one.role is Role.CLOZE)


def _no_card(deck: Deck, card: Card, lang: str, content: OwnFields) -> Finding:
    own = deck.note_types[content.type.value]
    if own.is_cloze:
        message, hint = "nothing is hidden in this card", "mark what is to be recalled: `{{c1::answer}}`"
    else:
        filled = ", ".join(one.name.value for one in content.texts)
        message = (
            f"Anki makes no card of this: no front of `{own.name}` shows one of its filled fields, {filled}"
        )
        hint = "fill a field that a front shows"
    return Finding(content.texts[0].text.whole, "K26", message, hint, card.id.value, lang)
