"""B05: only one language says that it is not certain

“可能” on one side and a plain fact on the other teach two different things, and the learners
of the fact learn something that the source doesn't say. A hedge needn't be put by the same
word: any way of showing doubt will do on the other side, in question, answer or cloze;
notes are compared with notes.

Bad:
    - en: {q: "Why do cats purr when they are hurt?", a: "Perhaps the vibration helps them to heal."}
      zh: {q: "猫受伤时为什么会打呼噜？", a: "振动帮助它们愈合。"}

Good:
    - en: {q: "Why do cats purr when they are hurt?", a: "Perhaps the vibration helps them to heal."}
      zh: {q: "猫受伤时为什么会打呼噜？", a: "振动也许帮助它们愈合。"}

A hedge that accuses is a clear one: perhaps, probably, may, about 5; 可能、也许、大约、似乎.
Left out: think and 认为, hope and 希望, can, often, mostly and the like, which the other
language often puts without a hedge; they only acquit.

Mend:  carry the hedge over, or remove it from both sides when the source is sure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from deckgen.checks.proof import Passage, Proof, Side
from deckgen.checks.proof.pairs import english_chinese, parts, twin
from deckgen.checks.words.hedges import HEDGES
from deckgen.checks.words.tongue import Tongue
from deckgen.finding import Finding
from deckgen.patterns import lazy

CODE = "B05"
STOPS = False

_NUMBER = r"(?=[\s~$€£]*+(?:every |once in )?\x1f*+(?:\d|\ufffc|(?:a |one |two )?(?:half|third|quarter|dozen|hundred|thousand|million|two|three|four|five|six|seven|eight|nine|ten)))"
_CLEAR = {
    Tongue.ENGLISH: lazy(
        r"\b(?:may(?! \d)|might(?! of\b)|perhaps|maybe|probably|possibly|presumably|apparently|seemingly|tentative(?:ly)?|approximately|roughly"
        rf"|likely(?<!more likely)(?<!less likely)(?<!as likely)(?<!equally likely)(?<!how likely)(?<!most likely)|(?:about|around){_NUMBER}"
        r"|seems?|not (?:quite )?(?:sure|certain)|unsure|uncertain|unclear|guess(?:es)?|in theory|in many cases|to some extent)\b"
    ),
    Tongue.CHINESE: lazy(
        r"(?<![不尽])可能(?!性|是指)|也许|或许|大概|大约|(?<![大节制公条契合预签履])约(?:[为有占合需要是在达]|每隔?)?(?=\s*[\d一二两三四五六七八九十百千半])"
        r"|\d\s*[\u4e00-\u9fff%]{0,3}左右|似乎|恐怕|未必|不一定|猜测|推测|不确定|不太?清楚|尚无定论|理论上|多数情况下|[一某][定种]程度上"
    ),
}
_ANY = {
    Tongue.ENGLISH: lazy(
        r"\b(?:can|could|would|sometimes|or so|nearly|almost|close to|up to|or more|said to|(?:they|some) say|reported(?:ly)?|appear(?:s|ed)?"
        r"|apparent(?:ly)?|presum\w+|estimat\w+|doubt\w*|chances?|risk\w*|need not|not (?:necessarily|always|quite|certain)|no(?:body| one) knows"
        r"|about|around|approx|circa|general(?:ly)?|tend(?:s|ed|ency)?|assum\w+|hypothes\w+|theor\w+|conjectur\w+|whether|partly|in part|likel\w+"
        r"|opinion|views?|claims?|argu\w+|prone|liable|apt|typical(?:ly)?|commonly|normally|mainly|largely|chiefly|supposed(?:ly)?|consider\w*"
        r"|potential(?:ly)?|unknown|imagin\w+|hypothetical\w*|something like|some (?=\d))\b|[~≈±]",
        re.IGNORECASE,
    ),
    Tongue.CHINESE: lazy(
        r"据说|据称|据传|恐|大致|差不多|将近|接近|近\s*[\d一二三四五六七八九十百千]|[\d十百千万亿]\s*[多余几来]|上下|大概|说不准|难说|有时|一般|常|八成|不见得|假设|假定|设想|想必|应该|若干"
        r"|好像|仿佛|像是|看似|看上去|听说|有人|怀疑|不排除|未知|潜在|易|是否|会不会|疑|估|料|约|几|主要|基本|看法|观点|主张|想象|[~～≈±]|某些|有些|有点|有可能|理论"
    ),
}
# “May” and “might” are permissions, too, and in Chinese often no more than 会.
_MAY = lazy("may|might")
_CAN = lazy("可|能|会|允许|准许|不妨|许")


def check(proof: Proof) -> Iterator[Finding]:
    """Find clear hedges of one side where the other has nothing like one."""
    for english, chinese, second in english_chinese(proof):
        for passages, others in parts(english, chinese):
            found = _lone(passages, others)
            if found:
                yield _finding(*found, english, chinese, second)
            found = _lone(others, passages)
            if found:
                yield _finding(*found, chinese, english, second)


def _lone(passages: list[Passage], others: list[Passage]) -> tuple[Passage, re.Match[str]] | None:
    clear = _CLEAR[passages[0].tongue]
    for passage in passages:
        # “May” is a month.
        found = clear.finditer(passage.folded)
        match = next((hedge for hedge in found if passage.shown[slice(*hedge.span())] != "May"), None)
        if match:
            return None if _hedged(others, match[0]) else (passage, match)
    return None


def _hedged(passages: list[Passage], word: str) -> bool:
    patterns = [_ANY[passages[0].tongue], HEDGES[passages[0].tongue]]
    if _MAY.fullmatch(word):
        patterns.append(_CAN)
    return any(pattern.search(passage.shown) for passage in passages for pattern in patterns)


def _finding(passage: Passage, match: re.Match[str], side: Side, other: Side, second: Side) -> Finding:
    word = passage.quote(match).strip()
    hint = "carry the hedge over, or remove it from both sides"
    if side is second:
        message = f"“{word}” is a hedge, and `{other.lang}` has none"
        return passage.finding(CODE, message, hint, match)
    message = f"`{side.lang}` hedges with “{word}”, but here it is a plain fact"
    return twin(passage, other).finding(CODE, message, hint)
