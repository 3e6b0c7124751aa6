"""C01: a cloze has no usable deletions

A cloze card hides the parts written as `{{c1::answer}}`, or with a hint
`{{c1::answer::hint}}`. Without such a part, Anki makes a card that asks nothing. Deletions
with the same number are hidden together. Numbers begin at 1 and leave no gap, so
that every number is one card (except a number that was given out and then removed: it is not used again).
Deletions can't stand inside each other, in the address
of a link, or in the words that describe a picture. A deletion or its hint can't
reach over the end of a paragraph, a list item, an emphasis or a formula.

Bad:   `cloze: "A reward model predicts approval."`
Bad:   `cloze: "A {{c1::reward model}} predicts {{c3::approval}}."`
Good:  `cloze: "A {{c1::reward model}} predicts approval."`

Mend:  mark what should be recalled; number the deletions 1, 2, 3.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace

from deckgen.checks.proof import Proof
from deckgen.checks.proof.empty import says_nothing
from deckgen.finding import Finding
from deckgen.kinds import ClozeText, OwnFields, Role
from deckgen.markup import cloze, markdown, texts
from deckgen.patterns import lazy
from deckgen.written import Text

CODE = "C01"

# A look back stands behind its brace: a pattern whose alternatives begin with one sign is much quicker.
_MISSPELT = lazy(r"\{(?:\{(?<!\\\{\{) ?[cC]\d+ ?:(?!:)|(?<![{\\]\{)[cC]\d+::|\{(?:C\d+| +c\d+)::)")


def check(proof: Proof) -> Iterator[Finding]:
    """Find cloze texts whose deletions Anki would not show as the author means them."""
    for card in proof.deck.cards:
        for lang, content in card.contents.items():
            if isinstance(content, ClozeText) and not says_nothing(content.text):
                given = proof.given_numbers.get((card.id.value, lang), ())
                for message, hint in problems(content.text, given):
                    yield Finding(content.text.whole, CODE, message, hint, card.id.value, lang)
            elif isinstance(content, OwnFields):
                for one in content.texts if proof.deck.note_types[content.type.value].is_cloze else ():
                    if one.role is Role.CLOZE and cloze.scan(one.text.value) != ([], []):
                        # The fields of a note count their deletions together.
                        for message, hint in problems(one.text, range(1, cloze.MAX_NUMBER + 1)):
                            yield Finding(one.text.whole, CODE, message, hint, card.id.value, lang)


def problems(text: Text, given: Collection[int] = ()) -> Iterator[tuple[str, str]]:
    """What is wrong with the deletions of a cloze, each with a hint; the first is enough to see a fault.

    `given` are the numbers of deletions that were given out.
    """
    deletions, faults = cloze.scan(text.value)
    for fault in faults:
        yield fault.message, "write deletions as `{{c1::answer}}`, side by side"
    if faults:
        return
    misspelt = _MISSPELT.search(text.value)
    if misspelt:
        yield f"`{misspelt[0]}` begins no deletion", "write deletions as `{{c1::answer}}`"
        return
    if not deletions:
        yield "nothing is hidden in this cloze", "mark what should be recalled: `{{c1::answer}}`"
        return
    numbers = sorted({deletion.number for deletion in deletions})
    # A deletion that was given out and is gone (R11) leaves its number free for ever.
    if not {*range(1, numbers[-1] + 1)} <= {*numbers, *given}:
        listed = ", ".join(f"c{number}" for number in numbers)
        yield f"the deletions are numbered {listed}", "number them c1, c2, c3 without a gap"
    marked = replace(text, value=cloze.mark(text.value, deletions))
    html = cloze.finish(texts.to_html(marked))
    links, kept = len(list(texts.references(text))), len(list(texts.references(marked)))
    if links != kept or not cloze.is_whole(html, len(deletions)):
        hint = "keep it inside one paragraph, item, emphasis or formula, and out of addresses and pictures"
        yield "a deletion is where Anki can't hide it", hint
    for number, content in cloze.hidden(html).items():
        if markdown.is_blank(content):
            yield f"the deletion c{number} hides nothing that can be seen", "hide a text or a picture"
