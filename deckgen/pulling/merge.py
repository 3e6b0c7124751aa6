"""One field: what a learner changed in Anki, merged into the text that its author has now.

Three fields are compared, all HTML: what was shipped to the learner, what the learner has, and what a build
makes of the author's text today. Both edits of what was shipped are put together; then the author's text
is changed so that a build makes exactly that of it, or what is seen alike.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, replace

from deckgen.adopting import anki_marks, convert
from deckgen.adopting.elements import STYLED
from deckgen.adopting.lines import Line, alike
from deckgen.adopting.look import PLAIN, TWINS, Look
from deckgen.adopting.seen import seen
from deckgen.adopting.unsayable import Unsayable
from deckgen.markup import cloze as deletions
from deckgen.markup import markdown, raw
from deckgen.notes import faces
from deckgen.patterns import lazy
from deckgen.pulling import carry
from deckgen.pulling.edits import both, edits
from deckgen.pulling.tokens import Token, TokenKind, is_whole, keys, of_html, written
from deckgen.reading.tree import MAX_TEXT
from deckgen.written import Text

_SAME_WORDS = "both changed the same words"
_NO_TEXT = "no text that a card may have would be seen like it"
_BODY = lazy(r"</?tbody>", re.IGNORECASE)
_NBSP = "\xa0"
_ELEMENTS = {TokenKind.BLOCK, TokenKind.TAG, TokenKind.THING}
_BEGINS = lazy(r"\{\{c([0-9]+)::")
_HAS_BLOCK = lazy(r"<(?:p|div|ul|ol|table|blockquote|pre|h[1-6]|hr)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Merged:
    """The text for the YAML: Markdown, or HTML where the author's text is HTML."""

    text: str


@dataclass(frozen=True, slots=True)
class Conflict:
    """Why a field can't be merged, in words that follow a colon: "both changed the same words"."""

    reason: str


def _same(html: str) -> str:
    return html


@dataclass(frozen=True, slots=True)
class Making:
    """How a build makes the field of a text.

    `look` is that of the note type. With `cloze`, Anki hides deletions in the field. With `latex`, HTML may
    have Anki's marks of LaTeX. `finish` is what a build does to the HTML of this field besides
    (`notes.filters.in_brackets`, `markup.cloze.finish`).
    """

    look: Look = PLAIN
    cloze: bool = False
    latex: bool = False
    finish: Callable[[str], str] = _same


#: A field of a note type without a look of its own.
PLAINLY = Making()


def merge(source: Text, base: str, theirs: str, making: Making = PLAINLY) -> Merged | Conflict:
    """The author's text `source` with what a learner changed of `base`, which was shipped, to `theirs`."""
    return _Field(source, making).merged(base, theirs)


def taken(source: Text, theirs: str, making: Making = PLAINLY) -> Merged | Conflict:
    """The author's text changed to what a learner has, whatever was shipped; words that are the same stay."""
    return _Field(source, making).with_all(theirs)


def with_blanks(base: str, theirs: str) -> str:
    """A field that a learner made of `base`, with a blank where Anki's editor wrote `&nbsp;` for it.

    It does so beside an element, and at an end of a line, where a blank would not be seen: there stands
    nothing then (`tests/golden/typed/edits.json`). One between words, and several of them, may be meant.
    """
    if theirs == base or ("&nbsp;" not in theirs and _NBSP not in theirs):
        return theirs
    if _is_too_large(base) or _is_too_large(theirs):
        return theirs
    one, two = of_html(base), of_html(theirs)
    new = [edit for edit in edits(one, two) if _NBSP not in keys(one[edit.start : edit.end])]
    typed = {at for edit in new for at in range(edit.low, edit.high) if two[at].key == _NBSP}
    kinds = [TokenKind.BLOCK, *(token.kind for token in two), TokenKind.BLOCK]
    for at in typed:
        around = {kinds[at], kinds[at + 2]}
        if TokenKind.BLANK not in around and around & _ELEMENTS:
            blank = "" if TokenKind.BLOCK in around else " "
            two[at] = Token(blank, blank, TokenKind.BLANK)
    return written(two)


class _Field:
    """The author's text of a field, and what it becomes."""

    def __init__(self, source: Text, making: Making) -> None:
        self._source = source
        self._making = making
        self._ours = made(source, making)

    def merged(self, base: str, theirs: str) -> Merged | Conflict:
        base, theirs = (unicodedata.normalize("NFC", html) for html in (base, theirs))
        if theirs in (base, self._ours):
            return Merged(self._source.value)
        if self._ours is None or any(_is_too_large(html) for html in (base, theirs, self._ours)):
            return Conflict("the field is too large" if self._ours is not None else self._mistakes())
        if self._are_alike(theirs, base) or self._are_alike(theirs, self._ours):
            return Merged(self._source.value)
        if self._are_alike(self._ours, base):
            return self._changed(theirs)
        together = _together(*map(self._for_tokens, _as_paragraphs(base, self._ours, theirs)))
        return together if isinstance(together, Conflict) else self._changed(together)

    def with_all(self, theirs: str) -> Merged | Conflict:
        theirs = unicodedata.normalize("NFC", theirs)
        if self._ours is None or _is_too_large(theirs):
            return Conflict("the field is too large" if self._ours is not None else self._mistakes())
        if self._are_alike(theirs, self._ours):
            return Merged(self._source.value)
        return self._changed(theirs)

    def _mistakes(self) -> str:
        """Why the text can't be edited: a deck that was adopted may have HTML that only stays untouched."""
        found = self._faults(self._source.value) if self._source.html else []
        return f"the text has mistakes: {found[0].message}" if found else "the text has mistakes"

    def _faults(self, html: str) -> list[raw.Fault]:
        return raw.faults(html, is_latex=self._making.latex)

    def _made(self, text: str) -> str | None:
        return made(replace(self._source, value=text), self._making) if len(text) <= MAX_TEXT else None

    def _for_tokens(self, html: str) -> str:
        # Anki's editor writes the bodies of tables, and our renderer does not.
        return html if self._source.html else _BODY.sub("", html)

    # -- what is seen -------------------------------------------------------------------

    def _seen(self, html: str) -> tuple[Line, ...]:
        return seen(html, self._making.look, cloze=self._making.cloze)

    def _are_alike(self, one: str, two: str) -> bool:
        return are_alike(one, two, self._making.look, cloze=self._making.cloze)

    def _changed(self, wanted: str) -> Merged | Conflict:
        """The author's text, changed so that a build makes of it what is `wanted`."""
        if self._source.html:
            text = self._changed_html(wanted)
        else:
            try:
                lines = self._seen(wanted)
                text = self._changed_markdown(wanted, lines)
            except Unsayable as error:
                return Conflict(f"Markdown can't say {error}")
        # Of half a tag nothing is seen, and yet the learner did not empty the field.
        if text is None or (not text and not is_blank(wanted)):
            return Conflict(self._why_not(wanted))
        return Merged(text)

    def _why_not(self, wanted: str) -> str:
        """Why no text becomes what is wanted."""
        if self._making.cloze and (found := deletions.scan(wanted)[1]):
            return found[0].message
        if self._source.html and len(wanted) > MAX_TEXT:
            return f"a text of more than {MAX_TEXT:,} characters"
        if self._source.html:
            return next((fault.message for fault in self._faults(wanted)), _NO_TEXT)
        said = convert.to_markdown(wanted, self._making.look, cloze=self._making.cloze)
        if isinstance(said, convert.Html) and said.reason == convert.RULED:
            return self._ruled(wanted)
        return f"Markdown can't say {said.reason}" if isinstance(said, convert.Html) else _NO_TEXT

    def _ruled(self, wanted: str) -> str:
        """Which elements have rules of their own, so that those which a build writes would look otherwise."""
        have, had = (
            {
                more
                for line in self._seen(html)
                for one in line.pieces
                for name, more in one.marks
                if name == STYLED
            }
            for html in (wanted, self._ours or "")
        )
        look = self._making.look
        rules = [
            f"`<{name}>` has the rule `{look.rules.get(name, '')}`" for name in sorted(have - had or have)
        ]
        twins = [f"`{name}` and `{TWINS[name]}`" for name in sorted(have - had) if name in TWINS]
        ways = f"; let each rule name {' and '.join(twins)} alike, then pull again" if twins else ""
        return f"in the style sheet {' and '.join(rules)}, and Markdown can't say that element{ways}"

    def _changed_markdown(self, wanted: str, lines: tuple[Line, ...]) -> str | None:
        def right(text: str) -> bool:
            html = self._made(text)
            # Where nothing is seen, Anki's editor may have left a blank.
            if html is None or (lines and faces.is_empty(html) != faces.is_empty(wanted)):
                return False
            if html == wanted:
                return True
            if len(_BEGINS.findall(html)) != len(_BEGINS.findall(wanted)):
                return False
            try:
                return alike(self._seen(html), lines)
            except Unsayable:
                return False

        return carry.into_markdown(
            self._source.value, self._seen(self._ours or ""), lines, self._making.look, right
        )

    def _changed_html(self, wanted: str) -> str | None:
        def right(text: str) -> bool:
            html = self._made(text)
            return html is not None and self._are_alike(html, wanted)

        return carry.into_html(self._source.value, self._ours or "", wanted, right)


def are_alike(one: str, two: str, look: Look, *, cloze: bool) -> bool:
    """Whether a learner sees two fields alike. With `cloze`, Anki hides the deletions in them."""
    if one == two or (is_blank(one) and is_blank(two)):
        return True
    if is_blank(one) != is_blank(two):
        return False
    try:
        return alike(seen(one, look, cloze=cloze), seen(two, look, cloze=cloze))
    except Unsayable:
        return _is_same_html(one, two)


def is_blank(html: str) -> bool:
    """Whether a field shows nothing, so that no text of a card could say it."""
    return markdown.is_blank(html.lower())


def _is_same_html(one: str, two: str) -> bool:
    """Whether two fields have the same tags and words, for those that nobody can say how they are seen."""
    if any(raw.faults(html) for html in (one, two)):
        return keys(of_html(one)) == keys(of_html(two))
    return keys(of_html(raw.cleaned(one))) == keys(of_html(raw.cleaned(two)))


def made(text: Text, making: Making) -> str | None:
    """The field that a build makes of a text, with files named as in `media/`; None if it makes none."""
    if not text.html:
        html = convert.render(text.value, cloze=making.cloze)
    elif raw.faults(text.value, is_latex=making.latex):
        return None
    elif making.cloze:
        html = _with_deletions(text.value)
    else:
        html = unicodedata.normalize("NFC", raw.to_html(text.value, _same))
    return None if html is None else making.finish(html)


def _with_deletions(text: str) -> str | None:
    found, faults = deletions.scan(text)
    html = raw.to_html(deletions.mark(text, found), _same)
    html = deletions.finish(unicodedata.normalize("NFC", html))
    return html if not faults and deletions.is_whole(html, len(found)) else None


def _is_too_large(html: str) -> bool:
    # For each of these, all that comes behind may be looked through.
    costly = sum(map(html.count, ("\\(", "\\[", "[sound:", "<!--")))
    return len(html) > anki_marks.MOST_CHARACTERS or costly > anki_marks.MOST_MARKS


def _as_paragraphs(*fields: str) -> list[str]:
    """The fields; if one has paragraphs, a field of one line is one, too."""
    if not any("<p>" in html for html in fields):
        return list(fields)
    return [html if _HAS_BLOCK.search(html) or not html else f"<p>{html}</p>" for html in fields]


def _together(base: str, ours: str, theirs: str) -> str | Conflict:
    """What was shipped, with the edits of both sides."""
    tokens = both(of_html(base), of_html(ours), of_html(theirs))
    if tokens is None:
        return Conflict(_SAME_WORDS)
    if not is_whole(tokens):
        return Conflict("both changed the look of the same words")
    before = _numbers(base)
    if twice := (_numbers(ours) - before) & (_numbers(theirs) - before):
        return Conflict(f"both added a deletion c{min(twice, key=int)}")
    return written(tokens)


def _numbers(html: str) -> set[str]:
    return set(_BEGINS.findall(html))
