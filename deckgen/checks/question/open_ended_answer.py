"""F10: an answer ends in “and so on”

“Copper, iron, etc.” doesn't say what else counts. Whoever says “gold” doesn't know whether
that is right, and next month recalls other examples. An answer must have an end (Matuschak:
prompts should be consistent, the same answer each time).

Bad:
    - en: {q: "Which metals conduct electricity better than iron?", a: "Copper, silver, etc."}
    - zh: {q: "哪些金属的导电性优于铁？", a: "铜、银等。"}

Good:
    - en: {q: "Which metal conducts electricity better than any other?", a: "Silver."}
    - zh: {q: "哪种金属的导电性优于其他一切金属？", a: "银。"}

The rule looks for “etc.”, “and so on”, “among others” and three dots at the end of the answer. Words
in brackets, or after “such as” or “e.g.”, are examples, and may be open.

Mend:  ask for one thing that is clearly right or wrong, and move further examples to `note:`.
"""

from __future__ import annotations

from collections.abc import Iterator

from deckgen.checks.proof import Proof
from deckgen.checks.words.text import cover, unquoted
from deckgen.checks.words.tongue import Tongue
from deckgen.finding import Finding
from deckgen.markup.shown import OBJECT
from deckgen.patterns import lazy

CODE = "F10"
STOPS = False

_OPEN = {
    Tongue.ENGLISH: lazy(
        r"(?:\betc|&c)\b\.?(?=\s*(?:[.;)\n]|\Z))|\b(?:and so (?:on|forth)\b(?=\s*(?:[.;)]|\Z))|among others\b|and (?:many )?(?:more|others)(?=[.!]?\s*\Z))"
        r"|(?<=[\w, ])(?:\.\.\.|…)[.)]?\s*\Z"
    ),
    Tongue.CHINESE: lazy(
        r"(?<![等])等等(?!式|级)|(?<![平相同高初中对不均优上下头一二三四特劣何此吾尔几恒全稍等])等(?=\s*(?:[。；;，,.]|\Z))"
        r"|诸如此类|之类的?(?=[。；，]|\s*\Z)|(?:……|\.\.\.)[。]?\s*\Z"
    ),
}
# From such a word to the end of the sentence stand examples.
_EXAMPLES = lazy(
    r"(?:\b(?:such as|for example|for instance|e\.g\.|including|includes?|like)(?!\w)|例如|比如|譬如|诸如(?!此类)|包括)[^.。;；\n]*"
)
_BRACKET = lazy(r"[(（\[][^()（）\[\]]*[)）\]]")


def check(proof: Proof) -> Iterator[Finding]:
    """Find answers and items of lists that leave out their end."""
    for side in proof.sides:
        pattern = _OPEN.get(side.tongue)
        if pattern is None:
            continue
        for answer in side.answers:
            if not pattern.search(answer.folded):
                continue
            asked = cover(_EXAMPLES, cover(_BRACKET, unquoted(answer.folded), OBJECT), OBJECT)
            found = pattern.search(asked)
            if found and not any(map(str.isalnum, asked[found.end() :])):
                said = answer.quote(found).strip()
                message = f"“{said}” leaves open what else counts"
                hint = "ask for one thing that is right or wrong; move more examples to `note:`"
                yield answer.finding(CODE, message, hint, found)
