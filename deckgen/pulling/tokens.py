r"""HTML and Markdown in the pieces by which edits are told from each other: words, blanks, signs, tags.

Two tokens are the same if their keys are: `&gt;` and `>`, `<b>` and `<strong>`, a blank and a line break of
the file. A formula, a sound or a picture is one token, so that two edits within it meet.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import Enum
from html import unescape
from typing import NamedTuple

from deckgen.patterns import lazy

_HAN = "\u2e80-\u2fff\u3005-\u3007\u3040-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
# Letters, digits, and whatever is joined to them in any script; not the blocks of punctuation and symbols.
_NO_LETTER = (
    "\x00-\x2f:-@\\[-`{-\u00a9\u00ab-\u00b4\u00b6-\u00b9\u00bb-\u00bf\u00d7\u00f7\u2000-\u2bff\u3000-\u303f"
    "\ufe10-\ufe1f\ufe30-\ufe6f\uff00-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65"
)
_LETTER = rf"[^{_NO_LETTER}{_HAN}]"
_TAG = r"""</?[A-Za-z](?:"[^"]*+"|'[^']*+'|[^"'<>])*+>"""
# A sign within a word is a part of it: `don't`, `3.5`, `well-known`.
_IN_HTML = lazy(
    rf"""(?P<thing>\\\((?:[^\\]|\\(?!\)))*+\\\)|\\\[(?:[^\\]|\\(?!\]))*+\\\]|\[sound:[^\]<>]*+\])
    |(?P<tag>{_TAG}|<!--(?:[^-]|-(?!->))*+-->)|(?P<mark>\{{\{{c[0-9]+::|::|\}}\}})
    |(?P<blank>[ \t\r\n]+)|(?P<entity>&(?:\#[0-9]{{1,7}}|\#[xX][0-9a-fA-F]{{1,6}}|[A-Za-z][A-Za-z0-9]*+);)
    |(?P<word>{_LETTER}++(?:['\u2019.,_-]++{_LETTER}++)*+)|(?P<han>[{_HAN}])|.""",
    re.DOTALL | re.VERBOSE,
)
_IN_MARKDOWN = lazy(
    rf"(?P<mark>\{{\{{c[0-9]+::)|(?P<blank>[ \t]+)|(?P<word>{_LETTER}++)|(?P<han>[{_HAN}])|.", re.DOTALL
)
_NAME = re.compile(r"</?([A-Za-z][A-Za-z0-9]*+)")
_SAME = {"b": "strong", "i": "em"}
_BLOCKS = frozenset(
    ("p", "div", "br", "hr", "pre", "blockquote", "ul", "ol", "li", "table", "tr", "td", "th", "h1", "h2",
     "h3", "h4", "h5", "h6", "section", "article")
)  # fmt: skip
_VOID = ("br", "hr", "img")
_ENDS = frozenset(".!?…。！？")
_AROUND = frozenset("\"'’”»)]）」』】")


class Kind(Enum):
    """What a token is: THING is a formula, sound or picture; BLOCK a tag that ends a line."""

    WORD = "word"
    HAN = "han"
    THING = "thing"
    BLOCK = "block"
    TAG = "tag"
    MARK = "mark"
    BLANK = "blank"
    SIGN = "sign"


class Token(NamedTuple):
    """A piece of a text: what it is compared by, how it is written, what it is."""

    key: str
    text: str
    kind: Kind

    @property
    def weight(self) -> int:
        """How much it parts two edits; a word is 2, as two Chinese characters are."""
        if self.kind in (Kind.WORD, Kind.THING, Kind.BLOCK):
            return 2
        return int(self.kind is Kind.HAN)


def of_html(html: str) -> list[Token]:
    """A field in tokens; joined they are the field."""
    return [_html_token(found) for found in _IN_HTML.finditer(html)]


def _html_token(found: re.Match[str]) -> Token:
    text, kind = found[0], found.lastgroup or "sign"
    match kind:
        case "tag":
            return _tag(text)
        case "thing":
            return Token(" ".join(unescape(text).split()), text, Kind.THING)
        case "blank":
            return Token(" ", text, Kind.BLANK)
        case "entity" | "sign":
            key = unescape(text)
            is_word = Kind.WORD if key.isalnum() else Kind.SIGN
            return Token(key, text, Kind.BLANK if key.isspace() else is_word)
    return Token(text, text, Kind(kind))


def _tag(text: str) -> Token:
    named = _NAME.match(text)
    if named is None:
        return Token(text, text, Kind.TAG)  # a comment
    name = named[1].lower()
    key = f"{text[: named.start(1)]}{_SAME.get(name, name)}{unescape(text[named.end() :])}"
    if name == "img":
        return Token(key, text, Kind.THING)
    return Token(key, text, Kind.BLOCK if name in _BLOCKS else Kind.TAG)


def of_markdown(text: str) -> list[Token]:
    """A Markdown text in tokens, which are smaller: whether a change was right is seen in the HTML."""
    return [
        Token(found[0], found[0], Kind(found.lastgroup or "sign")) for found in _IN_MARKDOWN.finditer(text)
    ]


def written(tokens: Sequence[Token]) -> str:
    """Tokens as a text."""
    return "".join([token.text for token in tokens])


def keys(tokens: Sequence[Token]) -> list[str]:
    """What tokens are compared by."""
    return [token.key for token in tokens]


def ends_sentence(tokens: Sequence[Token], behind: Sequence[Token]) -> bool:
    """Whether a sentence or a line ends with these tokens, blanks aside; `behind` is what comes then."""
    rest = [token for token in tokens if token.kind is not Kind.TAG]
    blank = (
        not behind or behind[0].kind in (Kind.BLANK, Kind.BLOCK, Kind.THING) or behind[0].key[0] >= "\u2e80"
    )
    for token in reversed(rest):
        if token.kind is Kind.BLOCK:
            return True
        if token.kind is Kind.BLANK:
            blank = True
        elif token.key in _ENDS:
            return blank or token.key >= "\u3000"
        elif token.key not in _AROUND:
            return False
    return False


def is_whole(tokens: Sequence[Token]) -> bool:
    """Whether each element ends in the one in which it begins."""
    opened: list[str] = []
    for token in tokens:
        named = _NAME.match(token.key) if token.kind in (Kind.BLOCK, Kind.TAG) else None
        if named is None or named[1] in _VOID:
            continue
        if token.key[1] != "/":
            opened.append(named[1])
        elif not opened or opened.pop() != named[1]:
            return False
    return not opened
