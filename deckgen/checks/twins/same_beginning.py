"""D05: all questions of a tag begin alike

Questions that look alike hide what tells them apart. You skip the part that is always the
same, and recognise a card by its shape instead of reading it (Matuschak: pattern
matching). Different opening words are a cue.

Bad:   six cards tagged `tides`, all of which begin with `What is the`
Good:  one begins with `Why do`, another with `At high tide,`, a third with the name of a bay

The rule compares the first three words, in Chinese the first four characters. It reports a tag that has
six cards or more in a language when all begin alike. The finding is about the first card.

Mend:  ask some of them from another side: why, when, what follows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace

from deckgen.checks.proof import Proof, wording
from deckgen.checks.proof.wording import Front
from deckgen.finding import Finding, Severity

CODE = "D05"
STOPS = False
WIDE = True

_FEWEST = 6


def check(proof: Proof) -> Iterator[Finding]:
    """Find tags whose cards all begin with the same words."""
    groups: dict[tuple[str, str], list[Front]] = defaultdict(list)
    for front in wording.fronts(proof):
        for tag in front.side.card.tags:
            groups[tag.value, front.side.lang].append(front)
    for (name, _), group in groups.items():
        beginning = group[0].words.beginning
        if len(group) < _FEWEST or not beginning:
            continue
        if all(front.words.beginning == beginning for front in group):
            first = group[0].side.front
            written = wording.of([replace(first, shown=first.written)])
            words = ("" if first.dense else " ").join(written.beginning)
            message = f"all {len(group)} cards tagged `{name}` begin with “{words}”"
            hint = "ask some of them from another side: why, when, what follows"
            yield first.finding(CODE, message, hint, severity=Severity.INFO)
