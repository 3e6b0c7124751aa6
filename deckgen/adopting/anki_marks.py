r"""What Anki and MathJax read in a field beside HTML: deletions, sounds, formulas, LaTeX.

Anki finds its marks in the text of a field, before a browser sees it (rslib/src/cloze.rs, rslib/src/text.rs,
rslib/src/latex.rs); MathJax finds formulas in the text between elements. Here they are hidden before
HTML is parsed: each stands as control characters, which occur in no field, and so keeps its meaning.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape

from deckgen.adopting.unsayable import Unsayable
from deckgen.markup import tex
from deckgen.patterns import lazy


@dataclass(frozen=True, slots=True)
class Mark:
    """A mark of Anki's: the name of a sound, or TeX with its `sign`, `$` or `$$`, and how it was `typed`."""

    sign: str
    value: str
    typed: str


#: A hidden mark, and the three marks of a deletion: its beginning, the one before its hint, its end.
MARK = re.compile("(\x02[0-9]+\x03|\x0e[0-9]+\x0f|[\x10\x11])")
BEGIN, HINT, CLOSE = "\x02", "\x10", "\x11"
_BEGINS = re.compile("\x0e([0-9]+)\x0f")

#: A text has at most 10,000 characters; its HTML may be longer by its tags.
MOST_CHARACTERS = 100_000
#: For each of these, all that comes behind may be looked through.
_COSTLY = re.compile(r"\\[(\[]|&[^;]{1,9};[(\[]|\[sound:|<!--", re.IGNORECASE)
MOST_MARKS = 400
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_DELETION = re.compile(r"\{\{c([0-9,]+)::|(\}\})|(::)")
_COMMENT = lazy(r"<!--(?!-?>).*?-->", re.DOTALL)
_BACKSLASH = lazy(r"&(?:#0*92|#x0*5c|bsol);?", re.IGNORECASE)
# What is played, and LaTeX: Anki shows a picture of it, which MathJax does not draw alike.
_BRACKETS = re.compile(
    r"\[sound:(?P<sound>[^\]]*)\]|(?P<speech>\[anki:)|\[latex\]|\[\$\$?\]", re.DOTALL | re.IGNORECASE
)
# These do not part a text for MathJax.
_ELEMENT = re.compile(r"<(?!(?:br|wbr)\b)[^<>]*>", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>")
_LINES = lazy(r"[ \t]*\n\s*")


def hide(html: str, *, cloze: bool) -> tuple[str, list[Mark]]:
    """The HTML without marks and comments, and the marks that the placeholders `\\x02number\\x03` stand for.

    Raises Unsayable for marks that our Markdown does not have.
    """
    if len(html) > MOST_CHARACTERS or len(_COSTLY.findall(html)) > MOST_MARKS:
        raise Unsayable("more HTML than a card has")
    if _CONTROL.search(html):
        raise Unsayable("control characters")
    html = html.replace("\r\n", "\n").replace("\r", "\n")
    if cloze and "{{c" in html:
        html = _deletions(html)
    if "<!--" in html:
        html = _COMMENT.sub("", html)
    marks: list[Mark] = []
    if "[" in html:
        html = _BRACKETS.sub(lambda found: _placed(marks, _bracket(found)), html)
    if "&" in html:
        html = _BACKSLASH.sub(lambda _: "\\", html)
    if "\\(" in html or "\\[" in html:
        html = "".join(_with_formulas(html, marks))
    return html, marks


def shown(text: str) -> str:
    """`text` with deletions as they are typed."""
    return _BEGINS.sub(r"{{c\1::", text).replace(HINT, "::").replace(CLOSE, "}}")


def _placed(marks: list[Mark], mark: Mark) -> str:
    marks.append(mark)
    return f"\x02{len(marks) - 1}\x03"


def _deletions(html: str) -> str:
    """Deletions as Anki reads them, wherever they begin and end. One that is never closed is none."""
    open_hints: list[bool] = []

    def one(found: re.Match[str]) -> str:
        if found[1]:
            if open_hints:
                raise Unsayable("a deletion in another one")
            if "," in found[1] or len(found[1]) > 3:
                raise Unsayable(f"a deletion with the number {found[1]}")
            open_hints.append(False)
            return f"\x0e{found[1]}\x0f"
        if found[2] and open_hints:
            open_hints.pop()
            return CLOSE
        if found[3] and open_hints and not open_hints[-1]:
            open_hints[-1] = True
            return HINT
        return found[0]

    hidden = _DELETION.sub(one, html)
    if open_hints:
        raise Unsayable("a deletion that is never closed")
    return hidden


def _bracket(found: re.Match[str]) -> Mark:
    if found["sound"] is not None:
        return Mark("", unescape(found["sound"]), found[0])
    if found["speech"]:
        raise Unsayable("speech (`[anki:tts]`)")
    raise Unsayable("LaTeX")


def _with_formulas(html: str, marks: list[Mark]) -> Iterator[str]:
    position = 0
    for tag in (*_ELEMENT.finditer(html), None):
        end = tag.start() if tag else len(html)
        text, reached = html[position:end], 0
        for start, stop in tex.spans(text):
            yield text[reached:start]
            typed = text[start:stop]
            sign = "$" if typed[1] == "(" else "$$"
            yield _placed(marks, _formula(sign, _TAG.sub(_line, typed[2:-2]), typed))
            reached = stop
        yield text[reached:]
        if tag:
            yield tag[0]
            position = tag.end()


def _line(tag: re.Match[str]) -> str:
    return "\n" if tag[0][:3].lower() == "<br" else ""


def _formula(sign: str, html: str, typed: str) -> Mark:
    """A formula; a line break in it counts as a blank, where it does not end a comment of TeX."""
    text = unescape(html).strip()
    if "\n" in text and "%" not in text:
        text = _LINES.sub(" ", text)
    for fault in tex.faults(text):
        raise Unsayable(f"a formula with `{fault.shown}`")
    if not text:
        raise Unsayable("an empty formula")
    return Mark(sign, shown(text), shown(unescape(typed)))
