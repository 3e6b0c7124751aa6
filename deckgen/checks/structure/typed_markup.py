"""K19: what is to be typed is not what is read

`typed: true` lets the learner type the answer, and Anki compares it letter by letter. For a formula Anki
expects what MathJax reads, `\\(x^2\\)`, and nobody who sees x² types that. For `x^2^` it expects x2, and for a list, a quotation
or a heading only the text after the mark. In a cloze or list it expects a reading after its word: for `{水|みず}` 水みず. A
no-break space, `&nbsp;`, is another character than the space on a keyboard.

Bad:   `typed: true` beside `a: "$x^2$"`
Good:  `typed: true` beside `a: "x²"`

Mend:  write the answer in characters that a keyboard has, with a backslash before a character that is not meant as a mark, such as `\\>`,
or remove `typed:`.
"""

from __future__ import annotations

from collections.abc import Iterator

from deckgen.checks.proof import Proof
from deckgen.finding import Finding, Severity
from deckgen.kinds import Content, Kind, Role, parts
from deckgen.markup import cloze, markdown
from deckgen.patterns import lazy
from deckgen.written import Text

CODE = "K19"

_FORMULA = lazy(r"\\[(\[](?!<span>)")
_NO_KEY = lazy("[\u00a0\u2000-\u200a\u202f]")
_MARKED = lazy(r"<(?:li|blockquote|h[1-6]|table|sup)\b")


def check(proof: Proof) -> Iterator[Finding]:
    """Find answers of which a learner would have to type other signs than those on the card."""
    for card in proof.deck.cards:
        for lang, content in card.contents.items() if card.typed else ():
            for text, written in _to_type(content):
                html = markdown.to_html(written, lambda name: name)
                plain = markdown.plain(html)
                # More than one line can't be typed at all, which K06 tells.
                if "\n" in plain:
                    continue
                if _FORMULA.search(html) or _MARKED.search(html):
                    message = f"`typed:` wants `{plain[:60]}` to be typed, and the card shows something else"
                    hint = "write plain characters, put a backslash before one that is not a mark (`\\>`), or remove `typed:`"
                elif "<ruby>" in html and content.kind is not Kind.QA:
                    message = f"`typed:` wants the reading to be typed after `{plain[:60]}`"
                    hint = "write the word without its reading, or remove `typed:`"
                elif _NO_KEY.search(plain):
                    message, hint = "`typed:` wants a space that no keyboard has", "write a common space"
                else:
                    continue
                yield Finding(text.whole, CODE, message, hint, card.id.value, lang, Severity.WARNING)
                break


def _to_type(content: Content) -> Iterator[tuple[Text, str]]:
    """What a learner types, each behind the text of which it is all or a part."""
    for role, _, text in parts(content):
        if text.html:
            continue  # which K06 tells
        if role is Role.CLOZE:
            yield from ((text, deletion.content) for deletion in cloze.scan(text.value)[0])
        elif role.is_recalled:
            yield text, text.value
