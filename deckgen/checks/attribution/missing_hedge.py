"""M05: a card is marked as hedged, but a side states its claim as a fact

`hedged: true` says that the source only guesses, or qualifies its claim. Then the question or
the answer must say so in every language: "may", "he guesses", “可能”, “他认为”. A hedge that
is only in the note is not recalled. The rule knows English and Chinese; in a deck that
declares no language, either will do.

Bad:
    - hedged: true
      en: {q: "Why does the model learn faster?", a: "Bigger models hold more circuits."}
    - hedged: true
      zh: {q: "模型为什么学得更快？", a: "更大的模型容纳更多回路。"}

Good:
    - hedged: true
      en: {q: "Why does the model learn faster?", a: "It may hold more circuits."}
    - hedged: true
      zh: {q: "模型为什么学得更快？", a: "可能容纳了更多回路。"}

Mend:  put the hedge into the answer, or ask how sure the speaker is. Remove
`hedged:` when the source states a fact.
"""

from __future__ import annotations

from collections.abc import Iterator

from deckgen.checks.proof import Proof
from deckgen.checks.words.hedges import HEDGES
from deckgen.finding import Finding, Severity

CODE = "M05"
STOPS = True


def check(proof: Proof) -> Iterator[Finding]:
    """Find the languages of hedged cards in which question and answer have no hedge word."""
    for side in proof.sides:
        words = HEDGES.get(side.tongue)
        if not side.card.hedged or words is None:
            continue
        if not any(words.search(passage.shown) for passage in side.asked):
            message = "the card is `hedged`, but neither question nor answer says so"
            hint = "say so, with “may”, “he guesses” or “可能”"
            yield side.front.finding(CODE, message, hint, severity=Severity.ERROR)
