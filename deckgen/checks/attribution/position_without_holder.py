"""M04: a guess has a speaker, but the card doesn't say whose it is

The back shows the speaker in small print. But you recall the question and the answer, and
there a guess without a name turns into a fact. An opinion needs a name: “What did
Reed think …?” is a question about Reed, and stays true whatever becomes of her guess.

Bad:
    speakers: {reed: {en: "Anna Reed", zh: "安娜·里德"}}
    cards:
      - {speaker: reed, hedged: true, en: {q: "What was the round tower on the hill built for?", a: "Perhaps to store grain."}}
      - {speaker: reed, hedged: true, zh: {q: "山上那座圆塔当初是用来做什么的？", a: "可能用来储存谷物。"}}

Good:
    speakers: {reed: {en: "Anna Reed", zh: "安娜·里德"}}
    cards:
      - {speaker: reed, hedged: true, en: {q: "What does Reed think the round tower on the hill was built for?", a: "To store grain."}}
      - {speaker: reed, hedged: true, zh: {q: "里德认为山上那座圆塔当初有什么用途？", a: "储存谷物。"}}

The rule looks at cards with `hedged: true` and a speaker that deck.yaml declares; `general`
is no speaker. Any part of the shown name will do, such as the surname. Left out: cards
whose only hedge is “usually”, “mostly”, “about” and the like, which limit a fact.

Mend:  name the speaker in the question. If it is common knowledge, write `speaker: general`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from deckgen.checks.proof import NOBODY, Proof, Side
from deckgen.checks.words.english import function_words
from deckgen.checks.words.hedges import HEDGES, LIMIT
from deckgen.checks.words.scripts import as_known
from deckgen.finding import Finding
from deckgen.patterns import lazy
from deckgen.written import Text

CODE = "M04"
STOPS = False


_PART = lazy(r"[^\W\d_]{2,}")
_HAN = lazy("[\u3400-\u9fff]{2}")


def check(proof: Proof) -> Iterator[Finding]:
    """Find hedged cards that don't name their speaker."""
    speakers = proof.deck.speakers
    if not speakers:
        return
    names: dict[tuple[str, str], re.Pattern[str]] = {}
    for side in proof.sides:
        speaker = side.card.speaker
        if (
            not side.card.hedged
            or speaker is None
            or speaker.value == NOBODY
            or speaker.value not in speakers
        ):
            continue
        key = speaker.value, side.lang
        if key not in names:
            names[key] = _name(speakers[speaker.value], side.lang)
        if _is_opinion(side) and not any(names[key].search(text) for text in _texts(side)):
            message = f"the card makes a guess, but doesn't say that it is `{speaker.value}`'s"
            hint = "name the speaker in the question, or write `speaker: general`"
            yield side.front.finding(CODE, message, hint)


def _texts(side: Side) -> list[str]:
    return [passage.shown for passage in side.asked]


def _is_opinion(side: Side) -> bool:
    """Whether a hedge says more than how often or how much."""
    hedges = HEDGES.get(side.tongue)
    found = [match[0] for text in _texts(side) for match in hedges.finditer(text)] if hedges else []
    return not found or any(not LIMIT.fullmatch(hedge) for hedge in found)


def _name(shown: Mapping[str, Text], lang: str) -> re.Pattern[str]:
    """Finds any part of a name."""
    text = shown.get(lang) or next(iter(shown.values()), None)
    parts: set[str] = set()
    for part in _PART.findall(as_known(text.value, lang) if text else ""):
        pairs = {part[start : start + 2] for start in range(len(part) - 1)} if _HAN.match(part) else {part}
        parts |= {pair for pair in pairs if pair.lower() not in function_words(CODE)}
    return re.compile("|".join(re.escape(part) for part in sorted(parts)) or r"(?!)", re.IGNORECASE)
