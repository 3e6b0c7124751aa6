"""What is wrong with readings on the sides of a deck's own note types."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from deckgen.deck import Card, Deck, OwnType, Sheet
from deckgen.finding import Finding, Severity
from deckgen.kinds import OwnFields
from deckgen.markup import texts
from deckgen.notes import filters
from deckgen.notes.template import Replacement, parse, replacements

_BRACKETED = frozenset(("furigana", "kanji", "kana"))


def findings(deck: Deck, own: OwnType) -> Iterator[Finding]:
    """Findings (K25): a side shows `你[nǐ]` as it is stored, as another reads it by a filter; each once."""
    seen: set[tuple[str, int]] = set()
    for lang in deck.languages:
        sides = [side for one in own.templates for side in (one.front[lang], one.back[lang])]
        stored = set(itertools.chain.from_iterable(filters.shown_by_brackets(side.text) for side in sides))
        cards = {name: _with_reading(deck, own, lang, name) for name in stored}
        for sheet in sides if any(cards.values()) else ():
            for part in replacements(parse(sheet.text)):
                card = cards.get(part.name, "")
                if card and _is_raw(part) and (sheet.shown, part.at) not in seen:
                    seen.add((sheet.shown, part.at))
                    yield _raw(sheet, part, card, lang)


def _is_raw(part: Replacement) -> bool:
    spoken = any(name.partition(" ")[0] == "tts" for name in part.filters)  # of these K38 tells
    return not spoken and _BRACKETED.isdisjoint(part.filters)


def _raw(sheet: Sheet, part: Replacement, card: str, lang: str) -> Finding:
    name = part.name
    message = (
        f"this shows the readings of `{name}` in brackets, as in the card {card}, because another place "
    )
    message += "shows them by a filter"
    hint = f"write `{{{{furigana:{name}}}}}`, or `{{{{kanji:{name}}}}}` to leave them out"
    if "type" in part.filters:
        hint = "have another field typed, without readings"
    place = sheet.at(part.at, sheet.text.find("}}", part.at) + 2 - part.at)
    return Finding(place, "K25", message, hint, lang=lang, severity=Severity.WARNING)


def _with_reading(deck: Deck, own: OwnType, lang: str, name: str) -> str:
    """The id of the first card with a reading in a field, or nothing."""
    for card in deck.cards:
        content = _of(own, card, lang)
        for one in content.texts if content is not None else ():
            text = one.text
            # Most texts have neither sign, which is quicker than to make HTML of them.
            may = one.name.value == name and ("|" in text.value or "[" in text.value or text.html)
            if may and filters.has_reading(texts.to_html(text)):
                return card.id.value
    return ""


def _of(own: OwnType, card: Card, lang: str) -> OwnFields | None:
    content = card.contents.get(lang)
    return content if isinstance(content, OwnFields) and content.type.value == own.name else None
