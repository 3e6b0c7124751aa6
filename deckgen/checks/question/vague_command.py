"""F05: a vague command takes the place of a question

"Describe", "discuss" and "explain" don't say which answer counts. In each review you recall
something else, and can't tell whether it was right. A question has one answer that an
expert would give, and no other (Matuschak: prompts should be precise). "Describe how …" is a question in disguise, and may have one answer.

Bad:
    - en: {q: "Describe the Roman aqueducts?", a: "Gravity-fed channels that carried water into cities."}
    - zh: {q: "简述古罗马的输水道？", a: "靠重力把水引进城市的水渠。"}

Good:
    - en: {q: "What moved the water in a Roman aqueduct?", a: "Gravity: the channel fell slightly all the way."}
    - zh: {q: "古罗马的输水道靠什么让水流动？", a: "靠重力：水渠一路略微下倾。"}

Mend:  ask for the one fact that matters: why, which, what follows, what tells it apart.
"""

from __future__ import annotations

from collections.abc import Iterator

from deckgen.checks.proof import Proof
from deckgen.checks.words.tongue import Tongue
from deckgen.finding import Finding, Severity
from deckgen.patterns import lazy

CODE = "F05"
STOPS = True

_COMMAND = {
    Tongue.ENGLISH: lazy(
        r"\s*(?:please )?(?:briefly )?"
        r"(?:describe\b(?! (?:how|why|what|which|who|when|where)\b)"
        r"|(?:discuss|talk about|summari[sz]e|comment on|elaborate on|tell me about|what about)\b)",
    ),
    Tongue.CHINESE: lazy(
        r"\s*(?:请|试)?(?:你)?(?:简要|简单)?(?:地)?(?:简述|论述|描述|谈谈|说说|聊聊|介绍|概述|阐述)(?:一下)?"
    ),
}


def check(proof: Proof) -> Iterator[Finding]:
    """Find questions that begin with a command."""
    for side in proof.sides:
        command = _COMMAND.get(side.tongue)
        found = command.match(side.question.folded) if command and side.question else None
        if found and side.question:
            message = f"“{side.question.quote(found).strip()}” has no definite answer"
            hint = "ask for the one fact that matters: why, which, what follows"
            yield side.question.finding(CODE, message, hint, found, Severity.ERROR)
