"""F11: an answer says “many” or “it depends” and no more

Such an answer fits nearly every question, so you get it right without knowing anything
(Matuschak: prompts should be precise). It is worth knowing how many, or what it
depends on.

Bad:
    - en: {q: "How many eggs does a cod lay in a season?", a: "A lot."}
    - zh: {q: "一条鳕鱼每季产多少枚卵？", a: "很多。"}

Good:
    - en: {q: "Roughly how many eggs does a large cod lay in a season?", a: "Several million."}
    - zh: {q: "一条大鳕鱼每季大约产多少枚卵？", a: "数百万枚。"}

The rule looks at the whole answer. “It depends on the temperature” is definite; “it depends on
the situation” is not.

Mend:  give the number with “about”, or say what it depends on.
"""

from __future__ import annotations

from collections.abc import Iterator

from deckgen.checks.proof import Proof
from deckgen.checks.words.tongue import Tongue
from deckgen.finding import Finding
from deckgen.patterns import lazy

CODE = "F11"
STOPS = False

_VAGUE = {
    Tongue.ENGLISH: lazy(
        r"\W*(?:(?:there are |it has )?(?:very |quite |a great |a good |so |too )?(?:a lot|lots|many|much|several|various|some|a few|numerous|countless|plenty|deal)"
        r"(?: of (?:them|things|it|ways|reasons|factors))?(?: (?:things|factors|reasons|ways|kinds|types))?"
        r"|(?:it |that )?(?:all )?(?:depends|varies)(?: (?:up)?on (?:the |your )?(?:\w+ )?(?:situation|context|case|circumstances|person|problem|application|needs|requirements))?"
        r"|in (?:many|various|several|different) ways|for (?:many|various|several) reasons|in various places|very (?:big|large|small|high|low|long|fast|slow|far|old|important))\W*",
    ),
    Tongue.CHINESE: lazy(
        r"\W*(?:有)?(?:很多|许多|好多|众多|无数|各种|各种各样|各式各样|多种|多种多样|多方面|若干|一些|不少|大量|好几[种个]|看情况|要?[看视](?:具体)?情况(?:而定)?|因人而异|因(?:具体)?情况而异"
        r"|取决于(?:具体|实际)?(?:情况|需求|场景)|很[大小高低快慢久远长重要]+)(?:的|了|种|个|原因|因素|方面|方法|方式)?\W*"
    ),
}


def check(proof: Proof) -> Iterator[Finding]:
    """Find answers that are nothing but a vague word."""
    for side in proof.sides:
        pattern = _VAGUE.get(side.tongue)
        if pattern is not None and side.answer is not None and pattern.fullmatch(side.answer.folded):
            message = f"“{side.answer.written.strip()}” fits nearly every question"
            hint = "say how many, or what it depends on"
            yield side.answer.finding(CODE, message, hint)
