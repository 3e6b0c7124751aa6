"""K06: an option has no meaning for this card

`reverse: true` makes a second card that shows the answer and asks for the
question. A cloze, a list or a picture with masks has no answer that could be asked this way. `typed: true` lets the
learner type the answer, so the answer must be one line of text, without picture or sound, and no HTML: elements can't be typed.
Behind a mask there is no text.
`hide:` says what is hidden in a picture with masks.

Bad:   `reverse: true` beside `cloze:`; `typed: true` beside `a: "![a circuit](circuit.svg)"`; `hide: one` beside `list:`
Good:  `reverse: true` beside `q:` and `a:`; `typed: true` beside `a: "circuit"`

Mend:  remove the option.
"""

from __future__ import annotations

from collections.abc import Iterator

from deckgen.checks.proof import Proof
from deckgen.deck import Card
from deckgen.finding import Finding
from deckgen.kinds import Kind, parts
from deckgen.markup import markdown, texts

CODE = "K06"


def check(proof: Proof) -> Iterator[Finding]:
    """Find `reverse:` on cards without an answer, and `typed:` on answers that nobody can type."""
    for card in proof.deck.cards:
        if card.reverse and card.kind is not Kind.QA:
            message = "`reverse:` is only for a question with an answer"
            yield Finding(card.id.whole, CODE, message, "remove it", card.id.value)
        if card.typed:
            yield from _typed(card)


def _typed(card: Card) -> Iterator[Finding]:
    for lang, content in card.contents.items():
        written = list(parts(content))
        if not any(role.is_recalled for role, _, _ in written) and content.kind is not Kind.OWN:
            message = f"`typed:` needs a text to type, and {content.kind.facts.words} has none"
            yield Finding(card.id.whole, CODE, message, "remove `typed:`", card.id.value, lang)
        for role, key, text in written:
            if role.is_recalled and text.html:
                message = f"`typed:` needs a text to type, and `{key}:` is HTML"
                hint = "write it as Markdown, without `!html`, or remove `typed:`"
                yield Finding(text.whole, CODE, message, hint, card.id.value, lang)
                continue
            html = texts.to_html(text) if role.is_recalled else ""
            if "<img" in html or "[sound:" in html or "\n" in markdown.plain(html):
                message = f"`typed:` needs one line of text to type, and `{key}:` is more than that"
                yield Finding(text.whole, CODE, message, "remove `typed:`", card.id.value, lang)
