"""Walks over the texts of a deck, for rules that look at every one."""

from __future__ import annotations

from collections.abc import Iterator

from deckgen.deck import Card, ClozeText, Content, Deck, ItemList, QuestionAnswer, Text


def of_content(content: Content) -> Iterator[tuple[str, Text]]:
    """The texts of a card in one language under their keys; an item's key is its own."""
    match content:
        case QuestionAnswer(question, answer):
            yield "q", question
            yield "a", answer
        case ClozeText(text):
            yield "cloze", text
        case ItemList(question, items):
            yield "q", question
            for item in items:
                yield item.key.value, item.text
    if content.note is not None:
        yield "note", content.note


def of_deck(deck: Deck) -> Iterator[tuple[str, str, Text]]:
    """(card id or nothing, language, text) for every text that is read as Markdown."""
    for lang, description in deck.description.items():
        yield "", lang, description
    for card, lang, _, text in of_cards(deck):
        yield card.id.value, lang, text


def of_cards(deck: Deck) -> Iterator[tuple[Card, str, str, Text]]:
    """(card, language, key, text) for every text of every card."""
    for card in deck.cards:
        for lang, content in card.contents.items():
            for key, text in of_content(content):
                yield card, lang, key, text
