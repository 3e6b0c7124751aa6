"""K36: HTML that a card may not have

A text is Markdown, and HTML in it is shown as typed. With the tag `!html` before it, it is HTML and shipped as such. It may have
what Anki's editor makes: `b i u s em strong small mark del ins sub sup span code kbd samp var font`, `p div br hr pre blockquote h1` to `h6`,
`ul ol li dl dt dd`, `table caption thead tbody tfoot tr th td`, `ruby rb rt rp`, `a img`. Attributes are `class`, `dir`, `lang`, `style`, and
those that an element needs: `href`, `src`, `alt`, `width`, `height`, `start`, `type`, `value`, `colspan`, `rowspan`, `color`.
`style` sets colours, fonts, sizes, borders, margins and the like, and has no `url(…)`. A link goes to the web or to a mail address, a picture is a
file of `media/`, a sound is `[sound:name.mp3]`, a formula `\\(x^2\\)`.

Anything else is an error, and so is HTML that a browser would read in another way than it is written: a block in a
`<p>`, a text between the cells of a table, a tag that closes nothing. Nothing is left out without a word. Comments are not
shipped: write them behind a `#`.

In a deck with `trusted: true`, LaTeX in Anki's marks `[latex]…[/latex]`, `[$]…[/$]` and `[$$]…[/$$]` is shipped as it is typed, with a warning:
Anki runs it on learners' computers.

What learners had before the deck was adopted is shipped as it was until its text is edited. Of it only what acts is an error, at its line in
adopted.html: scripts, frames, forms, what loads from elsewhere, and marks on which Anki acts. In a deck with `trusted: true` it is a warning.

Bad:   `a: !html "<p onclick='go()'>Paris</p>"`, `a: !html "<img src='https://example.org/x.png'>"`, `a: !html "<p><div>Paris</div></p>"`
Good:  `a: !html "<span style='color: teal'>Paris</span>"`, `a: !html "<img src='paris.png' alt='a tower'>"`

Mend:  take out what the finding names; write `&lt;` for a `<` that is text. What all cards need, such as a script or a frame, belongs into a
note type of the deck's own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from deckgen.checks.proof import Proof
from deckgen.finding import Finding, Severity
from deckgen.markup import given, raw
from deckgen.markup.raw import Fault
from deckgen.written import Text

CODE = "K36"
#: Of one text no more faults are named: one who mends these sees how to go on.
MOST = 20


def check(proof: Proof) -> Iterator[Finding]:
    """Find what `raw` would leave out of a text, or what a browser would; of what learners have, what acts."""
    vouched = proof.deck.trusted is not None
    for card, lang, text in proof.marked_up:
        if text.html:
            found = raw.faults(text.value, is_latex=vouched)
            yield from _found(text, found, card, lang, Severity.ERROR)
            if vouched and not found:
                yield from _found(text, _latex(text.value), card, lang, Severity.WARNING)
    severity = Severity.WARNING if vouched else Severity.ERROR
    for (card, lang), one in proof.deck.past.notes.items():
        for name in sorted(one.kept):
            yield from _found(one.lines[name], given.acts(one.lines[name].value), card, lang, severity)


def _latex(html: str) -> Iterator[Fault]:
    hint = "deck.yaml says `trusted: true`, so it is shipped as it is"
    for mark in raw.LATEX.finditer(html):
        if mark[0][1] != "/":
            yield Fault(*mark.span(), f"Anki runs LaTeX on learners' computers for `{mark[0]}`", hint)


def _found(
    text: Text, faults: Iterable[Fault], card: str, lang: str, severity: Severity
) -> Iterator[Finding]:
    for fault in islice(faults, MOST):
        whole = fault.start == fault.end
        place = text.place if whole else text.span(fault.start, fault.end)
        yield Finding(place, CODE, fault.message, fault.hint, card, lang, severity)
