"""K19: what is to be typed is not what is read

`typed: true` has the learner type the answer, and Anki compares letter by letter. Of a formula it
expects what MathJax reads, `\\(x^2\\)`; of a list, a quotation or a heading what stands behind the mark. Nobody
who sees x² types that.

Bad:   `typed: true` beside `a: "$x^2$"`
Good:  `typed: true` beside `a: "x²"`

Mend:  write the answer in characters that a keyboard has, with a backslash before a sign that is meant, such as `\\>`,
or remove `typed:`.
"""

from __future__ import annotations

from collections.abc import Iterator

from deckgen.checks.proof import Proof, of_content
from deckgen.deck import ClozeText, Content
from deckgen.diagnostic import Diagnostic, Severity
from deckgen.lazy import lazy
from deckgen.markup import cloze, markdown

CODE = "K19"

_FORMULA = lazy(r"\\[(\[](?!<span>)")
_MARKED = lazy(r"<(?:li|blockquote|h[1-6]|table)\b")


def check(proof: Proof) -> Iterator[Diagnostic]:
    """Find answers of which a learner would have to type other signs than those on the card."""
    for card in proof.deck.cards:
        for lang, content in card.contents.items() if card.typed else ():
            for key, written in _to_type(content):
                html = markdown.to_html(written, lambda name: name)
                # More than one line can't be typed at all, which K06 tells.
                if (_FORMULA.search(html) or _MARKED.search(html)) and "\n" not in markdown.plain(html):
                    text = dict(of_content(content))[key]
                    message = f"`typed:` wants `{markdown.plain(html)[:60]}` to be typed, and the card shows something else"
                    hint = "write plain characters, a backslash before a sign that is meant (`\\>`), or remove `typed:`"
                    yield Diagnostic(text.whole, CODE, message, hint, card.id.value, lang, Severity.WARNING)
                    break


def _to_type(content: Content) -> Iterator[tuple[str, str]]:
    """The texts that a learner types, each with the key under which it stands."""
    if isinstance(content, ClozeText):
        for deletion in cloze.scan(content.text.value)[0]:
            yield "cloze", deletion.content
    else:
        for key, text in of_content(content):
            if key not in ("q", "note"):
                yield key, text.value
