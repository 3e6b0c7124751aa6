"""D02: two cards ask for the same fact in other words

One of them is superfluous, and they come up on different days. Worse, a small difference between
the answers makes you doubt what you know. Several cards on one idea are good
(Wozniak: redundancy is allowed) if each asks for something else about it.

Bad:
    - en: {q: "Why does salt make ice melt on a winter road?", a: "It lowers the freezing point."}
    - en: {q: "Why does the ice on a winter road melt under salt?", a: "Salt lowers the freezing point."}
Bad:
    - zh: {q: "冬天路面上撒盐为什么能让冰融化？", a: "盐会降低冰点。"}
    - zh: {q: "冬天路面上撒盐，冰为什么会融化？", a: "因为盐降低冰点。"}

Good:
    - en: {q: "Why does salt make ice melt on a winter road?", a: "It lowers the freezing point."}
    - en: {q: "Below which temperature is salt of no use against ice?", a: "About -20 °C"}
Good:
    - zh: {q: "冬天路面上撒盐为什么能让冰融化？", a: "盐会降低冰点。"}
    - zh: {q: "气温低于多少度，撒盐就化不了冰？", a: "约零下 20 度"}

The rule reports questions that have half of their words in common (of all words in either,
those in both), ask alike (why, how, who, negated), and whose answers have half of their
words in common. It also reports questions that have three quarters of their words in common while one only
says a little more. Words without content don't count; in Chinese, pairs of neighbouring characters
count as words; code, formulas and numbers are words too. It is never an error, because two wordings of
one fact may be intended.

Left out: questions that differ only in names, numbers, formulas or code, or in one term
that replaces another; those are at most twins (D03). Cards that name each
other in `see:` or `after:` are reported only from 90 % on. The rule compares cards of one deck,
in English and Chinese, with three words of content or more. It skips questions whose common words
all occur in more than a hundred questions. There are at most three findings about one card.

Mend:  keep the better card, or say in each question what only that one asks.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from deckgen.checks.proof import Proof, alike
from deckgen.finding import Finding

CODE = "D02"
STOPS = False
WIDE = True

_LINKED = 0.9


def check(proof: Proof) -> Iterator[Finding]:
    """Find cards that ask in other words what an earlier one asks."""
    named: Counter[int] = Counter()
    for pair in alike.pairs(proof):
        silent = pair.linked and pair.likeness < _LINKED
        if named[id(pair.later)] < alike.MOST and pair.is_repetition and not silent:
            named[id(pair.later)] += 1
            message = f"asks nearly the same as {alike.name(pair.earlier)}"
            hint = "keep the better card, or say in each what only that one asks"
            yield pair.later.side.front.finding(CODE, message, hint, twin=pair.earlier.side.card.id.value)
