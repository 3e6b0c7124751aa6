"""M05: a card is marked as hedged, but a side states its claim as a fact

`hedged: true` says that the source only guesses or qualifies. Then a word for it
stands in the question or in the answer of every language: "may", "he guesses",
“可能”, “他认为”. A hedge in the note alone is not recalled. English and Chinese are
looked at; a deck that declares no language may use either.

Bad:   `hedged: true` with `a: "Bigger models hold more circuits."`
Good:  `hedged: true` with `a: "They may hold more circuits."`

Mend:  put the hedge into the answer, or ask how sure the speaker is. Remove
`hedged:` when the source states a fact.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from deckgen.checks.texts import of_content
from deckgen.deck import NO_LANGUAGE, Deck
from deckgen.diagnostic import Diagnostic

CODE = "M05"

_ENGLISH = re.compile(
    r"\b(?:may|might|maybe|could|perhaps|possibl[ey]|probabl[ey]|likely|roughly|(?:about|around) \d+"
    r"|approximately|guess(?:es|ed)?|suggest(?:s|ed)?|speculat\w+|expect(?:s|ed)?|hop(?:e|es|ed|ing)"
    r"|thinks?|thought|believe[sd]?|seem(?:s|ed)?|suspect(?:s|ed)?|tends? to|(?:un|not |how )sure"
    r"|uncertain|unclear|sketch(?:es|y)?"
    r"|tentative(?:ly)?|in theory|in many cases|to some extent|mostly|somewhat|often|usually)\b",
    re.IGNORECASE,
)
_CHINESE = re.compile(
    r"可能|也许|或许|大概|大约|约|左右|猜|推测|估计|预计|预期|希望|认为|觉得|似乎|看来|不确定|把握|不清楚|尚无定论"
    r"|理论上|多数情况下|一定程度上|某种程度|大部分|大多|往往|通常|未必|不一定|粗略|倾向于"
)
#: By language; other languages can't be judged and are passed over.
_HEDGES = {"en": (_ENGLISH,), "zh": (_CHINESE,), NO_LANGUAGE: (_ENGLISH, _CHINESE)}


def check(deck: Deck) -> Iterator[Diagnostic]:
    """Find the languages of hedged cards in which question and answer have no hedge word."""
    for card in deck.cards:
        for lang, content in card.contents.items() if card.hedged else ():
            lists = _HEDGES.get(lang.split("-")[0], ())
            texts = [text for key, text in of_content(content) if key != "note"]
            if lists and not any(words.search(text.value) for words in lists for text in texts):
                message = "the card is `hedged`, but neither question nor answer says so"
                yield Diagnostic(
                    texts[0].place, CODE, message, "say “may”, “he guesses”, “可能”", card.id.value, lang
                )
