"""T07: a character that turns the text around

Unicode's control characters can show a text in another order than it is
stored in (https://www.unicode.org/reports/tr9/). Then people who read the YAML, or a pull request, see other
words than a learner or a search does. Such characters come along when a text is pasted, or are put
there to deceive (https://trojansource.codes).

Bad:
    - en: {q: "Which city did Cairo's \\u202erulers\\u202c leave first?", a: "Fustat"}

Good:
    - en: {q: "Which city did Cairo's rulers leave first?", a: "Fustat"}

Left out: marks and isolates in a text with letters that are written from right to left, which need
them. But a character that turns all letters around (U+202D, U+202E) is always reported. The joiners U+200C and
U+200D are parts of words and emoji, and are left out. At most 20 places of a text are named.

Mend:  delete it.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from deckgen.checks.proof import Proof
from deckgen.checks.proof.prose import MOST, fix_for
from deckgen.finding import Finding
from deckgen.patterns import lazy

CODE = "T07"
STOPS = False

_TURNS = lazy("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_OVERRIDES = lazy("[\u202d\u202e]")
# Hebrew, Arabic, Syriac, Thaana, N'Ko and what else stands between them; their presentation forms; Adlam.
_FROM_THE_RIGHT = lazy("[\u0590-\u061b\u061d-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U0001e800-\U0001efff]")


def check(proof: Proof) -> Iterator[Finding]:
    """Find what changes the order in which a text is shown."""
    for passage in proof.written:
        text = passage.text.value
        if text.isascii():
            continue
        pattern = _OVERRIDES if _FROM_THE_RIGHT.search(text) else _TURNS
        for match in islice(pattern.finditer(text), MOST):
            message = f"a character that nobody sees (U+{ord(match[0]):04X}) turns the text around"
            yield passage.finding(CODE, message, "delete it", match, fix=fix_for(passage, match.span(), ""))
