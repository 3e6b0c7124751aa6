r"""A look for words, as Pandoc writes it: `[any words]{.u}`.

`{.u}` underlines, `{.s}` strikes out, `{.sub}` lowers, `{.sup}` raises, and `{.mark}` marks; `{.b}` and
`{.i}` are for places where stars mark nothing, as in `**a:**b`. Any other name is a class, to which the style
sheet of a note type gives a look: `[中]{.tone1}`. `{color=red}` and `{background=#ff0}` give colours.
The words may have marks in them, also other spans. Where a span would end in the midst of another mark, as in
`[a *b]{.u} c*`, its brackets are shown as typed.

Placeholders hide the brackets from Markdown, one for each, so that all places stay the same.
"""

from __future__ import annotations

from collections.abc import Iterator

from deckgen.patterns import lazy

_SIGNS = "[]{}"
# Control characters occur in no text; these are none of those in `notations`, `marks`, `cloze`.
_HIDDEN = "\x1c\x1d\x1e\x7f"
_BEGIN, _END = _HIDDEN[0], _HIDDEN[1]
SHOW = dict(zip(map(ord, _HIDDEN), _SIGNS, strict=True))

#: Names that are elements, not classes.
ELEMENTS = {"b": "strong", "i": "em"} | {name: name for name in ("u", "s", "sub", "sup", "mark")}
#: A colour as it is written.
COLOUR = "(?:#(?:[0-9A-Fa-f]{3}|[0-9A-Fa-f]{6})|[A-Za-z]{3,20})"
_NAME = "[A-Za-z][A-Za-z0-9_-]{0,60}"
_CLASS = lazy(_NAME)
_TAIL = rf"\{{(?:\.{_NAME}|(?:color|background)={COLOUR})\}}"
# Escapes, code, formulas and addresses have brackets of their own. An empty line ends a paragraph.
_TOKEN = lazy(
    r"\\[\\\[\]`$<]|(?P<code>`+)[^`\n]*(?P=code)|\$[^$\n]*\$|<[A-Za-z][^<>\s]*>"
    r"|(?P<gap>\n[ \t]*\n)|(?P<begin>\[)"
    rf"|\](?:(?P<tail>{_TAIL})|\([ \n]*(?:<[^<>\n]*>|[^\s()]*(?:\([^\s()]*\)[^\s()]*)*))?"
)
_IN_HTML = lazy(
    rf"<(?:(?:br|hr|img)\b|(?P<close>/)?(?P<name>[a-z]\w*))[^>]*>|(?P<begin>{_BEGIN})|{_END}\x1e(?P<tail>[^\x7f]*)\x7f"
)
_NAMED = lazy(rf"{_END}\x1e\.([^\x7f]*)\x7f")
_READ = lazy(rf"{_BEGIN}|{_END}\x1e[^\x7f]*\x7f")


def is_class(name: str) -> bool:
    """Whether a class can be named in a span."""
    return name not in ELEMENTS and _CLASS.fullmatch(name) is not None


def hide(text: str) -> str:
    """`text` with placeholders for the brackets of spans, or `text` itself when it has none."""
    if "]{" not in text:
        return text
    signs = list(text)
    begun: list[int] = []
    for token in _TOKEN.finditer(text):
        if token["begin"]:
            begun.append(token.start())
        elif token["gap"]:
            begun.clear()
        elif token[0][0] == "]" and begun:
            begin = begun.pop()
            if token["tail"]:
                end = token.start()
                signs[begin], signs[end : end + 2], signs[token.end() - 1] = _BEGIN, _HIDDEN[1:3], _HIDDEN[3]
    hidden = "".join(signs)
    return text if hidden == text else hidden


def classes(text: str) -> Iterator[tuple[int, int, str]]:
    """The classes that spans of `text` name, each with where its name begins and ends."""
    for found in _NAMED.finditer(hide(text)):
        if is_class(found[1]):
            yield *found.span(1), found[1]


def read(text: str, cover: str) -> str:
    """A hidden text as it is read: brackets, names and colours are covered."""
    return _READ.sub(lambda found: cover * len(found[0]), text)


def in_html(html: str) -> str:
    """HTML with elements in the place of placeholders, if they lie wholly in other elements."""
    if _BEGIN not in html:
        return html.translate(SHOW)
    out: list[str] = []
    # The open elements by name, and the begun spans by where they stand in `out`.
    open_parts: list[str | int] = []
    at = 0
    for token in _IN_HTML.finditer(html):
        out += html[at : token.start()], token[0]
        at = token.end()
        if token["begin"]:
            open_parts.append(len(out) - 1)
        elif token["tail"]:
            begin = open_parts[-1] if open_parts else ""
            if isinstance(begin, int):
                open_parts.pop()
                out[begin], out[-1] = _element(token["tail"])
        elif token["close"]:
            # A span that is still open ends outside: it is none.
            while open_parts and isinstance(open_parts.pop(), int):
                pass
        elif token["name"]:
            open_parts.append(token["name"])
    return "".join([*out, html[at:]]).translate(SHOW)


def _element(tail: str) -> tuple[str, str]:
    """The tags for `.u` or `color=red`."""
    if tail[0] == ".":
        name = tail[1:]
        if name in ELEMENTS:
            return f"<{ELEMENTS[name]}>", f"</{ELEMENTS[name]}>"
        return f'<span class="{name}">', "</span>"
    key, _, colour = tail.partition("=")
    return f'<span style="{"background-color" if key == "background" else key}: {colour}">', "</span>"
