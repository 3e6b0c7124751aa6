"""S04: the same list stands in another order elsewhere

The order in which you learn a list becomes a part of it: each member calls up the next.
A second card with the members in another order works against the first (interference,
Wozniak's eleventh rule). Where the order means nothing, one fixed order helps.

Bad:
    - en: {q: "Which noble gases are used in lamps?", a: "Neon, argon and krypton"}
    - en: {q: "What fills a lit advertising tube?", a: "Argon, neon or krypton"}
    - zh: {q: "哪些稀有气体用在灯具里？", a: "氖、氩、氪"}
    - zh: {q: "发光的广告灯管里充的是什么？", a: "氩、氖、氪"}

Good:
    - en: {q: "Which noble gases are used in lamps?", a: "Neon, argon and krypton"}
    - en: {q: "What fills a lit advertising tube?", a: "Neon, argon or krypton"}
    - zh: {q: "哪些稀有气体用在灯具里？", a: "氖、氩、氪"}
    - zh: {q: "发光的广告灯管里充的是什么？", a: "氖、氩、氪"}

Limits: the rule looks at `list:`, and at answers that are nothing but an enumeration, if they have at least three
members. The exact reverse ("from large to small") is taken as intended.

Mend:  give both lists the order in which you want to remember them.
"""

from __future__ import annotations

from collections.abc import Iterator

from deckgen.checks.proof import Proof, Side, items
from deckgen.finding import Finding
from deckgen.kinds import Kind
from deckgen.patterns import lazy

CODE = "S04"
STOPS = False
WIDE = True

_SEPARATOR = lazy("[,;、；]")
_ARTICLE = lazy(r"^(?:the|an?)\s+")
_ENOUGH = 3


def check(proof: Proof) -> Iterator[Finding]:
    """Find lists whose members stand in another order on an earlier card."""
    first: dict[tuple[str, frozenset[str]], tuple[list[str], str]] = {}
    for side in proof.sides:
        members = _members(side)
        if len(members) < _ENOUGH:
            continue
        key = side.lang, frozenset(members)
        earlier, name = first.setdefault(key, (members, side.card.id.value))
        if members not in (earlier, earlier[::-1]):
            message = f"card `{name}` has the same list in another order"
            hint = "use the same order in both"
            yield (side.answer or side.front).finding(CODE, message, hint)


def _members(side: Side) -> list[str]:
    if side.card.kind is Kind.LIST:
        texts = [item.shown for item in side.answers]
    elif side.answer is not None and _SEPARATOR.search(side.answer.shown):
        found = items.members(side.answer)
        texts = found[1] if found else []
    else:
        return []
    return [_ARTICLE.sub("", " ".join(text.split()).casefold()) for text in texts]
