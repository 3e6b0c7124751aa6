"""B02: a text is much shorter or longer than in the other language

A part was probably lost or added: a clause, a reason, an example. An English word takes
about one and a half Chinese characters. Of 196 sentences in a large software catalogue,
98 % lie between 0.85 and 2.44 characters a word; all texts of a good deck of 37 cards lie between 1.1 and 2.3.

Bad:
    - en: {q: "Why do railways keep standard time?", a: "A timetable needs one standard time in all stations, instead of the local times that each town used to keep by the sun."}
      zh: {q: "铁路为什么采用标准时间？", a: "时刻表需要标准时间。"}

Good:
    - en: {q: "Why do railways keep standard time?", a: "A timetable needs one time for all stations, not each town's own."}
      zh: {q: "铁路为什么采用标准时间？", a: "时刻表要求各站用同一时间，而不是各地的地方时。"}

The rule compares texts of 8 English words or more, if the other side is more than 8 words or
characters away from the usual length. Below 0.9 and above 2.7 characters a word it is a warning,
below 0.6 and above 3.2 an error. Words that appear unchanged in the Chinese text don't count.
Left out: texts that are the same on both sides, or full of code.

Mend:  compare the two clause by clause and add what is missing, or cut it on both sides.
"""

from __future__ import annotations

from collections.abc import Iterator

from deckgen.checks.proof import Proof
from deckgen.checks.proof.pairs import english_chinese, same_keys
from deckgen.finding import Finding, Severity
from deckgen.markup.shown import OBJECT
from deckgen.patterns import lazy

CODE = "B02"
STOPS = True

_SHORTEST = 8
_USUAL = 1.5
_AWAY = 8
_WORDS_BETWEEN_CODE = 6
# What Chinese texts leave as it is: names, figures, code and formulas.
_SHARED = lazy(rf"[A-Za-z0-9][\w'.%-]*|{OBJECT}")


def check(proof: Proof) -> Iterator[Finding]:
    """Compare the characters of a Chinese text with the words of the English one."""
    for english, chinese, second in english_chinese(proof):
        for words, characters in same_keys(english, chinese):
            if words.shown.count(OBJECT) * _WORDS_BETWEEN_CODE > words.size:
                continue
            shared = len(_SHARED.findall(characters.shown))
            ours, theirs = characters.size - shared, words.size - shared
            if theirs < _SHORTEST or abs(ours - _USUAL * theirs) <= _AWAY:
                continue
            ratio = ours / theirs
            if 0.9 <= ratio <= 2.7 or words.shown == characters.shown:
                continue
            passage = characters if second is chinese else words
            message = (
                f"{ours} Chinese characters for {theirs} English words, "
                f"{ratio:.1f} a word; about {_USUAL} are usual"
            )
            hint = "compare the two clause by clause: something is missing on one side"
            severity = Severity.WARNING if 0.6 <= ratio <= 3.2 else Severity.ERROR
            yield passage.finding(CODE, message, hint, severity=severity)
