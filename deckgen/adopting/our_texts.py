"""The HTML of our own notes becomes text that is rendered to the same bytes, as one may have typed it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import unescape

from deckgen.adopting.convert import Markdown, to_markdown
from deckgen.adopting.ours import Ours
from deckgen.markup import cloze as deletions
from deckgen.markup import raw, texts
from deckgen.notes import filters
from deckgen.reading.keys import control_character
from deckgen.written import File, Text

# What `cloze.finish` puts between signs that Anki would misread.
_KEPT_APART = re.compile(r"(?<=[{}:])<!-- -->(?=[{}:]|image-occlusion:|\Z)")
_BRACKETED = re.compile(r" ?([^\s\[\]<>]+)\[([^\[\]<>]+)\]")
_EDGES = re.compile(r"([\s\u00a0]*)(.*?)([\s\u00a0]*)", re.DOTALL)
_SIGN = re.compile(r"[!-/:-@\[-`{-~]")
_CODE = re.compile(r"^```\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_LANGUAGES = (
    "python", "javascript", "typescript", "java", "c", "cpp", "csharp", "go", "rust", "bash", "sql", "html",
    "css", "json", "yaml", "r", "ruby", "php", "kotlin", "swift", "haskell", "scala", "matlab", "latex",
)  # fmt: skip
# Within what Anki would act on (markup/markdown.py).
_APART = "<span></span>"
_NOWHERE = File("")


@dataclass(frozen=True, slots=True)
class Said:
    """A text of a card; one that is not `exact` is rendered to other bytes.

    One that is `chomped` would be, with a line break behind it.
    """

    text: str
    html: bool = False
    exact: bool = True
    chomped: bool = False


class Converter:
    """Makes texts of the fields of a package."""

    def __init__(self, ours: Ours) -> None:
        self._ours = ours
        self._known: dict[tuple[str, bool, bool, bool], Said] = {}

    def said(
        self, html: str, *, hides: bool = False, finished: bool = False, bracketed: bool = False
    ) -> Said:
        """The text of a field, or of a part of one.

        Where it `hides` something, it has deletions; it is `finished` when it belongs to a cloze note. Where
        it is `bracketed`, a template shows readings in brackets.
        """
        key = html, hides, finished, bracketed
        if key not in self._known:
            self._known[key] = self._said(
                html, self._rendering(hides, finished or hides, bracketed), hides, bracketed
            )
        return self._known[key]

    def item(self, html: str) -> Said:
        """The text of an item of a list, which is a deletion as a whole."""
        key = f"\0{html}", False, True, False
        if key not in self._known:
            begin, end = deletions.finish(deletions.wrap(1, "x")).split("x")
            rendered = self._rendering(hides=False, finished=False, bracketed=False)

            def in_list(text: Text) -> str:
                return (
                    deletions.finish(deletions.wrap(1, rendered(text))).removeprefix(begin).removesuffix(end)
                )

            self._known[key] = self._said(html, in_list, hides=False, bracketed=False)
        return self._known[key]

    def _said(self, html: str, rendered: Callable[[Text], str], hides: bool, bracketed: bool) -> Said:
        first: Said | None = None
        for text, is_html in _candidates(self._ours.as_named(html), hides, bracketed):
            if not text.strip() or control_character(text):
                continue
            if rendered(Text(text, _NOWHERE, html=is_html)) == html:
                block = Text(f"{text}\n", _NOWHERE, html=is_html)
                chomped = ("\\" in text or "\n" in text) and rendered(block) != html
                return Said(text, is_html, chomped=chomped)
            first = first or Said(text, is_html, exact=False)
        return first or Said("", exact=not html)

    def _rendering(self, hides: bool, finished: bool, bracketed: bool) -> Callable[[Text], str]:
        stored = self._ours.stored.get

        def rendered(text: Text) -> str:
            html = texts.with_deletions(text, stored) if hides else texts.to_html(text, stored)
            html = filters.in_brackets(html) if bracketed else html
            html = unicodedata.normalize("NFC", html)
            return deletions.finish(html) if finished else html

        return rendered


def _candidates(html: str, hides: bool, bracketed: bool) -> Iterator[tuple[str, bool]]:
    """Texts that may be rendered so, the likeliest first, and whether each is HTML."""
    with_readings = _BRACKETED.sub(r"<ruby>\1<rt>\2</rt></ruby>", html) if bracketed else html
    forms = dict.fromkeys((with_readings, html, _KEPT_APART.sub("", html)))
    # A text without elements may have been typed as it is read.
    read = [unescape(plain) for form in forms if "<" not in (plain := form.replace(_APART, ""))]
    yield from ((text, False) for text in (read if with_readings == html else ()))
    for form in forms:
        made = to_markdown(form, cloze=hides)
        if isinstance(made, Markdown):
            yield made.text.strip("\n"), False
            # Code in colours does not name its language.
            for language in _LANGUAGES if 'class="hl"' in form else ():
                yield _CODE.sub(rf"```{language}\n\1```", made.text.strip("\n")), False
            # What stands at an edge is dropped, as nobody sees it.
            edges = _EDGES.fullmatch(form)
            if edges and (edges[1] or edges[3]):
                core = to_markdown(edges[2], cloze=hides)
                core_text = core.text.strip("\n") if isinstance(core, Markdown) else ""
                yield f"{_as_numbers(edges[1])}{core_text}{_as_numbers(edges[3])}", False
    yield from ((form, True) for form in forms if not raw.faults(form))
    for text in read if not hides else ():
        yield _SIGN.sub(lambda sign: f"\\{sign[0]}", text).replace("\xa0", "&nbsp;"), False


def _as_numbers(blanks: str) -> str:
    return "".join("&nbsp;" if blank == "\xa0" else f"&#{ord(blank)};" for blank in blanks)
