"""How much of the source a deck draws on, section by section."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from deckgen.checks.proof import Proof
from deckgen.reading.load import choose, find_folders, load


def coverage(decks_dir: Path, names: Iterable[str]) -> Iterator[tuple[str, dict[str, int]]]:
    """For each deck whose source's text is here: its key, and cards by section in the source's order.

    Raises load.NoDecks when there is nothing to look at.
    """
    for folder in choose(find_folders(decks_dir), names).values():
        deck, _ = load(folder)
        proof = Proof(deck) if deck is not None else None
        counts = sections(proof) if proof is not None else None
        if proof is not None and counts is not None:
            yield proof.deck.key.value, counts


def sections(proof: Proof) -> dict[str, int] | None:
    """Cards by section in the order of the source; None when the source's text is not here."""
    if proof.original is None:
        return None
    counts = cited(proof)
    by_section: dict[str, int] = {}
    for label, section in proof.sections.items():
        by_section[section.label] = by_section.get(section.label, 0) + counts[label]
    return by_section


def cited(proof: Proof) -> Counter[str]:
    """How many cards cite each section, by the label that they give, in the order of the cards."""
    labels = (card.citation.section for card in proof.cards)
    return Counter(label.value for label in labels if label is not None)
