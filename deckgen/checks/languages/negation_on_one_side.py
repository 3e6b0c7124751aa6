"""B10: only one language denies something

If a “不” or "not" gets lost, the card says the opposite. Languages deny in many ways
("without", "un-", “无”). So the rule starts only from plain negations ("not", "never", "don't" and
“不”, “没有”), and accepts any way of denying on the other side. Even so, half of the findings are only
a matter of wording ("stay calm" is “不慌”): look at the word, no more.

Bad:
    - en: {q: "What do cacti do on hot days to save water?", a: "They do not open their pores."}
      zh: {q: "仙人掌在炎热的白天怎样节约水分？", a: "张开表皮上的气孔。"}

Good:
    - en: {q: "What do cacti do on hot days to save water?", a: "They do not open their pores."}
      zh: {q: "仙人掌在炎热的白天怎样节约水分？", a: "不张开表皮上的气孔。"}

Left out: 不同、不仅、不断、不过 and other words in which 不 denies nothing, notes, and
texts with code.

Mend:  read both sides, and add or remove the negation where one is wrong.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from deckgen.checks.proof import Passage, Proof
from deckgen.checks.proof.pairs import english_chinese
from deckgen.checks.words import negations
from deckgen.finding import Finding, Severity
from deckgen.markup.shown import OBJECT

CODE = "B10"
STOPS = False


def check(proof: Proof) -> Iterator[Finding]:
    """Find plain negations of one side where the other denies nothing in any way."""
    for english, chinese, second in english_chinese(proof):
        ours, theirs = english.asked, chinese.asked
        found = _lone(negations.ENGLISH, ours, negations.ANY_CHINESE, theirs) or _lone(
            negations.CHINESE, theirs, negations.ANY_ENGLISH, ours
        )
        if found is None:
            continue
        passage, match = found
        hint = "read both sides: one may say the opposite"
        if passage.lang == second.lang:
            other = english if second is chinese else chinese
            message = f"“{passage.quote(match)}” denies something, but `{other.lang}` doesn't"
            yield passage.finding(CODE, message, hint, match, Severity.INFO)
        else:
            message = f"`{passage.lang}` denies something with “{passage.quote(match)}”, but this doesn't"
            place = next((text for text in second.asked if text.key == passage.key), second.front)
            yield place.finding(CODE, message, hint, severity=Severity.INFO)


def _lone(
    plain: re.Pattern[str], passages: Sequence[Passage], any_way: re.Pattern[str], others: Sequence[Passage]
) -> tuple[Passage, re.Match[str]] | None:
    for passage in passages:
        match = plain.search(passage.shown)
        if match and OBJECT not in passage.shown:
            return None if any(any_way.search(other.shown) for other in others) else (passage, match)
    return None
