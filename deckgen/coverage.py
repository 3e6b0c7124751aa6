"""How much of the source a deck draws on, section by section."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from deckgen.checks.proof import Proof
from deckgen.load import choose, find_folders, load


def coverage(source_dir: Path, names: Iterable[str]) -> Iterator[tuple[str, dict[str, int]]]:
    """(deck's key, cards by section in the order of the source) for decks whose source's text is here.

    Raises load.NoDecks when there is nothing to look at.
    """
    for folder in choose(find_folders(source_dir), names).values():
        deck, _ = load(folder)
        proof = Proof(deck) if deck is not None else None
        if proof is not None and proof.original is not None:
            cited = (card.citation.section for card in proof.cards)
            counts = Counter(label.value for label in cited if label is not None)
            sections: dict[str, int] = {}
            for label, section in proof.sections.items():
                sections[section.label] = sections.get(section.label, 0) + counts[label]
            yield proof.deck.key.value, sections
