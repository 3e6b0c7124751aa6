"""What the cards of an adopted deck are not reproached with until somebody touches them.

Learners have had these texts for years, and get them as they were (adopted.html). So a finding counts from
the day on which the author edits the card; `deckgen check --all` shows it before. Even then it is a
warning at most: a mended typo must arrive, though the card has more faults than that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from deckgen import kinds
from deckgen.deck import Deck
from deckgen.finding import Finding, Severity
from deckgen.written import Text

# Learners lack the file already.
_MISSING = "G01"
_HTML = "K36"

#: The findings that count, and the others.
Parted = tuple[list[Finding], list[Finding]]


def of_texts(deck: Deck, findings: Iterable[Finding]) -> Parted:
    """Part findings about what the format demands: those in an untouched text don't count.

    A file that is missing there is told all the same.
    """
    if not deck.past.notes:
        return _parted(findings, lambda one: deck.past.broken and one.code == _HTML)
    texts = _untouched_texts(deck)
    counted: list[Finding] = []
    others: list[Finding] = []
    for one in findings:
        if not any(_is_in(one, text) for text in texts.get((one.card, one.lang), ())):
            counted.append(one)
        elif one.code == _MISSING:
            counted.append(replace(one, severity=Severity.INFO))
        else:
            others.append(one)
    return counted, others


def of_cards(deck: Deck, findings: Iterable[Finding]) -> Parted:
    """Part findings of craft: those about untouched cards, or a deck of nothing else, don't count."""
    past = deck.past
    if not past.notes:
        return _parted(findings, lambda _: past.broken)
    untouched = {
        card.id.value
        for card in deck.cards
        if all(
            (given := past.notes.get((card.id.value, lang))) is not None and given.whole
            for lang in card.contents
        )
    }
    if len(untouched) == len(deck.cards):
        untouched.add("")
    return _parted(findings, lambda one: {one.card, one.twin or one.card} <= untouched)


def is_of_adopted(deck: Deck, finding: Finding) -> bool:
    """Whether a finding of craft is only about cards that learners have had since before deckgen."""
    cards = {finding.card, finding.twin or finding.card}
    return all(any((card, lang) in deck.past.notes for lang in deck.languages) for card in cards)


def _parted(findings: Iterable[Finding], is_old: Callable[[Finding], bool]) -> Parted:
    parted: Parted = ([], [])
    for one in findings:
        parted[is_old(one)].append(one)
    return parted


def _untouched_texts(deck: Deck) -> dict[tuple[str, str], list[Text]]:
    return {
        (card.id.value, lang): [part.text for part in kinds.parts(content) if part.key in given.kept]
        for card in deck.cards
        for lang, content in card.contents.items()
        if (given := deck.past.notes.get((card.id.value, lang))) is not None
    }


def _is_in(finding: Finding, text: Text) -> bool:
    at = (finding.place.line - 1, finding.place.column - 1)
    is_within = (text.line, text.column) <= at <= (text.end_line, text.end_column)
    return is_within and finding.place.path == text.file.shown
