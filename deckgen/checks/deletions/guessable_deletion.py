"""C05: what a deletion hides is read beside the gap

When the hidden words occur a second time in the same text, or in the gap's own hint, the
answer is copied, not recalled. The same happens when you marked only one of two equal
names: the other one stays in sight.

Bad:
    - en: {cloze: "The {{c1::cochlea}} turns sound into nerve signals, since hair cells in the cochlea respond to motion."}
    - zh: {cloze: "内耳的{{c1::耳蜗}}把声音变成神经信号，因为耳蜗里的毛细胞会对振动作出反应。"}

Good:
    - en: {cloze: "The {{c1::cochlea}} turns sound into nerve signals, since its hair cells respond to motion."}
    - zh: {cloze: "内耳的{{c1::耳蜗}}把声音变成神经信号，因为其中的毛细胞会对振动作出反应。"}

Limits: whole words, and at least two characters. Left out: sentences that offer the
alternatives or compare ("or", "than", 还是, 区别), numbers below 100, and small words such
as "the". Formulas and code are not looked into.

Mend:  give both places the same number, which hides them together, or write the second
one in other words.
"""

from __future__ import annotations

from collections.abc import Iterator

from deckgen.checks.proof import Proof, hidden
from deckgen.checks.words.english import function_words
from deckgen.checks.words.text import fold, whole
from deckgen.finding import Finding, Severity
from deckgen.markup.shown import COVER, OBJECT
from deckgen.patterns import lazy

CODE = "C05"
STOPS = True

_OFFER = lazy(
    r"\b(?:or|than|unlike|whereas|while|both|versus|vs?\.?|compare[ds]?|differ(?:s|ences?|ent)?)\b"
    r"|还是|或|区别|不同|差异|相比|更|[两二]者"
)
_TOO_SMALL = lazy(r"[\W\d]{0,2}|.")


def check(proof: Proof) -> Iterator[Finding]:
    """Find deletions whose words stay in sight elsewhere in the text."""
    for passage, deletions in hidden.clozes(proof):
        offers = _OFFER.search(passage.folded) is not None
        for deletion in () if offers else deletions[: hidden.MOST]:
            words = hidden.words(passage, deletion).replace(COVER, "")
            small = _TOO_SMALL.fullmatch(words) or fold(words) in function_words(CODE)
            if OBJECT in words or small:
                continue
            sight = hidden.in_sight(passage, deletions, deletion.number)
            if whole(fold(words), fold(sight)):
                span = hidden.span(passage, deletion)
                message = (
                    f"what c{deletion.number} hides, “{passage.quote(span)}”, is shown elsewhere in the text"
                )
                hint = "give both places the same number, or put one in other words"
                yield passage.finding(CODE, message, hint, span, Severity.ERROR)
