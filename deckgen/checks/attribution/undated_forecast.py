"""M06: a forecast has no date

“In ten years” counts from the day on which it was said. Without that day, nobody can tell
what was forecast or whether it has come true, and an old opinion passes for today's
(Wozniak: date stamps).

Bad:
    speakers: {reed: {en: "Anna Reed", zh: "安娜·里德"}}
    cards:
      - {speaker: reed, en: {q: "What does Reed expect of the harbour in ten years?", a: "That sand will close it."}}
      - {speaker: reed, zh: {q: "里德预计十年后的海港会怎样？", a: "会被泥沙堵住。"}}

Good:
    speakers: {reed: {en: "Anna Reed", zh: "安娜·里德"}}
    cards:
      - {speaker: reed, en: {q: "What did Reed, in 1998, expect of the harbour in ten years?", a: "That sand would close it."}}
      - {speaker: reed, zh: {q: "里德 1998 年预计海港十年后会怎样？", a: "会被泥沙堵住。"}}

The rule looks at cards with a speaker that deck.yaml declares, other than `general`. A year
anywhere on the card, even in the note, is enough. “Will” alone makes no forecast (“What will
happen when ice melts?”), nor does what a thing predicts (“What does the model predict?”).

Mend:  write the year in which it was said into the question or the note.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from deckgen.checks.proof import Proof, Side
from deckgen.checks.words.tongue import Tongue
from deckgen.finding import Finding
from deckgen.patterns import lazy

CODE = "M06"
STOPS = False

_SPAN = (
    r"(?:in|within|over|for)(?: about| around| roughly)? (?:(?:the )?(?:next|coming)(?: few| several| \w+)?|a few|a couple of|several|some|\d+|two|three|four|five|ten|twenty|fifty|one or two|a|one)"
    r" (?:or (?:so|\w+) )?(?:years?|decades?|months?)(?:['’] time)?"
)
_LATER = rf"(?i:{_SPAN}|in (?:the )?(?:near |distant )?future|\bsoon\b|some ?day|one day|by the end of the (?:decade|century)|eventually|from now)"
_MODAL = r"(?:may|might|(?i:will|would|could|should|expects?|expected|hopes?|predicts?|going to|plans?|likely)|['’]ll)"
_ENGLISH = lazy(
    r"\b(?i:forecasts?|foresees?|foresaw|forecasted|prophes[iy]\w*)\b"
    r"|\b(?i:do|does|did) (?:[A-Z][\w.-]{1,40} ){1,3}(?:expect|predict|anticipate|foresee|think .{1,40} will)\b"
    r"|\b[A-Z][\w-]{1,40}(?: in his view| also| now)? (?:expects|predicts|anticipates)\b"
    rf"|\b{_MODAL}\b[^.?!]{{0,80}}\b{_LATER}|\b{_LATER}\b[^.?!]{{0,80}}\b{_MODAL}\b"
)
_CHINESE = lazy(
    r"预计|预言|有望"
    r"|(?:未来(?!派|主义|学)|将来(?!时)|不久|今后|(?<!\d)(?:\d{1,2}|几|两|三|五|十|二三十|一二十)年(?:内|后|之内|以内|之后))[^。？?]{0,40}[会将能]"
    r"|[会将能][^。？?]{0,30}(?:未来(?!派|主义|学)|将来(?!时)|(?:几|两|三|五|十)年(?:内|后|之内))"
)
_FORECAST = {Tongue.ENGLISH: _ENGLISH, Tongue.CHINESE: _CHINESE}
_YEAR = lazy(r"(?<!\d)(?:1[0-9]|2[01])\d\d(?!\d)|[一二][〇零一二三四五六七八九]{3}年")


def check(proof: Proof) -> Iterator[Finding]:
    """Find forecasts of speakers without a year."""
    speakers = proof.deck.speakers
    if not speakers:
        return
    for side in proof.sides:
        speaker, pattern = side.card.speaker, _FORECAST.get(side.tongue)
        if pattern is None or speaker is None or speaker.value == "general" or speaker.value not in speakers:
            continue
        found = _forecast(side, pattern)
        if found is not None:
            yield found


def _forecast(side: Side, pattern: re.Pattern[str]) -> Finding | None:
    for passage in side.asked:
        found = pattern.search(passage.shown)
        if found and not any(_YEAR.search(other.text.value) for other in side.passages):
            message = "a forecast names no year"
            hint = "write the year in which it was said into the question or the note"
            return passage.finding(CODE, message, hint, found)
    return None
