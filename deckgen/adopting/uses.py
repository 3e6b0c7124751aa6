"""Which pictures and sounds a deck uses, found generously: what may be used is kept."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Collection, Iterable
from urllib.parse import unquote

from deckgen.adopting.foreign import ForeignNote, ForeignType

# A name has at most 120 bytes, and each may be written with ten characters.
_SOUND = re.compile(r"\[sound:([^\]]{0,1200})\]")
#: Any attribute may name a file (`src`, `data`, `poster`, `href` …), and so may `url()` of a style.
_ATTRIBUTE = re.compile(r"""=\s*(?:"([^"]*)"|'([^']*)'|([^\s>"']+))""")
_URL = re.compile(r"""url\(\s*(?:"([^"]*)"|'([^']*)'|([^)\s"']+))""", re.IGNORECASE)
#: Templates that put a name together from fields, or by a script: which files they use can't be seen.
#: The script of Anki's own image occlusion names none.
_MADE_UP = re.compile(
    r"""=\s*["']?[^"'>]{0,1200}\{\{|\[sound:[^\]]{0,1200}\{\{|<script(?!>\s*try\s*\{\s*anki\.imageOcclusion\.setup)""",
    re.IGNORECASE,
)
#: A picture that Anki made of LaTeX (`fname_for_latex` in rslib/src/latex.rs).
_OF_LATEX = re.compile(r"latex-[0-9a-f]{40}\.(?:png|svg)")


def of_latex(name: str) -> bool:
    """Whether this is a picture that Anki made of LaTeX, and makes again where it is missing."""
    return _OF_LATEX.fullmatch(name) is not None


def used(
    names: Collection[str], types: Iterable[ForeignType], notes: Iterable[ForeignNote]
) -> frozenset[str]:
    """Those of the `names` that the deck may use.

    A name with `_` at its beginning always counts, as in Anki: templates and style sheets use such files.
    """
    if not names:
        return frozenset()
    sheets = [text for kind in types for text in _sheets(kind)]
    if any(_MADE_UP.search(sheet) for sheet in sheets):
        return frozenset(names)
    found = {name for name in names if name.startswith("_")}
    among = frozenset(names)
    for text in (*sheets, *(field for note in notes for field in note.fields)):
        if text:
            found |= among.intersection(_named(text))
    return frozenset(found)


def _sheets(kind: ForeignType) -> Iterable[str]:
    yield kind.css
    for template in kind.templates:
        yield template.front
        yield template.back


def _named(text: str) -> Iterable[str]:
    """All that a text may name, each as it may be meant: with and without references and escapes resolved."""
    found = [text.strip()] if len(text) < 1_000 else []
    if "[sound:" in text:
        found += _SOUND.findall(text)
    for pattern, sign in ((_ATTRIBUTE, "="), (_URL, "(")):
        if sign in text:
            found += [one or two or three for one, two, three in pattern.findall(text)]
    for name in found:
        plain = html.unescape(name) if "&" in name else name
        for form in (name, plain, unquote(plain)) if "%" in plain or plain != name else (name,):
            yield form if form.isascii() else unicodedata.normalize("NFC", form)
