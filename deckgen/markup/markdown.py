"""Turn Markdown into HTML, by what the library reads in it (`events`).

The HTML is written here and not by the library, because raw HTML must be shown and
not run, maths goes to Anki's MathJax, and pictures and sounds get the names that
they have in the package. Most texts have none of these: they take a shorter way.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape, unescape
from typing import Any

from deckgen.markup import events, marks, notations
from deckgen.markup.events import CJK, address_of, file_name, name_and_value
from deckgen.markup.highlight import highlight
from deckgen.patterns import lazy
from deckgen.reading.media import SOUNDS

_SAFE_LINK = re.compile(r"(https?|mailto):", re.IGNORECASE)
# A single line that begins with a letter or digit and has none of these characters is the same in HTML,
# unless it is the first item of a numbered list. Placeholders for deletions (\x02 to \x04) may be in it.
_PLAIN = re.compile(r"(?!\d+[.)])(?:[^\W_]|\{\x02)[^\\`*_\[\]<>&$\x00\x01\x05-\x1f]*\n?")
# Such lines, with emphasis, code and plain links: paragraphs of one line, and after them a flat list. Nothing
# in them is for Anki or for us to change, and no mark of theirs marks nothing (see `marks`).
_WORDS = r"[^\\\[\]<&$\x00\x01\x05-\x1f]*+"
_LINE = (
    rf"(?!\d+[.)])(?:\*{{1,3}}|`)?(?:[^\W_]|\{{\x02){_WORDS}"
    rf"(?:(?<!!)\[{_WORDS}\]\(https?://[A-Za-z0-9./?=#%_-]+\){_WORDS})*+"
)
_LIST = rf"- {_LINE}(?:\n- {_LINE})*+"
_SIMPLE = lazy(rf"(?:{_LINE}(?:\n\n{_LINE})*+(?:\n\n?{_LIST})?+|{_LIST})\n?")
_BREAK = "\x05"
_CJK_BREAK = lazy(f"(?<=[{CJK}{notations.RUBY_ENDS}]){_BREAK}(?=[{CJK}{notations.RUBY_BEGINS}])")
#: Anki acts on these wherever they stand in a field: sounds and speech, LaTeX, MathJax.
ANKI_BRACKET = re.compile(r"\[(?=sound:|anki:|/?latex\]|/?\$\$?\]|\[type:)", re.IGNORECASE)
_NO_HEAD = lazy(r"<tr>(?:<th[^<>]*></th>)*")
_MATHJAX = re.compile(r"\\(?=[(\[)\]])")
# Of a word and its reading the word counts.
_TAG = re.compile(r"<rt>[^<]*</rt>|<[^<>]*>")
# Where a line, an item or a cell begins or ends.
_BOUND = lazy(
    r"<(?:br|hr|img|/?(?:div|p|li|ul|ol|dl|dt|dd|t[rdh]|table|h[1-6]|blockquote|pre))\b[^<>]*>", re.IGNORECASE
)
# White space, and other characters that a browser shows as nothing.
_INVISIBLE = lazy(
    "[\\s\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff]+"
)
# The HTML around those parts that need nothing else.
_BLOCKS = {
    "Paragraph": ("<p>", "</p>\n"),
    "HtmlBlock": ("<p>", "</p>\n"),
    "BlockQuote": ("<blockquote>\n", "</blockquote>\n"),
    "Item": ("<li>", "</li>\n"),
    "Table": ("", "</table>\n"),
    "TableHead": ("", "</tr>\n"),
    "TableRow": ("", "</tr>\n"),
    "Emphasis": ("<em>", "</em>"),
    "Strong": ("<strong>", "</strong>"),
}

#: Gives the name under which a file of `media/` is stored, or None when there is no such file.
Resolve = Callable[[str], str | None]


def is_safe_link(address: str) -> bool:
    """Whether a card may link to an address: to the web or a mail address, not to a script or local file."""
    return _SAFE_LINK.match(address) is not None


def to_html(text: str, resolve: Resolve) -> str:
    """Render a text. A single paragraph comes without `<p>`, so that short texts stay short."""
    hidden = notations.hide(text)
    html = _simple(hidden)
    return _full(text, hidden, resolve) if html is None else html


def _simple(text: str) -> str | None:
    """The same HTML in a fifth of the time, for what most texts are; None for all others.

    Of `[` in code nothing is known here: Anki may act on what follows.
    """
    if _PLAIN.fullmatch(text):
        return text.rstrip(" \n")
    if not _SIMPLE.fullmatch(text):
        return None
    html = events.library_html(text).rstrip("\n")
    if html.endswith("</p>") and html.find("<p>", 1) < 0:
        html = html[3:-4]
    return html if "[" not in html else None


def _full(text: str, hidden: str, resolve: Resolve) -> str:
    """The HTML of any text; `hidden` is it with placeholders for the signs of notations."""
    writer = _Writer(resolve, str if hidden is text else notations.typed)
    write = writer.write
    meant = marks.as_meant(hidden, events.placed)
    for event in events.of(meant):
        write(event)
    html = writer.html() if meant is hidden else marks.shown_in_html(writer.html())
    return html if hidden is text else notations.in_html(html)


class _Writer:
    """Turns a stream of events into HTML. `typed` puts back what was hidden in what is no text."""

    def __init__(self, resolve: Resolve, typed: Callable[[str], str]) -> None:
        self._resolve = resolve
        self._typed = typed
        self._out: list[str] = []
        self._links: list[str] = []
        self._image: str | None = None
        self._alt: list[str] = []
        self._nested = 0
        self._code: str | None = None
        self._blocks = 0
        self._depth = 0
        self._head = False
        self._cell = 0
        self._aligns: tuple[str, ...] = ()

    def html(self) -> str:
        html = "".join(self._out).strip()
        if self._blocks == 1 and html.startswith("<p>") and html.endswith("</p>"):
            html = html[3:-4]
        return _CJK_BREAK.sub("", html).replace(_BREAK, "\n") if _BREAK in html else html

    def write(self, event: Any) -> None:
        if isinstance(event, str):
            self._mark(event)
            return
        name, value = event.popitem()
        if self._image is not None:
            self._inside_image(name, value)
        elif name == "Text":
            self._out.append(
                literal(value) if self._code is None else _split(highlight(self._typed(value), self._code))
            )
        elif name == "Start":
            self._start(value)
        elif name == "End":
            self._end(value)
        elif name == "Code":
            self._out.append(f"<code>{literal(self._typed(value))}</code>")
        elif name in ("InlineMath", "DisplayMath"):
            self._out.append(self._formula(self._typed(value), block=name == "DisplayMath"))
        elif name in ("Html", "InlineHtml"):
            self._out.append(literal(self._typed(value)).replace("\n", "<br>"))

    def _formula(self, value: str, *, block: bool) -> str:
        dollars = "$$" if block else "$"
        if value.startswith("]") and self._out and self._out[-1].endswith("["):
            # These may be the dollars of Anki's `[$]…[/$]`; after an empty element Anki ignores them.
            return f"<span></span>{dollars}{literal(value)}<span></span>{dollars}"
        if not value.strip():
            return f"{dollars}{value}{dollars}"
        shown = _unbracketed(escape(value, quote=False))
        return rf"\[{shown}\]" if block else rf"\({shown}\)"

    def _mark(self, event: str) -> None:
        if event == "SoftBreak":
            self._alt.append(" ") if self._image is not None else self._out.append(_BREAK)
        elif event == "HardBreak":
            self._out.append("<br>\n")
        elif event == "Rule":
            self._blocks += self._depth == 0
            self._out.append("<hr>\n")

    def _start(self, start: Any) -> None:
        if start in ("Strong", "Emphasis"):
            self._out.append(_BLOCKS[start][0])
            return
        name, value = name_and_value(start)
        if name == "Image":
            self._image, self._alt = value["dest_url"], []
            return
        if name == "Link":
            self._link(value)
            return
        self._blocks += self._depth == 0
        self._depth += 1
        match name:
            case "Heading":
                opening = f"<{value['level'].lower()}>"
            case "CodeBlock":
                info = value["Fenced"].split() if isinstance(value, dict) else []
                self._code = info[0] if info else ""
                opening = '<pre class="hl"><code>'
            case "List":
                opening = _list_tag(value)
            case "Table":
                self._aligns = value
                opening = "<table>\n"
            case "TableHead" | "TableRow":
                self._head, self._cell = name == "TableHead", 0
                opening = "<tr>"
            case "TableCell":
                opening = self._cell_tag()
            case _:
                opening = _BLOCKS[name][0]
        self._out.append(opening)

    def _end(self, end: Any) -> None:
        if end in ("Strong", "Emphasis"):
            self._out.append(_BLOCKS[end][1])
            return
        name, value = name_and_value(end)
        if name == "Link":
            self._out.append(self._links.pop())
            return
        self._depth -= 1
        match name:
            case "Heading":
                closing = f"</{value.lower()}>\n"
            case "CodeBlock":
                self._code = None
                closing = "</code></pre>\n"
            case "List":
                closing = "</ol>\n" if value else "</ul>\n"
            case "TableCell":
                closing = "</th>" if self._head else "</td>"
            case "TableHead" if _NO_HEAD.fullmatch("".join(self._out[-2 * self._cell - 1 :])):
                # Markdown has no table without headings; a row of empty ones would be seen as a gap.
                del self._out[-2 * self._cell - 1 :]
                closing = ""
            case _:
                closing = _BLOCKS[name][1]
        self._out.append(closing)

    def _cell_tag(self) -> str:
        align = self._aligns[self._cell].lower()
        self._cell += 1
        style = f' style="text-align: {align}"' if align != "none" else ""
        return f"<{'th' if self._head else 'td'}{style}>"

    def _link(self, link: Any) -> None:
        address = address_of(link)
        if is_safe_link(address):
            self._out.append(f'<a href="{_inert(escape(address))}">')
            self._links.append("</a>")
        else:
            self._links.append("")

    def _inside_image(self, name: str, value: Any) -> None:
        """Collect the words of an image's description, and of images inside the description."""
        if name == "Start":
            self._nested += isinstance(value, dict) and "Image" in value
        elif name == "End" and value == "Image" and self._nested:
            self._nested -= 1
        elif name == "End" and value == "Image":
            self._end_image()
        elif name != "End":
            self._alt.append(value)

    def _end_image(self) -> None:
        name = file_name(self._image or "")
        stored = self._resolve(name) or name
        self._image = None
        if stored.lower().endswith(SOUNDS):
            self._out.append(f"[sound:{escape(stored, quote=False)}]")
        else:
            alt = _inert(escape(self._typed("".join(self._alt))))
            self._out.append(f'<img src="{escape(stored)}" alt="{alt}">')


def _list_tag(first: int | None) -> str:
    if first is None:
        return "<ul>\n"
    return "<ol>\n" if first == 1 else f'<ol start="{first}">\n'


def literal(text: str) -> str:
    """`text` as HTML that a browser and Anki both show as it was typed, with Markdown's signs."""
    return _split(escape(text, quote=False))


def plain(html: str) -> str:
    """The words of `html` without its tags."""
    return unescape(_TAG.sub("", html)).strip()


def words(html: str) -> str:
    """The same on one line, with a blank where a line, an item or a cell begins or ends."""
    return " ".join(plain(_BOUND.sub(" ", html)).split())


def is_blank(html: str) -> bool:
    """Whether `html` shows nothing: no visible character, no picture, no sound."""
    if html[:1].isascii() and html[:1].isalnum():
        return False  # which is quicker than to look for what a browser shows as nothing
    if "<img" in html or "[sound:" in html or "<hr" in html:
        return False
    return not _INVISIBLE.sub("", plain(html))


def _split(html: str) -> str:
    # An empty element separates the characters for Anki; it survives when a learner edits the note.
    if "[" in html:
        html = ANKI_BRACKET.sub(r"\g<0><span></span>", html)
    return _MATHJAX.sub(r"\g<0><span></span>", html) if "\\" in html else html


def _unbracketed(html: str) -> str:
    """Make brackets harmless where no element can stand: in attributes and formulas."""
    return ANKI_BRACKET.sub("&#91;", html)


def _inert(html: str) -> str:
    """Make an attribute harmless: Anki takes elements out of what looks like a formula, even there."""
    return _MATHJAX.sub("&#92;", _unbracketed(html))
