"""D03: two cards are easily taken for each other

Their questions are alike, but their answers are not. In a review you see one card and recall the answer of
the other. Such interference is a chief cause of forgetting (Wozniak:
combat interference). This is only a hint. Often the two cards are right as they are, and need only a link
from one to the other, or a third card on what sets them apart.

Bad:
    - en: {q: "At which phases of the Moon do spring tides occur?", a: "New and full moon"}
    - en: {q: "At which phases of the Moon do neap tides occur?", a: "First and last quarter"}
Bad:
    - zh: {q: "大潮在月亮的哪些月相出现？", a: "新月和满月"}
    - zh: {q: "小潮在月亮的哪些月相出现？", a: "上弦和下弦"}

Good:
    - id: spring-tides
      en: {q: "At which phases of the Moon do spring tides occur?", a: "New and full moon"}
    - id: neap-tides
      see: [spring-tides]
      en: {q: "At which phases of the Moon do neap tides occur?", a: "First and last quarter"}
Good:
    - id: spring-tides
      zh: {q: "大潮在月亮的哪些月相出现？", a: "新月和满月"}
    - id: neap-tides
      see: [spring-tides]
      zh: {q: "小潮在月亮的哪些月相出现？", a: "上弦和下弦"}

Two questions are reported when at least 40 % of their words are common (counted as in
D02), and two of these words, or three of the pairs of characters in Chinese, occur in no
more than three questions of the deck. At 30 %, and without the second condition, most
findings on public decks were about words that many questions share ("In JavaScript, …").
Of the findings that remain, about four in five are fair. Two clozes of one sentence that hide
different parts are taken as intended. There are at most three findings about one card.

Mend:  name the other card in `see:` or `after:`, or say in each question what sets it apart.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from deckgen.checks.proof import Proof, alike
from deckgen.checks.proof.alike import Pair
from deckgen.checks.words.tongue import Tongue
from deckgen.finding import Finding, Severity

CODE = "D03"
STOPS = False
WIDE = True

_OWN = {Tongue.ENGLISH: 2, Tongue.CHINESE: 3}
_SAME_SENTENCE = 0.9


def check(proof: Proof) -> Iterator[Finding]:
    """Find cards that are alike in the question, not in the answer, and have no link."""
    named: Counter[int] = Counter()
    for pair in alike.pairs(proof):
        if named[id(pair.later)] < alike.MOST and _are_twins(pair):
            named[id(pair.later)] += 1
            message = f"is easily taken for {alike.name(pair.earlier)}"
            twin = pair.earlier.side.card.id.value
            hint = f"say what sets them apart, or link them: `see: [{twin}]`"
            yield pair.later.side.front.finding(CODE, message, hint, severity=Severity.INFO, twin=twin)


def _are_twins(pair: Pair) -> bool:
    if pair.own < _OWN[pair.later.side.tongue] or pair.linked:
        return False
    if pair.later.side.cloze is not None and pair.likeness >= _SAME_SENTENCE:
        return False
    return not pair.same_answer and not pair.is_repetition
