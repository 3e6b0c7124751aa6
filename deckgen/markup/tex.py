r"""What a formula may say, and where MathJax finds formulas.

Anki's MathJax (https://docs.mathjax.org/en/v3.2/) has commands that link, style, load and define: `\href`
runs a script when it is clicked, `\style` asks a foreign host when the card is shown, `\def` changes the
cards after it. A formula may only have commands that show something; `mathjax.txt` lists them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from html import unescape
from pathlib import Path

from deckgen.fixed import fixed

_LINK = "opens an address"
_STYLE = "can ask a foreign host, or cover the card"
_DEFINE = "holds for all cards that come after it"
#: What these commands of MathJax do besides showing something, as the end of a sentence.
REFUSED = {
    "href": _LINK, "ref": _LINK, "eqref": _LINK, "refeq": _LINK,
    "style": _STYLE, "class": _STYLE, "cssId": _STYLE, "bbox": _STYLE, "fcolorbox": _STYLE,
    "unicode": _STYLE, "mmlToken": _STYLE,
    "require": "loads more commands; those of mhchem, ams and mathtools are there without it",
    "label": "fails when the card is shown a second time",
    "toggle": "waits for a click", "mathtip": "waits for a pointer", "texttip": "waits for a pointer",
    "verb": "hides what comes after it",
    "def": _DEFINE, "let": _DEFINE, "newcommand": _DEFINE, "renewcommand": _DEFINE,
    "newenvironment": _DEFINE, "renewenvironment": _DEFINE, "DeclareMathOperator": _DEFINE,
    "Newextarrow": _DEFINE, "definecolor": _DEFINE, "mathtoolsset": _DEFINE,
    "newtagform": _DEFINE, "renewtagform": _DEFINE, "usetagform": "asks for what `\\newtagform` defines",
    "DeclarePairedDelimiter": _DEFINE, "DeclarePairedDelimiters": _DEFINE,
    "DeclarePairedDelimiterX": _DEFINE, "DeclarePairedDelimitersX": _DEFINE,
    "DeclarePairedDelimiterXPP": _DEFINE, "DeclarePairedDelimitersXPP": _DEFINE,
}  # fmt: skip

# A command's name as MathJax reads it (TexParser.GetCS): letters, or one character.
_COMMAND = re.compile(r"\\([a-zA-Z]+|.?)", re.DOTALL)
_ENVIRONMENT = re.compile(r"\s*\{([^{}\\]*)\}")
# Commands that `mathjax.txt` can't list: a backslash before a blank, or at the end.
_BLANK = ("", " ", "\n", "\u00a0")
# MathJax looks for formulas in the text between elements (HTMLDomStrings); these two don't divide it.
_JOINED = re.compile(r"<!--.*?-->|<(br)>", re.DOTALL)
_ELEMENT = re.compile(r"<[^>]*>")
#: At most so many characters of what an author wrote are repeated.
_ECHO = 40
_BEGIN = re.compile(r"\\([(\[])")
_MARK = re.compile(r"\\([)\]])|\\.|([{}])", re.DOTALL)
_OPENS = {")": "(", "]": "["}


@fixed
class Fault:
    """A command or environment that a formula may not have: where it stands, and what is wrong with it.

    `command` is the name; `shown` is how it was written.
    """

    start: int
    end: int
    command: str
    shown: str
    message: str
    environment: bool = False

    @property
    def acts(self) -> bool:
        """Whether it is a command of MathJax that does more than show something."""
        return self.command in REFUSED and not self.environment


@cache
def allowed() -> tuple[frozenset[str], frozenset[str]]:
    """The names of the commands and of the environments that a formula may have."""
    text = (Path(__file__).parent / "mathjax.txt").read_text(encoding="utf-8")
    names: dict[bool, set[str]] = {True: {*_BLANK}, False: set()}
    environments = False
    for line in text.splitlines():
        if line.startswith("["):
            environments = line.endswith("environments]")
        elif not line.startswith("# "):
            names[not environments].update(line.split())
    return frozenset(names[True]), frozenset(names[False])


def faults(tex: str) -> Iterator[Fault]:
    """The commands of a formula that do more than show something, or that Anki's MathJax does not know."""
    if "\\" not in tex:
        return
    commands, environments = allowed()
    for found in _COMMAND.finditer(tex):
        name = found[1]
        if name not in commands:
            told = REFUSED.get(name, "is no command of Anki's MathJax")
            yield Fault(*found.span(), name, _shown(found[0]), told)
        elif name in ("begin", "end"):
            named = _ENVIRONMENT.match(tex, found.end())
            if named is None or named[1] not in environments:
                end = named.end() if named else found.end()
                told = "is no environment of Anki's MathJax"
                word = named[1] if named else ""
                yield Fault(
                    found.start(), end, word, _shown(tex[found.start() : end]), told, environment=True
                )


def _shown(written: str) -> str:
    first = written.split("\n", maxsplit=1)[0]
    return first if len(first) <= _ECHO else f"{first[:_ECHO]}…"


def formulas(html: str) -> Iterator[str]:
    r"""The formulas that MathJax finds in a side of a card, between `\(` and `\)`, `\[` and `\]`.

    They are found as FindTeX finds them: within one text, and counting braces. Code is searched as well.
    """
    if "\\" not in html and "&#" not in html and "&bsol;" not in html:
        return
    # What is never closed is no comment and no element; to look for its end each time would take long.
    closed = html.rfind("-->") + 1
    joined = _JOINED.sub(lambda found: "\n" if found[1] else "", html[: closed + 2 if closed else 0])
    joined += html[closed + 2 if closed else 0 :].replace("<br>", "\n")
    closed = joined.rfind(">") + 1
    *texts, last = _ELEMENT.split(joined[:closed])
    for text in (*texts, last + joined[closed:]):
        yield from _in_text(unescape(text))


def _in_text(text: str) -> Iterator[str]:
    for start, end in spans(text):
        yield text[start + 2 : end - 2]


def spans(text: str) -> Iterator[tuple[int, int]]:
    r"""Where the formulas of a text between elements begin and end, with their `\(` and `\)`."""
    ends, position = _ends(text), 0
    for begin in _BEGIN.finditer(text):
        end = ends.get(begin.end(), -1) if begin.start() >= position else -1
        if end >= 0:
            position = end + 2
            yield begin.start(), position


def _ends(text: str) -> dict[int, int]:
    r"""Where each formula that begins in a text ends, by where its content begins: both `\(` and `\[` close.

    An end within braces that were opened behind the beginning is none. Read from behind, so that each mark
    is looked at once: `next_end` is the end for a formula that would begin here, outside of any braces.
    """
    begins = list(_BEGIN.finditer(text))
    next_end: dict[str, int] = {}
    groups: list[dict[str, int]] = []
    found: dict[int, int] = {}
    for mark in reversed(list(_MARK.finditer(text)) if begins else ()):
        while begins and begins[-1].end() >= mark.end():
            begin = begins.pop()
            found[begin.end()] = next_end.get(begin[1], -1)
        if mark[1]:
            next_end = {**next_end, _OPENS[mark[1]]: mark.start()}
        elif mark[2] == "}":
            groups.append(next_end)
        elif mark[2] == "{":
            next_end = groups.pop() if groups else {}
    for begin in begins:
        found[begin.end()] = next_end.get(begin[1], -1)
    return found
