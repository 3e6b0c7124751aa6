"""The deletions of a cloze as learners meet them: what one hides, and what stays in sight."""

from __future__ import annotations

from deckgen.checks.proof import Passage, Proof
from deckgen.markup import cloze
from deckgen.markup.shown import COVER

#: What stands for a deletion in the text that stays in sight.
GAP = "\x00"

#: Of one cloze, rules about single deletions look at the first ones: more than five are an error (C02).
MOST = 5


def clozes(proof: Proof) -> list[tuple[Passage, list[cloze.Deletion]]]:
    """Every cloze with its deletions, those that can't be read left out."""
    return proof.once(_clozes)


def _clozes(proof: Proof) -> list[tuple[Passage, list[cloze.Deletion]]]:
    texts = [side.cloze for side in proof.sides if side.cloze is not None]
    scanned = [(text, cloze.scan(text.text.value)) for text in texts]
    return [(text, deletions) for text, (deletions, faults) in scanned if deletions and not faults]


def span(passage: Passage, deletion: cloze.Deletion) -> tuple[int, int]:
    """Where the words stand that a deletion hides."""
    start = passage.text.value.index("::", deletion.start) + 2
    shown = passage.shown[start : start + len(deletion.content)]
    return start + len(shown) - len(shown.lstrip()), start + len(shown.rstrip())


def words(passage: Passage, deletion: cloze.Deletion) -> str:
    """The words that a deletion hides, in characters that the rules know."""
    start, end = span(passage, deletion)
    return passage.shown[start:end]


def in_sight(passage: Passage, deletions: list[cloze.Deletion], number: int) -> str:
    """What a learner reads when the deletions of one number are hidden, with a GAP for each."""
    parts = []
    position = 0
    for deletion in deletions:
        if deletion.number == number:
            parts += [passage.shown[position : deletion.start], GAP, deletion.hint]
            position = deletion.end
    parts.append(passage.shown[position:])
    return "".join(parts).replace(COVER, "")
